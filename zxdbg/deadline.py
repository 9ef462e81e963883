"""A time after which a run of lines ends.

Where the host has a timer that interrupts, it ends in the midst of a command; elsewhere
between two. Every single command is bounded in itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["held", "is_bounded", "run_within"]


class _RangError(BaseException):
    """Leaves a run; no command takes it for a mistake or a bug."""


class _Alarm:
    """Rings once at most, and only while it is armed."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self.armed = True
        self.held = False
        self.rang = False
        self._stop = stop

    def ask(self) -> None:
        """Ask the run to end before its next command."""
        self.rang = True
        self._stop()

    def ring(self, signum: int = 0, frame: "FrameType | None" = None) -> None:
        """End the run at once, or as soon as nothing holds the alarm."""
        if not self.armed:
            return
        if not self.rang:
            self.ask()
        if not self.held:
            self.armed = False
            raise _RangError


_alarm: _Alarm | None = None
"""The one that can end what runs now."""


def is_bounded() -> bool:
    """Whether what runs now can end in its midst."""
    return _alarm is not None


@contextmanager
def held() -> Iterator[None]:
    """Do something whole; the time that was up meanwhile ends the run right after it."""
    alarm = _alarm
    if alarm is None:
        yield
        return
    alarm.held = True
    try:
        yield
    finally:
        alarm.held = False
    if alarm.rang:
        alarm.ring()


def run_within(seconds: float | None, stop: Callable[[], None], run: Callable[[], object]) -> bool:
    """Run something that ends when the time is up; return whether it was.

    Args:
        seconds: How long it may take; None is for ever.
        stop: Asks the run to end before its next command.
        run: The run.
    """
    if seconds is None:
        run()
        return False
    import signal
    import threading

    alarm = _Alarm(stop)
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        before = signal.signal(signal.SIGALRM, alarm.ring)
        # It can ring anywhere, also in what disarms it: so the outer block takes it.
        try:
            try:
                _bound(alarm)
                signal.setitimer(signal.ITIMER_REAL, seconds)
                run()
            finally:
                alarm.armed = False
        except _RangError:
            pass
        finally:
            _bound(None)
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        return alarm.rang
    timer = threading.Timer(seconds, alarm.ask)
    timer.daemon = True
    timer.start()
    try:
        run()
    finally:
        timer.cancel()
    return alarm.rang


def _bound(alarm: _Alarm | None) -> None:
    global _alarm
    _alarm = alarm
