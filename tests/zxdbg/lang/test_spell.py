from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zxdbg import CommandError, Session
from zxdbg.lang.parse import Parsed
from zxdbg.lang.spell import check_alias

Mistake = Callable[..., CommandError]


@pytest.fixture
def typed(staged: Session) -> Session:
    """A session at a prompt, where short words count, with a few aliases."""
    staged.state.shorthand = True
    staged.state.settings.aliases |= {
        "rd": "read $demo",
        "four": "rd $base 4",
        "checked": "read $demo $base 4 => ZX_OK actual=4",
        "why": "explain",
        "here": "there",
        "there": "here",
    }
    return staged


def parse(line: str, session: Session) -> Parsed:
    return next(session.iter_parsed(line))


# Words of other debuggers ---------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("aspace $demo", "maps"),
        ("vmmap $demo", "maps"),
        ("info mappings", "maps"),
        ("info proc mappings", "maps"),
        ("info handles", "handles"),
        ("handle", "handles"),
        ("info proc", "processes"),
        ("ps", "processes"),
        ("process", "processes"),
        ("exit", "quit"),
        ("q", "quit"),
        ("p 7", "print"),
        ("explain aspace $demo", "explain"),
    ],
)
def test_words_of_other_debuggers_work_in_scripts_too(
    line: str, name: str, staged: Session
) -> None:
    parsed = parse(line, staged)
    assert parsed.command is not None
    assert (parsed.command.name, parsed.problems) == (name, [])
    assert parsed.text == line


def test_a_spelling_of_two_words_wins_only_where_it_fits_exactly(
    staged: Session, mistake: Mistake
) -> None:
    assert staged.run("info $demo").command.name == "info"
    assert staged.run("info $demo process").answer.topic == "ZX_INFO_PROCESS"
    assert mistake("info handle", staged).span == (5, 11)


def test_a_word_that_begins_commands_here_is_another_ones_only_when_alone(
    staged: Session, mistake: Mistake
) -> None:
    assert staged.run("process => rows=2").command.name == "processes"
    error = mistake("handle colse $demo", staged)
    assert (error.span, error.hint) == ((7, 12), "nearest: close")


# Prefixes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "full"),
    [
        ("proc cr lab", "process create lab"),
        ("process cr lab", "process create lab"),
        ("vmo cr 4K --name x", "vmo create 4K --name x"),
        ('w $demo $base "w"', 'write $demo $base "w"'),
        ("$x = vmo cl $heap", "$x = vmo clone $heap"),
        ("$x=vmo cl $heap", "$x=vmo clone $heap"),
        ("expl rea $demo $base 4", "explain read $demo $base 4"),
        ("expl comp rea $demo $base 4", "explain compare read $demo $base 4"),
        ("vmm $demo", "maps $demo"),
        ("zx_vmo_get_s $heap", "zx_vmo_get_size $heap"),
        ("unm $demo.vmar $base 4K => ZX_OK", "unmap $demo.vmar $base 4K => ZX_OK"),
    ],
)
def test_a_prefix_of_one_command_only_stands_for_it(line: str, full: str, typed: Session) -> None:
    parsed = parse(line, typed)
    parsed.check()
    assert parsed.text == full
    if not full.startswith("explain compare"):
        typed.execute(parsed)
        assert typed.state.history[-1] == full


@pytest.mark.parametrize(
    ("line", "span", "hint"),
    [
        ("ma $demo", (0, 2), "map, maps"),
        ("vmo re $heap", (4, 6), "vmo read, vmo resize"),
        ("explain ma $demo", (8, 10), "map, maps"),
    ],
)
def test_an_ambiguous_prefix_is_a_mistake_that_lists_the_candidates(
    line: str, span: tuple[int, int], hint: str, typed: Session, mistake: Mistake
) -> None:
    error = mistake(line, typed)
    assert (error.span, error.hint) == (span, hint)
    assert error.message == f"{line[slice(*span)]} is short for several"


