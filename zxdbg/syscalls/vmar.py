"""VMARs: allocate, map, unmap, protect. Pages `vmar_*.md`; kernel `syscalls/vmar.cpp`."""

from typing import cast

from zxdbg.kernel.limits import PAGE_MASK, PAGE_SHIFT, U64, round_up
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.vmar import CAN_SHIFT, PERMS, VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls.args import HandleIn, HandleOut, Options, Size, U64In, Vaddr, VaddrOut
from zxdbg.syscalls.buffers import GOOD
from zxdbg.syscalls.call import Call, Refused, syscall
from zxdbg.syscalls.rule import Lookup, Rule, out_rule
from zxdbg.syscalls.task import room

__all__ = ["zx_vmar_allocate", "zx_vmar_map", "zx_vmar_protect", "zx_vmar_unmap"]

_CAN_MAP = PERMS << CAN_SHIFT
_KNOWN = 0xFFF
_FLAGS = int(VmOption.COMPACT | VmOption.CAN_MAP_SPECIFIC) | _CAN_MAP
_SPECIFIC = int(VmOption.SPECIFIC)
_OVERWRITE = int(VmOption.SPECIFIC_OVERWRITE)
_VMAR_CPP = "vm_address_region.cpp"


def _rights_for(perms: int) -> int:
    """Turn PERM bits into the rights READ, WRITE, EXECUTE, which lie two bits higher."""
    return perms << 2


def _perms_need_read() -> Rule:
    return Rule(
        "perms-need-read",
        Status.INVALID_ARGS,
        "writing or executing is asked for only together with reading",
        passed="{0:perms}",
        source="vmar.cpp",
    )


def _writable_without_read(options: int) -> bool:
    return bool(options & PERMS) and not options & VmOption.PERM_READ


def _alive() -> Rule:
    return Rule(
        "vmar-alive",
        Status.BAD_STATE,
        "the VMAR was not destroyed, nor its process dead",
        source=_VMAR_CPP,
    )


def _length(arg: str) -> Rule:
    return Rule(
        f"{arg}-not-zero",
        Status.INVALID_ARGS,
        f"{arg}, rounded up to pages, is not 0",
        passed="{0:bytes}",
    )


def _inside(name: str = "range-in-vmar") -> Rule:
    return Rule(
        name,
        Status.INVALID_ARGS,
        "the range lies inside the VMAR",
        passed="{0:address} to {1:address} in {2:address} to {3:address}",
        source=_VMAR_CPP,
    )


def _offset_zero(arg: str) -> Rule:
    return Rule(
        f"{arg}-needs-specific",
        Status.INVALID_ARGS,
        f"{arg} is 0 where no place is asked for with SPECIFIC",
        passed="{0:hex}",
        source=_VMAR_CPP,
    )


def _can_specific() -> Rule:
    return Rule(
        "vmar-can-specific",
        Status.ACCESS_DENIED,
        "the VMAR has CAN_MAP_SPECIFIC where a place is asked for",
        source=_VMAR_CPP,
    )


def _address_aligned() -> Rule:
    return Rule(
        "address-aligned",
        Status.INVALID_ARGS,
        "the VMAR's base plus the offset is page aligned",
        passed="{0:address}",
        source=_VMAR_CPP,
    )


def _free() -> Rule:
    return Rule(
        "range-free",
        Status.NO_MEMORY,
        "nothing else lies in the range that SPECIFIC asks for",
        passed="{0:address} to {1:address}",
        failed="{0:address} to {1:address}; {2:region} is there",
        source=_VMAR_CPP,
    )


def _spot() -> Rule:
    return Rule(
        "room-in-vmar",
        Status.NO_MEMORY,
        "the VMAR has a free range of that length",
        passed="{0:bytes}",
        source=_VMAR_CPP,
    )


