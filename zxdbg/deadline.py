"""A time after which a run of lines ends.

Where the host has a timer that interrupts, it ends in the midst of a command; elsewhere
between two. Every single command is bounded in itself.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from threading import Timer
    from types import FrameType, TracebackType

__all__ = ["Deadline"]


class _RangError(BaseException):
    """Leaves a run; no command takes it for a mistake or a bug."""


class Deadline:
    """Ends the run in its block when the time is up.

    Args:
        seconds: How long it may take; None is for ever.
        stop: Asks the run to end before its next command.

    Attributes:
        rang: Whether the time was up.
    """

    def __init__(self, seconds: float | None, stop: Callable[[], None]) -> None:
        self.seconds = seconds
        self.rang = False
        self._stop = stop
        self._armed = False
        self._before: Any = None
        self._timer: Timer | None = None

    def __enter__(self) -> "Deadline":
        if self.seconds is None:
            return self
        import signal
        import threading

        self._armed = True
        main = threading.current_thread() is threading.main_thread()
        if main and hasattr(signal, "setitimer"):
            self._before = signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
        else:
            self._timer = threading.Timer(self.seconds, self._ask)
            self._timer.daemon = True
            self._timer.start()
        return self

    def _ask(self) -> None:
        self.rang = True
        self._stop()

    def _ring(self, signum: int, frame: "FrameType | None") -> None:
        if self._armed:
            self._armed = False
            self._ask()
            raise _RangError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> bool:
        self._armed = False
        if self._timer is not None:
            self._timer.cancel()
        elif self.seconds is not None:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
        return kind is _RangError
