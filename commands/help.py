"""Session: help, drawn from what everything declares about itself."""

from zxdbg.lang.arguments import TopicWord
from zxdbg.lang.declare import command
from zxdbg.lang.help import HelpPage, Section, help_page
from zxdbg.loader import load_commands
from zxdbg.render.draw import draw
from zxdbg.render.parts import Line, Look, dim, plain, wrap
from zxdbg.result import Result
from zxdbg.state import State


@command("help", quiet=True)
def help_(state: State, *topic: TopicWord) -> HelpPage:
    """Explain a command, a syscall with its rules, a status, a right, or list everything.

    Args:
        topic: A command, zx_…, ZX_ERR_…, ZX_RIGHT_…, or nothing.

    Examples:
        zx> help write
        zx> help zx_process_write_memory
        zx> help ZX_ERR_NO_MEMORY
    """
    return help_page(load_commands(), state.profile, " ".join(topic))


# Drawing --------------------------------------------------------------------------

_TERM_STYLES = {"command": "command", "example": "text", "rule": "dim", "argument": "name"}


@draw.register(HelpPage)
def _draw_help(data: HelpPage, result: Result, look: Look) -> list[Line]:
    title, _, more = data.title.partition("\n")
    lines: list[Line] = [[("title", line)] for line in wrap(title, look.width)]
    if more:
        lines += [[plain(line)] for line in wrap(more, look.width)]
    for section in data.sections:
        if data.topic or section.title or section is not data.sections[0]:
            lines.append([])
        if section.title:
            lines.append([dim(section.title)])
        lines += _section_lines(section, look)
    return lines


def _section_lines(section: Section, look: Look) -> list[Line]:
    lines: list[Line] = []
    if section.kind == "text":
        for row in section.rows:
            lines += [[plain(line)] for line in wrap(row.text, look.width)]
        return lines
    style = _TERM_STYLES[section.kind]
    longest = max((len(row.term) for row in section.rows), default=0)
    column = min(longest, max(12, look.width // 3))
    for row in section.rows:
        head = f"  {row.term:<{column}}  "
        if not row.text:
            lines += [[(style, line)] for line in wrap(row.term, look.width, "  ", "      ")]
            continue
        if len(row.term) > column:
            lines.append([(style, f"  {row.term}")])
            head = " " * (column + 4)
        mark = f"  {row.mark}" if row.mark else ""
        text = wrap(row.text, look.width - len(mark), head, " " * (column + 4))
        for at, line in enumerate(text):
            tail = mark if at == 0 else ""
            pad = " " * (look.width - len(mark) - len(line)) if tail else ""
            lines.append([(style, line[: column + 4]), plain(line[column + 4 :] + pad), dim(tail)])
    return lines
