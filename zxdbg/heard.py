"""What a line shows, beside the output that its file states for it.

It hears what a report hears, and draws it as the script or the shell would, without colour.
A transcript does not tell how wide its screen was: where the output fits at another width
than expected, that is the width from there on.
"""

from io import StringIO
from typing import TYPE_CHECKING, Any

from zxdbg.difference import ANY, Difference, differ
from zxdbg.lang.parse import Parsed
from zxdbg.lang.tokens import split_commands, tokenize
from zxdbg.mistake import CommandError
from zxdbg.render.screen import Screen
from zxdbg.result import Result
from zxdbg.session import Session
from zxdbg.steps import Place, Stated

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WIDTH", "Heard"]

WIDTH = 80
"""Columns of output that a file states."""
_WIDTHS = range(60, 251)
"""Columns of screens that transcripts come from."""


class Heard:
    """Lets a report hear what a line does, and draws it besides.

    Args:
        outer: The report; what is not drawn here is its business alone.
        place: The line.
        stated: The output that is stated for it.
        width: Columns.

    Attributes:
        width: Columns at which the output fits, as far as that is known.
    """

    def __init__(self, outer: Any, place: Place, stated: Stated, width: int) -> None:
        self.outer = outer
        self.place = place
        self.stated = stated
        self.width = width
        self._typed = Place("", place.line, place.text)
        self._events: list[Callable[[Any], None]] = []
        groups = split_commands(tokenize(place.text))
        self._last = groups[-1][0].start if groups and stated.form == "bars" else 0

    def __getattr__(self, name: str) -> Any:
        """Leave everything else to the report."""
        return getattr(self.outer, name)

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
        stated = [line.text for line in self.stated.lines]
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
        report: Any
        if self.stated.form == "shell":
            from zxdbg.shell.report import ShellReport

            report = ShellReport(screen, StringIO())
            lead = self.place.leads[0] if self.place.leads else ""
            report.indent = len(lead)
        else:
            from zxdbg.report import ScreenReport

            report = ScreenReport(screen, StringIO())
        for event in self._events:
            event(report)
        lines = [line.rstrip() for line in stream.getvalue().split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        return lines
