"""Shared parts: how an address, a status, a table, a hexdump look, everywhere.

A line is a list of (style, text) pieces; styles are names of `theme.py`. Nothing here
knows about terminals.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from zxdbg.kernel.status import Status
from zxdbg.render import facts

__all__ = [
    "Cell",
    "Line",
    "Look",
    "Piece",
    "address",
    "clip",
    "dim",
    "handle",
    "hexdump",
    "koid",
    "name",
    "note",
    "perms",
    "plain",
    "status",
    "table",
    "visible",
    "width_of",
    "wrap",
]

Piece = tuple[str, str]
Line = list[Piece]
Cell = Piece | Line

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
WINDOW = 32
"""Rows of a long table that are shown."""


class Look(NamedTuple):
    """What drawing needs to know of its surroundings.

    Attributes:
        width: Columns.
        labels: Names that mean handles.
        everything: Whether long tables are shown whole.
    """

    width: int
    labels: dict[int, str]
    everything: bool = False


def plain(text: str) -> Piece:
    """Return text without a meaning."""
    return ("", text)


def dim(text: str) -> Piece:
    """Return text that is there for those who look for it."""
    return ("dim", text)


def address(value: int) -> Piece:
    """Show an address."""
    return ("address", facts.address(value))


def handle(value: int) -> Piece:
    """Show a handle value."""
    return ("handle", f"{value:#x}")


def koid(value: int) -> Piece:
    """Show a koid."""
    return ("koid", str(value))


def name(text: str) -> Piece:
    """Show the name of an object."""
    return ("name", text)


def perms(text: str) -> Line:
    """Show permissions, a letter or a dash for each."""
    return [(f"perm.{letter}" if letter != "-" else "dim", letter) for letter in text]


def status(value: Status, *, number: bool = False) -> Piece:
    """Show a status, with its number where that is of use."""
    label = f"{value.label} ({int(value)})" if number and value else value.label
    return ("refused" if value else "ok", label)


def visible(text: str) -> str:
    """Show control and other unprintable characters escaped."""
    if _PLAIN.match(text) or text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def width_of(text: str) -> int:
    """Measure text in columns of a terminal, as it will be shown."""
    if text.isascii():
        return len(text) if text.isprintable() else len(visible(text))
    from rich.cells import cell_len

    return cell_len(visible(text))


def line_width(line: Iterable[Piece]) -> int:
    """Measure a line in columns."""
    return sum(width_of(text) for _, text in line)


def clip(text: str, width: int) -> str:
    """Cut text to a width, with an ellipsis where something is left out."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def clip_line(line: Line, width: int) -> Line:
    """Cut a line to a width."""
    if line_width(line) <= width:
        return line
    cut: Line = []
    left = width
    for style, text in line:
        if width_of(text) >= left:
            cut.append((style, clip(text, left) if width_of(text) > left else text))
            left -= width_of(cut[-1][1])
            if left <= 0:
                break
            continue
        cut.append((style, text))
        left -= width_of(text)
    return cut


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Break text at blanks; a word that is longer than a line is broken where it must be."""
    lines = []
    line = first
    empty = True
    for word in text.split(" "):
        gap = 0 if empty else 1
        if not empty and width_of(line) + gap + width_of(word) > width:
            lines.append(line)
            line, empty, gap = rest, True, 0
        while width_of(line) + width_of(word) > width and width - width_of(line) > 8:
            room = width - width_of(line)
            piece = word[:room]
            while width_of(piece) > room:
                piece = piece[:-1]
            lines.append(line + piece)
            word, line = word[len(piece) :], rest
            empty, gap = True, 0
        line += " " * gap + word
        empty = False
    lines.append(line)
    return lines


def note(term: str, text: str, look: Look, style: str = "", column: int = 9) -> list[Line]:
    """Draw a term and what there is to say about it, wrapped under itself."""
    head = f"  {term:<{column}}"
    wrapped = wrap(text, look.width, head, " " * len(head))
    lines: list[Line] = [[("dim", head), (style, wrapped[0][len(head) :])]]
    lines += [[(style, line)] for line in wrapped[1:]]
    return lines


def _pieces(cell: Cell) -> Line:
    return cell if isinstance(cell, list) else [cell]


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    look: Look,
    *,
    align: str = "",
    indent: int = 2,
) -> list[Line]:
    """Draw a table without boxes. `align` has an `r` for each column set to the right.

    The last cell of a row that has fewer cells than there are columns runs on over the
    rest. Where the table would be too wide its last column is cut, then columns from the right are
    folded into a second line of the row.
    """
    cells = [[_pieces(cell) for cell in row] for row in rows]
    heads: list[list[Line]] = [[[("dim", title)] for title in header]] if any(header) else []
    count = len(header)
    widths = [0] * count
    for row in heads + cells:
        for at, cell in enumerate(row if len(row) == count else row[:-1]):
            widths[at] = max(widths[at], line_width(cell))
    room = look.width - indent
    keep = count
    while keep > 2 and sum(widths[:keep]) + 2 * (keep - 1) > room:
        spare = room - sum(widths[: keep - 1]) - 2 * (keep - 1)
        if spare >= 12 and keep == count:
            widths[keep - 1] = spare
            break
        keep -= 1
    lines = []
    for row in heads + cells:
        lines.append(_table_line(row[:keep], widths[:keep], align, indent, room))
        if keep < count == len(row) and (row is not heads[0] if heads else True):
            rest: Line = []
            for title, cell in zip(header[keep:], row[keep:], strict=True):
                if line_width(cell):
                    rest += [("dim", f"{'  ' if rest else ''}{title} ")] if title else [plain("  ")]
                    rest += cell
            if rest:
                lines.append(clip_line([plain(" " * (indent + 4)), *rest], look.width))
    return lines


def _table_line(row: list[Line], widths: list[int], align: str, indent: int, room: int) -> Line:
    line: Line = [plain(" " * indent)]
    for at, cell in enumerate(row):
        pad = " " * max(0, widths[at] - line_width(cell))
        gap = "  " if at else ""
        if align[at : at + 1] == "r":
            line += [plain(gap + pad), *cell]
        else:
            last = at == len(row) - 1
            used = line_width(line) + len(gap) - indent
            line += [plain(gap), *clip_line(cell, room - used if last else widths[at])]
            if not last:
                line.append(plain(pad))
    return [piece for piece in line if piece[1]]


def window(count: int, look: Look) -> tuple[int, int]:
    """Return how many rows to show first, and how many are left out."""
    shown = count if look.everything or count <= WINDOW + 4 else WINDOW
    return shown, count - shown


# Hexdump --------------------------------------------------------------------------


class DumpLayout(NamedTuple):
    """How a hexdump fits a width."""

    indent: str
    per_row: int
    gap: str
    bar: str


def _layout(width: int, digits: int) -> DumpLayout:
    for layout in (
        DumpLayout("  ", 16, "  ", "|"),
        DumpLayout("", 16, "  ", "|"),
        DumpLayout("", 16, " ", ""),
    ):
        hexes = 15 * 3 + 2 + len(layout.gap) - 1
        used = len(layout.indent) + digits + len(layout.gap) * 2 + hexes
        if used + 16 + 2 * len(layout.bar) <= width:
            return layout
    return DumpLayout("", 8, " ", "|")


def hexdump(
    data: bytes,
    start: int,
    requested: int,
    look: Look,
    label_at: Callable[[int], str],
    boundaries: dict[int, str],
) -> list[Line]:
    """Draw bytes with their addresses; what was asked for and not read is `??`.

    Args:
        data: The bytes that were read.
        start: Address of the first one.
        requested: How many were asked for.
        look: The surroundings.
        label_at: What lies at an address, for the end of a line.
        boundaries: Addresses before which a line is drawn, with its text.
    """
    stop = start + requested
    digits = len(facts.address(stop))
    layout = _layout(look.width, digits)
    per = layout.per_row
    most = 1 << 30 if look.everything else 4 * WINDOW
    lines: list[Line] = []
    at = start - start % per
    last_label = None
    unread = 0
    while at < stop and len(lines) < most:
        for place in sorted(boundaries):
            if at <= place < at + per and place >= start:
                text = boundaries[place]
                lines.append([("dim", f"{layout.indent}─────────── {text} ───────────")])
        low, high = max(at, start), min(at + per, stop)
        row = data[low - start : high - start]
        if not row:
            unread += 1
            if unread > 2:
                left = stop - at
                lines.append([("unread", f"{layout.indent}… {facts.count(left)} more not read")])
                return lines
        label = label_at(low)
        shown = label if label != last_label else ""
        last_label = label
        lines.append(_dump_line(at, low, high, row, layout, digits, shown, look))
        same = _equal_rows(data, at + per - start, per) if len(row) == per else 0
        same = min(
            same, max(0, (min((b for b in boundaries if b > at), default=stop) - at) // per - 1)
        )
        if same > 1:
            lines.append([("dim", f"{layout.indent}*  {same} more lines like it")])
            at += same * per
        at += per
    if at < stop:
        left = stop - at
        lines.append([("dim", f"{layout.indent}… {facts.count(left)} more from {at:#x} on")])
    return lines


def _equal_rows(data: bytes, at: int, per: int) -> int:
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


def _dump_line(
    at: int,
    low: int,
    high: int,
    row: bytes,
    layout: DumpLayout,
    digits: int,
    label: str,
    look: Look,
) -> Line:
    line: Line = [("address", f"{layout.indent}{at:#0{digits}x}"), plain(layout.gap)]
    letters: Line = []
    for step in range(layout.per_row):
        here = at + step
        gap = "" if step == 0 else layout.gap if step == 8 else " "
        if not low <= here < high:
            _add(line, "", f"{gap}  ")
            _add(letters, "", " ")
        elif here - low < len(row):
            byte = row[here - low]
            printable = 0x20 <= byte < 0x7F
            style = "zero" if byte == 0 else "text" if printable else "byte"
            _add(line, style, f"{gap}{byte:02x}")
            _add(letters, style, chr(byte) if printable else ".")
        else:
            _add(line, "unread", f"{gap}??")
            _add(letters, "", " ")
    line += [plain(layout.gap + layout.bar), *letters, plain(layout.bar)]
    room = look.width - line_width(line) - 2
    if label and room >= 8:
        line.append(dim("  " + clip(label, room)))
    return [piece for piece in line if piece[1]]


def _add(line: Line, style: str, text: str) -> None:
    """Append a piece, joined with the one before it if that looks the same."""
    if line and line[-1][0] == style:
        line[-1] = (style, line[-1][1] + text)
    else:
        line.append((style, text))


# Ruler ----------------------------------------------------------------------------


class Stretch(NamedTuple):
    """A part of a ruler."""

    start: int
    end: int
    moved: bool
    label: str


def ruler(stretches: Sequence[Stretch], look: Look) -> list[Line]:
    """Draw stretches of addresses side by side; under each other where that is too wide."""
    texts = [(facts.address(s.start), str(s.end - s.start), s.label) for s in stretches]
    widths = [
        max(len(start) + 2, len(count) + 6, width_of(label) + 2) for start, count, label in texts
    ]
    last = facts.address(stretches[-1].end)
    total = sum(widths) + len(widths) + 1
    room = min(look.width, 76) - 2 - len(last)
    if total > look.width - 2 - len(last):
        return _ruler_as_list(stretches, look)
    spare = room - total
    sizes = [(s.end - s.start).bit_length() for s in stretches]
    if spare > 0:
        widths = [w + spare * size // sum(sizes) for w, size in zip(widths, sizes, strict=True)]
    top: Line = [plain("  ")]
    edge = "  ├"
    bars: Line = [plain("  │")]
    under: Line = [plain("  │")]
    for at, (stretch, (start, count, label), width) in enumerate(
        zip(stretches, texts, widths, strict=True)
    ):
        top.append(("address", start.ljust(width + 1)))
        edge += "─" * width + ("┤" if at == len(stretches) - 1 else "┼")
        mark, style = ("█", "moved") if stretch.moved else ("░", "unmoved")
        bars += [(style, f" {count} ".center(width, mark)), plain("│")]
        under += [plain(" " + label + " " * (width - 1 - width_of(label))), plain("│")]
    top.append(("address", last))
    return [top, [("dim", edge)], bars, under]


def _ruler_as_list(stretches: Sequence[Stretch], look: Look) -> list[Line]:
    rows: list[list[Cell]] = []
    for stretch in stretches:
        mark, style = ("█ moved", "moved") if stretch.moved else ("░ not moved", "unmoved")
        rows.append(
            [
                address(stretch.start),
                plain(facts.count(stretch.end - stretch.start)),
                (style, mark),
                plain(stretch.label),
            ]
        )
    return table(["", "", "", ""], rows, look, align="lrll")
