"""Every constant of Zircon that the language knows, by its C name.

    >>> from zxdbg.constants import ZX_RIGHT_READ, ZX_RIGHT_WRITE
    >>> ZX_RIGHT_READ | ZX_RIGHT_WRITE
    12

`GROUPS` keeps them by what they are about, so that a number can be put into words.
"""

from zxdbg.kernel.rights import SAME_RIGHTS
from zxdbg.kernel.status import Status
from zxdbg.lang import arguments as nouns
from zxdbg.syscalls.job import ACTIONS, CONDITIONS

__all__ = ["CONSTANTS", "GROUPS", "in_words"]

_INT64_MAX = (1 << 63) - 1

GROUPS: dict[str, dict[str, int]] = {
    "status": {status.label: int(status) for status in Status},
    "rights": nouns.RIGHTS,
    "zx_vm_option_t": nouns.VM_OPTIONS,
    "vmo-options": nouns.VMO_OPTIONS,
    "cache-policy": nouns.CACHE_NUMBER.values,
    "property": nouns.PROPERTY.values,
    "topic": nouns.TOPIC.values,
    "signals": nouns.SIGNALS_ARG.values,
    "vmo-op": nouns.VMO_OP.values,
    "condition": CONDITIONS,
    "action": ACTIONS,
    "job-options": {"ZX_JOB_POL_RELATIVE": 0, "ZX_JOB_POL_ABSOLUTE": 1},
    "job-topic": {"ZX_JOB_POL_BASIC": 0},
    "time": {"ZX_TIME_INFINITE": _INT64_MAX, "ZX_TIME_INFINITE_PAST": -_INT64_MAX - 1},
    "handle": {"ZX_HANDLE_INVALID": 0},
}
CONSTANTS: dict[str, int] = {
    name: value for group in GROUPS.values() for name, value in group.items()
}
_BITS = ("rights", "zx_vm_option_t", "vmo-options", "signals")


def __getattr__(name: str) -> int:
    """Return a constant by its C name."""
    try:
        return CONSTANTS[name]
    except KeyError:
        raise AttributeError(f"module 'zxdbg.constants' has no attribute {name!r}") from None


def in_words(group: str, value: int) -> list[str]:
    """Put a number into the names of a group, to be joined with `|`; empty if that fails.

    Args:
        group: A key of `GROUPS`.
        value: The number.

    Examples:
        >>> in_words("rights", 12)
        ['ZX_RIGHT_READ', 'ZX_RIGHT_WRITE']
    """
    names = GROUPS[group]
    if group not in _BITS or value == 0 or (group == "rights" and value == SAME_RIGHTS):
        return next(([name] for name, each in names.items() if each == value), [])
    words, rest = [], value
    for name, each in names.items():
        if each.bit_count() == 1 and rest & each:
            words.append(name)
            rest &= ~each
    return [] if rest else words
