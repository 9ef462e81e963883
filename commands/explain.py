"""Questions: explain and compare run a line on copies; nothing changes."""

from typing import NamedTuple

from zxdbg.kernel.fork import Fork
from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import InnerLine
from zxdbg.lang.declare import command
from zxdbg.lang.execute import execute
from zxdbg.lang.parse import parse
from zxdbg.lang.tokens import tokenize
from zxdbg.loader import load_commands
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw, field_piece
from zxdbg.render.facts import in_words
from zxdbg.render.parts import (
    Cell,
    Line,
    Look,
    clip,
    clip_line,
    dim,
    note,
    plain,
    status,
    table,
    wrap,
)
from zxdbg.result import Result
from zxdbg.state import State
from zxdbg.syscalls.call import Outcome
from zxdbg.syscalls.profile import Profile


class Check(NamedTuple):
    """One rule in a trace.

    `verdict` is `passed`, `decided`, `not-asked` (it did not apply) or `not-reached`.
    """

    rule: str
    verdict: str
    text: str
    facts: str | None
    status: str | None


class Explained(NamedTuple):
    """A trace, rule by rule.

    `inner` is the result that it explains; `passed_over` the last command, where that made
    no syscall.
    """

    checks: tuple[Check, ...]
    line: str
    outcome: Outcome
    inner: Result | None
    calls: tuple[Outcome, ...]
    passed_over: str


@command("explain", hidden=("line", "outcome", "inner", "calls", "passed_over"), quiet=True)
def explain(state: State, line: InnerLine | None = None) -> Explained:
    """Show every rule of a syscall in the kernel's order, and which one decided.

    With a line, the line runs on a copy and nothing changes. Alone, it shows the trace of
    the last command that made a syscall.

    When:
        When an answer surprises you, or to see what a line would answer before you run
        it.

    Args:
        line: A command line.

    Examples:
        zx> process create demo
        zx> explain write $demo 0x1000 "x" => ZX_ERR_NO_MEMORY
        zx> write $demo 0x1000 "x" => ZX_ERR_NO_MEMORY
        zx> explain
    """
    passed_over = ""
    if line is None:
        traced = state.last_traced
        if traced is None:
            raise CommandError("no syscall was made yet", hint="explain LINE asks about a line")
        result, inner = traced, None
        if state.last is not traced and state.last is not None:
            passed_over = state.last.command.name
    else:
        copy = Fork(state).of(state)
        copy.set_watch(watch=True)
        result = inner = execute(copy, line)
        state.see(result.calls)
    if result.decider is None:
        raise CommandError(f"{result.command.name} makes no syscall, so no rule was asked")
    outcome = result.decider
    checks = checks_of(outcome)
    return Explained(checks, result.text, outcome, inner, result.calls, passed_over)


def checks_of(outcome: Outcome) -> tuple[Check, ...]:
    """List every rule that the profile has, with what became of it."""
    asked = dict(outcome.checks)
    last = max((at for at, rule in enumerate(outcome.syscall.rules) if rule in asked), default=-1)
    checks = []
    for at, rule in enumerate(outcome.syscall.rules):
        if not rule.exists_in(outcome.profile):
            continue
        words: str | None = None
        answer: str | None = None
        if rule is outcome.decided:
            verdict = "decided"
            answer = outcome.status.label
            words = in_words(rule, asked.get(rule, ()), held=False) or None
        elif rule in asked:
            verdict = "passed"
            words = in_words(rule, asked[rule], held=True) or None
        else:
            late = outcome.decided is not None and at > last
            verdict = "not-reached" if late else "not-asked"
        checks.append(Check(rule.id, verdict, rule.text, words, answer))
    return tuple(checks)


class Compared(NamedTuple):
    """What a line answers under both profiles."""

    docs: Result
    kernel: Result
    differs: bool


@command("compare", quiet=True)
def compare(state: State, line: InnerLine | None = None) -> Compared:
    """Run a line under both profiles, on copies, and mark what differs.

    Alone, it asks the last line again, as things stand now.

    When:
        When a page says one thing and you see another, or to learn which answers
        changed between them.

    Args:
        line: A command line.

    Examples:
        zx> process create demo
        zx> kill $demo
        zx> compare write $demo 0x1000 "x" => differs=true
        zx> read $demo 0x1000 1 => ZX_ERR_BAD_STATE
        zx> compare => differs=true
    """
    if line is None:
        if state.last is None:
            raise CommandError("no command has run yet", hint="compare LINE asks about a line")
        text = state.last.text
        line = parse(state, load_commands(), text, tokenize(text))
    answers = {}
    for profile in (Profile.DOCS, Profile.KERNEL):
        copy = Fork(state).of(state)
        copy.profile = profile
        copy.set_watch(watch=False)
        answers[profile] = execute(copy, line)
        state.see(answers[profile].calls)
    docs, kernel = _explained(answers[Profile.DOCS]), _explained(answers[Profile.KERNEL])
    return Compared(docs, kernel, _answers(docs) != _answers(kernel))


def _explained(result: Result) -> Result:
    """Return what a trace explains, or the result itself."""
    inner = result.answer.inner if isinstance(result.answer, Explained) else None
    return result if inner is None else inner


def _answers(result: Result) -> dict[str, object]:
    """Return what a caller can see: not the fields that only explain."""
    said = {"status": result.status, **result.fields()}
    return {name: _seen(said[name]) for name in said if name not in result.command.explaining}


def _seen(value: object) -> object:
    return _answers(value) if isinstance(value, Result) else value


# Drawing --------------------------------------------------------------------------

