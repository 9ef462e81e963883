"""Copies of a kernel: complete, independent in both directions, and never recursive."""

import gc
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.aspace import AddressSpace
from zxdbg.kernel.fork import Fork
from zxdbg.kernel.handle import Handle, HandleTable
from zxdbg.kernel.memory import PhysicalMemory
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.pages import Pages
from zxdbg.kernel.prng import Prng
from zxdbg.kernel.task import Job, Process, Thread
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import CachePolicy, VmObject

PAGE = 4096
BASE = 0x1000_0000

NewVmo = Callable[[int], VmObject]
CloseAll = Callable[[object], None]
Count = Callable[[Kernel], int]

MUTABLE = (
    Kernel,
    KernelObject,
    Handle,
    HandleTable,
    VmMapping,
    AddressSpace,
    PhysicalMemory,
    Prng,
    Pages,
    list,
    dict,
    set,
)


def picture(kernel: Kernel) -> dict[str, object]:
    """Describe everything in a kernel by values, objects by their koids."""
    processes = list(kernel.iter_processes())
    jobs = [kernel.root_job]
    for job in jobs:
        jobs += job.jobs

    def region(node: VmAddressRegion | VmMapping) -> tuple[object, ...]:
        if isinstance(node, VmMapping):
            vmo = node.vmo.koid
            return (node.base, node.size, vmo, node.vmo_offset, node.perms, node.caps)
        return (node.koid, node.name, node.base, node.size, node.flags, node.alive, node.signals)

    return {
        "koid": kernel._next_koid,
        "prng": kernel.prng.state,
        "memory": (kernel.memory.pages, kernel.memory.used),
        "linger": kernel.linger,
        "lingering": [thread.koid for thread in kernel.lingering],
        "dying": [thread.koid for thread in kernel.dying],
        "slots": [
            handle
            and (
                handle.base,
                handle.object.koid,
                handle.rights,
                handle.process and handle.process.koid,
            )
            for handle in kernel.handles.slots
        ],
        "generations": kernel.handles.generations[:],
        "free": kernel.handles.free[:],
        "jobs": [
            (
                job.koid,
                job.name,
                job.state.name,
                job.signals,
                job.handles,
                job.max_height,
                dict(job.policy),
                [child.koid for child in job.jobs],
                [child.koid for child in job.processes],
            )
            for job in jobs
        ],
        "processes": [
            (
                process.koid,
                process.name,
                process.state.name,
                process.signals,
                process.handles,
                process.started,
                process.return_code,
                process.debug_addr,
                process.mixer,
                process.job.koid,
                dict(process.policy),
                [(t.koid, t.name, t.state.name, t.signals) for t in process.threads],
                [process.value_of(handle) for handle in process.handle_list],
                process.aspace.root.prng.state,
                region(process.aspace.root),
                [(depth, *region(node)) for depth, node in process.aspace.root.walk()],
            )
            for process in processes
        ],
        "vmos": [
            (
                vmo.koid,
                vmo.name,
                vmo.size,
                vmo.resizable,
                vmo.paddr,
                vmo.cache_policy.name,
                vmo.signals,
                vmo.handles,
                vmo.parent and vmo.parent.koid,
                vmo.parent_offset,
                [child.koid for child in vmo.children],
                [mapping.base for mapping in vmo.mappings],
                sorted(vmo.pinned),
                {index: bytes(page) for index, page in vmo.pages.table.items()},
                vmo.read(0, min(vmo.size, 16 * PAGE)),
            )
            for vmo in kernel.iter_vmos()
        ],
    }


def reachable(root: object) -> list[object]:
    """List the mutable objects that the garbage collector sees from an object."""
    seen = {id(root)}
    found: list[object] = []
    todo = [root]
    while todo:
        here = todo.pop()
        if isinstance(here, MUTABLE):
            found.append(here)
        elif isinstance(here, (type, Enum)) or callable(here):
            continue
        for below in gc.get_referents(here):
            if id(below) not in seen and not isinstance(below, type):
                seen.add(id(below))
                todo.append(below)
    return found


