"""Object properties. Page `object_set_property.md`; kernel `syscalls/object.cpp`."""

from typing import Any

from zxdbg.kernel.limits import MAX_NAME, USER_BASE, USER_END
from zxdbg.kernel.object import clean_name
from zxdbg.kernel.rights import SAME_RIGHTS, Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Job, Process, Thread
from zxdbg.syscalls.args import (
    BufferOut,
    DataIn,
    HandleIn,
    HandleOut,
    KoidIn,
    Property,
    RightsIn,
    Size,
)
from zxdbg.syscalls.buffers import GOOD, Data, fetch, store
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule
from zxdbg.syscalls.task import room

__all__ = [
    "PROPERTIES",
    "PROP_NAME",
    "zx_object_get_child",
    "zx_object_get_property",
    "zx_object_set_property",
]

PROPERTIES = {
    "ZX_PROP_REGISTER_GS": 2,
    "ZX_PROP_NAME": 3,
    "ZX_PROP_REGISTER_FS": 4,
    "ZX_PROP_PROCESS_DEBUG_ADDR": 5,
    "ZX_PROP_PROCESS_VDSO_BASE_ADDRESS": 6,
    "ZX_PROP_SOCKET_RX_BUF_MAX": 8,
    "ZX_PROP_SOCKET_RX_BUF_SIZE": 9,
    "ZX_PROP_SOCKET_TX_BUF_MAX": 10,
    "ZX_PROP_SOCKET_TX_BUF_SIZE": 11,
    "ZX_PROP_CHANNEL_TX_MSG_MAX": 12,
}
PROP_NAME = 3
_REGISTERS = (2, 4)
_DEBUG_ADDR = 5
_BREAK_ON_SET = 1

SET_VALUE = Rule("value-not-null", Status.INVALID_ARGS, "value is not NULL", passed="{0:data}")
SET_HANDLE: Lookup[Any] = Lookup("handle", rights=Rights.SET_PROPERTY)
SET_KNOWN = Rule(
    "property-settable",
    Status.INVALID_ARGS,
    "property is one that can be set",
    passed="{0:number}",
)
SET_SIZE = Rule(
    "size-enough", Status.BUFFER_TOO_SMALL, "size is at least 8 bytes", passed="{0:bytes}"
)
SET_TYPE = Rule(
    "type-has-property",
    Status.WRONG_TYPE,
    "the object is of the kind that has the property",
    passed="it is {0:object}",
)
SET_THREAD = Rule("thread-is-caller", Status.ACCESS_DENIED, "the thread is the one that calls")
SET_READABLE = Rule(
    "value-readable", Status.INVALID_ARGS, "the caller can read the value", passed="{0:bytes}"
)
SET_NAMEABLE = Rule(
    "object-has-name",
    Status.NOT_SUPPORTED,
    "the object is of a kind that can be named",
    passed="it is {0:object}",
)
SET_USER_ADDRESS = Rule(
    "value-user-address",
    Status.INVALID_ARGS,
    "the value is a user address",
    passed="{0:address}",
)
SET_NOT_ZERO = Rule(
    "debug-addr-not-zero", Status.INVALID_ARGS, "the value is not 0", passed="{0:address}"
)
SET_ONCE = Rule(
    "debug-addr-once",
    Status.ACCESS_DENIED,
    "the property was not set before, or to the magic 1 only",
    passed="{0:address}",
)


