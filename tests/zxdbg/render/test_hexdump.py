import random
from collections.abc import Sequence

import pytest

from zxdbg.render.hexdump import PLAIN_DUMP, DumpFormat, hexdump
from zxdbg.render.parts import WINDOW, Drawing, Look, line_width, styled

WIDE = "日本語"
WIDTHS = [60, 61, 79, 80, 81, 99, 100, 120, 200, 250]


def look(width: int = 100, *, everything: bool = False) -> Look:
    return Look(width, {}, everything)


def texts(lines: Drawing) -> list[str]:
    """Return what is read of lines."""
    return ["".join(text for _, text in line).rstrip() for line in styled(lines)]


def dump(
    data: bytes,
    start: int = 0x1000,
    requested: int | None = None,
    width: int = 100,
    boundaries: dict[int, str] | None = None,
    *,
    label: str = "",
    everything: bool = False,
    form: DumpFormat = PLAIN_DUMP,
    changed: Sequence[tuple[int, int]] = (),
) -> list[str]:
    asked = len(data) if requested is None else requested
    surroundings = look(width, everything=everything)
    lines = hexdump(
        data,
        start,
        asked,
        surroundings,
        lambda _: label,
        boundaries or {},
        form=form,
        changed=changed,
    )
    assert all(line_width(line) <= width for line in styled(lines))
    return texts(lines)


def test_a_full_row_shows_bytes_and_letters() -> None:
    assert dump(b"0123456789abcdef") == [
        "  0x1000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|"
    ]


def test_bytes_that_are_no_letters_are_dots() -> None:
    (row,) = dump(bytes([0x00, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0x9B, 0xFF]) * 2)
    assert row.endswith("|.. ~...... ~....|")


def test_zeros_letters_and_other_bytes_have_their_styles() -> None:
    (row,) = styled(hexdump(b"\0A\x80", 0x1000, 3, look(), lambda _: "", {}))
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


def test_a_boundary_inside_a_row_divides_it() -> None:
    rows = dump(b"x" * 16, boundaries={0x100C: "second", 0x1008: "first"})
    assert [row.split("|")[-2] if "|" in row else row.strip("─ ") for row in rows] == [
        "xxxxxxxx        ",
        "first",
        "        xxxx    ",
        "second",
        "            xxxx",
    ]


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
    assert rows[-1] == f"  … {(1000 - 128) * 16} bytes more from 0x1800 on; --all shows them"
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
    assert max(map(line_width, styled(lines))) <= width


def test_the_addresses_of_a_dump_have_equal_widths() -> None:
    rows = dump(bytes(range(32)), 0xFFF0)
    assert [row.split()[0] for row in rows] == ["0x0fff0", "0x10000"]


def test_units_are_little_endian() -> None:
    raw = bytes(range(1, 17))
    for unit, digits in (
        ("u16", "0201 0403 0605 0807  0a09 0c0b 0e0d 100f"),
        ("u32", "04030201 08070605  0c0b0a09 100f0e0d"),
        ("u64", "0807060504030201  100f0e0d0c0b0a09"),
    ):
        (row,) = dump(raw, form=DumpFormat(unit))
        assert row == f"  0x1000  {digits}  |................|"


def test_units_begin_where_the_range_does_and_keep_their_columns() -> None:
    rows = dump(bytes(range(32)), 0x1006, form=DumpFormat("u32"))
    assert rows == [
        f"  0x1002  {' ' * 8} 03020100  07060504 0b0a0908  |    ............|",
        "  0x1012  0f0e0d0c 13121110  17161514 1b1a1918  |................|",
        f"  0x1022  1f1e1d1c{' ' * 30}|....            |",
    ]


def test_a_unit_that_was_read_in_part_is_question_marks() -> None:
    (row,) = dump(b"abcdef", requested=12, form=DumpFormat("u32"))
    assert row.split("|")[0].split() == ["0x1000", "64636261", "????????", "????????"]
    assert row.split("|")[1] == "abcdef          "


def test_a_unit_of_which_not_all_was_asked_for_has_blanks_for_the_rest() -> None:
    (row,) = dump(b"abcdef", form=DumpFormat("u32"))
    assert row.startswith("  0x1000  64636261     6665 ")