def copy_of(kernel: Kernel) -> Kernel:
    return Fork(kernel).of(kernel)


@pytest.fixture
def busy(kernel: Kernel, process: Process, other: Process, new_vmo: NewVmo) -> Kernel:
    """Return a kernel with one of everything in it."""
    heap = new_vmo(4 * PAGE)
    heap.name = "heap"
    heap.write(0, bytes(range(256)) * 32)
    heap.write(3 * PAGE, b"small")
    clone = heap.clone(PAGE, 3 * PAGE, resizable=False)
    clone.write(5, b"own")
    kernel.grant(other, clone, 0x4)
    grandchild = clone.clone(0, 2 * PAGE, resizable=True)
    device = VmObject(kernel, PAGE, resizable=False, paddr=0xFEE0_0000)
    device.pinned.add(0)
    unseen = VmObject(kernel, 2 * PAGE, name="only mapped")
    unseen.write(0, b"unseen")
    root = process.aspace.root
    root.insert(VmMapping(BASE, 4 * PAGE, heap, 0, 3, 7))
    root.insert(VmMapping(BASE + 4 * PAGE, PAGE, grandchild, 0, 1, 5))
    inner = root.allocate(BASE + 16 * PAGE, 16 * PAGE, 0x3C0 | VmOption.COMPACT)
    inner.insert(VmMapping(inner.base, PAGE, device, 0, 3, 3))
    other.aspace.root.insert(VmMapping(BASE, PAGE, unseen, 0, 0, 7))
    kernel.grant(process, inner, 0x801F)
    closed = kernel.grant(process, root, 0x801F)
    handle = kernel.handles.find(process, closed)
    assert handle is not None
    kernel.handles.destroy(handle)
    job = Job(kernel, kernel.job, 30)
    job.policy[4] = 1
    kernel.job.add_job(job)
    kernel.grant(process, job, 0x1DFCF)
    unstarted = Process(kernel, job, "unstarted")
    job.add_process(unstarted)
    kernel.grant(process, unstarted, 0x2D3CF)
    kernel.grant(process, Thread(kernel, unstarted, "new"), 0x4D2CF)
    dead = Process(kernel, job, "dead")
    job.add_process(dead)
    kernel.grant(process, dead, 0)
    dead.kill()
    kernel.linger = True
    doomed = kernel.spawn("doomed")
    kernel.grant(process, doomed, 0)
    doomed.kill(9)
    return kernel


# Complete -------------------------------------------------------------------------


def test_a_copy_of_a_fresh_kernel_is_equal_to_it(kernel: Kernel) -> None:
    assert picture(copy_of(kernel)) == picture(kernel)


def test_a_copy_is_complete(busy: Kernel) -> None:
    before = picture(busy)
    assert picture(copy_of(busy)) == before == picture(busy)


def test_a_copy_of_a_copy_is_complete(busy: Kernel) -> None:
    assert picture(copy_of(copy_of(busy))) == picture(busy)


def test_a_copy_shares_nothing_that_can_change(busy: Kernel) -> None:
    twin = copy_of(busy)
    ours, theirs = reachable(busy), reachable(twin)
    assert len(ours) == len(theirs) > 100
    assert not {id(thing) for thing in ours} & {id(thing) for thing in theirs}


def test_everything_in_a_copy_belongs_to_the_copied_kernel(busy: Kernel) -> None:
    twin = copy_of(busy)
    assert twin is not busy
    owners = {id(thing.kernel) for thing in reachable(twin) if isinstance(thing, KernelObject)}
    assert owners == {id(twin)}


def test_any_root_reaches_the_whole_kernel(busy: Kernel) -> None:
    process = busy.job.processes[0]
    fork = Fork(process)
    assert fork.of(process).kernel is fork.of(busy)
    assert picture(fork.of(process).kernel) == picture(busy)


