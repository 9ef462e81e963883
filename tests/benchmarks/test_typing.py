"""Key to frame with 10,000 names: the whole prompt beside the same without help."""

import asyncio
import time
from io import StringIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from zxdbg import Session
from zxdbg.render.screen import Screen
from zxdbg.shell.history import open_history
from zxdbg.shell.prompt import Prompt

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Bench

NAMES = 10_000
ROUNDS = 12
CASES = ("bare", "no completion", "all")
REST = 0.02
ASKS_FOR_PLACE = "\x1b[6n"
LINES = ("vmo resize $name77", "read $demo $base 16", "write $demo $", "map $demo.vmar $na")


class Terminal(StringIO):
    """A terminal that keeps what is written, and says where its cursor is when asked.

    Without that answer the room below is unknown, and a prompt draws no line at the bottom.
    """

    encoding = "utf-8"

    def __init__(self, keys: PipeInput) -> None:
        super().__init__()
        self._keys = keys

    def write(self, text: str) -> int:
        if ASKS_FOR_PLACE in text:
            self._keys.send_text("\x1b[1;1R")
        return super().write(text)

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1


class Typist:
    """Types in a prompt, and times from each key to the frame that shows it."""

    def __init__(self, prompt: Prompt, keys: PipeInput) -> None:
        self.prompt = prompt
        self.keys = keys
        self.frames: list[float] = []
        self._drawn = asyncio.Event()
        prompt.ptk.app.after_render += lambda _: self._drawn.set()

    async def press(self, key: str) -> None:
        """Press a key; what the program does by itself afterwards comes to rest first."""
        self._drawn.clear()
        start = time.perf_counter()
        self.keys.send_text(key)
        await self._drawn.wait()
        self.frames.append(time.perf_counter() - start)
        await asyncio.sleep(REST)

    async def line(self, text: str, label: str) -> None:
        """Open the prompt, type a line key by key, and leave it."""
        self._drawn.clear()
        reading = asyncio.create_task(self.prompt.read_async("zxdbg 1> "))
        await self._drawn.wait()
        if label == "bare":
            self.prompt.ptk.bottom_toolbar = None
        await asyncio.sleep(REST)
        for key in text:
            await self.press(key)
        self.keys.send_text("\x15\r")
        await reading


def crowded() -> Session:
    """A session with 10,000 names."""
    session = Session()
    for line in ("process create demo", "vmo create 16K --name heap"):
        session.run(line)
    session.run("$base = map $demo.vmar $heap --at 0x10000000")
    for number in range(NAMES):
        session.run(f"vmo create 4K --name name{number}")
    return session


async def compare(session: Session) -> dict[str, float]:
    """Type the same in three prompts by turns; return the medians in seconds."""
    with create_pipe_input() as keys:
        typists = {label: Typist(open_prompt(session, keys, label), keys) for label in CASES}
        for turn in range(ROUNDS):
            for label, typist in typists.items():
                await asyncio.wait_for(typist.line(LINES[turn % len(LINES)], label), 60)
    return {label: median(typist.frames) for label, typist in typists.items()}


def open_prompt(session: Session, keys: PipeInput, label: str) -> Prompt:
    """Make the prompt of a case: `bare` has no help at all, `all` every one."""
    size = Size(rows=40, columns=120)
    output = Vt100_Output(Terminal(keys), lambda: size, term="xterm-256color")
    prompt = Prompt(session, Screen(StringIO(), 120, color=True), source=keys, output=output)
    if label != "all":
        prompt.ptk.completer = None
    if label == "bare":
        prompt.ptk.lexer = prompt.ptk.auto_suggest = None
    return prompt


@pytest.mark.parametrize("history", [0, 20_000])
@pytest.mark.parametrize("how", ["tab", "typing"])
def test_key_to_frame_with_many_names(
    bench: "Bench", how: str, history: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lines = open_history()
    for number in range(history):
        lines.append_string(f"vmo create {number}K")
    session = crowded()
    session.state.settings.values["complete"] = how
    times = asyncio.run(compare(session))
    what = f"key to frame, complete={how}" + f", {history:,} lines of history" * bool(history)
    ours, peer = f"{times['all'] * 1e3:.1f} ms", f"bare prompt {times['bare'] * 1e3:.1f} ms"
    bench.at_most(what, ours, peer, times["all"] / times["bare"], 1.5)