def test_of_many_candidates_the_first_few_are_listed(typed: Session, mistake: Mistake) -> None:
    hint = mistake("zx_", typed).hint
    assert hint.startswith("zx_event_create, zx_handle_close, ")
    assert hint.endswith(" more")


@pytest.mark.parametrize("line", ["b", "b main", "bt", "break main"])
def test_words_that_mean_something_else_elsewhere_are_short_for_nothing(
    line: str, typed: Session, mistake: Mistake
) -> None:
    word = line.split(" ")[0]
    assert mistake(line, typed).message == f"no such command: {word}"


def test_raw_names_count_only_when_they_are_meant(typed: Session, mistake: Mistake) -> None:
    assert mistake("z", typed).message == "no such command: z"
    assert mistake("zx", typed).message == "no such command: zx"


def test_exact_words_always_win(typed: Session) -> None:
    assert parse("map $demo.vmar $heap", typed).text.startswith("map ")
    assert parse("set", typed).text == "set"


@pytest.mark.parametrize("line", ["proc cr lab", "expl handles", "rd $base 4", "four"])
def test_short_words_mean_nothing_in_a_script(line: str, typed: Session, mistake: Mistake) -> None:
    typed.state.shorthand = False
    assert mistake(line, typed).message.startswith("no such command")


# Aliases --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "full"),
    [
        ("rd $base 8", "read $demo $base 8"),
        ("four", "read $demo $base 4"),
        ("$x = four", "$x = read $demo $base 4"),
        ("why rd $base 8 => ZX_OK", "explain read $demo $base 8 => ZX_OK"),
        ("checked", "read $demo $base 4 => ZX_OK actual=4"),
        ("four --as u32", "read $demo $base 4 --as u32"),
        ("expl four", "explain read $demo $base 4"),
    ],
)
def test_an_alias_is_run_and_recorded_in_full(line: str, full: str, typed: Session) -> None:
    parsed = parse(line, typed)
    parsed.check()
    result = typed.execute(parsed)
    assert result.text == typed.state.history[-1] == parsed.text == full


def test_options_of_a_prefix_command_hide_no_word(typed: Session) -> None:
    assert parse("expl --any four", typed).text == "explain --any read $demo $base 4"


def test_what_was_recorded_runs_as_a_script(typed: Session) -> None:
    for line in ("$x = four", "proc cr lab", "vmm $demo", "why rd $base 2"):
        typed.run(line)
    recorded = typed.state.history
    again = Session()
    for line in recorded:
        again.run(line)
    assert again.state.history == recorded
    assert again.state.names.keys() == typed.state.names.keys()


@pytest.mark.parametrize("line", ["here", "explain there 1"])
def test_aliases_that_stand_for_each_other_are_a_mistake(
    line: str, typed: Session, mistake: Mistake
) -> None:
    error = mistake(line, typed)
    assert error.message.startswith("aliases stand for each other: ")
    assert error.span is not None
    assert line[slice(*error.span)] in ("here", "there")


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("rd $nope 8", "$nope"),
        ("rd $base 8 9", "9"),
        ("why rd $nope 8", "$nope"),
        ("checked actual=3", ""),
        ("vmo cr 4K --nme x", "--nme"),
        ("four => acutal=4", "acutal"),
    ],
)
def test_a_mistake_behind_a_short_word_has_its_place(line: str, at: str, typed: Session) -> None:
    (problem, *_) = [*parse(line, typed).problems, CommandError("", (0, 0))]
    assert problem.span is not None
    assert line[slice(*problem.span)] == at


def test_a_mistake_in_an_alias_is_at_its_word(typed: Session, mistake: Mistake) -> None:
    typed.state.settings.aliases["bad"] = "read $gone"
    assert mistake("explain bad 1 2", typed).span == (8, 11)
    assert mistake("rd", typed).span == (2, 2)


