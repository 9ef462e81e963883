from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE, USER_END
from zxdbg.kernel.task import Process, Thread
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import Fill, Outcome, Pointer, zx_object_set_property

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.syscalls.conftest import World

    Row = tuple[str, Callable[[World], Outcome], Status, str]

PAGE = 4096
GS, NAME, FS, DEBUG_ADDR = 2, 3, 4, 5
UNKNOWN = [0, 1, 6, 7, 8, 9, 10, 11, 12, 13, 0xFFFF_FFFF]
WILD = Pointer(0x2000_0000_0000)


def put(
    w: "World",
    handle: int,
    property_: int,
    value: bytes | Fill | Pointer | None,
    size: int | None = None,
) -> Outcome:
    if size is None:
        size = len(value) if isinstance(value, bytes) else 8
    return w.call(zx_object_set_property, handle, property_, value, size)


def u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def current(w: "World") -> int:
    """Return a handle of the thread that calls."""
    return w.kernel.grant(w.me, w.me.threads[0], int(Rights.DEFAULT_THREAD))


def set_once(w: "World", value: int = 0x1234) -> int:
    w.good(put(w, w.self, DEBUG_ADDR, u64(value)))
    return w.self


REFUSALS: "list[Row]" = [
    (
        "NULL, even with no handle",
        lambda w: put(w, 0, 99, None),
        Status.INVALID_ARGS,
        "object_set_property/value-not-null",
    ),
    (
        "no handle, unknown property",
        lambda w: put(w, 0, 99, WILD),
        Status.BAD_HANDLE,
        "object_set_property/handle-valid",
    ),
    (
        "no SET_PROPERTY, unknown property",
        lambda w: put(w, w.lacking(w.vmo(), Rights.SET_PROPERTY), 99, b"x"),
        Status.ACCESS_DENIED,
        "object_set_property/handle-rights",
    ),
    (
        "a VMAR's default handle",
        lambda w: put(w, w.vmar, NAME, b"x"),
        Status.ACCESS_DENIED,
        "object_set_property/handle-rights",
    ),
    (
        "unknown property, wild value",
        lambda w: put(w, w.vmo(), 99, WILD, 0),
        Status.INVALID_ARGS,
        "object_set_property/property-settable",
    ),
    (
        "name, wild value",
        lambda w: put(w, w.vmo(), NAME, WILD, 1),
        Status.INVALID_ARGS,
        "object_set_property/value-readable",
    ),
    (
        "name of no byte, outside the user range",
        lambda w: put(w, w.vmo(), NAME, Pointer(0x1000), 0),
        Status.INVALID_ARGS,
        "object_set_property/value-readable",
    ),
    (
        "name, more bytes than there are",
        lambda w: put(w, w.vmo(), NAME, b"x" * 30, 31),
        Status.INVALID_ARGS,
        "object_set_property/value-readable",
    ),
    (
        "name of what has none, wild value: the copy comes first",
        lambda w: put(
            w,
            w.kernel.grant(w.me, w.me.aspace.root, int(Rights.SET_PROPERTY)),
            NAME,
            WILD,
        ),
        Status.INVALID_ARGS,
        "object_set_property/value-readable",
    ),
    (
        "name of what has none",
        lambda w: put(
            w,
            w.kernel.grant(w.me, w.me.aspace.root, int(Rights.SET_PROPERTY)),
            NAME,
            b"x",
        ),
        Status.NOT_SUPPORTED,
        "object_set_property/object-has-name",
    ),
    (
        "debug address of 7 bytes, of a VMO: size before type",
        lambda w: put(w, w.vmo(), DEBUG_ADDR, WILD, 7),
        Status.BUFFER_TOO_SMALL,
        "object_set_property/size-enough",
    ),
    (
        "debug address of a VMO, wild value",
        lambda w: put(w, w.vmo(), DEBUG_ADDR, WILD),
        Status.WRONG_TYPE,
        "object_set_property/type-has-property",
    ),
    (
        "debug address, wild value",
        lambda w: put(w, set_once(w), DEBUG_ADDR, WILD),
        Status.INVALID_ARGS,
        "object_set_property/value-readable",
    ),
    (
        "debug address 0, after another",
        lambda w: put(w, set_once(w), DEBUG_ADDR, u64(0)),
        Status.INVALID_ARGS,
        "object_set_property/debug-addr-not-zero",
    ),
    (
        "debug address, after another",
        lambda w: put(w, set_once(w), DEBUG_ADDR, u64(0x5678)),
        Status.ACCESS_DENIED,
        "object_set_property/debug-addr-once",
    ),
    (
        "debug address, the one it has",
        lambda w: put(w, set_once(w), DEBUG_ADDR, u64(0x1234)),
        Status.ACCESS_DENIED,
        "object_set_property/debug-addr-once",
    ),
    (
        "FS of 7 bytes, of a process",
        lambda w: put(w, w.self, FS, WILD, 7),
        Status.BUFFER_TOO_SMALL,
        "object_set_property/size-enough",
    ),
    (
        "GS of a process, wild value",
        lambda w: put(w, w.self, GS, WILD),
        Status.WRONG_TYPE,
        "object_set_property/type-has-property",
    ),
    (
        "FS of another thread, wild value",
        lambda w: put(w, w.thread(w.self), FS, WILD),
        Status.ACCESS_DENIED,
        "object_set_property/thread-is-caller",
    ),
    (
        "FS, wild value",
        lambda w: put(w, current(w), FS, WILD),
        Status.INVALID_ARGS,
        "object_set_property/value-readable",
    ),
    (
        "FS below the user range",
        lambda w: put(w, current(w), FS, u64(USER_BASE - 1)),
        Status.INVALID_ARGS,
        "object_set_property/value-user-address",
    ),
    (
        "GS at the end of the user range",
        lambda w: put(w, current(w), GS, u64(USER_END)),
        Status.INVALID_ARGS,
        "object_set_property/value-user-address",
    ),
    (
        "GS that is not canonical",
        lambda w: put(w, current(w), GS, u64(1 << 47)),
        Status.INVALID_ARGS,
        "object_set_property/value-user-address",
    ),
]


