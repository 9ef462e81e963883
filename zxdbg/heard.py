"""What a line shows, beside the output that its file states for it.

It hears what a report hears, and draws it as the script or the shell would, without colour.
A transcript does not tell how wide its screen was: where the output fits at another width
than expected, that is the width from there on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING

from zxdbg.difference import ANY, Difference, differ
from zxdbg.lang.parse import Parsed
from zxdbg.lang.tokens import commands_of
from zxdbg.mistake import CommandError
from zxdbg.passing import PassingReport
from zxdbg.render.screen import Screen
from zxdbg.report import QuietReport, ScreenReport
from zxdbg.result import Result
from zxdbg.session import Session
from zxdbg.steps import Place, Stated
from zxdbg.typed import TypedReport

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WIDTH", "Heard"]

WIDTH = 80
"""Columns of output that a file states."""
_WIDTHS = range(60, 251)
"""Columns of screens that transcripts come from."""


class Heard(PassingReport):
    """Lets a report hear what a line does, and draws it besides.

    What a shell command writes is taken back, so that it can be compared, too.

    Args:
        outer: The report; failures are its business alone.
        place: The line.
        stated: The output that is stated for it.
        width: Columns.

    Attributes:
        width: Columns at which the output fits, as far as that is known.
    """

    def __init__(self, outer: QuietReport, place: Place, stated: Stated, width: int) -> None:
        super().__init__(outer)
        self.place = place
        self.stated = stated
        self.width = width
        self._typed = Place("", place.line, place.text)
        self._events: list[Callable[[ScreenReport], None]] = []
        groups = commands_of(place.text)
        self._last = groups[-1][0].start if groups and stated.form == "bars" else 0

    # What a report hears ----------------------------------------------------------

    def command(self, place: Place, parsed: Parsed) -> None:
        """Hear of a command; of several in one line of a command file the last one counts."""
        self.outer.command(place, parsed)
        if place is not self.place:
            self._events.append(lambda report: report.command(place, parsed))
        elif self.stated.form == "bars":
            self._events.clear()

    def result(self, session: Session, place: Place, parsed: Parsed, result: Result) -> None:
        """Hear of a result."""
        self.outer.result(session, place, parsed, result)
        at = self._at(place)
        self._events.append(lambda report: report.result(session, at, parsed, result))

    def mistake(
        self, session: Session, place: Place, parsed: Parsed | None, error: CommandError
    ) -> None:
        """Hear of a mistake."""
        self.outer.mistake(session, place, parsed, error)
        at = self._at(place)
        self._events.append(lambda report: report.mistake(session, at, parsed, error))

    def expected(self, place: Place, error: CommandError) -> None:
        """Hear that a mistake was expected."""
        self.outer.expected(place, error)
        at = self._at(place)
        self._events.append(lambda report: report.expected(at, error))

    def sent(
        self, session: Session, place: Place, parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Hear what a shell command wrote."""
        self.outer.sent(session, place, parsed, result, output)
        at = self._at(place)
        self._events.append(lambda report: report.sent(session, at, parsed, result, output))

    def exported(self, said: str) -> None:
        """Hear what was exported."""
        self.outer.exported(said)
        self._events.append(lambda report: report.exported(said))

    def blank_screen(self) -> Screen:
        """Make the screen for a shell command's input as wide as the stated output."""
        return Screen(StringIO(), self.width)

    @contextmanager
    def lends_output(self) -> Iterator[None]:
        """Take back what a shell command writes."""
        with self.outer.lends_output():
            yield None

    def _at(self, place: Place) -> Place:
        return self._typed if place is self.place else place

    # What comes of it -------------------------------------------------------------

    def states(self, parsed: Parsed, text: str) -> bool:
        """Whether the stated output says so, of a command that it is about."""
        lines = self.stated.lines
        return parsed.start >= self._last and any(text in line.text for line in lines)

    def states_mistake(self) -> bool:
        """Whether the output is as stated, and not left out altogether."""
        said = any(line.text.replace(ANY, "").strip(" |^") for line in self.stated.lines)
        return said and self.difference() is None

    def difference(self) -> Difference | None:
        """Compare what is stated with what was shown; None if it fits."""
        stated = [line.text.expandtabs() for line in self.stated.lines]
        found = differ(stated, self._draw(self.width))
        if found is None or self.stated.form == "bars":
            return found
        for width in _WIDTHS:
            if differ(stated, self._draw(width)) is None:
                self.width = width
                return None
        return found

    def _draw(self, width: int) -> list[str]:
        """Draw what was heard."""
        stream = StringIO()
        screen = Screen(stream, width)
        report = ScreenReport(screen, StringIO())
        if self.stated.form == "shell":
            report = typed = TypedReport(screen, StringIO())
            typed.indent = len(self.place.leads[0]) if self.place.leads else 0
        for event in self._events:
            event(report)
        lines = [line.rstrip() for line in stream.getvalue().expandtabs().split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        return lines
