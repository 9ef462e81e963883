from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE, USER_SIZE
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    Outcome,
    Profile,
    Syscall,
    zx_handle_close,
    zx_vmar_allocate,
    zx_vmar_destroy,
    zx_vmar_map,
    zx_vmar_protect,
    zx_vmar_unmap,
    zx_vmo_write,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.syscalls.conftest import Answer, Difference, Refusal, World

PAGE = 4096
TOP = 1 << 64
R = int(VmOption.PERM_READ)
W = int(VmOption.PERM_WRITE)
X = int(VmOption.PERM_EXECUTE)
RW, RX, RWX = R | W, R | X, R | W | X
SPECIFIC = int(VmOption.SPECIFIC)
CAN_SPECIFIC = int(VmOption.CAN_MAP_SPECIFIC)
CAN_R = int(VmOption.CAN_MAP_READ)
CAN_W = int(VmOption.CAN_MAP_WRITE)
CAN_X = int(VmOption.CAN_MAP_EXECUTE)
CAN_RWX = CAN_R | CAN_W | CAN_X
OK = (Status.OK, "")


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


def small(w: "World", flags: int = CAN_SPECIFIC | CAN_RWX, pages: int = 10) -> int:
    """Return a region of ten pages in the caller's address space."""
    return w.region(w.vmar, 0x10_0000, pages * PAGE, flags)[0]


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


def clear(w: "World", made: tuple[int, int], page: int, pages: int = 1) -> Outcome:
    """Unmap pages of a region."""
    return unmap(w, made[0], made[1] + page * PAGE, pages * PAGE)


def swept(w: "World") -> int:
    """Return a region that went with an unmap of its parent."""
    vmar, base = holding(w, 1)
    w.good(unmap(w, w.vmar, base, 10 * PAGE))
    return vmar


