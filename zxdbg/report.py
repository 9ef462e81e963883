"""Who hears what a run of lines does: nobody, a screen, a reader of JSON lines.

A `Runner` tells a report of each command, its result, mistakes and failures. What a
command sends elsewhere is drawn by a report too, into a text.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import StringIO
from typing import IO, TYPE_CHECKING, Any, TextIO

from zxdbg.kernel.status import Status
from zxdbg.lang.parse import Parsed
from zxdbg.mistake import CommandError
from zxdbg.result import Export, Result
from zxdbg.session import Session

if TYPE_CHECKING:
    from zxdbg.failure import Failure
    from zxdbg.passing import TextReport
    from zxdbg.render.parts import Drawing
    from zxdbg.render.screen import Screen
    from zxdbg.steps import Place

__all__ = [
    "JsonReport",
    "QuietReport",
    "ScreenReport",
    "fields_as_json",
]


class QuietReport:
    """Reports failures only; the base of the other reports.

    Args:
        errors: Stream for failures.
        width: Columns of what is drawn for a file or a shell command.
        ascii_only: Whether that is drawn with ASCII only.
    """

    def __init__(self, errors: TextIO, width: int = 80, *, ascii_only: bool = False) -> None:
        self.errors = errors
        self.width = width
        self.ascii_only = ascii_only

    def command(self, place: "Place", parsed: Parsed) -> None:
        """Hear that a command is about to run."""

    def result(self, session: Session, place: "Place", parsed: Parsed, result: Result) -> None:
        """Hear what a command answered."""

    def sent(
        self, session: Session, place: "Place", parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Hear what a command answered that was drawn elsewhere, and what came back."""

    def beside(
        self, session: Session, place: "Place", parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Hear what a command in a file answered, of which all that is drawn goes elsewhere."""

    def mistake(
        self, session: Session, place: "Place", parsed: Parsed | None, error: CommandError
    ) -> None:
        """Hear that a line cannot be run."""

    def expected(self, place: "Place", error: CommandError) -> None:
        """Hear that this was expected of it."""

    def failure(self, failure: "Failure") -> None:
        """Hear of a failure."""
        for line in failure.lines():
            self.errors.write(line + "\n")
        self.errors.flush()

    def text_report(self) -> "TextReport":
        """Make the report that draws what goes elsewhere."""
        from zxdbg.passing import TextReport

        return TextReport(self.blank_screen(), self)

    def blank_screen(self) -> "Screen":
        """Make the screen on which that is drawn."""
        from zxdbg.render.screen import Screen

        return Screen(StringIO(), self.width, ascii_only=self.ascii_only)

    def lends_output(self) -> AbstractContextManager[IO[str] | None]:
        """Lend what a shell command writes to meanwhile; None takes back what it writes."""
        import os

        return open(os.devnull, "w")  # noqa: PTH123 - pathlib is slow to start

    def export(self, request: Export) -> str:
        """Write the screen so far to a file of the host; return what that was, in words."""
        raise CommandError("there is no screen to export", hint="run without --quiet and --json")

    def exported(self, said: str) -> None:
        """Hear what was exported."""


class ScreenReport(QuietReport):
    """Draws each command after a prompt, then its result."""

    everything = False
    """Whether long tables are drawn whole."""

    def __init__(self, screen: "Screen", errors: TextIO) -> None:
        super().__init__(errors)
        self.screen = screen

    def command(self, place: "Place", parsed: Parsed) -> None:
        """Echo the command."""
        from zxdbg.prompts import SCRIPT

        text = _flat(place.text[parsed.start : parsed.end])
        self.screen.echo([("prompt", SCRIPT), ("command", text)])

    def expected(self, place: "Place", error: CommandError) -> None:
        """Show a mistake that was expected; others are failures."""
        from zxdbg.render.parts import wrap

        self.screen.print([[("warn", line)] for line in wrap(str(error), self.screen.width)])

    def failure(self, failure: "Failure") -> None:
        """Report a failure, behind what is drawn already."""
        self.screen.stream.flush()
        super().failure(failure)

    def lines_of(
        self, session: Session, place: "Place", parsed: Parsed, result: Result
    ) -> "Drawing":
        """Draw a result: as a picture, or as JSON where the command says so."""
        if parsed.as_json:
            return [[("", json_line(place, parsed, result))]]
        from zxdbg.render.draw import draw_result
        from zxdbg.render.parts import Look

        screen, labels = self.screen, session.state.labels()
        look = Look(screen.width, labels, self.everything, screen.color)
        return draw_result(result, look)

    def result(self, session: Session, place: "Place", parsed: Parsed, result: Result) -> None:
        """Draw the result."""
        self.screen.theme = session.state.settings["theme"]
        lines = self.lines_of(session, place, parsed, result)
        if len(lines) > 2:
            lines.append([])
        self.screen.print(lines)
        self.screen.stream.flush()

    def blank_screen(self) -> "Screen":
        """Make another screen, as wide as this one."""
        self.width, self.ascii_only = self.screen.width, self.screen.ascii_only
        return super().blank_screen()

    @contextmanager
    def lends_output(self) -> Iterator[IO[str] | None]:
        """Let a shell command write behind what is drawn already."""
        self.screen.stream.flush()
        try:
            self.screen.stream.fileno()
        except OSError:
            yield None
        else:
            yield self.screen.stream

    def sent(
        self, session: Session, place: "Place", parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Show what a shell command wrote, if it could not do so itself."""
        if output:
            self.screen.stream.write(output)

    def export(self, request: Export) -> str:
        """Write the screen so far to a file of the host."""
        from zxdbg.elsewhere import write_file
        from zxdbg.render.export import export

        count, text = export(self.screen, request)
        write_file(request.path, request.name, text)
        is_whole = request.last is None and not self.screen.forgotten
        what = "the whole screen" if is_whole else f"{count} of the screen"
        return f"{what} in {request.name}"

    def exported(self, said: str) -> None:
        """Say what was exported."""
        from zxdbg.render.parts import plain, wrap

        self.screen.print([[plain(line)] for line in wrap(said, self.screen.width, "", "  ")])


class JsonReport(QuietReport):
    """Writes one JSON object a command, on one line."""

    def __init__(
        self, stream: TextIO, errors: TextIO, width: int = 80, *, ascii_only: bool = False
    ) -> None:
        super().__init__(errors, width, ascii_only=ascii_only)
        self.stream = stream

    def _write(self, line: str) -> None:
        self.stream.write(line + "\n")
        self.stream.flush()

    def result(self, session: Session, place: "Place", parsed: Parsed, result: Result) -> None:
        """Write the result."""
        self._write(json_line(place, parsed, result))

    def sent(
        self, session: Session, place: "Place", parsed: Parsed, result: Result, output: str = ""
    ) -> None:
        """Write the result, with what a shell command made of it."""
        piped = parsed.output is not None and parsed.output.kind == "shell"
        self._write(json_line(place, parsed, result, **({"output": output} if piped else {})))

    beside = sent

    def lends_output(self) -> AbstractContextManager[None]:
        """Take back what a shell command writes."""
        return nullcontext()

    def mistake(
        self, session: Session, place: "Place", parsed: Parsed | None, error: CommandError
    ) -> None:
        """Write the mistake."""
        text = place.text.strip() if parsed is None else parsed.text
        start = error.span[0] if error.span else 0
        record = _head(place, text, None, start)
        record["profile"] = session.state.profile.value
        record["error"] = {"message": str(error), "column": place.at(start)[1]}
        self._write(_dumps(record))


def json_line(place: "Place", parsed: Parsed, result: Result, **more: str) -> str:
    """Write a result as one JSON object on one line."""
    record = _head(place, result.text, _label(result), parsed.start)
    record["profile"] = result.under.value
    record.update(fields_as_json(result))
    return _dumps(record | more)


def _dumps(record: dict[str, Any]) -> str:
    import json

    return json.dumps(record, ensure_ascii=True)


def _head(place: "Place", text: str, status: str | None, at: int) -> dict[str, Any]:
    line, _ = place.at(at)
    return {"v": 1, "file": place.file, "line": line, "command": _flat(text), "status": status}


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
