import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zxdbg.difference import differ, line_fits

LINES = st.lists(st.sampled_from(["a", "b", "ab", "", "…"]), max_size=6)
PATTERNS = st.lists(st.sampled_from(["a", "b", "ab", "", "…", "a…", "…b"]), max_size=6)


@pytest.mark.parametrize(
    ("stated", "shown", "fits"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("a…", "abc", True),
        ("…c", "abc", True),
        ("a…c", "abc", True),
        ("a…c", "ac", True),
        ("a…a", "a", False),
        ("a…b…c", "a-b-c", True),
        ("a…b…c", "a-c-b", False),
        ("…b…b…", "ab", False),
        ("…b…b…", "bb", True),
        ("…", "", True),
        ("a … c", "a … c", True),
    ],
)
def test_dots_in_a_line_stand_for_anything(stated: str, shown: str, fits: bool) -> None:
    assert line_fits(stated, shown) is fits


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ([], []),
        (["a"], ["a"]),
        (["a  "], ["a"]),
        (["…"], []),
        (["…"], ["a", "b"]),
        (["a", "…"], ["a"]),
        (["a", "…", "c"], ["a", "c"]),
        (["a", "…", "c"], ["a", "b", "c", "b", "c"]),
        (["…", "b", "…", "d"], ["a", "b", "b", "c", "d"]),
        (["  …  "], ["x"]),
    ],
)
def test_dots_alone_stand_for_any_lines(stated: list[str], shown: list[str]) -> None:
    assert differ(stated, shown) is None


@pytest.mark.parametrize(
    ("stated", "shown", "diff"),
    [
        (["a"], ["b"], ["- a", "+ b"]),
        (["a", "x", "c"], ["a", "y", "c"], ["  a", "- x", "+ y", "  c"]),
        (["a"], ["a", "b"], ["  a", "+ b"]),
        (["a", "b"], ["a"], ["  a", "- b"]),
        (["a", "", "b"], ["a", "", "c"], ["  a", "", "- b", "+ c"]),
        (["a", "…", "x"], ["a", "b", "c"], ["  a", "- x", "+ b", "+ c"]),
        ([], ["a"], ["+ a"]),
    ],
)
def test_a_difference_is_shown_with_what_stands_around_it(
    stated: list[str], shown: list[str], diff: list[str]
) -> None:
    found = differ(stated, shown)
    assert found is not None
    assert found.lines() == diff


def test_a_long_difference_is_cut() -> None:
    found = differ(["x"], [str(number) for number in range(50)])
    assert found is not None
    assert found.lines()[-2:] == ["+ 19", "+ … 30 more lines"]


@given(PATTERNS, LINES)
def test_it_fits_with_what_came_in_its_place(stated: list[str], shown: list[str]) -> None:
    found = differ(stated, shown)
    if found is not None:
        came = shown[found.same : found.until]
        assert differ([*stated[: found.at], *came, *stated[found.end :]], shown) is None


@given(PATTERNS, LINES)
def test_it_agrees_with_a_regular_expression(stated: list[str], shown: list[str]) -> None:
    pattern = "".join(
        "(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in stated
    )
    whole = "".join(f"{line}\n" for line in shown)
    assert (differ(stated, shown) is None) is (re.fullmatch(pattern, whole) is not None)


def test_many_dots_come_to_an_end() -> None:
    assert not line_fits("a…" * 5000 + "b", "a" * 100_000)
    lines = list(itertools.repeat("a", 1000))
    assert differ(["…", "a"] * 200 + ["b"], lines) is not None
