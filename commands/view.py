"""Views: handles, processes, names, values; no syscall refuses these."""

from typing import NamedTuple

from zxdbg.kernel.rights import Rights
from zxdbg.kernel.vmar import VmMapping
from zxdbg.lang.arguments import AnyValue
from zxdbg.lang.declare import command
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw
from zxdbg.render.parts import (
    Cell,
    Line,
    Look,
    address,
    dim,
    handle,
    koid,
    more_rows,
    name,
    note,
    plain,
    table,
    width_of,
    window,
)
from zxdbg.result import HandleValue, Koid, Result, RightsValue
from zxdbg.state import FIXED, State


class HandleRow(NamedTuple):
    """A handle of the process that calls."""

    value: HandleValue
    label: str
    type: str
    koid: Koid
    name: str
    rights: RightsValue


class Handles(NamedTuple):
    """The handles of the process that calls, newest first."""

    rows: tuple[HandleRow, ...]


@command("handles", spellings=("handle", "info handles"))
def handles(state: State) -> Handles:
    """List the handles of the process that calls, newest first.

    When:
        To see which values the caller may use, and which rights each has: after
        ZX_ERR_BAD_HANDLE and ZX_ERR_ACCESS_DENIED.

    Examples:
        zx> handles
    """
    labels = state.labels()
    process = state.caller.process
    rows = []
    for each in process.handle_list:
        value = process.value_of(each)
        target = each.object
        rows.append(
            HandleRow(
                value,
                labels.get(value, ""),
                target.type.noun,
                target.koid,
                target.name,
                each.rights,
            )
        )
    return Handles(tuple(rows))


class ProcessRow(NamedTuple):
    """A process."""

    koid: Koid
    name: str
    state: str
    threads: int
    handles: int
    mappings: int
    caller: bool


class Processes(NamedTuple):
    """All processes."""

    rows: tuple[ProcessRow, ...]


@command("processes", spellings=("process", "ps", "info proc", "info processes"))
def processes(state: State) -> Processes:
    """List the processes, dead ones too while a handle names them.

    When:
        To see which processes there are and whether each runs, before `as`, `kill` and
        `maps`.

    Examples:
        zx> process create demo
        zx> processes => rows=2
    """
    rows = []
    for process in state.kernel.iter_processes():
        mappings = sum(isinstance(region, VmMapping) for _, region in process.aspace.root.walk())
        rows.append(
            ProcessRow(
                process.koid,
                process.name,
                process.state.value,
                len(process.threads),
                len(process.handle_bases),
                mappings,
                process is state.caller.process,
            )
        )
    return Processes(tuple(rows))


class NameRow(NamedTuple):
    """A name and what it means."""

    name: str
    kind: str
    value: int | str | None
    source: str


class Names(NamedTuple):
    """All names."""

    rows: tuple[NameRow, ...]
    at_hand: str


@command("names", hidden=("at_hand",), quiet=True)
def names(state: State) -> Names:
    """List the names that lines can use, and whether each is a handle or a number.

    When:
        When you forgot what you called a thing, or what a name means by now.

    Examples:
        zx> $base = print 0x10000000
        zx> names
    """
    rows = []
    for label, result in state.names.items():
        field = result.command.value
        kind = result.kind(field) if field else ""
        value = result.value
        if isinstance(value, bytes):
            value = f"{len(value)} bytes"
        elif value is not None and not isinstance(value, int):
            value = str(value)
        source = "fixed" if label in FIXED else result.text
        rows.append(NameRow(f"${label}", kind, value, source))
    return Names(tuple(rows), _at_hand(state))


def _at_hand(state: State) -> str:
    """Name the process that a line means which names none; nothing if there is none."""
    try:
        value = state.process_at_hand()
    except CommandError:
        return ""
    return state.labels().get(value) or f"{value:#x}"


class PrintRow(NamedTuple):
    """A value with its kind."""

    kind: str
    value: int | str | bytes | bool | None


class Printed(NamedTuple):
    """The value of an expression."""

    rows: tuple[PrintRow, ...]
    value: int | str | bytes | bool | None


