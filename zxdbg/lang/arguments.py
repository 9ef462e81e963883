"""Argument nouns: one `ArgType` for each kind of thing that a line can name.

To mypy `ProcessHandle` is an int; the `ArgType` behind it reads a token, says what was
expected, and names its colour. Completion and help use the same objects.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from zxdbg.kernel.limits import U32
from zxdbg.kernel.rights import MEANINGS, SAME_RIGHTS, Rights
from zxdbg.kernel.task import Policy
from zxdbg.kernel.vmar import VmOption
from zxdbg.kernel.vmo import CachePolicy
from zxdbg.lang.nouns import ArgType, Flags, HandleArg, Number, Words
from zxdbg.lang.tokens import Token, unquote
from zxdbg.lang.values import evaluate, number
from zxdbg.mistake import CommandError
from zxdbg.syscalls.args import Arg
from zxdbg.syscalls.buffers import Data, Fill, Good, Pointer
from zxdbg.syscalls.object import PROPERTIES
from zxdbg.syscalls.object_info import TOPICS
from zxdbg.syscalls.signals import SIGNALS
from zxdbg.syscalls.vmo_range import VMO_OPS

if TYPE_CHECKING:
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["ArgType", "Flags", "HandleArg", "Number", "Words", "arg_type_for"]

MAX_FILE = 256 << 20


class DataArg(ArgType):
    """Bytes of the line, lazy runs, the NULL pointer, or a pointer of the caller."""

    noun = "DATA"
    role = "data"
    expects = 'data: "text", hex:4869, fill:0xff:4K, zero:4K, file:PATH, null or @ADDRESS'
    words = ("hex:", "fill:", "zero:", "file:", "null", "@")
    abouts = MappingProxyType(
        {
            "hex:": "pairs of hex digits",
            "fill:": "BYTE:LENGTH, one byte again and again",
            "zero:": "LENGTH, zeros",
            "file:": "the bytes of a file of the host",
            "null": "the NULL pointer; needs --length",
            "@": "a pointer into the caller's own memory; needs --length",
        }
    )

    def parse(self, token: Token, state: "State") -> Data:
        """Read data; a run costs nothing until bytes are moved."""
        text, start = token.text, token.start
        if text.startswith('"'):
            return unquote(text, start)
        if text == "null":
            return None
        if text.startswith("["):
            return self._handles(token, state)
        if text.startswith("@"):
            return Pointer(number(state, text[1:], start + 1))
        if text.startswith("$"):
            value = evaluate(state, text, start)
            if isinstance(value, bytes):
                return value
            raise CommandError(f"{text} is not data", token.span, hint=f"@{text} points there")
        kind, colon, rest = text.partition(":")
        at = start + len(kind) + 1
        if colon and kind == "hex":
            try:
                return bytes.fromhex(rest.replace("_", ""))
            except ValueError:
                raise CommandError(
                    f"not pairs of hex digits: {rest}", (at, token.end), hint="such as hex:48656c"
                ) from None
        if colon and kind == "zero":
            return Fill(0, number(state, rest, at))
        if colon and kind == "fill":
            byte, more, length = rest.partition(":")
            if not more:
                raise CommandError("a length is missing", token.span, hint="fill:BYTE:LENGTH")
            value = number(state, byte, at)
            if value > 0xFF:
                raise CommandError(f"{byte} is no byte", (at, at + len(byte)), hint="0 to 255")
            return Fill(value, number(state, length, at + len(byte) + 1))
        if colon and kind == "file":
            return _read_file(rest, state, (at, token.end))
        hint = f"expected {self.expects}"
        if text[:1] == "'":
            hint = "strings stand in double quotes"
        elif text.isdecimal() or text[:2] == "0x":
            hint = f'digits are hex:{text.removeprefix("0x"):0>2} or "{text}"'
        raise CommandError(f"{text} is not data", token.span, hint=hint)

    def _handles(self, token: Token, state: "State") -> bytes:
        """Read an array of handles, `[$a,$b]`: 4 bytes each."""
        if not token.text.endswith("]"):
            raise CommandError("the array is not closed", token.span, hint="end it with ]")
        raw, at = b"", token.start + 1
        for text in token.text[1:-1].split(","):
            if text:
                raw += (number(state, text, at) & U32).to_bytes(4, "little")
            at += len(text) + 1
        return raw


def _read_file(name: str, state: "State", span: tuple[int, int]) -> bytes | Fill:
    if not state.allow_io:
        raise CommandError("a script may not read files", span, hint="run it with --allow-io")
    if name.startswith('"'):
        name = unquote(name, span[0]).decode("utf-8", "surrogateescape")
    from pathlib import Path

    path = Path(state.folder, name)
    try:
        if not path.is_file():
            raise CommandError(f"{name} is not a file", span)
        size = path.stat().st_size
        if size > MAX_FILE:
            raise CommandError(f"{name} is larger than 256 MiB", span)
        return Fill(0, size) if state.looking else path.read_bytes()
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read {name}: {error}", span) from None


class PlaceArg(ArgType):
    """Where a syscall stores something: NULL or a pointer of the caller."""

    noun = "PLACE"
    role = "data"
    expects = "a place: null or @ADDRESS"
    words = ("null", "@")
    abouts = MappingProxyType(
        {"null": "the NULL pointer", "@": "an address in the caller's memory"}
    )

    def parse(self, token: Token, state: "State") -> Pointer | None:
        """Read a place."""
        if token.text == "null":
            return None
        if token.text.startswith("@"):
            return Pointer(number(state, token.text[1:], token.start + 1))
        raise CommandError(f"{token.text} is no place", token.span, hint=f"expected {self.expects}")


class NameArg(ArgType):
    """The name of a new object; one that is an identifier is bound as `$name`."""

    noun = "NAME"
    role = "name"
    expects = 'a name, such as demo or "my name"'

    def parse(self, token: Token, state: "State") -> str:
        """Read a word or a string."""
        if token.text.startswith('"'):
            return unquote(token.text, token.start).decode("utf-8", "surrogateescape")
        if '"' in token.text or token.text.startswith("$"):
            raise CommandError(
                f"{token.text} is not {self.expects}", token.span, hint="names have no $ here"
            )
        return token.text


class WordArg(ArgType):
    """A word that the command itself makes sense of."""

    role = "word"

    def __init__(self, noun: str, expects: str) -> None:
        self.noun = noun
        self.expects = expects

    def parse(self, token: Token, state: "State") -> str:
        """Read a word or a string."""
        if token.text.startswith('"'):
            return unquote(token.text, token.start).decode("utf-8", "surrogateescape")
        return token.text


class PermsPatternArg(ArgType):
    """Permissions with don't-cares, such as `rw?`."""

    noun = "RWX"
    role = "word"
    expects = "permissions such as rw- or r?x, where ? is either"
    words = ("r--", "rw-", "r-x", "r??", "rw?", "?w?", "??x", "---")
    abouts = MappingProxyType(
        {
            "r--": "read only",
            "rw-": "read and write",
            "r-x": "read and execute",
            "r??": "whatever can be read",
            "rw?": "read, write, perhaps execute",
            "?w?": "whatever can be written",
            "??x": "whatever can be executed",
            "---": "nothing is permitted",
        }
    )

    def parse(self, token: Token, state: "State") -> str:
        """Read three letters: r, w, x, each or - or ?; or those that a mapping is to have."""
        text = token.text
        if text and text in ("r", "rw", "rx", "none"):
            return "".join(letter if letter in text else "-" for letter in "rwx")
        if len(text) == 3 and all(a in (b, "-", "?") for a, b in zip(text, "rwx", strict=True)):
            return text
        raise CommandError(f"{text} is not {self.expects}", token.span)


