"""Handles, and the one table that holds all of them.

Theory of operation. Every handle of the system is a record in one table of 262,144
slots. A record's `base` is its slot and the slot's generation, so a slot that is used
again gets another base. What a program sees is `base` mixed with a secret of its own
process: one record has different values in different processes, and a value kept after
the close does not name the slot's next tenant.
"""

from typing import TYPE_CHECKING

from zxdbg.kernel.limits import MAX_HANDLES, U32

if TYPE_CHECKING:
    from zxdbg.kernel.object import KernelObject
    from zxdbg.kernel.task import Process

__all__ = ["Handle", "HandleTable"]

_SLOT_BITS = 18
_SLOT_MASK = (1 << _SLOT_BITS) - 1
_GENERATION_MASK = 0xFFF


class Handle:
    """A reference to an object with rights; `process` is None while it is in transit."""

    __slots__ = ("base", "object", "process", "rights")

    def __init__(self, base: int, target: "KernelObject", rights: int) -> None:
        self.base = base
        self.object = target
        self.rights = rights
        self.process: Process | None = None


class HandleTable:
    """All handles of the system.

    Invariant: `slots[i]` is the live record of slot i, or None; `generations[i]` is the
    generation that slot i has or had last; `free` lists the empty slots, last freed last.
    """

    __slots__ = ("capacity", "free", "generations", "slots")

    def __init__(self, capacity: int = MAX_HANDLES) -> None:
        self.capacity = capacity
        self.slots: list[Handle | None] = []
        self.generations: list[int] = []
        self.free: list[int] = []

    def make(self, target: "KernelObject", rights: int) -> Handle | None:
        """Make a handle that is in transit; None when the table is full."""
        if self.free:
            slot = self.free.pop()
            generation = self.generations[slot] = (self.generations[slot] + 1) & _GENERATION_MASK
        elif len(self.slots) < self.capacity:
            slot, generation = len(self.slots), 1
            self.slots.append(None)
            self.generations.append(generation)
        else:
            return None
        handle = Handle(generation << _SLOT_BITS | slot, target, rights)
        self.slots[slot] = handle
        target.handles += 1
        return handle

    def find(self, process: "Process", value: int) -> Handle | None:
        """Find the handle that `value` names in `process`.

        The lowest bit of a value is thrown away, as in the kernel of that day; 0 names none.
        """
        base = ((value ^ process.mixer) & U32) >> 1
        slot = base & _SLOT_MASK
        if slot >= len(self.slots) or not value:
            return None
        handle = self.slots[slot]
        if handle is None or handle.base != base or handle.process is not process:
            return None
        return handle

    def diagnose(self, process: "Process", value: int) -> str:
        """Say why `find` finds nothing: `zero`, `closed`, `foreign` or `unknown`."""
        if not value:
            return "zero"
        for handle in self.slots:
            if handle is not None and handle.process not in (None, process):
                owner = handle.process
                if owner is not None and owner.value_of(handle) == value:
                    return "foreign"
        base = ((value ^ process.mixer) & U32) >> 1
        slot, generation = base & _SLOT_MASK, base >> _SLOT_BITS
        if slot < len(self.slots) and 0 < generation <= self.generations[slot]:
            return "closed"
        return "unknown"

    def destroy(self, handle: Handle) -> None:
        """Close a handle wherever it is, and tell its object if it was the last one."""
        if handle.process is not None:
            handle.process.detach(handle)
        slot = handle.base & _SLOT_MASK
        self.slots[slot] = None
        self.free.append(slot)
        handle.object.handles -= 1
        if not handle.object.handles:
            handle.object.on_zero_handles()
