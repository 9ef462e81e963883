"""The public Session: runs lines, returns results."""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from zxdbg.kernel.limits import DEFAULT_MEMORY
from zxdbg.lang.execute import execute
from zxdbg.lang.parse import Parsed, parse
from zxdbg.lang.tokens import Token, commands_of
from zxdbg.lang.values import is_identifier
from zxdbg.loader import load_commands
from zxdbg.mistake import CommandError
from zxdbg.result import Result
from zxdbg.state import State
from zxdbg.syscalls.call import Caller
from zxdbg.syscalls.profile import Profile

if TYPE_CHECKING:
    from zxdbg.lang.declare import Registry
    from zxdbg.recorder import Recorder

__all__ = ["Session"]


class Session:
    """A simulated kernel session that runs lines of the command language.

    Args:
        seed: Seed of handle values and addresses; equal seeds give equal sessions.
        memory: Simulated physical memory in bytes.
        profile: `docs` or `kernel`.
        allow_io: Whether lines may read files of the host.

    Examples:
        >>> session = Session()
        >>> session.run("process create demo").status.label
        'ZX_OK'
        >>> session.run('write $demo 0x1000 "hi"').status.label
        'ZX_ERR_NO_MEMORY'
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        memory: int = DEFAULT_MEMORY,
        profile: str = "docs",
        allow_io: bool = True,
    ) -> None:
        self.registry: Registry = load_commands()
        self.state = State(seed, memory, Profile(profile), allow_io=allow_io)
        self.finished: Callable[[Parsed, Result], None] | None = None
        """Hears of each command that has finished."""
        self.recorder: Recorder | None = None

    @property
    def caller(self) -> Caller:
        """The process that calls, to make syscalls from Python: `zx_vmo_create(caller, …)`."""
        return self.state.caller

    def value(self, name: str) -> int:
        """Return the number that `$name` or `$name.field` means, such as a handle or an address."""
        word, _, field = name.removeprefix("$").partition(".")
        result = self.state.names[word]
        value = result.field(field) if field else result.value
        if not isinstance(value, int):
            raise TypeError(f"{name} has no number for a value")
        return value

    def bind(self, given: str) -> None:
        """Bind a name to a value, both written as in the language: `NAME=VALUE`."""
        name, sign, value = given.partition("=")
        line = f"${name} = print {value}"
        tokens = commands_of(line)
        if not sign or not is_identifier(name) or len(tokens) != 1 or len(tokens[0]) != 4:
            raise CommandError(
                f"{given} is not NAME=VALUE", hint="a name, and a value such as 4K or a string"
            )
        self.execute(self.parse(line, tokens[0]))

    def parse(self, line: str, tokens: list[Token]) -> Parsed:
        """Read one command of a logical line, from its tokens."""
        return parse(self.state, self.registry, line, tokens)

    def iter_parsed(self, line: str) -> Iterator[Parsed]:
        """Yield the commands of a logical line; each is read when it is asked for."""
        for tokens in commands_of(line):
            yield self.parse(line, tokens)

    def execute(self, parsed: Parsed) -> Result:
        """Run one command that was read, and note it in the history."""
        try:
            result = execute(self.state, parsed)
        except CommandError as error:
            if error.span is None:
                error.span = (parsed.start, parsed.end)
            raise
        text, folder = parsed.text, self.state.folder
        if folder and "file:" in text:
            from zxdbg.lang.write import rebased

            text = rebased(text, lambda path: _from_here(folder, path))
        self.state.history.append(text)
        if self.finished is not None:
            self.finished(parsed, result)
        if self.recorder is not None:
            self.recorder.note(self.state, parsed, result)
        return result

    def run(self, line: str) -> Result:
        """Run a line, and return the result of its last command.

        A refused syscall is a result; a mistake raises `CommandError`, with place and hint.
        Expectations in the line are not judged here, and nothing goes to a file or a shell
        command: scripts do that.
        """
        result = None
        try:
            line.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise CommandError("this is no Unicode text", (error.start, error.end)) from None
        for parsed in self.iter_parsed(line):
            result = self.execute(parsed)
        if result is None:
            raise CommandError("there is no command in the line", (0, len(line)))
        return result


def _from_here(folder: str, path: str) -> str:
    """Name a file that a script names from its own folder; an absolute path stays."""
    if os.path.isabs(path):  # noqa: PTH117 - pathlib is slow to start
        return path
    return os.path.relpath(os.path.join(folder, path))  # noqa: PTH118 - as above
