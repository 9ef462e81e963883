"""Advice: what somebody who got this refusal probably meant.

The rules say why a call was refused; here stands what the names of the session tell
besides. It is asked for only when somebody looks.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zxdbg.kernel.limits import U32
from zxdbg.result import Result
from zxdbg.syscalls.rule import Rule

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["advice"]


def advice(state: "State", result: Result) -> str:
    """Compose the hint for a refused result; empty if there is nothing to say."""
    outcome = result.decider
    if outcome is None or outcome.decided is None:
        return ""
    for (name, arg), value in zip(outcome.syscall.params, outcome.args, strict=False):
        if isinstance(value, int) and _is_about(outcome.decided, name):
            return _of_address(state, value) if arg.kind == "address" else _of_handle(state, value)
    return ""


def _is_about(rule: Rule, arg: str) -> bool:
    """Whether a rule judges what an argument is, and not what can be done with it."""
    hyphened = arg.replace("_", "-")
    return rule.name in (f"{hyphened}-valid", f"{hyphened}-type", f"{hyphened}-mapped")


def _of_handle(state: "State", value: int) -> str:
    labels = state.labels()
    label = labels.get(value)
    if label is not None:
        region = f"{label}.vmar"
        return f"the VMAR of the process is {region}" if region in labels.values() else ""
    for found, target in _objects(state, labels):
        if target == value:
            return f"{value} is the koid of {found}; a handle is asked for, as {found} is"
    for name, address in _addresses(state):
        if address & U32 == value:
            return f"${name} is an address; the handle comes before it"
    return ""


def _of_address(state: "State", value: int) -> str:
    label = state.labels().get(value)
    if label is not None:
        return f"{label} is a handle; an address is where map put something"
    for process in state.kernel.iter_processes():
        mapping = process.aspace.find_mapping(value)
        if mapping is not None:
            vmo = mapping.vmo.name or f"VMO {mapping.vmo.koid}"
            return f"in process {process.name or process.koid} {vmo} lies there"
    return ""


def _objects(state: "State", labels: dict[int, str]) -> Iterator[tuple[str, int]]:
    """Yield the names that mean handles, with the koids of their objects."""
    for value, label in labels.items():
        target = state.object_of(value)
        if target is not None:
            yield label, target.koid


def _addresses(state: "State") -> Iterator[tuple[str, int]]:
    """Yield the names that mean addresses, with what they mean."""
    for name, result in state.names.items():
        field = result.command.value
        if field and result.kind(field) == "address" and isinstance(result.value, int):
            yield name, result.value
