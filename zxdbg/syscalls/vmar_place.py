"""VMARs: allocate and map. Pages `vmar_allocate.md`, `vmar_map.md`; kernel `syscalls/vmar.cpp`."""

from typing import cast

from zxdbg.kernel.limits import PAGE_MASK, PAGE_SHIFT, U64, round_up
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.vmar import CAN_SHIFT, PERMS, VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls.args import HandleIn, HandleOut, Options, Size, U64In, VaddrOut
from zxdbg.syscalls.buffers import GOOD
from zxdbg.syscalls.call import Call, Refused, syscall
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule
from zxdbg.syscalls.task import room
from zxdbg.syscalls.vmar_rules import (
    VMAR_CPP,
    PlaceRules,
    alive,
    describe,
    length,
    length_aligned,
    perms_need_read,
    rights_for,
    vmar_with_perms,
    writable_without_read,
)

__all__ = ["zx_vmar_allocate", "zx_vmar_map"]

_CAN_MAP = PERMS << CAN_SHIFT
_KNOWN = 0xFFF
_FLAGS = int(VmOption.COMPACT | VmOption.CAN_MAP_SPECIFIC) | _CAN_MAP
_SPECIFIC = int(VmOption.SPECIFIC)
_OVERWRITE = int(VmOption.SPECIFIC_OVERWRITE)


# zx_vmar_allocate -----------------------------------------------------------------

