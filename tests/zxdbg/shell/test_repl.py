import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from zxdbg.lang.parse import Parsed
from zxdbg.options import read_options
from zxdbg.result import Result
from zxdbg.session import Session
from zxdbg.shell.repl import run_shell
from zxdbg.shell.rewind import Rewind

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

CTRL_C = "\x03"
CTRL_D = "\x04"
TAB = "\t"
UP = "\x1b[A"


def test_a_line_is_answered_below_it(shell: "Shell") -> None:
    (answer,) = shell.run("process create demo")
    assert answer.startswith("ZX_OK  zx_process_create   $demo 0x")
    assert answer.endswith("koid 1030")


def test_a_partial_write_shows_how_far_it_came_and_why(shell: "Shell") -> None:
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("$base = map $demo.vmar $heap --at 0x10000000")
    rows = shell.run('write $demo $base+0x3ff0 "0123456789abcdef++++"')
    assert rows[0] == "ZX_OK  zx_process_write_memory   16 of 20 bytes written"
    assert rows[1].split() == ["0x10003ff0", "0x10004000", "0x10004004"]
    assert rows[3].count("│") == 3
    assert {"█", "░"} <= set(rows[3])
    assert rows[5].startswith("  stopped  heap ends at 0x10004000")
    assert rows[6].startswith('  next     write $demo 0x10004000 "++++"')


def test_a_refusal_keeps_the_session_going(shell: "Shell") -> None:
    shell.run("process create demo")
    rows = shell.run('write $demo 0x1000 "x"')
    assert rows[0] == "ZX_ERR_NO_MEMORY (-4)  zx_process_write_memory   nothing written"
    assert shell.run("print 1+2") == ["3  0x3"]


def test_a_status_is_coloured_by_what_it_means(shell: "Shell") -> None:
    shell.run("process create demo")
    assert shell.style_of("ZX_OK") == "green"
    shell.run('write $demo 0x1000 "x"')
    assert shell.style_of("ZX_ERR_NO_MEMORY (-4)") == "brightred"


def test_color_never_leaves_the_screen_plain(open_shell: "OpenShell") -> None:
    shell = open_shell("--color", "never")
    shell.run("process create demo")
    assert shell.style_of("ZX_OK") == "default"
    assert shell.style_of("zxdbg 1>") == "default"


def test_ascii_draws_with_ascii_only(open_shell: "OpenShell") -> None:
    shell = open_shell("--ascii")
    shell.run("process create demo")
    shell.run('write $demo 0x1000 "x"')
    shell.run("explain")
    assert "".join(shell.rows).isascii()


def test_an_empty_line_takes_no_number(shell: "Shell") -> None:
    shell.send("\r")
    shell.wait(lambda: shell.rows[-2:] == ["zxdbg 1>", "zxdbg 1>"])
    assert shell.run("print 1") == ["1  0x1"]
    assert shell.number() == 2


def test_ctrl_c_cancels_the_line_that_is_typed(shell: "Shell") -> None:
    shell.send("vmo create 4K --name gone")
    shell.wait(lambda: shell.row.endswith("gone"))
    shell.send(CTRL_C)
    shell.wait(lambda: shell.row == "zxdbg 1> ")
    assert [row.split()[0] for row in shell.run("names")[1:]] == ["$self", "$job", "$root_resource"]


def test_ctrl_c_gives_up_a_line_that_goes_on(shell: "Shell") -> None:
    shell.send("process create \\\r")
    shell.wait_for("...")
    shell.send(CTRL_C)
    shell.wait(lambda: shell.row == "zxdbg 1> ")
    assert shell.run("print 7") == ["7  0x7"]