def test_the_twin_of_each_object_can_be_asked_for(busy: Kernel) -> None:
    fork = Fork(busy)
    for process in busy.iter_processes():
        twin = fork.of(process)
        assert twin is not process
        assert (twin.koid, type(twin)) == (process.koid, Process)
        assert fork.of(process.aspace) is twin.aspace
    for handle in busy.iter_handles():
        assert fork.of(handle).object is fork.of(handle.object)


def test_an_object_that_was_not_reached_has_no_twin(kernel: Kernel) -> None:
    stranger = Kernel()
    with pytest.raises(KeyError):
        Fork(kernel).of(stranger)


def test_several_roots_are_copied_into_one_graph(kernel: Kernel, process: Process) -> None:
    loose = VmObject(kernel, PAGE)
    notes: list[Any] = [process, loose, loose]
    fork = Fork(kernel, notes)
    twin = fork.of(notes)
    assert twin[1] is twin[2] is fork.of(loose) is not loose
    assert twin[0] is fork.of(process)
    assert twin[0].kernel is twin[1].kernel is fork.of(kernel)


class Colour(Enum):
    RED = 1


class Pair(NamedTuple):
    left: int
    right: str


class Shared:
    is_value = True


class Node:
    """An object without slots, which may stand in a cycle."""

    def __init__(self, value: object) -> None:
        self.value = value
        self.link: object = self


def test_values_are_shared_and_containers_are_not() -> None:
    values: list[object] = [1, "a", b"b", True, None, 2.5, frozenset({1}), Colour.RED]
    values += [Pair(1, "x"), (1, 2), Shared(), CachePolicy.UNCACHED, Node, len.__class__]
    things: dict[str, object] = {"values": values, "set": {1, 2}, "dict": {1: [2]}}
    copied = Fork(things).of(things)
    assert copied == things
    assert copied is not things
    for key, held in things.items():
        assert copied[key] is not held
    shared = copied["values"]
    assert isinstance(shared, list)
    assert all(new is old for new, old in zip(shared, values, strict=True))


def test_objects_without_slots_and_cycles_are_copied() -> None:
    node = Node([1, 2])
    twin = Fork(node).of(node)
    assert twin is not node
    assert twin.link is twin
    assert twin.value == [1, 2]
    assert twin.value is not node.value


def test_objects_in_sets_and_as_keys_are_copied_too() -> None:
    one, two = Node(1), Node(2)
    things: list[Any] = [{one, two}, {one: two}]
    fork = Fork(things)
    copied = fork.of(things)
    assert copied == [{fork.of(one), fork.of(two)}, {fork.of(one): fork.of(two)}]
    assert not {one, two} & copied[0]


# Independent ----------------------------------------------------------------------


def change_everything(kernel: Kernel) -> None:
    """Change a bit of all that there is."""
    for vmo in kernel.iter_vmos():
        vmo.name += "!"
        vmo.write(0, b"\xee" * (PAGE + 3) if vmo.size > PAGE else b"\xee")
        vmo.pinned.add(7)
        if vmo.resizable:
            vmo.resize(vmo.size + PAGE)
            vmo.write(vmo.size - 1, b"z")
    for process in kernel.iter_processes():
        process.name += "!"
        process.debug_addr += 1
        process.policy[12] = 1
        for _, region in process.aspace.root.walk():
            if isinstance(region, VmMapping):
                region.perms ^= 1
        if process.aspace.root.alive:
            process.aspace.root.allocate(BASE + 64 * PAGE, PAGE, 0)
            process.aspace.root.unmap(BASE + PAGE, PAGE)
    kernel.job.policy[6] = 1
    kernel.job.processes[0].threads[0].name += "!"
    kernel.prng.next()
    kernel.next_koid()
    kernel.spawn("another")
    for handle in list(kernel.iter_handles())[::2]:
        kernel.handles.destroy(handle)
    kernel.grant(kernel.job.processes[0], kernel.job, 5)
    kernel.settle()
    kernel.memory.pages -= 1
    kernel.linger = not kernel.linger


