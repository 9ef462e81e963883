"""zx_process_read_memory and zx_process_write_memory: what this project began with.

Pages `process_read_memory.md` and `process_write_memory.md`; kernel `syscalls/task.cpp`.
Both calls make the same checks in the same order. Neither looks at a mapping's
permissions: the rights of the process handle are the only gatekeeper.
"""

from zxdbg.kernel.aspace import AddressSpace, describe
from zxdbg.kernel.limits import MAX_BLOCK, U64
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Process, ProcessState
from zxdbg.kernel.vmar import VmMapping
from zxdbg.syscalls.args import BufferOut, DataIn, HandleIn, Size, SizeOut, Vaddr
from zxdbg.syscalls.buffers import GOOD, move_in, pieces, probe_offsets, store, unreadable_at
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule

__all__ = ["zx_process_read_memory", "zx_process_write_memory"]

_PAGES = "process_read_memory.md, process_write_memory.md"
_ENDING = (ProcessState.DYING, ProcessState.DEAD)

DYING = difference(
    "memory-of-the-dying",
    page=_PAGES,
    says="a process that is being terminated answers ZX_ERR_BAD_STATE",
    does="a dying process is read and written as before; the address space of a dead one "
    "is an empty stand-in, so no mapping is found: ZX_ERR_NO_MEMORY",
    example="kill $demo; write $demo $base 'x'".replace("'", '"'),
)
PHYSICAL = difference(
    "memory-of-devices",
    page=_PAGES,
    says="memory that is not cacheable answers ZX_ERR_BAD_STATE",
    does="so it is for an uncached VMO, but a physical one answers ZX_ERR_NOT_SUPPORTED",
    example='$dev = vmo physical 0xfee00000 4K; $reg = map $demo.vmar $dev; write $demo $reg "x"',
)
PAST_VMO = difference(
    "memory-past-the-vmo",
    page=_PAGES,
    says="fewer bytes are moved where the range runs past the memory that the process has; "
    "none at the first address is ZX_ERR_NO_MEMORY",
    does="a range that runs past the end of its VMO moves nothing: ZX_ERR_OUT_OF_RANGE",
    example='$long = map $demo.vmar $heap --size 32K; write $demo $long+0x3fff "xy"',
)
CROSSING = difference(
    "memory-across-mappings",
    page=_PAGES,
    says="fewer bytes are moved only where the range runs past the memory mapped in the process",
    does="the transfer ends with the first mapping, even if the next byte is mapped",
    example='protect $demo.vmar $base+0x1000 4K r; write $demo $base+0xffe "wxyz"',
)
difference(
    "memory-actual-null",
    page=_PAGES,
    says="nothing of an actual that is NULL",
    does="it is ZX_ERR_INVALID_ARGS, after the bytes were moved",
    example='zx_process_write_memory $demo $base "x" 1 --actual null',
    why_not="the pages only omit it",
)
difference(
    "memory-buffer-after-failure",
    page="process_read_memory.md",
    says="what is in the buffer after a failure is undefined",
    does="a zero byte lies in each page of it and at its last byte, once it was tried",
    example="vmo create 4K --name mine; $mine_at = map $self.vmar $mine; "
    "zx_process_read_memory $demo $base 8K --buffer @$mine_at",
    why_not="what was left undefined may be anything, this too",
)
difference(
    "memory-permissions-ignored",
    page=_PAGES,
    says="nothing of the permissions of a mapping",
    does="they are ignored: what may only be read is written, what may not be read is read",
    example='protect $demo.vmar $base 16K none; write $demo $base "x"',
    why_not="the pages only omit it",
)


