from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.task import NO_JOBS, NO_PROCESSES, Job, JobState, Policy, Process
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    Fill,
    Outcome,
    Pointer,
    Profile,
    Syscall,
    zx_handle_close,
    zx_job_create,
    zx_job_set_policy,
    zx_process_create,
    zx_task_kill,
)
from zxdbg.syscalls.job import ACTIONS, CONDITIONS

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Difference, Refusal, World

    Data = bytes | Fill | Pointer | None

PAGE = 4096
WILD = Pointer(0x2000_0000_0000)
RELATIVE, ABSOLUTE = 0, 1
ALLOW, DENY, EXCEPTION, KILL = 0, 1, 2, 5
OK = (Status.OK, "")
ANY = {Profile.DOCS: range(4, 13), Profile.KERNEL: range(4, 12)}
"""What ZX_POL_NEW_ANY, 3, stands for; the kernel leaves ZX_POL_NEW_PROCESS, 12, out."""


def entries(*pairs: tuple[int, int]) -> bytes:
    return b"".join(
        condition.to_bytes(4, "little") + action.to_bytes(4, "little")
        for condition, action in pairs
    )


def create(w: "World", parent: int, options: int = 0) -> Outcome:
    return w.call(zx_job_create, parent, options)


def child(w: "World", parent: int) -> int:
    return w.out(w.good(zx_job_create(w.caller, parent, 0)))


def set_raw(
    w: "World",
    job: int,
    policy: "Data",
    count: int,
    options: int = RELATIVE,
    topic: int = 0,
) -> Outcome:
    return w.call(zx_job_set_policy, job, options, topic, policy, count)


def set_policy(w: "World", job: int, *pairs: tuple[int, int], options: int = RELATIVE) -> Outcome:
    return set_raw(w, job, entries(*pairs), len(pairs), options)


def policy(w: "World", job: int) -> dict[int, int]:
    return w.object(job, Job).policy


def empty(w: "World") -> int:
    return w.child_job()[0]


def with_policy(w: "World", *pairs: tuple[int, int]) -> int:
    job = empty(w)
    w.good(set_policy(w, job, *pairs))
    return job


def lowest(w: "World") -> int:
    """Return a job as deep as a job can be."""
    return w.kernel.grant(w.me, Job(w.kernel, w.kernel.job, 0), int(Rights.DEFAULT_JOB))


def killed(w: "World") -> int:
    job = empty(w)
    w.good(zx_process_create(w.caller, job, b"", 0, 0))
    w.good(zx_task_kill(w.caller, job))
    return job


def killed_and_lowest(w: "World") -> int:
    job = killed(w)
    w.object(job, Job).max_height = 0
    return job


def full(w: "World", call: Callable[[], Outcome]) -> Outcome:
    w.fill()
    w.before = w.picture()
    return call()


def killed_and_full(w: "World") -> Outcome:
    job = killed(w)
    return full(w, lambda: zx_job_create(w.caller, job, 0))


