"""Where the lines that were typed are kept, and what they suggest for the next one."""

from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

__all__ = ["HistorySuggest", "LineHistory", "open_history"]

MOST_BYTES = 1 << 20
"""What is kept of the file, from its end; it is cut when it has grown to twice as much."""
MOST_LINES = 5000
_MOST_SUGGESTED = 1000
"""Newest lines that are looked at with each key."""


class LineHistory(FileHistory):
    """A history file of bounded size; what was typed twice in a row is recalled once."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path

    def store_string(self, string: str) -> None:
        """Keep a line; where the file cannot be written any more, in memory only."""
        with suppress(OSError):
            super().store_string(string)

    def load_history_strings(self) -> Iterable[str]:
        """Yield the newest lines, newest first."""
        with self._path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - MOST_BYTES))
            raw = file.read()
        entries = list(_entries(raw.decode("utf-8", "replace"), whole=size <= MOST_BYTES))
        newest: str | None = None
        distinct = []
        for entry in reversed(entries):
            if entry != newest:
                distinct.append(entry)
            newest = entry
        yield from distinct[:MOST_LINES]


def _entries(text: str, *, whole: bool) -> Iterator[str]:
    """Yield the entries of a file: lines that begin with +, divided by others."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith("+"):
            lines.append(line[1:])
            continue
        if lines and whole:
            yield "\n".join(lines)
        # What stands before the first divider of a part of a file may be half an entry.
        whole = True
        lines.clear()


def open_history(path: Path | None = None) -> History:
    """Open the history file at the platform's place; in memory if that cannot be written."""
    path = path or user_state_path("zxdbg", appauthor=False) / "history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            return InMemoryHistory()
        with path.open("ab") as file:
            size = file.tell()
        if size > 2 * MOST_BYTES:
            _cut(path)
        return LineHistory(path)
    except OSError:
        return InMemoryHistory()


def _cut(path: Path) -> None:
    """Keep the newest part of a history file."""
    raw = path.read_bytes()[-MOST_BYTES:]
    kept = raw[raw.find(b"\n\n") + 1 :]
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(kept)
    fresh.replace(path)


class HistorySuggest(AutoSuggest):
    """Suggests the rest of the newest line that begins as what is typed.

    Args:
        mistakes: Lines that could not be run, which are not worth repeating.
    """

    def __init__(self, mistakes: Container[str]) -> None:
        self._mistakes = mistakes

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """Look at the newest lines only."""
        text = document.text
        if not text.strip() or "\n" in text or not document.is_cursor_at_the_end:
            return None
        for line in islice(reversed(buffer.history.get_strings()), _MOST_SUGGESTED):
            if line.startswith(text) and line != text and line not in self._mistakes:
                return Suggestion(line[len(text) :].split("\n")[0])
        return None