class TransferRules:
    """The checks that both calls share, in the kernel's order.

    Args:
        verb: `read` or `written`, for sentences.
        rights: Rights that the process handle must have.
        late: What an unwritable `actual` comes too late to prevent.
    """

    def __init__(self, probe: str, rights: Rights, late: str) -> None:
        self.buffer = Rule(
            "buffer-not-null",
            Status.INVALID_ARGS,
            "buffer is not NULL",
            passed="{0:data}",
            source=_PAGES,
        )
        self.length = Rule(
            "length-in-range",
            Status.INVALID_ARGS,
            "length is 1 byte to 64 MiB",
            passed="{0:bytes}",
            failed="{0:bytes}; the limits are 1 and {1:bytes}",
            source=_PAGES,
        )
        self.process = Lookup("handle", Process, rights=rights)
        self.alive = Rule(
            "process-accessible",
            Status.BAD_STATE,
            "the process is not being terminated, nor dead",
            passed="{0:text} is {1:state}",
            source=_PAGES,
            difference=DYING,
            only=(Profile.DOCS,),
        )
        self.aspace = Rule(
            "aspace-exists",
            Status.BAD_STATE,
            "the process has an address space",
            passed="{0:text} is {1:state}; the kernel keeps the object even after death",
            source="task.cpp",
            difference=DYING,
            only=(Profile.KERNEL,),
            unreachable="the reference is set when the process is created and never cleared",
        )
        self.mapped = Rule(
            "vaddr-mapped",
            Status.NO_MEMORY,
            "vaddr lies in a mapping of the process",
            passed="{0:address} lies in {1:extent}",
            failed="{0:address} lies in no mapping of {2:text}; {1:neighbours}",
            source=_PAGES,
        )
        self.has_vmo = Rule(
            "mapping-has-vmo",
            Status.NO_MEMORY,
            "the mapping still has its VMO",
            passed="VMO {0:koid}",
            source="task.cpp",
            unreachable="only a race with an unmap on another processor could show it",
        )
        self.probe = Rule(
            f"buffer-{probe}",
            Status.INVALID_ARGS,
            f"all of the buffer, length bytes of it, is {probe} by the caller",
            passed="{0:bytes}",
            failed="{0:bytes} are asked for; byte {1:number} of the buffer is not {2:text}",
            source=_PAGES,
        )
        self.paged = Rule(
            "vmo-is-paged",
            Status.NOT_SUPPORTED,
            "the memory is cacheable: not a physical VMO",
            passed="VMO {0:koid} is paged",
            failed="VMO {0:koid} is physical, {1:policy}",
            source=f"{_PAGES}; vm_object_physical.cpp",
            difference=PHYSICAL,
            statuses={Profile.DOCS: Status.BAD_STATE},
        )
        self.cached = Rule(
            "vmo-is-cached",
            Status.BAD_STATE,
            "the memory is cacheable: its VMO's cache policy is cached",
            passed="{1:policy}",
            failed="VMO {0:koid} is {1:policy}",
            source=_PAGES,
        )
        self.backed = Rule(
            "vaddr-backed",
            Status.NO_MEMORY,
            "vaddr lies before the end of the mapping's VMO",
            passed="the VMO backs the mapping up to {1:address}",
            failed="{0:address} is mapped, but the VMO ends at {1:address}",
            source=_PAGES,
            difference=PAST_VMO,
            only=(Profile.DOCS,),
        )
        self.in_vmo = Rule(
            "range-in-vmo",
            Status.OUT_OF_RANGE,
            "the range, cut at the mapping's end, lies inside the VMO",
            passed="VMO offset {0:hex} and {1:bytes}; the VMO has {2:bytes}",
            source="vm_object_paged.cpp",
            difference=PAST_VMO,
            only=(Profile.KERNEL,),
        )
        self.actual = out_rule("actual", late)

    def before_probe(self) -> list[Rule]:
        """List the checks up to, not including, the probe of the buffer."""
        return [
            self.buffer,
            self.length,
            *self.process,
            self.alive,
            self.aspace,
            self.mapped,
            self.has_vmo,
        ]

    def after_probe(self) -> list[Rule]:
        """List the checks of the memory itself."""
        return [self.paged, self.cached, self.backed, self.in_vmo]


