from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session

Mistake = Callable[..., CommandError]


@pytest.mark.parametrize(
    ("line", "span", "text"),
    [
        ("wirte", (0, 5), "no such command: wirte; nearest: write"),
        ("ls", (0, 2), "no such command: ls; handles, names, vmos and processes list things"),
        ("man write", (0, 3), "no such command: man; help COMMAND"),
        (
            "step",
            (0, 4),
            "no such command: step; no code runs here; peek and poke do what a thread would",
        ),
        ("why", (0, 3), "no such command: why; explain says why"),
        ("qqqqqq", (0, 6), "no such command: qqqqqq; help lists them"),
        ("$demo", (0, 5), "a line begins with a command, not with $demo; print $demo shows it"),
        (
            "$ ",
            (0, 1),
            "a line begins with a command, not with $; "
            "names lists what is bound; $name is one of them",
        ),
        (
            "$m = 5",
            (5, 6),
            "a line begins with a command, not with 5; print 5 shows it, $name = print 5 binds it",
        ),
        ("demo = print 1", (0, 4), "no such command: demo; a name is written $demo"),
        ("demo", (0, 4), "no such command: demo; a name is written $demo; print $demo shows it"),
        ("vmar", (4, 4), "vmar wants one more word; one of allocate, destroy"),
        ("vmo craete", (4, 10), "no such command: vmo craete; nearest: create"),
        ("write/x", (5, 7), "write takes no format; x/16xb ADDRESS does"),
    ],
)
def test_a_mistake_in_the_first_words_says_what_could_be_meant(
    line: str, span: tuple[int, int], text: str, staged: Session, mistake: Mistake
) -> None:
    error = mistake(line, staged)
    assert (error.span, str(error)) == (span, text)


@pytest.mark.parametrize("line", ["wirte", "ls", "vmar", "vmo craete", "write/x"])
def test_it_is_the_same_at_a_prompt(line: str, staged: Session, mistake: Mistake) -> None:
    in_a_script = str(mistake(line, staged))
    staged.state.shorthand = True
    assert str(mistake(line, staged)) == in_a_script


def test_a_word_that_is_short_for_several_lists_them(staged: Session, mistake: Mistake) -> None:
    staged.state.shorthand = True
    assert str(mistake("ma", staged)) == "ma is short for several; map, maps"
