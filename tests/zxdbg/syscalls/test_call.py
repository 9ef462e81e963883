from typing import TYPE_CHECKING, Any

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE
from zxdbg.kernel.task import NO_PROCESSES, Job, Policy, Process, ProcessState
from zxdbg.kernel.vmo import VmObject
from zxdbg.render.facts import in_words
from zxdbg.syscalls import (
    GOOD,
    SYSCALLS,
    Caller,
    Outcome,
    Pointer,
    Profile,
    Rule,
    Syscall,
    zx_event_create,
    zx_handle_close,
    zx_handle_close_many,
    zx_handle_duplicate,
    zx_handle_replace,
    zx_job_create,
    zx_job_set_policy,
    zx_object_get_info,
    zx_object_wait_one,
    zx_process_create,
    zx_process_read_memory,
    zx_process_start,
    zx_process_write_memory,
    zx_task_kill,
    zx_thread_create,
    zx_thread_start,
    zx_vmar_unmap,
    zx_vmo_clone,
    zx_vmo_create,
    zx_vmo_create_physical,
    zx_vmo_get_size,
    zx_vmo_read,
    zx_vmo_write,
)
from zxdbg.syscalls.args import DataIn, HandleIn, HandleOut, SizeOut, U64In
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.profile import Difference
from zxdbg.syscalls.rule import Lookup, out_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.syscalls.conftest import World

PAGE = 4096
WILD = Pointer(0x2000_0000_0000)
BAD_PLACES = pytest.mark.parametrize(
    "place", [None, WILD, Pointer(0), Pointer(0xFFFF_FF80_0000_0000)], ids=repr
)


def other(profile: Profile) -> Profile:
    return Profile.KERNEL if profile is Profile.DOCS else Profile.DOCS


# Toys: syscalls of this file, which no registry knows ---------------------------------


def difference(name: str) -> Difference:
    return Difference(name, "toy.md", "says", "does", frozenset({Profile.DOCS}), "", "toy")


STATUS_DIFFERS, DOCS_ONLY, KERNEL_ONLY, EFFECT = map(
    difference, ("status", "docs-only", "kernel-only", "effect")
)
SMALL = Rule("small", Status.OUT_OF_RANGE, "number is below 100", passed="{0:number}")
NOT_SEVEN = Rule(
    "not-seven",
    Status.NOT_SUPPORTED,
    "number is not 7",
    passed="{0:number}",
    difference=STATUS_DIFFERS,
    statuses={Profile.DOCS: Status.BAD_STATE},
)
NOT_EIGHT = Rule(
    "not-eight",
    Status.ACCESS_DENIED,
    "number is not 8",
    passed="{0:number}",
    difference=DOCS_ONLY,
    only=(Profile.DOCS,),
)
NOT_NINE = Rule(
    "not-nine",
    Status.NOT_FOUND,
    "number is not 9",
    passed="{0:number}",
    difference=KERNEL_ONLY,
    only=(Profile.KERNEL,),
)
DOUBLED = out_rule("doubled", "nothing else")


def zx_toy(call: Call, number: U64In, *, doubled: SizeOut = GOOD) -> None:
    """Double a number; ten is counted as the pages say, or as the kernel did."""
    call.require(SMALL, number < 100, number)
    call.require(NOT_SEVEN, number != 7, number)
    call.require(NOT_EIGHT, number != 8, number)
    call.require(NOT_NINE, number != 9, number)
    more = number == 10 and call.follows(EFFECT)
    call.store(DOUBLED, "doubled", doubled, number * 2 + more)


TOY = Syscall(zx_toy, [SMALL, NOT_SEVEN, NOT_EIGHT, NOT_NINE, DOUBLED], "toy.md")

ROOMS = [
    Rule(name, Status.NO_MEMORY, "there is room", failed="{0:number}")
    for name in ("first-room", "second-room")
]
FIRST_OUT, SECOND_OUT = out_rule("first", "both are gone"), out_rule("second", "both are gone")
ALLOWED = Rule("allowed", Status.PEER_CLOSED, "the call may succeed")


