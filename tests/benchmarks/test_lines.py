"""Command files: lines a second beside debuggers that write and print a live process."""

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from zxdbg import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.conftest import Bench, ProgramCase

    Case = Callable[[], float | None]

MANY, FEW = 20_000, 1_000
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
INFERIOR = "volatile int counter; int main(void) { return counter; }\n"
SETUP = """process create demo
vmo create 64M --name heap
$base = map $demo.vmar $heap --at 0x10000000
"""


def pairs(count: int, first: str, second: str) -> str:
    """Write so many lines, of two kinds by turns."""
    return "".join(f"{first % number}\n{second}\n" for number in range(count // 2))


def build(folder: Path) -> str | None:
    """Compile a program for debuggers, or None where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    source, program = folder / "inferior.c", folder / "inferior"
    source.write_text(INFERIOR)
    subprocess.run([compiler, "-g", "-O0", "-o", str(program), str(source)], check=True)
    return str(program)


def debuggers(folder: Path) -> dict[str, tuple[int, list[str], tuple[str, str]]]:
    """Return how to start each debugger on a live process, and its two kinds of lines."""
    inferior = build(folder)
    found = {}
    gdb, lldb = shutil.which("gdb"), shutil.which("lldb")
    if inferior and gdb:
        live = [gdb, "-nx", "-batch", inferior, "-ex", "break main", "-ex", "run", "-x"]
        found["gdb"] = (MANY, live, ("set var counter = %d", "print counter"))
    if inferior and lldb:
        live = [lldb, "--batch", "--no-lldbinit", inferior, "-o", "b main", "-o", "run", "-s"]
        found["lldb"] = (FEW, live, ("expr counter = %d", "expr counter"))
    return found


def test_lines_a_second(
    bench: "Bench", program: "ProgramCase", zxdbg: list[str], tmp_path: Path
) -> None:
    lines = ('write $demo $base "%08d"', "read $demo $base 8")
    tools = {"zxdbg": (MANY, [*zxdbg, "--quiet"], lines)} | debuggers(tmp_path)
    cases: dict[str, Case] = {}
    for name, (count, command, (first, second)) in tools.items():
        for size in (2, count):
            script = tmp_path / f"{name}{size}"
            setup = SETUP if name == "zxdbg" else ""
            script.write_text(setup + pairs(size, first, second))
            cases[f"{name} {size}"] = program([*command, str(script)])
    laps = bench.by_turns(cases, 3)
    rates = {
        name: (count - 2) / (laps[f"{name} {count}"] - laps[f"{name} 2"])
        for name, (count, _, _) in tools.items()
    }
    ours = f"{rates['zxdbg']:,.0f}/s"
    for name, least in (("gdb", 1.5), ("lldb", 15.0)):
        peer = f"{name} {rates[name]:,.0f}/s" if name in rates else name
        ratio = rates["zxdbg"] / rates[name] if name in rates else None
        bench.at_least("lines of a command file, --quiet", ours, peer, ratio, least)


def test_scripts_of_many_lengths(
    bench: "Bench", program: "ProgramCase", zxdbg: list[str], tmp_path: Path
) -> None:
    cases: dict[str, Case] = {}
    for size in (2, *SIZES):
        script = tmp_path / f"long{size}"
        script.write_text(SETUP + pairs(size, 'write $demo $base "%08d"', "read $demo $base 8"))
        cases[str(size)] = program([*zxdbg, "--quiet", str(script)])
    laps = bench.by_turns(cases, 3)
    bench.grows(
        "a line of a script, by its length",
        {size: (laps[str(size)] - laps["2"]) / size for size in SIZES},
    )


def test_lines_with_many_names(bench: "Bench") -> None:
    cases: dict[str, Case] = {}
    for size in (10, 100, 1_000, 10_000, 50_000):
        session = Session()
        for line in SETUP.splitlines():
            session.run(line)
        for number in range(size):
            session.run(f"$name{number} = print {number}")

        def run(session: Session = session) -> None:
            for _ in range(2_000):
                session.run('write $demo $base "x"')

        cases[str(size)] = run
    laps = bench.by_turns(cases, 3)
    bench.grows("a line, by names bound", {int(size): laps[size] / 2_000 for size in cases})
