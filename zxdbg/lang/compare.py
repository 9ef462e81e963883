"""Comparisons: how a value that came stands to one that is wanted, by the kind of the field."""

from typing import Any, NamedTuple

from zxdbg.kernel.status import Status
from zxdbg.syscalls.buffers import Fill

__all__ = ["SIGNS", "Sign", "compares", "signs_for"]


class Sign(NamedTuple):
    """A sign between two values. `words` say it in a message, `about` in a list."""

    words: str
    about: str


SIGNS = {
    "=": Sign("", "is"),
    "!=": Sign("other than", "is not"),
    "<": Sign("<", "is less than"),
    "<=": Sign("<=", "is at most"),
    ">": Sign(">", "is more than"),
    ">=": Sign(">=", "is at least"),
    "^=": Sign("beginning with", "begins with"),
    "$=": Sign("ending with", "ends with"),
    "~": Sign("with", "has these bits, or contains"),
}

_EQUAL = ("=", "!=")
_ORDER = ("=", "!=", "<", "<=", ">", ">=", "~")
_TEXT = ("=", "!=", "^=", "$=", "~")
_BY_KIND = {
    "truth": _EQUAL,
    "status": _EQUAL,
    "rights": (*_EQUAL, "~"),
    "data": _TEXT,
    "word": _TEXT,
    "value": tuple(SIGNS),
}


def signs_for(kind: str) -> tuple[str, ...]:
    """List the signs that make sense for a kind of field."""
    return _BY_KIND.get(kind, _ORDER)


def compares(came: Any, sign: str, value: Any) -> bool:
    """Whether it is so. What cannot be compared, such as a text with a number, is not so."""
    if isinstance(came, str) and isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(came, Status) and isinstance(value, str):
        came = came.label
    if sign == "=":
        return _same(came, value)
    if sign == "!=":
        return not _same(came, value)
    if isinstance(came, tuple):
        return _of_rows(came, sign, value)
    if isinstance(came, (bytes, bytearray)):
        return isinstance(value, (bytes, Fill)) and _of_bytes(bytes(came), sign, value)
    if isinstance(came, str):
        return isinstance(value, str) and _of_text(came, sign, value)
    return _is_number(came) and _is_number(value) and _of_numbers(came, sign, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, (bool, Status))


def _same(came: Any, value: Any) -> bool:
    if isinstance(came, tuple) and isinstance(value, int):
        return len(came) == value
    if isinstance(value, Fill):
        return isinstance(came, bytes) and bool(len(came) == value.length == came.count(value.byte))
    return bool(came == value)


def _of_numbers(came: int, sign: str, value: int) -> bool:
    if sign == "<":
        return came < value
    if sign == "<=":
        return came <= value
    if sign == ">":
        return came > value
    if sign == ">=":
        return came >= value
    return sign == "~" and came & value == value


def _of_rows(came: tuple[Any, ...], sign: str, value: Any) -> bool:
    """Compare rows: their number, or whether one of them has a value in a field."""
    if sign != "~":
        return _is_number(value) and _of_numbers(len(came), sign, value)
    for row in came:
        held = row if isinstance(row, tuple) else (row,)
        if any(_same(each, value) for each in held if each is not None):
            return True
    return False


def _of_text(came: str, sign: str, value: str) -> bool:
    if sign == "^=":
        return came.startswith(value)
    if sign == "$=":
        return came.endswith(value)
    return sign == "~" and value in came


def _of_bytes(came: bytes, sign: str, value: bytes | Fill) -> bool:
    """Compare bytes; a run is made only if it is not longer than what came."""
    if isinstance(value, Fill):
        if value.length > len(came):
            return False
        value = bytes([value.byte]) * value.length
    if sign == "^=":
        return came.startswith(value)
    if sign == "$=":
        return came.endswith(value)
    return sign == "~" and value in came