REFUSALS: "list[Refusal]" = [
    # zx_job_create, spec 03 section 1.1
    (
        "create with options, even in nothing",
        lambda w: create(w, 0, 1),
        Status.INVALID_ARGS,
        "job_create/options-zero",
    ),
    (
        "create in nothing",
        lambda w: create(w, 0),
        Status.BAD_HANDLE,
        "job_create/parent-job-valid",
    ),
    (
        "create without MANAGE_JOB and WRITE",
        lambda w: create(w, w.lacking(w.job, Rights.MANAGE_JOB | Rights.WRITE)),
        Status.ACCESS_DENIED,
        "job_create/parent-job-rights",
    ),
    (
        "create in a VMAR without WRITE: rights before type",
        lambda w: create(w, w.lacking(w.vmar, Rights.WRITE)),
        Status.ACCESS_DENIED,
        "job_create/parent-job-rights",
    ),
    (
        "create in a process with MANAGE_JOB only: the second try says why",
        lambda w: create(w, w.kernel.grant(w.me, w.me, int(Rights.MANAGE_JOB))),
        Status.ACCESS_DENIED,
        "job_create/parent-job-rights",
    ),
    (
        "create in a process",
        lambda w: create(w, w.self),
        Status.WRONG_TYPE,
        "job_create/parent-job-type",
    ),
    (
        "create in the lowest job, which is killed too",
        lambda w: create(w, killed_and_lowest(w)),
        Status.OUT_OF_RANGE,
        "job_create/height-left",
    ),
    (
        "create in a killed job, in a full table",
        killed_and_full,
        Status.BAD_STATE,
        "job_create/parent-ready",
    ),
    (
        "create in a full table, to NULL",
        lambda w: full(w, lambda: zx_job_create(w.caller, w.job, 0, out=None)),
        Status.NO_MEMORY,
        "job_create/handles-left",
    ),
    (
        "create to NULL",
        lambda w: w.call(zx_job_create, w.job, 0, out=None),
        Status.INVALID_ARGS,
        "job_create/out-writable",
    ),
    (
        "create to a wild pointer",
        lambda w: w.call(zx_job_create, w.job, 0, out=WILD),
        Status.INVALID_ARGS,
        "job_create/out-writable",
    ),
    # zx_job_set_policy, spec 03 section 1.2
    (
        "policy with options 2, no entries, no topic, no job",
        lambda w: set_raw(w, 0, None, 0, options=2, topic=1),
        Status.INVALID_ARGS,
        "job_set_policy/options-known",
    ),
    (
        "policy NULL, no topic, no job",
        lambda w: set_raw(w, 0, None, 1, topic=1),
        Status.INVALID_ARGS,
        "job_set_policy/policy-given",
    ),
    (
        "policy of no entry, no topic, no job",
        lambda w: set_raw(w, 0, WILD, 0, topic=1),
        Status.INVALID_ARGS,
        "job_set_policy/policy-given",
    ),
    (
        "policy with topic 1, wild, no job",
        lambda w: set_raw(w, 0, WILD, 1 << 40, topic=1),
        Status.INVALID_ARGS,
        "job_set_policy/topic-basic",
    ),
    (
        "policy of 2^40 entries, wild, no job",
        lambda w: set_raw(w, 0, WILD, 1 << 40),
        Status.NO_MEMORY,
        "job_set_policy/entries-fit",
    ),
    (
        "policy at a wild pointer, no job",
        lambda w: set_raw(w, 0, WILD, 1),
        Status.INVALID_ARGS,
        "job_set_policy/policy-readable",
    ),
    (
        "policy of two entries where one is",
        lambda w: set_raw(w, 0, entries((4, DENY)), 2),
        Status.INVALID_ARGS,
        "job_set_policy/policy-readable",
    ),
    (
        "policy of no job, with a bad entry",
        lambda w: set_policy(w, 0, (13, DENY)),
        Status.BAD_HANDLE,
        "job_set_policy/job-valid",
    ),
    (
        "policy of a process: it lacks SET_POLICY",
        lambda w: set_policy(w, w.self, (13, DENY)),
        Status.ACCESS_DENIED,
        "job_set_policy/job-rights",
    ),
    (
        "policy without SET_POLICY, of a job that is not empty",
        lambda w: set_policy(w, w.lacking(w.job, Rights.SET_POLICY), (13, DENY)),
        Status.ACCESS_DENIED,
        "job_set_policy/job-rights",
    ),
    (
        "policy of a process that has SET_POLICY",
        lambda w: set_policy(w, w.kernel.grant(w.me, w.me, int(Rights.SET_POLICY)), (13, DENY)),
        Status.WRONG_TYPE,
        "job_set_policy/job-type",
    ),
    (
        "policy of a job with a process, with 14 bad entries",
        lambda w: set_policy(w, w.job, *[(13, 8)] * 14),
        Status.BAD_STATE,
        "job_set_policy/job-empty",
    ),
    (
        "policy of 14 bad entries",
        lambda w: set_policy(w, empty(w), *[(13, 8)] * 14),
        Status.OUT_OF_RANGE,
        "job_set_policy/count-in-range",
    ),
    (
        "policy with action 8",
        lambda w: set_policy(w, empty(w), (4, 8)),
        Status.NOT_SUPPORTED,
        "job_set_policy/action-known",
    ),
    (
        "policy with action 8 of a condition that is set, ABSOLUTE",
        lambda w: set_policy(w, with_policy(w, (4, DENY)), (4, 9), options=ABSOLUTE),
        Status.NOT_SUPPORTED,
        "job_set_policy/action-known",
    ),
    (
        "policy with action 8 after a good entry, before an unknown condition",
        lambda w: set_policy(w, empty(w), (4, DENY), (5, 0x8000_0000), (13, DENY)),
        Status.NOT_SUPPORTED,
        "job_set_policy/action-known",
    ),
    (
        "another policy, ABSOLUTE, before a bad entry",
        lambda w: set_policy(w, with_policy(w, (4, DENY)), (4, ALLOW), (13, 8), options=ABSOLUTE),
        Status.ALREADY_EXISTS,
        "job_set_policy/condition-unset",
    ),
    (
        "NEW_ANY over one that is set, ABSOLUTE",
        lambda w: set_policy(w, with_policy(w, (11, ALLOW)), (3, DENY), options=ABSOLUTE),
        Status.ALREADY_EXISTS,
        "job_set_policy/condition-unset",
    ),
]
DIFFERENT: "list[Difference]" = [
    # Columns: what profile docs answers, what profile kernel answers
    (
        "policy with condition 13 and an unknown action",
        lambda w: set_policy(w, empty(w), (13, 8)),
        (Status.OUT_OF_RANGE, "job_set_policy/condition-known"),
        (Status.INVALID_ARGS, "job_set_policy/condition-known"),
    ),
    (
        "policy with condition 13 after a good entry",
        lambda w: set_policy(w, empty(w), (4, DENY), (13, DENY)),
        (Status.OUT_OF_RANGE, "job_set_policy/condition-known"),
        (Status.INVALID_ARGS, "job_set_policy/condition-known"),
    ),
    (
        "policy with condition 2^32-1",
        lambda w: set_policy(w, empty(w), (0xFFFF_FFFF, DENY)),
        (Status.OUT_OF_RANGE, "job_set_policy/condition-known"),
        (Status.INVALID_ARGS, "job_set_policy/condition-known"),
    ),
    (
        "policy with condition 13 after NEW_ANY",
        lambda w: set_policy(w, empty(w), (3, DENY), (13, DENY)),
        (Status.OUT_OF_RANGE, "job_set_policy/condition-known"),
        (Status.INVALID_ARGS, "job_set_policy/condition-known"),
    ),
    (
        "NEW_ANY where nothing is set: the same answer, another effect",
        lambda w: set_policy(w, empty(w), (3, DENY)),
        OK,
        OK,
    ),
    (
        "NEW_ANY where NEW_PROCESS is set, ABSOLUTE",
        lambda w: set_policy(w, with_policy(w, (12, ALLOW)), (3, DENY), options=ABSOLUTE),
        (Status.ALREADY_EXISTS, "job_set_policy/condition-unset"),
        OK,
    ),
    (
        "NEW_ANY where NEW_PROCESS is set, ABSOLUTE, before condition 13",
        lambda w: set_policy(
            w, with_policy(w, (12, ALLOW)), (3, DENY), (13, DENY), options=ABSOLUTE
        ),
        (Status.ALREADY_EXISTS, "job_set_policy/condition-unset"),
        (Status.INVALID_ARGS, "job_set_policy/condition-known"),
    ),
    (
        "NEW_ANY where NEW_PROCESS is set, ABSOLUTE, before an unknown action",
        lambda w: set_policy(w, with_policy(w, (12, ALLOW)), (3, DENY), (4, 8), options=ABSOLUTE),
        (Status.ALREADY_EXISTS, "job_set_policy/condition-unset"),
        (Status.NOT_SUPPORTED, "job_set_policy/action-known"),
    ),
]
SYSCALLS: "list[Syscall[...]]" = [zx_job_create, zx_job_set_policy]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    world.refuses(refusal)


