import gc
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from zxdbg import Session
from zxdbg.render.screen import Screen
from zxdbg.shell.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    (row,) = [row for row in shell.rows if row.split()[:1] == ["clone"]]
    assert row.split(maxsplit=1) == ["clone", "Make a copy-on-write clone of a VMO"]


SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_the_menu_describes_handles_and_addresses(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("map $demo.vmar $heap --at 0x10000000")
    shell.send(f"read {TAB}{TAB}")
    shell.wait_for("process demo")
    shell.send(f"\x15read $demo {TAB}")
    shell.wait(lambda: shell.row.startswith("zxdbg 3> read $demo 0x10000000"))


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_the_hint_has_the_argument_at_the_cursor(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.send("write $self ")
    shell.wait_for("write PROCESS <ADDRESS> DATA [--length LENGTH]   First address")
    assert all(len(row) <= columns for row in shell.rows)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_the_hint_says_in_words_what_is_wrong(
    columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell(columns=columns, rows=rows)
    shell.run("$weak = handle duplicate $self --rights ZX_RIGHT_READ")
    shell.send("write $weak ")
    shell.wait_for("would fail: $weak lacks ZX_RIGHT_WRITE, which write needs")


def test_the_hint_can_be_switched_off(open_shell: "OpenShell") -> None:
    shell = open_shell(settings={"hint": "off"})
    shell.send("write $self ")
    shell.wait(lambda: shell.row.endswith("write $self "))
    assert not any("ADDRESS" in row for row in shell.rows)


def test_an_ascii_screen_has_an_ascii_hint(open_shell: "OpenShell") -> None:
    shell = open_shell("--ascii", columns=60)
    shell.send("write $self ")
    shell.wait_for("write ~ <ADDRESS> ~   First address in that process")
    shell.send("\x15han?")
    shell.wait_for("duplicate . replace . close")
    assert all(row.isascii() for row in shell.rows)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_right_arrow_takes_the_ghost_text(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.run("print 0x1234")
    shell.send("pri")
    shell.wait_for("zxdbg 2> print 0x1234")
    shell.wait(lambda: shell.row == "zxdbg 2> pri")
    shell.send("\x1b[C")
    shell.wait(lambda: shell.row == "zxdbg 2> print 0x1234")


def test_ghost_text_can_be_switched_off(open_shell: "OpenShell") -> None:
    shell = open_shell(settings={"suggest": "off"})
    shell.run("print 0x1234")
    shell.send("pri")
    shell.wait(lambda: shell.row == "zxdbg 2> pri")
    assert "zxdbg 2> print 0x1234" not in shell.rows


def test_arrow_up_recalls_what_begins_as_typed(shell: "Shell") -> None:
    shell.run("print 1")
    shell.run("vmo create 4K")
    shell.send("pr\x1b[A")
    shell.wait(lambda: shell.row == "zxdbg 3> print 1")


def test_control_r_searches_the_history(shell: "Shell") -> None:
    shell.run("print 1")
    shell.run("vmo create 4K")
    shell.send("\x12rin")
    shell.wait_for("print 1")
    shell.send("\r")
    shell.wait_for("zxdbg 3> print 1")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_the_list_can_come_by_itself(columns: int, rows: int, open_shell: "OpenShell") -> None:
    shell = open_shell(columns=columns, rows=rows, settings={"complete": "typing"})
    shell.send("vmo res")
    shell.wait_for("Set a VMO's size")


def test_settings_count_from_the_next_line_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: "Path"
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = Session()
    settings = session.state.settings.values
    with create_pipe_input() as keys:
        prompt = Prompt(session, Screen(StringIO(), 80), source=keys, output=DummyOutput())
        keys.send_text("print 1\r")
        assert prompt.read("> ") == "print 1"
        settings["keys"] = "vi"
        keys.send_text("print 1\x1b")
        keys.send_text("0xiP\r")
        assert prompt.read("> ") == "Print 1"
        assert prompt.ptk.bottom_toolbar is not None
        settings |= {"keys": "emacs", "hint": "off"}
        keys.send_text("rint 1\x01p\r")
        assert prompt.read("> ") == "print 1"
        assert prompt.ptk.bottom_toolbar is None


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_a_line_that_is_typed_again_is_judged_by_what_ran_meanwhile(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    settings = {"complete": "typing"}
    shell = open_shell("--color", color, columns=columns, rows=rows, settings=settings)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.send("read $demo 0x20000000 16")
    shell.wait_for("would fail: 0x20000000 is mapped nowhere in demo")
    assert shell.is_underlined("0x20000000")
    shell.send("\x15")
    shell.wait_for_prompt(2)
    shell.run("map $demo.vmar $heap --at 0x20000000")
    shell.send("read $demo 0x20000000 16")
    shell.wait_for("<LENGTH>")
    assert not shell.is_underlined("0x20000000")
    shell.send("\x15vmo resize $la")
    shell.wait_for("mistake: no such name: $la")
    shell.send("\x15vmo create 4K --name later\r")
    shell.wait_for_prompt(4)
    shell.send("vmo resize $la")
    shell.wait_for("VMO later")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_key_behind_a_long_pasted_line_is_shown(
    columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell(columns=columns, rows=rows)
    shell.send(f"\x1b[200~{'print 1;' * 2300}\x1b[201~")
    shell.wait(lambda: shell.row.endswith("print 1;"))
    shell.send("nothing")
    shell.wait_for("mistake: no such command: nothing")


def test_what_the_session_holds_is_left_alone_only_while_somebody_types() -> None:
    counts = []
    with create_pipe_input() as keys:
        prompt = Prompt(Session(), Screen(StringIO(), 80), source=keys, output=DummyOutput())
        prompt.ptk.app.after_render += lambda _: counts.append(gc.get_freeze_count())
        keys.send_text("print 1\r\x03")
        assert prompt.read("zxdbg 1> ") == "print 1"
        assert gc.get_freeze_count() == 0
        with pytest.raises(KeyboardInterrupt):
            prompt.read("zxdbg 2> ")
    assert min(counts) > 0
    assert gc.get_freeze_count() == 0


def test_a_word_is_judged_when_the_cursor_leaves_it(shell: "Shell") -> None:
    shell.send("write $sel")
    shell.wait(lambda: shell.row.endswith("$sel") and not shell.columns_of("no such name"))
    assert not shell.is_underlined("$sel")
    shell.send("\x01")
    shell.wait_for("mistake: no such name: $sel")
    shell.wait(lambda: shell.row == "zxdbg 1> ")
    assert shell.is_underlined("$sel")