@syscall(
    SET_VALUE,
    SET_HANDLE,
    SET_KNOWN,
    SET_SIZE,
    SET_TYPE,
    SET_THREAD,
    SET_READABLE,
    SET_NAMEABLE,
    SET_USER_ADDRESS,
    SET_NOT_ZERO,
    SET_ONCE,
)
def zx_object_set_property(
    call: Call, handle: HandleIn, property: Property, value: DataIn, size: Size
) -> None:
    """Set a property of an object, such as its name.

    Args:
        handle: Handle of the object; needs ZX_RIGHT_SET_PROPERTY.
        property: ZX_PROP_NAME, _PROCESS_DEBUG_ADDR, _REGISTER_FS or _REGISTER_GS.
        value: The value's bytes; of a name, 31 count.
        size: Bytes at `value`.

    Examples:
        zx> zx_object_set_property $self ZX_PROP_NAME "me" 2 => ZX_OK
    """
    call.require(SET_VALUE, value is not None, value)
    target = call.handle(SET_HANDLE, handle).object
    what = (target.type, target.name, target.koid)
    known = property in (PROP_NAME, _DEBUG_ADDR, *_REGISTERS)
    call.require(SET_KNOWN, known, property)
    if property == PROP_NAME:
        raw = _copy(call, value, min(size, MAX_NAME))
        call.require(SET_NAMEABLE, target.nameable, what)
        target.name = clean_name(raw)
        return
    call.require(SET_SIZE, size >= 8, size)
    if property == _DEBUG_ADDR:
        call.require(SET_TYPE, isinstance(target, Process), what)
        assert isinstance(target, Process)
        number = int.from_bytes(_copy(call, value, 8), "little")
        call.require(SET_NOT_ZERO, number != 0, number)
        call.require(SET_ONCE, target.debug_addr in (0, _BREAK_ON_SET), target.debug_addr)
        target.debug_addr = number
        return
    call.require(SET_TYPE, isinstance(target, Thread), what)
    assert isinstance(target, Thread)
    call.require(SET_THREAD, target is call.process.calling_thread)
    number = int.from_bytes(_copy(call, value, 8), "little")
    call.require(SET_USER_ADDRESS, USER_BASE <= number < USER_END, number)
    target.segment_bases[property] = number


def _copy(call: Call, value: Data, size: int) -> bytes:
    raw = fetch(call.process, value, 0, size)
    call.require(SET_READABLE, raw is not None, size)
    return raw or b""


UNKNOWN_PROPERTY = difference(
    "get-unknown-property",
    page="object_get_property.md",
    says="a property that is not known is ZX_ERR_NOT_SUPPORTED",
    does="it is ZX_ERR_INVALID_ARGS",
    example="zx_object_get_property $demo 99 32",
)
difference(
    "job-importance",
    page="object_set_property.md",
    says="a job has a property that tells its importance",
    does="number 7 is no property any more: ZX_ERR_INVALID_ARGS",
    example="zx_object_set_property $job 7 zero:8 8",
    why_not="the property no longer exists",
)
difference(
    "get-child-of-resource",
    page="object_get_child.md",
    says="a resource can be the parent of the child asked for",
    does="only jobs and processes can; a resource is ZX_ERR_ACCESS_DENIED, since its handles "
    "lack ZX_RIGHT_ENUMERATE",
    example="zx_object_get_child $root_resource 1024 ZX_RIGHT_SAME_RIGHTS",
    why_not="nobody implemented it",
)
GET_VALUE = Rule("value-not-null", Status.INVALID_ARGS, "value is not NULL", passed="{0:place}")
GET_HANDLE: Lookup[Any] = Lookup("handle", rights=Rights.GET_PROPERTY)
GET_KNOWN = Rule(
    "property-readable",
    Status.INVALID_ARGS,
    "property is one that can be read",
    passed="{0:number}",
    difference=UNKNOWN_PROPERTY,
    statuses={Profile.DOCS: Status.NOT_SUPPORTED},
)
GET_SIZE = Rule(
    "size-enough",
    Status.BUFFER_TOO_SMALL,
    "the value fits: 32 bytes for a name, else 8",
    passed="{0:bytes} of {1:bytes}",
)
GET_TYPE = Rule(
    "type-has-property",
    Status.WRONG_TYPE,
    "the object is of the kind that has the property",
    passed="it is {0:object}",
)
GET_WRITABLE = Rule(
    "value-writable",
    Status.INVALID_ARGS,
    "the caller can write the value",
    passed="{0:place}",
    late="what lies before the fault stays written",
)
_VDSO_BASE = 6
_OF_PROCESS = (_DEBUG_ADDR, _VDSO_BASE)
_OF_OTHERS = range(8, 13)
"""Properties of sockets and channels, of which there are none here."""
_NAME_SIZE = 32