class PathArg(WordArg):
    """A file of the host; a name of the language is none, unless it stands in quotes."""

    role = "path"

    def parse(self, token: Token, state: "State") -> str:
        """Read a path."""
        if token.text.startswith("$"):
            raise CommandError(
                f"{token.text} is not a file", token.span, hint=f'such a file is "{token.text}"'
            )
        return super().parse(token, state)


class ExpressionArg(ArgType):
    """A value of any type."""

    noun = "EXPRESSION"
    expects = "an expression, such as $name, $name.field or $base+0x10"

    def parse(self, token: Token, state: "State") -> Any:
        """Read an expression or data."""
        if token.text.startswith('"'):
            return unquote(token.text, token.start)
        return evaluate(state, token.text, token.start)


class ComparisonArg(ExpressionArg):
    """A part of a comparison, which `expect.py` reads when all of them are there."""

    noun = "COMPARISON"
    expects = "a comparison, such as $x.actual<64"

    def parse(self, token: Token, state: "State") -> Token:
        """Keep it as it is."""
        return token


class LineArg(ArgType):
    """The rest of the line: a command of its own. `parse.py` reads it."""

    noun = "LINE"
    role = "command"
    expects = "a command line"

    def parse(self, token: Token, state: "State") -> str:
        """Return the word that it begins with: it is a command of its own."""
        return token.text


