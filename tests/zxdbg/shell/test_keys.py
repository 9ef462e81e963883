from typing import TYPE_CHECKING

import pytest

from zxdbg.shell.keys import pasted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = [(80, 24), (120, 40)]


def paste(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("print \\\n...      4", "print \\\n4"),
        ("print 1\n...      4", "print 1\n...      4"),
        ("a\r\nb\r\n", "a\nb"),
        ("a\rb", "a\nb"),
        ("zxdbg 1> a\nzxdbg 12> b\n", "a\nb"),
        ("zx> a\nzx> b", "a\nb"),
        ("zxdbg 1> print \\\n...      1", "print \\\n1"),
        ("zxdbg 1> print \\\n...        1", "print \\\n  1"),
        ("zxdbg 1> a\nzxdbg 2>\nzxdbg 3> \nzxdbg 4> b\nzxdbg 5>", "a\nb"),
        ("zxdbg 1> a          profile kernel\nzxdbg 2> profile kernel", "a\nprofile kernel"),
        ("zxdbg 1> a\nzxdbg 2>                    profile kernel  vi: normal\nb", "a\nb"),
        ("a          profile kernel", "a          profile kernel"),
        ("  a  # c", "  a  # c"),
        ("a zx> b", "a zx> b"),
    ],
)
def test_what_is_pasted_loses_prompts_and_line_ends(text: str, lines: str) -> None:
    assert pasted(text) == lines


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_a_pasted_script_shows_whole_and_runs_in_order_with_enter(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    script = "zx> vmo create 4K --name a\r\n# a comment\r\nvmo resize $a 8K\r\n\r\n"
    shell.send(paste(script))
    shell.wait_for("...      vmo resize $a 8K")
    assert "zxdbg 1> vmo create 4K --name a" in shell.rows
    assert not any(row.startswith("ZX_OK") for row in shell.rows)
    shell.send("\r")
    shell.wait_for_prompt(2)
    rows_ = shell.rows
    first = rows_.index("zx> vmo create 4K --name a")
    assert rows_[first + 1].startswith("ZX_OK  zx_vmo_create   $a ")
    assert rows_[first + 2] == "zx> vmo resize $a 8K"
    assert rows_[first + 3].startswith("ZX_OK  zx_vmo_set_size   $a ")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_what_was_copied_from_the_screen_is_pasted_without_prompts(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run("profile kernel")
    shell.send("print 12\r")
    shell.wait_for_prompt(3)
    copied = [row for row in shell.rows if row.startswith(("zxdbg 2", "zxdbg 3"))]
    assert all(row.endswith("  profile kernel") for row in copied)
    shell.send(paste("\n".join(copied)))
    shell.wait(lambda: shell.row == "zxdbg 3> print 12")
    shell.send("\r")
    shell.wait_for_prompt(4)
    assert shell.rows.count("12  0xc") == 2


def test_a_pasted_script_stops_at_the_first_mistake_and_points_at_it(shell: "Shell") -> None:
    shell.send(paste("print 1\nvmo resize $nope 4K\nprint 3") + "\r")
    shell.wait_for_prompt(2)
    at = shell.rows.index("zx> vmo resize $nope 4K")
    assert shell.rows[at + 1].startswith("               ^^^^^ no such name: $nope")
    assert "zx> print 3" not in shell.rows
    assert "the line below it: not run" in shell.rows


def test_a_pasted_script_says_how_many_lines_were_not_run(shell: "Shell") -> None:
    shell.send(paste("vmo resize $nope \\\n4K\nprint 3\n\nprint 4\nprint 5") + "\r")
    shell.wait_for_prompt(2)
    assert "the 3 lines below it: not run" in shell.rows


def test_a_refused_call_does_not_stop_a_pasted_script(shell: "Shell") -> None:
    shell.send(paste("vmo resize 1234 4K\nprint 3") + "\r")
    shell.wait_for_prompt(2)
    assert "zx> print 3" in shell.rows


def test_one_pasted_line_waits_for_enter_and_is_not_echoed(shell: "Shell") -> None:
    shell.send(paste("print 12\n"))
    shell.wait(lambda: shell.row == "zxdbg 1> print 12")
    shell.send("\r")
    shell.wait_for_prompt(2)
    assert "zx> print 12" not in shell.rows


def test_alt_enter_begins_a_new_line(shell: "Shell") -> None:
    shell.send("print 1\x1b\rprint 2")
    shell.wait(lambda: shell.row == "...      print 2")
    shell.send("\r")
    shell.wait_for_prompt(2)
    assert {"zx> print 1", "zx> print 2"} <= set(shell.rows)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_a_question_mark_lists_what_can_come_next(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.send("vmo ?")
    shell.wait_for("Set a VMO's size")
    shell.wait_for("vmo <create|clone|")
    shell.wait(lambda: shell.row == "zxdbg 1> vmo ")


def test_a_question_mark_is_itself_in_a_string_and_in_a_pattern(shell: "Shell") -> None:
    shell.send('print "why?')
    shell.wait(lambda: shell.row == 'zxdbg 1> print "why?')
    shell.send("\x15maps $self --perms rw?")
    shell.wait(lambda: shell.row == "zxdbg 1> maps $self --perms rw?")


def test_a_question_mark_shows_the_signature_even_where_hints_are_off(
    open_shell: "OpenShell",
) -> None:
    shell = open_shell(settings={"hint": "off"})
    shell.send("process create")
    shell.wait(lambda: shell.row.endswith("process create"))
    assert not any("NAME" in row for row in shell.rows)
    shell.send(" ?")
    shell.wait_for("process create <NAME>")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_vi_keys_edit_the_line(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows, settings={"keys": "vi"})
    shell.send("print 12")
    shell.wait(lambda: shell.row.endswith("print 12"))
    shell.send("\x1b")
    shell.wait_for("vi: normal")
    shell.send("0cehelp\x1b")
    shell.wait_for("help 12")
    shell.send("ddiprint 7\r")
    shell.wait_for_prompt(2)
    assert "7  0x7" in shell.rows


def test_enter_takes_the_chosen_candidate_first(shell: "Shell") -> None:
    shell.send("vmo ?")
    shell.wait_for("Set a VMO's size")
    shell.send("\t")
    shell.wait(lambda: shell.row == "zxdbg 1> vmo create")
    shell.send("\r")
    shell.wait(lambda: not any("Set a VMO's size" in row for row in shell.rows))
    assert shell.row == "zxdbg 1> vmo create"
