from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE, USER_SIZE
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    Outcome,
    Pointer,
    Profile,
    Syscall,
    zx_handle_close,
    zx_vmar_allocate,
    zx_vmar_destroy,
    zx_vmar_map,
    zx_vmar_protect,
    zx_vmar_unmap,
    zx_vmo_clone,
    zx_vmo_set_size,
    zx_vmo_write,
)

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Difference, Refusal, World

PAGE = 4096
TOP = 1 << 64
WILD = Pointer(0x2000_0000_0000)
R = int(VmOption.PERM_READ)
W = int(VmOption.PERM_WRITE)
X = int(VmOption.PERM_EXECUTE)
RW, RX, RWX = R | W, R | X, R | W | X
COMPACT = int(VmOption.COMPACT)
SPECIFIC = int(VmOption.SPECIFIC)
OVERWRITE = int(VmOption.SPECIFIC_OVERWRITE)
CAN_SPECIFIC = int(VmOption.CAN_MAP_SPECIFIC)
CAN_R = int(VmOption.CAN_MAP_READ)
CAN_W = int(VmOption.CAN_MAP_WRITE)
CAN_X = int(VmOption.CAN_MAP_EXECUTE)
CAN_RWX = CAN_R | CAN_W | CAN_X
MAP_RANGE = int(VmOption.MAP_RANGE)
NON_RESIZABLE = int(VmOption.REQUIRE_NON_RESIZABLE)
OK = (Status.OK, "")
UNKNOWN = [1 << 12, 1 << 13, 1 << 20, 1 << 31]


def allocate(w: "World", vmar: int, options: int, offset: int = 0, size: int = PAGE) -> Outcome:
    return w.call(zx_vmar_allocate, vmar, options, offset, size)


def map_(
    w: "World",
    options: int,
    offset: int = 0,
    *,
    vmar: int | None = None,
    vmo: int | None = None,
    vmo_offset: int = 0,
    length: int = PAGE,
) -> Outcome:
    vmar = w.vmar if vmar is None else vmar
    vmo = w.vmo() if vmo is None else vmo
    return w.call(zx_vmar_map, vmar, options, offset, vmo, vmo_offset, length)


def protect(w: "World", vmar: int, options: int, addr: int, length: int = PAGE) -> Outcome:
    return w.call(zx_vmar_protect, vmar, options, addr, length)


def unmap(w: "World", vmar: int, addr: int, length: int = PAGE) -> Outcome:
    return w.call(zx_vmar_unmap, vmar, addr, length)


def full(w: "World", call: Callable[[], Outcome]) -> Outcome:
    w.fill()
    w.before = w.picture()
    return call()


def small(w: "World", flags: int = CAN_SPECIFIC | CAN_RWX, pages: int = 10) -> int:
    """Return a region of ten pages in the caller's address space."""
    return w.region(w.vmar, 0x10_0000, pages * PAGE, flags)[0]


def stuffed(w: "World") -> int:
    """Return a region that has no page left."""
    vmar = small(w)
    w.map(vmar, w.vmo(), length=10 * PAGE)
    return vmar


def holding(
    w: "World", *offsets: int, rights: int | None = None, region: int | None = None
) -> tuple[int, int]:
    """Return a region with one-page mappings at these pages, and its base."""
    vmar = small(w)
    vmo = w.vmo() if rights is None else w.weak(w.vmo(), rights)
    perms = R if rights is not None else RW
    for offset in offsets:
        w.map(vmar, vmo, offset * PAGE, perms=perms, length=PAGE)
    if region is not None:
        w.region(vmar, region * PAGE, PAGE)
    return vmar, w.object(vmar, VmAddressRegion).base


def at(w: "World", made: tuple[int, int], options: int, page: int, pages: int = 1) -> Outcome:
    """Protect pages of a region."""
    return protect(w, made[0], options, made[1] + page * PAGE, pages * PAGE)


def overlapped(w: "World", options: int, *, region: bool) -> Outcome:
    made = holding(w, region=2) if region else holding(w, 2)
    return map_(w, options, PAGE, vmar=made[0], length=3 * PAGE)


def boxed(w: "World", *regions: int) -> int:
    """Return a region with a region at pages 2 to 5, and further ones of one page."""
    vmar = small(w)
    w.region(vmar, 2 * PAGE, 4 * PAGE)
    for page in regions:
        w.region(vmar, page * PAGE, PAGE)
    return vmar


