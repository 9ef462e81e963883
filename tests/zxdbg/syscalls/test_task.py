from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE, USER_SIZE
from zxdbg.kernel.rights import SAME_RIGHTS
from zxdbg.kernel.task import (
    NO_JOBS,
    NO_PROCESSES,
    TERMINATED,
    Job,
    JobState,
    Policy,
    Process,
    ProcessState,
    Thread,
    ThreadState,
)
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    Fill,
    Outcome,
    Pointer,
    zx_handle_close,
    zx_process_create,
    zx_process_exit,
    zx_process_start,
    zx_process_write_memory,
    zx_task_kill,
    zx_thread_create,
    zx_thread_exit,
    zx_thread_start,
    zx_vmar_allocate,
    zx_vmar_map,
    zx_vmar_protect,
    zx_vmar_unmap,
)

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Refusal, World


PAGE = 4096
WILD = Pointer(0x2000_0000_0000)
OUTSIDE = Pointer(0x1000)


def create(
    w: "World",
    *,
    name: bytes | Fill | Pointer | None = b"p",
    length: int = 1,
    options: int = 0,
    job: int | None = None,
) -> Outcome:
    return w.call(zx_process_create, w.job if job is None else job, name, length, options)


def thread(
    w: "World",
    process: int,
    *,
    name: bytes | Fill | Pointer | None = b"t",
    length: int = 1,
    options: int = 0,
) -> Outcome:
    return w.call(zx_thread_create, process, name, length, options)


def start(w: "World", process: int, first: int, argument: int) -> Outcome:
    return w.call(zx_process_start, process, first, 0, 0, argument, 0)


def forbid(w: "World", policy: Policy, action: int = 1) -> None:
    w.me.policy[policy.value] = action


def forbidden(w: "World", call: Callable[[], Outcome]) -> Outcome:
    forbid(w, Policy.NEW_PROCESS)
    return call()


def full(w: "World", call: Callable[[], Outcome], spare: int = 0) -> Outcome:
    w.fill(spare)
    w.before = w.picture()
    return call()


def killed_job(w: "World") -> int:
    handle, job = w.child_job()
    inner = w.good(zx_process_create(w.caller, handle, b"", 0, 0))
    w.good(zx_task_kill(w.caller, handle))
    assert job.state is JobState.DEAD
    assert w.object(w.out(inner, "proc_handle"), Process).state is ProcessState.DEAD
    return handle


def started(w: "World", *, again: bool) -> Outcome:
    target, first = w.running()
    return start(w, target.handle, first if again else w.thread(target.handle), w.vmo())


def start_fresh(w: "World", argument: Callable[["World"], int]) -> Outcome:
    target = w.process()
    first = w.thread(target.handle)
    return start(w, target.handle, first, argument(w))


def start_with(
    w: "World", process: Callable[["World", int], int], first: Callable[["World", int], int]
) -> Outcome:
    target = w.process()
    new = w.thread(target.handle)
    return start(w, process(w, target.handle), first(w, new), 0)


def run(w: "World", handle: int) -> Outcome:
    return w.call(zx_thread_start, handle, 0, 0, 0, 0)


def run_in(w: "World", process: int) -> Outcome:
    return run(w, w.thread(process))


def dying(w: "World") -> int:
    """Return a process whose only thread lingers after a kill."""
    w.kernel.linger = True
    target, _ = w.running()
    target.process.kill()
    assert target.process.state is ProcessState.DYING
    return target.handle


def killed_thread(w: "World") -> int:
    """Return a thread that was killed in a process that runs on."""
    handle = w.thread(w.self)
    w.good(run(w, handle))
    w.good(zx_task_kill(w.caller, handle))
    return handle


