"""The bytes of one memory object: sparse 4 KiB pages over immutable payloads.

Invariants.
1. A page is committed exactly when `table` has it; `len(table)` is the commit count.
2. Every value of `table` is a buffer of 4096 bytes.
3. `owned[i]` exists exactly when `table[i]` is that same bytearray and nothing else
   refers to it. Only such a page may be changed in place; all the others never change,
   so tables can share them (between copies of the kernel, and with a caller's payload).
A write of whole pages keeps slices of the caller's immutable bytes: no byte is copied. The
whole pages of a fill are one page, which they share.
"""

from collections.abc import Sequence

from zxdbg.kernel.limits import PAGE_SIZE

__all__ = ["ZERO_PAGE", "Buffer", "Pages", "slices"]

Buffer = bytes | bytearray | memoryview
ZERO_PAGE = bytes(PAGE_SIZE)


def slices(data: bytes, start: int, count: int) -> list[Buffer]:
    """Cut `count` pages out of data, from `start` on; nothing is copied."""
    view = memoryview(data)
    stop = start + count * PAGE_SIZE
    return [view[at : at + PAGE_SIZE] for at in range(start, stop, PAGE_SIZE)]


class Pages:
    """A sparse table of pages; see the module for its invariants."""

    __slots__ = ("owned", "table")

    def __init__(self) -> None:
        self.table: dict[int, Buffer] = {}
        self.owned: dict[int, bytearray] = {}

    def own(self, index: int, content: Buffer) -> bytearray:
        """Commit page `index` as a private copy of `content`, to be changed in place."""
        page = bytearray(content)
        self.table[index] = self.owned[index] = page
        return page

    def keep(self, first: int, pages: Sequence[Buffer]) -> None:
        """Commit pages from page `first` on, whose content is immutable from now on."""
        span = range(first, first + len(pages))
        self.table.update(zip(span, pages, strict=True))
        if self.owned:
            for index in span:
                self.owned.pop(index, None)

    def within(self, first: int, last: int) -> list[int]:
        """List the committed pages from `first` up to, not including, `last`."""
        if last - first < len(self.table):
            return [index for index in range(first, last) if index in self.table]
        return [index for index in self.table if first <= index < last]

    def drop(self, first: int, last: int) -> int:
        """Forget the pages from `first` up to, not including, `last`; say how many."""
        gone = self.within(first, last)
        for index in gone:
            del self.table[index]
            self.owned.pop(index, None)
        return len(gone)

    def count(self, first: int, last: int) -> int:
        """Count the committed pages from `first` up to, not including, `last`."""
        if last - first < len(self.table):
            return sum(index in self.table for index in range(first, last))
        return sum(first <= index < last for index in self.table)

    def fork(self) -> "Pages":
        """Return an independent copy; from now on neither owns what both can see."""
        twin = Pages()
        twin.table = self.table.copy()
        self.owned.clear()
        return twin
