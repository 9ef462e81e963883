"""Shared parts: how an address, a status, a table look, everywhere.

A line is a list of (style, text) pieces; styles are names of `theme.py`. Nothing here
knows about terminals.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from zxdbg.kernel.status import Status
from zxdbg.render import facts
from zxdbg.render.cells import clip, head_of, visible, width_of
from zxdbg.render.textrows import TextBlock, TextRow, TextRows

__all__ = [
    "Block",
    "Cell",
    "Drawing",
    "Line",
    "Look",
    "Paint",
    "Piece",
    "address",
    "append",
    "clip",
    "clip_line",
    "dim",
    "fold",
    "handle",
    "koid",
    "line_width",
    "long_table",
    "more_rows",
    "name",
    "note",
    "perms",
    "plain",
    "status",
    "styled",
    "table",
    "trimmed",
    "visible",
    "width_of",
    "window",
    "wrap",
]

Piece = tuple[str, str]
Line = list[Piece]
Cell = Piece | Line
Paint = tuple[str, str]
"""What a style writes before and after a text."""


class Block(Protocol):
    """Many lines that are composed at once, where each on its own would be slow."""

    @property
    def height(self) -> int:
        """How many lines there are, which `lines` draws."""

    def lines(self) -> list[Line]:
        """Draw each line on its own; it looks the same."""

    def compose(self, paints: Mapping[str, Paint], fit: Callable[[str], str]) -> str:
        """Compose the text of all lines, where `fit` makes any text fit for the stream."""


Drawing = list[Line | Block]

_BLANK = re.compile(r" (?!·(?: |$))")
WINDOW = 32
"""Rows of a long table that are shown."""


class Look(NamedTuple):
    """What drawing needs to know of its surroundings.

    Attributes:
        width: Columns.
        labels: Names that mean handles.
        everything: Whether long tables are shown whole.
        color: Whether somebody may see colours of a line that no screen remembers any more.
    """

    width: int
    labels: dict[int, str]
    everything: bool = False
    color: bool = True


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


def styled(drawing: Iterable[Line | Block]) -> list[Line]:
    """Return each line of a drawing on its own."""
    lines: list[Line] = []
    for each in drawing:
        lines += [each] if isinstance(each, list) else each.lines()
    return lines


def line_width(line: Iterable[Piece]) -> int:
    """Measure a line in columns."""
    width = 0
    for _, text in line:
        width += len(text) if text.isascii() and text.isprintable() else width_of(text)
    return width


def trimmed(line: Line) -> Line:
    """Return a line without the blanks at its end."""
    while line and not line[-1][1].rstrip(" "):
        line = line[:-1]
    if line and line[-1][1][-1] == " ":
        style, text = line[-1]
        line = [*line[:-1], (style, text.rstrip(" "))]
    return line


def clip_line(line: Line, width: int) -> Line:
    """Cut a line to a width, with an ellipsis where something is left out."""
    if line_width(line) > width:
        line = trimmed(line)
    if line_width(line) <= width:
        return line
    cut: Line = []
    left = width
    for style, text in line:
        size = width_of(text)
        if size >= left:
            cut.append((style, head_of(text, left - 1) + "…"))
            break
        cut.append((style, text))
        left -= size
    return cut


def fold(line: Line, look: Look, indent: int = 2) -> list[Line]:
    """Break a line that is too wide between its pieces, and go on below with an indent.

    A title, which is dim and ends in a blank, stays with the piece behind it.
    """
    if line_width(line) <= look.width:
        return [line]
    lines: list[Line] = [[]]
    used = 0
    held: Line = []
    for at, (style, text) in enumerate(line):
        held.append((style, text))
        if style == "dim" and text.endswith(" ") and at < len(line) - 1:
            continue
        width = line_width(held)
        if used + width - width_of(text) + width_of(text.rstrip()) > look.width and used > indent:
            lines.append([plain(" " * indent)])
            held[0] = (held[0][0], held[0][1].lstrip())
            used, width = indent, line_width(held)
        lines[-1] += held
        used += width
        held = []
    return [clip_line(each, look.width) for each in lines]


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Break text at blanks, but not before a dot that divides what is listed.

    A word that is longer than a line is broken where it must be.
    """
    lines = []
    line = first
    empty = True
    for word in _BLANK.split(text):
        gap = 0 if empty else 1
        if not empty and width_of(line) + gap + width_of(word) > width:
            lines.append(line)
            line, empty, gap = rest, True, 0
        while width_of(line) + width_of(word) > width and width - width_of(line) > 8:
            piece = head_of(word, width - width_of(line))
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
    cut: bool = True,
) -> list[Line]:
    """Draw a table without boxes. `align` has an `r` for each column set to the right.

    The last cell of a row that has fewer cells than there are columns runs on over the
    rest. Where the table would be too wide its last column is cut, unless `cut` forbids
    that, then columns from the right are folded into a second line of the row.
    """
    return styled(long_table(header, rows, look, (), align=align, indent=indent, cut=cut))


