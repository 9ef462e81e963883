import random

import pytest

from zxdbg.render.parts import Line, Look, long_table, plain, styled, table
from zxdbg.render.textrows import TextRow, TextRows

HEADER = ("start", "size", "what", "")
WORDS = ("", "a", "0x1000", "heap  vmo 7", "█·", "a rather long remark that runs on")


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for _, text in line).rstrip(" ") for line in lines]


def rows_of(seed: int, words: tuple[str, ...], count: int = 40) -> list[TextRow]:
    choose = random.Random(seed)
    lengths = (2, 3, 4, 4, 4)
    return [
        tuple(choose.choice(words) for _ in range(choose.choice(lengths))) for _ in range(count)
    ]


@pytest.mark.parametrize("width", [20, 30, 44, 60, 80, 120, 250])
@pytest.mark.parametrize("words", [WORDS, WORDS[:5], (*WORDS, "日本語", "a\u0301", "\x1b[31m")])
@pytest.mark.parametrize("cut", [True, False])
def test_rows_of_text_look_as_other_rows_do(
    width: int, words: tuple[str, ...], *, cut: bool
) -> None:
    for seed in range(4):
        rows = rows_of(seed, words)
        cells = [[plain(text) for text in row] for row in rows]
        general = table(HEADER, cells, Look(width, {}), align="lrl", cut=cut)
        for above in (40, 39, 20, 1):
            quick = long_table(
                HEADER, cells[above:], Look(width, {}), rows[:above], align="lrl", cut=cut
            )
            assert texts(styled(quick)) == texts(general)


def test_columns_are_as_wide_as_their_widest_text_and_what_runs_on_does_not_count() -> None:
    rows = TextRows([("a", "b", "c", "d"), ("long", "something that runs on")], 4)
    assert rows.widths == [4, 1, 1, 1]
    columns = [(4, False), (3, True), (1, False), (1, False)]
    assert rows.set(columns, 2, 40) == ["  a       b  c  d", "  long  something that runs on"]


@pytest.mark.parametrize(
    ("row", "room"), [(("日本", "b"), 40), (("a", "runs on and on"), 10), (("a" * 30, "b"), 20)]
)
def test_rows_that_have_to_be_drawn_in_another_way_are_not_set(row: TextRow, room: int) -> None:
    rows = TextRows([row], 3)
    assert rows.set([(width, False) for width in rows.widths], 2, room) is None
