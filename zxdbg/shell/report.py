"""What the shell tells its user: a script's report, fitted to a line that was typed."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import IO, TYPE_CHECKING, TextIO

from zxdbg.lang.parse import Parsed
from zxdbg.mistake import CommandError
from zxdbg.render.parts import Line, Look, dim, line_width, note, plain, width_of, wrap
from zxdbg.render.screen import Screen
from zxdbg.report import ScreenReport
from zxdbg.result import Result
from zxdbg.script import Failure, Place, logical_lines
from zxdbg.session import Session
from zxdbg.shell.pager import find_pager, show_in_pager

if TYPE_CHECKING:
    from zxdbg.shell.progress import Watch

__all__ = ["ShellReport"]


class ShellReport(ScreenReport):
    """As a script's report, but a line that was typed is not echoed, and points at itself.

    Attributes:
        indent: Columns of the prompt.
        drawn: Whether anything was drawn below the line that was typed.
        last: The last command that was typed, unless it was a mistake.
        echoes: Whether several lines were typed at once: then each command is shown again,
            and no result goes through a pager.
        watch: Who watches over the run, and looks away while another program runs.
    """

    def __init__(self, screen: Screen, errors: TextIO) -> None:
        super().__init__(screen, errors)
        self.indent = 0
        self.drawn = False
        self.last: tuple[Parsed, Result] | None = None
        self.echoes = False
        self.watch: Watch | None = None

    def typed(self, mark: str, text: str) -> None:
        """Hear what was typed behind which prompt."""
        self.indent, self.drawn, self.last = len(mark), False, None
        raw = text.encode("utf-8", "surrogateescape")
        self.echoes = len(list(islice(logical_lines("", raw), 2))) > 1
        first, *more = text.split("\n")
        self.screen.note([[("prompt", mark), ("command", first)]], begins=True)
        dots = f"{'...':<{len(mark)}}"
        self.screen.note([[("prompt", dots), ("command", line)] for line in more])

    def command(self, place: Place, parsed: Parsed) -> None:
        """Echo the commands of files, and of several lines that were typed at once."""
        if place.file or self.echoes:
            super().command(place, parsed)

    def mistake(
        self, session: Session, place: Place, parsed: Parsed | None, error: CommandError
    ) -> None:
        """Point at the token, under the line that was typed."""
        self.last = None
        if place.file:
            return
        start, end = error.span or (0, len(place.text))
        line, column = place.at(start)
        shown = place.physical(line)
        caret = "^" * max(1, width_of(place.text[start:end].split("\n")[0]))
        lead = width_of(shown[: column - 1])
        if self.echoes and parsed is not None and "\n" not in place.text:
            lead = width_of(f"zx> {place.text[parsed.start : start]}")
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
        pager = "" if place.file else self._pager(session)
        if pager:
            self._draw(self.lines_of(session, place, parsed, result), pager)
        else:
            super().result(session, place, parsed, result)
        self.drawn = True
        if not place.file:
            self.last = parsed, result

    def sent(
        self, session: Session, place: Place, parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Draw nothing, but what a shell command wrote may be just above."""
        super().sent(session, place, parsed, result, output)
        self.drawn = True

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

    def _draw(self, lines: list[Line], pager: str) -> None:
        """Draw lines, through the pager if they are too many for the screen."""
        columns, rows = os.get_terminal_size(self.screen.stream.fileno())
        if not (columns and rows) or _height(lines, columns) < rows:
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


def _height(lines: list[Line], columns: int) -> int:
    """Count the rows of a terminal that lines take."""
    return sum(-(-line_width(line) // columns) or 1 for line in lines)
