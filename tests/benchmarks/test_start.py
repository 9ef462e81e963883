"""Start-up: a short script beside gdb, the prompt beside a bare prompt_toolkit session."""

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Bench, ProgramCase

LINES = "process create demo\nvmo create 16K --name heap\n"
BARE = "from prompt_toolkit import PromptSession as P; P('bare> ').prompt()"


def test_a_short_script(
    bench: "Bench", program: "ProgramCase", zxdbg: list[str], tmp_path: Path
) -> None:
    script = tmp_path / "two.zx"
    script.write_text(LINES)
    ways = {
        "rich output": ["--color", "always"],
        "plain output": [],
        "--json": ["--json"],
        "--quiet": ["--quiet"],
    }
    cases = {way: program([*zxdbg, *options, str(script)]) for way, options in ways.items()}
    cases["python"] = program([sys.executable, "-c", "pass"])
    gdb = shutil.which("gdb")
    if gdb is not None:
        cases["gdb"] = program([gdb, "-nx", "-batch", "-ex", "print 1", "-ex", "print 2"])
    laps = bench.by_turns(cases, 15)
    floor = laps["python"]
    for way in ways:
        ratio = None if gdb is None else laps.ratio(way, "gdb")
        peer = "gdb" if gdb is None else f"gdb -batch {laps['gdb'] * 1e3:.1f} ms"
        ours = f"{laps[way] * 1e3:.1f} ms (python {floor * 1e3:.1f})"
        bench.at_most(f"two lines, {way}", ours, peer, ratio, 1.5 if "output" in way else 1.0)


def start(command: list[str], prompt: str, environment: dict[str, str]) -> float:
    """Start a program, answer its questions, and time until its prompt shows."""
    begin = time.perf_counter()
    child: pexpect.spawn[bytes] = pexpect.spawn(
        command[0], command[1:], env=environment, dimensions=(40, 120), timeout=20
    )
    child.delaybeforesend = None
    try:
        while True:
            if child.expect_exact([b"\x1b[6n", prompt.encode()]) == 1:
                return time.perf_counter() - begin
            child.send("\x1b[1;1R")
    finally:
        child.close(force=True)


def test_start_to_prompt(
    bench: "Bench", environment: dict[str, str], zxdbg: list[str], tmp_path: Path
) -> None:
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME"):
        environment[name] = str(tmp_path)
    environment["TERM"] = "xterm-256color"
    bare = [sys.executable, "-c", BARE]
    cases = {
        "zxdbg": lambda: start(zxdbg, "zxdbg 1>", environment),
        "bare": lambda: start(bare, "bare>", environment),
    }
    peer = Path(sys.executable).with_name("ptpython")
    ptpython = str(peer) if peer.exists() else shutil.which("ptpython")
    if ptpython is not None:
        cases["ptpython"] = lambda: start([ptpython], ">>>", environment)
    laps = bench.by_turns(cases, 11)
    ours = f"{laps['zxdbg'] * 1e3:.0f} ms"
    what, peer_words = "start to first prompt", f"prompt_toolkit {laps['bare'] * 1e3:.0f} ms"
    bench.at_most(what, ours, peer_words, laps.ratio("zxdbg", "bare"), 1.4)
    if ptpython is None:
        bench.at_most(what, ours, "ptpython", None, 1.0)
    else:
        theirs = f"ptpython {laps['ptpython'] * 1e3:.0f} ms"
        bench.at_most(what, ours, theirs, laps.ratio("zxdbg", "ptpython"), 1.0)
