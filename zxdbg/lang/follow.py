"""Going on: the line that Enter on an empty line runs after one that read."""

from typing import TYPE_CHECKING

from zxdbg.kernel.aspace import ExtentKind
from zxdbg.kernel.limits import U64, USER_END
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmo import VmObject
from zxdbg.lang.declare import Registry
from zxdbg.lang.parse import Parsed, Piece, parse
from zxdbg.lang.tokens import tokenize
from zxdbg.result import Result

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["following"]


def following(state: "State", registry: Registry, parsed: Parsed, result: Result) -> str:
    """Return the same command at the next address; empty after what does not go on.

    Only commands that say how they go on do, which none does that changes anything. It
    goes on at the next byte that can be read. A command that was refused
    or faulted ends it, and so does the last address.
    """
    declared = parsed.command
    if declared is None or not declared.goes_on or result.trouble:
        return ""
    step = result.answer.requested
    following = _readable(state, result, parsed.given(declared.goes_on) + step)
    if not step or following > U64:
        return ""
    text = result.text
    tokens = tokenize(text)
    pieces = parse(state, registry, text, tokens).pieces
    first = next((piece.token for piece in pieces if piece.role == "command"), None)
    moved = next((piece.token for piece in pieces if _is_it(piece, declared.goes_on)), None)
    if first is None or moved is None:
        return ""
    stop = next((each.start for each in tokens if each.kind == "operator"), len(text))
    return f"{text[first.start : moved.start]}{following:#x}{text[moved.end : stop]}".rstrip()


def _readable(state: "State", result: Result, at: int) -> int:
    """Find the first byte that can be read from where a command stopped; else past them all."""
    stopped = getattr(result.answer, "next", None)
    at = at if stopped is None else stopped
    handle = None if result.decider is None else result.decider.args[0]
    source = state.object_of(handle) if isinstance(handle, int) else None
    if isinstance(source, VmObject):
        return at if at < source.size else U64 + 1
    if not isinstance(source, Process):
        return at
    extents = source.aspace.extents(at, max(0, USER_END - at))
    return next((each.start for each in extents if each.kind is ExtentKind.BACKED), U64 + 1)


def _is_it(piece: Piece, param: str) -> bool:
    return piece.param is not None and piece.param.name == param and piece.role != "option"
