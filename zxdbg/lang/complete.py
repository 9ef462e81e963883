"""Completion: what can stand at the end of an unfinished line.

The parse says what part the word at the cursor plays; from that part come the candidates.
None is offered that would be a mistake there.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.rights import MEANINGS
from zxdbg.lang.arguments import RIGHTS, RIGHTS_ARG
from zxdbg.lang.declare import UNIVERSAL_OPTIONS
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.expect import STATUSES, WORDS
from zxdbg.lang.look import Looker, Slot, innermost
from zxdbg.lang.names import NUMBERS
from zxdbg.lang.offer import Listed, Offers
from zxdbg.lang.slots import file_offers, number_offers, value_offers
from zxdbg.lang.topics import TOPICS
from zxdbg.result import field_kinds
from zxdbg.syscalls import DIFFERENCES

if TYPE_CHECKING:
    from zxdbg.lang.declare import Command, Registry
    from zxdbg.lang.parse import Parsed

__all__ = ["MOST", "Candidate", "complete", "goes_on_with", "is_question"]

MOST = 40
"""Candidates that are offered at most, where there may be any number of them."""
_MOST_LISTED = 400
_FEW = 12
"""With fewer that begin as typed, those that only contain it are offered too."""


class Candidate(NamedTuple):
    """A word that can stand there, where it begins, what it is, whether it begins as typed."""

    text: str
    start: int
    about: str = ""
    is_prefix: bool = True


def complete(looker: Looker, before: str) -> list[Candidate]:
    """List what the text before the cursor can go on with, the most fitting first."""
    start, slot = _slot(looker, before)
    if slot is None:
        return []
    found = _offers_at(looker, slot)
    start += slot.token.start + len(slot.typed) - len(found.typed)
    listed = all(isinstance(source, Listed) for source in found.sources)
    most = _MOST_LISTED if listed else MOST
    return [
        Candidate(word, start, about(), is_prefix)
        for word, about, is_prefix in islice(_matching(found), most)
    ]


def goes_on_with(looker: Looker, before: str) -> bool:
    """Whether there is a longer word that begins as the text ends."""
    _, slot = _slot(looker, before)
    if slot is None:
        return False
    found = _offers_at(looker, slot)
    hits = (word for source in found.sources for word in source.starting(found.typed))
    return any(len(word) > len(found.typed) for word in islice(hits, 2))


def is_question(looker: Looker, before: str) -> bool:
    """Whether a ? behind a text asks what can come next, and is no part of a word there."""
    _, slot = _slot(looker, before)
    if slot is None:
        return False
    piece = slot.piece
    role = "" if piece is None else piece.role
    if role == "shell" or (role == "path" and slot.typed):
        return False
    noun = None if piece is None or piece.param is None else piece.param.type
    if noun is None or not slot.typed:
        return True
    words = (slot.token._replace(text=slot.typed + ending) for ending in ("?", "??"))
    return not any(looker.accepts(noun, word) for word in words)


def _slot(looker: Looker, before: str) -> tuple[int, Slot | None]:
    line = looker.last_line(before)
    return len(before) - len(line), looker.slot(line, len(line))


def _matching(found: Offers) -> Iterator[tuple[str, Callable[[], str], bool]]:
    """Yield the words that match: those that begin as typed, then, if few, the rest."""
    typed = found.typed
    seen: set[str] = set()
    for source in found.sources:
        for word in source.starting(typed):
            if word not in seen:
                seen.add(word)
                yield word, partial(source.about, word), True
    if len(seen) >= _FEW:
        return
    for source in found.sources:
        for word in source.fuzzy(typed):
            if word not in seen:
                seen.add(word)
                yield word, partial(source.about, word), False


def _offers_at(looker: Looker, slot: Slot) -> Offers:
    """Find what is offered for the word at the cursor, by the part that it plays."""
    piece, parsed, typed = slot.piece, innermost(slot.parsed), slot.typed
    role = "" if piece is None else piece.role
    declared = parsed.command
    if role == "path":
        return file_offers(looker.state, typed)
    if declared is None or role == "command":
        return _command_words(looker.registry, slot, parsed)
    if role == "expectation":
        return _expectations(looker, slot, declared)
    if role == "option" or (typed.startswith("-") and role in ("error", "operator")):
        return Offers(typed, (_options(slot, parsed, declared),))
    if piece is not None and piece.param is not None and piece.param.type is not None:
        if declared.name == "help":
            return Offers(typed, (_topics(looker.registry, slot, parsed),))
        if typed == "-":
            return Offers(typed, (_options(slot, parsed, declared),))
        return value_offers(looker, parsed, declared, piece.param, typed)
    if role == "error" and not typed:
        return Offers(typed, (_options(slot, parsed, declared),))
    return Offers(typed)


# Commands ---------------------------------------------------------------------------


def _command_words(registry: "Registry", slot: Slot, parsed: "Parsed") -> Offers:
    """Offer first words of commands, or the second ones of the first that stands there."""
    words = [
        piece.token
        for piece in parsed.pieces
        if piece.role in ("command", "error") and piece.token.start < slot.token.start
    ]
    if not words:
        if slot.piece is None:
            return Offers(slot.typed)
        return Offers(slot.typed, (Listed(first_words(registry)),))
    first = words[-1]
    if slot.line[first.end : slot.token.start].strip():
        return Offers(slot.typed)
    name = first.text if parsed.command is None else parsed.command.name.split(" ")[0]
    return Offers(slot.typed, (Listed(second_words(registry, name)),))


def first_words(registry: "Registry") -> dict[str, str]:
    """List the words that a line can begin with, each with what it does."""
    found: dict[str, str] = {}
    seconds: dict[str, list[str]] = {}
    for declared in registry:
        first, _, second = declared.name.partition(" ")
        found[first] = ""
        if second:
            seconds.setdefault(first, []).append(second)
    for word in found:
        alone = registry.commands.get(word)
        found[word] = alone.summary if alone else " · ".join(seconds[word])
    return found


def second_words(registry: "Registry", first: str) -> dict[str, str]:
    """List the words that can follow a first one, each with what the two do."""
    return {
        second: registry.commands[f"{first} {second}"].summary
        for second in registry.second_words(first)
    }


def _options(slot: Slot, parsed: "Parsed", declared: "Command") -> Listed:
    """List the options that were not given yet, each with its sentence."""
    given = {
        piece.token.text
        for piece in parsed.pieces
        if piece.role == "option" and piece.token.start != slot.token.start
    }
    args = parse_doc(declared.doc).args
    options = {option: args.get(param.name, "") for option, param in declared.options.items()}
    if slot.parsed.command is declared:
        options |= UNIVERSAL_OPTIONS
    return Listed({option: about for option, about in options.items() if option not in given})


def _topics(registry: "Registry", slot: Slot, parsed: "Parsed") -> Listed:
    """List what help knows about; after a first word, the second ones that fit it."""
    before = [
        piece.token.text
        for piece in parsed.pieces
        if piece.role == "word" and piece.token.end < slot.token.start
    ]
    if before:
        return Listed(second_words(registry, " ".join(before)))
    topics = {declared.name: declared.summary for declared in registry}
    topics |= {label: status.meaning for label, status in STATUSES.items()}
    topics |= {name: _right_about(value) for name, value in RIGHTS.items()}
    topics |= {name: topic.about for name, topic in TOPICS.items()}
    topics["syscalls"] = "all of them, under their C names"
    topics["differences"] = "where the pages and the kernel disagree"
    return Listed(topics | {name: each.says for name, each in DIFFERENCES.items()})


def _right_about(value: int) -> str:
    return next((text for right, text in MEANINGS.items() if right == value), "a right")


# Expectations -----------------------------------------------------------------------


def _expectations(looker: Looker, slot: Slot, declared: "Command") -> Offers:
    """Offer a status first, then fields that were not given yet, or what a field can be."""
    fields = {
        field: kind
        for each in (declared, None if slot.parsed.inner is None else slot.parsed.command)
        if each is not None
        for field, kind in field_kinds(each.shape).items()
        if field not in each.hidden
    }
    fields |= {alias: fields[full] for alias, full in declared.aliases.items() if full in fields}
    name, equals, value = slot.typed.partition("=")
    if equals:
        return _field_values(looker, fields.get(name, ""), value)
    earlier = [
        piece.token.text
        for piece in slot.parsed.pieces
        if piece.role == "expectation" and piece.token.end < slot.token.start
    ]
    given = {text.partition("=")[0] for text in earlier}
    words = {f"{field}=": kind for field, kind in fields.items() if field not in given}
    if not earlier:
        statuses = {} if declared.statusless else {x: y.meaning for x, y in STATUSES.items()}
        others = {x: y for x, y in WORDS.items() if x != "fault" or "fault" in fields}
        words = statuses | others | words
    return Offers(slot.typed, (Listed(words),))


def _field_values(looker: Looker, kind: str, typed: str) -> Offers:
    if kind == "status":
        return Offers(typed, (Listed({x: y.meaning for x, y in STATUSES.items()}),))
    if kind == "truth":
        return Offers(typed, (Listed({"true": "", "false": ""}),))
    if kind == "rights" and typed[:1] not in ("$", "0"):
        head, _, last = typed.rpartition("|")
        words = {x: RIGHTS_ARG.about(x) for x in RIGHTS if x not in head.split("|")}
        return Offers(last, (Listed(words),))
    if kind in NUMBERS or kind == "handle":
        kinds = tuple(looker.names.kinds) if kind == "handle" else (kind,)
        return number_offers(looker, kinds, typed)
    if kind == "data":
        return number_offers(looker, ("data",), typed)
    return Offers(typed)
