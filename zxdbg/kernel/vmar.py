"""VMARs and mappings: the tree that an address space is.

Mirrors Zircon's `vm_address_region.cpp` and `vm_mapping.cpp`. Invariants: the children
of a VMAR never overlap, lie inside it, and are kept ordered by base in two parallel
lists; mappings are leaves; nothing ever merges two mappings.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from enum import IntFlag
from typing import TYPE_CHECKING, ClassVar, Union

from zxdbg.kernel.limits import PAGE_SHIFT, PAGE_SIZE, USER_BASE, USER_SIZE
from zxdbg.kernel.object import KernelObject, ObjectType

if TYPE_CHECKING:
    from zxdbg.kernel.kernel import Kernel
    from zxdbg.kernel.prng import Prng
    from zxdbg.kernel.vmo import VmObject

__all__ = ["CAN_SHIFT", "PERMS", "Region", "VmAddressRegion", "VmMapping", "VmOption"]


class VmOption(IntFlag):
    """A `zx_vm_option_t`."""

    PERM_READ = 1 << 0
    PERM_WRITE = 1 << 1
    PERM_EXECUTE = 1 << 2
    COMPACT = 1 << 3
    SPECIFIC = 1 << 4
    SPECIFIC_OVERWRITE = 1 << 5
    CAN_MAP_SPECIFIC = 1 << 6
    CAN_MAP_READ = 1 << 7
    CAN_MAP_WRITE = 1 << 8
    CAN_MAP_EXECUTE = 1 << 9
    MAP_RANGE = 1 << 10
    REQUIRE_NON_RESIZABLE = 1 << 11


PERMS = 0x7
"""The three PERM bits."""
CAN_SHIFT = 7
"""CAN_MAP_READ, _WRITE and _EXECUTE are the PERM bits, shifted up by this."""
_ROOT_FLAGS = 0x3C0
_TRIES = 32

Region = Union["VmAddressRegion", "VmMapping"]


class VmMapping:
    """Pages of one VMO at a range of addresses; it has no koid and no handle.

    `caps` bounds what protect may grant. The mapping may be longer than its VMO.
    """

    __slots__ = ("base", "caps", "parent", "perms", "size", "vmo", "vmo_offset")

    def __init__(
        self, base: int, size: int, vmo: "VmObject", vmo_offset: int, perms: int, caps: int
    ) -> None:
        self.base = base
        self.size = size
        self.vmo = vmo
        self.vmo_offset = vmo_offset
        self.perms = perms
        self.caps = caps
        self.parent: VmAddressRegion | None = None

    @property
    def end(self) -> int:
        """The first address past it."""
        return self.base + self.size

    @property
    def root(self) -> "VmAddressRegion | None":
        """The root region of the address space it lies in."""
        region = self.parent
        while region is not None and region.parent is not None:
            region = region.parent
        return region

    @property
    def backed_end(self) -> int:
        """The first address past what the VMO backs; at most `end`, at least `base`."""
        backed = self.vmo.size - self.vmo_offset
        if backed >= self.size:
            return self.base + self.size
        return self.base + backed if backed > 0 else self.base

    @property
    def committed(self) -> int:
        """Pages that the VMO itself owns inside this window; a device's are not memory."""
        if self.vmo.is_physical:
            return 0
        first = self.vmo_offset >> PAGE_SHIFT
        return self.vmo.pages.count(first, first + (self.size >> PAGE_SHIFT))

    def note(self) -> None:
        """Tell the journal that the mapping is about to change."""
        if self.vmo.kernel.journal is not None:
            self.vmo.kernel.journal.region(self)

    def split(self, address: int) -> "VmMapping":
        """Cut this mapping at `address`; it keeps the left part, the right one is returned."""
        self.note()
        right = VmMapping(
            address,
            self.end - address,
            self.vmo,
            self.vmo_offset + (address - self.base),
            self.perms,
            self.caps,
        )
        self.size = address - self.base
        if self.parent is not None:
            self.parent.insert(right)
        return right

    def remove(self) -> None:
        """Take the mapping out of its address space, and let go of the VMO."""
        if self.parent is not None:
            self.parent.forget(self)
        self.let_go()

    def let_go(self) -> None:
        """Let go of the VMO, when the mapping is in no address space any more."""
        self.parent = None
        self.vmo.mappings.pop(self, None)
        self.vmo.release()


