"""What the kernel's tests share: a kernel, two processes, and a count of pages by hand."""

from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.task import Job, Process
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping
from zxdbg.kernel.vmo import VmObject


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(seed=7)


@pytest.fixture
def process(kernel: Kernel) -> Process:
    return kernel.spawn("first")


@pytest.fixture
def other(kernel: Kernel, process: Process) -> Process:
    """Return a second process, younger than `process`."""
    return kernel.spawn("second")


@pytest.fixture
def pages_in_use() -> Callable[[Kernel], int]:
    """Return a function that counts committed pages by walking all that can be reached.

    It shares nothing with the kernel's own views: it goes through every handle and through
    every process of the job tree, down every address space, up every chain of clones.
    """

    def count(kernel: Kernel) -> int:
        vmos: set[VmObject] = set()
        processes: set[Process] = set()
        jobs: list[Job] = [kernel.root_job]
        while jobs:
            job = jobs.pop()
            jobs.extend(job.jobs)
            processes.update(job.processes)
        for handle in kernel.handles.slots:
            if handle is None:
                continue
            if isinstance(handle.object, VmObject):
                vmos.add(handle.object)
            if isinstance(handle.object, Process):
                processes.add(handle.object)
        regions: list[VmAddressRegion] = [process.aspace.root for process in processes]
        while regions:
            for child in regions.pop().children:
                if isinstance(child, VmMapping):
                    vmos.add(child.vmo)
                else:
                    regions.append(child)
        todo = list(vmos)
        while todo:
            vmo = todo.pop()
            if vmo.parent is not None and vmo.parent not in vmos:
                vmos.add(vmo.parent)
                todo.append(vmo.parent)
        return sum(len(vmo.pages.table) for vmo in vmos if not vmo.is_physical)

    return count


@pytest.fixture
def new_vmo(kernel: Kernel, process: Process) -> Callable[[int], VmObject]:
    """Return a function that makes a VMO of so many bytes, held by a handle of `process`."""

    def make(size: int) -> VmObject:
        vmo = VmObject(kernel, size)
        kernel.grant(process, vmo, int(Rights.DEFAULT_VMO))
        return vmo

    return make


@pytest.fixture
def close_all(kernel: Kernel) -> Callable[[object], None]:
    """Return a function that closes every handle to an object, in all processes."""

    def close(target: object) -> None:
        for handle in list(kernel.handles.slots):
            if handle is not None and handle.object is target:
                kernel.handles.destroy(handle)

    return close
