import io
import re
from collections.abc import Callable

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style

from zxdbg.kernel.status import Status
from zxdbg.render.parts import address, dim, handle, koid, name, perms, status
from zxdbg.render.screen import Screen
from zxdbg.render.theme import THEMES, theme
from zxdbg.settings import SETTINGS

STYLES = [(each, meaning) for each in THEMES for meaning in theme(each)]
XTERM = {
    "red": "#cd0000",
    "green": "#00cd00",
    "yellow": "#cdcd00",
    "blue": "#0000ee",
    "magenta": "#cd00cd",
    "cyan": "#00cdcd",
    "bright_black": "#7f7f7f",
    "bright_red": "#ff0000",
    "bright_green": "#00ff00",
    "bright_yellow": "#ffff00",
    "bright_blue": "#5c5cff",
    "bright_magenta": "#ff00ff",
    "bright_cyan": "#00ffff",
}
"""What the names of colours are in xterm, if nobody chose others."""


def channels(color: Color) -> tuple[int, int, int]:
    """Return red, green and blue of a colour."""
    text = XTERM.get(color.name, color.name)
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def luminance(color: Color) -> float:
    """Return how bright a colour is, from 0 to 1, as WCAG 2 defines it."""
    parts = [value / 255 for value in channels(color)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def on_black(color: Color) -> float:
    return (luminance(color) + 0.05) / 0.05


def on_white(color: Color) -> float:
    return 1.05 / (luminance(color) + 0.05)


def test_the_setting_can_be_each_theme() -> None:
    assert SETTINGS["theme"].words == tuple(THEMES)
    assert SETTINGS["theme"].default in THEMES


@pytest.mark.parametrize("each", THEMES)
def test_every_theme_has_a_style_for_each_meaning(each: str) -> None:
    assert list(theme(each)) == list(theme("dark"))


@pytest.mark.parametrize(("each", "meaning"), STYLES)
def test_every_style_is_one_that_rich_understands(each: str, meaning: str) -> None:
    description = theme(each)[meaning]
    assert set(str(Style.parse(description)).split()) == set((description or "none").split())


@pytest.mark.parametrize(("each", "meaning"), STYLES)
def test_a_colour_is_one_of_sixteen_or_of_the_fixed_ones_and_no_background_is_set(
    each: str, meaning: str
) -> None:
    style = Style.parse(theme(each)[meaning])
    assert style.bgcolor is None
    if style.color is not None and style.color.name not in XTERM:
        fixed = style.color.downgrade(ColorSystem.EIGHT_BIT)
        assert (fixed.number or 0) >= 16
        assert fixed.get_truecolor().hex == style.color.name


@pytest.mark.parametrize(
    ("each", "meaning", "contrast"),
    [
        *(("dark", meaning, on_black) for meaning in theme("dark")),
        *(("light", meaning, on_white) for meaning in theme("light")),
    ],
)
def test_every_style_can_be_read_on_its_background(
    each: str, meaning: str, contrast: Callable[[Color], float]
) -> None:
    color = Style.parse(theme(each)[meaning]).color
    assert color is None or contrast(color) >= 4.5


@pytest.mark.parametrize("meaning", theme("safe"))
def test_the_safe_theme_can_be_read_on_black_and_on_white(meaning: str) -> None:
    """No orange has 4.5 on both; the one that is used comes nearest."""
    color = Style.parse(theme("safe")[meaning]).color
    assert color is None or min(on_black(color), on_white(color)) >= 4.45


@pytest.mark.parametrize(
    ("good", "bad"),
    [("ok", "refused"), ("ok", "warn"), ("moved", "unread"), ("passed", "decided")],
)
def test_in_the_safe_theme_good_and_bad_differ_in_blue_which_almost_everybody_sees(
    good: str, bad: str
) -> None:
    first, second = (Style.parse(theme("safe")[each]).color for each in (good, bad))
    assert first is not None
    assert second is not None
    assert channels(first)[2] - channels(second)[2] >= 0x80


def test_the_mono_theme_has_no_colours() -> None:
    assert all(Style.parse(each).color is None for each in theme("mono").values())


@pytest.mark.parametrize("each", THEMES)
def test_what_was_refused_looks_unlike_what_was_done(each: str) -> None:
    done, refused = status(Status.OK)[0], status(Status.NO_MEMORY)[0]
    assert theme(each)[done] != theme(each)[refused]


@pytest.mark.parametrize(("each", "meaning"), STYLES)
def test_every_style_can_be_painted_and_ends_where_it_began(each: str, meaning: str) -> None:
    stream = io.StringIO()
    screen = Screen(stream, 80, color=True)
    screen.theme = each
    screen.print([[(meaning, "text"), ("", "after")]])
    codes = r"(?:\x1b\[[0-9;]+m)"
    painted = rf"{codes}text\x1b\[0m" if theme(each)[meaning] else "text"
    assert re.fullmatch(rf"{painted}after\n", stream.getvalue())


def test_equal_things_have_a_style_of_their_own() -> None:
    pieces = [address(1), handle(1), koid(1), name("a"), dim("a"), *perms("rwx")]
    styles = [style for style, _ in pieces]
    assert set(styles) <= set(theme("dark"))
    assert len(set(styles)) == len(styles)
