import random
from typing import TYPE_CHECKING

from zxdbg.render.marks import Marks, cell_line

if TYPE_CHECKING:
    from zxdbg.render.parts import Line


def cells(texts: str, marked: str = "", group: int = 0, gap: str = "  ") -> str:
    line: Line = []
    parts = texts.split()
    flags = [flag == "x" for flag in marked]
    cell_line(line, parts, ["byte"] * len(parts), flags, "  ", group, gap)
    return "".join(text for _, text in line)


def test_brackets_take_the_place_of_gaps() -> None:
    assert cells("61 62 63 64") == "  61 62 63 64 "
    assert cells("61 62 63 64", "-xx-") == "  61[62 63]64 "
    assert cells("61 62 63 64", "xxxx") == " [61 62 63 64]"
    assert cells("61 62 63 64", "x-x-") == " [61]62[63]64 "
    assert cells("61 62 63 64", "-x-x") == "  61[62]63[64]"


def test_a_wider_gap_keeps_its_width() -> None:
    assert cells("61 62 63 64", "", 2) == "  61 62  63 64 "
    assert cells("61 62 63 64", "xx--", 2) == " [61 62] 63 64 "
    assert cells("61 62 63 64", "--xx", 2) == "  61 62 [63 64]"
    assert cells("61 62 63 64", "-xx-", 2) == "  61[62  63]64 "


def test_marked_cells_have_the_style_of_what_changed() -> None:
    line: Line = []
    cell_line(line, ["61", "62", "00"], ["text", "text", "zero"], [False, True, False], " ", 0, " ")
    assert line == [("text", " 61"), ("changed", "[62]"), ("zero", "00"), ("", " ")]


def test_no_mark_moves_a_cell() -> None:
    chance = random.Random(2)
    texts = " ".join(f"{byte:02x}" for byte in range(16))
    for _ in range(200):
        marked = "".join(chance.choice("x-") for _ in range(16))
        group = chance.randrange(5)
        line = cells(texts, marked, group)
        assert line.replace("[", " ").replace("]", " ") == cells(texts, "", group)


def test_ranges_are_half_open_and_joined_where_they_touch() -> None:
    marks = Marks([(10, 12), (12, 14), (20, 21), (30, 30)])
    assert [at for at in range(8, 33) if marks.touch(at, at + 1)] == [10, 11, 12, 13, 20]
    assert marks.touch(0, 11)
    assert not marks.touch(0, 10)
    assert not marks.touch(14, 20)
    assert marks.touch(13, 20)


def test_the_next_edge_is_where_marks_begin_or_end() -> None:
    marks = Marks([(10, 14), (20, 21)])
    assert [marks.edge_after(at, 100) for at in (0, 10, 13, 14, 20, 21)] == [
        10,
        14,
        14,
        20,
        21,
        100,
    ]
    assert marks.edge_after(0, 5) == 5
