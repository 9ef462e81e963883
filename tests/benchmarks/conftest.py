"""The ways to measure, and the one table that a run of the benchmarks ends with.

`pytest tests/benchmarks -s` measures the program beside its peers, by turns, in one run. Each
row says what was reached and what is asked for; nothing here fails because it is slow.
"""

import gc
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
HEAD = ("what", "zxdbg", "peer", "ratio", "asked for", "")


class Laps:
    """Seconds that the cases took, by their names; ratios are taken inside a round."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}

    def __getitem__(self, name: str) -> float:
        return median(self.times[name])

    def __contains__(self, name: str) -> bool:
        return name in self.times

    def ratio(self, name: str, base: str) -> float:
        """Say how many times as long as another case one takes."""
        pairs = zip(self.times[name], self.times[base], strict=True)
        return median(ours / theirs for ours, theirs in pairs)


class Row(NamedTuple):
    """A line of the table; without a ratio the peer is absent."""

    what: str
    ours: str
    peer: str
    ratio: float | None
    target: str
    met: bool | None


class Bench:
    """Measures, and keeps the rows."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.growth: list[tuple[str, list[str]]] = []

    def by_turns(self, cases: Mapping[str, Callable[[], float | None]], rounds: int = 9) -> Laps:
        """Run each case once a round; one that returns a number has timed itself.

        The first round makes files and caches, and does not count.
        """
        laps = Laps()
        for turn in range(rounds + 1):
            for name, run in cases.items():
                gc.collect()
                begin = time.perf_counter()
                own = run()
                took = time.perf_counter() - begin if own is None else own
                if turn:
                    laps.times.setdefault(name, []).append(took)
        return laps

    def at_most(
        self, what: str, ours: str, peer: str, ratio: float | None, limit: float, unit: str = "x"
    ) -> None:
        """Add a row: the ratio must not be above the limit."""
        met = None if ratio is None else ratio <= limit
        self.rows.append(Row(what, ours, peer, ratio, f"<= {limit:g}{unit}", met))

    def at_least(
        self, what: str, ours: str, peer: str, ratio: float | None, limit: float, unit: str = "x"
    ) -> None:
        """Add a row: the ratio must not be below the limit."""
        met = None if ratio is None else ratio >= limit
        self.rows.append(Row(what, ours, peer, ratio, f">= {limit:g}{unit}", met))

    def states(self, what: str, ours: str, peer: str, ratio: float | None) -> None:
        """Add a row that nothing is asked of."""
        self.rows.append(Row(what, ours, peer, ratio, "", None))

    def grows(self, what: str, sizes: Mapping[int, float]) -> None:
        """Add a line of growth: microseconds for each unit of work, by how much there is."""
        cells = [f"{size:,}: {took * 1e6:.2f}" for size, took in sizes.items()]
        self.growth.append((what, cells))


def run_program(command: list[str]) -> Callable[[], None]:
    """Make a case of a whole process, from start to exit."""
    whole = environment_of_programs()

    def run() -> None:
        subprocess.run(
            command,
            env=whole,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )

    return run


def environment_of_programs() -> dict[str, str]:
    """Return the environment without what would keep Python from using its caches."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"PYTHONPATH": str(ROOT)}


_kept = Bench()


@pytest.fixture
def bench() -> Bench:
    return _kept


ProgramCase = Callable[[list[str]], Callable[[], None]]


@pytest.fixture
def environment() -> dict[str, str]:
    return environment_of_programs()


@pytest.fixture
def program() -> ProgramCase:
    """Make a case of a whole process: `program(command)`."""
    return run_program


@pytest.fixture
def zxdbg(tmp_path: Path) -> list[str]:
    """Return the command that starts zxdbg, as its installed script does."""
    script = tmp_path / "zxdbg_script.py"
    script.write_text("import sys\nfrom zxdbg.__main__ import main\nsys.exit(main())\n")
    return [sys.executable, str(script)]


@pytest.fixture
def unicorn() -> Any:
    """Return the emulator's module, or None where it is not installed."""
    try:
        import unicorn as found  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    return found


def machine() -> str:
    """Name the machine and what runs on it."""
    name = platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    when = time.strftime("%Y-%m-%d")
    return f"{when}, {name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _lines() -> Iterator[str]:
    yield machine()
    yield ""
    table = [HEAD]
    for row in _kept.rows:
        told = "absent" if row.ratio is None else f"{row.ratio:.2f}"
        met = "" if row.met is None else "met" if row.met else "MISSED"
        table.append((row.what, row.ours, row.peer, told, row.target, met))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield "  ".join(padded).rstrip()
    if _kept.growth:
        yield ""
        yield "As work grows: microseconds for each, by how much there is"
        for what, each in _kept.growth:
            yield f"  {what:<34}  {'   '.join(each)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    terminalreporter.section("benchmarks")
    for line in _lines():
        terminalreporter.write_line(line)
