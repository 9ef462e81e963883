from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.lang.look import Looker, innermost, is_open


@pytest.fixture
def looker(staged: Session) -> Looker:
    return Looker(staged.state, staged.registry)


def test_a_text_is_divided_into_logical_lines(looker: Looker) -> None:
    text = "print 1\nprint \\\n2; print 3\n"
    lines = looker.lines(text)
    assert [(line.start, line.text, len(line.commands)) for line in lines] == [
        (0, "print 1", 1),
        (8, "print \\\n2; print 3", 2),
        (27, "", 0),
    ]
    assert looker.last_line("print 1\nprint \\\n2") == "print \\\n2"
    assert looker.last_line("print \\") == "print \\"


@pytest.mark.parametrize(
    ("line", "cursor", "role", "typed"),
    [
        ("write $demo", 3, "command", "wri"),
        ("write $demo", 6, "handle", ""),
        ("write ", 6, "error", ""),
        ("write $demo 0x1000", 18, "address", "0x1000"),
        ("map $demo.vmar $heap --perms=r", 30, "word", "r"),
        ("map $demo.vmar $heap --perms=r", 24, "option", "--p"),
        ('write $demo $base "x" => ZX_', 28, "expectation", "ZX_"),
        ("explain write $de", 17, "error", "$de"),
        ("print 1; vmo resize $heap", 25, "handle", "$heap"),
    ],
)
def test_the_parse_says_what_stands_at_the_cursor(
    line: str, cursor: int, role: str, typed: str, looker: Looker
) -> None:
    slot = looker.slot(line, cursor)
    assert slot is not None
    assert slot.piece is not None
    assert (slot.piece.role, slot.typed) == (role, typed)


@pytest.mark.parametrize("line", ['print "ab', "# ab", 'print "ab" ', 'print "a\\" b'])
def test_in_a_string_or_a_comment_stands_nothing(line: str, looker: Looker) -> None:
    assert looker.slot(line, 7 if line[0] == "p" else 3) is None


def test_what_was_read_is_remembered_until_a_command_has_run(
    looker: Looker, staged: Session
) -> None:
    assert looker.line("print $new").commands[0].problems
    staged.run("$new = print 1")
    looker.forget()
    assert not looker.line("print $new").commands[0].problems


def test_a_look_reads_no_file(looker: Looker, tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    (parsed,) = looker.line(f"write $demo $base file:{path}").commands
    assert not parsed.problems
    assert parsed.args[2].length == 200 << 20
    assert not looker.state.looking


def test_a_look_binds_and_runs_nothing(looker: Looker, staged: Session) -> None:
    names = dict(staged.state.names)
    looker.lines("$x = process create y; kill $demo")
    assert (staged.state.names, staged.state.history[-1][:5]) == (names, "$base")


def test_the_innermost_command_is_behind_the_prefixes(looker: Looker) -> None:
    (parsed,) = looker.line("explain compare print 1").commands
    command = innermost(parsed).command
    assert command is not None
    assert command.name == "print"


def test_a_noun_can_be_asked_about_a_word(looker: Looker) -> None:
    slot = looker.slot("print 12", 8)
    assert slot is not None
    assert slot.piece is not None
    assert slot.piece.param is not None
    assert slot.piece.param.type is not None
    noun = slot.piece.param.type
    assert looker.accepts(noun, slot.token)
    assert not looker.accepts(noun, slot.token._replace(text="12q"))


@pytest.mark.parametrize(
    ("text", "open_"),
    [('"a', True), ('"a"', False), (r'"a\"', True), (r'"a\\"', False), ("a", False)],
)
def test_a_string_is_open_until_its_quote(text: str, open_: bool) -> None:
    assert is_open(text) is open_
