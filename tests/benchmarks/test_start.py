"""Start to prompt in a pseudo-terminal, beside ptpython, by turns."""

import os
import shutil
import sys
import time
from pathlib import Path
from statistics import median

import pexpect

ROOT = Path(__file__).parents[2]
ROUNDS = 15


def start(command: list[str], prompt: str, state: Path) -> float:
    """Start a program, answer its questions, and time until its prompt shows."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = kept | {
        "PYTHONPATH": str(ROOT),
        "XDG_STATE_HOME": str(state),
        "XDG_CONFIG_HOME": str(state),
        "HOME": str(state),
        "TERM": "xterm-256color",
    }
    begin = time.perf_counter()
    child: pexpect.spawn[bytes] = pexpect.spawn(
        command[0], command[1:], env=environment, dimensions=(40, 120), timeout=20, cwd=str(ROOT)
    )
    child.delaybeforesend = None
    try:
        while True:
            if child.expect_exact([b"\x1b[6n", prompt.encode()]) == 1:
                return time.perf_counter() - begin
            child.send("\x1b[1;1R")
    finally:
        child.close(force=True)


def test_start_to_prompt(tmp_path: Path) -> None:
    programs = {"zxdbg": ([sys.executable, "-m", "zxdbg"], "zxdbg 1>")}
    peer = shutil.which("ptpython", path=str(Path(sys.executable).parent)) or shutil.which(
        "ptpython"
    )
    if peer is None:
        print("\nptpython is not installed; zxdbg alone")
    else:
        programs["ptpython"] = ([peer], ">>>")
    times: dict[str, list[float]] = {label: [] for label in programs}
    for turn in range(ROUNDS + 1):
        for label, (command, prompt) in programs.items():
            took = start(command, prompt, tmp_path)
            if turn:  # the first one makes files and caches
                times[label].append(took)
    print("\nstart to prompt, medians")
    for label, laps in times.items():
        print(f"  {label:<10} {median(laps) * 1000:6.1f} ms")
    if peer is not None:
        ratios = [a / b for a, b in zip(*times.values(), strict=True)]
        print(f"  zxdbg / ptpython   {median(ratios):4.2f}x")
