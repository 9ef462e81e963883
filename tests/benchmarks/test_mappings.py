"""Many mappings: making them, and changing ten thousand at once."""

import time
from functools import partial
from typing import TYPE_CHECKING

from zxdbg import Session
from zxdbg.syscalls import zx_vmar_map, zx_vmar_protect, zx_vmar_unmap, zx_vmo_create

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.conftest import Bench

    Case = Callable[[], float | None]

RW = 0x3
SPECIFIC = 0x10
BASE = 0x10000000
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)


class Space:
    """The address space of a new process."""

    def __init__(self) -> None:
        self.session = Session()
        self.session.run("process create demo")
        self.caller = self.session.caller
        self.vmar = self.session.value("demo.vmar")
        vmo = zx_vmo_create(self.caller, 1 << 40, 0).out
        assert vmo is not None
        self.vmo = vmo

    def scatter(self, count: int) -> float:
        """Map pages where the kernel chooses; return the seconds."""
        caller, vmar, vmo = self.caller, self.vmar, self.vmo
        begin = time.perf_counter()
        for page in range(count):
            zx_vmar_map(caller, vmar, RW, 0, vmo, page * 4096, 4096)
        return time.perf_counter() - begin

    def pave(self, count: int) -> None:
        """Map pages one after the other."""
        for page in range(count):
            at = BASE + page * 4096 - 0x1000000
            zx_vmar_map(self.caller, self.vmar, RW | SPECIFIC, at, self.vmo, page * 4096, 4096)


def test_making_mappings(bench: "Bench") -> None:
    spent: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(3):
        space = Space()
        total, done = 0.0, 0
        for size in SIZES:
            total += space.scatter(size - done)
            done = size
            spent[size].append(total / size)
    each = {size: sorted(took)[1] for size, took in spent.items()}
    first, all_of_them = each[SIZES[0]], each[SIZES[-1]]
    ours, peer = f"{all_of_them * 1e6:.1f} us each", f"the first 1,000 {first * 1e6:.1f} us"
    bench.at_most("100,000 mappings made", ours, peer, all_of_them / first, 3)
    bench.grows("a mapping made, by how many", each)


def change(kind: str, covered: int, others: int) -> float:
    """Unmap or protect one range that covers some mappings of many; return the seconds."""
    space = Space()
    space.pave(covered + others)
    begin = time.perf_counter()
    if kind == "unmap":
        outcome = zx_vmar_unmap(space.caller, space.vmar, BASE, covered * 4096)
    else:
        outcome = zx_vmar_protect(space.caller, space.vmar, 1, BASE, covered * 4096)
    took = time.perf_counter() - begin
    assert not outcome.status
    return took


def test_one_range_over_many_mappings(bench: "Bench") -> None:
    sizes = {(10_000, 0), (10_000, 90_000), (2_500, 0), (5_000, 0), (20_000, 0), (40_000, 0)}
    for kind in ("unmap", "protect"):
        cases: dict[str, Case] = {
            f"{covered} {others}": partial(change, kind, covered, others)
            for covered, others in sorted(sizes)
        }
        laps = bench.by_turns(cases, 3)
        alone, among = "10000 0", "10000 90000"
        bench.at_most(
            f"{kind} 10,000 of 100,000 mappings",
            f"{laps[among] * 1e3:.1f} ms",
            f"10,000 alone {laps[alone] * 1e3:.1f} ms",
            laps.ratio(among, alone),
            1.3,
        )
        bench.at_most(
            f"{kind} 20,000 mappings, each",
            f"{laps['20000 0'] / 2 * 1e3:.1f} ms a 10,000",
            f"10,000 {laps[alone] * 1e3:.1f} ms",
            laps.ratio("20000 0", alone) / 2,
            1.3,
        )
        covered_alone = sorted(covered for covered, others in sizes if not others)
        each = {covered: laps[f"{covered} 0"] / covered for covered in covered_alone}
        bench.grows(f"{kind} in one range, a mapping", each)
