"""Searching memory for a pattern of bytes, of which some bits may be of any value.

Bytes that are there are searched by what the standard library has that is fast. Zeros
that nobody wrote are judged without being read: if the pattern fits zeros, it fits at
all of them. Matches may overlap; where each follows the one before by a single step,
however many, they are one run of matches.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from zxdbg.kernel.sight import Run

__all__ = ["Hits", "Needle", "scan"]


class Hits(NamedTuple):
    """Matches of which each begins one step after the one before."""

    address: int
    times: int


class Needle:
    """A pattern of bytes.

    Args:
        values: The bytes.
        mask: The bits of each that count; where none is given, all do.
    """

    def __init__(self, values: bytes, mask: bytes = b"") -> None:
        self.mask = mask or b"\xff" * len(values)
        self.values = bytes(a & b for a, b in zip(values, self.mask, strict=True))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def fits_zeros(self) -> bool:
        """Whether zeros are a match."""
        return not any(self.values)

    @cached_property
    def _is_plain(self) -> bool:
        return self.mask.count(0xFF) == len(self.mask)

    @cached_property
    def _expression(self) -> re.Pattern[bytes]:
        pairs = zip(self.values, self.mask, strict=True)
        return re.compile(b"".join(_one_of(*pair) for pair in pairs), re.DOTALL)

    @cached_property
    def _row(self) -> re.Pattern[bytes] | None:
        """What matches in a row consume: None if a match can never follow on the next byte."""
        if len(set(zip(self.values, self.mask, strict=True))) == 1:
            return re.compile(_one_of(self.values[0], self.mask[0]) + b"+", re.DOTALL)
        if self._is_plain:
            return None
        return re.compile(b"(?:(?=%s).)++" % self._expression.pattern, re.DOTALL)

    def find(self, data: bytes, start: int) -> int:
        """Find the first match from `start` on; -1 if there is none."""
        if self._is_plain:
            return data.find(self.values, start)
        match = self._expression.search(data, start)
        return -1 if match is None else match.start()

    def count_row(self, data: bytes, start: int) -> int:
        """Count the matches that follow each other byte by byte from a match on."""
        if self._row is None:
            return 1
        match = self._row.match(data, start)
        assert match is not None
        consumed = match.end() - start
        return consumed - len(self) + 1 if b"(?=" not in self._row.pattern else consumed


def _one_of(value: int, mask: int) -> bytes:
    """Compose the expression for a byte of which some bits count."""
    if mask == 0xFF:
        return re.escape(bytes((value,)))
    if not mask:
        return b"."
    found = (re.escape(bytes((each,))) for each in range(256) if each & mask == value)
    return b"[%s]" % b"".join(found)


def scan(run: Run, needle: Needle, align: int = 1) -> Iterator[Hits]:
    """Yield the matches in a run of memory, ascending.

    Args:
        run: The memory.
        needle: What is searched.
        align: What addresses of matches must be multiples of, and the step between them.
    """
    last: Hits | None = None
    for hits in _aligned(_raw(run, needle), align):
        if last is not None and last.address + last.times * align == hits.address:
            last = Hits(last.address, last.times + hits.times)
            continue
        if last is not None:
            yield last
        last = hits
    if last is not None:
        yield last


def _aligned(found: Iterable[Hits], align: int) -> Iterator[Hits]:
    for address, count in found:
        first = address + -address % align
        if first < address + count:
            yield Hits(first, (address + count - 1 - first) // align + 1)


def _raw(run: Run, needle: Needle) -> Iterator[Hits]:
    over = len(needle) - 1
    for piece in run.pieces():
        start = piece.start
        if not piece.present:
            start = max(start, piece.end - over)
            if needle.fits_zeros and start > piece.start:
                yield Hits(piece.start, start - piece.start)
        if start == piece.end:
            continue
        data = run.read(start, min(piece.end + over, run.end))
        at = needle.find(data, 0)
        while at >= 0:
            count = needle.count_row(data, at)
            yield Hits(start + at, count)
            at = needle.find(data, at + count)
