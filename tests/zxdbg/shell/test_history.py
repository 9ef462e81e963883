from pathlib import Path

import pytest
from prompt_toolkit.history import FileHistory, InMemoryHistory

from zxdbg.shell.history import open_history


def lines(path: Path) -> list[str]:
    """Return the lines that a new session recalls, newest first."""
    return list(open_history(path).load_history_strings())


def test_the_file_lies_under_the_state_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    history = open_history()
    assert isinstance(history, FileHistory)
    assert history.filename == str(tmp_path / "zxdbg" / "history")
    assert (tmp_path / "zxdbg" / "history").read_text() == ""


def test_missing_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "history"
    open_history(path)
    assert path.is_file()


def test_a_line_is_recalled_by_the_next_session_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "history"
    history = open_history(path)
    history.append_string("print 1")
    history.append_string('write $demo 0x10 "höß"')
    assert lines(path) == ['write $demo 0x10 "höß"', "print 1"]


def test_opening_again_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "history"
    open_history(path).append_string("print 1")
    open_history(path)
    open_history(path).append_string("print 2")
    assert lines(path) == ["print 2", "print 1"]


def test_a_folder_that_cannot_be_made_gives_a_history_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    history = open_history(tmp_path / "file" / "history")
    assert isinstance(history, InMemoryHistory)
    history.append_string("print 1")
    assert history.get_strings() == ["print 1"]


def test_a_place_that_is_a_folder_gives_a_history_in_memory(tmp_path: Path) -> None:
    assert isinstance(open_history(tmp_path), InMemoryHistory)
