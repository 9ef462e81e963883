"""Colours while typing: each piece by its meaning, trouble underlined before Enter."""

from collections.abc import Callable, Hashable

from prompt_toolkit.application import get_app
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from zxdbg.lang.judge import judge
from zxdbg.lang.look import Line, Looker
from zxdbg.shell.guard import Guard

__all__ = ["LONGEST", "LineLexer"]

LONGEST = 20_000
"""Characters of a text that is read while it is typed; a longer one was pasted."""


class LineLexer(Lexer):
    """Colours what is typed by the language's own parse."""

    def __init__(self, looker: Looker, guard: Guard) -> None:
        self._looker = looker
        self._guard = guard

    def invalidation_hash(self) -> Hashable:
        """Ask anew when the cursor moves, and after a command.

        A word that is being typed is not judged, and what a command did makes lines right.
        """
        return get_app().current_buffer.cursor_position, self._looker.forgotten

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Colour a text; return the function that gives its rows."""
        text = document.text
        roles = [""] * len(text)
        if len(text) <= LONGEST:
            self._guard.call(self._paint, None, roles, text, document.cursor_position)
        starts = [0]
        for row in document.lines:
            starts.append(starts[-1] + len(row) + 1)

        def get_line(number: int) -> StyleAndTextTuples:
            if number >= len(document.lines):
                return []
            return _fragments(document.lines[number], roles[starts[number] : starts[number + 1]])

        return get_line

    def _paint(self, roles: list[str], text: str, cursor: int) -> None:
        """Note the role of each character of a text, and what is wrong in it."""
        for line in self._looker.lines(text):
            _paint(roles, line)
        for trouble in judge(self._looker, text, cursor):
            role = "mistake" if trouble.is_mistake else "foreseen"
            roles[trouble.start : trouble.end] = [role] * (trouble.end - trouble.start)


def _paint(roles: list[str], line: Line) -> None:
    """Note the role of each character of a logical line."""
    for token in line.tokens:
        if token.kind in ("comment", "string"):
            start, end = line.start + token.start, line.start + token.end
            roles[start:end] = [token.kind] * (end - start)
    for parsed in line.commands:
        for piece in parsed.pieces:
            noun = None if piece.param is None else piece.param.type
            role = noun.role if piece.role == "error" and noun is not None else piece.role
            start, end = line.start + piece.token.start, line.start + piece.token.end
            if role not in ("error", "data") or roles[start:end] != ["string"] * (end - start):
                roles[start:end] = [role] * (end - start)


def _fragments(row: str, roles: list[str]) -> StyleAndTextTuples:
    """Join the characters of a row that have the same role."""
    found: StyleAndTextTuples = []
    at = 0
    while at < len(row):
        end = at + 1
        while end < len(row) and roles[end] == roles[at]:
            end += 1
        found.append((f"class:{roles[at]}" if roles[at] else "", row[at:end]))
        at = end
    return found
