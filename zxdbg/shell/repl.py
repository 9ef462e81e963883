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
from zxdbg.render.parts import Line, dim, name, plain
from zxdbg.render.screen import Screen, terminal_width, wants_color
from zxdbg.script import Failure, Place, Runner, ScreenReport, logical_lines
from zxdbg.session import Session
from zxdbg.shell.completer import LineCompleter
from zxdbg.shell.history import open_history

__all__ = ["run_shell"]

_STYLE = Style.from_dict({"prompt": "bold ansiblue"})
_TRY = "process create demo · vmo create 16K --name heap · map, write, read, maps"


class ShellReport(ScreenReport):
    """As a script's report, but a line that was typed is not echoed, and points at itself."""

    def __init__(self, screen: Screen, errors: TextIO) -> None:
        super().__init__(screen, errors)
        self.indent = 0

    def command(self, place: Place, parsed: Parsed) -> None:
        """Echo the commands of files only."""
        if place.file:
            super().command(place, parsed)

    def mistake(self, place: Place, parsed: Parsed | None, error: CommandError) -> None:
        """Point at the token, under the line that was typed."""
        if place.file:
            return
        start, end = error.span or (0, len(place.text))
        line, column = place.at(start)
        caret = "^" * max(1, min(end, len(place.text)) - start)
        if "\n" in place.text:
            self.screen.print([[dim(place.physical(line))]])
            lead = column - 1
        else:
            lead = self.indent + start
        pointed: Line = [plain(" " * lead), ("caret", caret), plain(f" {error}")]
        if lead + len(caret) + len(str(error)) >= self.screen.width:
            self.screen.print([pointed[:2], [plain(f"  {error}")]])
        else:
            self.screen.print([pointed])

    def failure(self, failure: Failure) -> None:
        """Report the failures of files, and expectations that were missed."""
        if failure.place.file:
            self.screen.print([[("refused", line)] for line in failure.lines()])
        elif not failure.is_mistake:
            self.screen.print([[("refused", failure.message)]])


def run_shell(session: Session, options: Namespace) -> int:
    """Read lines until the user leaves; return the exit status."""
    session.state.set_watch(watch=True)
    screen = Screen(
        sys.stdout,
        options.width or terminal_width(sys.stdout),
        color=wants_color(options.color, sys.stdout),
        ascii_only=options.ascii,
    )
    report = ShellReport(screen, sys.stderr)
    runner = Runner(session, report, strict=False)
    prompt: PromptSession[str] = PromptSession(
        history=open_history(),
        completer=LineCompleter(session),
        complete_while_typing=False,
        style=_STYLE if screen.color else None,
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
        report.indent = len(mark)
        number += 1
        _run(runner, screen, text)
    return 0


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
        screen.print([[("warn", "interrupted; what was finished stays done")]])


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
        [dim("help for everything, Tab for what can come next, Ctrl-D to leave")],
    ]
