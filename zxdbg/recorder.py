"""Recording: each command that was run goes to a file, at once."""

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

    def _write(self, lines: list[str]) -> None:
        """Add lines to the file, which is open only meanwhile."""
        try:
            with open(self._path, "a", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - pathlib is slow to start
                file.write("".join(f"{line}\n" for line in lines))
        except OSError as error:
            self.trouble = f"cannot record in {self.name} any more: {error.strerror}"
