"""Tasks: threads, none of which runs code."""

from typing import NamedTuple

from zxdbg.lang.arguments import NewName, ProcessHandle, ThreadHandle
from zxdbg.lang.declare import command
from zxdbg.result import HandleValue, Koid
from zxdbg.state import State
from zxdbg.syscalls import zx_thread_create, zx_thread_exit, zx_thread_start


class ThreadCreated(NamedTuple):
    """A new thread."""

    handle: HandleValue | None
    koid: Koid | None


@command("thread create", value="handle")
def thread_create(
    state: State, process: ProcessHandle, *, name: NewName = "thread"
) -> ThreadCreated:
    """Create a thread in a process of any state; it does nothing until it is started.

    When:
        Where a syscall wants a thread, or to start a process by hand with
        zx_process_start.

    Args:
        process: Handle of the process; needs ZX_RIGHT_WRITE.
        name: Its name; one that is given and an identifier is bound as $name.

    Examples:
        zx> process create demo
        zx> $t = thread create $demo --name worker => ZX_OK
    """
    raw = name.encode("utf-8", "surrogateescape")
    outcome = state.call(zx_thread_create, process, raw, len(raw), 0)
    made = state.object_of(outcome.out or 0)
    return ThreadCreated(outcome.out, None if made is None else made.koid)


class ThreadStarted(NamedTuple):
    """A thread that runs now."""


@command("thread start")
def thread_start(state: State, thread: ThreadHandle) -> ThreadStarted:
    """Start a further thread of a process that runs.

    When:
        To see when a further thread may run: `process start` has to come first.

    Args:
        thread: Handle of the thread.

    Examples:
        zx> process create demo
        zx> $t = thread create $demo
        zx> thread start $t => ZX_ERR_BAD_STATE
        zx> process start $demo
        zx> thread start $t => ZX_OK
    """
    state.call(zx_thread_start, thread, 0, 0, 0, 0)
    return ThreadStarted()


class ThreadExited(NamedTuple):
    """The end of the thread that called."""


@command("thread exit")
def thread_exit(state: State) -> ThreadExited:
    """End the thread that calls; the last one takes its process with it.

    When:
        After `as`, to see how a process ends with its last thread.

    Examples:
        zx> process create demo; process start $demo
        zx> as $demo
        zx> thread exit
    """
    state.call(zx_thread_exit)
    return ThreadExited()
