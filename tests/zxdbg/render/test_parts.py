import random

import pytest

from zxdbg.kernel.status import Status
from zxdbg.render.parts import (
    WINDOW,
    Cell,
    Line,
    Look,
    address,
    clip,
    clip_line,
    dim,
    fold,
    handle,
    koid,
    line_width,
    name,
    note,
    perms,
    plain,
    status,
    table,
    trimmed,
    visible,
    width_of,
    window,
    wrap,
)

WIDE = "日本語"
WIDTHS = [60, 61, 79, 80, 81, 99, 100, 120, 200, 250]


def look(width: int = 100, *, everything: bool = False) -> Look:
    return Look(width, {}, everything)


def texts(lines: list[Line]) -> list[str]:
    """Return what is read of lines."""
    return ["".join(text for _, text in line).rstrip() for line in lines]


# Small parts ----------------------------------------------------------------------


def test_an_address_a_handle_and_a_koid_each_have_one_look() -> None:
    assert address(0x10004000) == ("address", "0x10004000")
    assert handle(0x6C7F36B5) == ("handle", "0x6c7f36b5")
    assert koid(1030) == ("koid", "1030")
    assert name("heap") == ("name", "heap")


def test_permissions_are_letters_and_dashes_in_their_own_styles() -> None:
    assert perms("rw-") == [("perm.r", "r"), ("perm.w", "w"), ("dim", "-")]


def test_a_status_is_a_word_with_its_number_only_when_asked_and_refused() -> None:
    assert status(Status.OK, number=True) == ("ok", "ZX_OK")
    assert status(Status.NO_MEMORY) == ("refused", "ZX_ERR_NO_MEMORY")
    assert status(Status.NO_MEMORY, number=True) == ("refused", "ZX_ERR_NO_MEMORY (-4)")


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), (WIDE, 6), ("aé…│", 4)])
def test_width_counts_columns_not_letters(text: str, columns: int) -> None:
    assert width_of(text) == columns
    assert line_width([plain(text), dim("..")]) == columns + 2


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        (WIDE, 6, WIDE),
        (WIDE, 5, "日本…"),
        (WIDE, 4, "日…"),
        ("", 3, ""),
    ],
)
def test_text_is_cut_to_columns_with_an_ellipsis(text: str, width: int, cut: str) -> None:
    assert clip(text, width) == cut


def test_a_line_is_cut_within_the_piece_that_is_too_long() -> None:
    line = [("ok", "abc"), ("dim", "defghi"), ("name", "jkl")]
    assert clip_line(line, 12) == line
    assert clip_line(line, 6) == [("ok", "abc"), ("dim", "de…")]


def test_a_line_that_is_cut_between_pieces_says_so_too() -> None:
    line = [("ok", "abc"), ("dim", "def")]
    assert clip_line(line, 3) == [("ok", "ab…")]
    assert clip_line(line, 4) == [("ok", "abc"), ("dim", "…")]
    assert clip_line([*line, ("", "    ")], 6) == line


def test_blanks_at_the_end_are_trimmed_over_pieces() -> None:
    assert trimmed([("ok", "a  "), ("dim", "  "), ("", "")]) == [("ok", "a")]
    assert trimmed([("ok", " ")]) == []
    assert trimmed([("ok", "a")]) == [("ok", "a")]


def test_a_line_is_folded_between_pieces_and_a_title_stays_with_its_value() -> None:
    line = [plain("x" * 50), dim("  koid "), koid(1030), plain("  "), dim("size "), plain("4K")]
    assert texts(fold(line, look(60))) == ["x" * 50, "  koid 1030  size 4K"]
    assert texts(fold(line, look(100))) == [f"{'x' * 50}  koid 1030  size 4K"]


def test_a_dot_that_divides_ends_a_line_and_begins_none() -> None:
    assert wrap("one · two · three", 9) == ["one ·", "two ·", "three"]
    assert wrap("one · two · three", 11) == ["one · two ·", "three"]


NASTY = [
    "",
    "a",
    "地",
    "地址空间",
    "e\u0301",
    "\u0301x",
    "👩\u200d👧",
    "שלום",
    "\u202ea",
    "a\tb",
]


@pytest.mark.parametrize("width", WIDTHS)
def test_columns_line_up_whatever_is_in_the_cells(width: int) -> None:
    chance = random.Random(width)
    for _ in range(100):
        count = chance.randint(2, 4)
        marks = "①②③④"[:count]
        rows: list[list[Cell]] = [
            [plain(f"{marks[at]}{chance.choice(NASTY)}") for at in range(count)] for _ in range(9)
        ]
        places = set()
        for line in table([""] * count, rows, look(width)):
            shown = "".join(visible(text) for _, text in line)
            places.add(tuple(width_of(shown[: shown.index(mark)]) for mark in marks))
        assert len(places) == 1


