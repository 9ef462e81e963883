"""What the shell tells its user: a script's report, fitted to a line that was typed."""

from typing import TextIO

from zxdbg.lang.parse import Parsed
from zxdbg.mistake import CommandError
from zxdbg.render.parts import dim, plain, width_of, wrap
from zxdbg.render.screen import Screen
from zxdbg.result import Result
from zxdbg.script import Failure, Place, ScreenReport
from zxdbg.session import Session

__all__ = ["ShellReport"]


class ShellReport(ScreenReport):
    """As a script's report, but a line that was typed is not echoed, and points at itself."""

    def __init__(self, screen: Screen, errors: TextIO) -> None:
        super().__init__(screen, errors)
        self.indent = 0
        self.drawn = False

    def command(self, place: Place, parsed: Parsed) -> None:
        """Echo the commands of files only."""
        if place.file:
            super().command(place, parsed)

    def mistake(
        self, session: Session, place: Place, parsed: Parsed | None, error: CommandError
    ) -> None:
        """Point at the token, under the line that was typed."""
        if place.file:
            return
        start, end = error.span or (0, len(place.text))
        line, column = place.at(start)
        shown = place.physical(line)
        caret = "^" * max(1, width_of(place.text[start:end].split("\n")[0]))
        lead = width_of(shown[: column - 1])
        if self.drawn or "\n" in place.text:
            self.screen.print([[dim(shown)]])
        else:
            lead += self.indent
        message = f" {error}"
        if lead + len(caret) + width_of(message) <= self.screen.width:
            self.screen.print([[plain(" " * lead), ("caret", caret), plain(message)]])
            return
        self.screen.print([[plain(" " * lead), ("caret", caret)]])
        self.screen.print(
            [[plain(text)] for text in wrap(str(error), self.screen.width, "  ", "  ")]
        )

    def expected(self, place: Place, error: CommandError) -> None:
        """Show it in files only: where the line was typed, it is shown already."""
        if place.file:
            super().expected(place, error)

    def result(self, session: Session, place: Place, parsed: Parsed, result: Result) -> None:
        """Draw the result; from now on the line that was typed is no longer just above."""
        super().result(session, place, parsed, result)
        self.drawn = True

    def failure(self, failure: Failure) -> None:
        """Report the failures of files, and expectations that were missed."""
        if failure.place.file:
            head, *lines = failure.lines()
            self._wrapped(head)
            self.screen.print([[("refused", line)] for line in lines])
        elif not failure.is_mistake:
            self._wrapped(failure.message)

    def _wrapped(self, text: str) -> None:
        lines = wrap(text, self.screen.width, "", "  ")
        self.screen.print([[("refused", line)] for line in lines])
