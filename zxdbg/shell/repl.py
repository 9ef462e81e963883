"""The loop: read a line, run it, draw the answer."""

import sys
import traceback
from argparse import Namespace

from zxdbg.render.parts import plain
from zxdbg.render.screen import Screen, open_screen, terminal_width
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.shell.progress import Watch
from zxdbg.shell.prompt import open_prompt, read_lines
from zxdbg.shell.report import ShellReport
from zxdbg.shell.rewind import Rewind
from zxdbg.shell.welcome import welcome

__all__ = ["run_shell"]


def run_shell(session: Session, options: Namespace) -> int:
    """Read lines until the user leaves; return the exit status."""
    session.state.set_watch(watch=True)
    screen = open_screen(sys.stdout, options.width, options.color, ascii_only=options.ascii)
    report = ShellReport(screen, sys.stderr)
    runner = Runner(session, report, strict=False)
    watch = report.watch = Watch(runner, screen)
    rewind = Rewind(session)
    prompt = open_prompt(session, color=screen.color)
    screen.theme = session.state.settings["theme"]
    screen.print(welcome(session, screen.width))
    number = 1
    while not runner.left:
        mark = f"zxdbg {number}> "
        try:
            text = read_lines(prompt, mark)
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        if not text.strip():
            continue
        if not options.width:
            screen.width = terminal_width(sys.stdout)
        report.typed(mark, text)
        number += 1
        _run(runner, watch, rewind, screen, text)
    return 0


def _run(runner: Runner, watch: Watch, rewind: Rewind, screen: Screen, text: str) -> None:
    """Run what was typed or pasted; a bug in zxdbg shows itself, and the session goes on."""
    runner.stopped = runner.interrupted = False
    rewind.start()
    with watch:
        try:
            runner.run_text("", text.encode("utf-8", "surrogateescape"))
        except KeyboardInterrupt:
            runner.interrupted = True
            rewind.back()
        except Exception:
            screen.print([[("refused", line)] for line in traceback.format_exc().splitlines()])
            screen.print([[plain("this is a bug in zxdbg; the session goes on")]])
            rewind.keep()
        if runner.interrupted:
            screen.print([[], [("warn", _interrupted(rewind.done))]])


def _interrupted(done: int) -> str:
    if not done:
        return "interrupted; nothing was done, the state is as before the line"
    if done == 1:
        return "interrupted; 1 command done, the state is as after it"
    return f"interrupted; {done} commands done, the state is as after the last of them"
