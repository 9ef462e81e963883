from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.lang.complete import complete
from zxdbg.lang.hint import hint
from zxdbg.lang.judge import judge
from zxdbg.lang.look import Looker, innermost, is_open
from zxdbg.lang.parse import Parsed, parse
from zxdbg.lang.tokens import split_commands, tokenize


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


# What is remembered ------------------------------------------------------------------


def answers(looker: Looker, text: str) -> list[object]:
    """Ask all that a key asks, twice."""
    asked = [ask(looker, text) for _ in range(2) for ask in (offered, described, troubled, read)]
    assert asked[:4] == asked[4:]
    return asked[:4]


def offered(looker: Looker, text: str) -> object:
    return complete(looker, text)


def described(looker: Looker, text: str) -> object:
    return hint(looker, text, len(text), 120)


def troubled(looker: Looker, text: str) -> object:
    return judge(looker, text, len(text))


def read(looker: Looker, text: str) -> object:
    return [told(parsed) for line in looker.lines(text) for parsed in line.commands]


def told(parsed: Parsed) -> object:
    """Say all of a command that somebody can see, with its places."""
    pieces = [(piece.token, piece.role, piece.param, piece.value) for piece in parsed.pieces]
    problems = [(str(problem), problem.span) for problem in parsed.problems]
    inner = None if parsed.inner is None else told(parsed.inner)
    where = parsed.text, parsed.start, parsed.end
    return *where, parsed.target, parsed.command, pieces, problems, parsed.expectation, inner


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("kill $ne", "$new = process create other"),
        ("kill $new", "$new = process create other"),
        ("print $base", "$base = print 7"),
        ("read $demo 0x20000000 16", "map $demo.vmar $heap --at 0x20000000"),
        ("read $demo $base 16", "unmap $demo.vmar $base 16K"),
        ("write $demo $base", "handle close $demo"),
        ("print $base 1; vmo resize $heap", "as $demo"),
        ("look $base 16", "alias look read $demo"),
        ("look $base 16", "alias look read $demo; alias look print"),
        ("set suggest", "set suggest off"),
        ("reset", "reset"),
    ],
)
def test_nothing_that_was_answered_is_stale_after_a_command(
    text: str, change: str, looker: Looker, staged: Session
) -> None:
    staged.state.shorthand = True
    texts = [text[:end] for end in range(1, len(text) + 1)]
    before = [answers(looker, each) for each in texts]
    for line in change.split("; "):
        staged.run(line)
        looker.forget()
        now = [answers(looker, each) for each in texts]
        assert now == [answers(Looker(staged.state, staged.registry), each) for each in texts]
    assert text in ("set suggest", "reset") or now != before


def test_a_profile_that_changes_is_seen_at_once(looker: Looker, staged: Session) -> None:
    words = [found.text for found in complete(looker, "profile ")]
    assert "kernel" in words
    staged.run("profile kernel")
    looker.forget()
    fresh = Looker(staged.state, staged.registry)
    assert answers(looker, "profile ") == answers(fresh, "profile ")
    assert answers(looker, "zx_vmo_create 4096 1") == answers(fresh, "zx_vmo_create 4096 1")


def test_a_file_that_appears_between_two_keys_is_offered(looker: Looker, tmp_path: Path) -> None:
    before = f"source {tmp_path}/"
    assert complete(looker, before) == []
    (tmp_path / "late.zx").touch()
    assert [found.text for found in complete(looker, before)] == ["late.zx"]


def test_the_same_question_is_answered_once(looker: Looker) -> None:
    text = "write $demo $ba"
    assert looker.slot(text, len(text)) is looker.slot(text, len(text))
    assert judge(looker, text, len(text)) is judge(looker, text, len(text))
    assert looker.slot(text, 5) is not looker.slot(text, len(text))


@pytest.mark.parametrize("shorthand", [False, True])
@pytest.mark.parametrize(
    "line",
    [
        'zz; print 1;zz; $x = print 2 ; write $demo $base "a;b"  # end; here',
        "wri $demo $base x; h l; x/4xb $demo $base; x/4xb $demo $base",
        "maps $demo | grep 'a; b'; print 1 > out.txt; nothing",
        "explain write $demo $base hex:00 => ZX_OK actual=1; explain wri $demo $base hex:00",
        "alias a b  c   d; alias a b  c   d;print $base+1 \\\n ; p $base",
        '"open; print 1',
    ],
)
def test_a_command_is_read_by_itself_as_it_is_in_its_line(
    line: str, shorthand: bool, looker: Looker, staged: Session
) -> None:
    staged.state.shorthand = shorthand
    for end in range(1, len(line) + 1):
        text = line[:end]
        groups = split_commands(tokenize(text))
        whole = [parse(staged.state, staged.registry, text, group) for group in groups]
        found = looker.line(text).commands
        assert [told(each) for each in found] == [told(each) for each in whole], text


def test_a_key_in_a_long_line_reads_one_command(looker: Looker) -> None:
    line = "zz; print 1; " * 1000
    before = looker.line(line).commands
    after = looker.line(line + "print 2").commands
    assert [one is two for one, two in zip(before, after, strict=False)] == [True] * 2000
    assert after[-1].text == "print 2"


def test_few_answers_about_long_texts_are_kept(looker: Looker) -> None:
    for size in range(1000, 1100):
        judge(looker, "x" * size)
    short, long = looker.remembered
    assert len(short) < 10
    assert len(long) <= 8
