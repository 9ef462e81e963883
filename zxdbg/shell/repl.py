"""The loop: read a line, run it, draw the answer."""

import signal
import sys
import traceback
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from zxdbg.render.parts import plain
from zxdbg.render.screen import Screen, open_screen, terminal_width
from zxdbg.script import Runner, logical_lines
from zxdbg.session import Session
from zxdbg.shell.prompt import Prompt
from zxdbg.shell.report import ShellReport
from zxdbg.shell.welcome import welcome

__all__ = ["run_shell"]


def run_shell(session: Session, options: Namespace) -> int:
    """Read lines until the user leaves; return the exit status."""
    session.state.set_watch(watch=True)
    screen = open_screen(sys.stdout, options.width, options.color, ascii_only=options.ascii)
    report = ShellReport(screen, sys.stderr)
    runner = Runner(session, report, strict=False)
    prompt = Prompt(session, screen)
    screen.print(welcome(session))
    number = 1
    while not runner.left:
        mark = f"zxdbg {number}> "
        try:
            text = prompt.read(mark)
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
        _run(runner, report, screen, text)
    return 0


def _run(runner: Runner, report: ShellReport, screen: Screen, text: str) -> None:
    """Run what was typed or pasted; a bug in zxdbg shows itself, and the session goes on."""
    runner.stopped = False
    try:
        with _stop_on_interrupt(runner):
            places = list(logical_lines("", text.encode("utf-8", "surrogateescape")))
            report.echoes = len(places) > 1
            for place in places:
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
