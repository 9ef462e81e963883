"""Memory: write and read a process's memory, as a debugger does."""

from itertools import pairwise
from typing import NamedTuple

from zxdbg.kernel.aspace import Extent, ExtentKind
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmo import VmObject
from zxdbg.lang.arguments import AddressArg, DataIn, LengthArg, Place, ProcessHandle
from zxdbg.lang.declare import Command, command
from zxdbg.lang.reading import Count, Unit
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw, head
from zxdbg.render.hexdump import PLAIN_DUMP, DumpFormat, hexdump
from zxdbg.render.parts import Drawing, Line, Look, dim, note, plain
from zxdbg.render.ruler import Stretch, ruler
from zxdbg.result import Address, Bytes, Result
from zxdbg.state import State
from zxdbg.syscalls import GOOD, zx_process_read_memory, zx_process_write_memory
from zxdbg.syscalls.buffers import Fill
from zxdbg.syscalls.call import Outcome


class Written(NamedTuple):
    """What zx_process_write_memory did."""

    requested: Bytes
    actual: Bytes | None
    stopped: str | None
    next: Address | None
    vaddr: Address
    extents: tuple[Extent, ...]


class Read(NamedTuple):
    """What zx_process_read_memory found."""

    requested: Bytes
    actual: Bytes | None
    stopped: str | None
    next: Address | None
    data: bytes | None
    vaddr: Address
    extents: tuple[Extent, ...]
    form: DumpFormat = PLAIN_DUMP
    changed: tuple[tuple[int, int], ...] = ()


def _extents(
    state: State, process: int, outcome: Outcome, vaddr: int, length: int
) -> tuple[Extent, ...]:
    """Say what the range of a transfer that moved something goes over."""
    if outcome.status:
        return ()
    for rule, seen in outcome.checks:
        if rule.name == "vaddr-mapped":
            first = seen[1]
            assert isinstance(first, Extent)
            end = vaddr + length
            if end <= first.end and outcome.stop == ("complete", None):
                start, _, kind, name, koid, perms, offset = first
                return (Extent(vaddr, end, kind, name, koid, perms, offset + vaddr - start),)
    found = state.object_of(process)
    return tuple(found.aspace.extents(vaddr, length)) if isinstance(found, Process) else ()


@command("write", value="actual", hidden=("vaddr", "extents"), explaining=("stopped",))
def write(
    state: State,
    process: ProcessHandle,
    address: AddressArg,
    data: DataIn,
    *,
    length: LengthArg | None = None,
) -> Written:
    """Write memory of a process, whatever its permissions are.

    Only the rights of the process handle count. A write is partial where the memory ends
    before the data does: `actual` says how many bytes, the result shows where and why.

    When:
        To change memory as a debugger does, read-only mappings too. `poke` stores as
        the process itself would.

    Args:
        process: Handle of the process; needs ZX_RIGHT_WRITE.
        address: First address in that process.
        data: The bytes: "text", hex:…, fill:BYTE:LENGTH, zero:LENGTH, file:PATH, null, @ADDRESS.
        length: Bytes asked for; null and @ADDRESS need it.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap --at 0x10000000
        zx> write $demo $base+0x3ff0 "0123456789abcdef++++" => actual=16 stopped=hole
        zx> write $demo $base+0x4000 "x" => ZX_ERR_NO_MEMORY
    """
    if length is None:
        length = _length(data)
    outcome = state.call(zx_process_write_memory, process, address, data, length)
    stopped, following = outcome.stop or (None, None)
    extents = _extents(state, process, outcome, address, length)
    return Written(length, outcome.values.get("actual"), stopped, following, address, extents)


def _length(data: DataIn) -> int:
    if isinstance(data, bytes):
        return len(data)
    if isinstance(data, Fill):
        return data.length
    what = "null" if data is None else "@ADDRESS"
    raise CommandError(
        f"{what} needs --length N", hint="it says how many bytes are asked for", param="data"
    )


