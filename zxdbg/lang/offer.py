"""Offers: where the words for a slot come from, each source with what its words are.

A source answers three questions: which of its words begin as typed, which contain it
otherwise, and what one of them is. Only the words that are shown are described.
"""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from zxdbg.kernel.rights import short_rights
from zxdbg.lang.match import fuzzy, starting
from zxdbg.lang.names import GONE
from zxdbg.lang.values import size_text

if TYPE_CHECKING:
    from zxdbg.kernel.vmar import VmAddressRegion, VmMapping
    from zxdbg.lang.look import Looker
    from zxdbg.lang.needs import Need, Space

__all__ = ["Handles", "Listed", "Mapped", "Named", "Offers", "Source", "Unnamed"]

_MOST = 400
"""Words of a source that are looked at one by one, at most."""


class Source(Protocol):
    """Where words come from."""

    def starting(self, typed: str) -> Iterator[str]:
        """Yield the words that begin as typed."""

    def fuzzy(self, typed: str) -> Iterator[str]:
        """Yield those that contain what was typed otherwise, the best first."""

    def about(self, word: str) -> str:
        """Say what a word is."""


class Offers(NamedTuple):
    """What a slot offers: the part of the word that counts, and the sources, best first."""

    typed: str
    sources: tuple[Source, ...] = ()


class Listed:
    """A few words that are written down, each with what it is."""

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words

    def starting(self, typed: str) -> Iterator[str]:
        """Yield them in their order."""
        yield from starting(self._words, typed)

    def fuzzy(self, typed: str) -> Iterator[str]:
        """Yield the best first."""
        yield from fuzzy(self._words, typed)

    def about(self, word: str) -> str:
        """Look it up."""
        return self._words[word]


class Named:
    """The names of some kinds, as many as there are.

    With a space, only addresses that a mapping in it holds.
    """

    def __init__(
        self, looker: "Looker", kinds: tuple[str, ...], space: "Space | None" = None
    ) -> None:
        self._looker = looker
        self._kinds = kinds
        self._space = space
        self._kind_of: dict[str, str] = {}

    def starting(self, typed: str) -> Iterator[str]:
        """Yield them by kind, then by the alphabet."""
        for kind in self._kinds:
            yield from self._kept(self._looker.names.words(kind).starting(typed), kind)

    def fuzzy(self, typed: str) -> Iterator[str]:
        """Yield them by kind, then the best first."""
        for kind in self._kinds:
            yield from self._kept(iter(self._looker.names.words(kind).fuzzy(typed)), kind)

    def _kept(self, words: Iterator[str], kind: str) -> Iterator[str]:
        for word in islice(words, _MOST):
            if self._space is None or self._mapping(word) is not None:
                self._kind_of[word] = kind
                yield word

    def _mapping(self, word: str) -> "VmMapping | None":
        assert self._space is not None
        return mapping_at(self._space.region, self._looker.names.value(word))

    def about(self, word: str) -> str:
        """Say what it means, and what is mapped there."""
        text = self._looker.names.about(word, self._kind_of[word])
        mapping = None if self._space is None else self._mapping(word)
        return text if mapping is None else f"{text}, {describe(mapping)}"


class Handles:
    """Names of handles of the wanted kinds, those with the rights first."""

    def __init__(self, looker: "Looker", kinds: tuple[str, ...], need: "Need") -> None:
        self._looker = looker
        self._kinds = kinds or tuple(kind for kind in looker.names.kinds if kind in _OBJECTS)
        self._need = need
        self._lacking: dict[int, int | None] = {}

    def starting(self, typed: str) -> Iterator[str]:
        """Yield the fitting ones, then those that lack a right."""
        words = (
            word
            for kind in self._kinds
            for word in islice(self._looker.names.words(kind).starting(typed), _MOST)
        )
        yield from self._by_rights(words)

    def fuzzy(self, typed: str) -> Iterator[str]:
        """Yield the fitting ones, then those that lack a right."""
        found = (self._looker.names.words(kind).fuzzy(typed) for kind in self._kinds)
        yield from self._by_rights(word for words in found for word in words)

    def _by_rights(self, words: Iterator[str]) -> Iterator[str]:
        late = []
        for word in words:
            lacking = self._lacks(word)
            if lacking is None:
                yield word
            elif lacking:
                late.append(word)
        yield from late

    def _lacks(self, word: str) -> int | None:
        """Return the rights that a handle lacks; 0 if it is no handle of the caller."""
        state = self._looker.state
        value = self._looker.names.value(word)
        handle = state.kernel.handles.find(state.caller.process, value)
        if handle is None:
            return 0
        rights = handle.rights
        if rights not in self._lacking:  # many handles have the same ones
            self._lacking[rights] = self._need.lacks(rights)
        return self._lacking[rights]

    def about(self, word: str) -> str:
        """Say what it names, and what it lacks."""
        text = self._looker.names.about(word, GONE)
        lacking = self._lacks(word)
        if lacking:
            text += f", without {' '.join(short_rights(lacking))}"
        return text


