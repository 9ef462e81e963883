"""The kernel as a whole: what there is at first, its views, and random sequences.

The random sequences keep a second, naive model beside the kernel (`Model`), written from
spec 07, section 1, and compare the two after every step.
"""

import random
from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.aspace import Fault, FaultKind
from zxdbg.kernel.fork import Fork
from zxdbg.kernel.limits import USER_BASE, USER_END
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.task import Job, Process, Thread
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping
from zxdbg.kernel.vmo import VmObject

PAGE = 4096
BASE = 0x1000_0000

NewVmo = Callable[[int], VmObject]
CloseAll = Callable[[object], None]
Count = Callable[[Kernel], int]


# At first -------------------------------------------------------------------------


def test_a_fresh_kernel_has_two_jobs_and_the_root_resource(kernel: Kernel) -> None:
    assert (kernel.root_job.max_height, kernel.root_job.parent) == (32, None)
    assert (kernel.job.max_height, kernel.job.parent) == (31, kernel.root_job)
    assert kernel.root_job.jobs == [kernel.job]
    assert (kernel.root_job.signals, kernel.job.signals) == (0x8, 0x18)
    assert kernel.root_resource.name == "root"
    assert [kernel.root_job.koid, kernel.job.koid, kernel.root_resource.koid] == [1024, 1025, 1026]
    assert (list(kernel.iter_handles()), list(kernel.iter_vmos())) == ([], [])
    assert list(kernel.iter_processes()) == []


def test_a_spawned_process_runs_in_the_first_job(kernel: Kernel) -> None:
    process = kernel.spawn("me")
    assert (process.name, process.job, process.state.name) == ("me", kernel.job, "RUNNING")
    assert [thread.name for thread in process.threads] == ["initial-thread"]
    assert kernel.job.processes == [process]
    assert kernel.job.signals == 0x10
    assert process.handle_list == []
    assert process.threads[0].koid == process.koid + 2


def test_equal_seeds_and_calls_give_equal_kernels() -> None:
    def facts(seed: int) -> list[object]:
        kernel = Kernel(seed)
        process = kernel.spawn("p")
        values = [kernel.grant(process, process, 0) for _ in range(3)]
        return [process.koid, process.mixer, *values, process.aspace.root.find_spot(PAGE)]

    assert facts(5) == facts(5)
    assert facts(5) != facts(6)


def test_a_grant_gives_a_handle_that_its_value_names(kernel: Kernel, process: Process) -> None:
    target = KernelObject(kernel)
    value = kernel.grant(process, target, 0x44)
    handle = kernel.handles.find(process, value)
    assert handle is not None
    assert (handle.object, handle.rights, handle.process) == (target, 0x44, process)
    assert target.handles == 1


def test_koids_never_repeat(kernel: Kernel) -> None:
    koids = [kernel.next_koid() for _ in range(1000)]
    assert koids == list(range(1027, 2027))


# Views ----------------------------------------------------------------------------


def test_handles_are_seen_by_slot(kernel: Kernel, process: Process, other: Process) -> None:
    objects = [KernelObject(kernel) for _ in range(4)]
    for owner, target in zip((process, other, other, process), objects, strict=True):
        kernel.grant(owner, target, 0)
    kernel.handles.destroy(other.handle_list[0])
    transit = process.handle_list[0]
    process.detach(transit)
    assert [handle.object for handle in kernel.iter_handles()] == [
        objects[0],
        objects[1],
        objects[3],
    ]


def test_processes_are_seen_by_koid_in_any_job_and_dead_ones_by_their_handles(
    kernel: Kernel, process: Process, other: Process
) -> None:
    job = Job(kernel, kernel.job, 30)
    kernel.job.add_job(job)
    deep = Job(kernel, job, 29)
    job.add_job(deep)
    below, held, forgotten = (Process(kernel, deep, name) for name in ("a", "b", "c"))
    for made in (below, held, forgotten):
        deep.add_process(made)
    kernel.grant(process, held, 0)
    held.kill()
    forgotten.kill()
    assert list(kernel.iter_processes()) == [process, other, below, held]
    kernel.handles.destroy(process.handle_list[0])
    assert list(kernel.iter_processes()) == [process, other, below]


