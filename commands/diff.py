"""Memory: compare two ranges, or a range with data or a file."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.aspace import Extent, ExtentKind
from zxdbg.kernel.limits import MAX_BLOCK
from zxdbg.kernel.task import Process
from zxdbg.lang.arguments import AddressArg, LengthArg, ProcessHandle
from zxdbg.lang.declare import command
from zxdbg.lang.reading import Other
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw, head
from zxdbg.render.hexdump import Dump, DumpLayout, dump_line, equal_rows
from zxdbg.render.marks import Marks
from zxdbg.render.parts import WINDOW, Line, Look, clip, dim, line_width, plain, width_of
from zxdbg.result import Address, Bytes, Result
from zxdbg.state import State
from zxdbg.syscalls import zx_process_read_memory
from zxdbg.syscalls.buffers import Fill

from .search import WHY_UNREAD, first_of, sight_of

if TYPE_CHECKING:
    from zxdbg.kernel.sight import Run, Sight

_ROWS = 1000
_CHUNK = 1 << 20


class Gap(NamedTuple):
    """A stretch that the first or the other side lacks, from an offset up to another.

    `side` is `first` or `other`;
    `reason` is `hole`, `past-vmo`, `uncached`, or `end` where data is shorter.
    """

    side: str
    start: Bytes
    end: Bytes
    reason: str


class Side(NamedTuple):
    """One side of a comparison. What is in no gap was read; `data` has zeros in the gaps."""

    title: str
    address: Address | None
    data: bytes
    gaps: tuple[Gap, ...]


class Different(NamedTuple):
    """A stretch in which every byte differs; `offset` counts from where the ranges begin."""

    offset: Bytes
    address: Address
    length: Bytes
    data: bytes
    other: bytes


class Diff(NamedTuple):
    """How two ranges differ. All is absent if one could not be read at all."""

    differing: Bytes | None
    compared: Bytes | None
    first: Address | None
    rows: tuple[Different, ...]
    unread: tuple[Gap, ...]
    truncated: bool
    sides: tuple[Side, Side] | None


@command("diff", value="differing", hidden=("sides",))
def diff(
    state: State,
    process: ProcessHandle,
    address: AddressArg,
    other: Other,
    length: LengthArg | None = None,
    *,
    in_: ProcessHandle | None = None,
) -> Diff:
    """Compare memory of a process with other memory, with data, or with a file.

    Use it after a copy, a clone or a write, to see which bytes are not what they should
    be. It reads as a debugger does: the rights of the handles count. What cannot be read
    on both sides is not compared, and is listed.

    Args:
        process: Handle of the process; needs ZX_RIGHT_READ and ZX_RIGHT_WRITE.
        address: First address in that process.
        other: An address, or data: "text", hex:…, zero:LENGTH, file:PATH, or the name of
            what was read.
        length: Bytes to compare, 64 MiB at most; by default as many as the data has.
        in_: The process in which the other address lies; by default the same.

    Examples:
        zx> process create demo; vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap --at 0x10000000
        zx> write $demo $base "hello"; write $demo $base+0x1000 "help!"
        zx> diff $demo $base $base+0x1000 64 => differing=2 first=0x10000003
        zx> diff $demo $base "hello" => differing=0 compared=5
        zx> process create other; $there = map $other.vmar $heap
        zx> diff $demo $base $there 16K --in $other => differing=0
    """
    if isinstance(other, int):
        if length is None:
            raise CommandError(
                "diff wants LENGTH where both sides are memory", hint="such as 64 or 4K"
            )
    elif in_ is not None:
        raise CommandError("--in says where an address lies", hint="the other side is data")
    else:
        length = _length(other) if length is None else length
    if not 0 < length <= MAX_BLOCK:
        raise CommandError("diff compares 1 byte to 64 MiB")
    sides = []
    there = process if in_ is None else in_
    for side, handle, place in (("first", process, address), ("other", there, other)):
        if not isinstance(place, int):
            sides.append(_data_side(side, place, length))
            continue
        sight = sight_of(state, handle, place, length)
        if state.call(zx_process_read_memory, handle, first_of(sight, place), 1).status:
            return Diff(None, None, None, (), (), False, None)
        sides.append(_memory_side(side, state.process_of(handle), sight, place, length))
    return _compare((sides[0], sides[1]), address, length)


def _length(data: bytes | Fill) -> int:
    return len(data) if isinstance(data, bytes) else data.length


def _data_side(side: str, given: bytes | Fill, length: int) -> Side:
    have = min(_length(given), length)
    data = given[:have] if isinstance(given, bytes) else bytes((given.byte,)) * have
    rest = (Gap(side, have, length, "end"),) if have < length else ()
    return Side("the data", None, data + bytes(length - have), rest)


def _memory_side(side: str, process: Process, sight: "Sight", place: int, length: int) -> Side:
    title = process.name or "the process"
    if sight.runs:
        first = sight.runs[0].extent_at(sight.runs[0].start)
        title += f"  {first.name or f'VMO {first.koid}'}+{first.offset:#x}"
    parts: list[bytes] = []
    gaps: list[Gap] = []
    for low, high, what in _stretches(sight, place, place + length):
        if not isinstance(what, ExtentKind):
            parts.append(what.read(low, high))
        else:
            parts.append(bytes(high - low))
            gaps.append(Gap(side, low - place, high - place, what.value))
    return Side(title, place, b"".join(parts), tuple(gaps))


def _stretches(
    sight: "Sight", start: int, stop: int
) -> "Iterator[tuple[int, int, Run | ExtentKind]]":
    """Yield what can be read, what cannot, and the holes between, in order."""
    known: list[Run | Extent] = [*sight.runs, *sight.unread]
    for here in sorted(known, key=lambda each: each.start):
        if start < here.start:
            yield start, here.start, ExtentKind.HOLE
        yield here.start, here.end, here.kind if isinstance(here, Extent) else here
        start = here.end
    if start < stop:
        yield start, stop, ExtentKind.HOLE


def _compare(sides: tuple[Side, Side], address: int, length: int) -> Diff:
    one, two = sides
    unread = tuple(sorted(one.gaps + two.gaps, key=lambda gap: gap.start))
    ranges: list[tuple[int, int]] = []
    differing = compared = 0
    truncated = False
    for start, end in _common(unread, length):
        compared += end - start
        for low in range(start, end, _CHUNK):
            high = min(low + _CHUNK, end)
            mixed = _mixed(one.data[low:high], two.data[low:high])
            differing += len(mixed) - mixed.count(0)
            for match in re.finditer(rb"[^\0]+", mixed):
                first, last = low + match.start(), low + match.end()
                if ranges and ranges[-1][1] == first and not truncated:
                    ranges[-1] = (ranges[-1][0], last)
                elif len(ranges) < _ROWS:
                    ranges.append((first, last))
                else:
                    truncated = True
                    break
    rows = tuple(
        Different(low, address + low, high - low, one.data[low:high], two.data[low:high])
        for low, high in ranges
    )
    first_address = rows[0].address if rows else None
    return Diff(differing, compared, first_address, rows, unread, truncated, sides)


def _common(unread: Iterable[Gap], length: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches that both sides have."""
    at = 0
    for gap in unread:
        if at < gap.start:
            yield at, gap.start
        at = max(at, gap.end)
    if at < length:
        yield at, length


