"""Tasks: processes, and how they end."""

from typing import NamedTuple

from zxdbg.kernel.rights import SAME_RIGHTS
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Process
from zxdbg.lang.arguments import JobHandle, NewName, ProcessHandle, SignedNumber, TaskHandle
from zxdbg.lang.declare import command
from zxdbg.render.draw import draw, head
from zxdbg.render.parts import Line, Look, note, plain
from zxdbg.result import HandleValue, Koid, Result
from zxdbg.state import State
from zxdbg.syscalls import (
    zx_handle_close,
    zx_handle_duplicate,
    zx_process_create,
    zx_process_exit,
    zx_process_start,
    zx_task_kill,
    zx_thread_create,
)

_THREAD_NAME = b"initial-thread"


class ProcessCreated(NamedTuple):
    """A new process."""

    proc_handle: HandleValue | None
    vmar_handle: HandleValue | None
    koid: Koid | None


@command(
    "process create",
    value="proc_handle",
    aliases={"proc": "proc_handle", "vmar": "vmar_handle"},
)
def process_create(state: State, name: NewName, *, job: JobHandle | None = None) -> ProcessCreated:
    """Create a process in $job; it can be mapped, read and written before it starts.

    When:
        First: every other command needs a process to work on.

    Args:
        name: Its name, 31 bytes at most; an identifier is bound as $name.
        job: Handle of another job to create it in; needs ZX_RIGHT_WRITE.

    Examples:
        zx> process create demo => ZX_OK
        zx> print $demo.vmar
    """
    raw = name.encode("utf-8", "surrogateescape")
    if job is None:
        job = state.names["job"].value
    outcome = state.call(zx_process_create, job, raw, len(raw), 0)
    made = state.object_of(outcome.proc_handle or 0)
    return ProcessCreated(
        outcome.proc_handle, outcome.vmar_handle, None if made is None else made.koid
    )


class ProcessStarted(NamedTuple):
    """A process that runs now."""

    thread_handle: HandleValue | None


@command("process start", value="thread_handle", decides="process_start")
def process_start(state: State, process: ProcessHandle) -> ProcessStarted:
    """Start a process with one thread, which idles.

    The thread's argument is a duplicate of the handle to the root VMAR; entry and stack
    are 0, since no code runs.

    When:
        Where a process has to be RUNNING, such as for `info` on its maps, or for `kill`
        with --linger.

    Args:
        process: Handle of a process that was not started yet.

    Examples:
        zx> process create demo
        zx> process start $demo => ZX_OK
        zx> process start $demo => ZX_ERR_BAD_STATE
    """
    created = state.call(zx_thread_create, process, _THREAD_NAME, len(_THREAD_NAME), 0)
    if created.status:
        return ProcessStarted(None)
    thread = created.out or 0
    copied = state.call(zx_handle_duplicate, _root_vmar_handle(state, process), SAME_RIGHTS)
    status = copied.status
    if not status:
        status = state.call(zx_process_start, process, thread, 0, 0, copied.out or 0, 0).status
    if status is not Status.OK:
        state.call(zx_handle_close, thread)
        return ProcessStarted(None)
    return ProcessStarted(thread)


def _root_vmar_handle(state: State, value: int) -> int:
    """Find a handle of the caller to the root VMAR of a process; 0 if it has none."""
    process = state.object_of(value)
    if isinstance(process, Process):
        for handle in state.caller.process.handle_list:
            if handle.object is process.aspace.root:
                return state.caller.process.value_of(handle)
    return 0


class Killed(NamedTuple):
    """A task that was told to die, and how it is now."""

    what: str
    now: str


@command("kill", hidden=("what", "now"))
def kill(state: State, task: TaskHandle, *, linger: bool = False) -> Killed:
    """Kill a process, thread or job.

    Use --linger to see what "being terminated" means: the process stays DYING.

    When:
        To see what syscalls answer on a dead process; with --linger, on one that is
        being terminated.

    Args:
        task: Handle of the task; needs ZX_RIGHT_DESTROY.
        linger: Keep a running process DYING until `settle`; one that never ran has nothing
            to linger.

    Examples:
        zx> process create demo
        zx> process start $demo
        zx> kill $demo --linger => ZX_OK
        zx> write $demo 0x1000 "x" => ZX_ERR_BAD_STATE
        zx> settle
    """
    state.kernel.linger = linger
    try:
        state.call(zx_task_kill, task)
    finally:
        state.kernel.linger = False
    found = state.object_of(task)
    what = "" if found is None else f"{found.type.noun} {found.name}".strip()
    now = getattr(getattr(found, "state", None), "value", "")
    return Killed(what, now)


class Exited(NamedTuple):
    """The end of the process that called."""


@command("process exit")
def process_exit(state: State, code: SignedNumber = 0) -> Exited:
    """End the process that calls.

    When:
        After `as`, to see how a process ends itself, unlike by `kill`.

    Args:
        code: Its return code, -2^63 to 2^63-1.

    Examples:
        zx> process create demo; process start $demo
        zx> as $demo
        zx> process exit 3
        zx> info $demo process => ZX_OK
    """
    state.call(zx_process_exit, code)
    return Exited()


class Settled(NamedTuple):
    """Threads that died at last."""

    threads: int


@command("settle")
def settle(state: State) -> Settled:
    """Let the processes that linger finish dying.

    When:
        After `kill` with --linger, when you have seen what a DYING process answers.

    Examples:
        zx> settle
    """
    return Settled(state.kernel.settle())


# Drawing --------------------------------------------------------------------------


@draw.register(Killed)
def _draw_killed(data: Killed, result: Result, look: Look) -> list[Line]:
    summary = [plain(f"{data.what} is {data.now}")] if data.now else []
    lines = head(result, summary, look)
    if data.now == "DYING":
        lines += note("next", "settle lets it finish dying", look)
    return lines


@draw.register(Settled)
def _draw_settled(data: Settled, result: Result, look: Look) -> list[Line]:
    if not data.threads:
        return [[plain("nothing lingers")]]
    return [[plain(f"{data.threads} thread{'s' * (data.threads != 1)} died")]]