def test_ctrl_c_stops_a_long_script_and_the_session_goes_on(shell: "Shell", tmp_path: Path) -> None:
    # The terminal takes no more than it is read, so the script cannot end before Ctrl-C.
    script = tmp_path / "long.zx"
    body = "".join(f"print {number}\n" for number in range(100_000))
    script.write_text(f"vmo create 4K --name first\n{body}vmo create 4K --name last\n")
    shell.run("vmo create 4K --name before")
    shell.send(f"source {script}\r")
    shell.wait_for("zx> print 3")
    shell.send(CTRL_C)
    shell.wait_for_prompt(3)
    told = re.fullmatch(
        r"interrupted; (\d+) commands done, the state is as after the last of them", shell.rows[-2]
    )
    assert told is not None
    assert int(told[1]) >= 5
    named = {row.split()[0] for row in shell.run("names")}
    assert {"$before", "$first"} <= named
    assert "$last" not in named


def test_ctrl_d_leaves_with_exit_status_0(shell: "Shell") -> None:
    shell.run("wirte")
    shell.send(CTRL_D)
    assert shell.leave() == 0


def test_quit_leaves_with_exit_status_0(shell: "Shell") -> None:
    shell.send("quit\r")
    assert shell.leave() == 0


def test_lines_are_recalled_in_a_second_session(open_shell: "OpenShell", tmp_path: Path) -> None:
    first = open_shell()
    first.run("vmo create 16K --name older")
    first.run("vmo create 16K --name newer")
    first.send(CTRL_D)
    assert first.leave() == 0
    kept = (tmp_path / "state" / "zxdbg" / "history").read_text()
    assert [line for line in kept.splitlines() if line.startswith("+")] == [
        "+vmo create 16K --name older",
        "+vmo create 16K --name newer",
    ]
    second = open_shell()
    second.send(UP)
    second.wait(lambda: second.row == "zxdbg 1> vmo create 16K --name newer")
    second.send(UP)
    second.wait(lambda: second.row == "zxdbg 1> vmo create 16K --name older")
    second.send("\r")
    second.wait_for_prompt(2)
    assert second.rows[-2].startswith("ZX_OK  zx_vmo_create   $older 0x")


def test_lines_of_a_sourced_file_are_no_history(shell: "Shell", tmp_path: Path) -> None:
    script = tmp_path / "short.zx"
    script.write_text("print 5\n")
    assert shell.run(f"source {script}")[-2:] == ["zx> print 5", "5  0x5"]
    kept = (tmp_path / "state" / "zxdbg" / "history").read_text()
    assert kept.count("\n+") == 1
    assert f"+source {script}" in kept


