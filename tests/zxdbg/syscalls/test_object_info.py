from typing import TYPE_CHECKING, Any

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE, USER_SIZE
from zxdbg.kernel.object import Bti, KernelObject
from zxdbg.kernel.task import Policy, Process, ProcessState, Thread, ThreadState
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    Caller,
    Outcome,
    Pointer,
    Profile,
    records,
    zx_event_create,
    zx_handle_close,
    zx_job_create,
    zx_object_get_info,
    zx_object_set_property,
    zx_process_create,
    zx_process_exit,
    zx_task_kill,
    zx_thread_start,
    zx_vmar_destroy,
    zx_vmar_protect,
    zx_vmar_unmap,
    zx_vmo_clone,
    zx_vmo_set_size,
    zx_vmo_write,
)
from zxdbg.syscalls.object_info import TOPICS
from zxdbg.syscalls.records import MapsEntry, VmoInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.syscalls.conftest import Refusal, Target, World

    Asked = Callable[[World], int]

PAGE = 4096
WILD = Pointer(0x2000_0000_0000)
HUGE = 1 << 20
(
    HANDLE_VALID,
    HANDLE_BASIC,
    PROCESS,
    PROCESS_THREADS,
    VMAR,
    JOB_CHILDREN,
    JOB_PROCESSES,
    THREAD,
    EXCEPTION_REPORT,
    TASK_STATS,
    PROCESS_MAPS,
    PROCESS_VMOS,
    THREAD_STATS,
    CPU_STATS,
    KMEM_STATS,
    RESOURCE,
    HANDLE_COUNT,
    BTI,
    HANDLE_STATS,
) = (1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)
WALKS = pytest.mark.parametrize("topic", [PROCESS_MAPS, PROCESS_VMOS], ids=["maps", "vmos"])


def shape(topic: int) -> type:
    name = next(each.record for each in TOPICS.values() if each.number == topic)
    found: type = getattr(records, name)
    return found


def size(topic: int) -> int:
    return records.size_of(shape(topic))


def info(w: "World", handle: int, topic: int, room: int = HUGE, **outs: Any) -> Outcome:
    return w.call(zx_object_get_info, handle, topic, room, **outs)


def entries(outcome: Outcome, topic: int) -> list[Any]:
    assert outcome.buffer is not None
    step = size(topic)
    assert len(outcome.buffer) % step == 0
    starts = range(0, len(outcome.buffer), step)
    return [records.unpack(shape(topic), outcome.buffer[at : at + step]) for at in starts]


def many(w: "World", handle: int, topic: int) -> list[Any]:
    """Ask for a list that has to come whole."""
    outcome = w.good(info(w, handle, topic))
    found = entries(outcome, topic)
    assert outcome.values == {"actual": len(found), "avail": len(found)}
    return found


def one(w: "World", handle: int, topic: int) -> Any:
    """Ask for a single record that has to come."""
    outcome = w.good(info(w, handle, topic, size(topic)))
    assert outcome.values == {"actual": 1, "avail": 1}
    (found,) = entries(outcome, topic)
    return found


def koids(w: "World", handle: int, topic: int) -> list[int]:
    return [each.koid for each in many(w, handle, topic)]


def koid(w: "World", handle: int) -> int:
    return w.object(handle, KernelObject).koid


def grant(w: "World", target: KernelObject, rights: int) -> int:
    return w.kernel.grant(w.me, target, rights)


def bti(w: "World") -> int:
    return grant(w, Bti(w.kernel), int(Rights.DEFAULT_BTI))


def event(w: "World") -> int:
    return w.out(w.good(zx_event_create(w.caller, 0)))


def running(w: "World") -> int:
    return w.running()[0].handle


def dying(w: "World") -> int:
    w.kernel.linger = True
    target, _ = w.running()
    w.good(zx_task_kill(w.caller, target.handle))
    assert target.process.state is ProcessState.DYING
    return target.handle


STATES: "dict[str, Asked]" = {
    "INITIAL": lambda w: w.process().handle,
    "DYING": dying,
    "DEAD": lambda w: w.dead().handle,
}
SINGLE: "dict[int, Asked]" = {
    HANDLE_BASIC: lambda w: w.vmo(),
    PROCESS: lambda w: w.self,
    VMAR: lambda w: w.vmar,
    THREAD: lambda w: w.thread(w.self),
    TASK_STATS: lambda w: w.self,
    THREAD_STATS: lambda w: w.thread(w.self),
    KMEM_STATS: lambda w: w.resource,
    RESOURCE: lambda w: w.resource,
    HANDLE_COUNT: lambda w: w.vmo(),
    BTI: bti,
    HANDLE_STATS: lambda w: w.self,
}
LISTS: "dict[int, Asked]" = {
    PROCESS_THREADS: lambda w: w.self,
    JOB_CHILDREN: lambda w: (w.child_job(), w.job)[1],
    JOB_PROCESSES: lambda w: w.job,
    PROCESS_MAPS: running,
    PROCESS_VMOS: running,
    CPU_STATS: lambda w: w.resource,
}
"""Each asks about something that has one entry at least."""


def weak(w: "World", topic: int) -> int:
    """Return a handle of the right kind that lacks all that the topic could want."""
    handle = w.thread(w.self) if topic == EXCEPTION_REPORT else (SINGLE | LISTS)[topic](w)
    return grant(w, w.object(handle, KernelObject), 0)


def strong(w: "World", handle: int) -> int:
    """Return another handle of an object that has all the rights there are."""
    return grant(w, w.object(handle, KernelObject), 0xF_FFFF)