class _PlaceRules:
    """The checks of a place in a VMAR that allocate and map share."""

    def __init__(self, offset: str) -> None:
        self.offset_zero = _offset_zero(offset)
        self.can_specific = _can_specific()
        self.inside = _inside()
        self.aligned = _address_aligned()
        self.free = _free()
        self.spot = _spot()

    def judge(
        self, call: Call, vmar: VmAddressRegion, specific: bool, offset: int, size: int
    ) -> None:
        """Check the asked place, up to whether it is free."""
        if not specific:
            call.require(self.offset_zero, offset == 0, offset)
        else:
            call.require(self.can_specific, bool(vmar.flags & VmOption.CAN_MAP_SPECIFIC))
        base = vmar.base + offset
        fits = offset < vmar.size and size <= vmar.size - offset
        call.require(self.inside, fits, base, base + size, vmar.base, vmar.end)
        if specific:
            call.require(self.aligned, not base & PAGE_MASK, base)

    def choose(
        self, call: Call, vmar: VmAddressRegion, specific: bool, offset: int, size: int
    ) -> int:
        """Return the base of the range, which is free."""
        if specific:
            base = vmar.base + offset
            there = next(vmar.iter_overlapping(base, size), None)
            what = None if there is None else _describe(there)
            call.require(self.free, there is None, base, base + size, what)
            return base
        spot = vmar.find_spot(size)
        if spot is None:
            raise call.refusal(self.spot, size)
        call.require(self.spot, True, size)
        return spot


def _describe(region: VmAddressRegion | VmMapping) -> tuple[str, str, int, int]:
    """Name a region as a value: what it is, its name, its first and its last address."""
    if isinstance(region, VmMapping):
        return "mapping", region.vmo.name, region.base, region.end
    return "VMAR", region.name, region.base, region.end


# zx_vmar_allocate -----------------------------------------------------------------

ALLOCATE_PARENT = Lookup("parent_vmar", VmAddressRegion)
ALLOCATE_RIGHTS = Rule(
    "parent-vmar-rights",
    Status.ACCESS_DENIED,
    "parent_vmar has READ, WRITE, EXECUTE for each CAN_MAP flag asked for",
    passed="it has {0:somerights}",
    failed="it has {0:somerights}, without {1:rights}",
    source="vmar.cpp",
)
ALLOCATE_KNOWN = Rule(
    "options-known",
    Status.INVALID_ARGS,
    "options has no MAP_RANGE and no unknown bit",
    passed="{0:vmoptions}",
)
ALLOCATE_NO_PERMS = Rule(
    "no-perms",
    Status.INVALID_ARGS,
    "options has no PERM flag (PERM_WRITE alone is overlooked)",
    passed="{0:vmoptions}",
)
ALLOCATE_ALIGNED = Rule(
    "size-aligned", Status.INVALID_ARGS, "size is whole pages", passed="{0:bytes}"
)
ALLOCATE_NO_MAP_FLAGS = Rule(
    "no-map-flags",
    Status.INVALID_ARGS,
    "options has neither SPECIFIC_OVERWRITE nor REQUIRE_NON_RESIZABLE",
    passed="{0:vmoptions}",
)
ALLOCATE_ALIVE = _alive()
ALLOCATE_SIZE = Rule("size-not-zero", Status.INVALID_ARGS, "size is not 0", passed="{0:bytes}")
ALLOCATE_CAN = Rule(
    "parent-can-map",
    Status.ACCESS_DENIED,
    "the parent has each CAN_MAP flag asked for",
    unreachable="a VMAR handle's rights derive from the flags and only shrink",
)
ALLOCATE_PLACE = _PlaceRules("offset")
ALLOCATE_ROOM = room()
ALLOCATE_ADDR = out_rule(
    "child_addr", "the region is destroyed again; its handle is delivered and names a dead VMAR"
)
ALLOCATE_OUT = out_rule("child_vmar", "the handle is closed, but the region stays")


