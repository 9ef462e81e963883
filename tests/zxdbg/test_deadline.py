import signal
import threading

import pytest

from zxdbg.deadline import Deadline


def never() -> None:
    raise AssertionError("nobody asked for it")


def test_without_a_time_nothing_happens() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with Deadline(None, never) as deadline:
        assert signal.getsignal(signal.SIGALRM) is before
    assert not deadline.rang


def test_a_run_that_is_quick_enough_does_not_notice() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with Deadline(1000, never) as deadline:
        pass
    assert not deadline.rang
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_run_that_is_too_long_ends_in_the_midst_of_what_it_does() -> None:
    asked: list[bool] = []
    with Deadline(0.01, lambda: asked.append(True)) as deadline:
        while True:
            pass
    assert deadline.rang
    assert asked == [True]


def test_an_error_in_the_run_goes_its_way() -> None:
    with pytest.raises(ValueError, match="mine"), Deadline(1000, never):
        raise ValueError("mine")


def test_in_another_thread_the_run_is_asked_to_end() -> None:
    asked = threading.Event()
    rang: list[bool] = []

    def run() -> None:
        with Deadline(0.01, asked.set) as deadline:
            asked.wait(60)
        rang.append(deadline.rang)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert rang == [True]