READ = TransferRules(
    "writable", Rights.READ | Rights.WRITE, "the bytes are in the buffer, although the call failed"
)
WRITE = TransferRules(
    "readable", Rights.WRITE, "the bytes are in the target, although the call failed"
)
PAGES_LEFT = Rule(
    "page-available",
    Status.NO_MEMORY,
    "physical memory is left for the pages that the write commits",
    passed="{0:bytes} fitted",
    failed="memory ran out after {0:bytes}",
    source="vm_object_paged.cpp",
    late="the pages before it stay written",
)
COPY_IN = Rule(
    "buffer-stays-readable",
    Status.INVALID_ARGS,
    "the buffer can still be read while the bytes are moved",
    passed="it was probed",
    unreachable="the probe came first, and nothing runs beside the call",
)
COPY_OUT = Rule(
    "buffer-stays-writable",
    Status.INVALID_ARGS,
    "the buffer can still be written while the bytes are moved",
    passed="it was probed",
    unreachable="the probe stored into every page, and nothing runs beside the call",
)


def _find(
    call: Call, rules: TransferRules, handle: int, vaddr: int, length: int
) -> tuple[AddressSpace, VmMapping]:
    """Make the checks up to the probe of the buffer; return the space and the mapping."""
    call.require(rules.length, 0 < length <= MAX_BLOCK, length, MAX_BLOCK)
    process = call.get(rules.process, handle)
    state = process.state
    call.require(rules.alive, state not in _ENDING, process.name, state)
    call.require(rules.aspace, True, process.name, state)
    aspace = process.aspace
    mapping = aspace.find_mapping(vaddr)
    if mapping is None:
        raise call.refusal(rules.mapped, vaddr, aspace.neighbours(vaddr), process.name)
    checks = call.checks
    checks.append((rules.mapped, (vaddr, describe(mapping))))
    checks.append((rules.has_vmo, (mapping.vmo.koid,)))
    return aspace, mapping


def _judge(call: Call, rules: TransferRules, mapping: VmMapping, vaddr: int, length: int) -> None:
    """Make the checks of the memory that holds `vaddr`."""
    vmo = mapping.vmo
    policy = vmo.cache_policy
    call.require(rules.paged, vmo.paddr is None, vmo.koid, policy)
    call.require(rules.cached, not policy, vmo.koid, policy)
    backed = mapping.backed_end
    call.require(rules.backed, vaddr < backed, vaddr, backed)
    offset = vaddr - mapping.base + mapping.vmo_offset
    left, size = mapping.end - vaddr, vmo.size
    count = length if length < left else left
    fits = offset + count <= size and offset + count <= U64
    call.require(rules.in_vmo, fits, offset, count, size)


def _next(
    call: Call, aspace: AddressSpace, mapping: VmMapping, at: int
) -> tuple[VmMapping | None, str]:
    """Find where a transfer that reached `at` goes on, or the word for why it does not."""
    if at < mapping.end:
        return None, "vmo-end"
    following = aspace.find_mapping(at)
    if following is None:
        ends = "hole" if call.caller.profile in CROSSING.followers else "mapping-end"
        return None, ends
    if not call.follows(CROSSING):
        return None, "mapping-end"
    if following.vmo.paddr is not None or following.vmo.cache_policy:
        return None, "uncached"
    if at >= following.backed_end:
        return None, "vmo-end"
    return following, ""


