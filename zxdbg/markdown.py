"""Command lines in Markdown: the fenced `zx` blocks below each heading.

The blocks below one heading share a session; the next heading, of whatever level, begins
a new one. What stands before the first heading is named after the file.
"""

import re
from typing import NamedTuple

from zxdbg.render.parts import visible
from zxdbg.steps import lines_of

__all__ = ["Block", "Section", "sections"]

MAX_HEADING = 1000
"""Characters of a line that may be a heading: to tell takes long in a long one."""
_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*\{?\.?([^\s`},]*)")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*\Z")


class Block(NamedTuple):
    """The lines of a block, the number of the first one, and the blanks before each."""

    first: int
    lines: tuple[str, ...]
    leads: tuple[str, ...]


class Section(NamedTuple):
    """A heading with blocks below it."""

    name: str
    line: int
    blocks: tuple[Block, ...]


def sections(raw: bytes, name: str) -> list[Section]:
    """List the headings with `zx` blocks; `name` is for what stands before the first one."""
    found: list[Section] = []
    used: dict[str, int] = {}
    title, line, blocks = name, 1, list[Block]()

    def end() -> None:
        if blocks:
            count = used[title] = used.get(title, 0) + 1
            unique = f"{title} ({count})" if count > 1 else title
            found.append(Section(unique, line, tuple(blocks)))

    lines = lines_of(raw)
    at = 0
    while at < len(lines):
        text = lines[at]
        fence = _FENCE.match(text)
        if fence is not None:
            block, at = _block(lines, at, fence)
            if fence[3].lower() == "zx":
                blocks.append(block)
            continue
        heading = _HEADING.match(text) if len(text) <= MAX_HEADING else None
        below = at + 1 < len(lines) and text.strip() and _UNDERLINE.match(lines[at + 1])
        if heading is not None or below:
            end()
            words = (heading[1] or "") if heading is not None else text
            title = visible(words.replace("`", "").replace("::", ":").strip()) or name
            line, blocks = at + 1, []
        at += 2 if below and heading is None else 1
    end()
    return found


def _block(lines: list[str], at: int, fence: re.Match[str]) -> tuple[Block, int]:
    """Read the block whose fence is at `at`; return where to go on."""
    room, sign = len(fence[1]), fence[2]
    close = re.compile(rf"[ \t]*{sign[0]}{{{len(sign)},}}[ \t]*\Z")
    first = at = at + 1
    texts, leads = [], []
    while at < len(lines) and not close.match(lines[at]):
        blanks = len(lines[at]) - len(lines[at].lstrip(" \t"))
        lead = min(room, blanks)
        leads.append(lines[at][:lead])
        texts.append(lines[at][lead:])
        at += 1
    return Block(first + 1, tuple(texts), tuple(leads) if room else ()), at + 1
