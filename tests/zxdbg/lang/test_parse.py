import contextlib
import sys
from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel.fork import Fork
from zxdbg.lang.parse import Parsed

Mistake = Callable[..., CommandError]


def parse(line: str, session: Session) -> Parsed:
    return next(session.iter_parsed(line))


# Commands -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "span", "hint"),
    [
        ('wirte $self 0x1000 "x"', (0, 5), "nearest: write"),
        ("  wirte", (2, 7), "nearest: write"),
        ("handles; wirte", (9, 14), "nearest: write"),
        ("job crate lab", (4, 9), "nearest: create"),
        ("vmar", (4, 4), "one of allocate, destroy"),
        ("explain wirte", (8, 13), "nearest: write"),
    ],
)
def test_an_unknown_command_is_a_mistake_at_its_place_with_the_nearest(
    line: str, span: tuple[int, int], hint: str, mistake: Mistake
) -> None:
    error = mistake(line)
    assert (error.span, error.hint.split(", zx")[0]) == (span, hint)


def test_an_argument_that_is_missing_is_a_mistake_at_the_end(mistake: Mistake) -> None:
    error = mistake("write $self 0x1000; handles")
    assert error.span == (18, 18)
    assert "DATA" in error.message
    assert error.hint == "usage: write PROCESS ADDRESS DATA [--length LENGTH]"


def test_an_argument_too_many_is_a_mistake_at_its_place(mistake: Mistake) -> None:
    error = mistake("vmo create 4K 5 --name x")
    assert error.span == (14, 15)
    assert "no more arguments" in error.message


def test_the_first_mistake_of_a_line_is_told(mistake: Mistake) -> None:
    assert mistake("write $nope x y --foo").span == (6, 11)


def test_a_mistake_in_a_later_command_is_found_when_it_is_reached(session: Session) -> None:
    with pytest.raises(CommandError):
        session.run("process create a; wirte; process create b")
    assert [row.name for row in session.run("processes").rows] == ["zxdbg", "a"]


def test_names_are_looked_up_when_a_command_is_reached(session: Session) -> None:
    assert session.run("$a = print 5; print $a+1").value == 6


def test_a_mistake_changes_nothing(session: Session, mistake: Mistake) -> None:
    mistake("vmo create 4K --name heap --options ZX_FOO", session)
    mistake("vmo create 4K --name heap extra", session)
    mistake("$x = vmo create 4K => sice=1", session)
    assert session.run("vmos").rows == ()
    assert len(session.run("names").rows) == 3


# Options --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "map $demo.vmar $heap --at 0x20000000 --size 4K --overwrite",
        "map --at 0x20000000 $demo.vmar --size 4K $heap --overwrite",
        "map --overwrite --size 4K --at 0x20000000 $demo.vmar $heap",
        "map $demo.vmar --overwrite $heap --at=0x20000000 --size=4K",
        "map --at=0x20000000 --size=4K --overwrite -- $demo.vmar $heap",
        "map $demo.vmar --at 0x20000000 --size 4K --overwrite -- $heap",
    ],
)
def test_options_stand_anywhere_after_the_words(line: str, staged: Session) -> None:
    result = staged.run(line)
    assert (result.mapped_addr, result.size) == (0x20000000, 4096)


def test_an_option_between_the_words_of_a_command_is_a_mistake(mistake: Mistake) -> None:
    assert mistake("vmo --name x create 4K").span == (4, 10)


@pytest.mark.parametrize("name", ["--options", "--", "--name", "-1", "#x", "null", "$"])
def test_the_token_behind_an_option_is_always_its_value(name: str, session: Session) -> None:
    if name.startswith(("#", "$")):
        name = f'"{name}"'
    session.run(f"vmo create 4K --name {name}")
    assert session.run("vmos").rows[0].name == name.strip('"')


def test_the_value_behind_an_equals_sign_is_taken_whole(session: Session) -> None:
    session.run("vmo create --name=a=b 4K")
    session.run('vmo create --name="my name" 4K')
    assert sorted(row.name for row in session.run("vmos").rows) == ["a=b", "my name"]


def test_two_hyphens_end_the_options(session: Session) -> None:
    session.run("process create -- --name")
    session.run("process create -- --")
    assert [row.name for row in session.run("processes").rows[1:]] == ["--name", "--"]


def test_a_string_is_never_an_option(session: Session) -> None:
    session.run('process create "--name"')
    assert session.run("processes").rows[1].name == "--name"


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("vmo create 4K --nme x", (14, 19)),
        ("vmo create 4K --nme=x", (14, 19)),
        ("vmo create 4K --name", (20, 20)),
        ("vmo create 4K --name a --name b", (23, 29)),
        ("vmo create 4K --name=a --name=b", (23, 31)),
        ("kill $self --linger=1", (11, 21)),
        ("handle replace $self", (20, 20)),
        ("vmo create 4K --name => ZX_OK", (20, 20)),
    ],
)
def test_a_wrong_option_is_a_mistake_at_its_place(
    line: str, span: tuple[int, int], mistake: Mistake
) -> None:
    assert mistake(line).span == span


def test_an_unknown_option_has_the_nearest_for_a_hint(mistake: Mistake) -> None:
    assert mistake("vmo create 4K --nme x").hint == "nearest: --name"


