"""Command files: runs lines, judges expectations, reports failures with their place.

A `Runner` runs lines in a session and tells a report what happens; reports draw, write
JSON lines, or keep quiet. In a script a refusal that was not expected is a failure, and
without `keep_going` the first failure ends it.
"""

import os
from typing import TYPE_CHECKING

from zxdbg.lang.parse import Parsed
from zxdbg.lang.tokens import MAX_LINE, commands_of
from zxdbg.mistake import CommandError
from zxdbg.report import QuietReport
from zxdbg.result import FILE_REQUESTS, Judged, Preference, Quit, Result, Source
from zxdbg.session import Session
from zxdbg.steps import Place, logical_lines, read_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zxdbg.failure import Failure, Missed
    from zxdbg.heard import Heard
    from zxdbg.lang.expect import Expectation, Miss
    from zxdbg.lang.output import Output
    from zxdbg.steps import Stated, Step

__all__ = ["Runner"]

MAX_DEPTH = 16
"""How deep files may source each other."""
MAX_SOURCED = 1000
"""How many files a line may source, counting those that they source."""


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
        line: The line that was reached, from 1.
        lines: How many there are.
        keep: What to do with a preference that was chosen on a line of this very run.
        now: The command that runs, or ran last, and its line.
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
        self.line = 0
        self.lines = 0
        self.keep: Callable[[Preference], None] | None = None
        self.now: tuple[Place, Parsed | None] | None = None
        self._sourced = 0
        self._width = 0
        self._heard: Heard | None = None
        self._inner: Runner | None = None

    @property
    def exit_code(self) -> int:
        """2 after a mistake, else 1 after a failure, else 0."""
        return 2 if self.mistakes else 1 if self.failures else 0

    def run_file(self, name: str, raw: bytes, folder: str) -> None:
        """Run the lines of a file; names in them are relative to `folder`."""
        self.lines = _count_lines(raw)
        self.run_steps(read_steps(name, raw), folder)

    def run_steps(self, steps: "Iterable[Step]", folder: str) -> None:
        """Run steps of a file; names in them are relative to `folder`."""
        state = self.session.state
        outer, state.folder = state.folder, folder
        typed, state.shorthand = state.shorthand, False
        try:
            for step in steps:
                if self.stopped:
                    break
                if step.problem is not None:
                    self._mistake(step.place, None, step.problem)
                elif step.stated is not None:
                    self._run_stated(step.place, step.stated)
                else:
                    self.run_line(step.place)
        finally:
            state.folder, state.shorthand = outer, typed

    def run_text(self, name: str, raw: bytes) -> None:
        """Run the lines of a text that was typed: nothing in it states output."""
        self.lines = _count_lines(raw)
        for place in logical_lines(name, raw):
            if self.stopped:
                break
            self.run_line(place)

    def reached(self) -> tuple[int, int]:
        """Return the line that is run, and how many there are, in the file that is read."""
        if self._inner is not None:
            return self._inner.reached()
        return self.line, self.lines

    def _run_stated(self, place: Place, stated: "Stated") -> None:
        """Run a line, and compare what it shows with what the file states."""
        from zxdbg.heard import WIDTH, Heard

        if not self._is_readable(place):
            return
        state, report, watch = self.session.state, self.report, self.session.state.watch
        before = self.mistakes + self.failures
        heard = self.report = self._heard = Heard(report, place, stated, self._width or WIDTH)
        state.set_watch(watch=True)
        try:
            self.run_line(place)
            if self.interrupted or self.mistakes + self.failures > before:
                return
            difference = heard.difference()
        finally:
            self.report, self._heard = report, None
            state.set_watch(watch=watch)
        self._width = heard.width
        if difference is not None:
            from zxdbg.failure import other_output

            self.failures += 1
            self._fail(other_output(place, stated, difference))

    def run_line(self, place: Place) -> None:
        """Run the commands of one logical line."""
        report = self.report
        self.line = place.line
        if not self._is_readable(place):
            return
        for tokens in commands_of(place.text):
            if self.stopped:
                return
            parsed = None
            try:
                parsed = self.session.parse(place.text, tokens)
                self.now = place, parsed
                report.command(place, parsed)
                if parsed.output is not None:
                    self._run_elsewhere(place, parsed, parsed.output)
                    continue
                result = self._execute(parsed)
            except CommandError as error:
                self._mistake(place, parsed, error)
                continue
            report.result(self.session, place, parsed, result)
            self._judge(place, parsed, result)
            self._act(place, parsed, result)

    def _is_readable(self, place: Place) -> bool:
        """Whether a line can be read at all; if not, that is told."""
        if len(place.text) <= MAX_LINE and place.text.isascii():
            return True
        try:
            if len(place.text) > MAX_LINE:
                from zxdbg.failure import MAX_SHOWN

                place = place._replace(text=place.text[:MAX_SHOWN])
                raise CommandError(f"the line is longer than {MAX_LINE} characters")
            _check_encoding(place)
        except CommandError as error:
            self._mistake(place, None, error)
            return False
        return True

    def _execute(self, parsed: Parsed) -> Result:
        """Run a command; do what it asks of files before its answer is shown."""
        result = self.session.execute(parsed)
        if isinstance(result.answer, FILE_REQUESTS):
            from zxdbg.files import act

            act(self.session, self.report, result.answer)
        return result

    def _run_elsewhere(self, place: Place, parsed: Parsed, output: "Output") -> None:
        """Run a command whose answer goes to a file or to a shell command."""
        from zxdbg.elsewhere import check_file, send

        folder = self.session.state.folder
        parsed.check()
        if output.kind != "shell":
            check_file(os.path.join(folder, output.text), output.text, output.span)  # noqa: PTH118 - pathlib is slow to start
        result = self._execute(parsed)
        report = self.report
        drawn = self.report = report.text_report()
        try:
            drawn.first(self.session, place, parsed, result)
            self._act(place, parsed, result)
        finally:
            self.report = report
        with report.lends_output() as stdout:
            sent = send(output, folder, drawn.text, stdout)
        report.sent(self.session, place, parsed, result, sent.output)
        self._judge(place, parsed, result)
        if sent.trouble:
            self.failures += 1
            self._fail(_failure(place, output.span, sent.trouble))

    def _end_recording(self, place: Place, parsed: Parsed) -> None:
        """Say that a recording has ended, which no line asked for; the run goes on."""
        recorder, self.session.recorder = self.session.recorder, None
        assert recorder is not None
        self.failures += 1
        self.report.failure(_failure(place, (parsed.start, parsed.end), recorder.trouble))

    def _act(self, place: Place, parsed: Parsed, result: Result) -> None:
        """Do what a result asks of the front end: leave, or run another file."""
        if self.session.recorder is not None and self.session.recorder.trouble:
            self._end_recording(place, parsed)
        request = result.answer
        if isinstance(request, Quit):
            self.stopped = self.left = True
        elif isinstance(request, Source):
            self._source(place, parsed, request)
        elif self.keep is not None and (chosen := getattr(request, "chosen", None)):
            self.keep(chosen)

    def _source(self, place: Place, parsed: Parsed, request: Source) -> None:
        """Run a file in this session, as a script, wherever the line stands."""
        if request.path in self.files or len(self.files) >= MAX_DEPTH:
            circle = " > ".join([*self.files, request.path])
            self._mistake(place, parsed, CommandError(f"files source each other: {circle}"))
            return
        if self._sourced >= MAX_SOURCED:
            many = f"more than {MAX_SOURCED} files are sourced"
            self._mistake(place, parsed, CommandError(many))
            return
        inner = Runner(self.session, self.report, keep_going=self.strict and self.keep_going)
        inner.files = [*self.files, request.path]
        inner._sourced = self._sourced + 1 if self.files else 1
        self._inner = inner
        try:
            inner.run_file(request.name, request.text, request.folder)
        finally:
            self._inner = None
            self.now = inner.now or self.now
            self._sourced = inner._sourced if self.files else 0
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

    def time_out(self, seconds: float, name: str) -> None:
        """Note that the run of a file was stopped because it took too long."""
        place, parsed = self.now or (Place(name, 1, ""), None)
        span = (0, len(place.text)) if parsed is None else (parsed.start, parsed.end)
        self.failures += 1
        self.stopped = True
        self.report.failure(_failure(place, span, f"timed out after {seconds:g} s"))

    def _mistake(self, place: Place, parsed: Parsed | None, error: CommandError) -> None:
        if error.span is None:
            error.span = (0, len(place.text)) if parsed is None else (parsed.start, parsed.end)
        expectation = None if parsed is None else parsed.expectation
        self.report.mistake(self.session, place, parsed, error)
        if expectation is not None and expectation.error is not None:
            self.report.expected(place, error)
            miss = expectation.missed_by(error)
            if miss is not None:
                self.failures += 1
                self._missed(place, expectation, [miss], None)
        elif self._heard is None or not self._heard.states_mistake():
            self.mistakes += 1
            self._fail(_failure(place, error.span, str(error), True))

    def _judge(self, place: Place, parsed: Parsed, result: Result) -> None:
        expectation = parsed.expectation
        if expectation is not None:
            misses = expectation.misses(result)
            if misses:
                self.failures += 1
                self._missed(place, expectation, misses, result)
        elif self.strict and result.trouble and not result.asked:
            if self._heard is not None and self._heard.states(parsed, result.trouble):
                return
            from zxdbg.render.verdict import because

            self.failures += 1
            message = f"refused: {result.trouble}{because(result)}"
            self._fail(_failure(place, (parsed.start, parsed.end), message))
        elif self.strict and isinstance(result.answer, Judged) and not result.answer.holds:
            from zxdbg.render.verdict import judged_text

            self.failures += 1
            self._fail(_failure(place, (parsed.start, parsed.end), judged_text(result.answer)))

    def _missed(
        self,
        place: Place,
        expectation: "Expectation",
        misses: "list[Miss]",
        result: Result | None,
    ) -> None:
        from zxdbg.failure import Missed
        from zxdbg.render.verdict import because, miss_text

        message = "; ".join(map(miss_text, misses)) + ("" if result is None else because(result))
        cause = Missed(place, expectation, misses, result)
        self._fail(_failure(place, misses[0].span, message, cause=cause))

    def _fail(self, failure: "Failure") -> None:
        self.report.failure(failure)
        if not self.keep_going:
            self.stopped = True


def _failure(
    place: Place,
    span: tuple[int, int],
    message: str,
    is_mistake: bool = False,
    cause: "Missed | None" = None,
) -> "Failure":
    """Make a failure; most runs have none, and do not load what it is drawn with."""
    from zxdbg.failure import Failure

    return Failure(place, span, message, is_mistake, cause=cause)


def _count_lines(raw: bytes) -> int:
    return raw.removesuffix(b"\n").count(b"\n") + 1


def _check_encoding(place: Place) -> None:
    for at, letter in enumerate(place.text):
        if "\udc80" <= letter <= "\udcff":
            byte = ord(letter) - 0xDC00
            raise CommandError(f"the byte {byte:#x} is not UTF-8", (at, at + 1))
