"""Moving bytes: whole syscalls, with their rules and their trace, beside an emulator's calls."""

import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from zxdbg import Session
from zxdbg.kernel.prng import Prng
from zxdbg.syscalls import (
    process_memory,
    zx_process_read_memory,
    zx_process_write_memory,
    zx_vmar_map,
    zx_vmo_clone,
    zx_vmo_create,
    zx_vmo_read,
    zx_vmo_write,
)
from zxdbg.syscalls.call import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.conftest import Bench

    Case = Callable[[], float | None]

MIB = 1 << 20
BULK = 64 * MIB
BASE = 0x10000000
RW_SPECIFIC = 0x13
SMALL = 20_000
SIXTEEN = b"0123456789abcdef"


class Target:
    """A process with pages of one VMO mapped apart from each other, a page each."""

    def __init__(self, mappings: int, memory: int = 2 << 30) -> None:
        self.session = Session(memory=memory)
        self.session.run("process create demo")
        self.caller = self.session.caller
        self.process = self.session.value("demo")
        self.vmar = self.session.value("demo.vmar")
        self.vmo = zx_vmo_create(self.caller, mappings * 4096, 0).out
        assert self.vmo is not None
        for page in range(mappings):
            self.map(page, self.vmo, page)
        prng = Prng(7)
        self.places = [self.address(prng.below(mappings)) for _ in range(SMALL)]

    def address(self, page: int) -> int:
        return BASE + page * 8192

    def map(self, page: int, vmo: int, vmo_page: int) -> None:
        outcome = zx_vmar_map(
            self.caller, self.vmar, RW_SPECIFIC, self.offset(page), vmo, vmo_page * 4096, 4096
        )
        assert not outcome.status

    def offset(self, page: int) -> int:
        return self.address(page) - 0x1000000

    def write_small(self) -> None:
        """Write 16 bytes at each of the places, a call each."""
        caller, process = self.caller, self.process
        for place in self.places:
            zx_process_write_memory(caller, process, place, SIXTEEN, 16)

    def read_small(self) -> None:
        """Read 16 bytes at each of the places, a call each."""
        caller, process = self.caller, self.process
        for place in self.places:
            zx_process_read_memory(caller, process, place, 16)


def bulk(data: bytes) -> "tuple[Case, Case]":
    """Make the cases of 64 MiB: a write into fresh memory, and a read of it."""
    kept: list[tuple[Session, int]] = []

    def fresh() -> tuple[Session, int]:
        session = Session()
        session.run("process create demo; vmo create 64M --name big")
        session.run(f"map $demo.vmar $big --at {BASE:#x}")
        return session, session.value("demo")

    def write() -> float:
        kept[:] = [fresh()]
        session, process = kept[0]
        begin = time.perf_counter()
        outcome = zx_process_write_memory(session.caller, process, BASE, data, BULK)
        took = time.perf_counter() - begin
        assert outcome.actual == BULK
        return took

    def read() -> float:
        session, process = kept[0]
        begin = time.perf_counter()
        outcome = zx_process_read_memory(session.caller, process, BASE, BULK)
        took = time.perf_counter() - begin
        assert outcome.buffer == data
        return took

    return write, read


def emulator(unicorn: Any, data: bytes) -> "dict[str, Case]":
    """Make the same two cases for the emulator; none where it is not installed."""
    if unicorn is None:
        return {}
    kept: list[Any] = []

    def write() -> float:
        kept[:] = [unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)]
        kept[0].mem_map(BASE, BULK)
        begin = time.perf_counter()
        kept[0].mem_write(BASE, data)
        return time.perf_counter() - begin

    def read() -> None:
        kept[0].mem_read(BASE, BULK)

    return {"unicorn write": write, "unicorn read": read}