def test_changes_of_the_copy_are_not_seen_in_the_original(busy: Kernel) -> None:
    before = picture(busy)
    twin = copy_of(busy)
    change_everything(twin)
    assert picture(busy) == before
    assert picture(twin) != before


def test_changes_of_the_original_are_not_seen_in_the_copy(busy: Kernel) -> None:
    before = picture(busy)
    twin = copy_of(busy)
    change_everything(busy)
    assert picture(twin) == before
    assert picture(busy) != before


def test_the_same_changes_lead_both_to_the_same_state(busy: Kernel, pages_in_use: Count) -> None:
    twin = copy_of(busy)
    change_everything(busy)
    change_everything(twin)
    assert picture(twin) == picture(busy)
    assert busy.memory.used == pages_in_use(busy)
    assert twin.memory.used == pages_in_use(twin)


def test_two_copies_of_one_kernel_do_not_see_each_other(busy: Kernel) -> None:
    one, two = copy_of(busy), copy_of(busy)
    before = picture(two)
    change_everything(one)
    assert picture(two) == before == picture(busy)


def test_killing_everything_in_the_copy_spares_the_original(busy: Kernel) -> None:
    before = picture(busy)
    twin = copy_of(busy)
    twin.linger = False
    twin.root_job.kill()
    twin.reap()
    twin.settle()
    assert [process.state.name for process in twin.iter_processes()] == []
    assert (twin.memory.used, list(twin.iter_handles())) == (0, [])
    assert picture(busy) == before


# Memory ---------------------------------------------------------------------------


