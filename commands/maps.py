"""Views: what is mapped, as the simulator itself sees it."""

from collections.abc import Sequence
from typing import NamedTuple

from zxdbg.kernel.limits import PAGE_SHIFT
from zxdbg.kernel.status import Status
from zxdbg.kernel.survey import Survey
from zxdbg.lang.arguments import AddressArg, Pattern, PermsPattern, PictureKind, ViewedProcess
from zxdbg.lang.declare import command
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw
from zxdbg.render.map_rows import MapRow, MapRows
from zxdbg.render.map_table import map_table
from zxdbg.render.parts import (
    Drawing,
    Line,
    Look,
    address,
    dim,
    fold,
    koid,
    more_rows,
    name,
    note,
    perms,
    plain,
    window,
)
from zxdbg.render.picture import picture
from zxdbg.result import Bytes, Koid, Result
from zxdbg.state import State
from zxdbg.syscalls import zx_object_get_info
from zxdbg.syscalls.object_info import TOPICS

_PROCESS_MAPS = TOPICS["ZX_INFO_PROCESS_MAPS"].number


class Maps(NamedTuple):
    """The address space of a process."""

    rows: Sequence[MapRow]
    name: str
    koid: Koid
    state: str
    all: bool
    mappings: int
    mapped: Bytes
    committed: int
    refused: str
    gone: bool
    filtered: bool
    picture: str


@command(
    "maps",
    spellings=("aspace", "vmmap", "info mappings", "info proc mappings"),
    hidden=(
        "name",
        "koid",
        "state",
        "all",
        "mappings",
        "mapped",
        "committed",
        "refused",
        "gone",
        "filtered",
        "picture",
    ),
)
def maps(
    state: State,
    process: ViewedProcess | None = None,
    *,
    at: AddressArg | None = None,
    name: Pattern | None = None,
    perms: PermsPattern | None = None,
    picture: PictureKind = "log",
    all: bool = False,
) -> Maps:
    """Show the VMARs and mappings of a process, with the gaps between them.

    The bar on top is the whole address space: in
    log scale, or from the first mapping to the last, to scale. Filters leave out the
    mappings that do not match, and the VMARs in which nothing is left; `--at` keeps those
    that hold the address.

    When:
        Whenever an address surprises you, and before and after `map`, `unmap` and
        `protect`.

    Args:
        process: Handle or koid of a process, in any state; the one at hand without it.
        at: Only what holds this address.
        name: Only mappings of VMOs whose name contains this.
        perms: Only mappings with these permissions, such as rw? where ? is either.
        picture: log, scale, or none: how wide a mapping and a gap are in the bar on top.
        all: Show every row, however many there are.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> map $demo.vmar $heap --at 0x10000000
        zx> maps $demo => rows=2
        zx> maps $demo --picture scale
        zx> maps $demo --perms r?x => rows=0
        zx> maps $demo --at 0x10001000 => rows=2
    """
    if process is None:
        process = state.process_at_hand()
    try:
        found = state.process_of(process)
    except CommandError as error:
        hint = "processes lists them; --at ADDRESS shows what holds an address"
        raise CommandError(error.message, hint=hint, param="process") from None
    survey = Survey(found, state.kernel.iter_processes())
    rows = MapRows(survey)
    filtered = at is not None or name is not None or perms is not None
    return Maps(
        _filtered(rows, at, name, perms) if filtered else rows,
        found.name,
        found.koid,
        found.state.value,
        all,
        len(survey.sizes),
        sum(survey.sizes),
        survey.committed,
        _refusal(state, process),
        not found.aspace.root.alive,
        filtered,
        picture,
    )


def _filtered(
    rows: Sequence[MapRow], at: int | None, name: str | None, perms: str | None
) -> tuple[MapRow, ...]:
    """Keep the mappings that match, and the VMARs around them."""
    kept: list[MapRow] = []
    for row in reversed(rows):
        if row.kind == "mapping":
            fits = at is None or row.start <= at < row.end
            fits = fits and (name is None or name in row.name)
            if perms is not None:
                pairs = zip(perms, row.perms, strict=True)
                fits = fits and all(want in ("?", have) for want, have in pairs)
            if not fits:
                continue
        elif not kept or not (row.start <= kept[-1].start < row.end):
            inside = at is not None and row.start <= at < row.end
            if not inside or name is not None or perms is not None:
                continue
        kept.append(row)
    return tuple(kept[::-1])


def _refusal(state: State, process: int) -> str:
    """Say how the syscall that shows the same would be refused; empty if it would not."""
    outcome = zx_object_get_info(state.caller, process, _PROCESS_MAPS, 0)
    if outcome.decided is None:
        return ""
    return outcome.status.label


# Drawing --------------------------------------------------------------------------


@draw.register(Maps)
def _draw_maps(data: Maps, result: Result, look: Look) -> Drawing:
    count = data.mappings
    head: Line = [
        name(data.name or "(no name)"),
        plain("  koid "),
        koid(data.koid),
        plain(f"  {data.state}   {count} mapping{'s' * (count != 1)}, "),
        plain(
            f"{facts.rough(data.mapped)} mapped, "
            f"{facts.rough(data.committed << PAGE_SHIFT)} committed"
        ),
    ]
    lines: Drawing = [*fold(head, look)]
    shown, left = window(len(data.rows), look._replace(everything=data.all or look.everything))
    if data.rows:
        lines += _top(data, look)
        rows = data.rows if shown == len(data.rows) else data.rows[:shown]
        lines += map_table(rows, data.koid, look, gaps=not data.filtered)
    else:
        why = "the root VMAR was destroyed" if data.gone else "no mapping fits the filters"
        lines.append([dim(f"  {why}")])
    lines += more_rows(left, "maps PROCESS --all shows them")
    if data.refused:
        text = f"zx_object_get_info would answer {data.refused} here"
        if data.refused == Status.BAD_STATE.label:
            text += f": it is {data.state}"
        lines += note("note", text, look)
    return lines


def _top(data: Maps, look: Look) -> list[Line]:
    """Draw the root VMAR, as a picture where there is something to see."""
    root = data.rows[0]
    vmar: Line = [dim("root VMAR "), koid(root.koid), dim("  can "), *perms(root.perms)]
    scale = dim("   to scale" if data.picture == "scale" else "   log scale")
    titles = [[*vmar, scale, dim(", █ is committed")], [*vmar, scale], vmar]
    rows = data.rows
    if not isinstance(rows, MapRows) or not data.mappings or data.picture == "none":
        return _root_line(root, look)
    parts = rows.parts()
    if data.picture == "log":
        return picture(parts, root.start, root.end, titles, look)
    titles = [[scale, dim(", █ is committed")], [scale]]
    drawn = picture(parts, parts.starts[0], parts.ends[-1], titles, look, linear=True)
    return [*_root_line(root, look), *drawn]


def _root_line(root: MapRow, look: Look) -> list[Line]:
    where: Line = [
        dim("  root VMAR "),
        koid(root.koid),
        dim("  "),
        address(root.start),
        dim(" to "),
        address(root.end),
        dim("  can "),
        *perms(root.perms),
    ]
    return fold(where, look, indent=4)