@syscall(
    READ.before_probe(),
    READ.probe,
    READ.after_probe(),
    COPY_OUT,
    READ.actual,
)
def zx_process_read_memory(
    call: Call,
    handle: HandleIn,
    vaddr: Vaddr,
    length: Size,
    *,
    buffer: BufferOut = GOOD,
    actual: SizeOut = GOOD,
) -> None:
    """Read memory of a process.

    The kernel tries the buffer before it looks at the memory, by storing a zero byte in
    each of its pages and at its last byte: a call that fails later has damaged it.

    Args:
        handle: Handle of the process; needs ZX_RIGHT_READ and ZX_RIGHT_WRITE.
        vaddr: Address of the first byte in that process, 0 to 2^64-1.
        length: Bytes to read, 1 to 67108864 (64 MiB).
        buffer: Where the bytes go, in the caller's memory.
        actual: Where the number of bytes that were read is stored.

    Examples:
        zx> vmo create 4K --name v; $m = map $self.vmar $v
        zx> zx_process_read_memory $self $m 2 => actual=2 buffer=hex:0000
    """
    call.require(READ.buffer, buffer is not None, buffer)
    aspace, mapping = _find(call, READ, handle, vaddr, length)
    bad = None
    if buffer is not GOOD:
        for offset in probe_offsets(length):
            if not store(call.process, buffer, offset, b"\0"):
                bad = offset
                break
    call.require(READ.probe, bad is None, length, bad, "writable")
    _judge(call, READ, mapping, vaddr, length)
    parts: list[bytes] = []
    at, stop, why = vaddr, vaddr + length, ""
    here: VmMapping | None = mapping
    while here is not None:
        end = min(here.backed_end, stop)
        for first, last in pieces(buffer, at, end):
            piece = here.vmo.read(first - here.base + here.vmo_offset, last - first)
            if buffer is not GOOD and not store(call.process, buffer, first - vaddr, piece):
                raise call.refusal(COPY_OUT)
            parts.append(piece)
        at = end
        if at == stop:
            break
        here, why = _next(call, aspace, here, at)
    moved = at - vaddr
    call.checks.append((COPY_OUT, ()))
    call.store(READ.actual, "actual", actual, moved)
    call.buffer = parts[0] if len(parts) == 1 else b"".join(parts)
    call.stop = ("complete", None) if at == stop else (why, at)


@syscall(
    WRITE.before_probe(),
    WRITE.probe,
    WRITE.after_probe(),
    COPY_IN,
    PAGES_LEFT,
    WRITE.actual,
)
def zx_process_write_memory(
    call: Call,
    handle: HandleIn,
    vaddr: Vaddr,
    buffer: DataIn,
    length: Size,
    *,
    actual: SizeOut = GOOD,
) -> None:
    """Write memory of a process.

    Args:
        handle: Handle of the process; needs ZX_RIGHT_WRITE.
        vaddr: Address of the first byte in that process, 0 to 2^64-1.
        buffer: The bytes to write; at least `length` of them must be readable.
        length: Bytes to write, 1 to 67108864 (64 MiB).
        actual: Where the number of bytes that were written is stored.

    Examples:
        zx> vmo create 4K --name v; $m = map $self.vmar $v
        zx> zx_process_write_memory $self $m "hi" 2 => actual=2
    """
    call.require(WRITE.buffer, buffer is not None, buffer)
    aspace, mapping = _find(call, WRITE, handle, vaddr, length)
    bad = unreadable_at(call.process, buffer, length)
    call.require(WRITE.probe, bad is None, length, bad, "readable")
    _judge(call, WRITE, mapping, vaddr, length)
    at, stop, why = vaddr, vaddr + length, ""
    here: VmMapping | None = mapping
    while here is not None:
        end = min(here.backed_end, stop)
        for first, last in pieces(buffer, at, end):
            place = first - here.base + here.vmo_offset
            count = move_in(call.process, buffer, first - vaddr, last - first, here.vmo, place)
            if count is None:
                raise call.refusal(COPY_IN)
            at += count
            if at < last:
                raise call.refusal(PAGES_LEFT, at - vaddr)
        if at == stop:
            break
        here, why = _next(call, aspace, here, at)
    moved = at - vaddr
    call.checks += ((COPY_IN, ()), (PAGES_LEFT, (moved,)))
    call.store(WRITE.actual, "actual", actual, moved)
    call.stop = ("complete", None) if at == stop else (why, at)