REFUSALS: "list[Refusal]" = [
    # zx_process_create, spec 03 section 2.2
    (
        "create with options, even under a policy and with no name",
        lambda w: forbidden(w, lambda: create(w, options=1, name=None)),
        Status.INVALID_ARGS,
        "process_create/options-zero",
    ),
    (
        "create under a policy, even with no name",
        lambda w: forbidden(w, lambda: create(w, name=None)),
        Status.ACCESS_DENIED,
        "process_create/policy-allows",
    ),
    (
        "create with a NULL name, even with a bad job",
        lambda w: create(w, name=None, length=0, job=0),
        Status.INVALID_ARGS,
        "process_create/name-not-null",
    ),
    (
        "create with a wild name, even with a bad job",
        lambda w: create(w, name=WILD, length=1, job=0),
        Status.INVALID_ARGS,
        "process_create/name-readable",
    ),
    (
        "create with a name of no byte at an address outside",
        lambda w: create(w, name=OUTSIDE, length=0),
        Status.INVALID_ARGS,
        "process_create/name-readable",
    ),
    (
        "create with more bytes than there are",
        lambda w: create(w, name=b"abc", length=4),
        Status.INVALID_ARGS,
        "process_create/name-readable",
    ),
    (
        "create with a name that runs off the caller's memory",
        lambda w: create(w, name=Pointer(w.scratch() + PAGE - 8), length=9),
        Status.INVALID_ARGS,
        "process_create/name-readable",
    ),
    (
        "create in a job that is no handle",
        lambda w: create(w, job=0),
        Status.BAD_HANDLE,
        "process_create/job-valid",
    ),
    (
        "create with MANAGE_JOB alone",
        lambda w: create(w, job=w.weak(w.job, Rights.MANAGE_JOB)),
        Status.ACCESS_DENIED,
        "process_create/job-rights",
    ),
    (
        "create with a VMAR for a job, without WRITE: rights before type",
        lambda w: create(w, job=w.lacking(w.vmar, Rights.WRITE)),
        Status.ACCESS_DENIED,
        "process_create/job-rights",
    ),
    (
        "create with a VMO for a job",
        lambda w: create(w, job=w.vmo()),
        Status.WRONG_TYPE,
        "process_create/job-type",
    ),
    (
        "create in a killed job",
        lambda w: create(w, job=killed_job(w)),
        Status.BAD_STATE,
        "process_create/job-ready",
    ),
    (
        "create in a full table",
        lambda w: full(w, lambda: zx_process_create(w.caller, w.job, b"", 0, 0)),
        Status.NO_MEMORY,
        "process_create/handles-left",
    ),
    (
        "create with room for one handle",
        lambda w: full(w, lambda: zx_process_create(w.caller, w.job, b"", 0, 0), spare=1),
        Status.NO_MEMORY,
        "process_create/second-handle-left",
    ),
    (
        "create with a NULL proc_handle",
        lambda w: w.call(zx_process_create, w.job, b"", 0, 0, proc_handle=None),
        Status.INVALID_ARGS,
        "process_create/proc-handle-writable",
    ),
    (
        "create with room for one handle and a NULL proc_handle",
        lambda w: full(
            w,
            lambda: zx_process_create(w.caller, w.job, b"", 0, 0, proc_handle=None),
            spare=1,
        ),
        Status.INVALID_ARGS,
        "process_create/proc-handle-writable",
    ),
    (
        "create with a wild vmar_handle",
        lambda w: w.call(zx_process_create, w.job, b"", 0, 0, vmar_handle=WILD),
        Status.INVALID_ARGS,
        "process_create/vmar-handle-writable",
    ),
    # zx_thread_create, section 3
    (
        "thread with options, even with no name and no process",
        lambda w: thread(w, 0, name=None, options=4),
        Status.INVALID_ARGS,
        "thread_create/options-zero",
    ),
    (
        "thread with a NULL name, even with no process",
        lambda w: thread(w, 0, name=None),
        Status.INVALID_ARGS,
        "thread_create/name-not-null",
    ),
    (
        "thread with a wild name, even with no process",
        lambda w: thread(w, 0, name=WILD),
        Status.INVALID_ARGS,
        "thread_create/name-readable",
    ),
    (
        "thread in what is no handle",
        lambda w: thread(w, w.closed()),
        Status.BAD_HANDLE,
        "thread_create/process-valid",
    ),
    (
        "thread in a process without WRITE",
        lambda w: thread(w, w.lacking(w.self, Rights.WRITE)),
        Status.ACCESS_DENIED,
        "thread_create/process-rights",
    ),
    (
        "thread in a job",
        lambda w: thread(w, w.job),
        Status.WRONG_TYPE,
        "thread_create/process-type",
    ),
    (
        "thread in a full table",
        lambda w: full(w, lambda: zx_thread_create(w.caller, w.self, b"", 0, 0)),
        Status.NO_MEMORY,
        "thread_create/handles-left",
    ),
    (
        "thread to NULL",
        lambda w: w.call(zx_thread_create, w.self, b"", 0, 0, out=None),
        Status.INVALID_ARGS,
        "thread_create/out-writable",
    ),
    # zx_process_start, section 2.3
    (
        "start what is no handle",
        lambda w: start_with(w, lambda w, p: 0, lambda w, t: 0),
        Status.BAD_HANDLE,
        "process_start/process-valid",
    ),
    (
        "start a process without WRITE, even with no thread",
        lambda w: start_with(w, lambda w, p: w.lacking(p, Rights.WRITE), lambda w, t: 0),
        Status.ACCESS_DENIED,
        "process_start/process-rights",
    ),
    (
        "start a job, even with no thread",
        lambda w: start_with(w, lambda w, p: w.job, lambda w, t: 0),
        Status.WRONG_TYPE,
        "process_start/process-type",
    ),
    (
        "start with a thread that is no handle, even with no argument",
        lambda w: start_with(w, lambda w, p: p, lambda w, t: 0),
        Status.BAD_HANDLE,
        "process_start/thread-valid",
    ),
    (
        "start with a thread that has MANAGE_THREAD only",
        lambda w: start_with(w, lambda w, p: p, lambda w, t: w.weak(t, Rights.MANAGE_THREAD)),
        Status.ACCESS_DENIED,
        "process_start/thread-rights",
    ),
    (
        "start with a process for a thread",
        lambda w: start_with(w, lambda w, p: p, lambda w, t: w.self),
        Status.WRONG_TYPE,
        "process_start/thread-type",
    ),
    (
        "start with another process's thread, even with no argument",
        lambda w: start_with(w, lambda w, p: p, lambda w, t: w.thread(w.self)),
        Status.ACCESS_DENIED,
        "process_start/thread-of-process",
    ),
    (
        "start without an argument handle",
        lambda w: start_fresh(w, lambda w: 0),
        Status.BAD_HANDLE,
        "process_start/arg-handle-valid",
    ),
    (
        "start with a closed argument handle",
        lambda w: start_fresh(w, lambda w: w.closed()),
        Status.BAD_HANDLE,
        "process_start/arg-handle-valid",
    ),
    (
        "start a thread again",
        lambda w: started(w, again=True),
        Status.BAD_STATE,
        "process_start/thread-new",
    ),
    (
        "start a process again with another thread",
        lambda w: started(w, again=False),
        Status.BAD_STATE,
        "process_start/process-initial",
    ),
    # zx_task_kill, section 2.5
    (
        "kill what is no handle",
        lambda w: w.call(zx_task_kill, 0),
        Status.BAD_HANDLE,
        "task_kill/handle-valid",
    ),
    (
        "kill without DESTROY",
        lambda w: w.call(zx_task_kill, w.lacking(w.self, Rights.DESTROY)),
        Status.ACCESS_DENIED,
        "task_kill/handle-rights",
    ),
    (
        "kill a VMO, which never has DESTROY",
        lambda w: w.call(zx_task_kill, w.vmo()),
        Status.ACCESS_DENIED,
        "task_kill/handle-rights",
    ),
    (
        "kill a VMO whose handle was given DESTROY",
        lambda w: w.call(
            zx_task_kill,
            w.kernel.grant(w.me, VmObject(w.kernel, PAGE), int(Rights.DESTROY)),
        ),
        Status.WRONG_TYPE,
        "task_kill/handle-type",
    ),
    # zx_thread_start, section 3
    (
        "run what is no handle",
        lambda w: run(w, 0),
        Status.BAD_HANDLE,
        "thread_start/handle-valid",
    ),
    (
        "run a closed handle",
        lambda w: run(w, w.closed()),
        Status.BAD_HANDLE,
        "thread_start/handle-valid",
    ),
    (
        "run a thread that runs, with neither MANAGE_THREAD nor WRITE",
        lambda w: run(w, w.lacking(w.running()[1], Rights.MANAGE_THREAD | Rights.WRITE)),
        Status.ACCESS_DENIED,
        "thread_start/handle-rights",
    ),
    (
        "run a VMAR without WRITE: rights before type",
        lambda w: run(w, w.lacking(w.vmar, Rights.WRITE)),
        Status.ACCESS_DENIED,
        "thread_start/handle-rights",
    ),
    (
        "run a process whose handle was given MANAGE_THREAD: the error of the second try",
        lambda w: run(w, w.kernel.grant(w.me, w.me, int(Rights.MANAGE_THREAD))),
        Status.ACCESS_DENIED,
        "thread_start/handle-rights",
    ),
    (
        "run a process",
        lambda w: run(w, w.process().handle),
        Status.WRONG_TYPE,
        "thread_start/handle-type",
    ),
    (
        "run a process with MANAGE_THREAD and WRITE",
        lambda w: run(w, w.kernel.grant(w.me, w.me, int(Rights.MANAGE_THREAD | Rights.WRITE))),
        Status.WRONG_TYPE,
        "thread_start/handle-type",
    ),
    (
        "run a thread that runs",
        lambda w: run(w, w.running()[1]),
        Status.BAD_STATE,
        "thread_start/thread-new",
    ),
    (
        "run a thread that is dead",
        lambda w: run(w, killed_thread(w)),
        Status.BAD_STATE,
        "thread_start/thread-new",
    ),
    (
        "run the first thread of a process",
        lambda w: run_in(w, w.process().handle),
        Status.BAD_STATE,
        "thread_start/process-running",
    ),
    (
        "run a new thread of a process that dies",
        lambda w: run_in(w, dying(w)),
        Status.BAD_STATE,
        "thread_start/process-running",
    ),
    (
        "run a new thread of a dead process",
        lambda w: run_in(w, w.dead().handle),
        Status.BAD_STATE,
        "thread_start/process-running",
    ),
]
NO_TRANSFER = "process_start/arg-handle-rights"


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    world.refuses(refusal)


