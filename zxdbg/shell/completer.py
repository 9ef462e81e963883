"""Completion, as prompt_toolkit asks for it."""

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from zxdbg.lang.complete import complete
from zxdbg.session import Session

__all__ = ["LineCompleter"]


class LineCompleter(Completer):
    """Offers what the language says can come next."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield the candidates at the cursor."""
        before = document.text_before_cursor
        candidates = complete(self._session.state, self._session.registry, before)
        for found in candidates:
            whole = len(candidates) == 1 and found.text[-1] not in "=:@/"
            yield Completion(
                found.text + (" " if whole else ""),
                start_position=found.start - len(before),
                display=found.text,
                display_meta=found.about,
            )
