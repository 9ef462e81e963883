"""Handles: close, duplicate, replace. Pages `handle_*.md`; kernel `handle_ops.cpp`."""

from typing import Any

from zxdbg.kernel.handle import Handle
from zxdbg.kernel.rights import SAME_RIGHTS, Rights
from zxdbg.kernel.status import Status
from zxdbg.syscalls.args import HandleIn, HandleOut, RightsIn
from zxdbg.syscalls.buffers import GOOD
from zxdbg.syscalls.call import Call, Refused, syscall
from zxdbg.syscalls.rule import Lookup, Rule, out_rule

__all__ = ["zx_handle_close", "zx_handle_duplicate", "zx_handle_replace"]

CLOSED: Lookup[Any] = Lookup("handle")


@syscall(CLOSED)
def zx_handle_close(call: Call, handle: HandleIn) -> None:
    """Close a handle; needs no right, and the value 0 is closed without a word.

    Args:
        handle: The handle to close, or 0.
    """
    if handle == 0:
        return
    call.kernel.handles.destroy(call.handle(CLOSED, handle))


def _subset(late: str = "") -> Rule:
    return Rule(
        "rights-subset",
        Status.INVALID_ARGS,
        "rights asks for nothing that handle lacks",
        passed="{0:rights} of {1:rights}",
        failed="{2:rights} is not among {1:rights}",
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