# zx_process_create ------------------------------------------------------------------


def test_a_new_process_is_initial_and_can_be_written(world: "World") -> None:
    koid = world.kernel.next_koid()
    outcome = world.good(create(world, name=b"demo", length=4))
    process = world.object(world.out(outcome, "proc_handle"), Process)
    root = process.aspace.root
    assert (process.koid, root.koid) == (koid + 1, koid + 2)
    assert (process.state, process.started, process.return_code) == (
        ProcessState.INITIAL,
        False,
        0,
    )
    assert (process.name, process.signals) == ("demo", 0)
    assert (root.base, root.size, root.name) == (USER_BASE, USER_SIZE, "root")
    assert world.object(world.out(outcome, "vmar_handle"), type(root)) is root
    base = world.map(world.out(outcome, "vmar_handle"), world.vmo())
    wrote = zx_process_write_memory(
        world.caller, world.out(outcome, "proc_handle"), base, b"hello", 5
    )
    assert wrote.actual == 5


def test_a_new_process_has_the_rights_of_the_spec(world: "World") -> None:
    outcome = world.good(create(world))
    assert world.rights(world.out(outcome, "proc_handle")) == 0x2D3CF
    assert world.rights(world.out(outcome, "vmar_handle")) == 0x801F


@pytest.mark.parametrize(
    ("given", "length", "name"),
    [
        (b"", 0, ""),
        (b"short", 5, "short"),
        (b"short", 3, "sho"),
        (b"x" * 31, 31, "x" * 31),
        (b"x" * 32, 32, "x" * 31),
        (b"x" * 100, 100, "x" * 31),
        (b"x" * 32, 1 << 63, "x" * 31),
        (b"in\0side", 7, "in"),
        (Fill(0x61, 1 << 40), 1 << 40, "a" * 31),
    ],
    ids=["empty", "short", "cut by length", "31", "32", "100", "2^63", "NUL inside", "fill"],
)
def test_a_name_is_cut_at_31_bytes_and_at_the_first_nul(
    world: "World", given: bytes | Fill, length: int, name: str
) -> None:
    process = world.good(create(world, name=given, length=length))
    assert world.object(world.out(process, "proc_handle"), Process).name == name
    made = world.good(thread(world, world.self, name=given, length=length))
    assert world.object(world.out(made), Thread).name == name


