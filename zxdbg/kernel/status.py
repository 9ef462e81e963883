"""The statuses that a syscall can answer, as in Zircon's `errors.h`."""

from enum import IntEnum

__all__ = ["Status"]


class Status(IntEnum):
    """A `zx_status_t`: zero is success, every error is negative."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "Status":
        """Keep the meaning beside the number."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    OK = 0, "the call did what it was asked"
    INTERNAL = -1, "something failed inside that fits no other status"
    NOT_SUPPORTED = -2, "this object, or this build, does not offer the operation"
    NO_RESOURCES = -3, "a resource other than memory ran out"
    NO_MEMORY = -4, "memory ran out; also said where nothing is mapped at an address"
    INTERNAL_INTR_RETRY = -6, "interrupted, try again; no program ever sees it"
    INVALID_ARGS = -10, "an argument that can never be right, or a bad pointer"
    BAD_HANDLE = -11, "the value names no handle of the calling process"
    WRONG_TYPE = -12, "the handle is good, but its object is of another kind"
    BAD_SYSCALL = -13, "no such syscall number"
    OUT_OF_RANGE = -14, "an argument lies outside what is valid at the moment"
    BUFFER_TOO_SMALL = -15, "the caller's buffer cannot hold the answer"
    BAD_STATE = -20, "the object's present state forbids it"
    TIMED_OUT = -21, "the deadline came first"
    SHOULD_WAIT = -22, "not now; it may work after a wait"
    CANCELED = -23, "the operation was under way and was cancelled"
    PEER_CLOSED = -24, "the other end is gone"
    NOT_FOUND = -25, "there is no such thing"
    ALREADY_EXISTS = -26, "something of that identity is there already"
    ALREADY_BOUND = -27, "somebody else owns it already"
    UNAVAILABLE = -28, "the subject cannot do it, and waiting would not help"
    ACCESS_DENIED = -30, "the handle lacks a right, or a policy forbids it"
    IO = -40, "input or output failed, for no reason given"
    IO_REFUSED = -41, "the device refused"
    IO_DATA_INTEGRITY = -42, "the data failed its check"
    IO_DATA_LOSS = -43, "the data is gone, perhaps for good"
    IO_NOT_PRESENT = -44, "the device is no longer there"
    IO_OVERRUN = -45, "the device gave more than was asked"
    IO_MISSED_DEADLINE = -46, "the device was too late"
    IO_INVALID = -47, "the transfer or its parameters were invalid"
    BAD_PATH = -50, "the path is too long"
    NOT_DIR = -51, "not a directory"
    NOT_FILE = -52, "not a regular file"
    FILE_BIG = -53, "the file would grow past a limit of its filesystem"
    NO_SPACE = -54, "the storage is full"
    NOT_EMPTY = -55, "the directory is not empty"
    STOP = -60, "a callback says: no more; no syscall answers it"
    NEXT = -61, "a callback says: next one; no syscall answers it"
    ASYNC = -62, "a callback says: done elsewhere; no syscall answers it"
    PROTOCOL_NOT_SUPPORTED = -70, "the network protocol is not supported"
    ADDRESS_UNREACHABLE = -71, "the network host cannot be reached"
    ADDRESS_IN_USE = -72, "the network address is taken"
    NOT_CONNECTED = -73, "the socket is not connected"
    CONNECTION_REFUSED = -74, "the network host refused"
    CONNECTION_RESET = -75, "the network connection was reset"
    CONNECTION_ABORTED = -76, "the network connection was aborted"

    @property
    def label(self) -> str:
        """The name as Zircon spells it, such as ZX_ERR_NO_MEMORY."""
        return "ZX_OK" if self is Status.OK else f"ZX_ERR_{self.name}"
