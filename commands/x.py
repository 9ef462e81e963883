"""Memory: x examines memory of the process at hand, in the words of other debuggers."""

from zxdbg.kernel.task import Process
from zxdbg.lang.arguments import AddressArg, ProcessHandle, SizeArg
from zxdbg.lang.declare import command
from zxdbg.lang.examine import Examine, ExamineFormat
from zxdbg.mistake import CommandError
from zxdbg.render.hexdump import DumpFormat
from zxdbg.state import State

from .memory import Read, read

_USUAL = 64
"""Bytes that are shown where nothing says how many, as in zxdb."""
_LONGEST = 256
"""Bytes of a string that are shown; gdb shows 200."""


@command(
    "x",
    value="data",
    hidden=("vaddr", "extents", "form", "changed"),
    explaining=("stopped",),
    spellings=("mem-read", "hexdump"),
    goes_on="address",
)
def x(
    state: State,
    address: AddressArg,
    *,
    format: ExamineFormat | None = None,
    size: SizeArg | None = None,
    process: ProcessHandle | None = None,
    all: bool = False,
) -> Read:
    """Read memory of the process at hand, as x does in gdb and zxdb.

    The process at hand is the one that the last command which named or created a process
    was about; `names` says which. It is `read` in other words: the same syscall.

    When:
        When your fingers know gdb or zxdb; `read` names the process.

    Args:
        address: First address in that process.
        format: How many and what, as in gdb: x (hex) with a size b, h, w, g (1, 2, 4, 8
            bytes), a (addresses), c (letters), s (strings up to a NUL).
        size: Bytes to read; 64 if nothing says how many.
        process: Handle of another process; needs ZX_RIGHT_READ and ZX_RIGHT_WRITE.
        all: Show the whole range, however long; equal rows stay folded.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap
        zx> write $demo $base "hello"
        zx> x $base => ZX_OK actual=64
        zx> x/5xb $base => data="hello"
        zx> x/2gx $base => actual=16
        zx> x/s $base => actual=6
        zx> mem-read $base --size 5 => data="hello"
    """
    if process is None:
        process = state.process_at_hand()
    shown = format or Examine(None, "x", 1)
    if size is not None and shown.units is not None:
        raise CommandError("the format says how many already", param="size", hint="one of the two")
    if size is None:
        size = _length(state, process, address, shown, plain=format is None)
    found = read(state, process, address, size)
    return found._replace(form=DumpFormat(shown.unit, None, all))


def _length(state: State, process: int, address: int, shown: Examine, *, plain: bool) -> int:
    if plain:
        return _USUAL
    count = 1 if shown.units is None else shown.units
    if shown.form != "s":
        return count * shown.size
    target = state.object_of(process)
    return _strings(target, address, count) if isinstance(target, Process) else count


def _strings(process: Process, address: int, count: int) -> int:
    """Measure some strings with their NULs, by the simulator's own view: no syscall is made."""
    seen = bytearray()
    most = min(count, _LONGEST) * _LONGEST
    while len(seen) < most:
        at = address + len(seen)
        mapping = process.aspace.find_mapping(at)
        if mapping is None or at >= mapping.backed_end:
            break
        step = min(most - len(seen), mapping.backed_end - at)
        seen += mapping.vmo.read(mapping.vmo_offset + at - mapping.base, step)
    length = 0
    for _ in range(min(count, _LONGEST)):
        nul = seen.find(0, length, length + _LONGEST)
        length = nul + 1 if nul >= 0 else min(length + _LONGEST, len(seen))
    return length or count
