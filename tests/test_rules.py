"""Every declared rule decides somewhere: the measure of completeness.

This test runs the tables of the syscall tests and the example files itself, under each
profile, and notes which rule decided each call. A rule that is declared unreachable is the
only exemption, and it must not decide.
"""

import importlib.util
import sys
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from zxdbg import Session
from zxdbg.report import QuietReport
from zxdbg.script import Runner
from zxdbg.syscalls import SYSCALLS, Profile, Rule
from zxdbg.syscalls.call import Outcome

ROOT = Path(__file__).parent.parent
TABLES = ("REFUSALS", "DIFFERENT", "FINE")
LINES = (
    "vmo create 8K --name v; $m = map $self.vmar $v; write $self $m fill:1:8K",
    "vmo create 8K --name v; $m = map $self.vmar $v; "
    "zx_process_read_memory $self $m 1 --actual null",
    'process create p; $t = zx_thread_create $p "t" 1 0; '
    "$h = handle duplicate $p.vmar --rights ZX_RIGHT_DUPLICATE; "
    "zx_process_start $p $t 0 0 $h 0",
)


def load(path: Path) -> ModuleType:
    """Import a test module by its path, since tests are no package."""
    name = f"rules_of_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def run_tables(profile: Profile) -> int:
    """Make every call of the tables, each in a world of its own; say how many there were."""
    folder = ROOT / "tests" / "zxdbg" / "syscalls"
    world_of: Any = load(folder / "conftest.py").World
    count = 0
    for path in sorted(folder.glob("test_*.py")):
        module = load(path)
        for table in TABLES:
            for row in getattr(module, table, ()):
                row[1](world_of(profile))
                count += 1
        if path.stem == "test_process_memory":
            count += run_memory_rows(module, profile)
    return count


def run_memory_rows(module: ModuleType, profile: Profile) -> int:
    """Make the calls of the truth table of the two memory syscalls."""
    for row in module.TABLE:
        session = module.stage(profile.value, row.setup)
        session.run(f"read {row.handle} {row.vaddr} {row.length}")
        session.run(f"write {row.handle} {row.vaddr} fill:0x5a:{row.length}")
    return 2 * len(module.TABLE)


def run_lines(profile: Profile) -> int:
    """Run the lines that need a machine of their own, or several calls."""
    for line in LINES:
        Session(profile=profile.value, memory=4096).run(line)
    return len(LINES)


def run_examples(profile: Profile) -> int:
    """Run the example files; a line that names another profile is left to have its way."""
    paths = sorted((ROOT / "examples").glob("*.zx"))
    for path in paths:
        runner = Runner(Session(profile=profile.value), QuietReport(StringIO()), keep_going=True)
        runner.run_file(path.name, path.read_bytes(), str(path.parent))
    return len(paths)


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> dict[Profile, set[Rule]]:
    """Collect the deciding rules of all calls, by profile."""
    found: dict[Profile, set[Rule]] = {profile: set() for profile in Profile}
    make = Outcome.__init__

    def noting(outcome: Outcome, *args: Any) -> None:
        make(outcome, *args)
        if outcome.decided is not None:
            found[outcome.profile].add(outcome.decided)

    monkeypatch.setattr(Outcome, "__init__", noting)
    return found


def test_every_rule_decides_somewhere_in_each_profile_that_has_it(
    decided: dict[Profile, set[Rule]], capsys: pytest.CaptureFixture[str]
) -> None:
    calls = sum(
        run_tables(profile) + run_lines(profile) + run_examples(profile) for profile in Profile
    )
    originals = [syscall for syscall in SYSCALLS.values() if syscall.alias_of is None]
    lines, missing, wrong = [], [], []
    for profile in Profile:
        rules = [rule for syscall in originals for rule in syscall.rules_in(profile)]
        exempt = [rule for rule in rules if rule.unreachable]
        missing += [
            f"{profile.value}: {rule.id}"
            for rule in rules
            if not rule.unreachable and rule not in decided[profile]
        ]
        wrong += [f"{profile.value}: {rule.id}" for rule in exempt if rule in decided[profile]]
        reached = len(rules) - len(exempt)
        lines.append(
            f"{profile.value}: {reached} rules of {len(originals)} syscalls decide, "
            f"{len(exempt)} are declared unreachable"
        )
    with capsys.disabled():
        print(f"\n{calls} tables' rows and files; " + "; ".join(lines))
    assert not missing, "\n".join(missing)
    assert not wrong, "\n".join(wrong)
