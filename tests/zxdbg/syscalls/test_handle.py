from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.rights import SAME_RIGHTS
from zxdbg.kernel.task import JobState, Policy, Process, ProcessState
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    Caller,
    Fill,
    Outcome,
    Pointer,
    Syscall,
    zx_handle_close,
    zx_handle_close_many,
    zx_handle_duplicate,
    zx_handle_replace,
    zx_process_create,
    zx_vmo_create,
)

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Refusal, World


PAGE = 4096
WILD = Pointer(0x2000_0000_0000)


def full(world: "World", call: Callable[[], Outcome]) -> Outcome:
    world.fill()
    world.before = world.picture()
    return call()


def packed(*values: int) -> bytes:
    """Return handle values as the array that close_many takes."""
    return b"".join(value.to_bytes(4, "little") for value in values)


def close_many(w: "World", *values: int) -> Outcome:
    return w.call(zx_handle_close_many, packed(*values), len(values))


REFUSALS: "list[Refusal]" = [
    (
        "close a closed handle",
        lambda w: w.call(zx_handle_close, w.closed()),
        Status.BAD_HANDLE,
        "handle_close/handle-valid",
    ),
    (
        "close a number that never was a handle",
        lambda w: w.call(zx_handle_close, 0xDEADBEEF),
        Status.BAD_HANDLE,
        "handle_close/handle-valid",
    ),
    (
        "duplicate 0",
        lambda w: w.call(zx_handle_duplicate, 0, SAME_RIGHTS),
        Status.BAD_HANDLE,
        "handle_duplicate/handle-valid",
    ),
    (
        "duplicate without DUPLICATE, even asking for too much",
        lambda w: w.call(zx_handle_duplicate, w.lacking(w.self, Rights.DUPLICATE), 0xFFFF_FFFF),
        Status.ACCESS_DENIED,
        "handle_duplicate/handle-rights",
    ),
    (
        "duplicate with a right that the source lacks",
        lambda w: w.call(zx_handle_duplicate, w.self, int(Rights.MAP)),
        Status.INVALID_ARGS,
        "handle_duplicate/rights-subset",
    ),
    (
        "duplicate with SAME_RIGHTS and one bit more: no longer the sentinel",
        lambda w: w.call(zx_handle_duplicate, w.self, SAME_RIGHTS | Rights.READ),
        Status.INVALID_ARGS,
        "handle_duplicate/rights-subset",
    ),
    (
        "duplicate in a full table, too many rights: the rights are looked at first",
        lambda w: full(w, lambda: zx_handle_duplicate(w.caller, w.self, int(Rights.MAP))),
        Status.INVALID_ARGS,
        "handle_duplicate/rights-subset",
    ),
    (
        "duplicate in a full table",
        lambda w: full(w, lambda: zx_handle_duplicate(w.caller, w.self, SAME_RIGHTS)),
        Status.NO_MEMORY,
        "handle_duplicate/handles-left",
    ),
    (
        "duplicate to NULL",
        lambda w: w.call(zx_handle_duplicate, w.self, SAME_RIGHTS, out=None),
        Status.INVALID_ARGS,
        "handle_duplicate/out-writable",
    ),
    (
        "duplicate to a wild pointer",
        lambda w: w.call(zx_handle_duplicate, w.self, SAME_RIGHTS, out=WILD),
        Status.INVALID_ARGS,
        "handle_duplicate/out-writable",
    ),
    (
        "replace a closed handle",
        lambda w: w.call(zx_handle_replace, w.closed(), SAME_RIGHTS),
        Status.BAD_HANDLE,
        "handle_replace/handle-valid",
    ),
    (
        "replace with a right that the source lacks",
        lambda w: w.call(zx_handle_replace, w.self, int(Rights.MAP)),
        Status.INVALID_ARGS,
        "handle_replace/rights-subset",
    ),
    (
        "replace in a full table",
        lambda w: full(w, lambda: zx_handle_replace(w.caller, w.self, SAME_RIGHTS)),
        Status.NO_MEMORY,
        "handle_replace/handles-left",
    ),
    (
        "replace to NULL",
        lambda w: w.call(zx_handle_replace, w.self, SAME_RIGHTS, out=None),
        Status.INVALID_ARGS,
        "handle_replace/out-writable",
    ),
    (
        "replace to a wild pointer",
        lambda w: w.call(zx_handle_replace, w.self, SAME_RIGHTS, out=WILD),
        Status.INVALID_ARGS,
        "handle_replace/out-writable",
    ),
    (
        "close many of which one is closed",
        lambda w: close_many(w, w.vmo(), w.closed(), w.vmo()),
        Status.BAD_HANDLE,
        "handle_close_many/handles-valid",
    ),
    (
        "close many of which one never was a handle",
        lambda w: close_many(w, 0, 0xDEADBEEF),
        Status.BAD_HANDLE,
        "handle_close_many/handles-valid",
    ),
    (
        "close many with one twice",
        lambda w: (lambda vmo: close_many(w, vmo, 0, vmo))(w.vmo()),
        Status.BAD_HANDLE,
        "handle_close_many/handles-valid",
    ),
]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    outcome = world.refuses(refusal)
    assert not outcome.values


