import re

import pytest

from zxdbg.render.parts import Line, Look, line_width, width_of
from zxdbg.render.ruler import Stretch, ruler

WIDE = "日本語"
WIDTHS = [60, 61, 79, 80, 81, 99, 100, 120, 200, 250]


def look(width: int) -> Look:
    return Look(width, {})


def texts(lines: list[Line]) -> list[str]:
    """Return what is read of lines."""
    return ["".join(text for _, text in line).rstrip() for line in lines]


PARTIAL = [
    Stretch(0x10003FF0, 0x10004000, moved=True, label="heap+0x3ff0  rw-"),
    Stretch(0x10004000, 0x10004004, moved=False, label="nothing mapped"),
]


def test_a_ruler_shows_where_bytes_went_and_where_not() -> None:
    top, edge, bars, under = texts(ruler(PARTIAL, look(80)))
    assert top.split() == ["0x10003ff0", "0x10004000", "0x10004004"]
    assert (edge[2], edge[-1]) == ("├", "┤")
    assert [piece.strip("█░ ") for piece in bars.strip().strip("│").split("│")] == ["16", "4"]
    assert [piece.strip() for piece in under.strip().strip("│").split("│")] == [
        "heap+0x3ff0  rw-",
        "nothing mapped",
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_marks_of_a_ruler_stand_under_each_other(width: int) -> None:
    top, edge, bars, under = texts(ruler(PARTIAL, look(width)))
    posts = [at for at, letter in enumerate(bars) if letter == "│"]
    assert [at for at, letter in enumerate(under) if letter == "│"] == posts
    assert [at for at, letter in enumerate(edge) if letter in "├┼┤"] == posts
    assert [found.start() for found in re.finditer("0x", top)] == posts


def test_moved_bytes_differ_from_others_by_mark_and_style() -> None:
    bars = ruler(PARTIAL, look(80))[2]
    assert [(style, set(text) & {"█", "░"}) for style, text in bars if set(text) & {"█", "░"}] == [
        ("moved", {"█"}),
        ("unmoved", {"░"}),
    ]


@pytest.mark.parametrize("times", [1, 4, 6, 7])
def test_a_wide_label_keeps_the_ruler_straight(times: int) -> None:
    stretches = [
        Stretch(0x1000, 0x2000, moved=True, label=WIDE * times),
        Stretch(0x2000, 0x3000, moved=False, label="nothing mapped"),
    ]
    assert len({width_of(line) for line in texts(ruler(stretches, look(80)))[1:]}) == 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_no_ruler_is_wider_than_the_screen(width: int, count: int) -> None:
    stretches = [
        Stretch(0x7FFF_0000_0000 + at * 0x1000, 0x7FFF_0000_1000 + at * 0x1000, True, f"{WIDE}{at}")
        for at in range(count)
    ]
    assert max(map(line_width, ruler(stretches, look(width)))) <= width


def test_stretches_that_find_no_room_side_by_side_stand_under_each_other() -> None:
    stretches = [
        Stretch(0x1000 * at, 0x1000 * at + 0x1000, moved=at < 7, label=f"part {at}")
        for at in range(1, 9)
    ]
    lines = texts(ruler(stretches, look(60)))
    assert lines[0].split() == ["0x1000", "4K", "bytes", "█", "moved", "part", "1"]
    assert lines[-1].split() == ["0x8000", "4K", "bytes", "░", "not", "moved", "part", "8"]
    assert len(lines) == 8