def zx_twins(
    call: Call, allowed: U64In, *, first: HandleOut = GOOD, second: HandleOut = GOOD
) -> None:
    """Make two VMOs, and perhaps fail after that."""
    outs = ((FIRST_OUT, "first", first), (SECOND_OUT, "second", second))
    for room, (rule, name, place) in zip(ROOMS, outs, strict=True):
        vmo = VmObject(call.kernel, PAGE)
        call.produce(rule, name, place, call.make_handle(room, vmo, int(Rights.READ)))
    call.require(ALLOWED, bool(allowed))


TWINS = Syscall(zx_twins, [*ROOMS, ALLOWED, FIRST_OUT, SECOND_OUT], "twins.md")


# The trace ----------------------------------------------------------------------------


def test_the_trace_holds_each_rule_in_order_with_its_facts(world: "World") -> None:
    outcome = TOY(world.caller, 3)
    rules = TOY.rules_in(world.caller.profile)
    assert outcome.status is Status.OK
    assert outcome.decided is None
    assert outcome.checks == [(rule, (GOOD,) if rule is DOUBLED else (3,)) for rule in rules]


def test_the_trace_ends_with_the_rule_that_decides(world: "World") -> None:
    outcome = TOY(world.caller, 100)
    assert (outcome.status, outcome.decided) == (Status.OUT_OF_RANGE, SMALL)
    assert outcome.checks == [(SMALL, (100,))]
    assert outcome.values == {}
    assert outcome.touched == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda w: zx_vmo_create(w.caller, PAGE, 0),
        lambda w: zx_vmo_clone(w.caller, w.vmo(), 1, 0, PAGE),
        lambda w: zx_vmo_create_physical(w.caller, w.resource, 0, PAGE),
        lambda w: zx_handle_duplicate(w.caller, w.self, 0),
        lambda w: zx_handle_replace(w.caller, w.self, 0),
        lambda w: zx_process_create(w.caller, w.job, b"p", 1, 0),
        lambda w: zx_thread_create(w.caller, w.self, b"t", 1, 0),
        lambda w: zx_vmo_get_size(w.caller, w.vmo()),
        lambda w: zx_vmo_read(w.caller, w.vmo(), 0, 1),
        lambda w: zx_vmo_write(w.caller, w.vmo(), b"x", 0, 1),
    ],
    ids=[
        "vmo_create",
        "vmo_clone",
        "vmo_create_physical",
        "handle_duplicate",
        "handle_replace",
        "process_create",
        "thread_create",
        "vmo_get_size",
        "vmo_read",
        "vmo_write",
    ],
)
def test_a_call_that_succeeds_has_asked_every_rule(
    world: "World", call: "Callable[[World], Outcome]"
) -> None:
    outcome = world.good(call(world))
    asked = [rule for rule, _ in outcome.checks]
    rules = outcome.syscall.rules_in(outcome.profile)
    assert [rule.id for rule in rules if rule not in asked] == []


def test_a_handle_argument_leaves_its_lookup_in_the_trace(world: "World") -> None:
    vmo = world.vmo()
    outcome = world.good(zx_vmo_read(world.caller, vmo, 0, 4))
    valid, rights, kind = outcome.checks[:3]
    memory = world.object(vmo, VmObject)
    what = (memory.type, memory.name, memory.koid)
    assert valid[1] == (vmo, what)
    assert rights[1] == (0xD0FF, int(Rights.READ), 0)
    assert kind[1] == (what,)
    assert in_words(*valid, held=True) == f"{vmo:#x} is VMO, koid {memory.koid}"


def test_a_right_that_lacks_is_named(world: "World") -> None:
    weak = world.weak(world.vmo(), int(Rights.WRITE))
    outcome = zx_vmo_read(world.caller, weak, 0, 4)
    assert in_words(*outcome.checks[-1], held=False) == "it has WRITE, without ZX_RIGHT_READ"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda w: 0, "0x0 is never a handle"),
        (lambda w: w.closed(), " was a handle of the caller, and is closed"),
        (
            lambda w: (lambda p: w.kernel.grant(p, p, 0))(w.kernel.spawn("o")),
            " is a handle of another process, and means nothing here",
        ),
        (lambda w: w.vmar ^ 0x2000_0000, " is no handle of the caller"),
    ],
    ids=["zero", "closed", "foreign", "unknown"],
)
def test_a_bad_handle_is_put_into_words(world: "World", value: Any, words: str) -> None:
    outcome = zx_vmo_get_size(world.caller, value(world))
    assert in_words(*outcome.checks[-1], held=False).endswith(words)


