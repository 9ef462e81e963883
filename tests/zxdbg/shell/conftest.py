"""The real program in a pseudo-terminal, seen as a user sees it: rows of a screen."""

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 90.0
"""Seconds after which a screen that does not come is a failure."""


class Terminal(pyte.Screen):
    """A terminal that answers when it is asked where its cursor is."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.answers: list[str] = []

    def write_process_input(self, data: str) -> None:
        self.answers.append(data)

    def report_device_status(self, mode: int, **_: Any) -> None:
        if mode == 6:
            self.write_process_input(f"\x1b[{self.cursor.y + 1};{self.cursor.x + 1}R")


class Shell:
    """A zxdbg that runs in a pseudo-terminal.

    Args:
        arguments: Options of the program.
        state: Folder for `XDG_STATE_HOME`; beside it lies `config`, for `XDG_CONFIG_HOME`.
        columns: Width of the terminal.
        rows: Its height.
        pager: What is found in `PAGER`; one that shows all at once unless a test wants another.
    """

    def __init__(
        self,
        *arguments: str,
        state: Path,
        columns: int = 100,
        rows: int = 50,
        pager: str = "cat",
    ) -> None:
        self._screen = Terminal(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
        }
        environment |= {
            "PAGER": pager,
            "XDG_STATE_HOME": str(state),
            "XDG_CONFIG_HOME": str(state.with_name("config")),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "TERM": "xterm-256color",
        }
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-m", "zxdbg", *arguments],
            cwd=str(ROOT),
            env=environment,
            dimensions=(rows, columns),
            timeout=PATIENCE,
        )
        self._child.delaybeforesend = None

    @property
    def rows(self) -> list[str]:
        """What the screen shows, without blanks at the ends, down to the last row in use."""
        rows: list[str] = [row.rstrip() for row in self._screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def row(self) -> str:
        """The row with the cursor, up to the cursor."""
        shown: str = self._screen.display[self._screen.cursor.y]
        return shown[: self._screen.cursor.x]

    def is_underlined(self, text: str) -> bool:
        """Whether a part of the row with the cursor is underlined."""
        y = self._screen.cursor.y
        at = self._screen.display[y].index(text)
        return all(self._screen.buffer[y][x].underscore for x in range(at, at + len(text)))

    def style_of(self, text: str) -> str:
        """Return the colour of the last place where a text is shown."""
        return str(self.look_of(text).fg)

    def look_of(self, text: str) -> pyte.screens.Char:
        """Return the first cell of the last place where a text is shown, with its attributes."""
        for y in range(self._screen.lines - 1, -1, -1):
            at = self._screen.display[y].find(text)
            if at >= 0:
                return self._screen.buffer[y][at]
        raise AssertionError(f"{text!r} is not shown in {self.rows}")

    def columns_of(self, text: str) -> list[int]:
        """Return the columns at which cells begin to show a text, row by row from the top."""
        found = []
        for y in range(self._screen.lines):
            cells = [self._screen.buffer[y][x].data for x in range(self._screen.columns)]
            for x in range(len(cells)):
                if "".join(cells[x : x + len(text)]) == text:
                    found.append(x)
        return found

    def send(self, text: str) -> None:
        """Press keys."""
        self._child.send(text)

    def interrupt(self) -> None:
        """Interrupt the program from outside."""
        self._child.kill(signal.SIGINT)

    def wait(self, seen: Callable[[], object]) -> None:
        """Read what the program writes until a whole frame is as it should be.

        While the prompt is painted its cursor is hidden, and a read can end anywhere in it.
        """
        end = time.monotonic() + PATIENCE
        while self._screen.cursor.hidden or not seen():
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"it never came; the screen: {self.rows}")
            try:
                self._stream.feed(self._child.read_nonblocking(1 << 16, timeout=left))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                if seen():
                    return
                raise AssertionError(f"the program ended; the screen: {self.rows}") from None
            for answer in self._screen.answers:
                self._child.send(answer)
            self._screen.answers.clear()

    def wait_for(self, text: str) -> None:
        """Read until a text is on the screen."""
        self.wait(lambda: any(text in row for row in self.rows))

    def wait_for_prompt(self, number: int) -> None:
        """Read until the cursor stands behind a prompt with that number."""
        self.wait(lambda: self.row.endswith(f"zxdbg {number}> "))

    def number(self) -> int:
        """Return the number in the prompt that is shown last."""
        found = re.findall(r"^zxdbg (\d+)> ", "\n".join(row + " " for row in self.rows), re.M)
        return int(found[-1])

    def run(self, line: str) -> list[str]:
        """Type a line, and return the rows of the answer."""
        number = self.number()
        self.send(f"{line}\r")
        self.wait_for_prompt(number + 1)
        rows = self.rows
        first = max(at for at, row in enumerate(rows) if row.startswith(f"zxdbg {number}> "))
        return [row for row in rows[first + 1 : -1] if row]

    def leave(self) -> int | None:
        """Read until the program has ended; return its exit status."""
        self._child.expect(pexpect.EOF)
        self._child.close()
        return self._child.exitstatus

    def close(self) -> None:
        """End the program, if it still runs."""
        self._child.close(force=True)


@pytest.fixture
def open_shell(tmp_path: Path) -> Iterator[Callable[..., Shell]]:
    """Return a function that starts a shell, and waits for its first prompt, if it has one."""
    shells: list[Shell] = []

    def start(
        *arguments: str,
        columns: int = 100,
        rows: int = 50,
        pager: str = "cat",
        has_prompt: bool = True,
        settings: dict[str, str] | None = None,
    ) -> Shell:
        if settings:
            path = tmp_path / "config" / "zxdbg" / "config.toml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f'{key} = "{value}"\n' for key, value in settings.items()))
        state = tmp_path / "state"
        shell = Shell(*arguments, state=state, columns=columns, rows=rows, pager=pager)
        shells.append(shell)
        if has_prompt:
            shell.wait_for_prompt(1)
        return shell

    yield start
    for shell in shells:
        shell.close()


@pytest.fixture
def shell(open_shell: Callable[..., Shell]) -> Shell:
    """Return a shell that waits at its first prompt."""
    return open_shell()
