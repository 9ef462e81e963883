"""Executing a command that was read: run it, decide its status, bind its names."""

from typing import TYPE_CHECKING

from zxdbg.kernel.status import Status
from zxdbg.kernel.task import ProcessState
from zxdbg.lang.arguments import NameArg
from zxdbg.lang.declare import Command
from zxdbg.lang.parse import Parsed
from zxdbg.lang.values import is_identifier
from zxdbg.result import Binding, Result
from zxdbg.state import FIXED

if TYPE_CHECKING:
    from zxdbg.changes import Changes
    from zxdbg.kernel.journal import Journal
    from zxdbg.state import State

__all__ = ["execute"]


def execute(state: "State", parsed: Parsed) -> Result:
    """Run a command; a mistake in it is raised before anything happens."""
    parsed.check()
    declared = parsed.command
    assert declared is not None
    state.calls = []
    state.keep_caller()
    journal = state.kernel.journal
    if journal is not None:
        journal.begin()
    alive = state.caller.process.state is not ProcessState.DEAD
    data = declared.run(state, *parsed.args, **parsed.options)
    result = Result(declared, parsed.text, data, tuple(state.calls), state.profile)
    inner = getattr(data, "inner", None)
    if isinstance(inner, Result):
        result.asked = True
        result.decider, result.status = inner.decider, inner.status
    _bind(state, declared, parsed, result)
    result.ended = _end_of_caller(state, alive)
    if journal is not None and state.settings.is_on("changes"):
        result.changes = _changes(journal)
    if not declared.quiet:
        state.last = result
        if result.decider is not None:
            state.last_traced = result
    return result


def _changes(journal: "Journal") -> "Changes":
    from zxdbg.changes import changes_of

    return changes_of(journal.now)


def _end_of_caller(state: "State", alive: bool) -> str:
    """Let the shell process call again where a command ended the one that called; say so."""
    process = state.caller.process
    if not alive or process.state is not ProcessState.DEAD:
        return ""
    state.keep_caller()
    if process is state.shell:
        return f"{process.name}, the process that calls, is dead; reset starts anew"
    following = state.shell.name
    if state.shell.state is ProcessState.DEAD:
        following += ", which is dead too; reset starts anew"
    return f"{process.name}, the process that called, is dead; the caller is {following}"


def _bind(state: "State", declared: Command, parsed: Parsed, result: Result) -> None:
    names = [] if parsed.target is None else [parsed.target]
    if result.status is Status.OK and not result.asked:
        for param in declared.params:
            if isinstance(param.type, NameArg):
                name = _argument(declared, parsed, param.name)
                if isinstance(name, str) and is_identifier(name) and name not in FIXED:
                    names.append(name)
    bound = []
    for name in dict.fromkeys(names):
        if name == "_":
            continue
        before = state.names.pop(name, None)
        bound.append(Binding(name, "" if before is None else describe(name, before)))
        state.names[name] = result
    result.bound = tuple(bound)


def _argument(declared: Command, parsed: Parsed, name: str) -> object:
    for param, value in zip(declared.arguments, parsed.args, strict=False):
        if param.name == name:
            return value
    return parsed.options.get(name)


def describe(name: str, result: Result) -> str:
    """Say what a name means, in one phrase."""
    if not result.command.value:
        return f"the result of {result.command.name}"
    value = result.value
    kind = result.kind(result.command.value)
    if value is None:
        status = "" if result.status is None else result.status.label
        return f"nothing: {result.command.name} answered {status}"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{kind} {value:#x}" if kind in ("handle", "address") else f"{kind} {value}"
    return f"{kind} {value}"