# Differences ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "docs", "kernel", "touched"),
    [
        (3, Status.OK, Status.OK, ()),
        (7, Status.BAD_STATE, Status.NOT_SUPPORTED, (STATUS_DIFFERS,)),
        (8, Status.ACCESS_DENIED, Status.OK, (DOCS_ONLY,)),
        (9, Status.OK, Status.NOT_FOUND, (KERNEL_ONLY,)),
        (10, Status.OK, Status.OK, (EFFECT,)),
        (100, Status.OUT_OF_RANGE, Status.OUT_OF_RANGE, ()),
    ],
)
def test_a_difference_decides_by_profile_and_is_remembered(
    world: "World", number: int, docs: Status, kernel: Status, touched: tuple[Difference, ...]
) -> None:
    outcome = TOY(world.caller, number)
    expected = docs if world.caller.profile is Profile.DOCS else kernel
    assert outcome.status is expected
    assert outcome.touched == touched
    assert outcome.others == ()


def test_a_rule_of_another_profile_leaves_no_trace(world: "World") -> None:
    absent = NOT_NINE if world.caller.profile is Profile.DOCS else NOT_EIGHT
    for number in (3, 8, 9):
        outcome = TOY(world.caller, number)
        assert absent not in [rule for rule, _ in outcome.checks]
    assert absent not in TOY.rules_in(world.caller.profile)


@pytest.mark.parametrize("number", [7, 8, 9, 10])
def test_who_watches_hears_what_the_other_profile_answers(world: "World", number: int) -> None:
    profile = world.caller.profile
    watching = Caller(world.me, profile, watch=True)
    outcome = TOY(watching, number)
    blind = TOY(Caller(world.me, other(profile)), number)
    assert [one.profile for one in outcome.others] == [other(profile)]
    assert outcome.others[0].answers_as(blind)
    assert not outcome.others[0].answers_as(outcome)
    assert outcome.others[0].others == ()


def test_who_watches_hears_nothing_where_no_difference_is_touched(world: "World") -> None:
    watching = Caller(world.me, world.caller.profile, watch=True)
    assert TOY(watching, 3).others == ()
    assert TOY(watching, 100).others == ()


def test_the_question_is_asked_with_the_same_out_pointers(world: "World") -> None:
    address = world.scratch()
    watching = Caller(world.me, world.caller.profile, watch=True)
    outcome = TOY(watching, 10, doubled=Pointer(address))
    told = int.from_bytes(world.peek(address, 8), "little")
    assert told == outcome.doubled
    assert {outcome.doubled, outcome.others[0].doubled} == {20, 21}
    refused = TOY(watching, 10, doubled=None)
    assert [one.status for one in refused.others] == [Status.INVALID_ARGS]


def test_the_question_is_asked_with_keywords_too(world: "World") -> None:
    watching = Caller(world.me, world.caller.profile, watch=True)
    outcome = TOY(watching, number=10)
    assert len(outcome.others) == 1


def test_the_question_changes_nothing(world: "World") -> None:
    dead, vmo = world.dead(), world.vmo()
    before = world.picture()
    watching = Caller(world.me, world.caller.profile, watch=True)
    outcome = zx_process_write_memory(watching, dead.handle, USER_BASE, b"x", 1)
    statuses = {one.profile: one.status for one in (outcome, *outcome.others)}
    assert statuses == {Profile.DOCS: Status.BAD_STATE, Profile.KERNEL: Status.NO_MEMORY}
    assert world.picture() == before
    world.good(zx_vmo_get_size(world.caller, vmo))


@pytest.mark.parametrize("watch", [False, True])
def test_a_call_under_watch_has_the_effect_of_one_that_is_not(world: "World", watch: bool) -> None:
    target = world.process()
    base = world.map(target.vmar, world.vmo(PAGE), length=PAGE)
    world.map(target.vmar, world.vmo(PAGE), PAGE, length=PAGE)
    caller = Caller(world.me, world.caller.profile, watch=watch)
    outcome = zx_process_write_memory(caller, target.handle, base + PAGE - 2, b"wxyz", 4)
    moved = {Profile.DOCS: 4, Profile.KERNEL: 2}
    assert outcome.actual == moved[world.caller.profile]
    read = zx_process_read_memory(Caller(world.me), target.handle, base + PAGE - 2, 4)
    assert read.buffer == (b"wxyz" if outcome.actual == 4 else b"wx\0\0")
    told = [one.actual for one in outcome.others]
    assert told == ([moved[other(world.caller.profile)]] if watch else [])


