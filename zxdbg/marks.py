"""Marks: which bytes of a range are not what they were before the last command.

A mark stays until the next command that touches memory or mappings: reading, looking at
maps and asking for help do not clear it. A byte is marked if there was a byte at that
place before and it was another one; so memory that was mapped, or a VMO that grew, has no
marks where nothing was before. What was not noted, since nobody looked, has none either.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zxdbg.kernel.journal import Record, Span
    from zxdbg.kernel.pages import Buffer
    from zxdbg.kernel.task import Process
    from zxdbg.kernel.vmo import VmObject
    from zxdbg.state import State

__all__ = ["Ranges", "changed_in_vmo", "changed_ranges", "difference"]

Ranges = tuple[tuple[int, int], ...]
"""Half-open ranges of addresses or offsets, ascending; no two of them touch."""
_PIECE = 1 << 16
_OTHER = re.compile(rb"[^\0]+")


def difference(before: "Buffer", after: "Buffer") -> bytes:
    """Compare two buffers of one length: the result is 0 exactly where they are the same."""
    both = int.from_bytes(before, "big") ^ int.from_bytes(after, "big")
    return both.to_bytes(len(before), "big")


def changed_ranges(state: "State", process: "Process", vaddr: int, data: bytes) -> Ranges:
    """Say which bytes the last command that touched memory or mappings changed.

    Clones, several mappings of one VMO, offsets, and memory that another mapping took over
    are seen through: what counts is what could be read at the address.

    Args:
        state: The session.
        process: The process that `data` was read from, just now.
        vaddr: Where it begins.
        data: The bytes; give it no more than is shown.
    """
    journal = state.kernel.journal
    if journal is None or not journal.latest:
        return ()
    record = journal.latest
    found: list[tuple[int, int]] = []
    for at, end, vmo, offset in _was_there(record, process, vaddr, vaddr + len(data)):
        found += _changed(record, vmo, offset, at, data[at - vaddr : end - vaddr])
    return _joined(found)


def changed_in_vmo(state: "State", vmo: "VmObject", offset: int, data: bytes) -> Ranges:
    """Say the same of bytes that were read from a VMO at an offset."""
    journal = state.kernel.journal
    if journal is None or not journal.latest.touches(vmo):
        return ()
    return _joined(_changed(journal.latest, vmo, offset, offset, data))


def _was_there(
    record: "Record", process: "Process", start: int, stop: int
) -> "Iterator[tuple[int, int, VmObject, int]]":
    """Yield (start, end, VMO, offset) of what the range showed, where that may be another now."""
    root = process.aspace.root
    former = sorted(
        (span for span in record.regions.values() if span and span.vmo and span.root is root),
        key=_start,
    )
    at = start
    while at < stop:
        mapping = process.aspace.find_mapping(at)
        if mapping is None:
            at = process.aspace.next_mapped(at, stop)
            continue
        end = min(mapping.end, stop)
        if mapping in record.regions:
            for span in former:
                low, high = max(span.start, at), min(span.end, end)
                if low < high and span.vmo is not None:
                    yield low, high, span.vmo, span.offset + (low - span.start)
        elif record.touches(mapping.vmo):
            yield at, end, mapping.vmo, mapping.vmo_offset + (at - mapping.base)
        at = end


def _start(span: "Span") -> int:
    return span.start


def _changed(
    record: "Record", vmo: "VmObject", offset: int, at: int, data: bytes
) -> "Iterator[tuple[int, int]]":
    """Yield the ranges, from `at` on, where `data` is not what a VMO showed at an offset."""
    length = min(len(data), record.size(vmo) - offset)
    for done in range(0, length, _PIECE):
        size = min(_PIECE, length - done)
        before = record.read(vmo, offset + done, size)
        after = data[done : done + size]
        if before != after:
            for match in _OTHER.finditer(difference(before, after)):
                yield at + done + match.start(), at + done + match.end()


def _joined(ranges: "Iterator[tuple[int, int]] | list[tuple[int, int]]") -> Ranges:
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
