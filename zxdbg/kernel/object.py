"""What every kernel object has: a koid, a count of handles, a word of signals."""

from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from zxdbg.kernel.kernel import Kernel

__all__ = ["WAITABLE", "Bti", "Event", "KernelObject", "ObjectType", "Resource", "clean_name"]


class ObjectType(IntEnum):
    """A `zx_obj_type_t`."""

    NONE = 0
    PROCESS = 1
    THREAD = 2
    VMO = 3
    EVENT = 5
    RESOURCE = 15
    JOB = 17
    VMAR = 18
    BTI = 24

    @property
    def noun(self) -> str:
        """The word for such an object in a sentence."""
        abbreviations = (ObjectType.VMO, ObjectType.VMAR, ObjectType.BTI)
        return self.name if self in abbreviations else self.name.lower()


class KernelObject:
    """An object that handles refer to.

    `koid` is never reused. `handles` counts the handles in all processes; an object
    learns through `on_zero_handles` when the last one goes.
    """

    __slots__ = ("handles", "kernel", "koid", "name", "signals")

    type: ClassVar[ObjectType] = ObjectType.NONE
    nameable: ClassVar[bool] = True

    def __init__(self, kernel: "Kernel", name: str = "", signals: int = 0) -> None:
        self.kernel = kernel
        self.koid = kernel.next_koid()
        self.name = name
        self.handles = 0
        self.signals = signals

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.koid} {self.name!r}>"

    def on_zero_handles(self) -> None:
        """React to the close of the last handle; most objects do nothing."""


WAITABLE = frozenset(
    {
        ObjectType.PROCESS,
        ObjectType.THREAD,
        ObjectType.VMO,
        ObjectType.EVENT,
        ObjectType.RESOURCE,
        ObjectType.JOB,
        ObjectType.BTI,
    }
)
"""The kinds of object that have signals."""


class Resource(KernelObject):
    """The root resource: the right to name physical addresses."""

    __slots__ = ()
    type: ClassVar[ObjectType] = ObjectType.RESOURCE


class Event(KernelObject):
    """An event: nothing but signals."""

    __slots__ = ()
    type: ClassVar[ObjectType] = ObjectType.EVENT
    nameable: ClassVar[bool] = False


class Bti(KernelObject):
    """A bus transaction initiator, which contiguous memory is made with."""

    __slots__ = ()
    type: ClassVar[ObjectType] = ObjectType.BTI
    nameable: ClassVar[bool] = False


def clean_name(raw: bytes) -> str:
    """Cut a name as the kernel does: at 31 bytes, and at the first NUL.

    To the kernel a name is bytes: what is no UTF-8 is kept, as Python keeps such file names.
    """
    return raw[:31].split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
