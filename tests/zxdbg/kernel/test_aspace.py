"""Address spaces: finding mappings, describing ranges, loads and stores. Spec 08, section 1."""

from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.aspace import (
    AddressSpace,
    Extent,
    ExtentKind,
    Fault,
    FaultKind,
    Neighbours,
    describe,
)
from zxdbg.kernel.limits import USER_BASE, USER_END
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping
from zxdbg.kernel.vmo import CachePolicy, VmObject

PAGE = 4096
BASE = 0x1000_0000
R, RW, RX, RWX = 1, 3, 5, 7
BACKED, PAST, UNCACHED, HOLE = (
    ExtentKind.BACKED,
    ExtentKind.PAST_VMO,
    ExtentKind.UNCACHED,
    ExtentKind.HOLE,
)

NewVmo = Callable[[int], VmObject]


@pytest.fixture
def aspace(process: Process) -> AddressSpace:
    return process.aspace


@pytest.fixture
def root(aspace: AddressSpace) -> VmAddressRegion:
    return aspace.root


@pytest.fixture
def vmo(new_vmo: NewVmo) -> VmObject:
    """Return a VMO of 8 pages in which each byte of page n is n + 1."""
    vmo = new_vmo(8 * PAGE)
    vmo.write(0, b"".join(bytes([index + 1]) * PAGE for index in range(8)))
    vmo.name = "heap"
    return vmo


def at(page: int) -> int:
    return BASE + page * PAGE


def place(
    region: VmAddressRegion, vmo: VmObject, page: int, pages: int, perms: int = RW, offset: int = 0
) -> VmMapping:
    """Map pages of a VMO at the page counted from BASE."""
    mapping = VmMapping(at(page), pages * PAGE, vmo, offset * PAGE, perms, RWX)
    region.insert(mapping)
    return mapping


def outline(extents: list[Extent]) -> list[tuple[int, int, ExtentKind, int]]:
    """List (first byte from BASE, last, kind, offset in the VMO)."""
    return [(e.start - BASE, e.end - BASE, e.kind, e.offset) for e in extents]


# Finding --------------------------------------------------------------------------


