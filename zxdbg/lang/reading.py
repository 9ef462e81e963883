"""Nouns of reading and finding: how bytes are shown, what is searched, what is compared."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

from zxdbg.lang.arguments import DATA, U64_ARG, ArgType, Words
from zxdbg.lang.tokens import Token
from zxdbg.lang.values import evaluate, number
from zxdbg.mistake import CommandError
from zxdbg.syscalls.buffers import Fill

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["Count", "Other", "SearchPattern", "Sought", "Unit"]

UNITS = ("u8", "u16", "u32", "u64")
UNIT = Words(
    "UNIT",
    "a unit: u8, u16, u32, u64 or text",
    {word: word for word in (*UNITS, "text")},
)
MAX_PATTERN = 64 << 10
_DIGITS = frozenset("0123456789abcdefABCDEF?")


class SearchPattern(NamedTuple):
    """Bytes that are searched; of each, only the bits in its mask count.

    `kind` says what the line was taken for: text, bytes, u8, u16, u32 or u64.
    """

    kind: str
    values: bytes
    mask: bytes

    @property
    def digits(self) -> str:
        """The bytes as hex digits, `?` where a digit may be any."""
        pairs = zip(self.values.hex(), self.mask.hex(), strict=True)
        return "".join(digit if mask == "f" else "?" for digit, mask in pairs)


class PatternNoun(ArgType):
    """What is searched: data, digits with wildcards, or an integer of so many bits."""

    noun = "PATTERN"
    role = "data"
    expects = 'a pattern: "text", hex:48??6c6c, u32:0x1234 or other data'
    words = ('"', "hex:", "u8:", "u16:", "u32:", "u64:", "fill:", "zero:", "file:")

    def parse(self, token: Token, state: "State") -> SearchPattern:
        """Read a pattern; a plain integer is one of 32 bits, or of 64 if it does not fit."""
        text = token.text
        kind, colon, rest = text.partition(":")
        at = token.start + len(kind) + 1
        if colon and kind == "hex":
            return _wildcards(rest, (at, token.end))
        if colon and kind in UNITS:
            return _integer(kind, number(state, rest, at), token)
        if text[:1].isdigit() or text[:1] == "$":
            value = evaluate(state, text, token.start)
            if isinstance(value, int) and not isinstance(value, bool):
                return _integer("u64" if value >> 32 else "u32", value, token)
        elif not colon and text[:1] not in ('"', "@", "[") and text != "null":
            raise CommandError(
                f"{text} is not {self.expects}", token.span, hint=f'text is written "{text}"'
            )
        data = DATA.parse(token, state)
        length = data.length if isinstance(data, Fill) else len(data) if data else 0
        if not isinstance(data, (bytes, Fill)) or not length:
            raise CommandError(f"{text} is not {self.expects}", token.span)
        if length > MAX_PATTERN:
            raise CommandError("a pattern has 64K bytes at most", token.span)
        raw = data if isinstance(data, bytes) else bytes((data.byte,)) * length
        return SearchPattern("text" if text[:1] == '"' else "bytes", raw, b"\xff" * len(raw))


def _wildcards(digits: str, span: tuple[int, int]) -> SearchPattern:
    digits = digits.replace("_", "")
    if not digits or len(digits) % 2 or not _DIGITS.issuperset(digits):
        raise CommandError(
            f"not pairs of hex digits: {digits}",
            span,
            hint="such as hex:48??6c6c, where ? is any digit",
        )
    if len(digits) > 2 * MAX_PATTERN:
        raise CommandError("a pattern has 64K bytes at most", span)
    mask = "".join("0" if digit == "?" else "f" for digit in digits)
    return SearchPattern("bytes", bytes.fromhex(digits.replace("?", "0")), bytes.fromhex(mask))


def _integer(kind: str, value: int, token: Token) -> SearchPattern:
    size = int(kind[1:]) // 8
    if value >> 8 * size:
        raise CommandError(f"{value:#x} has more than {8 * size} bits", token.span)
    return SearchPattern(kind, value.to_bytes(size, "little"), b"\xff" * size)


class OtherNoun(ArgType):
    """What memory is compared with: an address, or data."""

    noun = "OTHER"
    role = "address"
    expects = 'an address, or data: "text", hex:4869, zero:4K, file:PATH'
    words = ('"', "hex:", "fill:", "zero:", "file:")

    def parse(self, token: Token, state: "State") -> int | bytes | Fill:
        """Read an address or data; a name is what it means."""
        text = token.text
        if text[:1].isdigit() or text[:1] == "$":
            value = evaluate(state, text, token.start)
            if isinstance(value, (int, bytes)) and not isinstance(value, bool):
                return value
        elif ":" in text or text[:1] in ('"', "["):
            data = DATA.parse(token, state)
            if isinstance(data, (bytes, Fill)):
                return data
        raise CommandError(f"{text} is not {self.expects}", token.span)


Unit = Annotated[str, UNIT]
Count = Annotated[int, U64_ARG]
Sought = Annotated[SearchPattern, PatternNoun()]
Other = Annotated[int | bytes | Fill, OtherNoun()]
