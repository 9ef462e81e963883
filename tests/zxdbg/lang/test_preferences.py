from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.parse import Parsed

Mistake = Callable[..., CommandError]


def parse(line: str, session: Session) -> Parsed:
    return next(session.iter_parsed(line))


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("alias k read $demo  --as u32", "read $demo  --as u32"),
        ("alias k = read", "read"),
        ("alias k =", ""),
        ('alias k "read $demo"', "read $demo"),
        ('alias k "read" $demo', '"read" $demo'),
        ('alias k write 1 2 "x  y"', 'write 1 2 "x  y"'),
        ("print 1; alias k print 2", "print 2"),
        ("$x = alias k print 2", "print 2"),
        ("explain alias k print 2", "print 2"),
    ],
)
def test_the_rest_of_a_command_is_taken_as_it_is_written(
    line: str, rest: str, session: Session
) -> None:
    *_, parsed = session.iter_parsed(line)
    parsed = parsed.inner or parsed
    assert parsed.args == ["k", rest]
    assert parsed.problems == []


def test_the_rest_is_one_piece(session: Session) -> None:
    line = 'alias k write 1 2 "x"'
    pieces = parse(line, session).pieces
    assert [(piece.role, piece.token.text) for piece in pieces] == [
        ("command", "alias"),
        ("word", "k"),
        ("word", 'write 1 2 "x"'),
    ]


def test_a_setting_is_known_or_a_mistake_at_its_place(session: Session, mistake: Mistake) -> None:
    assert parse("set keys vi", session).args == ["keys", "vi"]
    error = mistake("print 1; set kyes vi", session)
    assert (error.span, str(error)) == ((13, 17), "there is no setting kyes; nearest: keys")
