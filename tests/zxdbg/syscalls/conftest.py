"""A small machine for the tests of the syscalls, and the one way to judge an outcome.

`world` runs each test under both profiles; `docs_world` and `kernel_world` are for what
only one of them does. `World.expect` holds what is true of every call: the trace keeps
the declared order, every fact can be put into words, and a refusal changes nothing unless
its rule says what came too late. `World.expect_difference` judges a call that the two
profiles answer differently.

A module's tables `REFUSALS` and `DIFFERENT` are what its tests that ask for `refusal` and
`difference` run over, a row at a time; `tests/test_rules.py` holds that they are complete.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, ParamSpec, TypeVar

import pytest

from zxdbg.kernel import Kernel, Rights, Status
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.task import Job, Process, ProcessState
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject
from zxdbg.render.facts import in_words
from zxdbg.syscalls import (
    Caller,
    Outcome,
    Profile,
    Syscall,
    zx_handle_duplicate,
    zx_process_create,
    zx_process_start,
    zx_thread_create,
    zx_vmar_allocate,
    zx_vmar_map,
    zx_vmo_create,
    zx_vmo_create_physical,
)

P = ParamSpec("P")
T = TypeVar("T", bound=KernelObject)
Answer = tuple[Status, str]
"""A status, and the id of the rule that decided; ZX_OK has none."""
Refusal = tuple[str, Callable[["World"], Outcome], Status, str]
"""What is tried, the call, and its answer in both profiles."""
Difference = tuple[str, Callable[["World"], Outcome], Answer, Answer]
"""What is tried, the call, and its answers in profile docs and in profile kernel."""

PAGE = 4096
PAGES = 256
HANDLES = 64
RW = VmOption.PERM_READ | VmOption.PERM_WRITE
ALL = Rights.DEFAULT_VMAR | Rights.IO | Rights.EXECUTE


class Target(NamedTuple):
    """A process that was created: its two handles, and what they name."""

    handle: int
    vmar: int
    process: Process

    @property
    def root(self) -> VmAddressRegion:
        return self.process.aspace.root


class World:
    """A kernel of 256 pages and 64 handles, and a process that calls."""

    def __init__(self, profile: Profile = Profile.DOCS) -> None:
        self.kernel = Kernel(memory=PAGES * PAGE, max_handles=HANDLES)
        self.me = self.kernel.spawn("me")
        self.caller = Caller(self.me, profile)
        self.self = self.kernel.grant(self.me, self.me, int(Rights.DEFAULT_PROCESS))
        self.vmar = self.kernel.grant(self.me, self.me.aspace.root, int(ALL))
        self.job = self.kernel.grant(self.me, self.kernel.job, int(Rights.DEFAULT_JOB))
        resource = self.kernel.root_resource
        self.resource = self.kernel.grant(self.me, resource, int(Rights.DEFAULT_RESOURCE))
        self.before: object = None

    # Calling and judging -------------------------------------------------------

    def call(self, syscall: Syscall[P], *args: P.args, **outs: P.kwargs) -> Outcome:
        """Make a call, and remember what the kernel was like before."""
        self.before = self.picture()
        return syscall(self.caller, *args, **outs)

    def good(self, outcome: Outcome) -> Outcome:
        """Take an outcome that has to be ZX_OK."""
        self.expect(outcome, Status.OK)
        return outcome

    def expect(self, outcome: Outcome, status: Status, rule: str = "") -> None:
        """Judge an outcome: status, deciding rule, trace, and no effect where none is due."""
        decided = outcome.decided
        assert (outcome.status, "" if decided is None else decided.id) == (status, rule)
        declared = outcome.syscall.rules_in(outcome.profile)
        asked = [checked for checked, _ in outcome.checks]
        places = [declared.index(checked) for checked in asked]
        assert places == sorted(set(places)), "the trace does not keep the declared order"
        for checked, facts in outcome.checks:
            assert in_words(checked, facts, held=checked is not decided) is not None
        if decided is not None:
            assert asked[-1] is decided
            assert not decided.unreachable
            assert decided.statuses[outcome.profile] is status
            if not decided.late and self.before is not None:
                assert self.picture() == self.before, "a refusal changed something"
            self.before = None

    def refuses(self, row: Refusal) -> Outcome:
        """Make the call of a row, and judge it."""
        _, call, status, rule = row
        outcome = call(self)
        self.expect(outcome, status, rule)
        return outcome

    def differs(self, row: Difference) -> None:
        """Make the call of a row, and judge it by the profile that counts here."""
        _, call, docs, kernel = row
        self.expect_difference(call, {Profile.DOCS: docs, Profile.KERNEL: kernel})

    def expect_difference(
        self, make: "Callable[[World], Outcome]", answers: Mapping[Profile, Answer]
    ) -> None:
        """Judge a call that each profile answers in its own way, and knows the other's answer."""
        self.caller.watch = True
        outcome = make(self)
        self.expect(outcome, *answers[self.caller.profile])
        assert outcome.touched
        assert {outcome.profile, *(other.profile for other in outcome.others)} == set(answers)
        for other in outcome.others:
            fresh = World(other.profile)
            fresh.expect(other, *answers[other.profile])
            assert other.answers_as(make(fresh)), "asked on a copy, it answers otherwise"

    def picture(self) -> object:
        """Describe all that a syscall could change, as one value."""
        kernel = self.kernel
        return (
            [
                (handle.base, handle.rights, handle.object.koid, getattr(handle.process, "koid", 0))
                for handle in kernel.iter_handles()
            ],
            [
                (one.koid, one.state, one.signals, one.return_code, one.name, self.tree(one))
                for one in kernel.iter_processes()
            ],
            [
                (one.koid, thread.koid, thread.state, thread.signals, thread.name)
                for one in kernel.iter_processes()
                for thread in one.threads
            ],
            [
                (one.koid, one.size, one.name, one.signals, self.policy(one), self.content(one))
                for one in kernel.iter_vmos()
            ],
            kernel.memory.used,
            [(one.koid, one.state, one.signals, one.name, dict(one.policy)) for one in self.jobs()],
        )

    def jobs(self) -> list[Job]:
        """List the jobs, each before its children."""
        found = [self.kernel.root_job]
        for job in found:
            found += job.jobs
        return found

    @staticmethod
    def tree(process: Process) -> list[tuple[int, int, int, int, int]]:
        """List the regions of a process: depth, base, size, and of mappings perms and caps."""
        return [
            (depth, region.base, region.size, region.perms, region.caps)
            if isinstance(region, VmMapping)
            else (depth, region.base, region.size, -1, region.flags)
            for depth, region in process.aspace.root.walk()
        ]

    @staticmethod
    def policy(vmo: VmObject) -> tuple[int, bool]:
        """Return a VMO's cache policy, and whether it was set."""
        return vmo.cache_policy, vmo.policy_set

    @staticmethod
    def content(vmo: VmObject) -> dict[int, bytes]:
        """Return the pages that a VMO owns."""
        return {index: bytes(page) for index, page in vmo.pages.table.items()}

    # Looking -------------------------------------------------------------------

    def object(self, handle: int, kind: type[T]) -> T:
        """Return the object that a handle of the caller names."""
        found = self.kernel.handles.find(self.caller.process, handle)
        assert found is not None
        assert isinstance(found.object, kind)
        return found.object

    def rights(self, handle: int) -> int:
        """Return the rights of a handle of the caller."""
        found = self.kernel.handles.find(self.caller.process, handle)
        assert found is not None
        return found.rights

    @staticmethod
    def state(process: Process) -> ProcessState:
        """Ask for a process's state anew, whatever a checker believes about it."""
        return process.state

    def names(self, handle: int) -> bool:
        """Whether a value names a handle of the caller."""
        return self.kernel.handles.find(self.caller.process, handle) is not None

    # Making --------------------------------------------------------------------

    @staticmethod
    def out(outcome: Outcome, name: str = "out") -> int:
        """Take an out-value that has to be there."""
        return outcome.values[name]

    def process(self, name: bytes = b"demo") -> Target:
        """Create a process, which is not started."""
        made = self.good(zx_process_create(self.caller, self.job, name, len(name), 0))
        handle, vmar = made.values["proc_handle"], made.values["vmar_handle"]
        return Target(handle, vmar, self.object(handle, Process))

    def thread(self, process: int) -> int:
        """Create a thread, which is not started."""
        return self.out(self.good(zx_thread_create(self.caller, process, b"t", 1, 0)))

    def running(self) -> tuple[Target, int]:
        """Create a process and start it; return its thread's handle too."""
        target = self.process()
        thread = self.thread(target.handle)
        argument = self.vmo(0)
        caller = self.caller
        self.good(zx_process_start(caller, target.handle, thread, 0, 0, argument, 0))
        return target, thread

    def dead(self) -> Target:
        """Create a process that was started and killed."""
        target, _ = self.running()
        target.process.kill()
        self.kernel.reap()
        return target

    def vmo(self, size: int = 4 * PAGE, options: int = 0) -> int:
        """Create a VMO."""
        return self.out(self.good(zx_vmo_create(self.caller, size, options)))

    def physical(self, size: int = PAGE) -> int:
        """Create a physical VMO."""
        made = zx_vmo_create_physical(self.caller, self.resource, 0xFEE0_0000, size)
        return self.out(self.good(made))

    def weak(self, handle: int, rights: int) -> int:
        """Duplicate a handle with the given rights only."""
        return self.out(self.good(zx_handle_duplicate(self.caller, handle, rights)))

    def lacking(self, handle: int, rights: int) -> int:
        """Duplicate a handle without the given rights."""
        return self.weak(handle, self.rights(handle) & ~rights)

    def closed(self) -> int:
        """Return a value that was a handle."""
        handle = self.vmo(0)
        found = self.kernel.handles.find(self.caller.process, handle)
        assert found is not None
        self.kernel.handles.destroy(found)
        return handle

    def map(
        self,
        vmar: int,
        vmo: int,
        offset: int = 0,
        *,
        perms: int = RW,
        vmo_offset: int = 0,
        length: int = 4 * PAGE,
    ) -> int:
        """Map a VMO at an offset in a VMAR; return the address."""
        options = perms | VmOption.SPECIFIC
        made = zx_vmar_map(self.caller, vmar, options, offset, vmo, vmo_offset, length)
        return self.out(self.good(made), "mapped_addr")

    def region(
        self, vmar: int, offset: int = 0, size: int = 16 * PAGE, flags: int = 0x3C0
    ) -> tuple[int, VmAddressRegion]:
        """Allocate a region at an offset in a VMAR; return its handle and itself."""
        options = flags | VmOption.SPECIFIC
        made = self.good(zx_vmar_allocate(self.caller, vmar, options, offset, size))
        handle = self.out(made, "child_vmar")
        return handle, self.object(handle, VmAddressRegion)

    def dead_region(self) -> int:
        """Return a handle of a region that was destroyed."""
        handle, region = self.region(self.vmar, 0x10_0000)
        region.destroy()
        return handle

    def scratch(self, *, perms: int = RW, pages: int = 1) -> int:
        """Map fresh memory into the caller; return the address. Past it nothing is mapped."""
        size = pages * PAGE
        vmo = VmObject(self.kernel, size)
        root = self.me.aspace.root
        base = root.base + 0x7000_0000
        while not root.is_free(base - PAGE, size + 2 * PAGE):
            base += 0x10_0000
        root.insert(VmMapping(base, size, vmo, 0, perms, 7))
        return base

    def peek(self, address: int, length: int = 4) -> bytes:
        """Load bytes of the caller's memory."""
        loaded = self.me.aspace.load(address, length)
        assert isinstance(loaded, bytes)
        return loaded

    # Exhausting ----------------------------------------------------------------

    def fill(self, spare: int = 0) -> None:
        """Take handles until the table has room for `spare` more."""
        table = self.kernel.handles
        while len(table.slots) - len(table.free) < table.capacity - spare:
            self.kernel.grant(self.me, self.kernel.root_resource, 0)

    def drain(self, spare: int = 0) -> None:
        """Take physical memory until `spare` pages are left."""
        assert self.kernel.memory.take(self.kernel.memory.free - spare)

    def child_job(self, parent: Job | None = None) -> tuple[int, Job]:
        """Make a child job; return its handle and itself."""
        above = parent or self.kernel.job
        job = Job(self.kernel, above, above.max_height - 1)
        above.add_job(job)
        return self.kernel.grant(self.me, job, int(Rights.DEFAULT_JOB)), job


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the rows of a module's tables to its tests that ask for one."""
    for name, table in (("refusal", "REFUSALS"), ("difference", "DIFFERENT")):
        if name in metafunc.fixturenames:
            rows = getattr(metafunc.module, table)
            metafunc.parametrize(name, rows, ids=[row[0] for row in rows])


@pytest.fixture(params=list(Profile), ids=lambda profile: str(profile.value))
def world(request: pytest.FixtureRequest) -> World:
    profile: Profile = request.param
    return World(profile)


@pytest.fixture
def docs_world() -> World:
    return World(Profile.DOCS)


@pytest.fixture
def kernel_world() -> World:
    return World(Profile.KERNEL)
