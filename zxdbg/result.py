"""Results: what a command answered, as data.

A command returns a `NamedTuple` named after the thing; `Result` puts the status, the trace
and the bindings beside it. One result feeds the terminal, JSON lines, names in later
lines, and expectations. The annotations of the fields say what their numbers mean.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, cast, get_args, overload

from zxdbg.kernel.status import Status
from zxdbg.syscalls.call import Outcome
from zxdbg.syscalls.profile import Profile

if TYPE_CHECKING:
    from zxdbg.changes import Changes

__all__ = [
    "FILE_REQUESTS",
    "REQUESTS",
    "Address",
    "Binding",
    "Bytes",
    "Document",
    "Export",
    "HandleValue",
    "Judged",
    "Koid",
    "Preference",
    "Quit",
    "Record",
    "RecordStop",
    "Result",
    "RightsValue",
    "Rows",
    "Source",
    "field_kinds",
]

HandleValue = Annotated[int, "handle"]
Address = Annotated[int, "address"]
Koid = Annotated[int, "koid"]
Bytes = Annotated[int, "bytes"]
RightsValue = Annotated[int, "rights"]

T = TypeVar("T")


class Rows(Sequence[T]):
    """Rows of an answer that are made when they are looked at, where there may be very many.

    They are made of what was copied when the command ran, and never change. Whoever asks a
    result for the field gets all of them, in a tuple; drawing looks at those it shows.
    """

    _whole: tuple[T, ...] | None = None

    @abstractmethod
    def make(self, at: int) -> T:
        """Make a row."""

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        places = range(len(self))[at]
        if isinstance(places, int):
            return self.make(places)
        return tuple([self.make(each) for each in places])

    def __eq__(self, other: object) -> bool:
        return self.whole == (other.whole if isinstance(other, Rows) else other)

    def __hash__(self) -> int:
        return hash(self.whole)

    def __repr__(self) -> str:
        return repr(self.whole)

    @property
    def whole(self) -> tuple[T, ...]:
        """All of them."""
        if self._whole is None:
            self._whole = tuple(map(self.make, range(len(self))))
        return self._whole


def _whole(value: Any) -> Any:
    return value.whole if isinstance(value, Rows) else value


_PLAIN = {int: "number", str: "word", bytes: "data", bool: "truth", Status: "status"}
_PLAIN |= dict.fromkeys((tuple, Sequence), "list")
_kinds: dict[type, dict[str, str]] = {}


def _kind_of(note: Any) -> str:
    kinds = set()
    for part in (note, *get_args(note)):
        for mark in getattr(part, "__metadata__", ()):
            if isinstance(mark, str):
                return mark
        kind = _PLAIN.get(getattr(part, "__origin__", part))
        if kind == "list":
            return kind
        if kind:
            kinds.add(kind)
    return kinds.pop() if len(kinds) == 1 else "value"


def field_kinds(shape: type) -> dict[str, str]:
    """Return what each field of a result class holds, such as `handle` or `bytes`."""
    kinds = _kinds.get(shape)
    if kinds is None:
        kinds = {name: _kind_of(note) for name, note in shape.__annotations__.items()}
        _kinds[shape] = kinds
    return kinds


class Judged(NamedTuple):
    """What became of an expectation that is a line of its own; a script fails on it.

    `left` is the left side as it was written, `kind` the kind of field that it is; `sign` is
    empty where nothing is compared.
    """

    holds: bool
    left: str
    kind: str
    came: object
    sign: str
    expected: object


class Binding(NamedTuple):
    """A name that a command bound, and what it meant before."""

    name: str
    before: str


class Quit(NamedTuple):
    """A wish to leave, on which the front end acts."""


class Source(NamedTuple):
    """A file whose lines the front end is to run.

    `name` is as it was written, `path` its place on the host, `folder` where it lies.
    """

    name: str
    path: str
    folder: str
    text: bytes


class Export(NamedTuple):
    """The screen so far, which the front end is to write to a file.

    Attributes:
        format: `svg` or `html`.
        name: The file as it was written.
        path: Its place on the host.
        last: How many commands, from the last one back; None means all.
        title: What it is called.
        theme: The theme of the screen.
    """

    format: str
    name: str
    path: str
    last: int | None
    title: str
    theme: str


class Preference(NamedTuple):
    """Something that the user chose, which the front end may keep for the next session.

    A command puts it in the field `chosen` of its answer. `section` is where it stands in
    the file, empty for a setting; a value of None takes it away.
    """

    section: str
    key: str
    value: str | None


class Document(NamedTuple):
    """The session as a file, which the front end is to write.

    Attributes:
        form: `script`, `python` or `c`.
        name: The file as it was written.
        path: Its place on the host.
        commands: How many commands it has.
        text: What it holds.
        replaced: Whether there was one already.
    """

    form: str
    name: str
    path: str
    commands: int
    text: str
    replaced: bool = False


class Record(NamedTuple):
    """A wish that every command from now on is appended to a file."""

    name: str
    path: str
    expect: bool


class RecordStop(NamedTuple):
    """A wish that this ends."""


FILE_REQUESTS = (Document, Export, Record, RecordStop)
"""What a command asks of the front end that is about files of the host."""
REQUESTS = (Quit, Source, *FILE_REQUESTS)
"""What a command asks of the front end: nothing that is part of a session's state."""