@syscall(
    ALLOCATE_PARENT.valid,
    ALLOCATE_RIGHTS,
    ALLOCATE_PARENT.type,
    ALLOCATE_KNOWN,
    ALLOCATE_NO_PERMS,
    ALLOCATE_ALIGNED,
    ALLOCATE_NO_MAP_FLAGS,
    ALLOCATE_ALIVE,
    ALLOCATE_SIZE,
    ALLOCATE_CAN,
    ALLOCATE_PLACE.offset_zero,
    ALLOCATE_PLACE.can_specific,
    ALLOCATE_PLACE.inside,
    ALLOCATE_PLACE.aligned,
    ALLOCATE_PLACE.free,
    ALLOCATE_PLACE.spot,
    ALLOCATE_ROOM,
    ALLOCATE_ADDR,
    ALLOCATE_OUT,
)
def zx_vmar_allocate(
    call: Call,
    parent_vmar: HandleIn,
    options: Options,
    offset: U64In,
    size: U64In,
    *,
    child_vmar: HandleOut = GOOD,
    child_addr: VaddrOut = GOOD,
) -> None:
    """Make a region inside a VMAR, to hold mappings and further regions.

    Args:
        parent_vmar: Handle of the VMAR; needs READ, WRITE, EXECUTE for each CAN_MAP flag.
        options: ZX_VM_CAN_MAP_* flags, COMPACT, SPECIFIC.
        offset: With SPECIFIC, bytes from the VMAR's base; else 0.
        size: Bytes, whole pages, not 0.
        child_vmar: Where the handle of the region is stored.
        child_addr: Where its first address is stored.
    """
    wanted = (options & _CAN_MAP) >> CAN_SHIFT
    vmar = _vmar_with_perms(call, ALLOCATE_PARENT, ALLOCATE_RIGHTS, parent_vmar, wanted)
    call.require(ALLOCATE_KNOWN, not options & (VmOption.MAP_RANGE | ~_KNOWN), options)
    perms = options & PERMS
    call.require(ALLOCATE_NO_PERMS, perms in (0, int(VmOption.PERM_WRITE)), options)
    call.require(ALLOCATE_ALIGNED, not size & PAGE_MASK, size)
    refused = VmOption.SPECIFIC_OVERWRITE | VmOption.REQUIRE_NON_RESIZABLE
    call.require(ALLOCATE_NO_MAP_FLAGS, not options & refused, options)
    call.require(ALLOCATE_ALIVE, vmar.alive)
    call.require(ALLOCATE_SIZE, size != 0, size)
    call.require(ALLOCATE_CAN, not wanted & ~vmar.can)
    specific = bool(options & _SPECIFIC)
    ALLOCATE_PLACE.judge(call, vmar, specific, offset, size)
    base = ALLOCATE_PLACE.choose(call, vmar, specific, offset, size)
    child = vmar.allocate(base, size, options & _FLAGS)
    rights = int(Rights.DEFAULT_VMAR) | _rights_for(child.can)
    try:
        made = call.make_handle(ALLOCATE_ROOM, child, rights)
    except Refused:
        child.destroy()
        raise
    call.produce(ALLOCATE_OUT, "child_vmar", child_vmar, made)
    try:
        call.store(ALLOCATE_ADDR, "child_addr", child_addr, base)
    except Refused:
        child.destroy()
        raise


def _vmar_with_perms(
    call: Call, lookup: Lookup[VmAddressRegion], rule: Rule, value: int, perms: int
) -> VmAddressRegion:
    """Take a VMAR argument that needs a right for each permission, tested before its type."""
    handle = call.valid(lookup, value)
    lacking = _rights_for(perms) & ~handle.rights
    call.require(rule, not lacking, handle.rights, lacking)
    return call.typed(lookup, handle)


# zx_vmar_map ----------------------------------------------------------------------

MAP_VMAR = Lookup("vmar", VmAddressRegion)
MAP_VMO = Lookup("vmo", VmObject, rights=Rights.MAP, type_first=True)
MAP_PERMS = _perms_need_read()
MAP_RANGE_ALONE = Rule(
    "map-range-not-overwrite",
    Status.INVALID_ARGS,
    "MAP_RANGE is not asked for together with SPECIFIC_OVERWRITE",
    passed="{0:vmoptions}",
)
MAP_NO_CAN = Rule(
    "no-can-map", Status.INVALID_ARGS, "options has no CAN_MAP flag", passed="{0:vmoptions}"
)
MAP_RIGHTS = Rule(
    "both-handles-rights",
    Status.ACCESS_DENIED,
    "for each permission, both the VMO handle and the VMAR handle have the right",
    passed="the VMO handle {0:rights}; the VMAR handle {1:rights}",
    failed="the VMO handle lacks {2:rights}; the VMAR handle lacks {3:rights}",
    source="vmar.cpp",
)
MAP_KNOWN = Rule(
    "options-known", Status.INVALID_ARGS, "options has no unknown bit", passed="{0:hex}"
)
MAP_NON_RESIZABLE = Rule(
    "vmo-non-resizable",
    Status.NOT_SUPPORTED,
    "the VMO cannot be resized where REQUIRE_NON_RESIZABLE asks for that",
)
MAP_NO_REGION_FLAGS = Rule(
    "no-region-flags",
    Status.INVALID_ARGS,
    "options has neither COMPACT nor CAN_MAP_SPECIFIC",
    passed="{0:vmoptions}",
)
MAP_CAN = Rule(
    "vmar-can-map",
    Status.ACCESS_DENIED,
    "the VMAR has a CAN_MAP flag for each permission",
    unreachable="a VMAR handle's rights derive from the flags and only shrink",
)
MAP_OFFSET_ALIGNED = Rule(
    "vmo-offset-aligned", Status.INVALID_ARGS, "vmo_offset is page aligned", passed="{0:hex}"
)
MAP_OFFSET_FITS = Rule(
    "vmo-range-fits",
    Status.INVALID_ARGS,
    "vmo_offset plus the rounded len is below 2^64",
    passed="{0:hex} and {1:bytes}",
)
MAP_ALIVE = _alive()
MAP_LENGTH = _length("len")
MAP_PLACE = _PlaceRules("vmar_offset")
MAP_NO_SUBREGION = Rule(
    "overwrites-no-vmar",
    Status.INVALID_ARGS,
    "no VMAR lies in the range that SPECIFIC_OVERWRITE clears",
    failed="{0:region} is there",
    source=_VMAR_CPP,
)
MAP_RANGE_AT_ZERO = Rule(
    "map-range-at-zero",
    Status.INVALID_ARGS,
    "vmo_offset is 0 where MAP_RANGE is asked for",
    passed="{0:hex}",
    source="vm_mapping.cpp",
    late="the mapping is removed again",
)
MAP_OUT = out_rule(
    "mapped_addr", "the mapping is removed again; what SPECIFIC_OVERWRITE cleared stays cleared"
)


