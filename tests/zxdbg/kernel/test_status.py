"""Statuses: the numbers of spec 01, section 1, all of them and no others."""

from typing import TYPE_CHECKING, cast

import pytest

from zxdbg.kernel.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_UP = cast("Callable[[int], Status]", Status)
"""A member by its number; the type checker sees only the constructor of the members."""

TABLE = {
    "ZX_OK": 0,
    "ZX_ERR_INTERNAL": -1,
    "ZX_ERR_NOT_SUPPORTED": -2,
    "ZX_ERR_NO_RESOURCES": -3,
    "ZX_ERR_NO_MEMORY": -4,
    "ZX_ERR_INTERNAL_INTR_RETRY": -6,
    "ZX_ERR_INVALID_ARGS": -10,
    "ZX_ERR_BAD_HANDLE": -11,
    "ZX_ERR_WRONG_TYPE": -12,
    "ZX_ERR_BAD_SYSCALL": -13,
    "ZX_ERR_OUT_OF_RANGE": -14,
    "ZX_ERR_BUFFER_TOO_SMALL": -15,
    "ZX_ERR_BAD_STATE": -20,
    "ZX_ERR_TIMED_OUT": -21,
    "ZX_ERR_SHOULD_WAIT": -22,
    "ZX_ERR_CANCELED": -23,
    "ZX_ERR_PEER_CLOSED": -24,
    "ZX_ERR_NOT_FOUND": -25,
    "ZX_ERR_ALREADY_EXISTS": -26,
    "ZX_ERR_ALREADY_BOUND": -27,
    "ZX_ERR_UNAVAILABLE": -28,
    "ZX_ERR_ACCESS_DENIED": -30,
    "ZX_ERR_IO": -40,
    "ZX_ERR_IO_REFUSED": -41,
    "ZX_ERR_IO_DATA_INTEGRITY": -42,
    "ZX_ERR_IO_DATA_LOSS": -43,
    "ZX_ERR_IO_NOT_PRESENT": -44,
    "ZX_ERR_IO_OVERRUN": -45,
    "ZX_ERR_IO_MISSED_DEADLINE": -46,
    "ZX_ERR_IO_INVALID": -47,
    "ZX_ERR_BAD_PATH": -50,
    "ZX_ERR_NOT_DIR": -51,
    "ZX_ERR_NOT_FILE": -52,
    "ZX_ERR_FILE_BIG": -53,
    "ZX_ERR_NO_SPACE": -54,
    "ZX_ERR_NOT_EMPTY": -55,
    "ZX_ERR_STOP": -60,
    "ZX_ERR_NEXT": -61,
    "ZX_ERR_ASYNC": -62,
    "ZX_ERR_PROTOCOL_NOT_SUPPORTED": -70,
    "ZX_ERR_ADDRESS_UNREACHABLE": -71,
    "ZX_ERR_ADDRESS_IN_USE": -72,
    "ZX_ERR_NOT_CONNECTED": -73,
    "ZX_ERR_CONNECTION_REFUSED": -74,
    "ZX_ERR_CONNECTION_RESET": -75,
    "ZX_ERR_CONNECTION_ABORTED": -76,
}


def test_the_statuses_are_those_of_errors_h_and_no_others() -> None:
    assert {status.label: int(status) for status in Status} == TABLE


@pytest.mark.parametrize(("label", "number"), TABLE.items())
def test_a_status_is_found_by_its_number(label: str, number: int) -> None:
    assert LOOK_UP(number).label == label


def test_no_two_statuses_share_a_number() -> None:
    assert len(Status.__members__) == len(set(Status)) == len(TABLE)


@pytest.mark.parametrize("number", [1, -5, -7, -9, -16, -29, -39, -77])
def test_an_unassigned_number_is_no_status(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        LOOK_UP(number)


def test_only_success_is_not_negative() -> None:
    assert [status for status in Status if status >= 0] == [Status.OK]


def test_every_status_says_what_it_means_in_words_of_its_own() -> None:
    meanings = [status.meaning for status in Status]
    assert all(meanings)
    assert len(set(meanings)) == len(meanings)
