import string
from typing import Any

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.task import Job, Process, Thread
from zxdbg.kernel.vmar import VmAddressRegion
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import SYSCALLS, Profile, Rule
from zxdbg.syscalls.profile import Difference
from zxdbg.syscalls.rule import Lookup, out_rule

D = Difference("d", "page.md", "says", "does", frozenset({Profile.DOCS}), "", "line")
EVERY = [pytest.param(rule, id=rule.id) for syscall in SYSCALLS.values() for rule in syscall.rules]


def names(lookup: Lookup[Any]) -> list[str]:
    return [rule.name for rule in lookup]


# Rule --------------------------------------------------------------------------------


def test_a_rule_gives_the_same_status_in_every_profile_unless_told() -> None:
    rule = Rule("r", Status.BAD_STATE, "it holds")
    assert rule.statuses == dict.fromkeys(Profile, Status.BAD_STATE)
    assert rule.everywhere
    assert all(rule.exists_in(profile) for profile in Profile)


def test_a_rule_may_give_another_status_in_one_profile() -> None:
    rule = Rule("r", Status.NOT_SUPPORTED, "it holds", statuses={Profile.DOCS: Status.BAD_STATE})
    assert rule.statuses == {
        Profile.DOCS: Status.BAD_STATE,
        Profile.KERNEL: Status.NOT_SUPPORTED,
    }
    assert rule.everywhere


@pytest.mark.parametrize("profile", list(Profile))
def test_a_rule_may_exist_in_one_profile_only(profile: Profile) -> None:
    rule = Rule("r", Status.BAD_STATE, "it holds", only=(profile,), difference=D)
    assert rule.statuses == {profile: Status.BAD_STATE}
    assert [one for one in Profile if rule.exists_in(one)] == [profile]
    assert not rule.everywhere


def test_a_rule_that_fails_says_what_it_says_when_it_holds_unless_told() -> None:
    assert Rule("r", Status.OK, "t", passed="{0:hex}").failed == "{0:hex}"
    assert Rule("r", Status.OK, "t", passed="p", failed="f").failed == "f"
    assert Rule("r", Status.OK, "t", failed="f").passed == ""


def test_a_rule_is_called_by_its_name_until_a_syscall_has_it() -> None:
    rule = Rule("r", Status.OK, "t")
    assert (rule.id, repr(rule)) == ("r", "<Rule r>")


# Lookup ------------------------------------------------------------------------------


def test_a_lookup_tests_rights_before_the_type() -> None:
    lookup = Lookup("handle", Process, rights=Rights.READ)
    assert names(lookup) == ["handle-valid", "handle-rights", "handle-type"]
    assert [rule.status for rule in lookup] == [
        Status.BAD_HANDLE,
        Status.ACCESS_DENIED,
        Status.WRONG_TYPE,
    ]


def test_a_lookup_may_test_the_type_first() -> None:
    lookup = Lookup("vmo", VmObject, rights=Rights.MAP, type_first=True)
    assert names(lookup) == ["vmo-valid", "vmo-type", "vmo-rights"]


def test_a_lookup_has_only_the_rules_that_it_needs() -> None:
    anything: Lookup[Any] = Lookup("handle")
    with_rights: Lookup[Any] = Lookup("handle", rights=Rights.WAIT)
    assert names(anything) == ["handle-valid"]
    assert names(with_rights) == ["handle-valid", "handle-rights"]
    assert names(Lookup("handle", Job)) == ["handle-valid", "handle-type"]


@pytest.mark.parametrize(
    ("lookup", "text"),
    [
        (Lookup("h", Process), "h is a process handle"),
        (Lookup("h", VmObject), "h is a VMO handle"),
        (Lookup("h", VmAddressRegion), "h is a VMAR handle"),
        (Lookup("h", Process, Thread, noun="task"), "h is a task handle"),
        (Lookup("h", Process, noun="event"), "h is an event handle"),
    ],
)
def test_the_type_rule_names_the_kind(lookup: Lookup[Any], text: str) -> None:
    assert lookup.type.text == text


def test_the_rights_rule_names_each_right() -> None:
    lookup = Lookup("h", Process, rights=Rights.READ | Rights.WRITE)
    assert lookup.rights.text == "h has ZX_RIGHT_READ and ZX_RIGHT_WRITE"
    assert lookup.need == 0xC


# out_rule ----------------------------------------------------------------------------


def test_an_out_rule_is_an_invalid_argument_that_comes_late() -> None:
    rule = out_rule("mapped_addr", "the mapping is gone")
    assert (rule.name, rule.status) == ("mapped-addr-writable", Status.INVALID_ARGS)
    assert rule.late == "the mapping is gone"
    assert rule.text == "mapped_addr points to memory that the caller can write"


# All declared rules --------------------------------------------------------------------


def test_no_rule_belongs_to_two_syscalls() -> None:
    originals = [syscall for syscall in SYSCALLS.values() if syscall.alias_of is None]
    seen = [rule for syscall in originals for rule in syscall.rules]
    assert len(set(map(id, seen))) == len(seen)
    assert len({rule.id for rule in seen}) == len(seen)


def test_an_id_is_the_syscall_and_the_name() -> None:
    for syscall in SYSCALLS.values():
        named = syscall.alias_of or syscall
        assert [rule.id for rule in syscall.rules] == [
            f"{named.short}/{rule.name}" for rule in syscall.rules
        ]


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_says_what_must_hold_in_one_sentence_without_a_full_stop(rule: Rule) -> None:
    assert rule.text
    assert not rule.text.endswith(".")
    assert "\n" not in rule.text
    assert ". " not in rule.text


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_that_a_profile_has_alone_belongs_to_a_difference(rule: Rule) -> None:
    same = len(set(rule.statuses.values())) == 1
    assert rule.statuses
    assert (rule.everywhere and same) or rule.difference is not None
    assert Status.OK not in rule.statuses.values()


@pytest.mark.parametrize("rule", EVERY)
def test_each_fact_in_a_template_has_a_kind(rule: Rule) -> None:
    for template in (rule.passed, rule.failed):
        for _, field, kind, _ in string.Formatter().parse(template):
            assert field is None or (field.isdigit() and kind)


def test_a_lookup_says_what_it_wants_of_which_argument() -> None:
    lookup = Lookup("handle", Process, Job, rights=Rights.READ | Rights.WRITE)
    valid, rights, kinds = lookup
    assert {valid.arg, rights.arg, kinds.arg} == {"handle"}
    assert (rights.enough, kinds.kinds) == ((Rights.READ | Rights.WRITE,), (Process, Job))


def test_one_of_two_rights_can_be_enough() -> None:
    rules = {rule.name: rule for rule in SYSCALLS["zx_job_create"].rules}
    rule = rules["parent-job-rights"]
    assert (rule.arg, rule.enough) == ("parent_job", (Rights.MANAGE_JOB, Rights.WRITE))
