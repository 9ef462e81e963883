from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.object import Bti, Event, KernelObject
from zxdbg.kernel.task import Policy
from zxdbg.syscalls import (
    Outcome,
    Pointer,
    zx_event_create,
    zx_handle_close,
    zx_object_signal,
    zx_object_wait_one,
    zx_task_kill,
    zx_vmo_clone,
)
from zxdbg.syscalls.signals import SIGNALS

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Refusal, World


PAGE = 4096
WILD = Pointer(0x2000_0000_0000)
USER_0, USER_7, USER_ALL = 1 << 24, 1 << 31, 0xFF00_0000
SIGNALED = TERMINATED = NO_PROCESSES = ZERO_CHILDREN = 8
NO_JOBS = RUNNING = 16
FOREVER = (1 << 63) - 1
PAST = -(1 << 63)


def event(w: "World") -> int:
    return w.out(w.good(zx_event_create(w.caller, 0)))


def strong(w: "World", target: KernelObject) -> int:
    """Return a handle with all the rights there are, which no syscall would give."""
    return w.kernel.grant(w.me, target, 0xF_FFFF)


def signal(w: "World", handle: int, clear: int, set_: int) -> Outcome:
    return w.call(zx_object_signal, handle, clear, set_)


def wait(w: "World", handle: int, signals: int, deadline: int = 0) -> Outcome:
    return w.call(zx_object_wait_one, handle, signals, deadline)


def word(w: "World", handle: int) -> int:
    found = w.kernel.handles.find(w.me, handle)
    assert found is not None
    return found.object.signals


def full(w: "World", call: Callable[[], Outcome]) -> Outcome:
    w.fill()
    w.before = w.picture()
    return call()


def forbidden(w: "World", call: Callable[[], Outcome]) -> Outcome:
    w.me.policy[Policy.NEW_EVENT.value] = 1
    return call()


