"""Records of zx_object_get_info, packed and unpacked: the layouts of `syscalls/object.h`.

One description for both ways: a record is a NamedTuple class, and `LAYOUTS` says how its
fields lie in memory (x86-64). Names are text, cut at their NUL.
"""

import struct
from typing import Any, NamedTuple

__all__ = [
    "LAYOUTS",
    "BtiInfo",
    "CpuStats",
    "ExceptionReport",
    "HandleBasic",
    "HandleCount",
    "KmemStats",
    "Koid",
    "MapsEntry",
    "ProcessHandleStats",
    "ProcessInfo",
    "ResourceInfo",
    "TaskStats",
    "ThreadInfo",
    "ThreadStats",
    "VmarInfo",
    "VmoInfo",
    "pack",
    "size_of",
    "unpack",
]


class HandleBasic(NamedTuple):
    """zx_info_handle_basic_t."""

    koid: int
    rights: int
    type: int
    related_koid: int
    props: int


class ProcessInfo(NamedTuple):
    """zx_info_process_t."""

    return_code: int
    started: bool
    exited: bool
    debugger_attached: bool


class Koid(NamedTuple):
    """One zx_koid_t of a list."""

    koid: int


class VmarInfo(NamedTuple):
    """zx_info_vmar_t."""

    base: int
    len: int


class ThreadInfo(NamedTuple):
    """zx_info_thread_t."""

    state: int
    wait_exception_port_type: int


class ThreadStats(NamedTuple):
    """zx_info_thread_stats_t."""

    total_runtime: int


class TaskStats(NamedTuple):
    """zx_info_task_stats_t."""

    mem_mapped_bytes: int
    mem_private_bytes: int
    mem_shared_bytes: int
    mem_scaled_shared_bytes: int


class MapsEntry(NamedTuple):
    """zx_info_maps_t."""

    name: str
    base: int
    size: int
    depth: int
    type: int
    mmu_flags: int
    vmo_koid: int
    committed_pages: int


class VmoInfo(NamedTuple):
    """zx_info_vmo_t."""

    koid: int
    name: str
    size_bytes: int
    parent_koid: int
    num_children: int
    num_mappings: int
    share_count: int
    flags: int
    committed_bytes: int
    handle_rights: int


class ExceptionReport(NamedTuple):
    """zx_exception_report_t, which no thread here ever has."""

    size: int
    type: int
    context: bytes


class CpuStats(NamedTuple):
    """zx_info_cpu_stats_t; the one processor here does nothing, and its counters stay 0."""

    cpu_number: int
    flags: int
    counters: bytes


class BtiInfo(NamedTuple):
    """zx_info_bti_t."""

    minimum_contiguity: int
    aspace_size: int


class KmemStats(NamedTuple):
    """zx_info_kmem_stats_t."""

    total_bytes: int
    free_bytes: int
    wired_bytes: int
    total_heap_bytes: int
    free_heap_bytes: int
    vmo_bytes: int
    mmu_overhead_bytes: int
    ipc_bytes: int
    other_bytes: int


class ResourceInfo(NamedTuple):
    """zx_info_resource_t."""

    kind: int
    flags: int
    base: int
    size: int
    name: str


class HandleCount(NamedTuple):
    """zx_info_handle_count_t."""

    handle_count: int


class ProcessHandleStats(NamedTuple):
    """zx_info_process_handle_stats_t, one count for each object type."""

    counts: bytes


LAYOUTS: dict[type, struct.Struct] = {
    HandleBasic: struct.Struct("<QIIQI4x"),
    ProcessInfo: struct.Struct("<q???5x"),
    Koid: struct.Struct("<Q"),
    VmarInfo: struct.Struct("<QQ"),
    ThreadInfo: struct.Struct("<II"),
    ThreadStats: struct.Struct("<q"),
    TaskStats: struct.Struct("<4Q"),
    MapsEntry: struct.Struct("<32sQQQI4xI4xQQ"),
    VmoInfo: struct.Struct("<Q32sQQQQQI4xQI4x"),
    ExceptionReport: struct.Struct("<II24s"),
    CpuStats: struct.Struct("<II112s"),
    BtiInfo: struct.Struct("<QQ"),
    KmemStats: struct.Struct("<9Q"),
    ResourceInfo: struct.Struct("<IIQQ32s"),
    HandleCount: struct.Struct("<I"),
    ProcessHandleStats: struct.Struct("<256s"),
}


def size_of(shape: type) -> int:
    """Return the size of a record in bytes."""
    return LAYOUTS[shape].size


def pack(record: Any) -> bytes:
    """Lay a record out as memory."""
    values = (
        each.encode("utf-8", "surrogateescape")[:31] if isinstance(each, str) else each
        for each in record
    )
    return LAYOUTS[type(record)].pack(*values)


def unpack(shape: type, raw: bytes) -> Any:
    """Read a record from memory."""
    notes = shape.__annotations__
    values = LAYOUTS[shape].unpack(raw)
    return shape(
        *(
            each.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
            if notes[name] is str
            else each
            for name, each in zip(notes, values, strict=True)
        )
    )