def long_table(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    look: Look,
    above: Sequence[TextRow],
    *,
    align: str = "",
    indent: int = 2,
    cut: bool = True,
) -> Drawing:
    """Draw a table as `table` does; rows `above` the others have no styles, and cost little."""
    whole = [[_pieces(cell) for cell in row] for row in rows]
    heads = 1 if any(header) else 0
    if heads:
        whole.insert(0, [[("dim", title)] for title in header])
    count = len(header)
    sizes = [[line_width(cell) for cell in row] for row in whole]
    texts = TextRows(above, count)
    widths = list(map(max, _widths(sizes, count), texts.widths))
    room = look.width - indent
    keep = count
    while keep > 2 and sum(widths[:keep]) + 2 * (keep - 1) > room:
        spare = room - sum(widths[: keep - 1]) - 2 * (keep - 1)
        if cut and spare >= 12 and keep == count:
            widths[keep - 1] = spare
            break
        keep -= 1
    rights = [align[at : at + 1] == "r" for at in range(keep)]
    columns = list(zip(widths, rights, strict=False))
    set_above = texts.set(columns, indent, room) if above else []
    if set_above is None:
        rows = [*([plain(text) for text in row] for row in above), *rows]
        return long_table(header, rows, look, (), align=align, indent=indent, cut=cut)
    lines: Drawing = []
    for number, (row, measured) in enumerate(zip(whole, sizes, strict=True)):
        lines.append(_table_line(row, measured, columns, indent, room))
        if keep < count == len(row) and number >= heads:
            lines += _rest(header[keep:], row[keep:], indent, look)
    if keep < count:
        set_above = _folded(set_above, above, header, keep, indent, look)
    if set_above:
        lines.insert(heads, TextBlock(set_above))
    return lines


def _folded(
    texts: Sequence[str],
    rows: Sequence[TextRow],
    header: Sequence[str],
    keep: int,
    indent: int,
    look: Look,
) -> list[str]:
    """Put a second line below rows of text, with the cells for which there is no room."""
    folded: list[str] = []
    for text, cells in zip(texts, rows, strict=True):
        folded.append(text)
        if len(cells) == len(header):
            rest = ""
            for title, cell in zip(header[keep:], cells[keep:], strict=True):
                if cell:
                    rest += f"{'  ' if rest else ''}{title} {cell}" if title else f"  {cell}"
            if rest:
                folded.append(clip(" " * (indent + 4) + rest, look.width).rstrip(" "))
    return folded


def _rest(header: Sequence[str], row: Sequence[Line], indent: int, look: Look) -> list[Line]:
    """Draw the cells for which there is no room in a second line, if anything is in them."""
    rest: Line = []
    for title, cell in zip(header, row, strict=True):
        if line_width(cell):
            rest += [("dim", f"{'  ' if rest else ''}{title} ")] if title else [plain("  ")]
            rest += cell
    return [clip_line([plain(" " * (indent + 4)), *rest], look.width)] if rest else []


def _widths(sizes: Sequence[Sequence[int]], count: int) -> list[int]:
    """Say how wide columns must be; the last cell of a short row runs on, and does not count."""
    widths = [0] * count
    for row in sizes:
        for at, size in enumerate(row if len(row) == count else row[:-1]):
            if size > widths[at]:
                widths[at] = size
    return widths


def _table_line(
    row: list[Line],
    sizes: list[int],
    columns: list[tuple[int, bool]],
    indent: int,
    room: int,
) -> Line:
    """Set the cells of a row beside each other, as many as there are columns for."""
    line: Line = [("", " " * indent)]
    used = 0
    last = min(len(row), len(columns)) - 1
    gap = ""
    for at, (cell, size, (width, right)) in enumerate(zip(row, sizes, columns, strict=False)):
        used += len(gap)
        pad = width - size
        limit = room - used if at == last else width
        if size > limit:
            cell = clip_line(cell, limit)
            size = line_width(cell)
        if right:
            if pad > 0 and used + pad < room:
                line.append(("", gap + " " * pad))
                used += pad
            elif gap:
                line.append(("", gap))
            line += cell
        else:
            if gap:
                line.append(("", gap))
            line += cell
            if pad > 0 and at != last:
                line.append(("", " " * pad))
                used += pad
        used += size
        gap = "  "
    return [piece for piece in line if piece[1]]


def window(count: int, look: Look) -> tuple[int, int]:
    """Return how many rows to show first, and how many are left out."""
    shown = count if look.everything or count <= WINDOW + 4 else WINDOW
    return shown, count - shown


def more_rows(left: int, how: str) -> list[Line]:
    """Say how many rows are left out, and how to see them; nothing if none are."""
    return [[dim(f"  … {left} more rows; {how}")]] if left else []


def append(line: Line, style: str, text: str) -> None:
    """Append a piece to a line, joined with the one before it if that looks the same."""
    if line and line[-1][0] == style:
        line[-1] = (style, line[-1][1] + text)
    else:
        line.append((style, text))