REFUSALS: "list[Refusal]" = [
    # zx_object_signal, spec 02 section 9
    (
        "signal no handle, with a forbidden bit",
        lambda w: signal(w, 0, 1, 1),
        Status.BAD_HANDLE,
        "object_signal/handle-valid",
    ),
    (
        "signal a closed handle",
        lambda w: signal(w, w.closed(), 0, 0),
        Status.BAD_HANDLE,
        "object_signal/handle-valid",
    ),
    (
        "signal without SIGNAL, with a forbidden bit",
        lambda w: signal(w, w.lacking(event(w), Rights.SIGNAL), 1, 0),
        Status.ACCESS_DENIED,
        "object_signal/handle-rights",
    ),
    (
        "signal a VMAR by its default handle",
        lambda w: signal(w, w.vmar, 0, USER_0),
        Status.ACCESS_DENIED,
        "object_signal/handle-rights",
    ),
    (
        "signal a VMAR with the right, with a forbidden bit",
        lambda w: signal(w, strong(w, w.me.aspace.root), 0, 1),
        Status.NOT_SUPPORTED,
        "object_signal/object-has-signals",
    ),
    (
        "clear a signal of the kernel",
        lambda w: signal(w, event(w), 1 << 23, 0),
        Status.INVALID_ARGS,
        "object_signal/signals-allowed",
    ),
    (
        "set a signal of the kernel, and a user signal",
        lambda w: signal(w, event(w), 0, USER_0 | 1),
        Status.INVALID_ARGS,
        "object_signal/signals-allowed",
    ),
    (
        "set SIGNALED of a VMO, whose ZERO_CHILDREN it would be",
        lambda w: signal(w, w.vmo(), 0, SIGNALED),
        Status.INVALID_ARGS,
        "object_signal/signals-allowed",
    ),
    (
        "clear TERMINATED of a process",
        lambda w: signal(w, w.self, TERMINATED, 0),
        Status.INVALID_ARGS,
        "object_signal/signals-allowed",
    ),
    # zx_object_wait_one, spec 02 section 8
    (
        "wait on no handle, observed NULL",
        lambda w: w.call(zx_object_wait_one, 0, 1, 0, observed=None),
        Status.BAD_HANDLE,
        "object_wait_one/handle-valid",
    ),
    (
        "wait on a closed handle, observed wild",
        lambda w: w.call(zx_object_wait_one, w.closed(), 1, 0, observed=WILD),
        Status.BAD_HANDLE,
        "object_wait_one/handle-valid",
    ),
    (
        "wait without WAIT, observed wild",
        lambda w: w.call(
            zx_object_wait_one, w.lacking(w.vmo(), Rights.WAIT), ZERO_CHILDREN, 0, observed=WILD
        ),
        Status.ACCESS_DENIED,
        "object_wait_one/handle-rights",
    ),
    (
        "wait on a VMAR by its default handle",
        lambda w: wait(w, w.vmar, 1),
        Status.ACCESS_DENIED,
        "object_wait_one/handle-rights",
    ),
    (
        "wait on a VMAR with the right, observed wild",
        lambda w: w.call(
            zx_object_wait_one, strong(w, w.me.aspace.root), 1, FOREVER, observed=WILD
        ),
        Status.NOT_SUPPORTED,
        "object_wait_one/object-has-signals",
    ),
    (
        "wait for what is there, observed wild",
        lambda w: w.call(zx_object_wait_one, w.vmo(), ZERO_CHILDREN, 0, observed=WILD),
        Status.INVALID_ARGS,
        "object_wait_one/observed-writable",
    ),
    (
        "wait for what is not there, observed wild",
        lambda w: w.call(zx_object_wait_one, w.vmo(), 1, 0, observed=WILD),
        Status.INVALID_ARGS,
        "object_wait_one/observed-writable",
    ),
    (
        "wait for what is not there",
        lambda w: wait(w, event(w), SIGNALED),
        Status.TIMED_OUT,
        "object_wait_one/signal-raised",
    ),
    (
        "wait for nothing at all",
        lambda w: wait(w, w.vmo(), 0, FOREVER),
        Status.TIMED_OUT,
        "object_wait_one/signal-raised",
    ),
    # zx_event_create, spec 02 section 7
    (
        "create an event with options, even under a policy",
        lambda w: forbidden(w, lambda: w.call(zx_event_create, 1)),
        Status.INVALID_ARGS,
        "event_create/options-zero",
    ),
    (
        "create an event under a policy, in a full table",
        lambda w: forbidden(w, lambda: full(w, lambda: zx_event_create(w.caller, 0))),
        Status.ACCESS_DENIED,
        "event_create/policy-allows",
    ),
    (
        "create an event in a full table, to NULL",
        lambda w: full(w, lambda: zx_event_create(w.caller, 0, out=None)),
        Status.NO_MEMORY,
        "event_create/handles-left",
    ),
    (
        "create an event to NULL",
        lambda w: w.call(zx_event_create, 0, out=None),
        Status.INVALID_ARGS,
        "event_create/out-writable",
    ),
    (
        "create an event to a wild pointer",
        lambda w: w.call(zx_event_create, 0, out=WILD),
        Status.INVALID_ARGS,
        "event_create/out-writable",
    ),
]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    world.refuses(refusal)


def test_the_signals_have_their_numbers() -> None:
    assert SIGNALS == {
        "ZX_EVENT_SIGNALED": 0x8,
        "ZX_TASK_TERMINATED": 0x8,
        "ZX_PROCESS_TERMINATED": 0x8,
        "ZX_THREAD_TERMINATED": 0x8,
        "ZX_JOB_NO_PROCESSES": 0x8,
        "ZX_VMO_ZERO_CHILDREN": 0x8,
        "ZX_JOB_NO_JOBS": 0x10,
        "ZX_THREAD_RUNNING": 0x10,
        "ZX_THREAD_SUSPENDED": 0x20,
        "ZX_USER_SIGNAL_0": 0x100_0000,
        "ZX_USER_SIGNAL_1": 0x200_0000,
        "ZX_USER_SIGNAL_2": 0x400_0000,
        "ZX_USER_SIGNAL_3": 0x800_0000,
        "ZX_USER_SIGNAL_4": 0x1000_0000,
        "ZX_USER_SIGNAL_5": 0x2000_0000,
        "ZX_USER_SIGNAL_6": 0x4000_0000,
        "ZX_USER_SIGNAL_7": 0x8000_0000,
        "ZX_USER_SIGNAL_ALL": 0xFF00_0000,
    }