def _mixed(one: bytes, two: bytes) -> bytes:
    """Combine two strings so that equal bytes are zeros; empty if all are equal."""
    if one == two:
        return b""
    mixed = int.from_bytes(one, "little") ^ int.from_bytes(two, "little")
    return mixed.to_bytes(len(one), "little")


# Drawing --------------------------------------------------------------------------


@draw.register(Diff)
def _draw_diff(data: Diff, result: Result, look: Look) -> list[Line]:
    if data.compared is None or data.sides is None:
        return head(result, [], look)
    compared = facts.count(data.compared)
    summary: Line = [plain(f"{compared} compared, all equal")]
    if data.differing:
        summary = [plain(f"{facts.size(data.differing)} of {compared} differ")]
        summary.append(plain(f"   the first at {data.first:#x}"))
    left = len(data.sides[0].data) - data.compared
    if left:
        summary.append(dim(f"   {facts.size(left)} not compared"))
    lines = head(result, summary, look)
    if data.rows or data.unread:
        picture = _Picture(data, data.sides, look)
        lines += [[], *picture.lines()]
    return lines


class _Picture:
    """Both sides of a comparison, row by row; what is equal between them is folded."""

    def __init__(self, data: Diff, sides: tuple[Side, Side], look: Look) -> None:
        self.sides = sides
        self.data = data
        self.look = look
        self.places = [side.address or 0 for side in sides]
        self.length = len(sides[0].data)
        digits = [len(facts.address(place + self.length)) for place in self.places]
        for per, letters in _SHAPES:
            used = 4 + sum(each + 3 * per + 2 + (per + 3 if letters else 0) for each in digits)
            if used + 2 * (per == 16) <= look.width:
                break
        self.per = per
        shape = DumpLayout("", per, "  ", "|", 1, 8, 0, letters)
        self.layouts = [shape._replace(digits=each) for each in digits]
        self.ends = [row.offset + row.length for row in data.rows]
        self.common = list(_common(data.unread, self.length))
        spans = [(row.offset, row.offset + row.length) for row in data.rows]
        self.dumps = [
            Dump(side.data, place, self.length, lambda at: "", {}, Marks(_moved(spans, place)))
            for side, place in zip(sides, self.places, strict=True)
        ]

    def lines(self) -> list[Line]:
        """Draw it: a title, the rows, and what lies between them."""
        lines: list[Line] = []
        at = 0
        while (following := self._next(at)) is not None:
            low, high = following
            if len(lines) >= WINDOW:
                where = f"{self.places[0] + low:#x}"
                return [*lines, [dim(f"  … more from {where} on; --json shows the stretches")]]
            lines += self._between(at, low) if lines else [self._titles(), *self._between(at, low)]
            lines.append(self._row(low, high))
            same = self._same(low, high)
            if same > 1:
                lines.append([dim(f"  *  {same} more lines like it")])
                high += same * self.per
            at = high
        if self.data.truncated:
            return [*lines, [dim(f"  … more than {_ROWS} stretches differ")]]
        return lines + self._between(at, self.length)

    def _next(self, at: int) -> tuple[int, int] | None:
        """Find the next row in which something differs; no row reaches over a gap."""
        index = bisect_right(self.ends, at)
        if index == len(self.ends):
            return None
        here = max(at, self.data.rows[index].offset)
        start, end = self.common[bisect_right(self.common, (here, self.length)) - 1]
        base = here - here % self.per
        return max(base, start, at), min(base + self.per, end)

    def _same(self, low: int, high: int) -> int:
        """Count the rows that are on both sides as the row before them is."""
        row = self.data.rows[bisect_right(self.ends, low)]
        whole = row.offset <= low and high - low == self.per
        room = (row.offset + row.length - high) // self.per if whole else 0
        return min(room, *(equal_rows(side.data, high, self.per) for side in self.sides))

    def _row(self, low: int, high: int) -> Line:
        one, two = (self._half(which, low, high) for which in (0, 1))
        return [plain("  "), *one, plain("  "), *two]

    def _half(self, which: int, low: int, high: int) -> Line:
        dump = self.dumps[which]
        at = dump.start + low - low % self.per
        data = self.sides[which].data[low:high]
        layout = self.layouts[which]
        return dump_line(dump, at, dump.start + low, dump.start + high, data, layout)

    def _titles(self) -> Line:
        width = line_width(self._half(0, 0, 0))
        one, two = (clip(side.title, width) for side in self.sides)
        return [dim(f"  {one}"), plain(" " * (width - width_of(one) + 2)), dim(two)]

    def _between(self, at: int, stop: int) -> list[Line]:
        """Say what lies between two rows: equal bytes, and what was not compared."""
        lines: list[Line] = []
        for gap in self.data.unread:
            if at <= gap.start < stop:
                lines += self._equal(at, gap.start)
                lines.append(self._gap(gap))
                at = max(at, gap.end)
        return lines + self._equal(at, stop)

    def _equal(self, at: int, stop: int) -> list[Line]:
        return [[dim(f"  *  {facts.count(stop - at)} equal")]] if at < stop else []

    def _gap(self, gap: Gap) -> Line:
        place = self.places[gap.side == "other"]
        reason = WHY_UNREAD.get(gap.reason, "the data ends")
        size = facts.count(gap.end - gap.start)
        text = f"  ─── {size} from {place + gap.start:#x} on: {reason} ───"
        return [dim(clip(text, self.look.width))]


_SHAPES = ((16, True), (16, False), (8, True), (8, False), (4, True), (4, False), (2, False))
"""Bytes of a row, and whether their letters are shown beside them, the best first."""


def _moved(spans: Iterable[tuple[int, int]], by: int) -> Iterator[tuple[int, int]]:
    return ((low + by, high + by) for low, high in spans)
