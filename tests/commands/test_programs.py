from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Document, Record, RecordStop

if TYPE_CHECKING:
    from zxdbg.result import Result

Drawer = Callable[["Result"], list[str]]


@pytest.mark.parametrize(
    ("line", "form", "begin"),
    [
        ("save x.zx", "script", "# A session of zxdbg"),
        ("save x.zx --expect", "script", "# A session of zxdbg"),
        ("export python x.py", "python", '"""A session of zxdbg as a Python program'),
        ("export c x.c", "c", "// A session of zxdbg as a C program"),
    ],
)
def test_a_document_is_data_and_no_file_is_touched(
    session: Session, line: str, form: str, begin: str, tmp_path: Path
) -> None:
    session.state.folder = str(tmp_path)
    answer = session.run(line).answer
    assert isinstance(answer, Document)
    assert (answer.form, answer.commands) == (form, 3)
    assert answer.text.startswith(begin)
    assert answer.path == str(tmp_path / answer.name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["save x", "export python x", "export c x"])
def test_that_a_file_is_replaced_is_said(
    session: Session, line: str, tmp_path: Path, drawn: Drawer
) -> None:
    session.state.folder = str(tmp_path)
    first = session.run(line)
    assert not first.replaced
    assert drawn(first)[0] == "x   3 commands"
    (tmp_path / "x").write_text("mine")
    second = session.run(line)
    assert second.replaced
    assert drawn(second)[0] == "x   3 commands, replaces the file that was there"


def test_a_recording_is_a_wish(session: Session) -> None:
    assert session.run("record x.zx").answer == Record("x.zx", "x.zx", False)
    assert session.run("record ./stop --expect").answer == Record("./stop", "./stop", True)
    assert session.run("record stop").answer == RecordStop()


@pytest.mark.parametrize("line", ["save x", "export python x", "export c x", "record x"])
def test_a_script_may_write_no_file(line: str) -> None:
    session = Session(allow_io=False)
    with pytest.raises(CommandError, match="a script may not write files; run it with --allow-io"):
        session.run(line)


@pytest.mark.parametrize(
    ("line", "first", "following"),
    [
        ("save x.zx", "x.zx   3 commands", "next     zxdbg x.zx runs it"),
        ("export python x.py", "x.py   3 commands", "next     python x.py runs it"),
        ("export c x.c", "x.c   3 commands", "next     cc -c -I "),
    ],
)
def test_what_was_written_and_what_to_do_with_it_is_shown(
    session: Session, drawn: Drawer, line: str, first: str, following: str
) -> None:
    rows = drawn(session.run(line))
    assert rows[0] == first
    assert rows[1].strip().startswith(following)


def test_a_recording_says_how_it_ends(session: Session, drawn: Drawer) -> None:
    assert drawn(session.run("record x.zx")) == ["recording in x.zx   record stop ends it"]
    assert drawn(session.run("record stop")) == ["the recording has ended"]


def test_one_command_is_not_several(drawn: Drawer) -> None:
    session = Session()
    session.run("print 1")
    assert drawn(session.run("save x.zx"))[0] == "x.zx   1 command"


def test_a_script_that_reads_files_is_run_with_the_option_for_that(
    session: Session, drawn: Drawer, tmp_path: Path
) -> None:
    (tmp_path / "x.bin").write_bytes(b"hi")
    session.run(f"vmo write $heap 0 file:{tmp_path}/x.bin")
    rows = drawn(session.run("save x.zx"))
    assert rows[1].split(maxsplit=1)[1] == "zxdbg --allow-io x.zx runs it"


@pytest.mark.parametrize(
    "line", ["save x", "export python x", "export c x", "record x", "export svg x"]
)
def test_what_was_answered_last_stays_what_the_last_command_answered(
    session: Session, line: str
) -> None:
    before = session.run('write $demo $base "hi"')
    session.run(line)
    assert session.state.last is before