@command(
    "read",
    value="data",
    hidden=("vaddr", "extents", "form", "changed"),
    explaining=("stopped",),
    goes_on="address",
)
def read(
    state: State,
    process: ProcessHandle,
    address: AddressArg,
    length: LengthArg,
    *,
    buffer: Place = GOOD,
    as_: Unit = "u8",
    group: Count | None = None,
    all: bool = False,
) -> Read:
    """Read memory of a process, whatever its permissions are.

    The kernel asks for the right to write, too. Bytes that could not be read are ??; those
    that the last command changed are [in brackets].

    When:
        To look at memory as a debugger does, unreadable mappings too. `peek` loads as
        the process itself would.

    Args:
        process: Handle of the process; needs ZX_RIGHT_READ and ZX_RIGHT_WRITE.
        address: First address in that process.
        length: Bytes to read, 1 to 64 MiB.
        buffer: Where the bytes go in the caller's own memory, so that the zeros of the
            kernel's probe can be seen.
        as_: What the bytes are shown as: u8, u16, u32, u64 (little endian), or text.
        group: Units between two wider gaps; by default 8 bytes, and 0 leaves gaps out.
        all: Show the whole range, however long; equal rows stay folded.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap
        zx> write $demo $base "hello"
        zx> read $demo $base 5 => ZX_OK data="hello"
        zx> read $demo $base 64 --as u32
        zx> read $demo $base 64 --as text
    """
    outcome = state.call(zx_process_read_memory, process, address, length, buffer=buffer)
    stopped, following = outcome.stop or (None, None)
    extents = _extents(state, process, outcome, address, length)
    data = outcome.buffer
    form = DumpFormat(as_, group, all)
    changed = marked(state, state.object_of(process), address, data)
    actual = outcome.values.get("actual")
    return Read(length, actual, stopped, following, data, address, extents, form, changed)


_MARKED = 10_000
"""How many stretches of changed bytes are marked; a screen shows fewer."""
_PIECE = 1 << 20


def marked(
    state: State, source: KernelObject | None, at: int, data: bytes | None
) -> tuple[tuple[int, int], ...]:
    """Say which bytes, read from a process or a VMO, the last command changed, if one looks."""
    if state.kernel.journal is None or not data:
        return ()
    from zxdbg.marks import changed_in_vmo, changed_ranges

    found: list[tuple[int, int]] = []
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        if isinstance(source, Process):
            found += changed_ranges(state, source, at + start, piece)
        elif isinstance(source, VmObject):
            found += changed_in_vmo(state, source, at + start, piece)
        if len(found) > _MARKED:
            break
    return tuple(found[:_MARKED])


# Drawing --------------------------------------------------------------------------

_MAY_READ, _MAY_WRITE = 1, 2
_WHY = {
    "complete": "",
    "hole": "{name} ends at {next:#x}, and nothing is mapped there",
    "mapping-end": "the mapping of {name} ends at {next:#x}, and the kernel goes no further",
    "vmo-end": "the VMO of {name} ends at {next:#x}, before its mapping does",
    "uncached": "{name} ends at {next:#x}, and the memory there is not cacheable",
}
_DECIDES = {
    ExtentKind.HOLE: ("vaddr-mapped",),
    ExtentKind.PAST_VMO: ("vaddr-backed", "range-in-vmo"),
}
"""The rule, in one profile or the other, that a transfer from such a place on would fail."""


def _name(extent: Extent) -> str:
    return extent.name or f"VMO {extent.koid}"


def _place(extent: Extent, at: int | None = None) -> str:
    """Say what lies at the start of an extent, or at an address in it."""
    if extent.kind is ExtentKind.HOLE:
        return "nothing mapped"
    name = _name(extent)
    offset = extent.offset + ((at - extent.start) if at is not None else 0)
    text = f"{name}+{offset:#x}  {facts.perms(extent.perms)}"
    if extent.kind is ExtentKind.PAST_VMO:
        return f"{text}  past the VMO"
    return f"{text}  uncached" if extent.kind is ExtentKind.UNCACHED else text


def _stretches(data: Written | Read) -> list[Stretch]:
    """Divide the range at the borders of its memory, and where the transfer stopped."""
    reached = data.vaddr + (data.actual or 0)
    stretches = []
    for extent in data.extents:
        if extent.start < reached < extent.end:
            stretches.append(Stretch(extent.start, reached, True, _place(extent)))
            stretches.append(Stretch(reached, extent.end, False, _place(extent, reached)))
        else:
            moved = extent.start < reached
            stretches.append(Stretch(extent.start, extent.end, moved, _place(extent)))
    return stretches


def _moved(data: Written | Read, result: Result, look: Look, verb: str) -> list[Line]:
    """Draw the first line of a transfer: how much was moved, and where that lies."""
    if data.actual is None:
        return head(result, [], look)
    summary = [plain(f"{facts.size(data.actual)} of {facts.count(data.requested)} {verb}")]
    summary[0] = plain(summary[0][1] + _whose(result, look))
    if len(data.extents) == 1 and data.actual == data.requested:
        summary.append(dim(f"   {_place(data.extents[0])}"))
    return head(result, summary, look)


