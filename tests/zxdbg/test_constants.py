import pytest

from zxdbg import constants
from zxdbg.constants import CONSTANTS, GROUPS, in_words
from zxdbg.kernel.status import Status


def test_a_constant_is_an_attribute() -> None:
    assert constants.ZX_RIGHT_READ | constants.ZX_RIGHT_WRITE == 12
    assert constants.ZX_ERR_NO_MEMORY == -4
    assert constants.ZX_VM_PERM_EXECUTE == 4
    assert constants.ZX_TIME_INFINITE == 2**63 - 1
    with pytest.raises(AttributeError, match="no attribute 'ZX_RIGHT_FLY'"):
        _ = constants.ZX_RIGHT_FLY


def test_every_status_is_there_and_no_name_means_two_numbers() -> None:
    assert GROUPS["status"] == {status.label: int(status) for status in Status}
    assert len(GROUPS["status"]) == 46
    for group in GROUPS.values():
        assert all(CONSTANTS[name] == value for name, value in group.items())


@pytest.mark.parametrize(
    ("group", "value", "words"),
    [
        ("rights", 12, ["ZX_RIGHT_READ", "ZX_RIGHT_WRITE"]),
        ("rights", 0, ["ZX_RIGHT_NONE"]),
        ("rights", 1 << 31, ["ZX_RIGHT_SAME_RIGHTS"]),
        ("rights", 1 << 31 | 1, ["ZX_RIGHT_DUPLICATE", "ZX_RIGHT_SAME_RIGHTS"]),
        ("rights", 1 << 25, []),
        ("zx_vm_option_t", 0x13, ["ZX_VM_PERM_READ", "ZX_VM_PERM_WRITE", "ZX_VM_SPECIFIC"]),
        ("zx_vm_option_t", 1 << 20, []),
        ("topic", 13, ["ZX_INFO_PROCESS_MAPS"]),
        ("topic", 5, []),
        ("property", 3, ["ZX_PROP_NAME"]),
        ("cache-policy", 1, ["ZX_CACHE_POLICY_UNCACHED"]),
        ("time", -(2**63), ["ZX_TIME_INFINITE_PAST"]),
        ("signals", 0, []),
    ],
)
def test_a_number_is_put_into_the_words_of_its_group(
    group: str, value: int, words: list[str]
) -> None:
    assert in_words(group, value) == words
