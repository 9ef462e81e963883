"""Files, read as steps: a command line, and the output that the file states below it.

Two forms. In a command file every line is a command line, and lines that begin with `|`
right below one state what its last command shows. In a transcript, a file whose first
command line has a prompt, the lines with that prompt are command lines, and those below one
state everything that it shows; where there are none, nothing is stated. Lines that begin
with `#` are comments in both.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from zxdbg.lang.tokens import goes_on
from zxdbg.mistake import CommandError

if TYPE_CHECKING:
    from zxdbg.prompts import Prompted

__all__ = [
    "MAX_FILE",
    "Place",
    "Stated",
    "StatedLine",
    "Step",
    "form_of",
    "is_output",
    "lines_of",
    "logical_lines",
    "read_file",
    "read_steps",
    "steps",
]


class Place(NamedTuple):
    """Where a logical line stands. `text` may span physical lines.

    `leads` are what stands before each of those and is no part of the text, such as a
    prompt; empty where nothing does.
    """

    file: str
    line: int
    text: str
    leads: tuple[str, ...] = ()

    def at(self, offset: int) -> tuple[int, int]:
        """Turn an offset in the text into a line and a column, both from 1."""
        before = self.text[:offset]
        row = before.count("\n")
        column = offset - (before.rfind("\n") + 1) + 1
        return self.line + row, column + len(self._lead(row))

    def physical(self, line: int) -> str:
        """Return the physical line of that number."""
        row = line - self.line
        return self._lead(row) + self.text.split("\n")[row]

    def _lead(self, row: int) -> str:
        return self.leads[row] if row < len(self.leads) else ""


class StatedLine(NamedTuple):
    """A line of output that a file states, and what stands before it in its line."""

    line: int
    lead: str
    text: str


class Stated(NamedTuple):
    """The output that a file states for a line. `form` is `bars`, `script` or `shell`."""

    form: str
    lines: tuple[StatedLine, ...]


class Step(NamedTuple):
    """A command line, the output that is stated for it, or why the line is none."""

    place: Place
    stated: Stated | None = None
    problem: CommandError | None = None


MAX_FILE = 64 << 20
"""Bytes of a command file."""


def read_file(file: BinaryIO, name: str) -> bytes:
    """Read a command file whole; one that is too large is a mistake."""
    raw = file.read(MAX_FILE + 1)
    if len(raw) > MAX_FILE:
        raise CommandError(f"{name} is larger than {MAX_FILE >> 20} MiB")
    return raw


def lines_of(raw: bytes) -> list[str]:
    """Return the physical lines of a text, without their ends."""
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return [line.removesuffix("\r") for line in text.split("\n")]


def logical_lines(file: str, raw: bytes) -> Iterator[Place]:
    r"""Yield the logical lines of a text: UTF-8, LF or CRLF, a BOM skipped, `\` goes on."""
    pending: list[str] = []
    first = 1
    for number, line in enumerate(lines_of(raw), 1):
        if not pending:
            first = number
        pending.append(line)
        if goes_on(line):
            continue
        yield Place(file, first, "\n".join(pending))
        pending.clear()
    if pending:
        yield Place(file, first, "\n".join(pending).removesuffix("\\"))


def read_steps(file: str, raw: bytes) -> Iterator[Step]:
    """Yield the steps of a file."""
    return steps(file, lines_of(raw))


def steps(
    file: str, lines: Sequence[str], first: int = 1, leads: Sequence[str] = ()
) -> Iterator[Step]:
    """Yield the steps of lines that begin at line `first` of a file.

    `leads` are what stands before each line there and is no part of it, such as blanks.
    """
    form = form_of(lines)
    numbered = enumerate(lines, first)
    if form:
        return _transcript_steps(_Reader(file, first, leads), numbered, form)
    return _command_steps(_Reader(file, first, leads), numbered)


def form_of(lines: Sequence[str]) -> str:
    """Return which prompt makes the lines a transcript; empty for a command file."""
    welcomed = False
    for line in lines:
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        found = _prompted(line)
        if found is not None:
            return found.form
        welcomed = welcomed or _is_welcome(line)
        if not welcomed:
            return ""
    return ""


def _is_welcome(line: str) -> bool:
    """Whether the shell's first screen begins so, which is copied along."""
    return line.startswith("zxdbg ") and re.match(r"zxdbg [0-9]+\.[0-9]", line) is not None


def _prompted(line: str, form: str = "") -> "Prompted | None":
    """Divide a line behind a prompt; only one that may have it is worth loading how."""
    if not line.startswith("zx"):
        return None
    from zxdbg.prompts import prompted

    return prompted(line, form)


def is_output(form: str, line: str) -> bool:
    """Whether a line of output is read as such where it stands in a file of that form."""
    return form == "bars" or not (line.startswith("#") or _prompted(line, form))


class _Reader:
    """Puts the physical lines of a command together, then its step."""

    def __init__(self, file: str, first: int, leads: Sequence[str]) -> None:
        self.file = file
        self.first = first
        self.leads = leads
        self.line = 0
        self.texts: list[str] = []
        self.before: list[str] = []
        self.stated: list[StatedLine] = []

    def lead(self, number: int) -> str:
        """Return what stands before a line."""
        at = number - self.first
        return self.leads[at] if at < len(self.leads) else ""

    def place(self, number: int, line: str) -> Place:
        """Return the place of a line that is no command."""
        lead = self.lead(number)
        return Place(self.file, number, line, (lead,) if lead else ())

    def take(self, number: int, text: str, prompt: str = "") -> bool:
        """Take in a physical line of a command; return whether another one follows."""
        if not self.texts:
            self.line = number
        self.texts.append(text)
        if prompt or self.leads:
            self.before.append(self.lead(number) + prompt)
        return goes_on(text)

    def state(self, number: int, lead: str, text: str) -> None:
        """Take in a line of output."""
        self.stated.append(StatedLine(number, self.lead(number) + lead, text))

    def end(self, form: str, *, cut: bool = False) -> Step:
        """Make the step of the lines so far; `cut` if they end in a backslash."""
        if len(self.texts) == 1 and not (self.before or self.stated or cut):
            return Step(Place(self.file, self.line, self.texts.pop()))
        text = "\n".join(self.texts)
        place = Place(self.file, self.line, text.removesuffix("\\") if cut else text)
        if self.before:
            place = place._replace(leads=tuple(self.before))
        while self.stated and form != "bars" and not self.stated[-1].text.strip():
            self.stated.pop()
        stated = Stated(form, tuple(self.stated)) if self.stated else None
        self.texts, self.before, self.stated = [], [], []
        return Step(place, stated)


def _command_steps(reader: _Reader, lines: "enumerate[str]") -> Iterator[Step]:
    goes = whole = False
    for number, line in lines:
        if not goes:
            if line[:1] in ("|", " ", "\t") and line.lstrip()[:1] == "|":
                lead, _, text = line.partition("|")
                blank = text[:1] == " "
                if whole and _is_command(reader.texts):
                    reader.state(number, f"{lead}| " if blank else f"{lead}|", text[blank:])
                    continue
                if whole:
                    yield reader.end("bars")
                whole = False
                yield Step(reader.place(number, line), None, _lost())
                continue
            if whole:
                yield reader.end("bars")
        goes = reader.take(number, line)
        whole = not goes
        if whole and line[:2] == "zx" and _prompted(line):
            yield reader.end("bars")._replace(problem=_misplaced())
            whole = False
    if reader.texts:
        yield reader.end("bars", cut=goes)


def _is_command(texts: list[str]) -> bool:
    bare = texts[0].strip()
    return bool(bare) and not bare.startswith("#")


def _lost() -> CommandError:
    return CommandError(
        "a line that begins with | states the output of the command just above it",
        hint="there is none",
    )


def _misplaced() -> CommandError:
    return CommandError(
        "a prompt begins the lines of a transcript", hint="then the first line has one too"
    )


def _transcript_steps(reader: _Reader, lines: "enumerate[str]", form: str) -> Iterator[Step]:
    from zxdbg.prompts import joined, prompted

    first: Prompted | None = None
    goes = False
    for number, line in lines:
        found = joined(line, first) if first and goes else prompted(line, form)
        if found is not None:
            if first and not goes:
                yield reader.end(form)
            first = first if first and goes else found
            goes = reader.take(number, found.text, found.prompt)
        elif first and not line.startswith("#"):
            reader.state(number, "", line)
    if first:
        yield reader.end(form, cut=goes)
