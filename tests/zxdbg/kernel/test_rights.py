"""Rights: the bits, the composites and the default sets of spec 01, section 2."""

import pytest

from zxdbg.kernel.rights import MEANINGS, SAME_RIGHTS, Rights, rights_label, rights_names
from zxdbg.kernel.vmar import VmOption

BITS = {
    "DUPLICATE": 0x1,
    "TRANSFER": 0x2,
    "READ": 0x4,
    "WRITE": 0x8,
    "EXECUTE": 0x10,
    "MAP": 0x20,
    "GET_PROPERTY": 0x40,
    "SET_PROPERTY": 0x80,
    "ENUMERATE": 0x100,
    "DESTROY": 0x200,
    "SET_POLICY": 0x400,
    "GET_POLICY": 0x800,
    "SIGNAL": 0x1000,
    "SIGNAL_PEER": 0x2000,
    "WAIT": 0x4000,
    "INSPECT": 0x8000,
    "MANAGE_JOB": 0x10000,
    "MANAGE_PROCESS": 0x20000,
    "MANAGE_THREAD": 0x40000,
    "APPLY_PROFILE": 0x80000,
}

SETS = {
    "NONE": (0x0, ""),
    "BASIC": (0xC003, "DUPLICATE TRANSFER WAIT INSPECT"),
    "IO": (0xC, "READ WRITE"),
    "PROPERTY": (0xC0, "GET_PROPERTY SET_PROPERTY"),
    "POLICY": (0xC00, "SET_POLICY GET_POLICY"),
    "DEFAULT_PROCESS": (
        0x2D3CF,
        "DUPLICATE TRANSFER READ WRITE GET_PROPERTY SET_PROPERTY ENUMERATE DESTROY SIGNAL WAIT "
        "INSPECT MANAGE_PROCESS",
    ),
    "DEFAULT_THREAD": (
        0x4D2CF,
        "DUPLICATE TRANSFER READ WRITE GET_PROPERTY SET_PROPERTY DESTROY SIGNAL WAIT INSPECT "
        "MANAGE_THREAD",
    ),
    "DEFAULT_JOB": (
        0x1DFCF,
        "DUPLICATE TRANSFER READ WRITE GET_PROPERTY SET_PROPERTY ENUMERATE DESTROY SET_POLICY "
        "GET_POLICY SIGNAL WAIT INSPECT MANAGE_JOB",
    ),
    "DEFAULT_VMO": (
        0xD0FF,
        "DUPLICATE TRANSFER READ WRITE EXECUTE MAP GET_PROPERTY SET_PROPERTY SIGNAL WAIT INSPECT",
    ),
    "DEFAULT_VMAR": (0x8003, "DUPLICATE TRANSFER INSPECT"),
    "DEFAULT_RESOURCE": (0x800B, "DUPLICATE TRANSFER WRITE INSPECT"),
    "DEFAULT_BTI": (0x802F, "DUPLICATE TRANSFER READ WRITE MAP INSPECT"),
}


def test_each_right_has_the_bit_that_zircon_gives_it() -> None:
    single = {right.name: right.value for right in Rights}
    assert single == BITS


@pytest.mark.parametrize(("name", "value", "names"), [(n, *row) for n, row in SETS.items()])
def test_a_set_of_rights_has_zircons_value_and_just_those_members(
    name: str, value: int, names: str
) -> None:
    assert Rights[name].value == value
    assert rights_names(value) == [f"ZX_RIGHT_{word}" for word in names.split()]


def test_the_root_vmar_adds_read_write_execute_to_the_base_set() -> None:
    assert Rights.DEFAULT_VMAR | Rights.READ | Rights.WRITE | Rights.EXECUTE == 0x801F


def test_vm_permissions_lie_two_bits_below_the_rights_that_they_need() -> None:
    assert VmOption.PERM_READ << 2 == Rights.READ
    assert VmOption.PERM_WRITE << 2 == Rights.WRITE
    assert VmOption.PERM_EXECUTE << 2 == Rights.EXECUTE


def test_same_rights_is_bit_31_and_no_right_of_a_handle() -> None:
    assert SAME_RIGHTS == 0x80000000
    assert all(not right & SAME_RIGHTS for right in Rights)


def test_every_right_says_what_it_permits() -> None:
    assert list(MEANINGS) == list(Rights)
    assert all(MEANINGS.values())


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (0, "ZX_RIGHT_NONE"),
        (0x4, "ZX_RIGHT_READ"),
        (0xC, "ZX_RIGHT_READ|ZX_RIGHT_WRITE"),
        (0x80001, "ZX_RIGHT_DUPLICATE|ZX_RIGHT_APPLY_PROFILE"),
        (SAME_RIGHTS, "ZX_RIGHT_SAME_RIGHTS"),
        (0x100000, "0x100000"),
        (0x100002, "ZX_RIGHT_TRANSFER|0x100000"),
    ],
)
def test_a_label_names_known_bits_and_shows_the_rest_as_a_number(value: int, label: str) -> None:
    assert rights_label(value) == label
