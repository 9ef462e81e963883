import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import zxdbg
from zxdbg.lang.tokens import PATTERNS
from zxdbg.textmate import FILE, grammar

KEPT = Path(zxdbg.__file__).parent / FILE
RULES = json.loads(grammar())["patterns"]


def scope_of(line: str, text: str) -> str:
    """The scope of the first rule that takes a text, as an editor would find it in a line."""
    at = 0
    while at < len(line):
        found = []
        for order, rule in enumerate(RULES):
            match = re.compile(rule["match"].replace(r"\z", r"\Z")).search(line, at)
            if match is not None and match.end() > match.start():
                found.append((match.start(), order, match, rule))
        if not found:
            return ""
        _, _, match, rule = min(found, key=lambda each: each[:2])
        if match.group() == text:
            return str(rule.get("name", "")) or str(rule["captures"][str(match.lastindex)]["name"])
        for number, capture in rule.get("captures", {}).items():
            if number != "0" and match[int(number)] and match[int(number)].strip() == text:
                return str(capture["name"])
        at = match.end()
    return ""


def test_the_grammar_that_is_kept_is_the_one_that_is_made(environment: dict[str, str]) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "zxdbg.textmate"], capture_output=True, env=environment, check=True
    )
    assert made.stdout == KEPT.read_bytes(), "python -m zxdbg.textmate writes it anew"


@pytest.mark.parametrize(
    ("line", "text", "scope"),
    [
        ("# a comment", "# a comment", "comment.line.number-sign.zx"),
        ("print 1 # why", "# why", "comment.line.number-sign.zx"),
        ("vmo create 16K", "vmo create", "keyword.other.zx"),
        ("$a = vmo create 16K", "$a", "variable.other.zx"),
        ("$a = vmo create 16K", "vmo create", "keyword.other.zx"),
        ("print 1; vmo info $v", "vmo info", "keyword.other.zx"),
        ("explain write $demo 0", "explain", "keyword.control.zx"),
        ("explain write $demo 0", "write", "keyword.other.zx"),
        ("zx_vmo_create 1 0", "zx_vmo_create", "support.function.zx"),
        ("vmmap $d", "vmmap", "keyword.other.zx"),
        ("info handles", "info handles", "keyword.other.zx"),
        ("x/16xb $b", "x/16xb", "keyword.other.zx"),
        ("| ZX_OK …", "| ZX_OK …", "markup.raw.output.zx"),
        ("  | 4K", "  | 4K", "markup.raw.output.zx"),
        ('print "a # \\x00"', '"a # \\x00"', "string.quoted.double.zx"),
        ("map $d.vmar $v --at 0x1000", "$d.vmar", "variable.other.zx"),
        ("map $d.vmar $v --at 0x1000", "--at", "entity.other.attribute-name.zx"),
        ("map $d.vmar $v --at 0x1000", "0x1000", "constant.numeric.hex.zx"),
        ("vmo create 16K", "16K", "constant.numeric.decimal.zx"),
        ("print 1 => ZX_OK", "=>", "keyword.operator.zx"),
        ("print 1 => ZX_OK", "ZX_OK", "support.constant.status.zx"),
        ("x --rights ZX_RIGHT_READ|ZX_RIGHT_MAP", "ZX_RIGHT_MAP", "constant.other.zx"),
        ("write $d 0 fill:1:4K", "fill:", "storage.type.data.zx"),
        ("write $d 0 null --length 4", "null", "constant.language.zx"),
    ],
)
def test_a_part_of_a_line_has_its_scope(line: str, text: str, scope: str) -> None:
    assert scope_of(line, text) == scope


def test_it_is_made_of_the_tokens_of_the_language() -> None:
    matches = [rule["match"] for rule in RULES]
    assert PATTERNS["comment"] in matches
    assert PATTERNS["string"].replace(r"\Z", r"\z") in matches
    assert PATTERNS["semicolon"] in matches
