"""Declaring commands: a function, its annotations and its docstring say everything.

A command is a function of the session's state and typed arguments that returns a
`NamedTuple`. Positional parameters are arguments; keyword-only ones are `--options`; a
bool is a flag. Each parameter is described in the docstring, or the import fails.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast, get_args

from zxdbg.lang.arguments import ArgType, LineArg, NameArg, arg_type_for
from zxdbg.lang.tokens import Token
from zxdbg.result import Address, Bytes, HandleValue, Shape
from zxdbg.syscalls.call import Syscall

__all__ = ["PURPOSES", "UNIVERSAL_OPTIONS", "Command", "Param", "Registry", "command"]

PURPOSES = {
    "Tasks": "run",
    "VMOs": "make memory",
    "Address spaces": "map it",
    "Memory": "move bytes",
    "Views": "look",
    "Handles": "handles",
    "Questions": "ask why",
    "Session": "session",
}
"""What people want to do, by the title of the families that serve it, in that order."""

F = TypeVar("F", bound=Callable[..., Any])
_NO_DEFAULT: Any = object()
UNIVERSAL_OPTIONS = {"--json": "answer with one JSON object, on one line"}
"""Options that every command has, whatever its own ones are, each with its sentence."""


class Param(NamedTuple):
    """One parameter of a command; `type` is None for a flag."""

    name: str
    type: ArgType | None
    default: Any
    is_option: bool
    repeats: bool = False
    c_name: bool = False

    @property
    def required(self) -> bool:
        """Whether a line must give it."""
        return self.default is _NO_DEFAULT and not self.repeats

    @property
    def is_attached(self) -> bool:
        """Whether it stands right behind the command's word and a slash, as in x/16xb."""
        return self.type is not None and self.type.attached

    @property
    def option(self) -> str:
        """How it is written as an option: in words, or under its C name."""
        if self.c_name:
            return f"--{self.name}"
        return "--" + self.name.rstrip("_").replace("_", "-")


class Command(Shape):
    """A command of the language, with everything that can be known about it."""

    is_value = True

    def __init__(
        self,
        name: str,
        run: Callable[..., Any],
        params: list[Param],
        make_shape: Callable[[], type],
        doc: str,
        *,
        family: str = "",
        quiet: bool = False,
        value: str = "",
        aliases: dict[str, str] | None = None,
        hidden: tuple[str, ...] = (),
        decides: str = "",
        explaining: tuple[str, ...] = (),
        statusless: bool = False,
        by_name: bool = False,
        spellings: tuple[str, ...] = (),
        goes_on: str = "",
    ) -> None:
        super().__init__(
            name,
            value=value,
            aliases=aliases,
            hidden=hidden,
            decides=decides,
            explaining=explaining,
            statusless=statusless,
        )
        self.by_name = by_name
        """Whether its usage shows the names of arguments, as a C prototype does."""
        self.run = run
        self.params = params
        self.arguments = [param for param in params if not param.is_option]
        self.attached = next((param for param in params if param.is_attached), None)
        self.options = {
            param.option: param for param in params if param.is_option and not param.is_attached
        }
        self.wanted = [param for param in self.options.values() if param.required]
        """The options that a line must give."""
        self.process = next((param for param in params if _is_process(name, param)), None)
        """The parameter that says which process it is about."""
        self.naming = [param for param in params if isinstance(param.type, NameArg)]
        """Those that name a new object, which `$name` then means."""
        self._make_shape = make_shape
        self._shape: type | None = None
        self.doc = doc
        self.family = family
        self.quiet = quiet
        """Whether it leaves `$_` alone."""
        self.spellings = spellings
        self.goes_on = goes_on
        self.takes_line = any(isinstance(param.type, LineArg) for param in self.arguments)

    @property
    def shape(self) -> type:
        """The class of its results."""
        if self._shape is None:
            self._shape = self._make_shape()
        return self._shape

    @property
    def summary(self) -> str:
        """The first line of the docstring, without its full stop."""
        return self.doc.strip().split("\n", 1)[0].rstrip(".")

    @property
    def usage(self) -> str:
        """The signature, such as `read PROCESS ADDRESS LENGTH [--buffer @ADDRESS]`."""
        return " ".join([self.head, *(text for _, text in self.usage_parts())])

    @property
    def head(self) -> str:
        """Its words, with what can be attached to them."""
        noun = None if self.attached is None else self.attached.type
        return self.name if noun is None else f"{self.name}[/{noun.noun}]"

    def usage_parts(self) -> list[tuple[Param, str]]:
        """List its parameters, each with how the signature shows it."""
        params = [param for param in self.params if param is not self.attached]
        return [(param, _usage_of(param, self.by_name)) for param in params]

    @property
    def syscalls(self) -> list[str]:
        """The syscalls that its function names."""
        code = getattr(self.run, "__code__", None)
        return [] if code is None else [name for name in code.co_names if name.startswith("zx_")]


