"""Key to frame with 10,000 names: the whole prompt beside prompts without help.

A frame is whole: from the key to the last frame that it brings, menu and hint included. The
peers are the same prompt with all help off, a bare `PromptSession`, and one that shows the
very same menu and hint, made before: what it takes is prompt_toolkit's own.
"""

import asyncio
import time
from io import StringIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.layout import BufferControl
from prompt_toolkit.lexers import SimpleLexer
from prompt_toolkit.output.vt100 import Vt100_Output

from zxdbg import Session
from zxdbg.lang.hint import hint
from zxdbg.lang.look import Looker
from zxdbg.render.screen import Screen
from zxdbg.shell.completer import LineCompleter
from zxdbg.shell.guard import Guard
from zxdbg.shell.history import open_history
from zxdbg.shell.prompt import Prompt

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from tests.benchmarks.conftest import Bench

NAMES = 10_000
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
ROUNDS = 12
CASES = ("bare", "prepared", "no help", "all")
REST = 0.02
SIZE = Size(rows=40, columns=120)
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


class Prepared(Completer):
    """Knows what to answer for each text that is typed: what the whole prompt does."""

    def __init__(self, session: Session) -> None:
        looker = Looker(session.state, session.registry)
        usual = LineCompleter(looker, Guard())
        how = CompleteEvent(text_inserted=True)
        self.menus: dict[str, list[Completion]] = {}
        self.hints: dict[str, StyleAndTextTuples] = {"": []}
        for line in LINES:
            for end in range(1, len(line) + 1):
                text = line[:end]
                self.menus[text] = list(usual.get_completions(Document(text), how))
                found = hint(looker, text, end, SIZE.columns - 1)
                self.hints[text] = [(f"class:{role}", words) for role, words in found]

    def get_completions(self, document: Document, event: CompleteEvent) -> list[Completion]:
        return self.menus.get(document.text, [])


class Typist:
    """Types in a prompt, and times from each key to the last frame that it brings."""

    def __init__(self, ptk: PromptSession[str], keys: PipeInput, prompt: Prompt | None) -> None:
        self.ptk = ptk
        self.prompt = prompt
        self.keys = keys
        self.frames: list[float] = []
        self._drawn = asyncio.Event()
        self._last = 0.0
        ptk.app.after_render += lambda _: self._note()

    def _note(self) -> None:
        self._last = time.perf_counter()
        self._drawn.set()

    async def press(self, key: str) -> None:
        """Press a key; what the program does by itself afterwards comes to rest first."""
        self._drawn.clear()
        start = time.perf_counter()
        self.keys.send_text(key)
        await self._drawn.wait()
        await asyncio.sleep(REST)
        self.frames.append(self._last - start)

    async def line(self, text: str, *, help_is_off: bool) -> None:
        """Open the prompt, type a line key by key, and leave it."""
        self._drawn.clear()
        asked = self.prompt.read_async if self.prompt else self.ptk.prompt_async
        reading = asyncio.create_task(asked("zxdbg 1> "))
        await self._drawn.wait()
        if help_is_off:
            self.ptk.bottom_toolbar = None
        await asyncio.sleep(REST)
        for key in text:
            await self.press(key)
        self.keys.send_text("\x15\r")
        await reading


def crowded() -> Session:
    """A session with names, as the shell opens it; see `crowd`."""
    session = Session()
    session.state.shorthand = True
    for line in ("process create demo", "vmo create 16K --name heap"):
        session.run(line)
    session.run("$base = map $demo.vmar $heap --at 0x10000000")
    return session


def crowd(session: Session, names: range) -> None:
    """Bind names in a session."""
    for number in names:
        session.run(f"vmo create 4K --name name{number}")


async def compare(session: Session, cases: tuple[str, ...], rounds: int) -> dict[str, float]:
    """Type the same in all prompts by turns; return the medians in seconds."""
    with create_pipe_input() as keys:
        typists = {label: open_prompt(session, keys, label) for label in cases}
        for turn in range(rounds):
            for label, typist in typists.items():
                line = typist.line(LINES[turn % len(LINES)], help_is_off=label == "no help")
                await asyncio.wait_for(line, 60)
    return {label: median(typist.frames) for label, typist in typists.items()}


def open_prompt(session: Session, keys: PipeInput, label: str) -> Typist:
    """Open the prompt of a case."""
    output = Vt100_Output(Terminal(keys), lambda: SIZE, term="xterm-256color")
    if label == "bare":
        return Typist(PromptSession(input=keys, output=output), keys, None)
    if label == "prepared":
        return Typist(open_prepared(session, keys, output), keys, None)
    prompt = Prompt(session, Screen(StringIO(), 120, color=True), source=keys, output=output)
    if label == "no help":
        prompt.ptk.completer = prompt.ptk.auto_suggest = None
        line = prompt.ptk.layout.current_control
        assert isinstance(line, BufferControl)
        line.lexer = SimpleLexer()
    return Typist(prompt.ptk, keys, prompt)


def open_prepared(session: Session, keys: PipeInput, output: Vt100_Output) -> PromptSession[str]:
    """Open a prompt of prompt_toolkit alone that shows what the whole one does."""
    answers = Prepared(session)
    ptk: PromptSession[str] = PromptSession(
        completer=answers,
        complete_while_typing=session.state.settings["complete"] == "typing",
        bottom_toolbar=lambda: answers.hints.get(ptk.default_buffer.text, []),
        input=keys,
        output=output,
    )
    return ptk


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
    crowd(session, range(NAMES))
    session.state.settings.values["complete"] = how
    times = asyncio.run(compare(session, CASES, ROUNDS))
    usual = " (the default)" if how == Session().state.settings["complete"] else ""
    what = f"key to frame, complete={how}{usual}" + f", {history:,} lines of history" * bool(
        history
    )
    peers = {
        "no help": "the same without help",
        "bare": "bare PromptSession",
        "prepared": "PromptSession that shows the same",
    }
    for label, peer in peers.items():
        ours, theirs = times["all"], times[label]
        bench.at_most(
            what, f"{ours * 1e3:.1f} ms", f"{peer} {theirs * 1e3:.1f} ms", ours / theirs, 1.5
        )


def test_key_to_frame_as_names_grow(
    bench: "Bench", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    session = crowded()
    session.state.settings.values["complete"] = "typing"
    took: dict[int, float] = {}
    done = 0
    for size in SIZES:
        crowd(session, range(done, size))
        done = size
        took[size] = asyncio.run(compare(session, ("all",), len(LINES)))["all"]
    bench.grows("key to frame, by names bound", took)
