"""The index of names: every `$name` and `$name.field` that a line can use, by what it is.

Names change with each command and are asked for with each key, so the index follows the
state instead of being made anew: a name that is bound moves to the end of the state's
names, and what stands before the newest one that is known is known too.
"""

from typing import TYPE_CHECKING, Any

from zxdbg.lang.match import Words

if TYPE_CHECKING:
    from zxdbg.result import Result
    from zxdbg.state import State

__all__ = ["GONE", "NUMBERS", "NameIndex"]

GONE = "closed handle"
"""The kind of a handle that the caller does not have."""
NUMBERS = ("address", "bytes", "number", "koid", "rights")
"""The kinds that a number can be, handles apart."""
_NOTHING = Words()


class NameIndex:
    """The names of a state.

    Attributes:
        kinds: The words of each kind: of a handle, the noun of its object.
        handles: Values of the handles that have a name.
    """

    def __init__(self, state: "State") -> None:
        self._state = state
        self._forget()

    def _forget(self) -> None:
        self.kinds: dict[str, Words] = {}
        self.handles: set[int] = set()
        self._names = self._state.names
        self._process = self._state.caller.process
        self._known: dict[str, Result] = {}
        self._words: dict[str, list[tuple[str, str]]] = {}
        self._places: dict[str, tuple[str, str]] = {}

    def sync(self) -> None:
        """Take in the names that were bound since the last time."""
        state = self._state
        if self._names is not state.names or self._process is not state.caller.process:
            self._forget()
        fresh = []
        for name in reversed(self._names):
            if self._known.get(name) is self._names[name]:
                break
            fresh.append(name)
        found: dict[str, list[str]] = {}
        for name in fresh:
            for kind, word in self._words.pop(name, ()):
                self.kinds[kind].remove(word)
                self.handles.discard(self.value(word))
                del self._places[word]
            result = self._known[name] = self._names[name]
            entries = self._words[name] = []
            for word, field in _fields(name, result):
                kind = self._kind(result, field)
                if kind:
                    entries.append((kind, word))
                    self._places[word] = name, field
                    found.setdefault(kind, []).append(word)
        for kind, words in found.items():
            known = self.kinds.get(kind)
            if known is None:
                self.kinds[kind] = Words(words)
            else:
                for word in words:
                    known.add(word)

    def _kind(self, result: "Result", field: str) -> str:
        """Say what a field holds; empty where it holds nothing that can be used."""
        value = result.field(field)
        if value is None:
            return ""
        kind = result.kind(field)
        if kind == "handle":
            self.handles.add(value)
            target = self._state.object_of(value)
            return GONE if target is None else target.type.noun
        return kind

    def words(self, kind: str) -> Words:
        """Return the words of a kind."""
        return self.kinds.get(kind, _NOTHING)

    def value(self, word: str) -> Any:
        """Return what an indexed word means."""
        name, field = self._places[word]
        return self._known[name].field(field)

    def about(self, word: str, kind: str) -> str:
        """Say in a few words what an indexed word is."""
        value = self.value(word)
        if kind == "address":
            return f"address {value:#x}"
        if kind in NUMBERS:
            return f"{kind} {value}"
        if kind == "data":
            return f"{len(value)} bytes of data"
        if isinstance(value, int) and not isinstance(value, bool):
            target = self._state.object_of(value)
            return GONE if target is None else f"{target.type.noun} {target.name}".strip()
        return kind


def _fields(name: str, result: "Result") -> list[tuple[str, str]]:
    """List the words that a name gives, each with the field of the result that it means."""
    command = result.command
    short = {full: alias for alias, full in command.aliases.items()}
    words = [(f"${name}", command.value)] if command.value else []
    words += [
        (f"${name}.{short.get(field, field)}", field)
        for field in result.answer._fields
        if field != command.value and field not in command.hidden
    ]
    return words
