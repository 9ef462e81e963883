from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


@pytest.fixture
def told(session: Session) -> Session:
    """A session with results to compare: `$w` stopped half way, `$no` was refused."""
    session.run('$w = write $demo $base+0x3ffe "abc"')
    session.run('$no = write $demo 0 "abc"')
    session.run("$r = read $demo $base+0x3ffe 2")
    session.run("$h = handle duplicate $demo --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE")
    session.run("$c = compare write $demo 0 null --length 1")
    session.run("$n = names")
    return session


@pytest.mark.parametrize(
    "line",
    [
        "$w.actual=2",
        "$w.actual==2",
        "$w.actual = 2",
        "$w.actual<3",
        "$w.actual <3",
        "$w.actual< 3",
        "$w.actual >= 2",
        "$w.actual>1",
        "$w.actual!=3",
        "$w.actual+1=3",
        "3=$w.actual+1",
        "$w.next=$base+16K",
        "$w.stopped=hole",
        '$w.stopped="hole"',
        "$w.stopped^=ho",
        "$w.status=ZX_OK",
        "$no.status=ZX_ERR_NO_MEMORY",
        "$no.status!=ZX_OK",
        '$r.data="ab"',
        '$r^="a"',
        '$r.data$="b"',
        "$r.data=hex:6162",
        '"abc"~"b"',
        '"a<b"="a<b"',
        "$h.rights~ZX_RIGHT_WRITE",
        "$h.rights=ZX_RIGHT_READ|ZX_RIGHT_WRITE",
        '$n.rows~"$base"',
        "$n.rows>3",
        "$w",
        "$w.status",
        "1",
        "0b110~0b010",
    ],
)
def test_a_comparison_holds(line: str, told: Session) -> None:
    assert told.run(f"expect {line}").holds is True


@pytest.mark.parametrize(
    "line",
    [
        "$w.actual=3",
        "$w.actual<2",
        "$no.actual<2",
        "$no.actual!=2",
        "$no.actual",
        "$no.status",
        "$w.stopped=complete",
        "$h.rights~ZX_RIGHT_EXECUTE",
        "0",
        '""',
        '$r^="b"',
    ],
)
def test_a_comparison_does_not_hold(line: str, told: Session) -> None:
    assert told.run(f"expect {line}").holds is False


@pytest.mark.parametrize(
    ("line", "message", "at"),
    [
        ("expect", "expect wants a comparison", (0, 6)),
        ("expect $nope<3", "no such name: $nope", (7, 12)),
        ("expect $w.nope<3", "$w has no field nope", (7, 14)),
        ("expect $w.actual<", "a value is missing after <", (17, 17)),
        ("expect $w.actual<x", "not a number or a name: x", (17, 18)),
        ("expect <3", "expect wants a value before the sign", (7, 7)),
        ("expect $w.stopped<3", "< does not compare $w.stopped, a word", (17, 18)),
        ("expect $w.status=ZX_NO", "no such status: ZX_NO", (17, 22)),
        ("expect $w.actual = 2 3", "cannot read ' 3' here", (20, 22)),
        ("expect $w.actual 3", "cannot read ' 3' here", (16, 18)),
    ],
)
def test_a_wrong_comparison_is_a_mistake_at_its_place(
    line: str, message: str, at: tuple[int, int], told: Session
) -> None:
    with pytest.raises(CommandError) as caught:
        told.run(line)
    assert (caught.value.message, caught.value.span) == (message, at)


def test_it_leaves_the_last_result_alone(told: Session) -> None:
    told.run('write $demo $base "xyz"')
    told.run("expect $_.actual=3")
    assert told.run("expect $_.actual=3").holds is True


def test_it_says_whether_it_holds(told: Session, drawn: Drawer) -> None:
    assert drawn(told.run("expect $w.actual<3")) == ["holds"]
    assert drawn(told.run("expect $w.actual = 3")) == ["expected $w.actual = 3, came 2"]
    assert drawn(told.run("expect 0")) == ["expected 0 to hold, came 0"]
