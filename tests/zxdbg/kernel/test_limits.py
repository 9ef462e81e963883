"""Limits: spec 01, section 9, and the wrapping arithmetic of specs 06 and 07."""

import pytest

from zxdbg.kernel import limits
from zxdbg.kernel.limits import round_up

VALUES = {
    "PAGE_SIZE": 4096,
    "PAGE_SHIFT": 12,
    "PAGE_MASK": 4095,
    "U32": 2**32 - 1,
    "U64": 2**64 - 1,
    "USER_BASE": 0x0000_0000_0100_0000,
    "USER_SIZE": 0x0000_7FFF_FEFF_F000,
    "USER_END": 0x0000_7FFF_FFFF_F000,
    "MAX_HANDLES": 262_144,
    "MAX_NAME": 31,
    "MAX_BLOCK": 67_108_864,
    "FIRST_KOID": 1024,
    "ROOT_JOB_HEIGHT": 32,
    "DEFAULT_MEMORY": 1 << 30,
}


@pytest.mark.parametrize(("name", "value"), VALUES.items())
def test_a_limit_has_zircons_value(name: str, value: int) -> None:
    assert getattr(limits, name) == value


def test_the_user_space_ends_one_page_below_two_to_the_47() -> None:
    assert limits.USER_BASE + limits.USER_SIZE == limits.USER_END == 2**47 - 4096


@pytest.mark.parametrize(
    ("size", "rounded"),
    [
        (0, 0),
        (1, 4096),
        (4095, 4096),
        (4096, 4096),
        (4097, 8192),
        (5000, 8192),
        (2**64 - 8192, 2**64 - 8192),
        (2**64 - 4097, 2**64 - 4096),
        (2**64 - 4096, 2**64 - 4096),
        (2**64 - 4095, 0),
        (2**64 - 1, 0),
    ],
)
def test_rounding_up_to_pages_wraps_at_64_bits(size: int, rounded: int) -> None:
    assert round_up(size) == rounded
