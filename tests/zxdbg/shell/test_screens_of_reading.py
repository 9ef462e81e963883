"""Reading, finding and comparing, on real screens of two sizes, with colour and without."""

from typing import TYPE_CHECKING

import pytest

from zxdbg.render.parts import width_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
COLOURS = pytest.mark.parametrize("color", ["always", "never"])


def staged(open_shell: "OpenShell", columns: int, rows: int, *arguments: str) -> "Shell":
    shell = open_shell(*arguments, columns=columns, rows=rows)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("$base = map $demo.vmar $heap --at 0x10000000")
    return shell


@SIZES
@COLOURS
def test_units_the_border_and_the_unread(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = staged(open_shell, columns, rows, "--color", color)
    shell.run("write $demo $base+0x3ff0 hex:0102030405060708ffff000000000000")
    answer = shell.run("read $demo $base+0x3ff0 32 --as u64")
    dump = answer[1:4]
    assert dump[0].startswith(
        "  0x10003ff0 [0807060504030201  000000000000ffff] |................|"
    )
    assert dump[1] == "  ─────────── heap ends; nothing mapped ───────────"
    assert dump[2].startswith("  0x10004000  ????????????????  ????????????????  |      ")
    assert shell.style_of("????") == ("brightred" if color == "always" else "default")


@SIZES
@COLOURS
def test_chinese_text_keeps_the_columns(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = staged(open_shell, columns, rows, "--color", color)
    shell.run('write $demo $base "中文字 in data"')
    shell.run("write $demo $base+16 fill:0x2e:16")
    first, second = shell.run("read $demo $base 32")[1:3]
    assert "|中·文·字· in dat|" in first
    ends = [width_of(row[: row.rindex("|")]) for row in (first, second)]
    assert ends[0] == ends[1] < columns
    assert shell.run("read $demo $base 16 --as text")[-1] == "  0x10000000   中文字 in dat"


@SIZES
def test_chinese_text_in_ascii_keeps_the_columns(
    open_shell: "OpenShell", columns: int, rows: int
) -> None:
    shell = staged(open_shell, columns, rows, "--ascii")
    shell.run("vmo write $heap 0 hex:e4b8ade696872e2e2e2e2e2e2e2e2e2e2e2e2e")
    first, second = shell.run("read $demo $base 32")[1:3]
    assert "|??.??...........|" in first
    assert len(first.partition("  heap")[0]) == len(second.partition("  heap")[0])


@SIZES
def test_text_is_read_in_lines(open_shell: "OpenShell", columns: int, rows: int) -> None:
    shell = staged(open_shell, columns, rows)
    shell.run(r'write $demo $base "one\n二\n\x1b[31mred"')
    assert shell.run("read $demo $base 4K --as text")[1:4] == [
        r"  0x10000000*  one\n",
        r"  0x10000004*  二\n",
        r"  0x10000008*  \e[31mred\0 ×4080",
    ]


@SIZES
@COLOURS
def test_what_is_found_is_in_brackets_with_its_place(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = staged(open_shell, columns, rows, "--color", color)
    shell.run('write $demo $base+0xffe "hello"')
    answer = shell.run("find $demo hex:6865??6c")
    assert answer[0] == "ZX_OK  zx_process_read_memory   1 match in 16K searched"
    assert answer[1] == "  pattern  4 bytes: 68 65 ?? 6c"
    assert answer[2].startswith("  0x10000ffe [68 65 6c 6c]6f 00 00 00 ")
    assert answer[2].endswith("|  heap+0xffe  rw-")
    assert shell.style_of("[68 65 6c 6c]") == ("brown" if color == "always" else "default")


@SIZES
@COLOURS
def test_what_differs_is_side_by_side(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = staged(open_shell, columns, rows, "--color", color)
    shell.run('write $demo $base "hello"; write $demo $base+0x1000 "help!"')
    answer = shell.run("diff $demo $base $base+0x1000 4K")
    assert answer[0].startswith("ZX_OK  zx_process_read_memory   2 of 4K bytes differ")
    assert answer[1].split() == ["demo", "heap+0x0", "demo", "heap+0x1000"]
    assert answer[2].startswith("  0x10000000  68 65 6c[6c 6f]00 00 00 ")
    assert "  0x10001000  68 65 6c[70 21]00 00 00" in answer[2]
    assert answer[3] == "  *  4088 bytes equal"
    assert shell.style_of("[70 21]") == ("brown" if color == "always" else "default")


@SIZES
def test_megabytes_of_equal_bytes_fit_any_screen(
    open_shell: "OpenShell", columns: int, rows: int
) -> None:
    shell = staged(open_shell, columns, rows)
    shell.run("vmo create 64M --name big; $b = map $demo.vmar $big --at 0x20000000")
    shell.run("write $demo $b fill:1:64M")
    answer = shell.run("read $demo $b 64M")
    assert len(answer) == 4
    assert answer[2].strip() == "*  4194303 more lines like it"