def test_a_boundary_inside_a_unit_comes_after_it() -> None:
    rows = dump(b"x" * 16, 0x1002, form=DumpFormat("u32"), boundaries={0x1008: "edge"})
    assert [row.split()[0] for row in rows] == ["0x1002", "───────────", "0x1002"]
    assert rows[0].split("|")[1] == "xxxxxxxx        "
    assert rows[2].split("|")[1] == "        xxxxxxxx"


@pytest.mark.parametrize(
    ("group", "digits"),
    [
        (4, "61 62 63 64  65 66 67 68  69 6a 6b 6c  6d 6e 6f 70"),
        (0, "61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70"),
        (100, "61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70"),
    ],
)
def test_groups_are_of_so_many_units(group: int, digits: str) -> None:
    (row,) = dump(b"abcdefghijklmnop", form=DumpFormat("u8", group))
    assert row == f"  0x1000  {digits}  |abcdefghijklmnop|"


def test_groups_that_do_not_fit_make_rows_shorter() -> None:
    rows = dump(b"abcdefghijklmnop", width=60, form=DumpFormat("u8", 1))
    assert rows == [
        "  0x1000  61  62  63  64  65  66  67  68  |abcdefgh|",
        "  0x1008  69  6a  6b  6c  6d  6e  6f  70  |ijklmnop|",
    ]


def test_text_in_utf_8_shows_as_its_characters() -> None:
    (row,) = dump("中文字 é!".encode() + b"\0")
    assert row.endswith("|中·文·字· é·!.  |")


def test_a_character_that_the_row_cuts_is_dots() -> None:
    rows = dump(b"." * 14 + "中".encode() + b"abc")
    assert [row.split("|")[1] for row in rows] == ["." * 16, ".abc            "]


def test_changed_bytes_are_in_brackets_and_have_their_style() -> None:
    rows = dump(b"0123456789abcdef", changed=[(0x1002, 0x1004), (0x1008, 0x1009), (0x100F, 0x2000)])
    assert rows == [
        "  0x1000  30 31[32 33]34 35 36 37 [38]39 61 62 63 64 65[66] |0123456789abcdef|"
    ]
    (line,) = styled(
        hexdump(b"ab", 0x1000, 2, look(), lambda _: "", {}, changed=[(0x1001, 0x1002)])
    )
    assert [text for style, text in line if style == "changed"] == ["[62]", "b"]


def test_a_unit_with_a_changed_byte_is_marked_whole() -> None:
    (row,) = dump(b"0123456789abcdef", form=DumpFormat("u32"), changed=[(0x1005, 0x1006)])
    assert row.startswith("  0x1000  33323130[37363534] 62613938 66656463  |")


def test_a_changed_row_is_never_folded_into_one_that_is_not() -> None:
    rows = dump(bytes(16 * 20), changed=[(0x1050, 0x1080), (0x10A1, 0x10A2)])
    assert [row.split()[0] for row in rows] == [
        "0x1000",
        "*",
        "0x1050",
        "*",
        "0x1080",
        "0x1090",
        "0x10a0",
        "0x10b0",
        "*",
    ]
    assert [row.split()[1] for row in rows if row.split()[0] == "*"] == ["4", "2", "8"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("unit", ["u8", "u16", "u32", "u64", "text"])
@pytest.mark.parametrize("start", [0x1003, 0x10000000, 0x27109E8B6003, 2**64 - 60])
def test_no_unit_is_wider_than_the_screen(width: int, unit: str, start: int) -> None:
    data = WIDE.encode() * 4
    for group in (None, 0, 1, 3):
        form = DumpFormat(unit, group)
        changed = [(start + 1, start + 9)]
        rows = dump(data, start, 60, width, {start + 20: "end"}, form=form, changed=changed)
        assert len(rows) > 2


@pytest.mark.parametrize("unit", ["u8", "text"])
def test_of_a_huge_dump_only_the_shown_part_is_drawn(unit: str) -> None:
    data = b"0123456789abcdefghi\nx\n" * (1 << 18)
    rows = dump(data, form=DumpFormat(unit))
    assert len(rows) == 4 * WINDOW + 1
    assert rows[-1].endswith("; --all shows them")
