"""Views: info asks zx_object_get_info, tree shows jobs, processes and threads."""

from typing import Any, NamedTuple

from zxdbg.kernel.object import ObjectType
from zxdbg.kernel.task import Job, Process, Thread
from zxdbg.lang.arguments import Handle, TopicArg
from zxdbg.lang.declare import command
from zxdbg.render import facts
from zxdbg.render.draw import draw, head
from zxdbg.render.parts import (
    Cell,
    Line,
    Look,
    dim,
    fold,
    koid,
    more_rows,
    name,
    plain,
    table,
    window,
)
from zxdbg.result import Koid, Result
from zxdbg.state import State
from zxdbg.syscalls import zx_object_get_info
from zxdbg.syscalls.object_info import THREAD_STATES, TOPICS, TOPICS_BY_NUMBER

_ENOUGH = 1 << 24
_BASIC = TOPICS["ZX_INFO_HANDLE_BASIC"].number


class Info(NamedTuple):
    """What zx_object_get_info answered, record by record."""

    actual: int | None
    avail: int | None
    rows: tuple[Any, ...]
    topic: str


@command("info", value="actual", hidden=("topic",))
def info(state: State, handle: Handle, topic: TopicArg = _BASIC) -> Info:
    """Ask the kernel about an object, with a buffer that is large enough.

    Unlike the views, this is a syscall: it needs rights, and it can be refused.

    When:
        To see what a program gets to see, and what its rights allow. `maps`, `handles`
        and `vmo info` show the same without asking for any.

    Args:
        handle: Handle of the object.
        topic: handle-basic, process, process-maps, task-stats and so on.

    Examples:
        zx> process create demo
        zx> info $demo => ZX_OK
        zx> info $demo process-maps => ZX_ERR_BAD_STATE
        zx> process start $demo
        zx> info $demo process-maps => actual=2
    """
    outcome = state.call(zx_object_get_info, handle, topic, _ENOUGH)
    about = TOPICS_BY_NUMBER.get(topic)
    rows: list[Any] = []
    if outcome.buffer and about is not None and not outcome.status:
        from zxdbg.syscalls import records

        shape = getattr(records, about.record)
        size = records.size_of(shape)
        raw = outcome.buffer
        rows = [records.unpack(shape, raw[at : at + size]) for at in range(0, len(raw), size)]
    named = next((each for each, found in TOPICS.items() if found.number == topic), str(topic))
    return Info(outcome.actual, outcome.avail, tuple(rows), named)


class TreeRow(NamedTuple):
    """A job, a process or a thread."""

    depth: int
    kind: str
    koid: Koid
    name: str
    state: str


class Tree(NamedTuple):
    """Jobs, processes and threads."""

    rows: tuple[TreeRow, ...]


@command("tree")
def tree(state: State) -> Tree:
    """Show the jobs with their processes and threads.

    When:
        To see which job a task lies in, before a `kill` of the job takes all that is
        below it.

    Examples:
        zx> process create demo
        zx> process start $demo
        zx> tree
    """
    rows: list[TreeRow] = []
    stack: list[tuple[int, Job | Process | Thread]] = [(0, state.kernel.root_job)]
    while stack:
        depth, task = stack.pop()
        rows.append(TreeRow(depth, task.type.noun, task.koid, task.name, task.state.value))
        below: list[Job | Process | Thread] = []
        if isinstance(task, Job):
            below = [*task.jobs, *task.processes]
        elif isinstance(task, Process):
            below = list(task.threads)
        stack += ((depth + 1, each) for each in reversed(below))
    return Tree(tuple(rows))


# Drawing --------------------------------------------------------------------------


@draw.register(Info)
def _draw_info(data: Info, result: Result, look: Look) -> list[Line]:
    counts = "" if data.avail is None else f"   {data.actual} of {data.avail}"
    lines = head(result, [plain(f"{data.topic}{counts}")], look)
    if not data.rows:
        return lines
    fields = data.rows[0]._fields
    if len(data.rows) == 1:
        return lines + _record(data.rows[0], look)
    shown, left = window(len(data.rows), look)
    rows: list[list[Cell]] = [
        [plain(_meant(row, field) or _shown(row, field)) for field in fields]
        for row in data.rows[:shown]
    ]
    return lines + table(fields, rows, look) + more_rows(left, "--json shows them all")


def _record(row: Any, look: Look) -> list[Line]:
    """Draw a record, a line for each field."""
    width = max(map(len, row._fields)) + 4
    lines: list[Line] = []
    for field in row._fields:
        line: Line = [dim(f"  {field}".ljust(width)), plain(_shown(row, field))]
        line += [plain("  "), *(dim(f" {word}") for word in _meant(row, field).split())]
        lines += fold(line, look, indent=width)
    return lines


_REGIONS = ("", "ASPACE", "VMAR", "MAPPING")
_VMO_FLAGS = {1: "PAGED", 4: "IS_COW_CLONE", 8: "VIA_HANDLE", 16: "VIA_MAPPING"}
_STATES = {number: state.name for state, number in THREAD_STATES.items()}


def _meant(row: Any, field: str) -> str:
    """Put a number of a record into words; empty where it says enough itself."""
    value = getattr(row, field)
    match type(row).__name__, field:  # the records themselves are only loaded when asked for
        case ("HandleBasic", "rights") | ("VmoInfo", "handle_rights") if value:
            return " ".join(facts.short_rights(value))
        case "HandleBasic", "type":
            return ObjectType(value).noun
        case "MapsEntry", "type":
            return _REGIONS[value]
        case "MapsEntry", "mmu_flags" if _REGIONS[row.type] == "MAPPING":
            return facts.perms(value)
        case "VmoInfo", "flags":
            return " ".join(word for bit, word in _VMO_FLAGS.items() if value & bit)
        case "ThreadInfo", "state":
            return _STATES[value]
        case _:
            return ""


def _shown(row: object, field: str) -> str:
    value = getattr(row, field)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return facts.quoted(value.rstrip(b"\0"), 24)
    if isinstance(value, int) and ("rights" in field or field in ("base", "size", "len")):
        return f"{value:#x}"
    return str(value)


@draw.register(Tree)
def _draw_tree(data: Tree, result: Result, look: Look) -> list[Line]:
    shown, left = window(len(data.rows), look)
    rows: list[list[Cell]] = [
        [
            [plain("  " * row.depth + row.kind + " "), name(row.name) if row.name else dim("·")],
            koid(row.koid),
            plain(row.state),
        ]
        for row in data.rows[:shown]
    ]
    lines = table(["task", "koid", "state"], rows, look)
    return lines + more_rows(left, "--json shows them all")
