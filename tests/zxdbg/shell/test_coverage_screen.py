from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])


@SIZES
@pytest.mark.parametrize("color", ["always", "never"])
def test_coverage_tells_which_rules_have_decided(
    columns: int, rows: int, color: str, open_shell: "Callable[..., Shell]"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run("handle close 1")
    shown = shell.run("coverage")
    assert shown[:3] == [
        "profile docs: 1 of 1 rules of 1 syscall have decided, 100%",
        "zx_handle_close   1 of 1",
        "  decided  handle-valid",
    ]


@SIZES
def test_coverage_of_a_syscall_has_lines_to_try(
    columns: int, rows: int, open_shell: "Callable[..., Shell]"
) -> None:
    shell = open_shell(columns=columns, rows=rows)
    shown = shell.run("coverage zx_handle_duplicate")
    assert shown[1:3] == [
        "zx_handle_duplicate   0 of 5",
        "  missing  handle-valid   handle duplicate 0",
    ]
    assert "           handles-left   no line is known" in shown
    assert max(map(len, shown)) <= columns


def test_what_typing_asks_is_not_counted(shell: "Shell") -> None:
    shell.run("process create demo")
    shell.send('write $demo 0 "x"')
    shell.wait_for('write $demo 0 "x"')
    shell.send("\x15")
    assert shell.run("coverage zx_process_write_memory")[1] == "zx_process_write_memory   0 of 13"
