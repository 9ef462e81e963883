"""The layout of the prompt, whose parts are made with it and never change.

prompt_toolkit asks for all of them several times for each key, and would walk through the
whole tree each time.
"""

from collections.abc import Generator, Iterable
from functools import cached_property

from prompt_toolkit.layout import Layout, UIControl, Window

__all__ = ["StillLayout"]


class StillLayout(Layout):
    """A layout that finds its windows once; a part that shows in two places counts once."""

    @cached_property
    def _windows(self) -> tuple[Window, ...]:
        return tuple(dict.fromkeys(super().find_all_windows()))

    @cached_property
    def _controls(self) -> tuple[UIControl, ...]:
        return tuple(window.content for window in self._windows)

    def find_all_windows(self) -> Generator[Window, None, None]:
        """Yield the windows."""
        yield from self._windows

    def find_all_controls(self) -> Iterable[UIControl]:
        """Return what is in the windows."""
        return self._controls
