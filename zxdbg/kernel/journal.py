"""The journal: how things stood before a command, for those who want to see what it changed.

A kernel has a journal only while somebody looks; where it changes memory or mappings it
asks `kernel.journal is not None` and nothing else. The journal never describes a change. It
keeps what was there when a command first touched a thing: entries of a VMO's page table, a
VMO's size, the place of a mapping. The present is in the kernel itself, so what changed is
the difference, and a thing that is changed back and forth did not change.

Nothing is copied. Payloads never change, and at the start of a command the pages that the
command before it made its own cease to be owned: the next write in place makes a new page,
and leaves the old one to the journal. So a write in place need not ask anything.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.limits import PAGE_MASK, PAGE_SHIFT
from zxdbg.kernel.pages import ZERO_PAGE, Buffer

if TYPE_CHECKING:
    from zxdbg.kernel.kernel import Kernel
    from zxdbg.kernel.vmar import Region, VmAddressRegion
    from zxdbg.kernel.vmo import VmObject

__all__ = ["Journal", "Record", "Span", "VmoBefore", "span_of"]


class Span(NamedTuple):
    """Where a mapping was, and what it showed; a VMAR has no VMO."""

    root: "VmAddressRegion | None"
    start: int
    end: int
    vmo: "VmObject | None" = None
    offset: int = 0
    perms: int = 0


def span_of(region: "Region") -> Span:
    """Say where a mapping or a VMAR is now."""
    root = region.parent
    while root is not None and root.parent is not None:
        root = root.parent
    vmo = getattr(region, "vmo", None)
    if vmo is None:
        return Span(root, region.base, region.end)
    assert not hasattr(region, "bases")
    return Span(root, region.base, region.end, vmo, region.vmo_offset, region.perms)


class VmoBefore:
    """A VMO as it was. `pages` has what the table held at each index that was touched since."""

    __slots__ = ("pages", "parent", "size")

    def __init__(self, vmo: "VmObject") -> None:
        self.size = vmo.size
        self.parent = vmo.parent
        self.pages: dict[int, Buffer | None] = {}


class Record:
    """What one command touched, as it was before; a region that is new has no span."""

    __slots__ = ("newest_koid", "regions", "vmos")

    def __init__(self, newest_koid: int) -> None:
        self.newest_koid = newest_koid
        self.vmos: dict[VmObject, VmoBefore] = {}
        self.regions: dict[Region, Span | None] = {}

    def __bool__(self) -> bool:
        return bool(self.vmos or self.regions)

    def is_new(self, vmo: "VmObject") -> bool:
        """Whether a VMO was made by the command itself."""
        return vmo.koid > self.newest_koid

    def size(self, vmo: "VmObject") -> int:
        """Return the size that a VMO had."""
        was = self.vmos.get(vmo)
        return vmo.size if was is None else was.size

    def page(self, vmo: "VmObject", index: int) -> Buffer:
        """Return what a VMO showed at a page inside it, through its ancestors as they were."""
        offset = index << PAGE_SHIFT
        below: VmObject | None = vmo
        while below is not None and offset < self.size(below):
            was = self.vmos.get(below)
            at = offset >> PAGE_SHIFT
            if was is not None and at in was.pages:
                page = was.pages[at]
            else:
                page = below.pages.table.get(at)
            if page is not None:
                return page
            offset += below.parent_offset
            below = below.parent if was is None else was.parent
        return ZERO_PAGE

    def read(self, vmo: "VmObject", offset: int, length: int) -> bytes:
        """Read what a VMO showed; the range must lie inside it as it was."""
        low = offset & PAGE_MASK
        last = (offset + length + PAGE_MASK) >> PAGE_SHIFT
        pages = [self.page(vmo, index) for index in range(offset >> PAGE_SHIFT, last)]
        return b"".join(pages)[low : low + length]

    def touches(self, vmo: "VmObject") -> bool:
        """Whether a VMO or one that it shows was touched."""
        below: VmObject | None = vmo
        while below is not None:
            if below in self.vmos:
                return True
            below = below.parent
        return False


class Journal:
    """The records of the command that runs, and of the last one before it that touched a thing.

    The older record stays until another command touches something, and so do the pages in
    it, which cost the host memory and the simulated machine none.
    """

    __slots__ = ("_kernel", "last", "now")

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self.now = Record(kernel.newest_koid)
        self.last = Record(kernel.newest_koid)
        for vmo in kernel.iter_vmos():
            vmo.pages.owned.clear()

    @property
    def latest(self) -> Record:
        """The record of the last command that touched something, the one that runs included."""
        return self.now or self.last

    def begin(self) -> None:
        """Begin a command."""
        if self.now:
            for vmo in self.now.vmos:
                vmo.pages.owned.clear()
            self.last = self.now
        self.now = Record(self._kernel.newest_koid)

    # What the kernel tells, each time before it does it ------------------------------

    def vmo(self, vmo: "VmObject") -> VmoBefore:
        """Note a VMO, whose size or life is about to change."""
        was = self.now.vmos.get(vmo)
        if was is None:
            was = self.now.vmos[vmo] = VmoBefore(vmo)
        return was

    def pages(self, vmo: "VmObject", indexes: Iterable[int]) -> None:
        """Note entries of a VMO's page table."""
        held = self.vmo(vmo).pages
        get = vmo.pages.table.get
        for index in indexes:
            if index not in held:
                held[index] = get(index)

    def region(self, region: "Region") -> None:
        """Note a mapping or a VMAR; one that is not in an address space yet is new."""
        if region not in self.now.regions:
            self.now.regions[region] = None if region.parent is None else span_of(region)
