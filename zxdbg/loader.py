"""Finds the command families and makes the registry of them.

A family is imported when a line begins with one of its words, and all of them when somebody
asks for more than the command of a line. What words a family has is read in its source: the
strings that `@command(…)` is given as a name and as spellings.
"""

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from zxdbg.lang.declare import Command, Registry
from zxdbg.lang.tokens import Token
from zxdbg.syscalls import SYSCALLS

__all__ = ["load_commands"]


@cache
def load_commands() -> Registry:
    """Return the registry of every command: the families, and every syscall by its C name."""
    return _Commands(_find_package())


class _Commands(Registry):
    """The registry of all commands, of which a line needs few.

    Invariants. `_part` has every command that begins with a word of `_asked`, and lines are
    looked up there as long as that is all that is asked. The tables of the registry itself,
    in the order of the families, are not there until one of them is used, and then are whole.
    """

    def __init__(self, package: ModuleType) -> None:
        self._package = package
        self._part = Registry()
        self._asked: set[str] = set()
        self._stems = _first_words(package.__path__[0])

    def __getattr__(self, name: str) -> Any:
        """Make the tables when the first of them is used."""
        if name not in ("commands", "families", "_words", "_longest"):
            raise AttributeError(name)
        super().__init__()
        stems = dict.fromkeys(stem for stems in self._stems.values() for stem in stems)
        self.add_modules([self._import(stem) for stem in stems])
        for syscall in SYSCALLS.values():
            self.add_syscall(syscall)
        return self.__dict__[name]

    def find(self, tokens: Sequence[Token]) -> tuple[Command | None, int]:
        """Return the command that a line begins with, as any registry does."""
        first = tokens[0].text
        if first not in self._asked:
            self._ask(first.partition("/")[0])
            self._asked.add(first)
        return self._part.find(tokens)

    def _ask(self, word: str) -> None:
        """Take in every command that begins with a word."""
        known = self._part.families
        missing = [stem for stem in self._stems.get(word, ()) if stem not in known]
        self._part.add_modules([self._import(stem) for stem in missing])
        if word in SYSCALLS and word not in self._part.commands:
            self._part.add_syscall(SYSCALLS[word])

    def _import(self, stem: str) -> ModuleType:
        return import_module(f"{self._package.__name__}.{stem}")


def _first_words(folder: str) -> dict[str, list[str]]:
    """Read which families have commands that begin with a word."""
    found: dict[str, list[str]] = {}
    for name in os.listdir(folder):  # noqa: PTH208 - pathlib is slow to start
        stem = name.removesuffix(".py")
        if stem in (name, "__init__"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:  # noqa: PTH118, PTH123 - as above
            source = file.read()
        for declared in source.split("\n@command(")[1:]:
            given = declared.partition("\ndef ")[0]
            if '"' not in given:
                raise ImportError(f"{name}: @command(…) wants a name in double quotes")
            _, _, spellings = given.partition("spellings=(")
            names = [given.split('"', 2)[1], *spellings.partition(")")[0].split('"')[1::2]]
            for name in names:
                stems = found.setdefault(name.partition(" ")[0], [])
                if stem not in stems:
                    stems.append(stem)
    return found


def _find_package() -> ModuleType:
    """Import the package of commands: inside an installed zxdbg, else beside it."""
    try:
        return import_module("zxdbg.commands")
    except ModuleNotFoundError as missing:
        if missing.name != "zxdbg.commands":
            raise
    beside = __file__.rpartition("zxdbg")[0].rstrip(os.sep)
    if beside not in sys.path:
        sys.path.append(beside)
    package = import_module("commands")
    if not os.path.samefile(package.__path__[0], os.path.join(beside, "commands")):  # noqa: PTH118, PTH121 - as above
        raise ImportError(f"zxdbg's commands are hidden by another package: {package}")
    return package
