"""VMOs: operations on ranges, contiguous memory, executable handles. Kernel `vmo.cpp`."""

from typing import Any

from zxdbg.kernel.limits import PAGE_MASK, PAGE_SHIFT, U64, round_up
from zxdbg.kernel.object import Bti, Resource
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls.args import DataIn, HandleIn, HandleOut, OpIn, Size, U32In, U64In
from zxdbg.syscalls.buffers import GOOD
from zxdbg.syscalls.call import Call, Refused, syscall
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule
from zxdbg.syscalls.task import room

__all__ = [
    "VMO_OPS",
    "zx_vmo_create_contiguous",
    "zx_vmo_op_range",
    "zx_vmo_replace_as_executable",
]

COMMIT, DECOMMIT, LOCK, UNLOCK = 1, 2, 3, 4
CACHE_SYNC, CACHE_INVALIDATE, CACHE_CLEAN, CACHE_CLEAN_INVALIDATE = 6, 7, 8, 9
VMO_OPS = {
    "ZX_VMO_OP_COMMIT": COMMIT,
    "ZX_VMO_OP_DECOMMIT": DECOMMIT,
    "ZX_VMO_OP_LOCK": LOCK,
    "ZX_VMO_OP_UNLOCK": UNLOCK,
    "ZX_VMO_OP_CACHE_SYNC": CACHE_SYNC,
    "ZX_VMO_OP_CACHE_INVALIDATE": CACHE_INVALIDATE,
    "ZX_VMO_OP_CACHE_CLEAN": CACHE_CLEAN,
    "ZX_VMO_OP_CACHE_CLEAN_INVALIDATE": CACHE_CLEAN_INVALIDATE,
}
_WRITERS = (COMMIT, DECOMMIT, CACHE_INVALIDATE)
_CACHE_OPS = (CACHE_SYNC, CACHE_INVALIDATE, CACHE_CLEAN, CACHE_CLEAN_INVALIDATE)

UNALIGNED = difference(
    "vmo-range-aligned",
    page="vmo_op_range.md",
    says="a size that is not whole pages is ZX_ERR_INVALID_ARGS",
    does="any offset and size is accepted, and rounded outwards to whole pages",
    example="vmo commit $heap --size 1",
)
difference(
    "vmo-range-name",
    page="vmo_op_range.md",
    says="zx_vmo_modify_range, with four arguments and a LOOKUP operation",
    does="the call is zx_vmo_op_range with six; LOOKUP, 5, is ZX_ERR_INVALID_ARGS",
    example="zx_vmo_op_range $heap 5 0 4096 null 0",
    why_not="no call of that name exists",
)
difference(
    "vmo-contiguous-unmentioned",
    page="vm_object.md",
    says="nothing of contiguous VMOs",
    does="zx_vmo_create_contiguous makes them, of a BTI handle",
    example="zx_vmo_create_contiguous $job 4096 0",
    why_not="the pages only omit it",
)
difference(
    "vmo-range-past-the-end",
    page="vmo_op_range.md",
    says="nothing of a range that runs past the end of the VMO",
    does="to commit or decommit, the part past the end is passed over",
    example="vmo commit $heap --size 1M",
    why_not="the page only omits it",
)
BAD_VMEX = difference(
    "vmex-type",
    page="vmo_replace_as_executable.md",
    says="a vmex handle of the wrong kind is ZX_ERR_BAD_HANDLE",
    does="it is ZX_ERR_WRONG_TYPE",
    example="zx_vmo_replace_as_executable $heap $job",
)
OP_VMO = Lookup("handle", VmObject)
OP_KNOWN = Rule("op-known", Status.INVALID_ARGS, "op is one of the operations", passed="{0:number}")
OP_SUPPORTED = Rule(
    "op-supported",
    Status.NOT_SUPPORTED,
    "op is not LOCK or UNLOCK, which nobody implemented",
    passed="{0:number}",
)
OP_RIGHTS = Rule(
    "handle-rights",
    Status.ACCESS_DENIED,
    "handle has WRITE to commit, decommit or invalidate, READ for the other cache operations",
    passed="it has {0:somerights}",
    failed="it has {0:somerights}, without {1:rights}",
)
OP_PAGED = Rule(
    "vmo-is-paged",
    Status.NOT_SUPPORTED,
    "the VMO is not physical",
    source="vm_object_physical.cpp",
)
OP_NOT_CONTIGUOUS = Rule(
    "vmo-not-contiguous",
    Status.NOT_SUPPORTED,
    "the VMO is not contiguous, of which nothing can be decommitted",
    source="vm_object_paged.cpp",
)
OP_SIZE = Rule(
    "size-not-zero",
    Status.INVALID_ARGS,
    "size is not 0 for a cache operation",
    passed="{0:bytes}",
)
OP_RANGE = Rule(
    "range-in-vmo",
    Status.OUT_OF_RANGE,
    "the range begins inside the VMO or at its end, and a cache operation's ends inside too",
    passed="offset {0:hex} and {1:bytes}; the VMO has {2:bytes}",
)
OP_ALIGNED = Rule(
    "size-aligned",
    Status.INVALID_ARGS,
    "size is whole pages",
    passed="{0:bytes}",
    difference=UNALIGNED,
    only=(Profile.DOCS,),
)
OP_UNPINNED = Rule(
    "range-not-pinned",
    Status.BAD_STATE,
    "no page of the range is pinned",
    unreachable="only pages of contiguous VMOs are pinned here, and those are refused before",
)
OP_MEMORY = Rule(
    "pages-available",
    Status.NO_MEMORY,
    "physical memory is left for every page that is to be committed",
    passed="",
    failed="{0:number} pages are left",
)