@syscall(
    MAP_VMAR,
    MAP_VMO,
    MAP_PERMS,
    MAP_RANGE_ALONE,
    MAP_NO_CAN,
    MAP_RIGHTS,
    MAP_KNOWN,
    MAP_NON_RESIZABLE,
    MAP_NO_REGION_FLAGS,
    MAP_CAN,
    MAP_OFFSET_ALIGNED,
    MAP_OFFSET_FITS,
    MAP_ALIVE,
    MAP_LENGTH,
    MAP_PLACE.offset_zero,
    MAP_PLACE.can_specific,
    MAP_PLACE.inside,
    MAP_PLACE.aligned,
    MAP_PLACE.free,
    MAP_NO_SUBREGION,
    MAP_PLACE.spot,
    MAP_RANGE_AT_ZERO,
    MAP_OUT,
)
def zx_vmar_map(
    call: Call,
    vmar: HandleIn,
    options: Options,
    vmar_offset: U64In,
    vmo: HandleIn,
    vmo_offset: U64In,
    len: Size,
    *,
    mapped_addr: VaddrOut = GOOD,
) -> None:
    """Map pages of a VMO into an address space. It may reach past the VMO's end.

    Args:
        vmar: Handle of the VMAR; needs READ, WRITE, EXECUTE as `options` asks.
        options: ZX_VM_PERM_* flags, SPECIFIC, SPECIFIC_OVERWRITE, MAP_RANGE,
            REQUIRE_NON_RESIZABLE.
        vmar_offset: With SPECIFIC, bytes from the VMAR's base; else 0.
        vmo: Handle of the VMO; needs ZX_RIGHT_MAP, and the rights that `options` asks.
        vmo_offset: First byte of the VMO, page aligned.
        len: Bytes, not 0; rounded up to whole pages.
        mapped_addr: Where the first address of the mapping is stored.
    """
    vmar_handle = call.handle(MAP_VMAR, vmar)
    vmo_handle = call.handle(MAP_VMO, vmo)
    region = cast("VmAddressRegion", vmar_handle.object)
    memory = cast("VmObject", vmo_handle.object)
    call.require(MAP_PERMS, not _writable_without_read(options), options & PERMS)
    overwrite = bool(options & _OVERWRITE)
    ranged = bool(options & VmOption.MAP_RANGE)
    call.require(MAP_RANGE_ALONE, not (ranged and overwrite), options)
    call.require(MAP_NO_CAN, not options & _CAN_MAP, options)
    perms = options & PERMS
    need = _rights_for(perms)
    of_vmo, of_vmar = vmo_handle.rights, vmar_handle.rights
    call.require(
        MAP_RIGHTS,
        not need & ~(of_vmo & of_vmar),
        of_vmo,
        of_vmar,
        need & ~of_vmo,
        need & ~of_vmar,
    )
    call.require(MAP_KNOWN, not options & ~_KNOWN, options)
    if options & VmOption.REQUIRE_NON_RESIZABLE:
        call.require(MAP_NON_RESIZABLE, not memory.resizable)
    refused = VmOption.COMPACT | VmOption.CAN_MAP_SPECIFIC
    call.require(MAP_NO_REGION_FLAGS, not options & refused, options)
    call.require(MAP_CAN, not perms & ~region.can)
    size = round_up(len)
    call.require(MAP_OFFSET_ALIGNED, not vmo_offset & PAGE_MASK, vmo_offset)
    call.require(MAP_OFFSET_FITS, vmo_offset + size <= U64, vmo_offset, size)
    call.require(MAP_ALIVE, region.alive)
    call.require(MAP_LENGTH, size != 0, len)
    specific = overwrite or bool(options & _SPECIFIC)
    MAP_PLACE.judge(call, region, specific, vmar_offset, size)
    if overwrite:
        base = region.base + vmar_offset
        below = [
            child
            for child in region.iter_overlapping(base, size)
            if isinstance(child, VmAddressRegion)
        ]
        call.require(MAP_NO_SUBREGION, not below, _describe(below[0]) if below else None)
        region.unmap(base, size)
    else:
        base = MAP_PLACE.choose(call, region, specific, vmar_offset, size)
    caps = (of_vmo & of_vmar) >> 2 & PERMS
    mapping = VmMapping(base, size, memory, vmo_offset, perms, caps)
    region.insert(mapping)
    try:
        if ranged:
            call.require(MAP_RANGE_AT_ZERO, vmo_offset == 0, vmo_offset)
            _fork_inherited(memory, size)
        call.store(MAP_OUT, "mapped_addr", mapped_addr, base)
    except Refused:
        mapping.remove()
        raise


