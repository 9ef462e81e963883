"""Rewrites the expectations of a file to what came; every other byte stays as it is."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from zxdbg.failure import Failure, Missed, OtherOutput
from zxdbg.lang.expect import Expectation
from zxdbg.lang.write import quote, value_text
from zxdbg.steps import Place, is_output

__all__ = ["Edit", "apply_edits", "edits_for"]

_ANY_BEFORE = re.compile(r"(?:^|\s)=>\s+any\s+\Z")
_BOM = b"\xef\xbb\xbf"


class Edit(NamedTuple):
    """A piece of a file to replace: lines from 1, columns from 0, -1 for the end of the line.

    In `text` a newline stands for the end of a line as the file has it.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def apply_edits(raw: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the file with pieces replaced that do not overlap."""
    bom = _BOM if raw.startswith(_BOM) else b""
    text = raw.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def place(line: int, column: int) -> int:
        return starts[line - 1] + (column if column >= 0 else len(lines[line - 1].rstrip("\r")))

    def end_of(line: int) -> str:
        last = line >= len(lines)
        return "\r\n" if (lines[0] if last else lines[line - 1]).endswith("\r") else "\n"

    cuts = [
        (place(e.line, e.column), place(e.end_line, e.end_column), e.text, end_of(e.line))
        for e in edits
    ]
    for start, end, new, newline in sorted(cuts, reverse=True):
        text = text[:start] + new.replace("\n", newline) + text[end:]
    return bom + text.encode("utf-8", "surrogateescape")


def edits_for(failure: Failure) -> list[Edit]:
    """Return what makes the expectation of a failure true; nothing if that cannot be written."""
    cause = failure.cause
    if isinstance(cause, OtherOutput):
        return _output(cause)
    if isinstance(cause, Missed):
        return _words(cause.place, cause)
    return []


# Output ---------------------------------------------------------------------------


def _output(cause: OtherOutput) -> list[Edit]:
    found, stated = cause.difference, cause.stated
    came = found.shown[found.same : found.until]
    if not all(is_output(stated.form, line) for line in came):
        return []
    gone = [line.line for line in stated.lines[found.at : found.end]]
    edits = [Edit(line - 1, -1, line, -1, "") for line in gone]
    if came:
        lead = stated.lines[0].lead
        if stated.form == "bars":
            lead = lead.rstrip() + " "
        anchor = stated.lines[found.at - 1].line if found.at else cause.last
        text = "".join("\n" + f"{lead}{line}".rstrip() for line in came)
        edits.append(Edit(anchor, -1, anchor, -1, text))
    return edits


# Statuses and fields --------------------------------------------------------------


def _words(place: Place, cause: Missed) -> list[Edit]:
    expectation, result = cause.expectation, cause.result
    if expectation.error is not None:
        return [_edit(place, expectation.error.span, _no_error(cause))]
    assert result is not None
    fields = {wanted.span: wanted for wanted in expectation.fields}
    status = "any" if result.status is None else result.status.label
    said = expectation.status is not None or _says_any(place, expectation)
    edits = []
    for miss in cause.misses:
        wanted = fields.get(miss.span)
        if wanted is None:
            edits.append(_edit(place, miss.span, status))
        elif miss.came is not None:
            text = value_text(wanted.kind, miss.came, wanted.text)
            if not text:
                return []
            edits.append(_edit(place, miss.span, f"{wanted.field}={text}"))
        elif said:
            edits.append(_removal(place, miss.span))
        else:
            edits.append(_edit(place, miss.span, status))
            said = True
    return edits


def _says_any(place: Place, expectation: Expectation) -> bool:
    first = min(wanted.span[0] for wanted in expectation.fields)
    return _ANY_BEFORE.search(place.text[:first]) is not None


def _no_error(cause: Missed) -> str:
    result = cause.result
    if result is None:
        message = str(cause.misses[0].came)
        return f"error={quote(message.encode('utf-8', 'surrogateescape'))}"
    return "any" if result.status is None else result.status.label


def _edit(place: Place, span: tuple[int, int], text: str) -> Edit:
    line, column = place.at(span[0])
    return Edit(line, column - 1, line, column - 1 + span[1] - span[0], text)


def _removal(place: Place, span: tuple[int, int]) -> Edit:
    """Take a word away, with the blanks before it."""
    start = span[0]
    while place.text[start - 1 : start] in (" ", "\t"):
        start -= 1
    return _edit(place, (start, span[1]), "")