REFUSALS: "list[Refusal]" = [
    (
        "topic 0 of nothing",
        lambda w: info(w, 0, 0),
        Status.NOT_SUPPORTED,
        "object_get_info/topic-known",
    ),
    (
        "topic 22, everything else bad",
        lambda w: info(w, w.closed(), 22, buffer=None, actual=WILD, avail=WILD),
        Status.NOT_SUPPORTED,
        "object_get_info/topic-known",
    ),
    (
        "the probe of a closed handle, everything else bad",
        lambda w: info(w, w.closed(), HANDLE_VALID, 0, buffer=None, actual=WILD, avail=WILD),
        Status.BAD_HANDLE,
        "object_get_info/handle-valid",
    ),
    (
        "a closed handle, everything else bad",
        lambda w: info(w, w.closed(), PROCESS, 0, buffer=None, actual=WILD, avail=WILD),
        Status.BAD_HANDLE,
        "object_get_info/handle-valid",
    ),
    (
        "a VMAR without READ as a process: rights before type",
        lambda w: info(w, w.lacking(w.vmar, Rights.READ), PROCESS),
        Status.ACCESS_DENIED,
        "object_get_info/handle-rights",
    ),
    (
        "a process without READ, of itself, buffer NULL",
        lambda w: info(w, w.lacking(w.self, Rights.READ), PROCESS_MAPS, buffer=None, actual=WILD),
        Status.ACCESS_DENIED,
        "object_get_info/handle-rights",
    ),
    (
        "a job as a process, no room, wild actual",
        lambda w: info(w, w.job, PROCESS_MAPS, 0, actual=WILD),
        Status.WRONG_TYPE,
        "object_get_info/handle-type",
    ),
    (
        "a job as a task with statistics",
        lambda w: info(w, w.job, TASK_STATS),
        Status.WRONG_TYPE,
        "object_get_info/handle-type",
    ),
    (
        "the maps of the caller, buffer NULL, actual wild",
        lambda w: info(w, w.self, PROCESS_MAPS, buffer=None, actual=WILD),
        Status.ACCESS_DENIED,
        "object_get_info/process-not-caller",
    ),
    (
        "the VMOs of the caller",
        lambda w: info(w, w.self, PROCESS_VMOS),
        Status.ACCESS_DENIED,
        "object_get_info/process-not-caller",
    ),
    (
        "the maps of a process that was not started",
        lambda w: info(w, w.process().handle, PROCESS_MAPS),
        Status.BAD_STATE,
        "object_get_info/process-running",
    ),
    (
        "the statistics of a process that was not started, no room, actual wild",
        lambda w: info(w, w.process().handle, TASK_STATS, 0, actual=WILD),
        Status.BAD_STATE,
        "object_get_info/process-running",
    ),
    (
        "the exception report of a thread that runs, no room",
        lambda w: info(w, w.running()[1], EXCEPTION_REPORT, 0),
        Status.BAD_STATE,
        "object_get_info/thread-in-exception",
    ),
    (
        "a record to NULL, actual wild",
        lambda w: info(w, w.self, PROCESS, buffer=None, actual=WILD),
        Status.INVALID_ARGS,
        "object_get_info/buffer-writable",
    ),
    (
        "a list to a wild pointer, avail wild",
        lambda w: info(w, w.job, JOB_PROCESSES, buffer=WILD, avail=WILD),
        Status.INVALID_ARGS,
        "object_get_info/buffer-writable",
    ),
    (
        "the maps to NULL",
        lambda w: info(w, running(w), PROCESS_MAPS, buffer=None),
        Status.INVALID_ARGS,
        "object_get_info/buffer-writable",
    ),
    (
        "a record, actual and avail wild",
        lambda w: info(w, w.self, PROCESS, actual=WILD, avail=WILD),
        Status.INVALID_ARGS,
        "object_get_info/actual-writable",
    ),
    (
        "a record in no room, actual wild",
        lambda w: info(w, w.self, PROCESS, 0, actual=WILD),
        Status.INVALID_ARGS,
        "object_get_info/actual-writable",
    ),
    (
        "a record, avail wild",
        lambda w: info(w, w.self, PROCESS, avail=WILD),
        Status.INVALID_ARGS,
        "object_get_info/avail-writable",
    ),
    (
        "a record in no room, avail wild",
        lambda w: info(w, w.self, PROCESS, 15, avail=WILD),
        Status.INVALID_ARGS,
        "object_get_info/avail-writable",
    ),
    (
        "a record in no room, buffer NULL",
        lambda w: info(w, w.self, PROCESS, 15, buffer=None),
        Status.BUFFER_TOO_SMALL,
        "object_get_info/buffer-large-enough",
    ),
]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    world.refuses(refusal)


# Topics: spec 05 section 1.3 ------------------------------------------------------------


def test_the_topics_have_their_numbers() -> None:
    assert {name: topic.number for name, topic in TOPICS.items()} == {
        "ZX_INFO_HANDLE_VALID": 1,
        "ZX_INFO_HANDLE_BASIC": 2,
        "ZX_INFO_PROCESS": 3,
        "ZX_INFO_PROCESS_THREADS": 4,
        "ZX_INFO_VMAR": 7,
        "ZX_INFO_JOB_CHILDREN": 8,
        "ZX_INFO_JOB_PROCESSES": 9,
        "ZX_INFO_THREAD": 10,
        "ZX_INFO_THREAD_EXCEPTION_REPORT": 11,
        "ZX_INFO_TASK_STATS": 12,
        "ZX_INFO_PROCESS_MAPS": 13,
        "ZX_INFO_PROCESS_VMOS": 14,
        "ZX_INFO_THREAD_STATS": 15,
        "ZX_INFO_CPU_STATS": 16,
        "ZX_INFO_KMEM_STATS": 17,
        "ZX_INFO_RESOURCE": 18,
        "ZX_INFO_HANDLE_COUNT": 19,
        "ZX_INFO_BTI": 20,
        "ZX_INFO_PROCESS_HANDLE_STATS": 21,
    }


def test_the_topics_are_single_or_lists_as_the_spec_says() -> None:
    lists = {topic.number for topic in TOPICS.values() if topic.is_list}
    assert lists == set(LISTS)
    singles = {topic.number for topic in TOPICS.values()} - lists
    assert singles == {*SINGLE, HANDLE_VALID, EXCEPTION_REPORT}


@pytest.mark.parametrize("topic", [0, 5, 6, 22, 23, 0xFFFF_FFFF])
def test_an_unknown_topic_is_refused_before_the_handle_is_looked_at(
    world: "World", topic: int
) -> None:
    for handle in (0, world.self):
        outcome = info(world, handle, topic)
        world.expect(outcome, Status.NOT_SUPPORTED, "object_get_info/topic-known")


NEEDS = {
    **dict.fromkeys([HANDLE_BASIC, VMAR, RESOURCE, CPU_STATS, KMEM_STATS], Rights.NONE),
    **dict.fromkeys([PROCESS_THREADS, JOB_CHILDREN, JOB_PROCESSES], Rights.ENUMERATE),
    **dict.fromkeys([PROCESS, THREAD, EXCEPTION_REPORT, TASK_STATS, THREAD_STATS], Rights.READ),
    **dict.fromkeys([PROCESS_MAPS, PROCESS_VMOS, HANDLE_COUNT, BTI, HANDLE_STATS], Rights.READ),
}


@pytest.mark.parametrize("topic", sorted(NEEDS))
def test_a_topic_needs_its_one_right_and_no_other(world: "World", topic: int) -> None:
    bare = weak(world, topic)
    if NEEDS[topic]:
        outcome = info(world, bare, topic)
        world.expect(outcome, Status.ACCESS_DENIED, "object_get_info/handle-rights")
        assert outcome.checks[-1][1] == (0, NEEDS[topic])
        assert outcome.values == {}
        everything = grant(world, world.object(bare, KernelObject), 0xF_FFFF & ~NEEDS[topic])
        outcome = info(world, everything, topic)
        world.expect(outcome, Status.ACCESS_DENIED, "object_get_info/handle-rights")
    enough = grant(world, world.object(bare, KernelObject), int(NEEDS[topic]))
    if topic == EXCEPTION_REPORT:
        outcome = info(world, enough, topic)
        world.expect(outcome, Status.BAD_STATE, "object_get_info/thread-in-exception")
    else:
        world.good(info(world, enough, topic))