def test_words_are_wrapped_and_a_word_longer_than_a_line_is_broken() -> None:
    assert wrap("one two three", 8, "> ", "  ") == ["> one", "  two", "  three"]
    assert wrap("one two three", 9, "> ", "  ") == ["> one two", "  three"]
    assert all(width_of(line) <= 20 for line in wrap("x" * 100, 20, "ab ", "   "))
    assert "".join(line.strip() for line in wrap("x" * 100, 20, "   ", "   ")) == "x" * 100


@pytest.mark.parametrize("width", WIDTHS)
def test_a_note_is_wrapped_under_itself(width: int) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    lines = texts(note("why", words, look(width)))
    assert lines[0].startswith("  why      word0 word1")
    assert all(line.startswith(" " * 11 + "word") for line in lines[1:])
    assert max(map(width_of, lines)) <= width
    assert " ".join(" ".join(lines).split()) == f"why {words}"


def test_a_long_list_is_shown_by_its_beginning_unless_everything_is_asked_for() -> None:
    assert window(WINDOW + 4, look()) == (WINDOW + 4, 0)
    assert window(WINDOW + 5, look()) == (WINDOW, 5)
    assert window(1000, look(everything=True)) == (1000, 0)


# Tables ---------------------------------------------------------------------------


def test_the_columns_of_a_table_line_up_and_numbers_stand_at_the_right() -> None:
    rows: list[list[Cell]] = [
        [name("heap"), plain("16K"), plain("rw-")],
        [name("a longer name"), plain("4K"), plain("r--")],
    ]
    assert texts(table(["name", "size", "perm"], rows, look(), align="lrl")) == [
        "  name           size  perm",
        "  heap            16K  rw-",
        "  a longer name    4K  r--",
    ]


def test_wide_characters_take_two_columns_in_a_table() -> None:
    rows: list[list[Cell]] = [[plain(WIDE), plain("x")], [plain("abcdef"), plain("y")]]
    assert texts(table(["name", "b"], rows, look())) == [
        "  name    b",
        f"  {WIDE}  x",
        "  abcdef  y",
    ]


def test_a_table_without_titles_has_no_head() -> None:
    assert texts(table(["", ""], [[plain("a"), plain("b")]], look())) == ["  a  b"]


def test_the_last_cell_of_a_short_row_runs_on() -> None:
    rows: list[list[Cell]] = [
        [plain("1"), plain("2"), plain("3")],
        [plain(""), plain("a remark that is longer than the columns")],
    ]
    assert texts(table(["a", "b", "c"], rows, look())) == [
        "  a  b  c",
        "  1  2  3",
        "     a remark that is longer than the columns",
    ]


def test_a_last_column_that_is_too_long_is_cut() -> None:
    rows: list[list[Cell]] = [[plain("a"), plain("b"), plain("x" * 100)]]
    (_, row) = texts(table(["1", "2", "3"], rows, look(60)))
    assert row == f"  a  b  {'x' * 51}…"
    assert width_of(row) == 60


def test_columns_that_find_no_room_are_folded_with_their_titles() -> None:
    rows: list[list[Cell]] = [[plain("a" * 20), plain("b" * 20), plain("c" * 20), plain("d")]]
    assert texts(table(["w", "x", "y", "z"], rows, look(60))) == [
        "  w                     x",
        f"  {'a' * 20}  {'b' * 20}",
        f"      y {'c' * 20}  z d",
    ]


def test_an_empty_cell_is_left_out_of_a_folded_line() -> None:
    rows: list[list[Cell]] = [
        [plain("a" * 25), plain("b" * 25), plain(""), plain("d")],
        [plain("a" * 25), plain("b" * 25), plain(""), plain("")],
    ]
    lines = texts(table(["w", "x", "y is a long title", "z"], rows, look(60)))
    assert lines[2] == "      z d"
    assert len(lines) == 4


@pytest.mark.parametrize("width", WIDTHS)
def test_no_table_is_wider_than_the_screen(width: int) -> None:
    chance = random.Random(width)
    for _ in range(200):
        columns = chance.randint(2, 8)
        letters = chance.choice(["x", "日", "é", "x日"])
        longest = max(1, (width - 8) // (2 * len(letters) * (2 if "日" in letters else 1)))
        rows: list[list[Cell]] = [
            [[plain(letters * chance.randint(0, longest)), dim("")] for _ in range(columns)]
            for _ in range(4)
        ]
        rows.append([plain(""), plain("日" * 300)])
        align = "ll" + "".join(chance.choice("lr") for _ in range(columns - 3)) + "l"
        lines = table([f"t{at}" for at in range(columns)], rows, look(width), align=align)
        assert max(map(line_width, lines)) <= width
