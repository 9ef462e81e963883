"""Executing a command that was read: run it, decide its status, bind its names."""

from typing import TYPE_CHECKING

from zxdbg.kernel.limits import MAX_NAME
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import ProcessState
from zxdbg.lang.advice import advice
from zxdbg.lang.declare import Command
from zxdbg.lang.parse import Parsed
from zxdbg.lang.values import is_identifier
from zxdbg.mistake import CommandError
from zxdbg.result import Binding, Result
from zxdbg.state import FIXED

if TYPE_CHECKING:
    from zxdbg.changes import Changes
    from zxdbg.kernel.journal import Journal
    from zxdbg.state import State

__all__ = ["execute"]

_DEAD = ProcessState.DEAD
MAX_HELD = 256 << 20
"""Bytes of data that names may hold: what one command answers is 64 MiB at most."""


def execute(state: "State", parsed: Parsed) -> Result:
    """Run a command; a mistake in it is raised before anything happens."""
    parsed.check()
    declared = parsed.command
    assert declared is not None
    state.calls = []
    state.keep_caller()
    alive = state.caller.process.state is not _DEAD
    journal = state.kernel.journal
    if journal is not None:
        journal.begin()
    try:
        data = declared.run(state, *parsed.args, **parsed.options)
    except CommandError as error:
        if error.span is None and error.param:
            error.span = parsed.span_of(error.param)
        raise
    result = Result(declared, parsed.text, data, tuple(state.calls), state.caller.profile)
    inner = getattr(data, "inner", None)
    if isinstance(inner, Result):
        result.asked = True
        result.decider, result.status = inner.decider, inner.status
    _bind(state, declared, parsed, result)
    if declared.process is not None:
        named = parsed.given(declared.process.name)
        if isinstance(named, int):
            state.named = named
    elif result.decider is not None and result.decider.syscall.short == "process_create":
        state.named = result.decider.values.get("proc_handle", state.named)
    if alive and state.caller.process.state is _DEAD:
        _end_of_caller(state, result)
    if state.watch and result.status and not result.asked:
        result.hint = advice(state, result)
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


def _end_of_caller(state: "State", result: Result) -> None:
    """Let the shell process call again where a command ended the one that called; say so."""
    process = state.caller.process
    state.keep_caller()
    if process is state.shell:
        result.notes += (f"{process.name}, the process that calls, is dead; reset starts anew",)
        return
    following = state.shell.name
    if state.shell.state is _DEAD:
        following += ", which is dead too; reset starts anew"
    text = f"{process.name}, the process that called, is dead; the caller is {following}"
    result.notes += (text,)


def _bind(state: "State", declared: Command, parsed: Parsed, result: Result) -> None:
    names = [] if parsed.target is None else [parsed.target]
    if result.status is Status.OK and not result.asked:
        for param in declared.naming:
            name = parsed.given(param.name)
            if isinstance(name, str) and name:
                names += _bindable(name, result)
    if not names:
        return
    bound = []
    for name in dict.fromkeys(names):
        if name == "_":
            continue
        before = state.names.get(name)
        held = state.held + _data_of(result) - (0 if before is None else _data_of(before))
        if held > MAX_HELD and held > state.held:
            raise CommandError(
                f"names hold {MAX_HELD >> 20} MiB of data at most; ${name} is not bound",
                hint="bind a name to something else, or reset",
            )
        state.held = held
        state.names.pop(name, None)
        bound.append(Binding(name, "" if before is None else describe(before)))
        state.names[name] = result
    result.bound = tuple(bound)


def _data_of(result: Result) -> int:
    return sum([len(each) for each in result.answer if type(each) is bytes])


def _bindable(name: str, result: Result) -> list[str]:
    """Return the name of a new object if a line can use it; note what becomes of it."""
    if len(name.encode("utf-8", "surrogateescape")) > MAX_NAME:
        result.notes += (f"the kernel keeps the first {MAX_NAME} bytes of a name",)
    if name in FIXED:
        result.notes += (f"${name} goes on meaning what it does; $other = … binds another",)
    elif is_identifier(name):
        return [name]
    return []


def describe(result: Result) -> str:
    """Say what a name that is bound to it means, in one phrase."""
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
