import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest

from zxdbg.render.screen import Screen
from zxdbg.report import QuietReport
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.shell.progress import Watch
from zxdbg.steps import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

CTRL_C = "\x03"
SIZES = [(80, 24), (120, 40)]
COLORS = [(), ("--color", "never")]
CLEAR = "\r\x1b[2K"


class Desk:
    """A watch over a runner, with a terminal that can be read; its timer never rings by itself."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("zxdbg.shell.progress.signal.setitimer", lambda *args: None)
        self.now = 1000.0
        monkeypatch.setattr("zxdbg.shell.progress.monotonic", lambda: self.now)
        self._master, slave = os.openpty()
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")
        self.screen = Screen(self.stream, 80)
        self.runner = Runner(Session(memory=16 << 30), QuietReport(self.stream), strict=False)
        self.watch = Watch(self.runner, self.screen)

    def later(self, seconds: float) -> None:
        """Let the timer ring, seconds later."""
        self.now += seconds
        signal.raise_signal(signal.SIGALRM)

    def written(self) -> str:
        """Return what was written since the last look."""
        os.write(self.stream.fileno(), b"\0")
        text = ""
        while not text.endswith("\0"):
            text += os.read(self._master, 1 << 16).decode()
        return text[:-1].replace("\r\n", "\n")

    def close(self) -> None:
        self.stream.close()
        os.close(self._master)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    desk = Desk(monkeypatch)
    yield desk
    desk.close()


def test_progress_is_one_line_that_is_gone_in_the_end(desk: Desk) -> None:
    with desk.watch:
        desk.later(0.5)
        assert desk.written() == f"{CLEAR}0.5 s · 0M of 16G committed · Ctrl-C stops"
        desk.runner.run_line(Place("", 1, "vmo create 2G --name big; vmo commit $big --size 1536M"))
        desk.later(1)
        assert desk.written() == f"{CLEAR}1.5 s · 1.5G of 16G committed · Ctrl-C stops"
    assert desk.written() == CLEAR


def test_a_short_run_shows_nothing(desk: Desk) -> None:
    with desk.watch:
        desk.runner.run_line(Place("", 1, "print 1"))
        desk.screen.print([[("", "1")]])
    assert desk.written() == "1\n"


def test_progress_stays_below_what_is_printed(desk: Desk) -> None:
    with desk.watch:
        desk.later(0.5)
        line = desk.written().removeprefix(CLEAR)
        desk.screen.print([[("", "a line")]])
        desk.screen.print([[("", "another")]])
        assert desk.written() == f"{CLEAR}a line\n{line}{CLEAR}another\n{line}"
    assert desk.written() == CLEAR


def test_nothing_is_drawn_into_the_middle_of_a_print(desk: Desk) -> None:
    with desk.watch:
        assert desk.screen.around is not None
        desk.screen.around(lambda: desk.later(0.5))
        assert desk.written() == ""
        desk.later(0.1)
        assert desk.written().startswith(f"{CLEAR}0.6 s")


def test_nothing_is_drawn_over_another_program(desk: Desk) -> None:
    with desk.watch:
        desk.later(0.5)
        with desk.watch.looks_away():
            assert desk.written().endswith(CLEAR)
            desk.later(0.5)
            signal.raise_signal(signal.SIGINT)
            assert desk.written() == ""
        assert desk.written() == "\n"
        assert not desk.runner.interrupted
        desk.later(0.1)
        assert desk.written().startswith(f"{CLEAR}1.1 s")


def test_lines_are_counted_where_there_are_several(desk: Desk, tmp_path: Path) -> None:
    seen = []

    class Looking(QuietReport):
        def command(self, place: object, parsed: object) -> None:
            desk.later(1)
            seen.append(desk.written().removeprefix(CLEAR))

    desk.runner.report = Looking(desk.stream)
    (tmp_path / "three.zx").write_text("print 1\n\nprint 2\n")
    with desk.watch:
        desk.runner.run_text("", f"source {tmp_path}/three.zx".encode())
    assert seen == [
        "1.0 s · 0M of 16G committed · Ctrl-C stops",
        "2.0 s · line 1 of 3 · 0M of 16G committed · Ctrl-C stops",
        "3.0 s · line 3 of 3 · 0M of 16G committed · Ctrl-C stops",
    ]


def test_ctrl_c_lets_a_command_finish_and_breaks_it_off_if_it_does_not(desk: Desk) -> None:
    with desk.watch:
        signal.raise_signal(signal.SIGINT)
        assert desk.runner.interrupted
        assert desk.runner.stopped
        desk.later(0.2)
        assert desk.written().endswith(" · stopping")
        with pytest.raises(KeyboardInterrupt):
            desk.later(0.2)
        signal.raise_signal(signal.SIGINT)
        desk.later(1)


def test_ctrl_c_twice_breaks_off_at_once(desk: Desk) -> None:
    with desk.watch:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_handlers_of_before_are_back_in_the_end(desk: Desk) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)
    with desk.watch:
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)) == before


def test_progress_is_cut_to_the_width(desk: Desk) -> None:
    desk.screen.width = 30
    with desk.watch:
        desk.later(0.5)
    assert len(desk.written().removeprefix(CLEAR).removesuffix(CLEAR)) <= 29


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", COLORS)
def test_a_fill_of_gigabytes_shows_progress_and_ctrl_c_leaves_nothing_of_it(
    columns: int, rows: int, color: tuple[str, ...], open_shell: "OpenShell"
) -> None:
    shell = open_shell("--memory", "16G", *color, columns=columns, rows=rows)
    shell.run("vmo create 12G --name origin; $big = vmo clone $origin")
    shell.run('vmo write $big 0xffe "before"')
    committed = shell.run("vmos")
    shell.send("vmo write $big 0xfff fill:7:11G\r")
    shell.wait_for("of 16G committed · Ctrl-C stops")
    assert shell.style_of("Ctrl-C stops") == ("default" if color else "949494")
    shell.send(CTRL_C)
    shell.wait_for_prompt(5)
    assert shell.rows[-3:-1] == [
        "",
        "interrupted; nothing was done, the state is as before the line",
    ]
    assert not any("Ctrl-C" in row for row in shell.rows[3:])
    (dump,) = [row for row in shell.run("vmo read $big 0xff0 32") if "|" in row and "be" in row]
    assert "62 65" in dump
    assert shell.run("vmos") == committed
    assert shell.run("print $big.size => value=12G")[0].startswith("12884901888")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_sourced_script_that_is_broken_off_keeps_what_was_finished(
    columns: int, rows: int, open_shell: "OpenShell", tmp_path: Path
) -> None:
    script = tmp_path / "big.zx"
    script.write_text(
        "vmo create 12G --name origin; $big = vmo clone $origin\n"
        'vmo write $big 0 "kept"\n'
        "vmo write $big 4K fill:7:11G\n"
        "vmo create 4K --name never\n"
    )
    shell = open_shell("--memory", "16G", columns=columns, rows=rows)
    shell.run("vmo create 4K --name before")
    shell.send(f"source {script}\r")
    shell.wait_for("line 3 of 4 · ")
    shell.send(CTRL_C)
    shell.wait_for_prompt(3)
    assert shell.rows[-2] == (
        "interrupted; 3 commands done, the state is as after the last of them"
    )
    assert any("|kept" in row for row in shell.run("vmo read $big 0 4"))
    listed = "\n".join(shell.run("vmos"))
    assert "4K of 16G used" in listed
    assert "before" in listed
    assert "never" not in listed
    assert shell.run("vmo write $big 8K fill:1:4K => ZX_OK")[0].startswith("ZX_OK")
