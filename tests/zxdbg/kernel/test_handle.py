"""Handle values and the table behind them: spec 02, sections 1.1, 1.2 and 6."""

from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.handle import Handle, HandleTable
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.task import Process

SLOT_MASK = 0x3FFFF


def make(kernel: Kernel, process: Process) -> Handle:
    handle = kernel.handles.make(KernelObject(kernel), 0)
    assert handle is not None
    process.attach(handle)
    return handle


def slot_of(handle: Handle) -> int:
    return handle.base & SLOT_MASK


def generation_of(handle: Handle) -> int:
    return handle.base >> 18


# Slots and generations ------------------------------------------------------------


def test_slots_that_were_never_used_are_taken_in_order_with_generation_one(
    kernel: Kernel, process: Process
) -> None:
    made = [make(kernel, process) for _ in range(4)]
    assert [slot_of(handle) for handle in made] == [0, 1, 2, 3]
    assert [generation_of(handle) for handle in made] == [1, 1, 1, 1]
    assert [handle.base for handle in made] == [0x40000, 0x40001, 0x40002, 0x40003]


def test_the_slot_that_was_freed_last_is_taken_first(kernel: Kernel, process: Process) -> None:
    made = [make(kernel, process) for _ in range(5)]
    for index in (3, 0, 2):
        kernel.handles.destroy(made[index])
    assert [slot_of(make(kernel, process)) for _ in range(4)] == [2, 0, 3, 5]


def test_each_reuse_of_a_slot_adds_one_to_its_generation(kernel: Kernel, process: Process) -> None:
    generations = []
    for _ in range(5):
        handle = make(kernel, process)
        generations.append(generation_of(handle))
        assert slot_of(handle) == 0
        kernel.handles.destroy(handle)
    assert generations == [1, 2, 3, 4, 5]


def test_generations_count_modulo_4096_and_then_a_base_comes_again(
    kernel: Kernel, process: Process
) -> None:
    handle = make(kernel, process)
    first, bases = handle.base, []
    for _ in range(4096):
        kernel.handles.destroy(handle)
        handle = make(kernel, process)
        bases.append(handle.base)
    assert bases[4093:] == [4095 << 18, 0, 1 << 18]
    assert len(set(bases)) == 4096
    assert handle.base == first


def test_a_full_table_makes_no_handle_until_one_is_closed(kernel: Kernel) -> None:
    table = HandleTable(3)
    target = KernelObject(kernel)
    made = [table.make(target, 0) for _ in range(3)]
    assert None not in made
    assert table.make(target, 0) is None
    assert target.handles == 3
    assert made[1] is not None
    table.destroy(made[1])
    again = table.make(target, 0)
    assert again is not None
    assert again.base == 2 << 18 | 1
    assert table.make(target, 0) is None


def test_the_table_of_a_kernel_has_262144_slots() -> None:
    assert Kernel().handles.capacity == 262144
    assert Kernel(max_handles=5).handles.capacity == 5


def test_a_grant_with_a_full_table_is_a_memory_error() -> None:
    kernel = Kernel(max_handles=1)
    process = kernel.spawn("p")
    kernel.grant(process, process, 0)
    with pytest.raises(MemoryError):
        kernel.grant(process, process, 0)


# Values ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_a_value_is_odd_and_lies_between_zero_and_two_to_the_31(seed: int) -> None:
    kernel = Kernel(seed)
    process = kernel.spawn("p")
    for _ in range(50):
        handle = make(kernel, process)
        value = process.value_of(handle)
        assert value & 1
        assert 0 < value < 2**31
        kernel.handles.destroy(handle)
        make(kernel, process)


@pytest.mark.parametrize("seed", range(50))
def test_the_mixer_of_a_process_leaves_bits_31_1_and_0_alone(seed: int) -> None:
    assert Kernel(seed).spawn("p").mixer & 0x8000_0003 == 0


