"""Object properties. Page `object_set_property.md`; kernel `syscalls/object.cpp`."""

from typing import Any

from zxdbg.kernel.limits import USER_BASE, USER_END
from zxdbg.kernel.object import clean_name
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Process, Thread
from zxdbg.syscalls.args import DataIn, HandleIn, Property, Size
from zxdbg.syscalls.buffers import Data, fetch
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.rule import Lookup, Rule

__all__ = ["PROPERTIES", "PROP_NAME", "zx_object_set_property"]

PROPERTIES = {
    "ZX_PROP_REGISTER_GS": 2,
    "ZX_PROP_NAME": 3,
    "ZX_PROP_REGISTER_FS": 4,
    "ZX_PROP_PROCESS_DEBUG_ADDR": 5,
}
PROP_NAME = 3
_REGISTERS = (2, 4)
_DEBUG_ADDR = 5
_BREAK_ON_SET = 1
_MAX_NAME = 31

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
    """
    call.require(SET_VALUE, value is not None, value)
    target = call.handle(SET_HANDLE, handle).object
    what = (target.type, target.name, target.koid)
    known = property in (PROP_NAME, _DEBUG_ADDR, *_REGISTERS)
    call.require(SET_KNOWN, known, property)
    if property == PROP_NAME:
        raw = _copy(call, value, min(size, _MAX_NAME))
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
    current = call.process.threads[0] if call.process.threads else None
    call.require(SET_THREAD, target is current)
    number = int.from_bytes(_copy(call, value, 8), "little")
    call.require(SET_USER_ADDRESS, USER_BASE <= number < USER_END, number)
    target.segment_bases[property] = number


def _copy(call: Call, value: Data, size: int) -> bytes:
    raw = fetch(call.process, value, 0, size)
    call.require(SET_READABLE, raw is not None, size)
    return raw or b""
