"""What was expected, what came, and the rule that decided, in words."""

from typing import Any

from zxdbg.kernel.rights import rights_label
from zxdbg.kernel.status import Status
from zxdbg.lang.compare import SIGNS
from zxdbg.lang.expect import Miss
from zxdbg.render.facts import in_words, quoted
from zxdbg.result import Judged, Result
from zxdbg.syscalls.buffers import Fill

__all__ = ["because", "judged_text", "miss_text"]


def miss_text(miss: Miss) -> str:
    """Say what was expected, and what came."""
    if miss.field == "error":
        wanted = "a mistake" if miss.expected is None else "a mistake "
    else:
        wanted = f"{miss.field} "
    if not miss.sign:
        wanted += "to hold"
    elif miss.expected is not None:
        words = SIGNS[miss.sign].words
        wanted += f"{words} {_shown(miss.expected, miss)}" if words else _shown(miss.expected, miss)
    return f"expected {wanted}, came {_shown(miss.came, miss)}"


def judged_text(judged: Judged) -> str:
    """Say the same of an expectation that is a line of its own."""
    left = f"{judged.left} =" if judged.sign == "=" else judged.left
    return miss_text(Miss(left, judged.expected, judged.came, (0, 0), judged.sign, judged.kind))


def _shown(value: Any, miss: Miss) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Status):
        return value.label
    if isinstance(value, bytes):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        if miss.kind == "rights":
            return rights_label(value)
        return str(value) if -4096 < value < 4096 else f"{value:#x}"
    if isinstance(value, Fill):
        return f"{value.length} bytes of {value.byte:#x}"
    if isinstance(value, tuple):
        return f"{len(value)} rows"
    return str(value)


def because(result: Result) -> str:
    """Say which rule decided, for a refused call."""
    outcome = result.decider
    if outcome is None or outcome.decided is None:
        return ""
    words = in_words(outcome.decided, dict(outcome.checks).get(outcome.decided, ()), held=False)
    return f" (rule: {outcome.decided.text}{'; ' if words else ''}{words})"
