"""Jobs: create them, set their policy. Pages `job_*.md`; kernel `job_dispatcher.cpp`."""

from collections.abc import Iterable

from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Job, JobState, Policy
from zxdbg.syscalls.args import DataIn, HandleIn, HandleOut, Size, U32In
from zxdbg.syscalls.buffers import GOOD, fetch
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule
from zxdbg.syscalls.task import either_right, no_options, room

__all__ = ["ACTIONS", "CONDITIONS", "zx_job_create", "zx_job_set_policy"]

CONDITIONS = {f"ZX_POL_{condition.name}": int(condition) for condition in Policy}
ACTIONS = {
    "ZX_POL_ACTION_ALLOW": 0,
    "ZX_POL_ACTION_DENY": 1,
    "ZX_POL_ACTION_EXCEPTION": 2,
    "ZX_POL_ACTION_KILL": 5,
}
_ENTRY = 8
_MOST = len(Policy)
_ACTION_BITS = 7
_ABSOLUTE = 1

CREATE_OPTIONS = no_options()
CREATE_PARENT = Lookup("parent_job", Job)
CREATE_RIGHTS = either_right("parent-job-rights", "parent_job", "MANAGE_JOB")
CREATE_HEIGHT = Rule(
    "height-left",
    Status.OUT_OF_RANGE,
    "the parent may have child jobs: the tree is 32 jobs high at most",
    passed="{0:number} levels below it",
)
CREATE_ROOM = room()
CREATE_READY = Rule(
    "parent-ready", Status.BAD_STATE, "the parent was not killed", passed="{0:state}"
)
CREATE_OUT = out_rule("out", "the job is destroyed again")


@syscall(
    CREATE_OPTIONS,
    CREATE_PARENT.valid,
    CREATE_RIGHTS,
    CREATE_PARENT.type,
    CREATE_HEIGHT,
    CREATE_READY,
    CREATE_ROOM,
    CREATE_OUT,
)
def zx_job_create(
    call: Call, parent_job: HandleIn, options: U32In, *, out: HandleOut = GOOD
) -> None:
    """Create a job inside another, with a copy of the policy that its parent has now.

    Args:
        parent_job: Handle of the parent; needs ZX_RIGHT_MANAGE_JOB or ZX_RIGHT_WRITE.
        options: 0.
        out: Where the handle of the job is stored.

    Examples:
        zx> zx_job_create $job 0 => ZX_OK
    """
    call.require(CREATE_OPTIONS, options == 0, options)
    given = call.valid(CREATE_PARENT, parent_job)
    managed = bool(given.rights & Rights.MANAGE_JOB) and isinstance(given.object, Job)
    allowed = managed or bool(given.rights & Rights.WRITE)
    call.require(CREATE_RIGHTS, allowed, given.rights)
    parent = call.typed(CREATE_PARENT, given)
    call.require(CREATE_HEIGHT, parent.max_height > 0, parent.max_height)
    job = Job(call.kernel, parent, parent.max_height - 1)
    call.require(CREATE_READY, parent.state is JobState.READY, parent.state)
    parent.add_job(job)
    made = call.make_handle(CREATE_ROOM, job, int(Rights.DEFAULT_JOB))
    call.produce(CREATE_OUT, "out", out, made)


