"""Regions and mappings: the tree, its gaps, the choice of a place. Spec 06, sections 1 to 7."""

from collections import Counter
from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.prng import Prng
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import CAN_SHIFT, PERMS, Region, VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject

PAGE = 4096
BASE = 0x1000_0000
RWX = 7

NewVmo = Callable[[int], VmObject]
CloseAll = Callable[[object], None]


@pytest.fixture
def vmo(new_vmo: NewVmo) -> VmObject:
    return new_vmo(64 * PAGE)


@pytest.fixture
def region(process: Process) -> VmAddressRegion:
    """Return an empty region of 16 pages at BASE."""
    return process.aspace.root.allocate(BASE, 16 * PAGE, 0x3C0)


def at(page: int) -> int:
    return BASE + page * PAGE


def place(
    region: VmAddressRegion, vmo: VmObject, page: int, pages: int = 1, offset: int = 0
) -> VmMapping:
    """Map pages of a VMO at a page of the region, readable, with all caps."""
    mapping = VmMapping(region.base + page * PAGE, pages * PAGE, vmo, offset * PAGE, 1, RWX)
    region.insert(mapping)
    return mapping


def shape(region: VmAddressRegion) -> list[tuple[int, int, int]]:
    """List (first page, pages, first page of the VMO) of the mappings; -1 for a region."""
    return [
        (
            (child.base - region.base) // PAGE,
            child.size // PAGE,
            child.vmo_offset // PAGE if isinstance(child, VmMapping) else -1,
        )
        for child in region.children
    ]


def assert_tree(root: VmAddressRegion, vmo: VmObject | None = None) -> None:
    """Check the invariants of the whole tree below a region."""
    mappings: list[VmMapping] = []
    regions = [root]
    while regions:
        region = regions.pop()
        assert region.bases == [child.base for child in region.children]
        end = region.base
        for child in region.children:
            assert child.parent is region
            assert child.size > 0
            assert end <= child.base
            end = child.end
            if isinstance(child, VmMapping):
                mappings.append(child)
            else:
                regions.append(child)
        assert end <= region.end
    if vmo is not None:
        assert set(vmo.mappings) == {mapping for mapping in mappings if mapping.vmo is vmo}


# Constants ------------------------------------------------------------------------


def test_the_options_have_zircons_bits() -> None:
    assert {option.name: option.value for option in VmOption} == {
        "PERM_READ": 0x001,
        "PERM_WRITE": 0x002,
        "PERM_EXECUTE": 0x004,
        "COMPACT": 0x008,
        "SPECIFIC": 0x010,
        "SPECIFIC_OVERWRITE": 0x020,
        "CAN_MAP_SPECIFIC": 0x040,
        "CAN_MAP_READ": 0x080,
        "CAN_MAP_WRITE": 0x100,
        "CAN_MAP_EXECUTE": 0x200,
        "MAP_RANGE": 0x400,
        "REQUIRE_NON_RESIZABLE": 0x800,
    }
    assert (PERMS, CAN_SHIFT) == (7, 7)


def test_the_root_region_spans_the_user_space_and_may_map_anything(process: Process) -> None:
    root = process.aspace.root
    assert (root.base, root.size, root.end) == (0x1000000, 0x7FFFFEFFF000, 0x7FFFFFFFF000)
    assert (root.name, root.alive, root.parent, root.children) == ("root", True, None, [])
    assert root.flags == 0x3C0
    assert root.can == RWX
    assert not root.flags & VmOption.COMPACT


@pytest.mark.parametrize(
    ("flags", "can"), [(0, 0), (0x80, 1), (0x180, 3), (0x280, 5), (0x100, 2), (0x48, 0), (0x3C8, 7)]
)
def test_a_child_region_has_just_the_flags_that_it_is_given(
    process: Process, flags: int, can: int
) -> None:
    root = process.aspace.root
    child = root.allocate(BASE, PAGE, flags)
    assert (child.flags, child.can, child.name, child.alive) == (flags, can, "useralloc", True)
    assert (child.base, child.size, child.parent, child.children) == (BASE, PAGE, root, [])
    assert child.koid > process.koid
    assert root.children == [child]


# Looking --------------------------------------------------------------------------