@syscall(
    OP_VMO,
    OP_KNOWN,
    OP_SUPPORTED,
    OP_RIGHTS,
    OP_PAGED,
    OP_NOT_CONTIGUOUS,
    OP_SIZE,
    OP_ALIGNED,
    OP_RANGE,
    OP_UNPINNED,
    OP_MEMORY,
)
def zx_vmo_op_range(
    call: Call,
    handle: HandleIn,
    op: OpIn,
    offset: U64In,
    size: U64In,
    buffer: DataIn,
    buffer_size: Size,
) -> None:
    """Commit or decommit pages of a VMO, or maintain caches; whole pages are meant.

    Committing and decommitting pass over what lies past the VMO's end.

    Args:
        handle: Handle of the VMO; needs WRITE or READ, as `op` asks.
        op: ZX_VMO_OP_COMMIT, _DECOMMIT, _CACHE_SYNC and so on.
        offset: First byte.
        size: Bytes; rounded outwards to whole pages. Profile docs asks for whole pages.
        buffer: Not looked at.
        buffer_size: Not looked at.

    Examples:
        zx> $v = zx_vmo_create 8192 0
        zx> zx_vmo_op_range $v ZX_VMO_OP_COMMIT 0 4096 null 0 => ZX_OK
    """
    given = call.handle(OP_VMO, handle)
    vmo = given.object
    assert isinstance(vmo, VmObject)
    call.require(OP_KNOWN, op in VMO_OPS.values(), op)
    call.require(OP_SUPPORTED, op not in (LOCK, UNLOCK), op)
    need = int(Rights.WRITE if op in _WRITERS else Rights.READ)
    call.require(OP_RIGHTS, not need & ~given.rights, given.rights, need & ~given.rights)
    call.require(OP_PAGED, not vmo.is_physical)
    if op == DECOMMIT:
        call.require(OP_NOT_CONTIGUOUS, not vmo.contiguous)
    if op in _CACHE_OPS:
        call.require(OP_SIZE, size != 0, size)
    call.require(OP_ALIGNED, not size & PAGE_MASK, size)
    if op in _CACHE_OPS:
        fits = offset + size <= vmo.size
    else:
        fits = offset + size <= U64 and offset <= vmo.size
    call.require(OP_RANGE, fits, offset, size, vmo.size)
    end = min(offset + size, vmo.size)
    if op in _CACHE_OPS or end == offset:
        return
    first, last = offset >> PAGE_SHIFT, (end + PAGE_MASK) >> PAGE_SHIFT
    if op == COMMIT:
        call.require(OP_MEMORY, vmo.commit(first, last), call.kernel.memory.free)
    else:
        pinned = any(first <= page < last for page in vmo.pinned)
        call.require(OP_UNPINNED, not pinned)
        vmo.decommit(first, last)


