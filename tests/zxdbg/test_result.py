from collections.abc import Sequence
from typing import NamedTuple

import pytest

from zxdbg import Session
from zxdbg.kernel.status import Status
from zxdbg.result import (
    Address,
    Bytes,
    HandleValue,
    Koid,
    Result,
    RightsValue,
    Rows,
    Shape,
    field_kinds,
)
from zxdbg.syscalls import Profile


class Thing(NamedTuple):
    handle: HandleValue | None
    at: Address
    size: Bytes
    koid: Koid
    rights: RightsValue
    word: str | None
    raw: bytes
    yes: bool
    rows: tuple[int, ...]
    number: int
    status: Status


def test_annotations_say_what_a_field_holds() -> None:
    assert field_kinds(Thing) == {
        "handle": "handle",
        "at": "address",
        "size": "bytes",
        "koid": "koid",
        "rights": "rights",
        "word": "word",
        "raw": "data",
        "yes": "truth",
        "rows": "list",
        "number": "number",
        "status": "status",
    }


class Small(NamedTuple):
    proc_handle: HandleValue
    inside: int


def test_a_result_shows_its_fields_aliases_and_value() -> None:
    shape = Shape("x", value="proc_handle", aliases={"proc": "proc_handle"}, hidden=("inside",))
    result = Result(shape, "x 1", Small(7, 8), (), Profile.DOCS)
    assert result.value == result.proc == result.proc_handle == result.field("proc") == 7
    assert result.fields() == {"proc_handle": 7}
    assert result.status is Status.OK
    assert (result.kind("proc"), result.kind("status")) == ("handle", "status")
    assert (result.has_field("proc"), result.has_field("nothing")) == (True, False)
    with pytest.raises(AttributeError, match="no field 'nothing'"):
        result.nothing  # noqa: B018


def test_a_result_without_a_value_has_none() -> None:
    assert Result(Shape("x"), "x", Small(7, 8), (), Profile.DOCS).value is None


def test_a_result_knows_its_text_and_its_profile(session: Session) -> None:
    result = session.run("vmo create  4K # x")
    assert (result.text, result.under) == ("vmo create  4K", Profile.DOCS)


@pytest.mark.parametrize(
    "line",
    [
        'write $demo $base "abc"',
        "read $demo $base 4",
        "process create x",
        "vmo create 4K",
        "map $demo.vmar $heap",
        "vmar allocate $demo.vmar 4K",
        "handle duplicate $demo",
        "profile",
        "maps $demo",
        "names",
        "print 5",
        'explain write $demo $base "abc"',
        'compare write $demo $base "abc"',
        "zx_process_read_memory $demo $base 4",
    ],
)
def test_every_field_is_an_attribute_of_the_result_under_its_own_name(
    line: str, staged: Session
) -> None:
    result = staged.run(line)
    for name, value in result.fields().items():
        assert getattr(result, name) == value


def test_the_status_of_several_calls_is_that_of_the_one_that_decided(session: Session) -> None:
    session.run("process create demo")
    started = session.run("process start $demo")
    assert [call.syscall.name for call in started.calls] == [
        "zx_thread_create",
        "zx_handle_duplicate",
        "zx_process_start",
    ]
    assert started.decider is started.calls[2]
    again = session.run("process start $demo")
    assert again.field("status").label == "ZX_ERR_BAD_STATE"
    assert again.decider is next(call for call in again.calls if call.status)


def test_naming_a_vmo_leaves_the_creation_as_the_decider(session: Session) -> None:
    result = session.run("vmo create 4K --name heap")
    assert [call.syscall.name for call in result.calls] == [
        "zx_vmo_create",
        "zx_object_set_property",
    ]
    assert result.decider is result.calls[0]


def test_a_view_makes_no_call(session: Session) -> None:
    result = session.run("handles")
    assert (result.calls, result.decider, result.checks, result.status) == ((), None, [], Status.OK)


def test_a_result_represents_itself(session: Session) -> None:
    assert repr(session.run("handle close 0")).startswith("<handle close ZX_OK ")


class Squares(Rows[int]):
    """Rows that know which of them were made."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def __len__(self) -> int:
        return 5

    def make(self, at: int) -> int:
        self.made.append(at)
        return at * at


class Board(NamedTuple):
    rows: Sequence[int]


def test_rows_are_made_when_they_are_looked_at() -> None:
    rows = Squares()
    assert (rows[2], rows[-1], rows[3:]) == (4, 16, (9, 16))
    assert rows.made == [2, 4, 3, 4]
    with pytest.raises(IndexError):
        rows[5]


def test_a_result_gives_all_rows_in_a_tuple_and_makes_them_once() -> None:
    rows = Squares()
    result = Result(Shape("board"), "board", Board(rows), (), Profile.DOCS)
    assert result.rows == result.field("rows") == (0, 1, 4, 9, 16)
    assert result.fields() == {"rows": (0, 1, 4, 9, 16)}
    assert result.kind("rows") == "list"
    assert rows.made == [0, 1, 2, 3, 4]
    assert repr(rows) == "(0, 1, 4, 9, 16)"


def test_rows_are_equal_to_others_and_to_a_tuple_with_the_same_in_them() -> None:
    rows = Squares()
    assert rows == Squares() == (0, 1, 4, 9, 16)
    assert rows != (0, 1)
    assert hash(rows) == hash(Squares())
    assert Board(rows) == Board(Squares())