def _fork_inherited(vmo: VmObject, size: int) -> None:
    """Give a clone its own copy of each page that an ancestor has, as MAP_RANGE does."""
    if vmo.parent is None:
        return
    for index in range(min(size, vmo.size) >> PAGE_SHIFT):
        if vmo.inherits(index):
            vmo.own_page(index)


# zx_vmar_unmap --------------------------------------------------------------------

UNMAP_VMAR = Lookup("vmar", VmAddressRegion)
UNMAP_ALIGNED = Rule(
    "addr-aligned", Status.INVALID_ARGS, "addr is page aligned", passed="{0:address}"
)
UNMAP_LENGTH = _length("len")
UNMAP_ALIVE = _alive()
UNMAP_INSIDE = _inside()
UNMAP_WHOLE = Rule(
    "cuts-no-vmar",
    Status.INVALID_ARGS,
    "no VMAR lies partly in the range",
    failed="{0:region} reaches out of it",
    source=_VMAR_CPP,
)


@syscall(UNMAP_VMAR, UNMAP_ALIGNED, UNMAP_LENGTH, UNMAP_ALIVE, UNMAP_INSIDE, UNMAP_WHOLE)
def zx_vmar_unmap(call: Call, vmar: HandleIn, addr: Vaddr, len: Size) -> None:
    """Remove the mappings and regions of a range; nothing there is no error.

    Args:
        vmar: Handle of the VMAR that holds them directly; no right is needed.
        addr: First address, page aligned.
        len: Bytes, not 0; rounded up to whole pages.
    """
    region = call.get(UNMAP_VMAR, vmar)
    call.require(UNMAP_ALIGNED, not addr & PAGE_MASK, addr)
    size = round_up(len)
    call.require(UNMAP_LENGTH, size != 0, len)
    call.require(UNMAP_ALIVE, region.alive)
    inside = region.contains(addr, size)
    call.require(UNMAP_INSIDE, inside, addr, addr + size, region.base, region.end)
    if not region.children:
        return
    cut = None
    for child in region.iter_overlapping(addr, size):
        reaches_out = child.base < addr or child.end > addr + size
        if isinstance(child, VmAddressRegion) and reaches_out:
            cut = _describe(child)
            break
    call.require(UNMAP_WHOLE, cut is None, cut)
    region.unmap(addr, size)


# zx_vmar_protect ------------------------------------------------------------------