class Unnamed:
    """Values of handles of the caller that no name means, the newest first."""

    def __init__(self, looker: "Looker", kinds: tuple[str, ...]) -> None:
        self._looker = looker
        self._kinds = kinds

    def starting(self, typed: str) -> Iterator[str]:
        """Yield those of the wanted kinds."""
        if not ("0x".startswith(typed) or typed.startswith("0x")):
            return
        process = self._looker.state.caller.process
        for handle in islice(reversed(process.handle_bases.values()), _MOST):
            value = process.value_of(handle)
            wanted = not self._kinds or handle.object.type.noun in self._kinds
            unnamed = wanted and value not in self._looker.names.handles
            if unnamed and f"{value:#x}".startswith(typed):
                yield f"{value:#x}"

    def fuzzy(self, typed: str) -> Iterator[str]:
        """Yield nothing: a number has no parts."""
        return iter(())

    def about(self, word: str) -> str:
        """Say what it names."""
        target = self._looker.state.object_of(int(word, 16))
        return GONE if target is None else f"{target.type.noun} {target.name}".strip()


_OBJECTS = frozenset({"process", "VMO", "VMAR", "job", "thread", "resource", "event"})


class Mapped:
    """Where the mappings of an address space begin."""

    def __init__(self, region: "VmAddressRegion") -> None:
        self._region = region

    def starting(self, typed: str) -> Iterator[str]:
        """Yield the addresses that begin as typed, ascending for each length."""
        if "0x".startswith(typed):
            ranges = [(0, 1 << 64)]
        else:
            try:
                first = int(typed.removeprefix("0x"), 16)
            except ValueError:
                return
            if not typed.startswith("0x") or typed[2:3] == "0":
                return
            ranges = [
                (first << shift, (first + 1) << shift)
                for shift in range(0, 64 - first.bit_length() + 4, 4)
            ]
        for low, high in ranges:
            at = low - 1
            for _ in range(_MOST):
                mapping = self._region.mapping_above(at)
                if mapping is None or mapping.base >= high:
                    break
                at = mapping.base
                yield f"{at:#x}"

    def fuzzy(self, typed: str) -> Iterator[str]:
        """Yield the addresses of VMOs whose name contains what was typed."""
        if len(typed) < 2 or typed[0] in "$0123456789":
            return
        at = -1
        for _ in range(_MOST):
            mapping = self._region.mapping_above(at)
            if mapping is None:
                return
            at = mapping.base
            if typed.lower() in mapping.vmo.name.lower():
                yield f"{at:#x}"

    def about(self, word: str) -> str:
        """Say what is mapped there."""
        mapping = mapping_at(self._region, int(word, 16))
        return "" if mapping is None else describe(mapping)


def mapping_at(region: "VmAddressRegion", address: int) -> "VmMapping | None":
    """Find the mapping in a region, at any depth, that holds an address."""
    mapping = region.mapping_below(address)
    return mapping if mapping is not None and address < mapping.end else None


def describe(mapping: "VmMapping") -> str:
    """Say what a mapping is: its VMO, its size, its permissions."""
    perms = "".join(
        letter if mapping.perms & bit else "-" for letter, bit in zip("rwx", (1, 2, 4), strict=True)
    )
    return f"{mapping.vmo.name or f'VMO {mapping.vmo.koid}'} {size_text(mapping.size)} {perms}"
