r"""Columns of a terminal: how wide text is, where it may be cut, what is shown escaped.

A letter takes one column or two, and a combining mark none: it belongs to the letter
before it, and is never cut from it. What no terminal shows, or what would move or reorder
its neighbours (control characters, bidi controls, joiners, variation selectors, halves
of flags, a mark without a letter), is shown escaped, such as `\u200d`.
"""

import re
from collections.abc import Iterator

__all__ = ["NARROW", "clip", "head_of", "is_narrow", "letters", "visible", "width_of"]

NARROW = "─│├┤┼█▏▎▍▌▋▊▉▁▂▃▄▅▆▇░▒▓╌╎┊·…✓✗×←→↑↓"
"""What else is drawn takes one column a character; no more needs to be known of it."""
_NARROW = rf"[\x20-\x7e{NARROW}]*\Z"

_ESCAPED = -1
_IGNORABLE = (
    *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF)),
    *((0x1F1E6, 0x1F1FF), (0x1F3FB, 0x1F3FF)),
)
"""Printable by their category, but invisible, or one with a neighbour in some terminals."""
_JOINED = ((0x1161, 0x11FF), (0xD7B0, 0xD7FB))
"""Vowels and finals of Korean syllables, which join the consonant before them."""

_known: dict[str, int] = {}


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def _measure(letter: str) -> int:
    """Return the columns of a letter: 0 for a mark, -1 for what is shown escaped."""
    import unicodedata

    code = ord(letter)
    if not letter.isprintable() or _within(code, _IGNORABLE):
        return _ESCAPED
    if unicodedata.category(letter) in ("Mn", "Me") or _within(code, _JOINED):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def letters(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield each letter with its marks: as it is, as it is shown, and its columns."""
    held, shown, width = "", "", 0
    marks = False
    for letter in text:
        columns = _known.get(letter)
        if columns is None:
            columns = _known[letter] = _measure(letter)
        if columns == 0 and marks:
            held += letter
            shown += letter
            continue
        if held:
            yield held, shown, width
        marks = columns > 0
        held = shown = letter
        width = columns
        if not marks:
            shown = letter.encode("unicode_escape").decode()
            width = len(shown)
    if held:
        yield held, shown, width


def is_narrow(text: str) -> bool:
    """Whether each character is shown as it is and takes one column, and none joins another."""
    if text.isascii():
        return text.isprintable()
    return re.match(_NARROW, text) is not None


def visible(text: str) -> str:
    """Show what cannot be shown as it is escaped."""
    if is_narrow(text):
        return text
    return "".join([shown for _, shown, _ in letters(text)])


def width_of(text: str) -> int:
    """Measure text in columns of a terminal, as it will be shown."""
    if is_narrow(text):
        return len(text)
    return sum([width for _, _, width in letters(text)])


def head_of(text: str, width: int) -> str:
    """Return as much of the beginning as finds room; no letter is cut in half."""
    if is_narrow(text):
        return text[: max(0, width)]
    used = end = 0
    for held, _, columns in letters(text):
        used += columns
        if used > width:
            break
        end += len(held)
    return text[:end]


def clip(text: str, width: int) -> str:
    """Cut text to a width, with an ellipsis where something is left out."""
    if len(head_of(text, width)) == len(text):
        return text
    return head_of(text, width - 1) + "…"
