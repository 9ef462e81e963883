from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Preference, Result
from zxdbg.settings import SETTINGS

Drawer = Callable[[Result], list[str]]


def test_set_chooses_and_shows(session: Session, drawn: Drawer) -> None:
    assert session.run("set theme").answer == ("theme", "dark", "dark", None)
    result = session.run("set theme light")
    assert result.answer.chosen == Preference("", "theme", "light")
    assert drawn(result) == ["theme  light   dark by default"]
    assert session.state.settings["theme"] == "light"
    lines = drawn(session.run("set theme"))
    assert lines[-1] == "  one of   dark, light, safe, mono"
    assert session.run('set pager "less -R"').value == "less -R"


@pytest.mark.parametrize(
    ("line", "span", "message"),
    [
        ("set thme light", (4, 8), "there is no setting thme; nearest: theme"),
        ("set colour light", (4, 10), "there is no setting colour; one of theme, keys, "),
        ("set theme lihgt", (10, 15), "theme cannot be lihgt; nearest: light"),
        ("set theme 7", (10, 11), "theme cannot be 7; one of dark, light, safe, mono"),
        ('set pager ""', (10, 12), "pager cannot be empty"),
    ],
)
def test_a_wrong_setting_is_a_mistake_that_names_the_right_ones(
    session: Session, line: str, span: tuple[int, int], message: str
) -> None:
    with pytest.raises(CommandError) as caught:
        session.run(line)
    assert caught.value.span == span
    assert str(caught.value).startswith(message)
    assert session.state.settings.values == {}


def test_settings_lists_everything_that_can_be_set(session: Session, drawn: Drawer) -> None:
    session.run("set keys vi")
    result = session.run("settings")
    assert [row.key for row in result.answer.rows] == list(SETTINGS)
    text = "\n".join(drawn(result))
    for key, setting in SETTINGS.items():
        assert key in text
        assert setting.about in text
        assert " ".join(setting.words) in text
    assert ["keys", "vi", "emacs", "emacs", "vi"] in [line.split() for line in drawn(result)]
    assert drawn(result)[-1] == "  kept     nowhere: what is set holds for this session"
    session.state.settings.file = "/config.toml"
    assert drawn(session.run("settings"))[-1] == "  kept     in /config.toml"


def test_a_question_about_a_setting_changes_nothing(session: Session) -> None:
    session.run("print 1")
    with pytest.raises(CommandError, match="makes no syscall"):
        session.run("explain set theme light")
    assert session.state.settings["theme"] == "dark"


@pytest.mark.parametrize(
    ("line", "name", "kept"),
    [
        ("alias rd read $demo", "rd", "read $demo"),
        ("alias rd = read $demo", "rd", "read $demo"),
        ('alias rd "read $demo"', "rd", "read $demo"),
        ('alias rd="read $demo"', "rd", "read $demo"),
        ("alias rd=vmos", "rd", "vmos"),
        ('alias hi write $demo $base "hi  there" --length 2', "hi", None),
        (r'alias hi "write $demo $base \"hi\""', "hi", 'write $demo $base "hi"'),
        ('alias ok "print 1 => value=1"', "ok", "print 1 => value=1"),
        ("alias w write $demo -- ", "w", "write $demo --"),
    ],
)
def test_an_alias_stands_for_the_rest_of_the_line(
    session: Session, line: str, name: str, kept: str | None
) -> None:
    result = session.run(line)
    if kept is None:
        kept = line.removeprefix(f"alias {name} ")
    assert session.state.settings.aliases == {name: kept}
    assert result.answer.chosen == Preference("aliases", name, kept)


def test_alias_lists_and_unalias_forgets(session: Session, drawn: Drawer) -> None:
    assert drawn(session.run("alias")) == ["no aliases; alias rd read $demo makes one"]
    session.run("alias rd read $demo; alias m maps")
    assert drawn(session.run("alias")) == ["  m   maps", "  rd  read $demo"]
    assert session.run("alias rd").answer.rows == (("rd", "read $demo"),)
    result = session.run("unalias rd")
    assert result.answer.chosen == Preference("aliases", "rd", None)
    assert drawn(result) == ["forgotten: rd  read $demo"]
    assert session.state.settings.aliases == {"m": "maps"}


@pytest.mark.parametrize(
    ("line", "span", "message"),
    [
        ("alias read write", (6, 10), "read is a command, and an alias may not hide it"),
        ("alias k raed 4", (8, 14), "an alias begins with a command, not with raed; nearest"),
        ("alias k k 4", (8, 11), "aliases would stand for each other: k > k"),
        ("alias rd m 4", (9, 12), "aliases would stand for each other: rd > m > rd"),
        ("alias nope", (6, 10), "there is no alias nope; alias lists those there are"),
        ("unalias rdd", (8, 11), "there is no alias rdd; nearest: rd"),
        (r'alias k "read \q"', (14, 16), r"no such escape: \q"),
    ],
)
def test_a_wrong_alias_is_a_mistake_at_its_place(
    session: Session, line: str, span: tuple[int, int], message: str
) -> None:
    session.run("alias rd read $demo; alias m rd 4")
    with pytest.raises(CommandError) as caught:
        session.run(line)
    assert str(caught.value).startswith(message)
    assert caught.value.span == span