def test_a_name_of_no_byte_needs_a_user_address_but_no_memory(world: "World") -> None:
    world.good(create(world, name=WILD, length=0))


def test_the_callers_policy_counts_and_not_the_jobs(world: "World") -> None:
    world.kernel.job.policy[Policy.NEW_PROCESS.value] = 1
    world.good(create(world))
    forbid(world, Policy.NEW_PROCESS)
    outcome = create(world)
    world.expect(outcome, Status.ACCESS_DENIED, "process_create/policy-allows")


@pytest.mark.parametrize(
    ("action", "status"),
    [(0, Status.OK), (1, Status.ACCESS_DENIED), (4, Status.OK), (5, Status.ACCESS_DENIED)],
    ids=["ALLOW", "DENY", "bit 2 alone", "KILL"],
)
def test_only_the_deny_bit_of_a_policy_denies(world: "World", action: int, status: Status) -> None:
    forbid(world, Policy.NEW_PROCESS, action)
    assert create(world).status is status


def test_a_process_keeps_the_policy_that_its_job_had(world: "World") -> None:
    handle, job = world.child_job()
    job.policy[Policy.NEW_VMO.value] = 1
    made = world.good(create(world, job=handle))
    job.policy.clear()
    assert world.object(world.out(made, "proc_handle"), Process).denies(Policy.NEW_VMO)


def test_a_job_with_write_alone_takes_a_process(world: "World") -> None:
    world.good(create(world, job=world.weak(world.job, int(Rights.WRITE))))


def test_a_job_hears_of_its_first_and_last_process(world: "World") -> None:
    handle, job = world.child_job()
    assert job.signals == NO_PROCESSES | NO_JOBS
    made = world.good(create(world, job=handle))
    assert job.signals == NO_JOBS
    world.good(zx_task_kill(world.caller, world.out(made, "proc_handle")))
    assert job.signals == NO_PROCESSES | NO_JOBS
    assert job.processes == []


def test_a_process_that_a_killed_job_refuses_burns_one_koid(world: "World") -> None:
    job = killed_job(world)
    koid = world.kernel.next_koid()
    world.expect(create(world, job=job), Status.BAD_STATE, "process_create/job-ready")
    assert world.kernel.next_koid() == koid + 2


def test_the_first_handle_is_delivered_when_the_second_finds_no_room(world: "World") -> None:
    world.fill(spare=1)
    outcome = create(world)
    world.expect(outcome, Status.NO_MEMORY, "process_create/second-handle-left")
    assert list(outcome.values) == ["proc_handle"]
    process = world.object(world.out(outcome, "proc_handle"), Process)
    assert process.state is ProcessState.INITIAL
    assert process in world.kernel.job.processes


@pytest.mark.parametrize("name", ["proc_handle", "vmar_handle"])
@pytest.mark.parametrize("place", [None, WILD], ids=["NULL", "wild"])
def test_a_bad_out_pointer_destroys_the_process_again(
    world: "World", name: str, place: Pointer | None
) -> None:
    before = list(world.me.handle_list)
    outs = {name: place}
    outcome = zx_process_create(world.caller, world.job, b"p", 1, 0, **outs)
    rule = f"process_create/{name.replace('_', '-')}-writable"
    world.expect(outcome, Status.INVALID_ARGS, rule)
    assert not outcome.values
    assert world.me.handle_list == before
    assert world.kernel.job.processes == [world.me]


def test_a_process_handle_is_stored_before_the_vmar_handle_fails(world: "World") -> None:
    address = world.scratch()
    outcome = zx_process_create(
        world.caller, world.job, b"p", 1, 0, proc_handle=Pointer(address), vmar_handle=None
    )
    assert outcome.status is Status.INVALID_ARGS
    stored = int.from_bytes(world.peek(address), "little")
    assert stored
    assert not world.names(stored)