# Handles that a call produces -------------------------------------------------------------


def test_handles_are_delivered_when_the_call_is_over(world: "World") -> None:
    outcome = TWINS(world.caller, 1)
    assert outcome.status is Status.OK
    assert list(outcome.values) == ["first", "second"]
    asked = [rule for rule, _ in outcome.checks if rule not in ROOMS]
    assert asked == [ALLOWED, FIRST_OUT, SECOND_OUT]
    for value in outcome.values.values():
        assert world.object(value, VmObject).size == PAGE
        assert world.rights(value) == Rights.READ


def test_handles_are_delivered_even_after_a_failure(world: "World") -> None:
    address = world.scratch()
    outcome = TWINS(world.caller, 0, second=Pointer(address))
    assert (outcome.status, outcome.decided) == (Status.PEER_CLOSED, ALLOWED)
    assert list(outcome.values) == ["first", "second"]
    assert int.from_bytes(world.peek(address), "little") == outcome.second
    assert all(world.names(value) for value in outcome.values.values())
    assert outcome.checks[-1] == (ALLOWED, ())


@BAD_PLACES
@pytest.mark.parametrize("allowed", [0, 1])
@pytest.mark.parametrize(("name", "rule"), [("first", FIRST_OUT), ("second", SECOND_OUT)])
def test_one_bad_pointer_destroys_all_that_was_produced(
    world: "World", name: str, rule: Rule, allowed: int, place: Pointer | None
) -> None:
    before = world.picture()
    outcome = TWINS(world.caller, allowed, **{name: place})
    assert (outcome.status, outcome.decided) == (Status.INVALID_ARGS, rule)
    assert outcome.values == {}
    assert outcome.checks[-1] == (rule, (place,))
    assert world.picture() == before


def test_a_handle_is_stored_before_a_later_pointer_fails(world: "World") -> None:
    address = world.scratch()
    outcome = TWINS(world.caller, 1, first=Pointer(address), second=None)
    assert outcome.status is Status.INVALID_ARGS
    stored = int.from_bytes(world.peek(address), "little")
    assert stored & 1
    assert not world.names(stored)


@pytest.mark.parametrize("spare", [0, 1])
def test_a_full_table_leaves_what_was_produced_before(world: "World", spare: int) -> None:
    world.fill(spare)
    outcome = TWINS(world.caller, 1)
    assert (outcome.status, outcome.decided) == (Status.NO_MEMORY, ROOMS[spare])
    assert list(outcome.values) == ["first"][:spare]
    capacity = world.kernel.handles.capacity
    assert in_words(*outcome.checks[-1], held=False) == str(capacity)


def test_nothing_is_stored_when_nothing_was_produced(world: "World") -> None:
    address = world.scratch()
    outcome = zx_vmo_create(world.caller, PAGE, 99, out=Pointer(address))
    assert outcome.status is Status.INVALID_ARGS
    assert world.peek(address, 8) == bytes(8)
    assert outcome.out is None


def test_an_object_whose_only_handle_finds_no_room_goes_away(world: "World") -> None:
    world.fill()
    processes = list(world.kernel.job.processes)
    outcome = zx_process_create(world.caller, world.job, b"p", 1, 0)
    assert outcome.status is Status.NO_MEMORY
    assert world.kernel.job.processes == processes


# Out-values ------------------------------------------------------------------------------


def test_an_out_value_goes_to_a_good_pointer_in_little_endian(world: "World") -> None:
    address, vmo = world.scratch(pages=2), world.vmo(5 * PAGE)
    place = Pointer(address + PAGE - 4)
    outcome = world.good(zx_vmo_get_size(world.caller, vmo, size=place))
    assert world.peek(address + PAGE - 5, 10) == bytes(1) + (5 * PAGE).to_bytes(
        8, "little"
    ) + bytes(1)
    assert outcome.values == {"size": 5 * PAGE}


@BAD_PLACES
def test_a_bad_pointer_is_an_invalid_argument(world: "World", place: Pointer | None) -> None:
    outcome = world.call(zx_vmo_get_size, world.vmo(), size=place)
    world.expect(outcome, Status.INVALID_ARGS, "vmo_get_size/size-writable")
    assert outcome.size is None