CONTIGUOUS_SIZE = Rule("size-not-zero", Status.INVALID_ARGS, "size is not 0", passed="{0:bytes}")
CONTIGUOUS_ALIGNMENT = Rule(
    "alignment-in-range",
    Status.INVALID_ARGS,
    "alignment_log2 is 0, or 12 to 63",
    passed="{0:number}",
)
CONTIGUOUS_BTI = Lookup("bti", Bti, rights=Rights.MAP, noun="BTI")
CONTIGUOUS_FITS = Rule(
    "size-fits",
    Status.OUT_OF_RANGE,
    "size, rounded up to pages, is below 2^64",
    passed="{0:bytes}",
)
CONTIGUOUS_MEMORY = Rule(
    "pages-available",
    Status.NO_MEMORY,
    "physical memory has a run of that many pages",
    passed="",
    failed="{0:number} pages are left",
)
CONTIGUOUS_ROOM = room()
CONTIGUOUS_OUT = out_rule("out", "the VMO is destroyed again")


@syscall(
    CONTIGUOUS_SIZE,
    CONTIGUOUS_ALIGNMENT,
    CONTIGUOUS_BTI,
    CONTIGUOUS_FITS,
    CONTIGUOUS_MEMORY,
    CONTIGUOUS_ROOM,
    CONTIGUOUS_OUT,
)
def zx_vmo_create_contiguous(
    call: Call, bti: HandleIn, size: Size, alignment_log2: U32In, *, out: HandleOut = GOOD
) -> None:
    """Create a VMO whose pages are all there from the start, side by side and pinned.

    Args:
        bti: Handle of a bus transaction initiator; needs ZX_RIGHT_MAP.
        size: Bytes, not 0; rounded up to whole pages.
        alignment_log2: Alignment of the physical address; 0 means 12, a page.
        out: Where the handle of the VMO is stored.

    Examples:
        zx> zx_vmo_create_contiguous $self 4096 0 => ZX_ERR_ACCESS_DENIED
    """
    call.require(CONTIGUOUS_SIZE, size != 0, size)
    fits = alignment_log2 == 0 or PAGE_SHIFT <= alignment_log2 < 64
    call.require(CONTIGUOUS_ALIGNMENT, fits, alignment_log2)
    call.get(CONTIGUOUS_BTI, bti)
    rounded = round_up(size)
    call.require(CONTIGUOUS_FITS, rounded != 0, size)
    memory = call.kernel.memory
    pages = rounded >> PAGE_SHIFT
    call.require(CONTIGUOUS_MEMORY, memory.free >= pages, memory.free)
    vmo = VmObject(call.kernel, rounded, resizable=False)
    vmo.contiguous = True
    vmo.pinned = set(range(pages))
    vmo.commit(0, pages)
    made = call.make_handle(CONTIGUOUS_ROOM, vmo, int(Rights.DEFAULT_VMO))
    call.produce(CONTIGUOUS_OUT, "out", out, made)


_GONE = "the handle vmo is closed"
VMEX: Lookup[Any] = Lookup("vmex", Resource, late=_GONE)
VMEX.type.difference = BAD_VMEX
VMEX.type.statuses[Profile.DOCS] = Status.BAD_HANDLE
REPLACED: Lookup[Any] = Lookup("vmo")
REPLACED_TYPE = Rule(
    "vmo-type",
    Status.BAD_HANDLE,
    "vmo is a VMO handle; another kind answers ZX_ERR_BAD_HANDLE here",
    passed="{0:object}",
    failed="it is {0:object}",
    late=_GONE,
)
REPLACED_ROOM = Rule(
    "handles-left",
    Status.NO_MEMORY,
    "the system's handle table has room",
    failed="all {0:number} slots are taken",
    late=_GONE,
)
REPLACED_OUT = out_rule("out", "both handles are closed")


@syscall(REPLACED.valid, VMEX, REPLACED_TYPE, REPLACED_ROOM, REPLACED_OUT)
def zx_vmo_replace_as_executable(
    call: Call, vmo: HandleIn, vmex: HandleIn, *, out: HandleOut = GOOD
) -> None:
    """Exchange a VMO handle for one that may be mapped executable; the old one is closed.

    Args:
        vmo: Handle of the VMO; no right is needed.
        vmex: Handle of a resource that permits it, or 0.
        out: Where the new handle is stored.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_vmo_replace_as_executable $v 0 => ZX_OK
    """
    given = call.valid(REPLACED, vmo)
    try:
        if vmex:
            call.get(VMEX, vmex)
        what = (given.object.type, given.object.name, given.object.koid)
        call.require(REPLACED_TYPE, isinstance(given.object, VmObject), what)
        rights = given.rights | int(Rights.EXECUTE)
        made = call.make_handle(REPLACED_ROOM, given.object, rights)
    except Refused:
        call.kernel.handles.destroy(given)
        raise
    call.kernel.handles.destroy(given)
    call.produce(REPLACED_OUT, "out", out, made)
