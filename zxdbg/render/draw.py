"""From a result to lines: the answer first, then the picture, the reason, a next step.

A command's own drawing is registered beside it with `@draw.register(ItsResult)`; a result
without one is drawn as its fields. Refusals, differences and bindings look alike
everywhere and are drawn here.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from zxdbg.kernel.status import Status
from zxdbg.kernel.task import ProcessState
from zxdbg.render import facts
from zxdbg.render.parts import (
    Block,
    Drawing,
    Line,
    Look,
    address,
    dim,
    fold,
    handle,
    koid,
    note,
    plain,
    status,
)
from zxdbg.result import Result
from zxdbg.syscalls.call import Outcome
from zxdbg.syscalls.profile import Profile

if TYPE_CHECKING:
    from zxdbg.changes import Changes

__all__ = ["draw", "draw_result", "field_piece", "head", "sees"]

_WIDE = 15
"""Column of the notes below a refusal, which `rule 12 of 15` has to fit into."""


T = TypeVar("T")
_Drawn = Callable[[T, Result, Look], Sequence[Line | Block]]


class _Drawings:
    """The drawings of the commands, by the class of what they answer."""

    def __init__(self) -> None:
        self._by_class: dict[type, _Drawn[Any]] = {}

    def register(self, answer: type[T]) -> Callable[[_Drawn[T]], _Drawn[T]]:
        """Register the drawing of a class of answers."""

        def take(drawing: _Drawn[T]) -> _Drawn[T]:
            self._by_class[answer] = drawing
            return drawing

        return take

    def __call__(self, answer: object, result: Result, look: Look) -> Drawing:
        """Draw what a command answered; without a drawing of its own, its fields."""
        return [*self._by_class.get(type(answer), _fields)(answer, result, look)]


draw = _Drawings()


def _fields(answer: object, result: Result, look: Look) -> list[Line]:
    line: Line = []
    for name, value in result.fields().items():
        if value is not None:
            labelled = result.kind(name) == "handle" and value in look.labels
            title = [] if labelled else [dim(f"{name} ")]
            line += [*title, *field_piece(result.kind(name), value, look), plain("  ")]
    return head(result, line[:-1], look)


def field_piece(kind: str, value: Any, look: Look) -> Line:
    """Show a field by what it holds."""
    if kind == "handle":
        label = look.labels.get(value)
        return [("name", f"{label} "), handle(value)] if label else [handle(value)]
    if kind == "address":
        return [address(value)]
    if kind == "koid":
        return [koid(value)]
    if kind == "bytes":
        return [("number", facts.size(value))]
    if kind == "rights":
        return [plain(" ".join(facts.short_rights(value)) or "none")]
    if kind == "data" and isinstance(value, bytes):
        return [("text", facts.quoted(value))]
    return [("number", str(value))]


def head(result: Result, summary: Line, look: Look) -> list[Line]:
    """Draw the first line: the status, what was called, what came of it."""
    if result.decider is None:
        return fold(summary or [("ok", "done")], look)
    line: Line = [status(result.decider.status, number=True), plain("  ")]
    line.append(("syscall", result.decider.syscall.name))
    if summary:
        line += [plain("   "), *summary]
    return fold(line, look)


def draw_result(result: Result, look: Look) -> Drawing:
    """Draw a whole result."""
    refused = result.decider is not None and result.decider.status is not Status.OK
    if refused and not result.asked:
        assert result.decider is not None
        lines: Drawing = [*_refusal(result, result.decider, look)]
    else:
        lines = draw(result.answer, result, look)
    if result.changes is not None:
        lines += _changed(result, result.changes, look, _WIDE if refused else 9)
    if not result.asked:
        for outcome in result.calls:
            lines += _other_answers(outcome, look, _WIDE if refused else 9)
    for text in result.notes:
        lines += note("note", text, look)
    for binding in result.bound:
        if binding.before:
            lines += note("note", f"${binding.name} meant {binding.before} before", look)
    return lines


def _changed(result: Result, changes: "Changes", look: Look, column: int) -> list[Line]:
    """Say what the command changed, apart from a mapping that the answer shows."""
    from zxdbg.render.changes import in_a_line

    answer = result.answer
    text = in_a_line(changes, (getattr(answer, "mapped_addr", None), getattr(answer, "size", None)))
    return note("changed", text, look, column=column) if text else []


def _refusal(result: Result, outcome: Outcome, look: Look) -> list[Line]:
    """Draw a refused call: the status, the rule in words, the facts, a next step."""
    rule = outcome.decided
    assert rule is not None
    rules = outcome.syscall.rules_in(outcome.profile)
    moved = "nothing written" if "write" in outcome.syscall.name else ""
    moved = "nothing read" if "read" in outcome.syscall.name.split("_") else moved
    lines = [*head(result, [dim("" if rule.late else moved)], look), []]
    asked = dict(outcome.checks)
    lines += note(f"rule {rules.index(rule) + 1} of {len(rules)}", rule.text, look, column=_WIDE)
    words = facts.in_words(rule, asked.get(rule, ()), held=False)
    if words:
        lines += note("", words, look, column=_WIDE)
    if rule.late:
        lines += note("late", rule.late, look, column=_WIDE)
    if result.hint:
        lines += note("hint", result.hint, look, column=_WIDE)
    lines += note("see", " · ".join(sees(result, look)), look, column=_WIDE)
    return lines


def sees(result: Result, look: Look) -> list[str]:
    """List the next steps after a refusal."""
    steps = ["explain"]
    decider = result.decider
    if result.status in (Status.BAD_HANDLE, Status.ACCESS_DENIED, Status.WRONG_TYPE):
        steps.append("handles")
    elif decider is not None and decider.args:
        handle_value = decider.args[0]
        label = look.labels.get(handle_value) if isinstance(handle_value, int) else None
        seen = dict(decider.checks).get(decider.decided, ()) if decider.decided else ()
        if ProcessState.DEAD in seen or ProcessState.DYING in seen:
            steps.append("processes")
        elif label is not None:
            steps += _views_of(label, decider.syscall.short)
    if result.status is not None:
        steps.append(f"help {result.status.label}")
    return steps


def _views_of(label: str, syscall: str) -> list[str]:
    """Name the view that shows what the first argument of a syscall is about."""
    if syscall.endswith("_memory"):
        return [f"maps {label}"]
    if "vmar" in syscall and label.endswith(".vmar"):
        return [f"maps {label.removesuffix('.vmar')}"]
    if syscall.startswith("vmo_"):
        return [f"vmo info {label}"]
    return ["tree"] if syscall.partition("_")[0] in ("process", "thread", "task", "job") else []


def _other_answers(outcome: Outcome, look: Look, column: int) -> list[Line]:
    """Say what another profile would have answered, where it is not the same."""
    lines = []
    for other in outcome.others:
        if other.answers_as(outcome):
            continue
        who = "the kernel of 2018-07-23" if other.profile is Profile.KERNEL else "the page"
        verb = "answered" if other.profile is Profile.KERNEL else "says"
        said = other.status.label
        if not other.status and "actual" in other.values:
            said += f" with actual {other.values['actual']}"
        text = f"{who} {verb} {said} here: help differences, compare"
        lines += note("differs", text, look, "warn", column)
    return lines
