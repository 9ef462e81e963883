"""The hint: one line on the command that is typed, and on its argument at the cursor.

Where something is wrong the line says that instead. It always fits its width: what is
far from the cursor is left out first.
"""

from typing import TYPE_CHECKING

from zxdbg.lang.doc import parse_doc
from zxdbg.lang.judge import judge
from zxdbg.lang.look import Looker, innermost
from zxdbg.result import field_kinds

if TYPE_CHECKING:
    from zxdbg.lang.declare import Command, Param
    from zxdbg.lang.judge import Trouble
    from zxdbg.lang.look import Slot

__all__ = ["Hint", "hint"]

Hint = list[tuple[str, str]]
"""Pieces of the line: a role (`command`, `argument`, `text`, `trouble`) and a text."""

_GAP = "   "


def hint(looker: Looker, text: str, cursor: int, width: int) -> Hint:
    """Compose the hint for a text that is being typed."""
    trouble = _nearest(judge(looker, text, cursor), cursor)
    if trouble is not None:
        kind = "mistake" if trouble.is_mistake else "would fail"
        return [("trouble", _clip(f"{kind}: {trouble.message}", width))]
    before = looker.last_line(text[:cursor])
    start = cursor - len(before)
    line = next(each for each in looker.lines(text) if each.end >= cursor)
    slot = looker.slot(line.text, cursor - line.start) if start >= line.start else None
    if slot is None:
        return []
    declared = innermost(slot.parsed).command
    if declared is None:
        return _family(looker, slot, width)
    if slot.piece is not None and slot.piece.role == "expectation":
        return _fit([("command", "=>"), ("text", _expected(declared))], [], width)
    param = None if slot.piece is None else slot.piece.param
    return _signature(declared, param, width)


def _nearest(troubles: "list[Trouble]", cursor: int) -> "Trouble | None":
    """Choose the trouble at the cursor, or else the first."""
    here = [each for each in troubles if each.start <= cursor <= each.end]
    return next(iter(here or troubles), None)


def _family(looker: Looker, slot: "Slot", width: int) -> Hint:
    """Name the second words that the first one wants."""
    first = next((p.token.text for p in slot.parsed.pieces if p.role == "error"), "")
    seconds = looker.registry.second_words(first)
    if not seconds:
        return []
    return _fit([("command", first), ("argument", f"<{'|'.join(seconds)}>")], [], width)


def _expected(declared: "Command") -> str:
    fields = [name for name in field_kinds(declared.shape) if name not in declared.hidden]
    status = "" if declared.statusless else "ZX_OK or another status, "
    return f"{status}then {' '.join(f'{field}=' for field in fields) or 'nothing more'}"


def _signature(declared: "Command", param: "Param | None", width: int) -> Hint:
    """Compose the signature with the argument at the cursor, and its sentence."""
    args = parse_doc(declared.doc).args
    pieces = [("command", declared.head), *_arguments(declared, param)]
    if param is None:
        about = [declared.summary]
        if _length(pieces) + len(_GAP) + len(about[0]) > width:
            about = []
    else:
        about = [args.get(param.name, "").rstrip(".")]
        noun = param.type
        if noun is not None and "," in noun.expects and noun.role != "handle":
            about.append(f"({noun.expects})")
    return _fit(pieces, about, width)


def _arguments(declared: "Command", here: "Param | None") -> Hint:
    return [
        ("argument", f"<{text.strip('[]')}>")
        if param is here
        else ("option" if param.is_option else "text", text)
        for param, text in declared.usage_parts()
    ]


def _fit(pieces: Hint, about: list[str], width: int) -> Hint:
    """Choose the longest form that leaves room for the sentence; clip what still is too long."""
    sentences = [" ".join(about[:count]) for count in range(len(about), 0, -1)] or [""]
    for shorten in (_whole, _without_options, _around):
        shown = shorten(pieces)
        for sentence in sentences:
            text = f"{_GAP}{sentence}" if sentence else ""
            if _length(shown) + len(text) <= width:
                return [*_spaced(shown), ("text", text)]
    shown = _around(pieces)
    left = width - _length(shown)
    if left > len(_GAP) + 8 and sentences[-1]:
        return [*_spaced(shown), ("text", _clip(f"{_GAP}{sentences[-1]}", left))]
    return [("text", _clip("".join(text for _, text in _spaced(shown)), width))]


def _whole(pieces: Hint) -> Hint:
    return pieces


def _without_options(pieces: Hint) -> Hint:
    """Leave out the options that are not at the cursor."""
    kept = [piece for piece in pieces if piece[0] != "option"]
    return kept if len(kept) == len(pieces) else [*kept, ("text", "…")]


def _around(pieces: Hint) -> Hint:
    """Leave out all but the command and the argument at the cursor."""
    kept: Hint = []
    for role, text in pieces:
        if role in ("command", "argument"):
            kept.append((role, text))
        elif not kept or kept[-1][1] != "…":
            kept.append(("text", "…"))
    return kept


def _spaced(pieces: Hint) -> Hint:
    spaced: Hint = []
    for role, text in pieces:
        spaced += [("", " "), (role, text)] if spaced else [(role, text)]
    return spaced


def _length(pieces: Hint) -> int:
    return sum(len(text) for _, text in pieces) + len(pieces) - 1


def _clip(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
