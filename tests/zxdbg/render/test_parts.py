import random
import re

import pytest

from zxdbg.kernel.status import Status
from zxdbg.render.parts import (
    WINDOW,
    Cell,
    Line,
    Look,
    Stretch,
    address,
    clip,
    clip_line,
    dim,
    handle,
    hexdump,
    koid,
    line_width,
    name,
    note,
    perms,
    plain,
    ruler,
    status,
    table,
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


def dump(
    data: bytes,
    start: int = 0x1000,
    requested: int | None = None,
    width: int = 100,
    boundaries: dict[int, str] | None = None,
    *,
    label: str = "",
    everything: bool = False,
) -> list[str]:
    asked = len(data) if requested is None else requested
    surroundings = look(width, everything=everything)
    return texts(hexdump(data, start, asked, surroundings, lambda _: label, boundaries or {}))


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


# Hexdump --------------------------------------------------------------------------


def test_a_full_row_shows_bytes_and_letters() -> None:
    assert dump(b"0123456789abcdef") == [
        "  0x1000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|"
    ]


def test_bytes_that_are_no_letters_are_dots() -> None:
    (row,) = dump(bytes([0x00, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0x9B, 0xFF]) * 2)
    assert row.endswith("|.. ~...... ~....|")


def test_zeros_letters_and_other_bytes_have_their_styles() -> None:
    (row,) = hexdump(b"\0A\x80", 0x1000, 3, look(), lambda _: "", {})
    styles = {text.strip(): style for style, text in row if text.strip()}
    assert [styles[text] for text in ("00", "41", "80")] == ["zero", "text", "byte"]


def test_rows_begin_at_multiples_of_sixteen() -> None:
    rows = dump(b"abcdef", 0x100D)
    assert rows == [
        f"  0x1000  {' ' * 23}  {' ' * 14} 61 62 63  |{' ' * 13}abc|",
        f"  0x1010  64 65 66{' ' * 15}  {' ' * 23}  |def{' ' * 13}|",
    ]


def test_bytes_that_were_not_read_are_question_marks() -> None:
    (row,) = dump(b"ab", requested=5)
    assert row == f"  0x1000  61 62 ?? ?? ??{' ' * 9}  {' ' * 23}  |ab{' ' * 14}|"


def test_nothing_read_at_all_still_shows_where() -> None:
    (row,) = dump(b"", requested=16)
    assert row.split() == ["0x1000", *["??"] * 16, "|", "|"]


def test_many_rows_that_were_not_read_are_summed_up() -> None:
    rows = dump(b"x" * 16, requested=16 + 4096)
    assert rows[1].count("??") == 16
    assert rows[2].count("??") == 16
    assert rows[3:] == ["  … 4064 bytes more not read"]


def test_a_boundary_is_drawn_before_the_row_where_it_lies() -> None:
    rows = dump(b"x" * 16, 0x1000, 32, boundaries={0x1010: "heap ends; nothing mapped"})
    assert rows[0].startswith("  0x1000  78")
    assert rows[1] == "  ─────────── heap ends; nothing mapped ───────────"
    assert rows[2].startswith("  0x1010  ??")


def test_two_boundaries_in_one_row_are_drawn_in_the_order_of_addresses() -> None:
    rows = dump(b"x" * 16, boundaries={0x100C: "second", 0x1008: "first"})
    assert [row.strip("─ ") for row in rows[:2]] == ["first", "second"]
    assert len(rows) == 3


def test_equal_rows_are_folded_and_counted() -> None:
    rows = dump(b"\0" * 16 * 100 + b"x" * 16)
    assert rows[1] == "  *  99 more lines like it"
    assert rows[2].startswith("  0x1640  78")
    assert len(rows) == 3


def test_two_repetitions_are_folded_and_a_single_one_is_not() -> None:
    assert dump(b"\0" * 48)[1:] == ["  *  2 more lines like it"]
    assert len(dump(b"\0" * 32)) == 2
    assert not any("more lines" in row for row in dump(b"\0" * 32))


def test_a_boundary_is_never_folded_away() -> None:
    rows = dump(b"\0" * 16 * 20, boundaries={0x10A0: "here"})
    assert [row.split()[0] for row in rows] == ["0x1000", "*", "───────────", "0x10a0", "*"]
    assert rows[1] == "  *  9 more lines like it"
    assert rows[4] == "  *  9 more lines like it"


@pytest.mark.parametrize(("width", "per_row", "gap"), [(60, 8, 1), (80, 16, 2), (100, 16, 2)])
def test_a_dump_says_every_byte(width: int, per_row: int, gap: int) -> None:
    chance = random.Random(width)
    for _ in range(150):
        pieces = [
            bytes([chance.randrange(2)]) * chance.choice([1, 8, 16, 24, 64, 400])
            for _ in range(chance.randint(1, 8))
        ]
        data = b"".join(pieces)
        start = 0x10000 + chance.choice([0, 0, 3, 8, 15])
        edges = {start + chance.randrange(len(data)): "edge" for _ in range(chance.randrange(3))}
        rows = dump(data, start, width=width, boundaries=edges, everything=True)
        assert read_back(rows, per_row, gap) == (start, data)


def read_back(rows: list[str], per_row: int, gap: int) -> tuple[int, bytes]:
    """Read a dump as a person does: an address, then bytes; `*` repeats the row before."""
    start, data, row_bytes = -1, b"", b""
    for row in rows:
        text = row.lstrip()
        if text.startswith("─"):
            continue
        if text.startswith("*"):
            data += row_bytes * int(text.split()[1])
            continue
        shown, rest = text[:7], text[7 + gap :]
        places = [3 * step + (gap - 1) * (step >= 8) for step in range(per_row)]
        cells = [rest[place : place + 2].strip() for place in places]
        row_bytes = bytes.fromhex("".join(cells))
        first = next(step for step, cell in enumerate(cells) if cell)
        if start < 0:
            start = int(shown, 16) + first
        assert int(shown, 16) + first == start + len(data)
        data += row_bytes
    return start, data


def test_a_long_dump_is_cut_and_says_where_it_goes_on() -> None:
    data = b"".join(bytes([number % 251, number % 241]) * 8 for number in range(1000))
    rows = dump(data)
    assert len(rows) == 4 * WINDOW + 1
    assert rows[-1] == f"  … {(1000 - 128) * 16} bytes more from 0x1800 on"
    assert len(dump(data, everything=True)) == 1000


def test_a_label_is_shown_where_it_changes() -> None:
    lines = hexdump(
        bytes(range(48)), 0x1000, 48, look(), lambda at: "a" if at < 0x1020 else "b", {}
    )
    assert [row[-1] for row in texts(lines)] == ["a", "|", "b"]


@pytest.mark.parametrize(
    ("width", "per_row", "begin"), [(100, 16, "  0x"), (80, 16, "0x"), (60, 8, "0x")]
)
def test_a_narrow_screen_has_narrower_rows(width: int, per_row: int, begin: str) -> None:
    row = dump(bytes(range(1, 33)), 0x10000000, width=width)[0]
    assert row.startswith(f"{begin}")
    assert row.split("|")[0].split() == [
        "0x10000000",
        *(f"{byte:02x}" for byte in range(1, per_row + 1)),
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("start", [0x1000, 0x10000000, 0x27109E8B6003, 2**64 - 40])
def test_no_dump_is_wider_than_the_screen(width: int, start: int) -> None:
    lines = hexdump(
        b"x" * 20, start, 40, look(width), lambda at: f"{WIDE * 20}+{at:#x}", {start + 20: "end"}
    )
    assert max(map(line_width, lines)) <= width


def test_the_addresses_of_a_dump_have_equal_widths() -> None:
    rows = dump(bytes(range(32)), 0xFFF0)
    assert [row.split()[0] for row in rows] == ["0x0fff0", "0x10000"]


# Ruler ----------------------------------------------------------------------------

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
