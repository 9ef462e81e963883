from collections.abc import Callable

import pytest

from zxdbg import Session
from zxdbg.kernel import Status
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_info_asks_the_kernel_and_decodes_the_record(session: Session) -> None:
    result = session.run("info $demo")
    (row,) = result.rows
    assert (result.actual, result.avail) == (1, 1)
    assert (row.koid, row.type, row.related_koid, row.props) == (
        session.run("print $demo.koid").value,
        1,
        session.state.kernel.job.koid,
        1,
    )


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("info $demo process-maps", Status.BAD_STATE),
        ("info $self process-maps", Status.ACCESS_DENIED),
        ("info $heap process", Status.WRONG_TYPE),
        ("info 0", Status.BAD_HANDLE),
        ("info $demo 99", Status.NOT_SUPPORTED),
        ("info $demo ZX_INFO_PROCESS", Status.OK),
        ("info $demo.vmar vmar", Status.OK),
    ],
)
def test_info_is_refused_as_the_syscall_is(session: Session, line: str, status: Status) -> None:
    result = session.run(line)
    assert result.status is status
    assert bool(result.rows) is (status is Status.OK)


def test_the_maps_of_a_process_that_runs_are_a_list(session: Session, drawn: Drawer) -> None:
    session.run("process start $demo")
    result = session.run("info $demo process-maps")
    assert [row.name for row in result.rows][1:] == ["root", "heap"]
    assert result.rows[2].base == 0x10000000
    assert drawn(result)[0].endswith("ZX_INFO_PROCESS_MAPS   3 of 3")


def test_maps_says_where_the_syscall_would_be_refused(session: Session, drawn: Drawer) -> None:
    text = " ".join(" ".join(drawn(session.run("maps $demo"))).split())
    assert "zx_object_get_info would answer ZX_ERR_BAD_STATE here: it is INITIAL" in text
    text = " ".join(" ".join(drawn(session.run("maps $self"))).split())
    assert "zx_object_get_info would answer ZX_ERR_ACCESS_DENIED here" in text
    session.run("process start $demo")
    assert "would answer" not in " ".join(drawn(session.run("maps $demo")))


def test_the_tree_shows_jobs_processes_and_threads(session: Session) -> None:
    session.run("job create lab; process create p --job $lab; process start $p")
    rows = [(row.depth, row.kind, row.name) for row in session.run("tree").rows]
    assert rows == [
        (0, "job", ""),
        (1, "job", ""),
        (2, "job", "lab"),
        (3, "process", "p"),
        (4, "thread", "initial-thread"),
        (2, "process", "zxdbg"),
        (3, "thread", "initial-thread"),
        (2, "process", "demo"),
    ]


def test_numbers_of_a_record_are_put_into_words(session: Session, drawn: Drawer) -> None:
    lines = [line.split() for line in drawn(session.run("info $heap"))]
    assert ["type", "3", "VMO"] in lines
    narrow = handle_words(session, drawn, "handle duplicate $heap --rights ZX_RIGHT_READ")
    assert narrow == ["rights", "0x4", "READ"]
    session.run("process start $demo")
    lines = [line.split() for line in drawn(session.run("info $demo process-vmos"))]
    assert ["flags", "17", "PAGED", "VIA_MAPPING"] in lines
    assert ["handle_rights", "0x0"] in lines
    lines = [line.split() for line in drawn(session.run("info $demo process-maps"))]
    assert [row[4:6] for row in lines if row[:1] == ["heap"]] == [["MAPPING", "rw-"]]
    session.run("$t = thread create $demo")
    assert ["state", "0", "NEW"] in [x.split() for x in drawn(session.run("info $t thread"))]


def handle_words(session: Session, drawn: Drawer, line: str) -> list[str]:
    session.run(f"$narrow = {line}")
    lines = [line.split() for line in drawn(session.run("info $narrow"))]
    return next(line for line in lines if line[0] == "rights")
