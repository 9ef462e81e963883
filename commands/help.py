"""Questions: help and apropos, drawn from what everything declares about itself."""

from typing import NamedTuple

from zxdbg.lang.arguments import TopicWord
from zxdbg.lang.declare import command
from zxdbg.lang.page import HelpPage, Hit, Row, Section
from zxdbg.loader import load_commands
from zxdbg.render.draw import draw
from zxdbg.render.parts import (
    Cell,
    Line,
    Look,
    clip,
    dim,
    more_rows,
    plain,
    table,
    width_of,
    wrap,
)
from zxdbg.result import Result
from zxdbg.state import State


@command("help", spellings=("h",), quiet=True)
def help_(state: State, *topic: TopicWord) -> HelpPage:
    """Explain a command, a syscall with its rules, a status, a right, or list everything.

    When:
        To read about one thing whose name you know; `apropos` finds the name.

    Args:
        topic: A command, zx_…, ZX_ERR_…, ZX_RIGHT_…, or nothing.

    Examples:
        zx> help write
        zx> help zx_process_write_memory
        zx> help ZX_ERR_NO_MEMORY
    """
    from zxdbg.lang.help import help_page  # what start-up does not need

    return help_page(load_commands(), state.profile, " ".join(topic))


class Found(NamedTuple):
    """What fits, the best first."""

    rows: tuple[Hit, ...]
    words: str


@command("apropos", quiet=True, hidden=("words",))
def apropos(state: State, word: TopicWord, *more: TopicWord) -> Found:
    """Find what speaks of a word: commands, syscalls, rules, statuses, rights, differences.

    When:
        When you know what you want and not what it is called; `help` then explains it.

    Args:
        word: A word, or its beginning.
        more: Further words, all of which have to occur.

    Examples:
        zx> apropos copy
        zx> apropos page aligned
    """
    from zxdbg.lang.apropos import search  # as above

    return Found(search(load_commands(), (word, *more)), " ".join((word, *more)))


# Drawing --------------------------------------------------------------------------

_TERM_STYLES = {"command": "command", "example": "text", "rule": "dim", "argument": "name"}
_SCREEN = 21
"""Rows of a small terminal, without the prompt, the hint below it and the blank row before it."""
_SHOWN = 12
"""Conditions and hits that are shown, so that what to do about them stays in sight."""


@draw.register(HelpPage)
def _draw_help(data: HelpPage, result: Result, look: Look) -> list[Line]:
    title, _, more = data.title.partition("\n")
    lines: list[Line] = [[("title", line)] for line in wrap(title, look.width)]
    if more:
        lines += [[plain(line)] for line in wrap(more, look.width)]
    sections = [_section_lines(section, look) for section in data.sections]
    if not data.topic:
        return _draw_map(data, lines, sections, look)
    for section in sections:
        lines += [[], *section]
    return lines


def _draw_map(
    data: HelpPage, lines: list[Line], sections: list[list[Line]], look: Look
) -> list[Line]:
    """Draw the map on one screen."""
    room = _SCREEN - len(lines) - len(sections[0]) - len(sections[2])
    sections[1] = _language_lines(data.sections[1], room, look)
    spare = room - len(sections[1])
    for at, section in enumerate(sections):
        lines += [[], *section] if 0 < at <= spare else section
    return lines


def _language_lines(section: Section, room: int, look: Look) -> list[Line]:
    """Draw the parts of the language; those for which there is no room are named only."""
    lines: list[Line] = []
    for count in range(len(section.rows), -1, -1):
        lines = _section_lines(section._replace(rows=section.rows[:count]), look)
        if count < len(section.rows):
            terms = [row.term.removeprefix("help ") for row in section.rows[count:]]
            named = wrap(f"help {' · '.join(terms)}", look.width, "  ", "  ")
            lines += [[("text", line)] for line in named]
        if len(lines) <= room:
            break
    return lines


def _section_lines(section: Section, look: Look) -> list[Line]:
    lines: list[Line] = [[dim(section.title)]] if section.title else []
    if section.kind == "text":
        indent = "  " if section.title else ""
        for row in section.rows:
            lines += [[plain(line)] for line in wrap(row.text, look.width, indent, indent)]
        return lines
    if section.kind == "field":
        fields = " · ".join(f"{row.term} {row.text}" for row in section.rows)
        return lines + [[plain(line)] for line in wrap(fields, look.width, "  ", "  ")]
    if section.kind == "condition":
        return lines + _condition_lines(section.rows, look)
    style = _TERM_STYLES[section.kind]
    longest = max((width_of(row.term) for row in section.rows if row.text), default=0)
    column = min(longest, max(12, look.width // 3))
    for row in section.rows:
        if not row.text:
            lines += [[(style, line)] for line in wrap(row.term, look.width, "  ", "      ")]
            continue
        head = f"  {row.term}" + " " * (column - width_of(row.term)) + "  "
        if width_of(row.term) > column:
            lines.append([(style, f"  {row.term}")])
            head = " " * (column + 4)
        mark = f"  {row.mark}" if row.mark else ""
        text = wrap(row.text, look.width - len(mark), head, " " * (column + 4))
        for at, line in enumerate(text):
            tail = mark if at == 0 else ""
            pad = " " * (look.width - len(mark) - width_of(line)) if tail else ""
            lines.append([(style, line[: column + 4]), plain(line[column + 4 :] + pad), dim(tail)])
    return lines


def _condition_lines(rows: tuple[Row, ...], look: Look) -> list[Line]:
    """Draw sentences, and below each who makes them a condition."""
    shown = len(rows) if look.everything or len(rows) <= _SHOWN + 2 else _SHOWN
    lines: list[Line] = []
    for row in rows[:shown]:
        lines += [[plain(line)] for line in wrap(row.term, look.width, "  ", "    ")]
        names = row.text.split(" · ")
        text = row.text if len(names) <= 4 else f"{' · '.join(names[:3])} · {len(names) - 3} more"
        lines += [[dim(line)] for line in wrap(text, look.width, "      ", "      ")]
    return lines + more_rows(len(rows) - shown, "--json shows them all")


@draw.register(Found)
def _draw_found(data: Found, result: Result, look: Look) -> list[Line]:
    if not data.rows:
        words = clip(data.words, look.width - 50)
        return [[dim(f"nothing speaks of {words}; help lists what there is")]]
    shown = len(data.rows) if look.everything else min(len(data.rows), _SCREEN - 3)
    rows: list[list[Cell]] = [
        [("command", hit.topic), plain(hit.about)] for hit in data.rows[:shown]
    ]
    lines = table(["", ""], rows, look)
    left = more_rows(len(data.rows) - shown, "another word leaves fewer")
    return [*lines, *left, [dim(f"  help {data.rows[0].topic} explains the first one")]]
