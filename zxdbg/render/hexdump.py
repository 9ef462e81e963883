"""Dumps: bytes with their addresses, borders, and what could not be read."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from zxdbg.render import facts
from zxdbg.render.letters import letter_cells
from zxdbg.render.marks import Marks, cell_line
from zxdbg.render.parts import (
    WINDOW,
    Drawing,
    Line,
    Look,
    append,
    clip,
    dim,
    line_width,
    plain,
    width_of,
)

__all__ = [
    "PLAIN_DUMP",
    "Dump",
    "DumpFormat",
    "DumpLayout",
    "dump_layout",
    "dump_line",
    "equal_rows",
    "hexdump",
    "more_bytes",
]


class DumpFormat(NamedTuple):
    """What bytes are shown as, the same for all that draws a dump.

    Attributes:
        unit: `u8`, `u16`, `u32`, `u64` or `text`.
        group: Units between two wider gaps; None is as many as 8 bytes have, 0 no gaps.
        all: Whether a long dump is drawn whole.
    """

    unit: str = "u8"
    group: int | None = None
    all: bool = False


PLAIN_DUMP = DumpFormat()
_MANY = 32
"""From so many ordinary rows on they are drawn as a block; tables are made for it once."""
_BLOCK = 1024
"""The most rows of a block."""


class Dump(NamedTuple):
    """Bytes that are to be drawn.

    Attributes:
        data: The bytes that were read.
        start: Address of the first one.
        requested: How many were asked for; what was not read is `??`.
        label_at: What lies at an address, for the end of a line.
        boundaries: Addresses before which a line is drawn, with its text.
        marks: The bytes that are marked.
    """

    data: bytes
    start: int
    requested: int
    label_at: Callable[[int], str]
    boundaries: dict[int, str]
    marks: Marks

    @property
    def stop(self) -> int:
        """The first address past what was asked for."""
        return self.start + self.requested

    def border_after(self, at: int) -> int:
        """Return the next address before which a line is drawn; else where it all stops."""
        return min((place for place in self.boundaries if place > at), default=self.stop)

    def borders(self, before: int, at: int, indent: str, look: Look) -> list[Line]:
        """Draw the borders that lie past `before`, and not past `at`."""
        places = sorted(place for place in self.boundaries if before < place <= at)
        texts = [f"{indent}─────────── {self.boundaries[place]} ───────────" for place in places]
        return [[dim(clip(text, look.width))] for text in texts]


class DumpLayout(NamedTuple):
    """How a dump fits a width."""

    indent: str
    per_row: int
    gap: str
    bar: str
    unit: int
    group: int
    digits: int
    letters: bool = True

    @property
    def width(self) -> int:
        """How many columns a full row has, with its letters."""
        per, count = self.per_row, self.per_row // self.unit
        wide = (count - 1) // self.group if self.group else 0
        cells = len(self.gap) + 2 * per + (count - 1) + wide * (len(self.gap) - 1)
        return len(self.indent) + self.digits + cells + 2 + per + 2 * len(self.bar)


_LAYOUTS = (("  ", 16, "  ", "|"), ("", 16, "  ", "|"), ("", 16, " ", ""), ("", 8, " ", "|"))
_GROUPED = (*_LAYOUTS[:2], ("  ", 8, "  ", "|"), _LAYOUTS[-1])


def dump_layout(width: int, digits: int, form: DumpFormat = PLAIN_DUMP) -> DumpLayout:
    """Find the rows that fit a width, with addresses of so many digits."""
    unit = int(form.unit[1:]) // 8
    group = 8 // unit if form.group is None else form.group
    for indent, per, gap, bar in _LAYOUTS if form.group is None else _GROUPED:
        layout = DumpLayout(indent, per, gap, bar, unit, group, digits)
        if layout.width <= width:
            break
    return layout


def hexdump(
    data: bytes,
    start: int,
    requested: int,
    look: Look,
    label_at: Callable[[int], str],
    boundaries: dict[int, str],
    *,
    form: DumpFormat = PLAIN_DUMP,
    changed: Sequence[tuple[int, int]] = (),
) -> Drawing:
    """Draw bytes with their addresses; what was asked for and not read is `??`.

    Rows begin at multiples of their length; units that do not lie at multiples of theirs
    move the rows.

    Args:
        data: The bytes that were read.
        start: Address of the first one.
        requested: How many were asked for.
        look: The surroundings.
        label_at: What lies at an address, for the end of a line.
        boundaries: Addresses before which a line is drawn, with its text.
        form: What the bytes are shown as.
        changed: Ranges of addresses whose bytes are marked, ascending.
    """
    dump = Dump(data, start, requested, label_at, boundaries, Marks(changed))
    most = 1 << 62 if look.everything or form.all else 4 * WINDOW
    if form.unit == "text":
        from zxdbg.render.textdump import textdump

        return [*textdump(dump, look, most)]
    return _unitdump(dump, look, form, most)


def _unitdump(dump: Dump, look: Look, form: DumpFormat, most: int) -> Drawing:
    data, start, stop = dump.data, dump.start, dump.stop
    layout = dump_layout(look.width, len(facts.address(stop)), form)
    per, unit = layout.per_row, layout.unit
    lines: Drawing = []
    low, drawn = start, start - 1
    last_label = ""
    unread = in_blocks = 0
    while low < stop and len(lines) + in_blocks < most:
        lines += dump.borders(drawn, low, layout.indent, look)
        drawn = low
        at = low - (low - start % unit) % per
        edge = dump.border_after(low)
        many = _ordinary(dump, low, edge, layout) if at == low else 0
        many = min(many, most - len(lines) - in_blocks)
        if many >= _MANY:
            from zxdbg.render.rows import rows_of  # what draws few rows does without

            lines.append(rows_of(dump, low, many, last_label, look.width, layout))
            in_blocks += many - 1
            at = low = low + (many - 1) * per
            high = low + per
            row = data[low - start : high - start]
            last_label = dump.label_at(low)
        else:
            high = min(at + per, stop, edge + (start - edge) % unit)
            row = data[low - start : high - start]
            if not row:
                unread += 1
                if unread > 2:
                    left = facts.count(stop - low)
                    lines.append([("unread", f"{layout.indent}… {left} more not read")])
                    return lines
            label = dump.label_at(low)
            line = dump_line(dump, at, low, high, row, layout)
            room = look.width - line_width(line) - 2
            if label and label != last_label and width_of(label) <= room:
                line.append(dim(f"  {label}"))
            last_label = label
            lines.append(line)
        if len(row) == per and at == low:
            limit = dump.marks.edge_after(low, edge)
            same = equal_rows(data, high - start, per) if limit >= high + 2 * per else 0
            same = min(same, (limit - high) // per)
            if same > 1:
                lines.append([dim(f"{layout.indent}*  {same} more lines like it")])
                high += same * per
        low = high
    if low < stop:
        lines.append([dim(layout.indent + more_bytes(stop - low, low))])
    return lines


def _ordinary(dump: Dump, low: int, edge: int, layout: DumpLayout) -> int:
    """Count the rows from `low` on that are full, without marks, and not folded away.

    After the last of them a row may be folded, or not be ordinary; a block has no more.
    """
    if layout.unit != 1 or not layout.bar or dump.marks.touch(low, low + 1):
        return 0
    data, start, per = dump.data, dump.start, layout.per_row
    limit = min(dump.marks.edge_after(low, edge), start + len(data))
    full = (limit - low) // per
    if full < _MANY:
        return 0
    at, equal = low - start, 0
    before = data[at : at + per]
    for number in range(1, min(full, _BLOCK + 1)):
        at += per
        row = data[at : at + per]
        equal = equal + 1 if row == before else 0
        if equal == 2:
            return number - 1
        before = row
    return min(full, _BLOCK)


def more_bytes(left: int, at: int) -> str:
    """Say how much of a dump is left out, and how to see it."""
    return f"… {facts.count(left)} more from {at:#x} on; --all shows them"


def equal_rows(data: bytes, at: int, per: int) -> int:
    """Count the rows from `at` on that equal the row before it."""
    row = data[at - per : at]
    if len(row) < per or data[at : at + per] != row:
        return 0
    count, step = 0, 1
    while True:
        piece = data[at : at + step * per]
        if len(piece) == step * per and piece == row * step:
            count += step
            at += step * per
            step *= 2
        elif step == 1:
            return count
        else:
            step = max(1, step // 2) if step > 1 else 1
            if step == 1 and data[at : at + per] != row:
                return count


_HEX = [f"{byte:02x}" for byte in range(256)]


def dump_line(dump: Dump, at: int, low: int, high: int, row: bytes, layout: DumpLayout) -> Line:
    """Draw a row that begins at `at`, of which `low` to `high` were asked for, `row` read."""
    line: Line = [("address", f"{layout.indent}{at:#0{layout.digits}x}")]
    runs = letter_cells(row)
    marks = dump.marks if dump.marks.touch(low, high) else None
    kinds = [style for style, count, _ in runs for _ in range(count)]
    unit = layout.unit
    before, count = (low - at) // unit, layout.per_row // unit
    if unit == 1:
        texts = [_HEX[byte] for byte in row] + ["??"] * (high - low - len(row))
        styles = kinds + ["unread"] * (high - low - len(row))
    else:
        texts, styles = _units(row, kinds, unit, min(high, dump.stop) - low)
    texts = ["  " * unit] * before + texts
    texts += ["  " * unit] * (count - len(texts))
    styles = [""] * before + styles
    styles += [""] * (count - len(styles))
    marked = []
    if marks:
        edges = range(at, at + layout.per_row, unit)
        marked = [low <= here < low + len(row) and marks.touch(here, here + unit) for here in edges]
    cell_line(line, texts, styles, marked, layout.gap, layout.group, layout.gap)
    if not layout.letters:
        return line
    line.append(plain(" " + layout.bar + " " * (low - at)))
    here = low
    for style, count, text in runs:
        end = here + count
        while here < end:
            edge = marks.edge_after(here, end) if marks and text.isascii() else end
            shown = "changed" if marks and marks.touch(here, edge) else style
            append(line, shown, text[: edge - here])
            text = text[edge - here :]
            here = edge
    append(line, "", " " * (at + layout.per_row - here) + layout.bar)
    return [piece for piece in line if piece[1]]


def _units(row: bytes, kinds: list[str], unit: int, asked: int) -> tuple[list[str], list[str]]:
    """Return the digits and the styles of units; one that was read in part is unread."""
    texts, styles = [], []
    for at in range(0, asked, unit):
        raw = row[at : at + unit]
        if len(raw) < min(unit, asked - at):
            texts.append("??" * unit)
            styles.append("unread")
            continue
        found = set(kinds[at : at + unit])
        texts.append(f"{raw[::-1].hex():>{2 * unit}}")
        styles.append(found.pop() if len(found) == 1 else "byte")
    return texts, styles