# Values ---------------------------------------------------------------------------


def test_a_value_is_odd_and_positive_and_below_two_to_the_31(world: "World") -> None:
    values = [world.vmo(0) for _ in range(20)]
    assert all(value & 1 and 0 < value < 1 << 31 for value in values)
    assert len(set(values)) == 20


def test_the_lowest_bit_of_a_value_is_thrown_away(world: "World") -> None:
    vmo = world.vmo()
    world.good(world.call(zx_handle_close, vmo - 1))
    assert not world.names(vmo)


def test_a_slot_that_is_used_again_gets_another_number(world: "World") -> None:
    first = world.vmo()
    world.good(zx_handle_close(world.caller, first))
    second = world.vmo()
    assert second != first
    world.expect(world.call(zx_handle_close, first), Status.BAD_HANDLE, "handle_close/handle-valid")
    assert world.names(second)


def test_a_value_of_another_process_means_nothing_here(world: "World") -> None:
    other = world.kernel.spawn("other")
    theirs = world.kernel.grant(other, other, int(Rights.DEFAULT_PROCESS))
    outcome = world.call(zx_handle_close, theirs)
    world.expect(outcome, Status.BAD_HANDLE, "handle_close/handle-valid")
    assert outcome.checks[-1][1] == (theirs, "foreign")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (lambda w: 0, "zero"),
        (lambda w: w.closed(), "closed"),
        (lambda w: w.self ^ 0x1000_0000, "unknown"),
    ],
    ids=["zero", "closed", "unknown"],
)
def test_a_bad_handle_comes_with_the_reason(
    world: "World", value: "Callable[[World], int]", reason: str
) -> None:
    number = value(world)
    outcome = zx_handle_duplicate(world.caller, number, 0)
    assert outcome.checks == [(outcome.decided, (number, reason))]


def test_a_newer_handle_stands_before_an_older_one(world: "World") -> None:
    first, second = world.vmo(), world.vmo()
    listed = [world.me.value_of(handle) for handle in world.me.handle_list]
    assert listed[:2] == [second, first]


# zx_handle_close ------------------------------------------------------------------


def test_closing_0_is_fine_and_checks_nothing(world: "World") -> None:
    outcome = world.call(zx_handle_close, 0)
    world.good(outcome)
    assert outcome.checks == []
    assert world.picture() == world.before


def test_closing_needs_no_right(world: "World") -> None:
    bare = world.weak(world.self, 0)
    world.good(world.call(zx_handle_close, bare))
    assert not world.names(bare)
    assert world.names(world.self)


