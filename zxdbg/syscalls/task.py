"""Processes and threads: create, start, kill. Kernel `syscalls/task.cpp`."""

from typing import Any

from zxdbg.kernel.limits import MAX_NAME
from zxdbg.kernel.object import clean_name
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Job, JobState, Policy, Process, ProcessState, Thread, ThreadState
from zxdbg.syscalls.args import (
    DataIn,
    HandleIn,
    HandleOut,
    ReturnCode,
    Size,
    U32In,
    U64In,
    Vaddr,
)
from zxdbg.syscalls.buffers import GOOD, Data, fetch
from zxdbg.syscalls.call import Call, Refused, syscall
from zxdbg.syscalls.profile import difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule

__all__ = [
    "zx_process_create",
    "zx_process_exit",
    "zx_process_start",
    "zx_task_kill",
    "zx_thread_create",
    "zx_thread_exit",
    "zx_thread_start",
]


def no_options(text: str = "options is 0") -> Rule:
    """Declare the rule of a call that takes no options."""
    return Rule("options-zero", Status.INVALID_ARGS, text, passed="{0:hex}")


def room(name: str = "handles-left") -> Rule:
    """Declare the rule that the system's handle table has room."""
    return Rule(
        name,
        Status.NO_MEMORY,
        "the system's handle table has room",
        failed="all {0:number} slots are taken",
    )


def either_right(name: str, arg: str, right: str) -> Rule:
    """Declare the rule of a call that tries a lookup twice: with a MANAGE right, then WRITE."""
    return Rule(
        name,
        Status.ACCESS_DENIED,
        f"{arg} has ZX_RIGHT_{right} or ZX_RIGHT_WRITE",
        passed="it has {0:somerights}",
        failed="it has {0:somerights}",
        arg=arg,
        enough=(Rights[right], Rights.WRITE),
    )


class NameRules:
    """The checks of a name that is given by pointer and length."""

    def __init__(self) -> None:
        self.not_null = Rule(
            "name-not-null", Status.INVALID_ARGS, "name is not NULL", passed="{0:data}"
        )
        self.readable = Rule(
            "name-readable",
            Status.INVALID_ARGS,
            "the caller can read name_len bytes at name, 32 at most",
            passed="{0:bytes}",
        )

    def __iter__(self) -> Any:
        """Yield the rules in order."""
        yield self.not_null
        yield self.readable

    def copy(self, call: Call, name: Data, length: int) -> str:
        """Check and copy a name; it is cut at 31 bytes and at the first NUL."""
        length = min(length, MAX_NAME + 1)
        call.require(self.not_null, name is not None, name)
        raw = fetch(call.process, name, 0, length)
        call.require(self.readable, raw is not None, length)
        return clean_name(raw or b"")


difference(
    "process-create-without-job",
    page="process_create.md",
    says="as if ZX_HANDLE_INVALID could stand for a job",
    does="0 is ZX_ERR_BAD_HANDLE, as in every other handle argument",
    example='zx_process_create 0 "p" 1 0',
    why_not="it is a hint, and no statement",
)
difference(
    "exit-code-width",
    page="process_exit.md",
    says="the return code is an int",
    does="all 64 bits of it are kept",
    example="process create p; process start $p; as $p; process exit 0x100000000",
    why_not="no value that an int can have is treated otherwise",
)
difference(
    "return-code-of-the-killed",
    page="object_get_info.md",
    says="the return code of a process that was killed is never 0",
    does="a process whose only thread is killed leaves 0",
    example="process create p; $t = process start $p; kill $t",
    why_not="the process itself was not killed there",
)
difference(
    "thread-start-rights",
    page="thread_start.md",
    says="the handle needs ZX_RIGHT_WRITE",
    does="ZX_RIGHT_MANAGE_THREAD alone is enough, too",
    example="process create p; process start $p; $t = thread create $p; thread start $t",
    why_not="the page only omits it",
)
PROCESS_OPTIONS = no_options()
PROCESS_POLICY = Rule(
    "policy-allows",
    Status.ACCESS_DENIED,
    "the caller's job policy does not forbid ZX_POL_NEW_PROCESS",
    source="policy_manager.cpp",
)
PROCESS_NAME = NameRules()
PROCESS_JOB = Lookup("job", Job, rights=Rights.WRITE)
JOB_READY = Rule(
    "job-ready", Status.BAD_STATE, "the job was not killed", passed="{0:state}", failed="{0:state}"
)
PROCESS_ROOM = room()
VMAR_ROOM = Rule(
    "second-handle-left",
    Status.NO_MEMORY,
    "the handle table has room for the root VMAR's handle too",
    failed="all {0:number} slots are taken",
    late="the process handle is delivered all the same",
)
PROCESS_OUT = out_rule("proc_handle", "the process is destroyed again")
VMAR_OUT = out_rule("vmar_handle", "the process is destroyed again")


