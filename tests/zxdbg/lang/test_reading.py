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