def test_a_process_that_never_started_dies_with_its_last_handle(world: "World") -> None:
    target = world.process()
    second = world.weak(target.handle, 0)
    world.good(zx_handle_close(world.caller, target.handle))
    assert world.state(target.process) is ProcessState.INITIAL
    world.good(zx_handle_close(world.caller, second))
    assert world.state(target.process) is ProcessState.DEAD
    assert target.process.return_code == 0
    assert target.process.signals & 0x8
    assert not target.root.alive
    assert target.process not in world.kernel.job.processes
    assert world.names(target.vmar)


def test_a_process_that_runs_survives_its_last_handle(world: "World") -> None:
    target, thread = world.running()
    world.good(zx_handle_close(world.caller, target.handle))
    world.good(zx_handle_close(world.caller, thread))
    assert target.process.state is ProcessState.RUNNING
    assert target.process in world.kernel.job.processes


def test_a_thread_handle_does_not_keep_an_unstarted_process_alive(world: "World") -> None:
    target = world.process()
    world.thread(target.handle)
    world.good(zx_handle_close(world.caller, target.handle))
    assert target.process.state is ProcessState.DEAD


def test_a_process_that_dies_closes_its_own_handles(world: "World") -> None:
    outer, inner = world.process(b"outer"), world.process(b"inner")
    held = world.kernel.handles.find(world.me, inner.handle)
    assert held is not None
    world.me.detach(held)
    outer.process.attach(held)
    world.good(zx_handle_close(world.caller, outer.handle))
    assert inner.process.state is ProcessState.DEAD


def test_a_mapping_outlives_the_last_handle_of_its_vmo(world: "World") -> None:
    target, vmo = world.process(), world.vmo()
    base = world.map(target.vmar, vmo)
    memory = world.object(vmo, VmObject)
    memory.write(0, b"kept")
    world.good(zx_handle_close(world.caller, vmo))
    mapping = target.process.aspace.find_mapping(base)
    assert mapping is not None
    assert mapping.vmo.koid == memory.koid
    assert mapping.vmo.read(0, 4) == b"kept"


def test_a_vmo_frees_its_pages_with_the_last_handle(world: "World") -> None:
    used = world.kernel.memory.used
    vmo = world.vmo()
    world.object(vmo, VmObject).write(0, bytes(3 * PAGE))
    second = world.weak(vmo, 0)
    assert world.kernel.memory.used == used + 3
    world.good(zx_handle_close(world.caller, vmo))
    assert world.kernel.memory.used == used + 3
    world.good(zx_handle_close(world.caller, second))
    assert world.kernel.memory.used == used


def test_a_region_stays_when_its_handle_is_closed(world: "World") -> None:
    target = world.process()
    handle, region = world.region(target.vmar)
    world.good(zx_handle_close(world.caller, handle))
    assert region.alive
    assert target.root.children == [region]


# zx_handle_close_many -----------------------------------------------------------------


def facts(outcome: Outcome) -> tuple[object, ...]:
    """Return what the one rule was judged on: how many were closed, bad, and looked at."""
    [(_, judged)] = outcome.checks
    return judged


@pytest.mark.parametrize("count", [0, 1, 3, 20])
def test_many_handles_are_closed_at_once(world: "World", count: int) -> None:
    vmos = [world.weak(world.vmo(), 0) for _ in range(count)]
    kept = world.vmo()
    outcome = world.good(close_many(world, *vmos))
    assert not any(world.names(vmo) for vmo in vmos)
    assert world.names(kept)
    assert facts(outcome) == (count, 0, count)


def test_zeros_are_passed_over_and_are_not_closed(world: "World") -> None:
    vmo = world.vmo()
    assert facts(world.good(close_many(world, 0, 0))) == (0, 0, 2)
    assert world.picture() == world.before
    assert facts(world.good(close_many(world, 0, vmo, 0))) == (1, 0, 3)
    assert not world.names(vmo)


@pytest.mark.parametrize("array", [None, WILD, b"", Fill(0xFF, 0), Pointer(0), packed(1)], ids=repr)
def test_no_handle_is_closed_and_no_memory_touched_for_a_count_of_0(
    world: "World", array: bytes | Fill | Pointer | None
) -> None:
    outcome = world.good(world.call(zx_handle_close_many, array, 0))
    assert facts(outcome) == (0, 0, 0)
    assert world.picture() == world.before


