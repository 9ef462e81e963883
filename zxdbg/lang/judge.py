"""Judging a line before it is run: what is wrong in it, and what the kernel would refuse.

The simulator's own view answers; no syscall is made. A word that is still being typed is
left in peace as long as it can become right.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.rights import short_rights
from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import HandleArg, NameArg
from zxdbg.lang.complete import goes_on_with
from zxdbg.lang.look import Line, Looker, innermost, remembered
from zxdbg.lang.needs import Need, bare, must_be_mapped, needs_of, perms_of, space_of
from zxdbg.lang.offer import mapping_at
from zxdbg.lang.values import is_identifier
from zxdbg.mistake import CommandError

if TYPE_CHECKING:
    from zxdbg.lang.declare import Command
    from zxdbg.lang.parse import Parsed, Piece

__all__ = ["Trouble", "judge"]

_NAMES = re.compile(r"\$(\w+)")
_ENDINGS = ("0", '"', "]", "?", "??")
"""What may be missing at the end of a word that is no mistake yet."""


class Trouble(NamedTuple):
    """A place in a text at which something is wrong, and what, in one line.

    `is_mistake` tells what the language cannot run from what the kernel would refuse.
    """

    start: int
    end: int
    message: str
    is_mistake: bool


@remembered
def judge(looker: Looker, text: str, cursor: int | None = None) -> list[Trouble]:
    """List what is wrong in a text, in order; `cursor` is where somebody types.

    Names that an earlier command of the text binds are not there yet, and no mistakes;
    and what the kernel will say is only foreseen for the first command.
    """
    troubles: list[Trouble] = []
    promised: set[str] = set()
    first = True
    for line in looker.lines(text):
        for parsed in line.commands:
            found = _mistakes(looker, line, parsed, cursor, promised)
            if first and not found:
                found = _refusals(looker, line, parsed, cursor)
            troubles += found
            promised |= _binds(parsed)
            first = False
    return sorted(troubles)


def _binds(parsed: "Parsed") -> set[str]:
    """Return the names that a command will bind."""
    names = {parsed.target} if parsed.target else set()
    for piece in parsed.pieces:
        noun = None if piece.param is None else piece.param.type
        if isinstance(noun, NameArg) and isinstance(piece.value, str):
            names.add(piece.value)
    return {name for name in names if is_identifier(name)}


# Mistakes ---------------------------------------------------------------------------


def _mistakes(
    looker: Looker, line: Line, parsed: "Parsed", cursor: int | None, promised: set[str]
) -> list[Trouble]:
    found = []
    for problem in parsed.problems:
        start, end = problem.span or (parsed.start, parsed.end)
        if start == end:  # something is missing, and may come yet
            continue
        if promised.intersection(_NAMES.findall(line.text[start:end])):
            continue
        typing = cursor is not None and line.start + end == cursor
        if typing and _may_become_right(looker, line.text[:end], parsed, (start, end)):
            continue
        found.append(Trouble(line.start + start, line.start + end, str(problem), True))
    return found


def _may_become_right(looker: Looker, before: str, parsed: "Parsed", span: tuple[int, int]) -> bool:
    """Whether a word that is wrong can become right when more of it is typed."""
    if goes_on_with(looker, before):
        return True
    for piece in parsed.pieces:
        if piece.token.end == span[1] and piece.param is not None and piece.param.type is not None:
            words = (piece.token._replace(text=piece.token.text + each) for each in _ENDINGS)
            if any(looker.accepts(piece.param.type, word) for word in words):
                return True
    return False


# Refusals ---------------------------------------------------------------------------


def _refusals(looker: Looker, line: Line, parsed: "Parsed", cursor: int | None) -> list[Trouble]:
    """Foresee what the kernel refuses; not where the line expects a refusal."""
    expectation = parsed.expectation
    if expectation is not None and expectation.status not in (None, Status.OK):
        return []
    parsed = innermost(parsed)
    declared = parsed.command
    if declared is None:
        return []
    found = []
    for piece in parsed.pieces:
        if piece.param is None or not isinstance(piece.value, int):
            continue
        message = _handle_trouble(looker, declared, parsed, piece)
        message = message or _address_trouble(looker, declared, parsed, piece)
        start, end = piece.token.span
        if message and not (
            line.start + end == cursor
            and piece.token.text[:1] != "$"
            and goes_on_with(looker, line.text[:end])
        ):
            found.append(Trouble(line.start + start, line.start + end, message, False))
    return found


def _handle_trouble(looker: Looker, declared: "Command", parsed: "Parsed", piece: "Piece") -> str:
    """Say what is wrong with a handle: none of the caller's, another kind, a missing right."""
    assert piece.param is not None
    if not isinstance(bare(piece.param.type), HandleArg):
        return ""
    state, value, text = looker.state, piece.value, piece.token.text
    need = needs_of(declared, piece.param)
    handle = state.kernel.handles.find(state.caller.process, value)
    if handle is None:
        return _no_handle(looker, piece, need)
    noun = handle.object.type.noun
    if need.kinds and noun not in need.kinds:
        return f"{text} is a {noun} handle; {declared.name} wants {_a_kind(need.kinds)}"
    lacking = need.lacks(handle.rights, perms_of(parsed))
    if lacking:
        rights = " and ".join(f"ZX_RIGHT_{name}" for name in short_rights(lacking))
        return f"{text} lacks {rights}, which {declared.name} needs"
    return ""


def _no_handle(looker: Looker, piece: "Piece", need: Need) -> str:
    state, value, text = looker.state, piece.value, piece.token.text
    if need.view:
        try:
            state.process_of(value)
        except CommandError as error:
            return error.message.replace(f"{value:#x}", text, 1)
        return ""
    if not value:
        return f"{text} is no handle" if need.kinds or need.rights else ""
    return f"{text} is not, or no longer, a handle of {state.caller.process.name}"


def _a_kind(kinds: tuple[str, ...]) -> str:
    *first, last = (f"a {kind}" for kind in kinds)
    return f"{', '.join(first)} or {last}" if first else last


def _address_trouble(looker: Looker, declared: "Command", parsed: "Parsed", piece: "Piece") -> str:
    """Say that nothing is mapped at an address, and what is nearest."""
    assert piece.param is not None
    if not must_be_mapped(declared, piece.param):
        return ""
    space = space_of(looker.state, parsed)
    if space is None or mapping_at(space.region, piece.value) is not None:
        return ""
    message = f"{piece.token.text} is mapped nowhere in {space.name}"
    below = space.region.mapping_below(piece.value)
    if below is not None:
        return f"{message}; {below.vmo.name or f'VMO {below.vmo.koid}'} ends at {below.end:#x}"
    above = space.region.mapping_above(piece.value)
    if above is not None:
        return f"{message}; {above.vmo.name or f'VMO {above.vmo.koid}'} begins at {above.base:#x}"
    return message
