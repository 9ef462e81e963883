from typing import NamedTuple

import pytest

from zxdbg.render.parts import Line, Look, line_width
from zxdbg.render.picture import Parts, picture

START, END = 0x1000000, 0x7FFFFFFFF000
TITLE: Line = [("", "a title")]


class Part(NamedTuple):
    """A mapping."""

    start: int
    end: int
    name: str
    perms: str
    committed: int


def columns(parts: list[Part]) -> Parts:
    starts, ends, names, perms, committed = zip(*parts, strict=True)
    return Parts(starts, ends, names, perms, committed)


def part(start: int, size: int, name: str = "heap", perms: str = "rw-", committed: int = 0) -> Part:
    return Part(start, start + size, name, perms, committed)


def drawn(
    parts: list[Part], width: int = 80, *, linear: bool = False, everything: bool = True
) -> list[str]:
    start, end = (START, END) if everything else (parts[0].start, parts[-1].end)
    lines = picture(columns(parts), start, end, [TITLE], Look(width, {}), linear=linear)
    assert all(line_width(line) <= width for line in lines)
    return ["".join(text for _, text in line).rstrip() for line in lines]


def many(count: int, size: int = 0x1000, gap: int = 0x2000) -> list[Part]:
    starts = (0x10000000 + number * (size + gap) for number in range(count))
    return [part(start, size, f"n{number}") for number, start in enumerate(starts)]


def test_a_page_and_a_gap_of_terabytes_can_both_be_seen() -> None:
    parts = [part(0x10000000, 0x4000, committed=1), part(0x10008000, 0x1000, "code", "r-x")]
    assert drawn(parts) == [
        "  0x1000000                        a title                        0x7ffffffff000",
        "  ├───── 240M ────┤██░░░░░░├ 16K ┤░░░░░░░░├─────────────── 128T ───────────────┤",
        "                   heap rw-       code r-x",
    ]


def test_the_ends_stand_above_the_ends_of_the_bar() -> None:
    for width in (60, 80, 120, 250):
        ends, bar, _ = drawn([part(0x10000000, 0x1000)], width)
        assert ends.startswith("  0x1000000 ")
        assert ends.endswith(" 0x7ffffffff000")
        assert len(ends) == len(bar) == width
        assert "a title" in ends


def test_a_title_that_does_not_fit_gives_way_to_the_next() -> None:
    long: Line = [("", "x" * 50)]
    lines = picture(columns([part(0x10000000, 0x1000)]), START, END, [long, TITLE], Look(60, {}))
    assert "a title" in "".join(text for _, text in lines[0])


def test_names_and_permissions_stand_below_their_mapping() -> None:
    _, bar, labels = drawn([part(0x10000000, 0x4000), part(0x10008000, 0x1000, "code", "r-x")])
    first, second = labels.index("heap rw-"), labels.index("code r-x")
    assert bar[first - 1] == "┤"
    assert bar[second - 1] == "┤"
    assert bar.count(" 16K ") == bar.count(" 240M ") == bar.count(" 128T ") == 1


def test_a_committed_part_is_denser_and_one_page_of_many_shows() -> None:
    _, bar, _ = drawn([part(0x10000000, 0x4000, committed=2)])
    assert bar.count("█") == bar.count("░") > 0
    _, bar, _ = drawn([part(0x10000000, 1 << 30, committed=1)])
    assert bar.count("█") == 1
    _, bar, _ = drawn([part(0x10000000, 0x4000, committed=4)])
    assert "░" not in bar


def test_neighbours_without_a_gap_have_one_border_between_them() -> None:
    _, bar, labels = drawn([part(0x10000000, 0x1000), part(0x10001000, 0x1000, "code", "r--")])
    assert "░│░" in bar
    assert labels.split() == ["heap", "rw-", "code", "r--"]


def test_to_scale_a_stretch_is_as_wide_as_it_is_long() -> None:
    parts = [part(0x10000000, 0x4000), part(0x10010000, 0x10000, "code", "r-x")]
    _, bar, labels = drawn(parts, 100, linear=True, everything=False)
    first = bar.count("░", 0, bar.index("├"))
    second = bar.count("░") - first
    gap = bar.index("┤") - bar.index("├")
    assert abs(second - 4 * first) <= 6
    assert abs(gap - 3 * first) <= 6
    assert labels.split() == ["heap", "rw-", "code", "r-x"]


def test_to_scale_nothing_is_narrower_than_a_column() -> None:
    parts = [part(0x10000000, 0x1000), part(1 << 40, 0x1000, "code", "r-x")]
    _, bar, _ = drawn(parts, linear=True, everything=False)
    assert bar.startswith("  │░├─")
    assert bar.endswith("─┤░│")


def test_names_are_cut_before_permissions_are_left_out() -> None:
    parts = [part(0x10000000 + at * 0x2000, 0x1000, f"a-long-name-{at}") for at in range(5)]
    labels = drawn(parts)[2]
    assert labels.count("rw-") == 5
    assert "…" in labels


@pytest.mark.parametrize("width", [60, 80, 120, 250])
@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("gap", [0, 0x2000, 1 << 30])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 12, 40, 1000])
def test_any_number_of_mappings_fits(width: int, linear: bool, gap: int, count: int) -> None:
    parts = many(count, gap=gap)
    lines = drawn(parts, width, linear=linear, everything=not linear)
    assert len(lines[0]) == len(lines[1]) == width
    crowded = "×" in lines[2]
    assert crowded == (len(lines) == 4)
    if crowded and not linear:
        words = lines[2].split()
        stand_for = sum(int(word[1:]) for word in words if word.startswith("×"))
        alone = sum(word.startswith("n") or word == "rw-" for word in words)
        assert stand_for <= count <= stand_for + alone
        assert "too close together" in lines[3]


def test_a_gap_that_is_wide_keeps_its_neighbours_apart() -> None:
    parts = [*many(100), part(1 << 46, 0x1000, "far", "r-x")]
    _, bar, labels, _ = drawn(parts)
    assert labels.rstrip().endswith("far r-x")
    assert " 64T " in bar


def test_equal_gaps_are_divided_evenly() -> None:
    labels = drawn(many(1024), 100)[2]
    counts = [int(word[1:]) for word in labels.split() if word.startswith("×")]
    assert sum(counts) == 1024
    assert max(counts) <= 4 * min(counts)


def test_a_name_of_wide_characters_takes_its_columns() -> None:
    parts = [part(0x10000000, 0x1000, "内存堆"), part(0x10001000, 0x1000, "code", "r--")]
    lines = picture(columns(parts), START, END, [TITLE], Look(60, {}))
    assert line_width(lines[2]) <= 60
    text = "".join(text for _, text in lines[2])
    assert "内存堆 rw-" in text
    bar = "".join(text for _, text in lines[1])
    column = line_width([("", text[: text.index("code")])])
    assert bar[column - 1] == "│"
