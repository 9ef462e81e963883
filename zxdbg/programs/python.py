"""A session as a Python program that makes the same syscalls."""

import builtins
import keyword
from typing import TYPE_CHECKING, Any

from zxdbg.kernel.limits import DEFAULT_MEMORY
from zxdbg.mistake import CommandError
from zxdbg.programs.data import Handles, Run, shape_of
from zxdbg.programs.names import Names, number
from zxdbg.programs.replay import Step, comment, replay
from zxdbg.programs.script import Program
from zxdbg.result import Source
from zxdbg.syscalls.buffers import GOOD, Fill, Pointer
from zxdbg.syscalls.profile import Profile

if TYPE_CHECKING:
    from zxdbg.state import State
    from zxdbg.syscalls.call import Outcome

__all__ = ["python_program"]

_ACTS = ("as", "peek", "poke", "profile", "settle")
"""Commands that make no syscall, and change what later ones answer."""
_ASIDE = ("operator", "expectation", "path", "shell")
"""Roles of what a line says beside the command: what is expected, and where its answer goes."""
_WIDTH = 99
_OWN = {"Fill", "Pointer", "Session", "caller", "handles", "outcome", "session", "show"}
_FIXED = {
    ("self", ""): "self_proc",
    ("self", "proc"): "self_proc",
    ("self", "vmar"): "self_vmar",
    ("job", ""): "job",
    ("root_resource", ""): "root_resource",
}
_GIVEN = {code: f"{name}.{field}".rstrip(".") for (name, field), code in _FIXED.items()}

_SHOW = '''
def show(outcome):
    """Print what a syscall answered, and return it."""
    values = "".join(f" {name}={value:#x}" for name, value in outcome.values.items())
    print(f"{outcome.syscall.name} {outcome.status.label}{values}")
    return outcome
'''
_HANDLES = '''
def handles(*values):
    """Lay out an array of handles."""
    return b"".join(value.to_bytes(4, "little") for value in values)
'''


def _is_taken(word: str) -> bool:
    return (
        keyword.iskeyword(word)
        or hasattr(builtins, word)
        or word in _OWN
        or word in _GIVEN
        or word[:3] in ("zx_", "ZX_")
        or word.startswith("__")
    )


class _Writer:
    """Writes the commands of a session one after the other."""

    def __init__(self) -> None:
        self.names = Names(_FIXED, _is_taken)
        self.lines: list[str] = []
        self.syscalls: set[str] = set()
        self.commands = 0

    def add(self, step: Step) -> None:
        """Write a command: its line as a comment, then its calls."""
        declared, result = step.parsed.command, step.result
        if result is None:
            if step.trouble or (declared is not None and declared.shape is Source):
                self.lines += ["", f"# {comment(step)}"]
            return
        assert declared is not None
        self.lines += ["", f"# {comment(step)}"]
        self.names.begin(step)
        self.commands += 1
        made: dict[tuple[int, str], str] = {}
        if declared.name in _ACTS:
            self.lines.append(f"session.run({_literal(_own_line(step))})")
        lingers = step.parsed.options.get("linger")
        if lingers:
            self.lines.append("caller.kernel.linger = True")
        for at, outcome in enumerate(result.calls if not result.asked else ()):
            self._call(step, at, outcome, made)
        if lingers:
            self.lines.append("caller.kernel.linger = False")
        now_shell = step.session.state.caller.process is step.session.state.shell
        if not step.by_shell and now_shell and declared.name != "as":
            self.lines.append('session.run("as")  # the process that called is dead')
        self.names.bind(step, made)

    def _call(
        self, step: Step, at: int, outcome: "Outcome", made: dict[tuple[int, str], str]
    ) -> None:
        syscall = outcome.syscall
        self.syscalls.add(syscall.name)
        positional, outs = syscall.split(outcome.args)
        args = ["caller"]
        for (name, arg), value in zip(syscall.params, positional, strict=True):
            if arg.kind == "data":
                args.append(self._data(value, arg.ctype))
            else:
                args.append(self.names.argument(step, outcome, name, arg, value))
        for name, place in outs.items():
            if place is not GOOD:
                args.append(f"{name}={self._data(place, '')}")
        call = f"show({syscall.name}({', '.join(args)}))"
        kept = [
            out for out in syscall.outs if out in outcome.values and _is_kept(step, syscall, out)
        ]
        for out in kept:
            made[at, out] = self.names.variable(self.names.wish(step, outcome, out))
        lead, end = ("outcome = " if kept else ""), ""
        if len(kept) == 1:
            lead, end = f"{made[at, kept[0]]} = ", f".{kept[0]}"
        if len(lead + call + end) > _WIDTH:
            call = f"show(\n    {syscall.name}({', '.join(args)})\n)"
        self.lines.append(lead + call + end)
        if len(kept) > 1:
            self.lines += [f"{made[at, out]} = outcome.{out}" for out in kept]
        for out in kept:
            self.names.keep(outcome, out, made[at, out])

    def _data(self, value: Any, ctype: str) -> str:
        match shape_of(value, ctype):
            case None:
                return "None"
            case Fill(byte, length):
                return f"Fill({byte:#x}, {number(length)})"
            case Pointer(address):
                return f"Pointer({self.names.address(address)})"
            case Handles(values):
                return f"handles({', '.join(map(self.names.handle, values))})"
            case Run(byte, length):
                return f"{bytes([byte])!r} * {length}"
            case raw:
                return repr(raw)


