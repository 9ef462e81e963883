"""Handles: close, duplicate, replace. Pages `handle_*.md`; kernel `handle_ops.cpp`."""

from collections.abc import Iterator
from typing import Any

from zxdbg.kernel.handle import Handle
from zxdbg.kernel.rights import SAME_RIGHTS, Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Policy, Process
from zxdbg.syscalls.args import HandleIn, HandleOut, HandlesIn, RightsIn, Size
from zxdbg.syscalls.buffers import GOOD, Data, Fill, fetch
from zxdbg.syscalls.call import Call, Refused, syscall
from zxdbg.syscalls.profile import difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule

__all__ = ["zx_handle_close", "zx_handle_close_many", "zx_handle_duplicate", "zx_handle_replace"]

difference(
    "duplicate-equal-rights",
    page="handle_duplicate.md, handle_replace.md",
    says="the new rights have to be strictly fewer than the old ones",
    does="an equal set is accepted, named one by one or as ZX_RIGHT_SAME_RIGHTS",
    example="handle duplicate $demo --rights same",
    why_not="the page's own list of errors speaks of a subset, and so of an equal set too",
)
CLOSED: Lookup[Any] = Lookup("handle")


@syscall(CLOSED)
def zx_handle_close(call: Call, handle: HandleIn) -> None:
    """Close a handle; needs no right, and the value 0 is closed without a word.

    Args:
        handle: The handle to close, or 0.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_handle_close $v => ZX_OK
    """
    if handle == 0:
        return
    call.kernel.handles.destroy(call.handle(CLOSED, handle))


CLOSED_MANY = Rule(
    "handles-valid",
    Status.BAD_HANDLE,
    "each value is 0 or a handle of the caller",
    passed="{0:number} closed",
    failed="{1:number} of {2:number} are not",
    source="handle_ops.cpp",
    late="all the others are closed",
)
_CHUNK = 64


def _runs(process: Process, handles: Data, count: int) -> Iterator[tuple[int, int]]:
    """Yield the values of an array, each with how often it follows; the end is a copy's fault.

    They are copied in 64 at a time, and a chunk that faults gives none of its values.
    """
    if isinstance(handles, Fill):
        there = handles.length // 4
        whole = count if count <= there else there - there % _CHUNK
        yield handles.byte * 0x0101_0101, whole
        return
    for first in range(0, count, _CHUNK):
        raw = fetch(process, handles, 4 * first, 4 * min(_CHUNK, count - first))
        if raw is None:
            return
        for at in range(0, len(raw), 4):
            yield int.from_bytes(raw[at : at + 4], "little"), 1


@syscall(CLOSED_MANY)
def zx_handle_close_many(call: Call, handles: HandlesIn, num_handles: Size) -> None:
    """Close several handles; one that is not valid does not spare the others.

    They are copied in 64 at a time. Where that faults the call ends, and says only what it
    knows by then: a bad pointer is no error.

    Args:
        handles: Values of 4 bytes each; 0 is passed over.
        num_handles: How many; 0 touches no memory.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_handle_close_many [$v,0] 2 => ZX_OK
    """
    seen = closed = bad = 0
    for value, times in _runs(call.process, handles, num_handles):
        seen += times
        found = call.kernel.handles.find(call.process, value) if times else None
        if found is not None:
            call.kernel.handles.destroy(found)
            closed += 1
        missing = times - (found is not None)
        if value and missing:
            call.allows(Policy.BAD_HANDLE)
            bad += missing
    call.require(CLOSED_MANY, not bad, closed, bad, seen)


def _subset(late: str = "") -> Rule:
    return Rule(
        "rights-subset",
        Status.INVALID_ARGS,
        "rights asks for nothing that handle lacks",
        passed="{0:somerights} of {1:somerights}",
        failed="{2:rights} is not among {1:somerights}",
        source="handle_ops.cpp",
        late=late,
    )


def _room(late: str = "") -> Rule:
    return Rule(
        "handles-left",
        Status.NO_MEMORY,
        "the system's handle table has room",
        passed="",
        failed="all {0:number} slots are taken",
        source="handle_ops.cpp",
        late=late,
    )


def _wanted(call: Call, rule: Rule, handle: Handle, rights: int) -> int:
    if rights == SAME_RIGHTS:
        return handle.rights
    extra = rights & ~handle.rights
    call.require(rule, not extra, rights, handle.rights, extra)
    return rights


DUPLICATED: Lookup[Any] = Lookup("handle", rights=Rights.DUPLICATE)
DUPLICATE_SUBSET, DUPLICATE_ROOM = _subset(), _room()
DUPLICATE_OUT = out_rule("out", "the new handle is closed again")


@syscall(DUPLICATED, DUPLICATE_SUBSET, DUPLICATE_ROOM, DUPLICATE_OUT)
def zx_handle_duplicate(
    call: Call, handle: HandleIn, rights: RightsIn, *, out: HandleOut = GOOD
) -> None:
    """Make a second handle to the same object, with the same rights or fewer.

    Args:
        handle: The handle to duplicate; needs ZX_RIGHT_DUPLICATE.
        rights: Rights of the new handle, all of them among those of `handle`.
        out: Where the new handle is stored.

    Examples:
        zx> zx_handle_duplicate $job ZX_RIGHT_SAME_RIGHTS => ZX_OK
    """
    source = call.handle(DUPLICATED, handle)
    rights = _wanted(call, DUPLICATE_SUBSET, source, rights)
    made = call.make_handle(DUPLICATE_ROOM, source.object, rights)
    call.produce(DUPLICATE_OUT, "out", out, made)


REPLACED: Lookup[Any] = Lookup("handle")
REPLACE_SUBSET = _subset("handle is closed all the same")
REPLACE_ROOM = _room("handle is closed all the same")
REPLACE_OUT = out_rule("out", "the old handle and the new one are both closed")


@syscall(REPLACED, REPLACE_SUBSET, REPLACE_ROOM, REPLACE_OUT)
def zx_handle_replace(
    call: Call, handle: HandleIn, rights: RightsIn, *, out: HandleOut = GOOD
) -> None:
    """Exchange a handle for one with other rights; the old one is closed in any case.

    Args:
        handle: The handle to give up; ZX_RIGHT_DUPLICATE is not needed.
        rights: Rights of the new handle, all of them among those of `handle`.
        out: Where the new handle is stored.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_handle_replace $v ZX_RIGHT_READ => ZX_OK
    """
    source = call.handle(REPLACED, handle)
    try:
        rights = _wanted(call, REPLACE_SUBSET, source, rights)
        made = call.make_handle(REPLACE_ROOM, source.object, rights)
    except Refused:
        call.kernel.handles.destroy(source)
        raise
    call.kernel.handles.destroy(source)
    call.produce(REPLACE_OUT, "out", out, made)
