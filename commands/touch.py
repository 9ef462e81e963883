"""Memory: peek and poke do what a thread of the process itself would do."""

from typing import NamedTuple

from zxdbg.kernel.aspace import Fault
from zxdbg.kernel.limits import MAX_BLOCK
from zxdbg.kernel.task import KILLED, Process
from zxdbg.lang.arguments import AddressArg, DataIn, LengthArg, ViewedProcess
from zxdbg.lang.declare import command
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw
from zxdbg.render.hexdump import hexdump
from zxdbg.render.parts import Line, Look, note, plain
from zxdbg.result import Address, Bytes, Result
from zxdbg.state import State
from zxdbg.syscalls.buffers import Fill, fetch

_PIECE = 1 << 20


class Touched(NamedTuple):
    """What an access of the process itself did. A fault is absent where all went well."""

    fault: str | None
    fault_addr: Address | None
    actual: Bytes
    data: bytes | None
    address: Address
    requested: Bytes
    killed: str | None


_HIDDEN = ("address", "requested", "killed")


def _deliver(state: State, process: Process, fault: Fault | None, deliver: bool) -> str | None:
    """Let a fault do what it does when nobody handles it: kill the process."""
    if fault is None or not deliver:
        return None
    process.kill(KILLED)
    state.kernel.reap()
    return process.name or "the process"


def _touched(
    fault: Fault | None,
    actual: int,
    data: bytes | None,
    address: int,
    requested: int,
    killed: str | None,
) -> Touched:
    kind = None if fault is None else fault.kind.value
    where = None if fault is None else fault.address
    return Touched(kind, where, actual, data, address, requested, killed)


@command("peek", value="data", hidden=_HIDDEN, statusless=True)
def peek(
    state: State,
    process: ViewedProcess,
    address: AddressArg,
    length: LengthArg,
    *,
    deliver: bool = False,
) -> Touched:
    """Load bytes as a thread of the process would: permissions count, and it can fault.

    Use it beside `read`, which asks for the rights of a handle and for no permission.

    Args:
        process: Handle or koid of the process; it needs no right.
        address: First address.
        length: Bytes, 64 MiB at most.
        deliver: Deliver the fault: nobody handles it, and the process dies.

    Examples:
        zx> process create demo; vmo create 4K --name code
        zx> $c = map $demo.vmar $code --perms none
        zx> read $demo $c 4 => ZX_OK
        zx> peek $demo $c 4 => fault
    """
    if length > MAX_BLOCK:
        raise CommandError("peek looks at 64 MiB at most")
    found = state.process_of(process)
    loaded = found.aspace.load(address, length)
    if not isinstance(loaded, Fault):
        return _touched(None, length, loaded, address, length, None)
    before = found.aspace.load(address, loaded.address - address)
    data = b"" if isinstance(before, Fault) else before
    killed = _deliver(state, found, loaded, deliver)
    return _touched(loaded, len(data), data, address, length, killed)


@command("poke", value="actual", hidden=(*_HIDDEN, "data"), statusless=True)
def poke(
    state: State,
    process: ViewedProcess,
    address: AddressArg,
    data: DataIn,
    *,
    deliver: bool = False,
) -> Touched:
    """Store bytes as a thread of the process would: permissions count, and it can fault.

    Bytes before the one that faults stay stored.

    Args:
        process: Handle or koid of the process; it needs no right.
        address: First address.
        data: The bytes, which the line itself must carry.
        deliver: Deliver the fault: nobody handles it, and the process dies.

    Examples:
        zx> process create demo; vmo create 4K --name code
        zx> $c = map $demo.vmar $code --perms r
        zx> write $demo $c "x" => ZX_OK
        zx> poke $demo $c "x" => fault=permission
    """
    if not isinstance(data, (bytes, Fill)):
        raise CommandError("poke stores bytes that the line carries", hint='"text", hex: or fill:')
    length = len(data) if isinstance(data, bytes) else data.length
    found = state.process_of(process)
    done = 0
    fault = None
    while done < length and fault is None:
        step = min(_PIECE, length - done)
        fault = found.aspace.store(address + done, fetch(found, data, done, step) or b"")
        done += step
    actual = length if fault is None else fault.address - address
    killed = _deliver(state, found, fault, deliver)
    return _touched(fault, actual, None, address, length, killed)


# Drawing --------------------------------------------------------------------------

_FAULTS = {
    "outside": "no user address",
    "noncanonical": "no address at all on this processor: a general protection fault",
    "hole": "nothing is mapped there",
    "permission": "the mapping does not permit it",
    "vmo-end": "the mapping reaches past the end of its VMO",
    "no-memory": "no physical memory is left for the page",
}


@draw.register(Touched)
def _draw_touched(data: Touched, result: Result, look: Look) -> list[Line]:
    verb = "stored" if data.data is None else "loaded"
    amount = f"{facts.size(data.actual)} of {facts.count(data.requested)} {verb}"
    if data.fault is None:
        lines: list[Line] = [[("ok", "done"), plain(f"   {amount}")]]
    else:
        where = f"fault ({data.fault}) at {data.fault_addr:#x}"
        lines = [[("refused", where), plain(f"   {amount}")]]
        lines += note("why", _FAULTS[data.fault], look)
        told = "not delivered; --deliver does"
        if data.killed is not None:
            told = f"delivered: nobody handles it, and {data.killed} is dead"
        lines += note("", told, look)
    if data.data:
        dump = hexdump(data.data, data.address, len(data.data), look, lambda at: "", {})
        lines += [[], *dump]
    return lines
