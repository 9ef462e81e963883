"""Expressions: integers, names, and sums of them without blanks."""

import re
from typing import TYPE_CHECKING, Any

from zxdbg.kernel.limits import U64
from zxdbg.kernel.status import Status
from zxdbg.mistake import CommandError, nearest

if TYPE_CHECKING:
    from zxdbg.result import Result
    from zxdbg.state import State

__all__ = ["UNITS", "evaluate", "is_identifier", "number", "parse_integer", "resolve", "size_text"]

_TERM = re.compile(
    r"""(?P<sign>[+-]?)
        (?: \$(?P<name>[A-Za-z_]\w*)(?:\.(?P<field>[A-Za-z_]\w*))?
          | (?P<number>0[xX][0-9A-Fa-f_]+ | 0[bB][01_]+ | [0-9][0-9_]*[KMGTkmgt]?)
        )(?![\w.$])""",
    re.VERBOSE | re.ASCII,
)
_INTEGER = re.compile(r"(?:0[xX][0-9A-Fa-f_]+|0[bB][01_]+|[0-9][0-9_]*[KMGTkmgt]?)\Z", re.ASCII)
_MANY = 200
"""With more names the nearest is not sought with each key."""
UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


def is_identifier(name: str) -> bool:
    """Whether a text can be a `$name`."""
    return _IDENTIFIER.match(name) is not None


def parse_integer(text: str) -> int:
    """Read an integer: decimal, 0x, 0b, with `_` and, in decimal, a suffix K M G T."""
    if not _INTEGER.match(text):
        raise ValueError(f"not an integer: {text}")
    unit = UNITS.get(text[-1].upper(), 0) if text[:2].lower() not in ("0x", "0b") else 0
    digits = text[:-1] if unit else text
    base = {"0x": 16, "0b": 2}.get(text[:2].lower(), 10)
    return int(digits[2:] if base != 10 else digits, base) << unit


def size_text(size: int) -> str:
    """Write a size as a line would, with the largest suffix that fits."""
    for unit, shift in reversed(UNITS.items()):
        if size and not size & ((1 << shift) - 1):
            return f"{size >> shift}{unit}"
    return str(size)


def resolve(state: "State", name: str, field: str | None, span: tuple[int, int]) -> Any:
    """Return what `$name` or `$name.field` means; a mistake if it means nothing."""
    result = lookup(state, name, span)
    if field is None:
        if not result.command.value:
            fields = ", ".join(["status", *result.fields()])
            raise CommandError(
                f"${name} has no value of its own", span, hint=f"its fields: {fields}"
            )
        found = result.value
    elif not result.has_field(field):
        known = ["status", *result.fields(), *result.command.aliases]
        hint = nearest(field, known) or f"its fields: {', '.join(known)}"
        raise CommandError(f"${name} has no field {field}", span, hint=hint)
    else:
        found = result.field(field)
    if found is None:
        status = "" if result.status is None else result.status.label
        raise CommandError(
            f"${name}{'.' + field if field else ''} is absent: "
            f"the call that it comes from answered {status}",
            span,
            hint=f"print ${name}.status",
        )
    return found


def lookup(state: "State", name: str, span: tuple[int, int]) -> "Result":
    """Return the result that a name is bound to; `_` is the last one."""
    if name == "_":
        if state.last is None:
            raise CommandError("$_ is not set: no command has run yet", span)
        return state.last
    result = state.names.get(name)
    if result is None:
        many = state.looking and len(state.names) > _MANY
        hint = "" if many else nearest(name, list(state.names)).replace("nearest: ", "nearest: $")
        raise CommandError(
            f"no such name: ${name}", span, hint=hint or "names lists those there are"
        )
    return result


def evaluate(state: "State", text: str, start: int) -> Any:
    """Evaluate an expression that stands at `start`; of one term, the value may be of any type."""
    at, total, single = 0, 0, True
    while at < len(text):
        match = _TERM.match(text, at)
        span = (start + at, start + len(text))
        if match is None or (at and not match["sign"]):
            raise CommandError(
                f"not a number or a name: {text}" if not at else f"cannot read {text[at:]!r} here",
                (start, start + len(text)) if not at else span,
                hint=_number_hint(text),
            )
        span = (start + match.start(), start + match.end())
        if match["number"]:
            try:
                value: Any = parse_integer(match["number"])
            except ValueError:
                raise CommandError(
                    f"not a number: {match['number']}", span, hint=_number_hint(text)
                ) from None
        else:
            value = resolve(state, match["name"], match["field"], span)
        at = match.end()
        if at == len(text) and single and not match["sign"]:
            if type(value) is int:
                _check_range(value, text, start)
            return value
        if not isinstance(value, int) or isinstance(value, (bool, Status)):
            raise CommandError(f"{match.group().lstrip('+-')} is not a number", span)
        total += -value if match["sign"] == "-" else value
        single = False
    if not text:
        raise CommandError("a value is missing", (start, start))
    _check_range(total, text, start)
    return total


def number(state: "State", text: str, start: int) -> int:
    """Evaluate an expression that must be an integer of 64 bits.

    A name or a decimal number alone, as most are, takes the short way.
    """
    value: Any
    if text[:1] == "$":
        bound = state.names.get(text[1:])
        value = bound.value if bound is not None else None
        if type(value) is int and 0 <= value <= U64:
            return value
    elif len(text) < 20 and text.isascii() and text.isdecimal():
        return int(text)
    value = evaluate(state, text, start)
    if not isinstance(value, int) or isinstance(value, bool):
        raise CommandError(f"{text} is not a number", (start, start + len(text)))
    return value


def _check_range(value: int, text: str, start: int) -> None:
    if not 0 <= value <= U64:
        raise CommandError(f"{text} is outside 0 to 2^64-1", (start, start + len(text)))


def _number_hint(text: str) -> str:
    if is_identifier(text):
        return f"a name is written ${text}"
    return "such as 4096, 0x1000, 4K, $name+0x10"
