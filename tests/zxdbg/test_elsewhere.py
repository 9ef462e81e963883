import errno
import os
import signal
import subprocess
from pathlib import Path

import pytest

from zxdbg import CommandError
from zxdbg.elsewhere import Sent, check_file, how_it_ended, run_shell_command, send, write_file
from zxdbg.lang.output import Output


def test_a_file_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    write_file(str(path), "out.txt", "a long text\n")
    write_file(str(path), "out.txt", "名\n")
    assert path.read_bytes() == "名\n".encode()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".", "cannot write .: it is a folder"),
        ("nope/out.txt", "cannot write nope/out.txt: there is no folder nope"),
        ("a\0b", "that is no name"),
        ("", 'cannot write "": that is no name'),
    ],
)
def test_a_file_that_cannot_be_written_is_a_mistake_before_anything_happens(
    name: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="cannot write") as caught:
        check_file(os.path.join(tmp_path, name), name, (3, 5))  # noqa: PTH118 - a NUL stays
    assert caught.value.message.endswith(reason)
    assert caught.value.span == (3, 5)
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_takes_nothing_is_a_mistake() -> None:
    with pytest.raises(CommandError, match="cannot write /dev/full: No space left on device"):
        write_file("/dev/full", "/dev/full", "x" * 100_000)


def test_names_are_relative_to_the_folder(tmp_path: Path) -> None:
    send(Output("file", "out.txt", (0, 1)), str(tmp_path), "text", None)
    assert (tmp_path / "out.txt").read_text() == "text"
    sent = send(Output("shell", "cat out.txt", (0, 1)), str(tmp_path), "", None)
    assert sent == Sent("", "text")


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        ("tr a-z A-Z", Sent("", "TEXT")),
        ("true", Sent()),
        ("exit 3", Sent("the shell command ended with exit status 3")),
        ("kill -9 $$", Sent("the shell command was ended by signal 9")),
        ("printf '\\377'", Sent("", "\ufffd")),
        ("false | cat", Sent()),
    ],
)
def test_a_shell_command_is_heard(command: str, sent: Sent) -> None:
    assert run_shell_command(command, "", "text", None) == sent


def test_a_shell_command_need_not_read_its_input() -> None:
    assert run_shell_command("exec <&-; echo done", "", "x" * 1_000_000, None) == Sent("", "done\n")


def test_a_shell_command_can_write_where_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    with path.open("w") as stream:
        assert run_shell_command("cat", "", "text", stream) == Sent()
    assert path.read_text() == "text"


def test_a_shell_command_that_cannot_start_says_so(tmp_path: Path) -> None:
    sent = run_shell_command("true", str(tmp_path / "gone"), "", None)
    assert sent.trouble.startswith("the shell command did not start: ")


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, ""), (3, "ended with exit status 3"), (-15, "was ended by signal 15")],
)
def test_the_end_of_a_program_is_told_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words


def test_a_shell_command_that_cannot_be_fed_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []

    def communicate(child: subprocess.Popen[bytes], given: bytes) -> None:
        children.append(child)
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(subprocess.Popen, "communicate", communicate)
    with pytest.raises(OSError, match="no"):
        run_shell_command("exec sleep 600", "", "text", None)
    assert [child.returncode for child in children] == [-signal.SIGKILL]