class Result:
    """What one command answered.

    Attributes:
        text: The command as it was written.
        answer: The NamedTuple that the command returned.
        status: Status of the call that decided; None where a command has none.
        checks: The trace of that call.
        calls: Every call that the command made.
        under: The profile it ran under.
        value: What `$name` means in a later line; None if there is no value.
        bound: Names that it bound.
        asked: Whether it was a question about a line, so that a refusal is no failure.
        changes: What it changed in memory and mappings; None if nobody looked.
        hint: What somebody who got this refusal probably meant.
        notes: What else there is to say, such as what became of a name or of the caller.
    """

    is_value = True
    __slots__ = (
        "answer",
        "asked",
        "bound",
        "calls",
        "changes",
        "command",
        "decider",
        "hint",
        "notes",
        "status",
        "text",
        "under",
        "value",
    )

    def __init__(
        self,
        command: "Shape",
        text: str,
        answer: Any,
        calls: tuple[Outcome, ...],
        profile: Profile,
    ) -> None:
        self.command = command
        self.text = text
        self.answer = answer
        self.value: Any = getattr(answer, command.value) if command.value else None
        self.calls = calls
        self.under = profile
        self.bound: tuple[Binding, ...] = ()
        self.asked = False
        self.changes: Changes | None = None
        self.notes: tuple[str, ...] = ()
        self.hint = ""
        self.decider = _decider(calls, command.decides)
        self.status: Status | None = Status.OK if self.decider is None else self.decider.status
        if command.statusless:
            self.status = None

    @property
    def checks(self) -> Sequence[Any]:
        """The trace of the call that decided."""
        if "checks" in self.answer._fields:
            return cast("Sequence[Any]", self.answer.checks)
        return [] if self.decider is None else self.decider.checks

    @property
    def trouble(self) -> str:
        """What went wrong, in a word: a status that is not ZX_OK, or a fault; else empty."""
        if self.status is not None:
            return self.status.label if self.status else ""
        fault = getattr(self.answer, "fault", None)
        return "" if fault is None else f"fault ({fault})"

    def fields(self) -> dict[str, Any]:
        """Return the fields by name, in order, without those for drawing only."""
        hidden = self.command.hidden
        return {
            name: _whole(getattr(self.answer, name))
            for name in self.answer._fields
            if name not in hidden
        }

    def has_field(self, name: str) -> bool:
        """Whether there is a field of that name, or an alias of one."""
        return name == "status" or name in self.command.aliases or name in self.answer._fields

    def field(self, name: str) -> Any:
        """Return a field by its name or an alias; `status` too."""
        if name == "status":
            return self.status
        return _whole(getattr(self.answer, self.command.aliases.get(name, name)))

    def kind(self, name: str) -> str:
        """Return what a field holds, such as `handle` or `bytes`."""
        if name == "status":
            return "status"
        kind = field_kinds(type(self.answer)).get(self.command.aliases.get(name, name), "value")
        return _PLAIN.get(type(self.field(name)), "value") if kind == "value" else kind

    def __getattr__(self, name: str) -> Any:
        """Return a field by its name."""
        if name.startswith("_") or not self.has_field(name):
            raise AttributeError(f"the result of {self.command.name!r} has no field {name!r}")
        return self.field(name)

    def __repr__(self) -> str:
        status = "" if self.status is None else self.status.label
        return f"<{self.command.name} {status} {self.answer}>"


class Shape:
    """How a command's answer is read: which field is its value, and what else it is called.

    Args:
        name: The command's name.
        value: Field that `$name` means.
        aliases: Further names of fields.
        hidden: Fields for drawing only.
        decides: Short name of the syscall whose status counts when none was refused; else
            the first.
        explaining: Fields that explain the answer, and are no part of it.
        statusless: Whether it has no status: it is no syscall, and can still go wrong.
    """

    def __init__(
        self,
        name: str,
        *,
        value: str = "",
        aliases: dict[str, str] | None = None,
        hidden: tuple[str, ...] = (),
        decides: str = "",
        explaining: tuple[str, ...] = (),
        statusless: bool = False,
    ) -> None:
        self.name = name
        self.value = value
        self.aliases = aliases or {}
        self.hidden = hidden
        self.decides = decides
        self.explaining = explaining
        self.statusless = statusless


def _decider(calls: tuple[Outcome, ...], decides: str) -> Outcome | None:
    if not calls:
        return None
    if len(calls) > 1:
        for outcome in calls:
            if outcome.status:
                return outcome
        for outcome in calls:
            if outcome.syscall.short == decides:
                return outcome
    return calls[0]
