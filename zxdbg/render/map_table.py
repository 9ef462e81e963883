"""The table of `maps`: a row for each VMAR and mapping, and one for each gap between mappings.

Of a table that is longer than what a screen remembers, the rows that nobody sees in colour
are made as text, a column at a time, with the same words.
"""

from collections.abc import Callable, Sequence
from operator import sub
from typing import Any

from zxdbg.kernel.limits import PAGE_SHIFT
from zxdbg.render import facts
from zxdbg.render.map_rows import MOST_ALSO, MapRow, MapRows
from zxdbg.render.parts import (
    Cell,
    Drawing,
    Line,
    Look,
    address,
    dim,
    koid,
    long_table,
    name,
    perms,
    plain,
)
from zxdbg.render.textrows import TextRow

__all__ = ["map_table"]

_HEADER = ("start", "end", "size", "perm", "what", "offset", "committed", "")


def map_table(rows: Sequence[MapRow], process: int, look: Look, *, gaps: bool) -> Drawing:
    """Draw the rows behind the first, the root; nothing if there are none."""
    from zxdbg.render.screen import KEPT

    above: list[TextRow] = []
    first = 1
    if isinstance(rows, MapRows) and not look.color and len(rows) > KEPT:
        first = len(rows) - KEPT
        above = _text_rows(rows, first, process)
    cells: list[list[Cell]] = []
    before = rows[first - 1]
    for row in rows[first:]:
        if gaps and before.kind == row.kind == "mapping":
            gap = row.start - before.end
            if gap and row.depth == before.depth:
                cells.append([dim(""), dim(_gap(gap))])
        cells.append(_cells(row, process))
        before = row
    if not cells:
        return []
    return [[], *long_table(_HEADER, cells, look, above, align="llrllrll", cut=False)]


def _gap(size: int) -> str:
    return f"gap {facts.rough(size)}"


def _cells(row: MapRow, process: int) -> list[Cell]:
    start: Line = [plain(_indent(row.depth)), address(row.start)]
    size = ("number", facts.rough(row.size))
    if row.kind == "vmar":
        what: Line = [plain("VMAR "), koid(row.koid)]
        what += [dim("  can "), *perms(row.perms)]
        return [start, address(row.end), size, dim("·"), what]
    return [
        start,
        address(row.end),
        size,
        perms(row.perms),
        _what(row.name, row.koid, row.clone_of),
        plain(f"{row.offset:#x}"),
        plain(_committed(row.committed or 0, row.size)),
        _remarks(row, process),
    ]


def _indent(depth: int) -> str:
    return "  " * (depth - 1)


def _what(label: str, number: int, clone_of: int | None) -> Line:
    origin: Line = [] if clone_of is None else [dim(" clone of "), koid(clone_of)]
    return [name(label) if label else dim("(no name)"), dim("  vmo "), koid(number), *origin]


def _committed(count: int, size: int) -> str:
    pages = size >> PAGE_SHIFT
    cells = min(4, pages)
    full = -(-count * cells // pages) if pages else 0
    return f"{count}/{pages} {'█' * full}{'·' * (cells - full)}"


def _remarks(row: MapRow, process: int) -> Line:
    """Say where a mapping has no memory behind it, and where else its pages can be seen."""
    also: Line = []
    past: Line = []
    if row.backed_end is not None and row.backed_end < row.end:
        past = [("warn", "past the VMO from "), address(row.backed_end)]
    if row.also:
        other = row.also[0]
        elsewhere = "" if other.process_koid == process else f"in {other.process or 'a process'} "
        rest = len(row.also) - 1
        more = f" and {'many' if rest == MOST_ALSO - 1 else rest} more" if rest else ""
        also = [dim(f"also {elsewhere}at "), address(other.address), dim(more)]
    return [*past, *([plain("  ")] if past and also else []), *also]


# Text -----------------------------------------------------------------------------


def _text_rows(rows: MapRows, end: int, process: int) -> list[TextRow]:
    """Make the rows behind the root as text, up to, not including, row `end`."""
    survey = rows.survey
    regions = [region for region in survey.regions if region.place < end]
    count = end - len(regions)
    # A label for the gap before each mapping; none where the row before is a VMAR.
    depths = survey.depths[:count]
    labels = ["", *_each(_gap_or_none, map(sub, survey.bases[1:count], survey.ends))]
    if len(set(depths)) > 1:
        steps = map(sub, depths[1:], depths)
        labels[1:] = ["" if step else label for label, step in zip(labels[1:], steps, strict=True)]
    befores = [region.place - number for number, region in enumerate(regions)]
    for before in befores:
        labels[before : before + 1] = [""] * (before < count)
    mappings = list(zip(*_text_columns(rows, count, process), strict=True))
    texts: list[TextRow] = []
    at = 0
    for region, before in zip([*regions[1:], None], [*befores[1:], count], strict=True):
        for label, mapping in zip(labels[at:before], mappings[at:before], strict=True):
            if label:
                texts.append(("", label))
            texts.append(mapping)
        at = before
        if region is not None:
            texts.append(_text(_cells(rows[region.place], process)))
    return texts


def _text_columns(rows: MapRows, count: int, process: int) -> list[Sequence[str]]:
    """Make the columns of the first mappings."""
    survey = rows.survey
    sizes, numbers = survey.sizes[:count], survey.numbers[:count]
    whats = [_plain(_what(each.name, each.koid, each.clone_of)) for each in survey.memories]
    return [
        [
            f"{indent}{base:#x}"
            for indent, base in zip(
                _each(_indent, survey.depths[:count]), survey.bases, strict=False
            )
        ],
        [f"{end:#x}" for end in survey.ends[:count]],
        _each(facts.rough, sizes),
        _each(facts.perms, survey.perms[:count]),
        list(map(whats.__getitem__, numbers)),
        [f"{offset:#x}" for offset in survey.offsets[:count]],
        _each(lambda pair: _committed(*pair), zip(survey.counts, sizes, strict=False)),
        _text_remarks(rows, count, process),
    ]


def _text_remarks(rows: MapRows, count: int, process: int) -> list[str]:
    survey = rows.survey
    texts = [""] * count
    limits = [-1 if memory.sharing.overlaps else memory.size for memory in survey.memories]
    windows = zip(survey.numbers[:count], survey.offsets, survey.sizes, strict=False)
    for at, (number, offset, size) in enumerate(windows):
        if offset + size > limits[number]:
            texts[at] = _plain(_remarks(rows.mapping(at), process))
    return texts


def _gap_or_none(size: int) -> str:
    return _gap(size) if size else ""


def _each(make: Callable[[Any], str], values: Any) -> list[str]:
    """Make a text of each value, once for equal ones."""
    values = list(values)
    made = {value: make(value) for value in set(values)}
    return list(map(made.__getitem__, values))


def _text(cells: Sequence[Cell]) -> TextRow:
    return tuple([_plain(cell if isinstance(cell, list) else [cell]) for cell in cells])


def _plain(line: Line) -> str:
    return "".join([text for _, text in line])
