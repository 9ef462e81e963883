"""The loop: read a line, run it, draw the answer."""

import signal
import sys
import traceback
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.styles import Style

from zxdbg import __version__
from zxdbg.lang.parse import Parsed
from zxdbg.lang.tokens import goes_on
from zxdbg.mistake import CommandError
from zxdbg.render.parts import Line, dim, name, plain, width_of, wrap
from zxdbg.render.screen import Screen, open_screen, terminal_width
from zxdbg.result import Result
from zxdbg.script import Failure, Place, Runner, ScreenReport, logical_lines
from zxdbg.session import Session
from zxdbg.shell.completer import LineCompleter
from zxdbg.shell.history import open_history
from zxdbg.syscalls import Profile

__all__ = ["run_shell"]

_STYLE = Style.from_dict({"prompt": "bold ansiblue"})
_TRY = "process create demo · vmo create 16K --name heap · map $demo.vmar $heap"
_THEN = "write, read, maps, explain · help shows everything · Tab, Ctrl-D leaves"


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


def run_shell(session: Session, options: Namespace) -> int:
    """Read lines until the user leaves; return the exit status."""
    session.state.set_watch(watch=True)
    screen = open_screen(sys.stdout, options.width, options.color, ascii_only=options.ascii)
    report = ShellReport(screen, sys.stderr)
    runner = Runner(session, report, strict=False)
    prompt: PromptSession[str] = PromptSession(
        history=open_history(),
        completer=LineCompleter(session),
        complete_while_typing=False,
        style=_STYLE if screen.color else None,
        rprompt=lambda: _reminder(session),
    )
    screen.print(_welcome(session))
    number = 1
    while not runner.left:
        mark = f"zxdbg {number}> "
        try:
            text = _read(prompt, mark)
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        if not text.strip():
            continue
        if not options.width:
            screen.width = terminal_width(sys.stdout)
        report.indent, report.drawn = len(mark), False
        number += 1
        _run(runner, screen, text)
    return 0


def _reminder(session: Session) -> str:
    """Name the profile at the right of the prompt where it is not the usual one."""
    profile = session.state.profile
    return "" if profile is Profile.DOCS else f"profile {profile.value}"


def _read(prompt: PromptSession[str], mark: str) -> str:
    """Read a line, and those that a backslash joins to it."""
    text = prompt.prompt(FormattedText([("class:prompt", mark)]))
    while goes_on(text):
        more = prompt.prompt(FormattedText([("class:prompt", f"{'...':<{len(mark)}}")]))
        text += "\n" + more
    return text


def _run(runner: Runner, screen: Screen, text: str) -> None:
    """Run what was typed or pasted; a bug in zxdbg shows itself, and the session goes on."""
    runner.stopped = False
    try:
        with _stop_on_interrupt(runner):
            for place in logical_lines("", text.encode("utf-8", "surrogateescape")):
                if runner.stopped:
                    break
                runner.run_line(place)
    except KeyboardInterrupt:
        runner.interrupted = True
    except Exception:
        screen.print([[("refused", line)] for line in traceback.format_exc().splitlines()])
        screen.print([[plain("this is a bug in zxdbg; the session goes on")]])
    if runner.interrupted:
        runner.interrupted = False
        screen.print([[], [("warn", "interrupted; what was finished stays done")]])


@contextmanager
def _stop_on_interrupt(runner: Runner) -> Iterator[None]:
    """Let Ctrl-C stop a run between two commands; pressed again, at once."""

    def stop(signum: int, frame: FrameType | None) -> None:
        if runner.interrupted:
            raise KeyboardInterrupt
        runner.interrupt()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _welcome(session: Session) -> list[Line]:
    return [
        [
            name(f"zxdbg {__version__}"),
            plain("  a simulated Zircon kernel that says why  "),
            dim(f"profile {session.state.profile.value}"),
        ],
        [dim("try  "), plain(_TRY)],
        [dim("then "), dim(_THEN)],
    ]