def test_vmos_are_seen_by_koid_while_a_handle_a_mapping_or_a_clone_keeps_them(
    kernel: Kernel, process: Process, other: Process, new_vmo: NewVmo, close_all: CloseAll
) -> None:
    held, grand = new_vmo(PAGE), new_vmo(PAGE)
    middle = grand.clone(0, PAGE, resizable=True)
    child = middle.clone(0, PAGE, resizable=True)
    mapped, gone = VmObject(kernel, PAGE), new_vmo(PAGE)
    inner = other.aspace.root.allocate(BASE, 2 * PAGE, 0x3C0)
    inner.insert(VmMapping(BASE, PAGE, mapped, 0, 1, 7))
    inner.insert(VmMapping(BASE + PAGE, PAGE, child, 0, 1, 7))
    close_all(grand)
    close_all(gone)
    assert list(kernel.iter_vmos()) == [held, grand, middle, child, mapped]
    other.kill()
    kernel.reap()
    assert list(kernel.iter_vmos()) == [held]


def test_a_vmo_whose_only_handle_is_in_transit_is_seen(kernel: Kernel) -> None:
    vmo = VmObject(kernel, PAGE)
    assert kernel.handles.make(vmo, 0) is not None
    assert list(kernel.iter_vmos()) == [vmo]


# Reaping --------------------------------------------------------------------------


def test_doomed_threads_die_when_reaped_unless_they_linger(
    kernel: Kernel, process: Process
) -> None:
    soon, later = Thread(kernel, process, "soon"), Thread(kernel, process, "later")
    soon.run()
    later.run()
    kernel.doom(soon)
    kernel.linger = True
    kernel.doom(later)
    assert (kernel.dying, kernel.lingering) == ([soon], [later])
    kernel.reap()
    assert (soon.state.name, later.state.name) == ("DEAD", "RUNNING")
    assert (kernel.dying, kernel.lingering) == ([], [later])
    assert kernel.settle() == 1
    assert later.state.name == "DEAD"
    assert (kernel.dying, kernel.lingering) == ([], [])


def test_reaping_with_nothing_doomed_does_nothing(kernel: Kernel, process: Process) -> None:
    kernel.reap()
    assert (kernel.settle(), process.state.name) == (0, "RUNNING")


# Random sequences -----------------------------------------------------------------


class Full(Exception):  # noqa: N818  # it is no error, only the end of the model's memory
    """The model has no page left."""


