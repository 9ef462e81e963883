"""The command language and its transcripts for Pygments: `pygmentize -l zx`, Sphinx, MkDocs.

Divides a text by the tokens of the language, and knows its words from the registry. It
knows no session, so a name is a name, whether it means something or not.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from pygments import token as kinds
from pygments.lexer import Lexer, RegexLexer
from pygments.token import _TokenType

from zxdbg.lang.tokens import Token, goes_on, tokenize
from zxdbg.loader import load_commands

__all__ = ["ZxConsoleLexer", "ZxLexer"]

Pieces = Iterator[tuple[int, _TokenType, str]]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OPTION = re.compile(r"--[\w-]*")
_FIELD = re.compile(r"[A-Za-z_]\w*(?==)", re.ASCII)
_PROMPT = re.compile(r"(?:zx|zxdbg \d+)> ")


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
    """Command files of zxdbg."""

    name = "zxdbg commands"
    aliases: ClassVar = ["zx", "zxdbg"]
    filenames: ClassVar = ["*.zx"]

    def get_tokens_unprocessed(self, text: str) -> Pieces:
        """Divide a command file, one logical line after the other."""
        start, line = 0, ""
        for piece in _LINE.findall(text):
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
        """Divide a transcript: what stands behind a prompt is a command, all else is output."""
        at = 0
        for line in _LINE.findall(text):
            prompt = _PROMPT.match(line)
            if prompt is None:
                yield at, kinds.Generic.Output, line
            else:
                yield at, kinds.Generic.Prompt, prompt.group()
                yield from _logical_line(line[prompt.end() :], at + prompt.end())
            at += len(line)


def _logical_line(text: str, start: int) -> Pieces:
    """Divide a logical line; what lies between tokens is white space."""
    at = 0
    for token, kind in _roles(tokenize(text)):
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


def _roles(tokens: list[Token]) -> Iterator[tuple[Token, _TokenType | None]]:
    """Say what each token is; None for a word that has parts of its own."""
    commands = load_commands().commands
    begins, expects, second = True, False, ""
    for at, token in enumerate(tokens):
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if token.kind == "comment":
            yield token, kinds.Comment.Single
        elif token.kind == "semicolon":
            begins, expects = True, False
            yield token, kinds.Punctuation
        elif token.kind == "operator":
            begins, expects = False, token.text == "=>"
            yield token, kinds.Operator
        elif second:
            second = ""
            yield token, kinds.Keyword
        elif begins and token.text[0] not in "$=":
            both = f"{token.text} {following}"
            declared = commands.get(both) or commands.get(token.text)
            second = following if both in commands else ""
            begins = declared is not None and declared.takes_line
            raw = token.text.startswith("zx_")
            yield token, kinds.Name.Function if raw else kinds.Keyword if declared else kinds.Name
        elif expects and _FIELD.match(token.text):
            name = _FIELD.match(token.text)
            assert name is not None
            end = token.start + name.end()
            yield Token("word", token.start, end, name.group()), kinds.Name.Property
            yield Token("word", end, token.end, token.text[name.end() :]), None
        else:
            yield token, None


def _word(text: str, place: int) -> Pieces:
    option = _OPTION.match(text)
    if option is not None:
        yield place, kinds.Name.Attribute, option.group()
        place, text = place + option.end(), text[option.end() :]
    for at, kind, piece in _WORD.get_tokens_unprocessed(text):
        yield place + at, kind, piece
