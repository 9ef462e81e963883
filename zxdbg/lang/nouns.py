"""The shapes of nouns: a number, a handle, one of a few words, flags."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from zxdbg.kernel.limits import U32
from zxdbg.lang.tokens import Token
from zxdbg.lang.values import number
from zxdbg.mistake import CommandError, nearest

if TYPE_CHECKING:
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["ArgType", "Flags", "HandleArg", "Number", "Words"]

_ALONE = frozenset({"ZX_RIGHT_NONE", "ZX_RIGHT_SAME_RIGHTS"})
"""Rights that are the whole answer."""


class ArgType(ABC):
    """A noun of the language.

    Attributes:
        noun: What stands in a signature, such as ADDRESS.
        role: Its colour.
        expects: What is expected, for a mistake and a hint.
        words: Fixed words that may stand there.
        abouts: What some of them are.
        attached: Whether it stands behind the command's word and a slash.
        verbatim: Whether it takes the rest of the command, as it is written.
    """

    noun = "VALUE"
    role = "number"
    expects = "a value"
    words: tuple[str, ...] = ()
    abouts: Mapping[str, str] = MappingProxyType({})
    attached = False
    verbatim = False

    @abstractmethod
    def parse(self, token: Token, state: "State") -> Any:
        """Read a token; raise `CommandError` at its place."""

    def about(self, word: str) -> str:
        """Say what one of the words is."""
        return self.abouts.get(word, "")

    def offered(self, parsed: "Parsed", state: "State") -> dict[str, str]:
        """List the words that completion offers, with what each is; the line may decide."""
        return {word: self.about(word) for word in self.words}

    def wrong(self, token: Token) -> CommandError:
        """Compose the mistake that a token is not one of the words."""
        short = [word for word in self.words if not word.startswith("ZX_")] or self.words
        whole = [word for word in self.words if word.endswith(f"_{token.text.upper()}")]
        hint = f"write {whole[0]}" if len(whole) == 1 else nearest(token.text, list(self.words))
        hint = hint or f"one of {', '.join(short)}"
        return CommandError(
            f"{token.text} is not {self.expects}", token.span, hint=hint if self.words else ""
        )


class Number(ArgType):
    """A 64-bit integer, or a sum with names."""

    def __init__(self, noun: str, expects: str, role: str = "number") -> None:
        self.noun = noun
        self.expects = expects
        self.role = role

    def parse(self, token: Token, state: "State") -> int:
        """Read an expression."""
        return number(state, token.text, token.start)


class HandleArg(ArgType):
    """A handle of the caller: any name or integer, which the kernel judges.

    `kinds` are the names of the object types that a command wants there.
    """

    role = "handle"

    def __init__(self, noun: str, *kinds: str) -> None:
        self.noun = noun
        self.kinds = kinds
        self.expects = f"a handle ({' or '.join(kinds)})" if kinds else "a handle"

    def parse(self, token: Token, state: "State") -> int:
        """Read an expression; as in C, a handle has 32 bits."""
        return number(state, token.text, token.start) & U32


class Words(ArgType):
    """One of a few words, each with a value."""

    role = "word"

    def __init__(
        self,
        noun: str,
        expects: str,
        values: dict[str, Any],
        abouts: Mapping[str, str] | None = None,
    ) -> None:
        self.noun = noun
        self.expects = expects
        self.values = values
        self.words = tuple(values)
        self.abouts = abouts or {}

    def parse(self, token: Token, state: "State") -> Any:
        """Read one of the words."""
        if token.text in self.values:
            return self.values[token.text]
        raise self.wrong(token)


class Flags(Words):
    """Names of bits joined with `|`, or integers."""

    role = "flags"

    def about(self, word: str) -> str:
        """Say what a word is, or at least its bits."""
        return self.abouts.get(word) or f"{self.values[word]:#x}"

    def joins(self, word: str) -> bool:
        """Whether a word makes sense beside others: it is one of the names of bits."""
        return word.startswith("ZX_") and word not in _ALONE

    def parse(self, token: Token, state: "State") -> int:
        """Read the flags."""
        total, at = 0, token.start
        for word in token.text.split("|"):
            piece = Token("word", at, at + len(word), word)
            at += len(word) + 1
            if word in self.values:
                total |= self.values[word]
            elif word[:1].isdigit() or word[:1] == "$":
                total |= number(state, word, piece.start)
            else:
                raise self.wrong(piece)
        return total
