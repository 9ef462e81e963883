"""An address space as it is at one moment, copied so that it costs little per mapping.

A survey is a value: the kernel may go on. It holds a list for each thing there is to know
of mappings, which takes no object for each of them. Invariants: the mappings are in the
order of `walk`, and the lists are parallel; `regions` are those above and between them, each
with its place in that order.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import add, attrgetter, gt
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from zxdbg.kernel.limits import PAGE_SHIFT, PAGE_SIZE
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping

if TYPE_CHECKING:
    from zxdbg.kernel.task import Process
    from zxdbg.kernel.vmo import VmObject

__all__ = ["MOST_ALSO", "Memory", "Owner", "Sharing", "Survey", "SurveyedRegion"]

_FEW = 8
"""So many pages are searched sooner than they are made a set."""
MOST_ALSO = 16
"""Places at which pages can be seen too that are looked for."""


class Owner(NamedTuple):
    """The process in which a mapping lies."""

    name: str
    koid: int


class SurveyedRegion(NamedTuple):
    """A VMAR; `place` is how many rows, mappings and VMARs, come before it."""

    place: int
    depth: int
    base: int
    end: int
    can: int
    name: str
    koid: int


class Sharing:
    """Every mapping of a VMO in some process, by offset; nothing for one that has a single one."""

    def __init__(self, mappings: Sequence[VmMapping], owners: "_Owners") -> None:
        self._offsets = _column("vmo_offset", mappings)
        self._sizes = _column("size", mappings)
        self._bases = _column("base", mappings)
        self._owners = owners.of(mappings)
        self._longest = 0
        self._sorted = False

    @cached_property
    def overlaps(self) -> bool:
        """Whether any two of its mappings show the same page."""
        self._sort()
        ends = map(add, self._offsets, self._sizes)
        return any(map(gt, ends, self._offsets[1:]))

    def also(self, base: int, offset: int, size: int, owner: Owner) -> list[tuple[Owner, int]]:
        """Find where else pages of a mapping can be seen: processes and addresses."""
        self._sort()
        found: list[tuple[Owner, int]] = []
        end = offset + size
        for at in range(bisect_right(self._offsets, offset - self._longest), len(self._offsets)):
            start, other = self._offsets[at], self._owners[at]
            if start >= end or len(found) == MOST_ALSO:
                break
            itself = self._bases[at] == base and other == owner
            if not itself and other is not None and offset < start + self._sizes[at]:
                found.append((other, self._bases[at] + max(0, offset - start)))
        return found

    def _sort(self) -> None:
        """Order the mappings by offset, once somebody asks."""
        if self._sorted:
            return
        self._sorted = True
        self._longest = max(self._sizes, default=0)
        if not any(map(gt, self._offsets, self._offsets[1:])):
            return
        order = sorted(range(len(self._offsets)), key=self._offsets.__getitem__)
        for name in ("_offsets", "_sizes", "_bases", "_owners"):
            column = getattr(self, name)
            setattr(self, name, [column[at] for at in order])


class Memory(NamedTuple):
    """A VMO; `pages` are where its committed pages begin, ascending."""

    name: str
    koid: int
    size: int
    clone_of: int | None
    is_physical: bool
    pages: tuple[int, ...]
    sharing: Sharing

    def committed(self, offset: int, size: int) -> int:
        """Count the pages that a window of it shows and it owns itself."""
        return bisect_left(self.pages, offset + size) - bisect_left(self.pages, offset)


class Memories(Sequence[Memory]):
    """VMOs, a list for each thing there is to know of them; one is put together when asked for."""

    def __init__(self, vmos: Sequence["VmObject"], owners: "_Owners") -> None:
        self.names = [vmo.name for vmo in vmos]
        self.koids = [vmo.koid for vmo in vmos]
        self.sizes = [vmo.size for vmo in vmos]
        self.clone_of = [None if vmo.parent is None else vmo.parent.koid for vmo in vmos]
        self.physical = [vmo.paddr is not None for vmo in vmos]
        tables = [vmo.pages.table for vmo in vmos]
        self.pages = [
            tuple([page << PAGE_SHIFT for page in sorted(table)]) if table else ()
            for table in tables
        ]
        self.sharing = {
            number: Sharing(tuple(vmo.mappings), owners)
            for number, vmo in enumerate(vmos)
            if len(vmo.mappings) > 1
        }
        self._alone = Sharing((), owners)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, number: int) -> Memory: ...
    @overload
    def __getitem__(self, number: slice) -> list[Memory]: ...
    def __getitem__(self, number: int | slice) -> Memory | list[Memory]:
        if isinstance(number, slice):
            return [self[each] for each in range(len(self))[number]]
        return Memory(
            self.names[number],
            self.koids[number],
            self.sizes[number],
            self.clone_of[number],
            self.physical[number],
            self.pages[number],
            self.sharing.get(number, self._alone),
        )


class Survey:
    """What there is to know of an address space, at the moment at which it is made."""

    def __init__(self, process: "Process", processes: "Iterable[Process]") -> None:
        root = process.aspace.root
        self.owner = Owner(process.name, process.koid)
        self.regions: list[SurveyedRegion] = []
        mappings: list[VmMapping] = []
        self.depths: list[int] = []
        if root.alive:
            self.regions.append(_surveyed(0, 0, root))
            self._collect(root, mappings)
        self.bases = _column("base", mappings)
        self.sizes = _column("size", mappings)
        self.ends = list(map(add, self.bases, self.sizes))
        self.perms = _column("perms", mappings)
        self.offsets = _column("vmo_offset", mappings)
        vmos: list[VmObject] = list(map(attrgetter("vmo"), mappings))
        numbers = {vmo: number for number, vmo in enumerate(dict.fromkeys(vmos))}
        self.memories = Memories(list(numbers), _Owners(processes))
        self.numbers = list(map(numbers.__getitem__, vmos))
        """Which of the memories each mapping shows."""

    def _collect(self, root: VmAddressRegion, mappings: list[VmMapping]) -> None:
        """Take up everything below the root in order: runs of mappings, VMARs between them."""
        stack = [(root, 1, 0, _regions_in(root))]
        while stack:
            region, depth, start, inner = stack.pop()
            end = next(inner, len(region.children))
            run: Any = region.children[start:end]
            mappings += run
            self.depths += [depth] * len(run)
            if end < len(region.children):
                child: Any = region.children[end]
                place = len(mappings) + len(self.regions)
                self.regions.append(_surveyed(place, depth, child))
                stack.append((region, depth, end + 1, inner))
                stack.append((child, depth + 1, 0, _regions_in(child)))

    def __len__(self) -> int:
        return len(self.bases) + len(self.regions)

    @cached_property
    def counts(self) -> list[int]:
        """The committed pages that the VMO of each mapping owns in it; a device's are none."""
        memories = self.memories
        kinds = zip(memories.pages, memories.physical, strict=True)
        owned = [() if is_physical else pages for pages, is_physical in kinds]
        if not any(owned):
            return [0] * len(self.bases)
        many = {number: frozenset(each) for number, each in enumerate(owned) if len(each) > _FEW}
        rows = zip(self.numbers, self.offsets, self.sizes, strict=True)
        return [
            (1 if offset in many[number] else 0)  # what most are, in a crowd: one page
            if size == PAGE_SIZE and number in many
            else (memories[number].committed(offset, size) if owned[number] else 0)
            for number, offset, size in rows
        ]

    def _devices(self) -> list[int]:
        return [number for number, found in enumerate(self.memories.physical) if found]

    @property
    def committed(self) -> int:
        """The committed pages that mappings show, each counted once however often mapped."""
        total = sum(self.counts)
        shared: dict[int, list[tuple[int, int]]] = {
            number: []
            for number in {*self.memories.sharing, *self._devices()}
            if (memory := self.memories[number]).pages
            and (memory.sharing.overlaps or memory.is_physical)
        }
        if shared:
            rows = zip(self.numbers, self.offsets, self.sizes, self.counts, strict=True)
            for number, offset, size, count in rows:
                if number in shared:
                    shared[number].append((offset, size))
                    total -= count
        return total + sum(
            _count_once(self.memories[number], sorted(spans)) for number, spans in shared.items()
        )


