"""Writing lines: commands back into text that means the same in another place."""

import re
from collections.abc import Callable

from zxdbg.lang.tokens import Token, tokenize, unquote

__all__ = ["in_one_line", "quote", "rebased"]

_BYTE = re.compile("[\udc80-\udcff]")
_WORD = re.compile(r'[^\s;"\\]+\Z')


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
