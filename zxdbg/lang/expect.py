"""Expectations: what stands after `=>`, read by the types of the result's fields.

`STATUS`, `any` or `error` first, then fields: a name, a sign and a value. `expect LEFT<RIGHT`
compares in the same way, with the kind of field that the left side is.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import DATA, RIGHTS_ARG
from zxdbg.lang.compare import compares, signs_for
from zxdbg.lang.declare import Command
from zxdbg.lang.tokens import Token, unquote
from zxdbg.lang.values import evaluate, is_identifier, lookup
from zxdbg.mistake import CommandError, nearest
from zxdbg.result import Judged, Result, field_kinds
from zxdbg.syscalls.buffers import Fill

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["STATUSES", "WORDS", "Expectation", "Miss", "judge", "parse_expectation"]

STATUSES = {status.label: status for status in Status}
WORDS = {
    "any": "any status",
    "error": "the line is a mistake, and cannot be run",
    "fault": "an access of the process itself faults",
}
"""What can stand where a status does."""

_WORD = re.compile(r"([A-Za-z_]\w*)(==|!=|<=|>=|\^=|\$=|=|<|>|~)(.*)\Z", re.DOTALL | re.ASCII)
_SIDES = re.compile(
    r"""((?:"(?:[^"\\]|\\.)*"|\$(?=[A-Za-z_])|[!^](?!=)|[^"$!^<>=~])*)
        (==|!=|<=|>=|\^=|\$=|=|<|>|~)""",
    re.VERBOSE | re.DOTALL,
)
_NAMED = re.compile(r"\$([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?\Z", re.ASCII)


class Wanted(NamedTuple):
    """One `field=value`; `sign` is what stands between them."""

    field: str
    kind: str
    value: Any
    text: str
    span: tuple[int, int]
    sign: str = "="


class Miss(NamedTuple):
    """A part of an expectation that did not come true."""

    field: str
    expected: Any
    came: Any
    span: tuple[int, int]
    sign: str = "="
    kind: str = ""


class Expectation(NamedTuple):
    """What a command should answer: a status, if it is not None, and fields.

    `error` is wanted where the line should be a mistake; its value is of the message.
    """

    status: Status | None
    status_span: tuple[int, int]
    fields: tuple[Wanted, ...]
    error: Wanted | None = None

    def moved(self, place: Callable[[tuple[int, int]], tuple[int, int]]) -> "Expectation":
        """Return the same at other places in the line."""
        fields = tuple([each._replace(span=place(each.span)) for each in self.fields])
        error = None if self.error is None else self.error._replace(span=place(self.error.span))
        return self._replace(status_span=place(self.status_span), fields=fields, error=error)

    def misses(self, result: Result) -> list[Miss]:
        """List what did not come true. An absent field never matches."""
        if self.error is not None:
            came = result.trouble or ("none" if result.status is None else result.status.label)
            return [Miss("error", None, came, self.error.span)]
        found = []
        if self.status is not None and result.status is not self.status:
            found.append(Miss("status", self.status, result.status, self.status_span))
        for wanted in self.fields:
            came = _field(result, wanted.field)
            if came is None or not _matches(came, wanted):
                found.append(_miss(wanted, came))
        return found

    def missed_by(self, error: CommandError) -> Miss | None:
        """Judge a mistake, where one is expected."""
        wanted = self.error
        assert wanted is not None
        if wanted.value is None or compares(str(error), wanted.sign, wanted.value):
            return None
        return _miss(wanted, str(error))


def _miss(wanted: Wanted, came: Any) -> Miss:
    kind = "" if wanted.kind != "rights" else wanted.kind
    return Miss(wanted.field, wanted.value, came, wanted.span, wanted.sign, kind)


def _matches(came: Any, wanted: Wanted) -> bool:
    return wanted.kind == "present" or compares(came, wanted.sign, wanted.value)


def _field(result: Result, name: str) -> Any:
    if result.has_field(name):
        return result.field(name)
    inner = getattr(result.answer, "inner", None)
    return inner.field(name) if isinstance(inner, Result) and inner.has_field(name) else None


def parse_expectation(
    state: "State",
    declared: Command | None,
    inner: Command | None,
    tokens: list[Token],
    end: int,
) -> Expectation | None:
    """Read the tokens after `=>`; raise `CommandError` at the place of a mistake.

    Without a command only a mistake can be expected; anything else is not looked at.
    """
    if not tokens:
        if declared is None:
            return None
        raise CommandError(
            "an expectation is missing after =>", (end, end), hint="such as ZX_OK actual=16"
        )
    first = tokens[0]
    name, sign, text, at = _parts(first)
    if name == "error" and (not sign or not _has(declared, "error")):
        return _error(state, tokens, sign, text, at)
    if declared is None:
        return None
    status: Status | None = None
    status_span = first.span
    fields = []
    for index, token in enumerate(tokens):
        name, sign, text, at = _parts(token)
        if not sign and index == 0:
            if token.text == "fault":
                _kind(declared, inner, "fault", token.span)
                fields.append(Wanted("fault", "present", None, "", token.span))
            elif token.text != "any":
                status = _status(token.text, token.span)
            continue
        if not sign:
            raise CommandError(
                f"{token.text} is not field=value",
                token.span,
                hint="a status comes first, then fields, as in ZX_OK actual=16",
            )
        if name == "status" and sign == "=":
            status, status_span = _status(text, (at, token.end)), (at, token.end)
            continue
        named = (token.start, token.start + len(name))
        kind = "status" if name == "status" else _kind(declared, inner, name, named)
        _check_sign(name, kind, sign, (named[1], at))
        value = _value(state, kind, Token("word", at, token.end, text), sign)
        fields.append(Wanted(name, kind, value, text, token.span, sign))
    return Expectation(status, status_span, tuple(fields))


def _parts(token: Token) -> tuple[str, str, str, int]:
    """Divide `field<value`: the field, the sign, the value's text, and where that begins."""
    match = _WORD.match(token.text)
    if match is not None:
        sign = match[2] if match[2] != "==" else "="
        return match[1], sign, match[3], token.start + match.start(3)
    name, sign, text = token.text.partition("=")
    return name, sign, text, token.start + len(name) + len(sign)