def _is_process(name: str, param: Param) -> bool:
    if name.startswith("zx_process_"):
        return param.name in ("handle", "process")
    return param.type is not None and param.type.noun == "PROCESS"


def _usage_of(param: Param, by_name: bool) -> str:
    if param.type is None:
        return f"[{param.option}]"
    noun = param.name.upper() if by_name and not param.is_option else param.type.noun
    if param.is_option:
        text = f"{param.option} {noun}"
        return text if param.required else f"[{text}]"
    if param.repeats:
        return f"[{noun} …]"
    return noun if param.required else f"[{noun}]"


def command(
    name: str,
    *,
    value: str = "",
    aliases: dict[str, str] | None = None,
    hidden: tuple[str, ...] = (),
    decides: str = "",
    explaining: tuple[str, ...] = (),
    statusless: bool = False,
    quiet: bool = False,
    spellings: tuple[str, ...] = (),
    goes_on: str = "",
) -> Callable[[F], F]:
    """Declare a command. The arguments are those of `zxdbg.result.Shape`, and a few more.

    Args:
        name: One or two words.
        value: Field of the result that `$name` means.
        aliases: Further names of fields.
        hidden: Fields of the result for drawing only.
        decides: The syscall whose status counts when several were made and none refused.
        explaining: Fields that explain the answer, and are no part of it.
        statusless: Whether it has no status: it is no syscall, and can still go wrong.
        quiet: Leave `$_` alone, as questions about the last command must.
        spellings: What other debuggers call it, and scripts may: one to three words.
        goes_on: The argument that moves on by the result's `requested` when Enter is
            pressed on an empty line.
    """

    def declare(run: F) -> F:
        declared = Command(
            name,
            run,
            _params_of(run),
            lambda: cast("type", run.__annotations__["return"]),
            run.__doc__ or "",
            family=run.__module__.rpartition(".")[2],
            quiet=quiet,
            value=value,
            aliases=aliases,
            hidden=hidden,
            decides=decides,
            explaining=explaining,
            statusless=statusless,
            spellings=spellings,
            goes_on=goes_on,
        )
        run.__dict__["zxdbg_command"] = declared
        return run

    return declare


def _params_of(run: Callable[..., Any]) -> list[Param]:
    code = run.__code__
    names = code.co_varnames[1 : code.co_argcount]
    defaults = run.__defaults__ or ()
    first_default = len(names) - len(defaults)
    params = []
    for index, name in enumerate(names):
        default = _NO_DEFAULT if index < first_default else defaults[index - first_default]
        params.append(Param(name, _type_of(run, name), default, False))
    last = code.co_argcount + code.co_kwonlyargcount
    if code.co_flags & 0x04:
        name = code.co_varnames[last]
        params.append(Param(name, _type_of(run, name), (), False, True))
    keyword_defaults = run.__kwdefaults__ or {}
    for name in code.co_varnames[code.co_argcount : last]:
        note = run.__annotations__[name]
        kind = None if note is bool else _type_of(run, name)
        params.append(Param(name, kind, keyword_defaults.get(name, _NO_DEFAULT), True))
    doc = run.__doc__ or ""
    for param in params:
        if f"{param.name}: " not in doc:
            raise TypeError(f"command {run.__name__}: parameter {param.name} is not described")
    return params


def _type_of(run: Callable[..., Any], name: str) -> ArgType:
    note = run.__annotations__.get(name)
    for part in (note, *get_args(note)):
        for mark in getattr(part, "__metadata__", ()):
            if isinstance(mark, ArgType):
                return mark
    raise TypeError(f"command {run.__name__}: parameter {name} has no noun")


