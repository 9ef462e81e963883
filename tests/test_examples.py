"""Every example runs, and answers as its expectations say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.zx"))


def zxdbg(*args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "zxdbg", *args],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_exits_0_and_says_nothing_of_failures(path: Path) -> None:
    ran = zxdbg(str(path.relative_to(ROOT)))
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "profile"),
    [("process_write_memory.zx", "docs"), ("process_write_memory_kernel.zx", "kernel")],
)
def test_the_page_holds_in_each_profile(name: str, profile: str) -> None:
    ran = zxdbg("--quiet", "--profile", profile, f"examples/{name}")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_each_profile_needs_its_own_expectations() -> None:
    text = (ROOT / "examples" / "process_write_memory.zx").read_text()
    ran = subprocess.run(
        [sys.executable, "-m", "zxdbg", "--quiet", "--keep-going", "--profile", "kernel", "-"],
        cwd=ROOT,
        input=text.replace("\nprofile docs\n", "\n"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "came ZX_ERR_OUT_OF_RANGE" in ran.stderr


@pytest.mark.parametrize(
    "status",
    [
        "ZX_OK",
        "ZX_ERR_ACCESS_DENIED",
        "ZX_ERR_BAD_HANDLE",
        "ZX_ERR_BAD_STATE",
        "ZX_ERR_INVALID_ARGS",
        "ZX_ERR_NO_MEMORY",
        "ZX_ERR_WRONG_TYPE",
    ],
)
def test_the_page_example_shows_each_status_of_the_page(status: str) -> None:
    lines = (ROOT / "examples" / "process_write_memory.zx").read_text().splitlines()
    assert any(line.startswith("write ") and f"=> {status}" in line for line in lines)


def test_the_examples_and_the_readme_are_tests_of_pytest_too() -> None:
    options = ("-p", "zxdbg.pytest_plugin", "-p", "no:cacheprovider", "--zx-markdown", "-rA")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "examples", "README.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    passed = {line for line in ran.stdout.splitlines() if line.startswith("PASSED")}
    assert {f"PASSED examples/{path.name}::{path.stem}" for path in EXAMPLES} <= passed
    assert "PASSED README.md::A first session" in passed
    assert "PASSED examples/partial_writes.md::Where a write stops" in passed


def test_the_examples_show_every_rule_of_the_memory_syscalls_in_each_profile() -> None:
    names = [f"examples/{path.name}" for path in EXAMPLES]
    ran = zxdbg("--json", "--coverage", *names)
    coverage = json.loads(ran.stdout.splitlines()[-1])["coverage"]
    assert [each["profile"] for each in coverage] == ["docs", "kernel"]
    for each in coverage:
        rows = {row["syscall"]: row for row in each["syscalls"]}
        for name in ("zx_process_write_memory", "zx_process_read_memory"):
            assert rows[name]["missing"] == []
            assert len(rows[name]["seen"]) >= 11
