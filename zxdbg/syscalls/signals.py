"""Signals: raise and clear them, look at them; events. Kernel `object_wait.cpp`, `object.cpp`.

The simulator never blocks: a wait that is not satisfied at once times out.
"""

from typing import Any

from zxdbg.kernel.object import WAITABLE, Event, ObjectType
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Policy
from zxdbg.syscalls.args import Deadline, HandleIn, HandleOut, SignalsIn, SignalsOut, U32In
from zxdbg.syscalls.buffers import GOOD
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.rule import Lookup, Rule, out_rule
from zxdbg.syscalls.task import no_options, room

__all__ = ["SIGNALS", "zx_event_create", "zx_object_signal", "zx_object_wait_one"]

SIGNALS = {
    "ZX_EVENT_SIGNALED": 1 << 3,
    "ZX_TASK_TERMINATED": 1 << 3,
    "ZX_PROCESS_TERMINATED": 1 << 3,
    "ZX_THREAD_TERMINATED": 1 << 3,
    "ZX_JOB_NO_PROCESSES": 1 << 3,
    "ZX_VMO_ZERO_CHILDREN": 1 << 3,
    "ZX_JOB_NO_JOBS": 1 << 4,
    "ZX_THREAD_RUNNING": 1 << 4,
    "ZX_THREAD_SUSPENDED": 1 << 5,
    **{f"ZX_USER_SIGNAL_{number}": 1 << (24 + number) for number in range(8)},
    "ZX_USER_SIGNAL_ALL": 0xFF00_0000,
}
_USER_SIGNALS = 0xFF00_0000
_EVENT_SIGNALED = 1 << 3


def _waitable() -> Rule:
    return Rule(
        "object-has-signals",
        Status.NOT_SUPPORTED,
        "the object is of a kind that has signals",
        passed="{0:object}",
        failed="it is {0:object}",
    )


SIGNALLED: Lookup[Any] = Lookup("handle", rights=Rights.SIGNAL)
SIGNAL_WAITABLE = _waitable()
SIGNAL_ALLOWED = Rule(
    "signals-allowed",
    Status.INVALID_ARGS,
    "only user signals are set and cleared; of an event, ZX_EVENT_SIGNALED too",
    passed="{0:hex} and {1:hex} of {2:hex}",
)


@syscall(SIGNALLED, SIGNAL_WAITABLE, SIGNAL_ALLOWED)
def zx_object_signal(
    call: Call, handle: HandleIn, clear_mask: SignalsIn, set_mask: SignalsIn
) -> None:
    """Clear signals of an object, then set some; one that is in both is set.

    Args:
        handle: Handle of the object; needs ZX_RIGHT_SIGNAL.
        clear_mask: Signals to clear, ZX_USER_SIGNAL_0 to _7.
        set_mask: Signals to set.

    Examples:
        zx> $e = zx_event_create 0
        zx> zx_object_signal $e 0 ZX_USER_SIGNAL_0 => ZX_OK
    """
    target = call.handle(SIGNALLED, handle).object
    what = (target.type, target.name, target.koid)
    call.require(SIGNAL_WAITABLE, target.type in WAITABLE, what)
    allowed = _USER_SIGNALS
    if target.type is ObjectType.EVENT:
        allowed |= _EVENT_SIGNALED
    fine = not (clear_mask | set_mask) & ~allowed
    call.require(SIGNAL_ALLOWED, fine, clear_mask, set_mask, allowed)
    target.signals = target.signals & ~clear_mask | set_mask


WAITED: Lookup[Any] = Lookup("handle", rights=Rights.WAIT)
WAIT_WAITABLE = _waitable()
WAIT_OBSERVED = Rule(
    "observed-writable",
    Status.INVALID_ARGS,
    "observed is NULL or points to memory that the caller can write",
    passed="{0:place}",
)
WAIT_SATISFIED = Rule(
    "signal-raised",
    Status.TIMED_OUT,
    "one of the signals is raised before the deadline, which comes at once here",
    passed="{0:hex} of {1:hex}",
    late="observed is stored",
)


@syscall(WAITED, WAIT_WAITABLE, WAIT_OBSERVED, WAIT_SATISFIED)
def zx_object_wait_one(
    call: Call,
    handle: HandleIn,
    signals: SignalsIn,
    deadline: Deadline,
    *,
    observed: SignalsOut = GOOD,
) -> None:
    """Look whether an object has one of some signals; this simulator never waits.

    Args:
        handle: Handle of the object; needs ZX_RIGHT_WAIT.
        signals: Signals to wait for; none can never be satisfied.
        deadline: When to give up, in nanoseconds; any is over at once here.
        observed: Where the object's signals are stored; NULL leaves it out.

    Examples:
        zx> $e = zx_event_create 0
        zx> zx_object_wait_one $e ZX_EVENT_SIGNALED 0 => ZX_ERR_TIMED_OUT observed=0
    """
    target = call.handle(WAITED, handle).object
    what = (target.type, target.name, target.koid)
    call.require(WAIT_WAITABLE, target.type in WAITABLE, what)
    if observed is not None:
        call.store(WAIT_OBSERVED, "observed", observed, target.signals, 4)
    raised = target.signals & signals
    call.require(WAIT_SATISFIED, raised != 0, raised, signals)


EVENT_OPTIONS = no_options()
EVENT_POLICY = Rule(
    "policy-allows",
    Status.ACCESS_DENIED,
    "the caller's job policy does not forbid ZX_POL_NEW_EVENT",
    source="policy_manager.cpp",
)
EVENT_ROOM = room()
EVENT_OUT = out_rule("out", "the event is destroyed again")


@syscall(EVENT_OPTIONS, EVENT_POLICY, EVENT_ROOM, EVENT_OUT)
def zx_event_create(call: Call, options: U32In, *, out: HandleOut = GOOD) -> None:
    """Create an event, the smallest object there is.

    Args:
        options: 0.
        out: Where the handle of the event is stored.

    Examples:
        zx> zx_event_create 0 => ZX_OK
    """
    call.require(EVENT_OPTIONS, options == 0, options)
    call.require(EVENT_POLICY, call.allows(Policy.NEW_EVENT))
    made = call.make_handle(EVENT_ROOM, Event(call.kernel), int(Rights.DEFAULT_EVENT))
    call.produce(EVENT_OUT, "out", out, made)