def test_the_width_of_the_terminal_holds(open_shell: "OpenShell") -> None:
    shell = open_shell(columns=60)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("$base = map $demo.vmar $heap --at 0x10000000")
    rows = shell.run("read $demo $base+0x3ff0 32")
    dump = [row for row in rows if row.startswith(("0x10003ff0 ", "0x10003ff8 "))]
    assert [row.split("|")[0].split() for row in dump] == [
        [address, *["00"] * 8] for address in ("0x10003ff0", "0x10003ff8")
    ]


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
@pytest.mark.parametrize("color", ["always", "never"])
def test_interrupts_from_outside_break_off_the_line_and_nothing_else(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.send("print 1")
    shell.wait(lambda: shell.row == "zxdbg 1> print 1")
    shell.interrupt()
    shell.wait(lambda: shell.row == "zxdbg 1> ")
    for _ in range(100):
        shell.interrupt()
        shell.wait(lambda: True)
    shell.send("print 7\r")
    shell.wait_for_prompt(2)
    assert shell.rows[-2] == "7  0x7"
    seen = {row for row in shell.rows[:-3] if not row.startswith("zxdbg 1>")}
    assert not any("File" in row or "Error" in row or "Interrupt" in row for row in seen)
    shell.send(CTRL_D)
    assert shell.leave() == 0


class BrokenSession(Session):
    """A session in which `settle` has a bug."""

    def execute(self, parsed: Parsed) -> Result:
        if parsed.text == "settle":
            raise ZeroDivisionError("a bug for the test")
        if parsed.text == "tree":
            raise KeyboardInterrupt
        return super().execute(parsed)


def run_broken(lines: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what a shell with that session shows for lines that are typed."""
    options = read_options(["--width", "100", "--color", "never", "--no-config"])
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(lines)
        assert run_shell(BrokenSession(), options) == 0
    return capsys.readouterr().out.splitlines()


def test_a_bug_in_a_command_shows_itself_and_the_session_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    rows = run_broken("settle\rprint 7\rquit\r", capsys)
    start = rows.index("Traceback (most recent call last):")
    assert rows[-3:] == [
        "ZeroDivisionError: a bug for the test",
        "this is a bug in zxdbg; the session goes on",
        "7  0x7",
    ]
    assert any("in run_line" in row for row in rows[start:])


def test_a_bug_in_going_back_shows_itself_and_the_session_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def back(self: Rewind) -> None:
        raise ZeroDivisionError("no way back")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(Rewind, "back", back)
    rows = run_broken("tree\rprint 7\rquit\r", capsys)
    assert rows[-3:] == [
        "ZeroDivisionError: no way back",
        "this is a bug in zxdbg; the session goes on",
        "7  0x7",
    ]
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert run_broken("tree\rquit\r", capsys)[-1].startswith("interrupted; nothing was done")


# Output elsewhere -----------------------------------------------------------------

SIZES = [(80, 24), (120, 40)]
COLORS = [(), ("--color", "never")]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", COLORS)
def test_a_shell_command_writes_below_the_line_that_was_typed(
    columns: int, rows: int, color: tuple[str, ...], open_shell: "OpenShell"
) -> None:
    shell = open_shell(*color, columns=columns, rows=rows)
    names = shell.run("handles | awk '{ print $2 }'")
    assert names == ["name", "$root_resource", "$job", "$self.vmar", "$self"]
    assert shell.style_of("$root_resource") == "default"
    assert shell.run("handles | grep nothing") == ["the shell command ended with exit status 1"]
    assert shell.style_of("the shell command") == ("default" if color else "brightred")
    assert shell.run("print 7") == ["7  0x7"]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_the_answer_of_a_command_goes_to_a_file(
    columns: int, rows: int, open_shell: "OpenShell", tmp_path: Path
) -> None:
    shell = open_shell(columns=columns, rows=rows)
    assert "7  0x7" not in shell.run(f'print 7 > "{tmp_path}/out.txt"')
    assert (tmp_path / "out.txt").read_text() == "7  0x7\n"
    told = " ".join(" ".join(shell.run("print 7 > /no/such/x")).split())
    assert told == "^^^^^^^^^^ cannot write /no/such/x: there is no folder /no/such"


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_one_command_can_answer_with_json(columns: int, rows: int, open_shell: "OpenShell") -> None:
    shell = open_shell(columns=columns, rows=rows)
    found = json.loads("".join(shell.run("profile --json")))
    assert (found["command"], found["line"], found["profile"]) == ("profile --json", 1, "docs")
    assert shell.run("profile --json | cut -c-7") == ['{"v": 1']


def test_ctrl_c_goes_to_the_shell_command_that_runs(shell: "Shell") -> None:
    shell.send("print 1 | sh -c 'echo started; exec sleep 1000'\r")
    shell.wait(lambda: "started" in shell.rows)
    shell.send(CTRL_C)
    shell.wait_for_prompt(2)
    assert shell.rows[-2].startswith("the shell command ")
    assert shell.run("print 7") == ["7  0x7"]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", COLORS)
def test_the_screen_is_exported_as_it_is_seen(
    columns: int, rows: int, color: tuple[str, ...], open_shell: "OpenShell", tmp_path: Path
) -> None:
    shell = open_shell(*color, columns=columns, rows=rows)
    shell.run('process create "<script>名前"; wirte')
    shell.send("print \\\r")
    shell.wait_for("...")
    shell.send("7\r")
    shell.wait_for_prompt(3)
    seen = shell.rows[:-1]
    told = shell.run(f"export html {tmp_path}/out.html")
    assert any(row.startswith("the whole screen") for row in told)
    page = (tmp_path / "out.html").read_text()
    body = html.unescape(re.sub(r"<[^>]*>", "", page.partition("<pre>")[2].partition("</pre>")[0]))
    # The screen model has an empty cell behind each wide character.
    shown = [row.replace("名 前 ", "名前") for row in seen]
    assert [row.rstrip() for row in body.split("\n")] == shown
    assert "<script" not in page


def test_a_line_of_a_session_can_be_exported_alone(shell: "Shell", tmp_path: Path) -> None:
    shell.run("print 7")
    shell.run("print 8")
    rows = shell.run(f"export svg {tmp_path}/out.svg --last 1 --title Eight")
    assert any(row.startswith("2 lines of the screen in ") for row in rows)
    picture = (tmp_path / "out.svg").read_text()
    assert "<title>Eight</title>" in picture
    assert "print 8" in picture
    assert "print 7" not in picture


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", COLORS)
def test_what_was_copied_from_the_screen_runs_as_it_is(
    columns: int,
    rows: int,
    color: tuple[str, ...],
    open_shell: "OpenShell",
    program: "Callable[..., CompletedProcess[str]]",
    tmp_path: Path,
) -> None:
    shell = open_shell(*color, columns=columns, rows=rows)
    shell.run("process create demo | tr a-z A-Z")
    shell.run("print 7 | cat -n")
    shell.run("print 7 | true; wirte")
    shell.run("export html /dev/null")
    shell.run("print 1")
    (tmp_path / "copied.zx").write_text("\n".join(shell.rows))
    done = program("--allow-io", "copied.zx", cwd=tmp_path)
    assert (done.stderr, done.returncode) == ("", 0)
    (tmp_path / "copied.zx").write_text("\n".join(shell.rows).replace("     1", "     2"))
    assert "other output than this" in program("--allow-io", "copied.zx", cwd=tmp_path).stderr


# The shell after files -------------------------------------------------------------


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
@pytest.mark.parametrize("color", ["always", "never"])
def test_the_shell_can_go_on_in_the_session_of_a_file(
    columns: int, rows: int, color: str, open_shell: "OpenShell", tmp_path: Path
) -> None:
    first, last = tmp_path / "first.zx", tmp_path / "last.zx"
    first.write_text("process create early\n")
    last.write_text("process create demo\nprint $size => value=1\nprint 7\n")
    shell = open_shell(
        *("--color", color, "-i", "-e", "size=4K", str(first), str(last)),
        columns=columns,
        rows=rows,
    )
    assert "2 files: 1 passed, 1 failed" in shell.rows
    whole = "".join(shell.rows).replace(" ", "")  # a long path breaks the line somewhere
    assert "last.zx:2:16:expectedvalue1,came0x1000" in whole
    assert shell.run("print $size") == ["4096  0x1000"]
    assert any(row.startswith("  $demo") for row in shell.run("names => rows=5"))
    shell.send(CTRL_D)
    assert shell.leave() == 1


def test_the_shell_after_a_file_may_read_other_files(
    open_shell: "OpenShell", tmp_path: Path
) -> None:
    (tmp_path / "one.zx").write_text("print file:one.zx => error\nquit\n")
    shell = open_shell("-i", str(tmp_path / "one.zx"))
    shell.run(f"print file:{tmp_path}/one.zx")
    shell.send("quit\r")
    assert shell.leave() == 0


# Expectations that are typed -------------------------------------------------------


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
@pytest.mark.parametrize("color", ["always", "never"])
def test_what_is_expected_is_judged_in_the_shell_too(
    columns: int, rows: int, color: str, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run("$x = vmo create 70")
    assert shell.run("expect $x.size<64") == ["expected $x.size < 64, came 0x1000"]
    assert (shell.style_of("expected $x.size") != "default") is (color == "always")
    assert shell.run("expect $x.size>64") == ["holds"]
    assert shell.run("print 70 => value<64")[-1] == "expected value < 64, came 70"
    assert shell.run("wirte => error") == ["         ^^^^^ no such command: wirte; nearest: write"]
    assert shell.run("print 1 => error")[-1] == "expected a mistake, came ZX_OK"