@command("print", value="value", quiet=True, spellings=("p",))
def print_value(state: State, expression: AnyValue) -> Printed:
    """Show the value of an expression.

    When:
        To work an address out, or to look at one field of a result, such as
        $name.status.

    Args:
        expression: A number, a name, a field of one, or a sum without blanks.

    Examples:
        zx> print 0x10000000+16K
        zx> process create demo
        zx> print $demo.koid
    """
    value = getattr(expression, "label", expression)
    if not isinstance(value, (int, str, bytes, bool)):
        value = repr(value)
    kind = {int: "number", str: "word", bytes: "data", bool: "truth"}[type(value)]
    return Printed((PrintRow(kind, value),), value)


# Drawing --------------------------------------------------------------------------


@draw.register(Handles)
def _draw_handles(data: Handles, result: Result, look: Look) -> list[Line]:
    if not data.rows:
        return [[dim("  the process that calls has no handle")]]
    shown, left = window(len(data.rows), look)
    rows: list[list[Cell]] = [
        [
            handle(row.value),
            name(row.label) if row.label else dim("·"),
            plain(row.type),
            koid(row.koid),
            plain(row.name),
            plain(_rights_text(row.type, row.rights)),
        ]
        for row in data.rows[:shown]
    ]
    table_lines = table(["value", "name", "type", "koid", "of", "rights"], rows, look)
    return table_lines + more_rows(left, "--json shows them all")


_DEFAULTS = {
    "process": Rights.DEFAULT_PROCESS,
    "thread": Rights.DEFAULT_THREAD,
    "job": Rights.DEFAULT_JOB,
    "VMO": Rights.DEFAULT_VMO,
    "resource": Rights.DEFAULT_RESOURCE,
}


def _rights_text(kind: str, rights: int) -> str:
    """Name rights; where they are a kind's default or nearly so, say that shorter."""
    default = int(_DEFAULTS.get(kind, 0))
    names = " ".join(facts.short_rights(rights)) or "none"
    if rights == default:
        return f"all {default.bit_count()} defaults"
    if default and not rights & ~default and (default & ~rights).bit_count() <= 3:
        lost = " ".join(facts.short_rights(default & ~rights))
        return f"the defaults but {lost}"
    return names


@draw.register(Processes)
def _draw_processes(data: Processes, result: Result, look: Look) -> list[Line]:
    shown, left = window(len(data.rows), look)
    rows: list[list[Cell]] = [
        [
            koid(row.koid),
            name(row.name) if row.name else dim("(no name)"),
            plain(row.state),
            plain(str(row.threads)),
            plain(str(row.handles)),
            plain(str(row.mappings)),
            dim("the caller" if row.caller else ""),
        ]
        for row in data.rows[:shown]
    ]
    header = ["koid", "name", "state", "threads", "handles", "mappings", ""]
    return table(header, rows, look, align="lllrrrl") + more_rows(left, "--json shows them all")


@draw.register(Names)
def _draw_names(data: Names, result: Result, look: Look) -> list[Line]:
    shown, left = window(len(data.rows), look)
    rows: list[list[Cell]] = []
    for row in data.rows[:shown]:
        value: Cell = dim("·") if row.value is None else plain(str(row.value))
        if isinstance(row.value, int):
            kinds = {"handle": handle, "address": address, "koid": koid}
            value = kinds.get(row.kind, lambda number: plain(facts.size(number)))(row.value)
        rows.append([name(row.name), plain(row.kind), value, dim(row.source)])
    header = ["name", "is a", "value", "from"]
    lines = table(header, rows, look) + more_rows(left, "--json shows them all")
    if data.at_hand:
        text = f"{data.at_hand} is the process that x, maps and the like mean without one"
        lines += note("at hand", text, look)
    return lines


@draw.register(Printed)
def _draw_printed(data: Printed, result: Result, look: Look) -> list[Line]:
    value = data.value
    if isinstance(value, bool):
        return [[plain(str(value).lower())]]
    if isinstance(value, int):
        return [[("number", str(value)), dim("  "), address(value) if value >= 0 else dim("")]]
    if isinstance(value, bytes):
        shown = facts.quoted(value, look.width - 34)
        if width_of(shown) > look.width - 12:
            shown = facts.quoted(value, look.width // 2 - 17)
        return [[("text", shown), dim(f"  {len(value)} bytes")]]
    return [[plain(str(value))]]
