"""Many ordinary rows of a dump, composed at once as the text that a stream takes.

An ordinary row is full, was read whole and has no mark. What it looks like depends on its
bytes alone: a cell is a ready string, found by the byte and by the kind of the byte before
it, since a style is written only where it changes. So a whole column of cells is found at
once. `lines` draws the same rows as any others are drawn; both give the same text.
"""

import re
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from zxdbg.render.hexdump import Dump, DumpLayout, dump_line
from zxdbg.render.letters import SEQUENCE, letter_of
from zxdbg.render.marks import Marks
from zxdbg.render.parts import Line, Paint, dim, width_of

__all__ = ["Rows", "rows_of"]

_KINDS = ("zero", "text", "byte")
_TEXT = 1
_NONE = 3
"""The kind of what is before the first cell."""
_KIND_OF = bytes([0] + [_TEXT if 0x20 <= byte <= 0x7E else 2 for byte in range(1, 256)])
_SOME_LETTER = ord("a")
"""A byte whose cells begin like those of longer characters."""
_SEQUENCE = re.compile(SEQUENCE)


class Rows(NamedTuple):
    """Ordinary rows, one below the other.

    Attributes:
        data: Their bytes.
        start: Address of the first one.
        labels: What each row ends with.
        layout: How they fit the screen; units are bytes, and there are bars.
    """

    data: bytes
    start: int
    labels: list[str]
    layout: DumpLayout

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.labels)

    def lines(self) -> list[Line]:
        """Draw each row on its own."""
        per, lines = self.layout.per_row, []
        dump = Dump(self.data, self.start, len(self.data), lambda at: "", {}, Marks())
        for at, label in zip(range(0, len(self.data), per), self.labels, strict=True):
            low, row = self.start + at, self.data[at : at + per]
            line = dump_line(dump, low, low, low + per, row, self.layout)
            lines.append([*line, dim(label)] if label else line)
        return lines

    def compose(self, paints: Mapping[str, Paint], fit: Callable[[str], str]) -> str:
        """Compose the text of all rows: `fit` makes the text of names and characters fit."""
        layout, per, data = self.layout, self.layout.per_row, self.data
        styles = tuple(paints[kind] for kind in _KINDS)
        wide = _wide(data, per)
        kinds = bytearray(data.translate(_KIND_OF))
        for at, size, _ in wide:
            kinds[at : at + size] = bytes([_TEXT]) * size
        before = bytearray([_NONE]) + kinds[:-1]
        before[::per] = bytes([_NONE]) * self.height
        pairs = bytearray(2 * len(data))  # little-endian numbers: kind before * 256 + byte
        pairs[::2], pairs[1::2] = data, before
        keys = struct.unpack(f"<{len(data)}H", pairs)
        last_kinds = kinds[per - 1 :: per]

        first, last = paints["address"]
        head = f"{first}{layout.indent}0x%0{layout.digits - 2}x{last}"
        middles = [f"{after}  {layout.bar}" for _, after in styles]
        ends = [f"{after}{layout.bar}" for _, after in styles]
        labels = self._painted_labels(paints["dim"], fit)
        gaps = [layout.gap if _is_wider(layout, column) else " " for column in range(per)]
        digits = [_digits(styles, gap) for gap in gaps]
        letters = _letters(styles)

        step = 2 * per + 3
        slots = [""] * (step * self.height)  # of each row: head, digits, middle, letters, end
        slots[::step] = [head % at for at in range(self.start, self.start + len(data), per)]
        for column, table in enumerate(digits):
            cells = keys[column::per]
            slots[1 + column :: step] = [table[key] for key in cells]
            slots[2 + per + column :: step] = [letters[key] for key in cells]
        slots[1 + per :: step] = [middles[kind] for kind in last_kinds]
        slots[step - 1 :: step] = [
            f"{ends[kind]}{label}\n" for kind, label in zip(last_kinds, labels, strict=True)
        ]
        fitted = {letter: fit(letter) for letter in {letter for _, _, letter in wide}}
        for at, size, letter in wide:  # its first column has the letter, the others nothing
            shown = fitted[letter]
            for place in range(at, at + size):
                row, column = divmod(place, per)
                slot, like = row * step + 1 + column, before[place] << 8 | _SOME_LETTER
                slots[slot] = f"{digits[column][like][:-2]}{data[place]:02x}"
                slots[slot + per + 1] = letters[like][:-1] + (shown if place == at else "")
        return "".join(slots)[:-1]

    def _painted_labels(self, paint: Paint, fit: Callable[[str], str]) -> list[str]:
        before, after = paint
        whole = "".join(self.labels)
        if not (whole.isascii() and whole.isprintable()):
            return [f"{before}{fit(label)}{after}" if label else "" for label in self.labels]
        return [f"{before}{label}{after}" if label else "" for label in self.labels]


def rows_of(
    dump: Dump, low: int, count: int, last_label: str, width: int, layout: DumpLayout
) -> Rows:
    """Take so many ordinary rows of a dump; labels are shown where they change, and fit."""
    stop = low + count * layout.per_row
    labels = [last_label, *map(dump.label_at, range(low, stop, layout.per_row))]
    room = width - layout.width - 2
    shown = [
        f"  {label}" if label and label != before and width_of(label) <= room else ""
        for before, label in pairwise(labels)
    ]
    return Rows(dump.data[low - dump.start : stop - dump.start], low, shown, layout)


def _wide(data: bytes, per: int) -> list[tuple[int, int, str]]:
    """List the characters of several bytes that no row's end cuts: where, bytes, as shown."""
    found = []
    for match in _SEQUENCE.finditer(data):
        at, end = match.span()
        shown = letter_of(match.group()) if at // per == (end - 1) // per else ""
        if shown:
            found.append((at, end - at, shown))
    return found


def _is_wider(layout: DumpLayout, column: int) -> bool:
    """Whether the gap before a cell is a wide one."""
    return column == 0 or (layout.group > 0 and column % layout.group == 0)


def _cells(styles: tuple[Paint, ...], shown: list[str]) -> list[str]:
    """Write each byte behind each kind; the index is that kind * 256 + the byte."""
    cells = []
    for before in range(_NONE + 1):
        ending = "" if before == _NONE else styles[before][1]
        changes = ["" if kind == before else ending + styles[kind][0] for kind in range(_NONE)]
        cells += [changes[_KIND_OF[byte]] + shown[byte] for byte in range(256)]
    return cells


@lru_cache(maxsize=16)
def _digits(styles: tuple[Paint, ...], gap: str) -> list[str]:
    return _cells(styles, [f"{gap}{byte:02x}" for byte in range(256)])


@lru_cache(maxsize=16)
def _letters(styles: tuple[Paint, ...]) -> list[str]:
    return _cells(styles, [chr(byte) if 0x20 <= byte <= 0x7E else "." for byte in range(256)])
