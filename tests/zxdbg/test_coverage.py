from zxdbg import Session
from zxdbg.coverage import cover, cover_all, joined, known_lines
from zxdbg.lang.help import STAGE
from zxdbg.syscalls import SYSCALLS, Profile, Rule

RULES = {
    rule.id: rule
    for syscall in SYSCALLS.values()
    if syscall.alias_of is None
    for rule in syscall.rules
    if not rule.unreachable
}
UNKNOWN = {
    # The table of handles holds more than lines would fill.
    *(rule for rule in RULES if rule.endswith(("/handles-left", "/second-handle-left"))),
    # No line makes a handle of that kind with those rights.
    "job_set_policy/job-type",
    "object_get_child/handle-type",
    "object_set_property/object-has-name",
    "object_signal/object-has-signals",
    "object_wait_one/object-has-signals",
    "task_kill/handle-type",
    "vmo_set_cache_policy/handle-type",
    # Nothing gives the caller a handle of its own thread, or one of a BTI.
    "object_set_property/value-user-address",
    "vmo_create_contiguous/out-writable",
    "vmo_create_contiguous/pages-available",
    "vmo_create_contiguous/size-fits",
    "vmo_op_range/vmo-not-contiguous",
    # It takes 32 jobs inside each other.
    "job_create/height-left",
}


def deciders(line: str, profile: Profile) -> list[str]:
    session = Session(profile=profile.value)
    for staged in STAGE:
        session.run(staged)
    return [call.decided.id for call in session.run(line).calls if call.decided is not None]


def test_each_known_line_makes_its_rule_decide_in_every_profile_that_has_it() -> None:
    wrong = []
    for name, line in known_lines().items():
        for profile in RULES[name].statuses:
            found = deciders(line, profile)
            if found != [name]:
                wrong.append(f"{profile.value}: {name} by {found}: {line}")
    assert wrong == []


def test_a_line_is_known_for_every_rule_but_those_that_no_line_can_show() -> None:
    assert set(RULES) - set(known_lines()) == UNKNOWN


def test_every_rule_of_the_two_memory_syscalls_has_a_line() -> None:
    lines = known_lines()
    for name in ("process_read_memory", "process_write_memory"):
        assert all(rule in lines for rule in RULES if rule.startswith(f"{name}/"))


def test_rules_that_decided_are_seen_and_the_others_have_a_line() -> None:
    session = Session()
    session.run('process create demo; write $demo 0 "x"')
    found = cover(Profile.DOCS, session.state.seen[Profile.DOCS])
    (write,) = (row for row in found.syscalls if row.syscall == "zx_process_write_memory")
    assert write.seen == ("vaddr-mapped",)
    assert write.missing[0].rule == "buffer-not-null"
    assert write.missing[0].status == "ZX_ERR_INVALID_ARGS"
    assert write.missing[0].line == "write $demo $base null --length 1"
    assert (found.seen, found.rules, found.percent) == (1, 25, 4)
    assert "zx_vmar_map" in found.not_called


def test_unreachable_rules_and_those_of_the_other_profile_do_not_count() -> None:
    names = {
        profile: {
            each.rule
            for row in cover(profile, ["zx_process_write_memory"]).syscalls
            for each in row.missing
        }
        for profile in Profile
    }
    assert names[Profile.DOCS] ^ names[Profile.KERNEL] == {
        "process-accessible",
        "vaddr-backed",
        "range-in-vmo",
    }
    assert "mapping-has-vmo" not in names[Profile.DOCS]


def test_the_status_is_the_one_of_the_profile() -> None:
    statuses = {
        profile: [
            each.status
            for row in cover(profile, (), "zx_process_write_memory").syscalls
            for each in row.missing
            if each.rule == "vmo-is-paged"
        ]
        for profile in Profile
    }
    assert statuses == {
        Profile.DOCS: ["ZX_ERR_BAD_STATE"],
        Profile.KERNEL: ["ZX_ERR_NOT_SUPPORTED"],
    }


def test_an_older_spelling_counts_for_its_original() -> None:
    old = next(name for name, each in SYSCALLS.items() if each.alias_of is not None)
    original = SYSCALLS[old].alias_of
    assert original is not None
    assert [row.syscall for row in cover(Profile.DOCS, [old]).syscalls] == [original.name]


def test_the_percentage_is_rounded_down_and_the_threshold_is_exact() -> None:
    rules: list[Rule] = [
        rule for rule in SYSCALLS["zx_vmo_create"].rules_in(Profile.DOCS) if not rule.unreachable
    ]
    found = cover(Profile.DOCS, [rule.id for rule in rules[:-1]])
    assert (found.seen, found.rules, found.percent) == (4, 5, 80)
    assert not found.is_under(80)
    assert found.is_under(80.1)
    assert cover(Profile.DOCS, ()).is_under(1)
    assert not cover(Profile.DOCS, ()).is_under(0)


def test_several_runs_are_joined_and_profiles_without_a_call_left_out() -> None:
    first, second = Session(), Session()
    first.run("handle close 1")
    second.run("vmo create 4K")
    (found,) = cover_all(joined(first.state.seen, second.state.seen))
    assert found.profile == "docs"
    assert [row.syscall for row in found.syscalls] == ["zx_handle_close", "zx_vmo_create"]
