"""The program: its own options, and which front end runs."""

import errno
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, HelpFormatter, Namespace
from collections.abc import Sequence
from typing import NoReturn

from zxdbg import __version__
from zxdbg.kernel.limits import DEFAULT_MEMORY, U64
from zxdbg.lang.values import parse_integer
from zxdbg.loader import load_commands
from zxdbg.report import JsonReport, QuietReport, ScreenReport
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.settings import SETTINGS

__all__ = ["main"]

INTERRUPTED = 130
BROKEN_PIPE = 141


def _size(text: str) -> int:
    try:
        size = parse_integer(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a number, such as 64M or 0x1000") from None
    if size > U64:
        raise ArgumentTypeError(f"{text} is outside 0 to 2^64-1")
    return size


def _width(text: str) -> int:
    width = _size(text)
    if not 60 <= width <= 1000:
        raise ArgumentTypeError(f"{text} is outside 60 to 1000")
    return width


class _Parser(ArgumentParser):
    """As argparse's, but no argument brings a control character to the screen."""

    def error(self, message: str) -> NoReturn:
        from zxdbg.render.parts import visible

        super().error(visible(message))


def _parser() -> ArgumentParser:
    parser = _Parser(
        prog="zxdbg",
        description="A simulated Zircon kernel that shows why a syscall answered as it did.",
        epilog="Without files, a shell; with - or in a pipe, the lines of standard input. "
        "Exit status: 0, 1 after an unexpected refusal or a missed expectation, 2 after a "
        "mistake in a line or in the usage, 130 when interrupted.",
        allow_abbrev=False,
        # With a width of its own argparse does not look for the terminal's, which is slow.
        formatter_class=lambda prog: HelpFormatter(prog, width=80),
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="command files; - is stdin")
    parser.add_argument("-c", dest="lines", metavar="LINES", help="run these lines, no files")
    parser.add_argument("--json", action="store_true", help="one JSON object a command")
    parser.add_argument("--quiet", action="store_true", help="failures only")
    parser.add_argument(
        "--profile",
        choices=("docs", "kernel"),
        default="docs",
        help="whose word counts: the published pages (the default), or the kernel's",
    )
    parser.add_argument(
        "--seed", type=_size, default=0, metavar="N", help="seed of handle values and addresses"
    )
    parser.add_argument(
        "--memory",
        type=_size,
        default=DEFAULT_MEMORY,
        metavar="SIZE",
        help="simulated physical memory, such as 64M; 1G by default",
    )
    parser.add_argument("--keep-going", action="store_true", help="go on after a failure")
    parser.add_argument(
        "--allow-io", action="store_true", help="scripts may touch files and the shell"
    )
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="auto heeds NO_COLOR, FORCE_COLOR and whether there is a terminal",
    )
    parser.add_argument("--theme", choices=tuple(SETTINGS["theme"].words), help="the colours")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII only")
    parser.add_argument("--width", type=_width, metavar="N", help="columns, 60 to 1000")
    parser.add_argument(
        "--no-config", action="store_true", help="neither read nor write the settings file"
    )
    parser.add_argument("--version", action="version", version=f"zxdbg {__version__}")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit status."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.lines is not None and options.files:
        parser.error("-c and files do not go together")
    if options.json and options.quiet:
        parser.error("--json and --quiet do not go together")
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed before we came
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    interactive = options.lines is None and not options.files and sys.stdin.isatty()
    try:
        if interactive:
            if options.json or options.quiet:
                parser.error("--json and --quiet need lines: a file, -c or a pipe")
            from zxdbg.shell.repl import run_shell

            return run_shell(_session(options), options)
        return _run_scripts(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
            raise
        sys.stderr.write(f"zxdbg: cannot write: {error.strerror}\n")
        _drop_output()
        return 2


def _drop_output() -> None:
    """Let what is still buffered go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _session(options: Namespace, *, allow_io: bool = True) -> Session:
    session = Session(
        seed=options.seed, memory=options.memory, profile=options.profile, allow_io=allow_io
    )
    if options.theme:
        session.state.settings.values["theme"] = options.theme
    return session


def _run_scripts(options: Namespace) -> int:
    from zxdbg.render.parts import visible

    report = _report(options)
    theme = _kept_theme(options, report)
    code = 0
    sources = ["-c"] if options.lines is not None else options.files or ["-"]
    for name in sources:
        if name == "-c":
            raw, folder = os.fsencode(options.lines), ""
        elif name == "-":
            raw, folder = sys.stdin.buffer.read(), ""
        else:
            try:
                with open(name, "rb") as file:  # noqa: PTH123 - pathlib is slow to start
                    raw = file.read()
            except OSError as error:
                sys.stderr.write(f"zxdbg: cannot read {visible(name)}: {error.strerror}\n")
                code = 2
                continue
            folder = os.path.dirname(name)  # noqa: PTH120 - as above
        session = _session(options, allow_io=options.allow_io)
        session.state.set_watch(watch=isinstance(report, ScreenReport))
        if theme:
            session.state.settings.values["theme"] = theme
        runner = Runner(session, report, keep_going=options.keep_going)
        if folder or name not in ("-", "-c"):
            runner.files.append(os.path.realpath(name))  # as above
        runner.run_file(name, raw, folder)
        code = max(code, runner.exit_code)
    sys.stdout.flush()
    return code


def _kept_theme(options: Namespace, report: QuietReport) -> str:
    """Return the theme that the user keeps, where a script is drawn on a terminal in colour."""
    drawn = isinstance(report, ScreenReport) and report.screen.color and sys.stdout.isatty()
    if options.no_config or options.theme or not drawn:
        return ""
    from zxdbg.settings import Settings
    from zxdbg.shell.config import open_config

    kept = Settings()
    open_config().load(kept, load_commands())
    return kept.values.get("theme", "")


def _report(options: Namespace) -> QuietReport:
    if options.quiet or options.json:
        width = options.width or 80
        if options.quiet:
            return QuietReport(sys.stderr, width, ascii_only=options.ascii)
        return JsonReport(sys.stdout, sys.stderr, width, ascii_only=options.ascii)
    from zxdbg.render.screen import open_screen

    screen = open_screen(sys.stdout, options.width, options.color, ascii_only=options.ascii)
    screen.theme = options.theme or screen.theme
    return ScreenReport(screen, sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