ABOUT = {
    "process": [PROCESS, PROCESS_THREADS, TASK_STATS, PROCESS_MAPS, PROCESS_VMOS, HANDLE_STATS],
    "thread": [THREAD, THREAD_STATS, EXCEPTION_REPORT],
    "job": [JOB_CHILDREN, JOB_PROCESSES],
    "VMAR": [VMAR],
    "resource": [CPU_STATS, KMEM_STATS, RESOURCE],
    "bti": [BTI],
    "VMO": [],
    "event": [],
}
MAKE: "dict[str, Asked]" = {
    "process": running,
    "thread": lambda w: w.thread(w.self),
    "job": lambda w: w.job,
    "VMAR": lambda w: w.vmar,
    "resource": lambda w: w.resource,
    "bti": bti,
    "VMO": lambda w: w.vmo(),
    "event": event,
}


@pytest.mark.parametrize("kind", MAKE)
def test_a_topic_is_about_one_kind_of_object(world: "World", kind: str) -> None:
    handle = strong(world, MAKE[kind](world))
    fine = {HANDLE_VALID, HANDLE_BASIC, HANDLE_COUNT, *ABOUT[kind]}
    for name, topic in TOPICS.items():
        outcome = info(world, handle, topic.number)
        if topic.number not in fine:
            world.expect(outcome, Status.WRONG_TYPE, "object_get_info/handle-type")
            assert outcome.values == {}, name
        elif topic.number == EXCEPTION_REPORT:
            world.expect(outcome, Status.BAD_STATE, "object_get_info/thread-in-exception")
        else:
            world.good(outcome)


@pytest.mark.parametrize("state", ["NEW", "RUNNING", "DEAD"])
def test_no_thread_has_an_exception_report(world: "World", state: str) -> None:
    target, first = world.running()
    thread = world.thread(target.handle) if state == "NEW" else first
    if state == "DEAD":
        world.good(zx_task_kill(world.caller, thread))
    outcome = info(world, thread, EXCEPTION_REPORT)
    world.expect(outcome, Status.BAD_STATE, "object_get_info/thread-in-exception")
    assert (outcome.values, outcome.buffer) == ({}, None)


# Copy-out: spec 05 section 1.2 ----------------------------------------------------------


@pytest.mark.parametrize("topic", SINGLE)
def test_a_single_record_is_answered_whole_or_not_at_all(world: "World", topic: int) -> None:
    handle = SINGLE[topic](world)
    for room in (size(topic), size(topic) + 1, 10 * size(topic), (1 << 64) - 1):
        outcome = world.good(info(world, handle, topic, room))
        assert outcome.buffer is not None
        assert len(outcome.buffer) == size(topic)
        assert outcome.values == {"actual": 1, "avail": 1}
    for room in (0, size(topic) - 1):
        outcome = info(world, handle, topic, room)
        world.expect(outcome, Status.BUFFER_TOO_SMALL, "object_get_info/buffer-large-enough")
        assert outcome.values == {"actual": 0, "avail": 1}
        assert outcome.checks[-1][1] == (room, size(topic))
        assert not outcome.buffer


@pytest.mark.parametrize("topic", SINGLE)
def test_a_single_record_that_cannot_be_written_leaves_the_counts_alone(
    world: "World", topic: int
) -> None:
    handle, counts = SINGLE[topic](world), world.scratch()
    world.me.aspace.store(counts, b"\xff" * 16)
    outs: dict[str, Any] = {"actual": Pointer(counts), "avail": Pointer(counts + 8)}
    for buffer in (None, WILD, Pointer(0)):
        outcome = info(world, handle, topic, buffer=buffer, **outs)
        world.expect(outcome, Status.INVALID_ARGS, "object_get_info/buffer-writable")
        assert outcome.values == {}
        assert world.peek(counts, 16) == b"\xff" * 16


@pytest.mark.parametrize("topic", LISTS)
def test_a_list_answers_as_many_as_fit_and_says_how_many_there_are(
    world: "World", topic: int
) -> None:
    handle = LISTS[topic](world)
    if topic == PROCESS_VMOS:
        target = world.object(handle, Process)
        for _ in range(2):
            world.kernel.grant(target, VmObject(world.kernel, PAGE), 0)
    whole = many(world, handle, topic)
    total = len(whole)
    assert total >= 1
    for fit in range(total + 2):
        for spare in (0, size(topic) - 1):
            outcome = world.good(info(world, handle, topic, fit * size(topic) + spare))
            assert outcome.values == {"actual": min(fit, total), "avail": total}
            assert entries(outcome, topic) == whole[:fit]


@pytest.mark.parametrize("topic", LISTS)
def test_a_list_in_no_room_touches_no_buffer(world: "World", topic: int) -> None:
    handle = LISTS[topic](world)
    total = len(many(world, handle, topic))
    for buffer in (None, WILD):
        for room in (0, size(topic) - 1):
            outcome = world.good(info(world, handle, topic, room, buffer=buffer))
            assert outcome.values == {"actual": 0, "avail": total}


@pytest.mark.parametrize("topic", [PROCESS_THREADS, JOB_CHILDREN, JOB_PROCESSES, PROCESS_VMOS])
def test_an_empty_list_touches_no_buffer(world: "World", topic: int) -> None:
    if topic == PROCESS_VMOS:
        target, _ = world.running()
        for held in target.process.handle_list:
            world.kernel.handles.destroy(held)
        handle = target.handle
    elif topic == PROCESS_THREADS:
        handle = world.process().handle
    else:
        handle = world.child_job()[0]
    outcome = world.good(info(world, handle, topic, buffer=None))
    assert outcome.values == {"actual": 0, "avail": 0}


@pytest.mark.parametrize("topic", [PROCESS_THREADS, JOB_CHILDREN, JOB_PROCESSES])
def test_a_list_of_koids_that_cannot_be_written_leaves_the_counts_alone(
    world: "World", topic: int
) -> None:
    handle, counts = LISTS[topic](world), world.scratch()
    world.me.aspace.store(counts, b"\xff" * 16)
    outs: dict[str, Any] = {"actual": Pointer(counts), "avail": Pointer(counts + 8)}
    for buffer in (None, WILD):
        outcome = info(world, handle, topic, buffer=buffer, **outs)
        world.expect(outcome, Status.INVALID_ARGS, "object_get_info/buffer-writable")
        assert outcome.values == {}
        assert world.peek(counts, 16) == b"\xff" * 16


def test_the_answer_lies_in_the_callers_memory(world: "World") -> None:
    place, counts = world.scratch(), world.scratch()
    world.me.aspace.store(place, b"\xff" * 32)
    world.me.aspace.store(counts, b"\xff" * 24)
    outs: dict[str, Any] = {"actual": Pointer(counts), "avail": Pointer(counts + 8)}
    world.child_job()
    outcome = world.good(info(world, world.job, JOB_CHILDREN, 8, buffer=Pointer(place), **outs))
    world.child_job()
    assert outcome.buffer == world.peek(place, 8)
    assert world.peek(place + 8, 8) == b"\xff" * 8
    assert world.peek(counts, 24) == (1).to_bytes(8, "little") * 2 + b"\xff" * 8
    outcome = world.good(info(world, world.job, JOB_CHILDREN, 8, buffer=Pointer(place), **outs))
    assert world.peek(counts, 16) == (1).to_bytes(8, "little") + (2).to_bytes(8, "little")


