"""Matching what was typed with words: those that begin with it, then those that contain it.

Many words are searched without looking at each: a sorted list gives the prefix hits by
bisection, and one expression over the joined list finds the rest.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import islice

__all__ = ["Words", "fuzzy", "starting"]

_PARTS = "_-.$: "
_LEAST = 2
"""Letters that must be typed before words are offered that only contain them."""
_LONGEST = 64
"""Letters that are searched for; who typed more knows the word, or pasted something else."""
_MOST = 400
"""Words that are ranked; the search ends with them."""


class Words:
    """A sorted list of words that grows and shrinks word by word.

    Invariants. `_joined` has all of the words, or is None and made when it is wanted. With
    it, `_narrowed` is a text that was searched for and every word that contains it.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = sorted(words)
        self._joined: str | None = None
        self._narrowed = "", ""

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and next(self.starting(word), None) == word

    def add(self, word: str) -> None:
        """Take in a word."""
        insort(self._words, word)
        self._joined = None

    def remove(self, word: str) -> None:
        """Take out a word that is there."""
        del self._words[bisect_left(self._words, word)]
        self._joined = None

    def starting(self, typed: str) -> Iterator[str]:
        """Yield the words that begin with what was typed."""
        for word in islice(self._words, bisect_left(self._words, typed), None):
            if not word.startswith(typed):
                return
            yield word

    def fuzzy(self, typed: str) -> list[str]:
        """List the words that contain what was typed otherwise, the best first."""
        if not _is_searched(typed):
            return []
        if self._joined is None:
            self._joined = "\n".join(self._words)
            self._narrowed = "", self._joined
        before, among = self._narrowed
        found = _search(among if typed.startswith(before) else self._joined, typed)
        if len(found) < _MOST:  # one letter more is only in some of these
            self._narrowed = typed, "\n".join(found)
        return _ranked(found, typed)


def starting(words: Iterable[str], typed: str) -> list[str]:
    """List the words that begin with what was typed: the word itself, then in their order."""
    return sorted(
        (word for word in words if word.startswith(typed)), key=lambda word: word != typed
    )


def fuzzy(words: Iterable[str], typed: str) -> list[str]:
    """List the words that contain the letters typed in their order, the best first."""
    return _ranked(_search("\n".join(words), typed), typed) if _is_searched(typed) else []


def _is_searched(typed: str) -> bool:
    return (
        _LEAST <= len(typed.lstrip("$-")) <= _LONGEST
        and not typed[0].isdigit()
        and "\n" not in typed
    )


def _search(joined: str, typed: str) -> list[str]:
    """Find the first lines that contain the letters typed in their order."""
    letters = [re.escape(letter) for letter in typed]
    steps = "".join(f"[^\\n{letter}]*+{letter}" for letter in letters)
    found = re.compile(f"^{steps}.*$", re.MULTILINE | re.IGNORECASE).finditer(joined)
    return [match.group() for match in islice(found, _MOST)]


def _ranked(hits: list[str], typed: str) -> list[str]:
    return sorted((word for word in hits if not word.startswith(typed)), key=_rank_of(typed))


class _rank_of:  # noqa: N801 - used as a function
    """Ranks a hit: whole at the start of a part, whole elsewhere, by initials, scattered."""

    def __init__(self, typed: str) -> None:
        self._typed = typed.lower()
        self._bare = self._typed.lstrip("$-")

    def __call__(self, word: str) -> tuple[int, int, int]:
        lower = word.lower()
        at = lower.find(self._bare)
        while at > 0 and lower[at - 1] not in _PARTS:
            following = lower.find(self._bare, at + 1)
            if following < 0:
                return 1, at, len(word)
            at = following
        if at >= 0:
            return 0, at, len(word)
        initials = "".join(part[:1] for part in re.split(r"[_\-.$: ]", lower))
        return (2 if self._bare in initials else 3), 0, len(word)
