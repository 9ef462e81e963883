from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document

from zxdbg.lang.look import Looker
from zxdbg.session import Session
from zxdbg.shell.completer import LineCompleter
from zxdbg.shell.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

TAB = CompleteEvent(completion_requested=True)
TYPING = CompleteEvent(text_inserted=True)


def completer(session: Session, guard: Guard | None = None) -> LineCompleter:
    return LineCompleter(Looker(session.state, session.registry), guard or Guard())


def offers(
    session: Session, text: str, cursor: int | None = None, event: CompleteEvent = TAB
) -> dict[str, str]:
    """Return what the line becomes up to the cursor with each candidate, and its meaning."""
    document = Document(text, cursor)
    before = document.text_before_cursor
    guard = Guard()
    found_words = {
        before[: len(before) + found.start_position] + found.text.rstrip(): found.display_meta_text
        for found in completer(session, guard).get_completions(document, event)
    }
    assert not guard.is_troubled, guard.take()
    return found_words


def test_a_blank_follows_a_word_that_is_the_only_one() -> None:
    document = Document("wri")
    (found,) = completer(Session()).get_completions(document, TAB)
    assert (found.text, found.display_text) == ("write ", "write")


def test_the_names_of_the_wanted_kind_come_first() -> None:
    session = Session()
    session.run("vmo create 16K --name heap; process create demo")
    session.run("$base = map $demo.vmar $heap --at 0x10000000")
    assert next(iter(offers(session, "vmo resize $"))) == "vmo resize $heap"
    assert list(offers(session, "map $"))[:2] == ["map $demo.vmar", "map $self.vmar"]
    assert list(offers(session, "write $"))[:2] == ["write $demo", "write $self"]
    assert next(iter(offers(session, "write $demo $"))) == "write $demo $base"
    assert "write $demo.vmar_handle" not in offers(session, "write $demo")


def test_the_files_of_a_folder_are_completed(tmp_path: Path) -> None:
    (tmp_path / "lesson.zx").write_text("")
    (tmp_path / "more").mkdir()
    session = Session()
    session.state.folder = str(tmp_path)
    assert offers(session, "source ") == {"source lesson.zx": "file", "source more/": "folder"}


def test_help_offers_commands_with_their_summaries() -> None:
    assert offers(Session(), "help writ") == {
        "help write": "Write memory of a process, whatever its permissions are"
    }


def test_a_command_is_completed_with_its_summary() -> None:
    assert offers(Session(), "wri") == {
        "write": "Write memory of a process, whatever its permissions are"
    }


def test_the_first_word_of_a_family_lists_the_second_ones() -> None:
    assert offers(Session(), "hand") == {
        "handle": "duplicate · replace · close",
        "handles": "List the handles of the process that calls, newest first",
    }


def test_the_second_word_of_a_command_is_completed() -> None:
    assert list(offers(Session(), "vmo c")) == [
        "vmo create",
        "vmo clone",
        "vmo cache-policy",
        "vmo commit",
    ]


def test_every_syscall_is_offered_under_its_c_name() -> None:
    assert list(offers(Session(), "zx_process_w")) == ["zx_process_write_memory"]


def test_an_option_is_completed_after_the_arguments() -> None:
    assert list(offers(Session(), 'write $self 0x1000 "x" --l')) == [
        'write $self 0x1000 "x" --length'
    ]


def test_an_option_that_was_given_is_not_offered_again() -> None:
    found = offers(Session(), "map $self.vmar $x --at 0x1000 --")
    assert [line.split()[-1] for line in found] == [
        "--offset",
        "--size",
        "--perms",
        "--overwrite",
        "--json",
    ]


@pytest.mark.parametrize("between", [" ", "="])
def test_the_value_of_an_option_is_completed(between: str) -> None:
    line = f"map $self.vmar $x --perms{between}"
    assert list(offers(Session(), f"{line}r")) == [
        f"{line}r",
        f"{line}rw",
        f"{line}rx",
        f"{line}rwx",
    ]


def test_a_name_is_completed_with_what_it_means() -> None:
    session = Session()
    session.run("vmo create 16K --name heap")
    assert offers(session, "vmo resize $he") == {"vmo resize $heap": "VMO heap"}
    assert offers(session, "vmo create $he") == {"vmo create $heap.size": "bytes 16384"}


def test_a_name_in_a_sum_is_completed_where_it_begins() -> None:
    session = Session()
    session.run("process create demo; vmo create 16K --name heap")
    session.run("$base = map $demo.vmar $heap --at 0x10000000")
    found = offers(session, "write $demo 0x10+$ba")
    assert found["write $demo 0x10+$base"] == "address 0x10000000"


