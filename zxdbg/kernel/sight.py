"""What a debugger can see of an address space, without touching a page of it.

Memory that can be read is divided into runs: inside a run each address follows the one
before, across the borders of mappings; between two runs lies something that cannot be
read. A run of a terabyte that nobody wrote to costs nothing: `pieces` tells the pages
that are there from the zeros between them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.aspace import AddressSpace, Extent, ExtentKind
from zxdbg.kernel.limits import PAGE_MASK, PAGE_SHIFT

if TYPE_CHECKING:
    from zxdbg.kernel.vmo import VmObject

__all__ = ["Piece", "Run", "Sight", "look_at"]

_TOP = 1 << 64
_PIECE = 4 << 20
_EVERY = 1 << 62


class Piece(NamedTuple):
    """A stretch of a run; one that is not `present` is zeros that cost nothing."""

    start: int
    end: int
    present: bool


class Run:
    """Addresses without a gap that can be read."""

    __slots__ = ("_parts", "_starts", "end", "start")

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self._starts: list[int] = []
        self._parts: list[tuple[Extent, VmObject]] = []

    def add(self, extent: Extent, vmo: "VmObject") -> None:
        """Go on with an extent that begins where the run ends."""
        self._starts.append(extent.start)
        self._parts.append((extent, vmo))
        self.end = extent.end

    def extent_at(self, address: int) -> Extent:
        """Return the extent that holds an address of the run."""
        return self._parts[bisect_right(self._starts, address) - 1][0]

    def read(self, start: int, end: int) -> bytes:
        """Read the addresses from `start` up to, not including, `end`; both lie in the run."""
        parts = []
        first = bisect_right(self._starts, start) - 1
        for extent, vmo in self._parts[first : bisect_left(self._starts, end)]:
            low, high = max(start, extent.start), min(end, extent.end)
            parts.append(vmo.read(extent.offset + low - extent.start, high - low))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def pieces(self) -> Iterator[Piece]:
        """Divide the run into what is there, a few MiB at once, and the zeros between."""
        for extent, vmo in self._parts:
            shift = extent.start - extent.offset
            last = (extent.offset + extent.end - extent.start + PAGE_MASK) >> PAGE_SHIFT
            at = extent.start
            for first, stop in _joined(vmo.present(extent.offset >> PAGE_SHIFT, last)):
                start = max(at, (first << PAGE_SHIFT) + shift)
                end = min(extent.end, (stop << PAGE_SHIFT) + shift)
                if at < start:
                    yield Piece(at, start, False)
                for low in range(start, end, _PIECE):
                    yield Piece(low, min(low + _PIECE, end), True)
                at = end
            if at < extent.end:
                yield Piece(at, extent.end, False)


def _joined(pages: list[int]) -> Iterator[tuple[int, int]]:
    """Join pages that follow each other to (first, past the last)."""
    at = 0
    while at < len(pages):
        first = at
        while at + 1 < len(pages) and pages[at + 1] == pages[at] + 1:
            at += 1
        at += 1
        yield pages[first], pages[at - 1] + 1


class Sight(NamedTuple):
    """A range of addresses as a debugger sees it.

    Attributes:
        runs: What can be read.
        unread: What is mapped and cannot be read.
        left_out: Bytes that are mapped, and were not wanted.
    """

    runs: tuple[Run, ...]
    unread: tuple[Extent, ...]
    left_out: int


def look_at(aspace: AddressSpace, start: int, length: int, perms: str = "???") -> Sight:
    """Look at a range of addresses; what ends past the last address is cut there.

    Args:
        aspace: The address space.
        start: First address.
        length: Bytes.
        perms: Permissions that mappings must have to be looked at, `?` for either.
    """
    runs: list[Run] = []
    unread = []
    left_out = 0
    for extent in aspace.extents(start, min(length, _TOP - start), _EVERY):
        mapping = aspace.find_mapping(extent.start)
        if mapping is None:
            continue
        if not _fits(extent.perms, perms):
            left_out += extent.end - extent.start
            continue
        if extent.kind is ExtentKind.BACKED and mapping.vmo.is_physical:
            extent = extent._replace(kind=ExtentKind.UNCACHED)
        if extent.kind is not ExtentKind.BACKED:
            unread.append(extent)
            continue
        if not runs or runs[-1].end != extent.start:
            runs.append(Run(extent.start))
        runs[-1].add(extent, mapping.vmo)
    return Sight(tuple(runs), tuple(unread), left_out)


def _fits(have: int, wanted: Iterable[str]) -> bool:
    return all(
        letter == "?" or (letter != "-") == bool(have >> bit & 1)
        for bit, letter in enumerate(wanted)
    )
