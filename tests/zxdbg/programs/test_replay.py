from collections.abc import Callable

import pytest

from zxdbg import Session
from zxdbg.programs.replay import comment, is_left_out, replay

Ran = Callable[..., Session]


def test_every_line_is_run_again_with_the_same_answers(ran: Ran) -> None:
    session = ran('process create demo\nwrite $demo 0x1000 "x"\nprint $demo', seed=7)
    steps = list(replay(session.state))
    assert [step.text for step in steps] == session.state.history
    results = [step.result for step in steps]
    assert results[0] is not None
    assert results[0].value == session.value("demo")
    labels = [None if each is None else each.field("status").label for each in results]
    assert labels == ["ZX_OK", "ZX_ERR_NO_MEMORY", "ZX_OK"]


def test_it_begins_as_the_session_did(ran: Ran) -> None:
    session = ran("profile docs\nvmo create 16K --name v", profile="kernel", memory=1 << 20)
    (first, last) = list(replay(session.state))
    assert first.session.state.memory == 1 << 20
    assert first.session.state.first_profile.value == "kernel"
    assert last.result is not None
    assert last.result.under.value == "docs"


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("quit", True),
        ("save x.zx", True),
        ("explain save x.zx", True),
        ("compare explain export c x.c", True),
        ("record x", True),
        ("record stop", True),
        ("export svg x.svg", True),
        ("set theme light", True),
        ("explain settings", True),
        ("alias rd print 1", True),
        ("unalias rd", True),
        ("print 1", False),
        ("explain zx_vmo_create 1 0", False),
    ],
)
def test_what_asks_the_front_end_or_is_a_preference_is_not_run_again(line: str, asks: bool) -> None:
    (parsed,) = Session().iter_parsed(line)
    assert is_left_out(parsed) is asks


def test_saving_often_does_not_save_inside_saving() -> None:
    session = Session()
    for _ in range(40):
        session.run("save x.zx")
    assert [step.result for step in replay(session.state)] == [None] * 40


def test_who_called_is_known(ran: Ran) -> None:
    session = ran("process create demo\nprocess start $demo\nas $demo\nhandles\nas\nhandles")
    by_shell = [step.by_shell for step in replay(session.state)]
    assert by_shell == [True, True, True, False, False, True]


def test_what_cannot_be_run_again_says_why(ran: Ran) -> None:
    session = ran("process create demo")
    session.state.history.insert(0, "maps $demo")
    steps = list(replay(session.state))
    assert [step.trouble for step in steps] == ["no such name: $demo", ""]
    assert comment(steps[0]) == "maps $demo   (cannot be run again: no such name: $demo)"


def test_a_comment_is_one_line_without_control_characters() -> None:
    session = Session()
    session.run('process create "a\x1b[2J\u202e" \\\n --job \\\n $job')
    (step,) = replay(session.state)
    assert comment(step) == r'process create "a\x1b[2J\u202e" --job $job'
