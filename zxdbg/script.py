"""Command files: runs lines, judges expectations, reports failures with their place.

A `Runner` runs lines in a session and tells a `Report` what happens; reports draw, write
JSON lines, or keep quiet. In a script a refusal that was not expected is a failure, and
without `keep_going` the first failure ends it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from zxdbg.kernel.status import Status
from zxdbg.lang.expect import Miss
from zxdbg.lang.parse import Parsed
from zxdbg.lang.tokens import goes_on
from zxdbg.mistake import CommandError
from zxdbg.result import FILE_REQUESTS, Quit, Result, Source
from zxdbg.session import Session
from zxdbg.syscalls.buffers import Fill

if TYPE_CHECKING:
    from zxdbg.render.screen import Screen

__all__ = [
    "Failure",
    "JsonReport",
    "Place",
    "QuietReport",
    "Runner",
    "ScreenReport",
    "logical_lines",
]

MAX_SHOWN = 400
"""Characters of a line that a failure repeats."""
MAX_DEPTH = 16
"""How deep files may source each other."""


class Place(NamedTuple):
    """Where a logical line stands. `text` may span physical lines."""

    file: str
    line: int
    text: str

    def at(self, offset: int) -> tuple[int, int]:
        """Turn an offset in the text into a line and a column, both from 1."""
        before = self.text[:offset]
        return self.line + before.count("\n"), offset - (before.rfind("\n") + 1) + 1

    def physical(self, line: int) -> str:
        """Return the physical line of that number."""
        return self.text.split("\n")[line - self.line]


class Failure(NamedTuple):
    """What went wrong, for standard error."""

    place: Place
    span: tuple[int, int]
    message: str
    is_mistake: bool = False

    def lines(self) -> list[str]:
        """Compose the report: place and message, the line, a caret."""
        from zxdbg.render.parts import visible, width_of

        line, column = self.place.at(self.span[0])
        shown = self.place.physical(line).rstrip("\r")
        length = max(0, self.span[1] - self.span[0])
        at = column - 1
        if len(shown) > MAX_SHOWN:
            first = max(0, min(at - 40, len(shown) - MAX_SHOWN))
            shown, at = f"…{shown[first : first + MAX_SHOWN]}…", at - first + 1
        lead = width_of(_printable(shown[:at]))
        width = max(1, width_of(_printable(shown[at : at + length])))
        return [
            visible(f"{self.place.file}:{line}:{column}: {self.message}"),
            f"    {_printable(shown)}",
            f"    {' ' * lead}{'^' * width}",
        ]


def _printable(text: str) -> str:
    """Show a line on a screen: a tab as a blank, other control characters escaped."""
    from zxdbg.render.parts import visible

    return visible(text.replace("\t", " "))


def logical_lines(file: str, raw: bytes) -> Iterator[Place]:
    r"""Yield the logical lines of a file: UTF-8, LF or CRLF, a BOM skipped, `\` goes on."""
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    pending: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not pending:
            first = number
        pending.append(line)
        if goes_on(line):
            continue
        yield Place(file, first, "\n".join(pending))
        pending.clear()
    if pending:
        yield Place(file, first, "\n".join(pending).removesuffix("\\"))


class QuietReport:
    """Reports failures only; the base of the other reports."""

    def __init__(self, errors: TextIO) -> None:
        self.errors = errors

    def command(self, place: Place, parsed: Parsed) -> None:
        """Hear that a command is about to run."""

    def result(self, session: Session, place: Place, parsed: Parsed, result: Result) -> None:
        """Hear what a command answered."""

    def mistake(
        self, session: Session, place: Place, parsed: Parsed | None, error: CommandError
    ) -> None:
        """Hear that a line cannot be run."""

    def failure(self, failure: Failure) -> None:
        """Hear of a failure."""
        for line in failure.lines():
            self.errors.write(line + "\n")
        self.errors.flush()


class ScreenReport(QuietReport):
    """Draws each command after a prompt, then its result."""

    def __init__(self, screen: "Screen", errors: TextIO) -> None:
        super().__init__(errors)
        self.screen = screen

    def command(self, place: Place, parsed: Parsed) -> None:
        """Echo the command."""
        self._echo(place.text[parsed.start : parsed.end])

    def failure(self, failure: Failure) -> None:
        """Report a failure, behind what is drawn already."""
        self.screen.stream.flush()
        super().failure(failure)

    def _echo(self, text: str) -> None:
        self.screen.print([[("prompt", "zx> "), ("command", _flat(text))]])

    def result(self, session: Session, place: Place, parsed: Parsed, result: Result) -> None:
        """Draw the result."""
        from zxdbg.render.draw import draw_result
        from zxdbg.render.parts import Look

        lines = draw_result(result, Look(self.screen.width, session.state.labels()))
        if len(lines) > 1:
            lines.append([])
        self.screen.print(lines)
        self.screen.stream.flush()


class JsonReport(QuietReport):
    """Writes one JSON object a command, on one line."""

    def __init__(self, stream: TextIO, errors: TextIO) -> None:
        super().__init__(errors)
        self.stream = stream

    def _write(self, record: dict[str, Any]) -> None:
        import json

        self.stream.write(json.dumps(record, ensure_ascii=True) + "\n")
        self.stream.flush()

    def _head(self, place: Place, text: str, status: str | None, at: int) -> dict[str, Any]:
        line, _ = place.at(at)
        return {"v": 1, "file": place.file, "line": line, "command": text, "status": status}

    def result(self, session: Session, place: Place, parsed: Parsed, result: Result) -> None:
        """Write the result."""
        record = self._head(place, _flat(result.text), _label(result), parsed.start)
        record["profile"] = result.under.value
        record.update(fields_as_json(result))
        self._write(record)

    def mistake(
        self, session: Session, place: Place, parsed: Parsed | None, error: CommandError
    ) -> None:
        """Write the mistake."""
        text = place.text.strip() if parsed is None else parsed.text
        start = error.span[0] if error.span else 0
        record = self._head(place, _flat(text), None, start)
        record["profile"] = session.state.profile.value
        record["error"] = {"message": str(error), "column": place.at(start)[1]}
        self._write(record)


def _flat(text: str) -> str:
    """Write a command that goes on over several lines in one."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    return " ".join([*(line.removesuffix("\\").strip() for line in lines[:-1]), lines[-1].strip()])


def _label(result: Result) -> str | None:
    return None if result.status is None else result.status.label


def fields_as_json(result: Result) -> dict[str, Any]:
    """Return a result's fields as JSON has them."""
    return {name: _as_json(value) for name, value in result.fields().items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, Status):
        return value.label
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, Result):
        return {"status": _label(value), **fields_as_json(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _as_json(held) for name, held in value._asdict().items()}
    if isinstance(value, (tuple, list)):
        return [_as_json(each) for each in value]
    return value


class Runner:
    """Runs lines in a session.

    Args:
        session: The session.
        report: Who is told.
        keep_going: Whether to go on after a failure.
        strict: Whether an unexpected refusal is a failure; not at a prompt.

    Attributes:
        mistakes: How many lines were mistakes.
        failures: How many commands were refused unexpectedly, or missed an expectation.
        stopped: Whether no more lines are to be run.
        left: Whether `quit` was run.
        interrupted: Whether the user stopped the run.
        files: The files that source each other down to this run.
    """

    def __init__(
        self,
        session: Session,
        report: QuietReport,
        *,
        keep_going: bool = False,
        strict: bool = True,
    ) -> None:
        self.session = session
        self.report = report
        self.keep_going = keep_going
        self.strict = strict
        self.mistakes = 0
        self.failures = 0
        self.stopped = False
        self.left = False
        self.interrupted = False
        self.files: list[str] = []
        self._inner: Runner | None = None

    @property
    def exit_code(self) -> int:
        """2 after a mistake, else 1 after a failure, else 0."""
        return 2 if self.mistakes else 1 if self.failures else 0

    def run_file(self, name: str, raw: bytes, folder: str) -> None:
        """Run the lines of a file; names in them are relative to `folder`."""
        state = self.session.state
        outer, state.folder = state.folder, folder
        try:
            for place in logical_lines(name, raw):
                if self.stopped:
                    break
                self.run_line(place)
        finally:
            state.folder = outer

    def run_line(self, place: Place) -> None:
        """Run the commands of one logical line."""
        report = self.report
        try:
            _check_encoding(place)
        except CommandError as error:
            self._mistake(place, None, error)
            return
        commands = self.session.iter_parsed(place.text)
        while not self.stopped:
            parsed = None
            try:
                parsed = next(commands, None)
                if parsed is None:
                    return
                report.command(place, parsed)
                result = self._execute(parsed)
            except CommandError as error:
                self._mistake(place, parsed, error)
                continue
            report.result(self.session, place, parsed, result)
            self._judge(place, parsed, result)
            if self.session.recorder is not None and self.session.recorder.trouble:
                self._end_recording(place, parsed)
            self._act(place, parsed, result)

    def _execute(self, parsed: Parsed) -> Result:
        """Run a command; do what it asks of files before its answer is shown."""
        result = self.session.execute(parsed)
        if type(result.answer) in FILE_REQUESTS:
            from zxdbg.recorder import act

            act(self.session, result.answer)
        return result

    def _end_recording(self, place: Place, parsed: Parsed) -> None:
        """Say that a recording has ended, which no line asked for; the run goes on."""
        recorder, self.session.recorder = self.session.recorder, None
        assert recorder is not None
        self.failures += 1
        self.report.failure(Failure(place, (parsed.start, parsed.end), recorder.trouble))

    def _act(self, place: Place, parsed: Parsed, result: Result) -> None:
        """Do what a result asks of the front end: leave, or run another file."""
        request = result.answer
        if isinstance(request, Quit):
            self.stopped = self.left = True
        elif isinstance(request, Source):
            self._source(place, parsed, request)

    def _source(self, place: Place, parsed: Parsed, request: Source) -> None:
        """Run a file in this session, as a script, wherever the line stands."""
        if request.path in self.files or len(self.files) >= MAX_DEPTH:
            circle = " > ".join([*self.files, request.path])
            self._mistake(place, parsed, CommandError(f"files source each other: {circle}"))
            return
        inner = Runner(self.session, self.report, keep_going=self.strict and self.keep_going)
        inner.files = [*self.files, request.path]
        self._inner = inner
        try:
            inner.run_file(request.name, request.text, request.folder)
        finally:
            self._inner = None
        self.left = inner.left
        self.interrupted = self.interrupted or inner.interrupted
        self.mistakes += inner.mistakes
        self.failures += inner.failures
        if inner.left or inner.interrupted or (self.strict and inner.stopped):
            self.stopped = True

    def interrupt(self) -> None:
        """Stop before the next command, in the file that is read just now."""
        self.interrupted = self.stopped = True
        if self._inner is not None:
            self._inner.interrupt()

    def _mistake(self, place: Place, parsed: Parsed | None, error: CommandError) -> None:
        if error.span is None:
            error.span = (0, len(place.text)) if parsed is None else (parsed.start, parsed.end)
        self.mistakes += 1
        self.report.mistake(self.session, place, parsed, error)
        self._fail(Failure(place, error.span, str(error), True))

    def _judge(self, place: Place, parsed: Parsed, result: Result) -> None:
        expectation = parsed.expectation
        if expectation is not None:
            misses = expectation.misses(result)
            if misses:
                self.failures += 1
                message = "; ".join(map(_miss_text, misses)) + _because(result)
                self._fail(Failure(place, misses[0].span, message))
        elif self.strict and result.trouble and not result.asked:
            self.failures += 1
            message = f"refused: {result.trouble}{_because(result)}"
            self._fail(Failure(place, (parsed.start, parsed.end), message))

    def _fail(self, failure: Failure) -> None:
        self.report.failure(failure)
        if not self.keep_going:
            self.stopped = True


def _check_encoding(place: Place) -> None:
    if place.text.isascii():
        return
    for at, letter in enumerate(place.text):
        if "\udc80" <= letter <= "\udcff":
            byte = ord(letter) - 0xDC00
            raise CommandError(f"the byte {byte:#x} is not UTF-8", (at, at + 1))


def _miss_text(miss: Miss) -> str:
    return f"expected {miss.field} {_shown(miss.expected)}, came {_shown(miss.came)}"


def _shown(value: object) -> str:
    from zxdbg.render.facts import quoted

    if value is None:
        return "nothing"
    if isinstance(value, Status):
        return value.label
    if isinstance(value, bytes):
        return quoted(value)
    if isinstance(value, Fill):
        return f"{value.length} bytes of {value.byte:#x}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if -4096 < value < 4096 else f"{value:#x}"
    if isinstance(value, Fill):
        return f"fill:{value.byte:#x}:{value.length}"
    if isinstance(value, tuple):
        return f"{len(value)} rows"
    return str(value)


def _because(result: Result) -> str:
    """Say which rule decided, for a refused call."""
    outcome = result.decider
    if outcome is None or outcome.decided is None:
        return ""
    from zxdbg.render.facts import in_words

    words = in_words(outcome.decided, dict(outcome.checks).get(outcome.decided, ()), held=False)
    return f" (rule: {outcome.decided.text}{'; ' if words else ''}{words})"
