import pytest

from zxdbg.session import Session


@pytest.fixture
def watched() -> Session:
    session = Session()
    session.state.set_watch(watch=True)
    session.run("process create demo; vmo create 16K --name heap")
    session.run("$base = map $demo.vmar $heap --at 0x10000000")
    session.run("process create other")
    return session


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("map $demo $heap", "the VMAR of the process is $demo.vmar"),
        ("map $heap $heap", ""),
        ('write 1030 $base "x"', "1030 is the koid of $demo; a handle is asked for, as $demo is"),
        ('write $base $demo "x"', "$base is an address; the handle comes before it"),
        (
            'write $demo $heap "x"',
            "$heap is a handle; an address is where map put something",
        ),
        ('write $other $base "x"', "in process demo heap lies there"),
        ('write $demo $base+0x4000 "x"', ""),
        ('write 0 $base "x"', ""),
        ("vmo resize 1032 4K", "1032 is the koid of $heap; a handle is asked for, as $heap is"),
        ('write $demo $base "x"', ""),
    ],
)
def test_a_refusal_says_what_was_probably_meant(watched: Session, line: str, hint: str) -> None:
    assert watched.run(line).hint == hint


def test_nobody_is_advised_who_does_not_look(watched: Session) -> None:
    watched.state.set_watch(watch=False)
    assert watched.run("map $demo $heap").hint == ""
