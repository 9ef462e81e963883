"""Tasks: jobs and their policies."""

from typing import NamedTuple

from zxdbg.lang.arguments import JobHandle, NewName, PolicyAction, PolicyCondition
from zxdbg.lang.declare import command
from zxdbg.result import HandleValue, Koid
from zxdbg.state import State
from zxdbg.syscalls import zx_job_create, zx_job_set_policy, zx_object_set_property
from zxdbg.syscalls.object import PROP_NAME


class JobCreated(NamedTuple):
    """A new job."""

    handle: HandleValue | None
    koid: Koid | None


@command("job create", value="handle", decides="job_create")
def job_create(state: State, name: NewName, *, parent: JobHandle | None = None) -> JobCreated:
    """Create a job, to hold processes and further jobs under one policy.

    When:
        To group processes so that one `kill` ends them all, or to try a `job policy`.

    Args:
        name: Its name, 31 bytes at most; an identifier is bound as $name.
        parent: Handle of the job it lies in; $job by default.

    Examples:
        zx> job create lab => ZX_OK
        zx> process create demo --job $lab
        zx> kill $lab
    """
    if parent is None:
        parent = state.names["job"].value
    outcome = state.call(zx_job_create, parent, 0)
    if outcome.out is not None:
        raw = name.encode("utf-8", "surrogateescape")
        state.call(zx_object_set_property, outcome.out, PROP_NAME, raw, len(raw))
    made = state.object_of(outcome.out or 0)
    return JobCreated(outcome.out, None if made is None else made.koid)


class PolicySet(NamedTuple):
    """A policy that was set."""


@command("job policy")
def job_policy(
    state: State,
    job: JobHandle,
    condition: PolicyCondition,
    action: PolicyAction,
    *,
    absolute: bool = False,
) -> PolicySet:
    """Set what processes that are created in a job from now on may not do.

    What is set already cannot be changed; the job must be empty.

    When:
        To see how a kernel forbids a whole group of processes what each has the rights
        for.

    Args:
        job: Handle of the job; needs ZX_RIGHT_SET_POLICY.
        condition: new-vmo, new-process, bad-handle and so on.
        action: allow, deny, exception or kill.
        absolute: Refuse where the condition is set to something else already.

    Examples:
        zx> job create strict
        zx> job policy $strict new-vmo deny => ZX_OK
        zx> process create child --job $strict
        zx> as $child
        zx> zx_vmo_create 4096 0 => ZX_ERR_ACCESS_DENIED
    """
    entry = condition.to_bytes(4, "little") + action.to_bytes(4, "little")
    state.call(zx_job_set_policy, job, int(absolute), 0, entry, 1)
    return PolicySet()
