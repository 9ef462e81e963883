"""The loop: read a line, run it, draw the answer."""

import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from zxdbg.lang.follow import following
from zxdbg.lang.tokens import goes_on
from zxdbg.options import Options
from zxdbg.prompts import shell_prompt
from zxdbg.render.parts import plain, wrap
from zxdbg.render.screen import Screen, open_screen, terminal_width
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.shell.config import open_config
from zxdbg.shell.progress import Watch
from zxdbg.shell.prompt import Prompt
from zxdbg.shell.report import ShellReport
from zxdbg.shell.rewind import Rewind
from zxdbg.shell.welcome import welcome

__all__ = ["run_shell"]


def run_shell(session: Session, options: Options) -> int:
    """Read lines until the user leaves; return the exit status."""
    session.state.set_watch(watch=True)
    session.state.shorthand = True
    config = None if options.no_config else open_config()
    problems = config.load(session.state.settings, session.registry) if config else []
    screen = open_screen(sys.stdout, options.width, options.color, ascii_only=options.ascii)
    report = ShellReport(screen, sys.stderr)
    runner = Runner(session, report, strict=False)
    watch = report.watch = Watch(runner, screen)
    rewind = Rewind(session)
    if config is not None:
        runner.keep = lambda chosen: _warn(screen, config.keep(chosen))
    prompt = Prompt(session, screen)
    screen.theme = session.state.settings["theme"]
    screen.print(welcome(session, screen.width))
    for problem in problems:
        _warn(screen, problem)
    number = 1
    with _taking_signals(prompt):
        while not runner.left:
            mark = shell_prompt(number)
            try:
                text = prompt.read(mark, _going_on(session, report))
            except KeyboardInterrupt:
                continue
            except EOFError:
                break
            _show_bug(screen, prompt.guard.take())
            if not text.strip():
                continue
            if not options.width:
                screen.width = terminal_width(sys.stdout)
            report.typed(mark, text)
            number += 1
            mistakes = runner.mistakes
            _run(runner, watch, rewind, screen, text)
            if runner.mistakes > mistakes:
                prompt.mistakes.add(text)
                left = _left(text, runner.line)
                if left:
                    lines = "the line" if left == 1 else f"the {left} lines"
                    _warn(screen, f"{lines} below it: not run")
    return 0


@contextmanager
def _taking_signals(prompt: Prompt) -> Iterator[None]:
    """Let what would interrupt the program break off the line that is typed, and nothing else.

    While something runs its watch takes the signal instead.
    """
    before = signal.signal(signal.SIGINT, lambda *_: prompt.interrupt())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _left(text: str, line: int) -> int:
    """Count the lines of what was typed behind the command that begins at a line, from 1."""
    lines = text.split("\n")
    while line < len(lines) and goes_on(lines[line - 1]):
        line += 1
    return sum(bool(each.strip()) for each in lines[line:])


def _going_on(session: Session, report: ShellReport) -> str:
    """Return the line that Enter runs after the last command; empty if it runs none."""
    if report.last is None:
        return ""
    return following(session.state, session.registry, *report.last)


def _show_bug(screen: Screen, lines: list[str]) -> None:
    """Show the traceback of a bug; nothing if there is none."""
    if lines:
        screen.print([[("refused", line)] for line in lines])
        screen.print([[plain("this is a bug in zxdbg; the session goes on")]])


def _warn(screen: Screen, text: str) -> None:
    """Say what is wrong with what the user has, outside of any line."""
    if text:
        screen.print([[("warn", line)] for line in wrap(text, screen.width, "", "  ")])


def _run(runner: Runner, watch: Watch, rewind: Rewind, screen: Screen, text: str) -> None:
    """Run what was typed or pasted; a bug in zxdbg shows itself, and the session goes on."""
    runner.stopped = runner.interrupted = False
    rewind.start()
    with watch:
        try:
            try:
                runner.run_text("", text.encode("utf-8", "surrogateescape"))
            except KeyboardInterrupt:
                runner.interrupted = True
                rewind.back()
        except Exception:
            _show_bug(screen, traceback.format_exc().splitlines())
            rewind.keep()
        else:
            if runner.interrupted:
                screen.print([[], [("warn", _interrupted(rewind.done))]])


def _interrupted(done: int) -> str:
    if not done:
        return "interrupted; nothing was done, the state is as before the line"
    if done == 1:
        return "interrupted; 1 command done, the state is as after it"
    return f"interrupted; {done} commands done, the state is as after the last of them"
