"""Going back to the state after the last command that finished.

Kept are a copy of the state and the commands that finished since: the kernel is
deterministic, so running them again on the copy is exact. They are kept as they were read,
with the values that they had then, so no file is read twice. No copy is made for a command
that is short: a new one is due when the work since the last one is worth it.
"""

from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

from zxdbg.kernel.fork import Fork
from zxdbg.lang.execute import execute
from zxdbg.lang.parse import Parsed
from zxdbg.mistake import CommandError
from zxdbg.result import Result, Source
from zxdbg.session import Session

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["Rewind"]

_LEAST = 0.5
"""Seconds of work that are never worth a copy."""
_WORTH = 10
"""How much longer than a copy the work has to be."""


class Rewind:
    """The way back of a session.

    Args:
        session: The session; from now on its finished commands are heard of.

    Attributes:
        done: How many commands finished since `start`, not counting those that source files.
    """

    def __init__(self, session: Session) -> None:
        self.done = 0
        self._session = session
        self._since = perf_counter()
        self.keep()
        session.finished = self._note

    def start(self) -> None:
        """Begin with a line that was typed."""
        self.done = 0
        self._since = perf_counter()

    def keep(self) -> None:
        """Keep a copy of the state as it is now."""
        before = perf_counter()
        copy = Fork(self._session.state).of(self._session.state)
        self._kept: tuple[State, list[tuple[Parsed, str]]] = copy, []
        self._spent = 0.0
        self._since = perf_counter()
        self._cost = self._since - before

    def _note(self, parsed: Parsed, result: Result) -> None:
        self._kept[1].append((parsed, self._session.state.history[-1]))
        self.done += not isinstance(result.answer, Source)
        now = perf_counter()
        self._spent += now - self._since
        self._since = now
        if self._spent > max(_LEAST, _WORTH * self._cost):
            self.keep()

    def back(self) -> None:
        """Make the state what it was after the last command that finished."""
        state = self._session.state
        copy, finished = self._kept
        fresh = Fork(copy).of(copy)
        fresh.folder, fresh.shorthand = state.folder, state.shorthand
        state.__dict__.clear()
        state.__dict__.update(fresh.__dict__)
        state.set_watch(watch=state.watch)  # a copy of a kernel notes no changes
        for parsed, text in finished:
            with suppress(CommandError):  # a file that `source` read may be gone
                execute(state, parsed)
                state.history.append(text)
