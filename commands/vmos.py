"""Views: the VMOs there are, and where each is mapped."""

from typing import NamedTuple

from zxdbg.kernel.limits import PAGE_SHIFT
from zxdbg.kernel.vmar import VmMapping
from zxdbg.lang.arguments import VmoHandle
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
    fold,
    koid,
    more_rows,
    name,
    perms,
    plain,
    table,
    window,
)
from zxdbg.result import Address, Bytes, Koid, Result
from zxdbg.state import State


class VmoRow(NamedTuple):
    """A VMO that something keeps alive."""

    koid: Koid
    name: str
    kind: str
    size: Bytes
    committed: int
    pages: int
    handles: int
    mappings: int
    parent: Koid | None
    clones: int
    policy: str


class Vmos(NamedTuple):
    """All VMOs, and the physical memory."""

    rows: tuple[VmoRow, ...]
    used: int
    total: int


@command("vmos", hidden=("used", "total"))
def vmos(state: State) -> Vmos:
    """List the VMOs that a handle, a mapping or a clone keeps alive.

    When:
        To see what memory there is, what it costs, and who keeps it alive.

    Examples:
        zx> vmo create 16K --name heap
        zx> vmos => rows=1
    """
    rows = tuple(
        VmoRow(
            vmo.koid,
            vmo.name,
            "physical" if vmo.is_physical else "clone" if vmo.parent is not None else "paged",
            vmo.size,
            vmo.committed,
            vmo.size >> PAGE_SHIFT,
            vmo.handles,
            len(vmo.mappings),
            None if vmo.parent is None else vmo.parent.koid,
            len(vmo.children),
            vmo.cache_policy.word,
        )
        for vmo in state.kernel.iter_vmos()
    )
    memory = state.kernel.memory
    return Vmos(rows, memory.used, memory.pages)


class VmoMapping(NamedTuple):
    """A place at which a VMO is mapped."""

    process: str
    process_koid: Koid
    start: Address
    end: Address
    perms: str
    offset: Bytes


class VmoInfo(NamedTuple):
    """A VMO and where it is mapped."""

    rows: tuple[VmoMapping, ...]
    vmo: VmoRow


@command("vmo info", hidden=("vmo",))
def vmo_info(state: State, vmo: VmoHandle) -> VmoInfo:
    """Show a VMO and every place at which it is mapped.

    When:
        To find every process that sees the same memory; `vmos` lists all VMOs.

    Args:
        vmo: Handle of the VMO.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> map $demo.vmar $heap
        zx> vmo info $heap => rows=1
    """
    row = next((each for each in vmos(state).rows if each.koid == _vmo_koid(state, vmo)), None)
    if row is None:
        raise CommandError(f"{vmo:#x} is no handle of a VMO", hint="vmos lists them", param="vmo")
    rows = [
        VmoMapping(
            process.name,
            process.koid,
            region.base,
            region.end,
            facts.perms(region.perms),
            region.vmo_offset,
        )
        for process in state.kernel.iter_processes()
        for _, region in process.aspace.root.walk()
        if isinstance(region, VmMapping) and region.vmo.koid == row.koid
    ]
    return VmoInfo(tuple(rows), row)


def _vmo_koid(state: State, value: int) -> int | None:
    found = state.object_of(value)
    return None if found is None else found.koid


# Drawing --------------------------------------------------------------------------


@draw.register(Vmos)
def _draw_vmos(data: Vmos, result: Result, look: Look) -> list[Line]:
    shown, left = window(len(data.rows), look)
    rows: list[list[Cell]] = []
    for row in data.rows[:shown]:
        kind = row.kind if row.parent is None else f"clone of {row.parent}"
        rows.append(
            [
                koid(row.koid),
                name(row.name) if row.name else dim("(no name)"),
                plain(facts.rough(row.size)),
                plain(f"{row.committed}/{row.pages}"),
                plain(str(row.handles)),
                plain(str(row.mappings)),
                plain(str(row.clones)),
                plain(kind),
                plain(row.policy),
            ]
        )
    header = ["koid", "name", "size", "committed", "handles", "mappings", "clones", "kind", "cache"]
    lines = table(header, rows, look, align="llrrrrrll") if rows else [[dim("  no VMOs")]]
    used, total = data.used << PAGE_SHIFT, data.total << PAGE_SHIFT
    memory = f"physical memory  {facts.size(used)} of {facts.size(total)} used"
    return [*lines, *more_rows(left, "--json shows them all"), [dim(f"  {memory}")]]


@draw.register(VmoInfo)
def _draw_vmo_info(data: VmoInfo, result: Result, look: Look) -> list[Line]:
    vmo = data.vmo
    kind = vmo.kind if vmo.parent is None else f"clone of {vmo.parent}"
    title: Line = [
        name(vmo.name or "(no name)"),
        dim("  vmo "),
        koid(vmo.koid),
        plain(f"  {kind}, {vmo.policy}   {facts.size(vmo.size)}, "),
        plain(
            f"{vmo.committed} of {vmo.pages} pages committed, "
            f"{vmo.clones} clone{'s' * (vmo.clones != 1)}"
        ),
    ]
    lines = fold(title, look)
    if not data.rows:
        return [*lines, [dim("  mapped nowhere")]]
    shown, left = window(len(data.rows), look)
    rows: list[list[Cell]] = [
        [
            address(row.start),
            address(row.end),
            perms(row.perms),
            plain(f"{row.offset:#x}"),
            [name(row.process), dim("  process "), koid(row.process_koid)],
        ]
        for row in data.rows[:shown]
    ]
    header = ["start", "end", "perm", "offset", "in"]
    lines += table(header, rows, look, align="lllrl")
    return lines + more_rows(left, "--json shows them all")
