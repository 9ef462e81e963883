"""The options of the program as argparse reads them, with the help and what mistakes say."""

from argparse import ArgumentParser, ArgumentTypeError, HelpFormatter
from typing import NoReturn

from zxdbg import __version__
from zxdbg.kernel.limits import U64
from zxdbg.lang.values import parse_integer
from zxdbg.options import COLORS, PROFILES
from zxdbg.settings import SETTINGS

__all__ = ["make_parser"]

MAX_SECONDS = 1_000_000


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


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no number of seconds") from None
    if not 0 < seconds <= MAX_SECONDS:
        raise ArgumentTypeError(f"{text} is outside 0 to {MAX_SECONDS}")
    return seconds


def _percent(text: str) -> float:
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        raise ArgumentTypeError(f"{text} is no percentage") from None
    if not 0 <= percent <= 100:
        raise ArgumentTypeError(f"{text} is outside 0 to 100")
    return percent


class _Parser(ArgumentParser):
    """As argparse's, but no argument brings a control character to the screen."""

    def error(self, message: str) -> NoReturn:
        from zxdbg.render.parts import visible

        super().error(visible(message))


def make_parser() -> ArgumentParser:
    """Make the parser of the options; `Options` says what they are when not given."""
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
        choices=PROFILES,
        help="whose word counts: the published pages (the default), or the kernel's",
    )
    parser.add_argument(
        "--seed", type=_size, metavar="N", help="seed of handle values and addresses"
    )
    parser.add_argument(
        "--memory",
        type=_size,
        metavar="SIZE",
        help="simulated physical memory, such as 64M; 1G by default",
    )
    parser.add_argument("--keep-going", action="store_true", help="go on after a failure")
    parser.add_argument(
        "-e",
        dest="given",
        action="append",
        metavar="NAME=VALUE",
        help="bind $NAME before the first line of each file",
    )
    parser.add_argument("-i", dest="stay", action="store_true", help="then the shell")
    parser.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", help="how long each file may take"
    )
    parser.add_argument("--coverage", action="store_true", help="then say which rules have decided")
    parser.add_argument(
        "--fail-under",
        type=_percent,
        metavar="N",
        help="the same, and fail if less than N percent of the rules have",
    )
    parser.add_argument(
        "--allow-io", action="store_true", help="scripts may touch files and the shell"
    )
    parser.add_argument(
        "--color",
        choices=COLORS,
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
