"""Views: what is mapped, as the simulator itself sees it."""

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.limits import PAGE_SHIFT
from zxdbg.kernel.status import Status
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping
from zxdbg.lang.arguments import AddressArg, Pattern, PermsPattern, PictureKind, ViewedProcess
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
    note,
    perms,
    plain,
    table,
    window,
)
from zxdbg.render.picture import Part, picture
from zxdbg.result import Address, Bytes, Koid, Result
from zxdbg.state import State
from zxdbg.syscalls import zx_object_get_info
from zxdbg.syscalls.object_info import TOPICS

if TYPE_CHECKING:
    from zxdbg.kernel.task import Process
    from zxdbg.kernel.vmo import VmObject


_PROCESS_MAPS = TOPICS["ZX_INFO_PROCESS_MAPS"].number
_MOST_ALSO = 16


class Elsewhere(NamedTuple):
    """Where else some of the same pages are mapped."""

    process: str
    process_koid: Koid
    address: Address


class MapRow(NamedTuple):
    """A region or a mapping; `depth` 0 is the root VMAR.

    `perms` are those of a mapping, or the most that mappings in a VMAR may have; `also`
    has places, in any process, at which pages of the mapping can be seen too, 16 at most;
    from `backed_end` on the VMO has nothing to show.
    """

    depth: int
    kind: str
    start: Address
    end: Address
    size: Bytes
    perms: str
    name: str
    koid: Koid
    offset: Bytes | None
    committed: int | None
    also: tuple[Elsewhere, ...]
    clone_of: Koid | None
    backed_end: Address | None


class Maps(NamedTuple):
    """The address space of a process."""

    rows: tuple[MapRow, ...]
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


class _Windows:
    """The mappings of each VMO by offset, so that ten thousand of one are no trouble."""

    def __init__(self, owners: "dict[VmAddressRegion, Process]") -> None:
        self._owners = owners
        self._sorted: dict[VmObject, tuple[list[VmMapping], list[int], int]] = {}

    def also(self, mapping: VmMapping) -> tuple[Elsewhere, ...]:
        """Find where else pages of a mapping can be seen."""
        start, end = mapping.vmo_offset, mapping.vmo_offset + mapping.size
        if len(mapping.vmo.mappings) == 1:
            return ()
        windows, offsets, longest = self._of(mapping.vmo)
        found: list[Elsewhere] = []
        for at in range(bisect_right(offsets, start - longest), len(windows)):
            other = windows[at]
            if other.vmo_offset >= end or len(found) == _MOST_ALSO:
                break
            owner = None if other.root is None else self._owners.get(other.root)
            if other is mapping or owner is None or start >= other.vmo_offset + other.size:
                continue
            address = other.base + max(0, start - other.vmo_offset)
            found.append(Elsewhere(owner.name, owner.koid, address))
        return tuple(found)

    def _of(self, vmo: "VmObject") -> tuple[list[VmMapping], list[int], int]:
        """List the mappings of a VMO by offset, the offsets, and the size of the longest."""
        found = self._sorted.get(vmo)
        if found is None:
            windows = sorted(vmo.mappings, key=attrgetter("vmo_offset"))
            offsets = [each.vmo_offset for each in windows]
            found = self._sorted[vmo] = windows, offsets, max(each.size for each in windows)
        return found


def _row(depth: int, region: VmAddressRegion | VmMapping, windows: _Windows) -> MapRow:
    if isinstance(region, VmAddressRegion):
        return MapRow(
            depth,
            "vmar",
            region.base,
            region.end,
            region.size,
            facts.perms(region.can),
            region.name,
            region.koid,
            None,
            None,
            (),
            None,
            None,
        )
    vmo = region.vmo
    return MapRow(
        depth,
        "mapping",
        region.base,
        region.end,
        region.size,
        facts.perms(region.perms),
        vmo.name,
        vmo.koid,
        region.vmo_offset,
        region.committed,
        windows.also(region),
        None if vmo.parent is None else vmo.parent.koid,
        region.backed_end,
    )


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
    root = found.aspace.root
    windows = _Windows({each.aspace.root: each for each in state.kernel.iter_processes()})
    regions = list(root.walk(1))
    rows = [_row(0, root, windows)] if root.alive else []
    rows += [_row(depth, region, windows) for depth, region in regions]
    sizes = [row.size for row in rows if row.kind == "mapping"]
    filtered = at is not None or name is not None or perms is not None
    if filtered:
        rows = _filtered(rows, at, name, perms)
    return Maps(
        tuple(rows),
        found.name,
        found.koid,
        found.state.value,
        all,
        len(sizes),
        sum(sizes),
        _committed([region for _, region in regions if isinstance(region, VmMapping)]),
        _refusal(state, process),
        not root.alive,
        filtered,
        picture,
    )


