from collections.abc import Callable

import pytest

from zxdbg import Session
from zxdbg.kernel import Rights
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_handles_lists_the_newest_first_with_names_and_rights(session: Session) -> None:
    rows = session.run("handles").rows
    assert [row.label for row in rows] == [
        "$heap",
        "$demo.vmar",
        "$demo",
        "$root_resource",
        "$job",
        "$self.vmar",
        "$self",
    ]
    assert [row.type for row in rows[:3]] == ["VMO", "VMAR", "process"]
    assert rows[0].rights == int(Rights.DEFAULT_VMO)


def test_names_says_whether_a_value_is_a_handle_or_a_number(
    session: Session, drawn: Drawer
) -> None:
    session.run("$size = print 4K; $none = unmap $demo.vmar $base 4K")
    rows = {row.name: (row.kind, row.value) for row in session.run("names").rows}
    assert rows["$demo"] == ("handle", session.value("demo"))
    assert rows["$base"] == ("address", 0x10000000)
    assert rows["$size"][1] == 4096
    assert rows["$none"] == ("", None)
    assert any(line.split()[:2] == ["$demo", "handle"] for line in drawn(session.run("names")))


def test_processes_lists_dead_ones_while_a_handle_names_them(session: Session) -> None:
    session.run("kill $demo")
    rows = session.run("processes").rows
    assert [(row.name, row.state, row.caller) for row in rows] == [
        ("zxdbg", "RUNNING", True),
        ("demo", "DEAD", False),
    ]
    session.run("handle close $demo")
    assert [row.name for row in session.run("processes").rows] == ["zxdbg"]


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("0x10+16", "number", 32),
        ("$base+4K", "number", 0x10001000),
        ('"text"', "data", b"text"),
        ("$base.status", "word", "ZX_OK"),
    ],
)
def test_print_shows_a_value_of_any_kind(
    session: Session, expression: str, kind: str, value: object
) -> None:
    result = session.run(f"print {expression}")
    assert (result.rows[0].kind, result.value) == (kind, value)
