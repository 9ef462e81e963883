"""Blocks of rows look like the same rows, each drawn on its own, whatever is in them."""

import io
import random
from collections.abc import Iterator

import pytest

import zxdbg.render.hexdump as general
from zxdbg.render.hexdump import PLAIN_DUMP, DumpFormat, hexdump
from zxdbg.render.parts import Drawing, Look, styled
from zxdbg.render.rows import Rows
from zxdbg.render.screen import Screen
from zxdbg.render.theme import THEMES

START = 0x10000000
LOOKS = [
    *((theme, {"color": True}) for theme in THEMES),
    ("dark", {}),
    ("dark", {"ascii_only": True}),
    ("safe", {"color": True, "ascii_only": True}),
]


def memory(seed: int, size: int = 3600) -> bytes:
    """Generate bytes of all kinds: zeros, noise, text in many scripts, equal rows."""
    some = random.Random(seed)
    kinds = (
        lambda: bytes(some.randrange(200)),
        lambda: some.randbytes(some.randrange(1500)),
        lambda: "中文字 é!ß€😀 שלום a\u0301 \u200d 한 text % %s".encode() * some.randrange(20),
        lambda: b"hello, plain text; " * some.randrange(50),
        lambda: some.randbytes(16) * some.randrange(12),
        lambda: bytes([some.randrange(0xC0, 256), 0x80, 0xBF]) * some.randrange(60),
    )
    data = b""
    while len(data) < size:
        data += some.choice(kinds)()
        data += bytes(-len(data) % 16) if some.random() < 0.5 else b""
    return data[:size]


def shown(drawing: Drawing, theme: str, width: int, **how: bool) -> str:
    stream = io.StringIO()
    screen = Screen(stream, width, **how)
    screen.theme = theme
    screen.print(drawing)
    return stream.getvalue()


def drawings(seed: int, width: int, form: DumpFormat, *, everything: bool) -> Iterator[Drawing]:
    """Draw dumps of some memory that differ in marks, borders, labels and what was read."""
    some = random.Random(seed)
    data = memory(seed)
    look = Look(width, {}, everything)
    places = sorted(some.randrange(len(data)) for _ in range(6))
    marks = [(START + at, START + at + some.choice([1, 16, 40])) for at in places[:3]]
    borders = {START + at: f"border {at}" for at in places[3:]}

    def label_at(at: int) -> str:
        return ("heap", "", "日本 \u0301é", "x" * 150)[(at >> 10) % 4] + f"+{at - START >> 5:#x}"

    for changed, boundaries, unread, shift in (
        ([], {}, 0, 0),
        (marks, {}, 0, 3),
        ([], borders, 99, 0),
        (marks, borders, 20, 16),
    ):
        yield hexdump(
            data[shift:],
            START + shift,
            len(data) - shift + unread,
            look,
            label_at,
            boundaries,
            form=form,
            changed=changed,
        )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("width", [60, 79, 82, 120])
def test_rows_composed_at_once_look_like_rows_drawn_one_by_one(
    seed: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = 0
    forms = [PLAIN_DUMP, DumpFormat("u8", (4, 0, 3)[seed])]
    for form, everything in zip(forms, (seed == 1, True), strict=True):
        with monkeypatch.context() as patched:
            patched.setattr(general, "_MANY", 3)
            patched.setattr(general, "_BLOCK", 50)
            quick = list(drawings(seed, width, form, everything=everything))
            patched.setattr(general, "_MANY", 1 << 62)
            slow = list(drawings(seed, width, form, everything=everything))
        for ours, theirs in zip(quick, slow, strict=True):
            blocks += sum(isinstance(each, Rows) for each in ours)
            assert not any(isinstance(each, Rows) for each in theirs)
            assert styled(ours) == theirs
            for theme, how in LOOKS:
                assert shown(ours, theme, width, **how) == shown(theirs, theme, width, **how)
    assert blocks > 10


def test_a_long_dump_is_blocks_and_a_short_one_is_not() -> None:
    data = random.Random(1).randbytes(1 << 16)
    drawn = hexdump(data, START, len(data), Look(100, {}, True), lambda at: "", {})
    assert [each.height for each in drawn if isinstance(each, Rows)] == [1024] * 4
    few = hexdump(data[:256], START, 256, Look(100, {}), lambda at: "", {})
    assert all(isinstance(each, list) for each in few)


def test_equal_rows_are_folded_behind_a_block() -> None:
    data = random.Random(2).randbytes(16 * 40) + bytes(16 * 9) + b"x" * 16
    block, folded, row = hexdump(data, START, len(data), Look(100, {}), lambda at: "", {})
    assert isinstance(block, Rows)
    assert block.height == 41
    assert folded == [("dim", "  *  8 more lines like it")]
    assert isinstance(row, list)
    assert row[0] == ("address", "  0x10000310")