def _has(declared: Command | None, name: str) -> bool:
    return declared is not None and (
        name in field_kinds(declared.shape) or name in declared.aliases
    )


def _error(state: "State", tokens: list[Token], sign: str, text: str, at: int) -> Expectation:
    first = tokens[0]
    if len(tokens) > 1:
        raise CommandError(
            f"nothing can stand behind error: {tokens[1].text}",
            tokens[1].span,
            hint="a mistake has no status and no fields",
        )
    value = None
    if sign:
        _check_sign("error", "word", sign, (at - len(sign), at))
        value = _value(state, "word", Token("word", at, first.end, text), sign)
    wanted = Wanted("error", "word", value, text, first.span, sign or "=")
    return Expectation(None, first.span, (), wanted)


def _check_sign(name: str, kind: str, sign: str, span: tuple[int, int]) -> None:
    allowed = signs_for(kind)
    if sign not in allowed:
        raise CommandError(
            f"{sign} does not compare {name}, a {_NOUNS.get(kind, kind)}",
            span,
            hint=f"these do: {' '.join(allowed)}",
        )


_NOUNS = {"truth": "true or false", "data": "run of bytes", "rights": "set of rights"}


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
        hint = nearest(text, [*STATUSES, *WORDS]) or "such as ZX_OK or ZX_ERR_NO_MEMORY"
        raise CommandError(f"no such status: {text}", span, hint=hint)
    return status


def _value(state: "State", kind: str, token: Token, sign: str = "=") -> Any:
    text = token.text
    if not text:
        raise CommandError(f"a value is missing after {sign}", token.span)
    if text.startswith(">") and sign == "=":
        raise CommandError(f"{text} is no value", token.span, hint="at least is written >=")
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
    if kind == "list" and sign == "~" and (text.startswith('"') or is_identifier(text)):
        return _value(state, "word", token)
    if kind == "value" and text.startswith('"'):
        return unquote(text, token.start)
    if kind == "value" and text in STATUSES:
        return text
    return evaluate(state, text, token.start)


# The command `expect` -------------------------------------------------------------


def judge(state: "State", tokens: tuple[Token, ...]) -> Judged:
    """Judge `LEFT SIGN RIGHT`, or `LEFT` alone, which holds unless it is zero or empty."""
    start = tokens[0].start
    text = ""
    for token in tokens:
        text += " " * (token.start - start - len(text)) + token.text
    match = _SIDES.match(text)
    left = text if match is None else match[1]
    came, kind = _left(state, left, start)
    if match is None:
        return Judged(_holds(came), text, kind, came, "", None)
    sign = "=" if match[2] == "==" else match[2]
    sides = (start + match.start(2), start + match.end(2))
    _check_sign(left.strip(), kind, sign, sides)
    right = _stripped(text[match.end() :], sides[1])
    value = _value(state, kind, right, match[2])
    holds = came is not None and compares(came, sign, value)
    return Judged(holds, left.strip(), kind, came, sign, value)


def _stripped(text: str, start: int) -> Token:
    bare = text.strip()
    at = start + len(text) - len(text.lstrip()) if bare else start
    return Token("word", at, at + len(bare), bare)


def _left(state: "State", text: str, start: int) -> tuple[Any, str]:
    """Evaluate the left side; say what kind of field it is. What is absent is None."""
    token = _stripped(text, start)
    named = _NAMED.match(token.text)
    if named is not None:
        result = lookup(state, named[1], token.span)
        field = named[2] or result.command.value
        if field and result.has_field(field) and result.field(field) is None:
            return None, "value"
        value = evaluate(state, token.text, token.start)
        return value, result.kind(field)
    if not token.text:
        raise CommandError("expect wants a value before the sign", token.span, hint="as in $x<64")
    if token.text.startswith('"'):
        return unquote(token.text, token.start), "data"
    return evaluate(state, token.text, token.start), "number"


def _holds(came: Any) -> bool:
    return came is Status.OK or (not isinstance(came, Status) and bool(came))
