"""The command language and its transcripts for Pygments: `pygmentize -l zx`, Sphinx, MkDocs.

Divides a text by the tokens of the language, and knows its words from the registry. It
knows no session, so a name is a name, whether it means something or not.
"""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import ClassVar

from pygments import token as kinds
from pygments.lexer import Lexer, RegexLexer
from pygments.token import _TokenType

from zxdbg.lang.declare import Command
from zxdbg.lang.tokens import Token, goes_on, tokenize
from zxdbg.loader import load_commands
from zxdbg.prompts import Prompted, joined, prompted
from zxdbg.steps import form_of

__all__ = ["ZxConsoleLexer", "ZxLexer"]

Pieces = Iterator[tuple[int, _TokenType, str]]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OPTION = re.compile(r"--[\w-]*")
_FIELD = re.compile(r"[A-Za-z_]\w*(?==)", re.ASCII)
_TARGET = re.compile(r"(?:\$\w*)?=|\$\w*")
_STATED = re.compile(r"[ \t]*\|")


class _WordLexer(RegexLexer):
    """Divides a word: names, numbers, constants, and what joins them."""

    name = "a word of zx"
    tokens: ClassVar = {
        "root": [
            (r'"(?:[^"\\]|\\.)*"?', kinds.String.Double),
            (r"\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?", kinds.Name.Variable),
            (r"0[xX][0-9A-Fa-f_]+", kinds.Number.Hex),
            (r"0[bB][01_]+", kinds.Number.Bin),
            (r"[0-9][0-9_]*[KMGTkmgt]?(?!\w)", kinds.Number.Integer),
            (r"(?:ZX_OK|ZX_ERR_\w+)\b", kinds.Name.Exception),
            (r"ZX_\w+", kinds.Name.Constant),
            (r"(?:hex|fill|zero|file):", kinds.String.Affix),
            (r"(?:null|true|false)\b", kinds.Keyword.Constant),
            (r"[-+|=@:,\[\]]", kinds.Operator),
            (r"[\w.]+|.", kinds.Text),
        ]
    }


_WORD = _WordLexer()


class ZxLexer(Lexer):
    """Command files of zxdbg, and transcripts that stand in such a file."""

    name = "zxdbg commands"
    aliases: ClassVar = ["zx", "zxdbg"]
    filenames: ClassVar = ["*.zx"]

    def get_tokens_unprocessed(self, text: str) -> Pieces:
        """Divide a command file, one logical line after the other."""
        if form_of([line.rstrip("\r") for line in text.split("\n")]):
            yield from _transcript(text)
            return
        start, line = 0, ""
        for piece in _LINE.findall(text):
            if not line and _STATED.match(piece):
                yield start, kinds.Generic.Output, piece
                start += len(piece)
                continue
            line += piece
            if goes_on(piece.rstrip("\r\n")):
                continue
            yield from _logical_line(line, start)
            start, line = start + len(line), ""
        yield from _logical_line(line, start)


class ZxConsoleLexer(Lexer):
    """What a shell or a script of zxdbg showed: prompts, commands, and their output."""

    name = "zxdbg session"
    aliases: ClassVar = ["zx-console", "zxdbg-console"]

    def get_tokens_unprocessed(self, text: str) -> Pieces:
        """Divide a transcript."""
        return _transcript(text)


def _transcript(text: str) -> Pieces:
    """Divide a transcript: what stands behind a prompt is a command, all else is output."""
    at, goes = 0, False
    first: Prompted | None = None
    for line in _LINE.findall(text):
        bare = line.rstrip("\r\n")
        found = joined(bare, first) if first and goes else prompted(bare)
        if found is None:
            yield at, kinds.Comment.Single if line[0] == "#" else kinds.Generic.Output, line
        else:
            place = at + len(found.prompt)
            if found.prompt:
                yield at, kinds.Generic.Prompt, found.prompt
            end = line[len(bare) :]
            command = found.text if found.right else found.text + end
            yield from _logical_line(command, place, begins=not goes)
            if found.right:
                place += len(found.text)
                yield place, kinds.Generic.Prompt, found.right
                yield place + len(found.right), kinds.Whitespace, end
            first = first if goes else found
            goes = goes_on(found.text)
        at += len(line)


def _logical_line(text: str, start: int, *, begins: bool = True) -> Pieces:
    """Divide a logical line; what lies between tokens is white space.

    `begins` is whether a command begins there.
    """
    at = 0
    for token, kind in _roles(tokenize(text), begins=begins):
        if token.start > at:
            yield start + at, kinds.Whitespace, text[at : token.start]
        at = token.end
        place = start + token.start
        if kind is not None:
            yield place, kind, token.text
        else:
            yield from _word(token.text, place)
    if at < len(text):
        yield start + at, kinds.Whitespace, text[at:]


def _roles(tokens: list[Token], *, begins: bool) -> Iterator[tuple[Token, _TokenType | None]]:
    """Say what each token is; None for a word that has parts of its own."""
    registry = load_commands()
    expects, more = False, 0
    for at, token in enumerate(tokens):
        if token.kind == "comment":
            yield token, kinds.Comment.Single
        elif token.kind == "semicolon":
            begins, expects = True, False
            yield token, kinds.Punctuation
        elif token.kind == "operator":
            begins, expects = False, token.text == "=>"
            yield token, kinds.Operator
        elif more:
            more -= 1
            yield token, kinds.Keyword
        elif begins and not token.text.startswith("--"):
            target = _TARGET.match(token.text)
            first = token
            if target is not None:
                yield _cut(token, 0, target.end()), None
                first = _cut(token, target.end())
                if not first.text:
                    continue
            words = takewhile(lambda each: each.kind in ("word", "string"), tokens[at + 1 :])
            declared, count = registry.find([first, *words])
            more = max(0, count - 1)
            begins = declared is not None and declared.takes_line
            yield from _command(first, declared)
        elif expects and (field := _FIELD.match(token.text)):
            yield _cut(token, 0, field.end()), kinds.Name.Property
            yield _cut(token, field.end()), None
        else:
            yield token, None


def _command(token: Token, declared: Command | None) -> Iterator[tuple[Token, _TokenType | None]]:
    """Say what the first word of a command is, and what is attached to it."""
    if declared is None:
        yield token, kinds.Name
        return
    kind = kinds.Name.Function if declared.name.startswith("zx_") else kinds.Keyword
    word, slash, _ = token.text.partition("/")
    yield _cut(token, 0, len(word)), kind
    if slash:
        yield _cut(token, len(word)), kinds.Name.Attribute


def _cut(token: Token, start: int, end: int | None = None) -> Token:
    """Cut a part out of a token."""
    text = token.text[start:end]
    begin = token.start + start
    return Token(token.kind, begin, begin + len(text), text)


def _word(text: str, place: int) -> Pieces:
    option = _OPTION.match(text)
    if option is not None:
        yield place, kinds.Name.Attribute, option.group()
        place, text = place + option.end(), text[option.end() :]
    for at, kind, piece in _WORD.get_tokens_unprocessed(text):
        yield place + at, kind, piece