@pytest.mark.parametrize("count", [1, 3, 64, 65, (1 << 64) - 1])
@pytest.mark.parametrize("array", [None, WILD, Pointer(0), b"", b"abc", Fill(1, 3)], ids=repr)
def test_a_bad_array_pointer_is_no_error_and_closes_nothing(
    world: "World", array: bytes | Fill | Pointer | None, count: int
) -> None:
    outcome = world.good(world.call(zx_handle_close_many, array, count))
    assert facts(outcome) == (0, 0, 0)
    assert world.picture() == world.before


def test_one_bad_handle_does_not_spare_the_others(world: "World") -> None:
    first, bad, last = world.vmo(), world.closed(), world.vmo()
    outcome = close_many(world, first, bad, 0, last, bad)
    world.expect(outcome, Status.BAD_HANDLE, "handle_close_many/handles-valid")
    assert facts(outcome) == (2, 2, 5)
    assert (world.names(first), world.names(last)) == (False, False)


def test_a_handle_that_is_listed_twice_is_closed_and_then_bad(world: "World") -> None:
    vmo, other = world.vmo(), world.vmo()
    outcome = close_many(world, vmo, vmo - 1, other)
    world.expect(outcome, Status.BAD_HANDLE, "handle_close_many/handles-valid")
    assert facts(outcome) == (2, 1, 3)
    assert (world.names(vmo), world.names(other)) == (False, False)


def test_a_handle_of_another_process_is_bad_here_and_stays(world: "World") -> None:
    other = world.kernel.spawn("other")
    theirs = world.kernel.grant(other, other, int(Rights.DEFAULT_PROCESS))
    outcome = close_many(world, theirs)
    world.expect(outcome, Status.BAD_HANDLE, "handle_close_many/handles-valid")
    assert world.kernel.handles.find(other, theirs) is not None


@pytest.mark.parametrize(
    ("there", "count", "seen"),
    [
        (63, 64, 0),
        (64, 64, 64),
        (64, 65, 64),
        (70, 70, 70),
        (70, 100, 64),
        (100, 128, 64),
        (128, 129, 128),
        (130, 1 << 40, 128),
    ],
)
def test_values_are_copied_in_64_at_a_time_up_to_a_fault(
    world: "World", there: int, count: int, seen: int
) -> None:
    vmos = {at: world.vmo(0) for at in (0, 62, 63, 64, 69, 127, 128) if at < there}
    array = packed(*(vmos.get(at, 0) for at in range(there)))
    closed = sum(at < seen for at in vmos)
    outcome = world.good(world.call(zx_handle_close_many, array, count))
    assert facts(outcome) == (closed, 0, seen)
    assert {at: world.names(vmo) for at, vmo in vmos.items()} == {at: at >= seen for at in vmos}


def test_an_array_in_the_callers_memory_ends_where_the_memory_does(world: "World") -> None:
    address = world.scratch()
    first, second = world.vmo(), world.vmo()
    start = address + PAGE - 4 * 66
    world.me.aspace.store(start, packed(first, *[0] * 63, second, 0))
    outcome = world.good(world.call(zx_handle_close_many, Pointer(start), 67))
    assert facts(outcome) == (1, 0, 64)
    assert (world.names(first), world.names(second)) == (False, True)
    again = world.good(world.call(zx_handle_close_many, Pointer(start + 4 * 64), 2))
    assert facts(again) == (1, 0, 2)
    assert not world.names(second)


def test_a_bad_handle_before_a_fault_is_still_told(world: "World") -> None:
    kept = world.vmo()
    array = packed(world.closed(), *[0] * 63, kept)
    outcome = world.call(zx_handle_close_many, array, 128)
    world.expect(outcome, Status.BAD_HANDLE, "handle_close_many/handles-valid")
    assert facts(outcome) == (0, 1, 64)
    assert world.names(kept)


