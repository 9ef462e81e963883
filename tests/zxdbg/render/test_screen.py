import io
import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from rich.style import Style

from zxdbg.__main__ import main
from zxdbg.render.draw import draw_result
from zxdbg.render.hexdump import hexdump
from zxdbg.render.parts import Look, styled, visible
from zxdbg.render.screen import Screen, terminal_width, wants_color
from zxdbg.render.theme import theme
from zxdbg.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = [chr(code) for code in [*range(0x20), *range(0x7F, 0xA0), 0x200B, 0x202E, 0x2028, 0xFEFF]]
ESCAPE_CODE = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)


def controls(text: str) -> set[str]:
    """Return the characters of a text that are no ordinary ones, but for line ends."""
    return {
        letter
        for letter in text
        if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }


# What is shown --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("日本語 é │ █", "日本語 é │ █"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202edef", "abc\\u202edef"),
        ("\udc80", "\\udc80"),
    ],
)
def test_what_cannot_be_printed_is_shown_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_control_character_reaches_the_stream(color: bool, ascii_only: bool) -> None:
    stream = io.StringIO()
    screen = Screen(stream, 80, color=color, ascii_only=ascii_only)
    screen.print([[("name", f"a{letter}b"), ("", letter)] for letter in HOSTILE])
    assert stream.getvalue().count("\n") == len(HOSTILE)
    assert controls(ESCAPE_CODE.sub("", stream.getvalue())) == set()


def test_a_name_with_control_characters_is_escaped_in_every_view() -> None:
    session = Session()
    stream = io.StringIO()
    screen = Screen(stream, 100, color=True)
    for line in [
        r'$p = process create "a\x1b[31m\nb"',
        r'$v = vmo create 16K --name "c\x07\x1b]0;d\x07"',
        "$m = map $p.vmar $v --at 0x10000000",
        r'write $p $m+0x3ffe "\x1b[31m"',
        "read $p $m+0x3ff0 32",
        "explain",
        'write $p 0x10 "x"',
        "explain",
        "maps $p",
        "handles",
        "processes",
        "vmos",
        "names",
    ]:
        result = session.run(line)
        screen.print(draw_result(result, Look(100, session.state.labels())))
    assert "a\\x1b[31m\\nb" in stream.getvalue()
    assert "c\\x07\\x1b]0;d\\x07" in stream.getvalue()
    assert controls(ESCAPE_CODE.sub("", stream.getvalue())) == set()


@pytest.mark.parametrize("color", [False, True])
def test_blanks_at_the_end_of_a_line_are_left_out(color: bool) -> None:
    stream = io.StringIO()
    Screen(stream, 80, color=color).print([[("", "a  "), ("dim", "   ")], [], [("", "b")]])
    assert stream.getvalue() == "a\n\nb\n"


@pytest.mark.parametrize("color", [False, True])
def test_a_mark_joins_no_letter_of_another_piece(color: bool) -> None:
    stream = io.StringIO()
    Screen(stream, 80, color=color).print([[("", "a"), ("", "\u0301b"), ("", "e\u0301")]])
    assert stream.getvalue() == "a\\u0301be\u0301\n"


# ASCII ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("├──┼──┤", "+--+--+"),
        ("│█░│", "|#.|"),
        ("✓ ✗ ·", "v ! ."),
        ("… ← →", "~ < >"),
        ("2×3", "2x3"),
        ("日é", "???"),
        ("e\u0301x", "?x"),
        ("▏▁▂▃▄▅▆▇█", "|_.--==##"),
        ("░▒▓", ".:#"),
        ("╎┊╌", "::-"),
    ],
)
def test_ascii_has_a_mark_for_each_drawing_character(text: str, shown: str) -> None:
    assert Screen(io.StringIO(), 80, ascii_only=True).text(text) == shown


def test_ascii_keeps_lines_of_drawing_characters_as_wide_as_they_were() -> None:
    line = "─│├┤┼█▏▎▍▌▋▊▉▁▂▃▄▅▆▇░▒▓╌╎┊·…✓✗×←→↑↓"
    assert len(Screen(io.StringIO(), 80, ascii_only=True).text(line)) == len(line)


@pytest.mark.parametrize("color", ["never", "always"])
def test_ascii_output_of_a_whole_lesson_is_ascii(
    capsys: pytest.CaptureFixture[str], color: str
) -> None:
    lines = [
        "process create demo",
        'vmo create 16K --name "日本語"',
        "$heap = vmo create 16K --name heap",
        "$base = map $demo.vmar $heap --at 0x10000000",
        'write $demo $base+0x3ff0 "0123456789abcdef++++"',
        "read $demo $base+0x3ff0 64",
        "maps $demo",
        'write $demo 0x10 "x" => ZX_ERR_NO_MEMORY',
        "explain",
        "compare read $demo $base+0x3ff0 64",
        "handles",
        "names",
        "help",
        "help zx_process_write_memory",
        "help differences",
    ]
    assert main(["--ascii", "--color", color, "-c", "\n".join(lines)]) == 0
    written = capsys.readouterr().out
    assert written.isascii()
    assert written.count("zx> ") == len(lines)


# Colour ---------------------------------------------------------------------------


def test_colour_is_written_around_each_piece() -> None:
    stream = io.StringIO()
    Screen(stream, 80, color=True).print([[("ok", "ZX_OK"), ("", " and "), ("byte", "plain")]])
    assert stream.getvalue() == "\x1b[1;32mZX_OK\x1b[0m and plain\n"


