"""VMOs: memory objects, their pages, clones and cache policy.

Mirrors Zircon's `vm_object_paged.cpp`. Content rule, for every reader: the VMO's own
page; else what the parent shows at `parent_offset + offset`, up the chain, where an
offset past an ancestor's end shows nothing; else zeros. A reader never commits a page.
A writer gets a page of its own, copied from the ancestor that had it; when that
ancestor is not the immediate parent, every VMO in between gets its own copy too.
"""

from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from zxdbg.kernel.limits import PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, U64
from zxdbg.kernel.object import KernelObject, ObjectType
from zxdbg.kernel.pages import ZERO_PAGE, Buffer, Pages, slices

if TYPE_CHECKING:
    from zxdbg.kernel.kernel import Kernel
    from zxdbg.kernel.vmar import VmMapping

__all__ = ["ZERO_CHILDREN", "CachePolicy", "VmObject"]

ZERO_CHILDREN = 0x8
"""ZX_VMO_ZERO_CHILDREN: raised while no clone exists."""


class CachePolicy(IntEnum):
    """How the processor may cache the memory: `ZX_CACHE_POLICY_*`."""

    CACHED = 0
    UNCACHED = 1
    UNCACHED_DEVICE = 2
    WRITE_COMBINING = 3

    @property
    def word(self) -> str:
        """The name in the command language."""
        return self.name.lower().replace("_", "-")