# zx_thread_create -------------------------------------------------------------------


@pytest.mark.parametrize("state", list(ProcessState), ids=lambda state: str(state.value))
def test_a_thread_can_be_created_in_a_process_of_any_state(
    world: "World", state: ProcessState
) -> None:
    target = world.process()
    target.process.state = state
    outcome = world.good(thread(world, target.handle))
    made = world.object(world.out(outcome), Thread)
    assert world.rights(world.out(outcome)) == 0x4D2CF
    assert (made.state, made.signals, made.process) == (ThreadState.NEW, 0, target.process)
    assert target.process.threads == []


def test_a_new_thread_does_not_stop_its_process_from_dying(world: "World") -> None:
    target = world.process()
    made = world.thread(target.handle)
    world.good(world.call(zx_task_kill, target.handle))
    assert target.process.state is ProcessState.DEAD
    assert world.object(made, Thread).state is ThreadState.NEW


# zx_process_start -------------------------------------------------------------------


def test_start_runs_the_process_and_moves_the_argument(world: "World") -> None:
    target = world.process()
    first, argument = world.thread(target.handle), world.vmo()
    moved = world.kernel.handles.find(world.me, argument)
    assert moved is not None
    outcome = world.good(start(world, target.handle, first, argument))
    process, running = target.process, world.object(first, Thread)
    assert not outcome.values
    assert (process.state, process.started) == (ProcessState.RUNNING, True)
    assert (running.state, running.signals) == (ThreadState.RUNNING, 0x10)
    assert process.threads == [running]
    assert not world.names(argument)
    assert moved.process is process
    assert process.handle_list == [moved]
    theirs = process.value_of(moved)
    assert theirs != argument
    assert world.kernel.handles.find(process, theirs) is moved


def test_start_looks_at_neither_entry_nor_stack(world: "World") -> None:
    target = world.process()
    first = world.thread(target.handle)
    argument, most = world.vmo(), (1 << 64) - 1
    outcome = zx_process_start(world.caller, target.handle, first, most, most, argument, most)
    world.good(outcome)


def test_the_argument_may_be_the_processs_own_handle(world: "World") -> None:
    target = world.process()
    first = world.thread(target.handle)
    world.good(start(world, target.handle, first, target.handle))
    assert [handle.object for handle in target.process.handle_list] == [target.process]
    assert not world.names(target.handle)


CONSUMED: "list[tuple[str, Callable[[World, int], Outcome], Status, str]]" = [
    (
        "no process",
        lambda w, a: start(w, 0, 0, a),
        Status.BAD_HANDLE,
        "process_start/process-valid",
    ),
    (
        "process without WRITE",
        lambda w, a: start(w, w.lacking(w.self, Rights.WRITE), 0, a),
        Status.ACCESS_DENIED,
        "process_start/process-rights",
    ),
    (
        "no process but a job",
        lambda w, a: start(w, w.job, 0, a),
        Status.WRONG_TYPE,
        "process_start/process-type",
    ),
    (
        "no thread",
        lambda w, a: start(w, w.self, 0, a),
        Status.BAD_HANDLE,
        "process_start/thread-valid",
    ),
    (
        "thread without WRITE",
        lambda w, a: start(w, w.self, w.lacking(w.thread(w.self), Rights.WRITE), a),
        Status.ACCESS_DENIED,
        "process_start/thread-rights",
    ),
    (
        "no thread but a job",
        lambda w, a: start(w, w.self, w.job, a),
        Status.WRONG_TYPE,
        "process_start/thread-type",
    ),
    (
        "another process's thread",
        lambda w, a: start(w, w.process().handle, w.thread(w.self), a),
        Status.ACCESS_DENIED,
        "process_start/thread-of-process",
    ),
    (
        "thread that runs",
        lambda w, a: (lambda made: start(w, made[0].handle, made[1], a))(w.running()),
        Status.BAD_STATE,
        "process_start/thread-new",
    ),
    (
        "process that runs",
        lambda w, a: start(w, w.self, w.thread(w.self), a),
        Status.BAD_STATE,
        "process_start/process-initial",
    ),
    (
        "process that is dead",
        lambda w, a: (lambda dead: start(w, dead.handle, w.thread(dead.handle), a))(w.dead()),
        Status.BAD_STATE,
        "process_start/process-initial",
    ),
]


@pytest.mark.parametrize(
    ("call", "status", "rule"), [row[1:] for row in CONSUMED], ids=[row[0] for row in CONSUMED]
)
def test_a_failed_start_closes_the_argument_handle(
    world: "World", call: "Callable[[World, int], Outcome]", status: Status, rule: str
) -> None:
    given = world.process(b"given")
    outcome = call(world, given.handle)
    assert (outcome.status, outcome.decided and outcome.decided.id) == (status, rule)
    assert not world.names(given.handle)
    assert given.process.handles == 0
    assert given.process.state is ProcessState.DEAD


