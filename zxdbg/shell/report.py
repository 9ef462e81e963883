"""What the shell tells its user: the report of typed lines, at a terminal with a pager."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import IO, TYPE_CHECKING, TextIO

from zxdbg.failure import Failure
from zxdbg.lang.parse import Parsed
from zxdbg.mistake import CommandError
from zxdbg.prompts import joining
from zxdbg.render.parts import Drawing, Look, line_width, note, styled, wrap
from zxdbg.render.screen import Screen
from zxdbg.result import Result
from zxdbg.session import Session
from zxdbg.shell.pager import find_pager, show_in_pager
from zxdbg.steps import Place, logical_lines
from zxdbg.typed import TypedReport

if TYPE_CHECKING:
    from zxdbg.shell.progress import Watch

__all__ = ["ShellReport"]


class ShellReport(TypedReport):
    """Draws at a terminal; where several lines are typed at once, nothing goes through a pager.

    Attributes:
        last: The last command that was typed, unless it was a mistake.
        watch: Who watches over the run, and looks away while another program runs.
    """

    def __init__(self, screen: Screen, errors: TextIO) -> None:
        super().__init__(screen, errors)
        self.last: tuple[Parsed, Result] | None = None
        self.watch: Watch | None = None

    def typed(self, mark: str, text: str) -> None:
        """Hear what was typed behind which prompt."""
        self.indent, self.drawn, self.last = len(mark), False, None
        raw = text.encode("utf-8", "surrogateescape")
        self.echoes = len(list(islice(logical_lines("", raw), 2))) > 1
        first, *more = text.split("\n")
        self.screen.note([[("prompt", mark), ("command", first)]], begins=True)
        dots = joining(len(mark))
        self.screen.note([[("prompt", dots), ("command", line)] for line in more])

    def mistake(
        self, session: Session, place: Place, parsed: Parsed | None, error: CommandError
    ) -> None:
        """Point at the token."""
        self.last = None
        super().mistake(session, place, parsed, error)

    def result(self, session: Session, place: Place, parsed: Parsed, result: Result) -> None:
        """Draw the result, through a pager if it is too long for the screen."""
        pager = "" if place.file else self._pager(session)
        if pager:
            self._draw(self.lines_of(session, place, parsed, result), pager)
            self.drawn = True
        else:
            super().result(session, place, parsed, result)
        if not place.file:
            self.last = parsed, result

    @contextmanager
    def lends_output(self) -> Iterator[IO[str] | None]:
        """Leave the terminal to a shell command."""
        with self._alone(), super().lends_output() as stdout:
            yield stdout

    def _alone(self) -> AbstractContextManager[None]:
        return nullcontext() if self.watch is None else self.watch.looks_away()

    def _pager(self, session: Session) -> str:
        """Return the pager for the result of a line that was typed; empty for none."""
        if self.echoes or not self.screen.stream.isatty():
            return ""
        return find_pager(session.state.settings["pager"])

    def _draw(self, lines: Drawing, pager: str) -> None:
        """Draw lines, through the pager if they are too many for the screen."""
        columns, rows = os.get_terminal_size(self.screen.stream.fileno())
        if not (columns and rows) or _fits(lines, columns, rows):
            trouble = ""
        else:
            text = "".join(f"{self.screen.compose(line)}\n" for line in lines)
            with self._alone():
                self.screen.stream.flush()
                trouble = show_in_pager(pager, text)
            if not trouble:
                self.screen.note(lines)
                return
        self.screen.print(lines if len(lines) < 3 else [*lines, []])
        if trouble:
            self.screen.print(
                note("note", f"{trouble}; set pager off", Look(self.screen.width, {}))
            )

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


def _fits(lines: Drawing, columns: int, rows: int) -> bool:
    """Whether lines leave a row of the terminal free."""
    if sum(1 if isinstance(each, list) else each.height for each in lines) >= rows:
        return False
    return sum(-(-line_width(line) // columns) or 1 for line in styled(lines)) < rows
