"""Words in the real terminal: of other debuggers, of the user, short ones, and none at all."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
LOOKS = pytest.mark.parametrize("color", ["auto", "never"])
CTRL_C = "\x03"


@pytest.fixture
def staged(open_shell: "OpenShell", columns: int, rows: int, color: str) -> "Shell":
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("$base = map $demo.vmar $heap --at 0x10000000")
    return shell


def press_enter(shell: "Shell") -> list[str]:
    """Press Enter on an empty line, and return the row of that prompt and what came below."""
    number = shell.number()
    shell.send("\r")
    shell.wait_for_prompt(number + 1)
    rows = shell.rows
    first = max(at for at, row in enumerate(rows) if row.startswith(f"zxdbg {number}> "))
    return [row for row in rows[first:-1] if row]


@SIZES
@LOOKS
def test_words_of_other_debuggers_answer(staged: "Shell", color: str) -> None:
    assert staged.run("vmmap")[0].startswith("demo  koid 1030")
    assert staged.run("x/2gx $base")[1].split()[:2] == ["0x10000000", "0000000000000000"]
    assert staged.run("info handles")[0].split()[0] == "value"
    assert staged.style_of("ZX_OK") == ("green" if color == "auto" else "default")
    assert "bye is quit here" in staged.run("help bye")


@SIZES
@LOOKS
def test_a_unique_prefix_is_enough(staged: "Shell", color: str) -> None:
    (answer,) = staged.run("proc cr other")
    assert answer.startswith("ZX_OK  zx_process_create   $other 0x")
    assert staged.run("names")[-1].startswith("  at hand  $other is the process")


@SIZES
@LOOKS
def test_an_ambiguous_prefix_lists_the_candidates(staged: "Shell", color: str) -> None:
    (row,) = staged.run("vmo re $heap")
    assert row == f"{' ' * 13}^^ re is short for several; vmo read, vmo resize"
    assert staged.style_of("^^") == ("brightred" if color == "auto" else "default")


@SIZES
@LOOKS
def test_an_alias_answers_as_the_line_that_it_stands_for(staged: "Shell", color: str) -> None:
    staged.run("alias rd read $demo")
    assert staged.run("rd $base 4")[0].startswith("ZX_OK  zx_process_read_memory   4 of 4 bytes")
    (row,) = staged.run("rd $nope 4")
    assert row.startswith(f"{' ' * 12}^^^^^ no such name: $nope")
    shown = " ".join("".join(row) for row in staged.run("alias read write"))
    assert "read is a command, and an alias may not hide it" in shown


def test_an_alias_means_nothing_in_a_file(shell: "Shell", tmp_path: Path) -> None:
    script = tmp_path / "short.zx"
    script.write_text("m\n")
    shell.run("alias m processes")
    assert any("no such command: m" in row for row in shell.run(f"source {script}"))
    assert shell.run("m")[0].split()[0] == "koid"


@SIZES
@LOOKS
def test_enter_goes_on_reading_and_shows_what_it_runs(staged: "Shell", color: str) -> None:
    staged.run("read $demo $base 0x1000")
    for at in ("0x10001000", "0x10002000", "0x10003000"):
        staged.wait_for(f"> Enter: read $demo {at} 0x1000")
        prompt, answer, *_ = press_enter(staged)
        assert prompt.endswith(f"> read $demo {at} 0x1000")
        assert answer.startswith("ZX_OK  zx_process_read_memory   4K of 4K bytes read")
    shown = staged.style_of("read $demo 0x10003000")
    assert shown == ("949494" if color == "auto" else "default")
    number = staged.number()
    staged.send("\r")
    staged.wait(lambda: staged.rows[-2:] == [f"zxdbg {number}>"] * 2)


@SIZES
@LOOKS
def test_enter_keeps_the_format(staged: "Shell", color: str) -> None:
    staged.run("x/2gx $base")
    assert press_enter(staged)[0].endswith("> x/2gx 0x10000010")
    assert press_enter(staged)[2].split()[0] == "0x10000020"


@SIZES
@LOOKS
def test_enter_never_repeats_a_write(staged: "Shell", color: str) -> None:
    staged.run("read $demo $base 4")
    staged.run('write $demo $base "once"')
    number = staged.number()
    staged.send("\r")
    staged.wait(lambda: staged.rows[-2:] == [f"zxdbg {number}>"] * 2)
    assert staged.run("print 7") == ["7  0x7"]


@SIZES
@LOOKS
def test_typing_or_leaving_takes_the_offer_away(staged: "Shell", color: str) -> None:
    staged.run("x/4xb $base")
    number = staged.number()
    staged.wait_for("Enter: x/4xb")
    staged.send("vmos")
    staged.wait(lambda: f"zxdbg {number}> vmos" in staged.rows)
    staged.send(CTRL_C)
    staged.wait(lambda: staged.rows[-1] == f"zxdbg {number}> Enter: x/4xb 0x10000004")
    staged.send(CTRL_C)
    staged.wait(
        lambda: staged.rows[-2:] == [f"zxdbg {number}>", f"zxdbg {number}> Enter: x/4xb 0x10000004"]
    )


def test_a_mistake_ends_it(shell: "Shell") -> None:
    shell.run("vmo create 4K --name heap; vmo read $heap 0 4")
    shell.wait_for("Enter: vmo read $heap 0x4 4")
    shell.run("wirte")
    assert shell.rows[-1] == f"zxdbg {shell.number()}>"
