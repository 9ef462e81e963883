from collections.abc import Iterator

import pytest

from zxdbg.syscalls import DIFFERENCES, SYSCALLS, Profile
from zxdbg.syscalls.profile import difference


@pytest.fixture
def declared() -> Iterator[None]:
    before = dict(DIFFERENCES)
    yield
    DIFFERENCES.clear()
    DIFFERENCES.update(before)


@pytest.mark.usefixtures("declared")
def test_a_difference_is_followed_by_docs_unless_a_reason_is_given() -> None:
    followed = difference("a", page="a.md", says="s", does="d", example="print 1")
    shown = difference("b", page="a.md", says="s", does="d", example="print 1", why_not="because")
    assert followed.followers == {Profile.DOCS}
    assert (shown.followers, shown.why) == (frozenset(), "because")


@pytest.mark.usefixtures("declared")
def test_a_difference_is_declared_once() -> None:
    difference("a", page="a.md", says="s", does="d", example="print 1")
    with pytest.raises(ValueError, match="difference a is declared twice"):
        difference("a", page="a.md", says="s", does="d", example="print 1")


def test_a_rule_that_differs_between_profiles_names_its_difference() -> None:
    for syscall in SYSCALLS.values():
        for rule in syscall.rules:
            same = len(rule.statuses) == len(Profile) and len(set(rule.statuses.values())) == 1
            assert same or rule.difference in DIFFERENCES.values(), rule.id


def test_profiles_are_looked_up_by_identity() -> None:
    assert hash(Profile.DOCS) == object.__hash__(Profile.DOCS)
    assert Profile("kernel") is Profile.KERNEL
    assert Profile.KERNEL.title == "answers as the kernel of 2018-07-23 did"
