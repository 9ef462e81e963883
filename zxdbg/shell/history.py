"""Where the lines that were typed are kept."""

from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

__all__ = ["open_history"]


def open_history(path: Path | None = None) -> History:
    """Open the history file at the platform's place; in memory if that cannot be written."""
    path = path or user_state_path("zxdbg", appauthor=False) / "history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a"):
            return FileHistory(str(path))
    except OSError:
        return InMemoryHistory()