class VmObject(KernelObject):
    """A paged or a physical VMO. `size` is in bytes, always whole pages."""

    __slots__ = (
        "cache_policy",
        "children",
        "contiguous",
        "mappings",
        "paddr",
        "pages",
        "parent",
        "parent_offset",
        "pinned",
        "policy_set",
        "resizable",
        "size",
    )
    type: ClassVar[ObjectType] = ObjectType.VMO

    def __init__(
        self,
        kernel: "Kernel",
        size: int,
        *,
        name: str = "",
        resizable: bool = True,
        paddr: int | None = None,
    ) -> None:
        super().__init__(kernel, name, signals=ZERO_CHILDREN)
        self.size = size
        self.resizable = resizable
        self.paddr = paddr
        self.cache_policy = CachePolicy.CACHED if paddr is None else CachePolicy.UNCACHED
        self.pages = Pages()
        self.pinned: set[int] = set()
        self.contiguous = False
        self.policy_set = False
        self.parent: VmObject | None = None
        self.parent_offset = 0
        self.children: dict[VmObject, None] = {}
        self.mappings: dict[VmMapping, None] = {}

    @property
    def is_physical(self) -> bool:
        """Whether it is a range of physical addresses, with no pages of its own."""
        return self.paddr is not None

    @property
    def committed(self) -> int:
        """How many pages of physical memory this VMO itself owns."""
        return 0 if self.is_physical else len(self.pages.table)

    # Lifetime ------------------------------------------------------------------

    def on_zero_handles(self) -> None:
        """Go away, unless mappings or clones still need the memory."""
        self.release()

    def release(self) -> None:
        """Free the pages if nothing refers to this VMO any more; then so for its parent."""
        vmo: VmObject | None = self
        while vmo is not None and not (vmo.handles or vmo.mappings or vmo.children):
            if vmo.kernel.journal is not None:
                vmo.kernel.journal.vmo(vmo)
            vmo._drop(0, U64)
            parent = vmo.parent
            if parent is not None:
                parent.children.pop(vmo, None)
                if not parent.children:
                    parent.signals |= ZERO_CHILDREN
            vmo.parent = None
            vmo = parent

    def clone(self, offset: int, size: int, *, resizable: bool) -> "VmObject":
        """Make a copy-on-write child that shows this VMO from `offset` on."""
        child = VmObject(self.kernel, size, resizable=resizable)
        child.parent = self
        child.parent_offset = offset
        self.children[child] = None
        self.signals &= ~ZERO_CHILDREN
        return child

    def resize(self, size: int) -> None:
        """Set the size, in whole pages; pages that are cut off are freed."""
        if self.kernel.journal is not None and size != self.size:
            self.kernel.journal.vmo(self)
        if size < self.size:
            first, last = size >> PAGE_SHIFT, self.size >> PAGE_SHIFT
            self._drop(first, last)
        self.size = size

    def _take(self, count: int) -> bool:
        """Take physical memory; a device's registers, which a physical VMO is, cost none."""
        return self.is_physical or self.kernel.memory.take(count)

    def _drop(self, first: int, last: int) -> None:
        journal = self.kernel.journal
        if journal is not None and (gone := self.pages.within(first, last)):
            journal.pages(self, gone)
        count = self.pages.drop(first, last)
        if not self.is_physical:
            self.kernel.memory.give(count)

    # Content -------------------------------------------------------------------

    def find_page(self, index: int) -> Buffer | None:
        """Find the page that a reader sees: its own, else an ancestor's; None if all is 0."""
        vmo: VmObject = self
        offset = index << PAGE_SHIFT
        while True:
            page = vmo.pages.table.get(offset >> PAGE_SHIFT)
            if page is not None or vmo.parent is None:
                return page
            offset += vmo.parent_offset
            vmo = vmo.parent
            if offset >= vmo.size:
                return None

    def commit(self, first: int, last: int) -> bool:
        """Own every page from `first` up to, not including, `last`; False changes nothing.

        A clone copies what its ancestors have, and so does every VMO in between.
        """
        missing = last - first - self.pages.count(first, last)
        if not missing:
            return True
        if self.kernel.memory.free < missing:
            return False
        if self.parent is None:
            fresh = [index for index in range(first, last) if index not in self.pages.table]
            if self.kernel.journal is not None:
                self.kernel.journal.pages(self, fresh)
            self._take(len(fresh))
            self.pages.table.update(dict.fromkeys(fresh, ZERO_PAGE))
            return True
        needed = sum(
            len(self._takers(index)[0])
            for index in range(first, last)
            if index not in self.pages.table
        )
        if self.kernel.memory.free < needed:
            return False
        for index in range(first, last):
            self.own_page(index)
        return True

    def decommit(self, first: int, last: int) -> None:
        """Free the pages of a range; what the parent has shows again, else zeros."""
        self._drop(first, last)

    def inherits(self, index: int) -> bool:
        """Whether an ancestor, and not this VMO itself, has page `index`."""
        return index not in self.pages.table and self.find_page(index) is not None

    def present(self, first: int, last: int) -> list[int]:
        """List the pages from `first` up to, not including, `last` that are more than zeros.

        Those of ancestors that show are among them. It costs what is committed, not the range.
        """
        found: set[int] = set()
        vmo, shift = self, 0
        while True:
            table = vmo.pages.table
            low, high = first + shift, last + shift
            pages = range(low, high) if high - low < len(table) else table
            found.update(page - shift for page in pages if page in table and low <= page < high)
            if vmo.parent is None:
                return sorted(found)
            shift += vmo.parent_offset >> PAGE_SHIFT
            vmo = vmo.parent
            last = min(last, (vmo.size >> PAGE_SHIFT) - shift)

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes; the range must lie inside the VMO."""
        first, low = offset >> PAGE_SHIFT, offset & PAGE_MASK
        find = self.pages.table.get if self.parent is None else self.find_page
        if low + length <= PAGE_SIZE:
            return bytes((find(first) or ZERO_PAGE)[low : low + length])
        last = (offset + length + PAGE_MASK) >> PAGE_SHIFT
        parts = [find(index) or ZERO_PAGE for index in range(first, last)]
        if low:
            parts[0] = memoryview(parts[0])[low:]
        spare = (last << PAGE_SHIFT) - (offset + length)
        if spare:
            parts[-1] = memoryview(parts[-1])[:-spare]
        return b"".join(parts)

    def write(self, offset: int, data: bytes) -> int:
        """Write bytes inside the VMO; return how many fitted into physical memory."""
        length = len(data)
        if not length:
            return 0
        low = offset & PAGE_MASK
        if low + length <= PAGE_SIZE:
            index = offset >> PAGE_SHIFT
            page = self.pages.owned.get(index) or self.own_page(index)
            if page is None:
                return 0
            page[low : low + length] = data
            return length
        done = 0
        if low:
            done = self.write(offset, data[: PAGE_SIZE - low])
            if done < PAGE_SIZE - low:
                return done
        whole = (length - done) >> PAGE_SHIFT
        kept = self._write_pages((offset + done) >> PAGE_SHIFT, slices(data, done, whole))
        done += kept << PAGE_SHIFT
        if kept == whole and done < length:
            done += self.write(offset + done, data[done:])
        return done

    def fill(self, offset: int, byte: int, length: int) -> int:
        """Write a run of one byte, as `write` does; its whole pages are one page, shared."""
        page = bytes((byte,)) * PAGE_SIZE
        head = min(length, -offset & PAGE_MASK)
        whole, tail = divmod(length - head, PAGE_SIZE)
        done = self.write(offset, page[:head])
        if done < head:
            return done
        kept = self._write_pages((offset + head) >> PAGE_SHIFT, [page] * whole)
        done += kept << PAGE_SHIFT
        return done if kept < whole else done + self.write(offset + done, page[:tail])

    def _write_pages(self, first: int, pages: list[Buffer]) -> int:
        """Write whole pages; return how many. They are kept as they are."""
        memory, table, count = self.kernel.memory, self.pages.table, len(pages)
        if self.parent is None and memory.free >= count:
            if self.kernel.journal is not None:
                self.kernel.journal.pages(self, range(first, first + count))
            before = len(table)
            self.pages.keep(first, pages)
            if not self.is_physical:
                memory.used += len(table) - before
            return count
        for step in range(count):
            if self.own_page(first + step) is None:
                return step
            self.pages.keep(first + step, pages[step : step + 1])
        return count

    def own_page(self, index: int) -> bytearray | None:
        """Commit a page of this VMO's own, to be changed in place; None if memory is out.

        Those between it and the ancestor that has the page share one copy until they write.
        """
        pages, journal = self.pages, self.kernel.journal
        page = pages.table.get(index)
        if page is not None:
            owned = pages.owned.get(index)
            if owned is None:
                if journal is not None:
                    journal.pages(self, (index,))
                owned = pages.own(index, page)
            return owned
        if self.parent is None:
            if not self._take(1):
                return None
            if journal is not None:
                journal.pages(self, (index,))
            return pages.own(index, ZERO_PAGE)
        takers, page = self._takers(index)
        memory = self.kernel.memory
        if len(takers) > 1:
            page = bytes(page)
        for taker, at in takers[:0:-1]:
            if not memory.take(1):
                return None
            if journal is not None:
                journal.pages(taker, (at,))
            taker.pages.table[at] = page
        if not memory.take(1):
            return None
        if journal is not None:
            journal.pages(self, (index,))
        return pages.own(index, page)

    def _takers(self, index: int) -> tuple[list[tuple["VmObject", int]], Buffer]:
        """List who gets a page when this VMO needs page `index` to write, and what is copied.

        This VMO comes first. Those between it and the ancestor that has the page follow.
        """
        takers = [(self, index)]
        vmo, at = self, index
        while vmo.parent is not None:
            at += vmo.parent_offset >> PAGE_SHIFT
            vmo = vmo.parent
            if at << PAGE_SHIFT >= vmo.size:
                break
            page = vmo.pages.table.get(at)
            if page is not None:
                return takers, page
            takers.append((vmo, at))
        return takers[:1], ZERO_PAGE
