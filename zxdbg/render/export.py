"""The screen so far as a picture or a page of its own, for course notes and slides.

Nothing is fetched by what comes out: no fonts, no styles. Every text is escaped. A run of
wide characters is set to the columns that it has in a terminal, so that tables stay
straight whatever the font is; rich's own export squeezes them.
"""

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.mistake import CommandError
from zxdbg.render.cells import head_of, letters, visible, width_of
from zxdbg.render.parts import Line, dim
from zxdbg.render.screen import Screen
from zxdbg.render.theme import theme
from zxdbg.result import Export

if TYPE_CHECKING:
    from rich.terminal_theme import TerminalTheme

__all__ = ["export"]

_CELL, _ROW, _SIZE, _MARGIN = 8.4, 20, 14, 16
_FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_DARK = (
    "0d1117 e6edf3",
    "484f58 ff7b72 3fb950 d29922 58a6ff bc8cff 39c5cf b1bac4",
    "8b949e ffa198 56d364 e3b341 79c0ff d2a8ff 56d4dd ffffff",
)
_LIGHT = (
    "ffffff 1f2328",
    "24292f b3202a 116329 7d4e00 0550ae 7138c8 0f6a70 57606a",
    "57606a a40e26 1a7f37 633c01 0969da 8250df 1b7c83 424a53",
)
_SAFE = ("000000 e6edf3", *_DARK[1:])
_PALETTES = {"dark": _DARK, "light": _LIGHT, "safe": _SAFE, "mono": _DARK}
"""For each theme background and text, the eight colours of a terminal, and the bright ones."""


class _Run(NamedTuple):
    """Characters of one style and of one width, at a column."""

    column: int
    cells: int
    style: str
    text: str
    is_wide: bool


def export(screen: Screen, request: Export) -> tuple[str, str]:
    """Compose what a screen showed; return what it is, in words, and the file."""
    lines, said = _chosen(screen, request)
    rows = [row for line in lines for row in _rows(line, screen)]
    colours = _colours(_PALETTES[request.theme])
    styles = {name: _css(each, colours) for name, each in theme(request.theme).items()}
    compose = _svg if request.format == "svg" else _html
    return said, compose(rows, screen.width, visible(request.title), colours, styles)


def _chosen(screen: Screen, request: Export) -> tuple[list[Line], str]:
    """Choose the lines, without the line that asks for it."""
    drawn = list(screen.drawn)
    if drawn and drawn[-1].begins:
        drawn.pop()
    starts = [at for at, each in enumerate(drawn) if each.begins]
    first = 0
    if request.last is not None and request.last < len(starts):
        first = starts[-request.last]
    lines = [each.line for each in drawn[first:]]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise CommandError("nothing is drawn yet")
    count = f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
    if not screen.forgotten or first:
        return lines, count
    left = f"{screen.forgotten} lines before these are not kept"
    return [[dim(f"… {left}")], *lines], f"the last {count}"


def _rows(line: Line, screen: Screen) -> Iterator[list[_Run]]:
    """Divide a line into runs, and into rows where a terminal would break it."""
    row: list[_Run] = []
    column = 0
    for style, raw in line:
        text = screen.text(raw)
        for is_wide, run in groupby(letters(text), lambda letter: letter[2] > 1):
            left = "".join([held for held, _, _ in run])
            while left:
                piece = head_of(left, screen.width - column)
                if piece:
                    cells = width_of(piece)
                    row.append(_Run(column, cells, style, piece, is_wide))
                    column += cells
                    left = left[len(piece) :]
                if left:
                    yield row
                    row, column = [], 0
    yield row


def _colours(colours: tuple[str, str, str]) -> "TerminalTheme":
    from rich.terminal_theme import TerminalTheme

    (background, foreground), normal, bright = (
        [(int(each[:2], 16), int(each[2:4], 16), int(each[4:], 16)) for each in row.split()]
        for row in colours
    )
    return TerminalTheme(background, foreground, normal, bright)