@pytest.mark.parametrize(
    ("length", "count", "seen"),
    [(4, 1, 1), (259, 64, 64), (40, 100, 0), (300, 100, 64), (1 << 42, 1 << 40, 1 << 40)],
)
@pytest.mark.parametrize("byte", [0, 0xEE])
def test_a_run_of_one_byte_is_looked_at_as_an_array_of_its_values(
    world: "World", byte: int, length: int, count: int, seen: int
) -> None:
    outcome = world.call(zx_handle_close_many, Fill(byte, length), count)
    bad = seen if byte else 0
    status = Status.BAD_HANDLE if bad else Status.OK
    world.expect(outcome, status, "handle_close_many/handles-valid" if bad else "")
    assert facts(outcome) == (0, bad, seen)


@pytest.mark.parametrize(("length", "closed"), [(4 * 100, 1), (4 * 99, 1), (4 * 63, 0)])
def test_a_run_of_one_byte_that_names_a_handle_closes_it_once(
    world: "World", length: int, closed: int
) -> None:
    vmo = world.vmo()
    found = world.kernel.handles.find(world.me, vmo)
    assert found is not None
    world.me.mixer = 0x0101_0101 ^ (found.base << 1 | 1)
    outcome = world.call(zx_handle_close_many, Fill(1, length), 100)
    seen = 100 if length == 400 else 64 * closed
    assert facts(outcome) == (closed, max(0, seen - closed), seen)
    assert world.names(0x0101_0101) is not bool(closed)


@pytest.mark.parametrize(
    ("values", "action", "state"),
    [
        (lambda w: [w.closed()], 2, ProcessState.DEAD),
        (lambda w: [w.closed()], 3, ProcessState.DEAD),
        (lambda w: [w.closed()], 1, ProcessState.RUNNING),
        (lambda w: [0, w.vmo(), 0], 2, ProcessState.RUNNING),
    ],
    ids=["exception", "exception and deny", "deny", "zeros"],
)
def test_a_bad_handle_is_a_matter_of_policy_but_a_0_is_not(
    world: "World", values: "Callable[[World], list[int]]", action: int, state: ProcessState
) -> None:
    world.me.policy[Policy.BAD_HANDLE.value] = action
    close_many(world, *values(world))
    assert world.state(world.me) is state
    assert world.me.return_code == (-1 if state is ProcessState.DEAD else 0)


def test_closing_many_tells_the_objects_as_closing_one_does(world: "World") -> None:
    used, target, vmo = world.kernel.memory.used, world.process(), world.vmo()
    world.object(vmo, VmObject).write(0, b"x")
    world.good(close_many(world, target.handle, vmo))
    assert target.process.state is ProcessState.DEAD
    assert world.kernel.memory.used == used


# zx_handle_duplicate ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        (SAME_RIGHTS, int(Rights.DEFAULT_PROCESS)),
        (int(Rights.DEFAULT_PROCESS), int(Rights.DEFAULT_PROCESS)),
        (int(Rights.READ), int(Rights.READ)),
        (0, 0),
    ],
    ids=["SAME_RIGHTS", "all of them, named", "one", "none"],
)
@pytest.mark.parametrize("syscall", [zx_handle_duplicate, zx_handle_replace])
def test_the_new_handle_has_the_rights_asked_for(
    world: "World",
    syscall: "Syscall[[int, int]]",
    asked: int,
    got: int,
) -> None:
    outcome = world.call(syscall, world.self, asked)
    world.good(outcome)
    made = world.out(outcome)
    assert made != world.self
    assert world.rights(made) == got
    assert world.object(made, Process) is world.me
    assert world.names(world.self) is (syscall is zx_handle_duplicate)


@pytest.mark.parametrize("rights", [0, 1, int(Rights.DUPLICATE | Rights.READ)])
def test_a_duplicate_never_gains_rights(world: "World", rights: int) -> None:
    weak = world.weak(world.self, rights)
    outcome = zx_handle_duplicate(world.caller, weak, int(Rights.WRITE))
    assert outcome.status in (Status.ACCESS_DENIED, Status.INVALID_ARGS)
    assert not outcome.values


