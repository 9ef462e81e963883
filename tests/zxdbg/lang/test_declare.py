from collections.abc import Callable
from typing import NamedTuple

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.arguments import AddressArg, Handle, NewName
from zxdbg.lang.declare import Registry, command
from zxdbg.lang.tokens import tokenize
from zxdbg.loader import load_commands
from zxdbg.result import Bytes
from zxdbg.state import State
from zxdbg.syscalls import SYSCALLS

Mistake = Callable[..., CommandError]


class Found(NamedTuple):
    size: Bytes | None


def find(
    state: State, handle: Handle, at: AddressArg = 16, *, name: NewName = "", all_: bool = False
) -> Found:
    """Find something.

    Args:
        handle: Where.
        at: From where.
        name: Called how.
        all_: Whether all of it.
    """
    return Found(None)


# Declarations ---------------------------------------------------------------------


def test_a_command_is_declared_by_its_function_alone() -> None:
    registry = Registry()
    command("find it", value="size")(find)
    registry.add(find.__dict__["zxdbg_command"])
    declared = registry.commands["find it"]
    assert declared.usage == "find it HANDLE [ADDRESS] [--name NAME] [--all]"
    assert declared.summary == "Find something"
    assert [param.name for param in declared.arguments] == ["handle", "at"]
    assert list(declared.options) == ["--name", "--all"]
    assert [param.required for param in declared.params] == [True, False, False, False]
    assert declared.shape is Found


def test_a_parameter_that_is_not_described_fails_at_import() -> None:
    def run(state: State, handle: Handle) -> Found:
        """Do something."""
        return Found(None)

    with pytest.raises(TypeError, match="parameter handle is not described"):
        command("run")(run)


def test_a_parameter_without_a_noun_fails_at_import() -> None:
    def run(state: State, number: int) -> Found:
        """Do something.

        Args:
            number: A number.
        """
        return Found(None)

    with pytest.raises(TypeError, match="parameter number has no noun"):
        command("run")(run)


def test_a_command_is_declared_once() -> None:
    registry = Registry()
    command("find it")(find)
    registry.add(find.__dict__["zxdbg_command"])
    with pytest.raises(ValueError, match="declared twice"):
        registry.add(find.__dict__["zxdbg_command"])


def test_the_words_of_commands_are_known() -> None:
    registry = load_commands()
    assert registry.second_words("vmar") == ["allocate", "destroy"]
    assert {"write", "vmo", "zx_vmo_create"} <= set(registry.first_words())
    assert len(registry.first_words()) == len(set(registry.first_words()))


@pytest.mark.parametrize(
    "name",
    [
        "process create",
        "process start",
        "kill",
        "vmo create",
        "vmo clone",
        "vmo resize",
        "vmo physical",
        "vmo cache-policy",
        "vmar allocate",
        "map",
        "unmap",
        "protect",
        "write",
        "read",
        "maps",
        "handles",
        "vmos",
        "processes",
        "names",
        "print",
        "handle duplicate",
        "handle replace",
        "handle close",
        "explain",
        "compare",
        "profile",
        "help",
        "source",
        "reset",
        "quit",
        *SYSCALLS,
    ],
)
def test_there_is_a_command(name: str) -> None:
    assert load_commands().commands[name].summary != ""


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("process create", ["proc_handle", "vmar_handle", "koid"]),
        ("process start", ["thread_handle"]),
        ("kill", []),
        ("vmo create", ["handle", "size", "koid"]),
        ("vmo clone", ["handle", "size", "koid"]),
        ("vmo resize", ["handle", "size", "koid"]),
        ("vmo physical", ["handle", "size", "koid"]),
        ("vmo cache-policy", []),
        ("vmar allocate", ["child_vmar", "child_addr"]),
        ("map", ["mapped_addr", "size"]),
        ("unmap", []),
        ("protect", []),
        ("write", ["requested", "actual", "stopped", "next"]),
        ("read", ["requested", "actual", "stopped", "next", "data"]),
        ("maps", ["rows"]),
        ("handles", ["rows"]),
        ("vmos", ["rows"]),
        ("processes", ["rows"]),
        ("names", ["rows"]),
        ("handle duplicate", ["handle", "rights"]),
        ("handle replace", ["handle", "rights"]),
        ("handle close", []),
        ("explain", ["checks"]),
        ("compare", ["docs", "kernel", "differs"]),
    ],
)
def test_the_fields_of_a_result_are_exactly_those_of_the_contract(
    name: str, fields: list[str]
) -> None:
    declared = load_commands().commands[name]
    shown = [field for field in declared.shape.__annotations__ if field not in declared.hidden]
    assert shown == fields


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("process create", "proc_handle"),
        ("process start", "thread_handle"),
        ("vmo create", "handle"),
        ("vmo clone", "handle"),
        ("vmo physical", "handle"),
        ("vmar allocate", "child_vmar"),
        ("map", "mapped_addr"),
        ("write", "actual"),
        ("read", "data"),
        ("handle duplicate", "handle"),
        ("handle replace", "handle"),
    ],
)
def test_the_value_of_a_result_is_that_of_the_contract(name: str, value: str) -> None:
    assert load_commands().commands[name].value == value


