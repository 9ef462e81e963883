"""Recording: each command that was run goes to a file, at once."""

from contextlib import suppress
from typing import TYPE_CHECKING

from zxdbg.elsewhere import check_file
from zxdbg.mistake import CommandError
from zxdbg.result import Record, Result

if TYPE_CHECKING:
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["Recorder"]


class Recorder:
    """Appends commands to a file; what went wrong is kept, and ends the recording.

    Args:
        request: What was asked for; a file that exists is continued.
        state: The session as it is now.

    Attributes:
        trouble: Why the recording ended; empty while it goes on.
    """

    def __init__(self, request: Record, state: "State") -> None:
        from zxdbg.programs.script import header

        self.name = request.name
        self.trouble = ""
        self._path = request.path
        self._expect = request.expect
        check_file(request.path, request.name)
        try:
            self._file = open(request.path, "a", encoding="utf-8", newline="\n")  # noqa: PTH123, SIM115
        except OSError as error:
            message = f"cannot write {request.name}: {error.strerror}"
            raise CommandError(message) from None
        self._write(header(state, state.profile))
        if self.trouble:
            raise CommandError(self.trouble)

    def note(self, state: "State", parsed: "Parsed", result: Result) -> None:
        """Write a command that was run."""
        from zxdbg.programs.script import header, script_line

        if self.trouble:
            return
        text = state.history[-1]
        line = script_line(parsed, result, self._path, expect=self._expect, text=text)
        if line:
            lines = [line]
            if result.command.name == "reset":
                lines += header(state, state.profile)[1:]
            self._write(lines)

    def close(self) -> None:
        """End the recording."""
        try:
            self._file.close()
        except OSError as error:
            self._fail(error)

    def _write(self, lines: list[str]) -> None:
        try:
            self._file.write("".join(f"{line}\n" for line in lines))
            self._file.flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.trouble = f"cannot record in {self.name} any more: {error.strerror}"
        with suppress(OSError):
            self._file.close()