def test_children_are_kept_in_the_order_of_their_bases(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    for page in (7, 2, 11, 0, 15, 4):
        place(region, vmo, page)
    assert [page for page, _, _ in shape(region)] == [0, 2, 4, 7, 11, 15]
    assert_tree(region, vmo)


def test_the_child_that_holds_an_address_is_found(region: VmAddressRegion, vmo: VmObject) -> None:
    low, high = place(region, vmo, 2, 3), place(region, vmo, 5, 1)
    inner = region.allocate(at(8), 2 * PAGE, 0)
    wanted: list[tuple[int, Region | None]] = [
        (at(0), None),
        (at(2) - 1, None),
        (at(2), low),
        (at(5) - 1, low),
        (at(5), high),
        (at(6) - 1, high),
        (at(6), None),
        (at(8), inner),
        (at(10) - 1, inner),
        (at(10), None),
        (0, None),
        (2**64 - 1, None),
    ]
    assert [region.find(address) for address, _ in wanted] == [child for _, child in wanted]


def test_an_empty_region_holds_nothing(region: VmAddressRegion) -> None:
    assert region.find(BASE) is None
    assert list(region.iter_overlapping(BASE, 16 * PAGE)) == []
    assert region.is_free(BASE, 16 * PAGE)
    assert list(region.walk()) == []


@pytest.mark.parametrize(
    ("page", "pages", "hit"),
    [
        (0, 2, []),
        (0, 3, [2]),
        (0, 16, [2, 5, 8]),
        (2, 1, [2]),
        (4, 1, [2]),
        (4, 2, [2, 5]),
        (5, 1, [5]),
        (6, 2, []),
        (6, 3, [8]),
        (3, 6, [2, 5, 8]),
        (9, 1, [8]),
        (10, 6, []),
    ],
)
def test_overlapping_children_are_those_that_share_an_address(
    region: VmAddressRegion, vmo: VmObject, page: int, pages: int, hit: list[int]
) -> None:
    place(region, vmo, 2, 3)
    place(region, vmo, 5, 1)
    region.allocate(at(8), 2 * PAGE, 0)
    found = [(c.base - BASE) // PAGE for c in region.iter_overlapping(at(page), pages * PAGE)]
    assert found == hit
    assert region.is_free(at(page), pages * PAGE) is (not hit)


def test_overlap_is_judged_by_bytes(region: VmAddressRegion, vmo: VmObject) -> None:
    place(region, vmo, 4)
    assert region.is_free(at(4) - 1, 1)
    assert not region.is_free(at(4) - 1, 2)
    assert not region.is_free(at(5) - 1, 1)
    assert region.is_free(at(5), 1)


@pytest.mark.parametrize(
    ("base", "size", "inside"),
    [
        (BASE, 16 * PAGE, True),
        (BASE, 16 * PAGE + 1, False),
        (BASE - 1, 1, False),
        (BASE + 15 * PAGE, PAGE, True),
        (BASE + 15 * PAGE, PAGE + 1, False),
        (BASE + 16 * PAGE, 0, False),
        (BASE + 1, 2**64 - 1, False),
        (0, 2**64, False),
    ],
)
def test_a_range_lies_inside_only_as_a_whole(
    region: VmAddressRegion, base: int, size: int, inside: bool
) -> None:
    assert region.contains(base, size) is inside


def test_the_gaps_are_what_the_children_leave(region: VmAddressRegion, vmo: VmObject) -> None:
    def gaps() -> list[tuple[int, int]]:
        return [((a - BASE) // PAGE, (b - BASE) // PAGE) for a, b in region.iter_gaps()]

    assert gaps() == [(0, 16)]
    place(region, vmo, 2, 3)
    place(region, vmo, 5, 1)
    region.allocate(at(8), 2 * PAGE, 0)
    assert gaps() == [(0, 2), (6, 8), (10, 16)]
    place(region, vmo, 0, 2)
    place(region, vmo, 10, 6)
    assert gaps() == [(6, 8)]
    place(region, vmo, 6, 2)
    assert gaps() == []


def test_a_walk_is_pre_order_and_ascending_with_depths(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    late = place(region, vmo, 12)
    inner = region.allocate(at(2), 8 * PAGE, 0)
    early = place(region, vmo, 0)
    second, first = place(inner, vmo, 5), place(inner, vmo, 0)
    innermost = inner.allocate(at(4), 2 * PAGE, 0)
    deep = place(innermost, vmo, 1)
    order: list[tuple[int, Region]] = [
        (0, early),
        (0, inner),
        (1, first),
        (1, innermost),
        (2, deep),
        (1, second),
        (0, late),
    ]
    assert list(region.walk()) == order
    assert list(region.walk(2)) == [(depth + 2, child) for depth, child in order]


def test_a_walk_follows_3000_nested_regions(process: Process) -> None:
    inner = process.aspace.root
    for _ in range(3000):
        inner = inner.allocate(BASE, PAGE, 0x3C0)
    assert [depth for depth, _ in process.aspace.root.walk(1)] == list(range(1, 3001))


# Choosing a place -----------------------------------------------------------------


def chosen(region: VmAddressRegion, size: int, draws: int) -> Counter[int]:
    """Count the pages of the region that are chosen, drawing without placing anything."""
    counts: Counter[int] = Counter()
    for _ in range(draws):
        spot = region.find_spot(size)
        assert spot is not None
        counts[(spot - region.base) // PAGE] += 1
    return counts


def test_a_place_in_the_root_is_page_aligned_and_inside(process: Process) -> None:
    root = process.aspace.root
    spots = [root.find_spot(5 * PAGE) for _ in range(300)]
    assert all(spot is not None and not spot % PAGE for spot in spots)
    assert all(spot is not None and root.contains(spot, 5 * PAGE) for spot in spots)
    assert len(set(spots)) == 300


def test_each_free_place_is_chosen_about_equally_often(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    place(region, vmo, 3, 2)
    place(region, vmo, 9, 1)
    counts = chosen(region, 2 * PAGE, 9000)
    legal = [page for page in range(15) if not {page, page + 1} & {3, 4, 9}]
    assert sorted(counts) == legal == [0, 1, 5, 6, 7, 10, 11, 12, 13, 14]
    assert all(780 < count < 1020 for count in counts.values())


def test_each_free_place_of_a_crowded_region_is_chosen_about_equally_often(
    process: Process, vmo: VmObject
) -> None:
    region = process.aspace.root.allocate(BASE, 4096 * PAGE, 0x3C0)
    place(region, vmo, 0, 1000)
    place(region, vmo, 1001, 2000)
    place(region, vmo, 3003, 1093)
    assert [((a - BASE) // PAGE, (b - a) // PAGE) for a, b in region.iter_gaps()] == [
        (1000, 1),
        (3001, 2),
    ]
    counts = chosen(region, PAGE, 1500)
    assert sorted(counts) == [1000, 3001, 3002]
    assert all(420 < count < 580 for count in counts.values())
    assert chosen(region, 2 * PAGE, 20) == {3001: 20}


def test_the_only_place_left_is_found_and_then_there_is_none(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    for page in range(16):
        if page != 11:
            place(region, vmo, page)
    assert region.find_spot(PAGE) == at(11)
    assert region.find_spot(2 * PAGE) is None
    place(region, vmo, 11)
    assert region.find_spot(PAGE) is None


def test_a_region_fills_up_to_the_last_page(region: VmAddressRegion, vmo: VmObject) -> None:
    for _ in range(16):
        spot = region.find_spot(PAGE)
        assert spot is not None
        place(region, vmo, (spot - BASE) // PAGE)
    assert [page for page, _, _ in shape(region)] == list(range(16))
    assert region.find_spot(PAGE) is None


def test_a_size_as_large_as_the_region_fits_once_and_a_larger_one_never(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    assert region.find_spot(16 * PAGE) == BASE
    assert region.find_spot(17 * PAGE) is None
    assert region.find_spot(2**64 - PAGE) is None
    place(region, vmo, 5)
    assert region.find_spot(16 * PAGE) is None


def test_regions_of_one_address_space_draw_from_one_source(process: Process) -> None:
    root = process.aspace.root
    child = root.allocate(BASE, 16 * PAGE, 0x3C0)
    assert child.prng is root.prng
    assert child.allocate(BASE, PAGE, 0).prng is root.prng


def test_equal_seeds_choose_equal_places() -> None:
    spots = []
    for _ in range(2):
        root = Kernel(seed=42).spawn("p").aspace.root
        spots.append([root.find_spot(PAGE) for _ in range(20)])
    assert spots[0] == spots[1]
    assert Kernel(seed=43).spawn("p").aspace.root.find_spot(PAGE) != spots[0][0]


# Choosing a place in a COMPACT region ---------------------------------------------


def compact(process: Process, pages: int) -> VmAddressRegion:
    flags = int(VmOption.COMPACT) | 0x3C0
    return process.aspace.root.allocate(BASE, pages * PAGE, flags)


def expected_compact(
    draw: int, low: int, high: int, first: int, last: int, size: int
) -> int | None:
    """Apply spec 06, section 3, row COMPACT, in pages; `draw` is the random byte."""
    gap = (draw >> 1) + 1
    while gap >= 1:
        for before in (True, False) if draw & 1 else (False, True):
            if before:
                start = max(first - size - gap, low)
                if first - size - gap >= 0 and start + size <= first:
                    return start
            elif last + gap + size <= high:
                return last + gap
        gap >>= 1
    return None


@pytest.mark.parametrize("pages", [16, 40, 300])
@pytest.mark.parametrize(("first", "last"), [(0, 1), (5, 9), (7, 8), (14, 15), (1, 16)])
@pytest.mark.parametrize("size", [1, 3])
def test_a_compact_region_grows_only_just_outside_what_it_holds(
    process: Process, vmo: VmObject, pages: int, first: int, last: int, size: int
) -> None:
    region = compact(process, pages)
    place(region, vmo, first)
    if last - first > 1:
        place(region, vmo, last - 1)
    low = BASE // PAGE
    for seed in range(64):
        region.prng = Prng(seed)
        draw = Prng(seed).below(256)
        spot = region.find_spot(size * PAGE)
        wanted = expected_compact(draw, low, low + pages, low + first, low + last, size)
        assert spot == (None if wanted is None else wanted * PAGE)
        if spot is not None:
            assert spot + size * PAGE <= at(first) or spot >= at(last + 1)
            assert region.contains(spot, size * PAGE)


def test_an_empty_compact_region_chooses_any_place(process: Process) -> None:
    counts = chosen(compact(process, 8), 2 * PAGE, 700)
    assert sorted(counts) == list(range(7))


def test_a_compact_region_never_uses_a_hole_inside(process: Process, vmo: VmObject) -> None:
    region = compact(process, 16)
    place(region, vmo, 0)
    place(region, vmo, 15)
    assert [region.find_spot(PAGE) for _ in range(50)] == [None] * 50


def test_a_compact_region_needs_a_spare_page_to_grow_upward(
    process: Process, vmo: VmObject
) -> None:
    region = compact(process, 16)
    place(region, vmo, 0, 15)
    assert {region.find_spot(PAGE) for _ in range(50)} == {None}
    region.unmap(at(14), PAGE)
    assert {region.find_spot(PAGE) for _ in range(50)} == {at(15)}


def test_a_compact_region_can_grow_downward_without_a_gap(process: Process, vmo: VmObject) -> None:
    region = compact(process, 16)
    place(region, vmo, 1, 15)
    assert {region.find_spot(PAGE) for _ in range(50)} == {BASE}
    place(region, vmo, 0)
    assert {region.find_spot(PAGE) for _ in range(50)} == {None}


def test_the_gaps_of_a_compact_region_are_at_most_128_pages(
    process: Process, vmo: VmObject
) -> None:
    region = compact(process, 100_000)
    place(region, vmo, 50_000)
    gaps = set()
    for _ in range(4000):
        spot = region.find_spot(PAGE)
        assert spot is not None
        page = (spot - BASE) // PAGE
        gaps.add(page - 50_001 if page > 50_000 else page + 1 - 50_000)
    assert gaps == {*range(1, 129), *range(-128, 0)}


# Mappings -------------------------------------------------------------------------


def test_a_mapping_is_noted_by_its_vmo_and_its_region(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    mapping = place(region, vmo, 3, 2, offset=5)
    assert (mapping.base, mapping.size, mapping.end) == (at(3), 2 * PAGE, at(5))
    assert (mapping.vmo_offset, mapping.perms, mapping.caps) == (5 * PAGE, 1, RWX)
    assert mapping.parent is region
    assert list(vmo.mappings) == [mapping]


def test_a_removed_mapping_leaves_no_trace(region: VmAddressRegion, vmo: VmObject) -> None:
    mapping, stays = place(region, vmo, 3), place(region, vmo, 4)
    mapping.remove()
    assert region.children == [stays]
    assert (mapping.parent, list(vmo.mappings)) == (None, [stays])
    assert region.is_free(at(3), PAGE)
    assert_tree(region, vmo)


@pytest.mark.parametrize(
    ("offset", "pages", "vmo_pages", "backed"),
    [(0, 4, 64, 4), (62, 4, 64, 2), (64, 4, 64, 0), (70, 4, 64, 0), (0, 4, 0, 0), (0, 4, 4, 4)],
)
def test_a_mapping_is_backed_up_to_its_vmos_end(
    region: VmAddressRegion, new_vmo: NewVmo, offset: int, pages: int, vmo_pages: int, backed: int
) -> None:
    mapping = place(region, new_vmo(vmo_pages * PAGE), 2, pages, offset)
    assert mapping.backed_end == at(2 + backed)


def test_a_mapping_counts_only_its_vmos_own_pages_inside_its_window(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    vmo.write(0, bytes(8 * PAGE))
    clone = vmo.clone(0, 8 * PAGE, resizable=True)
    clone.write(3 * PAGE, b"x")
    clone.write(7 * PAGE, b"x")
    mapping = place(region, vmo, 0, 4, offset=6)
    cloned = place(region, clone, 8, 6)
    assert (mapping.committed, cloned.committed) == (2, 1)
    whole = place(region, clone, 14, 2, offset=6)
    assert whole.committed == 1


def test_a_mapping_of_a_physical_vmo_counts_no_page(
    kernel: Kernel, region: VmAddressRegion
) -> None:
    device = VmObject(kernel, 2 * PAGE, resizable=False, paddr=0xFEE0_0000)
    mapping = place(region, device, 0, 2)
    device.write(0, b"register")
    assert mapping.committed == 0


def test_a_split_mapping_becomes_two_of_the_same_vmo(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    mapping = place(region, vmo, 2, 6, offset=10)
    mapping.perms, mapping.caps = 3, 3
    right = mapping.split(at(4))
    assert shape(region) == [(2, 2, 10), (4, 4, 12)]
    assert region.children == [mapping, right]
    assert (right.perms, right.caps, right.vmo) == (3, 3, vmo)
    assert list(vmo.mappings) == [mapping, right]
    assert_tree(region, vmo)


def test_neighbouring_mappings_of_one_vmo_are_never_merged(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    place(region, vmo, 2, 2, offset=0)
    place(region, vmo, 4, 2, offset=2)
    assert shape(region) == [(2, 2, 0), (4, 2, 2)]
    assert len(vmo.mappings) == 2


# Unmapping ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "pages", "left"),
    [
        (0, 4, [(4, 6, 20), (12, 2, 0)]),
        (0, 5, [(5, 5, 21), (12, 2, 0)]),
        (4, 1, [(5, 5, 21), (12, 2, 0)]),
        (4, 5, [(9, 1, 25), (12, 2, 0)]),
        (4, 6, [(12, 2, 0)]),
        (3, 8, [(12, 2, 0)]),
        (9, 1, [(4, 5, 20), (12, 2, 0)]),
        (9, 3, [(4, 5, 20), (12, 2, 0)]),
        (5, 5, [(4, 1, 20), (12, 2, 0)]),
        (6, 2, [(4, 2, 20), (8, 2, 24), (12, 2, 0)]),
        (5, 4, [(4, 1, 20), (9, 1, 25), (12, 2, 0)]),
        (9, 4, [(4, 5, 20), (13, 1, 1)]),
        (5, 8, [(4, 1, 20), (13, 1, 1)]),
        (10, 2, [(4, 6, 20), (12, 2, 0)]),
        (0, 16, []),
    ],
)
def test_unmapping_removes_trims_and_splits_with_the_offsets_that_follow(
    region: VmAddressRegion, vmo: VmObject, page: int, pages: int, left: list[tuple[int, int, int]]
) -> None:
    place(region, vmo, 4, 6, offset=20)
    place(region, vmo, 12, 2)
    for _ in range(2):
        region.unmap(at(page), pages * PAGE)
        assert shape(region) == left
        assert len(vmo.mappings) == len(left)
        assert region.is_free(at(page), pages * PAGE)
        assert_tree(region, vmo)


def test_a_split_keeps_permissions_and_caps_and_its_left_part_is_the_old_mapping(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    mapping = place(region, vmo, 4, 6)
    mapping.perms, mapping.caps = 5, 5
    region.unmap(at(6), PAGE)
    left, right = region.children
    assert left is mapping
    assert isinstance(right, VmMapping)
    assert (right.perms, right.caps, right.vmo) == (5, 5, vmo)


def test_unmapping_the_last_mapping_frees_a_vmo_that_has_no_handle(
    kernel: Kernel, region: VmAddressRegion, vmo: VmObject, close_all: CloseAll
) -> None:
    vmo.write(0, bytes(6 * PAGE))
    place(region, vmo, 4, 6)
    close_all(vmo)
    region.unmap(at(6), 2 * PAGE)
    assert (len(vmo.mappings), kernel.memory.used) == (2, 6)
    region.unmap(at(0), 6 * PAGE)
    assert (len(vmo.mappings), kernel.memory.used) == (1, 6)
    region.unmap(at(8), 2 * PAGE)
    assert (len(vmo.mappings), kernel.memory.used) == (0, 0)


def test_unmapping_destroys_regions_that_lie_inside_with_all_that_they_hold(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    inner = region.allocate(at(4), 4 * PAGE, 0x3C0)
    innermost = inner.allocate(at(5), PAGE, 0x3C0)
    place(innermost, vmo, 0)
    place(inner, vmo, 2)
    left = place(region, vmo, 2, 2)
    region.unmap(at(3), 6 * PAGE)
    assert (inner.alive, innermost.alive, region.alive) == (False, False, True)
    assert shape(region) == [(2, 1, 0)]
    assert list(vmo.mappings) == [left]
    assert (inner.base, inner.size) == (at(4), 4 * PAGE)
    assert_tree(region, vmo)


# Destroying -----------------------------------------------------------------------


def test_a_destroyed_region_is_dead_with_all_below_and_its_range_is_free(
    process: Process, region: VmAddressRegion, vmo: VmObject
) -> None:
    inner = region.allocate(at(4), 4 * PAGE, 0x3C0)
    innermost = inner.allocate(at(5), PAGE, 0x3C0)
    place(innermost, vmo, 0)
    place(region, vmo, 0)
    place(region, vmo, 12)
    root = process.aspace.root
    beside = place(root, vmo, 1)
    region.destroy()
    assert [part.alive for part in (region, inner, innermost, root)] == [False, False, False, True]
    assert [part.children for part in (region, inner, innermost)] == [[], [], []]
    assert root.children == [beside]
    assert list(vmo.mappings) == [beside]
    assert (region.base, region.size, region.parent) == (BASE, 16 * PAGE, None)
    assert root.is_free(BASE, 16 * PAGE)
    assert_tree(root, vmo)


def test_destroying_an_inner_region_spares_its_siblings(
    region: VmAddressRegion, vmo: VmObject
) -> None:
    first, inner, last = (
        place(region, vmo, 0),
        region.allocate(at(4), PAGE, 0),
        place(region, vmo, 8),
    )
    inner.destroy()
    assert region.children == [first, last]
    assert (region.alive, inner.alive) == (True, False)
    assert_tree(region, vmo)


def test_a_range_can_be_taken_again_after_its_region_was_destroyed(
    process: Process, region: VmAddressRegion
) -> None:
    region.destroy()
    again = process.aspace.root.allocate(BASE, 16 * PAGE, 0x80)
    assert (again.alive, region.alive) == (True, False)
    assert again.koid != region.koid
    assert process.aspace.root.find(BASE) is again
    region.destroy()
    assert process.aspace.root.find(BASE) is again


def test_3000_nested_regions_are_destroyed_together(process: Process) -> None:
    root = process.aspace.root
    made = [root]
    for _ in range(3000):
        made.append(made[-1].allocate(BASE, PAGE, 0x3C0))
    made[1].destroy()
    assert not any(region.alive for region in made[1:])
    assert (root.alive, root.children) == (True, [])