REFUSALS: "list[Refusal]" = [
    # zx_vmar_unmap, section 6
    (
        "unmap in what is no handle",
        lambda w: unmap(w, 0, 1, 0),
        Status.BAD_HANDLE,
        "vmar_unmap/vmar-valid",
    ),
    (
        "unmap in a job",
        lambda w: unmap(w, w.job, 1, 0),
        Status.WRONG_TYPE,
        "vmar_unmap/vmar-type",
    ),
    (
        "unmap at an odd address, no byte",
        lambda w: unmap(w, w.vmar, USER_BASE + 1, 0),
        Status.INVALID_ARGS,
        "vmar_unmap/addr-aligned",
    ),
    (
        "unmap no byte in a dead region",
        lambda w: unmap(w, w.dead_region(), 0, 0),
        Status.INVALID_ARGS,
        "vmar_unmap/len-not-zero",
    ),
    (
        "unmap 2^64-1 bytes",
        lambda w: unmap(w, w.vmar, USER_BASE, TOP - 1),
        Status.INVALID_ARGS,
        "vmar_unmap/len-not-zero",
    ),
    (
        "unmap in a dead region, outside",
        lambda w: unmap(w, w.dead_region(), 0),
        Status.BAD_STATE,
        "vmar_unmap/vmar-alive",
    ),
    (
        "unmap before the region",
        lambda w: unmap(w, w.vmar, USER_BASE - PAGE),
        Status.INVALID_ARGS,
        "vmar_unmap/range-in-vmar",
    ),
    (
        "unmap at the region's end",
        lambda w: unmap(w, w.vmar, USER_BASE + USER_SIZE),
        Status.INVALID_ARGS,
        "vmar_unmap/range-in-vmar",
    ),
    (
        "unmap one page too many",
        lambda w: unmap(w, w.vmar, USER_BASE, USER_SIZE + PAGE),
        Status.INVALID_ARGS,
        "vmar_unmap/range-in-vmar",
    ),
    (
        "unmap a mapping and half a region",
        lambda w: (lambda made: unmap(w, w.vmar, made[1], 3 * PAGE))(holding(w, 1)),
        Status.INVALID_ARGS,
        "vmar_unmap/cuts-no-vmar",
    ),
    # zx_vmar_protect, section 8
    (
        "protect in what is no handle",
        lambda w: protect(w, 0, W, 1, 0),
        Status.BAD_HANDLE,
        "vmar_protect/vmar-valid",
    ),
    (
        "protect X without EXECUTE",
        lambda w: protect(w, w.lacking(w.vmar, Rights.EXECUTE), X, 1, 0),
        Status.ACCESS_DENIED,
        "vmar_protect/vmar-rights",
    ),
    (
        "protect X in a job: rights before type",
        lambda w: protect(w, w.job, X, 1, 0),
        Status.ACCESS_DENIED,
        "vmar_protect/vmar-rights",
    ),
    (
        "protect W in a job",
        lambda w: protect(w, w.job, W, 1, 0),
        Status.WRONG_TYPE,
        "vmar_protect/vmar-type",
    ),
    (
        "protect W at an odd address",
        lambda w: protect(w, w.vmar, W | SPECIFIC, USER_BASE + 1, 0),
        Status.INVALID_ARGS,
        "vmar_protect/perms-need-read",
    ),
    (
        "protect at an odd address, SPECIFIC",
        lambda w: protect(w, w.vmar, R | SPECIFIC, USER_BASE + 1, 0),
        Status.INVALID_ARGS,
        "vmar_protect/addr-aligned",
    ),
    (
        "protect SPECIFIC, no byte",
        lambda w: protect(w, w.vmar, R | SPECIFIC, USER_BASE, 0),
        Status.INVALID_ARGS,
        "vmar_protect/options-perms-only",
    ),
    (
        "protect no byte in a dead region",
        lambda w: protect(w, w.dead_region(), R, 0, 0),
        Status.INVALID_ARGS,
        "vmar_protect/len-not-zero",
    ),
    (
        "protect in a dead region, outside",
        lambda w: protect(w, w.dead_region(), R, 0),
        Status.BAD_STATE,
        "vmar_protect/vmar-alive",
    ),
    (
        "protect outside an empty region",
        lambda w: protect(w, small(w), R, USER_BASE),
        Status.INVALID_ARGS,
        "vmar_protect/range-in-vmar",
    ),
    (
        "protect in an empty region",
        lambda w: at(w, holding(w), R, 0),
        Status.NOT_FOUND,
        "vmar_protect/vmar-has-children",
    ),
    (
        "protect a hole before a mapping",
        lambda w: at(w, holding(w, 1), R, 0, 2),
        Status.NOT_FOUND,
        "vmar_protect/addr-mapped",
    ),
    (
        "protect a hole after a mapping",
        lambda w: at(w, holding(w, 1), R, 2),
        Status.NOT_FOUND,
        "vmar_protect/addr-mapped",
    ),
    (
        "protect a region",
        lambda w: at(w, holding(w, region=2), R, 2),
        Status.INVALID_ARGS,
        "vmar_protect/range-has-no-vmar",
    ),
    (
        "protect a mapping, a hole and a region: the region is seen first",
        lambda w: at(w, holding(w, 1, region=3), R, 1, 3),
        Status.INVALID_ARGS,
        "vmar_protect/range-has-no-vmar",
    ),
    (
        "protect a mapping, a hole and a mapping",
        lambda w: at(w, holding(w, 1, 3), R, 1, 3),
        Status.NOT_FOUND,
        "vmar_protect/range-has-no-hole",
    ),
    (
        "protect RW what was mapped through READ|MAP, up to a hole: caps first",
        lambda w: at(w, holding(w, 1, 3, rights=int(Rights.READ | Rights.MAP)), RW, 1, 3),
        Status.ACCESS_DENIED,
        "vmar_protect/mapping-allows",
    ),
    (
        "protect past the last mapping",
        lambda w: at(w, holding(w, 1, 2), R, 1, 3),
        Status.NOT_FOUND,
        "vmar_protect/mapped-to-end",
    ),
    # zx_vmar_destroy, section 7
    (
        "destroy what is no handle",
        lambda w: w.call(zx_vmar_destroy, 0),
        Status.BAD_HANDLE,
        "vmar_destroy/vmar-valid",
    ),
    (
        "destroy a closed handle",
        lambda w: w.call(zx_vmar_destroy, w.closed()),
        Status.BAD_HANDLE,
        "vmar_destroy/vmar-valid",
    ),
    (
        "destroy a job",
        lambda w: w.call(zx_vmar_destroy, w.weak(w.job, 0)),
        Status.WRONG_TYPE,
        "vmar_destroy/vmar-type",
    ),
    (
        "destroy a region that its parent's unmap destroyed",
        lambda w: w.call(zx_vmar_destroy, swept(w)),
        Status.BAD_STATE,
        "vmar_destroy/vmar-alive",
    ),
    (
        "destroy a dead region without a right",
        lambda w: w.call(zx_vmar_destroy, w.weak(w.dead_region(), 0)),
        Status.BAD_STATE,
        "vmar_destroy/vmar-alive",
    ),
    (
        "destroy the root of a dead process",
        lambda w: w.call(zx_vmar_destroy, w.dead().vmar),
        Status.BAD_STATE,
        "vmar_destroy/vmar-alive",
    ),
]
DIFFERENT: "list[Difference]" = [
    # Columns: what profile docs answers, what profile kernel answers
    (
        "unmap a hole",
        lambda w: clear(w, holding(w, 1), 5),
        (Status.NOT_FOUND, "vmar_unmap/range-mapped"),
        OK,
    ),
    (
        "unmap in an empty region",
        lambda w: clear(w, holding(w), 5),
        (Status.NOT_FOUND, "vmar_unmap/range-mapped"),
        OK,
    ),
    (
        "unmap a hole between a mapping and a region",
        lambda w: clear(w, holding(w, 1, region=3), 2),
        (Status.NOT_FOUND, "vmar_unmap/range-mapped"),
        OK,
    ),
    (
        "unmap the whole address space, which is empty",
        lambda w: unmap(w, w.vmar, USER_BASE, USER_SIZE),
        (Status.NOT_FOUND, "vmar_unmap/range-mapped"),
        OK,
    ),
    (
        "unmap one byte",
        lambda w: (lambda made: unmap(w, *made, 1))(holding(w, 0)),
        (Status.INVALID_ARGS, "vmar_unmap/len-aligned"),
        OK,
    ),
    (
        "unmap a page less one byte, where nothing is",
        lambda w: (lambda made: unmap(w, *made, PAGE - 1))(holding(w)),
        (Status.INVALID_ARGS, "vmar_unmap/len-aligned"),
        OK,
    ),
    (
        "unmap one byte in a dead region",
        lambda w: unmap(w, w.dead_region(), 0, 1),
        (Status.INVALID_ARGS, "vmar_unmap/len-aligned"),
        (Status.BAD_STATE, "vmar_unmap/vmar-alive"),
    ),
    (
        "unmap one byte too many",
        lambda w: unmap(w, w.vmar, USER_BASE, USER_SIZE + 1),
        (Status.INVALID_ARGS, "vmar_unmap/len-aligned"),
        (Status.INVALID_ARGS, "vmar_unmap/range-in-vmar"),
    ),
    (
        "unmap a free page and one byte of a region",
        lambda w: (lambda made: unmap(w, w.vmar, made[1] - PAGE, PAGE + 1))(holding(w, 1)),
        (Status.INVALID_ARGS, "vmar_unmap/len-aligned"),
        (Status.INVALID_ARGS, "vmar_unmap/cuts-no-vmar"),
    ),
    (
        "protect one byte",
        lambda w: (lambda made: protect(w, made[0], R, made[1], 1))(holding(w, 0)),
        (Status.INVALID_ARGS, "vmar_protect/len-aligned"),
        OK,
    ),
    (
        "protect a page and one byte in a dead region",
        lambda w: protect(w, w.dead_region(), R, 0, PAGE + 1),
        (Status.INVALID_ARGS, "vmar_protect/len-aligned"),
        (Status.BAD_STATE, "vmar_protect/vmar-alive"),
    ),
    (
        "protect one byte more than is mapped",
        lambda w: (lambda made: protect(w, made[0], R, made[1], PAGE + 1))(holding(w, 0)),
        (Status.INVALID_ARGS, "vmar_protect/len-aligned"),
        (Status.NOT_FOUND, "vmar_protect/mapped-to-end"),
    ),
]
SYSCALLS: "list[Syscall[...]]" = [zx_vmar_unmap, zx_vmar_protect, zx_vmar_destroy]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    world.refuses(refusal)


