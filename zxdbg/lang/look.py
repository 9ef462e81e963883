"""Looking at a text that is being typed: its commands, and the piece at the cursor.

Completion, colours, hints and warnings all read what is typed, with each key and by the
one parse; what was read is remembered until a command has run. Nothing is executed, and
no file is read.
"""

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from zxdbg.lang.names import NameIndex
from zxdbg.lang.nouns import ArgType
from zxdbg.lang.parse import Parsed, Piece, parse
from zxdbg.lang.tokens import Token, goes_on, split_commands, text_of, tokenize
from zxdbg.mistake import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from zxdbg.lang.declare import Registry
    from zxdbg.state import State

__all__ = ["Line", "Looker", "Slot", "innermost", "is_open", "remembered"]

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 1 << 15
"""Answers that are remembered; each word of the longest text that is coloured can be one."""
_LONG = 1000
"""Characters of a text whose answers are large: of them, few are remembered."""
_FEW = 8


class Line(NamedTuple):
    """A logical line of a text, where it begins, and its commands; spans count from there."""

    start: int
    text: str
    tokens: list[Token]
    commands: list[Parsed]

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)


class Slot(NamedTuple):
    """What stands at the cursor.

    Attributes:
        line: The text of the logical line.
        parsed: The command, read with an empty word at the cursor if none is there.
        piece: The part that the word plays; None if the parse gives it none.
        token: The word.
        typed: What of it stands before the cursor.
    """

    line: str
    parsed: Parsed
    piece: Piece | None
    token: Token
    typed: str


def remembered(
    function: "Callable[Concatenate[Looker, str, P], T]",
) -> "Callable[Concatenate[Looker, str, P], T]":
    """Answer what was asked about a text before as it was then, until a command has run.

    One key asks the same several times: colours, the hint and completion want one parse.
    """

    @wraps(function)
    def answer(looker: "Looker", text: str, /, *args: P.args, **options: P.kwargs) -> T:
        is_long = len(text) > _LONG
        known = looker.remembered[is_long]
        question = function, text, args, *options.items()
        if question not in known:
            found = function(looker, text, *args, **options)
            if len(known) >= (_FEW if is_long else _MOST):
                known.clear()
            known[question] = found
        kept: T = known[question]
        return kept

    return answer


class Looker:
    """Reads what is typed for a session.

    Attributes:
        remembered: What was answered since the last command, on short texts and on long ones.
        forgotten: How often it was forgotten; answers of another count may be stale.
    """

    def __init__(self, state: "State", registry: "Registry") -> None:
        self.state = state
        self.registry = registry
        self.names = NameIndex(state)
        self.remembered: tuple[dict[Hashable, Any], dict[Hashable, Any]] = {}, {}
        self.forgotten = 0

    def forget(self) -> None:
        """Forget what was read: a command has run, and names may mean something else."""
        self.forgotten += 1
        for known in self.remembered:
            known.clear()
        self.names.sync()

    def lines(self, text: str) -> list[Line]:
        """Read the logical lines of a text."""
        found = []
        start = 0
        pending: list[str] = []
        for line in text.split("\n"):
            pending.append(line)
            if goes_on(line):
                continue
            found.append(self.line("\n".join(pending), start))
            start = found[-1].end + 1
            pending.clear()
        if pending:
            found.append(self.line("\n".join(pending), start))
        return found

    def last_line(self, text: str) -> str:
        """Return the logical line that a text ends in."""
        lines = text.split("\n")
        at = len(lines) - 1
        while at and goes_on(lines[at - 1]):
            at -= 1
        return "\n".join(lines[at:])

    def line(self, text: str, start: int = 0) -> Line:
        """Read one logical line."""
        return Line(start, text, *self._read(text))

    @remembered
    def _read(self, text: str) -> tuple[list[Token], list[Parsed]]:
        tokens = tokenize(text)
        return tokens, [self._command(text, group) for group in split_commands(tokens)]

    def _command(self, line: str, tokens: list[Token]) -> Parsed:
        """Read one command of a line; a key changes one, however many there are."""
        return self._parse(text_of(line, tokens), tuple(tokens))

    @remembered
    def _parse(self, text: str, tokens: tuple[Token, ...]) -> Parsed:
        line = " " * tokens[0].start + text
        self.state.looking = True
        try:
            return parse(self.state, self.registry, line, list(tokens))
        finally:
            self.state.looking = False

    def accepts(self, noun: ArgType, token: Token) -> bool:
        """Whether a noun can read a token."""
        self.state.looking = True
        try:
            noun.parse(token, self.state)
        except CommandError:
            return False
        finally:
            self.state.looking = False
        return True

    @remembered
    def slot(self, line: str, cursor: int) -> Slot | None:
        """Find what stands at a place of a logical line; None in a comment or a string."""
        self.names.sync()
        tokens = list(self._read(line)[0])
        at = 0
        while at < len(tokens) and tokens[at].end < cursor:
            at += 1
        here = tokens[at] if at < len(tokens) and tokens[at].start <= cursor else None
        if here is not None and here.kind in ("semicolon", "comment"):
            if here.kind == "comment" and here.start < cursor:
                return None
            at += here.end == cursor
            here = None
        if here is None:
            here = Token("word", cursor, cursor, "")
            tokens.insert(at, here)
        elif here.start < cursor and (
            here.kind == "string" or is_open(here.text[: cursor - here.start])
        ):
            return None
        for group in split_commands(tokens):
            if here in group:
                parsed = self._command(line, group)
                piece = _piece_at(parsed, cursor)
                token = here if piece is None else piece.token
                return Slot(line, parsed, piece, token, line[token.start : cursor])
        return None


def _piece_at(parsed: Parsed, cursor: int) -> Piece | None:
    pieces = [each for each in parsed.pieces if each.token.start <= cursor <= each.token.end]
    return max(pieces, key=lambda piece: piece.token.start, default=None)


def innermost(parsed: Parsed) -> Parsed:
    """Return the command that a line is about at last, behind prefix commands."""
    while parsed.inner is not None:
        parsed = parsed.inner
    return parsed


def is_open(text: str) -> bool:
    """Whether a string that begins in a text is not closed in it."""
    quotes = text.replace("\\\\", "").replace('\\"', "").count('"')
    return quotes % 2 == 1