@pytest.mark.parametrize(
    ("call", "status", "rule"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_a_refusal_is_decided_by_one_rule(
    world: "World", call: "Callable[[World], Outcome]", status: Status, rule: str
) -> None:
    world.expect(call(world), status, rule)


def test_every_rule_that_can_fail_decides_somewhere() -> None:
    decided = {row[3] for row in REFUSALS}
    rules = zx_object_set_property.rules
    assert {rule.id for rule in rules if not rule.unreachable} <= decided


@pytest.mark.parametrize("property_", UNKNOWN)
def test_a_property_that_cannot_be_set_is_an_invalid_argument(
    world: "World", property_: int
) -> None:
    outcome = put(world, world.self, property_, u64(1))
    world.expect(outcome, Status.INVALID_ARGS, "object_set_property/property-settable")


@pytest.mark.parametrize(
    ("value", "size", "name"),
    [
        (b"heap", 4, "heap"),
        (b"heap", 2, "he"),
        (b"heap", 0, ""),
        (b"x" * 31, 31, "x" * 31),
        (b"x" * 31, 100, "x" * 31),
        (b"x" * 40, 40, "x" * 31),
        (b"x" * 31, (1 << 64) - 1, "x" * 31),
        (b"a\0b", 3, "a"),
        (Fill(0x62, 1 << 40), 1 << 40, "b" * 31),
        (WILD, 0, ""),
    ],
    ids=["4", "2", "0", "31", "31 of 100", "40", "31 of 2^64-1", "NUL", "fill", "no byte, wild"],
)
def test_a_name_is_cut_at_31_bytes_and_at_the_first_nul(
    world: "World", value: bytes | Fill | Pointer, size: int, name: str
) -> None:
    vmo = world.vmo()
    world.good(put(world, vmo, NAME, b"before"))
    world.good(put(world, vmo, NAME, value, size))
    assert world.object(vmo, VmObject).name == name


@pytest.mark.parametrize("kind", ["process", "thread", "job", "VMO"])
def test_a_task_or_vmo_can_be_named(world: "World", kind: str) -> None:
    handle = {
        "process": lambda: world.self,
        "thread": lambda: world.thread(world.self),
        "job": lambda: world.job,
        "VMO": lambda: world.vmo(),
    }[kind]()
    world.good(put(world, handle, NAME, b"named"))
    found = world.kernel.handles.find(world.me, handle)
    assert found is not None
    assert found.object.name == "named"


def test_a_resource_handle_has_no_right_to_be_named(world: "World") -> None:
    outcome = put(world, world.resource, NAME, b"x")
    world.expect(outcome, Status.ACCESS_DENIED, "object_set_property/handle-rights")


def test_a_name_comes_from_the_callers_memory(world: "World") -> None:
    vmo, address = world.vmo(), world.scratch()
    assert world.me.aspace.store(address + PAGE - 3, b"abc") is None
    world.good(put(world, vmo, NAME, Pointer(address + PAGE - 3), 3))
    assert world.object(vmo, VmObject).name == "abc"
    outcome = put(world, vmo, NAME, Pointer(address + PAGE - 3), 4)
    world.expect(outcome, Status.INVALID_ARGS, "object_set_property/value-readable")


def test_a_vmos_new_name_shows_in_its_mappings(world: "World") -> None:
    vmo = world.vmo()
    base = world.map(world.vmar, vmo)
    world.good(put(world, vmo, NAME, b"renamed"))
    mapping = world.me.aspace.find_mapping(base)
    assert mapping is not None
    assert mapping.vmo.name == "renamed"


def test_the_debug_address_is_written_once(world: "World") -> None:
    world.good(put(world, world.self, DEBUG_ADDR, u64(0x7000_0000_0000) + b"more"))
    assert world.object(world.self, Process).debug_addr == 0x7000_0000_0000


def test_the_debug_address_1_may_be_replaced(world: "World") -> None:
    set_once(world, 1)
    set_once(world, 1)
    set_once(world, 0x4000)
    assert world.me.debug_addr == 0x4000
    outcome = put(world, world.self, DEBUG_ADDR, u64(1))
    world.expect(outcome, Status.ACCESS_DENIED, "object_set_property/debug-addr-once")


def test_the_debug_address_may_be_any_number_but_0(world: "World") -> None:
    set_once(world, (1 << 64) - 1)
    assert world.me.debug_addr == (1 << 64) - 1


@pytest.mark.parametrize("register", [FS, GS])
@pytest.mark.parametrize("value", [USER_BASE, USER_END - 1])
def test_a_segment_base_of_the_calling_thread_takes_effect(
    world: "World", register: int, value: int
) -> None:
    thread = current(world)
    world.good(put(world, thread, register, u64(value)))
    assert world.object(thread, Thread).segment_bases == {register: value}
