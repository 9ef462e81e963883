"""A bug in what helps typing must not take the prompt away: it is shown after the line.

prompt_toolkit asks for completions, colours and the hint with each key; an exception there
would stop every line from being typed. It is kept, and what was asked for is left out.
"""

import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

__all__ = ["Guard"]

P = ParamSpec("P")
T = TypeVar("T")


class Guard:
    """Calls functions, and keeps the first exception that comes of it."""

    def __init__(self) -> None:
        self._trouble = ""

    def call(self, function: Callable[P, T], usual: T, *args: P.args, **options: P.kwargs) -> T:
        """Return what a function returns; `usual`, if it has a bug."""
        try:
            return function(*args, **options)
        except Exception:
            self._trouble = self._trouble or traceback.format_exc()
            return usual

    @property
    def is_troubled(self) -> bool:
        """Whether there is something to show."""
        return bool(self._trouble)

    def take(self) -> list[str]:
        """Return the lines of the traceback, once; none if all went well."""
        lines, self._trouble = self._trouble.splitlines(), ""
        return lines