@syscall(
    PROCESS_OPTIONS,
    PROCESS_POLICY,
    PROCESS_NAME,
    PROCESS_JOB,
    JOB_READY,
    PROCESS_ROOM,
    VMAR_ROOM,
    PROCESS_OUT,
    VMAR_OUT,
)
def zx_process_create(
    call: Call,
    job: HandleIn,
    name: DataIn,
    name_len: Size,
    options: U32In,
    *,
    proc_handle: HandleOut = GOOD,
    vmar_handle: HandleOut = GOOD,
) -> None:
    """Create a process, which exists and can be mapped, read and written before it starts.

    Args:
        job: Handle of the job it belongs to; needs ZX_RIGHT_WRITE.
        name: The name's bytes; 31 of them count.
        name_len: Bytes at `name`.
        options: 0.
        proc_handle: Where the handle of the process is stored.
        vmar_handle: Where the handle of its root VMAR is stored.

    Examples:
        zx> zx_process_create $job "demo" 4 0 => ZX_OK
    """
    call.require(PROCESS_OPTIONS, options == 0, options)
    call.require(PROCESS_POLICY, call.allows(Policy.NEW_PROCESS))
    text = PROCESS_NAME.copy(call, name, name_len)
    parent = call.get(PROCESS_JOB, job)
    kernel = call.kernel
    ready = parent.state is JobState.READY
    if not ready:
        kernel.next_koid()  # the process was made before the job refused it; its root VMAR was not
    call.require(JOB_READY, ready, parent.state)
    process = Process(kernel, parent, text)
    parent.add_process(process)
    made = call.make_handle(PROCESS_ROOM, process, int(Rights.DEFAULT_PROCESS))
    call.produce(PROCESS_OUT, "proc_handle", proc_handle, made)
    root = process.aspace.root
    rights = Rights.DEFAULT_VMAR | Rights.READ | Rights.WRITE | Rights.EXECUTE
    call.produce(
        VMAR_OUT, "vmar_handle", vmar_handle, call.make_handle(VMAR_ROOM, root, int(rights))
    )


THREAD_OPTIONS = no_options()
THREAD_NAME = NameRules()
THREAD_PROCESS = Lookup("process", Process, rights=Rights.WRITE)
THREAD_ROOM = room()
THREAD_OUT = out_rule("out", "the thread is destroyed again")


@syscall(THREAD_OPTIONS, THREAD_NAME, THREAD_PROCESS, THREAD_ROOM, THREAD_OUT)
def zx_thread_create(
    call: Call,
    process: HandleIn,
    name: DataIn,
    name_len: Size,
    options: U32In,
    *,
    out: HandleOut = GOOD,
) -> None:
    """Create a thread, in a process of any state; it does nothing until it is started.

    Args:
        process: Handle of the process; needs ZX_RIGHT_WRITE.
        name: The name's bytes; 31 of them count.
        name_len: Bytes at `name`.
        options: 0.
        out: Where the handle of the thread is stored.

    Examples:
        zx> process create p
        zx> zx_thread_create $p "t" 1 0 => ZX_OK
    """
    call.require(THREAD_OPTIONS, options == 0, options)
    text = THREAD_NAME.copy(call, name, name_len)
    owner = call.get(THREAD_PROCESS, process)
    thread = Thread(call.kernel, owner, text)
    made = call.make_handle(THREAD_ROOM, thread, int(Rights.DEFAULT_THREAD))
    call.produce(THREAD_OUT, "out", out, made)


_CONSUMED = "arg_handle is closed"
START_PROCESS = Lookup("process", Process, rights=Rights.WRITE, late=_CONSUMED)
START_THREAD = Lookup("thread", Thread, rights=Rights.WRITE, late=_CONSUMED)
THREAD_OF_PROCESS = Rule(
    "thread-of-process",
    Status.ACCESS_DENIED,
    "the thread belongs to the process",
    passed="process {0:koid}",
    failed="the thread belongs to process {0:koid}",
    late=_CONSUMED,
)
ARG_HANDLE: Lookup[Any] = Lookup("arg_handle", rights=Rights.TRANSFER)
ARG_HANDLE.rights.late = _CONSUMED
THREAD_NEW = Rule(
    "thread-new",
    Status.BAD_STATE,
    "the thread was not started before",
    passed="{0:state}",
    late=_CONSUMED,
)
PROCESS_INITIAL = Rule(
    "process-initial",
    Status.BAD_STATE,
    "the process was not started before",
    passed="{0:state}",
    late=_CONSUMED,
)