def test_64_mib_at_once(bench: "Bench", unicorn: Any) -> None:
    data = Prng(3).below(1 << 64).to_bytes(8, "little") * (BULK // 8)
    warm = bytearray(BULK)
    view = memoryview(warm)

    def memcpy() -> None:
        view[:] = data

    def copy() -> None:
        bytes(view)

    write, read = bulk(data)
    cases: dict[str, Case] = {"write": write, "read": read, "memcpy": memcpy, "copy": copy}
    cases |= emulator(unicorn, data)
    laps = bench.by_turns(cases)
    ours = {name: f"{laps[name] * 1e3:.1f} ms" for name in ("write", "read")}
    peers = {"memcpy": "warm memcpy", "copy": "bytes(view)"}
    for name, base, least in (("write", "memcpy", 1.0), ("read", "copy", 0.8)):
        what = f"{name} 64 MiB, rate"
        peer = f"{peers[base]} {laps[base] * 1e3:.1f} ms"
        bench.at_least(what, ours[name], peer, laps.ratio(base, name), least)
    for name, most in (("write", 0.25), ("read", 0.6)):
        base = f"unicorn {name}"
        peer = f"{base} {laps[base] * 1e3:.1f} ms" if unicorn else base
        ratio = laps.ratio(name, base) if unicorn else None
        bench.at_most(f"{name} 64 MiB, time", ours[name], peer, ratio, most)


class Engine:
    """The same pages in the emulator."""

    def __init__(self, unicorn: Any, regions: int) -> None:
        self.engine = unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)
        for page in range(regions):
            self.engine.mem_map(BASE + page * 8192, 4096)
        prng = Prng(7)
        self.places = [BASE + prng.below(regions) * 8192 for _ in range(SMALL)]

    def write_small(self) -> None:
        """Write 16 bytes at each of the places, a call each."""
        for place in self.places:
            self.engine.mem_write(place, SIXTEEN)


def at_first(make: "Callable[[], Target | Engine]", pages: int = 1_000) -> float:
    """Time two writes to each page of new memory, in the order of the peers' own measure."""
    target = make()
    target.places = [BASE + turn * 7919 % pages * 8192 for turn in range(2 * pages)]
    begin = time.perf_counter()
    target.write_small()
    return (time.perf_counter() - begin) / len(target.places)


def test_16_bytes_at_random_places(bench: "Bench", unicorn: Any) -> None:
    targets = {count: Target(count) for count in (1, 1_000, 10_000, 30_000, 100_000)}
    cases: dict[str, Case] = {str(count): each.write_small for count, each in targets.items()}
    cases |= {f"read {count}": each.read_small for count, each in targets.items()}
    cases["first"] = partial(at_first, lambda: Target(1_000))
    if unicorn is not None:
        cases["unicorn"] = Engine(unicorn, 1_000).write_small
        cases["unicorn first"] = partial(at_first, lambda: Engine(unicorn, 1_000))
    laps = bench.by_turns(cases, 7)
    rate = 1 / laps["first"]
    name = "16-byte writes, 1,000 mappings, new memory"
    bench.at_least(name, f"{rate:,.0f}/s", "", rate, 1e5, "/s")
    peer = f"unicorn {1 / laps['unicorn first']:,.0f}/s" if unicorn else "unicorn"
    ratio = laps.ratio("unicorn first", "first") if unicorn else None
    bench.at_least("  the same, rate", f"{rate:,.0f}/s", peer, ratio, 0.4)
    rate = SMALL / laps["1000"]
    peer = f"unicorn {SMALL / laps['unicorn']:,.0f}/s" if unicorn else "unicorn"
    ratio = laps.ratio("unicorn", "1000") if unicorn else None
    bench.states("  again where bytes were before, rate", f"{rate:,.0f}/s", peer, ratio)
    for kind in ("", "read "):
        far, near = f"{kind}100000", f"{kind}1000"
        bench.at_most(
            f"16-byte {kind.strip() or 'write'}s, 100,000 mappings",
            f"{SMALL / laps[far]:,.0f}/s",
            f"with 1,000 {SMALL / laps[near]:,.0f}/s",
            laps.ratio(far, near),
            2.2,
        )
        sizes = {count: laps[f"{kind}{count}"] / SMALL for count in targets}
        bench.grows(f"16-byte {kind.strip() or 'write'}, by mappings", sizes)


def test_what_the_trace_costs(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(1_000)

    def require(self: Call, rule: Any, holds: bool, *facts: object) -> None:
        assert holds

    def without() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Call, "require", require)
            patch.setattr(process_memory, "describe", lambda mapping: None)
            target.write_small()

    laps = bench.by_turns({"with": target.write_small, "without": without}, 11)
    ratio = laps.ratio("with", "without") - 1
    ours = f"{laps['with'] / SMALL * 1e6:.2f} us"
    peer = f"no trace {laps['without'] / SMALL * 1e6:.2f} us"
    bench.at_most("trace of a 16-byte write, extra", ours, peer, ratio, 0.3)


