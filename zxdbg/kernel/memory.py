"""Physical memory: how many pages there are, and how many are taken."""

from zxdbg.kernel.limits import PAGE_SHIFT

__all__ = ["PhysicalMemory"]


class PhysicalMemory:
    """A bounded stock of pages. What is committed counts here, what is mapped does not."""

    __slots__ = ("pages", "used")

    def __init__(self, size: int) -> None:
        self.pages = size >> PAGE_SHIFT
        self.used = 0

    @property
    def free(self) -> int:
        """Pages that are left."""
        return self.pages - self.used

    def take(self, count: int) -> bool:
        """Take pages, all or none; False when there are not enough."""
        if self.used + count > self.pages:
            return False
        self.used += count
        return True

    def give(self, count: int) -> None:
        """Give pages back."""
        self.used -= count
