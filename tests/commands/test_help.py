from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.declare import Command
from zxdbg.lang.page import HelpPage
from zxdbg.lang.topics import TOPICS
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import Look, styled
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def rows_of(session: Session, line: str, width: int) -> list[str]:
    lines = styled(draw_result(session.run(line), Look(width, {})))
    return ["".join(text for _, text in row).rstrip() for row in lines]


@pytest.mark.parametrize("width", [60, 80, 120, 250])
def test_help_is_a_map_of_every_command_on_one_screen(session: Session, width: int) -> None:
    lines = rows_of(session, "help", width)
    assert len(lines) <= 21
    assert max(map(len, lines)) <= width
    words = " ".join(lines).replace(",", " ").split()
    for declared in session.registry:
        if declared.family != "syscalls":
            assert set(declared.name.split()) <= set(words)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_of_the_map_begins_with_a_dot(session: Session, width: int) -> None:
    assert not [row for row in rows_of(session, "help", width) if row.lstrip().startswith("·")]


def test_the_map_keeps_to_one_screen_when_commands_come(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ["find", "diff", "x", "set", "settings", "alias", "unalias", "export"]
    for at, name in enumerate(more):
        family = "memory" if at < 3 else "session"
        made = Command(name, print, [], lambda: HelpPage, f"{name}.", family=family)
        monkeypatch.setitem(session.registry.commands, name, made)
    for width in (60, 80, 120):
        lines = rows_of(session, "help", width)
        assert len(lines) <= 21
        assert set(more) <= set(" ".join(lines).split())
        assert "expectations" in " ".join(lines)


def test_a_part_of_the_language_for_which_there_is_no_room_is_named_only(
    session: Session,
) -> None:
    wide, small = rows_of(session, "help", 250), rows_of(session, "help", 80)
    first = next(row for row in small if row.startswith("  help "))
    assert first.split(maxsplit=2)[2] == "$name = COMMAND, $name.field"
    assert first in wide
    assert "  help lines         A; B  # a comment" in wide
    assert small[-2] == "  help output · lines"


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("write", "write PROCESS ADDRESS DATA [--length LENGTH]"),
        ("vmo create", "vmo create SIZE [--name NAME] [--options FLAGS]"),
        ("vmo", "vmo …"),
        ("zx_vmo_get_size", "zx_vmo_get_size HANDLE [--size PLACE]"),
        ("vmo_get_size", "zx_vmo_get_size HANDLE [--size PLACE]"),
        ("ZX_ERR_NO_MEMORY", "ZX_ERR_NO_MEMORY (-4)"),
        ("ZX_RIGHT_WRITE", "ZX_RIGHT_WRITE (0x8)"),
        ("differences", "Where the pages and the kernel disagree"),
        ("syscalls", "syscalls, under their C names"),
        *((name, name) for name in TOPICS),
    ],
)
def test_help_on_a_topic_begins_with_it(
    session: Session, drawn: Drawer, topic: str, expected: str
) -> None:
    lines = drawn(session.run(f"help {topic}"))
    assert lines[0] == expected
    assert max(map(len, lines)) <= 80


def test_help_on_a_command_fits_a_screen_and_says_when_to_use_it(
    session: Session, drawn: Drawer
) -> None:
    lines = drawn(session.run("help vmo resize"))
    at = lines.index("when to use it")
    assert lines[at + 1].startswith("  To see what becomes of mappings")
    assert lines.index("arguments") > at
    assert len(lines) <= 21


def test_help_on_a_status_shows_what_to_do_before_the_conditions(
    session: Session, drawn: Drawer
) -> None:
    lines = drawn(session.run("help ZX_ERR_INVALID_ARGS"))
    assert lines.index("what to do") < lines.index("answered where one of these does not hold")
    assert lines[-1].startswith("  … ")
    assert len(lines) < 50


def test_help_on_nothing_known_names_the_nearest(session: Session) -> None:
    with pytest.raises(CommandError, match="no help on wirte; nearest: write"):
        session.run("help wirte")


def test_apropos_lists_what_fits_on_one_screen(session: Session, drawn: Drawer) -> None:
    result = session.run("apropos handle")
    lines = drawn(result)
    assert len(lines) <= 21
    assert max(map(len, lines)) <= 80
    assert lines[0].split("  ")[1] == result.rows[0].topic
    assert lines[-2] == f"  … {len(result.rows) - 18} more rows; another word leaves fewer"


def test_apropos_says_where_nothing_fits(session: Session, drawn: Drawer) -> None:
    (line,) = drawn(session.run("apropos xyzzy"))
    assert line == "nothing speaks of xyzzy; help lists what there is"


def test_apropos_is_a_question_that_leaves_the_last_result_alone(session: Session) -> None:
    session.run("print 1")
    before = session.state.last
    session.run("apropos map")
    assert session.state.last is before
