"""The door: which modules a way of running loads, and that it leaves the collector on."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = "process create demo; vmo create 4K; maps $demo; read $demo 0 4 => ZX_ERR_NO_MEMORY"
HEAVY = {"rich", "prompt_toolkit", "pygments", "asyncio"}


def loaded(*arguments: str) -> set[str]:
    """Run the program on some lines; return the top names of the modules it has at the end."""
    code = (
        "import sys\nfrom zxdbg.__main__ import main\nstatus = main(sys.argv[1:])\n"
        "assert status == 0\nsys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "-c", LINES],
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=60,
        check=True,
    )
    return {name.split(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_lines_without_drawing_load_nothing_that_draws_or_asks(option: str) -> None:
    assert not loaded(option) & HEAVY


@pytest.mark.parametrize("color", ["always", "never"])
def test_lines_that_are_drawn_load_no_prompt(color: str) -> None:
    assert not loaded("--color", color) & (HEAVY - {"rich"})


def test_lines_without_colour_load_no_rich() -> None:
    assert "rich" not in loaded("--color", "never")


def test_garbage_is_collected_once_the_program_is_loaded() -> None:
    code = (
        "import gc\nfrom zxdbg.__main__ import main\nmain(['--quiet', '-c', 'print 1'])\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 1000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "True True\n"
