"""The TextMate grammar of the command language, for editors: made of the same tokens.

It is kept beside this module. After a change to the tokens or to the commands
`python -m zxdbg.textmate > zxdbg/zx.tmLanguage.json` writes it anew.
"""

import json
import re
from typing import Any

from zxdbg.lang.declare import Command
from zxdbg.lang.tokens import PATTERNS
from zxdbg.loader import load_commands

__all__ = ["FILE", "grammar"]

FILE = "zx.tmLanguage.json"


def grammar() -> str:
    """Compose the grammar."""
    registry = load_commands()
    words = {each.name: each for each in registry if each.family != "syscalls"}
    words |= registry.spelled("")
    prefixes = _one_of({word: each for word, each in words.items() if each.takes_line})
    names = _one_of(words)
    lead = rf"(?:^|(?<=;))\s*(?:(\$[A-Za-z_]\w*)\s*(=)\s*)?((?:{prefixes}\s+)*)"
    rules: list[dict[str, Any]] = [
        {"name": "comment.line.number-sign.zx", "match": _oniguruma(PATTERNS["comment"])},
        {"name": "markup.raw.output.zx", "match": r"^[ \t]*\|.*"},
        {
            "match": rf"{lead}(?:({names})|(zx_\w+))(?=[\s;]|$)",
            "captures": _captures(
                "variable.other.zx",
                "keyword.operator.assignment.zx",
                "keyword.control.zx",
                "keyword.other.zx",
                "support.function.zx",
            ),
        },
        {"name": "punctuation.terminator.zx", "match": PATTERNS["semicolon"]},
        {"name": "keyword.operator.zx", "match": r"(?<=\s)(?:=>|\||>)(?=\s|$)"},
        {
            "name": "string.quoted.double.zx",
            "match": _oniguruma(PATTERNS["string"]),
            "captures": {"0": {"patterns": [{"include": "#escape"}]}},
        },
        {"name": "string.quoted.double.zx", "match": r'"(?:[^"\\]|\\.)*"?'},
        {"name": "entity.other.attribute-name.zx", "match": r"(?<=\s)--[\w-]*"},
        {"name": "variable.other.zx", "match": r"\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?"},
        {"name": "support.constant.status.zx", "match": r"\b(?:ZX_OK|ZX_ERR_\w+)\b"},
        {"name": "constant.other.zx", "match": r"\bZX_\w+\b"},
        {"name": "storage.type.data.zx", "match": r"(?<=[\s=])(?:hex|fill|zero|file):"},
        {"name": "constant.language.zx", "match": r"(?<=[\s=])(?:null|true|false)(?=[\s;]|$)"},
        {"name": "constant.numeric.hex.zx", "match": r"\b0[xX][0-9A-Fa-f_]+\b"},
        {"name": "constant.numeric.binary.zx", "match": r"\b0[bB][01_]+\b"},
        {"name": "constant.numeric.decimal.zx", "match": r"\b[0-9][0-9_]*[KMGTkmgt]?\b"},
        {"name": "constant.character.escape.line-continuation.zx", "match": r"\\$"},
    ]
    escape = r'\\(?:x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|[abefnrtv\\"\'?])'
    return json.dumps(
        {
            "name": "zxdbg commands",
            "scopeName": "source.zx",
            "fileTypes": ["zx"],
            "patterns": rules,
            "repository": {
                "escape": {"name": "constant.character.escape.zx", "match": escape},
            },
        },
        indent=2,
    )


def _oniguruma(pattern: str) -> str:
    r"""Write an expression as editors read it: the end of the text is `\z` there."""
    return pattern.replace(r"\Z", r"\z")


def _one_of(commands: dict[str, Command]) -> str:
    """Match one of some commands, the longest first, with what is attached to it."""
    words = sorted(commands, key=lambda name: (-len(name), name))
    patterns = [
        re.escape(name).replace(r"\ ", r"\s+") + (r"(?:/\w+)?" if commands[name].attached else "")
        for name in words
    ]
    return f"(?:{'|'.join(patterns)})"


def _captures(*scopes: str) -> dict[str, dict[str, str]]:
    return {str(at): {"name": scope} for at, scope in enumerate(scopes, 1)}


if __name__ == "__main__":
    print(grammar())
