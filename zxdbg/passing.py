"""Reports that pass on what they hear, and do something besides."""

from contextlib import AbstractContextManager
from io import StringIO
from typing import IO, TYPE_CHECKING

from zxdbg.lang.parse import Parsed
from zxdbg.mistake import CommandError
from zxdbg.report import QuietReport, ScreenReport
from zxdbg.result import Export, Result
from zxdbg.session import Session

if TYPE_CHECKING:
    from zxdbg.failure import Failure
    from zxdbg.render.screen import Screen
    from zxdbg.steps import Place

__all__ = ["PassingReport", "TextReport"]


class PassingReport(QuietReport):
    """Passes on what it hears; the base of reports that do something besides.

    Args:
        outer: The report that hears it.
    """

    def __init__(self, outer: QuietReport) -> None:
        super().__init__(outer.errors)
        self.outer = outer

    def command(self, place: "Place", parsed: Parsed) -> None:
        """Pass it on."""
        self.outer.command(place, parsed)

    def result(self, session: Session, place: "Place", parsed: Parsed, result: Result) -> None:
        """Pass it on."""
        self.outer.result(session, place, parsed, result)

    def sent(
        self, session: Session, place: "Place", parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Pass it on."""
        self.outer.sent(session, place, parsed, result, output)

    def beside(
        self, session: Session, place: "Place", parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Pass it on."""
        self.outer.beside(session, place, parsed, result, output)

    def mistake(
        self, session: Session, place: "Place", parsed: Parsed | None, error: CommandError
    ) -> None:
        """Pass it on."""
        self.outer.mistake(session, place, parsed, error)

    def expected(self, place: "Place", error: CommandError) -> None:
        """Pass it on."""
        self.outer.expected(place, error)

    def failure(self, failure: "Failure") -> None:
        """Pass it on."""
        self.outer.failure(failure)

    def blank_screen(self) -> "Screen":
        """Make one like that of the report."""
        return self.outer.blank_screen()

    def lends_output(self) -> AbstractContextManager[IO[str] | None]:
        """Lend what the report lends."""
        return self.outer.lends_output()

    def export(self, request: Export) -> str:
        """Export the screen of the report."""
        return self.outer.export(request)

    def exported(self, said: str) -> None:
        """Pass it on."""
        self.outer.exported(said)


class TextReport(PassingReport):
    """Draws into a text what goes elsewhere; failures and JSON lines go where they always do.

    Args:
        screen: A screen whose stream is a text.
        outer: The report that hears the rest.
    """

    def __init__(self, screen: "Screen", outer: QuietReport) -> None:
        super().__init__(outer)
        self._page = ScreenReport(screen, outer.errors)
        self._page.everything = True

    @property
    def text(self) -> str:
        """What was drawn."""
        stream = self._page.screen.stream
        assert isinstance(stream, StringIO)
        return stream.getvalue()

    def first(self, session: Session, place: "Place", parsed: Parsed, result: Result) -> None:
        """Draw the result of the command that says where to."""
        self._page.screen.print(self._page.lines_of(session, place, parsed, result))

    def command(self, place: "Place", parsed: Parsed) -> None:
        """Echo a command in a file that was sourced."""
        self._page.command(place, parsed)

    def result(self, session: Session, place: "Place", parsed: Parsed, result: Result) -> None:
        """Draw its result, for who writes all of them besides."""
        self._page.result(session, place, parsed, result)
        self.beside(session, place, parsed, result)

    def sent(
        self, session: Session, place: "Place", parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Draw what a shell command wrote in such a file."""
        self._page.sent(session, place, parsed, result, output)
        self.beside(session, place, parsed, result, output)

    def expected(self, place: "Place", error: CommandError) -> None:
        """Draw a mistake that was expected there."""
        self._page.expected(place, error)

    def lends_output(self) -> AbstractContextManager[IO[str] | None]:
        """Take back what a shell command writes: it belongs to the text."""
        return self._page.lends_output()
