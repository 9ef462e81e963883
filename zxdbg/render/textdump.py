"""Memory as text: lines with their addresses, every byte of them readable.

A row ends where the data has a line break or a run of zeros, which ends a string in C,
and where the screen ends. What cannot be shown is escaped as in a string of the language.
"""

import re
from typing import TYPE_CHECKING

from zxdbg.render import facts
from zxdbg.render.hexdump import equal_rows, more_bytes
from zxdbg.render.letters import SEQUENCE
from zxdbg.render.parts import Line, Look, append, dim, plain, visible, width_of

if TYPE_CHECKING:
    from zxdbg.render.hexdump import Dump

__all__ = ["textdump"]

_TOKEN = re.compile(
    rb"(?P<end>\0+|\r?\n)|(?P<text>[ !#-\[\]-~]{1,256})|(?P<wide>%s)|(?P<byte>.)" % SEQUENCE,
    re.DOTALL,
)
_ESCAPES = {0x07: "a", 0x08: "b", 0x09: "t", 0x0B: "v", 0x0C: "f", 0x0D: "r", 0x1B: "e"}
_ESCAPES |= {0x22: '"', 0x5C: "\\"}
_MANY = 4
"""From so many zeros on they are counted."""


def textdump(dump: "Dump", look: Look, most: int) -> list[Line]:
    """Draw the bytes of a dump as text, `most` lines of it."""
    data, start, stop = dump.data, dump.start, dump.stop
    reached = start + len(data)
    digits = len(facts.address(stop))
    room = look.width - digits - 5
    lines: list[Line] = []
    at, drawn = start, start - 1
    while at < reached and len(lines) < most:
        lines += dump.borders(drawn, at, "  ", look)
        drawn = at
        edge = min(dump.border_after(at), reached)
        letters, count = _row(data, at - start, edge - start, room)
        high = at + count
        marked = dump.marks.touch(at, high)
        mark = ("changed", "*") if marked else plain(" ")
        lines.append([("address", f"  {at:#0{digits}x}"), mark, plain("  "), *letters])
        limit = dump.marks.edge_after(at, edge)
        same = equal_rows(data, high - start, count) if limit >= high + 2 * count else 0
        same = min(same, (limit - high) // count)
        if same > 1:
            lines.append([dim(f"  *  {same} more lines like it")])
            high += same * count
        at = high
    if at < reached:
        lines.append([dim(f"  {more_bytes(stop - at, at)}")])
    elif at < stop:
        lines += dump.borders(drawn, at, "  ", look)
        where = ("address", f"  {at:#0{digits}x}")
        lines.append([where, plain("   "), ("unread", f"??  {facts.count(stop - at)} not read")])
    return lines


def _row(data: bytes, at: int, end: int, room: int) -> tuple[Line, int]:
    """Compose a row of text from `at` on; return it and how many bytes are in it."""
    line: Line = []
    start, used = at, 0
    while at < end:
        match = _TOKEN.match(data, at, end)
        assert match is not None
        kind, found = str(match.lastgroup), match.group()
        bare = not line or line[-1][0] != "text"
        style, text = _shown(kind, found, bare=bare)
        width = len(text) if kind == "text" else width_of("x" + text) - 1
        if used + width > room:
            if kind == "text" and used < room:
                append(line, style, text[: room - used])
                at += room - used
            elif not used:
                append(line, style, text)
                at = match.end()
            break
        append(line, style, text)
        used += width
        at = match.end()
        if kind == "end":
            break
    return line, at - start


def _shown(kind: str, found: bytes, *, bare: bool) -> tuple[str, str]:
    """Return the style and the text of a token; `bare` if no letter stands before it."""
    if kind == "text":
        return "text", found.decode()
    if kind == "end":
        if found[0]:
            return "dim", "\\r\\n" if len(found) == 2 else "\\n"
        return "zero", f"\\0 ×{len(found)}" if len(found) >= _MANY else "\\0" * len(found)
    if kind == "wide":
        try:
            letter = found.decode()
        except UnicodeDecodeError:
            letter = ""
        if letter and visible("x" * (not bare) + letter).endswith(letter):
            return "text", letter
        return "byte", "".join(f"\\x{byte:02x}" for byte in found)
    byte = found[0]
    return "byte", f"\\{_ESCAPES[byte]}" if byte in _ESCAPES else f"\\x{byte:02x}"
