from typing import TYPE_CHECKING, Any

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE, USER_END
from zxdbg.kernel.object import Event, KernelObject
from zxdbg.kernel.rights import SAME_RIGHTS
from zxdbg.kernel.task import Job, Process, ProcessState, Thread
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    Fill,
    Outcome,
    Pointer,
    Syscall,
    zx_handle_close,
    zx_object_get_child,
    zx_object_get_property,
    zx_object_set_property,
    zx_process_create,
    zx_task_kill,
    zx_thread_start,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.syscalls.conftest import Difference, Refusal, World


PAGE = 4096
GS, NAME, FS, DEBUG_ADDR, VDSO_BASE = 2, 3, 4, 5, 6
UNKNOWN = [0, 1, 6, 7, 8, 9, 10, 11, 12, 13, 0xFFFF_FFFF]
UNREADABLE = [0, 1, GS, FS, 7, 13, 0xFFFF_FFFF]
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


def get(w: "World", handle: int, property_: int, size: int = 32, **outs: Any) -> Outcome:
    return w.call(zx_object_get_property, handle, property_, size, **outs)


def child(w: "World", parent: int, koid: int, rights: int = SAME_RIGHTS, **outs: Any) -> Outcome:
    return w.call(zx_object_get_child, parent, koid, rights, **outs)


def strong(w: "World", target: KernelObject) -> int:
    """Return a handle with all the rights there are."""
    return w.kernel.grant(w.me, target, 0xF_FFFF)


def koid(w: "World", handle: int) -> int:
    return w.object(handle, KernelObject).koid


def full(w: "World", call: "Callable[[], Outcome]") -> Outcome:
    w.fill()
    w.before = w.picture()
    return call()


def current(w: "World") -> int:
    """Return a handle of the thread that calls."""
    return w.kernel.grant(w.me, w.me.threads[0], int(Rights.DEFAULT_THREAD))


def set_once(w: "World", value: int = 0x1234) -> int:
    w.good(put(w, w.self, DEBUG_ADDR, u64(value)))
    return w.self