# zx_object_signal ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "clear", "set_", "after"),
    [
        (0, 0, 0, 0),
        (0, 0, USER_0, USER_0),
        (USER_0 | USER_7, USER_0, 0, USER_7),
        (USER_0, USER_0, USER_0, USER_0),
        (0, USER_ALL, USER_7, USER_7),
        (USER_ALL, USER_ALL, 0, 0),
        (0, SIGNALED, SIGNALED | USER_0, SIGNALED | USER_0),
        (SIGNALED | USER_0, SIGNALED, 0, USER_0),
    ],
)
def test_signals_are_cleared_and_then_set(
    world: "World", before: int, clear: int, set_: int, after: int
) -> None:
    handle = event(world)
    world.good(signal(world, handle, 0, before))
    world.good(signal(world, handle, clear, set_))
    assert word(world, handle) == after


@pytest.mark.parametrize("bit", range(24))
@pytest.mark.parametrize("clear", [False, True])
def test_the_lower_bits_are_the_kernels(world: "World", bit: int, clear: bool) -> None:
    masks = (1 << bit, 0) if clear else (0, 1 << bit)
    vmo = world.vmo()
    outcome = signal(world, vmo, *masks)
    world.expect(outcome, Status.INVALID_ARGS, "object_signal/signals-allowed")
    outcome = signal(world, event(world), *masks)
    if bit == 3:
        world.good(outcome)
    else:
        world.expect(outcome, Status.INVALID_ARGS, "object_signal/signals-allowed")


@pytest.mark.parametrize("kind", ["process", "thread", "job", "VMO", "event", "resource", "bti"])
def test_what_is_waitable_takes_user_signals_and_keeps_the_kernels(
    world: "World", kind: str
) -> None:
    handle = {
        "process": lambda: world.self,
        "thread": lambda: world.thread(world.self),
        "job": lambda: world.child_job()[0],
        "VMO": lambda: world.vmo(),
        "event": lambda: event(world),
        "resource": lambda: strong(world, world.kernel.root_resource),
        "bti": lambda: strong(world, Bti(world.kernel)),
    }[kind]()
    own = word(world, handle)
    assert own == {"job": NO_PROCESSES | NO_JOBS, "VMO": ZERO_CHILDREN}.get(kind, 0)
    world.good(signal(world, handle, 0, USER_ALL))
    assert word(world, handle) == own | USER_ALL
    world.good(signal(world, handle, USER_ALL, 0))
    assert word(world, handle) == own


def test_the_default_handle_of_a_resource_may_not_signal(world: "World") -> None:
    outcome = signal(world, world.resource, 0, USER_0)
    world.expect(outcome, Status.ACCESS_DENIED, "object_signal/handle-rights")


def test_signals_belong_to_the_object_and_not_to_a_handle(world: "World") -> None:
    first = event(world)
    second = world.weak(first, int(Rights.WAIT))
    world.good(signal(world, first, 0, USER_0))
    assert world.good(wait(world, second, USER_0)).values == {"observed": USER_0}


# zx_object_wait_one -------------------------------------------------------------------


@pytest.mark.parametrize("deadline", [PAST, -1, 0, 1, FOREVER])
def test_a_wait_that_is_satisfied_at_once_asks_no_clock(world: "World", deadline: int) -> None:
    outcome = wait(world, world.vmo(), ZERO_CHILDREN, deadline)
    world.good(outcome)
    assert outcome.values == {"observed": ZERO_CHILDREN}


@pytest.mark.parametrize("deadline", [PAST, 0, 1, FOREVER])
def test_any_other_wait_times_out_and_still_tells_the_signals(
    world: "World", deadline: int
) -> None:
    outcome = wait(world, world.vmo(), USER_0, deadline)
    world.expect(outcome, Status.TIMED_OUT, "object_wait_one/signal-raised")
    assert outcome.values == {"observed": ZERO_CHILDREN}


def test_one_signal_of_several_satisfies_a_wait(world: "World") -> None:
    handle = event(world)
    world.good(signal(world, handle, 0, USER_0 | USER_7))
    outcome = world.good(wait(world, handle, SIGNALED | USER_7))
    assert outcome.values == {"observed": USER_0 | USER_7}


