"""Bytes as letters: which of them are text, and how many columns they take.

A dump has as many columns as bytes, so a character of several bytes is padded with marks
to their number. Only what keeps to its columns in every terminal is shown: no combining
or zero-width character, and none that is written from right to left.
"""

import re
from functools import lru_cache

from zxdbg.render.cells import visible, width_of

__all__ = ["SEQUENCE", "letter_cells", "letter_of"]

SEQUENCE = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
"""What may be one character of several bytes in UTF-8; decoding it decides."""
_OTHER = rb"[\x01-\x1f\x7f-\xc1\xf5-\xff]+|[\xc2-\xf4]"
_RUN = rb"(?P<zero>\0+)|(?P<text>[ -~]+)|(?P<wide>%s)|(?P<byte>%s)" % (SEQUENCE, _OTHER)
_PAD = "·"


def letter_cells(row: bytes) -> list[tuple[str, int, str]]:
    """List (style, bytes, letters) for the runs of a row, a column for each byte.

    What is no text is dots, a sequence that the row's end cuts too.
    """
    cells = []
    for match in re.finditer(_RUN, row):
        kind, found = str(match.lastgroup), match.group()
        letters = ""
        if kind == "text":
            letters = found.decode()
        elif kind == "wide":
            letters = letter_of(found)
            kind = "text" if letters else "byte"
        cells.append((kind, len(found), letters or "." * len(found)))
    return cells


@lru_cache(maxsize=4096)
def letter_of(sequence: bytes) -> str:
    """Return the character that a sequence is, padded to a column for each byte; or nothing."""
    import unicodedata

    try:
        letter = sequence.decode()
    except UnicodeDecodeError:
        return ""
    if visible(letter) != letter:
        return ""
    if unicodedata.bidirectional(letter) in ("R", "AL", "AN"):
        return ""
    width = width_of(letter)
    return letter + _PAD * (len(sequence) - width) if 0 < width <= len(sequence) else ""
