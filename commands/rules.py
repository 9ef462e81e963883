"""Questions: coverage, which rules have decided so far."""

from typing import Annotated

from zxdbg.coverage import Covered, cover
from zxdbg.lang.arguments import WordArg
from zxdbg.lang.declare import command
from zxdbg.mistake import CommandError
from zxdbg.render.coverage import coverage_lines
from zxdbg.render.draw import draw
from zxdbg.render.parts import Line, Look
from zxdbg.result import Result
from zxdbg.state import State
from zxdbg.syscalls import SYSCALLS

SyscallName = Annotated[str, WordArg("SYSCALL", "a syscall, such as zx_vmar_map")]


@command("coverage", quiet=True)
def coverage(state: State, syscall: SyscallName | None = None) -> Covered:
    """Show which rules have been seen deciding in this session, and which have not.

    Counted are the rules that can decide in the profile in force, of the syscalls that were
    called; for each that has not decided there is a line that shows it, where one is known.
    What explain and compare show counts as seen. For files there is zxdbg --coverage, and
    --fail-under with the least percentage.

    When:
        In a lesson or a test, to see which answers of a syscall it has not come to yet.

    Args:
        syscall: A syscall, called or not; by default all that were called.

    Examples:
        zx> process create demo
        zx> write $demo 0 "x" => ZX_ERR_NO_MEMORY
        zx> coverage => seen=1
        zx> coverage zx_vmar_map => seen=0
    """
    only = ""
    if syscall is not None:
        found = SYSCALLS.get(f"zx_{syscall.removeprefix('zx_')}")
        if found is None:
            raise CommandError(
                f"there is no syscall {syscall}", hint="help syscalls lists them", param="syscall"
            )
        only = (found.alias_of or found).name
    return cover(state.profile, state.seen[state.profile], only)


# Drawing --------------------------------------------------------------------------


@draw.register(Covered)
def _draw_covered(data: Covered, result: Result, look: Look) -> list[Line]:
    return coverage_lines(data, look)