REFUSALS: "list[Refusal]" = [
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
    # zx_object_get_property, spec 05 section 2
    (
        "get to NULL, even from no handle",
        lambda w: get(w, 0, 99, 0, value=None),
        Status.INVALID_ARGS,
        "object_get_property/value-not-null",
    ),
    (
        "get from no handle, unknown property",
        lambda w: get(w, 0, 99, 0, value=WILD),
        Status.BAD_HANDLE,
        "object_get_property/handle-valid",
    ),
    (
        "get without GET_PROPERTY, unknown property",
        lambda w: get(w, w.lacking(w.vmo(), Rights.GET_PROPERTY), 99, 0),
        Status.ACCESS_DENIED,
        "object_get_property/handle-rights",
    ),
    (
        "get the name of a VMAR by its default handle",
        lambda w: get(w, w.vmar, NAME),
        Status.ACCESS_DENIED,
        "object_get_property/handle-rights",
    ),
    (
        "get a name of 31 bytes, to a wild pointer",
        lambda w: get(w, w.vmo(), NAME, 31, value=WILD),
        Status.BUFFER_TOO_SMALL,
        "object_get_property/size-enough",
    ),
    (
        "get a debug address of 7 bytes, of a VMO: size before type",
        lambda w: get(w, w.vmo(), DEBUG_ADDR, 7, value=WILD),
        Status.BUFFER_TOO_SMALL,
        "object_get_property/size-enough",
    ),
    (
        "get the debug address of a VMO, to a wild pointer",
        lambda w: get(w, w.vmo(), DEBUG_ADDR, 8, value=WILD),
        Status.WRONG_TYPE,
        "object_get_property/type-has-property",
    ),
    (
        "get the vDSO's base of a job",
        lambda w: get(w, w.job, VDSO_BASE, 8),
        Status.WRONG_TYPE,
        "object_get_property/type-has-property",
    ),
    (
        "get a name to a wild pointer",
        lambda w: get(w, w.vmo(), NAME, value=WILD),
        Status.INVALID_ARGS,
        "object_get_property/value-writable",
    ),
    (
        "get a debug address to a wild pointer",
        lambda w: get(w, w.self, DEBUG_ADDR, value=WILD),
        Status.INVALID_ARGS,
        "object_get_property/value-writable",
    ),
    # zx_object_get_child, spec 05 section 4
    (
        "a child of nothing",
        lambda w: child(w, 0, 0, 0xFFFF_FFFF, out=None),
        Status.BAD_HANDLE,
        "object_get_child/handle-valid",
    ),
    (
        "a child of a VMO: it lacks ENUMERATE",
        lambda w: child(w, w.vmo(), 0, 0xFFFF_FFFF),
        Status.ACCESS_DENIED,
        "object_get_child/handle-rights",
    ),
    (
        "a child of a resource: it lacks ENUMERATE",
        lambda w: child(w, w.resource, w.me.koid),
        Status.ACCESS_DENIED,
        "object_get_child/handle-rights",
    ),
    (
        "a child without ENUMERATE",
        lambda w: child(w, w.lacking(w.job, Rights.ENUMERATE), w.me.koid),
        Status.ACCESS_DENIED,
        "object_get_child/handle-rights",
    ),
    (
        "a child of a VMO that has ENUMERATE, with a right that it lacks",
        lambda w: child(w, w.kernel.grant(w.me, w.object(w.vmo(), VmObject), 0x100), 0, 0x104),
        Status.ACCESS_DENIED,
        "object_get_child/rights-subset",
    ),
    (
        "a child with SAME_RIGHTS and one bit more: no longer the sentinel",
        lambda w: child(w, w.job, w.me.koid, SAME_RIGHTS | Rights.READ),
        Status.ACCESS_DENIED,
        "object_get_child/rights-subset",
    ),
    (
        "a child of a VMO that has ENUMERATE",
        lambda w: child(w, strong(w, w.object(w.vmo(), VmObject)), 0),
        Status.WRONG_TYPE,
        "object_get_child/handle-type",
    ),
    (
        "a child of a resource that has ENUMERATE",
        lambda w: child(w, strong(w, w.kernel.root_resource), w.me.koid),
        Status.WRONG_TYPE,
        "object_get_child/handle-type",
    ),
    (
        "a child of a thread that has ENUMERATE",
        lambda w: child(w, strong(w, w.me.threads[0]), w.me.koid),
        Status.WRONG_TYPE,
        "object_get_child/handle-type",
    ),
    (
        "a koid that is no child's, in a full table",
        lambda w: full(w, lambda: zx_object_get_child(w.caller, w.job, 1 << 63, SAME_RIGHTS)),
        Status.NOT_FOUND,
        "object_get_child/child-found",
    ),
    (
        "a child in a full table, to NULL",
        lambda w: full(
            w, lambda: zx_object_get_child(w.caller, w.job, w.me.koid, SAME_RIGHTS, out=None)
        ),
        Status.NO_MEMORY,
        "object_get_child/handles-left",
    ),
    (
        "a child to NULL",
        lambda w: child(w, w.job, w.me.koid, out=None),
        Status.INVALID_ARGS,
        "object_get_child/out-writable",
    ),
    (
        "a child to a wild pointer",
        lambda w: child(w, w.job, w.me.koid, out=WILD),
        Status.INVALID_ARGS,
        "object_get_child/out-writable",
    ),
]
DIFFERENT: "list[Difference]" = [
    # Columns: what profile docs answers, what profile kernel answers
    (
        "get an unknown property of no byte, to a wild pointer",
        lambda w: get(w, w.vmo(), 99, 0, value=WILD),
        (Status.NOT_SUPPORTED, "object_get_property/property-readable"),
        (Status.INVALID_ARGS, "object_get_property/property-readable"),
    ),
    (
        "get property 0 of a process",
        lambda w: get(w, w.self, 0),
        (Status.NOT_SUPPORTED, "object_get_property/property-readable"),
        (Status.INVALID_ARGS, "object_get_property/property-readable"),
    ),
    (
        "get property 2^32-1 of a VMAR that has GET_PROPERTY",
        lambda w: get(w, strong(w, w.me.aspace.root), 0xFFFF_FFFF),
        (Status.NOT_SUPPORTED, "object_get_property/property-readable"),
        (Status.INVALID_ARGS, "object_get_property/property-readable"),
    ),
    (
        "get FS of the calling thread, which can only be set",
        lambda w: get(w, current(w), FS, 8),
        (Status.NOT_SUPPORTED, "object_get_property/property-readable"),
        (Status.INVALID_ARGS, "object_get_property/property-readable"),
    ),
]
SYSCALLS: "list[Syscall[...]]" = [
    zx_object_set_property,
    zx_object_get_property,
    zx_object_get_child,
]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    world.refuses(refusal)


