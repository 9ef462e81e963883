"""Memory: peek and poke do what a thread of the process itself would do."""

from typing import NamedTuple

from zxdbg.kernel.aspace import Fault, FaultKind
from zxdbg.kernel.limits import MAX_BLOCK
from zxdbg.kernel.task import KILLED, Process, ProcessState
from zxdbg.lang.arguments import AddressArg, DataIn, LengthArg, ViewedProcess
from zxdbg.lang.declare import command
from zxdbg.lang.reading import Count, Unit
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw
from zxdbg.render.hexdump import PLAIN_DUMP, DumpFormat, hexdump
from zxdbg.render.parts import Drawing, Look, note, plain
from zxdbg.result import Address, Bytes, Result
from zxdbg.state import State
from zxdbg.syscalls.buffers import Fill, fetch

from .memory import marked

_PIECE = 1 << 20


class Touched(NamedTuple):
    """What an access of the process itself did. A fault is absent where all went well."""

    fault: str | None
    fault_addr: Address | None
    actual: Bytes
    exception: int | None
    err_code: int | None
    data: bytes | None
    address: Address
    requested: Bytes
    fate: str
    form: DumpFormat = PLAIN_DUMP
    changed: tuple[tuple[int, int], ...] = ()


_HIDDEN = ("address", "requested", "fate", "form", "changed")


def _deliver(state: State, process: Process, fault: Fault | None, deliver: bool) -> str:
    """Let a fault do what it does when nobody handles it, kill the process; say what came of it."""
    name = process.name or "the process"
    if fault is None:
        return ""
    if process.state is ProcessState.DEAD:
        return f"not delivered: {name} is dead, and no thread is left that could do this"
    if not deliver:
        return "not delivered; --deliver does"
    process.kill(KILLED)
    state.kernel.reap()
    return f"delivered: nobody handles it, and {name} is dead"


_GENERAL, _FATAL_PAGE_FAULT = 0x8, 0x108
_LOAD, _STORE, _FETCH = 4, 6, 20
"""What x86-64 reports: bit 1 for a store, 2 for user mode, 4 for an instruction fetch."""


def _touched(
    fault: Fault | None,
    access: int,
    actual: int,
    data: bytes | None,
    address: int,
    requested: int,
    fate: str,
) -> Touched:
    if fault is None:
        return Touched(None, None, actual, None, None, data, address, requested, fate)
    general = fault.kind is FaultKind.NONCANONICAL
    exception = _GENERAL if general else _FATAL_PAGE_FAULT
    code = None if general else access
    kind = fault.kind.value
    return Touched(kind, fault.address, actual, exception, code, data, address, requested, fate)


@command("peek", value="data", hidden=_HIDDEN, statusless=True, goes_on="address")
def peek(
    state: State,
    process: ViewedProcess,
    address: AddressArg,
    length: LengthArg,
    *,
    execute: bool = False,
    deliver: bool = False,
    as_: Unit = "u8",
    group: Count | None = None,
    all: bool = False,
) -> Touched:
    """Load bytes as a thread of the process would: permissions count, and it can fault.

    When:
        To see whether code in the process could load from an address. `read` asks for
        the rights of a handle, and for no permission.

    Args:
        process: Handle or koid of the process; it needs no right.
        address: First address.
        length: Bytes, 64 MiB at most.
        execute: Fetch them as instructions, which needs the permission x besides r.
        deliver: Deliver the fault: nobody handles it, and the process dies.
        as_: What the bytes are shown as: u8, u16, u32, u64 (little endian), or text.
        group: Units between two wider gaps; by default 8 bytes, and 0 leaves gaps out.
        all: Show the whole range, however long; equal rows stay folded.

    Examples:
        zx> process create demo; vmo create 4K --name code
        zx> $c = map $demo.vmar $code --perms none
        zx> read $demo $c 4 => ZX_OK
        zx> peek $demo $c 4 => fault exception=0x108 err_code=4
        zx> protect $demo.vmar $c 4K r
        zx> peek $demo $c 4 => data=hex:00000000
        zx> peek $demo $c 4 --execute => fault=permission err_code=20
    """
    if length > MAX_BLOCK:
        raise CommandError("peek looks at 64 MiB at most", param="length")
    form = DumpFormat(as_, group, all)
    found = state.process_of(process)
    loaded = found.aspace.load(address, length, execute=execute)
    access = _FETCH if execute else _LOAD
    if not isinstance(loaded, Fault):
        done = _touched(None, access, length, loaded, address, length, "")
        return done._replace(form=form, changed=marked(state, found, address, loaded))
    before = found.aspace.load(address, loaded.address - address, execute=execute)
    data = b"" if isinstance(before, Fault) else before
    fate = _deliver(state, found, loaded, deliver)
    done = _touched(loaded, access, len(data), data, address, length, fate)
    return done._replace(form=form, changed=marked(state, found, address, data))


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

    When:
        To see whether code in the process could store to an address, and which fault it
        would raise. `write` asks for no permission.

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
        raise CommandError(
            "poke stores bytes that the line carries", hint='"text", hex: or fill:', param="data"
        )
    length = len(data) if isinstance(data, bytes) else data.length
    found = state.process_of(process)
    done = 0
    fault = None
    while done < length and fault is None:
        step = min(_PIECE, length - done)
        fault = found.aspace.store(address + done, fetch(found, data, done, step) or b"")
        done += step
    actual = length if fault is None else fault.address - address
    fate = _deliver(state, found, fault, deliver)
    return _touched(fault, _STORE, actual, None, address, length, fate)


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
def _draw_touched(data: Touched, result: Result, look: Look) -> Drawing:
    verb = "stored" if data.data is None else "loaded"
    amount = f"{facts.size(data.actual)} of {facts.count(data.requested)} {verb}"
    if data.fault is None:
        lines: Drawing = [[("ok", "done"), plain(f"   {amount}")]]
    else:
        where = f"fault ({data.fault}) at {data.fault_addr:#x}"
        lines = [[("refused", where), plain(f"   {amount}")]]
        lines += note("why", _FAULTS[data.fault], look)
        raised = "ZX_EXCP_GENERAL (0x8)"
        if data.err_code is not None:
            raised = f"ZX_EXCP_FATAL_PAGE_FAULT (0x108), err_code {data.err_code}"
        lines += note("raises", raised, look)
        lines += note("", data.fate, look)
    if data.data:
        dump = hexdump(
            data.data,
            data.address,
            len(data.data),
            look,
            lambda at: "",
            {},
            form=data.form,
            changed=data.changed,
        )
        lines += [[], *dump]
    return lines