def test_colour_changes_no_letter() -> None:
    line = [(style, f"<{style}>") for style in theme("dark")]
    coloured, bare = io.StringIO(), io.StringIO()
    Screen(coloured, 80, color=True).print([line])
    Screen(bare, 80).print([line])
    assert ESCAPE_CODE.sub("", coloured.getvalue()) == bare.getvalue()
    assert "\x1b" not in bare.getvalue()


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "wanted"),
    [
        ("always", False, {}, True),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
    ],
)
def test_the_option_then_the_environment_then_the_terminal_decide_on_colour(
    monkeypatch: pytest.MonkeyPatch,
    choice: str,
    terminal: bool,
    environment: dict[str, str],
    wanted: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_color(choice, Terminal() if terminal else io.StringIO()) is wanted


def test_a_pipe_gets_no_escape_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-c", "process create demo\nhandles"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_output_without_colour_needs_no_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.split(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, module)
    Screen(io.StringIO(), 80).print([[("ok", "ZX_OK")]])
    assert not any(name.split(".")[0] == "rich" for name in sys.modules)


def test_a_theme_acts_on_what_is_drawn_from_then_on() -> None:
    stream = io.StringIO()
    screen = Screen(stream, 80, color=True)
    for name in ("dark", "mono", "dark"):
        screen.theme = name
        screen.print([[("ok", "x")]])
    assert stream.getvalue() == "\x1b[1;32mx\x1b[0m\n\x1b[1mx\x1b[0m\n\x1b[1;32mx\x1b[0m\n"


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("TERM", "xterm", "37"),
        ("TERM", "xterm-256color", "38;5;246"),
        ("COLORTERM", "24bit", "38;5;246"),
    ],
)
def test_a_terminal_with_more_colours_gets_them(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, code: str
) -> None:
    monkeypatch.setenv(variable, value)
    Style.parse.cache_clear()  # rich keeps the codes of the first time
    stream = io.StringIO()
    Screen(stream, 80, color=True).print([[("dim", "x")]])
    assert stream.getvalue() == f"\x1b[{code}mx\x1b[0m\n"


def test_the_option_chooses_the_theme_of_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--theme", "mono", "--color", "always", "-c", "vmo create 4K"]) == 0
    assert set(ESCAPE_CODE.findall(capsys.readouterr().out)) == {"\x1b[1m", "\x1b[0m"}


def test_a_theme_that_is_none_is_a_mistake_in_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--theme", "pink", "-c", "handles"])
    assert left.value.code == 2
    assert "dark" in capsys.readouterr().err


# Width ----------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "width"), [("132", 132), ("60", 60), ("59", 80), ("x", 80)])
def test_a_stream_that_is_no_terminal_has_the_columns_of_the_environment_or_80(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal_width(io.StringIO()) == width


def test_without_an_environment_the_width_is_80() -> None:
    assert terminal_width(io.StringIO()) == 80


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_option_sets_the_width(capsys: pytest.CaptureFixture[str], width: int) -> None:
    assert main(["--width", str(width), "-c", "help differences"]) == 0
    longest = max(map(len, capsys.readouterr().out.splitlines()))
    assert width - 12 <= longest <= width


@pytest.mark.parametrize("width", ["39", "1001", "wide", "-5"])
def test_a_width_that_makes_no_sense_is_a_mistake_in_the_usage(
    capsys: pytest.CaptureFixture[str], width: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main([f"--width={width}", "-c", "handles"])
    assert left.value.code == 2
    assert width in capsys.readouterr().err


# What is remembered, and what lies over it ----------------------------------------


def test_a_screen_remembers_what_was_drawn() -> None:
    screen = Screen(io.StringIO(), 80)
    screen.note([[("prompt", "zx> ")]], begins=True)
    screen.print([[("", "7")], []])
    screen.echo([("command", "print 8")])
    assert list(screen.drawn) == [
        ([("prompt", "zx> ")], True),
        ([("", "7")], False),
        ([], False),
        ([("command", "print 8")], True),
    ]
    assert screen.stream.getvalue() == "7\n\nprint 8\n"  # type: ignore[attr-defined]


def test_a_block_is_remembered_as_its_lines() -> None:
    data = bytes(number * 7 % 251 for number in range(16 * 3000))
    drawing = hexdump(data, 0, len(data), Look(80, {}, True), lambda at: "", {})
    assert len(drawing) == 3
    screen = Screen(io.StringIO(), 80)
    screen.print([[("", "first")]])
    screen.print(drawing)
    screen.echo([("command", "print 8")])
    assert [each.line for each in screen.drawn[:-1]] == styled(drawing)[-1999:]
    assert screen.drawn[-1] == ([("command", "print 8")], True)
    assert screen.forgotten == 3002 - 2000
    screen.print([[("", str(number))] for number in range(2000)])
    assert [each.line for each in screen.drawn] == [[("", str(n))] for n in range(2000)]
    assert screen.forgotten == 3002


def test_who_has_something_over_the_screen_says_when_lines_are_written() -> None:
    stream = io.StringIO()
    screen = Screen(stream, 80)
    waiting: list[Callable[[], None]] = []
    screen.around = waiting.append
    screen.print([[("", "7")]])
    assert stream.getvalue() == ""
    (write,) = waiting
    write()
    assert stream.getvalue() == "7\n"