def chain(depth: int) -> tuple[Session, int]:
    """Make a chain of so many clones; return the handle of the last one."""
    session = Session()
    vmo = zx_vmo_create(session.caller, BULK, 0).out
    assert vmo is not None
    zx_vmo_write(session.caller, vmo, bytes(4 * MIB), 0, 4 * MIB)
    for _ in range(depth):
        vmo = zx_vmo_clone(session.caller, vmo, 1, 0, BULK).out
        assert vmo is not None
    return session, vmo


def test_chains_of_clones(bench: "Bench") -> None:
    def reads(session: Session, vmo: int) -> None:
        for page in range(1024):
            zx_vmo_read(session.caller, vmo, page * 4096, 16)

    def first_writes(depth: int) -> float:
        session, vmo = chain(depth)
        begin = time.perf_counter()
        for page in range(1024):
            zx_vmo_write(session.caller, vmo, SIXTEEN, page * 4096, 16)
        return time.perf_counter() - begin

    def writes(session: Session, vmo: int) -> None:
        for page in range(1024, 2048):
            zx_vmo_write(session.caller, vmo, SIXTEEN, page * 4096, 16)

    kinds = {"read": reads, "write": writes}
    cases: dict[str, Case] = {}
    for depth in (2, 4, 16, 64, 256):
        end = chain(depth)
        for kind, run in kinds.items():
            cases[f"{kind} {depth}"] = partial(run, *end)
        cases[f"first write {depth}"] = partial(first_writes, depth)
    laps = bench.by_turns(cases, 5)
    for kind in (*kinds, "first write"):
        long, short = f"{kind} 64", f"{kind} 2"
        ours = f"{laps[long] / 1024 * 1e6:.1f} us"
        peer = f"of 2 {laps[short] / 1024 * 1e6:.1f} us"
        bench.at_most(f"{kind} at the end of 64 clones", ours, peer, laps.ratio(long, short), 4)
        sizes = {depth: laps[f"{kind} {depth}"] / 1024 for depth in (2, 4, 16, 64, 256)}
        bench.grows(f"{kind} at the end of clones", sizes)


RESIDENT = """
from zxdbg import Session
from zxdbg.syscalls import zx_vmo_create, zx_vmo_write
def peak():
    [line] = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]
    return int(line.split()[1]) << 10
session = Session(memory=1 << 34)
before = peak()
{work}
print(peak() - before, peak())
"""
SPARSE = """
vmo = zx_vmo_create(session.caller, 1 << 40, 0).out
for number in range(1000):
    assert not zx_vmo_write(session.caller, vmo, b'x' * 16, number * 7919 << 16, 16).status
"""
LONG = """
session.run('process create demo; vmo create 64M --name heap')
session.run('$base = map $demo.vmar $heap --at 0x10000000')
for number in range(10000):
    session.run(f'write $demo {0x10000000 + number * 6710:#x} fill:{number % 256}:6710')
"""


def resident(work: str, environment: dict[str, str]) -> list[int]:
    """Run work in a process of its own; return how it grew, and how large it was at most."""
    program = RESIDENT.replace("{work}", work)
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True
    )
    return [int(word) for word in ran.stdout.split()]


def test_host_memory(bench: "Bench", environment: dict[str, str]) -> None:
    grown, _ = resident(SPARSE, environment)
    bench.at_most(
        "2^40 bytes, 1,000 scattered writes", f"{grown / MIB:.1f} MiB", "", grown / MIB, 8, " MiB"
    )
    _, peak = resident(LONG, environment)
    what = "10,000 lines, 64 MiB committed"
    bench.at_most(what, f"{peak / MIB:.0f} MiB", "", peak / MIB, 200, " MiB")


def fill(mib: int) -> float:
    """Fill a new VMO; return the seconds."""
    session = Session(memory=4 << 30)
    session.run(f"vmo create {mib}M --name big")
    begin = time.perf_counter()
    result = session.run(f"vmo write $big 0 fill:1:{mib}M")
    took = time.perf_counter() - begin
    assert result.status is not None
    assert not result.status
    return took


def test_a_fill(bench: "Bench") -> None:
    sizes = (1, 4, 16, 64, 256, 1024)
    laps = bench.by_turns({str(mib): partial(fill, mib) for mib in sizes}, 5)
    bench.grows("a fill, for each MiB", {mib: laps[str(mib)] / mib for mib in sizes})