@syscall(START_PROCESS, START_THREAD, THREAD_OF_PROCESS, ARG_HANDLE, THREAD_NEW, PROCESS_INITIAL)
def zx_process_start(
    call: Call,
    process: HandleIn,
    thread: HandleIn,
    entry: Vaddr,
    stack: Vaddr,
    arg_handle: HandleIn,
    arg2: U64In,
) -> None:
    """Start a process with its first thread; no code runs in this simulation.

    Args:
        process: Handle of the process; needs ZX_RIGHT_WRITE.
        thread: Handle of one of its threads; needs ZX_RIGHT_WRITE.
        entry: Address at which the thread would begin; not checked.
        stack: Its stack pointer; not checked.
        arg_handle: Handle that moves into the process, and is gone for the caller whatever
            happens; needs ZX_RIGHT_TRANSFER.
        arg2: A number for the thread, 0 to 2^64-1.

    Examples:
        zx> process create p; $t = zx_thread_create $p "t" 1 0
        zx> $h = zx_handle_duplicate $p.vmar ZX_RIGHT_SAME_RIGHTS
        zx> zx_process_start $p $t 0 0 $h 0 => ZX_OK
    """
    handles = call.kernel.handles
    given = handles.find(call.process, arg_handle)
    try:
        target = call.get(START_PROCESS, process)
        first = call.get(START_THREAD, thread)
        call.require(THREAD_OF_PROCESS, first.process is target, first.process.koid)
        argument = call.handle(ARG_HANDLE, arg_handle)
        call.process.detach(argument)
        target.attach(argument)
        call.require(THREAD_NEW, first.state is ThreadState.NEW, first.state)
        call.require(PROCESS_INITIAL, target.state is ProcessState.INITIAL, target.state)
    except Refused:
        if given is not None:
            handles.destroy(given)
        else:
            call.allows(Policy.BAD_HANDLE)  # it is looked up, to be closed, whatever else failed
        raise
    target.start(first)


KILLED: Lookup[Any] = Lookup("handle", Process, Job, Thread, rights=Rights.DESTROY, noun="task")


@syscall(KILLED)
def zx_task_kill(call: Call, handle: HandleIn) -> None:
    """Kill a process, a thread, or a job with all that is in it.

    A task that is dead already stays so, and the call succeeds.

    Args:
        handle: Handle of the task; needs ZX_RIGHT_DESTROY.

    Examples:
        zx> process create p
        zx> zx_task_kill $p => ZX_OK
    """
    task = call.get(KILLED, handle)
    task.kill()


@syscall()
def zx_process_exit(call: Call, retcode: ReturnCode) -> None:
    """End the process that calls; it never returns.

    Args:
        retcode: What the process leaves behind as its return code, 64 bits of it.

    Examples:
        zx> process create demo; process start $demo; as $demo
        zx> zx_process_exit 3
    """
    call.process.kill(retcode)


START = Lookup("handle", Thread)
START_RIGHTS = either_right("handle-rights", "handle", "MANAGE_THREAD")
START_NEW = Rule(
    "thread-new", Status.BAD_STATE, "the thread was not started before", passed="{0:state}"
)
START_RUNNING = Rule(
    "process-running",
    Status.BAD_STATE,
    "its process is running; the first thread comes through zx_process_start",
    passed="{0:state}",
)


@syscall(START.valid, START_RIGHTS, START.type, START_NEW, START_RUNNING)
def zx_thread_start(
    call: Call, handle: HandleIn, entry: Vaddr, stack: Vaddr, arg1: U64In, arg2: U64In
) -> None:
    """Start a further thread of a process that runs; no code runs in this simulation.

    Args:
        handle: Handle of the thread; needs ZX_RIGHT_MANAGE_THREAD or ZX_RIGHT_WRITE.
        entry: Address at which the thread would begin; not checked.
        stack: Its stack pointer; not checked.
        arg1: A number for the thread.
        arg2: Another one.

    Examples:
        zx> process create p; process start $p; $t = zx_thread_create $p "t" 1 0
        zx> zx_thread_start $t 0 0 0 0 => ZX_OK
    """
    given = call.valid(START, handle)
    managed = bool(given.rights & Rights.MANAGE_THREAD) and isinstance(given.object, Thread)
    call.require(START_RIGHTS, managed or bool(given.rights & Rights.WRITE), given.rights)
    thread = call.typed(START, given)
    call.require(START_NEW, thread.state is ThreadState.NEW, thread.state)
    state = thread.process.state
    call.require(START_RUNNING, state is ProcessState.RUNNING, state)
    thread.run()


@syscall()
def zx_thread_exit(call: Call) -> None:
    """End the thread that calls; the last one takes its process with it.

    No thread has code here: the oldest one that runs stands for the one that calls.

    Examples:
        zx> process create demo; process start $demo; as $demo
        zx> zx_thread_exit
    """
    thread = call.process.calling_thread
    if thread is not None:
        thread.kill()