def _count_once(memory: Memory, spans: list[tuple[int, int]]) -> int:
    """Count the committed pages in spans, ascending, that may overlap."""
    total = start = reached = 0
    for offset, size in spans:
        if offset > reached:
            total += memory.committed(start, reached - start)
            start = offset
        reached = max(reached, offset + size)
    return total + memory.committed(start, reached - start)


class _Owners:
    """Says in which processes mappings lie; those of one VMAR are in the same."""

    def __init__(self, processes: "Iterable[Process]") -> None:
        self._roots = {each.aspace.root: Owner(each.name, each.koid) for each in processes}
        self._known: dict[VmAddressRegion, Owner | None] = {}

    def of(self, mappings: Iterable[VmMapping]) -> list[Owner | None]:
        """List the process of each mapping, None for one in no process any more."""
        parents: list[VmAddressRegion] = list(map(attrgetter("parent"), mappings))
        for parent in set(parents) - self._known.keys():
            root = parent
            while root is not None and root.parent is not None:
                root = root.parent
            self._known[parent] = self._roots.get(root)
        return list(map(self._known.__getitem__, parents))


def _column(name: str, mappings: Iterable[VmMapping]) -> list[int]:
    return list(map(attrgetter(name), mappings))


def _regions_in(region: VmAddressRegion) -> Iterator[int]:
    """Yield the places of the VMARs among the children of one."""
    kinds = list(map(type, region.children))
    at = -1
    for _ in range(kinds.count(VmAddressRegion)):
        at = kinds.index(VmAddressRegion, at + 1)
        yield at


def _surveyed(place: int, depth: int, region: VmAddressRegion) -> SurveyedRegion:
    return SurveyedRegion(
        place, depth, region.base, region.end, region.can, region.name, region.koid
    )
