"""Jobs, processes and threads: their states and how they end.

Mirrors Zircon's `job_dispatcher.cpp`, `process_dispatcher.cpp`, `thread_dispatcher.cpp`.
No code runs here. A thread that is told to die does so when the syscall that told it is
over (`Kernel.reap`), or when the user says so, if it was told to linger.
"""

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, ClassVar

from zxdbg.kernel.aspace import AddressSpace
from zxdbg.kernel.handle import Handle
from zxdbg.kernel.limits import U32
from zxdbg.kernel.object import KernelObject, ObjectType
from zxdbg.kernel.prng import Prng

if TYPE_CHECKING:
    from zxdbg.kernel.kernel import Kernel

__all__ = [
    "KILLED",
    "NO_JOBS",
    "NO_PROCESSES",
    "TERMINATED",
    "Job",
    "JobState",
    "Policy",
    "Process",
    "ProcessState",
    "Thread",
    "ThreadState",
]

TERMINATED = 0x8
NO_PROCESSES = 0x8
NO_JOBS = 0x10
THREAD_RUNNING = 0x10
THREAD_SUSPENDED = 0x20
KILLED = -1
"""The return code of a process that was killed."""


class Policy(IntEnum):
    """The conditions of a job policy: `ZX_POL_*`."""

    BAD_HANDLE = 0
    WRONG_OBJECT = 1
    VMAR_WX = 2
    NEW_ANY = 3
    NEW_VMO = 4
    NEW_CHANNEL = 5
    NEW_EVENT = 6
    NEW_EVENTPAIR = 7
    NEW_PORT = 8
    NEW_SOCKET = 9
    NEW_FIFO = 10
    NEW_TIMER = 11
    NEW_PROCESS = 12


POLICY_DENY = 1
POLICY_EXCEPTION = 2


class JobState(Enum):
    """Only a READY job takes new children."""

    READY = "READY"
    KILLING = "KILLING"
    DEAD = "DEAD"


class ProcessState(Enum):
    """A process only ever moves down this list."""

    INITIAL = "INITIAL"
    RUNNING = "RUNNING"
    DYING = "DYING"
    DEAD = "DEAD"


class ThreadState(Enum):
    """NEW until started; no thread here ever blocks."""

    NEW = "NEW"
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    DYING = "DYING"
    DEAD = "DEAD"


class Job(KernelObject):
    """A job: a parent of jobs and processes, with a policy that children copy."""

    __slots__ = ("jobs", "max_height", "parent", "policy", "processes", "state")
    type: ClassVar[ObjectType] = ObjectType.JOB

    def __init__(self, kernel: "Kernel", parent: "Job | None", max_height: int) -> None:
        super().__init__(kernel, signals=NO_PROCESSES | NO_JOBS)
        self.parent = parent
        self.max_height = max_height
        self.policy: dict[int, int] = dict(parent.policy) if parent is not None else {}
        self.state = JobState.READY
        self.jobs: list[Job] = []
        self.processes: list[Process] = []

    def add_job(self, job: "Job") -> None:
        """Take a child job."""
        self.jobs.append(job)
        self.signals &= ~NO_JOBS

    def add_process(self, process: "Process") -> None:
        """Take a child process."""
        self.processes.append(process)
        self.signals &= ~NO_PROCESSES

    def remove_process(self, process: "Process") -> None:
        """Let go of a process that is dead."""
        if process in self.processes:
            self.processes.remove(process)
        if not self.processes:
            self.signals |= NO_PROCESSES
            self._finish_kill()

        self.release()

    def on_zero_handles(self) -> None:
        """Go away, unless child jobs or processes still need this job."""
        self.release()

    def release(self) -> None:
        """Leave the parent if nothing refers to this job any more; then so for the parent."""
        job = self
        while not job._is_needed():
            parent = job.parent
            if parent is None or job not in parent.jobs:
                return
            parent.jobs.remove(job)
            if not parent.jobs:
                parent.signals |= NO_JOBS
                parent._finish_kill()
            job = parent

    def _is_needed(self) -> bool:
        if self.handles or self.jobs or self.processes or self is self.kernel.job:
            return True
        tasks = (handle.object for handle in self.kernel.iter_handles())
        owners = (task.process if isinstance(task, Thread) else task for task in tasks)
        return any(isinstance(owner, Process) and owner.job is self for owner in owners)

    def _finish_kill(self) -> None:
        if self.state is JobState.KILLING and not self.jobs and not self.processes:
            self.state = JobState.DEAD

    def kill(self) -> None:
        """Kill everything below, youngest first. An empty job stays READY."""
        if self.state is not JobState.READY or not (self.jobs or self.processes):
            return
        self.state = JobState.KILLING
        for job in reversed(self.jobs[:]):
            job.kill()
        for process in reversed(self.processes[:]):
            process.kill()
        self._finish_kill()