def test_a_value_is_the_base_shifted_and_mixed(kernel: Kernel, process: Process) -> None:
    handle = make(kernel, process)
    assert process.value_of(handle) == process.mixer ^ (handle.base << 1 | 1)
    assert process.attach(handle) == process.value_of(handle)


def test_a_value_names_its_handle(kernel: Kernel, process: Process) -> None:
    made = [make(kernel, process) for _ in range(10)]
    found = [kernel.handles.find(process, process.value_of(handle)) for handle in made]
    assert found == made


def test_the_even_number_below_a_value_names_the_same_handle(
    kernel: Kernel, process: Process
) -> None:
    handle = make(kernel, process)
    assert kernel.handles.find(process, process.value_of(handle) - 1) is handle


@pytest.mark.parametrize("delta", [1, 2, -2, -3, 4])
def test_other_numbers_near_a_value_name_nothing(
    kernel: Kernel, process: Process, delta: int
) -> None:
    value = process.value_of(make(kernel, process))
    assert kernel.handles.find(process, value + delta) is None


def test_zero_names_nothing_even_where_it_would_decode(kernel: Kernel, process: Process) -> None:
    process.mixer = 0
    handle = make(kernel, process)
    while handle.base:
        kernel.handles.destroy(handle)
        handle = make(kernel, process)
    assert process.value_of(handle) == 1
    assert kernel.handles.find(process, 1) is handle
    assert kernel.handles.find(process, 0) is None


def test_a_set_bit_31_names_nothing(kernel: Kernel, process: Process) -> None:
    value = process.value_of(make(kernel, process))
    assert kernel.handles.find(process, value | 1 << 31) is None


def test_a_slot_that_was_never_used_is_not_found(kernel: Kernel, process: Process) -> None:
    make(kernel, process)
    never = Handle(1 << 18 | 1, process, 0)
    assert kernel.handles.find(process, process.value_of(never)) is None


def test_a_closed_value_names_nothing(kernel: Kernel, process: Process) -> None:
    handle = make(kernel, process)
    value = process.value_of(handle)
    kernel.handles.destroy(handle)
    assert kernel.handles.find(process, value) is None


def test_a_closed_value_does_not_name_the_next_tenant_of_its_slot(
    kernel: Kernel, process: Process
) -> None:
    handle = make(kernel, process)
    old = process.value_of(handle)
    kernel.handles.destroy(handle)
    tenant = make(kernel, process)
    assert slot_of(tenant) == slot_of(handle)
    assert process.value_of(tenant) != old
    assert kernel.handles.find(process, old) is None
    assert kernel.handles.find(process, process.value_of(tenant)) is tenant


def test_one_record_has_different_values_in_different_processes(
    kernel: Kernel, process: Process, other: Process
) -> None:
    handle = make(kernel, process)
    assert process.value_of(handle) != other.value_of(handle)


def test_a_value_of_another_process_means_nothing(
    kernel: Kernel, process: Process, other: Process
) -> None:
    mine, theirs = make(kernel, process), make(kernel, other)
    assert kernel.handles.find(other, process.value_of(mine)) is None
    assert kernel.handles.find(process, other.value_of(theirs)) is None


def test_a_number_that_decodes_to_another_processs_record_means_nothing(
    kernel: Kernel, process: Process, other: Process
) -> None:
    handle = make(kernel, process)
    assert kernel.handles.find(other, other.value_of(handle)) is None


def test_a_handle_in_transit_is_found_by_nobody(kernel: Kernel, process: Process) -> None:
    handle = make(kernel, process)
    value = process.value_of(handle)
    process.detach(handle)
    assert handle.process is None
    assert kernel.handles.find(process, value) is None
    assert process.handle_list == []


def test_a_handle_that_moves_keeps_its_slot_and_gets_the_new_processs_number(
    kernel: Kernel, process: Process, other: Process
) -> None:
    handle = make(kernel, process)
    base, old = handle.base, process.value_of(handle)
    process.detach(handle)
    value = other.attach(handle)
    assert handle.base == base
    assert value == other.mixer ^ (base << 1 | 1) != old
    assert kernel.handles.find(other, value) is handle
    assert kernel.handles.find(process, old) is None