def _ending(data: Written | Read, result: Result, look: Look, wanted: int) -> list[Line]:
    """Say why a transfer stopped and what is next, and whose word does not count."""
    lines: list[Line] = []
    touched = [each for each in data.extents if each.start < data.vaddr + (data.actual or 0)]
    denied = next((each for each in touched if not each.perms & wanted), None)
    if denied is not None:
        text = f"{_name(denied)} is mapped {facts.perms(denied.perms)}: a debugger's transfer asks"
        lines += note("note", f"{text} the handle's rights, not that", look)
    if data.next is None or data.stopped is None:
        return lines
    reason = _WHY[data.stopped].format(name=_name(touched[-1]), next=data.next)
    lines += note("stopped", reason, look)
    following = next((each for each in data.extents if each.end > data.next), None)
    would = "" if following is None else f"   ({_would(following.kind, result)})"
    return [*lines, *note("next", _next_line(data, result, look) + would, look)]


def _would(kind: ExtentKind, result: Result) -> str:
    """Say what a transfer that begins at a place of some kind would answer."""
    outcome = result.decider
    if kind is ExtentKind.BACKED or outcome is None:
        return "would go on from there"
    if kind is ExtentKind.UNCACHED:
        return "would be refused: not cacheable"
    rules = outcome.syscall.rules_in(outcome.profile)
    rule = next(each for each in rules if each.name in _DECIDES[kind])
    return f"would answer {rule.statuses[outcome.profile].label}"


def _whose(result: Result, look: Look) -> str:
    """Name the process where the line may have left it out."""
    declared = result.command
    if not isinstance(declared, Command) or declared.process is None or declared.process.required:
        return ""
    handle = result.decider.args[0] if result.decider is not None else 0
    return f" from {look.labels.get(handle, f'{handle:#x}')}" if isinstance(handle, int) else ""


def _next_line(data: Written | Read, result: Result, look: Look) -> str:
    """Compose the line that goes on where a transfer stopped."""
    assert result.decider is not None
    assert data.actual is not None
    left = data.requested - data.actual
    handle = result.decider.args[0]
    assert isinstance(handle, int)
    verb = "read" if isinstance(data, Read) else "write"
    where = f"{verb} {look.labels.get(handle, f'{handle:#x}')} {data.next:#x}"
    if isinstance(data, Read):
        return f"{where} {left}"
    given = result.decider.args[2]
    if isinstance(given, bytes) and left <= 24:
        rest = given[data.actual : data.requested]
        return f"{where} {facts.quoted(rest)}"
    if isinstance(given, Fill):
        return f"{where} fill:{given.byte:#x}:{left}"
    return f"{where} … the {facts.count(left)} that are left"


@draw.register(Written)
def _draw_written(data: Written, result: Result, look: Look) -> list[Line]:
    lines = _moved(data, result, look, "written")
    stretches = [] if data.actual is None else _stretches(data)
    if len(stretches) > 1:
        lines += [[], *ruler(stretches[:6], look), []]
        if len(stretches) > 6:
            lines.insert(-1, [dim(f"  … {len(stretches) - 6} more stretches: maps shows them")])
    return [*lines, *_ending(data, result, look, _MAY_WRITE)]


@draw.register(Read)
def _draw_read(data: Read, result: Result, look: Look) -> Drawing:
    lines: Drawing = [*_moved(data, result, look, "read")]
    if data.data is None:
        return lines
    borders = {}
    for before, after in pairwise(data.extents):
        ends = f"{before.name or 'the VMO'} ends" if before.kind is not ExtentKind.HOLE else "gap"
        begins = "nothing mapped" if after.kind is ExtentKind.HOLE else _place(after)
        borders[after.start] = f"{ends}; {begins}"

    def label_at(at: int) -> str:
        for extent in data.extents:
            if extent.start <= at < extent.end and extent.kind is not ExtentKind.HOLE:
                return (
                    f"{extent.name or f'VMO {extent.koid}'}+{extent.offset + at - extent.start:#x}"
                )
        return ""

    dump = hexdump(
        data.data,
        data.vaddr,
        data.requested,
        look,
        label_at,
        borders,
        form=data.form,
        changed=data.changed,
    )
    if data.changed:
        dump.append([dim("  [ ] is what the last command that changed memory changed")])
    ending = _ending(data, result, look, _MAY_READ)
    return [*lines, [], *dump, *([[], *ending] if ending else [])]
