"""Random sequences of syscalls, held against a reference model that knows nothing clever.

`Model` is written from the rules alone: a dictionary with one entry for each byte of each
committed page, a dictionary with one entry for each mapped page, and no sharing anywhere.
Hypothesis draws sequences of calls; before each call the model says whether it will be
accepted, after each call the kernel is walked and has to look like the model. At the end of
a sequence every byte is compared, and all calls are made again on a second kernel of the
same seed, with the other profile asked each time: the answers have to be the same.

The ordinary run draws few sequences. The longer mode takes their number from the
environment, half of them for each profile, and as many as a tenth of it of lines besides:

    ZXDBG_SEQUENCES=2000 python -m pytest -s tests/zxdbg/syscalls/test_sequences.py

Both are deterministic: the same number gives the same sequences.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from zxdbg import CommandError, Session
from zxdbg.kernel import Kernel, Rights, Status
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.rights import SAME_RIGHTS
from zxdbg.kernel.task import Process, ProcessState
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption
from zxdbg.syscalls import (
    Caller,
    Outcome,
    Profile,
    Syscall,
    zx_handle_close,
    zx_handle_duplicate,
    zx_handle_replace,
    zx_process_create,
    zx_process_read_memory,
    zx_process_start,
    zx_process_write_memory,
    zx_task_kill,
    zx_thread_create,
    zx_vmar_allocate,
    zx_vmar_destroy,
    zx_vmar_map,
    zx_vmar_protect,
    zx_vmar_unmap,
    zx_vmo_clone,
    zx_vmo_create,
    zx_vmo_get_size,
    zx_vmo_op_range,
    zx_vmo_read,
    zx_vmo_set_size,
    zx_vmo_write,
)

if TYPE_CHECKING:
    from zxdbg.kernel.handle import Handle

# What Hypothesis keeps for itself does not go into the repository.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "zxdbg-hypothesis")

PAGE = 4096
MEMORY = 40
SEED = 7
ASKED = int(os.environ.get("ZXDBG_SEQUENCES", "0"))
COMMIT, DECOMMIT = 1, 2
CAN_SPECIFIC = int(VmOption.CAN_MAP_SPECIFIC)
FIXED, OVERWRITE = int(VmOption.SPECIFIC), int(VmOption.SPECIFIC_OVERWRITE)


def how_many(sequences: int, steps: int) -> settings:
    """Say how many sequences there are to be, and how long they may get."""
    return settings(
        max_examples=sequences,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


# The reference model --------------------------------------------------------------


class Held(NamedTuple):
    """A handle: what kind of object it names, which one, and with which rights."""

    kind: str
    koid: int
    rights: int

    def has(self, kind: str, rights: int) -> bool:
        """Whether it is of a kind and has some rights."""
        return self.kind == kind and self.rights & rights == rights


class Box(NamedTuple):
    """A VMAR that is alive."""

    process: int
    parent: int
    base: int
    size: int
    flags: int

    def holds(self, address: int, size: int) -> bool:
        """Whether a range of some bytes lies inside."""
        return self.base <= address and size > 0 and address + size <= self.base + self.size


class Mapped(NamedTuple):
    """A page of an address space: the VMAR and the mapping it is in, and what it shows."""

    box: int
    node: int
    vmo: int
    offset: int
    perms: int
    caps: int


NOTHING = Held("", 0, 0)


class Model:
    """What there should be. All is found by looking at everything."""

    def __init__(self, profile: Profile) -> None:
        self.docs = profile is Profile.DOCS
        self.cells: dict[tuple[int, int], int] = {}
        self.sizes: dict[int, int] = {}
        self.fixed: set[int] = set()
        self.parents: dict[int, tuple[int, int]] = {}
        self.held: dict[tuple[int, int], Held] = {}
        self.states: dict[int, str] = {}
        self.boxes: dict[int, Box] = {}
        self.pages: dict[tuple[int, int], Mapped] = {}
        self.nodes = 0

    # Memory objects

    @property
    def used(self) -> int:
        """Pages of physical memory that are taken."""
        return len(self.cells) // PAGE

    def owned(self, vmo: int) -> list[int]:
        """List the pages that a VMO owns."""
        return [at for at in range(0, self.sizes[vmo], PAGE) if (vmo, at) in self.cells]

    def byte(self, vmo: int, offset: int) -> int:
        """Return one byte as any reader sees it."""
        while offset < self.sizes[vmo]:
            if (vmo, offset) in self.cells:
                return self.cells[vmo, offset]
            if vmo not in self.parents:
                return 0
            vmo, start = self.parents[vmo]
            offset += start
        return 0

    def content(self, vmo: int, offset: int, length: int) -> bytes:
        """Return some bytes, one by one."""
        return bytes([self.byte(vmo, offset + step) for step in range(length)])

    def provide(self, vmo: int, at: int, *, fresh: bool = True) -> str:
        """Give a VMO its own page at an offset, as a write does: `yes`, `none` or `full`."""
        if (vmo, at) in self.cells:
            return "yes"
        if vmo in self.parents:
            parent, start = self.parents[vmo]
            if at + start < self.sizes[parent]:
                above = self.provide(parent, at + start, fresh=False)
                if above != "none":
                    return self.fill(vmo, at, parent, at + start) if above == "yes" else above
        return self.fill(vmo, at) if fresh else "none"

    def fill(self, vmo: int, at: int, source: int = 0, start: int = 0) -> str:
        """Commit a page with zeros or with what another page holds."""
        if self.used == MEMORY:
            return "full"
        for step in range(PAGE):
            self.cells[vmo, at + step] = self.cells[source, start + step] if source else 0
        return "yes"

    def drop(self, vmo: int, first: int, end: int) -> None:
        """Free the pages of a range."""
        for offset in range(first, end):
            self.cells.pop((vmo, offset), None)

    def write(self, vmo: int, offset: int, data: bytes) -> bool:
        """Write bytes, page after page, until memory runs out."""
        for step, value in enumerate(data):
            at = offset + step
            if (vmo, at) not in self.cells and self.provide(vmo, at // PAGE * PAGE) != "yes":
                return False
            self.cells[vmo, at] = value
        return True

    def commit(self, vmo: int, first: int, end: int) -> bool:
        """Commit a range of pages, all or none."""
        before = dict(self.cells)
        for at in range(first, end, PAGE):
            if self.provide(vmo, at) != "yes":
                self.cells = before
                return False
        return True

    # Address spaces

    def inside(self, box: int) -> list[int]:
        """List the VMARs directly inside a VMAR."""
        return [koid for koid, other in self.boxes.items() if other.parent == box]

    def direct(self, box: int, address: int) -> str:
        """Say what a VMAR directly holds at an address."""
        owner = self.boxes[box]
        page = self.pages.get((owner.process, address))
        if page is not None and page.box == box:
            return "mapping"
        held = any(self.boxes[koid].holds(address, 1) for koid in self.inside(box))
        return "vmar" if held else ""

    def taken(self, box: int, address: int, size: int) -> bool:
        """Whether a VMAR directly holds anything in a range."""
        return any(self.direct(box, at) for at in range(address, address + size, PAGE))

    def has_room(self, box: int, size: int) -> bool:
        """Whether a range of some bytes is free."""
        whole = self.boxes[box]
        if whole.size > 1 << 30:
            return True
        run = 0
        for at in range(whole.base, whole.base + whole.size, PAGE):
            run = 0 if self.direct(box, at) else run + PAGE
            if run >= size:
                return True
        return False

    def cuts(self, box: int, address: int, size: int) -> bool:
        """Whether a range cuts off a part of a VMAR that lies directly in another."""
        for koid in self.inside(box):
            other = self.boxes[koid]
            met = other.base < address + size and address < other.base + other.size
            whole = address <= other.base and other.base + other.size <= address + size
            if met and not whole:
                return True
        return False

    def clear(self, box: int, address: int, size: int) -> None:
        """Remove the mapped pages and the VMARs of a range."""
        for koid in self.inside(box):
            if address <= self.boxes[koid].base < address + size:
                self.destroy(koid)
        for at in range(address, address + size, PAGE):
            self.pages.pop((self.boxes[box].process, at), None)

    def destroy(self, box: int) -> None:
        """Remove a VMAR and all that is in it."""
        for koid in self.inside(box):
            self.destroy(koid)
        self.pages = {place: page for place, page in self.pages.items() if page.box != box}
        del self.boxes[box]

    def map(
        self, box: int, address: int, size: int, vmo: int, offset: int, perms: int, caps: int
    ) -> None:
        """Map pages; they are one mapping."""
        self.nodes += 1
        for step in range(0, size, PAGE):
            page = Mapped(box, self.nodes, vmo, offset + step, perms, caps)
            self.pages[self.boxes[box].process, address + step] = page

    def protect(self, box: int, address: int, size: int, perms: int) -> None:
        """Change permissions; what is changed is no longer one mapping with the rest."""
        process = self.boxes[box].process
        middle: dict[int, int] = {}
        right: dict[int, int] = {}
        for (owner, at), page in sorted(self.pages.items()):
            if owner != process or page.box != box or at < address or page.perms == perms:
                continue
            if at < address + size:
                self.nodes += page.node not in middle
                node = middle.setdefault(page.node, self.nodes)
                self.pages[owner, at] = page._replace(node=node, perms=perms)
            elif page.node in middle:
                self.nodes += page.node not in right
                node = right.setdefault(page.node, self.nodes)
                self.pages[owner, at] = page._replace(node=node)

    def runs(self, process: int) -> list[tuple[int, int]]:
        """List the mappings of a process: first address and size."""
        found: list[tuple[int, int]] = []
        before = (0, 0)
        for (owner, at), page in sorted(self.pages.items()):
            if owner != process:
                continue
            if before == (at - PAGE, page.node):
                found[-1] = (found[-1][0], found[-1][1] + PAGE)
            else:
                found.append((at, PAGE))
            before = (at, page.node)
        return found

    def reach(self, process: int, address: int, length: int) -> list[tuple[int, int]]:
        """List the bytes, as VMO and offset, that the memory calls move; none is a refusal."""
        found: list[tuple[int, int]] = []
        node = 0
        for at in range(address, address + length):
            page = self.pages.get((process, at // PAGE * PAGE))
            if page is None or (node not in (0, page.node) and not self.docs):
                break
            offset = page.offset + at % PAGE
            if offset >= self.sizes[page.vmo]:
                return found if self.docs else []
            node = page.node
            found.append((page.vmo, offset))
        return found

    # Lifetimes

    def kill(self, process: int) -> None:
        """End a process: its handles and its address space go."""
        self.states[process] = "dead"
        self.held = {place: held for place, held in self.held.items() if place[0] != process}
        for koid, box in list(self.boxes.items()):
            if box.process == process and not box.parent:
                self.destroy(koid)

    def settle(self) -> None:
        """Let everything go that nothing refers to, and all that this lets go again."""
        named = {held.koid for held in self.held.values()}
        for process, state in self.states.items():
            if state == "new" and process not in named:
                self.kill(process)
                self.settle()
                return
        needed = named | {page.vmo for page in self.pages.values()}
        needed |= {parent for parent, _ in self.parents.values()}
        for vmo in list(self.sizes):
            if vmo not in needed:
                self.drop(vmo, 0, self.sizes.pop(vmo))
                self.parents.pop(vmo, None)
                self.settle()
                return


# The kernel, seen from above ------------------------------------------------------


def picture(kernel: Kernel) -> object:
    """Describe all that a call could change, as one value."""
    return (
        [
            (handle.base, handle.rights, handle.object.koid, getattr(handle.process, "koid", 0))
            for handle in kernel.iter_handles()
        ],
        [
            (one.koid, one.state, one.signals, one.return_code, tuple(regions(one)))
            for one in kernel.iter_processes()
        ],
        [
            (
                vmo.koid,
                vmo.size,
                vmo.signals,
                [(index, bytes(page)) for index, page in sorted(vmo.pages.table.items())],
            )
            for vmo in kernel.iter_vmos()
        ],
        kernel.memory.used,
    )


def regions(process: Process) -> Iterator[tuple[int, ...]]:
    """Yield the tree of an address space as numbers."""
    yield (int(process.aspace.root.alive),)
    for depth, region in process.aspace.root.walk():
        if isinstance(region, VmMapping):
            what = (region.vmo.koid, region.vmo_offset, region.perms, region.caps)
        else:
            what = (region.koid, int(region.alive), region.flags, -1)
        yield (depth, region.base, region.size, *what)


def answer(outcome: Outcome) -> tuple[object, ...]:
    """Return what a caller learns from an outcome."""
    return outcome.status, dict(outcome.values), outcome.buffer


class Made(NamedTuple):
    """A call that was made: by which process, how, and the answer."""

    process: int
    syscall: Syscall[Any]
    args: tuple[Any, ...]
    outs: dict[str, Any]
    answer: tuple[object, ...]


def pattern(salt: int, length: int) -> bytes:
    """Return bytes that tell by their values where they belong."""
    return bytes([(salt * 37 + step * 11 + step // 256) % 256 for step in range(length)])


TALLY: Counter[str] = Counter()
"""What the sequences consisted of, for the longer mode's report."""

