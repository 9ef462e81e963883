"""Who draws what typed lines do: the shell, and whoever reads what it showed."""

from typing import TYPE_CHECKING, TextIO

from zxdbg.lang.parse import Parsed
from zxdbg.mistake import CommandError
from zxdbg.prompts import SCRIPT
from zxdbg.report import ScreenReport
from zxdbg.result import Result
from zxdbg.session import Session
from zxdbg.steps import Place

if TYPE_CHECKING:
    from zxdbg.render.screen import Screen

__all__ = ["TypedReport"]


class TypedReport(ScreenReport):
    """As a script's report, but a line that was typed is not echoed, and points at itself.

    Attributes:
        indent: Columns of the prompt.
        drawn: Whether anything was drawn below the line that was typed.
        echoes: Whether several lines were typed at once: then each command is shown again.
    """

    def __init__(self, screen: "Screen", errors: TextIO) -> None:
        super().__init__(screen, errors)
        self.indent = 0
        self.drawn = False
        self.echoes = False

    def command(self, place: Place, parsed: Parsed) -> None:
        """Echo the commands of files, and of several lines that were typed at once."""
        if place.file or self.echoes:
            super().command(place, parsed)

    def mistake(
        self, session: Session, place: Place, parsed: Parsed | None, error: CommandError
    ) -> None:
        """Point at the token, under the line that was typed."""
        from zxdbg.render.parts import dim, plain, width_of, wrap

        if place.file:
            return
        start, end = error.span or (0, len(place.text))
        line, column = place.at(start)
        shown = place.physical(line)
        caret = "^" * max(1, width_of(place.text[start:end].split("\n")[0]))
        lead = width_of(shown[: column - 1])
        if self.echoes and parsed is not None and "\n" not in place.text:
            lead = width_of(SCRIPT + place.text[parsed.start : start])
        elif self.drawn or "\n" in place.text:
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

    def sent(
        self, session: Session, place: Place, parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Draw nothing, but what a shell command wrote may be just above."""
        super().sent(session, place, parsed, result, output)
        self.drawn = True