def _is_kept(step: Step, syscall: Any, out: str) -> bool:
    """Whether an out-value is of use later: handles, addresses, and what has a name."""
    is_named = step.parsed.target is not None
    return is_named or syscall.outs[out].ctype in ("zx_handle_t*", "zx_vaddr_t*")


def _own_line(step: Step) -> str:
    """Write a command that makes no syscall without names: a process is its koid."""
    parsed = step.parsed
    words: list[str] = []
    for piece in parsed.pieces:
        if piece.role in _ASIDE or (piece.role == "name" and not words):
            continue
        text = piece.token.text
        if piece.param is not None and piece.param.name == "process" and parsed.args[0] is not None:
            try:
                text = str(step.session.state.process_of(parsed.args[0]).koid)
            except CommandError:
                text = str(parsed.args[0])
        elif piece.param is not None and piece.role != "option" and "$" in text and text[0] != '"':
            text = f"{_value_of(step, piece.param.name):#x}"
        words.append(text)
    return " ".join(words)


def _value_of(step: Step, name: str) -> int:
    parsed = step.parsed
    assert parsed.command is not None
    for param, value in zip(parsed.command.arguments, parsed.args, strict=False):
        if param.name == name and isinstance(value, int):
            return value
    value = parsed.options.get(name, 0)
    return value if isinstance(value, int) else 0


def _literal(text: str) -> str:
    return repr(text) if '"' in text else f'"{text}"'


def python_program(state: "State") -> Program:
    """Write a session as a Python program."""
    writer = _Writer()
    for step in replay(state):
        writer.add(step)
    body = "\n".join(writer.lines)
    imports = sorted(name for name in ("Fill", "Pointer") if f"{name}(" in body)
    imports += sorted(writer.syscalls)
    options = []
    if state.seed:
        options.append(f"seed={state.seed}")
    if state.memory != DEFAULT_MEMORY:
        options.append(f"memory={number(state.memory)}")
    if state.first_profile is not Profile.DOCS:
        options.append(f'profile="{state.first_profile.value}"')
    lines = [
        '"""A session of zxdbg as a Python program: it prints what each syscall answers."""',
        "",
    ]
    lines.append("from zxdbg import Session")
    lines += _import("zxdbg.constants", sorted(writer.names.constants))
    lines += _import("zxdbg.syscalls", imports)
    lines += ["", _SHOW]
    if "handles(" in body:
        lines += [_HANDLES]
    lines += ["", f"session = Session({', '.join(options)})", "caller = session.caller"]
    for code, name in _GIVEN.items():
        if any(_uses(line, code) for line in writer.lines):
            lines.append(f'{code} = session.value("{name}")')
    return Program("\n".join([*lines, body, ""]), writer.commands)


def _uses(line: str, code: str) -> bool:
    import re

    return not line.startswith("#") and re.search(rf"\b{code}\b", line) is not None


def _import(module: str, names: list[str]) -> list[str]:
    if not names:
        return []
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 88:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]
