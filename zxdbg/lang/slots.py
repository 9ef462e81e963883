"""The candidates of a value, by its noun: handles, addresses, numbers, data, files."""

import os
from typing import TYPE_CHECKING

from zxdbg.lang.arguments import (
    LENGTH,
    SIZE,
    DataArg,
    ExpressionArg,
    Flags,
    HandleArg,
    Number,
    PathArg,
    PlaceArg,
    Signed,
)
from zxdbg.lang.names import NUMBERS
from zxdbg.lang.needs import Need, bare, needs_of, space_of, wants_mapped
from zxdbg.lang.offer import Handles, Listed, Mapped, Named, Offers, Source, Unnamed

if TYPE_CHECKING:
    from zxdbg.lang.declare import Command, Param
    from zxdbg.lang.look import Looker
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["file_offers", "number_offers", "value_offers"]

_MOST_FILES = 1000
_ANY = Need((), (), True)
_SIZES = ("bytes", "number", "address")
_ALONE = ("bytes", "number")
_AMOUNTS = {"16": "bytes", "64": "bytes", "4K": "a page", "64K": "16 pages", "1M": "256 pages"}
_VALUES = (*NUMBERS, "data", "word", "truth", "status", "list", "value")


def value_offers(
    looker: "Looker", parsed: "Parsed", declared: "Command", param: "Param", typed: str
) -> Offers:
    """Find what a parameter can be, for what was typed of it."""
    noun = bare(param.type)
    assert noun is not None
    words = Listed(noun.offered(parsed, looker.state))
    if isinstance(noun, PathArg):
        return file_offers(looker.state, typed)
    if isinstance(noun, HandleArg):
        need = needs_of(declared, param)
        handles = Handles(looker, need.kinds, need), Unnamed(looker, need.kinds)
        return _term(typed, handles, (Named(looker, NUMBERS),))
    if isinstance(noun, Flags):
        return _flags(noun, words, typed)
    if isinstance(noun, DataArg):
        return _data(looker, words, typed)
    if isinstance(noun, PlaceArg):
        return _place(looker, words, typed)
    if isinstance(noun, ExpressionArg):
        every = Named(looker, (*_VALUES, *looker.names.kinds))
        return _term(typed, (every,), (Named(looker, NUMBERS),))
    if isinstance(noun, (Number, Signed)):
        return _number(looker, parsed, declared, param, typed)
    return Offers(typed, (words,))


def _number(
    looker: "Looker", parsed: "Parsed", declared: "Command", param: "Param", typed: str
) -> Offers:
    more = (Named(looker, _SIZES),)
    if param.type is None or param.type.role != "address":
        amounts = Listed(_AMOUNTS) if param.type in (SIZE, LENGTH) else Listed({})
        return _term(typed, (amounts, Named(looker, _ALONE)), more)
    space = space_of(looker.state, parsed) if wants_mapped(declared, param) else None
    first: tuple[Source, ...] = (Named(looker, ("address",), space),)
    if space is not None:
        first += (Mapped(space.region), Named(looker, ("address",)))
    return _term(typed, first, more)


def number_offers(looker: "Looker", kinds: tuple[str, ...], typed: str) -> Offers:
    """Find the names that a number of some kinds can be."""
    return _term(typed, (Named(looker, kinds),), (Named(looker, NUMBERS),))


def _term(typed: str, first: tuple[Source, ...], more: tuple[Source, ...]) -> Offers:
    """Offer for the last term of a sum: one kind of thing alone, others behind a sign."""
    cut = max(typed.rfind("+"), typed.rfind("-"))
    return Offers(typed, first) if cut <= 0 else Offers(typed[cut + 1 :], more)


def _flags(noun: Flags, words: Listed, typed: str) -> Offers:
    """Offer the flags that were not given yet; behind a bar, only those that can be joined."""
    head, bar, last = typed.rpartition("|")
    if not bar:
        return Offers(typed, (words,))
    given = head.split("|")
    left = {word: noun.about(word) for word in noun.words if word not in given and noun.joins(word)}
    return Offers(last, (Listed(left),))


def _data(looker: "Looker", words: Listed, typed: str) -> Offers:
    if typed.startswith("file:"):
        return file_offers(looker.state, typed.removeprefix("file:"))
    if typed.startswith("["):
        last = max(typed.rfind("["), typed.rfind(",")) + 1
        return Offers(typed[last:], (Handles(looker, (), _ANY),))
    if typed.startswith("@"):
        return number_offers(looker, ("address",), typed[1:])
    return Offers(typed, (Named(looker, ("data",)), words))


def _place(looker: "Looker", words: Listed, typed: str) -> Offers:
    if typed.startswith("@"):
        return number_offers(looker, ("address",), typed[1:])
    return Offers(typed, (words,))


def file_offers(state: "State", typed: str) -> Offers:
    """Find the files and folders that a path can go on with; hidden ones when asked for."""
    head, slash, last = typed.rpartition("/")
    folder = os.path.join(state.folder or ".", head + slash)  # noqa: PTH118 - a key waits
    words = {}
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST_FILES), entries, strict=False):
                name = entry.name
                if _writable(name) and (last[:1] == "." or not name.startswith(".")):
                    words[name] = entry.is_dir()
    except (OSError, ValueError):  # a NUL is no part of any path
        return Offers(typed)
    return Offers(
        last,
        (
            Listed(
                {
                    f"{name}/" if words[name] else name: "folder" if words[name] else "file"
                    for name in sorted(words)
                }
            ),
        ),
    )


def _writable(name: str) -> bool:
    """Whether a name of a file can stand in a line as it is."""
    return name.isprintable() and not any(letter in ' ;"\\#' for letter in name)
