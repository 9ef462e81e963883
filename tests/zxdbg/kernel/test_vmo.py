"""VMOs: content, clones, sizes, lifetime and what they cost. Spec 07, sections 1, 2, 6 to 8, 10."""

from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.fork import Fork
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import VmMapping
from zxdbg.kernel.vmo import ZERO_CHILDREN, CachePolicy, VmObject

PAGE = 4096
MAX_SIZE = 0xFFFF_FFFF_FFFF_F000

NewVmo = Callable[[int], VmObject]
Count = Callable[[Kernel], int]
CloseAll = Callable[[object], None]


def pattern(length: int, salt: int = 1) -> bytes:
    """Return bytes no two neighbouring pages of which are alike."""
    return bytes((at * 7 + (at >> 12) * 31 + salt) & 0xFF or 1 for at in range(length))


def page_of(byte: int) -> bytes:
    return bytes([byte]) * PAGE


def committed(*vmos: VmObject) -> list[int]:
    return [vmo.committed for vmo in vmos]


def first_bytes(vmo: VmObject) -> list[int]:
    """Return the first byte of each page."""
    return [vmo.read(at, 1)[0] for at in range(0, vmo.size, PAGE)]


def clone_of(vmo: VmObject, offset: int = 0, size: int | None = None) -> VmObject:
    """Clone a VMO; a handle in transit holds the clone."""
    child = vmo.clone(offset, vmo.size if size is None else size, resizable=True)
    assert vmo.kernel.handles.make(child, 0) is not None
    return child


def squeeze(kernel: Kernel, free: int) -> None:
    """Leave only so many pages of physical memory."""
    kernel.memory.pages = kernel.memory.used + free


# A single VMO ---------------------------------------------------------------------


def test_a_new_vmo_is_empty_cached_and_without_relatives(kernel: Kernel) -> None:
    vmo = VmObject(kernel, 3 * PAGE)
    assert (vmo.size, vmo.resizable, vmo.committed) == (3 * PAGE, True, 0)
    assert (vmo.name, vmo.signals, vmo.cache_policy) == ("", ZERO_CHILDREN, CachePolicy.CACHED)
    assert (vmo.parent, vmo.parent_offset) == (None, 0)
    assert (list(vmo.children), list(vmo.mappings), vmo.pinned) == ([], [], set())
    assert not vmo.is_physical


def test_zero_children_is_signal_bit_3() -> None:
    assert ZERO_CHILDREN == 0x8


def test_cache_policies_have_zircons_numbers_and_words() -> None:
    assert {policy.word: policy.value for policy in CachePolicy} == {
        "cached": 0,
        "uncached": 1,
        "uncached-device": 2,
        "write-combining": 3,
    }


