import random
import re

import pytest

from zxdbg.render.hexdump import DumpFormat, hexdump
from zxdbg.render.parts import WINDOW, Look, line_width, styled


def dump(
    data: bytes,
    *,
    start: int = 0x1000,
    requested: int | None = None,
    width: int = 80,
    boundaries: dict[int, str] | None = None,
    changed: list[tuple[int, int]] | None = None,
    everything: bool = False,
) -> list[str]:
    lines = hexdump(
        data,
        start,
        len(data) if requested is None else requested,
        Look(width, {}),
        lambda _: "label",
        boundaries or {},
        form=DumpFormat("text", None, everything),
        changed=changed or (),
    )
    assert all(line_width(line) <= width for line in styled(lines))
    return ["".join(text for _, text in line).rstrip() for line in styled(lines)]


def test_a_line_of_text_is_a_row_with_its_address() -> None:
    assert dump(b"one\ntwo\r\nthree") == [
        "  0x1000   one\\n",
        "  0x1004   two\\r\\n",
        "  0x1009   three",
    ]


def test_zeros_end_a_row_and_many_are_counted() -> None:
    assert dump(b"a\0bc\0\0\0" + b"d" + bytes(4096) + b"e") == [
        "  0x1000   a\\0",
        "  0x1002   bc\\0\\0\\0",
        "  0x1007   d\\0 ×4096",
        "  0x2008   e",
    ]


def test_utf_8_shows_as_the_characters() -> None:
    assert dump("中文 héllo e\u0301".encode()) == ["  0x1000   中文 héllo e\u0301"]


def test_what_cannot_be_shown_is_escaped() -> None:
    assert dump(b'\x1b[31m\t"q"\\\x01\xff\xe4\xb8') == [
        r"  0x1000   \e[31m\t\"q\"\\\x01\xff\xe4\xb8"
    ]
    assert dump("\u202ex".encode()) == [r"  0x1000   \xe2\x80\xaex"]
    assert dump("\u0301x".encode()) == [r"  0x1000   \xcc\x81x"]


def test_a_long_line_goes_on_below_with_its_own_address() -> None:
    rows = dump(bytes(range(0x61, 0x7B)) * 4, width=60)
    assert [row.split()[0] for row in rows] == ["0x1000", "0x1031", "0x1062"]
    assert "".join(row.split()[1] for row in rows) == "abcdefghijklmnopqrstuvwxyz" * 4


def test_equal_lines_are_folded() -> None:
    assert dump(b"same\n" * 100 + b"end") == [
        "  0x1000   same\\n",
        "  *  99 more lines like it",
        "  0x11f4   end",
    ]


def test_a_boundary_divides_a_line() -> None:
    assert dump(b"abcdef", boundaries={0x1003: "heap ends"}) == [
        "  0x1000   abc",
        "  ─────────── heap ends ───────────",
        "  0x1003   def",
    ]


def test_what_was_not_read_is_said() -> None:
    assert dump(b"abc", requested=4099, boundaries={0x1003: "heap ends"}) == [
        "  0x1000   abc",
        "  ─────────── heap ends ───────────",
        "  0x1003   ??  4K bytes not read",
    ]


def test_lines_with_changed_bytes_have_a_star() -> None:
    assert dump(b"one\ntwo\nthree\n", changed=[(0x1005, 0x1006)]) == [
        "  0x1000   one\\n",
        "  0x1004*  two\\n",
        "  0x1008   three\\n",
    ]


def test_a_changed_line_is_never_folded_away() -> None:
    rows = dump(b"same\n" * 10, changed=[(0x1019, 0x101A)])
    assert [row.split()[0] for row in rows] == ["0x1000", "*", "0x1019*", "0x101e", "*"]


def test_a_long_text_is_cut_unless_all_is_wanted() -> None:
    data = b"".join(b"line %d\n" % number for number in range(500))
    rows = dump(data)
    assert len(rows) == 4 * WINDOW + 1
    assert rows[-1].endswith("bytes more from 0x1412 on; --all shows them")
    assert len(dump(data, everything=True)) == 500


_ESCAPE = re.compile(r"\\0 ×(\d+)|\\x(..)|\\(.)|([^\\]+)")
_SIMPLE = {"n": 10, "r": 13, "t": 9, "e": 27, "a": 7, "b": 8, "v": 11, "f": 12, "0": 0}


def read_back(rows: list[str], column: int) -> bytes:
    """Read a text dump as a person does."""
    data, before = b"", b""
    for row in rows:
        if row.lstrip().startswith("*"):
            data += before * int(row.split()[1])
            continue
        assert int(row.split()[0].rstrip("*"), 16) == 0x1000 + len(data)
        before = b""
        for match in _ESCAPE.finditer(row, column):
            count, digits, simple, text = match.groups()
            if count:
                before += bytes(int(count))
            elif digits:
                before += bytes((int(digits, 16),))
            elif simple:
                before += bytes((_SIMPLE.get(simple, ord(simple)),))
            else:
                before += text.encode()
        data += before
    return data


@pytest.mark.parametrize("width", [60, 80, 250])
def test_every_byte_of_a_text_can_be_read_back(width: int) -> None:
    chance = random.Random(width)
    pool = [b"abc", b"\n", b"\r\n", b"\0", bytes(9), "中".encode(), b"\xff", b"\\", b'"', b"\t"]
    pool += ["é".encode(), b"x" * 300, b"ab\n" * 7, b"0", b"x9"]
    for _ in range(100):
        data = b"".join(chance.choice(pool) for _ in range(chance.randint(1, 30))) + b"."
        assert read_back(dump(data, width=width, everything=True), 11) == data
