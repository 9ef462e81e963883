"""Rows of a table that are text only: set into columns without a look at each cell.

For the most part of a very long table that nobody sees in colour. It is measured a column
at a time, and a row is one format. Where a cell is not as wide as it has characters, or has
to be cut, that would be wrong: then the table draws these rows as it does all others.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import ge
from typing import Any

from zxdbg.render.cells import NARROW, is_narrow

__all__ = ["TextBlock", "TextRow", "TextRows"]

TextRow = tuple[str, ...]


class TextBlock:
    """Lines of text whose characters take a column each, for a screen without colour."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    @property
    def height(self) -> int:
        """How many lines there are."""
        return len(self.texts)

    def lines(self) -> list[list[tuple[str, str]]]:
        """Draw each line on its own."""
        return [[("", text)] for text in self.texts]

    def compose(self, paints: Mapping[str, Any], fit: Callable[[str], str]) -> str:
        """Compose the text of all lines; `fit` is asked once for all characters that may differ."""
        fitted = fit(NARROW)
        whole = "\n".join(self.texts)
        return whole if fitted == NARROW else whole.translate(str.maketrans(NARROW, fitted))


class TextRows:
    """Rows of text; as with every table the last cell of a short row runs on.

    Attributes:
        widths: How wide each column must be.
    """

    def __init__(self, rows: Sequence[TextRow], count: int) -> None:
        self.rows = rows
        self.widths = [0] * count
        self._narrow = is_narrow("".join(chain.from_iterable(rows)))
        self._longest: dict[int, int] = {}
        """The longest cell that runs on, by the number of cells."""
        for length in set(map(len, rows)):
            columns = zip(*[row for row in rows if len(row) == length], strict=True)
            widths = [max(map(len, column)) for column in columns]
            if length < count:
                self._longest[length] = widths.pop()
            for at, width in enumerate(widths):
                self.widths[at] = max(self.widths[at], width)

    def set(self, columns: Sequence[tuple[int, bool]], indent: int, room: int) -> list[str] | None:
        """Set the rows, given how wide columns are and which are set right.

        None says that one of them has to be drawn in another way.
        """
        keep = len(columns)
        widths = [width for width, _ in columns]
        fits = all(map(ge, widths, self.widths)) and sum(widths) + 2 * (keep - 1) <= room
        for length, longest in self._longest.items():
            if length <= keep:
                fits = fits and sum(widths[: length - 1]) + 2 * (length - 1) + longest <= room
        if not (self._narrow and fits):
            return None
        cells = [f"%{width}s" if right else f"%-{width}s" for width, right in columns]
        formats = {
            length: " " * indent + "  ".join(cells[:length]) for length in set(map(len, self.rows))
        }
        return [(formats[len(row)] % row[:keep]).rstrip(" ") for row in self.rows]
