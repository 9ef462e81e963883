"""A mistake in a line: what is wrong, where, and what to do about it."""

__all__ = ["CommandError"]


class CommandError(Exception):
    """The user's line cannot be run; nothing has happened.

    Args:
        message: What is wrong, one line.
        span: (start, end) of the characters at fault, from 0; None means the whole command.
        hint: A next step, such as the nearest right word.
        param: The parameter at fault, where a command finds the mistake and knows no span.

    Attributes:
        file: Where the line came from, when a front end knows it.
        line: Its number, from 1.
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
        self.file = ""
        self.line = 1

    @property
    def column(self) -> int:
        """The place in that line, in characters from 1."""
        return 1 if self.span is None else self.span[0] + 1


def nearest(word: str, words: list[str]) -> str:
    """Return the hint that names the nearest right words; empty if none is near."""
    import difflib

    close = difflib.get_close_matches(word, words, 2, 0.55)
    return f"nearest: {', '.join(close)}" if close else ""
