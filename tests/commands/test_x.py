from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


@pytest.fixture(autouse=True)
def _content(session: Session) -> None:
    session.run(r'write $demo $base "hello\0second\0"')


@pytest.mark.parametrize(
    ("line", "requested", "unit"),
    [
        ("x $base", 64, "u8"),
        ("x/16xb $base", 16, "u8"),
        ("x/8gx $base", 64, "u64"),
        ("x/4wx $base", 16, "u32"),
        ("x/4xw $base", 16, "u32"),
        ("x/2h $base", 4, "u16"),
        ("x/3 $base", 12, "u32"),
        ("x/x $base", 4, "u32"),
        ("x/2a $base", 16, "u64"),
        ("x/5c $base", 5, "text"),
        ("x/s $base", 6, "text"),
        ("x/2s $base", 13, "text"),
        ("x /4xb $base", 4, "u8"),
        ("x/xb $base --size 7", 7, "u8"),
        ("mem-read $base", 64, "u8"),
        ("mem-read $base --size 16", 16, "u8"),
        ("mem-read --size=0x20 $base", 32, "u8"),
        ("hexdump $base", 64, "u8"),
    ],
)
def test_the_spellings_of_other_debuggers_read(
    session: Session, line: str, requested: int, unit: str
) -> None:
    result = session.run(line)
    assert result.status is Status.OK
    assert (result.requested, result.actual) == (requested, requested)
    assert result.answer.form.unit == unit
    assert result.answer.data == session.run(f"read $demo $base {requested}").answer.data


def test_it_draws_as_read_does_and_says_whose_memory_it_is(session: Session, drawn: Drawer) -> None:
    session.state.set_watch(watch=False)
    lines = drawn(session.run("x/2gx $base"))
    assert lines[0] == (
        "ZX_OK  zx_process_read_memory   16 of 16 bytes read from $demo   heap+0x0  rw-"
    )
    assert lines[2].split()[:3] == ["0x10000000", "6573006f6c6c6568", "00000000646e6f63"]
    assert drawn(session.run("read $demo $base 16 --as u64"))[2:] == lines[2:]


def test_a_string_ends_with_its_memory(session: Session) -> None:
    session.run('write $demo $base+0x3ffc "wxyz"')
    assert session.run("x/s $base+0x3ffc").answer.data == b"wxyz"
    assert session.run("x/2s $base+0x3ffc").requested == 4
    session.run("write $demo $base fill:0x41:1K")
    assert session.run("x/s $base").requested == 256


def test_an_answer_is_the_kernels(session: Session) -> None:
    assert session.run("x 0x1000").status is Status.NO_MEMORY
    assert session.run("x/s 0x1000").status is Status.NO_MEMORY
    assert session.run("x/0xb $base").status is Status.INVALID_ARGS
    assert session.run("x $base --process $heap").status is Status.WRONG_TYPE
    assert session.run("x/s $base --process 0").status is Status.BAD_HANDLE
    assert session.run("x/s $base --process $heap").status is Status.WRONG_TYPE


def test_a_partial_read_names_the_line_that_goes_on(session: Session, drawn: Drawer) -> None:
    result = session.run("x/4gx $base+0x3ff0")
    assert (result.actual, result.stopped) == (16, "hole")
    assert any("read $demo 0x10004000 16" in line for line in drawn(result))


def test_the_process_at_hand_is_the_one_named_or_created_last(session: Session) -> None:
    session.run("process create other")
    assert session.run("x $base").status is Status.NO_MEMORY
    session.run("read $demo $base 1")
    assert session.run("x $base").status is Status.OK
    session.run("explain read $other $base 1")
    assert session.run("x $base").status is Status.OK
    session.run("x $base --process $other")
    assert session.run("vmmap").answer.name == "other"
    session.run("maps $demo")
    assert session.run("aspace").answer.name == "demo"
    session.run('zx_process_create $job "raw" 3 0')
    assert session.run("maps").answer.name == "raw"
    session.run("zx_process_read_memory $demo $base 1")
    assert session.run("maps").answer.name == "demo"


def test_names_says_which_process_is_at_hand(session: Session, drawn: Drawer) -> None:
    assert drawn(session.run("names"))[-1].startswith("  at hand  $demo is the process")
    session.run("reset")
    assert "at hand" not in "".join(drawn(session.run("names")))


def test_without_a_process_there_is_none_at_hand(session: Session) -> None:
    session.run("reset")
    for line in ("x 0x1000", "maps"):
        with pytest.raises(CommandError, match="no process is at hand; process create demo"):
            session.run(line)


def test_an_address_in_the_place_of_a_process_is_told_about_at(session: Session) -> None:
    with pytest.raises(CommandError, match="--at ADDRESS shows what holds an address") as caught:
        session.run("vmmap $base")
    assert caught.value.span == (6, 11)
    assert len(session.run("vmmap --at $base").rows) == 2


def test_a_count_and_a_size_contradict_each_other(session: Session) -> None:
    with pytest.raises(CommandError, match="says how many already") as caught:
        session.run("x/4xb $base --size 3")
    assert caught.value.span == (19, 20)
