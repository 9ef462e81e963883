from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel.aspace import Fault
from zxdbg.kernel.limits import USER_BASE, USER_END
from zxdbg.kernel.vmar import VmMapping
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls.buffers import (
    GOOD,
    Data,
    Fill,
    Pointer,
    fetch,
    move_in,
    probe_offsets,
    store,
    unreadable_at,
)

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import World

PAGE = 4096
TOP = 1 << 64
WILD = 0x2000_0000_0000
KERNEL = 0xFFFF_FF80_0000_0000
OUTSIDE = [0, 1, USER_BASE - 1, USER_END, 1 << 47, KERNEL, TOP - 1]


def top_page(world: "World") -> int:
    """Map the last page that a program can have; return its address."""
    base = USER_END - PAGE
    vmo = VmObject(world.kernel, PAGE)
    world.me.aspace.root.insert(VmMapping(base, PAGE, vmo, 0, 3, 7))
    return base


# Probing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "offsets"),
    [
        (1, [0]),
        (2, [0, 1]),
        (PAGE, [0, PAGE - 1]),
        (PAGE + 1, [0, PAGE]),
        (PAGE + 2, [0, PAGE, PAGE + 1]),
        (3 * PAGE, [0, PAGE, 2 * PAGE, 3 * PAGE - 1]),
    ],
)
def test_a_buffer_is_probed_at_each_page_and_at_its_last_byte(
    length: int, offsets: list[int]
) -> None:
    assert list(probe_offsets(length)) == offsets


@pytest.mark.parametrize("length", [1 << 62, TOP - 1])
def test_a_probe_of_any_length_begins_at_once(length: int) -> None:
    assert next(iter(probe_offsets(length))) == 0


@pytest.mark.parametrize(
    ("data", "length", "bad"),
    [
        (b"abc", 3, None),
        (b"abc", 2, None),
        (b"abc", 4, 3),
        (b"", 1, 0),
        (b"abc", TOP - 1, 3),
        (Fill(1, 5), 5, None),
        (Fill(1, 5), 6, 5),
        (Fill(1, 1 << 40), 1 << 40, None),
        (None, 1, 0),
        (Pointer(0), 1, 0),
        (Pointer(WILD), 1, 0),
    ],
)
def test_the_first_byte_that_cannot_be_read_is_named(
    world: "World", data: Data, length: int, bad: int | None
) -> None:
    assert unreadable_at(world.me, data, length) == bad


@pytest.mark.parametrize(
    ("start", "length", "bad"),
    [
        (0, PAGE, None),
        (0, 2 * PAGE, None),
        (0, 2 * PAGE + 1, 2 * PAGE),
        (0, 2 * PAGE + 9, 2 * PAGE),
        (1, 2 * PAGE, 2 * PAGE - 1),
        (PAGE, PAGE + 1, PAGE),
        (0, 1 << 62, 2 * PAGE),
    ],
)
def test_a_pointer_is_probed_in_the_callers_memory(
    world: "World", start: int, length: int, bad: int | None
) -> None:
    address = world.scratch(pages=2) + start
    assert unreadable_at(world.me, Pointer(address), length) == bad


@pytest.mark.parametrize("start", [0, 1, PAGE - 1, PAGE])
@pytest.mark.parametrize("perms", [[1, 1, 0], [1, 0, 1], [3, 1, 1]])
def test_the_probe_of_several_mappings_fails_where_a_page_of_it_would(
    world: "World", start: int, perms: list[int]
) -> None:
    base = USER_BASE + 0x4000_0000
    for at, each in enumerate(perms):
        vmo = VmObject(world.kernel, (2 - at % 2) * PAGE)
        mapping = VmMapping(base + 2 * at * PAGE, 2 * PAGE, vmo, 0, each, 7)
        world.me.aspace.root.insert(mapping)
    for length in (1, PAGE, 2 * PAGE, 2 * PAGE + 1, 3 * PAGE, 5 * PAGE, 7 * PAGE):
        tried = [
            offset
            for offset in probe_offsets(length)
            if isinstance(world.me.aspace.load(base + start + offset, 1), Fault)
        ]
        bad = unreadable_at(world.me, Pointer(base + start), length)
        assert bad == (tried[0] if tried else None)


def test_a_probe_takes_a_mapping_at_a_time(world: "World") -> None:
    size = 1 << 44
    vmo = VmObject(world.kernel, size)
    base = USER_BASE + 0x4000_0000
    world.me.aspace.root.insert(VmMapping(base, size, vmo, 0, 3, 7))
    assert unreadable_at(world.me, Pointer(base), size) is None
    # The last byte is past the mapping; no byte of a page before it is.
    assert unreadable_at(world.me, Pointer(base + 1), size) == size - 1


