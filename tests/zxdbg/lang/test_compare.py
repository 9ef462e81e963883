from typing import Any, NamedTuple

import pytest

from zxdbg.kernel.status import Status
from zxdbg.lang.compare import SIGNS, compares, signs_for
from zxdbg.syscalls.buffers import Fill


class Row(NamedTuple):
    name: str
    size: int | None


ROWS = (Row("heap", 16), Row("code", None))


@pytest.mark.parametrize(
    ("came", "sign", "value", "holds"),
    [
        (3, "=", 3, True),
        (3, "!=", 3, False),
        (3, "!=", 4, True),
        (3, "<", 4, True),
        (3, "<", 3, False),
        (3, "<=", 3, True),
        (3, ">", 3, False),
        (4, ">", 3, True),
        (3, ">=", 3, True),
        (2, ">=", 3, False),
        (0b110, "~", 0b010, True),
        (0b110, "~", 0b011, False),
        (0b110, "~", 0, True),
        (3, "<", "x", False),
        (3, "^=", 3, False),
        (True, "<", 2, False),
        (b"abcd", "=", b"abcd", True),
        (b"abcd", "!=", b"abc", True),
        (b"abcd", "^=", b"ab", True),
        (b"abcd", "^=", b"b", False),
        (b"abcd", "$=", b"cd", True),
        (b"abcd", "$=", b"c", False),
        (b"abcd", "~", b"bc", True),
        (b"abcd", "~", b"cb", False),
        (b"abcd", "^=", "ab", False),
        (b"\0\0x", "^=", Fill(0, 2), True),
        (b"\0\0x", "^=", Fill(0, 3), False),
        (b"\0\0x", "=", Fill(0, 3), False),
        (b"\0\0\0", "=", Fill(0, 3), True),
        (b"\0\0x", "~", Fill(0, 1 << 60), False),
        (b"\0\0x", "$=", Fill(ord("x"), 1), True),
        ("hole", "=", "hole", True),
        ("hole", "=", b"hole", True),
        ("hole", "^=", "ho", True),
        ("hole", "$=", b"le", True),
        ("hole", "~", "ol", True),
        ("hole", "~", "lo", False),
        ("hole", "<", "zone", False),
        (Status.OK, "=", Status.OK, True),
        (Status.OK, "=", "ZX_OK", True),
        (Status.OK, "!=", Status.NO_MEMORY, True),
        (ROWS, "=", 2, True),
        (ROWS, "!=", 2, False),
        (ROWS, ">=", 2, True),
        (ROWS, "<", 2, False),
        (ROWS, "~", "heap", True),
        (ROWS, "~", 16, True),
        (ROWS, "~", "hea", False),
        (ROWS, "~", 17, False),
        (ROWS, "<", "x", False),
    ],
)
def test_a_value_stands_to_another_as_the_sign_says(
    came: Any, sign: str, value: Any, holds: bool
) -> None:
    assert compares(came, sign, value) is holds


@pytest.mark.parametrize(
    ("kind", "signs"),
    [
        ("truth", "= !="),
        ("status", "= !="),
        ("rights", "= != ~"),
        ("data", "= != ^= $= ~"),
        ("word", "= != ^= $= ~"),
        ("number", "= != < <= > >= ~"),
        ("bytes", "= != < <= > >= ~"),
        ("address", "= != < <= > >= ~"),
        ("list", "= != < <= > >= ~"),
    ],
)
def test_each_kind_of_field_has_the_signs_that_make_sense(kind: str, signs: str) -> None:
    assert " ".join(signs_for(kind)) == signs


def test_every_sign_says_what_it_means() -> None:
    assert all(sign.about for sign in SIGNS.values())