def test_where_the_profiles_differ_each_gives_its_own_answer(
    world: "World", difference: "Difference"
) -> None:
    world.differs(difference)


# zx_job_create ------------------------------------------------------------------------


def test_a_new_job_is_empty_and_has_no_name(world: "World") -> None:
    outcome = create(world, world.job)
    world.good(outcome)
    handle = world.out(outcome)
    job = world.object(handle, Job)
    assert world.rights(handle) == 0x1DFCF
    assert (job.parent, job.name, job.state) == (world.kernel.job, "", JobState.READY)
    assert (job.jobs, job.processes, job.signals) == ([], [], 0x18)
    assert job.max_height == world.kernel.job.max_height - 1 == 30


@pytest.mark.parametrize("right", [Rights.MANAGE_JOB, Rights.WRITE])
def test_either_right_is_enough_to_create(world: "World", right: Rights) -> None:
    world.good(create(world, world.weak(world.job, int(right))))


def test_the_first_child_job_clears_no_jobs_and_the_end_of_the_last_raises_it(
    world: "World",
) -> None:
    parent, job = world.child_job()
    children = [child(world, parent) for _ in range(2)]
    assert job.signals == NO_PROCESSES
    assert [world.object(each, Job) for each in children] == job.jobs
    world.good(zx_handle_close(world.caller, children[1]))
    assert job.signals == NO_PROCESSES
    world.good(zx_handle_close(world.caller, children[0]))
    assert (job.signals, job.jobs) == (NO_PROCESSES | NO_JOBS, [])