@pytest.mark.parametrize(
    "line", ["why rd $base 8 => ZX_OK", "$x = four", "vmo cr 4K --name x", "expl ma", "bad 1"]
)
def test_the_pieces_lie_in_the_line_that_was_typed(line: str, typed: Session) -> None:
    typed.state.settings.aliases["bad"] = "read $gone"
    parsed = parse(line, typed)
    spans = [piece.token.span for piece in parsed.pieces]
    assert len(spans) == len(set(spans))
    for piece in parsed.pieces:
        assert line[slice(*piece.token.span)] == piece.token.text
    assert line[parsed.start : parsed.end] == line


def test_a_missed_expectation_of_an_alias_has_a_place_in_the_line(typed: Session) -> None:
    typed.state.settings.aliases["wrong"] = "read $demo $base 4 => actual=5"
    parsed = parse("  wrong", typed)
    result = typed.execute(parsed)
    assert parsed.expectation is not None
    assert [miss.span for miss in parsed.expectation.misses(result)] == [(2, 7)]


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("read", "write", "read is a command, and an alias may not hide it"),
        ("vmo", "vmos", "vmo is a command, and an alias may not hide it"),
        ("vmmap", "handles", "vmmap is a command, and an alias may not hide it"),
        ("a.b", "read", "a.b is no word for an alias"),
        ("é", "read", "é is no word for an alias"),
        ("k", "raed $demo", "an alias begins with a command, not with raed"),
        ("k", "read $a; quit", "an alias stands for one command"),
        ("k", "", "k would stand for nothing"),
        ("k", "read " + "x" * 1000, "an alias stands for one line of 1000 characters at most"),
    ],
)
def test_an_alias_that_would_mislead_is_a_mistake(
    name: str, line: str, message: str, staged: Session
) -> None:
    with pytest.raises(CommandError) as caught:
        check_alias(staged.registry, {}, name, line)
    assert caught.value.message == message


@pytest.mark.parametrize("line", ["read $demo", "vmo create", "vmmap", "rd 4", "explain x/4 1"])
def test_an_alias_begins_with_any_word_of_the_language_or_another_alias(
    line: str, staged: Session
) -> None:
    check_alias(staged.registry, {"rd": "read"}, "k", line)


# Any line -------------------------------------------------------------------------

_WORDS = st.sampled_from(
    [
        *["rd", "four", "checked", "why", "here", "odd", "proc", "cr", "vmo", "re", "x/4x", "x/"],
        *[
            "expl",
            "compare",
            "$demo",
            "$nope",
            "$base",
            "4",
            "--as",
            "--as=u8",
            "=>",
            ";",
            "=",
            "$y",
        ],
        *["$z=", '"a b"', '"open', "info", "proc", "mappings", "handle", "alias", "#", "ma", "/2x"],
    ]
)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(_WORDS, min_size=1, max_size=7), blank=st.sampled_from([" ", "  ", " \\\n"]))
def test_any_line_keeps_its_places(words: list[str], blank: str) -> None:
    session = Session()
    session.run("process create demo; $base = print 0x1000")
    session.state.shorthand = True
    session.state.settings.aliases |= {
        "rd": "read $demo",
        "four": "rd $base 4",
        "checked": "read $demo $base 4 => ZX_OK actual=4",
        "why": "explain",
        "here": "there",
        "there": "here",
        "odd": '$q = alias x "open',
    }
    line = blank.join(words)
    for parsed in session.iter_parsed(line):
        assert 0 <= parsed.start <= parsed.end <= len(line)
        last = 0
        for piece in sorted(parsed.pieces, key=lambda piece: piece.token.start):
            start, end = piece.token.span
            assert last <= start <= end <= len(line)
            assert line[start:end] == piece.token.text
            last = end
        for problem in parsed.problems:
            assert problem.span is not None
            assert 0 <= problem.span[0] <= problem.span[1] <= len(line)


def test_a_word_for_a_prefix_command_can_be_piled_up(session: Session) -> None:
    session.state.shorthand = True
    session.run("alias zq explain")
    result = session.run("zq zq vmo create 4K")
    assert result.text == "explain explain vmo create 4K"
