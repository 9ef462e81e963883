"""Hexdumps: bytes with their addresses, borders, and what could not be read."""

from collections.abc import Callable
from typing import NamedTuple

from zxdbg.render import facts
from zxdbg.render.parts import WINDOW, Line, Look, append, clip, dim, line_width, plain

__all__ = ["PLAIN_DUMP", "DumpFormat", "hexdump"]


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
        used = len(layout.indent) + digits + len(layout.gap) + 2 + hexes
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
                border = f"{layout.indent}─────────── {text} ───────────"
                lines.append([("dim", clip(border, look.width))])
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
            append(line, "", f"{gap}  ")
            append(letters, "", " ")
        elif here - low < len(row):
            byte = row[here - low]
            printable = 0x20 <= byte < 0x7F
            style = "zero" if byte == 0 else "text" if printable else "byte"
            append(line, style, f"{gap}{byte:02x}")
            append(letters, style, chr(byte) if printable else ".")
        else:
            append(line, "unread", f"{gap}??")
            append(letters, "", " ")
    line += [plain("  " + layout.bar), *letters, plain(layout.bar)]
    room = look.width - line_width(line) - 2
    if label and room >= 8:
        line.append(dim("  " + clip(label, room)))
    return [piece for piece in line if piece[1]]
