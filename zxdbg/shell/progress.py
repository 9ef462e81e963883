"""A run under watch: Ctrl-C stops it, and a long one shows how far it is.

A timer's signal draws, so nothing below has to know. It draws on a line of its own, below
all that is printed, never while something is, and clears it: nothing of it stays.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

from zxdbg.kernel.limits import PAGE_SHIFT
from zxdbg.render.facts import rough
from zxdbg.render.parts import clip_line, dim
from zxdbg.render.screen import Screen
from zxdbg.script import Runner

__all__ = ["Watch"]

_FIRST, _STEP = 0.5, 0.1
"""Seconds until progress is shown, and between two looks."""
_GRACE = 0.3
"""Seconds that a command has to finish by itself after Ctrl-C."""
_CLEAR = b"\r\x1b[2K"


class Watch:
    """Watches over a runner while it runs what was typed.

    Ctrl-C lets the runner stop behind the present command. If that goes on for long, or
    Ctrl-C comes again, it is broken off with `KeyboardInterrupt`.

    Args:
        runner: The runner.
        screen: Where progress is shown, if that is a terminal.
    """

    def __init__(self, runner: Runner, screen: Screen) -> None:
        self._runner = runner
        self._screen = screen
        self._is_deaf = True
        self._has_missed = False
        self._is_busy = False
        self._shown = b""
        self._began = self._stopped = 0.0
        self._before: list[Any] = []
        self._out = screen.stream.fileno() if screen.stream.isatty() else None

    def __enter__(self) -> None:
        self._before = [
            signal.signal(signal.SIGINT, self._stop),
            signal.signal(signal.SIGALRM, self._tick),
        ]
        self._began = monotonic()
        self._is_deaf = False
        if self._out is not None:
            self._screen.around = self._below
        signal.setitimer(signal.ITIMER_REAL, _FIRST, _STEP)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_deaf = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._clear()
        self._screen.around = None
        signal.signal(signal.SIGINT, self._before[0])
        signal.signal(signal.SIGALRM, self._before[1])

    @contextmanager
    def looks_away(self) -> Iterator[None]:
        """Leave the terminal and Ctrl-C to another program."""
        before, self._is_deaf = self._is_deaf, True
        self._has_missed = False
        self._clear()
        try:
            yield
        finally:
            self._is_deaf = before
            if self._has_missed and self._out is not None:
                os.write(self._out, b"\n")  # the terminal has written ^C

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        if self._is_deaf:
            self._has_missed = True
            return
        if self._runner.interrupted:
            self._break_off()
        self._runner.interrupt()
        self._stopped = monotonic()
        signal.setitimer(signal.ITIMER_REAL, _GRACE, _STEP)

    def _tick(self, signum: int, frame: FrameType | None) -> None:
        if self._is_deaf:
            return
        if self._runner.interrupted and monotonic() - self._stopped >= _GRACE:
            self._break_off()
        if self._out is not None and not self._is_busy:
            line = clip_line([dim(self._text())], self._screen.width - 1)
            self._shown = self._screen.compose(line).encode()
            os.write(self._out, _CLEAR + self._shown)

    def _break_off(self) -> None:
        self._is_deaf = True
        raise KeyboardInterrupt

    def _clear(self) -> None:
        if self._shown and self._out is not None:
            self._shown = b""
            os.write(self._out, _CLEAR)

    def _below(self, write: Callable[[], None]) -> None:
        """Let something be printed, and stay below it."""
        self._is_busy = True
        shown = self._shown
        try:
            self._clear()
            write()
            self._screen.stream.flush()
            if shown and self._out is not None and not self._is_deaf:
                self._shown = shown
                os.write(self._out, shown)
        finally:
            self._is_busy = False

    def _text(self) -> str:
        """Say how far the run is."""
        runner = self._runner
        parts = [f"{monotonic() - self._began:.1f} s"]
        line, lines = runner.reached()
        if lines > 1:
            parts.append(f"line {line} of {lines}")
        memory = runner.session.state.kernel.memory
        used, there = memory.used << PAGE_SHIFT, rough(memory.pages << PAGE_SHIFT)
        shown = f"{used / (1 << 30):.1f}G" if used >> 30 else f"{used >> 20}M"
        parts.append(f"{shown} of {there} committed")
        parts.append("stopping" if runner.interrupted else "Ctrl-C stops")
        return " · ".join(parts)