def test_memory_that_may_only_be_read_is_a_bad_place(world: "World") -> None:
    place = Pointer(world.scratch(perms=1))
    outcome = world.call(zx_vmo_get_size, world.vmo(), size=place)
    world.expect(outcome, Status.INVALID_ARGS, "vmo_get_size/size-writable")


# Outcomes --------------------------------------------------------------------------------


def test_an_outcome_knows_its_out_values_by_their_c_names(world: "World") -> None:
    outcome = TOY(world.caller, 5)
    assert outcome.doubled == 10
    assert TOY(world.caller, 100).doubled is None
    with pytest.raises(AttributeError, match="zx_toy has no out-value tripled"):
        outcome.tripled  # noqa: B018


def test_an_outcome_shows_its_status_and_values(world: "World") -> None:
    assert repr(TOY(world.caller, 5)) == "<zx_toy ZX_OK doubled=0xa>"
    assert repr(TOY(world.caller, 100)) == "<zx_toy ZX_ERR_OUT_OF_RANGE>"


def test_an_outcome_keeps_the_arguments(world: "World") -> None:
    assert TOY(world.caller, 5).args == (5,)
    outcome = TOY(world.caller, 5, doubled=None)
    assert TOY.split(outcome.args) == ((5,), {"doubled": None})
    assert TOY.split((5,)) == ((5,), {})


def test_outcomes_answer_alike_by_status_values_and_bytes(world: "World") -> None:
    five, six = TOY(world.caller, 5), TOY(world.caller, 6)
    assert five.answers_as(TOY(world.caller, 5))
    assert not five.answers_as(six)
    assert TOY(world.caller, 100).answers_as(TOY(world.caller, 101))


# Threads that die ---------------------------------------------------------------------------


def zx_kill_me(call: Call, ignored: U64In) -> None:
    """Kill the caller, in the middle of a call."""
    call.process.kill()
    call.require(ALIVE, call.process.threads != [], call.process.state)


ALIVE = Rule("alive", Status.BAD_STATE, "the caller still has its thread", passed="{0:state}")
KILL_ME = Syscall(zx_kill_me, [ALIVE], "kill.md")


def test_threads_die_when_the_call_is_over_and_not_before(world: "World") -> None:
    outcome = KILL_ME(world.caller, 0)
    assert outcome.status is Status.OK
    assert world.me.threads == []
    assert world.kernel.dying == []


# Policies: spec 02 section 4 and spec 03 section 1.3 ----------------------------------------


ALLOW, DENY, EXCEPTION, KILL = 0, 1, 2, 5
CREATORS: "dict[Policy, Callable[[World], Outcome]]" = {
    Policy.NEW_VMO: lambda w: w.call(zx_vmo_create, PAGE, 0),
    Policy.NEW_EVENT: lambda w: w.call(zx_event_create, 0),
    Policy.NEW_PROCESS: lambda w: w.call(zx_process_create, w.job, b"", 0, 0),
}
BAD_HANDLES: "list[Callable[[World, int], Outcome]]" = [
    lambda w, h: w.call(zx_handle_close, h),
    lambda w, h: w.call(zx_handle_close_many, h.to_bytes(4, "little"), 1),
    lambda w, h: w.call(zx_handle_duplicate, h, 0),
    lambda w, h: w.call(zx_handle_replace, h, 0),
    lambda w, h: w.call(zx_object_wait_one, h, 0, 0),
    lambda w, h: w.call(zx_object_get_info, h, 2, 0),
    lambda w, h: w.call(zx_job_create, h, 0),
    lambda w, h: w.call(zx_thread_start, h, 0, 0, 0, 0),
    lambda w, h: w.call(zx_task_kill, h),
    lambda w, h: w.call(zx_vmar_unmap, h, 0, PAGE),
    lambda w, h: w.call(zx_vmo_get_size, h),
    lambda w, h: w.call(zx_process_write_memory, h, USER_BASE, b"x", 1),
]


def obey(world: "World", condition: Policy, action: int) -> None:
    world.me.policy[condition.value] = action


