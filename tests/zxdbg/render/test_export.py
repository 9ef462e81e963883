import io
import re
from xml.etree import ElementTree

import pytest

from zxdbg import CommandError
from zxdbg.render.export import export
from zxdbg.render.parts import Line, width_of
from zxdbg.render.screen import KEPT, Screen
from zxdbg.result import Export

SVG = "{http://www.w3.org/2000/svg}"
CELL = 8.4


def screen_with(*lines: Line, width: int = 80, ascii_only: bool = False) -> Screen:
    screen = Screen(io.StringIO(), width, ascii_only=ascii_only)
    screen.print(lines)
    return screen


def ask(form: str, *, last: int | None = None, title: str = "zxdbg", theme: str = "dark") -> Export:
    return Export(form, "out", "out", last, title, theme)


def rows_of(svg: str) -> list[list[tuple[float, float, str]]]:
    """Return the texts of a picture by rows: column, columns, text."""
    rows: dict[float, list[tuple[float, float, str]]] = {}
    for each in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        column = round((float(each.attrib["x"]) - 16) / CELL, 3)
        columns = round(float(each.attrib["textLength"]) / CELL, 3)
        rows.setdefault(float(each.attrib["y"]), []).append((column, columns, each.text or ""))
    return list(rows.values())


def text_of(page: str) -> list[str]:
    """Return the rows of a page, as they are read."""
    (body,) = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n")).iter("pre")
    return "".join(body.itertext()).split("\n")


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_picture_has_the_lines_in_their_styles() -> None:
    screen = screen_with(
        [("prompt", "zx> "), ("command", "print 7")], [("", "7  "), ("dim", "0x7")]
    )
    said, svg = export(screen, ask("svg"))
    assert said == "2 lines"
    assert rows_of(svg) == [
        [(0, 4, "zx> "), (4, 7, "print 7")],
        [(0, 3, "7  "), (3, 3, "0x7")],
    ]
    assert 'class="z-prompt">zx&gt; <' in svg


def test_a_page_has_the_lines_in_their_styles() -> None:
    _, page = export(screen_with([("ok", "ZX_OK"), ("", "  done")]), ask("html"))
    assert text_of(page) == ["ZX_OK  done"]
    assert '<span class="z-ok">ZX_OK</span>  done' in page


@pytest.mark.parametrize("form", ["svg", "html"])
def test_nothing_is_fetched(form: str) -> None:
    _, text = export(screen_with([("ok", "ZX_OK")]), ask(form))
    bare = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|url\(|@import|<link|<script|src=|href=|@font-face", bare)


@pytest.mark.parametrize("form", ["svg", "html"])
def test_a_hostile_name_is_text(form: str) -> None:
    hostile = "</text></pre></style><script>alert(1)</script>&amp;\"'\x1b]0;x\x07\ufffe\x00"
    _, text = export(screen_with([("name", hostile), ("", hostile)]), ask(form, title=hostile))
    assert "<script" not in text
    root = ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))
    names = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert names <= {"svg", "title", "style", "rect", "text"} | {
        "html", "head", "meta", "body", "pre", "span",
    }  # fmt: skip
    shown = "".join(root.itertext())
    assert "</script>&amp;\"'\\x1b]0;x\\x07\\ufffe\\x00" in shown


def test_wide_characters_take_the_columns_that_they_have_in_a_terminal() -> None:
    screen = screen_with([("name", "名前é"), ("", " │")], [("", "ascii │")])
    _, svg = export(screen, ask("svg"))
    first, second = rows_of(svg)
    assert first == [(0, 4, "名前"), (4, 1, "é"), (5, 2, " │")]
    assert second == [(0, 7, "ascii │")]
    _, page = export(screen, ask("html"))
    assert '<span class="wide z-name" style="width: 4ch">名前</span>' in page
    assert text_of(page) == ["名前é │", "ascii │"]


@pytest.mark.parametrize("width", [60, 80, 120, 250])
def test_a_line_that_is_too_wide_goes_on_below(width: int) -> None:
    line = "名" * 40 + "x" * 300
    _, svg = export(screen_with([("", line)], width=width), ask("svg"))
    rows = rows_of(svg)
    assert "".join(text for row in rows for _, _, text in row) == line
    assert max(column + cells for row in rows for column, cells, _ in row) == width
    assert len(rows) == -(-width_of(line) // width)


def test_ascii_holds_in_a_picture() -> None:
    _, svg = export(screen_with([("", "│█名")], ascii_only=True), ask("svg"))
    assert svg.isascii()


def test_the_last_commands_can_be_chosen() -> None:
    screen = screen_with([("", "welcome")])
    for number in range(5):
        screen.echo([("prompt", "zx> "), ("command", f"print {number}")])
        screen.print([[("", f"answer {number}")]])
    said, page = export(screen, ask("html", last=2))
    assert text_of(page) == ["zx> print 3", "answer 3", "zx> print 4", "answer 4"]
    assert said == "4 lines"
    assert text_of(export(screen, ask("html", last=9))[1])[0] == "welcome"


def test_the_line_that_asks_is_left_out() -> None:
    screen = screen_with([("", "welcome")], [])
    screen.echo([("command", "export svg out")])
    assert text_of(export(screen, ask("html"))[1]) == ["welcome"]
    with pytest.raises(CommandError, match="nothing is drawn yet"):
        export(Screen(io.StringIO(), 80), ask("svg"))


def test_a_screen_remembers_so_many_lines_and_says_that_more_were_drawn() -> None:
    screen = screen_with(*([("", f"line {number}")] for number in range(KEPT + 10)))
    said, page = export(screen, ask("html"))
    rows = text_of(page)
    assert said == f"the last {KEPT} lines"
    assert rows[:2] == ["… 10 lines before these are not kept", "line 10"]
    assert len(rows) == KEPT + 1


@pytest.mark.parametrize("form", ["svg", "html"])
def test_the_mono_theme_has_two_colours(form: str) -> None:
    _, text = export(screen_with([("refused", "ZX_ERR")]), ask(form, theme="mono"))
    assert len(set(re.findall(r"#[0-9a-f]{6}", text))) == 2


@pytest.mark.parametrize(("theme", "least"), [("dark", 4.5), ("light", 4.5), ("safe", 4.45)])
@pytest.mark.parametrize("form", ["svg", "html"])
def test_every_colour_can_be_read_on_its_background(form: str, theme: str, least: float) -> None:
    _, text = export(screen_with([("ok", "ZX_OK")]), ask(form, theme=theme))
    pattern = r'<rect [^>]*fill="(#\w+)"' if form == "svg" else r"background: (#\w+)"
    (background,) = re.findall(pattern, text)
    colours = set(re.findall(r"(?:fill|color): (#\w+)", text))
    assert len(colours) > 1
    assert min(contrast(colour, background) for colour in colours) >= least
    assert (luminance(background) > 0.5) is (theme == "light")
