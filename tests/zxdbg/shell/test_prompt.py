from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

TAB = "\t"


def test_a_backslash_goes_on_in_the_next_line(shell: "Shell") -> None:
    shell.send("process \\\r")
    shell.wait_for("...")
    shell.send("create demo\r")
    shell.wait_for_prompt(2)
    assert shell.rows[-4] == "zxdbg 1> process \\"
    assert shell.rows[-3] == "...      create demo"
    assert shell.rows[-2].startswith("ZX_OK  zx_process_create   $demo 0x")


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
