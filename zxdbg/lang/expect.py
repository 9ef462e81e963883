"""Expectations: what stands after `=>`, read by the types of the result's fields."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import DATA, RIGHTS_ARG
from zxdbg.lang.declare import Command
from zxdbg.lang.tokens import Token, unquote
from zxdbg.lang.values import evaluate
from zxdbg.mistake import CommandError, nearest
from zxdbg.result import Result, field_kinds
from zxdbg.syscalls.buffers import Fill

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["STATUSES", "Expectation", "Miss", "parse_expectation"]

STATUSES = {status.label: status for status in Status}


class Wanted(NamedTuple):
    """One `field=value`."""

    field: str
    kind: str
    value: Any
    text: str
    span: tuple[int, int]


class Miss(NamedTuple):
    """A part of an expectation that did not come true."""

    field: str
    expected: Any
    came: Any
    span: tuple[int, int]


class Expectation(NamedTuple):
    """What a command should answer."""

    status: Status | None
    status_span: tuple[int, int]
    fields: tuple[Wanted, ...]

    def moved(self, place: Callable[[tuple[int, int]], tuple[int, int]]) -> "Expectation":
        """Return the same at other places in the line."""
        fields = tuple([each._replace(span=place(each.span)) for each in self.fields])
        return Expectation(self.status, place(self.status_span), fields)

    def misses(self, result: Result) -> list[Miss]:
        """List what did not come true. An absent field never matches."""
        found = []
        if self.status is not None and result.status is not self.status:
            found.append(Miss("status", self.status, result.status, self.status_span))
        for wanted in self.fields:
            came = _field(result, wanted.field)
            if came is None or not _matches(came, wanted):
                found.append(Miss(wanted.field, wanted.value, came, wanted.span))
        return found


def _matches(came: Any, wanted: Wanted) -> bool:
    if wanted.kind == "present":
        return True
    value = wanted.value
    if wanted.kind == "list":
        return bool(len(came) == value)
    if isinstance(value, Fill):
        return bool(len(came) == value.length == came.count(value.byte))
    return bool(came == value)


def _field(result: Result, name: str) -> Any:
    if result.has_field(name):
        return result.field(name)
    inner = getattr(result.answer, "inner", None)
    return inner.field(name) if isinstance(inner, Result) and inner.has_field(name) else None


def parse_expectation(
    state: "State", declared: Command, inner: Command | None, tokens: list[Token], end: int
) -> Expectation:
    """Read the tokens after `=>`; raise `CommandError` at the place of a mistake."""
    if not tokens:
        raise CommandError(
            "an expectation is missing after =>", (end, end), hint="such as ZX_OK actual=16"
        )
    status: Status | None = None
    status_span = tokens[0].span
    fields = []
    for index, token in enumerate(tokens):
        name, equals, text = token.text.partition("=")
        if not equals and index == 0 and token.text == "fault":
            _kind(declared, inner, "fault", token.span)
            fields.append(Wanted("fault", "present", None, "", token.span))
            continue
        if not equals and index == 0:
            status = _status(token.text, token.span)
            continue
        if not equals:
            raise CommandError(
                f"{token.text} is not field=value",
                token.span,
                hint="a status comes first, then fields, as in ZX_OK actual=16",
            )
        at = token.start + len(name) + 1
        if name == "status":
            status, status_span = _status(text, (at, token.end)), (at, token.end)
            continue
        kind = _kind(declared, inner, name, (token.start, at - 1))
        value = _value(state, kind, Token("word", at, token.end, text))
        fields.append(Wanted(name, kind, value, text, token.span))
    return Expectation(status, status_span, tuple(fields))


def _kind(declared: Command, inner: Command | None, name: str, span: tuple[int, int]) -> str:
    for each in (declared, inner):
        if each is not None:
            kinds = field_kinds(each.shape)
            full = each.aliases.get(name, name)
            if full in kinds and full not in each.hidden:
                return kinds[full]
    known = ["status", *field_kinds(declared.shape), *declared.aliases]
    known = [field for field in known if field not in declared.hidden]
    hint = nearest(name, known) or f"its fields: {', '.join(known)}"
    raise CommandError(f"the result of {declared.name} has no field {name}", span, hint=hint)


def _status(text: str, span: tuple[int, int]) -> Status:
    status = STATUSES.get(text)
    if status is None:
        hint = nearest(text, list(STATUSES)) or "such as ZX_OK or ZX_ERR_NO_MEMORY"
        raise CommandError(f"no such status: {text}", span, hint=hint)
    return status


def _value(state: "State", kind: str, token: Token) -> Any:
    text = token.text
    if not text:
        raise CommandError("a value is missing after =", token.span)
    if kind == "word":
        if text.startswith('"'):
            return unquote(text, token.start).decode("utf-8", "surrogateescape")
        return evaluate(state, text, token.start) if text.startswith("$") else text
    if kind == "truth":
        if text in ("true", "false"):
            return text == "true"
        raise CommandError(f"{text} is neither true nor false", token.span)
    if kind == "data":
        value = DATA.parse(token, state)
        if not isinstance(value, (bytes, Fill)):
            raise CommandError(f"{text} is not bytes", token.span, hint='such as "text" or hex:00')
        return value
    if kind == "rights" and not text[0].isdigit() and text[0] != "$":
        return RIGHTS_ARG.parse(token, state)
    if kind == "status":
        return _status(text, token.span)
    if kind == "value" and text.startswith('"'):
        return unquote(text, token.start)
    if kind == "value" and text in STATUSES:
        return text
    return evaluate(state, text, token.start)