def test_the_tree_of_jobs_is_32_high_and_the_lowest_still_takes_processes(world: "World") -> None:
    job = world.job
    for left in range(30, -1, -1):
        job = child(world, job)
        assert world.object(job, Job).max_height == left
    outcome = create(world, job)
    world.expect(outcome, Status.OUT_OF_RANGE, "job_create/height-left")
    world.good(zx_process_create(world.caller, job, b"", 0, 0))


def test_a_job_that_its_parent_refuses_still_takes_a_koid(world: "World") -> None:
    dead = killed(world)
    first = world.object(world.vmo(0), VmObject).koid
    outcome = create(world, dead)
    world.expect(outcome, Status.BAD_STATE, "job_create/parent-ready")
    assert world.object(world.vmo(0), VmObject).koid == first + 2


def test_a_lowest_job_refuses_before_a_koid_is_taken(world: "World") -> None:
    low = lowest(world)
    first = world.object(world.vmo(0), VmObject).koid
    outcome = create(world, low)
    world.expect(outcome, Status.OUT_OF_RANGE, "job_create/height-left")
    assert world.object(world.vmo(0), VmObject).koid == first + 1


@pytest.mark.parametrize("how", ["full table", "NULL"])
def test_a_job_that_cannot_be_delivered_is_gone(world: "World", how: str) -> None:
    parent, job = world.child_job()
    if how == "full table":
        world.fill()
        outcome = zx_job_create(world.caller, parent, 0)
    else:
        outcome = zx_job_create(world.caller, parent, 0, out=None)
    assert outcome.status is (Status.NO_MEMORY if how == "full table" else Status.INVALID_ARGS)
    assert (job.jobs, job.signals) == ([], NO_PROCESSES | NO_JOBS)


def test_a_job_killed_while_empty_stays_usable(world: "World") -> None:
    job = empty(world)
    world.good(zx_task_kill(world.caller, job))
    world.good(create(world, job))


def test_a_job_under_kill_takes_no_child(world: "World") -> None:
    parent, job = world.child_job()
    child(world, parent)
    world.good(zx_task_kill(world.caller, parent))
    assert job.state is JobState.KILLING
    world.expect(create(world, parent), Status.BAD_STATE, "job_create/parent-ready")


# zx_job_set_policy --------------------------------------------------------------------


