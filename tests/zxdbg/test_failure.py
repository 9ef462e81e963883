"""Failures: how they are told."""

import pytest

from zxdbg.difference import differ
from zxdbg.failure import MAX_SHOWN, Failure, OtherOutput, other_output
from zxdbg.steps import Place, Stated, StatedLine


@pytest.mark.parametrize(
    ("span", "told"),
    [
        ((0, 5), ["a.zx:7:1: no such command", "    wirte $x", "    ^^^^^"]),
        ((6, 8), ["a.zx:7:7: no such command", "    wirte $x", "          ^^"]),
        ((8, 8), ["a.zx:7:9: no such command", "    wirte $x", "            ^"]),
    ],
)
def test_a_failure_points_at_its_place(span: tuple[int, int], told: list[str]) -> None:
    assert Failure(Place("a.zx", 7, "wirte $x"), span, "no such command").lines() == told


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    failure = Failure(Place("a.zx", 1, "x" * 5000 + "?" + "y" * 5000), (5000, 5001), "odd")
    _, shown, caret = failure.lines()
    assert shown.strip() == shown.strip()[: MAX_SHOWN + 2]
    assert shown[caret.index("^")] == "?"


def test_control_characters_of_a_line_are_escaped() -> None:
    _, shown, caret = Failure(Place("a.zx", 1, "a\tb\x1b!"), (4, 5), "odd").lines()
    assert shown == "    a b\\x1b!"
    assert shown[caret.index("^")] == "!"


def test_other_output_is_told_at_the_first_stated_line_that_differs() -> None:
    stated = Stated("bars", (StatedLine(2, "| ", "one"), StatedLine(3, "| ", "two")))
    difference = differ(["one", "two"], ["one", "2"])
    assert difference is not None
    failure = other_output(Place("a.zx", 1, "print  1"), stated, difference)
    assert failure.lines()[0] == "a.zx:3:3: other output than this came of: print 1"
    assert isinstance(failure.cause, OtherOutput)
