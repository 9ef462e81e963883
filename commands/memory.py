"""Memory of a process: write and read, as a debugger does it."""

from typing import NamedTuple

from zxdbg.kernel.aspace import Extent
from zxdbg.kernel.task import Process
from zxdbg.lang.arguments import AddressArg, DataIn, LengthArg, Place, ProcessHandle
from zxdbg.lang.declare import command
from zxdbg.mistake import CommandError
from zxdbg.result import Address, Bytes
from zxdbg.state import State
from zxdbg.syscalls import GOOD, zx_process_read_memory, zx_process_write_memory
from zxdbg.syscalls.buffers import Fill
from zxdbg.syscalls.call import Outcome


class Written(NamedTuple):
    """What zx_process_write_memory did."""

    requested: Bytes
    actual: Bytes | None
    stopped: str | None
    next: Address | None
    vaddr: Address
    extents: tuple[Extent, ...]


class Read(NamedTuple):
    """What zx_process_read_memory found."""

    requested: Bytes
    actual: Bytes | None
    stopped: str | None
    next: Address | None
    data: bytes | None
    vaddr: Address
    extents: tuple[Extent, ...]


def _extents(
    state: State, process: int, outcome: Outcome, vaddr: int, length: int
) -> tuple[Extent, ...]:
    """Say what the range of a transfer that moved something goes over."""
    if outcome.status:
        return ()
    for rule, facts in outcome.checks:
        if rule.name == "vaddr-mapped":
            first = facts[1]
            assert isinstance(first, Extent)
            if vaddr + length <= first.end and outcome.stop == ("complete", None):
                offset = first.offset + (vaddr - first.start)
                return (first._replace(start=vaddr, end=vaddr + length, offset=offset),)
    found = state.object_of(process)
    return tuple(found.aspace.extents(vaddr, length)) if isinstance(found, Process) else ()


@command("write", value="actual", hidden=("vaddr", "extents"))
def write(
    state: State,
    process: ProcessHandle,
    address: AddressArg,
    data: DataIn,
    *,
    length: LengthArg | None = None,
) -> Written:
    """Write memory of a process, whatever its permissions are.

    Only the rights of the process handle count. Fewer bytes than asked are written where
    the memory ends first: `actual` says how many, and the result shows where and why.

    Args:
        process: Handle of the process; needs ZX_RIGHT_WRITE.
        address: First address in that process.
        data: The bytes: "text", hex:…, fill:BYTE:LENGTH, zero:LENGTH, file:PATH, null, @ADDRESS.
        length: Bytes asked for; null and @ADDRESS need it.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap --at 0x10000000
        zx> write $demo $base+0x3ff0 "0123456789abcdef++++" => ZX_OK actual=16 stopped=hole
        zx> write $demo $base+0x4000 "x" => ZX_ERR_NO_MEMORY
    """
    if length is None:
        length = _length(data)
    outcome = state.call(zx_process_write_memory, process, address, data, length)
    stopped, following = outcome.stop or (None, None)
    extents = _extents(state, process, outcome, address, length)
    return Written(length, outcome.actual, stopped, following, address, extents)


def _length(data: DataIn) -> int:
    if isinstance(data, bytes):
        return len(data)
    if isinstance(data, Fill):
        return data.length
    what = "null" if data is None else "@ADDRESS"
    raise CommandError(f"{what} needs --length N", hint="it says how many bytes are asked for")


@command("read", value="data", hidden=("vaddr", "extents"))
def read(
    state: State,
    process: ProcessHandle,
    address: AddressArg,
    length: LengthArg,
    *,
    buffer: Place = GOOD,
) -> Read:
    """Read memory of a process, whatever its permissions are.

    The kernel asks for the right to write, too. Bytes that could not be read are ??.

    Args:
        process: Handle of the process; needs ZX_RIGHT_READ and ZX_RIGHT_WRITE.
        address: First address in that process.
        length: Bytes to read, 1 to 64 MiB.
        buffer: Where the bytes go in the caller's own memory, so that the zeros of the
            kernel's probe can be seen.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap
        zx> write $demo $base "hello"
        zx> read $demo $base 5 => ZX_OK data="hello"
    """
    outcome = state.call(zx_process_read_memory, process, address, length, buffer=buffer)
    stopped, following = outcome.stop or (None, None)
    extents = _extents(state, process, outcome, address, length)
    data = outcome.buffer
    return Read(length, outcome.actual, stopped, following, data, address, extents)
