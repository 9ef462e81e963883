"""A session as a script: its lines, and what they are to answer."""

import os
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.kernel.limits import DEFAULT_MEMORY
from zxdbg.lang.tokens import Token, tokenize
from zxdbg.lang.values import size_text
from zxdbg.lang.write import in_one_line, rebased, value_text
from zxdbg.programs.replay import is_left_out, replay
from zxdbg.result import Judged, Result, Source, field_kinds
from zxdbg.syscalls.profile import Profile

if TYPE_CHECKING:
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["Program", "header", "how_to_run", "script", "script_line"]

_RUN = "To run it: zxdbg "
_STABLE = ("bytes", "number", "word", "truth", "data", "list", "status")
"""Kinds of fields that do not come from the seed."""


class Program(NamedTuple):
    """A session as a file: what it holds, and how many commands that is."""

    text: str
    commands: int


def header(state: "State", profile: Profile) -> list[str]:
    """Say how a script is run, and begin it as the session began."""
    options = []
    if state.seed:
        options.append(f"--seed {state.seed}")
    if state.memory != DEFAULT_MEMORY:
        options.append(f"--memory {size_text(state.memory)}")
    lines = [f"# A session of zxdbg. {_RUN}{' '.join([*options, 'FILE'])}"]
    if profile is not Profile.DOCS:
        lines.append(f"profile {profile.value}")
    return lines


def how_to_run(text: str, name: str) -> str:
    """Return what runs a script that was saved under a name, with the options it needs."""
    head = text.partition("\n")[0].rpartition(_RUN)[2]
    return f"zxdbg {head.removesuffix('FILE')}{name}"


def script(state: "State", path: str, *, expect: bool) -> Program:
    """Write a session as a script that stands at a path, from which it names other files."""
    lines, commands = [], 0
    for step in replay(state):
        if step.trouble:
            lines.append(f"# This cannot be run again: {step.trouble}")
        line = script_line(step.parsed, step.result, path, expect=expect, text=step.text)
        if line:
            lines.append(line)
            commands += not line.startswith("#")
    text = "\n".join([*header(state, state.first_profile), "", *lines, ""])
    if any("file:" in line for line in lines):
        text = text.replace(_RUN, f"{_RUN}--allow-io ", 1)
    return Program(text, commands)


def script_line(
    parsed: "Parsed", result: Result | None, path: str, *, expect: bool, text: str = ""
) -> str:
    """Write a command with what it is to answer, on one line; empty for what belongs in no script.

    What the user expected stays, if it came true. A refusal is expected in any case, since
    one that is not stops a script.

    Args:
        parsed: The command.
        result: What it answered, if it was run.
        path: Where the script stands.
        expect: Whether to expect what other commands answered, too.
        text: The command with its files named from here.
    """
    folder = os.path.dirname(path) or "."  # noqa: PTH120 - text
    text = rebased(text or parsed.text, lambda name: _seen_from(folder, name))
    command, expectation = _divided(text)
    if is_left_out(parsed):
        declared = parsed.command
        return f"# {command}" if declared is not None and declared.shape is Source else ""
    if result is None:
        return f"# {command}"
    if parsed.expectation is None or parsed.expectation.misses(result):
        expectation = _expectation(result, expect=expect)
    return f"{command} => {expectation}" if expectation else command


def _seen_from(folder: str, name: str) -> str:
    return name if os.path.isabs(name) else os.path.relpath(name, folder)  # noqa: PTH117 - text


def _divided(text: str) -> tuple[str, str]:
    """Divide a command into what it does and what it is to answer; where that went is left out."""
    tokens = tokenize(text)
    signs = [at for at, token in enumerate(tokens) if token.kind == "operator"]
    first = signs[0] if signs else len(tokens)
    expected: list[Token] = []
    if signs and tokens[first].text == "=>":
        expected = tokens[first + 1 : signs[1] if len(signs) > 1 else None]
    return in_one_line(tokens[:first]), in_one_line(expected)


def _expectation(result: Result, *, expect: bool) -> str:
    if result.trouble and not result.asked:
        return "fault" if result.status is None else result.status.label
    if isinstance(result.answer, Judged):
        return "" if result.answer.holds else "holds=false"
    if not expect:
        return ""
    words = [] if result.status is None else [result.status.label]
    return " ".join([*words, *_stable_fields(result)])


def _stable_fields(result: Result) -> list[str]:
    """Write the value of a result and how much was moved, else the first field that is stable."""
    kinds = field_kinds(type(result.answer))
    written = {}
    for name, value in result.fields().items():
        if kinds[name] in _STABLE and name not in result.command.explaining and value is not None:
            text = value_text(kinds[name], value)
            if text:
                written[name] = f"{name}={text}"
    chosen = [name for name in (result.command.value, "actual") if name in written]
    return [written[name] for name in dict.fromkeys(chosen or list(written)[:1])]
