"""Completion, as prompt_toolkit asks for it."""

from collections.abc import Callable, Iterable
from os.path import commonprefix

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from zxdbg.lang.complete import complete
from zxdbg.lang.look import Looker
from zxdbg.shell.guard import Guard

__all__ = ["LineCompleter"]

_OPEN = "=:@/|"
"""A blank does not follow a candidate that ends in one of these."""


class LineCompleter(Completer):
    """Offers what the language says can come next.

    Args:
        looker: What reads the text.
        guard: What keeps the prompt whole.
        shown: Makes a description fit for the screen.
    """

    def __init__(self, looker: Looker, guard: Guard, shown: Callable[[str], str] = str) -> None:
        self._looker = looker
        self._guard = guard
        self._shown = shown

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield the candidates at the cursor.

        Tab goes on as far as all that begin as typed agree, before it offers the others.
        """
        before = document.text_before_cursor
        asked = complete_event.completion_requested
        candidates = self._guard.call(complete, [], self._looker, before)
        begin = [each for each in candidates if each.is_prefix]
        common = commonprefix([each.text for each in begin])  # noqa: RUF071 - of words, no paths
        if asked and begin and len(common) > len(before) - begin[0].start:
            candidates = begin
        elif not asked and all(each.text == before[each.start :] for each in candidates):
            return
        only = len(candidates) == 1
        for found in candidates:
            blank = " " if only and found.text[-1] not in _OPEN else ""
            start = found.start - len(before)
            word, about = self._shown(found.text), self._shown(found.about)
            yield _Plain(found.text + blank, start, word, about)


class _Plain(Completion):
    """A completion without styles: the menu measures all of them again in each frame."""

    def __init__(self, text: str, start_position: int, word: str, about: str) -> None:
        super().__init__(text, start_position, word, about)
        self._word = word
        self._about = about

    @property
    def display_text(self) -> str:
        """What the menu shows."""
        return self._word

    @property
    def display_meta_text(self) -> str:
        """What it is, beside it."""
        return self._about