# Syscalls under their C names -----------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "outs"),
    [
        ("zx_handle_close", ["handle"], []),
        ("zx_handle_duplicate", ["handle", "rights"], ["out"]),
        (
            "zx_process_create",
            ["job", "name", "name_len", "options"],
            ["proc_handle", "vmar_handle"],
        ),
        ("zx_process_read_memory", ["handle", "vaddr", "length"], ["buffer", "actual"]),
        ("zx_process_write_memory", ["handle", "vaddr", "buffer", "length"], ["actual"]),
        (
            "zx_vmar_allocate",
            ["parent_vmar", "options", "offset", "size"],
            ["child_vmar", "child_addr"],
        ),
        (
            "zx_vmar_map",
            ["vmar", "options", "vmar_offset", "vmo", "vmo_offset", "len"],
            ["mapped_addr"],
        ),
        ("zx_vmo_create", ["size", "options"], ["out"]),
    ],
)
def test_a_syscall_takes_the_pages_arguments_in_the_pages_order(
    name: str, arguments: list[str], outs: list[str]
) -> None:
    declared = load_commands().commands[name]
    assert [param.name for param in declared.arguments] == arguments
    assert [param.name for param in declared.options.values()] == outs


@pytest.mark.parametrize("name", SYSCALLS)
def test_out_pointers_are_options_under_their_c_names(name: str) -> None:
    options = list(load_commands().commands[name].options)
    assert options == [f"--{out}" for out in SYSCALLS[name].outs]


@pytest.mark.parametrize("name", SYSCALLS)
def test_the_results_of_a_syscall_have_the_c_names_of_its_out_values(name: str) -> None:
    fields = load_commands().commands[name].shape.__annotations__
    assert sorted(fields) == sorted(SYSCALLS[name].outs)


@pytest.mark.parametrize(
    ("verb", "raw"),
    [
        ("vmo create 16K", "zx_vmo_create 16K 0"),
        ('write $demo $base "0123"', 'zx_process_write_memory $demo $base "0123" 4'),
        ('write $demo $base+0x3ffe "01"', 'zx_process_write_memory $demo $base+0x3ffe "01" 2'),
        ("write $demo 0 null --length 1", "zx_process_write_memory $demo 0 null 1"),
        ("map $demo.vmar $heap", "zx_vmar_map $demo.vmar 3 0 $heap 0 0x4000"),
        ("unmap $demo.vmar $base 4K", "zx_vmar_unmap $demo.vmar $base 4K"),
        ("protect $demo.vmar $base 4K r", "zx_vmar_protect $demo.vmar 1 $base 4K"),
        ("vmo resize $heap 4K", "zx_vmo_set_size $heap 4K"),
        ("handle duplicate $demo", "zx_handle_duplicate $demo ZX_RIGHT_SAME_RIGHTS"),
        ("handle close $heap", "zx_handle_close $heap"),
        ("kill $demo", "zx_task_kill $demo"),
    ],
)
def test_two_levels_give_the_same_results(verb: str, raw: str) -> None:
    states = []
    for line in (verb, raw):
        session = Session()
        session.run("process create demo; vmo create 16K --name heap")
        session.run("$base = map $demo.vmar $heap --at 0x10000000")
        result = session.run(line)
        views = [session.run(view).rows for view in ("vmos", "processes", "maps 1030")]
        handles = [(row.value, row.koid, row.rights) for row in session.run("handles").rows]
        states.append((result.status, result.checks, views, handles))
    assert states[0] == states[1]


def test_out_pointers_are_good_places_by_default(session: Session) -> None:
    made = session.run("$v = zx_vmo_create 4K 0")
    assert made.field("status").label == "ZX_OK"
    assert session.run("print $v").value == session.run("handles").rows[0].value == made.out