PROTECT_VMAR = Lookup("vmar", VmAddressRegion)
PROTECT_RIGHTS = Rule(
    "vmar-rights",
    Status.ACCESS_DENIED,
    "vmar has READ, WRITE, EXECUTE for each permission asked for",
    passed="it has {0:somerights}",
    failed="it has {0:somerights}, without {1:rights}",
    source="vmar.cpp",
)
PROTECT_PERMS = _perms_need_read()
PROTECT_ALIGNED = Rule(
    "addr-aligned", Status.INVALID_ARGS, "addr is page aligned", passed="{0:address}"
)
PROTECT_OPTIONS = Rule(
    "options-perms-only",
    Status.INVALID_ARGS,
    "options has nothing but PERM flags",
    passed="{0:vmoptions}",
)
PROTECT_LENGTH = _length("len")
PROTECT_ALIVE = _alive()
PROTECT_INSIDE = _inside()
PROTECT_CHILDREN = Rule(
    "vmar-has-children",
    Status.NOT_FOUND,
    "the VMAR holds something",
    source=_VMAR_CPP,
)
PROTECT_FOUND = Rule(
    "addr-mapped",
    Status.NOT_FOUND,
    "addr lies in something that the VMAR holds directly",
    passed="{0:address}",
    source=_VMAR_CPP,
)
PROTECT_NO_VMAR = Rule(
    "range-has-no-vmar",
    Status.INVALID_ARGS,
    "no VMAR lies in the range",
    failed="{0:region} is there",
    source=_VMAR_CPP,
)
PROTECT_NO_HOLE = Rule(
    "range-has-no-hole",
    Status.NOT_FOUND,
    "the mappings of the range follow each other without a gap",
    failed="nothing is mapped at {0:address}",
    source=_VMAR_CPP,
)
PROTECT_CAPS = Rule(
    "mapping-allows",
    Status.ACCESS_DENIED,
    "each mapping may have the permissions: both handles allowed them when it was made",
    failed="{0:region} may have {1:perms} at most",
    source="vm_mapping.cpp",
)
PROTECT_TO_END = Rule(
    "mapped-to-end",
    Status.NOT_FOUND,
    "the last mapping reaches the end of the range",
    passed="{0:address}",
    failed="the last mapping ends at {0:address}",
    source=_VMAR_CPP,
)


@syscall(
    PROTECT_VMAR.valid,
    PROTECT_RIGHTS,
    PROTECT_VMAR.type,
    PROTECT_PERMS,
    PROTECT_ALIGNED,
    PROTECT_OPTIONS,
    PROTECT_LENGTH,
    PROTECT_ALIVE,
    PROTECT_INSIDE,
    PROTECT_CHILDREN,
    PROTECT_FOUND,
    PROTECT_NO_VMAR,
    PROTECT_NO_HOLE,
    PROTECT_CAPS,
    PROTECT_TO_END,
)
def zx_vmar_protect(call: Call, vmar: HandleIn, options: Options, addr: Vaddr, len: Size) -> None:
    """Change the permissions of mappings; one that is changed in part is split for good.

    Args:
        vmar: Handle of the VMAR that holds them directly; needs READ, WRITE, EXECUTE as
            `options` asks.
        options: ZX_VM_PERM_* flags; 0 takes every permission away.
        addr: First address, page aligned.
        len: Bytes, not 0; rounded up to whole pages.
    """
    perms = options & PERMS
    region = _vmar_with_perms(call, PROTECT_VMAR, PROTECT_RIGHTS, vmar, perms)
    call.require(PROTECT_PERMS, not _writable_without_read(options), perms)
    call.require(PROTECT_ALIGNED, not addr & PAGE_MASK, addr)
    call.require(PROTECT_OPTIONS, not options & ~PERMS, options)
    size = round_up(len)
    call.require(PROTECT_LENGTH, size != 0, len)
    call.require(PROTECT_ALIVE, region.alive)
    end = addr + size
    call.require(PROTECT_INSIDE, region.contains(addr, size), addr, end, region.base, region.end)
    call.require(PROTECT_CHILDREN, bool(region.children))
    call.require(PROTECT_FOUND, region.find(addr) is not None, addr)
    mappings: list[VmMapping] = []
    reached = 0
    for child in region.iter_overlapping(addr, size):
        if isinstance(child, VmAddressRegion):
            raise call.refusal(PROTECT_NO_VMAR, _describe(child))
        if mappings and child.base != reached:
            raise call.refusal(PROTECT_NO_HOLE, reached)
        if perms & ~child.caps:
            raise call.refusal(PROTECT_CAPS, _describe(child), child.caps)
        mappings.append(child)
        reached = child.end
    call.require(PROTECT_NO_VMAR, True)
    call.require(PROTECT_NO_HOLE, True)
    call.require(PROTECT_CAPS, True)
    call.require(PROTECT_TO_END, reached >= end, reached)
    for mapping in mappings:
        part = mapping
        if part.perms == perms:
            continue
        if part.base < addr:
            part = part.split(addr)
        if part.end > end:
            part.split(end)
        part.perms = perms
