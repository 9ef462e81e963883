"""Rulers: stretches of addresses side by side, and how far a transfer got."""

from collections.abc import Sequence
from typing import NamedTuple

from zxdbg.render import facts
from zxdbg.render.parts import Cell, Line, Look, address, plain, table, width_of

__all__ = ["Stretch", "ruler"]


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