@pytest.mark.parametrize("room", [0, HUGE])
def test_the_counts_may_be_null(world: "World", room: int) -> None:
    outcome = info(world, world.self, PROCESS, room, actual=None, avail=None)
    assert outcome.status is (Status.OK if room else Status.BUFFER_TOO_SMALL)
    assert outcome.values == {}
    outcome = info(world, world.self, PROCESS, room, actual=None)
    assert outcome.values == {"avail": 1}
    outcome = info(world, world.self, PROCESS, room, avail=None)
    assert outcome.values == {"actual": int(room > 0)}
    world.good(info(world, world.job, JOB_PROCESSES, room, actual=None, avail=None))


def test_actual_is_stored_before_avail_fails(world: "World") -> None:
    place, counts = world.scratch(), world.scratch()
    outs: dict[str, Any] = {"buffer": Pointer(place), "actual": Pointer(counts), "avail": WILD}
    outcome = info(world, world.self, HANDLE_COUNT, **outs)
    world.expect(outcome, Status.INVALID_ARGS, "object_get_info/avail-writable")
    assert outcome.values == {"actual": 1}
    assert world.peek(counts, 8) == (1).to_bytes(8, "little")
    assert world.peek(place, 4) == world.me.handles.to_bytes(4, "little")


def test_a_record_that_runs_into_a_hole_is_written_up_to_there(world: "World") -> None:
    address = world.scratch()
    place = Pointer(address + PAGE - 8)
    outcome = info(world, world.self, HANDLE_BASIC, buffer=place)
    world.expect(outcome, Status.INVALID_ARGS, "object_get_info/buffer-writable")
    assert world.peek(address + PAGE - 8, 8) == world.me.koid.to_bytes(8, "little")


# HANDLE_VALID ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKE)
def test_the_probe_says_only_whether_a_handle_is_valid(world: "World", kind: str) -> None:
    bare = grant(world, world.object(MAKE[kind](world), KernelObject), 0)
    outs: dict[str, Any] = {"buffer": None, "actual": WILD, "avail": WILD}
    outcome = world.good(info(world, bare, HANDLE_VALID, 0, **outs))
    assert (outcome.values, outcome.buffer) == ({}, None)


@pytest.mark.parametrize("action", [0, 1, 2, 3, 5])
def test_the_probe_asks_no_policy(world: "World", action: int) -> None:
    world.me.policy[Policy.BAD_HANDLE.value] = action
    outcome = info(world, world.closed(), HANDLE_VALID)
    world.expect(outcome, Status.BAD_HANDLE, "object_get_info/handle-valid")
    assert world.state(world.me) is ProcessState.RUNNING


def test_any_other_topic_asks_the_policy(world: "World") -> None:
    world.me.policy[Policy.BAD_HANDLE.value] = 2
    assert info(world, 0, HANDLE_BASIC).status is Status.BAD_HANDLE
    assert world.state(world.me) is ProcessState.DEAD
    assert world.me.return_code == -1


# HANDLE_BASIC ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "type_", "props"),
    [
        ("process", 1, 1),
        ("thread", 2, 1),
        ("VMO", 3, 1),
        ("event", 5, 1),
        ("resource", 15, 1),
        ("job", 17, 1),
        ("VMAR", 18, 0),
        ("bti", 24, 1),
    ],
)
def test_a_handle_tells_what_it_names(world: "World", kind: str, type_: int, props: int) -> None:
    handle = MAKE[kind](world)
    related = {
        "process": world.kernel.job.koid,
        "thread": world.me.koid,
        "job": world.kernel.root_job.koid,
    }.get(kind, 0)
    basic = one(world, handle, HANDLE_BASIC)
    rights = world.rights(handle)
    assert basic == records.HandleBasic(koid(world, handle), rights, type_, related, props)


def test_a_handle_tells_its_own_rights_and_not_those_of_another(world: "World") -> None:
    bare, some = world.weak(world.self, 0), world.weak(world.self, int(Rights.READ))
    assert one(world, bare, HANDLE_BASIC).rights == 0
    assert one(world, some, HANDLE_BASIC).rights == 4
    assert one(world, world.self, HANDLE_BASIC).rights == 0x2D3CF


def test_the_root_job_has_no_related_koid(world: "World") -> None:
    root = grant(world, world.kernel.root_job, 0)
    assert one(world, root, HANDLE_BASIC).related_koid == 0


def test_a_clone_has_no_related_koid(world: "World") -> None:
    clone = world.out(world.good(zx_vmo_clone(world.caller, world.vmo(), 1, 0, PAGE)))
    assert one(world, clone, HANDLE_BASIC).related_koid == 0


# PROCESS: spec 03 section 2.6 -----------------------------------------------------------


def exited(w: "World", code: int) -> "Target":
    target, _ = w.running()
    zx_process_exit(Caller(target.process, w.caller.profile), code)
    return target


def killed_first(w: "World") -> "Target":
    target = w.process()
    w.good(zx_task_kill(w.caller, target.handle))
    return target


def thread_killed(w: "World") -> "Target":
    target, thread = w.running()
    w.good(zx_task_kill(w.caller, thread))
    assert w.state(target.process) is ProcessState.DEAD
    return target


def lingering(w: "World", end: "Callable[[World], Target]") -> "Target":
    w.kernel.linger = True
    target = end(w)
    assert target.process.state is ProcessState.DYING
    return target


@pytest.mark.parametrize(
    ("arrange", "code", "started", "ended"),
    [
        (lambda w: w.process(), 0, False, False),
        (lambda w: w.running()[0], 0, True, False),
        (lambda w: lingering(w, lambda w: exited(w, 7)), 7, True, True),
        (lambda w: exited(w, 7), 7, True, True),
        (lambda w: exited(w, (1 << 63) - 1), (1 << 63) - 1, True, True),
        (lambda w: exited(w, -(1 << 63)), -(1 << 63), True, True),
        (lambda w: w.dead(), -1, True, True),
        (killed_first, -1, True, True),
        (thread_killed, 0, True, True),
    ],
    ids=[
        "created",
        "running",
        "exiting",
        "exited",
        "exited with much",
        "exited with little",
        "killed",
        "killed before it ran",
        "its thread killed",
    ],
)
def test_a_process_tells_how_far_it_is(
    world: "World",
    arrange: "Callable[[World], Target]",
    code: int,
    started: bool,
    ended: bool,
) -> None:
    target = arrange(world)
    expected = records.ProcessInfo(code, started, ended, False)
    assert one(world, target.handle, PROCESS) == expected


# Koids ----------------------------------------------------------------------------------


