"""Names: the variables of a program, and what the numbers of a session are called in it."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from zxdbg.constants import GROUPS, in_words
from zxdbg.kernel.limits import PAGE_MASK
from zxdbg.lang.values import parse_integer
from zxdbg.programs.replay import Step
from zxdbg.syscalls.args import Arg
from zxdbg.syscalls.call import Outcome

__all__ = ["Names", "number"]

_TERM = re.compile(r"([+-]?)(?:\$([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?|([0-9]\w*))", re.ASCII)
_GROUP_OF = {
    ("job_set_policy", "options"): "job-options",
    ("job_set_policy", "topic"): "job-topic",
}
_PLACED = ("vmar_offset", "offset")


class _Meaning(NamedTuple):
    """What `$name` or `$name.field` is in the program, and its number."""

    code: str
    value: int


class Names:
    """The variables of one program.

    Args:
        fixed: The code for the names that are bound from the start, by name and field.
        is_taken: Whether the language, or the program itself, has a use for a word.
    """

    def __init__(self, fixed: dict[tuple[str, str], str], is_taken: Callable[[str], bool]) -> None:
        self._fixed = fixed
        self._is_taken = is_taken
        self._used: set[str] = set()
        self._meanings: dict[tuple[str, str], _Meaning] = {}
        self._handles: dict[int, str] = {}
        self._ranges: list[tuple[int, int, str]] = []
        self._said: dict[int, str] = {}
        self.constants: set[str] = set()

    def begin(self, step: Step) -> None:
        """Read the words of a command: a number that one of them stands for is called that."""
        if not self._meanings:
            names = step.session.state.names
            for (name, field), code in self._fixed.items():
                result = names[name]
                value = result.field(field) if field else result.value
                self._meanings[name, field] = _Meaning(code, value)
                self._handles.setdefault(value, code)
        self._said = {}
        for piece in step.parsed.pieces:
            text = piece.token.text.removeprefix("@")
            if piece.param is None or piece.role == "option" or text[:1] == '"':
                continue
            meaning = self.expression(text) or _constants(text)
            if meaning is not None:
                self._said[meaning.value] = meaning.code

    def expression(self, text: str) -> _Meaning | None:
        """Turn `$base+0x10` into code; None for what has no name in it, or one without code."""
        if "$" not in text:
            return None
        code, total, at = "", 0, 0
        while at < len(text):
            match = _TERM.match(text, at)
            if match is None:
                return None
            sign, name, field, digits = match.groups()
            if name:
                meaning = self._meanings.get((name, field or ""))
                if meaning is None:
                    return None
            else:
                value = parse_integer(digits)
                digits = digits.replace("_", "")
                meaning = _Meaning(digits if digits[:2] == "0x" else number(value), value)
            code += f" {sign or '+'} {meaning.code}" if code else meaning.code
            total += -meaning.value if sign == "-" else meaning.value
            at = match.end()
        return _Meaning(code, total)

    # What is made ------------------------------------------------------------------

    def variable(self, wish: str) -> str:
        """Make a variable that is called as wished, or nearly so."""
        name = f"{wish}_" if self._is_taken(wish) else wish
        while self._is_taken(name):
            name = f"v{name}"
        base, count = name, 1
        while name in self._used:
            count += 1
            name = f"{base}_{count}"
        self._used.add(name)
        return name

    def wish(self, step: Step, outcome: Outcome, out: str) -> str:
        """Say what the variable for an out-value should be called: as the command bound it."""
        result, value = step.result, outcome.values.get(out)
        assert result is not None
        by_value = outcome.syscall.outs[out].ctype in ("zx_handle_t*", "zx_vaddr_t*")
        short = {full: alias for alias, full in result.command.aliases.items()}
        for binding in result.bound:
            for field in result.answer._fields:
                same = result.field(field) == value if by_value else field == out
                if value is not None and same:
                    main = field == result.command.value
                    return binding.name if main else f"{binding.name}_{short.get(field, field)}"
        if step.parsed.target is not None and len(result.calls) == 1:
            first = out == next(iter(outcome.syscall.outs))
            return step.parsed.target if first else f"{step.parsed.target}_{out}"
        return outcome.syscall.short.partition("_")[0] if out == "out" else out

    def keep(self, outcome: Outcome, out: str, code: str) -> None:
        """Note the variable that holds an out-value from now on."""
        value = outcome.values.get(out)
        ctype = outcome.syscall.outs[out].ctype
        if value is None:
            return
        if ctype == "zx_handle_t*":
            self._handles[value] = code
        elif ctype == "zx_vaddr_t*":
            args, _ = outcome.syscall.split(outcome.args)
            given = dict(zip((name for name, _ in outcome.syscall.params), args, strict=True))
            length = given["len"] if "len" in given else given["size"]
            whole = (length + PAGE_MASK) & ~PAGE_MASK
            self._ranges.append((value, value + whole, code))

    def bind(self, step: Step, made: dict[tuple[int, str], str]) -> None:
        """Note what the names mean that a command bound.

        Args:
            step: The command.
            made: The variables for out-values, by the number of the call and the out-value.
        """
        result = step.result
        assert result is not None
        for binding in result.bound:
            for field in result.answer._fields:
                value = result.field(field)
                if type(value) is not int:
                    continue
                code = self._code_of(step, field, value, made)
                for alias, full in result.command.aliases.items():
                    if full == field:
                        self._meanings[binding.name, alias] = _Meaning(code, value)
                self._meanings[binding.name, field] = _Meaning(code, value)
            value = result.value
            if type(value) is int:
                code = self._code_of(step, result.command.value, value, made)
                self._meanings[binding.name, ""] = _Meaning(code, value)
            else:
                self._meanings.pop((binding.name, ""), None)

    def _code_of(self, step: Step, field: str, value: int, made: dict[tuple[int, str], str]) -> str:
        assert step.result is not None
        kind = step.result.kind(field)
        for (at, out), code in made.items():
            outcome = step.result.calls[at]
            if outcome.values.get(out) == value and (kind in ("handle", "address") or field == out):
                return code
        if value in self._said:
            code = self._said[value]
            return f"({code})" if " " in code else code
        if kind == "handle" and value in self._handles:
            return self._handles[value]
        return number(value)

    # What is said ------------------------------------------------------------------

    def handle(self, value: int) -> str:
        """Write a handle value."""
        code = self._said.get(value) or self._handles.get(value)
        return code or (self._constant(["ZX_HANDLE_INVALID"]) if value == 0 else f"{value:#x}")

    def address(self, value: int) -> str:
        """Write an address: by a name, or by the memory that it lies in or just behind."""
        if value in self._said:
            return self._said[value]
        for slack in (0, 1):
            for start, end, code in reversed(self._ranges):
                if start <= value < end + slack:
                    return f"{code} + {value - start:#x}" if value > start else code
        return f"{value:#x}"

    def argument(self, step: Step, outcome: Outcome, name: str, arg: Arg, value: int) -> str:
        """Write a number that a syscall was given."""
        if arg.kind == "handle":
            return self.handle(value)
        if arg.kind == "address":
            return self.address(value)
        short = outcome.syscall.short
        group = _GROUP_OF.get((short, name), arg.kind)
        if group == "flags":
            group = arg.ctype if arg.ctype in GROUPS else "vmo-options"
        if group == "signed" and arg.ctype == "zx_time_t":
            group = "time"
        if group in GROUPS:
            said = self._said.get(value, "")
            words = said.split(" | ") if said.startswith("ZX_") else in_words(group, value)
            if group == "vmo-options" and not said:
                words = [each for each in words if ("CLONE" in each) == ("clone" in short)]
            if words and (value or group not in ("zx_vm_option_t", "vmo-options")):
                return self._constant(words)
        if short.startswith("vmar_") and name in _PLACED:
            code = self._placed(step, outcome, value)
            if code:
                return code
        code = self._said.get(value, "")
        return code if code and not code.startswith("ZX_") else number(value)

    def _constant(self, words: list[str]) -> str:
        self.constants.update(words)
        return " | ".join(words)

    def _placed(self, step: Step, outcome: Outcome, offset: int) -> str:
        """Write an offset in a VMAR as the difference that it comes from, if that has names."""
        region = step.session.state.object_of(_int(outcome.args[0]))
        base = getattr(region, "base", None)
        if base is None or base + offset not in self._said:
            return ""
        return f"{self._said[base + offset]} - {self._whole(base)}"

    def _whole(self, base: int) -> str:
        return next((code for start, _, code in self._ranges if start == base), f"{base:#x}")


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _constants(text: str) -> _Meaning | None:
    """Read names of constants joined with `|`."""
    from zxdbg.constants import CONSTANTS

    words = text.split("|")
    if not all(word in CONSTANTS for word in words):
        return None
    total = 0
    for word in words:
        total |= CONSTANTS[word]
    return _Meaning(" | ".join(words), total)


def number(value: Any) -> str:
    """Write a number: those that are more than a few in hexadecimal."""
    return str(value) if -4096 < value < 4096 else f"{value:#x}"
