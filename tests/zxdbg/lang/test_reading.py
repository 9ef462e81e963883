from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session

Mistake = Callable[..., CommandError]


@pytest.mark.parametrize("unit", ["u8", "u16", "u32", "u64", "text"])
def test_bytes_are_shown_as_units_or_text(staged: Session, unit: str) -> None:
    assert staged.run(f"read $demo $base 16 --as {unit}").actual == 16


def test_another_unit_is_a_mistake_that_names_the_nearest(
    staged: Session, mistake: Mistake
) -> None:
    error = mistake("read $demo $base 16 --as u6", staged)
    assert error.message.startswith("u6 is not")
    assert error.hint.startswith("nearest: u")


@pytest.mark.parametrize(
    ("spelled", "kind", "digits"),
    [
        ('"hi"', "text", "6869"),
        (r'"a\x00b"', "text", "610062"),
        ('"中"', "text", "e4b8ad"),
        ("hex:48??6c6C", "bytes", "48??6c6c"),
        ("hex:4_8?f", "bytes", "48?f"),
        ("u8:65", "u8", "41"),
        ("u16:0x1234", "u16", "3412"),
        ("u32:0x1234", "u32", "34120000"),
        ("u64:1", "u64", "0100000000000000"),
        ("u32:$base+4", "u32", "04000010"),
        ("7", "u32", "07000000"),
        ("$base", "u32", "00000010"),
        ("0x100000000", "u64", "0000000001000000"),
        ("$r", "bytes", "0000"),
        ("fill:0xff:3", "bytes", "ffffff"),
        ("zero:2", "bytes", "0000"),
        ("[$demo]", "bytes", None),
    ],
)
def test_a_pattern_is_taken_for_what_it_looks_like(
    staged: Session, spelled: str, kind: str, digits: str | None
) -> None:
    staged.run("$r = read $demo $base 2")
    sought = staged.run(f"find $demo {spelled}").sought
    if digits is None:
        digits = staged.value("demo").to_bytes(4, "little").hex()
    assert (sought.kind, sought.digits) == (kind, digits)


@pytest.mark.parametrize(
    ("spelled", "message", "hint"),
    [
        ("hello", "hello is not a pattern", 'text is written "hello"'),
        ("hex:4", "not pairs of hex digits: 4", "such as hex:48??6c6c"),
        ("hex:4g", "not pairs of hex digits: 4g", "such as hex:48??6c6c"),
        ("hex:", "not pairs of hex digits: ", "such as hex:48??6c6c"),
        ("u8:256", "0x100 has more than 8 bits", ""),
        ("u32:0x100000000", "0x100000000 has more than 32 bits", ""),
        ("u16:x", "not a number or a name: x", "a name is written $x"),
        ("u24:1", "u24:1 is not data", "expected data"),
        ('""', '"" is not a pattern', ""),
        ("zero:0", "zero:0 is not a pattern", ""),
        ("null", "null is not", ""),
        ("@0x1000", "@0x1000 is not a pattern", ""),
        ("fill:0:1T", "a pattern has 64K bytes at most", ""),
        ("$none", "no such name: $none", ""),
    ],
)
def test_what_is_no_pattern_is_a_mistake_at_its_place(
    staged: Session, mistake: Mistake, spelled: str, message: str, hint: str
) -> None:
    error = mistake(f"find $demo {spelled}", staged)
    assert error.message.startswith(message)
    assert error.hint.startswith(hint)
    assert error.span is not None
    assert error.span[0] >= 11


@pytest.mark.parametrize(
    ("spelled", "differing"),
    [('"hi"', 0), ("hex:6869", 0), ("$r", 0), ("fill:0x68:2", 1), ("$base 2", 0), ("[$demo]", 4)],
)
def test_memory_is_compared_with_an_address_or_data(
    staged: Session, spelled: str, differing: int
) -> None:
    staged.run('write $demo $base "hi"; $r = read $demo $base 2')
    assert staged.run(f"diff $demo $base {spelled}").differing == differing


@pytest.mark.parametrize("spelled", ["null", "@0x1000", "name.bin", "$s"])
def test_what_is_neither_is_a_mistake(staged: Session, mistake: Mistake, spelled: str) -> None:
    staged.run("$s = processes")
    error = mistake(f"diff $demo $base {spelled} 4", staged)
    assert error.span is not None
    assert error.span[0] == 17