def test_the_newest_handle_stands_first_in_its_processs_list(
    kernel: Kernel, process: Process, other: Process
) -> None:
    made = [make(kernel, process) for _ in range(3)]
    moved = make(kernel, other)
    other.detach(moved)
    process.attach(moved)
    assert process.handle_list == [moved, made[2], made[1], made[0]]
    kernel.handles.destroy(made[1])
    assert process.handle_list == [moved, made[2], made[0]]
    assert slot_of(newest := make(kernel, process)) == slot_of(made[1])
    assert process.handle_list == [newest, moved, made[2], made[0]]


# Why a value names nothing --------------------------------------------------------


def test_a_number_that_names_nothing_is_explained(
    kernel: Kernel, process: Process, other: Process
) -> None:
    closed, foreign = make(kernel, process), make(kernel, other)
    kernel.handles.destroy(closed)
    diagnose = kernel.handles.diagnose
    assert diagnose(process, 0) == "zero"
    assert diagnose(process, process.value_of(closed)) == "closed"
    assert diagnose(process, other.value_of(foreign)) == "foreign"
    assert diagnose(process, process.value_of(Handle(1 << 18 | 9, process, 0))) == "unknown"
    assert diagnose(process, process.value_of(Handle(9 << 18, process, 0))) == "unknown"


# Life and death -------------------------------------------------------------------


def test_handles_are_counted_in_all_processes_and_in_transit(
    kernel: Kernel, process: Process, other: Process
) -> None:
    target = KernelObject(kernel)
    assert target.handles == 0
    kernel.grant(process, target, 0)
    kernel.grant(other, target, 0)
    transit = kernel.handles.make(target, 0)
    assert transit is not None
    assert target.handles == 3
    kernel.handles.destroy(transit)
    assert target.handles == 2


class Watched(KernelObject):
    """An object that counts how often its last handle went."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self.farewells = 0

    def on_zero_handles(self) -> None:
        self.farewells += 1


def test_an_object_learns_only_of_its_last_handle(
    kernel: Kernel, process: Process, other: Process
) -> None:
    target = Watched(kernel)
    kernel.grant(process, target, 0)
    kernel.grant(other, target, 0)
    first, second = kernel.handles.slots[:2]
    assert first is not None
    assert second is not None
    kernel.handles.destroy(first)
    assert (target.handles, target.farewells) == (1, 0)
    kernel.handles.destroy(second)
    assert (target.handles, target.farewells) == (0, 1)


def test_the_slot_is_free_before_the_object_learns_that_its_last_handle_went(
    kernel: Kernel, process: Process
) -> None:
    seen: list[tuple[list[int], bool]] = []

    class Looking(KernelObject):
        def on_zero_handles(self) -> None:
            seen.append((kernel.handles.free[:], kernel.handles.slots[0] is None))

    kernel.grant(process, Looking(kernel), 0)
    kernel.handles.destroy(process.handle_list[0])
    assert seen == [([0], True)]


def test_closing_every_handle_leaves_the_table_empty(
    kernel: Kernel, process: Process, other: Process, close_all: Callable[[object], None]
) -> None:
    target = Watched(kernel)
    for owner in (process, other, process):
        kernel.grant(owner, target, 0)
    close_all(target)
    assert list(kernel.iter_handles()) == []
    assert sorted(kernel.handles.free) == [0, 1, 2]
    assert (process.handle_list, other.handle_list, target.handles) == ([], [], 0)


def test_rights_belong_to_the_handle(kernel: Kernel, process: Process) -> None:
    target = KernelObject(kernel)
    values = [kernel.grant(process, target, rights) for rights in (0, 0x4, 0xD0FF)]
    found = [kernel.handles.find(process, value) for value in values]
    assert [handle and handle.rights for handle in found] == [0, 0x4, 0xD0FF]
    assert all(handle is not None and handle.object is target for handle in found)
