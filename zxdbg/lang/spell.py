"""Spelling out: a line that was typed, with the user's own words and short ones in full.

Exact words always win: a command's name, then what other debuggers call it (the registry
knows these, in scripts too), then an alias, then a prefix that only one command begins
with. Aliases and prefixes count at a prompt only. The line in full is what is parsed, run
and recorded; the places in it are put back to those of the line that was typed.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from zxdbg.lang.declare import Registry
from zxdbg.lang.tokens import Token, tokenize
from zxdbg.mistake import CommandError, nearest

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["OTHER_WORDS", "Spelled", "check_alias", "short_for", "spell_out"]

_ALIAS = re.compile(r"[A-Za-z_][\w-]*\Z", re.ASCII)
MAX_ALIAS = 1000
"""Characters that an alias stands for, at most."""
OTHER_WORDS = {
    "?": "help lists them",
    "ls": "handles, names, vmos and processes list things",
    "man": "help COMMAND",
    "history": "arrow up and Ctrl-R go through it",
    "clear": "Ctrl-L",
    "undo": "reset starts anew",
    "version": "zxdbg --version",
    "!!": "arrow up",
    "why": "explain says why",
}
OTHER_WORDS |= dict.fromkeys(
    ("step", "next", "continue", "run", "break", "b", "c", "s", "n", "bt"),
    "no code runs here; peek and poke do what a thread would",
)
"""Words of other programs that people try first, where ours are used otherwise; they are
short for nothing that is called otherwise here."""


class _Edit(NamedTuple):
    """Characters from `start` that were replaced by others."""

    start: int
    before: int
    after: int


class Spelled:
    """A command of a line in full.

    Attributes:
        text: The line, up to the end of the command.
        tokens: The tokens of the command in it.
    """

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text[: tokens[-1].end]
        self.tokens = tokens
        self._edits: list[_Edit] = []
        self._typed = text

    @property
    def is_changed(self) -> bool:
        """Whether the line was typed otherwise."""
        return bool(self._edits)

    def replace(self, at: int, words: str) -> int:
        """Put words in the place of a token; return how many."""
        old = self.tokens[at]
        by = len(words) - len(old.text)
        new = [
            token._replace(start=token.start + old.start, end=token.end + old.start)
            for token in tokenize(words)
        ]
        rest = [
            token._replace(start=token.start + by, end=token.end + by)
            for token in self.tokens[at + 1 :]
        ]
        self.text = self.text[: old.start] + words + self.text[old.end :]
        self.tokens = [*self.tokens[:at], *new, *rest]
        self._edits.append(_Edit(old.start, len(old.text), len(words)))
        return len(new)

    def back(self, span: tuple[int, int]) -> tuple[int, int]:
        """Return where something stood in the line that was typed.

        A part of a replaced word is all of it; what begins in one and ends behind it, is
        what is behind it.
        """
        start, end = span
        for edit in reversed(self._edits):
            last = edit.start + edit.after
            by = edit.before - edit.after
            if start >= last:
                start += by
            elif start > edit.start:
                start = edit.start + (edit.before if end > last else 0)
            if end >= last:
                end += by
            elif end > edit.start:
                end = edit.start + edit.before
        return start, max(start, end)

    def token_back(self, token: Token) -> Token:
        """Return a token as it was typed."""
        start, end = self.back(token.span)
        return Token(token.kind, start, end, self._typed[start:end])


def spell_out(state: "State", registry: Registry, text: str, tokens: list[Token]) -> Spelled | None:
    """Spell a command out, also behind prefix commands; None where it is in full already."""
    line = Spelled(text, tokens)
    aliases = state.settings.aliases
    used: list[str] = []
    at = reach = 0
    while at < len(line.tokens):
        if at >= reach:  # behind all that the last alias stood for
            used.clear()
        rest = line.tokens[at:]
        declared, count = registry.find(rest)
        word = rest[0].text
        if declared is not None:
            if not declared.takes_line:
                break
            at += count
        elif at and word.startswith("--"):  # an option of the prefix command before it
            at += 1
        elif word in aliases:
            if word in used:
                circle = " > ".join([*used[used.index(word) :], word])
                span = line.back(rest[0].span)
                raise CommandError(f"aliases stand for each other: {circle}", span)
            used.append(word)
            more = line.replace(at, aliases[word]) - 1
            reach = max(reach, at + 1) + more
        else:
            full = _in_full(registry, rest)
            if not full:
                break
            for which in reversed(range(len(full))):
                if full[which] != rest[which].text:
                    line.replace(at + which, full[which])
    return line if line.is_changed else None


def _in_full(registry: Registry, tokens: list[Token]) -> list[str]:
    """Return the words that tokens are short for; nothing if none or several fit."""
    fitting = short_for(registry, tokens)
    if len(fitting) == 1:
        return fitting[0].split(" ")
    return []


def short_for(registry: Registry, tokens: list[Token]) -> list[str]:
    """List the commands that a line can begin with in short.

    The names of raw syscalls count only when that is plainly meant, and the words of other
    debuggers only where no word of ours fits.
    """
    prefix = tokens[0].text
    first = [
        word
        for word in registry.first_words()
        if word.startswith(prefix) and (word[:3] != "zx_" or prefix[:3] == "zx_")
    ]
    if prefix in first:
        first = [prefix]
    if not first and prefix in OTHER_WORDS:
        return []
    if not first:
        return sorted({declared.name for declared in registry.spelled(prefix).values()})
    if len(tokens) > 1:
        second = tokens[1].text
        both = [
            f"{word} {other}"
            for word in first
            for other in registry.second_words(word)
            if other.startswith(second)
        ]
        if len(both) == 1 or (both and len(first) == 1 and first[0] not in registry.commands):
            return sorted(both)
    if len(first) == 1 and first[0] not in registry.commands:
        return []
    return sorted(first)


def check_alias(registry: Registry, aliases: dict[str, str], name: str, line: str) -> None:
    """Raise the mistake in an alias, if there is one.

    An alias may not hide a word of the language: lines that were learnt or recorded go on
    to mean what they meant.
    """
    if not _ALIAS.match(name):
        raise CommandError(
            f"{name} is no word for an alias", hint="letters, digits, _ and -", param="word"
        )
    if name in registry.first_words() or registry.named(name) is not None:
        message = f"{name} is a command, and an alias may not hide it"
        raise CommandError(message, hint="another word", param="word")
    tokens = tokenize(line)
    if not tokens:
        raise CommandError(
            f"{name} would stand for nothing", hint="such as alias rd read $demo", param="line"
        )
    if len(line) > MAX_ALIAS or "\n" in line:
        message = f"an alias stands for one line of {MAX_ALIAS} characters at most"
        raise CommandError(message, param="line")
    if any(token.kind in ("semicolon", "comment") for token in tokens):
        raise CommandError(
            "an alias stands for one command", hint="source runs several", param="line"
        )
    word, chain = tokens[0].text, {name: None}
    while word in aliases or word == name:
        if word in chain:
            circle = " > ".join([*chain, word])
            raise CommandError(f"aliases would stand for each other: {circle}", param="line")
        chain[word] = None
        word = aliases[word].split(maxsplit=1)[0] if aliases[word].strip() else ""
    known = registry.first_words()
    if len(chain) > 1 or word in known or registry.find(tokens)[0] is not None:
        return
    message = f"an alias begins with a command, not with {word}"
    raise CommandError(message, hint=nearest(word, known), param="line")