REFUSALS: "list[Refusal]" = [
    # zx_vmar_allocate, spec 06 section 4
    (
        "allocate in what is no handle",
        lambda w: allocate(w, 0, CAN_R, 1, 1),
        Status.BAD_HANDLE,
        "vmar_allocate/parent-vmar-valid",
    ),
    (
        "allocate CAN_MAP_WRITE without WRITE",
        lambda w: allocate(w, w.lacking(w.vmar, Rights.WRITE), CAN_W | MAP_RANGE),
        Status.ACCESS_DENIED,
        "vmar_allocate/parent-vmar-rights",
    ),
    (
        "allocate CAN_MAP_EXECUTE in a job: rights before type",
        lambda w: allocate(w, w.job, CAN_X),
        Status.ACCESS_DENIED,
        "vmar_allocate/parent-vmar-rights",
    ),
    (
        "allocate in a job, with MAP_RANGE",
        lambda w: allocate(w, w.job, CAN_R | MAP_RANGE),
        Status.WRONG_TYPE,
        "vmar_allocate/parent-vmar-type",
    ),
    (
        "allocate with MAP_RANGE and a permission",
        lambda w: allocate(w, w.vmar, MAP_RANGE | R),
        Status.INVALID_ARGS,
        "vmar_allocate/options-known",
    ),
    (
        "allocate with bit 31, in a dead region",
        lambda w: allocate(w, w.dead_region(), 1 << 31),
        Status.INVALID_ARGS,
        "vmar_allocate/options-known",
    ),
    (
        "allocate with PERM_READ, size odd",
        lambda w: allocate(w, w.vmar, R, 0, 1),
        Status.INVALID_ARGS,
        "vmar_allocate/no-perms",
    ),
    (
        "allocate with PERM_READ|WRITE",
        lambda w: allocate(w, w.vmar, RW),
        Status.INVALID_ARGS,
        "vmar_allocate/no-perms",
    ),
    (
        "allocate with PERM_EXECUTE",
        lambda w: allocate(w, w.vmar, X),
        Status.INVALID_ARGS,
        "vmar_allocate/no-perms",
    ),
    (
        "allocate with PERM_WRITE|EXECUTE",
        lambda w: allocate(w, w.vmar, W | X),
        Status.INVALID_ARGS,
        "vmar_allocate/no-perms",
    ),
    (
        "allocate a page less one byte, with OVERWRITE",
        lambda w: allocate(w, w.vmar, CAN_R | OVERWRITE, 0, PAGE - 1),
        Status.INVALID_ARGS,
        "vmar_allocate/size-aligned",
    ),
    (
        "allocate with SPECIFIC_OVERWRITE in a dead region",
        lambda w: allocate(w, w.dead_region(), OVERWRITE, 0, 0),
        Status.INVALID_ARGS,
        "vmar_allocate/no-map-flags",
    ),
    (
        "allocate with REQUIRE_NON_RESIZABLE",
        lambda w: allocate(w, w.vmar, NON_RESIZABLE),
        Status.INVALID_ARGS,
        "vmar_allocate/no-map-flags",
    ),
    (
        "allocate in a dead region, no byte, at an offset",
        lambda w: allocate(w, w.dead_region(), 0, PAGE, 0),
        Status.BAD_STATE,
        "vmar_allocate/vmar-alive",
    ),
    (
        "allocate no byte, at an offset",
        lambda w: allocate(w, w.vmar, 0, PAGE, 0),
        Status.INVALID_ARGS,
        "vmar_allocate/size-not-zero",
    ),
    (
        "allocate at an offset without SPECIFIC, too large",
        lambda w: allocate(w, w.vmar, CAN_R, PAGE, USER_SIZE + PAGE),
        Status.INVALID_ARGS,
        "vmar_allocate/offset-needs-specific",
    ),
    (
        "allocate SPECIFIC where the region cannot, out of it",
        lambda w: allocate(w, small(w, CAN_RWX), SPECIFIC, TOP - 1, PAGE),
        Status.ACCESS_DENIED,
        "vmar_allocate/vmar-can-specific",
    ),
    (
        "allocate 11 pages of 10",
        lambda w: allocate(w, small(w), 0, 0, 11 * PAGE),
        Status.INVALID_ARGS,
        "vmar_allocate/range-in-vmar",
    ),
    (
        "allocate at the region's end",
        lambda w: allocate(w, small(w), SPECIFIC, 10 * PAGE, PAGE),
        Status.INVALID_ARGS,
        "vmar_allocate/range-in-vmar",
    ),
    (
        "allocate one page too far",
        lambda w: allocate(w, small(w), SPECIFIC, 9 * PAGE, 2 * PAGE),
        Status.INVALID_ARGS,
        "vmar_allocate/range-in-vmar",
    ),
    (
        "allocate at 2^64-1",
        lambda w: allocate(w, w.vmar, SPECIFIC, TOP - 1, PAGE),
        Status.INVALID_ARGS,
        "vmar_allocate/range-in-vmar",
    ),
    (
        "allocate at an odd offset that is taken",
        lambda w: allocate(w, stuffed(w), SPECIFIC, 1, PAGE),
        Status.INVALID_ARGS,
        "vmar_allocate/address-aligned",
    ),
    (
        "allocate where a mapping is",
        lambda w: allocate(w, stuffed(w), SPECIFIC, 9 * PAGE, PAGE),
        Status.NO_MEMORY,
        "vmar_allocate/range-free",
    ),
    (
        "allocate where a region is",
        lambda w: allocate(w, holding(w, region=2)[0], SPECIFIC, PAGE, 2 * PAGE),
        Status.NO_MEMORY,
        "vmar_allocate/range-free",
    ),
    (
        "allocate a page in a full region",
        lambda w: allocate(w, stuffed(w), 0, 0, PAGE),
        Status.NO_MEMORY,
        "vmar_allocate/room-in-vmar",
    ),
    (
        "allocate in a full table",
        lambda w: full(w, lambda: zx_vmar_allocate(w.caller, w.vmar, 0, 0, PAGE)),
        Status.NO_MEMORY,
        "vmar_allocate/handles-left",
    ),
    (
        "allocate, child_addr NULL",
        lambda w: w.call(zx_vmar_allocate, w.vmar, 0, 0, PAGE, child_addr=None),
        Status.INVALID_ARGS,
        "vmar_allocate/child-addr-writable",
    ),
    (
        "allocate, child_vmar NULL",
        lambda w: w.call(zx_vmar_allocate, w.vmar, 0, 0, PAGE, child_vmar=None),
        Status.INVALID_ARGS,
        "vmar_allocate/child-vmar-writable",
    ),
    # zx_vmar_map, section 5
    (
        "map in what is no handle",
        lambda w: map_(w, W, vmar=0, vmo=0),
        Status.BAD_HANDLE,
        "vmar_map/vmar-valid",
    ),
    (
        "map in a job with no right",
        lambda w: map_(w, W, vmar=w.weak(w.job, 0), vmo=0),
        Status.WRONG_TYPE,
        "vmar_map/vmar-type",
    ),
    (
        "map what is no handle",
        lambda w: map_(w, W, vmo=w.closed()),
        Status.BAD_HANDLE,
        "vmar_map/vmo-valid",
    ),
    (
        "map a job, which lacks MAP: type before rights",
        lambda w: map_(w, W, vmo=w.job),
        Status.WRONG_TYPE,
        "vmar_map/vmo-type",
    ),
    (
        "map without MAP, no permission",
        lambda w: map_(w, 0, vmo=w.weak(w.vmo(), Rights.READ)),
        Status.ACCESS_DENIED,
        "vmar_map/vmo-rights",
    ),
    (
        "map without MAP, W alone",
        lambda w: map_(w, W, vmo=w.weak(w.vmo(), Rights.READ)),
        Status.ACCESS_DENIED,
        "vmar_map/vmo-rights",
    ),
    ("map W", lambda w: map_(w, W), Status.INVALID_ARGS, "vmar_map/perms-need-read"),
    ("map X", lambda w: map_(w, X), Status.INVALID_ARGS, "vmar_map/perms-need-read"),
    (
        "map WX with every other mistake",
        lambda w: map_(w, (W | X | MAP_RANGE | OVERWRITE | CAN_RWX | COMPACT)),
        Status.INVALID_ARGS,
        "vmar_map/perms-need-read",
    ),
    (
        "map MAP_RANGE|SPECIFIC_OVERWRITE|CAN_MAP_READ",
        lambda w: map_(w, R | MAP_RANGE | OVERWRITE | CAN_R),
        Status.INVALID_ARGS,
        "vmar_map/map-range-not-overwrite",
    ),
    (
        "map CAN_MAP_READ without the right to read",
        lambda w: map_(w, R | CAN_R, vmar=w.weak(w.vmar, 0)),
        Status.INVALID_ARGS,
        "vmar_map/no-can-map",
    ),
    (
        "map RW, the VMO handle lacks WRITE, unknown bit",
        lambda w: map_(w, RW | 1 << 12, vmo=w.lacking(w.vmo(), Rights.WRITE)),
        Status.ACCESS_DENIED,
        "vmar_map/both-handles-rights",
    ),
    (
        "map RX, the VMAR handle lacks EXECUTE",
        lambda w: map_(w, RX, vmar=w.lacking(w.vmar, Rights.EXECUTE)),
        Status.ACCESS_DENIED,
        "vmar_map/both-handles-rights",
    ),
    (
        "map R, each handle lacks something",
        lambda w: map_(
            w, RW, vmar=w.lacking(w.vmar, Rights.WRITE), vmo=w.lacking(w.vmo(), Rights.READ)
        ),
        Status.ACCESS_DENIED,
        "vmar_map/both-handles-rights",
    ),
    (
        "map bit 12 and NON_RESIZABLE",
        lambda w: map_(w, R | 1 << 12 | NON_RESIZABLE),
        Status.INVALID_ARGS,
        "vmar_map/options-known",
    ),
    (
        "map bit 31",
        lambda w: map_(w, R | 1 << 31),
        Status.INVALID_ARGS,
        "vmar_map/options-known",
    ),
    (
        "map NON_RESIZABLE of a resizable VMO, COMPACT",
        lambda w: map_(w, R | NON_RESIZABLE | COMPACT),
        Status.NOT_SUPPORTED,
        "vmar_map/vmo-non-resizable",
    ),
    (
        "map COMPACT, vmo_offset odd",
        lambda w: map_(w, R | COMPACT, vmo_offset=1),
        Status.INVALID_ARGS,
        "vmar_map/no-region-flags",
    ),
    (
        "map CAN_MAP_SPECIFIC",
        lambda w: map_(w, R | CAN_SPECIFIC),
        Status.INVALID_ARGS,
        "vmar_map/no-region-flags",
    ),
    (
        "map vmo_offset 1 in a dead region",
        lambda w: map_(w, R, vmar=w.dead_region(), vmo_offset=1),
        Status.INVALID_ARGS,
        "vmar_map/vmo-offset-aligned",
    ),
    (
        "map up to 2^64 exactly, in a dead region",
        lambda w: map_(w, R, vmar=w.dead_region(), vmo_offset=TOP - PAGE),
        Status.INVALID_ARGS,
        "vmar_map/vmo-range-fits",
    ),
    (
        "map no byte in a dead region",
        lambda w: map_(w, R, vmar=w.dead_region(), length=0),
        Status.BAD_STATE,
        "vmar_map/vmar-alive",
    ),
    (
        "map one byte in a dead region",
        lambda w: map_(w, R, vmar=w.dead_region(), length=1),
        Status.BAD_STATE,
        "vmar_map/vmar-alive",
    ),
    (
        "map no byte at an offset",
        lambda w: map_(w, R, PAGE, length=0),
        Status.INVALID_ARGS,
        "vmar_map/len-not-zero",
    ),
    (
        "map 2^64-1 bytes, which round to none",
        lambda w: map_(w, R, length=TOP - 1),
        Status.INVALID_ARGS,
        "vmar_map/len-not-zero",
    ),
    (
        "map at an offset without SPECIFIC",
        lambda w: map_(w, R, PAGE),
        Status.INVALID_ARGS,
        "vmar_map/vmar-offset-needs-specific",
    ),
    (
        "map SPECIFIC where the region cannot, out of it",
        lambda w: map_(w, R | SPECIFIC, TOP - 1, vmar=small(w, CAN_RWX)),
        Status.ACCESS_DENIED,
        "vmar_map/vmar-can-specific",
    ),
    (
        "map SPECIFIC_OVERWRITE where the region cannot",
        lambda w: map_(w, R | OVERWRITE, vmar=small(w, CAN_RWX)),
        Status.ACCESS_DENIED,
        "vmar_map/vmar-can-specific",
    ),
    (
        "map SPECIFIC at 2^64-1",
        lambda w: map_(w, R | SPECIFIC, TOP - 1),
        Status.INVALID_ARGS,
        "vmar_map/range-in-vmar",
    ),
    (
        "map one page more than the region",
        lambda w: map_(w, R, vmar=small(w), length=11 * PAGE),
        Status.INVALID_ARGS,
        "vmar_map/range-in-vmar",
    ),
    (
        "map at an odd address that is taken",
        lambda w: map_(w, R | SPECIFIC, 1, vmar=stuffed(w)),
        Status.INVALID_ARGS,
        "vmar_map/address-aligned",
    ),
    (
        "overwrite at an odd address",
        lambda w: map_(w, R | OVERWRITE, 1, vmar=stuffed(w)),
        Status.INVALID_ARGS,
        "vmar_map/address-aligned",
    ),
    (
        "map over a mapping",
        lambda w: overlapped(w, R | SPECIFIC, region=False),
        Status.NO_MEMORY,
        "vmar_map/range-free",
    ),
    (
        "map over a region",
        lambda w: overlapped(w, R | SPECIFIC, region=True),
        Status.NO_MEMORY,
        "vmar_map/range-free",
    ),
    (
        "map in a full region",
        lambda w: map_(w, R, vmar=stuffed(w)),
        Status.NO_MEMORY,
        "vmar_map/room-in-vmar",
    ),
    (
        "map MAP_RANGE at a page of the VMO, over a mapping",
        lambda w: map_(w, R | MAP_RANGE | SPECIFIC, vmar=stuffed(w), vmo_offset=PAGE),
        Status.NO_MEMORY,
        "vmar_map/range-free",
    ),
    (
        "map to NULL",
        lambda w: w.call(zx_vmar_map, w.vmar, R, 0, w.vmo(), 0, PAGE, mapped_addr=None),
        Status.INVALID_ARGS,
        "vmar_map/mapped-addr-writable",
    ),
]
DIFFERENT: "list[Difference]" = [
    # Columns: what profile docs answers, what profile kernel answers
    (
        "map one byte",
        lambda w: map_(w, R, length=1),
        (Status.INVALID_ARGS, "vmar_map/len-aligned"),
        OK,
    ),
    (
        "map one byte at an offset without SPECIFIC",
        lambda w: map_(w, R, PAGE, length=1),
        (Status.INVALID_ARGS, "vmar_map/len-aligned"),
        (Status.INVALID_ARGS, "vmar_map/vmar-offset-needs-specific"),
    ),
    (
        "map one byte more than the region",
        lambda w: map_(w, R, vmar=small(w), length=10 * PAGE + 1),
        (Status.INVALID_ARGS, "vmar_map/len-aligned"),
        (Status.INVALID_ARGS, "vmar_map/range-in-vmar"),
    ),
    (
        "map one byte over a mapping",
        lambda w: map_(w, R | SPECIFIC, vmar=stuffed(w), length=1),
        (Status.INVALID_ARGS, "vmar_map/len-aligned"),
        (Status.NO_MEMORY, "vmar_map/range-free"),
    ),
    (
        "overwrite a region that is fully covered",
        lambda w: overlapped(w, R | OVERWRITE, region=True),
        OK,
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "overwrite a region, SPECIFIC beside it",
        lambda w: overlapped(w, R | OVERWRITE | SPECIFIC, region=True),
        OK,
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "overwrite a region exactly",
        lambda w: map_(w, R | OVERWRITE, 2 * PAGE, vmar=holding(w, region=2)[0]),
        OK,
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "overwrite a region's first page",
        lambda w: map_(w, R | OVERWRITE, PAGE, vmar=boxed(w), length=2 * PAGE),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-part-of-vmar"),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "overwrite a region's last page",
        lambda w: map_(w, R | OVERWRITE, 5 * PAGE, vmar=boxed(w), length=2 * PAGE),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-part-of-vmar"),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "overwrite the middle of a region",
        lambda w: map_(w, R | OVERWRITE, 3 * PAGE, vmar=boxed(w)),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-part-of-vmar"),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "overwrite one region and a part of the next",
        lambda w: map_(w, R | OVERWRITE, 0, vmar=boxed(w, 1), length=3 * PAGE),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-part-of-vmar"),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "overwrite a region, mapped_addr NULL",
        lambda w: w.call(
            zx_vmar_map,
            holding(w, region=2)[0],
            R | OVERWRITE,
            2 * PAGE,
            w.vmo(),
            0,
            PAGE,
            mapped_addr=None,
        ),
        (Status.INVALID_ARGS, "vmar_map/mapped-addr-writable"),
        (Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar"),
    ),
    (
        "map MAP_RANGE at a page of the VMO",
        lambda w: map_(w, R | MAP_RANGE, vmo_offset=PAGE),
        OK,
        (Status.INVALID_ARGS, "vmar_map/map-range-at-zero"),
    ),
    (
        "map MAP_RANGE|SPECIFIC at a page of the VMO",
        lambda w: map_(w, R | MAP_RANGE | SPECIFIC, PAGE, vmo_offset=PAGE),
        OK,
        (Status.INVALID_ARGS, "vmar_map/map-range-at-zero"),
    ),
    (
        "map MAP_RANGE past the VMO's end",
        lambda w: map_(w, R | MAP_RANGE, vmo_offset=0x10_0000),
        OK,
        (Status.INVALID_ARGS, "vmar_map/map-range-at-zero"),
    ),
    (
        "map MAP_RANGE at a page of the VMO, mapped_addr NULL",
        lambda w: w.call(
            zx_vmar_map, w.vmar, R | MAP_RANGE, 0, w.vmo(), PAGE, PAGE, mapped_addr=None
        ),
        (Status.INVALID_ARGS, "vmar_map/mapped-addr-writable"),
        (Status.INVALID_ARGS, "vmar_map/map-range-at-zero"),
    ),
]
SYSCALLS: "list[Syscall[...]]" = [zx_vmar_allocate, zx_vmar_map]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    world.refuses(refusal)


def test_where_the_profiles_differ_each_gives_its_own_answer(
    world: "World", difference: "Difference"
) -> None:
    world.differs(difference)


FINE: "list[tuple[str, Callable[[World], Outcome]]]" = [
    ("allocate with PERM_WRITE alone, which is overlooked", lambda w: allocate(w, w.vmar, W)),
    ("allocate with no right and no flag", lambda w: allocate(w, w.weak(w.vmar, 0), 0)),
    ("allocate the whole region", lambda w: allocate(w, small(w), SPECIFIC, 0, 10 * PAGE)),
    ("allocate the whole address space", lambda w: allocate(w, w.process().vmar, 0, 0, USER_SIZE)),
    (
        "allocate CAN_MAP_SPECIFIC where the parent has it not",
        lambda w: allocate(w, small(w, CAN_RWX), CAN_SPECIFIC),
    ),
    ("map with no permission", lambda w: map_(w, 0)),
    ("map RWX", lambda w: map_(w, RWX)),
    (
        "map with no permission through handles that only map",
        lambda w: map_(w, 0, vmar=w.weak(w.vmar, 0), vmo=w.weak(w.vmo(), Rights.MAP)),
    ),
    ("map past the VMO's end", lambda w: map_(w, R, vmo_offset=TOP - 2 * PAGE)),
    ("map an empty VMO", lambda w: map_(w, R, vmo=w.vmo(0))),
    ("map NON_RESIZABLE", lambda w: map_(w, R | NON_RESIZABLE, vmo=w.vmo(PAGE, 1))),
    ("map NON_RESIZABLE, physical", lambda w: map_(w, R | NON_RESIZABLE, vmo=w.physical())),
    ("map MAP_RANGE|SPECIFIC", lambda w: map_(w, R | MAP_RANGE | SPECIFIC, PAGE)),
    ("overwrite nothing", lambda w: map_(w, R | OVERWRITE, PAGE)),
    (
        "overwrite just before a region",
        lambda w: map_(w, R | OVERWRITE, 0, vmar=boxed(w), length=2 * PAGE),
    ),
    (
        "overwrite just after a region",
        lambda w: map_(w, R | OVERWRITE, 6 * PAGE, vmar=boxed(w), length=2 * PAGE),
    ),
]


@pytest.mark.parametrize("call", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_the_spec_says_that_this_is_fine(
    world: "World", call: "Callable[[World], Outcome]"
) -> None:
    world.good(call(world))


@pytest.mark.parametrize("bit", UNKNOWN, ids=hex)
def test_an_unknown_bit_is_refused_by_each_call(world: "World", bit: int) -> None:
    made = holding(world, 0)
    for outcome, rule in (
        (allocate(world, made[0], bit), "vmar_allocate/options-known"),
        (map_(world, R | bit, vmar=made[0]), "vmar_map/options-known"),
        (at(world, made, R | bit, 0), "vmar_protect/options-perms-only"),
    ):
        world.expect(outcome, Status.INVALID_ARGS, rule)


@pytest.mark.parametrize(
    ("flags", "rights"),
    [
        (0, 0x8003),
        (CAN_R, 0x8007),
        (CAN_R | CAN_W, 0x800F),
        (CAN_RWX | CAN_SPECIFIC | COMPACT, 0x801F),
        (CAN_X, 0x8013),
    ],
)
def test_a_region_has_the_flags_asked_for_and_rights_to_match(
    world: "World", flags: int, rights: int
) -> None:
    outcome = world.good(allocate(world, world.vmar, flags | SPECIFIC, 3 * PAGE, 5 * PAGE))
    region = world.object(world.out(outcome, "child_vmar"), VmAddressRegion)
    assert outcome.child_addr == region.base == USER_BASE + 3 * PAGE
    assert (region.size, region.flags, region.name) == (5 * PAGE, flags, "useralloc")
    assert (region.alive, region.children) == (True, [])
    assert world.rights(world.out(outcome, "child_vmar")) == rights


def test_a_lone_perm_write_does_not_stay_in_the_flags(world: "World") -> None:
    outcome = world.good(allocate(world, world.vmar, W | CAN_R))
    assert world.object(world.out(outcome, "child_vmar"), VmAddressRegion).flags == CAN_R


def test_capabilities_never_grow_on_the_way_down(world: "World") -> None:
    vmar = small(world, CAN_SPECIFIC | CAN_R)
    outcome = allocate(world, vmar, CAN_W)
    world.expect(outcome, Status.ACCESS_DENIED, "vmar_allocate/parent-vmar-rights")
    refused = map_(world, RW, vmar=vmar)
    world.expect(refused, Status.ACCESS_DENIED, "vmar_map/both-handles-rights")


def test_a_bad_child_addr_kills_the_region_but_delivers_its_handle(world: "World") -> None:
    options = SPECIFIC | CAN_RWX
    before = world.tree(world.me)
    outcome = zx_vmar_allocate(world.caller, world.vmar, options, 0, PAGE, child_addr=None)
    world.expect(outcome, Status.INVALID_ARGS, "vmar_allocate/child-addr-writable")
    assert list(outcome.values) == ["child_vmar"]
    child = world.out(outcome, "child_vmar")
    region = world.object(child, VmAddressRegion)
    assert (region.alive, region.base, region.size) == (False, USER_BASE, PAGE)
    assert world.tree(world.me) == before
    dead = map_(world, R, vmar=child)
    world.expect(dead, Status.BAD_STATE, "vmar_map/vmar-alive")
    world.good(allocate(world, world.vmar, options))


def test_a_bad_child_vmar_drops_the_handle_but_keeps_the_region(world: "World") -> None:
    handles = list(world.me.handle_list)
    outcome = zx_vmar_allocate(world.caller, world.vmar, CAN_R, 0, PAGE, child_vmar=WILD)
    world.expect(outcome, Status.INVALID_ARGS, "vmar_allocate/child-vmar-writable")
    region = world.me.aspace.root.children[0]
    assert isinstance(region, VmAddressRegion)
    assert outcome.values == {"child_addr": region.base}
    assert (region.alive, region.handles) == (True, 0)
    assert world.me.handle_list == handles
    world.good(unmap(world, world.vmar, region.base))
    assert world.me.aspace.root.children == []


def test_two_bad_pointers_leave_neither_handle_nor_region(world: "World") -> None:
    handles = list(world.me.handle_list)
    outcome = zx_vmar_allocate(
        world.caller, world.vmar, CAN_R, 0, PAGE, child_vmar=None, child_addr=None
    )
    assert (outcome.status, outcome.values) == (Status.INVALID_ARGS, {})
    assert world.me.aspace.root.children == []
    assert world.me.handle_list == handles


def test_good_pointers_get_the_address_and_the_handle(world: "World") -> None:
    address = world.scratch()
    outcome = world.good(
        zx_vmar_allocate(
            world.caller,
            world.vmar,
            CAN_R,
            0,
            PAGE,
            child_vmar=Pointer(address),
            child_addr=Pointer(address + 8),
        )
    )
    assert world.peek(address, 4) == world.out(outcome, "child_vmar").to_bytes(4, "little")
    assert world.peek(address + 8, 8) == world.out(outcome, "child_addr").to_bytes(8, "little")


def test_a_chosen_place_is_aligned_inside_and_free(world: "World") -> None:
    vmar = small(world, pages=40)
    region, taken = world.object(vmar, VmAddressRegion), set[int]()
    for _ in range(20):
        base = world.out(world.good(map_(world, R, vmar=vmar, length=2 * PAGE)), "mapped_addr")
        span = range(base, base + 2 * PAGE, PAGE)
        assert not base % PAGE
        assert region.base <= base <= region.end - 2 * PAGE
        assert taken.isdisjoint(span)
        taken.update(span)
        if len(taken) > 24:
            break


def test_the_last_hole_is_found(world: "World") -> None:
    vmar, base = holding(world, *(page for page in range(10) if page != 7))
    outcome = world.good(map_(world, R, vmar=vmar))
    assert outcome.mapped_addr == base + 7 * PAGE
    refused = map_(world, R, vmar=vmar)
    world.expect(refused, Status.NO_MEMORY, "vmar_map/room-in-vmar")


@pytest.mark.parametrize("turn", range(8))
def test_a_compact_region_grows_at_its_ends_with_a_gap_of_128_pages_at_most(
    world: "World", turn: int
) -> None:
    flags = CAN_SPECIFIC | CAN_RWX | COMPACT
    vmar, region = world.region(world.vmar, 0, 1000 * PAGE, flags)
    first = world.map(vmar, world.vmo(), 400 * PAGE, length=PAGE)
    second = world.map(vmar, world.vmo(), 410 * PAGE, length=PAGE)
    for _ in range(turn):
        region.prng.next()
    base = world.out(world.good(map_(world, R, vmar=vmar)), "mapped_addr")
    after, before = base - (second + PAGE), first - (base + PAGE)
    assert PAGE <= after <= 128 * PAGE or PAGE <= before <= 128 * PAGE


def test_a_compact_region_never_uses_its_holes(world: "World") -> None:
    vmar, _ = world.region(world.vmar, 0, 3 * PAGE, CAN_SPECIFIC | CAN_RWX | COMPACT)
    world.map(vmar, world.vmo(), 0, length=PAGE)
    world.map(vmar, world.vmo(), 2 * PAGE, length=PAGE)
    outcome = map_(world, R, vmar=vmar)
    world.expect(outcome, Status.NO_MEMORY, "vmar_map/room-in-vmar")


def test_a_compact_region_needs_a_spare_page_to_grow_upward(world: "World") -> None:
    vmar, _ = world.region(world.vmar, 0, 2 * PAGE, CAN_SPECIFIC | CAN_RWX | COMPACT)
    world.map(vmar, world.vmo(), 0, length=PAGE)
    outcome = map_(world, R, vmar=vmar)
    world.expect(outcome, Status.NO_MEMORY, "vmar_map/room-in-vmar")


def test_a_compact_region_can_grow_downward_to_its_base(world: "World") -> None:
    vmar, region = world.region(world.vmar, 0, 2 * PAGE, CAN_SPECIFIC | CAN_RWX | COMPACT)
    world.map(vmar, world.vmo(), PAGE, length=PAGE)
    outcome = world.good(map_(world, R, vmar=vmar))
    assert outcome.mapped_addr == region.base


def mapping(w: "World", address: int) -> VmMapping:
    found = w.me.aspace.find_mapping(address)
    assert found is not None
    return found


def layout(w: "World", vmar: int) -> list[tuple[int, int, int, int]]:
    """List the mappings of a region: first page, pages, page of the VMO, permissions."""
    region = w.object(vmar, VmAddressRegion)
    return [
        (
            (child.base - region.base) // PAGE,
            child.size // PAGE,
            child.vmo_offset // PAGE,
            child.perms,
        )
        for child in region.children
        if isinstance(child, VmMapping)
    ]


def test_the_kernel_rounds_the_length_of_a_mapping_up(kernel_world: "World") -> None:
    outcome = kernel_world.good(map_(kernel_world, R, length=4 * PAGE - 1))
    made = mapping(kernel_world, kernel_world.out(outcome, "mapped_addr"))
    assert made.size == 4 * PAGE


def test_a_mapping_is_what_was_asked_for_and_commits_nothing(world: "World") -> None:
    vmo = world.vmo()
    used = world.kernel.memory.used
    options = RX | SPECIFIC
    outcome = map_(world, options, 0x5000, vmo=vmo, vmo_offset=PAGE, length=4 * PAGE)
    made = mapping(world, world.out(world.good(outcome), "mapped_addr"))
    assert (made.base, made.size) == (USER_BASE + 0x5000, 4 * PAGE)
    assert (made.vmo_offset, made.perms, made.caps) == (PAGE, RX, RWX)
    assert made.vmo is world.object(vmo, VmObject)
    assert list(made.vmo.mappings) == [made]
    assert world.kernel.memory.used == used


@pytest.mark.parametrize("vmar_lacks", [0, Rights.WRITE, Rights.EXECUTE | Rights.READ])
@pytest.mark.parametrize("vmo_lacks", [0, Rights.READ, Rights.WRITE])
def test_the_caps_are_what_both_handles_had_at_map_time(
    world: "World", vmar_lacks: int, vmo_lacks: int
) -> None:
    vmar, vmo = world.lacking(world.vmar, vmar_lacks), world.lacking(world.vmo(), vmo_lacks)
    outcome = world.good(map_(world, 0, vmar=vmar, vmo=vmo))
    made = mapping(world, world.out(outcome, "mapped_addr"))
    assert made.perms == 0
    assert made.caps == RWX & ~((vmar_lacks | vmo_lacks) >> 2)
    world.good(zx_handle_close(world.caller, vmo))
    assert made.caps == RWX & ~((vmar_lacks | vmo_lacks) >> 2)


def test_adjacent_mappings_are_never_merged(world: "World") -> None:
    vmar, vmo = small(world), world.vmo()
    world.map(vmar, vmo, 0, length=PAGE)
    world.map(vmar, vmo, PAGE, vmo_offset=PAGE, length=PAGE)
    assert layout(world, vmar) == [(0, 1, 0, RW), (1, 1, 1, RW)]


@pytest.mark.parametrize(
    ("page", "pages", "left"),
    [
        (0, 10, [(0, 10, 0, R)]),
        (2, 2, [(0, 2, 0, RW), (2, 2, 0, R), (4, 4, 4, RW)]),
        (0, 2, [(0, 2, 0, R), (2, 6, 2, RW)]),
        (6, 4, [(0, 6, 0, RW), (6, 4, 0, R)]),
    ],
    ids=["all", "middle", "left", "right"],
)
def test_an_overwrite_cuts_as_unmap_does(
    world: "World", page: int, pages: int, left: list[tuple[int, int, int, int]]
) -> None:
    vmar, old = small(world), world.vmo(8 * PAGE)
    world.map(vmar, old, 0, length=8 * PAGE)
    outcome = map_(world, R | OVERWRITE, page * PAGE, vmar=vmar, length=pages * PAGE)
    world.good(outcome)
    assert layout(world, vmar) == left


@pytest.mark.parametrize("place", [None, WILD, Pointer(0x1000)], ids=["NULL", "hole", "outside"])
def test_an_overwrite_with_a_bad_pointer_leaves_a_hole(
    world: "World", place: Pointer | None
) -> None:
    vmar, vmo = small(world), world.vmo()
    world.map(vmar, world.vmo(), 0)
    outcome = zx_vmar_map(
        world.caller, vmar, R | OVERWRITE, PAGE, vmo, 0, 2 * PAGE, mapped_addr=place
    )
    world.expect(outcome, Status.INVALID_ARGS, "vmar_map/mapped-addr-writable")
    assert outcome.values == {}
    assert layout(world, vmar) == [(0, 1, 0, RW), (3, 1, 3, RW)]
    assert world.object(vmo, VmObject).mappings == {}


def test_a_map_with_a_bad_pointer_leaves_nothing(world: "World") -> None:
    vmo = world.vmo()
    outcome = zx_vmar_map(world.caller, world.vmar, R, 0, vmo, 0, PAGE, mapped_addr=WILD)
    world.expect(outcome, Status.INVALID_ARGS, "vmar_map/mapped-addr-writable")
    assert world.me.aspace.root.children == []
    assert world.object(vmo, VmObject).mappings == {}


def test_an_overwritten_region_is_destroyed_with_all_below(docs_world: "World") -> None:
    w = docs_world
    vmar, old, new = small(w), w.vmo(), w.vmo()
    outer, region = w.region(vmar, 2 * PAGE, 4 * PAGE)
    inner, below = w.region(outer, PAGE, 2 * PAGE)
    w.map(inner, old, 0, length=PAGE)
    w.map(vmar, old, 0, length=2 * PAGE)
    w.good(map_(w, R | OVERWRITE, PAGE, vmar=vmar, vmo=new, length=6 * PAGE))
    assert (region.alive, below.alive) == (False, False)
    assert layout(w, vmar) == [(0, 1, 0, RW), (1, 6, 0, R)]
    assert len(w.object(vmar, VmAddressRegion).children) == 2
    assert len(w.object(old, VmObject).mappings) == 1
    for handle in (outer, inner):
        w.expect(map_(w, R, vmar=handle), Status.BAD_STATE, "vmar_map/vmar-alive")
        refused = w.call(zx_vmar_destroy, handle)
        w.expect(refused, Status.BAD_STATE, "vmar_destroy/vmar-alive")


def test_an_overwrite_that_would_cut_a_region_clears_nothing(world: "World") -> None:
    vmar = small(world)
    inside, region = world.region(vmar, 4 * PAGE, 4 * PAGE)
    world.map(vmar, world.vmo(), 0)
    world.map(inside, world.vmo(), 0)
    rule = {Profile.DOCS: "overwrites-no-part-of-vmar", Profile.KERNEL: "overwrites-no-vmar"}
    outcome = map_(world, R | OVERWRITE, 0, vmar=vmar, length=5 * PAGE)
    world.expect(outcome, Status.INVALID_ARGS, f"vmar_map/{rule[world.caller.profile]}")
    assert layout(world, vmar) == layout(world, inside) == [(0, 4, 0, RW)]
    assert region.alive


def test_the_kernel_overwrites_no_region_and_leaves_it_alive(kernel_world: "World") -> None:
    vmar = small(kernel_world)
    inside, region = kernel_world.region(vmar, PAGE, 2 * PAGE)
    outcome = map_(kernel_world, R | OVERWRITE, 0, vmar=vmar, length=4 * PAGE)
    kernel_world.expect(outcome, Status.INVALID_ARGS, "vmar_map/overwrites-no-vmar")
    assert region.alive
    kernel_world.good(map_(kernel_world, R, vmar=inside))


def test_a_refused_map_range_leaves_nothing(kernel_world: "World") -> None:
    vmo = kernel_world.vmo()
    kernel_world.good(zx_vmo_write(kernel_world.caller, vmo, b"x", PAGE, 1))
    outcome = map_(kernel_world, R | MAP_RANGE, vmo=vmo, vmo_offset=PAGE)
    kernel_world.expect(outcome, Status.INVALID_ARGS, "vmar_map/map-range-at-zero")
    assert kernel_world.me.aspace.root.children == []


def test_the_page_lets_map_range_begin_at_any_page_of_the_vmo(docs_world: "World") -> None:
    vmo = docs_world.vmo()
    docs_world.good(zx_vmo_write(docs_world.caller, vmo, b"here", PAGE, 4))
    used = docs_world.kernel.memory.used
    outcome = docs_world.good(map_(docs_world, R | MAP_RANGE, vmo=vmo, vmo_offset=PAGE))
    base = docs_world.out(outcome, "mapped_addr")
    assert mapping(docs_world, base).vmo_offset == PAGE
    assert docs_world.peek(base) == b"here"
    assert docs_world.kernel.memory.used == used


def test_map_range_commits_nothing_of_an_ordinary_vmo(world: "World") -> None:
    vmo = world.vmo()
    used = world.kernel.memory.used
    world.good(map_(world, RW | MAP_RANGE, vmo=vmo, length=4 * PAGE))
    assert (world.object(vmo, VmObject).committed, world.kernel.memory.used) == (0, used)


def test_map_range_forks_what_a_clone_inherits(world: "World") -> None:
    vmo = world.vmo()
    for page in (0, 2, 3):
        world.good(zx_vmo_write(world.caller, vmo, b"p", page * PAGE, 1))
    child = world.out(world.good(zx_vmo_clone(world.caller, vmo, 1, 0, 4 * PAGE)))
    world.good(map_(world, R | MAP_RANGE, vmo=child, length=3 * PAGE))
    assert sorted(world.object(child, VmObject).pages.table) == [0, 2]


@pytest.mark.parametrize(
    ("first", "pages", "forked"),
    [
        (0, 8, [0, 1, 3, 5, 7]),
        (1, 1, [1]),
        (1, 3, [1, 3]),
        (2, 1, []),
        (2, 3, [3]),
        (4, 4, [5, 7]),
        (7, 3, [7]),
        (8, 2, []),
    ],
)
def test_map_range_at_an_offset_forks_the_pages_of_its_window(
    docs_world: "World", first: int, pages: int, forked: list[int]
) -> None:
    """The clone begins at page 2 of its parent; it shows five pages that the parent has."""
    w = docs_world
    vmo = w.vmo(12 * PAGE)
    for page in (0, 2, 3, 5, 7, 9, 10):
        w.good(zx_vmo_write(w.caller, vmo, b"p", page * PAGE, 1))
    child = w.out(w.good(zx_vmo_clone(w.caller, vmo, 1, 2 * PAGE, 8 * PAGE)))
    used = w.kernel.memory.used
    window = {"vmo_offset": first * PAGE, "length": pages * PAGE}
    w.good(map_(w, R | MAP_RANGE, vmo=child, **window))
    assert sorted(w.object(child, VmObject).pages.table) == forked
    assert w.kernel.memory.used == used + len(forked)


def test_map_range_of_a_clone_past_its_end_skips_what_is_not_there(world: "World") -> None:
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"p", 0, 1))
    child = world.out(world.good(zx_vmo_clone(world.caller, vmo, 1, 0, PAGE)))
    world.good(map_(world, R | MAP_RANGE, vmo=child, length=8 * PAGE))
    assert sorted(world.object(child, VmObject).pages.table) == [0]


def test_touching_a_mapping_past_the_vmo_faults_until_it_grows(world: "World") -> None:
    vmo = world.vmo(PAGE)
    base = world.map(world.vmar, vmo, length=3 * PAGE)
    assert world.me.aspace.store(base + PAGE, b"x") is not None
    world.good(zx_vmo_set_size(world.caller, vmo, 3 * PAGE))
    assert world.me.aspace.store(base + PAGE, b"x") is None


def test_memory_is_shared_by_all_mappings_of_a_vmo(world: "World") -> None:
    target, vmo = world.process(), world.vmo()
    here, there = world.map(world.vmar, vmo), world.map(target.vmar, vmo, PAGE)
    assert world.me.aspace.store(here + 5, b"shared") is None
    assert target.process.aspace.load(there + 5, 6) == b"shared"