class VmAddressRegion(KernelObject):
    """A contiguous part of an address space, which holds mappings and smaller regions."""

    __slots__ = ("alive", "base", "bases", "children", "flags", "parent", "prng", "size")
    type: ClassVar[ObjectType] = ObjectType.VMAR
    nameable: ClassVar[bool] = False

    def __init__(
        self, kernel: "Kernel", base: int, size: int, flags: int, name: str, prng: "Prng"
    ) -> None:
        super().__init__(kernel, name)
        self.prng = prng
        self.base = base
        self.size = size
        self.flags = flags
        self.alive = True
        self.parent: VmAddressRegion | None = None
        self.bases: list[int] = []
        self.children: list[Region] = []

    @classmethod
    def root(cls, kernel: "Kernel", prng: "Prng") -> "VmAddressRegion":
        """Make the region that spans all user addresses; `prng` is the address space's."""
        return cls(kernel, USER_BASE, USER_SIZE, _ROOT_FLAGS, "root", prng)

    def allocate(self, base: int, size: int, flags: int) -> "VmAddressRegion":
        """Make a child region at a range that is free."""
        child = VmAddressRegion(self.kernel, base, size, flags, "useralloc", self.prng)
        self.insert(child)
        return child

    @property
    def end(self) -> int:
        """The first address past it."""
        return self.base + self.size

    @property
    def can(self) -> int:
        """The PERM bits that mappings inside may have."""
        return (self.flags >> CAN_SHIFT) & PERMS

    def find(self, address: int) -> Region | None:
        """Find the direct child that contains an address."""
        at = bisect_right(self.bases, address) - 1
        if at < 0:
            return None
        child = self.children[at]
        return child if address < child.end else None

    def iter_overlapping(self, base: int, size: int) -> Iterator[Region]:
        """Yield the direct children that share an address with the range, ascending."""
        end = base + size
        at = max(0, bisect_right(self.bases, base) - 1)
        for child in self.children[at : bisect_left(self.bases, end)]:
            if child.end > base:
                yield child

    def contains(self, base: int, size: int) -> bool:
        """Whether the range lies inside this region."""
        return base >= self.base and base < self.end and size <= self.end - base

    def is_free(self, base: int, size: int) -> bool:
        """Whether no child shares an address with the range."""
        return next(self.iter_overlapping(base, size), None) is None

    def insert(self, child: Region) -> None:
        """Add a child to a range that is free."""
        if self.kernel.journal is not None:
            self.kernel.journal.region(child)
        child.parent = self
        at = bisect_left(self.bases, child.base)
        self.bases.insert(at, child.base)
        self.children.insert(at, child)
        if isinstance(child, VmMapping):
            child.vmo.mappings[child] = None

    def forget(self, child: Region) -> None:
        """Take a child out of the lists."""
        if self.kernel.journal is not None:
            self.kernel.journal.region(child)
        at = bisect_left(self.bases, child.base)
        if at < len(self.children) and self.children[at] is child:
            del self.bases[at]
            del self.children[at]
        child.parent = None

    def iter_gaps(self) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of the free ranges, ascending."""
        start = self.base
        for child in self.children:
            if child.base > start:
                yield start, child.base
            start = child.end
        if start < self.end:
            yield start, self.end

    def find_spot(self, size: int) -> int | None:
        """Choose a base for a child of `size` bytes, or None when no gap is long enough.

        Any page-aligned place that is free is as likely as any other, as with the
        kernel's address randomisation. Drawing among all places until a free one comes
        gives just that; only a crowded region needs its gaps counted.
        """
        if self.flags & VmOption.COMPACT and self.children:
            return self._find_compact_spot(size)
        places = (self.size - size) // PAGE_SIZE + 1
        for _ in range(_TRIES if places > 0 else 0):
            base = self.base + self.prng.below(places) * PAGE_SIZE
            if self.is_free(base, size):
                return base
        gaps = [
            (start, (end - start - size) // PAGE_SIZE + 1)
            for start, end in self.iter_gaps()
            if end - start >= size
        ]
        total = sum(count for _, count in gaps)
        if not total:
            return None
        index = self.prng.below(total)
        for start, count in gaps:
            if index < count:
                return start + index * PAGE_SIZE
            index -= count
        return None

    def _find_compact_spot(self, size: int) -> int | None:
        """Choose a place just outside what a COMPACT region already holds."""
        draw = self.prng.below(256)
        before_first = draw & 1
        gap = (draw >> 1) + 1
        first, last = self.children[0].base, self.children[-1].end
        while gap:
            for before in (before_first, not before_first):
                if before:
                    start = first - size - gap * PAGE_SIZE
                    if start >= 0:
                        start = max(start, self.base)
                        if start + size <= first:
                            return start
                else:
                    start = last + gap * PAGE_SIZE
                    if start + size <= self.end:
                        return start
            gap >>= 1
        return None

    def unmap(self, base: int, size: int) -> None:
        """Clear a range of direct children: remove what is inside, trim or split the rest.

        A child region must lie wholly inside the range; the caller has seen to that.
        """
        for edge in (base, base + size):
            child = self.find(edge)
            if isinstance(child, VmMapping) and child.base < edge:
                child.split(edge)
        first, last = bisect_left(self.bases, base), bisect_left(self.bases, base + size)
        gone = self.children[first:last]
        if self.kernel.journal is not None:
            for child in gone:
                self.kernel.journal.region(child)
        del self.bases[first:last], self.children[first:last]
        for child in gone:
            if isinstance(child, VmAddressRegion):
                child.destroy()
            else:
                child.let_go()

    def destroy(self) -> None:
        """Remove everything below this region, and the region from its parent."""
        regions, mappings = [self], list[VmMapping]()
        for region in regions:
            region.alive = False
            for child in region.children:
                if self.kernel.journal is not None:
                    self.kernel.journal.region(child)
                if isinstance(child, VmAddressRegion):
                    regions.append(child)
                else:
                    mappings.append(child)
        if self.parent is not None:
            self.parent.forget(self)
        for region in regions:
            region.parent = None
            region.bases.clear()
            region.children.clear()
        for mapping in mappings:
            mapping.let_go()

    def mapping_below(self, address: int) -> VmMapping | None:
        """Find the last mapping that begins at an address or below it, at any depth."""
        stack = [(self, bisect_right(self.bases, address) - 1)]
        while stack:
            region, at = stack.pop()
            if at < 0:
                continue
            child = region.children[at]
            if isinstance(child, VmMapping):
                return child
            stack.append((region, at - 1))
            stack.append((child, bisect_right(child.bases, address) - 1))
        return None

    def mapping_above(self, address: int) -> VmMapping | None:
        """Find the first mapping that begins above an address, at any depth."""
        stack = [(self, max(0, bisect_right(self.bases, address) - 1))]
        while stack:
            region, at = stack.pop()
            if at >= len(region.children):
                continue
            child = region.children[at]
            stack.append((region, at + 1))
            if isinstance(child, VmAddressRegion):
                stack.append((child, max(0, bisect_right(child.bases, address) - 1)))
            elif child.base > address:
                return child
        return None

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Region]]:
        """Yield (depth, region) for everything below, pre-order, ascending."""
        stack: list[tuple[int, Region]] = [(depth, child) for child in reversed(self.children)]
        while stack:
            level, child = stack.pop()
            yield level, child
            if isinstance(child, VmAddressRegion):
                stack.extend((level + 1, below) for below in reversed(child.children))