def test_an_argument_without_transfer_is_closed_too(world: "World") -> None:
    target = world.process()
    first, argument = world.thread(target.handle), world.lacking(world.vmo(), Rights.TRANSFER)
    outcome = start(world, target.handle, first, argument)
    assert outcome.decided is not None
    assert (outcome.status, outcome.decided.id) == (Status.ACCESS_DENIED, NO_TRANSFER)
    assert not world.names(argument)
    assert target.process.handle_list == []
    assert target.process.state is ProcessState.INITIAL
    assert world.object(first, Thread).state is ThreadState.NEW


def test_each_rule_of_start_says_that_the_argument_is_gone() -> None:
    rules = [rule for rule in zx_process_start.rules if rule.name != "arg-handle-valid"]
    silent = [rule.id for rule in rules if "arg_handle is closed" not in rule.late]
    assert silent == []


# zx_task_kill -----------------------------------------------------------------------


def history(process: Process) -> tuple[ProcessState, bool, int, int]:
    return process.state, process.started, process.return_code, process.signals & TERMINATED


def test_a_process_killed_before_it_started_counts_as_started(world: "World") -> None:
    target = world.process()
    assert history(target.process) == (ProcessState.INITIAL, False, 0, 0)
    world.good(world.call(zx_task_kill, target.handle))
    assert history(target.process) == (ProcessState.DEAD, True, -1, TERMINATED)


def test_a_killed_process_returns_minus_one(world: "World") -> None:
    target, first = world.running()
    assert history(target.process) == (ProcessState.RUNNING, True, 0, 0)
    world.good(world.call(zx_task_kill, target.handle))
    assert history(target.process) == (ProcessState.DEAD, True, -1, TERMINATED)
    gone = world.object(first, Thread)
    assert (gone.state, gone.signals) == (ThreadState.DEAD, TERMINATED)
    assert target.process.handle_list == []
    assert target.process.threads == []
    assert target.process not in world.kernel.job.processes


def test_a_process_whose_only_thread_is_killed_returns_zero(world: "World") -> None:
    target, first = world.running()
    world.good(world.call(zx_task_kill, first))
    assert history(target.process) == (ProcessState.DEAD, True, 0, TERMINATED)


def test_a_dying_process_keeps_its_code_and_its_memory(world: "World") -> None:
    world.kernel.linger = True
    target, first = world.running()
    base = world.map(target.vmar, world.vmo())
    world.good(world.call(zx_task_kill, target.handle))
    assert history(target.process) == (ProcessState.DYING, True, -1, 0)
    assert world.object(first, Thread).state is ThreadState.DYING
    assert target.process.aspace.find_mapping(base) is not None
    world.good(zx_vmar_unmap(world.caller, target.vmar, base, PAGE))
    world.good(world.call(zx_task_kill, target.handle))
    world.good(world.call(zx_task_kill, first))
    assert world.kernel.settle() == 1
    assert history(target.process) == (ProcessState.DEAD, True, -1, TERMINATED)


def test_a_kill_does_not_change_the_code_of_an_exit_under_way(world: "World") -> None:
    world.kernel.linger = True
    target, _ = world.running()
    target.process.kill(code=7)
    world.good(world.call(zx_task_kill, target.handle))
    world.kernel.settle()
    assert target.process.return_code == 7


@pytest.mark.parametrize("kind", ["process", "thread"])
def test_killing_the_dead_is_fine_and_changes_nothing(world: "World", kind: str) -> None:
    target, first = world.running()
    handle = target.handle if kind == "process" else first
    world.good(world.call(zx_task_kill, handle))
    world.good(world.call(zx_task_kill, handle))
    assert world.picture() == world.before


def test_a_new_thread_survives_a_kill_and_can_be_started(world: "World") -> None:
    target = world.process()
    first = world.thread(target.handle)
    world.good(world.call(zx_task_kill, first))
    assert world.picture() == world.before
    world.good(start(world, target.handle, first, world.vmo()))


def test_the_dead_refuse_changes_of_memory_but_keep_their_handles(world: "World") -> None:
    target, vmo = world.dead(), world.vmo()
    base = target.root.base
    for outcome in (
        zx_vmar_map(world.caller, target.vmar, 1, 0, vmo, 0, PAGE),
        zx_vmar_allocate(world.caller, target.vmar, 0, 0, PAGE),
        zx_vmar_unmap(world.caller, target.vmar, base, PAGE),
        zx_vmar_protect(world.caller, target.vmar, 1, base, PAGE),
    ):
        rule = f"{outcome.syscall.short}/vmar-alive"
        world.expect(outcome, Status.BAD_STATE, rule)
    assert (target.root.base, target.root.size) == (USER_BASE, USER_SIZE)
    assert world.names(target.handle)


def test_death_lets_go_of_the_memory(world: "World") -> None:
    target, vmo = world.process(), world.vmo()
    used = world.kernel.memory.used
    base = world.map(target.vmar, vmo)
    world.good(zx_process_write_memory(world.caller, target.handle, base, b"x" * 5000, 5000))
    world.good(zx_handle_close(world.caller, vmo))
    assert world.kernel.memory.used == used + 2
    world.good(zx_task_kill(world.caller, target.handle))
    assert world.kernel.memory.used == used