def _css(description: str, theme: "TerminalTheme") -> dict[str, str]:
    """Say how a style looks: colours and weights, by their names in CSS."""
    from rich.style import Style

    style = Style.parse(description)
    colours = {
        "color": None if style.color is None else style.color.get_truecolor(theme).hex,
        "background": None if style.bgcolor is None else style.bgcolor.get_truecolor(theme).hex,
        "font-weight": "bold" if style.bold else None,
        "font-style": "italic" if style.italic else None,
        "text-decoration": "underline" if style.underline else None,
        "opacity": "0.7" if style.dim else None,
    }
    if style.reverse:
        text, back = colours["color"], colours["background"]
        colours["color"] = back or theme.background_color.hex
        colours["background"] = text or theme.foreground_color.hex
    return {key: value for key, value in colours.items() if value is not None}


def _class(style: str) -> str:
    return "z-" + style.replace(".", "-")


def _rules(styles: dict[str, dict[str, str]], colour: str) -> str:
    """Compose the style sheet; `colour` is what CSS calls the colour of a text there."""
    return "".join(
        f".{_class(name)} {{ "
        + " ".join(f"{colour if key == 'color' else key}: {css[key]};" for key in css)
        + " }\n"
        for name, css in styles.items()
        if css
    )


def _html(
    rows: list[list[_Run]],
    width: int,
    title: str,
    theme: "TerminalTheme",
    styles: dict[str, dict[str, str]],
) -> str:
    text = "\n".join("".join(_span(run, styles) for run in row) for row in rows)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<title>{escape(title)}</title>
<style>
body {{ background: {theme.background_color.hex}; color: {theme.foreground_color.hex}; }}
pre {{ font: {_SIZE}px/{_ROW}px {_FONTS}; width: {width}ch; }}
.wide {{ display: inline-block; white-space: pre; }}
{_rules(styles, "color")}</style>
</head>
<body>
<pre>{text}</pre>
</body>
</html>
"""


def _span(run: _Run, styles: dict[str, dict[str, str]]) -> str:
    text = escape(run.text)
    names = [_class(run.style)] if styles.get(run.style) else []
    if run.is_wide:
        wide = " ".join(["wide", *names])
        return f'<span class="{wide}" style="width: {run.cells}ch">{text}</span>'
    return f'<span class="{names[0]}">{text}</span>' if names else text


def _svg(
    rows: list[list[_Run]],
    width: int,
    title: str,
    theme: "TerminalTheme",
    styles: dict[str, dict[str, str]],
) -> str:
    across = round(width * _CELL + 2 * _MARGIN)
    down = len(rows) * _ROW + 2 * _MARGIN
    texts = [
        _text(run, _MARGIN + number * _ROW, styles)
        for number, row in enumerate(rows)
        for run in row
        if run.text.strip() or "background" in styles.get(run.style, {})
    ]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" \
width="{across}" height="{down}" xml:space="preserve">
<title>{escape(title)}</title>
<style>
text {{ font-family: {_FONTS}; font-size: {_SIZE}px; fill: {theme.foreground_color.hex}; }}
{_rules(styles, "fill")}</style>
<rect width="{across}" height="{down}" rx="6" fill="{theme.background_color.hex}"/>
{"".join(texts)}</svg>
"""


def _text(run: _Run, top: int, styles: dict[str, dict[str, str]]) -> str:
    """Draw a run where it stands, as wide as its columns are."""
    x, length = f"{_MARGIN + run.column * _CELL:g}", f"{run.cells * _CELL:g}"
    css = styles.get(run.style, {})
    behind = ""
    if "background" in css:
        box = f'x="{x}" y="{top}" width="{length}" height="{_ROW}"'
        behind = f'<rect {box} fill="{css["background"]}"/>\n'
    named = f' class="{_class(run.style)}"' if css else ""
    return (
        f'{behind}<text x="{x}" y="{top + 15}" textLength="{length}" '
        f'lengthAdjust="spacingAndGlyphs"{named}>{escape(run.text)}</text>\n'
    )
