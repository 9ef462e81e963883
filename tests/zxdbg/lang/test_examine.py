from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.examine import Examine
from zxdbg.lang.parse import Parsed

Mistake = Callable[..., CommandError]


def parse(line: str, session: Session) -> Parsed:
    return next(session.iter_parsed(line))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("16xb", Examine(16, "x", 1)),
        ("8gx", Examine(8, "x", 8)),
        ("4wx", Examine(4, "x", 4)),
        ("2h", Examine(2, "x", 2)),
        ("5", Examine(5, "x", 4)),
        ("x", Examine(None, "x", 4)),
        ("s", Examine(None, "s", 1)),
        ("3s", Examine(3, "s", 1)),
        ("ga", Examine(None, "a", 8)),
        ("wc", Examine(None, "c", 1)),
    ],
)
def test_a_format_is_a_count_a_letter_and_a_size(text: str, read: Examine, staged: Session) -> None:
    assert parse(f"x/{text} $base", staged).options["format"] == read


@pytest.mark.parametrize(
    ("line", "span", "message"),
    [
        ("x/16zb $base", (4, 5), "z is no letter of a format"),
        ("x/d $base", (2, 3), "d is no letter of a format"),
        ("x/xx $base", (3, 4), "x says again what was said"),
        ("x/xbw $base", (4, 5), "w says again what was said"),
        ("x/ $base", (2, 2), "a format is missing after /"),
        ("x /4q $base", (4, 5), "q is no letter of a format"),
        ("x/99999999999999999999 $base", (2, 22), "that is more than 2^64-1 bytes"),
        ("x/" + "9" * 5000, (2, 5002), "that is more than 2^64-1 bytes"),
        ("explain x/é $base", (10, 11), "é is no letter of a format"),
    ],
)
def test_a_letter_that_is_not_known_is_a_mistake_at_its_place(
    line: str, span: tuple[int, int], message: str, staged: Session, mistake: Mistake
) -> None:
    error = mistake(line, staged)
    assert (error.span, error.message) == (span, message)


def test_the_mistake_lists_the_letters_that_are_known(staged: Session, mistake: Mistake) -> None:
    hint = mistake("x/i $base", staged).hint
    assert hint == "x, a, c, s; sizes b, h, w, g; such as 16xb, 8gx, s"


def test_the_command_and_its_format_are_two_pieces(staged: Session) -> None:
    for line in ("x/16xb $base", "x /16xb $base", "mem-read/16xb $base"):
        pieces = parse(line, staged).pieces
        assert [piece.role for piece in pieces] == ["command", "word", "address"]
        assert pieces[1].token.text == "16xb"
        for piece in pieces:
            assert line[slice(*piece.token.span)] == piece.token.text


def test_a_command_without_a_format_takes_none(staged: Session, mistake: Mistake) -> None:
    error = mistake("read/x $demo $base 4", staged)
    assert (error.span, error.message) == ((4, 6), "read takes no format")
    assert mistake("raed/x", staged).message == "no such command: raed/x"
