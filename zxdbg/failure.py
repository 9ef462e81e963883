"""Failures: what went wrong on which line, and how that is told on standard error."""

from typing import TYPE_CHECKING, NamedTuple

from zxdbg.lang.expect import Expectation, Miss
from zxdbg.render.parts import clip, visible, width_of
from zxdbg.result import Result
from zxdbg.steps import Place, Stated

if TYPE_CHECKING:
    from zxdbg.difference import Difference

__all__ = ["MAX_SHOWN", "Failure", "Missed", "OtherOutput", "other_output"]

MAX_SHOWN = 400
"""Characters of a line that a failure repeats."""


class Missed(NamedTuple):
    """Parts of an expectation that did not come true; for a rewriting of it."""

    place: Place
    expectation: Expectation
    misses: list[Miss]
    result: Result | None


class OtherOutput(NamedTuple):
    """Output that is not as stated; for a rewriting of it. `last` is the command's last line."""

    stated: Stated
    difference: "Difference"
    last: int


class Failure(NamedTuple):
    """What went wrong, for standard error.

    `details` are further lines, such as a diff; `cause` is what a rewriting needs to know.
    """

    place: Place
    span: tuple[int, int]
    message: str
    is_mistake: bool = False
    details: tuple[str, ...] = ()
    cause: Missed | OtherOutput | None = None

    def lines(self) -> list[str]:
        """Compose the report: place and message, the line, a caret."""
        line, column = self.place.at(self.span[0])
        shown = self.place.physical(line).rstrip("\r")
        length = max(0, self.span[1] - self.span[0])
        at = column - 1
        if len(shown) > MAX_SHOWN:
            first = max(0, min(at - 40, len(shown) - MAX_SHOWN))
            shown, at = f"…{shown[first : first + MAX_SHOWN]}…", at - first + 1
        lead = width_of(_printable(shown[:at]))
        width = max(1, width_of(_printable(shown[at : at + length])))
        return [
            visible(f"{self.place.file}:{line}:{column}: {self.message}"),
            f"    {_printable(shown)}",
            f"    {' ' * lead}{'^' * width}",
            *(f"    {_printable(line)}".rstrip() for line in self.details),
        ]


def _printable(text: str) -> str:
    """Show a line on a screen: a tab as a blank, other control characters escaped."""
    return visible(text.replace("\t", " "))


def other_output(place: Place, stated: Stated, difference: "Difference") -> Failure:
    """Compose the failure of a line that shows something else, at the first stated line of it."""
    line = stated.lines[min(difference.at, len(stated.lines) - 1)]
    there = Place(place.file, line.line, line.text, (line.lead,) if line.lead else ())
    command = clip(" ".join(place.text.replace("\\\n", " ").split()), 60)
    message = f"other output than this came of: {command}"
    return Failure(
        there,
        (0, len(line.text)),
        message,
        details=("- expected, + came", *difference.lines()),
        cause=OtherOutput(stated, difference, place.line + place.text.count("\n")),
    )
