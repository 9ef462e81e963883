"""Stated output against shown output: `…` stands for anything, alone in a line for any lines."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Difference", "differ", "line_fits"]

ANY = "…"
CONTEXT = 2
"""Lines that fit and are shown before and after those that do not."""
MOST = 20
"""Lines of each side that a report of a difference shows."""


class Difference(NamedTuple):
    """Where the two part: `stated[at:end]` came as `shown[same:until]`; the rest fits."""

    stated: tuple[str, ...]
    shown: tuple[str, ...]
    at: int
    end: int
    same: int
    until: int

    def lines(self) -> list[str]:
        """Compose a diff: what was stated behind `-`, what came behind `+`."""
        before = self.shown[max(0, self.same - CONTEXT) : self.same]
        after = self.shown[self.until : self.until + CONTEXT]
        return [
            *(f"  {line}".rstrip() for line in before),
            *_marked("-", self.stated[self.at : self.end]),
            *_marked("+", self.shown[self.same : self.until]),
            *(f"  {line}".rstrip() for line in after),
        ]


def _marked(mark: str, lines: Sequence[str]) -> list[str]:
    marked = [f"{mark} {line}".rstrip() for line in lines[:MOST]]
    if len(lines) > MOST:
        marked.append(f"{mark} {ANY} {len(lines) - MOST} more lines")
    return marked


def differ(stated: Sequence[str], shown: Sequence[str]) -> Difference | None:
    """Compare; None if what is shown is as stated. Blanks at the ends of lines do not count."""
    stated = tuple(line.rstrip() for line in stated)
    shown = tuple(line.rstrip() for line in shown)
    at = here = furthest = reached = 0
    wildcard, retry = -1, 0
    while here < len(shown):
        if at < len(stated) and stated[at].strip() == ANY:
            wildcard, retry = at, here
            at += 1
        elif at < len(stated) and line_fits(stated[at], shown[here]):
            at += 1
            here += 1
        elif wildcard >= 0:
            retry += 1
            at, here = wildcard + 1, retry
            continue
        else:
            break
        if at > furthest:
            furthest, reached = at, here
    while at < len(stated) and here == len(shown) and stated[at].strip() == ANY:
        at += 1
    if at == len(stated) and here == len(shown):
        return None
    end, until = len(stated), len(shown)
    while (
        end > furthest
        and until > reached
        and stated[end - 1].strip() != ANY
        and line_fits(stated[end - 1], shown[until - 1])
    ):
        end -= 1
        until -= 1
    return Difference(stated, shown, furthest, end, reached, until)


def line_fits(stated: str, shown: str) -> bool:
    """Whether a line is as stated. Each piece is looked for once, so that no line takes long."""
    if ANY not in stated:
        return stated == shown
    first, *middle, last = stated.split(ANY)
    at, end = len(first), len(shown) - len(last)
    if at > end or not shown.startswith(first) or not shown.endswith(last):
        return False
    for piece in middle:
        at = shown.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
