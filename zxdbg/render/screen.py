"""The way out: lines become text on a stream, with colours through rich or without.

rich is imported only when something is drawn in colour. No control character of a name
or of data reaches the stream: here, in one place, it is shown escaped.
"""

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import NamedTuple, TextIO

from zxdbg.render.cells import is_narrow, letters, visible
from zxdbg.render.parts import Block, Line, Paint, styled, trimmed

__all__ = ["Drawn", "Screen", "open_screen", "terminal_width", "wants_color"]

KEPT = 2000
"""Lines that a screen remembers, for export."""
_LEAST_WIDTH = 60
_ASCII = str.maketrans(
    "─│├┤┼·…✓✗×←→↑↓╌╎┊█░▒▓▁▂▃▄▅▆▇▏▎▍▌▋▊▉",
    "-|+++.~v!x<>^v-::#.:#_.--==#||||###",
)

_UNPAINTED: dict[str, Paint] = defaultdict(lambda: ("", ""))


def wants_color(choice: str, stream: TextIO) -> bool:
    """Decide on colour: the option first, then NO_COLOR and FORCE_COLOR, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def terminal_width(stream: TextIO) -> int:
    """Return the columns of the terminal, or 80 where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) >= _LEAST_WIDTH:
        return int(columns)
    try:
        return max(_LEAST_WIDTH, os.get_terminal_size(stream.fileno()).columns)
    except (OSError, ValueError):
        return 80


class Drawn(NamedTuple):
    """A line that was drawn; `begins` where a command stands in it."""

    line: Line
    begins: bool


class Screen:
    """Where lines are drawn.

    Args:
        stream: Text stream that takes the output.
        width: Columns.
        color: Whether to colour.
        ascii_only: Whether to use ASCII only: the drawing characters have substitutes there,
            any other character is as many question marks as it has columns.

    Attributes:
        theme: Name of the theme; what is drawn from now on looks like it.
        around: Who writes lines, if something lies over the screen: is given what does it.
    """

    def __init__(
        self, stream: TextIO, width: int, *, color: bool = False, ascii_only: bool = False
    ) -> None:
        self.stream = stream
        self.width = width
        self.color = color
        self.ascii_only = ascii_only
        self.theme = "dark"
        self._paints: dict[str, dict[str, Paint]] = {}
        self._kept: deque[tuple[Line | Block, bool]] = deque()
        self._held = self._dropped = 0
        self.around: Callable[[Callable[[], None]], None] | None = None

    @property
    def drawn(self) -> list[Drawn]:
        """The last lines that were drawn."""
        kept = [Drawn(line, begins) for each, begins in self._kept for line in styled([each])]
        return kept[-KEPT:]

    @property
    def forgotten(self) -> int:
        """How many lines were drawn before those."""
        return self._dropped + max(0, self._held - KEPT)

    def print(self, lines: Iterable[Line | Block]) -> None:
        """Write lines."""
        lines = list(lines)
        self.note(lines)
        if self.around is None:
            self._write(lines)
        else:
            self.around(lambda: self._write(lines))

    def echo(self, line: Line) -> None:
        """Write the line of a command."""
        self.print([line])
        self._kept[-1] = (line, True)

    def note(self, lines: Iterable[Line | Block], *, begins: bool = False) -> None:
        """Remember lines that are drawn, here or by somebody else."""
        for line in lines:
            self._kept.append((line, begins))
            self._held += _height(line)
            while self._held - _height(self._kept[0][0]) >= KEPT:
                least = _height(self._kept.popleft()[0])
                self._held -= least
                self._dropped += least

    def _write(self, lines: Iterable[Line | Block]) -> None:
        for line in lines:
            self.stream.write(self.compose(line) + "\n")

    def compose(self, line: Line | Block) -> str:
        """Make a line, or a block of them, fit for the stream, in colour or without."""
        if not isinstance(line, list):
            return line.compose(self._brushes() if self.color else _UNPAINTED, self.text)
        if self.color:
            paints = self._brushes()
            line = trimmed(line)
            text = "".join([piece[1] for piece in line])
            if is_narrow(text) and not (self.ascii_only and not text.isascii()):
                # so is each piece, and fit as it is
                painted = [(paints[name], text) for name, text in line if text]
                return "".join([f"{before}{text}{after}" for (before, after), text in painted])
            return "".join([self._paint(paints, *piece) for piece in line])
        text = "".join([piece[1] for piece in line])
        if is_narrow(text):
            return (self._in_ascii(text) if self.ascii_only else text).rstrip(" ")
        # a mark joins no letter of another piece
        return self.text("".join([visible(piece[1]) for piece in line])).rstrip(" ")

    def _brushes(self) -> dict[str, Paint]:
        """Return what each style of the theme writes."""
        paints = self._paints.get(self.theme)
        if paints is None:
            paints = self._paints[self.theme] = _paints_of(self.theme)
        return paints

    def text(self, text: str) -> str:
        """Make text fit for the stream."""
        text = visible(text)
        return self._in_ascii(text) if self.ascii_only else text

    @staticmethod
    def _in_ascii(text: str) -> str:
        if text.isascii():
            return text
        text = text.translate(_ASCII)
        if text.isascii():
            return text
        return "".join(
            [held if held.isascii() else "?" * width for held, _, width in letters(text)]
        )

    def _paint(self, paints: dict[str, Paint], name: str, text: str) -> str:
        text = self.text(text)
        if not name or not text:
            return text
        before, after = paints[name]
        return f"{before}{text}{after}"


def _height(line: Line | Block) -> int:
    return 1 if isinstance(line, list) else line.height


def _paints_of(name: str) -> dict[str, Paint]:
    """Ask rich once what each style of a theme writes before and after a text."""
    from rich.color import ColorSystem
    from rich.style import Style

    from zxdbg.render.theme import theme

    many = "256" in os.environ.get("TERM", "") or bool(os.environ.get("COLORTERM"))
    system = ColorSystem.EIGHT_BIT if many else ColorSystem.STANDARD
    paints = {"": ("", "")}
    for meaning, description in theme(name).items():
        painted = Style.parse(description).render("\0", color_system=system)
        before, _, after = painted.partition("\0")
        paints[meaning] = (before, after)
    return paints


def open_screen(
    stream: TextIO, width: int | None, color: str, *, ascii_only: bool = False
) -> Screen:
    """Make the screen for a stream, by the program's options and what the stream can take."""
    utf8 = (stream.encoding or "").lower().replace("-", "") == "utf8"
    return Screen(
        stream,
        width or terminal_width(stream),
        color=wants_color(color, stream),
        ascii_only=ascii_only or not utf8,
    )
