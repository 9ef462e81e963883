"""Replay: what the lines of a session answered, by running them again in a fresh one.

A kernel is deterministic, so no session needs to keep its results.
"""

from typing import TYPE_CHECKING, NamedTuple

from zxdbg.lang.tokens import tokenize
from zxdbg.lang.write import in_one_line
from zxdbg.mistake import CommandError
from zxdbg.result import REQUESTS, Result
from zxdbg.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["Step", "comment", "is_left_out", "replay"]

_PREFERENCES = "settings"
"""The family of commands about what the user prefers: in a script that means nothing."""


class Step(NamedTuple):
    """One command of a session.

    Attributes:
        session: The session in which it was run again, just after it.
        text: The command as it was written.
        parsed: The command.
        result: What it answered; None for one that is not run again.
        by_shell: Whether the shell process called.
        trouble: Why it cannot be run again; empty where it can, or need not.
    """

    session: Session
    text: str
    parsed: "Parsed"
    result: Result | None
    by_shell: bool
    trouble: str = ""


def is_left_out(parsed: "Parsed | None") -> bool:
    """Whether a command, or one in it, is no part of a session's state.

    It only asks the front end for something, or is about what the user prefers.
    """
    while parsed is not None:
        declared = parsed.command
        if declared is not None and (
            declared.family == _PREFERENCES or issubclass(declared.shape, REQUESTS)
        ):
            return True
        parsed = parsed.inner
    return False


def replay(state: "State") -> "Iterator[Step]":
    """Run the lines of a session again, apart from those left out and the reset at its begin."""
    session = Session(
        seed=state.seed,
        memory=state.memory,
        profile=state.first_profile.value,
        allow_io=state.allow_io,
    )
    for text in state.history:
        for parsed in session.iter_parsed(text):
            if parsed.command is not None and parsed.command.name == "reset":
                continue
            by_shell = session.state.caller.process is session.state.shell
            result, trouble = None, ""
            if not is_left_out(parsed):
                try:
                    result = session.execute(parsed)
                except CommandError as error:
                    trouble = error.message
            yield Step(session, text, parsed, result, by_shell, trouble)


def comment(step: Step) -> str:
    """Write a command as a comment of a program has it: on one line, whatever it holds."""
    text = in_one_line(tokenize(step.text))
    visible = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    return visible + (f"   (cannot be run again: {step.trouble})" if step.trouble else "")
