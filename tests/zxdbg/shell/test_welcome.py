from typing import TYPE_CHECKING

import pytest

from zxdbg import Session
from zxdbg.render.parts import line_width
from zxdbg.shell.welcome import welcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = [(60, 24), (80, 24), (120, 40)]


def test_the_welcome_names_the_program_and_the_ways_on(shell: "Shell") -> None:
    assert shell.rows[0].startswith("zxdbg 0.1.0   a simulated Zircon kernel")
    assert shell.rows[0].endswith("help · Tab completes · Ctrl-D leaves")
    assert len(shell.rows) == 4


def test_the_welcome_says_when_the_kernel_decides(open_shell: "OpenShell") -> None:
    shell = open_shell("--profile", "kernel")
    assert shell.rows[0].startswith("zxdbg 0.1.0   profile kernel")


@pytest.mark.parametrize("color", ["auto", "never"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_what_the_welcome_shows_works_line_by_line_as_it_stands(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell(f"--color={color}", columns=columns, rows=rows)
    title, first, second, _ = shell.rows
    assert max(map(len, (title, first, second))) <= columns
    assert first.startswith("try   process create demo; ")
    assert second.startswith("then  $base = map $demo.vmar $heap; ")
    answer = shell.run(first.removeprefix("try   "))
    assert answer[0].startswith("ZX_OK  zx_process_create")
    assert not [row for row in answer if "ZX_ERR" in row or "^" in row]
    answer = shell.run(second.removeprefix("then  "))
    assert any(row.startswith("ZX_OK  zx_process_write_memory   2 of 2 bytes") for row in answer)
    assert not [row for row in answer if "^" in row or row.startswith("ZX_ERR")]


@pytest.mark.parametrize("width", [60, 72, 80, 120, 250])
def test_the_welcome_is_three_lines_of_any_width(width: int) -> None:
    lines = welcome(Session(), width)
    assert len(lines) == 3
    assert max(map(line_width, lines)) <= width


def test_every_command_of_the_welcome_is_answered_with_ok() -> None:
    session = Session()
    for line in welcome(session, 250)[1:]:
        for command in line[-1][1].split("; "):
            result = session.run(command)
            assert result.trouble == ""
