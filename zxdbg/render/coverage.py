"""How rule coverage looks: for the command, after scripts, and at the end of pytest's run."""

from typing import TYPE_CHECKING

from zxdbg.lang.help import STAGE
from zxdbg.render.parts import Line, Look, dim, note, wrap

if TYPE_CHECKING:
    from zxdbg.coverage import Covered, SyscallCovered

__all__ = ["coverage_lines", "headline"]

_COLUMN = 9


def headline(data: "Covered") -> str:
    """Say in one line how much was seen."""
    if not data.rules:
        return f"profile {data.profile}: no syscall was called that has rules"
    count = len(data.syscalls)
    noun = "syscall" if count == 1 else "syscalls"
    return (
        f"profile {data.profile}: {data.seen} of {data.rules} rules of {count} {noun} "
        f"have decided, {data.percent}%"
    )


def coverage_lines(data: "Covered", look: Look) -> list[Line]:
    """Draw which rules of which syscalls have decided, and lines that show the others."""
    lines: list[Line] = [[("title", headline(data))]]
    for row in data.syscalls:
        lines += _syscall_lines(row, look)
    if data.not_called:
        count = len(data.not_called)
        lines.append(
            [dim(f"{count} {'syscall was' if count == 1 else 'syscalls were'} not called")]
        )
    if any(each.line for row in data.syscalls for each in row.missing):
        stage = f"the lines come after: {'; '.join(STAGE)}"
        lines += [[dim(line)] for line in wrap(stage, look.width, "", "  ")]
    return lines


def _syscall_lines(row: "SyscallCovered", look: Look) -> list[Line]:
    total = len(row.seen) + len(row.missing)
    lines: list[Line] = [[("command", row.syscall), dim(f"   {len(row.seen)} of {total}")]]
    if row.seen:
        lines += note("decided", " · ".join(row.seen), look, "ok", _COLUMN)
    column = max((len(each.rule) for each in row.missing), default=0)
    for at, each in enumerate(row.missing):
        head = f"  {'missing' if at == 0 else '':<{_COLUMN}}"
        text = wrap(each.line or "no line is known", look.width - len(head) - column - 2)
        for row_at, line in enumerate(text):
            name = each.rule if row_at == 0 else ""
            style = "text" if each.line else "dim"
            lines.append([dim(head), ("refused", f"{name:<{column}}  "), (style, line)])
            head = " " * len(head)
    return lines