def test_the_conditions_and_actions_have_their_numbers() -> None:
    assert CONDITIONS == {
        "ZX_POL_BAD_HANDLE": 0,
        "ZX_POL_WRONG_OBJECT": 1,
        "ZX_POL_VMAR_WX": 2,
        "ZX_POL_NEW_ANY": 3,
        "ZX_POL_NEW_VMO": 4,
        "ZX_POL_NEW_CHANNEL": 5,
        "ZX_POL_NEW_EVENT": 6,
        "ZX_POL_NEW_EVENTPAIR": 7,
        "ZX_POL_NEW_PORT": 8,
        "ZX_POL_NEW_SOCKET": 9,
        "ZX_POL_NEW_FIFO": 10,
        "ZX_POL_NEW_TIMER": 11,
        "ZX_POL_NEW_PROCESS": 12,
    }
    assert ACTIONS == {
        "ZX_POL_ACTION_ALLOW": 0,
        "ZX_POL_ACTION_DENY": 1,
        "ZX_POL_ACTION_EXCEPTION": 2,
        "ZX_POL_ACTION_KILL": 5,
    }


@pytest.mark.parametrize("condition", [*range(3), *range(4, 13)])
@pytest.mark.parametrize("action", range(8))
def test_any_condition_takes_any_action_of_three_bits(
    world: "World", condition: int, action: int
) -> None:
    job = empty(world)
    world.good(set_policy(world, job, (condition, action), options=ABSOLUTE))
    assert policy(world, job) == {condition: action}


@pytest.mark.parametrize("options", [RELATIVE, ABSOLUTE])
def test_the_kernel_lets_new_any_stand_for_all_but_new_process(
    kernel_world: "World", options: int
) -> None:
    any_ = range(4, 12)
    job = empty(kernel_world)
    kernel_world.good(set_policy(kernel_world, job, (3, DENY), options=options))
    assert policy(kernel_world, job) == dict.fromkeys(any_, DENY)
    kernel_world.good(set_policy(kernel_world, job, (12, EXCEPTION), options=options))
    assert policy(kernel_world, job) == dict.fromkeys(any_, DENY) | {12: EXCEPTION}


@pytest.mark.parametrize("options", [RELATIVE, ABSOLUTE])
def test_the_page_lets_new_any_stand_for_new_process_too(docs_world: "World", options: int) -> None:
    job = empty(docs_world)
    docs_world.good(set_policy(docs_world, job, (3, DENY), options=options))
    assert policy(docs_world, job) == dict.fromkeys(range(4, 13), DENY)
    again = set_policy(docs_world, job, (12, EXCEPTION), options=options)
    if options == ABSOLUTE:
        docs_world.expect(again, Status.ALREADY_EXISTS, "job_set_policy/condition-unset")
        assert again.checks[-1][1] == (12, DENY)
    else:
        docs_world.good(again)
    assert policy(docs_world, job) == dict.fromkeys(range(4, 13), DENY)


@pytest.mark.parametrize("options", [RELATIVE, ABSOLUTE])
def test_what_new_any_sets_on_a_copy_does_not_touch_the_job(world: "World", options: int) -> None:
    world.caller.watch = True
    job = empty(world)
    outcome = world.good(set_policy(world, job, (3, DENY), options=options))
    assert [other.status for other in outcome.others] == [Status.OK]
    assert policy(world, job) == dict.fromkeys(ANY[world.caller.profile], DENY)


def test_relative_fills_in_what_is_unset_and_passes_over_the_rest(world: "World") -> None:
    job = with_policy(world, (4, ALLOW), (6, KILL))
    world.good(set_policy(world, job, (3, DENY), (0, EXCEPTION)))
    filled = dict.fromkeys(ANY[world.caller.profile], DENY)
    assert policy(world, job) == filled | {4: ALLOW, 6: KILL, 0: EXCEPTION}


def test_relative_new_any_passes_over_a_new_process_that_is_set(world: "World") -> None:
    job = with_policy(world, (12, ALLOW))
    world.good(set_policy(world, job, (3, DENY)))
    assert policy(world, job) == dict.fromkeys(range(4, 12), DENY) | {12: ALLOW}


def test_absolute_takes_what_is_set_to_the_same_already(world: "World") -> None:
    job = with_policy(world, (4, DENY))
    world.good(set_policy(world, job, (4, DENY), (5, DENY), options=ABSOLUTE))
    assert policy(world, job) == {4: DENY, 5: DENY}


