import random

import pytest

from zxdbg.render.letters import letter_cells
from zxdbg.render.parts import width_of


def letters(row: bytes) -> str:
    return "".join(text for _, _, text in letter_cells(row))


def test_ascii_is_letters_and_the_rest_dots() -> None:
    assert letters(bytes([0x00, 0x1F, 0x20, 0x41, 0x7E, 0x7F, 0x80, 0xFF])) == ".. A~..."


def test_a_character_of_several_bytes_is_padded_to_a_column_for_each() -> None:
    assert letters("中文".encode()) == "中·文·"
    assert letters("é".encode()) == "é·"
    assert letters("€".encode()) == "€··"
    assert letters("😀".encode()) == "😀··"


@pytest.mark.parametrize(
    "raw",
    [
        "中".encode()[:2],
        "中".encode()[1:],
        b"\xc0\x80",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        "\u0301".encode(),
        "\u200b".encode(),
        "\u202e".encode(),
        "\ufeff".encode(),
        "\x85".encode(),
        "\ue000".encode(),
        "א".encode(),
        "م".encode(),
    ],
    ids=repr,
)
def test_what_has_no_columns_of_its_own_is_dots(raw: bytes) -> None:
    assert letters(raw) == "." * len(raw)


def test_zeros_letters_and_other_bytes_are_told_apart() -> None:
    assert letter_cells(b"\0\0ab\x01\x02\xe4\xb8\xad") == [
        ("zero", 2, ".."),
        ("text", 2, "ab"),
        ("byte", 2, ".."),
        ("text", 3, "中·"),
    ]


def test_any_row_has_a_column_for_each_byte() -> None:
    chance = random.Random(5)
    pool = [each.encode() for each in "aé中😀ｶ\u0301\u200dא\0"] + [b"\xe4", b"\xb8", b"\xff"]
    for _ in range(300):
        row = b"".join(chance.choice(pool) for _ in range(12))[:16]
        cells = letter_cells(row)
        assert sum(count for _, count, _ in cells) == len(row)
        assert all(width_of(text) == count for _, count, text in cells)