def test_only_the_text_before_the_cursor_counts() -> None:
    assert list(offers(Session(), "wriXXX", 3)) == ["write"]


def test_a_second_command_in_the_line_is_completed_like_the_first() -> None:
    assert list(offers(Session(), "print 1; wri")) == ["print 1; write"]


def test_a_command_behind_a_target_is_completed() -> None:
    assert list(offers(Session(), "$x = vmo cl")) == ["$x = vmo clone"]


@pytest.mark.parametrize("prefix", ["explain", "compare"])
def test_a_line_behind_a_prefix_command_is_completed(prefix: str) -> None:
    assert list(offers(Session(), f"{prefix} wri")) == [f"{prefix} write"]
    assert f'{prefix} write $self 0 "x" --length' in offers(
        Session(), f'{prefix} write $self 0 "x" --'
    )


def test_an_expectation_offers_each_status_with_its_meaning() -> None:
    found = offers(Session(), 'write $self 0 "x" => ZX_ERR_NO_M')
    assert found == {
        'write $self 0 "x" => ZX_ERR_NO_MEMORY': "memory ran out; also said where nothing is "
        "mapped at an address"
    }


def test_an_expectation_offers_the_fields_of_the_result() -> None:
    line = 'write $self 0 "x" => ZX_OK '
    found = offers(Session(), line)
    assert found[f"{line}actual="] == "bytes"
    assert not any("ZX_ERR" in text for text in found)


def test_help_offers_statuses_and_rights() -> None:
    found = offers(Session(), "help ZX_")
    assert {"help ZX_ERR_NO_MEMORY", "help ZX_RIGHT_WRITE"} <= set(found)


@pytest.mark.parametrize("line", ['write $self 0 "wri', "# wri", "nonsense and more wri"])
def test_nothing_is_offered_where_nothing_is_known(line: str) -> None:
    assert offers(Session(), line) == {}


@pytest.mark.parametrize("line", ["", "=>", "$x =", "=> ", "$", "write ;;", '"', "--", "\\"])
def test_no_unfinished_line_breaks_completion(line: str) -> None:
    for end in range(len(line) + 1):
        for text in offers(Session(), line[:end]):
            assert text.startswith(line[:end].rpartition(" ")[0])


def test_completing_changes_nothing_in_the_session() -> None:
    session = Session()
    before = (list(session.state.names), list(session.state.history))
    offers(session, "process create ")
    offers(session, "")
    assert (list(session.state.names), list(session.state.history)) == before


def test_tab_takes_the_only_one_that_begins_as_typed() -> None:
    assert list(offers(Session(), "wri")) == ["write"]
    assert list(offers(Session(), "wri", event=TYPING))[:2] == ["write", "zx_vmo_write"]


def test_a_word_that_is_whole_is_not_offered_while_typing() -> None:
    session = Session()
    session.run("vmo create 4K --name only")
    assert offers(session, "vmo resize $only", event=TYPING) == {}
    assert list(offers(session, "vmo resize $only")) == ["vmo resize $only"]


def test_tab_goes_as_far_as_all_agree_and_then_offers_the_others_too() -> None:
    assert list(offers(Session(), "hand")) == ["handles", "handle"]
    words = list(offers(Session(), "handle"))
    assert words[:2] == ["handle", "handles"]
    assert "zx_handle_close" in words


def test_the_menu_measures_the_texts_that_it_shows() -> None:
    completions = completer(Session()).get_completions(Document("vmo c"), TAB)
    for found in completions:
        usual = Completion(found.text, found.start_position, found.display, found.display_meta)
        assert found.display_text == usual.display_text
        assert found.display_meta_text == usual.display_meta_text != ""


def ends_with(shell: "Shell", typed: str) -> bool:
    return shell.row.endswith(typed)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
@pytest.mark.parametrize("color", ["always", "never"])
def test_the_list_stays_below_the_beginning_of_the_word_that_is_typed(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    settings = {"complete": "typing"}
    shell = open_shell("--color", color, columns=columns, rows=rows, settings=settings)
    shell.run("process create demo")
    before = len("zxdbg 2> maps ")
    for typed in ("maps $", "d", "e"):
        shell.send(typed)
        shell.wait(partial(ends_with, shell, typed))
        shell.wait_for("$demo  process demo")
        assert shell.columns_of("$demo  process demo") == [before + 1]