PERMS = {"none": 0, "r": 1, "w": 2, "rw": 3, "x": 4, "rx": 5, "wx": 6, "rwx": 7}
RIGHTS = {f"ZX_RIGHT_{name}": int(value) for name, value in Rights.__members__.items()}
RIGHTS = {name: value for name, value in RIGHTS.items() if "_DEFAULT_" not in name}
RIGHTS |= {f"ZX_RIGHTS_{name}": int(Rights[name]) for name in ("BASIC", "IO", "PROPERTY", "POLICY")}
RIGHTS["ZX_RIGHT_SAME_RIGHTS"] = SAME_RIGHTS
VM_OPTIONS = {f"ZX_VM_{flag.name}": int(flag) for flag in VmOption}
VM_OPTIONS |= {f"ZX_VM_FLAG_{flag.name}": int(flag) for flag in VmOption}
VMO_OPTIONS = {
    "ZX_VMO_NON_RESIZABLE": 1,
    "ZX_VMO_CLONE_COPY_ON_WRITE": 1,
    "ZX_VMO_CLONE_NON_RESIZEABLE": 2,
}
POLICIES = {policy.word: int(policy) for policy in CachePolicy}

HANDLE = HandleArg("HANDLE")
PROCESS = HandleArg("PROCESS", "process")
TASK = HandleArg("TASK", "process", "job", "thread")
VMO = HandleArg("VMO", "VMO")
VMAR = HandleArg("VMAR", "VMAR")
ADDRESS = Number("ADDRESS", "an address, such as 0x10000000 or $base+0x10", "address")
SIZE = Number("SIZE", "a size in bytes, such as 4096 or 16K")
LENGTH = Number("LENGTH", "a length in bytes, such as 16 or 4K")
OFFSET = Number("OFFSET", "an offset in bytes, such as 0x1000")
U64_ARG = Number("N", "a number, 0 to 2^64-1")
PERMS_ARG = Words(
    "PERMS",
    "permissions",
    PERMS,
    {
        "none": "nothing is permitted",
        "r": "read",
        "w": "write alone, which the kernel refuses",
        "rw": "read and write",
        "x": "execute alone, which the kernel refuses",
        "rx": "read and execute",
        "wx": "write and execute without read, which the kernel refuses",
        "rwx": "read, write and execute",
    },
)
RIGHTS_ARG = Flags(
    "RIGHTS",
    "rights",
    {"same": SAME_RIGHTS, "none": 0, **RIGHTS},
    {f"ZX_RIGHT_{right.name}": text for right, text in MEANINGS.items()}
    | {"same": "as many as the source has", "none": "no right at all"},
)
VM_FLAGS = Flags("FLAGS", "ZX_VM_* flags", VM_OPTIONS)
VMO_FLAGS = Flags("FLAGS", "ZX_VMO_* flags", VMO_OPTIONS)
POLICY = Words("POLICY", "a cache policy", POLICIES)
PROPERTY = Flags("PROPERTY", "a property", PROPERTIES)
CACHE_NUMBER = Flags(
    "POLICY",
    "a cache policy",
    {f"ZX_CACHE_POLICY_{policy.name}": int(policy) for policy in CachePolicy},
)
DATA = DataArg()
PLACE = PlaceArg()
NEW_NAME = NameArg()
EXPRESSION = ExpressionArg()
LINE = LineArg()
PATH = PathArg("FILE", "a file")

