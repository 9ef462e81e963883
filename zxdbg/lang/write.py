"""Writing lines: values and commands back into text that means the same, here or elsewhere."""

import re
from collections.abc import Callable
from typing import Any

from zxdbg.kernel.rights import rights_label
from zxdbg.kernel.status import Status
from zxdbg.lang.tokens import Token, tokenize, unquote
from zxdbg.lang.values import size_text

__all__ = ["MOST_DATA", "in_one_line", "quote", "rebased", "value_text"]

MOST_DATA = 256
"""Bytes that are written out as an expected value."""

_BYTE = re.compile("[\udc80-\udcff]")
_WORD = re.compile(r'[^\s;"\\]+\Z')
_BARE = re.compile(r"[\w.-]+\Z", re.ASCII)


def quote(raw: bytes) -> str:
    r"""Write bytes as a string of the language.

    Examples:
        >>> print(quote(b'say "hi"\n'))
        "say \"hi\"\x0a"
    """
    return '"' + "".join(map(_escaped, raw.decode("utf-8", "surrogateescape"))) + '"'


def _escaped(letter: str) -> str:
    if letter in '\\"':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", "surrogateescape"))


def value_text(kind: str, value: Any, like: str = "") -> str:
    """Write a value as an expectation has it; empty if it is too long, or cannot be said.

    Args:
        kind: The kind of field that it is.
        value: The value.
        like: What is written there now, if anything: a number or bytes are written in its way.

    Examples:
        >>> value_text("bytes", 16384), value_text("bytes", 16384, "4096")
        ('16K', '16384')
    """
    if isinstance(value, Status):
        return value.label
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return _number(kind, value, like) if value >= 0 else ""
    if isinstance(value, bytes):
        return _data(value, like)
    if isinstance(value, str):
        is_bare = kind == "word" and _BARE.match(value)
        return value if is_bare else quote(value.encode("utf-8", "surrogateescape"))
    return str(len(value)) if isinstance(value, (tuple, list)) else ""


def _number(kind: str, value: int, like: str) -> str:
    if kind == "rights":
        return rights_label(value)
    if kind in ("address", "handle") or like[:2].lower() == "0x":
        return f"{value:#x}"
    return str(value) if like.isdecimal() else size_text(value)


def _data(value: bytes, like: str) -> str:
    if len(value) > 16 and value == value[:1] * len(value):
        return f"fill:{value[0]:#x}:{len(value)}" if value[0] else f"zero:{len(value)}"
    if len(value) > MOST_DATA:
        return ""
    is_text = value.decode("utf-8", "surrogateescape").isprintable()
    if like.startswith('"') or (is_text and not like.startswith("hex:")):
        return quote(value)
    return f"hex:{value.hex()}"


def in_one_line(tokens: list[Token]) -> str:
    """Write tokens in one line; bytes that are no UTF-8, which only Python can say, escaped."""
    return " ".join(_in_utf8(token.text) for token in tokens)


def _in_utf8(text: str) -> str:
    if not _BYTE.search(text):
        return text
    if '"' in text:
        return _BYTE.sub(lambda match: _escaped(match.group()), text)
    prefix = re.match(r"(?:--[\w-]+=|file:)?", text)
    assert prefix is not None
    return prefix.group() + quote(text[prefix.end() :].encode("utf-8", "surrogateescape"))


def rebased(text: str, place: Callable[[str], str]) -> str:
    """Give the files that a command names as data the paths that `place` says."""
    tokens = [token for token in tokenize(text) if token.text.startswith("file:")]
    for token in reversed(tokens):
        path = token.text.removeprefix("file:")
        if path.startswith('"'):
            path = unquote(path, 0).decode("utf-8", "surrogateescape")
        path = place(path)
        if not _WORD.match(path):
            path = quote(path.encode("utf-8", "surrogateescape"))
        text = f"{text[: token.start]}file:{path}{text[token.end :]}"
    return text
