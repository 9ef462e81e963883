import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zxdbg.mistake import CommandError
from zxdbg.render.screen import Screen
from zxdbg.report import JsonReport, QuietReport, ScreenReport
from zxdbg.result import Export
from zxdbg.script import Runner
from zxdbg.session import Session

if TYPE_CHECKING:
    import subprocess

REQUEST = Export("svg", "out.svg", "out.svg", None, "zxdbg", "dark")


def run(report: QuietReport, *lines: str) -> Runner:
    runner = Runner(Session(), report, keep_going=True)
    runner.run_file("f", "\n".join(lines).encode(), "")
    return runner


def test_json_of_one_command_stands_between_pictures() -> None:
    stream = io.StringIO()
    run(ScreenReport(Screen(stream, 80), sys.stderr), "print 1", "print 2 --json", "print 3")
    lines = stream.getvalue().splitlines()
    assert lines[:3] == ["zx> print 1", "1  0x1", "zx> print 2 --json"]
    assert lines[3].startswith('{"v": 1, "file": "f", "line": 2, "command": "print 2 --json", ')
    assert lines[4:] == ["zx> print 3", "3  0x3"]


def test_what_goes_elsewhere_is_as_wide_as_the_screen_and_plain() -> None:
    stream = io.StringIO()
    screen = Screen(stream, 132, color=True)
    run(ScreenReport(screen, sys.stderr), "handles | awk '{ print length }' | sort -n | tail -1")
    echo, longest = stream.getvalue().splitlines()
    assert "\x1b" in echo
    assert 80 < int(longest) <= 132


def test_a_stream_that_is_no_file_gets_what_a_shell_command_wrote() -> None:
    stream = io.StringIO()
    run(ScreenReport(Screen(stream, 80), sys.stderr), "print 7 | tr 7 8", "print 1")
    assert stream.getvalue().splitlines() == [
        "zx> print 7 | tr 7 8",
        "8  0x8",
        "zx> print 1",
        "1  0x1",
    ]


def test_ascii_holds_elsewhere_too(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    for report in (
        ScreenReport(Screen(io.StringIO(), 80, ascii_only=True), sys.stderr),
        QuietReport(sys.stderr, ascii_only=True),
        JsonReport(io.StringIO(), sys.stderr, ascii_only=True),
    ):
        run(report, "process create 名前", f'explain write $self 0 "x" > "{path}"')
        assert path.read_bytes().isascii()


@pytest.mark.parametrize("report", [QuietReport(sys.stderr), JsonReport(io.StringIO(), sys.stderr)])
def test_where_there_is_no_screen_none_is_exported(report: QuietReport) -> None:
    with pytest.raises(CommandError, match="there is no screen to export"):
        report.export(REQUEST)


def test_a_long_table_goes_elsewhere_whole() -> None:
    stream = io.StringIO()
    creates = [f"process create p{number}" for number in range(60)]
    run(
        ScreenReport(Screen(stream, 80), sys.stderr),
        *creates,
        "handles | grep -c process",
    )
    assert stream.getvalue().splitlines()[-1] == "61"


def test_a_table_too_long_to_be_remembered_says_the_same_with_and_without_colour(
    program: Callable[..., "subprocess.CompletedProcess[str]"], script: Callable[..., Path]
) -> None:
    lines = ["process create demo", "vmo create 16M --name heap"]
    places = ((0x10000000 + at * 0x3000, at * 4096) for at in range(2100))
    lines += [f"map $demo.vmar $heap --at {at:#x} --offset {off} --size 4K" for at, off in places]
    path = script("\n".join([*lines, "write $demo 0x10000000 hex:01", "maps $demo --all"]))
    written = [program("--color", color, str(path)).stdout for color in ("always", "never")]
    assert written[0] != written[1]
    assert re.sub(r"\x1b\[[0-9;]*m", "", written[0]) == written[1]
    assert written[1].count("gap 8K") == 2099