def test_where_the_profiles_differ_each_gives_its_own_answer(
    world: "World", difference: "Difference"
) -> None:
    world.differs(difference)


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


# zx_object_get_property ---------------------------------------------------------------


@pytest.mark.parametrize("property_", UNREADABLE)
def test_in_the_kernel_a_property_that_cannot_be_read_is_an_invalid_argument(
    kernel_world: "World", property_: int
) -> None:
    for handle in (kernel_world.self, strong(kernel_world, kernel_world.me.threads[0])):
        outcome = get(kernel_world, handle, property_)
        kernel_world.expect(outcome, Status.INVALID_ARGS, "object_get_property/property-readable")


@pytest.mark.parametrize("property_", UNREADABLE)
def test_in_the_page_a_property_that_cannot_be_read_is_not_supported(
    docs_world: "World", property_: int
) -> None:
    for handle in (docs_world.self, strong(docs_world, docs_world.me.threads[0])):
        outcome = get(docs_world, handle, property_)
        docs_world.expect(outcome, Status.NOT_SUPPORTED, "object_get_property/property-readable")


@pytest.mark.parametrize("property_", range(8, 13))
def test_nothing_here_has_the_properties_of_a_socket_or_a_channel(
    world: "World", property_: int
) -> None:
    for handle in (world.self, world.vmo(), strong(world, world.me.aspace.root)):
        outcome = get(world, handle, property_, 7, value=WILD)
        world.expect(outcome, Status.BUFFER_TOO_SMALL, "object_get_property/size-enough")
        outcome = get(world, handle, property_, 8, value=WILD)
        world.expect(outcome, Status.WRONG_TYPE, "object_get_property/type-has-property")


@pytest.mark.parametrize(
    ("given", "got"),
    [
        (b"", b""),
        (b"heap", b"heap"),
        (b"x" * 31, b"x" * 31),
        (b"x" * 40, b"x" * 31),
        (b"a\0b", b"a"),
        ("é".encode() * 15, "é".encode() * 15),
    ],
)
def test_a_name_is_read_as_32_bytes_padded_with_nul(
    world: "World", given: bytes, got: bytes
) -> None:
    vmo = world.vmo()
    world.good(put(world, vmo, NAME, given, len(given)))
    for size in (32, 33, (1 << 64) - 1):
        outcome = world.good(get(world, vmo, NAME, size))
        assert outcome.buffer == got.ljust(32, b"\0")
        assert outcome.values == {}


def test_anything_has_a_name_though_it_may_be_empty(world: "World") -> None:
    region, _ = world.region(world.vmar, 0x10_0000)
    made: list[tuple[KernelObject, bytes]] = [
        (world.me, b"me"),
        (world.me.threads[0], b"initial-thread"),
        (world.kernel.job, b""),
        (world.kernel.root_resource, b"root"),
        (Event(world.kernel), b""),
        (world.me.aspace.root, b""),
        (world.object(region, KernelObject), b""),
    ]
    for target, name in made:
        handle = world.kernel.grant(world.me, target, int(Rights.GET_PROPERTY))
        outcome = world.good(get(world, handle, NAME))
        assert outcome.buffer == name.ljust(32, b"\0")