def test_threads_are_listed_once_started_and_until_dead(world: "World") -> None:
    target = world.process()
    new = world.thread(target.handle)
    assert koids(world, target.handle, PROCESS_THREADS) == []
    world.good(zx_handle_close(world.caller, target.handle))
    world.good(zx_handle_close(world.caller, new))
    target, first = world.running()
    second, third = world.thread(target.handle), world.thread(target.handle)
    world.good(zx_thread_start(world.caller, third, 0, 0, 0, 0))
    world.good(zx_thread_start(world.caller, second, 0, 0, 0, 0))
    started = [koid(world, each) for each in (first, third, second)]
    assert koids(world, target.handle, PROCESS_THREADS) == started
    world.good(zx_task_kill(world.caller, third))
    assert koids(world, target.handle, PROCESS_THREADS) == [started[0], started[2]]
    world.good(zx_task_kill(world.caller, target.handle))
    assert koids(world, target.handle, PROCESS_THREADS) == []


def test_a_thread_that_is_dying_is_still_listed(world: "World") -> None:
    world.kernel.linger = True
    target, thread = world.running()
    world.good(zx_task_kill(world.caller, target.handle))
    assert koids(world, target.handle, PROCESS_THREADS) == [koid(world, thread)]


def test_child_jobs_are_listed_oldest_first_and_not_theirs(world: "World") -> None:
    parent, job = world.child_job()
    first, second, third = (
        world.out(world.good(zx_job_create(world.caller, parent, 0))) for _ in range(3)
    )
    grandchild = world.out(world.good(zx_job_create(world.caller, first, 0)))
    assert koids(world, parent, JOB_CHILDREN) == [
        koid(world, each) for each in (first, second, third)
    ]
    assert koids(world, first, JOB_CHILDREN) == [koid(world, grandchild)]
    world.good(zx_handle_close(world.caller, second))
    assert koids(world, parent, JOB_CHILDREN) == [koid(world, each) for each in (first, third)]
    assert koids(world, parent, JOB_PROCESSES) == []
    assert job.koid in koids(world, world.job, JOB_CHILDREN)


def test_child_processes_are_listed_until_dead(world: "World") -> None:
    parent, _ = world.child_job()

    def make() -> tuple[int, int]:
        made = world.good(zx_process_create(world.caller, parent, b"", 0, 0))
        handle = world.out(made, "proc_handle")
        return handle, koid(world, handle)

    first, second, third = make(), make(), make()
    assert koids(world, parent, JOB_PROCESSES) == [first[1], second[1], third[1]]
    world.good(zx_task_kill(world.caller, second[0]))
    assert koids(world, parent, JOB_PROCESSES) == [first[1], third[1]]
    assert first[1] not in koids(world, world.job, JOB_PROCESSES)


def test_a_dying_process_is_still_listed(world: "World") -> None:
    handle = dying(world)
    assert koids(world, world.job, JOB_PROCESSES) == [world.me.koid, koid(world, handle)]
    world.kernel.settle()
    assert koids(world, world.job, JOB_PROCESSES) == [world.me.koid]


# Small topics ---------------------------------------------------------------------------


def test_a_vmar_tells_where_it_is(world: "World") -> None:
    handle, region = world.region(world.vmar, 0x10_0000, 3 * PAGE)
    assert one(world, world.vmar, VMAR) == records.VmarInfo(USER_BASE, USER_SIZE)
    expected = records.VmarInfo(USER_BASE + 0x10_0000, 3 * PAGE)
    assert one(world, handle, VMAR) == expected
    world.good(zx_vmar_destroy(world.caller, handle))
    assert not region.alive
    assert one(world, handle, VMAR) == expected


def test_the_root_vmar_of_a_dead_process_still_tells_where_it_was(world: "World") -> None:
    target = world.dead()
    assert one(world, target.vmar, VMAR) == records.VmarInfo(0x100_0000, 0x7FFF_FEFF_F000)


@pytest.mark.parametrize(
    ("state", "number"),
    [
        (ThreadState.NEW, 0),
        (ThreadState.RUNNING, 1),
        (ThreadState.SUSPENDED, 2),
        (ThreadState.DYING, 4),
        (ThreadState.DEAD, 5),
    ],
)
def test_a_thread_tells_its_state(world: "World", state: ThreadState, number: int) -> None:
    handle = world.thread(world.self)
    world.object(handle, Thread).state = state
    assert one(world, handle, THREAD) == records.ThreadInfo(number, 0)


def test_a_threads_states_come_from_what_is_done_to_it(world: "World") -> None:
    world.kernel.linger = True
    target, thread = world.running()
    assert one(world, thread, THREAD).state == 1
    world.good(zx_task_kill(world.caller, target.handle))
    assert one(world, thread, THREAD).state == 4
    world.kernel.settle()
    assert one(world, thread, THREAD).state == 5


def test_no_thread_has_run_for_any_time(world: "World") -> None:
    assert one(world, world.running()[1], THREAD_STATS) == records.ThreadStats(0)


def test_handles_are_counted_in_all_processes(world: "World") -> None:
    vmo = world.vmo()
    assert one(world, vmo, HANDLE_COUNT).handle_count == 1
    second = world.weak(vmo, int(Rights.READ))
    assert one(world, second, HANDLE_COUNT).handle_count == 2
    other = world.kernel.spawn("other")
    world.kernel.grant(other, world.object(vmo, VmObject), 0)
    assert one(world, vmo, HANDLE_COUNT).handle_count == 3
    world.good(zx_handle_close(world.caller, vmo))
    assert one(world, second, HANDLE_COUNT).handle_count == 2


def test_a_vmar_counts_its_handles_only_where_it_can_be_read(world: "World") -> None:
    handle, _ = world.region(world.vmar, 0x10_0000, flags=0x340)
    assert world.rights(handle) == 0x801B
    outcome = info(world, handle, HANDLE_COUNT)
    world.expect(outcome, Status.ACCESS_DENIED, "object_get_info/handle-rights")
    assert one(world, world.vmar, HANDLE_COUNT).handle_count == 1


@pytest.mark.parametrize("state", ["self", *STATES])
def test_handles_are_counted_by_type_in_any_state(world: "World", state: str) -> None:
    handle = world.self if state == "self" else STATES[state](world)
    process = world.object(handle, Process)
    if state != "DEAD":
        vmo = VmObject(world.kernel, 0)
        for target in (vmo, vmo, world.kernel.job):
            world.kernel.grant(process, target, 0)
    raw = one(world, handle, HANDLE_STATS).counts
    counts = [int.from_bytes(raw[at : at + 4], "little") for at in range(0, 256, 4)]
    expected = [0] * 64
    for held in process.handle_list:
        expected[held.object.type] += 1
    assert counts == expected
    assert sum(counts) == len(process.handle_list)
    if state == "self":
        assert {at: count for at, count in enumerate(counts) if count} == {
            1: 1,
            3: 2,
            15: 1,
            17: 2,
            18: 1,
        }


def test_the_kernels_memory_is_told_in_bytes(world: "World") -> None:
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x", PAGE, 1))
    stats = one(world, world.resource, KMEM_STATS)
    assert (stats.total_bytes, stats.free_bytes) == (256 * PAGE, 255 * PAGE)
    assert stats.vmo_bytes == PAGE