def test_pages_that_nobody_wrote_read_as_zeros_and_commit_nothing(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(4 * PAGE)
    assert vmo.read(0, 4 * PAGE) == bytes(4 * PAGE)
    assert vmo.read(PAGE - 1, 2) == b"\0\0"
    assert (vmo.committed, kernel.memory.used) == (0, 0)


def test_one_byte_commits_one_whole_page(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(4 * PAGE)
    assert vmo.write(PAGE + 5, b"x") == 1
    assert vmo.read(PAGE, PAGE) == bytes(5) + b"x" + bytes(PAGE - 6)
    assert (list(vmo.pages.table), kernel.memory.used) == ([1], 1)


def test_writing_a_committed_page_again_costs_nothing(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(2 * PAGE)
    for data in (b"first", b"second", page_of(3), b"fourth", page_of(5) * 2, b"sixth"):
        assert vmo.write(0, data) == len(data)
    assert vmo.read(0, 8) == b"sixth\5\5\5"
    assert (vmo.committed, kernel.memory.used) == (2, 2)


def test_an_empty_write_commits_nothing(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(2 * PAGE)
    for offset in (0, 5, PAGE, 2 * PAGE):
        assert vmo.write(offset, b"") == 0
    assert (vmo.committed, kernel.memory.used) == (0, 0)


def test_an_empty_read_is_empty_even_at_the_end(new_vmo: NewVmo) -> None:
    vmo = new_vmo(2 * PAGE)
    vmo.write(0, pattern(2 * PAGE))
    assert [vmo.read(offset, 0) for offset in (0, 5, PAGE, 2 * PAGE)] == [b""] * 4


OFFSETS = [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1, 2 * PAGE]
LENGTHS = [1, 2, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1, 2 * PAGE, 2 * PAGE + 1, 3 * PAGE]


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("length", LENGTHS)
def test_what_is_written_around_page_borders_is_what_is_read(
    kernel: Kernel, new_vmo: NewVmo, offset: int, length: int
) -> None:
    vmo = new_vmo(6 * PAGE)
    data = pattern(length)
    assert vmo.write(offset, data) == length
    assert vmo.read(offset, length) == data
    assert vmo.read(0, 6 * PAGE) == bytes(offset) + data + bytes(6 * PAGE - offset - length)
    touched = (offset + length - 1) // PAGE - offset // PAGE + 1
    assert (vmo.committed, kernel.memory.used) == (touched, touched)


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("length", LENGTHS)
def test_what_is_read_around_page_borders_is_the_slice_of_the_whole(
    new_vmo: NewVmo, offset: int, length: int
) -> None:
    vmo, whole = new_vmo(6 * PAGE), pattern(6 * PAGE)
    vmo.write(0, whole[: 3 * PAGE + 7])
    for at in range(3 * PAGE + 7, 6 * PAGE, 1000):
        vmo.write(at, whole[at : at + 1000])
    assert vmo.read(offset, length) == whole[offset : offset + length]


@pytest.mark.parametrize("offset", [0, 1, PAGE - 1, PAGE, 3 * PAGE + 5])
@pytest.mark.parametrize("length", [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE + 7, 20 * PAGE])
@pytest.mark.parametrize("is_clone", [False, True])
@pytest.mark.parametrize("free", [2, 40])
def test_a_fill_is_a_write_of_as_many_bytes(
    new_vmo: NewVmo, kernel: Kernel, offset: int, length: int, is_clone: bool, free: int
) -> None:
    filled, written = new_vmo(30), new_vmo(30)
    for vmo in (filled, written):
        vmo.write(2 * PAGE - 2, b"before")
    if is_clone:
        filled, written = clone_of(filled), clone_of(written)
    done = []
    for vmo in (filled, written):
        squeeze(kernel, free)
        done.append(
            vmo.fill(offset, 7, length) if vmo is filled else vmo.write(offset, b"\7" * length)
        )
    assert done[0] == done[1]
    assert filled.read(0, 30 * PAGE) == written.read(0, 30 * PAGE)
    assert committed(filled) == committed(written)


def test_a_write_to_a_filled_page_changes_no_other_page_of_the_fill(new_vmo: NewVmo) -> None:
    vmo = new_vmo(3)
    vmo.fill(0, 7, 3 * PAGE)
    vmo.write(PAGE + 1, b"x")
    assert vmo.read(0, PAGE) == vmo.read(2 * PAGE, PAGE) == b"\7" * PAGE
    assert vmo.read(PAGE, 3) == b"\7x\7"


def test_a_bulk_write_over_small_ones_replaces_them(new_vmo: NewVmo) -> None:
    vmo = new_vmo(4 * PAGE)
    vmo.write(PAGE + 10, b"small")
    vmo.write(100, page_of(9) * 3)
    assert vmo.read(0, 4 * PAGE) == bytes(100) + page_of(9) * 3 + bytes(PAGE - 100)


def test_a_small_write_never_reaches_the_payload_of_a_bulk_write(new_vmo: NewVmo) -> None:
    one, two, data = new_vmo(4 * PAGE), new_vmo(4 * PAGE), pattern(3 * PAGE)
    one.write(0, data)
    two.write(PAGE, data)
    one.write(PAGE + 1, b"changed")
    assert data == pattern(3 * PAGE)
    assert two.read(PAGE, 3 * PAGE) == pattern(3 * PAGE)
    assert one.read(PAGE, 9) == data[PAGE : PAGE + 1] + b"changed" + data[PAGE + 8 : PAGE + 9]


@pytest.mark.parametrize("size", [2**40, 2**63, MAX_SIZE])
def test_a_huge_vmo_costs_only_what_is_written(kernel: Kernel, new_vmo: NewVmo, size: int) -> None:
    vmo = new_vmo(size)
    vmo.write(size - 3, b"end")
    assert vmo.read(size - 5, 5) == b"\0\0end"
    assert (vmo.committed, kernel.memory.used) == (1, 1)
    vmo.resize(PAGE)
    assert (vmo.committed, kernel.memory.used) == (0, 0)


def test_a_page_can_be_committed_without_a_write(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(2 * PAGE)
    assert vmo.own_page(1) == bytearray(PAGE)
    assert vmo.own_page(1) is vmo.own_page(1)
    assert (committed(vmo), kernel.memory.used) == ([1], 1)


# Memory that runs out -------------------------------------------------------------


def test_a_write_that_just_fits_into_memory_is_whole(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(4 * PAGE)
    squeeze(kernel, 3)
    assert vmo.write(0, pattern(3 * PAGE)) == 3 * PAGE
    assert (kernel.memory.used, kernel.memory.free) == (3, 0)


def test_a_write_to_a_full_memory_writes_nothing(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(4 * PAGE)
    squeeze(kernel, 0)
    for data in (b"x", page_of(1), page_of(1) * 2):
        assert vmo.write(0, data) == 0
        assert vmo.write(PAGE - 1, data) == 0
    assert vmo.read(0, 4 * PAGE) == bytes(4 * PAGE)
    assert (vmo.committed, kernel.memory.used) == (0, 0)


@pytest.mark.parametrize("free", [1, 2, 3, 4])
@pytest.mark.parametrize("offset", [0, 1, 100, PAGE - 1, PAGE])
def test_when_memory_runs_out_the_pages_before_stay_written(
    kernel: Kernel, new_vmo: NewVmo, free: int, offset: int
) -> None:
    vmo, data = new_vmo(8 * PAGE), pattern(5 * PAGE)
    squeeze(kernel, free)
    fitted = free * PAGE - offset % PAGE
    assert vmo.write(offset, data) == fitted
    assert vmo.read(0, 8 * PAGE) == (bytes(offset) + data[:fitted]).ljust(8 * PAGE, b"\0")
    assert (vmo.committed, kernel.memory.used, kernel.memory.free) == (free, free, 0)


def test_a_bulk_write_needs_memory_only_for_pages_that_are_new(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    vmo, data = new_vmo(5 * PAGE), pattern(5 * PAGE)
    for index in (0, 2, 3):
        vmo.write(index * PAGE, b"x")
    squeeze(kernel, 2)
    assert vmo.write(0, data) == 5 * PAGE
    assert vmo.read(0, 5 * PAGE) == data
    assert (vmo.committed, kernel.memory.used, kernel.memory.free) == (5, 5, 0)
    assert vmo.write(7, data[: 4 * PAGE]) == 4 * PAGE
    assert vmo.read(7, 4 * PAGE) == data[: 4 * PAGE]
    assert kernel.memory.used == 5


def test_a_bulk_write_stops_at_the_first_new_page_that_finds_no_memory(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(5 * PAGE)
    for index in (0, 2, 4):
        vmo.write(index * PAGE, b"x")
    squeeze(kernel, 1)
    assert vmo.write(0, page_of(9) * 5) == 3 * PAGE
    assert first_bytes(vmo) == [9, 9, 9, 0, ord("x")]
    assert kernel.memory.used == 4


def test_memory_that_a_shrink_frees_can_be_used_by_another_vmo(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    one, two = new_vmo(3 * PAGE), new_vmo(3 * PAGE)
    squeeze(kernel, 3)
    one.write(0, pattern(3 * PAGE))
    assert two.write(0, b"x") == 0
    one.resize(PAGE)
    assert kernel.memory.free == 2
    assert two.write(0, pattern(3 * PAGE)) == 2 * PAGE
    assert (committed(one, two), kernel.memory.used) == ([1, 2], 3)


# Sizes ----------------------------------------------------------------------------


def test_a_shrink_frees_the_pages_that_it_cuts_off(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(4 * PAGE)
    vmo.write(0, pattern(4 * PAGE))
    vmo.resize(PAGE)
    assert (vmo.size, vmo.committed, kernel.memory.used) == (PAGE, 1, 1)
    assert vmo.read(0, PAGE) == pattern(PAGE)
    vmo.resize(0)
    assert (vmo.size, vmo.committed, kernel.memory.used) == (0, 0, 0)


def test_what_was_cut_off_reads_as_zeros_when_the_vmo_grows_back(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(3 * PAGE)
    vmo.write(0, page_of(1) * 3)
    vmo.resize(PAGE)
    vmo.resize(4 * PAGE)
    assert first_bytes(vmo) == [1, 0, 0, 0]
    assert (vmo.committed, kernel.memory.used) == (1, 1)


def test_growing_commits_nothing_and_keeps_what_is_there(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(PAGE)
    vmo.write(0, pattern(PAGE))
    vmo.resize(2**40)
    assert vmo.read(0, 2 * PAGE) == pattern(PAGE) + bytes(PAGE)
    assert kernel.memory.used == 1


# Clones ---------------------------------------------------------------------------


def test_a_clone_starts_without_pages_and_shows_its_parent(kernel: Kernel, new_vmo: NewVmo) -> None:
    parent = new_vmo(3 * PAGE)
    parent.write(0, pattern(3 * PAGE))
    child = clone_of(parent)
    assert (child.size, child.parent, child.parent_offset) == (3 * PAGE, parent, 0)
    assert child.koid == parent.koid + 1
    assert child.read(100, 2 * PAGE) == pattern(3 * PAGE)[100 : 100 + 2 * PAGE]
    assert (committed(parent, child), kernel.memory.used) == ([3, 0], 3)


@pytest.mark.parametrize("resizable", [True, False])
def test_a_clone_is_as_resizable_as_it_is_asked_to_be(new_vmo: NewVmo, resizable: bool) -> None:
    assert new_vmo(PAGE).clone(0, PAGE, resizable=resizable).resizable is resizable


def test_a_clone_at_an_offset_shows_the_parent_from_there(new_vmo: NewVmo) -> None:
    parent = new_vmo(4 * PAGE)
    parent.write(0, b"".join(map(page_of, (1, 2, 3, 4))))
    assert first_bytes(clone_of(parent, PAGE, 2 * PAGE)) == [2, 3]


def test_a_clone_reaching_past_its_parents_end_shows_zeros_there(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    parent = new_vmo(4 * PAGE)
    parent.write(0, b"".join(map(page_of, (1, 2, 3, 4))))
    child, beyond = clone_of(parent, PAGE), clone_of(parent, 0x100000, PAGE)
    assert first_bytes(child) == [2, 3, 4, 0]
    assert first_bytes(beyond) == [0]
    assert beyond.write(5, b"fresh") == 5
    assert child.write(3 * PAGE, b"fresh") == 5
    assert beyond.read(0, PAGE) == bytes(5) + b"fresh" + bytes(PAGE - 10)
    assert (committed(parent, child, beyond), kernel.memory.used) == ([4, 1, 1], 6)


def test_a_parents_write_is_seen_in_clone_pages_that_have_not_forked(new_vmo: NewVmo) -> None:
    parent = new_vmo(3 * PAGE)
    parent.write(0, page_of(1) * 2)
    child = clone_of(parent)
    child.write(0, b"\x09")
    for index in range(3):
        parent.write(index * PAGE, b"\x05")
    assert first_bytes(child) == [9, 5, 5]
    assert first_bytes(parent) == [5, 5, 5]
    assert child.read(1, 3) == b"\1\1\1"


def test_a_clones_write_copies_the_whole_page_and_spares_the_parent(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, pattern(2 * PAGE))
    child = clone_of(parent)
    child.write(10, b"own")
    assert child.read(0, PAGE) == pattern(10) + b"own" + pattern(PAGE)[13:]
    assert child.read(PAGE, PAGE) == pattern(2 * PAGE)[PAGE:]
    assert parent.read(0, 2 * PAGE) == pattern(2 * PAGE)
    assert (committed(parent, child), kernel.memory.used) == ([2, 1], 3)


def test_a_bulk_write_to_a_clone_spares_the_parent(kernel: Kernel, new_vmo: NewVmo) -> None:
    parent, data = new_vmo(5 * PAGE), pattern(3 * PAGE, 77)
    parent.write(0, pattern(5 * PAGE))
    child = clone_of(parent)
    assert child.write(500, data) == 3 * PAGE
    whole = pattern(5 * PAGE)
    assert child.read(0, 5 * PAGE) == whole[:500] + data + whole[500 + 3 * PAGE :]
    assert parent.read(0, 5 * PAGE) == whole
    assert (committed(parent, child), kernel.memory.used) == ([5, 4], 9)


def test_two_clones_of_one_parent_are_independent(new_vmo: NewVmo) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, page_of(1) * 2)
    one, two = clone_of(parent), clone_of(parent)
    one.write(0, b"\x02")
    two.write(PAGE, b"\x03")
    assert [first_bytes(vmo) for vmo in (parent, one, two)] == [[1, 1], [2, 1], [1, 3]]
    assert committed(parent, one, two) == [2, 1, 1]


def test_committing_a_clones_page_copies_the_ancestors(kernel: Kernel, new_vmo: NewVmo) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, page_of(4))
    child = clone_of(parent)
    assert child.own_page(0) == bytearray(page_of(4))
    assert child.own_page(1) == bytearray(PAGE)
    parent.write(0, b"\x06")
    assert first_bytes(child) == [4, 0]
    assert (committed(parent, child), kernel.memory.used) == ([1, 2], 3)


def test_an_inherited_page_is_one_that_only_an_ancestor_has(new_vmo: NewVmo) -> None:
    grand = new_vmo(4 * PAGE)
    grand.write(0, page_of(1))
    middle = clone_of(grand)
    middle.write(PAGE, page_of(2))
    child = clone_of(middle)
    child.write(2 * PAGE, page_of(3))
    assert [child.inherits(index) for index in range(4)] == [True, True, False, False]
    assert [middle.inherits(index) for index in range(4)] == [True, False, False, False]
    assert [grand.inherits(index) for index in range(4)] == [False] * 4


# Clones of clones -----------------------------------------------------------------


def test_a_write_through_a_grandchild_copies_the_grandparents_page_into_the_middle_too(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    grand = new_vmo(2 * PAGE)
    grand.write(0, page_of(1) * 2)
    middle = clone_of(grand)
    child = clone_of(middle)
    child.write(0, b"\x09")
    assert (committed(grand, middle, child), kernel.memory.used) == ([2, 1, 1], 4)
    assert [first_bytes(vmo) for vmo in (grand, middle, child)] == [[1, 1], [1, 1], [9, 1]]


def test_the_middle_clone_stops_following_for_the_page_that_went_through_it(
    new_vmo: NewVmo,
) -> None:
    grand = new_vmo(2 * PAGE)
    grand.write(0, page_of(1) * 2)
    middle = clone_of(grand)
    child = clone_of(middle)
    child.write(0, b"\x09")
    grand.write(0, page_of(5) * 2)
    assert [first_bytes(vmo) for vmo in (grand, middle, child)] == [[5, 5], [1, 5], [9, 5]]


def test_a_grandchilds_sibling_sees_the_copy_in_the_middle(new_vmo: NewVmo) -> None:
    grand = new_vmo(PAGE)
    grand.write(0, page_of(1))
    middle = clone_of(grand)
    child, sibling = clone_of(middle), clone_of(middle)
    child.write(0, b"\x09")
    grand.write(0, b"\x05")
    middle.write(1, b"\x07")
    assert sibling.read(0, 3) == b"\1\7\1"
    assert child.read(0, 3) == b"\x09\1\1"


def test_clones_that_got_a_page_on_the_way_are_independent_of_each_other(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    chain = [new_vmo(PAGE)]
    chain[0].write(0, page_of(1))
    while len(chain) < 5:
        chain.append(clone_of(chain[-1]))
    chain[4].write(0, b"\x09")
    assert (committed(*chain), kernel.memory.used) == ([1] * 5, 5)
    for number, vmo in enumerate(chain[:4]):
        vmo.write(1, bytes((number + 2,)))
    assert [vmo.read(0, 3) for vmo in chain] == [
        b"\1\2\1",
        b"\1\3\1",
        b"\1\4\1",
        b"\1\5\1",
        b"\x09\1\1",
    ]
    assert kernel.memory.used == 5


def test_a_page_that_no_ancestor_has_is_committed_in_the_writer_only(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    grand = new_vmo(2 * PAGE)
    middle = clone_of(grand)
    child = clone_of(middle)
    child.write(PAGE, b"\x09")
    assert (committed(grand, middle, child), kernel.memory.used) == ([0, 0, 1], 1)


def test_the_copies_stop_at_the_nearest_ancestor_that_has_the_page(new_vmo: NewVmo) -> None:
    great = new_vmo(PAGE)
    great.write(0, page_of(1))
    grand = clone_of(great)
    grand.write(0, b"\x02")
    middle = clone_of(grand)
    child = clone_of(middle)
    child.write(1, b"\x09")
    assert committed(great, grand, middle, child) == [1, 1, 1, 1]
    assert child.read(0, 3) == b"\2\x09\1"
    assert middle.read(0, 3) == b"\2\1\1"


def test_a_bulk_write_through_a_grandchild_forks_the_middle_page_by_page(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    grand = new_vmo(4 * PAGE)
    grand.write(PAGE, page_of(1) * 2)
    middle = clone_of(grand)
    child = clone_of(middle)
    assert child.write(0, page_of(9) * 4) == 4 * PAGE
    assert (committed(grand, middle, child), kernel.memory.used) == ([2, 2, 4], 8)
    grand.write(0, page_of(5) * 4)
    assert first_bytes(middle) == [5, 1, 1, 5]
    assert first_bytes(child) == [9, 9, 9, 9]


def test_offsets_add_up_along_a_chain_and_each_middle_forks_its_own_page(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    great = new_vmo(8 * PAGE)
    great.write(0, b"".join(map(page_of, range(1, 9))))
    grand = clone_of(great, PAGE, 6 * PAGE)
    middle = clone_of(grand, 2 * PAGE, 4 * PAGE)
    child = clone_of(middle, PAGE, 2 * PAGE)
    assert first_bytes(grand) == [2, 3, 4, 5, 6, 7]
    assert first_bytes(middle) == [4, 5, 6, 7]
    assert first_bytes(child) == [5, 6]
    child.write(PAGE, b"\x63")
    assert [list(vmo.pages.table) for vmo in (grand, middle, child)] == [[4], [2], [1]]
    assert (committed(great, grand, middle, child), kernel.memory.used) == ([8, 1, 1, 1], 11)


@pytest.mark.parametrize(
    ("free", "counts"), [(0, [1, 0, 0, 0]), (1, [1, 1, 0, 0]), (2, [1, 1, 1, 0])]
)
def test_without_memory_the_copies_that_were_made_above_the_writer_stay(
    kernel: Kernel, new_vmo: NewVmo, pages_in_use: Count, free: int, counts: list[int]
) -> None:
    great = new_vmo(PAGE)
    great.write(0, page_of(1))
    grand = clone_of(great)
    middle = clone_of(grand)
    child = clone_of(middle)
    squeeze(kernel, free)
    assert child.write(0, b"\x09") == 0
    assert committed(great, grand, middle, child) == counts
    assert kernel.memory.used == pages_in_use(kernel) == sum(counts)
    assert [first_bytes(vmo) for vmo in (great, grand, middle, child)] == [[1]] * 4


# Clones and sizes -----------------------------------------------------------------


def test_a_shrinking_parent_turns_unforked_clone_pages_into_zeros(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    parent = new_vmo(4 * PAGE)
    parent.write(0, page_of(1) * 4)
    child = clone_of(parent)
    child.write(2 * PAGE, b"\x09")
    parent.resize(PAGE)
    assert first_bytes(child) == [1, 0, 9, 0]
    assert child.read(2 * PAGE, 3) == b"\x09\1\1"
    assert child.size == 4 * PAGE
    assert (committed(parent, child), kernel.memory.used) == ([1, 1], 2)


def test_a_parent_that_grows_back_shows_what_it_has_then(new_vmo: NewVmo) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, page_of(1) * 2)
    child = clone_of(parent)
    parent.resize(0)
    assert first_bytes(child) == [0, 0]
    parent.resize(2 * PAGE)
    assert first_bytes(child) == [0, 0]
    parent.write(PAGE, b"\x07")
    assert first_bytes(child) == [0, 7]


def test_a_write_to_a_clone_page_past_the_parents_end_gets_a_fresh_page(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    grand = new_vmo(2 * PAGE)
    grand.write(0, page_of(1) * 2)
    middle = clone_of(grand)
    child = clone_of(middle)
    grand.resize(PAGE)
    child.write(PAGE + 1, b"\x09")
    assert child.read(PAGE, 3) == b"\0\x09\0"
    assert (committed(grand, middle, child), kernel.memory.used) == ([1, 0, 1], 2)


def test_a_middle_clone_that_is_too_small_hides_the_grandparent(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    grand = new_vmo(2 * PAGE)
    grand.write(0, page_of(1) * 2)
    middle = clone_of(grand)
    child = clone_of(middle)
    middle.resize(PAGE)
    assert first_bytes(child) == [1, 0]
    child.write(PAGE, b"\x09")
    assert child.read(PAGE, 2) == b"\x09\0"
    middle.resize(2 * PAGE)
    assert first_bytes(middle) == [1, 1]
    assert (committed(grand, middle, child), kernel.memory.used) == ([2, 0, 1], 3)


def test_shrinking_and_growing_a_clone_shows_the_parent_again(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, page_of(1) * 2)
    child = clone_of(parent)
    child.write(0, page_of(9) * 2)
    child.resize(PAGE)
    assert (committed(parent, child), kernel.memory.used) == ([2, 1], 3)
    child.resize(2 * PAGE)
    assert first_bytes(child) == [9, 1]
    assert (committed(parent, child), kernel.memory.used) == ([2, 1], 3)


def test_growing_a_clone_shows_more_of_the_parent(new_vmo: NewVmo) -> None:
    parent = new_vmo(4 * PAGE)
    parent.write(0, b"".join(map(page_of, (1, 2, 3, 4))))
    child = clone_of(parent, PAGE, PAGE)
    assert first_bytes(child) == [2]
    child.resize(4 * PAGE)
    assert first_bytes(child) == [2, 3, 4, 0]


def test_a_clone_whose_offset_passes_two_to_the_64_shows_zeros_there(new_vmo: NewVmo) -> None:
    parent = new_vmo(MAX_SIZE)
    parent.write(MAX_SIZE - PAGE, page_of(7))
    parent.write(0, page_of(8))
    child = clone_of(parent, MAX_SIZE - PAGE, 0)
    child.resize(4 * PAGE)
    assert first_bytes(child) == [7, 0, 0, 0]
    child.write(2 * PAGE, b"\x01")
    assert first_bytes(child) == [7, 0, 1, 0]
    assert child.committed == 1


# Commit and decommit --------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last"), [(0, 0), (0, 1), (1, 3), (0, 4), (3, 4), (4, 4)], ids=str
)
def test_a_commit_gives_each_page_of_a_range_and_no_other(
    kernel: Kernel, new_vmo: NewVmo, pages_in_use: Count, first: int, last: int
) -> None:
    vmo = new_vmo(4 * PAGE)
    assert vmo.commit(first, last)
    assert sorted(vmo.pages.table) == list(range(first, last))
    assert vmo.read(0, 4 * PAGE) == bytes(4 * PAGE)
    assert kernel.memory.used == pages_in_use(kernel) == last - first


def test_a_commit_keeps_the_pages_that_are_there(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(4 * PAGE)
    vmo.write(PAGE + 3, b"kept")
    vmo.write(2 * PAGE, page_of(7))
    for _ in range(2):
        assert vmo.commit(0, 4)
        assert (vmo.committed, kernel.memory.used) == (4, 4)
        assert vmo.read(PAGE + 3, 4) == b"kept"
        assert first_bytes(vmo) == [0, 0, 7, 0]


def test_pages_that_were_committed_are_changed_one_by_one(kernel: Kernel, new_vmo: NewVmo) -> None:
    one, two = new_vmo(3 * PAGE), new_vmo(3 * PAGE)
    assert one.commit(0, 3)
    assert two.commit(0, 3)
    squeeze(kernel, 0)
    assert one.write(PAGE, b"\x05") == 1
    assert (first_bytes(one), first_bytes(two)) == ([0, 5, 0], [0, 0, 0])
    assert two.write(PAGE - 1, page_of(9)) == PAGE
    assert two.read(PAGE - 2, 3) == b"\0\x09\x09"
    assert first_bytes(new_vmo(PAGE)) == [0]


@pytest.mark.parametrize("free", [0, 1, 2])
def test_a_commit_without_memory_for_all_changes_nothing(
    kernel: Kernel, new_vmo: NewVmo, free: int
) -> None:
    vmo = new_vmo(5 * PAGE)
    vmo.write(PAGE, page_of(1) * 2)
    squeeze(kernel, free)
    assert not vmo.commit(0, 5)
    assert (sorted(vmo.pages.table), kernel.memory.used) == ([1, 2], 2)
    squeeze(kernel, 3)
    assert vmo.commit(0, 5)
    assert (vmo.committed, kernel.memory.free) == (5, 0)


def test_a_commit_of_what_is_there_needs_no_memory(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(2 * PAGE)
    vmo.write(0, page_of(1) * 2)
    squeeze(kernel, 0)
    assert vmo.commit(0, 2)
    assert vmo.commit(1, 1)
    assert kernel.memory.used == 2


@pytest.mark.parametrize("cloned", [False, True])
def test_a_commit_of_more_than_any_machine_has_is_refused_at_once(
    kernel: Kernel, new_vmo: NewVmo, cloned: bool
) -> None:
    vmo = new_vmo(MAX_SIZE)
    target = clone_of(vmo) if cloned else vmo
    assert not target.commit(0, MAX_SIZE // PAGE)
    assert (target.committed, kernel.memory.used) == (0, 0)


def test_a_commit_of_a_clone_copies_what_its_parent_has(kernel: Kernel, new_vmo: NewVmo) -> None:
    parent = new_vmo(4 * PAGE)
    parent.write(0, page_of(1) * 3)
    child = clone_of(parent, PAGE)
    child.write(0, b"\x09")
    assert child.commit(0, 4)
    parent.write(0, page_of(5) * 4)
    assert first_bytes(child) == [9, 1, 0, 0]
    assert child.read(1, 2) == b"\1\1"
    assert (committed(parent, child), kernel.memory.used) == ([4, 4], 8)


def test_a_commit_of_a_grandchild_forks_the_middle_where_an_ancestor_has_the_page(
    kernel: Kernel, new_vmo: NewVmo, pages_in_use: Count
) -> None:
    grand = new_vmo(4 * PAGE)
    grand.write(0, page_of(1) * 2)
    middle = clone_of(grand)
    middle.write(0, b"\x02")
    child = clone_of(middle)
    assert child.commit(0, 4)
    assert [sorted(vmo.pages.table) for vmo in (grand, middle, child)] == [
        [0, 1],
        [0, 1],
        [0, 1, 2, 3],
    ]
    assert first_bytes(child) == [2, 1, 0, 0]
    assert kernel.memory.used == pages_in_use(kernel) == 8


@pytest.mark.parametrize(("free", "fits"), [(2, False), (3, False), (4, True)])
def test_a_commit_of_a_grandchild_counts_the_copies_in_the_middle_too(
    kernel: Kernel, new_vmo: NewVmo, pages_in_use: Count, free: int, fits: bool
) -> None:
    grand = new_vmo(3 * PAGE)
    grand.write(0, page_of(1))
    middle = clone_of(grand)
    child = clone_of(middle)
    squeeze(kernel, free)
    assert child.commit(0, 3) is fits
    assert committed(grand, middle, child) == ([1, 1, 3] if fits else [1, 0, 0])
    assert kernel.memory.used == pages_in_use(kernel) == (5 if fits else 1)


def test_a_decommit_frees_pages_which_read_as_zeros_then(
    kernel: Kernel, new_vmo: NewVmo, pages_in_use: Count
) -> None:
    vmo = new_vmo(4 * PAGE)
    vmo.write(0, page_of(1) * 3)
    vmo.write(5, b"\x09")
    vmo.decommit(0, 2)
    assert first_bytes(vmo) == [0, 0, 1, 0]
    assert vmo.read(5, 1) == b"\0"
    assert kernel.memory.used == pages_in_use(kernel) == 1
    vmo.decommit(0, 2)
    vmo.decommit(3, 4)
    vmo.decommit(2, 2)
    assert kernel.memory.used == 1
    vmo.write(1, b"\x07")
    assert vmo.read(0, 3) == b"\0\7\0"
    vmo.decommit(0, 4)
    assert (vmo.committed, vmo.size, kernel.memory.used) == (0, 4 * PAGE, 0)


def test_a_decommit_of_a_clone_shows_the_parent_again(kernel: Kernel, new_vmo: NewVmo) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, page_of(1) * 2)
    child = clone_of(parent)
    child.write(0, page_of(9) * 2)
    parent.write(PAGE, page_of(5))
    child.decommit(0, 2)
    assert (first_bytes(parent), first_bytes(child)) == ([1, 5], [1, 5])
    assert (committed(parent, child), kernel.memory.used) == ([2, 0], 2)


def test_a_decommit_of_a_parent_spares_the_pages_that_forked(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, page_of(1) * 2)
    child = clone_of(parent)
    child.write(0, b"\x09")
    parent.decommit(0, 2)
    assert (first_bytes(parent), first_bytes(child)) == ([0, 0], [9, 0])
    assert child.read(1, 1) == b"\1"
    assert (committed(parent, child), kernel.memory.used) == ([0, 1], 1)


def test_memory_that_a_decommit_frees_can_be_committed_elsewhere(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    one, two = new_vmo(2 * PAGE), new_vmo(2 * PAGE)
    assert one.commit(0, 2)
    squeeze(kernel, 0)
    assert not two.commit(0, 1)
    one.decommit(1, 2)
    assert two.commit(0, 1)
    assert (committed(one, two), kernel.memory.free) == ([1, 1], 0)


def test_only_contiguous_memory_is_contiguous_and_pinned(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(PAGE)
    assert vmo.commit(0, 1)
    for one in (vmo, clone_of(vmo), VmObject(kernel, PAGE, paddr=0)):
        assert (one.contiguous, one.pinned) == (False, set())


def test_a_copy_of_the_kernel_keeps_what_is_contiguous_and_pinned(kernel: Kernel) -> None:
    vmo = VmObject(kernel, 2 * PAGE, resizable=False)
    vmo.contiguous, vmo.pinned = True, {0, 1}
    assert vmo.commit(0, 2)
    twin = Fork(vmo).of(vmo)
    assert (twin.contiguous, twin.pinned, twin.committed) == (True, {0, 1}, 2)
    twin.pinned.clear()
    twin.write(0, b"\x01")
    twin.decommit(1, 2)
    assert (vmo.pinned, first_bytes(vmo), vmo.committed) == ({0, 1}, [0, 0], 2)
    assert (kernel.memory.used, twin.kernel.memory.used) == (2, 1)


# Lifetime -------------------------------------------------------------------------


def test_a_vmo_without_handles_frees_its_memory(
    kernel: Kernel, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    vmo = new_vmo(2 * PAGE)
    vmo.write(0, pattern(2 * PAGE))
    close_all(vmo)
    assert kernel.memory.used == 0


def test_a_vmo_with_another_handle_stays(
    kernel: Kernel, process: Process, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    vmo = new_vmo(PAGE)
    kernel.grant(process, vmo, 0)
    vmo.write(0, b"stays")
    kernel.handles.destroy(process.handle_list[0])
    assert (vmo.handles, vmo.read(0, 5), kernel.memory.used) == (1, b"stays", 1)
    close_all(vmo)
    assert kernel.memory.used == 0


def test_a_mapping_keeps_a_vmo_alive_after_its_last_handle(
    kernel: Kernel, process: Process, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    vmo = new_vmo(PAGE)
    vmo.write(0, b"stays")
    root = process.aspace.root
    mapping = VmMapping(root.base, PAGE, vmo, 0, 1, 7)
    root.insert(mapping)
    assert list(vmo.mappings) == [mapping]
    close_all(vmo)
    assert (vmo.read(0, 5), kernel.memory.used) == (b"stays", 1)
    mapping.remove()
    assert (list(vmo.mappings), kernel.memory.used) == ([], 0)


def test_a_clone_keeps_its_parent_alive(
    kernel: Kernel, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    parent = new_vmo(2 * PAGE)
    parent.write(0, page_of(1) * 2)
    child = clone_of(parent)
    close_all(parent)
    assert (first_bytes(child), kernel.memory.used) == ([1, 1], 2)
    child.write(0, b"\x02")
    assert kernel.memory.used == 3
    close_all(child)
    assert kernel.memory.used == 0


def test_zero_children_is_lowered_by_the_first_clone_and_raised_after_the_last(
    new_vmo: NewVmo, close_all: CloseAll
) -> None:
    parent = new_vmo(PAGE)
    words = [parent.signals]
    one = clone_of(parent)
    words.append(parent.signals)
    two = clone_of(parent)
    close_all(one)
    words.append(parent.signals)
    assert list(parent.children) == [two]
    close_all(two)
    words.append(parent.signals)
    assert words == [0x8, 0, 0, 0x8]
    assert list(parent.children) == []


def test_a_closed_clone_still_counts_while_it_is_mapped(
    kernel: Kernel, process: Process, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    parent = new_vmo(PAGE)
    child = clone_of(parent)
    child.write(0, b"x")
    root = process.aspace.root
    mapping = VmMapping(root.base, PAGE, child, 0, 1, 7)
    root.insert(mapping)
    close_all(child)
    assert (list(parent.children), parent.signals, kernel.memory.used) == ([child], 0, 1)
    mapping.remove()
    assert (list(parent.children), parent.signals, kernel.memory.used) == ([], 0x8, 0)


def test_a_closed_clone_still_counts_while_it_has_a_clone_itself(
    kernel: Kernel, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    grand = new_vmo(PAGE)
    middle = clone_of(grand)
    middle.write(0, page_of(5))
    child = clone_of(middle)
    close_all(middle)
    assert (list(grand.children), grand.signals) == ([middle], 0)
    assert (first_bytes(child), kernel.memory.used) == ([5], 1)
    close_all(child)
    assert (list(grand.children), grand.signals, kernel.memory.used) == ([], 0x8, 0)


def test_a_chain_of_3000_clones_goes_with_its_last_handle(
    kernel: Kernel, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    first = new_vmo(PAGE)
    first.write(0, page_of(1))
    vmo = first
    for _ in range(3000):
        vmo = vmo.clone(0, PAGE, resizable=True)
    assert kernel.handles.make(vmo, 0) is not None
    assert vmo.write(0, b"\x02") == 1
    assert kernel.memory.used == 3001
    close_all(first)
    assert (vmo.read(0, 2), kernel.memory.used) == (b"\2\1", 3001)
    close_all(vmo)
    assert kernel.memory.used == 0


# Physical VMOs --------------------------------------------------------------------


def test_a_physical_vmo_is_uncached_and_costs_no_memory(kernel: Kernel, process: Process) -> None:
    vmo = VmObject(kernel, 2 * PAGE, resizable=False, paddr=0xFEE0_0000)
    kernel.grant(process, vmo, 0)
    assert (vmo.is_physical, vmo.cache_policy) == (True, CachePolicy.UNCACHED)
    squeeze(kernel, 0)
    assert vmo.write(10, pattern(PAGE)) == PAGE
    assert vmo.read(10, PAGE) == pattern(PAGE)
    assert (vmo.committed, kernel.memory.used) == (0, 0)
    kernel.handles.destroy(process.handle_list[0])
    assert kernel.memory.used == 0


def test_physical_address_zero_is_physical_too(kernel: Kernel) -> None:
    assert VmObject(kernel, PAGE, resizable=False, paddr=0).is_physical
