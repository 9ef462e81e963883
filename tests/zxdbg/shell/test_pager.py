import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zxdbg.shell.pager import find_pager, show_in_pager

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = [(80, 24), (120, 40)]
COLORS = [(), ("--color", "never")]
COUNTING = """import sys
text = sys.stdin.read()
print("PAGED", text.count("\\n"), "lines,", "plain" if "\\x1b" not in text else "coloured")
"""
LEAVING = """import sys
print("SEEN", sys.stdin.readline().strip())
"""


@pytest.fixture
def pager(tmp_path: Path) -> "Callable[[str], str]":
    """Return a function that makes a pager of a program, and returns its command."""

    def make(program: str) -> str:
        path = tmp_path / "pager.py"
        path.write_text(program)
        return f'"{sys.executable}" "{path}"'

    return make


@pytest.fixture
def stage(tmp_path: Path) -> "Callable[[Shell], None]":
    """Return a function that makes a VMO, `$long`, of which no two lines are alike."""

    def make(shell: "Shell") -> None:
        path = tmp_path / "bytes"
        path.write_bytes(b"".join(number.to_bytes(16, "little") for number in range(256)))
        shell.run(f"vmo create 4K --name long; vmo write $long 0 file:{path}")

    return make


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", COLORS)
def test_a_result_taller_than_the_screen_goes_through_the_pager_in_its_colours(
    columns: int,
    rows: int,
    color: tuple[str, ...],
    open_shell: "OpenShell",
    pager: "Callable[[str], str]",
    stage: "Callable[[Shell], None]",
) -> None:
    shell = open_shell(*color, columns=columns, rows=rows, pager=pager(COUNTING))
    stage(shell)
    (told,) = shell.run("vmo read $long 0 1K")
    assert told.startswith("PAGED ")
    assert int(told.split()[1]) >= rows
    assert told.endswith("plain" if color else "coloured")
    assert shell.run("print 7") == ["7  0x7"]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_result_that_fits_is_drawn_plainly(
    columns: int, rows: int, open_shell: "OpenShell", pager: "Callable[[str], str]"
) -> None:
    shell = open_shell(columns=columns, rows=rows, pager=pager(COUNTING))
    assert shell.run("handles")[0].split()[:2] == ["value", "name"]


def test_leaving_the_pager_early_is_fine(
    open_shell: "OpenShell", pager: "Callable[[str], str]", stage: "Callable[[Shell], None]"
) -> None:
    shell = open_shell("--color", "never", columns=80, rows=24, pager=pager(LEAVING))
    stage(shell)
    assert shell.run("vmo read $long 0 4K") == ["SEEN ZX_OK  zx_vmo_read   4K bytes read"]
    assert shell.run("print 7") == ["7  0x7"]


def test_a_pager_that_does_not_start_leaves_the_result_on_the_screen_and_a_note(
    open_shell: "OpenShell", stage: "Callable[[Shell], None]"
) -> None:
    shell = open_shell(columns=80, rows=24, pager="/no/such/pager")
    stage(shell)
    shell.send("vmo read $long 0 512\r")
    shell.wait_for_prompt(3)
    assert shell.rows[-5].startswith("  0x1f0 [1f]00 ")
    note = " ".join(" ".join(shell.rows[-4:-1]).split())
    assert note == (
        "note the pager /no/such/pager did not start: No such file or directory; set pager off"
    )


def test_the_results_of_a_sourced_file_are_never_paged(
    open_shell: "OpenShell",
    pager: "Callable[[str], str]",
    stage: "Callable[[Shell], None]",
    tmp_path: Path,
) -> None:
    shell = open_shell(columns=80, rows=24, pager=pager(COUNTING))
    stage(shell)
    script = tmp_path / "views.zx"
    script.write_text("vmo read $long 0 512\nprint 7\n")
    shell.send(f"source {script}\r")
    shell.wait_for_prompt(3)
    assert shell.rows[-2] == "7  0x7"
    assert not any("PAGED" in row for row in shell.rows)


def test_off_and_auto_and_a_command_choose_the_pager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "most -s")
    assert [find_pager(setting) for setting in ("auto", "off", "more -e")] == [
        "most -s",
        "",
        "more -e",
    ]
    monkeypatch.delenv("PAGER")
    monkeypatch.setattr("zxdbg.shell.pager.which", lambda name: f"/bin/{name}")
    assert find_pager("auto") == "less"
    monkeypatch.setattr("zxdbg.shell.pager.which", lambda name: None)
    assert find_pager("auto") == ""


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        ("cat", ""),
        ("true", ""),
        ("sh -c 'exit 3'", "the pager sh -c 'exit 3' ended with exit status 3"),
        ("sh -c 'kill -2 $$'", "the pager sh -c 'kill -2 $$' was ended by signal 2"),
        ("no-such-pager", "the pager no-such-pager did not start: No such file or directory"),
        ('"', 'the pager " did not start: No closing quotation'),
        (" ", "the pager   did not start: "),
    ],
)
def test_a_pager_says_what_went_wrong(
    command: str, trouble: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert show_in_pager(command, "text\n" * 100_000).startswith(trouble)
    assert capfd.readouterr().out.startswith("text" if command == "cat" else "")


def test_less_is_told_to_keep_colours_and_the_screen_unless_the_user_says_how(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LESS", raising=False)
    monkeypatch.delenv("LESSSECURE", raising=False)
    show_in_pager("sh -c 'echo \"$LESS\" $LESSSECURE'", "")
    monkeypatch.setenv("LESS", "-S")
    show_in_pager("sh -c 'echo $LESS'", "")
    assert capfd.readouterr().out.splitlines() == [
        r"-F -R -X -Psmore\: space   back\: q$ 1",
        "-S",
    ]