def test_a_wait_for_nothing_is_never_satisfied_but_observes(world: "World") -> None:
    outcome = wait(world, world.job, 0)
    world.expect(outcome, Status.TIMED_OUT, "object_wait_one/signal-raised")
    assert outcome.values == {"observed": NO_JOBS}


def test_observed_may_be_null(world: "World") -> None:
    vmo = world.vmo()
    good = world.good(zx_object_wait_one(world.caller, vmo, ZERO_CHILDREN, 0, observed=None))
    late = zx_object_wait_one(world.caller, vmo, 1, 0, observed=None)
    world.expect(late, Status.TIMED_OUT, "object_wait_one/signal-raised")
    assert (good.values, late.values) == ({}, {})


@pytest.mark.parametrize("signals", [ZERO_CHILDREN, 1])
def test_observed_is_four_bytes_in_the_callers_memory(world: "World", signals: int) -> None:
    address = world.scratch()
    world.me.aspace.store(address, b"\xff" * 8)
    zx_object_wait_one(world.caller, world.vmo(), signals, 0, observed=Pointer(address))
    assert world.peek(address, 8) == b"\x08\0\0\0\xff\xff\xff\xff"


def test_a_process_is_terminated_when_it_is_dead(world: "World") -> None:
    target, thread = world.running()
    for handle in (target.handle, thread):
        outcome = wait(world, handle, TERMINATED)
        world.expect(outcome, Status.TIMED_OUT, "object_wait_one/signal-raised")
    assert world.good(wait(world, thread, RUNNING)).values == {"observed": RUNNING}
    world.good(zx_task_kill(world.caller, target.handle))
    assert world.good(wait(world, target.handle, TERMINATED)).values == {"observed": TERMINATED}
    assert world.good(wait(world, thread, TERMINATED)).values == {"observed": TERMINATED}


def test_a_process_that_lingers_is_not_terminated_yet(world: "World") -> None:
    world.kernel.linger = True
    target, thread = world.running()
    world.good(zx_task_kill(world.caller, target.handle))
    for handle, there in ((target.handle, 0), (thread, RUNNING)):
        outcome = wait(world, handle, TERMINATED)
        world.expect(outcome, Status.TIMED_OUT, "object_wait_one/signal-raised")
        assert outcome.values == {"observed": there}
    world.kernel.settle()
    world.good(wait(world, target.handle, TERMINATED))
    world.good(wait(world, thread, TERMINATED))


def test_terminated_of_a_job_means_that_it_has_no_process(world: "World") -> None:
    handle, _ = world.child_job()
    assert world.good(wait(world, handle, TERMINATED)).values == {"observed": 0x18}
    outcome = wait(world, world.job, TERMINATED)
    world.expect(outcome, Status.TIMED_OUT, "object_wait_one/signal-raised")


def test_zero_children_goes_with_the_first_clone_and_comes_back_with_the_last(
    world: "World",
) -> None:
    vmo = world.vmo()
    clones = [world.out(world.good(zx_vmo_clone(world.caller, vmo, 1, 0, PAGE))) for _ in range(2)]
    for clone in clones:
        outcome = wait(world, vmo, ZERO_CHILDREN)
        world.expect(outcome, Status.TIMED_OUT, "object_wait_one/signal-raised")
        world.good(zx_handle_close(world.caller, clone))
    world.good(wait(world, vmo, ZERO_CHILDREN))


# zx_event_create ----------------------------------------------------------------------


def test_an_event_has_its_rights_and_no_signal(world: "World") -> None:
    outcome = world.call(zx_event_create, 0)
    world.good(outcome)
    handle = world.out(outcome)
    made = world.object(handle, Event)
    assert (world.rights(handle), made.signals, made.handles, made.name) == (0xD00F, 0, 1, "")


def test_an_event_takes_the_next_koid(world: "World") -> None:
    first, second = (world.object(event(world), Event).koid for _ in range(2))
    assert second == first + 1


@pytest.mark.parametrize("options", [1, 2, 1 << 31, 0xFFFF_FFFF])
def test_an_event_has_no_options(world: "World", options: int) -> None:
    outcome = world.call(zx_event_create, options)
    world.expect(outcome, Status.INVALID_ARGS, "event_create/options-zero")