# Targets --------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["$x = print 7", "$x=print 7", "$x =print 7", "$x= print 7"])
def test_a_target_needs_no_blanks(line: str, session: Session) -> None:
    session.run(line)
    assert session.value("x") == 7


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("$1x = handles", (0, 3)),
        ("$ = handles", (0, 1)),
        ("$a.b = handles", (0, 4)),
        ("$a-b = handles", (0, 4)),
        ("$é = handles", (0, 2)),
        ("$self = handles", (0, 5)),
        ("$job = handles", (0, 4)),
        ("$root_resource = handles", (0, 14)),
        ("$_ = handles", (0, 2)),
        ("$x =", (4, 4)),
        ("$x = => ZX_OK", (4, 4)),
        ("$x handles", (0, 2)),
        ("$x", (0, 2)),
    ],
)
def test_what_cannot_be_bound_is_a_mistake(
    line: str, span: tuple[int, int], mistake: Mistake
) -> None:
    found = mistake(line).span
    assert found is not None
    assert found[0] in (span[0], 0)


# Prefix commands ------------------------------------------------------------------


def test_a_prefix_command_takes_the_rest_of_the_line(session: Session) -> None:
    parsed = parse('explain write $self 0 "x" --length 1 => ZX_ERR_NO_MEMORY', session)
    assert parsed.inner is not None
    assert parsed.inner.command is not None
    assert parsed.inner.command.name == "write"
    assert parsed.inner.options == {"length": 1}
    assert parsed.inner.expectation is None
    assert parsed.expectation is not None


def test_a_prefix_command_ends_at_its_semicolon(session: Session) -> None:
    assert session.run('explain write $self 0 "x"; print 3').value == 3


def test_a_target_stands_before_the_prefix(session: Session, mistake: Mistake) -> None:
    error = mistake("explain $x = vmo create 4K", session)
    assert error.span == (8, 10)
    assert error.hint == "put $x = before explain"
    session.run("$x = explain vmo create 4K")
    assert session.run("print $x.status").value == "ZX_OK"


@pytest.mark.parametrize("depth", [2, 5, 2000])
def test_prefixes_can_be_piled_up_without_harm(depth: int, session: Session) -> None:
    with contextlib.suppress(CommandError):
        assert session.run("explain " * depth + "vmo create 4K").field("status").label == "ZX_OK"
    assert session.run("vmos").rows == ()


def test_a_pile_of_compares_stays_small(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[session.registry.commands["compare"].run.__module__]
    copies = []

    class CountedFork(Fork):
        def __init__(self, *roots: object) -> None:
            copies.append(roots)
            assert len(copies) <= 100
            super().__init__(*roots)

    monkeypatch.setattr(module, "Fork", CountedFork)
    with contextlib.suppress(CommandError):
        session.run("compare " * 12 + "vmo create 4K")
    assert session.run("vmos").rows == ()


# The tolerant parse ---------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        'write $demo $base "x" --length 1 => ZX_OK actual=1',
        "$x = map $demo.vmar $heap --at=0x1000",
        "explain write $nope 1 2 3 --foo",
        "vmo",
        "handles | names",
    ],
)
def test_the_pieces_of_a_parse_lie_in_the_line(line: str, staged: Session) -> None:
    pieces = parse(line, staged).pieces
    assert pieces
    for piece in pieces:
        assert line[piece.token.start : piece.token.end] == piece.token.text


def test_what_is_right_stays_usable_beside_a_mistake(staged: Session) -> None:
    parsed = parse("write $demo $nope --length 3", staged)
    assert parsed.command is not None
    assert parsed.args[0] == staged.value("demo")
    assert parsed.options == {"length": 3}
    assert [problem.span for problem in parsed.problems] == [(12, 17)]


def test_the_roles_of_the_pieces_are_known(staged: Session) -> None:
    parsed = parse('$x = write $demo $base "x" --length 1 => ZX_OK', staged)
    assert [piece.role for piece in sorted(parsed.pieces, key=lambda each: each.token.start)] == [
        "name",
        "command",
        "handle",
        "address",
        "data",
        "option",
        "number",
        "operator",
        "expectation",
    ]


def test_what_is_still_wanted_is_known(staged: Session) -> None:
    missing = parse("write $demo", staged).missing
    assert [param.name for param in missing] == ["address", "data"]


# Options of every command ---------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "handles --json",
        "vmo create --json 4K --name x",
        "vmo create 4K --name x --json => ZX_OK",
        "explain --json handles",
        "explain handles --json",
        "explain --json",
        'compare --json write $self 0 "x"',
        "zx_vmo_create 4K 0 --json",
        "help --json",
        "handles --json > f",
    ],
)
def test_every_command_can_answer_with_json(line: str, session: Session) -> None:
    parsed = parse(line, session)
    assert parsed.problems == []
    assert parsed.as_json
    assert parsed.inner is None or not parsed.inner.as_json


@pytest.mark.parametrize(
    "line", ["process create -- --json", "vmo create 4K --name --json", 'process create "--json"']
)
def test_where_a_name_stands_json_is_a_name(line: str, session: Session) -> None:
    assert not parse(line, session).as_json
    session.run(line)
    names = [row.name for view in ("processes", "vmos") for row in session.run(view).rows]
    assert "--json" in names


@pytest.mark.parametrize(
    ("line", "span", "message"),
    [
        ("handles --json=1", (8, 16), "--json takes no value"),
        ("handles --json --json", (15, 21), "--json is given twice"),
        ("handles --jsn", (8, 13), "handles has no option --jsn; nearest: --json"),
        ("--json handles", (0, 6), "no such command: --json"),
    ],
)
def test_an_option_of_every_command_can_be_mistaken_too(
    line: str, span: tuple[int, int], message: str, mistake: Mistake
) -> None:
    error = mistake(line)
    assert error.span == span
    assert str(error).startswith(message)


def test_a_second_expectation_is_a_mistake(session: Session, mistake: Mistake) -> None:
    error = mistake("print 1 => any => value=1", session)
    assert (error.message, error.span) == ("only one => can stand in a command", (15, 17))
