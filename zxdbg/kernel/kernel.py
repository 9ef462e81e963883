"""The kernel: the objects there are, the memory they share, and a seed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zxdbg.kernel.handle import Handle, HandleTable
from zxdbg.kernel.limits import DEFAULT_MEMORY, FIRST_KOID, MAX_HANDLES, ROOT_JOB_HEIGHT
from zxdbg.kernel.memory import PhysicalMemory
from zxdbg.kernel.object import KernelObject, Resource
from zxdbg.kernel.prng import Prng
from zxdbg.kernel.task import Job, Process, Thread
from zxdbg.kernel.vmo import VmObject

if TYPE_CHECKING:
    from zxdbg.kernel.journal import Journal

__all__ = ["Kernel"]


class Kernel:
    """A simulated kernel. Equal seeds and equal calls give equal kernels.

    Args:
        seed: Source of handle values and addresses; any integer.
        memory: Size of physical memory in bytes; whole pages count.
        max_handles: How many handles there can be in the whole system.
    """

    __slots__ = (
        "_next_koid",
        "dying",
        "expiring",
        "handles",
        "job",
        "journal",
        "linger",
        "lingering",
        "memory",
        "prng",
        "root_job",
        "root_resource",
    )

    def __init__(
        self, seed: int = 0, memory: int = DEFAULT_MEMORY, max_handles: int = MAX_HANDLES
    ) -> None:
        self._next_koid = FIRST_KOID
        self.prng = Prng(seed)
        self.memory = PhysicalMemory(memory)
        self.handles = HandleTable(max_handles)
        self.journal: Journal | None = None
        self.dying: list[Thread] = []
        self.expiring: list[Process] = []
        self.lingering: list[Thread] = []
        self.linger = False
        self.root_job = Job(self, None, ROOT_JOB_HEIGHT)
        self.job = Job(self, self.root_job, ROOT_JOB_HEIGHT - 1)
        self.root_job.add_job(self.job)
        self.root_resource = Resource(self, "root")

    def next_koid(self) -> int:
        """Take the next koid; none is ever used twice."""
        koid = self._next_koid
        self._next_koid += 1
        return koid

    @property
    def newest_koid(self) -> int:
        """The koid that was taken last."""
        return self._next_koid - 1

    def spawn(self, name: str) -> Process:
        """Make a process that runs, outside of any syscall: the first one has to come from here."""
        process = Process(self, self.job, name)
        self.job.add_process(process)
        process.start(Thread(self, process, "initial-thread"))
        return process

    def grant(self, process: Process, target: KernelObject, rights: int) -> int:
        """Give a process a handle, outside of any syscall; return its value."""
        handle = self.handles.make(target, rights)
        if handle is None:
            raise MemoryError("the handle table is full")
        return process.attach(handle)

    def doom(self, thread: Thread) -> None:
        """Note a thread that is to die: soon, or when the user says so."""
        (self.lingering if self.linger else self.dying).append(thread)

    def reap(self) -> None:
        """Let the threads that were told to die do so, in the order in which they were told."""
        for thread in self.dying:
            thread.become_dead()
        self.dying.clear()

    def settle(self) -> int:
        """Let the lingering threads die as well; return how many did."""
        count = len(self.lingering)
        self.dying += self.lingering
        self.lingering.clear()
        self.reap()
        return count

    def watch(self, *, watch: bool) -> None:
        """Begin to note what changes, or stop; to begin twice changes nothing."""
        if not watch:
            self.journal = None
        elif self.journal is None:
            from zxdbg.kernel.journal import Journal

            self.journal = Journal(self)

    # Views: what there is, seen from above ----------------------------------------

    def iter_handles(self) -> Iterator[Handle]:
        """Yield every handle, by slot."""
        return (handle for handle in self.handles.slots if handle is not None)

    def iter_processes(self) -> Iterator[Process]:
        """Yield the processes that a job or a handle knows, by koid, dead ones too."""
        found = {process.koid: process for process in self.job.processes}
        jobs = [self.root_job]
        for job in jobs:
            jobs += job.jobs
            found.update((process.koid, process) for process in job.processes)
        for handle in self.iter_handles():
            if isinstance(handle.object, Process):
                found[handle.object.koid] = handle.object
        return (found[koid] for koid in sorted(found))

    def iter_vmos(self) -> Iterator[VmObject]:
        """Yield the VMOs that a handle, a mapping or a clone keeps alive, by koid."""
        found: dict[int, VmObject] = {}
        for handle in self.iter_handles():
            if isinstance(handle.object, VmObject):
                found[handle.object.koid] = handle.object
        for process in self.iter_processes():
            for _, region in process.aspace.root.walk():
                vmo = getattr(region, "vmo", None)
                if vmo is not None:
                    found[vmo.koid] = vmo
        todo = list(found.values())
        for vmo in todo:
            if vmo.parent is not None and vmo.parent.koid not in found:
                found[vmo.parent.koid] = vmo.parent
                todo.append(vmo.parent)
        return (found[koid] for koid in sorted(found))
