from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]


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


def test_a_mistake_in_a_continued_line_shows_that_line_again(shell: "Shell") -> None:
    shell.send("process create \\\r")
    shell.wait_for("...")
    shell.send("demo --bogus\r")
    shell.wait_for_prompt(2)
    line, caret = shell.rows[-3:-1]
    assert line == "demo --bogus"
    assert caret.startswith("     ^^^^^^^ ")


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


def test_a_mistake_behind_a_shell_command_shows_the_line_again(shell: "Shell") -> None:
    rows = shell.run("print 7 | cat; wirte")
    assert rows[0] == "7  0x7"
    assert rows[1] == "print 7 | cat; wirte"
    assert rows[2].startswith("               ^^^^^ no such command: wirte")
