"""What changed and the picture of the address space, on real screens."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

STAGE = "process create demo; vmo create 16K --name heap; map $demo.vmar $heap --at 0x10000000"
SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
COLORS = pytest.mark.parametrize("color", ["auto", "never"])


@SIZES
@COLORS
def test_a_line_below_the_answer_says_what_changed(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run(STAGE)
    assert shell.run('write $demo 0x10003ffe "hi"')[1:] == [
        "  changed  2 bytes of heap at +0x3ffe, 1 page committed"
    ]
    assert (shell.style_of("changed  2 bytes") == "default") == (color == "never")
    assert shell.run('write $demo 0x10003ffe "hi"')[1:] == [
        "  changed  nothing: the same bytes were there before"
    ]
    assert shell.run("protect $demo.vmar 0x10000000 4K r")[1:] == [
        "  changed  perms of heap at 0x10000000, 4K: rw- to r--"
    ]
    assert shell.run("unmap $demo.vmar 0x10000000 8K")[1:] == [
        "  changed  1 mapping removed, 1 cut; 8K unmapped"
    ]
    assert shell.run("maps $demo; handle close $heap; kill $demo")[-1] == (
        "  changed  heap at 0x10002000 unmapped, 8K; heap is gone, 1 page freed"
    )


@SIZES
@COLORS
def test_maps_draws_the_address_space_over_the_width_of_the_screen(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run(STAGE)
    shell.run('write $demo 0x10000000 "x"; protect $demo.vmar 0x10002000 8K r')
    _, ends, bar, labels, *_ = shell.run("maps $demo")
    assert len(ends) == len(bar) == columns
    assert ends.startswith("  0x1000000 ")
    assert ends.endswith(" 0x7ffffffff000")
    assert "log scale, █ is committed" in ends
    assert [size in bar for size in (" 240M ", " 128T ")] == [True, True]
    border = bar.index("│")
    assert labels.split() == ["heap", "rw-", "heap", "r--"]
    assert labels.index("heap r--") == border + 1
    assert bar[border - 1 : border + 2] == "░│░"
    assert bar[labels.index("heap rw-")] == "█"
    assert (shell.style_of("█░") == "default") == (color == "never")


def test_the_picture_needs_no_more_than_ascii(open_shell: "OpenShell") -> None:
    shell = open_shell("--ascii", "--color", "never", columns=80, rows=24)
    shell.run(STAGE)
    shell.run('write $demo 0x10000000 "x"')
    _, ends, bar, _, *_ = shell.run("maps $demo")
    assert "# is committed" in ends
    assert "+##......+" in bar
    assert all(row.isascii() for row in shell.rows)


@SIZES
@COLORS
def test_bytes_that_changed_stand_in_brackets(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("$base = map $demo.vmar $heap --at 0x10000000")
    shell.run('write $demo $base "abcdef"')
    shell.run('write $demo $base+2 "XY"')
    rows_of_read = shell.run("read $demo $base 8")
    assert rows_of_read[1].lstrip().startswith("0x10000000  61 62[58 59]65 66 00 00")
    assert shell.style_of("58 59") == ("default" if color == "never" else "brown")