def test_a_duplicate_counts_as_a_handle_of_the_object(world: "World") -> None:
    count = world.me.handles
    world.good(world.call(zx_handle_duplicate, world.self, 0))
    assert world.me.handles == count + 1


def test_a_duplicate_that_finds_no_room_leaves_an_unstarted_process_alone(world: "World") -> None:
    target = world.process()
    world.fill()
    outcome = world.call(zx_handle_duplicate, target.handle, SAME_RIGHTS)
    world.expect(outcome, Status.NO_MEMORY, "handle_duplicate/handles-left")
    assert target.process.state is ProcessState.INITIAL
    assert target.root.alive


def test_a_duplicate_goes_to_a_good_pointer_as_four_bytes(world: "World") -> None:
    address = world.scratch()
    world.me.aspace.store(address, b"\xff" * 8)
    outcome = world.good(zx_handle_duplicate(world.caller, world.self, 0, out=Pointer(address)))
    assert world.peek(address, 8) == world.out(outcome).to_bytes(4, "little") + b"\xff" * 4


# zx_handle_replace ------------------------------------------------------------------


def test_replace_does_not_need_the_right_to_duplicate(world: "World") -> None:
    bare = world.lacking(world.self, Rights.DUPLICATE)
    outcome = world.call(zx_handle_replace, bare, int(Rights.READ))
    world.good(outcome)
    assert world.rights(world.out(outcome)) == Rights.READ
    assert not world.names(bare)


@pytest.mark.parametrize(
    "arrange",
    [
        lambda w, h: zx_handle_replace(w.caller, h, int(Rights.MAP)),
        lambda w, h: full(w, lambda: zx_handle_replace(w.caller, h, SAME_RIGHTS)),
        lambda w, h: zx_handle_replace(w.caller, h, SAME_RIGHTS, out=None),
        lambda w, h: zx_handle_replace(w.caller, h, SAME_RIGHTS, out=WILD),
    ],
    ids=["too many rights", "full table", "NULL", "wild pointer"],
)
def test_a_failed_replace_closes_the_old_handle_anyway(
    world: "World", arrange: "Callable[[World, int], Outcome]"
) -> None:
    target = world.process()
    outcome = arrange(world, target.handle)
    assert outcome.status is not Status.OK
    assert outcome.decided is not None
    assert outcome.decided.late
    assert not world.names(target.handle)
    assert target.process.handles == 0
    assert target.process.state is ProcessState.DEAD


def test_replace_keeps_the_object_alive_while_both_handles_exist(world: "World") -> None:
    target = world.process()
    outcome = world.good(zx_handle_replace(world.caller, target.handle, SAME_RIGHTS))
    assert target.process.state is ProcessState.INITIAL
    assert target.process.handles == 1
    assert world.out(outcome) != target.handle


def test_replace_in_a_table_with_one_slot_left_is_enough(world: "World") -> None:
    world.fill(spare=1)
    world.good(world.call(zx_handle_replace, world.self, SAME_RIGHTS))


# The table as a whole -----------------------------------------------------------------


def test_the_table_is_one_for_all_processes(world: "World") -> None:
    other = world.kernel.spawn("other")
    world.fill()
    outcome = zx_vmo_create(Caller(other, world.caller.profile), PAGE, 0)
    assert outcome.status is Status.NO_MEMORY
    world.good(zx_handle_close(world.caller, world.resource))
    assert zx_vmo_create(Caller(other, world.caller.profile), PAGE, 0).status is Status.OK


def test_a_job_stays_usable_after_all_this(world: "World") -> None:
    target = world.process()
    world.good(zx_handle_close(world.caller, target.handle))
    job = world.kernel.job
    assert job.state is JobState.READY
    assert zx_process_create(world.caller, world.job, b"", 0, 0).status is Status.OK