def test_where_the_profiles_differ_each_gives_its_own_answer(
    world: "World", difference: "Difference"
) -> None:
    world.differs(difference)


FINE: "list[tuple[str, Callable[[World], Outcome]]]" = [
    ("unmap a mapping and holes around it", lambda w: clear(w, holding(w, 1), 0, 5)),
    ("unmap a region alone", lambda w: clear(w, holding(w, region=2), 2)),
    (
        "unmap the whole address space",
        lambda w: (lambda _: unmap(w, w.vmar, USER_BASE, USER_SIZE))(holding(w, 1)),
    ),
    (
        "unmap with no right",
        lambda w: (lambda made: clear(w, (w.weak(made[0], 0), made[1]), 1))(holding(w, 1)),
    ),
    (
        "protect to nothing with no right",
        lambda w: (lambda made: at(w, (w.weak(made[0], 0), made[1]), 0, 1))(holding(w, 1)),
    ),
    ("protect adjacent mappings", lambda w: at(w, holding(w, 1, 2, 3), R, 1, 3)),
    ("protect one page", lambda w: at(w, holding(w, 0), R, 0)),
    ("destroy an empty region", lambda w: w.call(zx_vmar_destroy, holding(w)[0])),
    (
        "destroy with no right",
        lambda w: w.call(zx_vmar_destroy, w.weak(holding(w, 1, region=3)[0], 0)),
    ),
    ("destroy the caller's own root", lambda w: w.call(zx_vmar_destroy, w.vmar)),
]


