import random

import pytest

from zxdbg.render.hexdump import hexdump
from zxdbg.render.parts import WINDOW, Line, Look, line_width

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
    assert max(map(line_width, lines)) <= width


def test_the_addresses_of_a_dump_have_equal_widths() -> None:
    rows = dump(bytes(range(32)), 0xFFF0)
    assert [row.split()[0] for row in rows] == ["0x0fff0", "0x10000"]
