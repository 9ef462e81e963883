"""Copies of a whole kernel, for questions that must not change the answer's subject.

The copy walks every object that can be reached, so it cannot forget a field; it is a
loop, not a recursion, so deep trees and long chains of clones are fine. Values (numbers,
strings, enums, tuples) are shared; a tuple must hold values only. So are objects of a
class that sets `is_value`: they never change. `Pages` copy themselves. A journal stays with
the original: nobody looks at the copy.
"""

from collections.abc import Iterator
from enum import Enum
from types import FunctionType
from typing import Any, TypeVar, cast

from zxdbg.kernel.journal import Journal
from zxdbg.kernel.pages import Pages

__all__ = ["Fork"]

T = TypeVar("T")
_VALUES = frozenset({int, str, bytes, bool, type(None), float, frozenset, type, FunctionType})
"""Classes whose members are shared, apart from those found on the way."""


def _slots(cls: type) -> Iterator[str]:
    for base in cls.__mro__:
        yield from base.__dict__.get("__slots__", ())


class Fork:
    """One copy of a graph of objects; `of` maps an object of the original to its twin."""

    def __init__(self, *roots: object) -> None:
        self._twins: dict[int, Any] = {}
        self._keep: list[object] = []
        self._todo: list[tuple[Any, Any]] = []
        self._shared = set(_VALUES)
        self._names: dict[type, tuple[str, ...]] = {}
        for root in roots:
            self._twin(root)
        while self._todo:
            self._fill(*self._todo.pop())

    def of(self, original: T) -> T:
        """Return the copy of an object that the walk reached."""
        return cast("T", self._twins[id(original)])

    def _twin(self, value: Any) -> Any:
        """Return the copy of a value, to be filled later if it is an object."""
        kind = type(value)
        if kind in self._shared:
            return value
        twin = self._twins.get(id(value))
        if twin is None:
            if issubclass(kind, (Enum, tuple, int, str)) or getattr(kind, "is_value", False):
                self._shared.add(kind)
                return value
            if kind is Journal:
                return None
            if kind is Pages:
                twin = value.fork()
            else:
                twin = kind() if kind in (list, dict, set) else object.__new__(kind)
                self._todo.append((value, twin))
            self._twins[id(value)] = twin
            self._keep.append(value)
        return twin

    def _fill(self, value: Any, twin: Any) -> None:
        kind = type(value)
        if kind is list:
            twin.extend(map(self._twin, value))
        elif kind is dict:
            twin.update((self._twin(key), self._twin(held)) for key, held in value.items())
        elif kind is set:
            twin.update(map(self._twin, value))
        else:
            names = self._names.get(kind)
            if names is None:
                names = self._names[kind] = (*_slots(kind), *getattr(value, "__dict__", ()))
            for name in names:
                setattr(twin, name, self._twin(getattr(value, name)))