def test_an_event_has_no_right_to_tell_its_name(world: "World") -> None:
    event = world.kernel.grant(world.me, Event(world.kernel), int(Rights.DEFAULT_EVENT))
    outcome = get(world, event, NAME)
    world.expect(outcome, Status.ACCESS_DENIED, "object_get_property/handle-rights")


@pytest.mark.parametrize("value", [0, 1, 0x7000_0000_0000, (1 << 64) - 1])
def test_the_debug_address_is_read_as_it_was_written(world: "World", value: int) -> None:
    if value:
        set_once(world, value)
    outcome = world.good(get(world, world.self, DEBUG_ADDR, 8))
    assert outcome.buffer == u64(value)


@pytest.mark.parametrize("dead", [False, True])
def test_there_is_no_vdso_and_its_base_is_0(world: "World", dead: bool) -> None:
    target = world.dead() if dead else world.process()
    assert world.good(get(world, target.handle, VDSO_BASE, 100)).buffer == bytes(8)


def test_a_property_lies_in_the_callers_memory(world: "World") -> None:
    address = world.scratch()
    world.me.aspace.store(address, b"\xff" * 40)
    world.good(get(world, world.self, NAME, 40, value=Pointer(address)))
    assert world.peek(address, 40) == b"me" + bytes(30) + b"\xff" * 8
    world.good(get(world, world.self, DEBUG_ADDR, 40, value=Pointer(address + 32)))
    assert world.peek(address + 32, 8) == bytes(8)


def test_a_name_that_runs_into_a_hole_is_written_up_to_there(world: "World") -> None:
    address = world.scratch()
    world.me.aspace.store(address + PAGE - 8, b"\xff" * 8)
    outcome = get(world, world.self, NAME, value=Pointer(address + PAGE - 8))
    world.expect(outcome, Status.INVALID_ARGS, "object_get_property/value-writable")
    assert outcome.buffer is None
    assert world.peek(address + PAGE - 8, 8) == b"me" + bytes(6)


# zx_object_get_child ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "got"),
    [(SAME_RIGHTS, 0x1DFCF), (0x1DFCF, 0x1DFCF), (int(Rights.READ), 4), (0, 0)],
    ids=["SAME_RIGHTS", "all of them, named", "one", "none"],
)
def test_a_childs_rights_come_from_the_parents_handle(world: "World", asked: int, got: int) -> None:
    outcome = child(world, world.job, world.me.koid, asked)
    world.good(outcome)
    made = world.out(outcome)
    assert world.object(made, Process) is world.me
    assert world.rights(made) == got


@pytest.mark.parametrize("right", [Rights.MANAGE_PROCESS, Rights.MAP, Rights.EXECUTE])
def test_a_child_has_no_right_that_the_parents_handle_lacks(world: "World", right: Rights) -> None:
    outcome = child(world, world.job, world.me.koid, int(right | Rights.READ))
    world.expect(outcome, Status.ACCESS_DENIED, "object_get_child/rights-subset")
    assert outcome.checks[-1][1] == (right | Rights.READ, 0x1DFCF, right)


def test_a_thread_from_a_process_is_managed_as_a_process(world: "World") -> None:
    target, thread = world.running()
    outcome = world.good(child(world, target.handle, koid(world, thread)))
    made = world.out(outcome)
    assert world.object(made, Thread) is world.object(thread, Thread)
    assert world.rights(made) == 0x2D3CF


def test_only_a_thread_that_was_started_and_lives_is_found(world: "World") -> None:
    target, first = world.running()
    new = world.thread(target.handle)
    number = koid(world, new)
    outcome = child(world, target.handle, number)
    world.expect(outcome, Status.NOT_FOUND, "object_get_child/child-found")
    world.good(zx_thread_start(world.caller, new, 0, 0, 0, 0))
    world.good(zx_handle_close(world.caller, new))
    made = world.out(world.good(child(world, target.handle, number)))
    world.good(zx_task_kill(world.caller, made))
    outcome = child(world, target.handle, number)
    world.expect(outcome, Status.NOT_FOUND, "object_get_child/child-found")
    world.good(child(world, target.handle, koid(world, first)))


