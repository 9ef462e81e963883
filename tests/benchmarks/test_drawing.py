"""Drawing: long tables and dumps beside plain building of the same strings."""

from functools import partial
from io import StringIO
from typing import TYPE_CHECKING

from zxdbg import Session
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import Look
from zxdbg.render.screen import Screen
from zxdbg.syscalls import zx_process_write_memory, zx_vmar_map, zx_vmo_create, zx_vmo_write

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.conftest import Bench, Laps

    Case = Callable[[], float | None]

BASE = 0x10000000
ROW = "\x1b[36m%016x\x1b[0m  %-49s \x1b[2m|\x1b[0m%s\x1b[2m|\x1b[0m"
TEXT = bytes(byte if 32 <= byte < 127 else 46 for byte in range(256))


def draw(session: Session, line: str, *, color: bool, everything: bool = False) -> str:
    """Run a line and draw its result, as the program does on a terminal or into a pipe."""
    screen = Screen(StringIO(), 120, color=color)
    result = session.run(line)
    screen.print(draw_result(result, Look(120, session.state.labels(), everything, color)))
    assert isinstance(screen.stream, StringIO)
    return screen.stream.getvalue()


def crowded(count: int, *, committed: bool = True, alike: bool = True) -> Session:
    """A process with so many mappings, of which every other one shows a committed page.

    Where nothing is committed there is nothing to count, which is less than a real process asks.
    They show one VMO, or are not alike: then each has one of its own.
    """
    session = Session()
    session.run("process create demo")
    caller, vmar = session.caller, session.value("demo.vmar")
    vmo = zx_vmo_create(caller, count * 4096, 0).out
    assert vmo is not None
    for page in range(count):
        at = BASE + page * 8192 - 0x1000000
        if not alike:
            vmo = zx_vmo_create(caller, count * 4096, 0).out or 0
        zx_vmar_map(caller, vmar, 0x13, at, vmo, page * 4096, 4096)
        if committed and page % 2:
            zx_vmo_write(caller, vmo, b"x", page * 4096, 1)
    return session


def plain_table(rows: list[tuple[str, ...]]) -> str:
    """Build a table with measured widths, a coloured first column and rules."""
    head = ("start", "end", "size", "perm", "what", "offset", "committed", "")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    cell = "  ".join(f"%-{width}s" for width in widths)
    return "\n".join([cell % head, *("\x1b[36m" + cell % row + "\x1b[0m" for row in rows)])


def plain_rows(session: Session) -> None:
    """Build the rows of `maps --all` as plain strings."""
    root = session.state.process_of(session.state.process_at_hand()).aspace.root
    rows: list[tuple[str, ...]] = []
    for region in root.children:
        start, end, size = region.base, region.end, region.size >> 10
        offset = f"{start - BASE:#x}"
        rows.append((f"{start:#x}", f"{end:#x}", f"{size}K", "rw-", "vmo 1033", offset, "0/1", ""))
        rows.append(("", "gap 4K", "", "", "", "", "", ""))
    plain_table(rows)


def time_maps(bench: "Bench", session: Session) -> "Laps":
    """Time both ways to draw a map, of the only session there is, as in the program."""

    def maps(line: str, *, color: bool) -> None:
        draw(session, line, color=color, everything=not color)

    cases: dict[str, Case] = {
        "plain": partial(plain_rows, session),
        "window": partial(maps, "maps $demo", color=True),
        "all": partial(maps, "maps $demo --all", color=False),
    }
    return bench.by_turns(cases, 5)


def test_maps_with_many_mappings(bench: "Bench") -> None:
    sizes = (100, 1_000, 10_000, 30_000, 100_000)
    laps = {size: time_maps(bench, crowded(size)) for size in sizes}
    most = laps[100_000]
    for found, what in (
        (most, "half of them committed"),
        (time_maps(bench, crowded(100_000, committed=False)), "nothing committed"),
        (time_maps(bench, crowded(100_000, alike=False)), "a VMO each"),
    ):
        took = found["window"] * 1e3
        title = f"maps, 100,000 mappings, {what}, a window"
        bench.at_most(title, f"{took:.0f} ms", "", took, 100, " ms")
    bench.at_most(
        "maps --all of them, into a pipe",
        f"{most['all'] * 1e3:.0f} ms",
        f"plain strings {most['plain'] * 1e3:.0f} ms",
        most.ratio("all", "plain"),
        3,
    )
    for case, title in (
        ("window", "maps, a window, by mappings"),
        ("all", "maps --all, a mapping"),
    ):
        bench.grows(title, {size: laps[size][case] / size for size in sizes})


def plain_dump(data: bytes, base: int) -> str:
    """Build a dump with colours, and nothing else."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        digits = row[:8].hex(" ") + "  " + row[8:].hex(" ")
        lines.append(ROW % (base + at, digits, row.translate(TEXT).decode("ascii")))
    return "\n".join(lines)


def test_a_hexdump_of_64_kib(bench: "Bench") -> None:
    session = Session()
    session.run("process create demo; vmo create 64K --name heap")
    session.run(f"map $demo.vmar $heap --at {BASE:#x}")
    data = bytes(number * 7919 % 251 for number in range(1 << 16))
    zx_process_write_memory(session.caller, session.value("demo"), BASE, data, len(data))
    line = f"read $demo {BASE:#x} 64K --all"

    def ours(*, color: bool) -> None:
        assert draw(session, line, color=color).count("\n") >= 4096

    def plain() -> None:
        plain_dump(data, BASE)

    cases: dict[str, Case] = {
        "plain": plain,
        "colour": lambda: ours(color=True),
        "no colour": lambda: ours(color=False),
    }
    laps = bench.by_turns(cases, 7)
    for way in ("colour", "no colour"):
        bench.at_most(
            f"a 64 KiB hexdump, {way}",
            f"{laps[way] * 1e3:.1f} ms",
            f"ANSI strings {laps['plain'] * 1e3:.1f} ms",
            laps.ratio(way, "plain"),
            5,
        )