@pytest.mark.parametrize("action", range(8))
@pytest.mark.parametrize("condition", CREATORS, ids=lambda condition: condition.name)
def test_a_policy_denies_by_one_bit_and_kills_by_another(
    world: "World", condition: Policy, action: int
) -> None:
    obey(world, condition, action)
    outcome = CREATORS[condition](world)
    if action & DENY:
        assert (outcome.status, outcome.values) == (Status.ACCESS_DENIED, {})
        assert outcome.decided is not None
        assert outcome.decided.name == "policy-allows"
    else:
        assert outcome.status is Status.OK
        assert outcome.values
    killed = bool(action & EXCEPTION)
    assert world.me.state is (ProcessState.DEAD if killed else ProcessState.RUNNING)
    assert world.me.return_code == (-1 if killed else 0)


@pytest.mark.parametrize("condition", CREATORS, ids=lambda condition: condition.name)
@pytest.mark.parametrize("other_one", list(Policy), ids=lambda condition: condition.name)
def test_a_policy_is_about_its_own_condition(
    world: "World", condition: Policy, other_one: Policy
) -> None:
    obey(world, other_one, DENY | EXCEPTION)
    expected = Status.ACCESS_DENIED if condition is other_one else Status.OK
    assert CREATORS[condition](world).status is expected
    assert (world.me.state is ProcessState.DEAD) == (condition is other_one)


@pytest.mark.parametrize("action", [ALLOW, DENY, EXCEPTION, DENY | EXCEPTION, KILL])
@pytest.mark.parametrize("call", BAD_HANDLES)
def test_a_bad_handle_is_answered_alike_under_any_policy_but_may_kill(
    world: "World", call: "Callable[[World, int], Outcome]", action: int
) -> None:
    obey(world, Policy.BAD_HANDLE, action)
    assert call(world, world.closed()).status is Status.BAD_HANDLE
    killed = bool(action & EXCEPTION)
    assert world.me.state is (ProcessState.DEAD if killed else ProcessState.RUNNING)
    assert world.me.return_code == (-1 if killed else 0)


@pytest.mark.parametrize("wrong", ["process", "thread", "pair", "nothing"])
def test_a_bad_argument_handle_counts_whatever_else_stops_a_start(
    world: "World", wrong: str
) -> None:
    first, second = world.process(b"first"), world.process(b"second")
    process = world.vmar if wrong == "process" else first.handle
    thread = world.vmar
    if wrong != "thread":
        owner = second if wrong == "pair" else first
        thread = world.thread(owner.handle)
    closed = world.closed()
    obey(world, Policy.BAD_HANDLE, EXCEPTION)
    outcome = zx_process_start(world.caller, process, thread, 0, 0, closed, 0)
    assert outcome.decided is not None
    assert (
        outcome.decided.name
        == {
            "process": "process-type",
            "thread": "thread-type",
            "pair": "thread-of-process",
            "nothing": "arg-handle-valid",
        }[wrong]
    )
    assert world.me.state is ProcessState.DEAD
    assert first.process.state is ProcessState.DEAD


def test_to_close_0_is_no_bad_handle(world: "World") -> None:
    obey(world, Policy.BAD_HANDLE, DENY | EXCEPTION)
    world.good(world.call(zx_handle_close, 0))
    world.good(world.call(zx_handle_close_many, bytes(12), 3))
    assert world.me.state is ProcessState.RUNNING


def test_0_is_a_bad_handle_anywhere_else(world: "World") -> None:
    obey(world, Policy.BAD_HANDLE, EXCEPTION)
    assert zx_vmo_get_size(world.caller, 0).status is Status.BAD_HANDLE
    assert world.me.state is ProcessState.DEAD


def test_a_call_that_is_refused_before_the_policy_is_asked_kills_nobody(world: "World") -> None:
    for condition in Policy:
        obey(world, condition, DENY | EXCEPTION)
    assert zx_vmo_create(world.caller, PAGE, 99).status is Status.INVALID_ARGS
    assert zx_event_create(world.caller, 1).status is Status.INVALID_ARGS
    assert zx_process_create(world.caller, 0, None, 0, 1).status is Status.INVALID_ARGS
    assert zx_object_get_info(world.caller, 0, 99, 0).status is Status.NOT_SUPPORTED
    assert world.me.state is ProcessState.RUNNING