class Registry:
    """The commands that there are, by their words."""

    is_value = True

    def __init__(self) -> None:
        self.commands: dict[str, Command] = {}
        self.families: dict[str, str] = {}
        self._words: dict[str, Command] = {}
        self._longest: dict[str, int] = {}

    def add_modules(self, modules: list[Any]) -> None:
        """Take in every command that modules declare, in the order of their purposes.

        A module's docstring begins with the title of its family.
        """
        titles = list(PURPOSES)
        found = []
        for module in modules:
            family = module.__name__.rpartition(".")[2]
            about = (module.__doc__ or family).strip().split("\n", 1)[0].rstrip(".")
            title = about.partition(":")[0]
            place = titles.index(title) if title in titles else len(titles)
            found.append((place, family != title.lower(), family, about, module))
        for _, _, family, about, module in sorted(found, key=lambda each: each[:3]):
            self.families[family] = about
            for entry in vars(module).values():
                declared = getattr(entry, "zxdbg_command", None)
                if isinstance(declared, Command) and declared.family == family:
                    self.add(declared)

    def add(self, declared: Command) -> None:
        """Take in one command, under its name and what others call it."""
        for words in (declared.name, *declared.spellings):
            if words in self._words:
                raise ValueError(f"command {words} is declared twice")
            self._words[words] = declared
            first, count = words.partition(" ")[0], words.count(" ") + 1
            self._longest[first] = max(count, self._longest.get(first, 0))
        self.commands[declared.name] = declared

    def named(self, words: str) -> Command | None:
        """Return the command of that name or spelling."""
        return self._words.get(words)

    def find(self, tokens: Sequence[Token]) -> tuple[Command | None, int]:
        """Return the command that a line begins with, and how many tokens say so.

        The most words that fit exactly win. What others call a command and is the first of
        two words here, such as `handle`, has to stand alone.
        """
        first = tokens[0].text
        longest = self._longest.get(first)
        if longest is None:
            head, slash, _ = first.partition("/")
            declared = self._words.get(head) if slash else None
            return (declared, 1) if declared and declared.attached else (None, 0)
        for count in range(min(longest, len(tokens)), 1, -1):
            declared = self._words.get(" ".join([token.text for token in tokens[:count]]))
            if declared is not None:
                return declared, count
        declared = self._words.get(first)
        if declared is None or (longest > 1 and len(tokens) > 1 and first not in self.commands):
            return None, 0
        return declared, 1

    def spelled(self, prefix: str) -> dict[str, Command]:
        """Map the words of others that begin so to the commands that they mean here."""
        return {
            words: declared
            for words, declared in self._words.items()
            if words != declared.name and words.startswith(prefix)
        }

    def add_syscall(self, syscall: Syscall[Any]) -> None:
        """Make a command of a syscall, under its C name."""
        self.add(_raw(syscall))

    def __iter__(self) -> Iterator[Command]:
        """Yield the commands in the order in which they were declared."""
        return iter(self.commands.values())

    def first_words(self) -> list[str]:
        """List the words that a line can begin with."""
        return list(dict.fromkeys(name.split(" ")[0] for name in self.commands))

    def second_words(self, first: str) -> list[str]:
        """List the words that can follow a first one."""
        return [name.split(" ")[1] for name in self.commands if name.startswith(first + " ")]


@cache
def _raw(syscall: Syscall[Any]) -> Command:
    """Make the command for a syscall; its results are generated from the out-pointers."""
    buffers = [name for name, arg in syscall.outs.items() if arg.ctype == "void*"]
    names = [name for name in syscall.outs if name not in buffers]
    value = (names or buffers or [""])[0]
    names += buffers

    def make_shape() -> type:
        shape = namedtuple(f"{syscall.name}_out", names)  # type: ignore[misc]
        shape.__annotations__ = {
            name: bytes if name in buffers else _FIELD_OF.get(syscall.outs[name].ctype, Bytes)
            for name in names
        }
        return shape

    def run(state: Any, *args: Any, **outs: Any) -> Any:
        outcome = state.call(syscall, *args, **outs)
        values = outcome.values
        return declared.shape(
            *(outcome.buffer if name in buffers else values.get(name) for name in names)
        )

    params = [Param(name, arg_type_for(arg), _NO_DEFAULT, False) for name, arg in syscall.params]
    params += [
        Param(name, arg_type_for(arg), None, True, c_name=True)
        for name, arg in syscall.outs.items()
    ]
    declared = Command(
        syscall.name,
        run,
        params,
        make_shape,
        syscall.doc,
        family="syscalls",
        value=value,
        by_name=True,
    )
    return declared


_FIELD_OF = {"zx_handle_t*": HandleValue, "zx_vaddr_t*": Address}
