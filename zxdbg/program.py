"""The program: which front end runs, and with what."""

import errno
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zxdbg.deadline import run_within
from zxdbg.loader import load_commands
from zxdbg.mistake import CommandError
from zxdbg.options import Options, fail, read_options
from zxdbg.report import JsonReport, QuietReport, ScreenReport
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.steps import read_file
from zxdbg.syscalls.profile import Profile

if TYPE_CHECKING:
    from zxdbg.render.screen import Screen

__all__ = ["run"]

INTERRUPTED = 130
BROKEN_PIPE = 141


def run(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit status."""
    options = read_options(argv)
    if options.lines is not None and options.files:
        fail("-c and files do not go together")
    if options.json and (options.quiet or options.stay):
        fail(f"--json and {'--quiet' if options.quiet else '-i'} do not go together")
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
                fail("--json and --quiet need lines: a file, -c or a pipe")
            if _covers(options):
                fail("--coverage needs lines; in the shell there is the command coverage")
            from zxdbg.shell.repl import run_shell

            return run_shell(_session(options), options)
        if options.stay and not sys.stdin.isatty():
            fail("-i needs a terminal")
        return _run_scripts(options)
    except CommandError as error:  # only parameters are read outside of a run
        fail(str(error))
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


def _session(options: Options, *, allow_io: bool = True) -> Session:
    session = Session(
        seed=options.seed, memory=options.memory, profile=options.profile, allow_io=allow_io
    )
    if options.theme:
        session.state.settings.values["theme"] = options.theme
    for given in options.given:
        session.bind(given)
    return session


def _run_scripts(options: Options) -> int:
    report = _report(options)
    sources = ["-c"] if options.lines is not None else options.files or ["-"]
    codes = []
    sessions = []
    for name in sources:
        code, session = _run_source(name, options, report)
        codes.append(code)
        sessions.append(session.state.seen)
    worst = max(codes)
    if _covers(options):
        worst = max(worst, _show_coverage(options, report, sessions))
    sys.stdout.flush()
    if len(codes) > 1 and (worst or not options.quiet):
        sys.stderr.write(f"{_summary(codes)}\n")
    if not options.stay:
        return worst
    from zxdbg.shell.repl import run_shell

    session.state.allow_io = True
    return max(worst, run_shell(session, options))


def _covers(options: Options) -> bool:
    return options.coverage or options.fail_under is not None


def _show_coverage(
    options: Options, report: QuietReport, seen: list[dict[Profile, set[str]]]
) -> int:
    """Show what all files together have covered; return 1 where that is too little."""
    from zxdbg.coverage import as_record, cover, cover_all, joined

    found = cover_all(joined(*seen)) or [cover(Profile(options.profile), ())]
    if isinstance(report, JsonReport):
        import json

        sys.stdout.write(f"{json.dumps(as_record(found))}\n")
    else:
        from zxdbg.render.coverage import coverage_lines
        from zxdbg.render.parts import Look

        screen = report.screen if isinstance(report, ScreenReport) else _screen(options)
        for each in found:
            screen.print([*coverage_lines(each, Look(screen.width, {})), []])
    if options.fail_under is None:
        return 0
    under = [each for each in found if each.is_under(options.fail_under)]
    sys.stdout.flush()
    for each in under:
        have = f"{each.seen} of {each.rules} rules have decided"
        sys.stderr.write(
            f"zxdbg: profile {each.profile}: {have}, less than {options.fail_under:g}%\n"
        )
    return 1 if under else 0


def _summary(codes: list[int]) -> str:
    passed = codes.count(0)
    counts = {"passed": passed, "failed": len(codes) - passed}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"{len(codes)} files: {told}"


def _run_source(name: str, options: Options, report: QuietReport) -> tuple[int, Session]:
    """Run a file, `-c` or standard input; return its exit status and its session."""
    session = _session(options, allow_io=options.allow_io)
    session.state.set_watch(watch=isinstance(report, ScreenReport))
    theme = _kept_theme(options, report)
    if theme:
        session.state.settings.values["theme"] = theme
    runner = Runner(session, report, keep_going=options.keep_going)
    folder = ""
    if name not in ("-", "-c"):
        folder = os.path.dirname(name)  # noqa: PTH120 - pathlib is slow to start
        runner.files.append(os.path.realpath(name))  # as above
    unread = ""

    def run_source() -> None:
        nonlocal unread
        try:
            raw = _read(name, options)
        except OSError as error:
            unread = f"cannot read {name}: {error.strerror}"
        except CommandError as error:
            unread = str(error)
        else:
            runner.run_file(name, raw, folder)

    rang = run_within(options.timeout, runner.interrupt, run_source)
    if unread:
        from zxdbg.render.parts import visible

        sys.stderr.write(f"zxdbg: {visible(unread)}\n")
        return 2, session
    if rang and options.timeout is not None:
        runner.time_out(options.timeout, name)
    return runner.exit_code, session


def _read(name: str, options: Options) -> bytes:
    if name == "-c":
        return os.fsencode(options.lines or "")
    if name == "-":
        return read_file(sys.stdin.buffer, "standard input")
    with open(name, "rb") as file:  # noqa: PTH123 - pathlib is slow to start
        return read_file(file, name)


def _kept_theme(options: Options, report: QuietReport) -> str:
    """Return the theme that the user keeps, where a script is drawn on a terminal in colour."""
    drawn = isinstance(report, ScreenReport) and report.screen.color and sys.stdout.isatty()
    if options.no_config or options.theme or not drawn:
        return ""
    from zxdbg.settings import Settings
    from zxdbg.shell.config import open_config

    kept = Settings()
    open_config().load(kept, load_commands())
    return kept.values.get("theme", "")


def _report(options: Options) -> QuietReport:
    if options.quiet or options.json:
        width = options.width or 80
        if options.quiet:
            return QuietReport(sys.stderr, width, ascii_only=options.ascii)
        return JsonReport(sys.stdout, sys.stderr, width, ascii_only=options.ascii)
    return ScreenReport(_screen(options), sys.stderr)


def _screen(options: Options) -> "Screen":
    from zxdbg.render.screen import open_screen

    screen = open_screen(sys.stdout, options.width, options.color, ascii_only=options.ascii)
    screen.theme = options.theme or screen.theme
    return screen
