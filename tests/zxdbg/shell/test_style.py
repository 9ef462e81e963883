import pytest
from prompt_toolkit.styles import Attrs, default_ui_style, merge_styles

from zxdbg.render.theme import theme
from zxdbg.shell.style import ROLES, style_of, translate


def look(role: str, theme: dict[str, str]) -> Attrs:
    return style_of(theme).get_attrs_for_style_str(f"class:{role}")


@pytest.mark.parametrize(
    ("rich", "ptk"),
    [
        ("bold red", "bold ansired"),
        ("bright_black", "ansibrightblack"),
        ("white on blue", "ansigray bg:ansiblue"),
        ("underline #ff8800", "underline #ff8800"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_style_of_rich_is_written_as_prompt_toolkit_does(rich: str, ptk: str) -> None:
    assert translate(rich) == ptk


def test_each_role_looks_as_the_theme_says() -> None:
    assert look("handle", theme("dark")).color == "ansibrightmagenta"
    assert look("command", theme("dark")).bold


def test_every_role_has_a_name_in_the_theme() -> None:
    assert set(ROLES.values()) <= set(theme("dark"))


@pytest.mark.parametrize("theme", [theme("dark"), {}])
def test_trouble_is_underlined_in_every_theme(theme: dict[str, str]) -> None:
    assert look("mistake", theme).underline
    assert look("foreseen", theme).underline


@pytest.mark.parametrize("theme", [theme("dark"), {}])
def test_the_menu_has_no_ground_of_its_own(theme: dict[str, str]) -> None:
    style = merge_styles([default_ui_style(), style_of(theme)])
    for part in ("completion-menu.completion", "completion-menu.meta.completion"):
        classes = f"class:{part.replace('.', ',')} class:{part}"
        assert style.get_attrs_for_style_str(classes).bgcolor in ("", "default")


def test_the_menu_shows_the_chosen_row_without_colours() -> None:
    assert look("completion-menu.completion.current", {}).reverse
    assert not look("bottom-toolbar", {}).reverse