def test_a_child_job_or_process_is_found_but_no_grandchild(world: "World") -> None:
    handle, job = world.child_job()
    inner, below = world.child_job(job)
    made = world.good(zx_process_create(world.caller, handle, b"", 0, 0))
    process = koid(world, world.out(made, "proc_handle"))
    found = world.good(child(world, world.job, job.koid))
    assert world.object(world.out(found), Job) is job
    assert koid(world, world.out(world.good(child(world, handle, below.koid)))) == below.koid
    assert koid(world, world.out(world.good(child(world, handle, process)))) == process
    for number in (below.koid, process, world.kernel.job.koid, world.kernel.root_job.koid):
        outcome = child(world, world.job, number)
        world.expect(outcome, Status.NOT_FOUND, "object_get_child/child-found")
    assert koid(world, inner) == below.koid


@pytest.mark.parametrize("number", [0, 1, 1023, (1 << 64) - 1])
def test_a_koid_of_nothing_is_not_found(world: "World", number: int) -> None:
    for parent in (world.job, world.self):
        outcome = child(world, parent, number)
        world.expect(outcome, Status.NOT_FOUND, "object_get_child/child-found")


def test_a_process_is_found_until_it_is_dead(world: "World") -> None:
    world.kernel.linger = True
    first = world.process()
    world.good(child(world, world.job, first.process.koid))
    target, _ = world.running()
    world.good(zx_task_kill(world.caller, target.handle))
    assert world.state(target.process) is ProcessState.DYING
    world.good(child(world, world.job, target.process.koid))
    world.kernel.settle()
    outcome = child(world, world.job, target.process.koid)
    world.expect(outcome, Status.NOT_FOUND, "object_get_child/child-found")


def test_a_process_whose_last_handle_is_closed_can_be_had_again(world: "World") -> None:
    target, _ = world.running()
    world.good(zx_handle_close(world.caller, target.handle))
    assert target.process.handles == 0
    made = world.out(world.good(child(world, world.job, target.process.koid)))
    assert world.object(made, Process) is target.process
    assert target.process.handles == 1


@pytest.mark.parametrize("how", ["full table", "NULL"])
def test_a_child_without_a_handle_lives_on_when_none_can_be_made(world: "World", how: str) -> None:
    target, _ = world.running()
    handle, job = world.child_job()
    world.good(zx_process_create(world.caller, handle, b"", 0, 0))
    for closed in (target.handle, handle):
        world.good(zx_handle_close(world.caller, closed))
    for number in (target.process.koid, job.koid):
        if how == "full table":
            world.fill()
            outcome = child(world, world.job, number)
            assert outcome.status is Status.NO_MEMORY
        else:
            outcome = child(world, world.job, number, out=None)
            assert outcome.status is Status.INVALID_ARGS
    assert target.process.state is ProcessState.RUNNING
    assert job in world.kernel.job.jobs


@pytest.mark.parametrize(
    "raw", [b"\xffA", b"\xc3", "é".encode() * 15 + b"\xc3", b"A\xed\xb3\xbf"], ids=repr
)
def test_a_name_that_is_no_utf_8_comes_back_byte_by_byte(world: "World", raw: bytes) -> None:
    vmo = world.vmo()
    world.good(zx_object_set_property(world.caller, vmo, 3, raw, len(raw)))
    outcome = world.good(zx_object_get_property(world.caller, vmo, 3, 32))
    assert outcome.buffer == raw.ljust(32, b"\0")
    made = world.good(zx_process_create(world.caller, world.job, raw, len(raw), 0))
    process = world.out(made, "proc_handle")
    outcome = world.good(zx_object_get_property(world.caller, process, 3, 32))
    assert outcome.buffer == raw.ljust(32, b"\0")