def test_a_mapping_is_found_by_each_address_that_it_holds(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    mapping, following = place(root, vmo, 2, 3), place(root, vmo, 5, 1)
    wanted = {
        at(2) - 1: None,
        at(2): mapping,
        at(3) + 77: mapping,
        at(5) - 1: mapping,
        at(5): following,
        at(6): None,
        0: None,
        USER_BASE: None,
        USER_END: None,
        2**64 - 1: None,
    }
    assert {address: aspace.find_mapping(address) for address in wanted} == wanted


def test_a_mapping_is_found_through_nested_regions(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    outer = inner = root.allocate(at(0), 400 * PAGE, 0x3C0)
    for depth in range(1, 300):
        inner = inner.allocate(at(0), (400 - depth) * PAGE, 0x3C0)
    deep = place(inner, vmo, 7, 1)
    shallow = place(outer, vmo, 399, 1)
    assert aspace.find_mapping(at(7)) is deep
    assert aspace.find_mapping(at(8) - 1) is deep
    assert aspace.find_mapping(at(399)) is shallow
    assert [aspace.find_mapping(at(page)) for page in (0, 6, 8, 150, 398)] == [None] * 5


def test_a_region_without_mappings_holds_nothing(
    aspace: AddressSpace, root: VmAddressRegion
) -> None:
    root.allocate(at(0), 4 * PAGE, 0x3C0)
    assert aspace.find_mapping(at(1)) is None


def test_a_mapping_is_described_as_a_value(
    root: VmAddressRegion, vmo: VmObject, kernel: Kernel
) -> None:
    extent = describe(place(root, vmo, 2, 3, perms=RX, offset=4))
    assert extent == Extent(at(2), at(5), BACKED, "heap", vmo.koid, RX, 4 * PAGE)
    device = VmObject(kernel, PAGE, resizable=False, paddr=0)
    assert describe(place(root, device, 9, 1)).kind is UNCACHED


def test_the_neighbours_of_an_address_are_the_nearest_mappings_in_any_region(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    low, high = place(root, vmo, 1, 1), place(root, vmo, 30, 1)
    inner = root.allocate(at(10), 10 * PAGE, 0x3C0)
    first, second = place(inner, vmo, 12, 1), place(inner, vmo, 17, 2)

    def pair(page: int) -> tuple[Extent | None, Extent | None]:
        near = aspace.neighbours(at(page))
        assert near.at == at(page)
        return near.below, near.above

    assert pair(0) == (None, describe(low))
    assert pair(2) == (describe(low), describe(first))
    assert pair(11) == (describe(low), describe(first))
    assert pair(14) == (describe(first), describe(second))
    assert pair(19) == (describe(second), describe(high))
    assert pair(29) == (describe(second), describe(high))
    assert pair(31) == (describe(high), None)
    assert aspace.neighbours(0) == (0, None, describe(low))
    assert aspace.neighbours(2**64 - 1) == (2**64 - 1, describe(high), None)


def test_an_empty_space_has_no_neighbours(aspace: AddressSpace) -> None:
    assert aspace.neighbours(at(0)) == Neighbours(at(0), None, None)


def test_the_next_mapped_address_is_found_across_regions_and_holes(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    root.allocate(at(2), 2 * PAGE, 0x3C0)
    inner = root.allocate(at(5), 10 * PAGE, 0x3C0)
    place(inner.allocate(at(6), 3 * PAGE, 0x3C0), vmo, 7, 1)
    place(root, vmo, 20, 2)
    for start, found in {
        at(0): at(7),
        at(2): at(7),
        at(5) + 3: at(7),
        at(7) + 9: at(7) + 9,
        at(8): at(20),
        at(12): at(20),
        at(15): at(20),
        at(21) + 1: at(21) + 1,
        0: at(7),
    }.items():
        assert aspace.next_mapped(start, at(40)) == found
    assert aspace.next_mapped(at(22), at(40)) == at(40)
    assert aspace.next_mapped(at(8), at(19)) == at(19)
    assert aspace.next_mapped(at(8), at(8)) == at(8)
    assert aspace.next_mapped(USER_END, USER_END + PAGE) == USER_END + PAGE
    assert aspace.next_mapped(0, 5) == 5


def test_extents_divide_a_range_by_what_lies_there(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 1, 2, offset=3)
    place(root, vmo, 3, 4, perms=R, offset=6)
    inner = root.allocate(at(9), 5 * PAGE, 0x3C0)
    place(inner, vmo, 10, 1)
    assert outline(aspace.extents(at(0), 12 * PAGE)) == [
        (0, PAGE, HOLE, 0),
        (PAGE, 3 * PAGE, BACKED, 3 * PAGE),
        (3 * PAGE, 5 * PAGE, BACKED, 6 * PAGE),
        (5 * PAGE, 7 * PAGE, PAST, 8 * PAGE),
        (7 * PAGE, 10 * PAGE, HOLE, 0),
        (10 * PAGE, 11 * PAGE, BACKED, 0),
        (11 * PAGE, 12 * PAGE, HOLE, 0),
    ]


def test_extents_are_cut_to_the_range_and_carry_what_the_mapping_is(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 1, 3, perms=RX, offset=2)
    assert aspace.extents(at(1) + 10, PAGE) == [
        Extent(at(1) + 10, at(2) + 10, BACKED, "heap", vmo.koid, RX, 2 * PAGE + 10)
    ]
    assert aspace.extents(at(0) + 5, PAGE) == [
        Extent(at(0) + 5, at(1), HOLE),
        Extent(at(1), at(1) + 5, BACKED, "heap", vmo.koid, RX, 2 * PAGE),
    ]


def test_extents_tell_uncached_memory_and_what_lies_past_its_end(
    aspace: AddressSpace, root: VmAddressRegion, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    vmo.cache_policy = CachePolicy.WRITE_COMBINING
    place(root, vmo, 0, 2)
    assert outline(aspace.extents(at(0), 2 * PAGE)) == [
        (0, PAGE, UNCACHED, 0),
        (PAGE, 2 * PAGE, PAST, PAGE),
    ]


def test_no_more_extents_are_given_than_asked_for(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    for page in range(0, 200, 2):
        place(root, vmo, page, 1)
    assert len(aspace.extents(at(0), 200 * PAGE)) == 64
    assert len(aspace.extents(at(0), 200 * PAGE, most=1000)) == 200
    assert outline(aspace.extents(at(0), 200 * PAGE, most=2)) == [
        (0, PAGE, BACKED, 0),
        (PAGE, 2 * PAGE, HOLE, 0),
    ]


def test_a_range_of_no_bytes_has_no_extents(aspace: AddressSpace) -> None:
    assert aspace.extents(at(0), 0) == []


def test_a_range_outside_the_user_space_is_one_hole(aspace: AddressSpace) -> None:
    assert aspace.extents(0, PAGE) == [Extent(0, PAGE, HOLE)]
    assert aspace.extents(USER_END, PAGE) == [Extent(USER_END, USER_END + PAGE, HOLE)]
    assert aspace.extents(2**64 - PAGE, PAGE) == [Extent(2**64 - PAGE, 2**64, HOLE)]


# Loads and stores -----------------------------------------------------------------


def test_a_load_sees_the_bytes_of_the_vmo(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 1, 3, perms=R, offset=2)
    assert aspace.load(at(1), 2) == b"\3\3"
    assert aspace.load(at(2) - 2, 4) == b"\3\3\4\4"
    assert aspace.load(at(1), 3 * PAGE) == vmo.read(2 * PAGE, 3 * PAGE)


def test_a_store_changes_the_bytes_of_the_vmo(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 1, 3, offset=2)
    assert aspace.store(at(2) - 2, b"abcd") is None
    assert vmo.read(3 * PAGE - 3, 6) == b"\3abcd\4"


@pytest.mark.parametrize(
    ("perms", "loads", "stores"),
    [(0, False, False), (R, True, False), (RW, True, True), (RX, True, False), (RWX, True, True)],
)
def test_permissions_decide_what_an_access_may_do(
    aspace: AddressSpace,
    root: VmAddressRegion,
    vmo: VmObject,
    perms: int,
    loads: bool,
    stores: bool,
) -> None:
    place(root, vmo, 0, 1, perms=perms)
    fault = Fault(FaultKind.PERMISSION, at(0) + 5)
    assert aspace.load(at(0) + 5, 1) == (b"\1" if loads else fault)
    assert aspace.store(at(0) + 5, b"x") == (None if stores else fault)
    assert vmo.read(5, 1) == (b"x" if stores else b"\1")


@pytest.mark.parametrize("address", [0, 1, USER_BASE - 1, USER_END, 2**47 - 1])
def test_an_access_outside_the_user_space_faults(aspace: AddressSpace, address: int) -> None:
    assert aspace.load(address, 1) == Fault(FaultKind.OUTSIDE, address)
    assert aspace.store(address, b"x") == Fault(FaultKind.OUTSIDE, address)


@pytest.mark.parametrize("address", [2**47, 2**63, 0xFFFF_7FFF_FFFF_FFFF, 2**64 - 1])
def test_an_access_that_is_not_canonical_or_the_kernels_faults_at_its_address(
    aspace: AddressSpace, address: int
) -> None:
    loaded, stored = aspace.load(address, 1), aspace.store(address, b"x")
    assert isinstance(loaded, Fault)
    assert isinstance(stored, Fault)
    assert loaded.address == stored.address == address


@pytest.mark.parametrize("address", [USER_BASE, BASE, USER_END - 1])
def test_an_access_to_a_hole_faults(aspace: AddressSpace, address: int) -> None:
    assert aspace.load(address, 1) == Fault(FaultKind.HOLE, address)
    assert aspace.store(address, b"x") == Fault(FaultKind.HOLE, address)


def test_the_first_and_the_last_page_of_the_user_space_can_be_touched(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    root.insert(VmMapping(USER_BASE, PAGE, vmo, 0, RW, RWX))
    root.insert(VmMapping(USER_END - PAGE, PAGE, vmo, PAGE, RW, RWX))
    assert aspace.load(USER_BASE, 1) == b"\1"
    assert aspace.load(USER_END - 1, 1) == b"\2"
    assert aspace.load(USER_END - 1, 2) == Fault(FaultKind.OUTSIDE, USER_END)
    assert aspace.load(USER_BASE - 1, 2) == Fault(FaultKind.OUTSIDE, USER_BASE - 1)


def test_a_hole_inside_a_region_faults(aspace: AddressSpace, root: VmAddressRegion) -> None:
    root.allocate(at(0), 4 * PAGE, 0x3C0)
    assert aspace.load(at(1), 1) == Fault(FaultKind.HOLE, at(1))


def test_an_access_past_the_vmos_end_faults_and_works_when_the_vmo_grows(
    aspace: AddressSpace, root: VmAddressRegion, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    place(root, vmo, 0, 3)
    assert aspace.load(at(1) - 1, 1) == b"\0"
    assert aspace.load(at(1) + 5, 1) == Fault(FaultKind.VMO_END, at(1) + 5)
    assert aspace.store(at(1) + 5, b"x") == Fault(FaultKind.VMO_END, at(1) + 5)
    vmo.resize(3 * PAGE)
    assert aspace.store(at(1) + 5, b"x") is None
    assert aspace.load(at(1) + 4, 3) == b"\0x\0"


def test_a_shrunk_vmo_faults_and_grows_back_with_zeros(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 0, 4)
    vmo.resize(2 * PAGE)
    assert aspace.load(at(2), 1) == Fault(FaultKind.VMO_END, at(2))
    vmo.resize(4 * PAGE)
    assert aspace.load(at(2) - 1, 2) == b"\2\0"


def test_permission_is_judged_before_the_vmos_end(
    aspace: AddressSpace, root: VmAddressRegion, new_vmo: NewVmo
) -> None:
    place(root, new_vmo(0), 0, 1, perms=R)
    assert aspace.load(at(0), 1) == Fault(FaultKind.VMO_END, at(0))
    assert aspace.store(at(0), b"x") == Fault(FaultKind.PERMISSION, at(0))


def test_an_access_over_a_border_faults_at_the_first_byte_of_the_page_that_fails(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 0, 1)
    place(root, vmo, 1, 1, perms=R)
    assert aspace.load(at(2) - 3, 8) == Fault(FaultKind.HOLE, at(2))
    assert aspace.store(at(1) - 3, b"12345678") == Fault(FaultKind.PERMISSION, at(1))
    assert aspace.load(at(0) - 3, 8) == Fault(FaultKind.HOLE, at(0) - 3)


def test_a_store_keeps_the_pages_before_the_one_that_faults(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 0, 2)
    assert aspace.store(at(1) - 2, b"x" * (PAGE + 4)) == Fault(FaultKind.HOLE, at(2))
    assert vmo.read(PAGE - 3, 4) == b"\1xxx"
    assert vmo.read(2 * PAGE - 1, 2) == b"x\3"


def test_an_access_goes_on_from_one_mapping_into_the_next(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject, new_vmo: NewVmo
) -> None:
    place(root, vmo, 0, 1)
    inner = root.allocate(at(1), PAGE, 0x3C0)
    place(inner, new_vmo(PAGE), 1, 1)
    assert aspace.store(at(1) - 2, b"abcd") is None
    assert aspace.load(at(1) - 3, 6) == b"\1abcd\0"


def test_loads_commit_nothing_and_stores_commit_the_pages_they_touch(
    kernel: Kernel, aspace: AddressSpace, root: VmAddressRegion, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(4 * PAGE)
    place(root, vmo, 0, 4)
    assert aspace.load(at(0), 4 * PAGE) == bytes(4 * PAGE)
    assert kernel.memory.used == 0
    aspace.store(at(2) - 1, b"xy")
    assert (sorted(vmo.pages.table), kernel.memory.used) == ([1, 2], 2)


def test_a_store_without_memory_faults_and_a_load_does_not(
    kernel: Kernel, aspace: AddressSpace, root: VmAddressRegion, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(4 * PAGE)
    place(root, vmo, 0, 4)
    kernel.memory.pages = 1
    assert aspace.store(at(1) - 1, b"xy") == Fault(FaultKind.NO_MEMORY, at(1))
    assert aspace.load(at(1) - 1, 2) == b"x\0"
    assert aspace.store(at(2) + 9, b"y") == Fault(FaultKind.NO_MEMORY, at(2) + 9)
    assert aspace.store(at(0), b"y") is None
    assert kernel.memory.used == 1


def test_a_store_through_a_clones_mapping_forks_the_page(
    kernel: Kernel, aspace: AddressSpace, root: VmAddressRegion, new_vmo: NewVmo
) -> None:
    parent = new_vmo(PAGE)
    parent.write(0, b"\x99" * PAGE)
    clone = parent.clone(0, PAGE, resizable=True)
    place(root, clone, 0, 1)
    assert aspace.load(at(0), 1) == b"\x99"
    assert kernel.memory.used == 1
    assert aspace.store(at(0), b"\x01") is None
    assert aspace.load(at(0), 2) == b"\x01\x99"
    assert parent.read(0, 2) == b"\x99\x99"
    assert kernel.memory.used == 2


def test_a_clone_page_whose_parent_shrank_reads_as_zeros_without_a_fault(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    clone = vmo.clone(0, 2 * PAGE, resizable=True)
    place(root, clone, 0, 2)
    vmo.resize(PAGE)
    assert aspace.load(at(1) - 1, 2) == b"\1\0"
    assert aspace.store(at(1), b"\x07") is None
    assert aspace.load(at(1), 2) == b"\x07\0"


def test_a_change_is_seen_at_once_in_every_process_that_maps_the_vmo(
    process: Process, other: Process, vmo: VmObject
) -> None:
    place(process.aspace.root, vmo, 0, 2)
    place(other.aspace.root, vmo, 5, 1, perms=R, offset=1)
    assert process.aspace.store(at(1) + 3, b"seen") is None
    assert other.aspace.load(at(5) + 3, 4) == b"seen"


def test_uncached_and_physical_memory_can_be_touched(
    kernel: Kernel, aspace: AddressSpace, root: VmAddressRegion, new_vmo: NewVmo
) -> None:
    device = VmObject(kernel, PAGE, resizable=False, paddr=0xFEE0_0000)
    uncached = new_vmo(PAGE)
    uncached.cache_policy = CachePolicy.UNCACHED
    place(root, device, 0, 2)
    place(root, uncached, 5, 1)
    for page in (0, 5):
        assert aspace.store(at(page), b"x") is None
        assert aspace.load(at(page), 2) == b"x\0"
    assert aspace.load(at(1), 1) == Fault(FaultKind.VMO_END, at(1))
    assert kernel.memory.used == 1


def test_what_is_taken_away_faults_at_the_next_touch(
    aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    mapping = place(root, vmo, 0, 4)
    assert aspace.store(at(0), b"data") is None
    mapping.perms = 0
    assert aspace.load(at(0), 4) == Fault(FaultKind.PERMISSION, at(0))
    mapping.perms = R
    assert aspace.load(at(0), 4) == b"data"
    root.unmap(at(1), PAGE)
    assert aspace.load(at(0), 4) == b"data"
    assert aspace.load(at(1), 1) == Fault(FaultKind.HOLE, at(1))
    assert aspace.load(at(2), 1) == b"\3"


def test_accesses_of_no_bytes_do_nothing(aspace: AddressSpace) -> None:
    assert aspace.load(at(0), 0) == b""
    assert aspace.store(at(0), b"") is None


# The end --------------------------------------------------------------------------


def test_a_destroyed_space_is_an_empty_stand_in(
    kernel: Kernel, aspace: AddressSpace, root: VmAddressRegion, vmo: VmObject
) -> None:
    place(root, vmo, 0, 4)
    inner = root.allocate(at(8), PAGE, 0x3C0)
    place(inner, vmo, 8, 1)
    aspace.destroy()
    assert aspace.root is root
    assert (root.alive, inner.alive, root.children, list(vmo.mappings)) == (False, False, [], [])
    assert (root.base, root.size) == (0x1000000, 0x7FFFFEFFF000)
    assert aspace.find_mapping(at(0)) is None
    assert aspace.neighbours(at(0)) == (at(0), None, None)
    assert aspace.extents(at(0), PAGE) == [Extent(at(0), at(1), HOLE)]
    assert aspace.load(at(0), 1) == Fault(FaultKind.HOLE, at(0))
    assert aspace.store(at(0), b"x") == Fault(FaultKind.HOLE, at(0))
    assert kernel.memory.used == 8