def test_pages_are_shared_until_one_side_writes(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = new_vmo(4 * PAGE)
    vmo.write(0, bytes([1]) * (2 * PAGE))
    vmo.write(2 * PAGE, b"small")
    fork = Fork(kernel)
    twin = fork.of(vmo)
    table, twins = vmo.pages.table, twin.pages.table
    assert [twins[index] is table[index] for index in range(3)] == [True, True, True]
    twin.write(2 * PAGE, b"SM")
    vmo.write(PAGE, b"x")
    assert [twins[index] is table[index] for index in range(3)] == [True, False, False]
    assert (vmo.read(2 * PAGE, 5), twin.read(2 * PAGE, 5)) == (b"small", b"SMall")
    assert (vmo.read(PAGE, 2), twin.read(PAGE, 2)) == (b"x\1", b"\1\1")


def test_each_side_counts_its_own_memory(
    kernel: Kernel, new_vmo: NewVmo, pages_in_use: Count
) -> None:
    vmo = new_vmo(8 * PAGE)
    vmo.write(0, bytes(3 * PAGE))
    fork = Fork(kernel)
    other, twin = fork.of(kernel), fork.of(vmo)
    assert (kernel.memory.used, other.memory.used) == (3, 3)
    twin.write(0, b"x")
    twin.write(5 * PAGE, b"x")
    vmo.resize(PAGE)
    assert (kernel.memory.used, other.memory.used) == (1, 4)
    assert (pages_in_use(kernel), pages_in_use(other)) == (1, 4)


def test_a_small_write_after_a_copy_stays_on_its_side_each_time(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    twins = []
    for number in range(10):
        vmo.write(number, bytes([number + 1]))
        twins.append(Fork(kernel).of(kernel))
    for number, twin in enumerate(twins):
        (copied,) = twin.iter_vmos()
        wanted = bytes(range(1, number + 2)).ljust(12, b"\0")
        assert copied.read(0, 12) == wanted
        copied.write(0, b"\xff")
    assert vmo.read(0, 12) == bytes(range(1, 11)) + b"\0\0"


# Chance and numbers ---------------------------------------------------------------


def test_both_sides_draw_the_same_numbers_from_then_on(busy: Kernel) -> None:
    twin = copy_of(busy)
    assert [twin.prng.next() for _ in range(9)] == [busy.prng.next() for _ in range(9)]
    assert twin.next_koid() == busy.next_koid()
    spots = [
        [process.aspace.root.find_spot(PAGE) for process in side.iter_processes()]
        for side in (busy, twin)
    ]
    assert spots[0] == spots[1]


def test_drawing_on_one_side_does_not_move_the_other(kernel: Kernel, process: Process) -> None:
    fork = Fork(kernel)
    twin = fork.of(process)
    states = kernel.prng.state, process.aspace.root.prng.state
    fork.of(kernel).prng.next()
    twin.aspace.root.find_spot(PAGE)
    assert (kernel.prng.state, process.aspace.root.prng.state) == states


def test_new_processes_and_handles_are_numbered_alike_on_both_sides(busy: Kernel) -> None:
    twin = copy_of(busy)
    made = []
    for side in (busy, twin):
        process = side.spawn("later")
        value = side.grant(process, process, 0)
        made.append((process.koid, process.mixer, value, process.aspace.root.find_spot(PAGE)))
    assert made[0] == made[1]


def test_handle_values_mean_the_same_on_both_sides(busy: Kernel) -> None:
    fork = Fork(busy)
    twin = fork.of(busy)
    for process in busy.iter_processes():
        for handle in process.handle_list:
            found = twin.handles.find(fork.of(process), process.value_of(handle))
            assert found is fork.of(handle)


# Depth ----------------------------------------------------------------------------


def test_3000_nested_clones_are_copied_without_recursion(kernel: Kernel, new_vmo: NewVmo) -> None:
    vmo = first = new_vmo(2 * PAGE)
    first.write(0, b"\1" * (2 * PAGE))
    for _ in range(3000):
        vmo = vmo.clone(0, 2 * PAGE, resizable=True)
    assert kernel.handles.make(vmo, 0) is not None
    fork = Fork(vmo)
    twin, other = fork.of(vmo), fork.of(kernel)
    assert len(list(other.iter_vmos())) == 3001
    assert twin.read(0, 1) == b"\1"
    twin.write(0, b"\2")
    assert (twin.read(0, 2), vmo.read(0, 2)) == (b"\2\1", b"\1\1")
    assert (other.memory.used, kernel.memory.used) == (3002, 2)


@pytest.mark.parametrize("depth", [300, 3000])
def test_nested_regions_are_copied_without_recursion(
    kernel: Kernel, process: Process, new_vmo: NewVmo, depth: int
) -> None:
    vmo = new_vmo(PAGE)
    vmo.write(0, b"deep")
    region = process.aspace.root
    for _ in range(depth):
        region = region.allocate(BASE, PAGE, 0x3C0)
    region.insert(VmMapping(BASE, PAGE, vmo, 0, 1, 7))
    twin = Fork(kernel).of(process)
    assert len(list(twin.aspace.root.walk())) == depth + 1
    assert twin.aspace.load(BASE, 4) == b"deep"
    twin.aspace.destroy()
    assert process.aspace.load(BASE, 4) == b"deep"


def test_many_handles_and_mappings_are_copied(
    kernel: Kernel, process: Process, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    for index in range(2000):
        process.aspace.root.insert(VmMapping(BASE + 2 * index * PAGE, PAGE, vmo, 0, 1, 7))
        kernel.grant(process, vmo, index)
    fork = Fork(kernel)
    twin, copied = fork.of(process), fork.of(vmo)
    assert (len(twin.handle_list), copied.handles) == (2001, 2001)
    assert list(copied.mappings) == twin.aspace.root.children
    assert len(copied.mappings) == 2000


def test_the_lists_of_a_copy_keep_their_order(busy: Kernel, close_all: CloseAll) -> None:
    process = busy.job.processes[0]
    fork = Fork(busy)
    assert fork.of(process).handle_list == [fork.of(handle) for handle in process.handle_list]
    for vmo in busy.iter_vmos():
        assert list(fork.of(vmo).children) == [fork.of(child) for child in vmo.children]
        assert list(fork.of(vmo).mappings) == [fork.of(mapping) for mapping in vmo.mappings]