@pytest.mark.parametrize("call", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_the_spec_says_that_this_is_fine(
    world: "World", call: "Callable[[World], Outcome]"
) -> None:
    world.good(call(world))


@pytest.mark.parametrize(
    "option",
    [option for option in VmOption if not option & RWX],
    ids=lambda option: str(option.name),
)
def test_protect_takes_nothing_but_permissions(world: "World", option: VmOption) -> None:
    outcome = at(world, holding(world, 0), R | option, 0)
    world.expect(outcome, Status.INVALID_ARGS, "vmar_protect/options-perms-only")


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


ABSENT: "dict[Profile, Answer]" = {
    Profile.DOCS: (Status.NOT_FOUND, "vmar_unmap/range-mapped"),
    Profile.KERNEL: OK,
}


@pytest.mark.parametrize(
    ("page", "pages", "left"),
    [
        (0, 4, []),
        (0, 1, [(1, 3, 1, RW)]),
        (3, 5, [(0, 3, 0, RW)]),
        (1, 2, [(0, 1, 0, RW), (3, 1, 3, RW)]),
    ],
    ids=["whole", "left", "right", "middle"],
)
def test_unmap_removes_trims_or_splits(
    world: "World", page: int, pages: int, left: list[tuple[int, int, int, int]]
) -> None:
    vmar, vmo = small(world), world.vmo()
    base = world.map(vmar, vmo)
    world.good(unmap(world, vmar, base + page * PAGE, pages * PAGE))
    assert layout(world, vmar) == left
    assert len(world.object(vmo, VmObject).mappings) == len(left)
    again = unmap(world, vmar, base + page * PAGE, pages * PAGE)
    world.expect(again, *ABSENT[world.caller.profile])
    assert layout(world, vmar) == left


def test_unmap_of_a_hole_removes_nothing(world: "World") -> None:
    vmar, vmo = small(world), world.vmo()
    base = world.map(vmar, vmo)
    outcome = unmap(world, vmar, base + 5 * PAGE, 5 * PAGE)
    world.expect(outcome, *ABSENT[world.caller.profile])
    assert layout(world, vmar) == [(0, 4, 0, RW)]
    assert len(world.object(vmo, VmObject).mappings) == 1


def test_the_kernel_unmaps_and_protects_whole_pages_though_asked_for_bytes(
    kernel_world: "World",
) -> None:
    vmar = small(kernel_world)
    base = kernel_world.map(vmar, kernel_world.vmo())
    kernel_world.good(unmap(kernel_world, vmar, base, 1))
    kernel_world.good(protect(kernel_world, vmar, R, base + PAGE, PAGE + 1))
    assert layout(kernel_world, vmar) == [(1, 2, 1, R), (3, 1, 3, RW)]


def test_a_split_keeps_permissions_caps_and_content(world: "World") -> None:
    vmar, vmo = small(world), world.weak(world.vmo(), 0x2C)
    base = world.map(vmar, vmo, perms=R)
    world.good(zx_vmo_write(world.caller, vmo, b"p3", 3 * PAGE, 2))
    first = mapping(world, base)
    world.good(unmap(world, vmar, base + PAGE))
    right = mapping(world, base + 3 * PAGE)
    assert mapping(world, base) is first
    assert (right.base, right.vmo_offset) == (base + 2 * PAGE, 2 * PAGE)
    assert (right.perms, right.caps) == (R, RW)
    assert world.peek(base + 3 * PAGE, 2) == b"p3"


def test_unmap_destroys_the_regions_inside_with_all_below(world: "World") -> None:
    outer, region = world.region(world.vmar, 0x10_0000, 8 * PAGE)
    inner, below = world.region(outer, PAGE, 4 * PAGE)
    vmo = world.vmo()
    world.map(inner, vmo, 0, length=PAGE)
    world.good(unmap(world, world.vmar, region.base, region.size))
    assert (region.alive, below.alive) == (False, False)
    assert world.object(vmo, VmObject).mappings == {}
    assert world.me.aspace.root.children == []
    for handle in (outer, inner):
        outcome = unmap(world, handle, region.base)
        assert outcome.status in (Status.BAD_STATE, Status.INVALID_ARGS)
        refused = map_(world, R, vmar=handle)
        world.expect(refused, Status.BAD_STATE, "vmar_map/vmar-alive")
    world.region(world.vmar, 0x10_0000, 8 * PAGE)


def test_unmap_that_would_cut_a_region_changes_nothing(world: "World") -> None:
    outer, region = world.region(world.vmar, 0x10_0000, 8 * PAGE)
    world.map(outer, world.vmo(), 0)
    world.map(world.vmar, world.vmo(), 0x10_0000 - 4 * PAGE)
    outcome = unmap(world, world.vmar, region.base - 4 * PAGE, 5 * PAGE)
    world.expect(outcome, Status.INVALID_ARGS, "vmar_unmap/cuts-no-vmar")


def test_part_of_a_mapping_in_a_region_is_cut_through_that_region(world: "World") -> None:
    outer, region = world.region(world.vmar, 0x10_0000, 8 * PAGE)
    world.map(outer, world.vmo(), 0)
    refused = unmap(world, world.vmar, region.base)
    world.expect(refused, Status.INVALID_ARGS, "vmar_unmap/cuts-no-vmar")
    world.good(unmap(world, outer, region.base))
    assert layout(world, outer) == [(1, 3, 1, RW)]


def test_a_vmo_without_handles_goes_with_its_last_mapping(world: "World") -> None:
    used, vmo = world.kernel.memory.used, world.vmo()
    base = world.map(world.vmar, vmo)
    world.good(zx_vmo_write(world.caller, vmo, b"x", PAGE, 1))
    world.good(zx_handle_close(world.caller, vmo))
    world.good(unmap(world, world.vmar, base, PAGE))
    assert world.kernel.memory.used == used + 1
    world.good(unmap(world, world.vmar, base, 4 * PAGE))
    assert world.kernel.memory.used == used


@pytest.mark.parametrize(
    ("page", "pages", "left"),
    [
        (0, 4, [(0, 4, 0, R)]),
        (0, 1, [(0, 1, 0, R), (1, 3, 1, RW)]),
        (3, 1, [(0, 3, 0, RW), (3, 1, 3, R)]),
        (1, 2, [(0, 1, 0, RW), (1, 2, 1, R), (3, 1, 3, RW)]),
    ],
    ids=["whole", "left", "right", "middle"],
)
def test_protect_splits_and_never_merges_again(
    world: "World", page: int, pages: int, left: list[tuple[int, int, int, int]]
) -> None:
    vmar, vmo = small(world), world.vmo()
    base = world.map(vmar, vmo)
    world.good(protect(world, vmar, R, base + page * PAGE, pages * PAGE))
    assert layout(world, vmar) == left
    assert {child.caps for child in world.object(vmo, VmObject).mappings} == {RWX}
    world.good(protect(world, vmar, RW, base, 4 * PAGE))
    assert layout(world, vmar) == [(first, count, off, RW) for first, count, off, _ in left]
    assert len(world.object(vmo, VmObject).mappings) == len(left)


def test_protect_to_the_same_permissions_splits_nothing(world: "World") -> None:
    vmar = small(world)
    base = world.map(vmar, world.vmo())
    world.good(protect(world, vmar, RW, base + PAGE, PAGE))
    assert layout(world, vmar) == [(0, 4, 0, RW)]


def test_protect_reaches_over_several_mappings(world: "World") -> None:
    vmar, vmo = small(world), world.vmo()
    base = world.map(vmar, vmo, length=2 * PAGE)
    world.map(vmar, vmo, 2 * PAGE, perms=R, length=2 * PAGE)
    world.map(vmar, vmo, 4 * PAGE, length=2 * PAGE)
    world.good(protect(world, vmar, R, base + PAGE, 4 * PAGE))
    assert layout(world, vmar) == [
        (0, 1, 0, RW),
        (1, 1, 1, R),
        (2, 2, 0, R),
        (4, 1, 0, R),
        (5, 1, 1, RW),
    ]


def test_protect_to_nothing_and_back_keeps_the_data(world: "World") -> None:
    vmar = small(world)
    base = world.map(vmar, world.vmo())
    assert world.me.aspace.store(base, b"data") is None
    world.good(protect(world, vmar, 0, base))
    assert not isinstance(world.me.aspace.load(base, 4), bytes)
    world.good(protect(world, vmar, R, base))
    assert world.peek(base, 4) == b"data"
    assert world.me.aspace.store(base, b"data") is not None


def test_a_stronger_vmo_handle_does_not_raise_the_caps_later(world: "World") -> None:
    vmo, vmar = world.vmo(), small(world)
    weak = world.weak(vmo, int(Rights.READ | Rights.MAP))
    base = world.map(vmar, weak, perms=R)
    refused = protect(world, vmar, RW, base)
    world.expect(refused, Status.ACCESS_DENIED, "vmar_protect/mapping-allows")
    facts = refused.checks[-1][1]
    assert facts[1] == R


def test_a_refused_protect_changes_no_mapping_before_the_problem(world: "World") -> None:
    made = holding(world, 1, 2)
    outcome = at(world, made, R, 1, 3)
    world.expect(outcome, Status.NOT_FOUND, "vmar_protect/mapped-to-end")
    assert layout(world, made[0]) == [(1, 1, 0, RW), (2, 1, 0, RW)]


@pytest.mark.parametrize("state", ["INITIAL", "RUNNING", "DYING"])
def test_an_address_space_can_be_changed_until_its_process_is_dead(
    world: "World", state: str
) -> None:
    world.kernel.linger = True
    target = world.process() if state == "INITIAL" else world.running()[0]
    if state == "DYING":
        target.process.kill()
    assert target.process.state.value == state
    base = world.out(world.good(map_(world, RW, vmar=target.vmar)), "mapped_addr")
    world.good(protect(world, target.vmar, R, base))
    world.good(unmap(world, target.vmar, base))
    world.good(allocate(world, target.vmar, 0))


@pytest.mark.parametrize("how", ["killed", "last handle closed"])
def test_a_dead_process_has_a_dead_address_space(world: "World", how: str) -> None:
    target = world.dead() if how == "killed" else world.process()
    if how != "killed":
        world.good(zx_handle_close(world.caller, target.handle))
    for outcome, rule in (
        (map_(world, R, vmar=target.vmar), "vmar_map"),
        (allocate(world, target.vmar, 0), "vmar_allocate"),
        (unmap(world, target.vmar, USER_BASE), "vmar_unmap"),
        (protect(world, target.vmar, R, USER_BASE), "vmar_protect"),
    ):
        world.expect(outcome, Status.BAD_STATE, f"{rule}/vmar-alive")
    assert (target.root.base, target.root.size) == (USER_BASE, USER_SIZE)


# zx_vmar_destroy ------------------------------------------------------------------------


def test_destroy_removes_all_below_and_leaves_the_range_free(world: "World") -> None:
    outer, region = world.region(world.vmar, 0x10_0000, 8 * PAGE)
    inner, below = world.region(outer, PAGE, 4 * PAGE)
    vmo = world.vmo()
    world.map(inner, vmo, PAGE, length=PAGE)
    world.map(outer, vmo, 6 * PAGE, length=PAGE)
    beside = world.map(world.vmar, vmo, 0x20_0000)
    world.good(world.call(zx_vmar_destroy, outer))
    assert (region.alive, below.alive) == (False, False)
    assert [each.base for each in world.object(vmo, VmObject).mappings] == [beside]
    assert [child.base for child in world.me.aspace.root.children] == [beside]
    assert world.me.aspace.find_mapping(region.base + 2 * PAGE) is None
    assert (world.names(outer), world.names(inner)) == (True, True)
    again, fresh = world.region(world.vmar, 0x10_0000, 8 * PAGE)
    assert (fresh.base, fresh.alive) == (region.base, True)
    assert again not in (outer, inner)


def test_destroying_a_child_leaves_its_parent_and_its_neighbours(world: "World") -> None:
    outer, region = world.region(world.vmar, 0x10_0000, 8 * PAGE)
    inner, below = world.region(outer, PAGE, PAGE)
    _, neighbour = world.region(outer, 2 * PAGE, PAGE)
    world.good(world.call(zx_vmar_destroy, inner))
    assert (region.alive, below.alive, neighbour.alive) == (True, False, True)
    assert region.children == [neighbour]
    world.map(outer, world.vmo(), PAGE, length=PAGE)


def test_a_destroyed_region_refuses_all_but_keeps_its_place(world: "World") -> None:
    vmar, base = holding(world, 1)
    region = world.object(vmar, VmAddressRegion)
    world.good(world.call(zx_vmar_destroy, vmar))
    for outcome in (
        map_(world, R, vmar=vmar),
        allocate(world, vmar, 0),
        unmap(world, vmar, base),
        protect(world, vmar, R, base),
        world.call(zx_vmar_destroy, vmar),
    ):
        world.expect(outcome, Status.BAD_STATE, f"{outcome.syscall.short}/vmar-alive")
    assert (region.base, region.size) == (base, 10 * PAGE)
    for outcome in (
        map_(world, W, vmar=vmar),
        unmap(world, vmar, base + 1),
        protect(world, vmar, R, base, 0),
    ):
        assert outcome.status is Status.INVALID_ARGS


def test_a_region_below_a_destroyed_one_is_destroyed_already(world: "World") -> None:
    outer, _ = world.region(world.vmar, 0x10_0000, 8 * PAGE)
    inner, _ = world.region(outer, PAGE, 4 * PAGE)
    world.good(world.call(zx_vmar_destroy, outer))
    again = world.call(zx_vmar_destroy, inner)
    world.expect(again, Status.BAD_STATE, "vmar_destroy/vmar-alive")
    assert again.checks[0][0].id == "vmar_destroy/vmar-valid"


def test_destroy_frees_a_vmo_that_only_the_region_held(world: "World") -> None:
    used, vmo, vmar = world.kernel.memory.used, world.vmo(), small(world)
    world.map(vmar, vmo)
    world.good(zx_vmo_write(world.caller, vmo, b"x" * 2 * PAGE, 0, 2 * PAGE))
    world.good(zx_handle_close(world.caller, vmo))
    assert world.kernel.memory.used == used + 2
    world.good(world.call(zx_vmar_destroy, vmar))
    assert world.kernel.memory.used == used


def test_a_process_outlives_the_destruction_of_its_root(world: "World") -> None:
    target, _ = world.running()
    base = world.map(target.vmar, world.vmo())
    world.good(world.call(zx_vmar_destroy, target.vmar))
    assert target.process.state.value == "RUNNING"
    assert not isinstance(target.process.aspace.load(base, 1), bytes)
    refused = map_(world, R, vmar=target.vmar)
    world.expect(refused, Status.BAD_STATE, "vmar_map/vmar-alive")
    target.process.kill()
    world.kernel.reap()
    assert world.state(target.process).value == "DEAD"
    assert (target.root.base, target.root.size) == (USER_BASE, USER_SIZE)


def test_a_chain_of_3000_regions_is_destroyed_at_once(world: "World") -> None:
    top, region = world.region(world.vmar, 0x10_0000, PAGE)
    chain = [region]
    for _ in range(3000):
        chain.append(chain[-1].allocate(region.base, PAGE, region.flags))
    chain[-1].insert(VmMapping(region.base, PAGE, VmObject(world.kernel, PAGE), 0, R, R))
    world.good(world.call(zx_vmar_destroy, top))
    assert not any(one.alive or one.children for one in chain)
    assert world.me.aspace.root.children == []
