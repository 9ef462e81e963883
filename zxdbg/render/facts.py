"""Facts in words: fills a rule's template, each fact shown by its kind."""

from collections.abc import Callable
from typing import Any

from zxdbg.kernel.aspace import Extent, Neighbours
from zxdbg.kernel.rights import rights_names, short_rights
from zxdbg.kernel.vmar import VmOption
from zxdbg.lang.values import UNITS
from zxdbg.lang.values import size_text as size
from zxdbg.render.cells import visible
from zxdbg.syscalls.buffers import Fill, Pointer
from zxdbg.syscalls.job import ACTIONS, CONDITIONS
from zxdbg.syscalls.rule import Rule

__all__ = ["address", "argument", "count", "in_words", "perms", "quoted", "short_rights", "size"]


def address(value: int) -> str:
    """Show an address."""
    return f"{value:#x}"


def count(value: int) -> str:
    """Show a number of bytes with its noun."""
    shown = size(value)
    if shown == str(value) and value >= 1 << 16:
        shown = f"{value:#x}"
    return f"{shown} byte{'' if value == 1 else 's'}"


_PERMS = ("---", "r--", "-w-", "rw-", "--x", "r-x", "-wx", "rwx")


def perms(value: int) -> str:
    """Show permissions as rwx with dashes."""
    return _PERMS[value & 7]


def _rights(value: int) -> str:
    return " ".join(rights_names(value)) or "no right"


def _some_rights(value: int) -> str:
    names = short_rights(value)
    if len(names) <= 5:
        return " ".join(names) or "no right"
    return f"{' '.join(names[:4])} … ({len(names)} rights)"


def _object(what: tuple[Any, str, int]) -> str:
    kind, name, koid = what
    return f"{kind.noun} {name}, koid {koid}" if name else f"{kind.noun}, koid {koid}"


def _extent(extent: Extent) -> str:
    name = extent.name or f"VMO {extent.koid}"
    return f"{name}, {extent.start:#x} to {extent.end:#x}, {perms(extent.perms)}"


def _neighbours(near: Neighbours) -> str:
    parts = []
    if near.below is not None:
        below = near.below
        where = "just below it" if below.end == near.at else f"at {below.end:#x}"
        parts.append(f"{below.name or f'VMO {below.koid}'} ends {where}")
    if near.above is not None:
        above = near.above
        parts.append(f"{above.name or f'VMO {above.koid}'} begins at {above.start:#x}")
    return f"nearest: {', '.join(parts)}" if parts else "nothing at all is mapped"


def _region(what: tuple[str, str, int, int] | None) -> str:
    if what is None:
        return "nothing"
    kind, name, base, end = what
    return f"{kind} {name}, {base:#x} to {end:#x}," if name else f"a {kind} at {base:#x}"


def _data(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"data of {count(len(value))}"
    if isinstance(value, Fill):
        return f"{count(value.length)} of {value.byte:#x}"
    if isinstance(value, Pointer):
        return f"a pointer to {value.address:#x}"
    return "a place that zxdbg provides"


def _vm_options(value: int) -> str:
    names = [f"ZX_VM_{flag.name}" for flag in VmOption if value & flag]
    rest = value & ~0xFFF
    return "|".join(names + ([hex(rest)] if rest else [])) or "0"


def _named(names: dict[str, int], value: int) -> str:
    return next((name for name, each in names.items() if each == value), str(value))


_BAD_HANDLE = {
    "zero": "is never a handle",
    "closed": "was a handle of the caller, and is closed",
    "foreign": "is a handle of another process, and means nothing here",
    "unknown": "is no handle of the caller",
}

_KINDS: dict[str, Callable[[Any], str]] = {
    "address": address,
    "hex": address,
    "handle": address,
    "number": str,
    "koid": str,
    "text": str,
    "bytes": count,
    "perms": perms,
    "rights": _rights,
    "somerights": _some_rights,
    "object": _object,
    "extent": _extent,
    "neighbours": _neighbours,
    "region": _region,
    "data": _data,
    "place": _data,
    "state": lambda state: str(state.value),
    "policy": lambda policy: str(policy.word),
    "vmoptions": _vm_options,
    "condition": lambda value: _named(CONDITIONS, value),
    "action": lambda value: _named(ACTIONS, value),
    "badhandle": lambda reason: _BAD_HANDLE[reason],
}


class _Fact:
    """A fact that a template can format by naming its kind."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __format__(self, kind: str) -> str:
        return _KINDS[kind](self.value)


def in_words(rule: Rule, facts: tuple[object, ...], *, held: bool) -> str:
    """Put the facts of a check into words."""
    template = rule.passed if held else rule.failed
    if held and not facts:
        return ""
    return template.format(*map(_Fact, facts))


def _text_of(data: bytes, *, whole: bool) -> str | None:
    """Return the text that bytes are; None if they are none that can be shown as it is."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if whole or error.start < len(data) - 3 or error.end < len(data):
            return None
        text = data[: error.start].decode()
    return text if visible(text) == text else None


def quoted(data: bytes, most: int = 48) -> str:
    """Show bytes as a string of the command language, cut where they are many."""
    shown = data[:most]
    text = _text_of(shown, whole=len(data) <= most)
    if text is None:
        quote = f"hex:{shown.hex()}"
    else:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        quote = f'"{text}"'
    return quote if len(data) <= most else f"{quote}… ({count(len(data))})"


def argument(kind: str, value: object, labels: dict[int, str]) -> str:
    """Show the argument of a syscall; a handle with the name that means it."""
    if kind == "handle" and isinstance(value, int):
        label = labels.get(value)
        return f"{label} {value:#x}" if label else f"{value:#x}"
    if kind in ("data", "place"):
        return _data(value)
    if kind == "address" and isinstance(value, int):
        return address(value)
    if isinstance(value, int) and (kind in ("flags", "rights") or value >= 1 << 16):
        return f"{value:#x}"
    return str(value)


def rough(amount: int) -> str:
    """Show a size in a few characters."""
    exact = size(amount)
    if len(exact) <= 6:
        return exact
    for unit, shift in reversed(UNITS.items()):
        if amount >> shift:
            return f"{amount / (1 << shift):.0f}{unit}"
    return exact
