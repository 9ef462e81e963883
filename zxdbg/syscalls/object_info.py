"""zx_object_get_info. Page `object_get_info.md`; kernel `syscalls/object.cpp`, `diagnostics.cpp`.

A topic says which right and which kind of object it wants, and which record it answers
with. A topic of one record answers all of it or ZX_ERR_BUFFER_TOO_SMALL; a topic of many
answers as many as fit, and says in `avail` how many there are.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from zxdbg.kernel.kernel import Kernel
from zxdbg.kernel.limits import PAGE_SHIFT, PAGE_SIZE, USER_BASE, USER_SIZE
from zxdbg.kernel.object import WAITABLE, Bti, KernelObject, Resource
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Job, Process, ProcessState, Thread, ThreadState
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls.args import BufferOut, HandleIn, Size, SizeOut, TopicIn
from zxdbg.syscalls.buffers import GOOD, Place, store
from zxdbg.syscalls.call import Call, Refused, syscall
from zxdbg.syscalls.profile import difference
from zxdbg.syscalls.rule import Lookup, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from zxdbg.kernel.handle import Handle

__all__ = ["TOPICS", "Topic", "zx_object_get_info"]

THREAD_STATES = {
    ThreadState.NEW: 0,
    ThreadState.RUNNING: 1,
    ThreadState.SUSPENDED: 2,
    ThreadState.DYING: 4,
    ThreadState.DEAD: 5,
}
_ASPACE, _VMAR, _MAPPING = 1, 2, 3
_PAGED, _CLONE, _VIA_HANDLE, _VIA_MAPPING = 1, 4, 8, 16


class Topic(NamedTuple):
    """A topic of zx_object_get_info.

    Attributes:
        number: Its number.
        record: Name of its record in `records.py`; empty where nothing is answered.
        is_list: Whether it answers any number of records.
        rights: The right that the handle must have.
        kinds: Classes that the object may be of; none means any.
        collect: Returns the records.
    """

    number: int
    record: str
    is_list: bool
    rights: Rights
    kinds: tuple[type[KernelObject], ...]
    collect: "Callable[[Call, Handle], list[Any]] | None"


difference(
    "scaled-below-shared",
    page="object_get_info.md",
    says="mem_scaled_shared_bytes is strictly smaller than mem_shared_bytes",
    does="both are 0 where nothing is shared",
    example="process create p; process start $p; info $p task-stats",
    why_not="nothing is smaller than 0",
)
TOPIC_KNOWN = Rule(
    "topic-known", Status.NOT_SUPPORTED, "topic is one of the known ones", passed="{0:number}"
)
HANDLE: Lookup[Any] = Lookup("handle")
TOPIC_RIGHTS = Rule(
    "handle-rights",
    Status.ACCESS_DENIED,
    "handle has the right that the topic asks for",
    passed="it has {0:somerights}",
    failed="it has {0:somerights}, without {1:rights}",
)
TOPIC_TYPE = Rule(
    "handle-type",
    Status.WRONG_TYPE,
    "the object is of the kind that the topic is about",
    passed="{0:object}",
    failed="it is {0:object}",
)
NOT_SELF = Rule(
    "process-not-caller",
    Status.ACCESS_DENIED,
    "the process is not the caller itself",
    source="process_dispatcher.cpp",
)
RUNNING = Rule(
    "process-running",
    Status.BAD_STATE,
    "the process is running: started, and not dying or dead",
    passed="{0:text} is {1:state}",
    source="process_dispatcher.cpp",
    late="ZX_INFO_PROCESS_MAPS and _VMOS store actual, meaningless, and avail, 0, all the same",
)
IN_EXCEPTION = Rule(
    "thread-in-exception",
    Status.BAD_STATE,
    "the thread is stopped in an exception, which no thread here ever is",
)
BUFFER = Rule(
    "buffer-writable",
    Status.INVALID_ARGS,
    "the caller can write the records at buffer",
    passed="{0:bytes}",
    late="the pages before the fault stay written; ZX_INFO_PROCESS_MAPS and _VMOS store the counts",
)
ACTUAL = Rule(
    "actual-writable",
    Status.INVALID_ARGS,
    "actual is NULL or points to memory that the caller can write",
    passed="{0:place}",
    late="what was copied to the buffer stays there",
)
AVAIL = Rule(
    "avail-writable",
    Status.INVALID_ARGS,
    "avail is NULL or points to memory that the caller can write",
    passed="{0:place}",
    late="what was copied to the buffer stays there, and actual is stored",
)
LARGE_ENOUGH = Rule(
    "buffer-large-enough",
    Status.BUFFER_TOO_SMALL,
    "the buffer can hold the record",
    passed="{0:bytes} of {1:bytes}",
    late="actual 0 and avail 1 are stored",
)


@syscall(
    TOPIC_KNOWN,
    HANDLE,
    TOPIC_RIGHTS,
    TOPIC_TYPE,
    NOT_SELF,
    RUNNING,
    IN_EXCEPTION,
    BUFFER,
    ACTUAL,
    AVAIL,
    LARGE_ENOUGH,
)
def zx_object_get_info(
    call: Call,
    handle: HandleIn,
    topic: TopicIn,
    buffer_size: Size,
    *,
    buffer: BufferOut = GOOD,
    actual: SizeOut = GOOD,
    avail: SizeOut = GOOD,
) -> None:
    """Ask about an object: one record, or a list of them, by topic.

    Args:
        handle: Handle of the object; the topic says which right it needs.
        topic: ZX_INFO_HANDLE_BASIC, _PROCESS_MAPS and so on.
        buffer_size: Bytes at `buffer`.
        buffer: Where the records go, in the caller's memory.
        actual: Where the number of records that were stored goes; NULL leaves it out.
        avail: Where the number of records that there are goes; NULL leaves it out.

    Examples:
        zx> zx_object_get_info $self ZX_INFO_HANDLE_BASIC 32 => actual=1 avail=1
    """
    about = TOPICS_BY_NUMBER.get(topic)
    if about is None:
        raise call.refusal(TOPIC_KNOWN, topic)
    call.require(TOPIC_KNOWN, True, topic)
    given = call.valid(HANDLE, handle, ask_policy=about.collect is not None)
    if about.collect is None:
        return
    need = int(about.rights)
    lacking = need & ~given.rights
    call.require(TOPIC_RIGHTS, not lacking, given.rights, lacking)
    target = given.object
    what = (target.type, target.name, target.koid)
    call.require(TOPIC_TYPE, not about.kinds or isinstance(target, about.kinds), what)

    from zxdbg.syscalls import records

    size = records.size_of(getattr(records, about.record))
    capacity = buffer_size // size
    # The two topics that walk an address space answer their counts even when they fail.
    walks = topic in (_PROCESS_MAPS, _PROCESS_VMOS)
    try:
        found = about.collect(call, given)
    except Refused as refusal:
        if walks and refusal.rule is RUNNING:
            raise _count_anyway(call, refusal, actual, avail, capacity) from None
        raise
    count = min(capacity, len(found)) if about.is_list else min(1, capacity)
    raw = b"".join(records.pack(record) for record in found[:count])
    stored = not raw or store(call.process, buffer, 0, raw)
    if not stored and walks:
        refused = call.refusal(BUFFER, len(raw))
        count = 0 if topic == _PROCESS_MAPS else capacity
        raise _count_anyway(call, refused, actual, avail, count)
    call.require(BUFFER, stored, len(raw))
    call.buffer = raw
    _store_counts(call, actual, avail, count, len(found))
    if not about.is_list:
        call.require(LARGE_ENOUGH, count == 1, buffer_size, size)


def _store_counts(call: Call, actual: Place, avail: Place, stored: int, there: int) -> None:
    for rule, name, place, value in (
        (ACTUAL, "actual", actual, stored),
        (AVAIL, "avail", avail, there),
    ):
        if place is not None:
            call.store(rule, name, place, value)


def _count_anyway(
    call: Call, refusal: Refused, actual: Place, avail: Place, stored: int
) -> Refused:
    """Store the counts of a walk that was refused; return what decides: a bad pointer does."""
    refused = call.checks.pop()
    before = len(call.checks)
    try:
        _store_counts(call, actual, avail, stored, 0)
    except Refused as bad_pointer:
        return bad_pointer
    call.checks[before:] = [refused]
    return refusal


# What the topics answer ---------------------------------------------------------------


def _handle_basic(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import HandleBasic

    target = handle.object
    related = 0
    if isinstance(target, Process):
        related = target.job.koid
    elif isinstance(target, Thread):
        related = target.process.koid
    elif isinstance(target, Job) and target.parent is not None:
        related = target.parent.koid
    props = int(target.type in WAITABLE)
    return [HandleBasic(target.koid, handle.rights, int(target.type), related, props)]


def _process(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import ProcessInfo

    process = handle.object
    assert isinstance(process, Process)
    exited = process.state in (ProcessState.DYING, ProcessState.DEAD)
    return [ProcessInfo(process.return_code, process.started, exited, False)]


def _process_threads(call: Call, handle: "Handle") -> list[Any]:
    process = handle.object
    assert isinstance(process, Process)
    return _koids(process.threads)


def _job_children(call: Call, handle: "Handle") -> list[Any]:
    job = handle.object
    assert isinstance(job, Job)
    return _koids(job.jobs)


def _job_processes(call: Call, handle: "Handle") -> list[Any]:
    job = handle.object
    assert isinstance(job, Job)
    return _koids(job.processes)


def _koids(objects: list[Any]) -> list[Any]:
    from zxdbg.syscalls.records import Koid

    return [Koid(each.koid) for each in objects]


def _vmar(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import VmarInfo

    region = handle.object
    assert isinstance(region, VmAddressRegion)
    return [VmarInfo(region.base, region.size)]


def _thread(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import ThreadInfo

    thread = handle.object
    assert isinstance(thread, Thread)
    return [ThreadInfo(THREAD_STATES[thread.state], 0)]


def _thread_stats(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import ThreadStats

    return [ThreadStats(0)]


def _exception_report(call: Call, handle: "Handle") -> list[Any]:
    raise call.refusal(IN_EXCEPTION)


def _running(call: Call, handle: "Handle") -> Process:
    process = handle.object
    assert isinstance(process, Process)
    running = process.state is ProcessState.RUNNING
    call.require(RUNNING, running, process.name, process.state)
    return process


def _other_running(call: Call, handle: "Handle") -> Process:
    call.require(NOT_SELF, handle.object is not call.process)
    return _running(call, handle)


def _task_stats(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import TaskStats

    mapped = private = shared = scaled = 0
    for _, region in _running(call, handle).aspace.root.walk():
        if isinstance(region, VmMapping):
            mapped += region.size
            committed = region.committed << PAGE_SHIFT
            sharers = _share_count(call.kernel, region.vmo)
            if sharers == 1:
                private += committed
            else:
                shared += committed
                scaled += committed // sharers
    return [TaskStats(mapped, private, shared, scaled)]


def _share_count(kernel: Kernel, vmo: VmObject) -> int:
    """Count the address spaces that map a VMO; 1 where there are fewer than two mappings."""
    if len(vmo.mappings) < 2:
        return 1
    return len({id(mapping.root) for mapping in vmo.mappings})


def _process_maps(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import MapsEntry

    process = _other_running(call, handle)
    root = process.aspace.root
    space = f"proc:{process.koid}"
    found = [
        MapsEntry(space, USER_BASE, USER_SIZE, 0, _ASPACE, 0, 0, 0),
        MapsEntry(root.name, root.base, root.size, 1, _VMAR, 0, 0, 0),
    ]
    for depth, region in root.walk(2):
        if isinstance(region, VmMapping):
            vmo = region.vmo
            entry = (_MAPPING, region.perms, vmo.koid, region.committed)
            found.append(MapsEntry(vmo.name, region.base, region.size, depth, *entry))
        else:
            found.append(MapsEntry(region.name, region.base, region.size, depth, _VMAR, 0, 0, 0))
    return found


def _process_vmos(call: Call, handle: "Handle") -> list[Any]:
    process = _other_running(call, handle)
    found = [
        _vmo_info(call.kernel, each.object, _VIA_HANDLE, each.rights)
        for each in process.handle_list
        if isinstance(each.object, VmObject)
    ]
    found += [
        _vmo_info(call.kernel, region.vmo, _VIA_MAPPING, 0)
        for _, region in process.aspace.root.walk()
        if isinstance(region, VmMapping)
    ]
    return found


def _vmo_info(kernel: Kernel, vmo: VmObject, via: int, rights: int) -> Any:
    from zxdbg.syscalls.records import VmoInfo

    flags = via
    if not vmo.is_physical:
        flags |= _PAGED
    if vmo.parent is not None:
        flags |= _CLONE
    return VmoInfo(
        vmo.koid,
        vmo.name,
        vmo.size,
        0 if vmo.parent is None else vmo.parent.koid,
        len(vmo.children),
        len(vmo.mappings),
        _share_count(kernel, vmo),
        flags,
        vmo.committed << PAGE_SHIFT,
        rights,
    )


def _cpu_stats(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import CpuStats

    return [CpuStats(0, 0, bytes(112))]


def _kmem_stats(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import KmemStats

    memory = call.kernel.memory
    total, free = memory.pages << PAGE_SHIFT, memory.free << PAGE_SHIFT
    return [KmemStats(total, free, 0, 0, 0, total - free, 0, 0, 0)]


def _resource(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import ResourceInfo

    return [ResourceInfo(4, 0, 0, 0, handle.object.name)]


def _bti(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import BtiInfo

    return [BtiInfo(PAGE_SIZE, 1 << 48)]


def _handle_count(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import HandleCount

    return [HandleCount(handle.object.handles)]


def _handle_stats(call: Call, handle: "Handle") -> list[Any]:
    from zxdbg.syscalls.records import ProcessHandleStats

    process = handle.object
    assert isinstance(process, Process)
    counts = [0] * 64
    for each in process.handle_list:
        counts[each.object.type] += 1
    return [ProcessHandleStats(b"".join(count.to_bytes(4, "little") for count in counts))]


_READ, _ENUMERATE, _NONE = Rights.READ, Rights.ENUMERATE, Rights.NONE
_PROCESS_MAPS, _PROCESS_VMOS = 13, 14
TOPICS = {
    "ZX_INFO_HANDLE_VALID": Topic(1, "", False, _NONE, (), None),
    "ZX_INFO_HANDLE_BASIC": Topic(2, "HandleBasic", False, _NONE, (), _handle_basic),
    "ZX_INFO_PROCESS": Topic(3, "ProcessInfo", False, _READ, (Process,), _process),
    "ZX_INFO_PROCESS_THREADS": Topic(4, "Koid", True, _ENUMERATE, (Process,), _process_threads),
    "ZX_INFO_VMAR": Topic(7, "VmarInfo", False, _NONE, (VmAddressRegion,), _vmar),
    "ZX_INFO_JOB_CHILDREN": Topic(8, "Koid", True, _ENUMERATE, (Job,), _job_children),
    "ZX_INFO_JOB_PROCESSES": Topic(9, "Koid", True, _ENUMERATE, (Job,), _job_processes),
    "ZX_INFO_THREAD": Topic(10, "ThreadInfo", False, _READ, (Thread,), _thread),
    "ZX_INFO_THREAD_EXCEPTION_REPORT": Topic(
        11, "ExceptionReport", False, _READ, (Thread,), _exception_report
    ),
    "ZX_INFO_TASK_STATS": Topic(12, "TaskStats", False, _READ, (Process,), _task_stats),
    "ZX_INFO_PROCESS_MAPS": Topic(13, "MapsEntry", True, _READ, (Process,), _process_maps),
    "ZX_INFO_PROCESS_VMOS": Topic(14, "VmoInfo", True, _READ, (Process,), _process_vmos),
    "ZX_INFO_THREAD_STATS": Topic(15, "ThreadStats", False, _READ, (Thread,), _thread_stats),
    "ZX_INFO_CPU_STATS": Topic(16, "CpuStats", True, _NONE, (Resource,), _cpu_stats),
    "ZX_INFO_KMEM_STATS": Topic(17, "KmemStats", False, _NONE, (Resource,), _kmem_stats),
    "ZX_INFO_RESOURCE": Topic(18, "ResourceInfo", False, _NONE, (Resource,), _resource),
    "ZX_INFO_HANDLE_COUNT": Topic(19, "HandleCount", False, _READ, (), _handle_count),
    "ZX_INFO_BTI": Topic(20, "BtiInfo", False, _READ, (Bti,), _bti),
    "ZX_INFO_PROCESS_HANDLE_STATS": Topic(
        21, "ProcessHandleStats", False, _READ, (Process,), _handle_stats
    ),
}
TOPICS_BY_NUMBER = {topic.number: topic for topic in TOPICS.values()}
