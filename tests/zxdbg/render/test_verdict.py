from typing import Any

import pytest

from zxdbg import Session
from zxdbg.kernel.status import Status
from zxdbg.lang.expect import Miss
from zxdbg.render.verdict import because, judged_text, miss_text
from zxdbg.result import Judged
from zxdbg.syscalls.buffers import Fill

AT = (0, 0)


@pytest.mark.parametrize(
    ("miss", "text"),
    [
        (Miss("actual", 4, 3, AT), "expected actual 4, came 3"),
        (Miss("actual", 4, None, AT), "expected actual 4, came nothing"),
        (Miss("actual", 64, 70, AT, "<"), "expected actual < 64, came 70"),
        (Miss("actual", 70, 70, AT, "!="), "expected actual other than 70, came 70"),
        (Miss("next", 0x2000, 0x1000, AT), "expected next 0x2000, came 0x1000"),
        (Miss("data", b"01", b"10", AT, "^="), 'expected data beginning with "01", came "10"'),
        (Miss("data", b"01", b"\0", AT, "$="), 'expected data ending with "01", came hex:00'),
        (Miss("data", Fill(0, 9), b"", AT), 'expected data 9 bytes of 0x0, came ""'),
        (Miss("stopped", "hole", "complete", AT), "expected stopped hole, came complete"),
        (
            Miss("rights", 8, 4, AT, "~", "rights"),
            "expected rights with ZX_RIGHT_WRITE, came ZX_RIGHT_READ",
        ),
        (
            Miss("status", Status.OK, Status.NO_MEMORY, AT),
            "expected status ZX_OK, came ZX_ERR_NO_MEMORY",
        ),
        (Miss("differs", True, False, AT), "expected differs true, came false"),
        (Miss("rows", 3, (1, 2), AT), "expected rows 3, came 2 rows"),
        (Miss("error", None, "ZX_OK", AT), "expected a mistake, came ZX_OK"),
        (Miss("error", "x", "no y", AT, "~"), "expected a mistake with x, came no y"),
    ],
)
def test_a_miss_says_what_was_expected_and_what_came(miss: Miss, text: str) -> None:
    assert miss_text(miss) == text


@pytest.mark.parametrize(
    ("sign", "expected", "text"),
    [
        ("<", 3, "expected $x < 3, came 5"),
        ("=", 3, "expected $x = 3, came 5"),
        ("", None, "expected $x to hold, came 5"),
    ],
)
def test_an_expectation_of_its_own_says_the_same(sign: str, expected: Any, text: str) -> None:
    assert judged_text(Judged(False, "$x", "number", 5, sign, expected)) == text


def test_a_refusal_says_which_rule_decided(session: Session) -> None:
    text = because(session.run("handle close 5"))
    assert text == (" (rule: handle is a handle of the caller; 0x5 is no handle of the caller)")
    assert because(session.run("print 1")) == ""