class Model:
    """Memory objects as spec 07 describes them, word for word, with no thought of speed.

    Everything is keyed by koid; `pages` is one flat dictionary of all committed pages.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size: dict[int, int] = {}
        self.parent: dict[int, tuple[int, int]] = {}
        self.handles: dict[int, int] = {}
        self.pages: dict[tuple[int, int], bytearray] = {}

    def create(self, koid: int, size: int, parent: tuple[int, int] | None = None) -> None:
        self.size[koid] = size
        self.handles[koid] = 1
        if parent is not None:
            self.parent[koid] = parent

    def fresh(self, koid: int, page: int, content: bytes | bytearray) -> bytearray:
        if len(self.pages) == self.limit:
            raise Full
        self.pages[koid, page] = bytearray(content)
        return self.pages[koid, page]

    def lookup(self, koid: int, offset: int, write: bool, may_fault: bool) -> bytearray | None:
        """Apply the content rule to one page."""
        if offset >= self.size[koid]:
            return None
        page = offset // PAGE
        if (koid, page) in self.pages:
            return self.pages[koid, page]
        if koid in self.parent:
            above, shift = self.parent[koid]
            found = self.lookup(above, shift + offset, write, False)
            if found is not None:
                return self.fresh(koid, page, found) if write else found
        if not may_fault:
            return None
        return self.fresh(koid, page, bytes(PAGE)) if write else bytearray(PAGE)

    def read(self, koid: int, offset: int, length: int) -> bytes:
        out = bytearray()
        while length:
            page = self.lookup(koid, offset - offset % PAGE, False, True)
            assert page is not None
            piece = page[offset % PAGE : offset % PAGE + length]
            out += piece
            offset += len(piece)
            length -= len(piece)
        return bytes(out)

    def write(self, koid: int, offset: int, data: bytes) -> int:
        done = 0
        while done < len(data):
            at = offset + done
            try:
                page = self.lookup(koid, at - at % PAGE, True, True)
            except Full:
                break
            assert page is not None
            piece = data[done : done + PAGE - at % PAGE]
            page[at % PAGE : at % PAGE + len(piece)] = piece
            done += len(piece)
        return done

    def resize(self, koid: int, size: int) -> None:
        self.size[koid] = size
        self.forget(koid, size // PAGE)

    def forget(self, koid: int, first: int) -> None:
        for key in [key for key in self.pages if key[0] == koid and key[1] >= first]:
            del self.pages[key]

    def children(self, koid: int) -> list[int]:
        return [child for child, (parent, _) in self.parent.items() if parent == koid]

    def sweep(self, mapped: set[int]) -> None:
        """Destroy what no handle, no mapping and no clone keeps."""
        gone = True
        while gone:
            gone = False
            for koid in list(self.size):
                if not (self.handles[koid] or koid in mapped or self.children(koid)):
                    self.forget(koid, 0)
                    for table in (self.size, self.parent, self.handles):
                        table.pop(koid, None)
                    gone = True


class Walk:
    """One random sequence: a kernel, its model, and the steps."""

    def __init__(self, seed: int, count: Count, pages: int = 25) -> None:
        self.random = random.Random(seed)
        self.kernel = Kernel(seed, memory=pages * PAGE)
        self.count = count
        self.model = Model(pages)
        self.objects: dict[int, VmObject] = {}
        self.koids: set[int] = set()
        self.newest = 0
        self.past: list[tuple[dict[int, VmObject], dict[int, bytes], Kernel, int]] = []
        self.steps = [
            (self.create, 4),
            (self.clone, 5),
            (self.write, 12),
            (self.write_pages, 6),
            (self.commit, 3),
            (self.resize, 5),
            (self.duplicate, 2),
            (self.close, 5),
            (self.map, 10),
            (self.allocate, 4),
            (self.unmap, 8),
            (self.destroy, 1),
            (self.load, 5),
            (self.store, 8),
            (self.spawn, 1),
            (self.kill, 1),
        ]
        self.first = self.kernel.spawn("first")

    # Helpers

    def learn(self, thing: KernelObject) -> None:
        """Note a new koid; it must be one that nobody had before."""
        assert thing.koid not in self.koids
        assert thing.koid > self.newest
        self.koids.add(thing.koid)
        self.newest = thing.koid

    def processes(self) -> list[Process]:
        return [self.first, *(p for p in self.kernel.job.processes if p is not self.first)]

    def process(self) -> Process:
        return self.random.choice(self.processes())

    def regions(self, process: Process) -> list[VmAddressRegion]:
        root = process.aspace.root
        found = [node for _, node in root.walk() if isinstance(node, VmAddressRegion)]
        return [root, *found]

    def region(self) -> VmAddressRegion:
        """Choose a region; among those inside the root more often than the root itself."""
        regions = self.regions(self.process())
        return self.random.choice(regions[1:] or regions)

    def mapping(self) -> tuple[Process, VmMapping] | None:
        found = [
            (process, node)
            for process in self.processes()
            for _, node in process.aspace.root.walk()
            if isinstance(node, VmMapping)
        ]
        return self.random.choice(found) if found else None

    def vmo(self, *, held: bool = True) -> VmObject | None:
        """Choose a VMO that a handle names, or with `held` false any that is alive."""
        known = [koid for koid in self.model.size if self.model.handles[koid] or not held]
        return self.objects[self.random.choice(known)] if known else None

    def mapped(self) -> set[int]:
        return {
            node.vmo.koid
            for process in self.processes()
            for _, node in process.aspace.root.walk()
            if isinstance(node, VmMapping)
        }

    def data(self, most: int) -> bytes:
        length = self.random.randint(1, max(1, most))
        return self.random.randbytes(length)

    # Steps

    def create(self) -> None:
        if len(self.model.size) > 14:
            return self.close()
        vmo = VmObject(self.kernel, self.random.randint(0, 6) * PAGE)
        self.take(vmo, None)
        return None

    def clone(self) -> None:
        parent = self.vmo()
        if parent is None or len(self.model.size) > 18:
            return self.close()
        offset = self.random.randint(0, 3) * PAGE
        size = self.random.randint(0, 6) * PAGE
        child = parent.clone(offset, size, resizable=True)
        self.take(child, (parent.koid, offset))
        return None

    def take(self, vmo: VmObject, parent: tuple[int, int] | None) -> None:
        self.learn(vmo)
        self.kernel.grant(self.first, vmo, 0)
        self.objects[vmo.koid] = vmo
        self.model.create(vmo.koid, vmo.size, parent)

    def write(self) -> None:
        vmo = self.vmo(held=False)
        if vmo is None or not vmo.size:
            return
        border = self.random.choice([0, 0, PAGE, self.random.randrange(vmo.size)])
        offset = max(0, min(vmo.size - 1, border + self.random.randint(-9, 9)))
        data = self.data(min(vmo.size - offset, self.random.choice([1, 20, 5000])))
        assert vmo.write(offset, data) == self.model.write(vmo.koid, offset, data)

    def write_pages(self) -> None:
        vmo = self.vmo(held=False)
        if vmo is None or not vmo.size:
            return
        first = self.random.randrange(vmo.size // PAGE)
        pages = self.random.randint(1, vmo.size // PAGE - first)
        data = self.random.randbytes(pages * PAGE)
        offset = first * PAGE
        assert vmo.write(offset, data) == self.model.write(vmo.koid, offset, data)

    def commit(self) -> None:
        vmo = self.vmo()
        if vmo is None or not vmo.size:
            return
        index = self.random.randrange(vmo.size // PAGE)
        page = vmo.own_page(index)
        try:
            wanted = self.model.lookup(vmo.koid, index * PAGE, True, True)
        except Full:
            wanted = None
        assert page == wanted

    def resize(self) -> None:
        vmo = self.vmo()
        if vmo is not None:
            size = self.random.randint(0, 6) * PAGE
            vmo.resize(size)
            self.model.resize(vmo.koid, size)

    def duplicate(self) -> None:
        vmo = self.vmo()
        if vmo is not None:
            self.kernel.grant(self.process(), vmo, 0)
            self.model.handles[vmo.koid] += 1

    def close(self) -> None:
        handles = list(self.kernel.iter_handles())
        if handles:
            handle = self.random.choice(handles)
            self.model.handles[handle.object.koid] -= 1
            self.kernel.handles.destroy(handle)

    def map(self) -> None:
        vmo, region = self.vmo(), self.region()
        if vmo is None:
            return
        size = self.random.randint(1, 6) * PAGE
        base = region.find_spot(size)
        if base is None:
            assert all(end - start < size for start, end in region.iter_gaps()) or region.flags & 8
            return
        assert region.contains(base, size)
        assert region.is_free(base, size)
        offset = self.random.randint(0, 4) * PAGE
        perms = self.random.choice([0, 1, 3, 3, 3, 5, 7])
        region.insert(VmMapping(base, size, vmo, offset, perms, 7))

    def allocate(self) -> None:
        region = self.region()
        size = self.random.choice([3, 10, 40]) * PAGE
        base = region.find_spot(size)
        if base is not None:
            compact = self.random.choice([0, 0, 8])
            self.learn(region.allocate(base, size, 0x3C0 | compact))

    def unmap(self) -> None:
        chosen = self.mapping()
        if chosen is None:
            return
        region = chosen[1].parent
        assert region is not None
        base = chosen[1].base + self.random.randint(-3, 3) * PAGE
        size = self.random.randint(1, 8) * PAGE
        if not region.contains(base, size):
            return
        end = base + size
        if any(
            isinstance(child, VmAddressRegion) and not (base <= child.base and child.end <= end)
            for child in region.iter_overlapping(base, size)
        ):
            return
        region.unmap(base, size)
        assert region.is_free(base, size)

    def destroy(self) -> None:
        regions = self.regions(self.process())[1:]
        if regions:
            region = self.random.choice(regions)
            region.destroy()
            assert (region.alive, region.children) == (False, [])

    def load(self) -> None:
        chosen = self.mapping()
        if chosen is None:
            return
        process, mapping = chosen
        address = mapping.base + self.random.randrange(mapping.size)
        length = self.random.randint(1, min(300, mapping.end - address))
        at, wanted = self.judge(mapping, address, length, 1)
        if wanted is None:
            offset = address - mapping.base + mapping.vmo_offset
            bytes_there = self.model.read(mapping.vmo.koid, offset, length)
            assert process.aspace.load(address, length) == bytes_there
        else:
            assert process.aspace.load(address, length) == Fault(wanted, at)

    def store(self) -> None:
        chosen = self.mapping()
        if chosen is None:
            return
        process, mapping = chosen
        address = mapping.base + self.random.randrange(mapping.size)
        data = self.data(min(300, mapping.end - address))
        at, wanted = self.judge(mapping, address, len(data), 3)
        offset = address - mapping.base + mapping.vmo_offset
        kept = data if wanted is None else data[: at - address]
        done = self.model.write(mapping.vmo.koid, offset, kept)
        if done < len(kept):
            at, wanted = address + done, FaultKind.NO_MEMORY
        result = process.aspace.store(address, data)
        assert result == (None if wanted is None else Fault(wanted, at))

    def judge(
        self, mapping: VmMapping, address: int, length: int, perms: int
    ) -> tuple[int, FaultKind | None]:
        """Say where an access inside one mapping faults, and why, by spec 08."""
        if mapping.perms & perms != perms:
            return address, FaultKind.PERMISSION
        border = mapping.base + max(0, self.model.size[mapping.vmo.koid] - mapping.vmo_offset)
        if address + length > border:
            return max(address, border), FaultKind.VMO_END
        return address, None

    def spawn(self) -> None:
        if len(self.processes()) < 4:
            process = self.kernel.spawn("more")
            self.learn(process)
            self.learn(process.aspace.root)
            self.learn(process.threads[0])

    def kill(self) -> None:
        doomed = self.processes()[1:]
        if doomed:
            process = self.random.choice(doomed)
            for handle in process.handle_list:
                self.model.handles[handle.object.koid] -= 1
            process.kill()
            self.kernel.reap()
            assert (process.state.name, process.handle_list) == ("DEAD", [])

    def copy(self) -> None:
        """Go on in a copy of the kernel; what is left behind must never change again."""
        contents = {
            koid: self.objects[koid].read(0, size) for koid, size in self.model.size.items()
        }
        self.past.append((self.objects, contents, self.kernel, self.kernel.memory.used))
        fork = Fork(self.kernel)
        self.objects = {koid: fork.of(self.objects[koid]) for koid in self.model.size}
        self.kernel, self.first = fork.of(self.kernel), fork.of(self.first)

    # The sequence

    def run(self, steps: int) -> None:
        actions = [action for action, _ in self.steps]
        weights = [weight for _, weight in self.steps]
        for number in range(steps):
            if number % 400 == 399:
                self.copy()
            self.random.choices(actions, weights)[0]()
            self.model.sweep(self.mapped())
            self.check()
        for objects, contents, kernel, used in self.past:
            assert {koid: objects[koid].read(0, len(held)) for koid, held in contents.items()} == (
                contents
            )
            assert kernel.memory.used == used == self.count(kernel)

    # Invariants

    def check(self) -> None:
        self.check_trees()
        self.check_memory()
        self.check_handles()

    def check_trees(self) -> None:
        nodes: dict[int, set[VmMapping]] = {}
        for process in self.processes():
            root = process.aspace.root
            assert (root.base, root.end, root.alive) == (USER_BASE, USER_END, True)
            regions = [root]
            while regions:
                region = regions.pop()
                assert region.bases == [child.base for child in region.children]
                end = region.base
                for child in region.children:
                    assert child.parent is region
                    assert end <= child.base < child.end
                    assert child.base % PAGE == child.size % PAGE == 0
                    end = child.end
                    if isinstance(child, VmMapping):
                        nodes.setdefault(child.vmo.koid, set()).add(child)
                    else:
                        assert child.alive
                        regions.append(child)
                assert end <= region.end
        for koid in self.model.size:
            assert set(self.objects[koid].mappings) == nodes.get(koid, set())

    def check_memory(self) -> None:
        model, memory = self.model, self.kernel.memory
        assert memory.used == self.count(self.kernel) == len(model.pages) <= memory.pages
        assert [vmo.koid for vmo in self.kernel.iter_vmos()] == sorted(model.size)
        for koid, size in model.size.items():
            vmo = self.objects[koid]
            assert (vmo.koid, vmo.size, vmo.handles) == (koid, size, model.handles[koid])
            assert sorted(child.koid for child in vmo.children) == sorted(model.children(koid))
            assert vmo.signals == (0 if vmo.children else 0x8)
            assert set(vmo.pages.table) == {page for owner, page in model.pages if owner == koid}
            assert vmo.read(0, size) == model.read(koid, 0, size)
        vmo_read = self.vmo(held=False)
        if vmo_read is not None and vmo_read.size:
            offset = self.random.randrange(vmo_read.size)
            length = self.random.randint(0, vmo_read.size - offset)
            wanted = model.read(vmo_read.koid, offset, length)
            assert vmo_read.read(offset, length) == wanted

    def check_handles(self) -> None:
        handles = list(self.kernel.iter_handles())
        assert len({handle.base for handle in handles}) == len(handles)
        for handle in handles:
            owner = handle.process
            assert owner is not None
            value = owner.value_of(handle)
            assert value & 1
            assert 0 < value < 2**31
            assert self.kernel.handles.find(owner, value) is handle


@pytest.mark.parametrize("seed", [1, 2, 3, 20180723, 0xC90F6A56])
def test_a_random_sequence_keeps_every_invariant_and_every_byte(
    seed: int, pages_in_use: Count
) -> None:
    walk = Walk(seed, pages_in_use)
    walk.run(2000)
    assert len(walk.past) == 5
    assert len(walk.koids) > 200


@pytest.mark.parametrize("seed", [4, 5])
def test_a_random_sequence_with_hardly_any_memory_keeps_every_invariant_and_every_byte(
    seed: int, pages_in_use: Count
) -> None:
    walk = Walk(seed, pages_in_use, pages=7)
    walk.run(2000)
    assert len(walk.past) == 5
