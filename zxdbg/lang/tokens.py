"""Tokens: one compiled expression that never fails, with a place for each piece."""

import re
from typing import NamedTuple

from zxdbg.mistake import CommandError

__all__ = [
    "MAX_LINE",
    "PATTERNS",
    "Token",
    "commands_of",
    "goes_on",
    "split_commands",
    "text_of",
    "tokenize",
    "unquote",
]


class Token(NamedTuple):
    """A piece of a line. `kind` is `word`, `string`, `comment`, `semicolon` or `operator`."""

    kind: str
    start: int
    end: int
    text: str

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands."""
        return self.start, self.end


PATTERNS = {
    "blank": r"(?:\s|\\\r?\n)+",
    "comment": r"(?:(?<=\s)|(?<![^\n]))#[^\n]*",
    "semicolon": r";",
    "string": r'"(?:[^"\\\n]++|\\.)*+"(?=[\s;]|\Z)',
    "word": (
        r'(?:"(?:[^"\\\n]++|\\.)*+(?:"|\Z|(?=\n)|(?=\\\r?\n)|\\\Z)'
        r'|[^\s;"\\]++|\\(?!\r?\n))++'
    ),
}
"""What a token of each kind looks like, in the order in which they are tried.

Nothing that was matched is tried in another way: a long line takes no memory for that.
"""
MAX_LINE = 1 << 20
"""Characters of a logical line."""
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PATTERNS.items()))
_LOST_ERROR = re.compile(r"\s=>\s+error(?:\s+#.*|\s*)\Z")
_OPEN = re.compile(r'(?:[^"]++|"(?:[^"\\\n]++|\\.)*+")*+"(?:[^"\\\n]++|\\(?:.|\Z))*+\Z', re.DOTALL)
"""A text that ends in a string that is not closed."""
_OPERATORS = frozenset({"=>", "|", ">", ">>"})
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.|\Z)", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\\n]++|\\.)*+)"')
_SIMPLE = {
    "a": b"\a",
    "b": b"\b",
    "e": b"\x1b",
    "f": b"\f",
    "n": b"\n",
    "r": b"\r",
    "t": b"\t",
    "v": b"\v",
    "\\": b"\\",
    '"': b'"',
    "'": b"'",
    "?": b"?",
}


def tokenize(text: str) -> list[Token]:
    """Divide a logical line into tokens; blanks are left out."""
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "blank" or kind is None:
            continue
        start, end = match.span()
        piece = text[start:end]
        if kind == "word" and piece in _OPERATORS:
            kind = "operator"
        tokens.append(Token(kind, start, end, piece))
    if tokens and "=>" in tokens[-1].text and tokens[-1].kind == "word":
        return tokens[:-1] + _without_lost_error(tokens[-1])
    return tokens


def _without_lost_error(word: Token) -> list[Token]:
    """Cut `=> error` from a string that is not closed: it expects that very mistake.

    A word may hold closed strings too: what stands in those is theirs.
    """
    lost = _LOST_ERROR.search(word.text)
    if lost is None or not _OPEN.match(word.text):
        return [word]
    at = word.start + lost.start()
    rest = [
        each._replace(start=at + each.start, end=at + each.end) for each in tokenize(lost.group())
    ]
    text = word.text[: lost.start()].rstrip()
    return [Token("word", word.start, word.start + len(text), text), *rest]


def commands_of(text: str) -> list[list[Token]]:
    """Divide a logical line into the tokens of each of its commands."""
    tokens = tokenize(text)
    if ";" in text or "#" in text:
        return split_commands(tokens)
    return [tokens] if tokens else []


def split_commands(tokens: list[Token]) -> list[list[Token]]:
    """Group the tokens of a line by command; comments and empty commands are left out.

    A shell command may have a semicolon inside single quotes, which mean nothing elsewhere.
    """
    groups: list[list[Token]] = [[]]
    is_shell = is_quoted = False
    for token in tokens:
        if token.kind == "semicolon" and not is_quoted:
            groups.append([])
            is_shell = False
        elif token.kind != "comment":
            groups[-1].append(token)
            is_shell = is_shell or (token.kind == "operator" and token.text == "|")
            if is_shell and token.kind == "word":
                is_quoted ^= token.text.count("'") % 2 == 1
    return [group for group in groups if group]


def text_of(text: str, tokens: list[Token]) -> str:
    """Return a command as it was written."""
    return text[tokens[0].start : tokens[-1].end]


def goes_on(line: str) -> bool:
    """Whether a physical line ends in a backslash that is not part of a comment."""
    if not line.endswith("\\") or len(line) > MAX_LINE:
        return False
    tokens = tokenize(line + "\n")
    return not (tokens and tokens[-1].kind == "comment")


def unquote(text: str, start: int) -> bytes:
    """Decode a string in double quotes with C escapes; `start` is its place in the line."""
    match = _STRING.match(text)
    if match is None:
        raise CommandError(
            "the string is not closed", (start, start + len(text)), hint='end it with "'
        )
    if match.end() < len(text):
        raise CommandError(
            "a blank is missing after the string", (start, start + len(text)), hint="insert it"
        )
    body = match.group(1)
    if "\\" not in body:
        return body.encode("utf-8", "surrogateescape")
    parts = []
    at = 0
    for match in _ESCAPE.finditer(body):
        parts.append(body[at : match.start()].encode("utf-8", "surrogateescape"))
        code = match.group(1)
        here = start + 1 + match.start()
        if code in _SIMPLE:
            parts.append(_SIMPLE[code])
        elif code[:1] == "x" and len(code) > 1:
            parts.append(bytes((int(code[1:], 16),)))
        elif code.isdigit() and all(digit in "01234567" for digit in code):
            parts.append(bytes((int(code, 8) & 0xFF,)))
        else:
            raise CommandError(
                f"no such escape: \\{code}",
                (here, here + 1 + len(code)),
                hint=r"\n \t \\ \" \xHH and octal work",
            )
        at = match.end()
    parts.append(body[at:].encode("utf-8", "surrogateescape"))
    return b"".join(parts)