def test_who_may_not_create_a_vmo_may_clone_one(world: "World") -> None:
    vmo = world.vmo()
    obey(world, Policy.NEW_VMO, DENY | EXCEPTION)
    obey(world, Policy.NEW_ANY, DENY | EXCEPTION)
    world.good(zx_vmo_clone(world.caller, vmo, 1, 0, PAGE))
    world.good(zx_vmo_create_physical(world.caller, world.resource, 0, PAGE))
    world.good(zx_job_create(world.caller, world.job, 0))
    assert world.me.state is ProcessState.RUNNING


def test_an_exception_comes_when_the_call_has_had_its_effect(world: "World") -> None:
    address = world.scratch()
    other_process = world.kernel.spawn("other")
    obey(world, Policy.NEW_PROCESS, EXCEPTION)
    outcome = zx_process_create(world.caller, world.job, b"p", 1, 0, proc_handle=Pointer(address))
    assert outcome.status is Status.OK
    assert list(outcome.values) == ["proc_handle", "vmar_handle"]
    # All that the caller held is closed, so the new process, not started, is gone with it.
    assert world.me.handle_list == []
    assert world.kernel.job.processes == [other_process]
    assert not world.kernel.job.signals & NO_PROCESSES
    assert world.me.aspace.root.children == []


def test_the_policy_is_the_callers_and_not_that_of_the_job_named(world: "World") -> None:
    job, strict = world.child_job()
    entry = bytes((12, 0, 0, 0, DENY, 0, 0, 0))
    world.good(zx_job_set_policy(world.caller, job, 0, 0, entry, 1))
    made = world.good(zx_process_create(world.caller, job, b"", 0, 0))
    inner = world.object(world.out(made, "proc_handle"), Process)
    assert inner.policy == strict.policy == {12: DENY}
    handle = world.kernel.grant(inner, world.kernel.job, int(Rights.DEFAULT_JOB))
    caller = Caller(inner, world.caller.profile)
    assert zx_process_create(caller, handle, b"", 0, 0).status is Status.ACCESS_DENIED


def test_a_process_keeps_the_policy_that_it_was_born_with(world: "World") -> None:
    job, _ = world.child_job()
    made = world.good(zx_process_create(world.caller, job, b"", 0, 0))
    process = world.object(world.out(made, "proc_handle"), Process)
    world.object(job, Job).policy[Policy.NEW_EVENT.value] = DENY
    assert zx_event_create(Caller(process, world.caller.profile), 0).status is Status.OK


# Declaring ------------------------------------------------------------------------------------


def test_a_rule_may_not_be_declared_twice() -> None:
    def zx_never(call: Call, number: U64In) -> None:
        """Never."""

    before = dict(SYSCALLS)
    again = Rule("again", Status.INTERNAL, "t")
    with pytest.raises(ValueError, match="zx_never: a rule is declared twice"):
        syscall(again, Lookup("again", Process), again)(zx_never)
    assert before == SYSCALLS


def test_an_argument_needs_a_c_type() -> None:
    def zx_never(call: Call, number: int) -> None:
        """Never."""

    with pytest.raises(TypeError, match="zx_never: argument number has no C type"):
        Syscall(zx_never, [], "page")


def test_a_syscall_knows_its_arguments_in_the_pages_order() -> None:
    def zx_never(call: Call, handle: HandleIn, value: DataIn, *, actual: SizeOut = GOOD) -> None:
        """Do nothing."""

    declared = Syscall(zx_never, [], "never.md")
    assert (declared.name, declared.short, declared.page) == ("zx_never", "never", "never.md")
    assert [(name, arg.ctype) for name, arg in declared.params] == [
        ("handle", "zx_handle_t"),
        ("value", "const void*"),
    ]
    assert {name: arg.ctype for name, arg in declared.outs.items()} == {"actual": "size_t*"}
    assert declared.doc == "Do nothing."


@pytest.mark.parametrize("name", sorted(SYSCALLS))
def test_a_registered_syscall_has_its_name_its_page_and_a_good_default_place(name: str) -> None:
    declared = SYSCALLS[name]
    assert declared.name == name
    original = declared.alias_of or declared
    assert declared.page == f"docs/syscalls/{original.short}.md"
    assert declared.body.__kwdefaults__ in (None, dict.fromkeys(declared.outs, GOOD))
    assert "call" not in dict(declared.params)
    assert declared.doc