def test_a_caller_can_kill_itself(world: "World") -> None:
    world.good(world.call(zx_task_kill, world.self))
    assert history(world.me) == (ProcessState.DEAD, True, -1, TERMINATED)
    assert world.me.handle_list == []


# zx_thread_start --------------------------------------------------------------------


@pytest.mark.parametrize(
    "rights",
    [Rights.MANAGE_THREAD, Rights.WRITE, Rights.MANAGE_THREAD | Rights.WRITE],
    ids=["MANAGE_THREAD", "WRITE", "both"],
)
def test_either_of_two_rights_is_enough_to_run_a_thread(world: "World", rights: Rights) -> None:
    handle = world.thread(world.self)
    world.good(run(world, world.weak(handle, int(rights))))
    assert world.object(handle, Thread).state is ThreadState.RUNNING


def test_a_further_thread_joins_its_process(world: "World") -> None:
    target, first = world.running()
    further = world.thread(target.handle)
    outcome = world.good(run(world, further))
    oldest, newest = world.object(first, Thread), world.object(further, Thread)
    assert not outcome.values
    assert target.process.threads == [oldest, newest]
    assert (newest.state, newest.signals) == (ThreadState.RUNNING, 0x10)
    assert history(target.process) == (ProcessState.RUNNING, True, 0, 0)
    again = run(world, further)
    world.expect(again, Status.BAD_STATE, "thread_start/thread-new")


def test_running_a_thread_looks_at_none_of_its_numbers(world: "World") -> None:
    most = (1 << 64) - 1
    handle = world.thread(world.self)
    world.good(world.call(zx_thread_start, handle, most, most, most, most))


def test_a_thread_that_was_killed_before_it_ran_can_run(world: "World") -> None:
    handle = world.thread(world.self)
    world.good(zx_task_kill(world.caller, handle))
    world.good(run(world, handle))


def test_a_process_lives_as_long_as_one_of_its_threads(world: "World") -> None:
    target, first = world.running()
    further = world.thread(target.handle)
    world.good(run(world, further))
    world.good(zx_task_kill(world.caller, first))
    assert world.state(target.process) is ProcessState.RUNNING
    assert target.process.threads == [world.object(further, Thread)]
    world.good(zx_task_kill(world.caller, further))
    assert history(target.process) == (ProcessState.DEAD, True, 0, TERMINATED)


# zx_process_exit --------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 1, 7, -1, 1 << 40, (1 << 63) - 1, -(1 << 63)])
def test_a_process_that_exits_leaves_its_code(world: "World", code: int) -> None:
    [only] = world.me.threads
    outcome = world.good(world.call(zx_process_exit, code))
    assert (outcome.checks, outcome.values) == ([], {})
    assert history(world.me) == (ProcessState.DEAD, True, code, TERMINATED)
    assert (only.state, only.signals) == (ThreadState.DEAD, TERMINATED)
    assert (world.me.threads, world.me.handle_list) == ([], [])


def test_an_exit_lets_go_of_handles_memory_and_job(world: "World") -> None:
    used, job = world.kernel.memory.used, world.kernel.job
    target, vmo = world.process(), world.vmo()
    base = world.map(world.vmar, vmo)
    world.me.aspace.store(base, b"x" * 2 * PAGE)
    assert (world.kernel.memory.used, job.signals) == (used + 2, NO_JOBS)
    world.good(world.call(zx_process_exit, 3))
    assert target.process.state is ProcessState.DEAD
    assert not world.me.aspace.root.alive
    assert world.me.aspace.root.children == []
    assert world.kernel.memory.used == used
    assert (job.processes, job.signals) == ([], NO_PROCESSES | NO_JOBS)


def test_an_exit_ends_all_threads(world: "World") -> None:
    handles = [world.thread(world.self) for _ in range(3)]
    for handle in handles[:2]:
        world.good(run(world, handle))
    threads = [world.object(handle, Thread) for handle in handles]
    world.good(world.call(zx_process_exit, 5))
    assert [one.state for one in threads] == [ThreadState.DEAD] * 2 + [ThreadState.NEW]
    assert history(world.me) == (ProcessState.DEAD, True, 5, TERMINATED)


def test_a_process_that_is_exiting_keeps_its_first_code_and_its_memory(world: "World") -> None:
    world.kernel.linger = True
    vmo = world.vmo()
    base = world.map(world.vmar, vmo)
    world.good(world.call(zx_process_exit, 5))
    assert history(world.me) == (ProcessState.DYING, True, 5, 0)
    assert world.me.aspace.store(base, b"still here") is None
    world.good(zx_vmar_unmap(world.caller, world.vmar, base, PAGE))
    world.good(world.call(zx_process_exit, 6))
    world.good(world.call(zx_task_kill, world.self))
    assert history(world.me) == (ProcessState.DYING, True, 5, 0)
    world.kernel.settle()
    assert history(world.me) == (ProcessState.DEAD, True, 5, TERMINATED)


def test_an_exit_leaves_other_processes_alone(world: "World") -> None:
    other = world.kernel.spawn("other")
    world.good(world.call(zx_process_exit, 1))
    assert history(other) == (ProcessState.RUNNING, True, 0, 0)
    assert world.kernel.job.processes == [other]


