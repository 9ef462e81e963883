"""What a pointer argument can be: data of the line, a pointer, NULL, or a good place.

The data that a line carries lies in a scratch window of the caller: in no VMO, outside
physical memory, its last byte just before an unmapped page. A `Pointer` goes into the
caller's own address space, and may be wild.
"""

from collections.abc import Iterable
from itertools import chain, pairwise
from typing import Final, NamedTuple

from zxdbg.kernel.aspace import Fault
from zxdbg.kernel.limits import PAGE_MASK, PAGE_SIZE, USER_BASE, USER_END
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmo import VmObject

__all__ = [
    "GOOD",
    "Data",
    "Fill",
    "Good",
    "Place",
    "Pointer",
    "fetch",
    "move_in",
    "pieces",
    "probe_offsets",
    "store",
    "unreadable_at",
]

_MOVED_AT_ONCE = 64 << 20


class Pointer(NamedTuple):
    """An address in the caller's own memory."""

    address: int


class Fill(NamedTuple):
    """A run of one byte; it costs nothing until bytes are moved."""

    byte: int
    length: int


class Good(NamedTuple):
    """A place of the caller that can hold whatever is stored."""


GOOD: Final = Good()
Data = bytes | Fill | Pointer | None
"""A buffer that a syscall reads; None is the NULL pointer."""
Place = Good | Pointer | None
"""A place that a syscall writes; None is the NULL pointer."""


def probe_offsets(length: int) -> Iterable[int]:
    """Yield the offsets at which the kernel tries a buffer: each page, and the last byte."""
    steps = range(0, length, PAGE_SIZE)
    return steps if length and steps[-1] == length - 1 else chain(steps, (length - 1,))


def pieces(buffer: Data | Place, at: int, end: int) -> Iterable[tuple[int, int]]:
    """Divide a range as it is moved: page by page where the buffer may be the same memory.

    What the line carries, or takes, is moved in pieces that are large, but not endless.
    """
    bounds = range((at | PAGE_MASK) + 1, end, PAGE_SIZE)
    if not isinstance(buffer, Pointer):
        if end - at <= _MOVED_AT_ONCE:
            return ((at, end),)
        bounds = range(at + _MOVED_AT_ONCE, end, _MOVED_AT_ONCE)
    return pairwise(chain((at,), bounds, (end,)))


def unreadable_at(process: Process, data: Data, length: int) -> int | None:
    """Find the first offset at which a probe of the buffer fails, or None.

    The kernel tries a byte of each page; what one mapping shows is alike up to its end, so
    it is tried once here.
    """
    if type(data) is bytes:
        return None if length <= len(data) else len(data)
    if isinstance(data, Fill):
        return None if length <= data.length else data.length
    if not isinstance(data, Pointer):
        return 0
    aspace, at, end = process.aspace, data.address, data.address + length
    while at < end:
        mapping = aspace.find_mapping(at)
        if mapping is None or isinstance(aspace.load(at, 1), Fault):
            pages = -(-(at - data.address) // PAGE_SIZE)
            return min(pages * PAGE_SIZE, length - 1)
        at = mapping.backed_end
    return None


def _in_user_range(address: int, length: int) -> bool:
    """Whether an access may start: all of it lies at user addresses, the first byte in any case."""
    return USER_BASE <= address < USER_END and length <= USER_END - address


def fetch(process: Process, data: Data, offset: int, length: int) -> bytes | None:
    """Copy bytes in from a buffer; None when that faults."""
    if type(data) is bytes:
        if offset == 0 and length == len(data):
            return data
        return data[offset : offset + length] if offset + length <= len(data) else None
    if isinstance(data, Fill):
        return bytes((data.byte,)) * length if offset + length <= data.length else None
    if not isinstance(data, Pointer):
        return None
    if not _in_user_range(data.address + offset, length):
        return None
    loaded = process.aspace.load(data.address + offset, length)
    return None if isinstance(loaded, Fault) else loaded


def move_in(
    process: Process, data: Data, offset: int, length: int, vmo: VmObject, at: int
) -> int | None:
    """Copy bytes of a buffer into a VMO; return how many fitted, None when the buffer faults."""
    if type(data) is Fill and offset + length <= data.length:
        return vmo.fill(at, data.byte, length)
    piece = fetch(process, data, offset, length)
    return None if piece is None else vmo.write(at, piece)


def store(process: Process, place: Place, offset: int, data: bytes) -> bool:
    """Copy bytes out to a place; False when that faults."""
    if place is GOOD:
        return True
    if not isinstance(place, Pointer):
        return False
    if not _in_user_range(place.address + offset, len(data)):
        return False
    return process.aspace.store(place.address + offset, data) is None