@syscall(GET_VALUE, GET_HANDLE, GET_KNOWN, GET_SIZE, GET_TYPE, GET_WRITABLE)
def zx_object_get_property(
    call: Call, handle: HandleIn, property: Property, size: Size, *, value: BufferOut = GOOD
) -> None:
    """Read a property of an object, such as its name; any object has one, perhaps empty.

    Args:
        handle: Handle of the object; needs ZX_RIGHT_GET_PROPERTY.
        property: ZX_PROP_NAME, _PROCESS_DEBUG_ADDR or _PROCESS_VDSO_BASE_ADDRESS.
        size: Bytes at `value`: 32 for a name, else 8.
        value: Where the value goes, in the caller's memory.

    Examples:
        zx> zx_object_get_property $self ZX_PROP_NAME 32 => ZX_OK
    """
    call.require(GET_VALUE, value is not None, value)
    target = call.handle(GET_HANDLE, handle).object
    what = (target.type, target.name, target.koid)
    known = property in (PROP_NAME, *_OF_PROCESS, *_OF_OTHERS)
    call.require(GET_KNOWN, known, property)
    need = _NAME_SIZE if property == PROP_NAME else 8
    call.require(GET_SIZE, size >= need, size, need)
    if property == PROP_NAME:
        name = target.name if target.nameable else ""
        raw = name.encode("utf-8", "surrogateescape")[:MAX_NAME].ljust(_NAME_SIZE, b"\0")
    else:
        fits = isinstance(target, Process) and property in _OF_PROCESS
        call.require(GET_TYPE, fits, what)
        assert isinstance(target, Process)
        # There is no vDSO here, so its base is 0 as in a process that has none mapped.
        raw = (target.debug_addr if property == _DEBUG_ADDR else 0).to_bytes(8, "little")
    call.require(GET_WRITABLE, store(call.process, value, 0, raw), value)
    call.buffer = raw


CHILD_OF: Lookup[Any] = Lookup("handle", rights=Rights.ENUMERATE)
CHILD_RIGHTS = Rule(
    "rights-subset",
    Status.ACCESS_DENIED,
    "rights asks for nothing that handle lacks",
    passed="{0:rights} of {1:somerights}",
    failed="{2:rights} is not among {1:somerights}",
)
CHILD_TYPE = Rule(
    "handle-type",
    Status.WRONG_TYPE,
    "handle is a job or a process handle",
    passed="{0:object}",
    failed="it is {0:object}",
)
CHILD_FOUND = Rule(
    "child-found",
    Status.NOT_FOUND,
    "a direct child has that koid: a live process or a job, or a thread that runs",
    passed="{0:koid}",
    failed="no child has koid {0:koid}",
)
CHILD_ROOM = room()
CHILD_OUT = out_rule("out", "the new handle is closed again")


@syscall(CHILD_OF, CHILD_RIGHTS, CHILD_TYPE, CHILD_FOUND, CHILD_ROOM, CHILD_OUT)
def zx_object_get_child(
    call: Call, handle: HandleIn, koid: KoidIn, rights: RightsIn, *, out: HandleOut = GOOD
) -> None:
    """Get a handle to a child of a job or a process, by its koid.

    Its rights come from the parent's handle, not from what such an object usually has.

    Args:
        handle: Handle of the parent; needs ZX_RIGHT_ENUMERATE.
        koid: The koid of the child.
        rights: Rights of the new handle, all of them among those of `handle`.
        out: Where the new handle is stored.

    Examples:
        zx> process create demo
        zx> zx_object_get_child $job $demo.koid ZX_RIGHT_SAME_RIGHTS => ZX_OK
    """
    given = call.handle(CHILD_OF, handle)
    parent = given.object
    if rights == SAME_RIGHTS:
        rights = given.rights
    extra = rights & ~given.rights
    call.require(CHILD_RIGHTS, not extra, rights, given.rights, extra)
    what = (parent.type, parent.name, parent.koid)
    call.require(CHILD_TYPE, isinstance(parent, (Job, Process)), what)
    children: list[Any] = []
    if isinstance(parent, Process):
        children = list(parent.threads)
    elif isinstance(parent, Job):
        children = [*parent.jobs, *parent.processes]
    child = next((each for each in children if each.koid == koid), None)
    call.require(CHILD_FOUND, child is not None, koid)
    assert child is not None
    call.produce(CHILD_OUT, "out", out, call.make_handle(CHILD_ROOM, child, rights))