Handle = Annotated[int, HANDLE]
ProcessHandle = Annotated[int, PROCESS]
TaskHandle = Annotated[int, TASK]
VmoHandle = Annotated[int, VMO]
VmarHandle = Annotated[int, VMAR]
AddressArg = Annotated[int, ADDRESS]
SizeArg = Annotated[int, SIZE]
LengthArg = Annotated[int, LENGTH]
OffsetArg = Annotated[int, OFFSET]
Perms = Annotated[int, PERMS_ARG]
PolicyArg = Annotated[int, POLICY]
DataIn = Annotated[Data, DATA]
NewName = Annotated[str, NEW_NAME]
Place = Annotated[Good | Pointer | None, PLACE]
AnyValue = Annotated[object, EXPRESSION]
ComparisonPart = Annotated[Token, ComparisonArg()]
JobHandle = Annotated[int, HandleArg("JOB", "job")]
ThreadHandle = Annotated[int, HandleArg("THREAD", "thread")]
PolicyCondition = Annotated[
    int,
    Words(
        "CONDITION",
        "a condition",
        {each.name.lower().replace("_", "-"): int(each) for each in Policy},
    ),
]
PolicyAction = Annotated[
    int, Words("ACTION", "an action", {"allow": 0, "deny": 1, "exception": 3, "kill": 5})
]
_TOPIC_WORDS = {
    name.removeprefix("ZX_INFO_").lower().replace("_", "-"): topic.number
    for name, topic in TOPICS.items()
}
TopicArg = Annotated[
    int,
    Flags(
        "TOPIC",
        "a topic",
        _TOPIC_WORDS | {name: topic.number for name, topic in TOPICS.items()},
    ),
]
Pattern = Annotated[str, WordArg("TEXT", "a part of a name")]
PermsPattern = Annotated[str, PermsPatternArg()]
ViewedProcess = Annotated[int, HandleArg("PROCESS", "process")]
InnerLine = Annotated["Parsed", LINE]
ProfileName = Annotated[str, Words("PROFILE", "a profile", {"docs": "docs", "kernel": "kernel"})]
TopicWord = Annotated[str, WordArg("TOPIC", "a topic")]
PictureKind = Annotated[
    str,
    Words("PICTURE", "a kind of picture", {"log": "log", "scale": "scale", "none": "none"}),
]
HostFile = Annotated[str, PATH]


class Truncated(ArgType):
    """A number that C would cut to fewer bits."""

    def __init__(self, inner: ArgType, bits: int) -> None:
        self.inner = inner
        self.mask = (1 << bits) - 1
        self.noun, self.role, self.expects = inner.noun, inner.role, inner.expects
        self.words = inner.words

    def parse(self, token: Token, state: "State") -> int:
        """Read the number and cut it."""
        return int(self.inner.parse(token, state)) & self.mask


RightsArg = Annotated[int, Truncated(RIGHTS_ARG, 32)]
VmoFlags = Annotated[int, Truncated(VMO_FLAGS, 32)]


class Signed(ArgType):
    """A signed 64-bit integer: the only place where a line may say a negative number."""

    noun = "N"
    expects = "a number, -2^63 to 2^63-1"

    def parse(self, token: Token, state: "State") -> int:
        """Read an expression, perhaps with a minus sign before it."""
        text = token.text
        minus = text.startswith("-")
        value = number(state, text[minus:], token.start + minus)
        if value >= 1 << 63 and not (minus and value == 1 << 63):
            raise CommandError(f"{text} is outside -2^63 to 2^63-1", token.span)
        return -value if minus else value


SIGNED = Signed()
SignedNumber = Annotated[int, SIGNED]
SIGNALS_ARG = Flags("SIGNALS", "signals", SIGNALS)
TOPIC = Flags("TOPIC", "a topic", {name: topic.number for name, topic in TOPICS.items()})
VMO_OP = Flags("OP", "an operation", VMO_OPS)


def arg_type_for(arg: Arg) -> ArgType:
    """Return the noun for a syscall's argument."""
    if arg.kind == "flags":
        return Truncated(VM_FLAGS if arg.ctype == "zx_vm_option_t" else VMO_FLAGS, arg.bits)
    noun: ArgType = {
        "handle": HANDLE,
        "address": ADDRESS,
        "size": U64_ARG,
        "rights": RIGHTS_ARG,
        "cache-policy": CACHE_NUMBER,
        "property": PROPERTY,
        "signals": SIGNALS_ARG,
        "signed": SIGNED,
        "topic": TOPIC,
        "vmo-op": VMO_OP,
        "data": DATA,
        "place": PLACE,
    }[arg.kind]
    return noun if arg.kind in ("data", "place") or arg.bits == 64 else Truncated(noun, arg.bits)
