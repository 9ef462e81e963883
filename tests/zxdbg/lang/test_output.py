from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.output import Output
from zxdbg.lang.parse import Parsed

Mistake = Callable[..., CommandError]


def parse(line: str, session: Session | None = None) -> Parsed:
    return next((session or Session()).iter_parsed(line))


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("handles > out.txt", Output("file", "out.txt", (10, 17))),
        ('handles > "my file"', Output("file", "my file", (10, 19))),
        ("handles => rows=3 > out.txt", Output("file", "out.txt", (20, 27))),
        ("handles | wc -l", Output("shell", "wc -l", (10, 15))),
        ('handles | grep "a | b" > x', Output("shell", 'grep "a | b" > x', (10, 26))),
        ("handles | grep a | wc -l # all", Output("shell", "grep a | wc -l", (10, 24))),
        ("handles => rows=3 | wc -l; names", Output("shell", "wc -l", (20, 25))),
        ("handles | awk '{ a; b }' | wc; names", Output("shell", "awk '{ a; b }' | wc", (10, 29))),
        ('handles | grep "it\'s"; names', Output("shell", 'grep "it\'s"', (10, 21))),
        ("$x = handles > f", Output("file", "f", (15, 16))),
        ("handles | sort \\\n  -r", Output("shell", "sort \\\n  -r", (10, 21))),
    ],
)
def test_a_line_says_where_its_answer_goes(line: str, output: Output) -> None:
    parsed = parse(line)
    assert parsed.problems == []
    assert parsed.output == output
    assert (parsed.expectation is not None) is ("=>" in line)


def test_what_stands_before_is_read_as_ever(session: Session) -> None:
    result = session.run("$x = print 7 => value=7 | wc -l")
    assert (result.value, session.value("x")) == (7, 7)


def test_single_quotes_mean_nothing_outside_a_shell_command(session: Session) -> None:
    assert session.run("process create it's; print 7").value == 7


@pytest.mark.parametrize("line", ['print "a | b"', 'print "a > b"', "print 1 # | wc"])
def test_inside_quotes_and_comments_the_signs_mean_nothing(line: str) -> None:
    assert parse(line).output is None


def test_the_output_belongs_to_the_whole_line_of_a_prefix_command() -> None:
    parsed = parse('explain write $self 0 "x" | tail -1')
    assert parsed.inner is not None
    assert (parsed.inner.output, parsed.inner.text) == (None, 'write $self 0 "x"')
    assert parsed.output is not None
    assert parsed.output.text == "tail -1"


@pytest.mark.parametrize(
    ("line", "span", "message"),
    [
        ("handles |", (9, 9), "a shell command is missing after |"),
        ("handles >", (9, 9), "a file is missing after >"),
        ("| handles", (0, 0), "a command is missing"),
        ("> handles", (0, 0), "a command is missing"),
        ("handles > a b", (12, 13), "nothing can follow the file"),
        ("handles > a | wc", (12, 16), "nothing can follow the file"),
        ("handles > a => rows=3", (12, 14), "an expectation stands before >"),
        ("handles | wc => rows=3", (13, 15), "an expectation stands before |"),
        ("map $self 0 --perms r | ZX_VM_MAP_RANGE", (24, 39), "is no shell command"),
        ("wirte | wc", (0, 5), "no such command: wirte"),
        ('handles > "a', (10, 12), "the string is not closed"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    line: str, span: tuple[int, int], message: str, mistake: Mistake
) -> None:
    error = mistake(line)
    assert message in error.message
    assert error.span == span


def test_flags_with_blanks_between_them_get_a_hint(mistake: Mistake) -> None:
    error = mistake("zx_vmar_map $self.vmar ZX_VM_PERM_READ | ZX_VM_PERM_WRITE 0 0 0 4K")
    assert error.hint == "flags are joined without blanks: A|B"


@pytest.mark.parametrize("line", ["handles > f", "handles | wc", "explain handles | wc"])
def test_a_script_needs_to_be_allowed(line: str, mistake: Mistake) -> None:
    error = mistake(line, Session(allow_io=False))
    assert error.message.startswith("a script may not ")
    assert error.hint == "run it with --allow-io"


def test_the_pieces_say_what_plays_which_part() -> None:
    roles = [(piece.token.text, piece.role) for piece in parse("handles | wc -l").pieces]
    assert sorted(roles) == [
        ("-l", "shell"),
        ("handles", "command"),
        ("wc", "shell"),
        ("|", "operator"),
    ]
