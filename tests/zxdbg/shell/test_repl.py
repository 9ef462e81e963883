from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from zxdbg.lang.parse import Parsed
from zxdbg.result import Result
from zxdbg.session import Session
from zxdbg.shell.repl import run_shell

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

CTRL_C = "\x03"
CTRL_D = "\x04"
TAB = "\t"
UP = "\x1b[A"


def test_the_welcome_names_the_program_its_profile_and_the_way_out(shell: "Shell") -> None:
    assert shell.rows[0].startswith("zxdbg 0.1.0  ")
    assert shell.rows[0].endswith("profile docs")
    assert shell.rows[1].startswith("try  process create demo")
    assert "Ctrl-D" in shell.rows[2]
    assert len(shell.rows) == 4


def test_the_welcome_says_when_the_kernel_decides(open_shell: "OpenShell") -> None:
    shell = open_shell("--profile", "kernel")
    assert shell.rows[0].endswith("profile kernel")


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
    assert shell.style_of("ZX_ERR_NO_MEMORY (-4)") == "red"


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


def test_a_mistake_gets_a_caret_under_the_token(shell: "Shell") -> None:
    (row,) = shell.run('wirte $demo 0x1000 "x"')
    typed = shell.rows[-3]
    assert typed == 'zxdbg 1> wirte $demo 0x1000 "x"'
    assert row.startswith("         ^^^^^ ")
    assert typed.index("wirte") == row.index("^")
    assert row.endswith("nearest: write")


def test_a_caret_stands_under_a_token_in_the_middle(shell: "Shell") -> None:
    shell.run("process create demo")
    (row,) = shell.run('write $demo 0x10zz "x"')
    assert row.index("^^^^^^") == len("zxdbg 2> write $demo ")
    assert row.count("^") == len("0x10zz")


def test_a_caret_follows_the_prompt_as_it_grows_wider(shell: "Shell") -> None:
    for _ in range(9):
        shell.run("print 1")
    (row,) = shell.run("wirte")
    assert row.index("^") == len("zxdbg 10> ")


def test_a_missed_expectation_is_told_at_the_prompt(shell: "Shell") -> None:
    rows = shell.run("print 1 => value=2")
    assert rows[-1] == "expected value 2, came 1"


def test_an_empty_line_takes_no_number(shell: "Shell") -> None:
    shell.send("\r")
    shell.wait(lambda: shell.rows[-2:] == ["zxdbg 1>", "zxdbg 1>"])
    assert shell.run("print 1") == ["1  0x1"]
    assert shell.number() == 2


def test_a_backslash_goes_on_in_the_next_line(shell: "Shell") -> None:
    shell.send("process \\\r")
    shell.wait_for("...")
    shell.send("create demo\r")
    shell.wait_for_prompt(2)
    assert shell.rows[-4] == "zxdbg 1> process \\"
    assert shell.rows[-3] == "...      create demo"
    assert shell.rows[-2].startswith("ZX_OK  zx_process_create   $demo 0x")


def test_a_mistake_in_a_continued_line_shows_that_line_again(shell: "Shell") -> None:
    shell.send("process create \\\r")
    shell.wait_for("...")
    shell.send("demo --bogus\r")
    shell.wait_for_prompt(2)
    line, caret = shell.rows[-3:-1]
    assert line == "demo --bogus"
    assert caret.startswith("     ^^^^^^^ ")


def test_tab_completes_a_command(shell: "Shell") -> None:
    shell.send(f"wri{TAB}")
    shell.wait(lambda: shell.row == "zxdbg 1> write ")


def test_tab_completes_an_option(shell: "Shell") -> None:
    shell.send(f'write $demo 0x1000 "x" --l{TAB}')
    shell.wait(lambda: shell.row.endswith('"x" --length '))


def test_tab_completes_a_name(shell: "Shell") -> None:
    shell.run("vmo create 16K --name unusual")
    shell.send(f"vmo resize $un{TAB}")
    shell.wait(lambda: shell.row.startswith("zxdbg 2> vmo resize $unusual"))


def test_tab_offers_what_can_come_next_with_its_meaning(shell: "Shell") -> None:
    shell.send(f"vmo {TAB}")
    shell.wait_for("cache-policy")
    (row,) = [row for row in shell.rows if row.split()[0] == "clone"]
    assert row.split(maxsplit=1) == ["clone", "Make a copy-on-write clone of a VMO"]


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
    assert shell.rows[-2].endswith("interrupted; what was finished stays done")
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


def test_a_failure_in_a_sourced_file_names_its_place(
    open_shell: "OpenShell", tmp_path: Path
) -> None:
    shell = open_shell(columns=250)
    script = tmp_path / "wrong.zx"
    script.write_text("print 5\n  wirte\nprint 6\n")
    rows = shell.run(f"source {script}")
    at = next(i for i, row in enumerate(rows) if "wrong.zx:2:3: no such command: wirte" in row)
    assert rows[at + 1 :] == ["      wirte", "      ^^^^^"]
    assert "zx> print 6" not in rows


def test_the_width_of_the_terminal_holds(open_shell: "OpenShell") -> None:
    shell = open_shell(columns=60)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("$base = map $demo.vmar $heap --at 0x10000000")
    rows = shell.run("read $demo $base+0x3ff0 32")
    dump = [row for row in rows if row.startswith(("0x10003ff0 ", "0x10003ff8 "))]
    assert [row.split("|")[0].split() for row in dump] == [
        [address, *["00"] * 8] for address in ("0x10003ff0", "0x10003ff8")
    ]


class BrokenSession(Session):
    """A session in which `settle` has a bug."""

    def execute(self, parsed: Parsed) -> Result:
        if parsed.text == "settle":
            raise ZeroDivisionError("a bug for the test")
        return super().execute(parsed)


def test_a_bug_in_a_command_shows_itself_and_the_session_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    options = Namespace(width=100, color="never", ascii=False)
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("settle\rprint 7\rquit\r")
        assert run_shell(BrokenSession(), options) == 0
    rows = capsys.readouterr().out.splitlines()
    start = rows.index("Traceback (most recent call last):")
    assert rows[-3:] == [
        "ZeroDivisionError: a bug for the test",
        "this is a bug in zxdbg; the session goes on",
        "7  0x7",
    ]
    assert any("in run_line" in row for row in rows[start:])