def test_to_allow_is_a_setting_that_blocks_others(world: "World") -> None:
    job = with_policy(world, (4, ALLOW))
    outcome = set_policy(world, job, (4, DENY), options=ABSOLUTE)
    world.expect(outcome, Status.ALREADY_EXISTS, "job_set_policy/condition-unset")
    assert outcome.checks[-1][1] == (4, ALLOW)
    world.good(set_policy(world, job, (4, DENY)))
    assert policy(world, job) == {4: ALLOW}


@pytest.mark.parametrize("options", [RELATIVE, ABSOLUTE])
def test_the_last_entry_for_a_condition_wins(world: "World", options: int) -> None:
    job = empty(world)
    world.good(set_policy(world, job, (4, DENY), (3, EXCEPTION), (5, ALLOW), options=options))
    last = dict.fromkeys(ANY[world.caller.profile], EXCEPTION)
    assert policy(world, job) == last | {5: ALLOW}


@pytest.mark.parametrize("bad", [(13, DENY), (0xFFFF_FFFF, DENY), (6, 8), (4, ALLOW)])
def test_all_entries_are_taken_or_none(world: "World", bad: tuple[int, int]) -> None:
    job = with_policy(world, (4, DENY))
    outcome = set_policy(world, job, (5, DENY), bad, (7, DENY), options=ABSOLUTE)
    assert outcome.status is not Status.OK
    assert policy(world, job) == {4: DENY}


def test_thirteen_entries_are_the_most(world: "World") -> None:
    job = empty(world)
    world.good(set_policy(world, job, *[(4, ALLOW)] * 12, (4, DENY)))
    assert policy(world, job) == {4: DENY}
    outcome = set_policy(world, job, *[(4, DENY)] * 14)
    world.expect(outcome, Status.OUT_OF_RANGE, "job_set_policy/count-in-range")


@pytest.mark.parametrize(
    ("count", "status"),
    [(131072, Status.OUT_OF_RANGE), (131073, Status.NO_MEMORY), ((1 << 64) - 1, Status.NO_MEMORY)],
)
def test_the_kernel_copies_1_mib_of_entries_at_most(
    world: "World", count: int, status: Status
) -> None:
    assert set_raw(world, empty(world), Fill(0, 1 << 62), count).status is status


def test_the_entries_come_from_the_callers_memory(world: "World") -> None:
    job, address = empty(world), world.scratch()
    world.me.aspace.store(address + PAGE - 8, entries((4, DENY)))
    place = Pointer(address + PAGE - 8)
    outcome = set_raw(world, job, place, 2)
    world.expect(outcome, Status.INVALID_ARGS, "job_set_policy/policy-readable")
    world.good(set_raw(world, job, place, 1))
    assert policy(world, job) == {4: DENY}


def test_a_dead_process_does_not_count_but_a_held_child_job_does(world: "World") -> None:
    job = empty(world)
    made = world.good(zx_process_create(world.caller, job, b"", 0, 0))
    outcome = set_policy(world, job, (4, DENY))
    world.expect(outcome, Status.BAD_STATE, "job_set_policy/job-empty")
    world.object(world.out(made, "proc_handle"), Process).kill()
    world.good(set_policy(world, job, (4, DENY)))
    inner = child(world, job)
    outcome = set_policy(world, job, (5, DENY))
    world.expect(outcome, Status.BAD_STATE, "job_set_policy/job-empty")
    world.good(zx_handle_close(world.caller, inner))
    world.good(set_policy(world, job, (5, DENY)))
    assert policy(world, job) == {4: DENY, 5: DENY}


def test_children_copy_the_policy_of_the_moment(world: "World") -> None:
    job = with_policy(world, (4, DENY))
    first = child(world, job)
    assert policy(world, first) == {4: DENY}
    made = world.good(zx_process_create(world.caller, job, b"", 0, 0))
    process = world.object(world.out(made, "proc_handle"), Process)
    process.kill()
    world.good(zx_handle_close(world.caller, first))
    second = child(world, job)
    assert policy(world, second) is not policy(world, job)
    world.good(set_policy(world, second, (Policy.NEW_EVENT, DENY)))
    assert policy(world, second) == {4: DENY, 6: DENY}
    assert (policy(world, job), process.policy) == ({4: DENY}, {4: DENY})
