"""What a page of help is made of: rows under titles, as data."""

from typing import NamedTuple

__all__ = ["HelpPage", "Hit", "Row", "Section", "rows_of_lines", "text_section"]


class Row(NamedTuple):
    """A line of help: a term, what it means, and a mark at its end such as a status."""

    term: str
    text: str
    mark: str = ""


class Section(NamedTuple):
    """Rows under a title. `kind` is the look of the rows.

    The kinds: `text`, paragraphs; `example`, lines that can be typed; `command`, `rule`
    and `argument`, terms of that look with a text beside each; `field`, terms with their
    kinds; `condition`, sentences with
    a text below each, of which a screen shows the first ones only.
    """

    title: str
    kind: str
    rows: tuple[Row, ...]


class HelpPage(NamedTuple):
    """What is known about a topic."""

    topic: str
    title: str
    sections: tuple[Section, ...]


class Hit(NamedTuple):
    """A thing that fits what was looked for, with the words in it that say so."""

    kind: str
    topic: str
    about: str


def text_section(*paragraphs: str, title: str = "") -> list[Section]:
    """Make a section of paragraphs; none where there are none."""
    rows = tuple(Row("", text) for text in paragraphs if text)
    return [Section(title, "text", rows)] if rows else []


def rows_of_lines(*lines: str) -> tuple[Row, ...]:
    """Make rows of lines that can be typed."""
    return tuple(Row(line, "") for line in lines)
