"""Memory: find bytes, text and integers in a process's memory."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.aspace import Extent, ExtentKind
from zxdbg.kernel.limits import U64
from zxdbg.kernel.task import Process
from zxdbg.lang.arguments import AddressArg, PermsPattern, ProcessHandle, SizeArg
from zxdbg.lang.declare import command
from zxdbg.lang.reading import Count, SearchPattern, Sought
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw, head
from zxdbg.render.hexdump import Dump, DumpFormat, dump_layout, dump_line
from zxdbg.render.marks import Marks
from zxdbg.render.parts import Line, Look, clip, dim, line_width, more_rows, note, plain, window
from zxdbg.result import Address, Bytes, Koid, Result
from zxdbg.state import State
from zxdbg.syscalls import zx_process_read_memory

if TYPE_CHECKING:
    from zxdbg.kernel.scan import Hits
    from zxdbg.kernel.sight import Run, Sight

_CONTEXT = 16
_MOST = 1 << 62


class Match(NamedTuple):
    """Matches that follow each other step by step: the first one, and how many there are.

    `data` is the first match, and what follows it up to 16 bytes in all.
    """

    address: Address
    matches: int
    name: str
    koid: Koid
    offset: Bytes
    perms: str
    data: bytes


class Skipped(NamedTuple):
    """Addresses that are mapped, and could not be read: `past-vmo` or `uncached`."""

    start: Address
    end: Address
    reason: str
    name: str
    koid: Koid


class Found(NamedTuple):
    """What a search found. `address` is the first match; all is absent if it was refused."""

    address: Address | None
    matches: int | None
    rows: tuple[Match, ...]
    searched: Bytes | None
    skipped: tuple[Skipped, ...]
    truncated: bool
    pattern: str
    sought: SearchPattern
    step: int
    left_out: Bytes


def first_of(sight: "Sight", otherwise: int) -> int:
    """Return the address for which the kernel is asked, as `read` would.

    It is the first one that can be read; a debugger goes on from there, and the rest of
    what it would be answered is known. Where there is none, it is `otherwise`.
    """
    return sight.runs[0].start if sight.runs else otherwise


def sight_of(
    state: State, process: int, start: int, length: int, perms: str | None = None
) -> "Sight":
    """Look at the memory of a process through a handle; nothing is there if it is none."""
    from zxdbg.kernel.sight import Sight, look_at

    found = state.object_of(process)
    if not isinstance(found, Process):
        return Sight((), (), 0)
    return look_at(found.aspace, start, length, perms or "???")


@command("find", value="address", hidden=("sought", "step", "left_out"))
def find(
    state: State,
    process: ProcessHandle,
    pattern: Sought,
    *,
    at: AddressArg | None = None,
    size: SizeArg | None = None,
    perms: PermsPattern | None = None,
    align: Count = 1,
    limit: Count = 1000,
) -> Found:
    """Find bytes, text or an integer in the memory of a process.

    It reads as a debugger does: the rights of the handle count, no permission of a mapping
    does. A match may lie across two mappings that touch, never across a hole; what is
    mapped and cannot be read is listed as skipped. Matches may overlap.

    When:
        To learn where something lies, or whether it was written at all.

    Args:
        process: Handle of the process; needs ZX_RIGHT_READ and ZX_RIGHT_WRITE.
        pattern: "text", hex:48??6c6c where ? is any digit, u8: u16: u32: u64:NUMBER
            (little endian), or other data. A plain integer has 32 bits, or 64 if it must.
        at: First address; by default all that is mapped.
        size: Bytes from there on; by default up to the last address.
        perms: Only mappings with these permissions, such as rw? where ? is either.
        align: Only addresses that are multiples of this.
        limit: Rows at most; matches that follow each other step by step are one row.

    Examples:
        zx> process create demo; vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap --at 0x10000000
        zx> write $demo $base+0xffe "hello"
        zx> $at = find $demo "hello" => ZX_OK matches=1 address=0x10000ffe
        zx> find $demo hex:6?6c6c --at $at => matches=1
        zx> find $demo u32:0 --align 4 --perms rw? => rows=2 matches=4094
        zx> find $demo "absent" => matches=0 searched=16K
    """
    from zxdbg.kernel.scan import Needle, scan

    if not align:
        raise CommandError("--align 0 is no step", hint="1 finds a match at any address")
    start = 0 if at is None else at
    length = U64 + 1 - start if size is None else size
    sight = sight_of(state, process, start, length, perms)
    asked = sight if sight.runs else sight_of(state, process, start, length)
    if state.call(zx_process_read_memory, process, first_of(asked, start), 1).status:
        return Found(None, None, (), None, (), False, pattern.digits, pattern, align, 0)
    needle = Needle(pattern.values, pattern.mask)
    hits = ((run, each) for run in sight.runs for each in scan(run, needle, align))
    rows = [_match(run, each, len(needle)) for run, each in islice(hits, min(limit, _MOST))]
    cut = next(hits, None)
    stop = U64 + 1 if cut is None else cut[1].address
    return Found(
        rows[0].address if rows else None,
        sum(row.matches for row in rows),
        tuple(rows),
        sum(max(0, min(run.end, stop) - run.start) for run in sight.runs),
        tuple(_skipped(sight.unread)),
        cut is not None,
        pattern.digits,
        pattern,
        align,
        sight.left_out,
    )


def _match(run: "Run", hits: "Hits", length: int) -> Match:
    at = hits.address
    extent = run.extent_at(at)
    data = run.read(at, min(run.end, at + max(length, _CONTEXT)))
    offset = extent.offset + at - extent.start
    perms = facts.perms(extent.perms)
    return Match(at, hits.times, extent.name, extent.koid, offset, perms, data)


def _skipped(unread: Iterable[Extent]) -> Iterable[Skipped]:
    for extent in unread:
        yield Skipped(extent.start, extent.end, extent.kind.value, extent.name, extent.koid)


# Drawing --------------------------------------------------------------------------

WHY_UNREAD = {
    ExtentKind.PAST_VMO.value: "past the end of its VMO",
    ExtentKind.UNCACHED.value: "not cacheable",
    ExtentKind.HOLE.value: "nothing mapped",
}
_LABEL = 28
"""Columns that are kept free beside the bytes."""


@draw.register(Found)
def _draw_found(data: Found, result: Result, look: Look) -> list[Line]:
    if data.matches is None:
        return head(result, [], look)
    plural = "" if data.matches == 1 else "es"
    searched = facts.rough(data.searched or 0)
    summary = f"{data.matches or 'no'} match{plural} in {searched} searched"
    lines = head(result, [plain(summary)], look)
    lines += note("pattern", _pattern_words(data.sought), look)
    if data.rows:
        lines.append([])
        shown, left = window(len(data.rows), look)
        widest = max(len(facts.address(each.address)) for each in data.rows)
        for row in data.rows[:shown]:
            lines += _match_lines(row, data, widest, look)
        lines += more_rows(left, "--json shows them all")
        lines.append([])
    if data.truncated:
        last = data.rows[-1] if data.rows else None
        further = "" if last is None else f", --at {last.address + last.matches * data.step:#x}"
        text = f"after {len(data.rows)} rows; --limit N finds more{further} goes on"
        lines += note("stopped", text, look)
    for skipped in data.skipped[:_CONTEXT]:
        name = skipped.name or f"VMO {skipped.koid}"
        where = (
            f"{skipped.start:#x} to {skipped.end:#x}, {facts.rough(skipped.end - skipped.start)}"
        )
        lines += note("skipped", f"{where} of {name}: {WHY_UNREAD[skipped.reason]}", look)
    if len(data.skipped) > _CONTEXT:
        lines += note("skipped", f"… {len(data.skipped) - _CONTEXT} more stretches", look)
    if data.left_out:
        lines += note("skipped", f"{facts.rough(data.left_out)} with other permissions", look)
    return lines if lines[-1] else lines[:-1]


def _pattern_words(sought: SearchPattern) -> str:
    """Say what the line was taken for, and the bytes that it means."""
    count = len(sought.values)
    digits = sought.digits
    shown = " ".join(digits[at : at + 2] for at in range(0, min(len(digits), 64), 2))
    shown += " …" if len(digits) > 64 else ""
    if sought.kind == "text":
        return f"text, {facts.count(count)}: {shown}"
    if sought.kind == "bytes":
        return f"{facts.count(count)}: {shown}"
    value = int.from_bytes(sought.values, "little")
    return f"{sought.kind} {value:#x}, little endian: {shown}"


def _match_lines(row: Match, found: Found, widest: int, look: Look) -> list[Line]:
    """Draw a match as the row of a dump, and the matches that follow it step by step."""
    length = len(found.sought.values)
    end = row.address + len(row.data)
    marks = Marks([(row.address, min(end, row.address + length))])
    layout = dump_layout(look.width - _LABEL, widest, DumpFormat(group=8))
    dump = Dump(row.data, row.address, len(row.data), lambda at: "", {}, marks)
    high = min(end, row.address + layout.per_row)
    shown = row.data[: layout.per_row]
    line = dump_line(dump, row.address, row.address, high, shown, layout)
    label = f"{row.name or f'VMO {row.koid}'}+{row.offset:#x}  {row.perms}"
    line.append(dim("  " + clip(label, look.width - line_width(line) - 2)))
    lines = [line]
    if row.matches > 1:
        last = row.address + (row.matches - 1) * found.step
        where = "byte" if found.step == 1 else f"{found.step} bytes"
        text = f"{layout.indent}*  {row.matches - 1} more, one every {where} up to {last:#x}"
        lines.append([dim(clip(text, look.width))])
    return lines
