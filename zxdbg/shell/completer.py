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
            yield Completion(
                found.text + blank,
                start_position=found.start - len(before),
                display=self._shown(found.text),
                display_meta=self._shown(found.about),
            )
