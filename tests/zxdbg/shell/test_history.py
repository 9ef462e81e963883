import os
from pathlib import Path

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory

from zxdbg.shell import history as module
from zxdbg.shell.history import HistorySuggest, open_history


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


def test_what_was_typed_twice_in_a_row_is_recalled_once(tmp_path: Path) -> None:
    path = tmp_path / "history"
    for line in ("print 1", "print 2", "print 2", "print 1"):
        open_history(path).append_string(line)
    assert lines(path) == ["print 1", "print 2", "print 1"]


def test_a_command_of_several_lines_is_one(tmp_path: Path) -> None:
    path = tmp_path / "history"
    open_history(path).append_string("print \\\n1\n# note")
    assert lines(path) == ["print \\\n1\n# note"]


def test_a_long_history_is_read_from_its_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    monkeypatch.setattr(module, "MOST_LINES", 5)
    path = tmp_path / "history"
    history = open_history(path)
    for number in range(40):
        history.append_string(f"print {number}")
    assert lines(path) == [f"print {number}" for number in range(39, 34, -1)]


def test_a_history_that_has_grown_too_large_is_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    path = tmp_path / "history"
    history = open_history(path)
    for number in range(100):
        history.append_string(f"print {number}")
    found = lines(path)
    assert path.stat().st_size <= 1000
    assert found[0] == "print 99"
    assert all(line.startswith("print ") and line[6:].isdigit() for line in found)


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_bytes(b"\n# x\n+a\xff\n\n# y\n+print 1\n")
    assert lines(path)[0] == "print 1"


def suggested(
    typed: str, *before: str, cursor: int | None = None, mistakes: frozenset[str] = frozenset()
) -> str | None:
    history = InMemoryHistory(list(before))
    buffer = Buffer(history=history)
    list(history.load_history_strings())
    for line in before:
        history.append_string(line)
    found = HistorySuggest(mistakes).get_suggestion(buffer, Document(typed, cursor))
    return None if found is None else found.text


def test_the_newest_line_that_begins_as_typed_is_suggested() -> None:
    assert suggested("pri", "print 1", "vmo create", "print 2") == "nt 2"
    assert suggested("print 2", "print 1", "print 2") is None
    assert suggested("x", "print 1") is None


def test_a_line_that_could_not_be_run_is_not_suggested() -> None:
    before = ("print $good", "print $bda")
    assert suggested("pri", *before) == "nt $bda"
    assert suggested("pri", *before, mistakes=frozenset({"print $bda"})) == "nt $good"


def test_nothing_is_suggested_on_an_empty_line_in_a_middle_or_for_several_lines() -> None:
    assert suggested(" ", " print 1") is None
    assert suggested("pri", "print 1", cursor=1) is None
    assert suggested("a\nb", "a\nbc") is None
    assert suggested("print", "print 1\nprint 2") == " 1"


def test_only_the_newest_lines_are_looked_at() -> None:
    assert suggested("old", "old line", *(f"print {n}" for n in range(2000))) is None


def test_a_history_that_is_no_file_or_is_gone_is_kept_in_memory(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert isinstance(open_history(tmp_path / "fifo"), InMemoryHistory)
    history = open_history(tmp_path / "sub" / "history")
    (tmp_path / "sub" / "history").unlink()
    (tmp_path / "sub").rmdir()
    history.append_string("print 1")
    assert history.get_strings() == ["print 1"]