LARGE_CONDITION = difference(
    "policy-condition-range",
    page="job_set_policy.md",
    says="a condition that is too large is ZX_ERR_OUT_OF_RANGE",
    does="it is ZX_ERR_INVALID_ARGS; only a count over 13 is ZX_ERR_OUT_OF_RANGE",
    example="job create lab; zx_job_set_policy $lab 0 0 hex:2000000001000000 1",
)
ANY_IS_ALL = difference(
    "policy-new-any",
    page="job_set_policy.md",
    says="ZX_POL_NEW_ANY stands for every ZX_POL_NEW_ condition",
    does="it stands for VMO to TIMER; ZX_POL_NEW_PROCESS is left out",
    example=(
        "job create lab; job policy $lab new-any deny; process create p --job $lab; as $p; "
        'zx_process_create 0 "q" 1 0'
    ),
)
difference(
    "policy-never-asked",
    page="job_set_policy.md",
    says="ZX_POL_WRONG_OBJECT and ZX_POL_VMAR_WX are conditions like the others",
    does="they can be set and inherited, and nothing ever asks for them",
    example="job create lab; job policy $lab vmar-wx deny",
    why_not="nobody implemented them",
)
difference(
    "policy-kill",
    page="job_set_policy.md",
    says="ZX_POL_ACTION_KILL ends the process",
    does="only its DENY bit acts: the call is refused, and nothing is killed",
    example="job create lab; job policy $lab new-vmo kill",
    why_not="nobody implemented it",
)
difference(
    "process-dies-with-its-job",
    page="process.md",
    says="a process stops when its parent job is destroyed",
    does="a process keeps its job from being destroyed, so that never comes first",
    example="job create lab; process create p --job $lab; handle close $lab",
    why_not="it cannot come about",
)
POLICY_OPTIONS = Rule(
    "options-known",
    Status.INVALID_ARGS,
    "options is ZX_JOB_POL_RELATIVE, 0, or ZX_JOB_POL_ABSOLUTE, 1",
    passed="{0:number}",
)
POLICY_GIVEN = Rule(
    "policy-given",
    Status.INVALID_ARGS,
    "policy is not NULL and count is not 0",
    passed="{0:data}, {1:number} entries",
)
POLICY_TOPIC = Rule(
    "topic-basic", Status.INVALID_ARGS, "topic is ZX_JOB_POL_BASIC, 0", passed="{0:number}"
)
POLICY_READABLE = Rule(
    "policy-readable",
    Status.INVALID_ARGS,
    "the caller can read count entries of 8 bytes at policy",
    passed="{0:bytes}",
)
POLICY_MEMORY = Rule(
    "entries-fit",
    Status.NO_MEMORY,
    "the kernel has memory for a copy of the entries, 1 MiB at most",
    passed="{0:bytes}",
)
_COPIED = 1 << 20
POLICY_JOB = Lookup("job", Job, rights=Rights.SET_POLICY)
POLICY_EMPTY = Rule(
    "job-empty",
    Status.BAD_STATE,
    "the job has no process and no child job",
    passed="processes: {0:number}, child jobs: {1:number}",
)
POLICY_COUNT = Rule(
    "count-in-range",
    Status.OUT_OF_RANGE,
    "count is 13 at most",
    passed="{0:number}",
)
POLICY_CONDITION = Rule(
    "condition-known",
    Status.INVALID_ARGS,
    "each condition is known",
    passed="{0:number}",
    difference=LARGE_CONDITION,
    statuses={Profile.DOCS: Status.OUT_OF_RANGE},
)
POLICY_ACTION = Rule(
    "action-known",
    Status.NOT_SUPPORTED,
    "each action has no bits but those of the known ones",
    passed="{0:hex}",
)
POLICY_UNSET = Rule(
    "condition-unset",
    Status.ALREADY_EXISTS,
    "no condition is set to something else already, where ABSOLUTE forbids that",
    passed="",
    failed="{0:condition} is set to {1:action}",
)


def _conditions(call: Call, condition: int) -> Iterable[int]:
    """List the conditions that an entry is about."""
    if condition != Policy.NEW_ANY:
        return (condition,)
    last = Policy.NEW_PROCESS if call.follows(ANY_IS_ALL) else Policy.NEW_TIMER
    return range(Policy.NEW_VMO, last + 1)


@syscall(
    POLICY_OPTIONS,
    POLICY_GIVEN,
    POLICY_TOPIC,
    POLICY_MEMORY,
    POLICY_READABLE,
    POLICY_JOB,
    POLICY_EMPTY,
    POLICY_COUNT,
    POLICY_CONDITION,
    POLICY_ACTION,
    POLICY_UNSET,
)
def zx_job_set_policy(
    call: Call, job: HandleIn, options: U32In, topic: U32In, policy: DataIn, count: Size
) -> None:
    """Set what processes in a job may not do; only what is unset yet can be set.

    All entries are taken, or none.

    Args:
        job: Handle of the job, which must be empty; needs ZX_RIGHT_SET_POLICY.
        options: 0 passes over what is set already, 1 refuses that.
        topic: 0.
        policy: Entries of two 32-bit numbers, condition and action.
        count: How many entries, 1 to 13.

    Examples:
        zx> $j = zx_job_create $job 0
        zx> zx_job_set_policy $j 0 0 hex:0400000001000000 1 => ZX_OK
    """
    call.require(POLICY_OPTIONS, options in (0, _ABSOLUTE), options)
    call.require(POLICY_GIVEN, policy is not None and count != 0, policy, count)
    call.require(POLICY_TOPIC, topic == 0, topic)
    call.require(POLICY_MEMORY, count * _ENTRY <= _COPIED, count * _ENTRY)
    raw = fetch(call.process, policy, 0, count * _ENTRY)
    call.require(POLICY_READABLE, raw is not None, count * _ENTRY)
    target = call.get(POLICY_JOB, job)
    empty = not target.processes and not target.jobs
    call.require(POLICY_EMPTY, empty, len(target.processes), len(target.jobs))
    call.require(POLICY_COUNT, count <= _MOST, count)
    chosen: dict[int, int] = {}
    raw = raw or b""
    for at in range(0, len(raw), _ENTRY):
        condition = int.from_bytes(raw[at : at + 4], "little")
        action = int.from_bytes(raw[at + 4 : at + 8], "little")
        if condition >= _MOST:
            call.require(POLICY_CONDITION, False, condition)
        if action & ~_ACTION_BITS:
            raise call.refusal(POLICY_ACTION, action)
        for each in _conditions(call, condition):
            before = target.policy.get(each)
            if before is None or before == action:
                chosen[each] = action
            elif options == _ABSOLUTE:
                raise call.refusal(POLICY_UNSET, each, before)
    call.checks += ((POLICY_CONDITION, ()), (POLICY_ACTION, ()), (POLICY_UNSET, ()))
    target.policy.update(chosen)
