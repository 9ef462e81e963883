"""Physical memory: a bounded stock of pages, taken all or none."""

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.memory import PhysicalMemory


@pytest.mark.parametrize(
    ("size", "pages"), [(0, 0), (4095, 0), (4096, 1), (8191, 1), (1 << 20, 256), (1 << 30, 262144)]
)
def test_only_whole_pages_of_a_size_count(size: int, pages: int) -> None:
    memory = PhysicalMemory(size)
    assert (memory.pages, memory.used, memory.free) == (pages, 0, pages)


def test_pages_that_are_taken_are_no_longer_free() -> None:
    memory = PhysicalMemory(10 * 4096)
    assert memory.take(3) is True
    assert memory.take(0) is True
    assert (memory.used, memory.free) == (3, 7)


def test_pages_are_taken_all_or_none() -> None:
    memory = PhysicalMemory(10 * 4096)
    assert memory.take(8) is True
    assert memory.take(3) is False
    assert (memory.used, memory.free) == (8, 2)
    assert memory.take(2) is True
    assert (memory.used, memory.free) == (10, 0)
    assert memory.take(1) is False


def test_pages_that_are_given_back_can_be_taken_again() -> None:
    memory = PhysicalMemory(2 * 4096)
    memory.take(2)
    memory.give(1)
    assert (memory.used, memory.free) == (1, 1)
    assert memory.take(1) is True
    assert memory.free == 0


def test_a_kernel_has_a_gibibyte_of_which_nothing_is_used_at_first() -> None:
    kernel = Kernel()
    assert (kernel.memory.pages, kernel.memory.used) == (262144, 0)
    assert Kernel(memory=3 * 4096 + 5).memory.pages == 3
