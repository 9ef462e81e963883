"""Going on: the line that Enter on an empty line runs after one that read."""

from typing import TYPE_CHECKING

from zxdbg.kernel.limits import U64
from zxdbg.lang.declare import Registry
from zxdbg.lang.parse import Parsed, Piece, parse
from zxdbg.lang.tokens import tokenize
from zxdbg.result import Result

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["following"]


def following(state: "State", registry: Registry, parsed: Parsed, result: Result) -> str:
    """Return the same command at the next address; empty after what does not go on.

    Only commands that say how they go on do, which none does that changes anything. A
    command that was refused or faulted ends it, and so does the last address.
    """
    declared = parsed.command
    if declared is None or not declared.goes_on or result.trouble:
        return ""
    step = result.answer.requested
    following = parsed.given(declared.goes_on) + step
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


def _is_it(piece: Piece, param: str) -> bool:
    return piece.param is not None and piece.param.name == param and piece.role != "option"