PICKS = st.integers(0, 59)
PAGES = st.integers(0, 8)
STARTS = st.sampled_from((0, 1, 2048, PAGE - 3))
LENGTHS = st.sampled_from((1, 6, 100, PAGE, PAGE + 5, 2 * PAGE + 9, 4 * PAGE))
PERMS = st.sampled_from((0, 1, 2, 3, 3, 3, 5, 7))
PLACES = st.sampled_from((0, FIXED, FIXED, OVERWRITE))
COUNTS = st.sampled_from((1, 1, 2, 2, 3, 4, 6, 8, 0))
ODD = st.sampled_from((0,) * 14 + (-1, 1))
RARELY = st.sampled_from((False,) * 11 + (True,))
MASKS = st.sampled_from(
    (SAME_RIGHTS, SAME_RIGHTS, 0xFFFFF, 0xFFFFF, *(1 << bit for bit in range(10)))
)


class SyscallMachine(RuleBasedStateMachine):
    """Sequences of calls by several processes, under one profile.

    A call names its objects by a number, which picks one of the handles that the caller has.
    """

    profile = Profile.DOCS

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(self.profile)
        self.made: list[Made] = []
        self.koids: dict[int, KernelObject] = {}
        self.rights: dict[int, tuple[Handle, int]] = {}
        self.closed: list[int] = []
        self.kernel, me, job = self.start_up()
        self.processes: dict[int, Process] = {me.koid: me}
        self.me = me.koid
        self.model.states[me.koid] = "running"
        self.model.held[me.koid, job] = Held("job", self.kernel.job.koid, int(Rights.DEFAULT_JOB))
        root = me.aspace.root
        self.model.boxes[root.koid] = Box(me.koid, 0, root.base, root.size, root.flags)
        TALLY["sequences"] += 1

    @staticmethod
    def start_up() -> tuple[Kernel, Process, int]:
        """Make a small kernel with the one process that there has to be."""
        kernel = Kernel(SEED, memory=MEMORY * PAGE)
        me = kernel.spawn("me")
        return kernel, me, kernel.grant(me, kernel.job, int(Rights.DEFAULT_JOB))

    # Choosing and calling

    def caller(self, pick: int) -> int:
        """Pick a process that calls; the first one calls most often."""
        able = [koid for koid, state in self.model.states.items() if state == "running"]
        return able[pick // 6 % len(able)] if pick % 6 == 5 else self.me

    def handle(self, who: int, kind: str, pick: int) -> tuple[int, Held]:
        """Pick a handle of a kind; sometimes any handle, or one that was closed."""
        if pick % 20 == 19 and self.closed:
            value = self.closed[pick % len(self.closed)]
            return value, self.model.held.get((who, value), NOTHING)
        mine = [
            (value, held)
            for (owner, value), held in self.model.held.items()
            if owner == who and (held.kind == kind or not kind or pick % 20 == 18)
        ]
        return mine[pick % len(mine)] if mine else (0, NOTHING)

    def call(
        self, who: int, accepted: bool | None, syscall: Syscall[Any], *args: Any, **outs: Any
    ) -> Outcome:
        """Make a call; judge whether it was accepted, and that a refusal changed nothing."""
        before = picture(self.kernel)
        outcome = syscall(Caller(self.processes[who], self.profile), *args, **outs)
        self.made.append(Made(who, syscall, args, outs, answer(outcome)))
        decided = outcome.decided
        TALLY["calls"] += 1
        TALLY[f"{syscall.short} {'refused' if decided else 'ok'}"] += 1
        assert (decided is None) == (outcome.status is Status.OK)
        if accepted is not None:
            assert (outcome.status is Status.OK) == accepted, (outcome, decided)
        if decided is not None:
            TALLY["late refusals" if decided.late else "refusals"] += 1
            TALLY["out of memory"] += outcome.status is Status.NO_MEMORY and "availab" in decided.id
            if not decided.late:
                assert picture(self.kernel) == before, f"{decided.id} changed something"
        return outcome

    def hold(self, who: int, value: int, kind: str, rights: int | None = None) -> KernelObject:
        """Note a handle that the caller got; return the object."""
        found = self.kernel.handles.find(self.processes[who], value)
        assert found is not None
        assert rights is None or found.rights == rights
        assert (who, value) not in self.model.held
        self.model.held[who, value] = Held(kind, found.object.koid, found.rights)
        return found.object

    def lose(self, who: int, value: int) -> None:
        """Note that a handle is gone."""
        if self.model.held.pop((who, value), None) is not None:
            self.closed.append(value)

    # Memory objects

    @initialize()
    def begin(self) -> None:
        """Begin with a process and some memory, so that the first calls have something to do."""
        self.create_process(0, False)
        self.create_vmo(0, 6, 0, 0, False)
        self.write_vmo(0, 0, 0, PAGE - 3, PAGE + 5, 1)
        self.clone(0, 0, 1, 6, 1, False)
        self.clone(0, 1, 0, 5, 1, False)
        self.allocate(0, 0, 0x3C0, FIXED, 8, 12, "")
        for box, vmo in ((0, 0), (1, 2)):
            self.map(0, (box, vmo), 3, FIXED, 0, 0, 6, 0, False)

    @rule(who=PICKS, pages=PAGES, odd=ODD, options=st.sampled_from((0, 0, 1, 2)), bad=RARELY)
    def create_vmo(self, who: int, pages: int, odd: int, options: int, bad: bool) -> None:
        caller = self.caller(who)
        size = max(0, pages * PAGE + odd)
        outs = {"out": None} if bad else {}
        accepted = options < 2 and not bad
        outcome = self.call(caller, accepted, zx_vmo_create, size, options, **outs)
        if accepted:
            vmo = self.hold(caller, outcome.values["out"], "vmo", int(Rights.DEFAULT_VMO)).koid
            self.model.sizes[vmo] = -(-size // PAGE) * PAGE
            self.model.fixed |= {vmo} if options else set()

    @rule(who=PICKS, pick=PICKS, start=PAGES, pages=PAGES, options=st.integers(0, 3), bad=RARELY)
    def clone(self, who: int, pick: int, start: int, pages: int, options: int, bad: bool) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmo", pick)
        allowed = held.has("vmo", int(Rights.DUPLICATE | Rights.READ))
        options = options or 1
        accepted = allowed and bool(options & 1) and not bad
        outs = {"out": None} if bad else {}
        args = (value, options, start * PAGE, pages * PAGE)
        outcome = self.call(caller, accepted, zx_vmo_clone, *args, **outs)
        if accepted:
            added = Rights.WRITE | Rights.GET_PROPERTY | Rights.SET_PROPERTY
            rights = held.rights | int(added)
            vmo = self.hold(caller, outcome.values["out"], "vmo", rights).koid
            self.model.sizes[vmo] = pages * PAGE
            self.model.parents[vmo] = (held.koid, start * PAGE)
            self.model.fixed |= {vmo} if options & 2 else set()

    @rule(who=PICKS, pick=PICKS, pages=PAGES, odd=ODD)
    def resize(self, who: int, pick: int, pages: int, odd: int) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmo", pick)
        size = max(0, pages * PAGE + odd)
        accepted = held.has("vmo", int(Rights.WRITE)) and held.koid not in self.model.fixed
        self.call(caller, accepted, zx_vmo_set_size, value, size)
        if accepted:
            whole = -(-size // PAGE) * PAGE
            self.model.drop(held.koid, whole, self.model.sizes[held.koid])
            self.model.sizes[held.koid] = whole

    def range_is_good(self, held: Held, right: Rights, offset: int, length: int) -> bool:
        """Whether a VMO may be read or written at a range."""
        if not held.has("vmo", int(right)):
            return False
        size = self.model.sizes[held.koid]
        return offset + length <= size and not (self.model.docs and offset == size)

    @rule(who=PICKS, pick=PICKS, page=PAGES, start=STARTS, length=LENGTHS, salt=PICKS)
    def write_vmo(self, who: int, pick: int, page: int, start: int, length: int, salt: int) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmo", pick)
        offset, data = page * PAGE + start, pattern(salt, length)
        accepted = self.range_is_good(held, Rights.WRITE, offset, length)
        if accepted:
            accepted = self.model.write(held.koid, offset, data)
        self.call(caller, accepted, zx_vmo_write, value, data, offset, length)

    @rule(who=PICKS, pick=PICKS, page=PAGES, start=STARTS, length=LENGTHS)
    def read_vmo(self, who: int, pick: int, page: int, start: int, length: int) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmo", pick)
        offset = page * PAGE + start
        accepted = self.range_is_good(held, Rights.READ, offset, length)
        outcome = self.call(caller, accepted, zx_vmo_read, value, offset, length)
        if accepted:
            assert outcome.buffer == self.model.content(held.koid, offset, length)

    @rule(
        who=PICKS,
        pick=PICKS,
        op=st.sampled_from((COMMIT, COMMIT, DECOMMIT)),
        page=PAGES,
        start=st.sampled_from((0, 0, 5)),
        pages=PAGES,
        odd=ODD,
    )
    def commit_or_decommit(
        self, who: int, pick: int, op: int, page: int, start: int, pages: int, odd: int
    ) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmo", pick)
        offset, size = page * PAGE + start, max(0, pages * PAGE + odd)
        accepted = held.has("vmo", int(Rights.WRITE)) and not (self.model.docs and size % PAGE)
        accepted = accepted and offset <= self.model.sizes[held.koid]
        if accepted:
            end = min(offset + size, self.model.sizes[held.koid])
            first, last = offset // PAGE * PAGE, -(-end // PAGE) * PAGE
            if offset == end:
                first = last
            if op == COMMIT:
                accepted = self.model.commit(held.koid, first, last)
            else:
                self.model.drop(held.koid, first, last)
        self.call(caller, accepted, zx_vmo_op_range, value, op, offset, size, None, 0)

    @rule(who=PICKS, pick=PICKS)
    def ask_size(self, who: int, pick: int) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmo", pick)
        outcome = self.call(caller, held.kind == "vmo", zx_vmo_get_size, value)
        if held.kind == "vmo":
            assert outcome.values["size"] == self.model.sizes[held.koid]

    @rule(pages=st.integers(4, 8))
    def hoard(self, pages: int) -> None:
        """Take memory and keep it, until there is none."""
        self.create_vmo(0, pages, 0, 0, False)
        value = next(reversed(self.model.held))[1]
        koid = self.model.held[self.me, value].koid
        accepted = self.model.commit(koid, 0, pages * PAGE)
        self.call(self.me, accepted, zx_vmo_op_range, value, COMMIT, 0, pages * PAGE, None, 0)

    # Address spaces

    def rounded(self, length: int) -> int:
        """Round a length as the profile does; 0 is what it refuses."""
        if self.model.docs and length % PAGE:
            return 0
        return -(-length // PAGE) * PAGE

    def place_is_good(self, box: Box, koid: int, place: int, offset: int, size: int) -> bool:
        """Whether a place in a VMAR can be had, apart from what OVERWRITE may clear."""
        address = box.base + offset
        if not box.holds(address, size):
            return False
        if not place:
            return self.model.has_room(koid, size)
        if not box.flags & CAN_SPECIFIC:
            return False
        return place == OVERWRITE or not self.model.taken(koid, address, size)

    def compact(self, koid: int) -> bool:
        """Whether a VMAR places things beside what it has, and so may refuse in spite of room."""
        box = self.model.boxes.get(koid)
        if box is None or not box.flags & VmOption.COMPACT:
            return False
        held = any(page.box == koid for page in self.model.pages.values())
        return held or bool(self.model.inside(koid))

    def check_place(self, koid: int, place: int, offset: int, address: int, size: int) -> None:
        """Hold an address that the kernel chose against what is allowed."""
        box = self.model.boxes[koid]
        assert address % PAGE == 0
        assert box.holds(address, size)
        if place:
            assert address == box.base + offset
        else:
            assert not self.model.taken(koid, address, size)
        if not place and self.compact(koid):
            here = [at for (_, at), page in self.model.pages.items() if page.box == koid]
            here += [self.model.boxes[other].base for other in self.model.inside(koid)]
            assert address < min(here) or address > max(here)

    def new_box(self, process: int, base: int) -> int:
        """Find the koid of a VMAR that was made without a handle to it."""
        for _, region in self.processes[process].aspace.root.walk():
            if isinstance(region, VmAddressRegion) and region.koid not in self.model.boxes:
                assert region.base == base
                return region.koid
        raise AssertionError("the VMAR is not there")

    @rule(
        who=PICKS,
        pick=PICKS,
        can=st.sampled_from((0x3C0, 0x3C0, 0x3C0, 0x1C0, 0xC0, 0x40, 0x380, 0x3C8, 0x3C8)),
        place=st.sampled_from((0, FIXED, FIXED)),
        page=st.integers(0, 20),
        pages=st.sampled_from((0, 1, 3, 6, 12, 20)),
        bad=st.sampled_from(("", "", "", "", "child_vmar", "child_addr")),
    )
    def allocate(
        self, who: int, pick: int, can: int, place: int, page: int, pages: int, bad: str
    ) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmar", pick)
        offset, size = (page if place else 0) * PAGE, pages * PAGE
        box = self.model.boxes.get(held.koid)
        good: bool | None = (
            held.has("vmar", can >> 7 << 2)
            and box is not None
            and self.place_is_good(box, held.koid, place, offset, size)
        )
        loose = bool(good) and not place and self.compact(held.koid)
        outs = {bad: None} if bad else {}
        expected = None if loose else bool(good) and not bad
        args = (value, can | place, offset, size)
        outcome = self.call(caller, expected, zx_vmar_allocate, *args, **outs)
        if loose and outcome.decided is not None and outcome.decided.name == "room-in-vmar":
            return
        if not good or box is None:
            return
        if bad != "child_vmar":
            koid = self.hold(caller, outcome.values["child_vmar"], "vmar").koid
            if bad:
                return
        base = outcome.values["child_addr"]
        self.check_place(held.koid, place, offset, base, size)
        if bad:
            koid = self.new_box(box.process, base)
        self.model.boxes[koid] = Box(box.process, held.koid, base, size, can)

    @rule(
        who=PICKS,
        picks=st.tuples(PICKS, PICKS),
        perms=PERMS,
        place=PLACES,
        page=st.integers(0, 20),
        start=PAGES,
        pages=COUNTS,
        odd=ODD,
        bad=RARELY,
    )
    def map(
        self,
        who: int,
        picks: tuple[int, int],
        perms: int,
        place: int,
        page: int,
        start: int,
        pages: int,
        odd: int,
        bad: bool,
    ) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmar", picks[0])
        memory, backed = self.handle(caller, "vmo", picks[1])
        offset, length = (page if place else 0) * PAGE, max(0, pages * PAGE + odd)
        size = self.rounded(length)
        need = perms << 2
        box = self.model.boxes.get(held.koid)
        good = (
            perms != 2
            and held.has("vmar", need)
            and backed.has("vmo", need | int(Rights.MAP))
            and box is not None
            and self.place_is_good(box, held.koid, place, offset, size)
        )
        if good and box is not None and place == OVERWRITE:
            address = box.base + offset
            good = not self.model.cuts(held.koid, address, size)
            if not self.model.docs:
                held_there = [self.model.boxes[koid] for koid in self.model.inside(held.koid)]
                good = not any(
                    one.base < address + size and address < one.base + one.size
                    for one in held_there
                )
        loose = good and not place and self.compact(held.koid)
        outs = {"mapped_addr": None} if bad else {}
        expected = None if loose else good and not bad
        args = (value, perms | place, offset, memory, start * PAGE, length)
        outcome = self.call(caller, expected, zx_vmar_map, *args, **outs)
        if loose and outcome.decided is not None and outcome.decided.name == "room-in-vmar":
            return
        if not good or box is None:
            return
        if place == OVERWRITE:
            self.model.clear(held.koid, box.base + offset, size)
        if bad:
            return
        base = outcome.values["mapped_addr"]
        self.check_place(held.koid, place, offset, base, size)
        caps = (held.rights & backed.rights) >> 2 & 7
        self.model.map(held.koid, base, size, backed.koid, start * PAGE, perms, caps)

    def address(self, held: Held, page: int) -> int:
        """Pick an address near what a VMAR holds."""
        box = self.model.boxes.get(held.koid)
        if box is None:
            return (page + 4096) * PAGE
        here = [at for (_, at), one in self.model.pages.items() if one.box == held.koid]
        here += [self.model.boxes[other].base for other in self.model.inside(held.koid)]
        if page % 4 and here:
            return here[page % len(here)]
        return box.base + page * PAGE

    @rule(who=PICKS, pick=PICKS, page=st.integers(0, 25), pages=COUNTS, odd=ODD)
    def unmap(self, who: int, pick: int, page: int, pages: int, odd: int) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmar", pick)
        address, length = self.address(held, page), max(0, pages * PAGE + odd)
        size = self.rounded(length)
        box = self.model.boxes.get(held.koid)
        accepted = (
            held.kind == "vmar"
            and box is not None
            and box.holds(address, size)
            and not self.model.cuts(held.koid, address, size)
            and not (self.model.docs and not self.model.taken(held.koid, address, size))
        )
        self.call(caller, accepted, zx_vmar_unmap, value, address, length)
        if accepted:
            self.model.clear(held.koid, address, size)

    @rule(who=PICKS, pick=PICKS, page=st.integers(0, 25), pages=COUNTS, odd=ODD, perms=PERMS)
    def protect(self, who: int, pick: int, page: int, pages: int, odd: int, perms: int) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmar", pick)
        address, length = self.address(held, page), max(0, pages * PAGE + odd)
        size = self.rounded(length)
        box = self.model.boxes.get(held.koid)
        accepted = (
            perms != 2
            and held.has("vmar", perms << 2)
            and box is not None
            and box.holds(address, size)
            and all(
                self.model.direct(held.koid, at) == "mapping"
                and not perms & ~self.model.pages[box.process, at].caps
                for at in range(address, address + size, PAGE)
            )
        )
        self.call(caller, accepted, zx_vmar_protect, value, perms, address, length)
        if accepted:
            self.model.protect(held.koid, address, size, perms)

    @rule(who=PICKS, pick=PICKS, sure=RARELY)
    def destroy_vmar(self, who: int, pick: int, sure: bool) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "vmar", pick)
        box = self.model.boxes.get(held.koid)
        if box is not None and not box.parent and not sure:
            return
        accepted = held.kind == "vmar" and box is not None
        self.call(caller, accepted, zx_vmar_destroy, value)
        if accepted:
            self.model.destroy(held.koid)

    # Processes

    @rule(who=PICKS, bad=RARELY)
    def create_process(self, who: int, bad: bool) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "job", who)
        accepted = held.has("job", int(Rights.WRITE)) and not bad
        outs = {"proc_handle": None} if bad else {}
        args = (value, b"demo", 4, 0)
        outcome = self.call(caller, accepted, zx_process_create, *args, **outs)
        if accepted:
            process = self.hold(caller, outcome.values["proc_handle"], "process")
            assert isinstance(process, Process)
            self.hold(caller, outcome.values["vmar_handle"], "vmar", 0x801F)
            root = process.aspace.root
            self.processes[process.koid] = process
            self.model.states[process.koid] = "new"
            self.model.boxes[root.koid] = Box(process.koid, 0, root.base, root.size, root.flags)

    @rule(who=PICKS, picks=st.tuples(PICKS, PICKS))
    def start_process(self, who: int, picks: tuple[int, int]) -> None:
        """Start a process; the handle that it is given is the caller's no more."""
        caller = self.caller(who)
        value, held = self.handle(caller, "process", picks[0])
        given, argument = self.handle(caller, "", picks[1])
        if argument.kind == "job":
            return
        accepted = held.has("process", int(Rights.WRITE))
        outcome = self.call(caller, accepted, zx_thread_create, value, b"t", 1, 0)
        if not accepted:
            return
        thread = outcome.values["out"]
        accepted = bool(argument.rights & Rights.TRANSFER)
        accepted = accepted and self.model.states[held.koid] == "new"
        self.call(caller, accepted, zx_process_start, value, thread, 0, 0, given, 0)
        self.lose(caller, given)
        if accepted:
            self.model.states[held.koid] = "running"
            target = self.processes[held.koid]
            (moved,) = target.handle_list
            self.hold(held.koid, target.value_of(moved), argument.kind, argument.rights)
        self.model.settle()
        self.call(caller, True, zx_handle_close, thread)

    @rule(who=PICKS, pick=PICKS, sure=RARELY)
    def kill(self, who: int, pick: int, sure: bool) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "process", pick)
        if held.kind == "job" or not sure:
            return
        accepted = held.has("process", int(Rights.DESTROY))
        self.call(caller, accepted, zx_task_kill, value)
        if accepted:
            self.model.kill(held.koid)

    def spot(self, held: Held, page: int) -> int:
        """Pick an address of a process, mapped if it has any that is."""
        here = [at for owner, at in self.model.pages if owner == held.koid]
        return here[page % len(here)] if here and page % 8 else (page + 4096) * PAGE

    @rule(who=PICKS, pick=PICKS, page=PICKS, start=STARTS, length=LENGTHS, bad=RARELY)
    def read_process(
        self, who: int, pick: int, page: int, start: int, length: int, bad: bool
    ) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "process", pick)
        address = self.spot(held, page) + start
        reached: list[tuple[int, int]] = []
        if held.has("process", int(Rights.READ | Rights.WRITE)):
            reached = self.model.reach(held.koid, address, length)
        outs = {"actual": None} if bad else {}
        accepted = bool(reached) and not bad
        args = (value, address, length)
        outcome = self.call(caller, accepted, zx_process_read_memory, *args, **outs)
        if accepted:
            assert outcome.values["actual"] == len(reached)
            assert outcome.buffer == bytes([self.model.byte(*place) for place in reached])

    @rule(who=PICKS, pick=PICKS, page=PICKS, start=STARTS, length=LENGTHS, salt=PICKS, bad=RARELY)
    def write_process(
        self, who: int, pick: int, page: int, start: int, length: int, salt: int, bad: bool
    ) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "process", pick)
        address, data = self.spot(held, page) + start, pattern(salt, length)
        reached: list[tuple[int, int]] = []
        if held.has("process", int(Rights.WRITE)):
            reached = self.model.reach(held.koid, address, length)
        fitted = True
        for step, (vmo, offset) in enumerate(reached):
            fitted = self.model.write(vmo, offset, data[step : step + 1])
            if not fitted:
                break
        accepted = bool(reached) and fitted and not bad
        outs = {"actual": None} if bad else {}
        args = (value, address, data, length)
        outcome = self.call(caller, accepted, zx_process_write_memory, *args, **outs)
        if accepted:
            assert outcome.values["actual"] == len(reached)

    # Handles

    @rule(who=PICKS, pick=PICKS, mask=MASKS, grow=RARELY, bad=RARELY)
    def duplicate(self, who: int, pick: int, mask: int, grow: bool, bad: bool) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "", pick)
        rights = self.asked(held, mask, grow)
        granted = held.rights if rights == SAME_RIGHTS else rights
        outs = {"out": None} if bad else {}
        accepted = bool(held.rights & Rights.DUPLICATE) and not granted & ~held.rights and not bad
        outcome = self.call(caller, accepted, zx_handle_duplicate, value, rights, **outs)
        if accepted:
            made = self.hold(caller, outcome.values["out"], held.kind, granted)
            assert made.koid == held.koid

    @rule(who=PICKS, pick=PICKS, mask=MASKS, grow=RARELY, bad=RARELY)
    def replace(self, who: int, pick: int, mask: int, grow: bool, bad: bool) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "", pick)
        if held.kind == "job" or (held.kind == "process" and pick % 4):
            return
        rights = self.asked(held, mask, grow)
        granted = held.rights if rights == SAME_RIGHTS else rights
        outs = {"out": None} if bad else {}
        accepted = held is not NOTHING and not granted & ~held.rights and not bad
        outcome = self.call(caller, accepted, zx_handle_replace, value, rights, **outs)
        self.lose(caller, value)
        if accepted:
            made = self.hold(caller, outcome.values["out"], held.kind, granted)
            assert made.koid == held.koid

    @staticmethod
    def asked(held: Held, mask: int, grow: bool) -> int:
        """Return the rights to ask for: those of a handle, without one or all but one, or more."""
        if mask == SAME_RIGHTS:
            return mask
        return held.rights & ~mask if not grow and mask != 0xFFFFF else held.rights | mask & 0xFFFF

    @rule(who=PICKS, pick=PICKS)
    def close(self, who: int, pick: int) -> None:
        caller = self.caller(who)
        value, held = self.handle(caller, "", pick)
        if held.kind == "job" or (held.kind == "process" and pick % 4):
            return
        self.call(caller, held is not NOTHING or not value, zx_handle_close, value)
        self.lose(caller, value)

    # What is true at all times

    @invariant()
    def regions_lie_inside_their_parents_and_never_overlap(self) -> None:
        self.model.settle()
        alive = set()
        flat: dict[tuple[int, int], tuple[int, int, int, int, int]] = {}
        for koid, process in self.processes.items():
            root = process.aspace.root
            if root.alive:
                alive.add(root.koid)
            ends: dict[int, int] = {}
            nodes = []
            for _, region in root.walk():
                parent = region.parent
                assert parent is not None
                assert parent.alive
                assert parent.base <= region.base
                assert region.end <= parent.end
                assert ends.get(parent.koid, 0) <= region.base, "siblings overlap"
                ends[parent.koid] = region.end
                if isinstance(region, VmAddressRegion):
                    assert region.alive
                    alive.add(region.koid)
                    continue
                nodes.append((region.base, region.size))
                assert region in region.vmo.mappings
                for step in range(0, region.size, PAGE):
                    what = (region.vmo.koid, region.vmo_offset + step, region.perms, region.caps)
                    flat[koid, region.base + step] = (parent.koid, *what)
            assert nodes == self.model.runs(koid)
        expected = {
            place: (page.box, page.vmo, page.offset, page.perms, page.caps)
            for place, page in self.model.pages.items()
        }
        assert flat == expected
        assert alive == set(self.model.boxes)

    @invariant()
    def committed_pages_are_counted_the_same_everywhere(self) -> None:
        self.model.settle()
        walked = {vmo.koid: vmo for vmo in self.kernel.iter_vmos()}
        assert set(walked) == set(self.model.sizes)
        for koid, vmo in walked.items():
            assert vmo.size == self.model.sizes[koid]
            owned = self.model.owned(koid)
            assert sorted(vmo.pages.table) == [at // PAGE for at in owned]
            assert vmo.committed == len(owned)
            for mapping in vmo.mappings:
                first, end = mapping.vmo_offset, mapping.vmo_offset + mapping.size
                assert mapping.committed == sum(first <= at < end for at in owned)
        assert self.kernel.memory.used == sum(vmo.committed for vmo in walked.values())
        assert self.kernel.memory.used == self.model.used <= MEMORY
        TALLY["times memory was full"] += self.model.used == MEMORY

    @invariant()
    def koids_are_never_used_again_and_rights_never_grow(self) -> None:
        self.model.settle()
        newest = max(self.koids, default=0)
        handles = list(self.kernel.iter_handles())
        objects: list[KernelObject] = [handle.object for handle in handles]
        objects += list(self.kernel.iter_vmos())
        for process in self.processes.values():
            objects += [process, process.aspace.root]
            for _, region in process.aspace.root.walk():
                objects += [region] if isinstance(region, VmAddressRegion) else []
        for one in objects:
            if one.koid not in self.koids:
                assert one.koid > newest
            assert self.koids.setdefault(one.koid, one) is one
        for handle in handles:
            _, rights = self.rights.setdefault(id(handle), (handle, handle.rights))
            assert handle.rights == rights
        held = {
            (handle.process.koid, handle.process.value_of(handle)): (
                handle.object.koid,
                handle.rights,
            )
            for handle in handles
            if handle.process is not None
        }
        assert held == {place: (one.koid, one.rights) for place, one in self.model.held.items()}
        states = {
            ProcessState.INITIAL: "new",
            ProcessState.RUNNING: "running",
            ProcessState.DEAD: "dead",
        }
        found = {koid: states[process.state] for koid, process in self.processes.items()}
        assert found == self.model.states

    def teardown(self) -> None:
        """Compare every byte; then make all the calls again, and compare the answers."""
        for vmo in self.kernel.iter_vmos():
            size = self.model.sizes[vmo.koid]
            assert vmo.read(0, size) == self.model.content(vmo.koid, 0, size)
            TALLY["bytes compared at the end"] += size
        kernel, me, _ = self.start_up()
        processes = {me.koid: me}
        for made in self.made:
            caller = Caller(processes[made.process], self.profile, watch=True)
            again = made.syscall(caller, *made.args, **made.outs)
            assert answer(again) == made.answer, f"{made.syscall.name} answers otherwise"
            processes.update((one.koid, one) for one in kernel.iter_processes())
        assert picture(kernel) == picture(self.kernel)


LINES = (
    "process create {name}",
    "vmo create {pages}K --name {name}",
    "vmo clone ${other} --name {name}",
    "${name} = map $self.vmar ${other}",
    "${name} = map ${other}.vmar $v0 --perms {perms}",
    "$a0 = map $p0.vmar $v0 --at 0x10000000 --overwrite",
    "vmo write ${other} {pages} fill:{pages}:{pages}K",
    "vmo read ${other} 0 {pages}",
    "vmo resize ${other} {pages}K",
    "vmo commit ${other}",
    "vmo decommit ${other} --size 4K",
    "write $p0 $a0+{pages} fill:0x5a:{pages}K",
    "read $p0 $a0 {pages}",
    "protect $p0.vmar $a0 4K {perms}",
    "unmap $p0.vmar $a0 4K",
    "${name} = vmar allocate $p0.vmar 64K",
    "${name} = handle duplicate ${other} --rights same",
    "handle close ${other}",
    "kill ${other}",
    "maps $p0",
    "handles",
    "vmos",
)
NAMES = ("v0", "v1", "p0", "p1", "a0")


class LineMachine(RuleBasedStateMachine):
    """Two sessions of one seed, which run the same lines; a third runs them once more."""

    profile = Profile.DOCS

    def __init__(self) -> None:
        super().__init__()
        self.sessions = [self.session() for _ in range(2)]
        self.history: list[tuple[str, object]] = []
        TALLY["sequences of lines"] += 1
        for line in ("process create p0", "vmo create 16K --name v0"):
            self.run_line(line)

    def session(self) -> Session:
        """Make a session of little memory."""
        return Session(seed=SEED, memory=MEMORY * PAGE, profile=self.profile.value)

    @staticmethod
    def told(session: Session, line: str) -> tuple[object, ...]:
        """Run a line; return all that it tells, a mistake's message too."""
        try:
            result = session.run(line)
        except CommandError as error:
            return ("mistake", str(error))
        fields = {name: repr(value) for name, value in result.fields().items()}
        return (result.status, fields, [answer(call) for call in result.calls])

    def run_line(self, line: str) -> None:
        """Run a line in both sessions."""
        first, second = (self.told(session, line) for session in self.sessions)
        assert first == second
        self.history.append((line, first))
        TALLY["lines"] += 1
        TALLY["lines that are a mistake"] += first[0] == "mistake"

    @rule(
        line=st.sampled_from(LINES),
        name=st.sampled_from(NAMES),
        other=st.sampled_from(NAMES),
        pages=st.sampled_from((1, 4, 9, 16, 30, 100)),
        perms=st.sampled_from(("r", "rw", "rwx", "none", "w")),
    )
    def run_some_line(self, line: str, name: str, other: str, pages: int, perms: str) -> None:
        self.run_line(line.format(name=name, other=other, pages=pages, perms=perms))

    @invariant()
    def handle_values_are_the_same(self) -> None:
        values = [
            {name: repr(result.value) for name, result in session.state.names.items()}
            for session in self.sessions
        ]
        assert values[0] == values[1]

    def teardown(self) -> None:
        """Run all lines once more, in a session that comes later."""
        again = self.session()
        assert [(line, self.told(again, line)) for line, _ in self.history] == self.history
        kernels = [session.state.kernel for session in (*self.sessions, again)]
        first, *others = [picture(kernel) for kernel in kernels]
        assert others == [first, first]


class KernelSyscallMachine(SyscallMachine):
    """The same under profile `kernel`."""

    profile = Profile.KERNEL


class KernelLineMachine(LineMachine):
    """The same under profile `kernel`."""

    profile = Profile.KERNEL


@pytest.fixture(autouse=True)
def report(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """In the longer mode, say what the sequences consisted of."""
    TALLY.clear()
    yield
    if ASKED:
        with capsys.disabled():
            print("\n" + ", ".join(f"{name} {count}" for name, count in sorted(TALLY.items())))


@pytest.mark.parametrize("machine", [SyscallMachine, KernelSyscallMachine], ids=["docs", "kernel"])
def test_sequences_of_syscalls_do_what_the_reference_model_does(
    machine: type[SyscallMachine],
) -> None:
    run_state_machine_as_test(machine, settings=how_many(ASKED // 2 or 8, 40))
    assert TALLY["sequences"]
    assert TALLY["refusals"]


@pytest.mark.parametrize("machine", [LineMachine, KernelLineMachine], ids=["docs", "kernel"])
def test_the_same_lines_with_the_same_seed_give_the_same_results(
    machine: type[LineMachine],
) -> None:
    run_state_machine_as_test(machine, settings=how_many(ASKED // 20 or 4, 20))
    assert TALLY["lines"] > TALLY["lines that are a mistake"]
