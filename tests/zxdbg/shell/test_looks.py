"""How it looks on a real screen: help, themes, and names in other scripts."""

from typing import TYPE_CHECKING

import pytest

from zxdbg.render.theme import THEMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = [(80, 24), (120, 40)]
NARROW = (60, 24)
BLUE, ORANGE, GREY = "5f5fff", "af5f00", "949494"


@pytest.mark.parametrize("color", ["auto", "never"])
@pytest.mark.parametrize(("columns", "rows"), [NARROW, *SIZES])
def test_the_map_is_seen_at_once(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell(f"--color={color}", columns=columns, rows=rows)
    shell.send("help\r")
    shell.wait_for_prompt(2)
    shell.send("quit")
    shell.wait_for("quit   Leave")
    screen = shell.rows
    first = next(at for at, row in enumerate(screen) if row.startswith("zxdbg: a simulated"))
    assert screen[first + 1].startswith("  run ")
    assert any(row.startswith("  ask why ") for row in screen)
    below = screen.index("zxdbg 2> quit")
    assert screen[below - 2].endswith("apropos WORD")
    assert shell.style_of("ask why") == "default"
    assert shell.style_of("expectations") == ("default" if color == "never" else "cyan")


@pytest.mark.parametrize("color", ["auto", "never"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_apropos_leads_to_the_help_that_it_names(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell(f"--color={color}", columns=columns, rows=rows)
    found = shell.run("apropos copy on write")
    assert found[0].startswith("  vmo clone ")
    assert found[-1] == "  help vmo clone explains the first one"
    assert shell.style_of("explains the first") == ("default" if color == "never" else GREY)
    shell.send("help vmo clone\r")
    shell.wait_for_prompt(3)
    assert "when to use it" in shell.rows


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_topic_that_is_not_there_has_its_caret_and_its_next_step(
    open_shell: "OpenShell", columns: int, rows: int
) -> None:
    shell = open_shell(columns=columns, rows=rows)
    (caret,) = shell.run("help wirte")
    assert caret.index("^^^^^") == len("zxdbg 1> help ")
    assert caret.endswith("no help on wirte; nearest: write")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("name", THEMES)
def test_each_theme_has_a_look_of_its_own(
    open_shell: "OpenShell", name: str, columns: int, rows: int
) -> None:
    shell = open_shell("--theme", name, columns=columns, rows=rows)
    shell.run("process create demo")
    done = shell.look_of("ZX_OK")
    shell.run('write $demo 0x1000 "x"')
    refused = shell.look_of("ZX_ERR_NO_MEMORY (-4)")
    assert (done.fg, refused.fg) == {
        "dark": ("green", "brightred"),
        "light": ("005f00", "red"),
        "safe": (BLUE, ORANGE),
        "mono": ("default", "default"),
    }[name]
    assert done.bold
    assert refused.bold
    assert refused.reverse is (name == "mono")
    assert refused.underscore is (name == "safe")


@pytest.mark.parametrize("name", THEMES)
def test_without_colour_a_theme_changes_nothing(open_shell: "OpenShell", name: str) -> None:
    shell = open_shell("--theme", name, "--color=never", columns=80, rows=24)
    shell.run('write $self 0x1000 "x"')
    look = shell.look_of("ZX_ERR_NO_MEMORY (-4)")
    assert (look.fg, look.bold, look.reverse, look.underscore) == ("default", False, False, False)


NAMES = ["地址空间", "e\u0301te\u0301", "\U0001f469\u200d\U0001f467", "שלום", "\u202eabc"]


@pytest.mark.parametrize("color", ["auto", "never"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_columns_line_up_behind_names_in_any_script(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell(f"--color={color}", columns=columns, rows=rows)
    for name in NAMES:
        shell.run(f'process create "{name}"')
    table = shell.run("processes")
    assert table[3].split()[1] == "\u00e9t\u00e9"  # as the terminal joins them
    assert table[4].split()[1] == "👩\\u200d👧"
    assert table[6].split()[1] == "\\u202eabc"
    column = shell.columns_of("INITIAL")
    assert len(column) == len(NAMES)
    assert set(column) == set(shell.columns_of("state"))
