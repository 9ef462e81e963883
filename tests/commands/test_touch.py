from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel.task import ProcessState
from zxdbg.report import QuietReport
from zxdbg.result import Result
from zxdbg.script import Runner

Drawer = Callable[[Result], list[str]]


@pytest.mark.parametrize(
    ("perms", "peeks", "pokes"),
    [("none", False, False), ("r", True, False), ("rw", True, True), ("rx", True, False)],
)
def test_permissions_count_as_they_do_not_for_read_and_write(
    session: Session, perms: str, peeks: bool, pokes: bool
) -> None:
    session.run(f"protect $demo.vmar $base 16K {perms}")
    assert (session.run("peek $demo $base 4").fault is None) is peeks
    assert (session.run('poke $demo $base "abcd"').fault is None) is pokes
    assert session.run("read $demo $base 4").actual == 4
    assert session.run('write $demo $base "abcd"').actual == 4


@pytest.mark.parametrize(
    ("setup", "address", "kind"),
    [
        ("", "0", "outside"),
        ("", "0x800000000000", "noncanonical"),
        ("", "0xffff800000000000", "outside"),
        ("", "0x20000000", "hole"),
        ("protect $demo.vmar $base 4K none", "$base", "permission"),
        ("vmo resize $heap 4K", "$base+4K", "vmo-end"),
        ("kill $demo", "$base", "hole"),
    ],
)
def test_a_fault_says_its_kind_and_its_first_byte(
    session: Session, setup: str, address: str, kind: str
) -> None:
    if setup:
        session.run(setup)
    result = session.run(f"peek $demo {address} 4")
    where = session.run(f"print {address}").value
    assert (result.status, result.fault, result.fault_addr) == (None, kind, where)
    assert (result.actual, result.data) == (0, b"")


def test_bytes_before_the_one_that_faults_are_loaded_and_stored(session: Session) -> None:
    result = session.run("poke $demo $base+0x3ffe fill:0x41:4")
    assert (result.actual, result.fault, result.fault_addr) == (2, "hole", 0x10004000)
    result = session.run("peek $demo $base+0x3ffe 4")
    assert (result.actual, result.data) == (2, b"AA")


def test_a_store_commits_and_a_load_does_not(session: Session) -> None:
    memory = session.state.kernel.memory
    session.run("peek $demo $base 16K")
    assert memory.used == 0
    session.run('poke $demo $base+0xfff "ab"')
    assert memory.used == 2


def test_a_fault_is_shown_and_only_delivered_when_asked(session: Session, drawn: Drawer) -> None:
    process = session.state.process_of(session.value("demo"))
    lines = drawn(session.run("peek $demo 0x20000000 4"))
    assert lines[0] == "fault (hole) at 0x20000000   0 of 4 bytes loaded"
    assert lines[3].split() == ["not", "delivered;", "--deliver", "does"]
    assert process.state is ProcessState.INITIAL
    session.run("process start $demo")
    session.run("peek $demo 0x20000000 4 --deliver")
    assert (process.state, process.return_code) == (ProcessState.DEAD, -1)
    lines = drawn(session.run("peek $demo 0x20000000 4 --deliver"))
    assert "demo is dead, and no thread is left" in " ".join(" ".join(lines).split())


@pytest.mark.parametrize("line", ["poke $demo $base null", "peek $demo $base 1G"])
def test_what_makes_no_sense_is_a_mistake(session: Session, line: str) -> None:
    with pytest.raises(CommandError):
        session.run(line)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("peek $self 0 1", 1),
        ("peek $self 0 1 => fault", 0),
        ("peek $self 0 1 => fault=outside", 0),
        ("peek $self 0 1 => fault=hole", 1),
        ("handles => fault", 2),
    ],
)
def test_in_a_script_an_unexpected_fault_is_a_failure(line: str, code: int) -> None:
    from io import StringIO

    runner = Runner(Session(), QuietReport(StringIO()))
    runner.run_file("x", line.encode(), "")
    assert runner.exit_code == code


@pytest.mark.parametrize(
    ("perms", "load", "store", "fetch"),
    [
        ("none", "permission", "permission", "permission"),
        ("r", None, "permission", "permission"),
        ("rw", None, None, "permission"),
        ("rx", None, "permission", None),
        ("rwx", None, None, None),
    ],
)
def test_permissions_decide_what_a_thread_may_do(
    session: Session, perms: str, load: str | None, store: str | None, fetch: str | None
) -> None:
    session.run(f"map $demo.vmar $heap --at 0x20000000 --perms {perms}")
    codes = []
    for line, fault in [
        ("peek $demo 0x20000001 1", load),
        ('poke $demo 0x20000001 "x"', store),
        ("peek $demo 0x20000001 1 --execute", fetch),
    ]:
        result = session.run(line)
        assert result.fault == fault
        assert result.exception == (None if fault is None else 0x108)
        codes.append(result.err_code)
    expected = zip((4, 6, 20), (load, store, fetch), strict=True)
    assert codes == [None if fault is None else code for code, fault in expected]


@pytest.mark.parametrize(
    ("address", "exception", "shown"),
    [
        ("0x30000000", 0x108, "ZX_EXCP_FATAL_PAGE_FAULT (0x108), err_code 4"),
        ("0x800000000000", 0x8, "ZX_EXCP_GENERAL (0x8)"),
    ],
)
def test_a_fault_names_the_exception_that_it_raises(
    session: Session, drawn: Drawer, address: str, exception: int, shown: str
) -> None:
    result = session.run(f"peek $demo {address} 1")
    assert result.exception == exception
    assert drawn(result)[2].strip() == f"raises   {shown}"


def test_what_is_peeked_is_shown_as_units_or_text(session: Session, drawn: Drawer) -> None:
    session.state.set_watch(watch=False)
    session.run('write $demo $base "hello"')
    assert drawn(session.run("peek $demo $base 8 --as u64"))[-1].split()[:2] == [
        "0x10000000",
        "0000006f6c6c6568",
    ]
    lines = drawn(session.run("peek $demo $base+0x3ffc 8 --as text"))
    assert lines[-1] == "  0x10003ffc   \\0 ×4"
