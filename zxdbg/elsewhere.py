"""The host's side of `>`, `|` and `export`: files that are written, commands that are run."""

import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from zxdbg.deadline import held, is_bounded
from zxdbg.lang.output import Output
from zxdbg.mistake import CommandError

if TYPE_CHECKING:
    from subprocess import Popen

__all__ = ["Sent", "check_file", "how_it_ended", "run_shell_command", "send", "write_file"]


class Sent(NamedTuple):
    """What a shell command said: what went wrong, empty if nothing, and what it wrote."""

    trouble: str = ""
    output: str = ""


def check_file(path: str, name: str, span: tuple[int, int] | None = None) -> None:
    """Raise the mistake that a file cannot be written, before anything has happened."""
    folder = os.path.dirname(path) or "."  # noqa: PTH120 - pathlib is slow to start
    if not name or "\0" in name:
        reason = "that is no name"
    elif os.path.isdir(path):  # noqa: PTH112 - as above
        reason = "it is a folder"
    elif not os.path.isdir(folder):  # noqa: PTH112 - as above
        reason = f"there is no folder {os.path.dirname(name)}"  # noqa: PTH120 - as above
    elif not os.access(path if os.path.exists(path) else folder, os.W_OK):  # noqa: PTH110 - as above
        reason = "permission denied"
    else:
        return
    shown = name or '""'
    raise CommandError(f"cannot write {shown}: {reason}", span)


def write_file(
    path: str,
    name: str,
    text: str,
    span: tuple[int, int] | None = None,
    *,
    append: bool = False,
) -> None:
    """Write a file of the host, anew or at its end."""
    check_file(path, name, span)
    try:
        with open(path, "a" if append else "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - as above
            file.write(text)
    except OSError as error:
        raise CommandError(f"cannot write {name}: {error.strerror}", span) from None


def send(output: Output, folder: str, text: str, stdout: IO[str] | None) -> Sent:
    """Let a text go where a line says; `folder` is where relative names begin."""
    if output.kind != "shell":
        path = os.path.join(folder, output.text)  # noqa: PTH118 - as above
        write_file(path, output.text, text, output.span, append=output.kind == "append")
        return Sent()
    return run_shell_command(output.text, folder, text, stdout)


def run_shell_command(command: str, folder: str, text: str, stdout: IO[str] | None) -> Sent:
    """Run a shell command with a text for its input, which it need not read.

    Args:
        command: What the shell of the host is told.
        folder: Where it runs; empty for here.
        text: Its standard input.
        stdout: Where it writes; None gives that back.

    Where a time bounds the run it has a session of its own and no terminal: when the time
    is up, all that it started ends with it.
    """
    from subprocess import PIPE, Popen

    alone = is_bounded()
    child: Popen[bytes] | None = None
    try:
        with held():
            child = Popen(
                command,
                shell=True,
                cwd=folder or None,
                stdin=PIPE,
                stdout=stdout or PIPE,
                start_new_session=alone,
            )
        written, _ = child.communicate(text.encode("utf-8", "backslashreplace"))
    except BaseException as error:
        if child is not None:
            _end(child, alone)
        elif isinstance(error, (OSError, ValueError)):
            return Sent(f"the shell command did not start: {error}")
        raise
    ended = how_it_ended(child.returncode)
    trouble = f"the shell command {ended}" if ended else ""
    return Sent(trouble, (written or b"").decode("utf-8", "replace"))


def how_it_ended(code: int) -> str:
    """Say how a program ended, by its exit status as Python has it; empty if all went well."""
    if code < 0:
        return f"was ended by signal {-code}"
    return f"ended with exit status {code}" if code else ""


def _end(child: "Popen[bytes]", alone: bool) -> None:
    """End a shell command, and what it started; a terminal's Ctrl-C reaches that by itself."""
    import signal

    if alone:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    with child:
        pass
