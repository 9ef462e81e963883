"""The door: which modules a way of running loads, and that it leaves the collector on."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = "process create demo; vmo create 4K; maps $demo; read $demo 0 4 => ZX_ERR_NO_MEMORY"
HEAVY = {"rich", "prompt_toolkit", "pygments", "asyncio"}
SLOW = {"argparse", "dataclasses", "gettext", "inspect", "locale", "pathlib", "tempfile", "weakref"}
UNUSED = {"changes", "elsewhere", "failure", "lang.expect", "lang.output", "lang.write", "prompts"}
"""Modules of the program that good lines without expectations do without."""


def modules(lines: str, *arguments: str) -> set[str]:
    """Run the program on some lines; return the names of the modules it has loaded."""
    code = (
        "import sys\nbefore = set(sys.modules)\n"
        "from zxdbg.__main__ import main\nstatus = main(sys.argv[1:])\n"
        "assert status == 0\nsys.stderr.write(' '.join(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "-c", lines],
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stderr.split())


def loaded(*arguments: str) -> set[str]:
    """Return the top names of the modules that lines of every kind load."""
    return {name.split(".")[0] for name in modules(LINES, *arguments)}


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_lines_without_drawing_load_nothing_that_draws_or_asks(option: str) -> None:
    assert not loaded(option) & HEAVY


@pytest.mark.parametrize("color", ["always", "never"])
def test_lines_that_are_drawn_load_no_prompt(color: str) -> None:
    assert not loaded("--color", color) & (HEAVY - {"rich"})


def test_lines_without_colour_load_no_rich() -> None:
    assert "rich" not in loaded("--color", "never")


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_plain_lines_load_neither_what_reads_options_nor_what_tells_failures(option: str) -> None:
    names = modules("process create demo; vmo create 4K", option)
    assert "zxdbg.session" in names
    assert not names & (SLOW | {f"zxdbg.{name}" for name in UNUSED})


def test_an_option_that_is_not_plain_is_worth_argparse() -> None:
    assert "argparse" in modules("print 1", "--quiet", "--no-config")


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