def test_an_exit_finishes_the_kill_of_a_job(world: "World") -> None:
    world.kernel.linger = True
    job = world.kernel.job
    world.good(world.call(zx_process_exit, 4))
    job.kill()
    assert (job.state, world.me.return_code) == (JobState.KILLING, 4)
    world.kernel.settle()
    assert (str(job.state.value), world.me.return_code) == ("DEAD", 4)


# zx_thread_exit ---------------------------------------------------------------------


def test_nothing_is_checked_at_an_exit() -> None:
    assert (zx_process_exit.rules, zx_thread_exit.rules) == ((), ())


def test_the_last_thread_takes_its_process_with_it_and_leaves_code_0(world: "World") -> None:
    [only] = world.me.threads
    outcome = world.good(world.call(zx_thread_exit))
    assert (outcome.checks, outcome.values) == ([], {})
    assert (only.state, only.signals) == (ThreadState.DEAD, TERMINATED)
    assert history(world.me) == (ProcessState.DEAD, True, 0, TERMINATED)
    assert (world.me.threads, world.me.handle_list) == ([], [])


def test_a_thread_that_exits_leaves_the_others_running(world: "World") -> None:
    [oldest] = world.me.threads
    handle = world.thread(world.self)
    world.good(run(world, handle))
    world.good(world.call(zx_thread_exit))
    further = world.object(handle, Thread)
    assert (oldest.state, further.state) == (ThreadState.DEAD, ThreadState.RUNNING)
    assert (world.me.threads, world.state(world.me)) == ([further], ProcessState.RUNNING)
    world.good(world.call(zx_thread_exit))
    assert history(world.me) == (ProcessState.DEAD, True, 0, TERMINATED)


def test_a_thread_that_never_ran_does_not_keep_its_process(world: "World") -> None:
    handle = world.thread(world.self)
    new = world.object(handle, Thread)
    world.good(world.call(zx_thread_exit))
    assert (world.me.state, new.state) == (ProcessState.DEAD, ThreadState.NEW)


def test_a_thread_that_is_dying_does_not_exit_again_in_anothers_place(world: "World") -> None:
    world.kernel.linger = True
    [oldest] = world.me.threads
    handle = world.thread(world.self)
    world.good(run(world, handle))
    further = world.object(handle, Thread)
    world.good(world.call(zx_thread_exit))
    states = [(oldest.state.value, further.state.value)]
    world.good(world.call(zx_thread_exit))
    states.append((oldest.state.value, further.state.value))
    assert states == [("DYING", "RUNNING"), ("DYING", "DYING")]
    assert history(world.me) == (ProcessState.RUNNING, True, 0, 0)
    world.good(world.call(zx_thread_exit))
    assert world.picture() == world.before
    assert world.kernel.settle() == 2
    assert history(world.me) == (ProcessState.DEAD, True, 0, TERMINATED)


def test_an_exit_with_a_code_wins_over_threads_that_leave_later(world: "World") -> None:
    world.kernel.linger = True
    world.good(world.call(zx_process_exit, 9))
    world.good(world.call(zx_thread_exit))
    world.kernel.settle()
    assert history(world.me) == (ProcessState.DEAD, True, 9, TERMINATED)


# Jobs -------------------------------------------------------------------------------


def test_killing_an_empty_job_leaves_it_ready(world: "World") -> None:
    handle, job = world.child_job()
    world.good(world.call(zx_task_kill, handle))
    assert job.state is JobState.READY
    assert world.picture() == world.before
    world.good(create(world, job=handle))


def test_killing_a_job_kills_all_below_it(world: "World") -> None:
    top, job = world.child_job()
    below, child = world.child_job(job)
    _, empty = world.child_job(job)
    made = [world.good(create(world, job=handle)) for handle in (top, below, below)]
    processes = [world.object(world.out(one, "proc_handle"), Process) for one in made]
    world.good(world.call(zx_task_kill, top))
    assert [history(one) for one in processes] == [(ProcessState.DEAD, True, -1, TERMINATED)] * 3
    assert child.state is JobState.DEAD
    assert empty.state is JobState.READY
    assert job.state is JobState.KILLING
    assert (job.processes, child.processes) == ([], [])
    refused = create(world, job=top)
    world.expect(refused, Status.BAD_STATE, "process_create/job-ready")
    world.good(world.call(zx_task_kill, top))
    assert world.picture() == world.before


def test_a_killed_job_is_dead_when_its_last_process_is(world: "World") -> None:
    world.kernel.linger = True
    handle, job = world.child_job()
    made = world.good(create(world, job=handle))
    process = world.out(made, "proc_handle")
    first = world.thread(process)
    world.good(start(world, process, first, world.vmo()))
    world.good(world.call(zx_task_kill, handle))

    def state(one: Job) -> JobState:
        return one.state

    assert state(job) is JobState.KILLING
    world.kernel.settle()
    assert state(job) is JobState.DEAD


def test_same_rights_is_no_task_right(world: "World") -> None:
    handle = world.weak(world.self, SAME_RIGHTS)
    assert world.rights(handle) == int(Rights.DEFAULT_PROCESS)