_STOPS = {
    "hole": "the mapping ends there, and nothing is mapped behind it",
    "mapping-end": "the mapping ends there, and the kernel goes no further",
    "vmo-end": "the VMO ends there, before its mapping does",
    "uncached": "the memory there is not cacheable",
}
_MARKS = {
    "passed": ("✓", "passed"),
    "decided": ("✗", "decided"),
    "not-asked": ("·", "skipped"),
    "not-reached": ("·", "skipped"),
}


@draw.register(Explained)
def _draw_explained(data: Explained, result: Result, look: Look) -> list[Line]:
    outcome = data.outcome
    args = ", ".join(
        f"{each}={facts.argument(kind.kind, value, look.labels)}"
        for (each, kind), value in zip(outcome.syscall.params, outcome.args, strict=False)
    )
    title = f"{outcome.syscall.name}({args})"
    lines: list[Line] = [
        *([("title", line)] for line in wrap(title, look.width, "", "  ")),
        [dim(f"  profile {outcome.profile.value}   {clip(data.line, look.width - 20)}")],
        *_answer_lines(data, look),
        [],
    ]
    for number, check in enumerate(data.checks, 1):
        lines += _check_lines(number, check, look)
    lines.append([])
    if outcome.decided is not None and outcome.decided.late:
        lines += note("late", outcome.decided.late, look)
    others = len(data.calls) - 1
    if others > 0:
        names = ", ".join(
            f"{each.syscall.name} {each.status.label}" for each in data.calls if each is not outcome
        )
        lines += note("besides", names, look)
    for difference in outcome.touched:
        lines += note("page", difference.says, look)
        lines += note("kernel", difference.does, look)
    if all(other.answers_as(outcome) for other in outcome.others):
        lines += note("agreed", "the page and the kernel of 2018-07-23 answer alike here", look)
    return lines


def _answer_lines(data: Explained, look: Look) -> list[Line]:
    """Say what came of it, before the rules: the status, what decided, where it stopped."""
    outcome = data.outcome
    lines: list[Line] = []
    if data.passed_over:
        text = f"{data.passed_over} made no syscall; this is the last command that did"
        lines += note("note", text, look)
    verdicts = [check.verdict for check in data.checks]
    if "decided" in verdicts:
        number = verdicts.index("decided") + 1
        return [
            *lines,
            *note("answer", f"{outcome.status.label}, by rule {number}", look, "refused"),
        ]
    lines += note("answer", "ZX_OK", look, "ok")
    if outcome.stop is not None and outcome.stop[1] is not None:
        why, following = outcome.stop
        text = f"at {following:#x}, after {facts.count(outcome.actual or 0)}: {_STOPS[why]}"
        lines += note("stopped", text, look)
    return lines


def _check_lines(number: int, check: Check, look: Look) -> list[Line]:
    mark, style = _MARKS[check.verdict]
    text = check.text
    if check.verdict in ("not-asked", "not-reached"):
        skipped = "not reached" if check.verdict == "not-reached" else "does not apply"
        text = f"{skipped}: {text}"
    column = min(46, max(30, look.width // 2 - 8))
    start = f"  {mark} {number:>2}  "
    room = len(start) + column if check.facts or check.status else look.width
    head_lines = wrap(text, room, start, " " * len(start))
    tail = wrap(check.facts, look.width - len(start) - column - 2) if check.facts else []
    if check.status:
        tail.append(check.status)
    lines: list[Line] = []
    for at in range(max(len(head_lines), len(tail))):
        left = head_lines[at] if at < len(head_lines) else ""
        line: Line = [(style if check.verdict != "passed" else "", left)]
        if at == 0 and check.verdict == "passed":
            line = [(style, left[: len(start)]), plain(left[len(start) :])]
        if at < len(tail):
            pad = " " * (len(start) + column + 2 - len(left))
            right = "refused" if tail[at] == check.status else "dim"
            line += [plain(pad), (right, tail[at])]
        lines.append(line)
    return lines


@draw.register(Compared)
def _draw_compared(data: Compared, result: Result, look: Look) -> list[Line]:
    docs, kernel = data.docs, data.kernel
    rows: list[list[Cell]] = []
    fields = ["status", *docs.fields()]
    for field in fields:
        ours, theirs = docs.field(field), kernel.field(field)
        if ours is None and theirs is None:
            continue
        same = _seen(ours) == _seen(theirs) or field in docs.command.explaining
        differs = dim("") if same else ("warn", "← differs")
        rows.append(
            [
                dim(field),
                _compared_cell(docs, field, ours, look),
                _compared_cell(kernel, field, theirs, look),
                differs,
            ]
        )
    lines = table(["", "docs", "kernel 2018-07-23", ""], rows, look)
    if not data.differs:
        reasons = any(docs.field(each) != kernel.field(each) for each in docs.command.explaining)
        text = "both answer alike, each for its own reason" if reasons else "both answer alike"
        return [*lines, [], *note("agreed", text, look)]
    lines.append([])
    for title, each in (("docs", docs), ("kernel", kernel)):
        if each.decider is not None and each.decider.decided is not None:
            lines += note(title, f"decided: {each.decider.decided.text}", look)
    calls = (*docs.calls, *kernel.calls)
    for difference in {each.id: each for call in calls for each in call.touched}.values():
        lines += note("the page", f"says: {difference.says}", look)
        lines += note("", f"the kernel: {difference.does}", look)
    return lines


def _compared_cell(result: Result, field: str, value: object, look: Look) -> Cell:
    if value is None:
        return dim("·")
    if isinstance(value, Result):
        value = value.status
    if isinstance(value, Status):
        return status(value, number=True)
    if isinstance(value, tuple):
        return plain(f"{len(value)} rows")
    return clip_line(field_piece(result.kind(field), value, look), 30)
