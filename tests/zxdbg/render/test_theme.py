import io
import re

import pytest
from rich.color import ColorType
from rich.style import Style

from zxdbg.kernel.status import Status
from zxdbg.render.parts import address, dim, handle, koid, name, perms, status
from zxdbg.render.screen import Screen
from zxdbg.render.theme import THEME


@pytest.mark.parametrize("meaning", THEME)
def test_every_style_is_one_that_rich_understands(meaning: str) -> None:
    assert str(Style.parse(THEME[meaning])) == (THEME[meaning] or "none")


@pytest.mark.parametrize("meaning", THEME)
def test_no_style_asks_for_more_than_the_sixteen_colours_of_a_terminal(meaning: str) -> None:
    style = Style.parse(THEME[meaning])
    assert style.bgcolor is None
    assert style.color is None or style.color.type is ColorType.STANDARD


@pytest.mark.parametrize("meaning", THEME)
def test_no_style_is_black_or_white_which_a_background_may_be(meaning: str) -> None:
    color = Style.parse(THEME[meaning]).color
    assert color is None or color.name not in ("black", "white", "bright_white")


@pytest.mark.parametrize("meaning", THEME)
def test_every_style_can_be_painted_and_ends_where_it_began(meaning: str) -> None:
    stream = io.StringIO()
    Screen(stream, 80, color=True).print([[(meaning, "text"), ("", "after")]])
    codes = r"(?:\x1b\[[0-9;]+m)"
    painted = rf"{codes}text\x1b\[0m" if THEME[meaning] else "text"
    assert re.fullmatch(rf"{painted}after\n", stream.getvalue())


def test_equal_things_have_a_style_of_their_own() -> None:
    pieces = [address(1), handle(1), koid(1), name("a"), dim("a"), *perms("rwx")]
    styles = [style for style, _ in pieces]
    assert set(styles) <= set(THEME)
    assert len(set(styles)) == len(styles)


def test_what_was_refused_looks_unlike_what_was_done() -> None:
    done, refused = status(Status.OK)[0], status(Status.NO_MEMORY)[0]
    assert Style.parse(THEME[done]).color != Style.parse(THEME[refused]).color
