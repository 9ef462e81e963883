"""A mistake in a line: what is wrong, where, and what to do about it."""

__all__ = ["CommandError"]


class CommandError(Exception):
    """The user's line cannot be run; nothing has happened.

    Args:
        message: What is wrong, one line.
        span: (start, end) of the characters at fault, from 0; None means the whole command.
        hint: A next step, such as the nearest right word.
        param: The parameter at fault, where a command finds the mistake and knows no span.
    """

    def __init__(
        self,
        message: str,
        span: tuple[int, int] | None = None,
        *,
        hint: str = "",
        param: str = "",
    ) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.span = span
        self.hint = hint
        self.param = param


_LONGEST = 64
"""Characters of a word that is still compared with others."""


def nearest(word: str, words: list[str]) -> str:
    """Return the hint that names the nearest right words; empty if none is near.

    One letter in four may be wrong, missing, too many, or swapped with the next; a word
    that goes on after the likeness, as an abbreviated one does, counts one more.
    """
    if not 0 < len(word) <= _LONGEST:
        return ""
    most = min(3, (len(word) + 2) // 4)
    found = []
    for at, each in enumerate(words):
        off = 1 if len(word) > 1 and each.startswith(word) else _distance(word, each, most)
        if off <= most:
            found.append((off, abs(len(each) - len(word)), at, each))
    found.sort()
    close = [each for off, *_, each in found if off <= found[0][0] + 1][:2]
    return f"nearest: {', '.join(close)}" if close else ""


def _distance(one: str, two: str, most: int) -> int:
    """Count the single letters, and swaps of neighbours, in which words differ, up to a limit.

    What follows in the second one after its likeness counts as one.
    """
    if len(one) - len(two) > most:
        return most + 1
    one, two = one.casefold(), two[: len(one) + most + 1].casefold()
    if sum([letter not in two for letter in one]) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(two) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, other in enumerate(two, 1):
            off = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == two[column - 2] and one[row - 2] == other:
                off = min(off, before[column - 2] + 1)
            line.append(off)
        if min(line) > most:
            return most + 1
        before, above = above, line
    return min(above[-1], min(above) + 1)
