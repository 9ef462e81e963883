import signal
import threading

import pytest

from zxdbg.deadline import held, is_bounded, run_within


def never() -> None:
    raise AssertionError("nobody asked for it")


def for_ever() -> None:
    while True:
        pass


def test_without_a_time_nothing_happens() -> None:
    before = signal.getsignal(signal.SIGALRM)
    seen: list[object] = []
    assert not run_within(None, never, lambda: seen.append(signal.getsignal(signal.SIGALRM)))
    assert seen == [before]


def test_a_run_that_is_quick_enough_does_not_notice() -> None:
    before = signal.getsignal(signal.SIGALRM)
    bounded: list[bool] = []
    assert not run_within(1000, never, lambda: bounded.append(is_bounded()))
    assert bounded == [True]
    assert not is_bounded()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_run_that_is_too_long_ends_in_the_midst_of_what_it_does() -> None:
    asked: list[bool] = []
    assert run_within(0.01, lambda: asked.append(True), for_ever)
    assert asked == [True]


@pytest.mark.parametrize("seconds", [1e-300, 1e-9, 1e-6, 1e-5])
def test_a_time_that_is_up_at_once_ends_the_run(seconds: float) -> None:
    assert run_within(seconds, lambda: None, for_ever)


def test_the_time_may_be_up_at_any_moment_of_beginning_and_ending() -> None:
    before = signal.getsignal(signal.SIGALRM)
    rang = {run_within(step * 1e-7, lambda: None, lambda: None) for step in range(1, 3000)}
    assert rang == {True, False}
    assert signal.getsignal(signal.SIGALRM) is before
    assert not is_bounded()


def test_what_is_held_is_done_whole_and_then_the_run_ends() -> None:
    rang = threading.Event()
    done: list[str] = []

    def run() -> None:
        with held():
            while not rang.is_set():
                pass
            done.append("held")
        done.append("more")

    assert run_within(0.01, rang.set, run)
    assert done == ["held"]


def test_without_a_time_nothing_is_held() -> None:
    with held():
        assert not is_bounded()


def test_an_error_in_the_run_goes_its_way() -> None:
    def fail() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        run_within(1000, never, fail)
    assert not is_bounded()


def test_in_another_thread_the_run_is_asked_to_end() -> None:
    asked = threading.Event()
    rang: list[bool] = []

    def run() -> None:
        rang.append(run_within(0.01, asked.set, lambda: asked.wait(60)))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert rang == [True]
