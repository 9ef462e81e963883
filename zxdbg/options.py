"""What the program is told when it starts: its options.

Mostly that is a file and a word or two, which are read here. Argparse is slow to load: it
reads what is not as plain as that, and it knows the help and what to say of a mistake.
"""

import sys
from collections.abc import Sequence
from typing import NoReturn

from zxdbg.kernel.limits import DEFAULT_MEMORY

__all__ = ["COLORS", "PROFILES", "Options", "fail", "read_options"]

COLORS = ("auto", "always", "never")
PROFILES = ("docs", "kernel")
_FLAGS = {"--json": "json", "--quiet": "quiet", "--keep-going": "keep_going"}
_WORDS = {"--color": ("color", COLORS), "--profile": ("profile", PROFILES)}


class Options:
    """The options, as they are when nothing is given."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.lines: str | None = None
        self.json = False
        self.quiet = False
        self.profile = "docs"
        self.seed = 0
        self.memory = DEFAULT_MEMORY
        self.keep_going = False
        self.given: list[str] = []
        self.stay = False
        self.timeout: float | None = None
        self.coverage = False
        self.fail_under: float | None = None
        self.allow_io = False
        self.color = "auto"
        self.theme: str | None = None
        self.ascii = False
        self.width: int | None = None
        self.no_config = False


def read_options(argv: Sequence[str] | None = None) -> Options:
    """Read the arguments of the program; leave it where they are wrong, or ask for help."""
    words = sys.argv[1:] if argv is None else argv
    options = read_plain(words)
    if options is None:
        from zxdbg.parser import make_parser

        options = make_parser().parse_args(words, Options())
    return options


def fail(message: str) -> NoReturn:
    """Leave the program because of how it was called."""
    from zxdbg.parser import make_parser

    make_parser().error(message)


def read_plain(words: Sequence[str]) -> Options | None:
    """Read the commonest options, then files; None where there is anything else."""
    options = Options()
    rest = iter(words)
    for word in rest:
        if word in _FLAGS:
            setattr(options, _FLAGS[word], True)
        elif word in _WORDS:
            name, choices = _WORDS[word]
            value = next(rest, None)
            if value not in choices:
                return None
            setattr(options, name, value)
        elif word == "-c":
            options.lines = next(rest, "-")
            if options.lines.startswith("-"):
                return None
        else:
            options.files = [word, *rest]
    if any(file.startswith("-") for file in options.files):
        return None
    return options
