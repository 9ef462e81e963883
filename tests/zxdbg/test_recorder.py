from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from zxdbg import CommandError, Session
from zxdbg.files import FileRequest, act
from zxdbg.report import QuietReport
from zxdbg.result import Document, Record, RecordStop
from zxdbg.script import Runner

Program = Callable[..., Any]
Script = Callable[..., Path]


def ask(session: Session, request: FileRequest) -> None:
    act(session, QuietReport(StringIO()), request)


def test_each_command_stands_in_the_file_as_soon_as_it_has_run(tmp_path: Path) -> None:
    session, path = Session(), tmp_path / "x.zx"
    ask(session, Record("x.zx", str(path), False))
    seen = [path.read_text()]
    for line in ("process create demo", 'write $demo 0x1000 "x"', "print $demo"):
        session.run(line)
        seen.append(path.read_text().removeprefix("".join(seen)))
    ask(session, RecordStop())
    assert seen == [
        "# A session of zxdbg. To run it: zxdbg FILE\n",
        "process create demo\n",
        'write $demo 0x1000 "x" => ZX_ERR_NO_MEMORY\n',
        "print $demo\n",
    ]


def test_the_file_is_not_held_open(tmp_path: Path) -> None:
    session, path = Session(), tmp_path / "x.zx"
    ask(session, Record("x.zx", str(path), False))
    session.run("print 1")
    path.rename(tmp_path / "kept.zx")
    session.run("print 2")
    assert (tmp_path / "kept.zx").read_text().endswith("print 1\n")
    assert path.read_text() == "print 2\n"


def test_a_session_that_is_left_while_it_is_recorded_leaves_nothing_open(
    program: Program, tmp_path: Path
) -> None:
    lines = f"record {tmp_path / 'x.zx'}\nprint 1\n"
    done = program("--allow-io", "-c", lines, env={"PYTHONWARNINGS": "error,default:unclosed"})
    assert (done.stderr, done.returncode) == ("", 0)
    assert (tmp_path / "x.zx").read_text().endswith("\nprint 1\n")


def test_what_is_a_mistake_is_not_recorded(tmp_path: Path) -> None:
    session, path = Session(), tmp_path / "x.zx"
    ask(session, Record("x.zx", str(path), False))
    for line in ("wirte 1", "print $nothing"):
        with pytest.raises(CommandError):
            session.run(line)
    ask(session, RecordStop())
    assert path.read_text().count("\n") == 1


def test_a_file_that_exists_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "x.zx"
    for line in ("print 1", "print 2"):
        session = Session()
        ask(session, Record("x.zx", str(path), False))
        session.run(line)
        ask(session, RecordStop())
        session.run("print 3")
    assert [line for line in path.read_text().splitlines() if line[0] != "#"] == [
        "print 1",
        "print 2",
    ]


def test_a_reset_goes_back_to_the_profile_of_the_session(tmp_path: Path) -> None:
    session, path = Session(profile="kernel"), tmp_path / "x.zx"
    ask(session, Record("x.zx", str(path), True))
    session.run("reset")
    ask(session, RecordStop())
    assert path.read_text().splitlines()[1:] == [
        "profile kernel",
        "reset => ZX_OK",
        "profile kernel",
    ]