difference(
    "allocate-rights-unmentioned",
    page="vmar_allocate.md",
    says="nothing yet in its section on rights",
    does="each CAN_MAP flag needs the right of the same name, tested before the type",
    example=(
        "$weak = handle duplicate $demo.vmar --rights ZX_RIGHT_READ; "
        "vmar allocate $weak 4K --can rw"
    ),
    why_not="the page only omits it",
)
ALLOCATE_PARENT = Lookup("parent_vmar", VmAddressRegion)
ALLOCATE_RIGHTS = Rule(
    "parent-vmar-rights",
    Status.ACCESS_DENIED,
    "parent_vmar has READ, WRITE, EXECUTE for each CAN_MAP flag asked for",
    passed="it has {0:somerights}",
    failed="it has {0:somerights}, without {1:rights}",
    source="vmar.cpp",
    permitting=("parent_vmar",),
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
ALLOCATE_ALIVE = alive()
ALLOCATE_SIZE = Rule("size-not-zero", Status.INVALID_ARGS, "size is not 0", passed="{0:bytes}")
ALLOCATE_CAN = Rule(
    "parent-can-map",
    Status.ACCESS_DENIED,
    "the parent has each CAN_MAP flag asked for",
    unreachable="a VMAR handle's rights derive from the flags and only shrink",
)
ALLOCATE_PLACE = PlaceRules("offset")
ALLOCATE_ROOM = room()
ALLOCATE_ADDR = out_rule(
    "child_addr", "the region is destroyed again; its handle is delivered and names a dead VMAR"
)
ALLOCATE_OUT = out_rule(
    "child_vmar",
    "the handle is closed; the region stays, unless child_addr was bad too",
)


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

    Examples:
        zx> zx_vmar_allocate $self.vmar ZX_VM_CAN_MAP_READ 0 0x1000 => ZX_OK
    """
    wanted = (options & _CAN_MAP) >> CAN_SHIFT
    vmar = vmar_with_perms(call, ALLOCATE_PARENT, ALLOCATE_RIGHTS, parent_vmar, wanted)
    call.require(ALLOCATE_KNOWN, not options & (int(VmOption.MAP_RANGE) | ~_KNOWN), options)
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
    rights = int(Rights.DEFAULT_VMAR) | rights_for(child.can)
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


# zx_vmar_map ----------------------------------------------------------------------

MAP_VMAR = Lookup("vmar", VmAddressRegion)
MAP_VMO = Lookup("vmo", VmObject, rights=Rights.MAP, type_first=True)
MAP_PERMS = perms_need_read()
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
    passed="the VMO handle {0:somerights}; the VMAR handle {1:somerights}",
    failed="the VMO handle lacks {2:rights}; the VMAR handle lacks {3:rights}",
    source="vmar.cpp",
    permitting=("vmar", "vmo"),
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
MAP_ALIVE = alive()
MAP_LENGTH = length("len")
MAP_LENGTH_ALIGNED = length_aligned()
OVERWRITE_VMAR = difference(
    "overwrite-whole-vmar",
    page="vmar_map.md",
    says="SPECIFIC_OVERWRITE must not overlap another VMAR in part; all of one may be replaced",
    does="any VMAR in the range, even wholly inside it, is ZX_ERR_INVALID_ARGS",
    example=(
        "$box = vmar allocate $demo.vmar 4K --at 0x20000000; "
        "map $demo.vmar $heap --at 0x20000000 --overwrite"
    ),
)
RANGE_OFFSET = difference(
    "map-range-offset",
    page="vmar_map.md",
    says="MAP_RANGE maps the pages that are there already; no offset is excluded",
    does="the offset is used twice by mistake: any vmo_offset but 0 is ZX_ERR_INVALID_ARGS",
    example="zx_vmar_map $demo.vmar ZX_VM_PERM_READ|ZX_VM_MAP_RANGE 0 $heap 0x1000 0x1000",
)
difference(
    "map-right-unmentioned",
    page="vmar_map.md",
    says="nothing of a right ZX_RIGHT_MAP on the VMO handle",
    does="without it the call is ZX_ERR_ACCESS_DENIED",
    example="$r = handle duplicate $heap --rights ZX_RIGHT_READ; map $demo.vmar $r --perms r",
    why_not="the page only omits it",
)
difference(
    "specific-overlap-status",
    page="vmar_map.md, vmar_allocate.md",
    says="a range that is asked for must be free; which status says so is left open",
    does="a range that is taken is ZX_ERR_NO_MEMORY, the word for memory that ran out",
    example="map $demo.vmar $heap --at $base",
    why_not="the pages only omit it",
)
MAP_PLACE = PlaceRules("vmar_offset")
MAP_NO_SUBREGION = Rule(
    "overwrites-no-vmar",
    Status.INVALID_ARGS,
    "no VMAR lies in the range that SPECIFIC_OVERWRITE clears",
    failed="{0:region} is there",
    source=VMAR_CPP,
    difference=OVERWRITE_VMAR,
    only=(Profile.KERNEL,),
)
MAP_CUTS_NO_SUBREGION = Rule(
    "overwrites-no-part-of-vmar",
    Status.INVALID_ARGS,
    "no VMAR lies partly in the range that SPECIFIC_OVERWRITE clears",
    failed="{0:region} reaches out of it",
    source="vmar_map.md",
    difference=OVERWRITE_VMAR,
    only=(Profile.DOCS,),
)
MAP_RANGE_AT_ZERO = Rule(
    "map-range-at-zero",
    Status.INVALID_ARGS,
    "vmo_offset is 0 where MAP_RANGE is asked for",
    passed="{0:hex}",
    source="vm_mapping.cpp",
    late="the mapping is removed again",
    difference=RANGE_OFFSET,
    only=(Profile.KERNEL,),
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
    MAP_LENGTH_ALIGNED,
    MAP_PLACE.offset_zero,
    MAP_PLACE.can_specific,
    MAP_PLACE.inside,
    MAP_PLACE.aligned,
    MAP_PLACE.free,
    MAP_NO_SUBREGION,
    MAP_CUTS_NO_SUBREGION,
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
        len: Bytes, not 0: whole pages, or rounded up to them.
        mapped_addr: Where the first address of the mapping is stored.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_vmar_map $self.vmar ZX_VM_PERM_READ 0 $v 0 0x1000 => ZX_OK
    """
    vmar_handle = call.handle(MAP_VMAR, vmar)
    vmo_handle = call.handle(MAP_VMO, vmo)
    region = cast("VmAddressRegion", vmar_handle.object)
    memory = cast("VmObject", vmo_handle.object)
    call.require(MAP_PERMS, not writable_without_read(options), options & PERMS)
    overwrite = bool(options & _OVERWRITE)
    ranged = bool(options & VmOption.MAP_RANGE)
    call.require(MAP_RANGE_ALONE, not (ranged and overwrite), options)
    call.require(MAP_NO_CAN, not options & _CAN_MAP, options)
    perms = options & PERMS
    need = rights_for(perms)
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
    call.require(MAP_LENGTH_ALIGNED, len == size, len)
    specific = overwrite or bool(options & _SPECIFIC)
    MAP_PLACE.judge(call, region, specific, vmar_offset, size)
    if overwrite:
        base = region.base + vmar_offset
        end = base + size
        there = [
            child
            for child in region.iter_overlapping(base, size)
            if isinstance(child, VmAddressRegion)
        ]
        cut = [child for child in there if child.base < base or child.end > end]
        call.require(MAP_NO_SUBREGION, not there, describe(there[0]) if there else None)
        call.require(MAP_CUTS_NO_SUBREGION, not cut, describe(cut[0]) if cut else None)
        region.unmap(base, size)
    else:
        if ranged and vmo_offset:
            # Ask the other profiles now: the rule comes when the place is already taken.
            call.follows(RANGE_OFFSET)
        base = MAP_PLACE.choose(call, region, specific, vmar_offset, size)
    caps = (of_vmo & of_vmar) >> 2 & PERMS
    mapping = VmMapping(base, size, memory, vmo_offset, perms, caps)
    region.insert(mapping)
    try:
        if ranged:
            call.require(MAP_RANGE_AT_ZERO, vmo_offset == 0, vmo_offset)
            _fork_inherited(memory, vmo_offset, size)
        call.store(MAP_OUT, "mapped_addr", mapped_addr, base)
    except Refused:
        mapping.remove()
        raise


def _fork_inherited(vmo: VmObject, offset: int, size: int) -> None:
    """Give a clone its own copy of each page that an ancestor has, as MAP_RANGE does."""
    first, last = offset >> PAGE_SHIFT, min(offset + size, vmo.size) >> PAGE_SHIFT
    found: set[int] = set()
    shift, below = 0, vmo
    while below.parent is not None:
        shift += below.parent_offset >> PAGE_SHIFT
        below = below.parent
        found.update(index - shift for index in below.pages.table)
    for index in sorted(found):
        if first <= index < last and vmo.inherits(index):
            vmo.own_page(index)
