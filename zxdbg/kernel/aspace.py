"""An address space: one tree of regions, and what touching an address in it does.

Two ways in are kept apart. `find_mapping` is the debugger's: it looks through the tree
and asks nothing. `load` and `store` are the process's own accesses and the kernel's on
its behalf: page by page they honour permissions, and they can fault.
"""

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.limits import PAGE_MASK, PAGE_SIZE, USER_BASE, USER_END
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption

if TYPE_CHECKING:
    from zxdbg.kernel.kernel import Kernel
    from zxdbg.kernel.prng import Prng
    from zxdbg.kernel.vmo import VmObject

__all__ = ["AddressSpace", "Extent", "ExtentKind", "Fault", "FaultKind", "Neighbours"]

_READ, _WRITE = int(VmOption.PERM_READ), int(VmOption.PERM_WRITE)
_FETCH = int(VmOption.PERM_READ | VmOption.PERM_EXECUTE)


class FaultKind(Enum):
    """Why an access faulted."""

    NONCANONICAL = "noncanonical"
    OUTSIDE = "outside"
    HOLE = "hole"
    PERMISSION = "permission"
    VMO_END = "vmo-end"
    NO_MEMORY = "no-memory"


class Fault(NamedTuple):
    """An access that failed, and the first byte at which it did."""

    kind: FaultKind
    address: int


class ExtentKind(Enum):
    """What lies at a stretch of addresses."""

    BACKED = "backed"
    PAST_VMO = "past-vmo"
    UNCACHED = "uncached"
    HOLE = "hole"


class Extent(NamedTuple):
    """A stretch of addresses that is of one kind, cut to the range that was asked for."""

    start: int
    end: int
    kind: ExtentKind
    name: str = ""
    koid: int = 0
    perms: int = 0
    offset: int = 0


class Neighbours(NamedTuple):
    """The mappings on both sides of an address that lies in none."""

    at: int
    below: Extent | None
    above: Extent | None


_BACKED, _UNCACHED = ExtentKind.BACKED, ExtentKind.UNCACHED


def describe(mapping: VmMapping) -> Extent:
    """Say what a mapping is at this moment, as a value."""
    vmo = mapping.vmo
    kind = _UNCACHED if vmo.cache_policy else _BACKED
    base = mapping.base
    return Extent(
        base, base + mapping.size, kind, vmo.name, vmo.koid, mapping.perms, mapping.vmo_offset
    )


class AddressSpace:
    """The addresses of one process. After the process's death the root is there, but empty."""

    __slots__ = ("root",)

    def __init__(self, kernel: "Kernel", prng: "Prng") -> None:
        self.root = VmAddressRegion.root(kernel, prng)

    def find_mapping(self, address: int) -> VmMapping | None:
        """Find the mapping that holds an address, through nested regions."""
        region = self.root.find(address)
        while region is not None and not isinstance(region, VmMapping):
            region = region.find(address)
        return region

    def neighbours(self, address: int) -> Neighbours:
        """Find the nearest mapping below an address and the nearest above it."""
        below = self.root.mapping_below(address)
        above = self.root.mapping_above(address)
        return Neighbours(
            address,
            None if below is None else describe(below),
            None if above is None else describe(above),
        )

    def next_mapped(self, address: int, stop: int) -> int:
        """Find the first address from `address` on that a mapping holds; `stop` at most."""
        at: int = address
        while at < stop:
            region: VmAddressRegion = self.root
            while True:
                child = region.find(at)
                if isinstance(child, VmMapping):
                    return at
                if child is None:
                    following = next(region.iter_overlapping(at, stop - at), None)
                    at = min(region.end if following is None else following.base, stop)
                    if region is self.root and following is None:
                        return stop
                    break
                region = child
        return stop

    def extents(self, start: int, length: int, most: int = 64) -> list[Extent]:
        """Divide a range into stretches of one kind each, at most `most` of them."""
        stop = start + length
        found: list[Extent] = []
        at = start
        while at < stop and len(found) < most:
            mapping = self.find_mapping(at)
            if mapping is None:
                end = self.next_mapped(at, stop)
                found.append(Extent(at, end, ExtentKind.HOLE))
            else:
                whole = describe(mapping)
                offset = mapping.vmo_offset + (at - mapping.base)
                if at >= mapping.backed_end:
                    end = min(mapping.end, stop)
                    whole = whole._replace(kind=ExtentKind.PAST_VMO)
                else:
                    end = min(mapping.backed_end, stop)
                found.append(whole._replace(start=at, end=end, offset=offset))
            at = end
        return found

    # Accesses of the process itself ----------------------------------------------

    def _touch(self, address: int, wanted: int) -> "tuple[VmObject, int] | Fault":
        """Judge one access to the page of `address`: the VMO and the offset, or the fault."""
        if not USER_BASE <= address < USER_END:
            canonical = address < 1 << 47 or address >= (1 << 64) - (1 << 47)
            kind = FaultKind.OUTSIDE if canonical else FaultKind.NONCANONICAL
            return Fault(kind, address)
        mapping = self.find_mapping(address)
        if mapping is None:
            return Fault(FaultKind.HOLE, address)
        if mapping.perms & wanted != wanted:
            return Fault(FaultKind.PERMISSION, address)
        offset = address - mapping.base + mapping.vmo_offset
        if offset >= mapping.vmo.size:
            return Fault(FaultKind.VMO_END, address)
        return mapping.vmo, offset

    def load(self, address: int, length: int, *, execute: bool = False) -> bytes | Fault:
        """Load bytes as the process would, or fetch them to execute; the first fault ends it."""
        parts = []
        wanted = _FETCH if execute else _READ
        end = address + length
        while address < end:
            step = min(end - address, PAGE_SIZE - (address & PAGE_MASK))
            place = self._touch(address, wanted)
            if isinstance(place, Fault):
                return place
            parts.append(place[0].read(place[1], step))
            address += step
        return b"".join(parts)

    def store(self, address: int, data: bytes) -> Fault | None:
        """Store bytes as the process would; pages before the one that faults stay written."""
        done = 0
        while done < len(data):
            at = address + done
            step = min(len(data) - done, PAGE_SIZE - (at & PAGE_MASK))
            place = self._touch(at, _WRITE)
            if isinstance(place, Fault):
                return place
            if place[0].write(place[1], data[done : done + step]) < step:
                return Fault(FaultKind.NO_MEMORY, at)
            done += step
        return None

    def destroy(self) -> None:
        """Remove every mapping and region; the root stays, dead and empty."""
        self.root.destroy()