def test_there_is_one_processor_and_it_idles(world: "World") -> None:
    assert many(world, world.resource, CPU_STATS) == [records.CpuStats(0, 0, bytes(112))]


def test_the_one_resource_is_the_root(world: "World") -> None:
    root = one(world, world.resource, RESOURCE)
    assert root == records.ResourceInfo(4, 0, 0, 0, "root")


def test_a_bti_tells_pages_and_an_address_width(world: "World") -> None:
    assert one(world, bti(world), BTI) == records.BtiInfo(PAGE, 1 << 48)


# PROCESS_MAPS: spec 05 section 1.5 ------------------------------------------------------


def maps(w: "World", target: "Target") -> list[MapsEntry]:
    return many(w, target.handle, PROCESS_MAPS)


def heads(process: Process) -> list[MapsEntry]:
    space, whole = f"proc:{process.koid}", (0x100_0000, 0x7FFF_FEFF_F000)
    return [MapsEntry(space, *whole, 0, 1, 0, 0, 0), MapsEntry("root", *whole, 1, 2, 0, 0, 0)]


def test_the_maps_of_an_empty_space_are_the_space_and_its_root(world: "World") -> None:
    target, _ = world.running()
    assert maps(world, target) == heads(target.process)


def test_the_maps_are_in_order_of_depth_and_then_of_address(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    number = koid(world, vmo)
    world.good(zx_object_set_property(world.caller, vmo, 3, b"heap", 4))
    low = 0x10_0000
    world.map(target.vmar, vmo, low + 0x10_0000, perms=5)
    outer, _ = world.region(target.vmar, low, 16 * PAGE)
    inner, _ = world.region(outer, 8 * PAGE, 8 * PAGE)
    world.map(inner, vmo, 4 * PAGE, perms=0, length=PAGE)
    world.map(outer, vmo, 0, length=2 * PAGE)
    base = USER_BASE + low
    assert maps(world, target) == [
        *heads(target.process),
        MapsEntry("useralloc", base, 16 * PAGE, 2, 2, 0, 0, 0),
        MapsEntry("heap", base, 2 * PAGE, 3, 3, 3, number, 0),
        MapsEntry("useralloc", base + 8 * PAGE, 8 * PAGE, 3, 2, 0, 0, 0),
        MapsEntry("heap", base + 12 * PAGE, PAGE, 4, 3, 0, number, 0),
        MapsEntry("heap", base + 0x10_0000, 4 * PAGE, 2, 3, 5, number, 0),
    ]


def test_a_mapping_tells_its_protection_and_its_vmos_name_of_now(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    base = world.map(target.vmar, vmo, perms=7)
    assert [entry.mmu_flags for entry in maps(world, target)[2:]] == [7]
    world.good(zx_vmar_protect(world.caller, target.vmar, 1, base + PAGE, PAGE))
    world.good(zx_object_set_property(world.caller, vmo, 3, b"new", 3))
    world.good(zx_object_set_property(world.caller, target.handle, 3, b"proc", 4))
    found = maps(world, target)
    assert found[:2] == heads(target.process)
    assert [(entry.name, entry.base - base, entry.mmu_flags) for entry in found[2:]] == [
        ("new", 0, 7),
        ("new", PAGE, 1),
        ("new", 2 * PAGE, 7),
    ]


def test_a_mapping_tells_its_vmo_after_the_last_handle_is_closed(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    number = koid(world, vmo)
    world.map(target.vmar, vmo)
    world.good(zx_handle_close(world.caller, vmo))
    assert [entry.vmo_koid for entry in maps(world, target)[2:]] == [number]


def test_committed_pages_are_the_vmos_own_inside_the_window(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo(8 * PAGE)
    for page in (0, 2, 3, 7):
        world.good(zx_vmo_write(world.caller, vmo, b"x", page * PAGE, 1))
    world.map(target.vmar, vmo, 0, vmo_offset=2 * PAGE, length=2 * PAGE)
    world.map(target.vmar, vmo, 0x10_0000, vmo_offset=3 * PAGE, length=5 * PAGE)
    world.map(target.vmar, vmo, 0x20_0000, length=8 * PAGE)
    world.map(target.vmar, vmo, 0x30_0000, vmo_offset=4 * PAGE, length=2 * PAGE)
    assert [entry.committed_pages for entry in maps(world, target)[2:]] == [2, 2, 4, 0]
    world.good(zx_vmo_set_size(world.caller, vmo, 3 * PAGE))
    assert [entry.committed_pages for entry in maps(world, target)[2:]] == [1, 0, 2, 0]
    assert [entry.size for entry in maps(world, target)[2:]] == [
        count * PAGE for count in (2, 5, 8, 2)
    ]


def test_what_a_clone_only_sees_of_its_parent_is_not_committed(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x" * 2 * PAGE, 0, 2 * PAGE))
    clone = world.out(world.good(zx_vmo_clone(world.caller, vmo, 1, 0, 4 * PAGE)))
    world.map(target.vmar, clone)
    assert maps(world, target)[2].committed_pages == 0
    world.good(zx_vmo_write(world.caller, clone, b"y", PAGE, 1))
    assert maps(world, target)[2].committed_pages == 1


def test_a_devices_memory_is_never_committed(world: "World") -> None:
    target, _ = world.running()
    base = world.map(target.vmar, world.physical(), length=PAGE)
    assert target.process.aspace.store(base, b"x") is None
    assert maps(world, target)[2].committed_pages == 0


def test_a_space_whose_root_was_destroyed_still_has_two_entries(world: "World") -> None:
    target, _ = world.running()
    world.map(target.vmar, world.vmo())
    world.good(zx_vmar_destroy(world.caller, target.vmar))
    assert maps(world, target) == heads(target.process)


# PROCESS_VMOS: spec 05 section 1.6 ------------------------------------------------------


def vmos(w: "World", target: "Target") -> list[VmoInfo]:
    found = many(w, target.handle, PROCESS_VMOS)
    # The argument of zx_process_start is the oldest handle of a process.
    argument = target.process.handle_list[-1].object.koid
    return [each for each in found if each.koid != argument]


def test_vmos_come_by_handle_newest_first_and_then_by_mapping(world: "World") -> None:
    target, _ = world.running()
    process = target.process
    first, second = world.vmo(), world.vmo(PAGE + 1)
    for handle, rights in ((first, 4), (second, 0xD0FF), (first, 0)):
        world.kernel.grant(process, world.object(handle, VmObject), rights)
    world.kernel.grant(process, world.kernel.job, 0)
    world.good(zx_object_set_property(world.caller, second, 3, b"two", 3))
    world.map(target.vmar, second, 0x20_0000, length=PAGE)
    region, _ = world.region(target.vmar, 0x10_0000)
    world.map(region, first)
    world.map(target.vmar, second, 0x30_0000, length=2 * PAGE)
    one_, two = koid(world, first), koid(world, second)
    rest_one = (one_, "", 4 * PAGE, 0, 0, 1, 1)
    rest_two = (two, "two", 2 * PAGE, 0, 0, 2, 1)
    assert vmos(world, target) == [
        VmoInfo(*rest_one, 9, 0, 0),
        VmoInfo(*rest_two, 9, 0, 0xD0FF),
        VmoInfo(*rest_one, 9, 0, 4),
        VmoInfo(*rest_one, 17, 0, 0),
        VmoInfo(*rest_two, 17, 0, 0),
        VmoInfo(*rest_two, 17, 0, 0),
    ]


def test_a_vmo_of_two_handles_and_three_mappings_comes_five_times(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    for _ in range(2):
        world.kernel.grant(target.process, world.object(vmo, VmObject), 4)
    base = world.map(target.vmar, vmo)
    world.good(zx_vmar_protect(world.caller, target.vmar, 1, base + PAGE, PAGE))
    found = vmos(world, target)
    assert [(each.flags, each.handle_rights) for each in found] == [(9, 4)] * 2 + [(17, 0)] * 3
    assert {each.num_mappings for each in found} == {3}
    world.good(zx_vmar_unmap(world.caller, target.vmar, base, PAGE))
    assert [each.num_mappings for each in vmos(world, target)] == [2] * 4


def test_a_clone_tells_its_parent_and_the_parent_its_children(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x", 0, 1))
    clones = [world.out(world.good(zx_vmo_clone(world.caller, vmo, 1, 0, PAGE))) for _ in (0, 1)]
    world.good(zx_vmo_write(world.caller, clones[0], b"y", 1, 1))
    for handle in (vmo, *clones):
        world.kernel.grant(target.process, world.object(handle, VmObject), 0)
    parent = koid(world, vmo)
    assert [
        (each.koid, each.parent_koid, each.num_children, each.flags, each.committed_bytes)
        for each in vmos(world, target)
    ] == [
        (koid(world, clones[1]), parent, 0, 13, 0),
        (koid(world, clones[0]), parent, 0, 13, PAGE),
        (parent, 0, 2, 9, PAGE),
    ]


def test_a_physical_vmo_is_not_paged_and_commits_nothing(world: "World") -> None:
    target, _ = world.running()
    vmo = world.physical()
    world.kernel.grant(target.process, world.object(vmo, VmObject), 0)
    base = world.map(target.vmar, vmo, length=PAGE)
    assert target.process.aspace.store(base, b"x") is None
    found = vmos(world, target)
    assert [(each.flags, each.committed_bytes, each.size_bytes) for each in found] == [
        (8, 0, PAGE),
        (16, 0, PAGE),
    ]


def test_a_vmo_tells_all_that_it_owns_and_not_only_what_is_mapped(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x" * 3 * PAGE, 0, 3 * PAGE))
    world.map(target.vmar, vmo, length=PAGE)
    assert [each.committed_bytes for each in vmos(world, target)] == [3 * PAGE]


@pytest.mark.parametrize(
    ("mine", "theirs", "others", "share"),
    [(0, 1, 0, 1), (0, 2, 0, 1), (1, 1, 0, 2), (2, 1, 0, 2), (0, 1, 1, 2), (1, 2, 1, 3)],
)
def test_a_share_is_counted_by_address_space(
    world: "World", mine: int, theirs: int, others: int, share: int
) -> None:
    target, _ = world.running()
    other = world.process()
    vmo = world.vmo()
    for vmar, count in ((world.vmar, mine), (target.vmar, theirs), (other.vmar, others)):
        for step in range(count):
            world.map(vmar, vmo, step * 0x10_0000)
    found = vmos(world, target)
    assert [(each.share_count, each.num_mappings) for each in found] == [
        (share, mine + theirs + others)
    ] * theirs


def test_a_vmo_that_is_not_mapped_has_a_share_of_one(world: "World") -> None:
    target, _ = world.running()
    world.kernel.grant(target.process, world.object(world.vmo(), VmObject), 0)
    assert [(each.share_count, each.num_mappings) for each in vmos(world, target)] == [(1, 0)]


# Walks that are refused: spec 05 section 1.5 --------------------------------------------


@WALKS
def test_no_process_may_walk_itself_and_no_count_is_stored(world: "World", topic: int) -> None:
    counts = world.scratch()
    world.me.aspace.store(counts, b"\xff" * 16)
    outs: dict[str, Any] = {"actual": Pointer(counts), "avail": Pointer(counts + 8)}
    outcome = info(world, world.self, topic, **outs)
    world.expect(outcome, Status.ACCESS_DENIED, "object_get_info/process-not-caller")
    assert outcome.values == {}
    assert world.peek(counts, 16) == b"\xff" * 16
    outcome = info(world, world.self, topic, actual=WILD, avail=WILD)
    world.expect(outcome, Status.ACCESS_DENIED, "object_get_info/process-not-caller")


@WALKS
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("spare", [0, 7])
def test_a_walk_of_what_does_not_run_stores_the_room_as_actual(
    world: "World", topic: int, state: str, spare: int
) -> None:
    handle, counts = STATES[state](world), world.scratch()
    outs: dict[str, Any] = {"actual": Pointer(counts), "avail": Pointer(counts + 8)}
    world.me.aspace.store(counts, b"\xff" * 16)
    for fit in (0, 3):
        room = fit * size(topic) + spare
        outcome = info(world, handle, topic, room, buffer=WILD, **outs)
        world.expect(outcome, Status.BAD_STATE, "object_get_info/process-running")
        assert outcome.values == {"actual": fit, "avail": 0}
        assert world.peek(counts, 16) == fit.to_bytes(8, "little") + bytes(8)
        assert outcome.buffer is None


@WALKS
@pytest.mark.parametrize("bad", ["actual", "avail"])
@pytest.mark.parametrize("failure", ["state", "buffer"])
def test_a_bad_pointer_for_a_count_overrides_a_walk_that_was_refused(
    world: "World", topic: int, bad: str, failure: str
) -> None:
    outs: dict[str, Any] = {bad: WILD}
    if failure == "state":
        outcome = info(world, world.process().handle, topic, **outs)
    else:
        outcome = info(world, running(world), topic, buffer=None, **outs)
    world.expect(outcome, Status.INVALID_ARGS, f"object_get_info/{bad}-writable")
    assert list(outcome.values) == ([] if bad == "actual" else ["actual"])
    refused = ["object_get_info/process-running", "object_get_info/buffer-writable"]
    asked = [rule.id for rule, _ in outcome.checks]
    assert refused[failure == "buffer"] not in asked


@WALKS
def test_a_walk_that_was_refused_may_have_no_place_for_its_counts(
    world: "World", topic: int
) -> None:
    handle = world.process().handle
    outcome = info(world, handle, topic, actual=None, avail=None)
    world.expect(outcome, Status.BAD_STATE, "object_get_info/process-running")
    assert outcome.values == {}
    outcome = info(world, handle, topic, actual=None)
    world.expect(outcome, Status.BAD_STATE, "object_get_info/process-running")
    assert outcome.values == {"avail": 0}


@pytest.mark.parametrize(("topic", "actual"), [(PROCESS_MAPS, 0), (PROCESS_VMOS, 5)])
@pytest.mark.parametrize("buffer", [None, WILD])
def test_a_walk_into_a_bad_buffer_still_stores_counts(
    world: "World", topic: int, actual: int, buffer: Pointer | None
) -> None:
    target, counts = world.running()[0], world.scratch()
    world.me.aspace.store(counts, b"\xff" * 16)
    outs: dict[str, Any] = {"actual": Pointer(counts), "avail": Pointer(counts + 8)}
    outcome = info(world, target.handle, topic, 5 * size(topic), buffer=buffer, **outs)
    world.expect(outcome, Status.INVALID_ARGS, "object_get_info/buffer-writable")
    assert outcome.values == {"actual": actual, "avail": 0}
    assert world.peek(counts, 16) == actual.to_bytes(8, "little") + bytes(8)


@WALKS
@pytest.mark.parametrize("make", [lambda w: 0, lambda w: w.job, lambda w: weak(w, PROCESS_MAPS)])
def test_a_walk_that_finds_no_process_stores_no_count(
    world: "World", topic: int, make: "Asked"
) -> None:
    outcome = info(world, make(world), topic)
    assert outcome.status in (Status.BAD_HANDLE, Status.WRONG_TYPE, Status.ACCESS_DENIED)
    assert outcome.values == {}


@pytest.mark.parametrize("state", STATES)
def test_statistics_of_what_does_not_run_store_no_count(world: "World", state: str) -> None:
    outcome = info(world, STATES[state](world), TASK_STATS, 0)
    world.expect(outcome, Status.BAD_STATE, "object_get_info/process-running")
    assert outcome.values == {}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "topic", [PROCESS, PROCESS_THREADS, HANDLE_STATS, HANDLE_BASIC, HANDLE_COUNT]
)
def test_other_topics_work_in_any_state(world: "World", state: str, topic: int) -> None:
    world.good(info(world, STATES[state](world), topic))


# TASK_STATS: spec 05 section 1.7 --------------------------------------------------------


def stats(w: "World", handle: int) -> tuple[int, ...]:
    """Return mapped, private, shared and scaled bytes, in pages but for the last."""
    found = one(w, handle, TASK_STATS)
    assert not any(number % PAGE for number in found[:3])
    return (*(number // PAGE for number in found[:3]), found[3])


def test_an_empty_process_has_no_memory(world: "World") -> None:
    assert stats(world, running(world)) == (0, 0, 0, 0)


def test_what_was_never_written_is_mapped_only(world: "World") -> None:
    target, _ = world.running()
    world.map(target.vmar, world.vmo(), perms=0)
    region, _ = world.region(target.vmar, 0x10_0000)
    world.map(region, world.vmo(), length=9 * PAGE)
    assert stats(world, target.handle) == (13, 0, 0, 0)


def test_a_page_mapped_twice_in_one_process_is_private_twice(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x" * 2 * PAGE, 0, 2 * PAGE))
    world.map(target.vmar, vmo)
    world.map(target.vmar, vmo, 0x10_0000, vmo_offset=PAGE, length=2 * PAGE)
    assert stats(world, target.handle) == (6, 3, 0, 0)


def test_a_vmo_held_elsewhere_but_not_mapped_there_is_private(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    world.kernel.grant(world.process().process, world.object(vmo, VmObject), 0xD0FF)
    world.good(zx_vmo_write(world.caller, vmo, b"x", 0, 1))
    world.map(target.vmar, vmo)
    assert stats(world, target.handle) == (4, 1, 0, 0)


def test_a_shared_page_is_divided_by_the_spaces_for_each_mapping(world: "World") -> None:
    target, _ = world.running()
    others = [world.process(), world.process()]
    vmo, own = world.vmo(), world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x" * 2 * PAGE, 0, 2 * PAGE))
    world.good(zx_vmo_write(world.caller, own, b"x", 0, 1))
    world.map(target.vmar, vmo)
    world.map(target.vmar, vmo, 0x10_0000, vmo_offset=PAGE, length=PAGE)
    world.map(target.vmar, own, 0x20_0000)
    # Another window of the same VMO shares it all the same: it goes by VMO, not by page.
    world.map(others[0].vmar, vmo, vmo_offset=3 * PAGE, length=PAGE)
    assert stats(world, target.handle) == (9, 1, 3, PAGE + PAGE // 2)
    world.map(others[1].vmar, vmo)
    thirds = 2 * PAGE // 3 + PAGE // 3
    assert thirds < 3 * PAGE // 3
    assert stats(world, target.handle) == (9, 1, 3, thirds)


def test_sharing_ends_with_the_other_mapping(world: "World") -> None:
    target, _ = world.running()
    other = world.process()
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x", 0, 1))
    world.map(target.vmar, vmo)
    base = world.map(other.vmar, vmo)
    assert stats(world, target.handle) == (4, 0, 1, PAGE // 2)
    world.good(zx_vmar_unmap(world.caller, other.vmar, base, 4 * PAGE))
    assert stats(world, target.handle) == (4, 1, 0, 0)
    world.map(other.vmar, vmo)
    world.good(zx_task_kill(world.caller, other.handle))
    assert stats(world, target.handle) == (4, 1, 0, 0)


def test_what_a_clone_inherits_counts_for_nobody_but_the_parents_mapping(world: "World") -> None:
    target, _ = world.running()
    vmo = world.vmo()
    world.good(zx_vmo_write(world.caller, vmo, b"x" * 3 * PAGE, 0, 3 * PAGE))
    clone = world.out(world.good(zx_vmo_clone(world.caller, vmo, 1, 0, 4 * PAGE)))
    world.map(target.vmar, clone)
    assert stats(world, target.handle) == (4, 0, 0, 0)
    world.good(zx_vmo_write(world.caller, clone, b"y", 0, 1))
    assert stats(world, target.handle) == (4, 1, 0, 0)


def test_a_process_may_ask_for_its_own_statistics(world: "World") -> None:
    place = world.scratch()
    outcome = world.good(info(world, world.self, TASK_STATS, buffer=Pointer(place)))
    assert entries(outcome, TASK_STATS) == [records.TaskStats(PAGE, 0, 0, 0)]
    assert stats(world, world.self) == (1, 1, 0, 0)


def test_a_question_about_an_object_changes_nothing(world: "World") -> None:
    target, thread = world.running()
    world.map(target.vmar, world.vmo())
    handles = (target.handle, thread, target.vmar, world.job, world.resource, world.self)
    before = world.picture()
    for handle in handles:
        for topic in range(23):
            zx_object_get_info(world.caller, handle, topic, HUGE)
    assert world.picture() == before


def test_both_profiles_give_the_same_answers() -> None:
    rules = zx_object_get_info.rules
    assert all(rule.exists_in(profile) for rule in rules for profile in Profile)
    assert all(rule.difference is None for rule in rules)
