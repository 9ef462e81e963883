"""Rights: what a handle allows, and which rights a fresh handle has.

Rights belong to a handle, never to its object. They are kept as plain integers in
handles, since every syscall tests them; the flags here give them names.
"""

from enum import IntFlag
from typing import Final

__all__ = ["MEANINGS", "SAME_RIGHTS", "Rights", "rights_label", "rights_names", "short_rights"]

SAME_RIGHTS: Final = 0x8000_0000
"""An argument that means "as many as the source has"; never stored in a handle."""


class Rights(IntFlag):
    """A `zx_rights_t`."""

    NONE = 0
    DUPLICATE = 1 << 0
    TRANSFER = 1 << 1
    READ = 1 << 2
    WRITE = 1 << 3
    EXECUTE = 1 << 4
    MAP = 1 << 5
    GET_PROPERTY = 1 << 6
    SET_PROPERTY = 1 << 7
    ENUMERATE = 1 << 8
    DESTROY = 1 << 9
    SET_POLICY = 1 << 10
    GET_POLICY = 1 << 11
    SIGNAL = 1 << 12
    SIGNAL_PEER = 1 << 13
    WAIT = 1 << 14
    INSPECT = 1 << 15
    MANAGE_JOB = 1 << 16
    MANAGE_PROCESS = 1 << 17
    MANAGE_THREAD = 1 << 18
    APPLY_PROFILE = 1 << 19

    BASIC = TRANSFER | DUPLICATE | WAIT | INSPECT
    IO = READ | WRITE
    PROPERTY = GET_PROPERTY | SET_PROPERTY
    POLICY = GET_POLICY | SET_POLICY

    DEFAULT_PROCESS = BASIC | IO | PROPERTY | ENUMERATE | DESTROY | SIGNAL | MANAGE_PROCESS
    DEFAULT_THREAD = BASIC | IO | PROPERTY | DESTROY | SIGNAL | MANAGE_THREAD
    DEFAULT_JOB = BASIC | IO | PROPERTY | POLICY | ENUMERATE | DESTROY | SIGNAL | MANAGE_JOB
    DEFAULT_VMO = BASIC | IO | PROPERTY | EXECUTE | MAP | SIGNAL
    DEFAULT_VMAR = DUPLICATE | TRANSFER | INSPECT
    """A VMAR handle also gets READ, WRITE and EXECUTE for each CAN_MAP flag of its region."""
    DEFAULT_RESOURCE = DUPLICATE | TRANSFER | WRITE | INSPECT
    DEFAULT_EVENT = BASIC | IO | SIGNAL
    DEFAULT_BTI = DUPLICATE | TRANSFER | IO | MAP | INSPECT


MEANINGS: Final = {
    Rights.DUPLICATE: "make another handle to the object with zx_handle_duplicate",
    Rights.TRANSFER: "hand it to another process, as zx_process_start does with its argument",
    Rights.READ: "read what the object holds; zx_process_read_memory wants WRITE beside it",
    Rights.WRITE: "change what the object holds: memory, a VMO's size, threads, child processes",
    Rights.EXECUTE: "map a VMO, or through a VMAR, so that its bytes can be run",
    Rights.MAP: "map a VMO into an address space, and set its cache policy",
    Rights.GET_PROPERTY: "read the object's properties, such as its name",
    Rights.SET_PROPERTY: "set the object's properties, such as its name",
    Rights.ENUMERATE: "list the children of a job or a process and get handles to them",
    Rights.DESTROY: "kill a job, process or thread with zx_task_kill",
    Rights.SET_POLICY: "set a job's policy",
    Rights.GET_POLICY: "given to job handles; no syscall of 2018-07-23 tests it",
    Rights.SIGNAL: "raise and clear the object's user signals",
    Rights.SIGNAL_PEER: "raise and clear signals on the other end",
    Rights.WAIT: "wait for the object's signals",
    Rights.INSPECT: "given to most handles; no syscall of 2018-07-23 tests it",
    Rights.MANAGE_JOB: "create child jobs; zx_process_create wants WRITE instead",
    Rights.MANAGE_PROCESS: "given to process handles; no syscall of 2018-07-23 tests it",
    Rights.MANAGE_THREAD: "start a thread with zx_thread_start",
    Rights.APPLY_PROFILE: "apply a scheduling profile to a thread",
}

_SINGLE: Final = [(int(right), f"ZX_RIGHT_{right.name}") for right in MEANINGS]


def rights_names(rights: int) -> list[str]:
    """List the names of the set bits in Zircon's spelling; unknown bits as one number."""
    names = [name for bit, name in _SINGLE if rights & bit]
    rest = rights & ~sum(bit for bit, _ in _SINGLE)
    if rest:
        names.append("ZX_RIGHT_SAME_RIGHTS" if rest == SAME_RIGHTS else hex(rest))
    return names


def short_rights(rights: int) -> list[str]:
    """List rights without the prefix that all of them have."""
    return [name.removeprefix("ZX_RIGHT_") for name in rights_names(rights)]


def rights_label(rights: int) -> str:
    """Join the names with `|`, the spelling that the command language reads back."""
    return "|".join(rights_names(rights)) or "ZX_RIGHT_NONE"