def test_memory_that_may_not_be_read_is_unreadable(world: "World") -> None:
    assert unreadable_at(world.me, Pointer(world.scratch(perms=0)), 1) == 0


def test_a_read_probe_commits_nothing(world: "World") -> None:
    address = world.scratch(pages=2)
    used = world.kernel.memory.used
    assert unreadable_at(world.me, Pointer(address), 2 * PAGE) is None
    assert world.kernel.memory.used == used


# Copying in --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "offset", "length", "copied"),
    [
        (b"abc", 0, 3, b"abc"),
        (b"abc", 1, 2, b"bc"),
        (b"abc", 1, 3, None),
        (b"abc", 3, 0, b""),
        (Fill(0x41, 4), 0, 4, b"AAAA"),
        (Fill(0x41, 4), 2, 2, b"AA"),
        (Fill(0x41, 4), 2, 3, None),
        (None, 0, 0, None),
        (None, 0, 1, None),
    ],
)
def test_bytes_are_copied_from_what_the_line_carries(
    world: "World", data: Data, offset: int, length: int, copied: bytes | None
) -> None:
    assert fetch(world.me, data, offset, length) == copied
    vmo = VmObject(world.kernel, PAGE)
    assert move_in(world.me, data, offset, length, vmo, 9) == (None if copied is None else length)
    assert vmo.read(9, len(copied or b"")) == (copied or b"")


def test_bytes_are_copied_from_the_callers_memory(world: "World") -> None:
    address = world.scratch(pages=2)
    assert world.me.aspace.store(address + PAGE - 2, b"wxyz") is None
    pointer = Pointer(address + PAGE - 4)
    assert fetch(world.me, pointer, 2, 4) == b"wxyz"
    assert fetch(world.me, pointer, 0, 4) == b"\0\0wx"
    assert fetch(world.me, pointer, 0, PAGE + 5) is None


@pytest.mark.parametrize("address", OUTSIDE, ids=hex)
@pytest.mark.parametrize("length", [0, 1, 8])
def test_an_address_outside_the_user_range_cannot_even_give_no_byte(
    world: "World", address: int, length: int
) -> None:
    assert fetch(world.me, Pointer(address), 0, length) is None
    assert not store(world.me, Pointer(address), 0, bytes(length))


def test_no_byte_needs_a_user_address_but_no_memory(world: "World") -> None:
    assert fetch(world.me, Pointer(WILD), 0, 0) == b""
    assert store(world.me, Pointer(WILD), 0, b"")
    assert fetch(world.me, Pointer(WILD), 0, 1) is None


def test_a_range_that_leaves_the_user_range_is_not_readable(world: "World") -> None:
    address = top_page(world)
    assert fetch(world.me, Pointer(address), 0, PAGE) == bytes(PAGE)
    assert fetch(world.me, Pointer(USER_END - 4), 0, 8) is None


# Copying out -------------------------------------------------------------------------


def test_a_good_place_takes_anything(world: "World") -> None:
    picture = world.picture()
    assert store(world.me, GOOD, 0, bytes(1 << 16))
    assert world.picture() == picture


def test_null_takes_nothing(world: "World") -> None:
    assert not store(world.me, None, 0, b"")
    assert not store(world.me, None, 0, b"x")


def test_a_pointer_stores_in_the_callers_memory(world: "World") -> None:
    address = world.scratch(pages=2)
    assert store(world.me, Pointer(address), PAGE - 2, b"wxyz")
    assert world.peek(address + PAGE - 3, 6) == b"\0wxyz\0"


@pytest.mark.parametrize("perms", [0, 1, 5])
def test_memory_that_may_not_be_written_takes_nothing(world: "World", perms: int) -> None:
    address = world.scratch(perms=perms)
    assert not store(world.me, Pointer(address), 0, b"x")


def test_a_store_that_faults_on_its_second_page_keeps_the_first(world: "World") -> None:
    address = world.scratch()
    assert not store(world.me, Pointer(address), PAGE - 2, b"wxyz")
    assert world.peek(address + PAGE - 2, 2) == b"wx"


def test_a_store_that_would_leave_the_user_range_does_not_start(world: "World") -> None:
    top_page(world)
    assert store(world.me, Pointer(USER_END - 8), 0, b"\xff" * 8)
    assert not store(world.me, Pointer(USER_END - 4), 0, bytes(8))
    assert world.peek(USER_END - 8, 8) == b"\xff" * 8


def test_a_store_without_physical_memory_fails(world: "World") -> None:
    address = world.scratch()
    world.drain()
    assert not store(world.me, Pointer(address), 0, b"x")