@pytest.mark.parametrize(
    "line",
    [
        "zx_vmo_create 4K 0 --out null",
        "zx_vmo_create --out=null 4K 0",
        "zx_vmo_create 4K 0 --out @0x1000",
        "zx_process_write_memory $demo $base hex:00 1 --actual null",
        "zx_process_read_memory $demo $base 1 --buffer @0x1000",
        "zx_process_read_memory $demo $base 1 --actual null",
        "zx_vmar_allocate $demo.vmar 0 0 4K --child_vmar null",
        "zx_vmar_allocate $demo.vmar 0 0 4K --child_addr null",
        "zx_vmar_map $demo.vmar 3 0 $heap 0 4K --mapped_addr null",
        'zx_process_create $job "x" 1 0 --proc_handle null',
        'zx_process_create $job "x" 1 0 --vmar_handle null',
    ],
)
def test_a_bad_out_pointer_is_for_the_kernel_to_judge(line: str, staged: Session) -> None:
    assert staged.run(line).field("status").label == "ZX_ERR_INVALID_ARGS"


def test_an_out_pointer_into_own_memory_is_stored_there(staged: Session) -> None:
    staged.run("map $self.vmar $heap --at 0x20000000")
    written = staged.run('zx_process_write_memory $demo $base+0x100 "abc" 3 --actual @0x20000000')
    assert written.actual == 3
    assert staged.run("read $self 0x20000000 8").value == bytes([3, 0, 0, 0, 0, 0, 0, 0])


def test_an_output_buffer_is_a_result(staged: Session) -> None:
    staged.run('write $demo $base "hello"')
    read = staged.run("zx_process_read_memory $demo $base 5")
    assert (read.actual, read.buffer) == (5, b"hello")


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("zx_vmo_create 4K", (16, 16)),
        ("zx_vmo_create 4K 0 0", (19, 20)),
        ("zx_vmo_create 4K 0 --actual null", (19, 27)),
    ],
)
def test_the_arguments_of_a_syscall_are_all_wanted_and_no_others(
    line: str, span: tuple[int, int], mistake: Mistake
) -> None:
    assert mistake(line).span == span


# Words ----------------------------------------------------------------------------


def words(line: str) -> tuple[str | None, int]:
    declared, used = load_commands().find(tokenize(line))
    return None if declared is None else declared.name, used


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("write $demo 0", ("write", 1)),
        ("vmo create 4K", ("vmo create", 2)),
        ("info $demo", ("info", 1)),
        ("info handles", ("handles", 2)),
        ("info proc", ("processes", 2)),
        ("info proc mappings", ("maps", 3)),
        ("info proc map", ("processes", 2)),
        ("handle", ("handles", 1)),
        ("handle close $x", ("handle close", 2)),
        ("handle colse $x", (None, 0)),
        ("x/16xb 0", ("x", 1)),
        ("read/16xb 0", (None, 0)),
        ("/16xb 0", (None, 0)),
        ("vmo", (None, 0)),
        ("nothing", (None, 0)),
    ],
)
def test_the_most_words_that_fit_exactly_win(line: str, found: tuple[str | None, int]) -> None:
    assert words(line) == found


def test_no_two_commands_share_a_word() -> None:
    registry = Registry()
    command("find", spellings=("seek",))(find)
    registry.add(find.__dict__["zxdbg_command"])
    command("seek")(find)
    with pytest.raises(ValueError, match="command seek is declared twice"):
        registry.add(find.__dict__["zxdbg_command"])


def test_a_spelling_is_no_command_of_its_own() -> None:
    registry = load_commands()
    assert registry.named("vmmap") is registry.commands["maps"]
    assert "vmmap" not in registry.commands
    assert "vmmap" not in registry.first_words()
    assert list(registry.spelled("vmm")) == ["vmmap"]


def test_what_is_attached_is_shown_behind_the_word() -> None:
    declared = load_commands().commands["x"]
    assert declared.usage == "x[/FMT] ADDRESS [--size SIZE] [--process PROCESS] [--all]"
    assert "--format" not in declared.options
    assert declared.attached is not None


@pytest.mark.parametrize(
    ("name", "param"),
    [
        ("read", "process"),
        ("x", "process"),
        ("maps", "process"),
        ("zx_process_start", "process"),
        ("zx_process_write_memory", "handle"),
        ("zx_vmo_read", None),
        ("zx_process_create", None),
        ("vmos", None),
    ],
)
def test_a_command_knows_which_process_it_is_about(name: str, param: str | None) -> None:
    found = load_commands().commands[name].process
    assert (found and found.name) == param
