"""Marked bytes: brackets in the gaps around them, so that no colour is needed to see them.

The same marks show what changed in a dump, what differs between two, and what was found.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain

from zxdbg.render.parts import Line, append

__all__ = ["Marks", "cell_line"]


class Marks:
    """Half-open ranges of addresses, ascending; neighbours are joined."""

    __slots__ = ("_edges",)

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        joined: list[list[int]] = []
        for start, end in ranges:
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            elif start < end:
                joined.append([start, end])
        self._edges = list(chain.from_iterable(joined))

    def touch(self, start: int, end: int) -> bool:
        """Whether a range has a marked byte in it."""
        at = bisect_right(self._edges, start)
        return bool(at & 1) or (at < len(self._edges) and self._edges[at] < end)

    def edge_after(self, address: int, stop: int) -> int:
        """Return where marks begin or end next; `stop` at most."""
        at = bisect_right(self._edges, address)
        return min(self._edges[at], stop) if at < len(self._edges) else stop


def cell_line(
    line: Line,
    texts: Sequence[str],
    styles: Sequence[str],
    marked: Sequence[bool],
    first: str,
    group: int,
    gap: str,
) -> None:
    """Append cells to a line, with a bracket around each run of marked ones.

    The first cell comes after the gap `first`, every `group`-th one after `gap`, the
    others after a blank; one column follows the last. `marked` may be empty.
    """
    run, style, inside = "", "", False
    for step, text in enumerate(texts):
        space = first if step == 0 else gap if group and step % group == 0 else " "
        mark = bool(marked) and marked[step]
        wanted = "changed" if mark else styles[step]
        if mark is not inside:
            append(line, style, run + ("]" if inside else space[:-1]))
            run, style, inside = "[" if mark else space[1:], wanted, mark
        elif wanted == style:
            run += space
        else:
            if run:
                append(line, style, run)
            run, style = space, wanted
        run += text
    append(line, style, run + ("]" if inside else ""))
    if not inside:
        append(line, "", " ")