def test_a_recording_begins_once_and_ends_once(tmp_path: Path) -> None:
    session = Session()
    with pytest.raises(CommandError, match="nothing is recorded; record FILE begins"):
        ask(session, RecordStop())
    ask(session, Record("x.zx", str(tmp_path / "x.zx"), False))
    with pytest.raises(CommandError, match=r"x\.zx is recorded already; record stop ends that"):
        ask(session, Record("y.zx", str(tmp_path / "y.zx"), False))
    ask(session, RecordStop())
    assert session.recorder is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "cannot write {path}: it is a folder"),
        ("no/where.zx", "cannot write {path}: there is no folder {folder}/no"),
        ("a\0b", "cannot write {path}: that is no name"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_clear_line(
    name: str, message: str, tmp_path: Path
) -> None:
    path = f"{tmp_path}/{name}"
    for request in (Record(path, path, False), Document("script", path, path, 0, "text")):
        with pytest.raises(CommandError) as caught:
            ask(Session(), request)
        assert str(caught.value) == message.format(path=path, folder=tmp_path)


def test_a_recording_that_fails_ends_and_the_session_goes_on() -> None:
    session = Session()
    with pytest.raises(CommandError) as caught:
        ask(session, Record("/dev/full", "/dev/full", False))
    assert str(caught.value) == "cannot record in /dev/full any more: No space left on device"
    assert session.recorder is None
    assert session.run("print 1").rows != ()


def test_a_file_that_fills_up_is_one_failure_of_a_script(
    program: Program, script: Script, tmp_path: Path
) -> None:
    """The size of files is limited as the shell does it, so that the second command is too much."""
    import subprocess
    import sys

    lesson = script(f"record x.zx\nprint 1\nprint {'1+' * 900}1\nprint 3\n")
    line = 'ulimit -f 1; trap "" XFSZ; exec "$0" -m zxdbg --quiet --allow-io "$1"'
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        ["bash", "-c", line, sys.executable, str(lesson)],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        f"{lesson}:3:1: cannot record in x.zx any more: File too large"
    )
    assert done.stderr.count("cannot record") == 1


def test_a_recording_runs_to_the_same_state(
    program: Program, script: Script, tmp_path: Path
) -> None:
    script("write $demo $base+0x10 file:data.bin\nrecord stop\nprint 5\n", "in/inner.zx")
    (tmp_path / "in" / "data.bin").write_bytes(b"payload")
    lesson = script(
        "record out/rec.zx --expect\nprocess create demo; vmo create 16K \\\n --name heap\n"
        "$base = map $demo.vmar $heap\nread $demo 0 1 => ZX_ERR_NO_MEMORY\n"
        "source in/inner.zx\nprint 6"
    )
    (tmp_path / "out").mkdir()
    ran = program("--quiet", "--allow-io", lesson)
    assert (ran.returncode, ran.stderr) == (0, "")
    recorded = tmp_path / "out" / "rec.zx"
    assert recorded.read_text().splitlines()[1:] == [
        "process create demo => ZX_OK",
        "vmo create 16K --name heap => ZX_OK size=16K",
        "$base = map $demo.vmar $heap => ZX_OK size=16K",
        "read $demo 0 1 => ZX_ERR_NO_MEMORY",
        "# source in/inner.zx",
        "write $demo $base+0x10 file:../in/data.bin => ZX_OK actual=7",
    ]
    again = program("--quiet", "--allow-io", recorded)
    assert (again.returncode, again.stderr) == (0, "")


def test_what_goes_to_a_file_or_a_command_is_recorded_and_ends_a_recording_just_as_well(
    program: Program, script: Script, tmp_path: Path
) -> None:
    lesson = script(
        "record x.zx\nprint 1 > out.txt\nprint 2 | cat\nset theme light\nsave s.zx\n"
        "alias rd print 3\nexpect 1<2\nrecord stop > stopped.txt\nprint 4"
    )
    ran = program("--allow-io", "--color=never", lesson)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / "x.zx").read_text().splitlines()[1:] == ["print 1", "print 2", "expect 1<2"]
    assert (tmp_path / "out.txt").read_text().startswith("1")
    assert (tmp_path / "stopped.txt").read_text() == "the recording has ended\n"


def test_a_recording_that_fails_while_an_answer_goes_elsewhere_is_one_failure(
    program: Program, script: Script, tmp_path: Path
) -> None:
    session = Session()
    ask(session, Record("x.zx", str(tmp_path / "x.zx"), False))
    (tmp_path / "x.zx").unlink()
    (tmp_path / "x.zx").symlink_to("/dev/full")
    errors = StringIO()
    runner = Runner(session, QuietReport(errors), keep_going=True)
    runner.run_file("lines", f"print 1 > {tmp_path / 'out'}\nprint 2\n".encode(), "")
    assert errors.getvalue().count("cannot record in x.zx any more") == 1
    assert runner.exit_code == 1
    assert session.recorder is None