def _filtered(
    rows: list[MapRow], at: int | None, name: str | None, perms: str | None
) -> list[MapRow]:
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
    return kept[::-1]


def _refusal(state: State, process: int) -> str:
    """Say how the syscall that shows the same would be refused; empty if it would not."""
    outcome = zx_object_get_info(state.caller, process, _PROCESS_MAPS, 0)
    if outcome.decided is None:
        return ""
    return outcome.status.label


def _committed(mappings: list[VmMapping]) -> int:
    """Count the committed pages that mappings show, each once however often it is mapped."""
    windows: dict[VmObject, list[tuple[int, int]]] = {}
    for mapping in mappings:
        first = mapping.vmo_offset >> PAGE_SHIFT
        last = first + (mapping.size >> PAGE_SHIFT)
        windows.setdefault(mapping.vmo, []).append((first, last))
    total = 0
    for vmo, spans in windows.items():
        reached = 0
        for first, last in sorted(spans):
            if last > reached:
                total += vmo.pages.count(max(first, reached), last)
                reached = last
    return total


# Drawing --------------------------------------------------------------------------


@draw.register(Maps)
def _draw_maps(data: Maps, result: Result, look: Look) -> list[Line]:
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
    lines = fold(head, look)
    shown, left = window(len(data.rows), look._replace(everything=data.all or look.everything))
    if data.rows:
        lines += _top(data, look)
        lines += _map_rows(data, shown, look)
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
    parts = [
        Part(row.start, row.end, row.name, row.perms, row.committed or 0)
        for row in data.rows
        if row.kind == "mapping"
    ]
    vmar: Line = [dim("root VMAR "), koid(root.koid), dim("  can "), *perms(root.perms)]
    scale = dim("   to scale" if data.picture == "scale" else "   log scale")
    titles = [[*vmar, scale, dim(", █ is committed")], [*vmar, scale], vmar]
    if data.filtered or not parts or data.picture == "none":
        return _root_line(root, look)
    if data.picture == "log":
        return picture(parts, root.start, root.end, titles, look)
    titles = [[scale, dim(", █ is committed")], [scale]]
    drawn = picture(parts, parts[0].start, parts[-1].end, titles, look, linear=True)
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


def _map_rows(data: Maps, shown: int, look: Look) -> list[Line]:
    rows: list[list[Cell]] = []
    before: MapRow | None = None
    for row in data.rows[1:shown]:
        if not data.filtered and before is not None and before.kind == row.kind == "mapping":
            gap = row.start - before.end
            if gap and row.depth == before.depth:
                rows.append([dim(""), dim(f"gap {facts.rough(gap)}")])
        rows.append(_map_cells(row, data.koid))
        before = row
    header = ["start", "end", "size", "perm", "what", "offset", "committed", ""]
    if rows:
        return [[], *table(header, rows, look, align="llrllrll", cut=False)]
    return []


def _map_cells(row: MapRow, process: int) -> list[Cell]:
    indent = "  " * (row.depth - 1)
    start: Line = [plain(indent), address(row.start)]
    size = [("number", facts.rough(row.size))]
    if row.kind == "vmar":
        what: Line = [plain("VMAR "), koid(row.koid)]
        what += [dim("  can "), *perms(row.perms)]
        return [start, address(row.end), size, dim("·"), what]
    pages = row.size >> PAGE_SHIFT
    also: Line = []
    past: Line = []
    if row.backed_end is not None and row.backed_end < row.end:
        past = [("warn", "past the VMO from "), address(row.backed_end)]
    if row.also:
        other = row.also[0]
        elsewhere = "" if other.process_koid == process else f"in {other.process or 'a process'} "
        rest = len(row.also) - 1
        more = f" and {'many' if rest == _MOST_ALSO - 1 else rest} more" if rest else ""
        also = [dim(f"also {elsewhere}at "), address(other.address), dim(more)]
    label = name(row.name) if row.name else dim("(no name)")
    origin: Line = []
    if row.clone_of is not None:
        origin = [dim(" clone of "), koid(row.clone_of)]
    return [
        start,
        address(row.end),
        size,
        perms(row.perms),
        [label, dim("  vmo "), koid(row.koid), *origin],
        plain(f"{row.offset:#x}"),
        plain(f"{row.committed}/{pages} {_bar(row.committed or 0, pages)}"),
        [*past, *([plain("  ")] if past and also else []), *also],
    ]


def _bar(part: int, whole: int) -> str:
    cells = min(4, whole)
    full = -(-part * cells // whole) if whole else 0
    return "█" * full + "·" * (cells - full)