class Process(KernelObject):
    """A process: handles, an address space, threads, a state."""

    __slots__ = (
        "aspace",
        "debug_addr",
        "handle_bases",
        "job",
        "mixer",
        "policy",
        "return_code",
        "started",
        "state",
        "threads",
    )
    type: ClassVar[ObjectType] = ObjectType.PROCESS

    def __init__(self, kernel: "Kernel", job: Job, name: str) -> None:
        super().__init__(kernel, name)
        self.job = job
        self.policy = dict(job.policy)
        self.mixer = ((kernel.prng.next() & U32) << 2) & 0x7FFF_FFFF
        self.state = ProcessState.INITIAL
        self.started = False
        self.return_code = 0
        self.debug_addr = 0
        self.threads: list[Thread] = []
        self.handle_bases: dict[int, Handle] = {}
        self.aspace = AddressSpace(kernel, Prng(kernel.prng.next()))

    # Handles -------------------------------------------------------------------

    def value_of(self, handle: Handle) -> int:
        """Return the number that names a handle in this process."""
        return self.mixer ^ (handle.base << 1 | 1)

    def attach(self, handle: Handle) -> int:
        """Put a handle that is in transit into this process; return its value here."""
        handle.process = self
        self.handle_bases[handle.base] = handle
        return self.value_of(handle)

    def detach(self, handle: Handle) -> None:
        """Take a handle out of this process; it is in transit then."""
        handle.process = None
        del self.handle_bases[handle.base]

    @property
    def handle_list(self) -> list[Handle]:
        """This process's handles, newest first."""
        return list(reversed(self.handle_bases.values()))

    def denies(self, condition: Policy) -> bool:
        """Whether the policy this process was born with forbids something."""
        return bool(self.policy.get(condition, 0) & POLICY_DENY)

    def excepts(self, condition: Policy) -> bool:
        """Whether that policy raises an exception, which nobody handles, besides."""
        return bool(self.policy.get(condition, 0) & POLICY_EXCEPTION)

    # Life ----------------------------------------------------------------------

    @property
    def calling_thread(self) -> "Thread | None":
        """The thread that stands for the one that calls: the oldest one that runs."""
        running = (one for one in self.threads if one.state is ThreadState.RUNNING)
        return next(running, None)

    def start(self, thread: "Thread") -> None:
        """Run the first thread."""
        self.state = ProcessState.RUNNING
        self.started = True
        thread.run()

    def kill(self, code: int = KILLED) -> None:
        """End the process; with no thread running it is dead at once."""
        if self.state is ProcessState.DEAD:
            return
        if self.state is not ProcessState.DYING:
            self.return_code = code
        self.started = True
        if not self.threads:
            self.become_dead()
            return
        self.state = ProcessState.DYING
        for thread in self.threads[:]:
            thread.kill()

    def thread_gone(self, thread: "Thread") -> None:
        """Forget a thread that is dead; the last one takes the process with it."""
        if thread in self.threads:
            self.threads.remove(thread)
            if not self.threads:
                self.become_dead()

    def become_dead(self) -> None:
        """Close all handles, destroy the address space, raise the signal, leave the job."""
        if self.state is ProcessState.DEAD:
            return
        self.state = ProcessState.DEAD
        for handle in self.handle_list:
            self.kernel.handles.destroy(handle)
        self.aspace.destroy()
        self.signals |= TERMINATED
        self.job.remove_process(self)

    def on_zero_handles(self) -> None:
        """A process that was never started dies with its last handle.

        Its own handles may have been the last of further ones: a queue, not a recursion.
        """
        if self.state is ProcessState.DEAD:
            self.job.release()
        elif self.state is ProcessState.INITIAL:
            queue = self.kernel.expiring
            queue.append(self)
            if len(queue) == 1:
                for process in queue:
                    process.become_dead()
                queue.clear()


class Thread(KernelObject):
    """A thread that idles."""

    __slots__ = ("process", "segment_bases", "state")
    type: ClassVar[ObjectType] = ObjectType.THREAD

    def __init__(self, kernel: "Kernel", process: Process, name: str) -> None:
        super().__init__(kernel, name)
        self.process = process
        self.state = ThreadState.NEW
        self.segment_bases: dict[int, int] = {}

    def run(self) -> None:
        """Join the process's threads and run."""
        self.state = ThreadState.RUNNING
        self.signals = (self.signals | THREAD_RUNNING) & ~THREAD_SUSPENDED
        self.process.threads.append(self)

    def kill(self) -> None:
        """Tell a started thread to die; it does when the kernel next reaps."""
        if self.state in (ThreadState.RUNNING, ThreadState.SUSPENDED):
            self.state = ThreadState.DYING
            self.kernel.doom(self)

    def on_zero_handles(self) -> None:
        """Let go of the job that a dead process still held."""
        if self.process.state is ProcessState.DEAD:
            self.process.job.release()

    def become_dead(self) -> None:
        """Die."""
        self.state = ThreadState.DEAD
        self.signals = (self.signals & ~(THREAD_RUNNING | THREAD_SUSPENDED)) | TERMINATED
        self.process.thread_gone(self)
