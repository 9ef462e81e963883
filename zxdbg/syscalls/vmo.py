"""VMOs: create, clone, read, write, resize, cache policy. Kernel `syscalls/vmo.cpp`."""

from typing import Any, cast

from zxdbg.kernel.limits import MAX_BLOCK, PAGE_MASK, PAGE_SHIFT, U64, round_up
from zxdbg.kernel.object import Resource
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Policy
from zxdbg.kernel.vmo import CachePolicy, VmObject
from zxdbg.syscalls.args import (
    BufferOut,
    CachePolicyIn,
    DataIn,
    HandleIn,
    HandleOut,
    Paddr,
    Size,
    U64In,
    U64Out,
    VmoOptions,
)
from zxdbg.syscalls.buffers import GOOD, move_in, pieces, probe_offsets, store, unreadable_at
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule, out_rule
from zxdbg.syscalls.task import room

__all__ = [
    "zx_vmo_clone",
    "zx_vmo_create",
    "zx_vmo_create_physical",
    "zx_vmo_get_size",
    "zx_vmo_read",
    "zx_vmo_set_cache_policy",
    "zx_vmo_set_size",
    "zx_vmo_write",
]

NON_RESIZABLE = 1
COPY_ON_WRITE = 1
CLONE_NON_RESIZEABLE = 2


def _size_fits(name: str = "size-fits") -> Rule:
    return Rule(
        name,
        Status.OUT_OF_RANGE,
        "size, rounded up to pages, is below 2^64",
        passed="{0:bytes}",
        source="vm_object.cpp",
    )


def _not_physical(what: str) -> Rule:
    return Rule(
        "vmo-is-paged",
        Status.NOT_SUPPORTED,
        f"the VMO is not physical, which cannot be {what}",
        source="vm_object_physical.cpp",
    )


def _cached() -> Rule:
    return Rule(
        "vmo-is-cached",
        Status.BAD_STATE,
        "the VMO's cache policy is cached",
        passed="{0:policy}",
        source="vm_object_paged.cpp",
    )


def _rounds(size: int) -> bool:
    return size == 0 or round_up(size) != 0


difference(
    "vmo-create-options",
    page="vmo_create.md",
    says="options other than 0 are ZX_ERR_INVALID_ARGS",
    does="ZX_VMO_NON_RESIZABLE is accepted, which the same page describes",
    example="vmo create 4K --options ZX_VMO_NON_RESIZABLE",
    why_not="the page rejects what it describes itself",
)
difference(
    "vmo-create-too-large",
    page="vmo_create.md",
    says="nothing of a size that is too large to round up",
    does="it is ZX_ERR_OUT_OF_RANGE",
    example="vmo create 0xffffffffffffffff",
    why_not="the page only omits it",
)
difference(
    "vmo-read-commits",
    page="vm_object.md",
    says="zx_vmo_read is among what commits a page",
    does="reading never commits one",
    example="vmo read $heap 0 1",
    why_not="a clone that is read would stop following its parent, against vmo_clone.md",
)
AT_END = difference(
    "vmo-offset-at-end",
    page="vmo_read.md, vmo_write.md",
    says="an offset at the end of the VMO or past it is ZX_ERR_OUT_OF_RANGE",
    does="0 bytes exactly at the end are fine",
    example="vmo read $heap 16K 0",
)
difference(
    "vmo-physical-refusals",
    page="vmo_read.md, vmo_write.md, vmo_set_size.md",
    says="nothing of physical VMOs, nor of pages that are pinned",
    does="a physical VMO is ZX_ERR_NOT_SUPPORTED, a pinned page that is cut ZX_ERR_BAD_STATE",
    example="$dev = vmo physical 0 4K; vmo read $dev 0 1",
    why_not="the pages only omit it",
)
difference(
    "vmo-set-size-memory",
    page="vmo_set_size.md",
    says="it may answer ZX_ERR_NO_MEMORY",
    does="a size alone takes no memory, so it never does",
    example="vmo resize $heap 1T",
    why_not="the page names no case in which it would",
)
difference(
    "vmo-clone-type",
    page="vmo_clone.md",
    says="ERR_BAD_TYPE where the handle is of another kind",
    does="no status of that name exists; it is ZX_ERR_WRONG_TYPE",
    example="vmo clone $demo",
    why_not="the name never existed",
)
difference(
    "vmo-clone-refusals",
    page="vmo_clone.md",
    says="nothing of physical or uncached VMOs, nor of the rights DUPLICATE and READ",
    does="they are ZX_ERR_NOT_SUPPORTED, ZX_ERR_BAD_STATE and ZX_ERR_ACCESS_DENIED",
    example="$dev = vmo physical 0 4K; vmo clone $dev",
    why_not="the page only omits it",
)
difference(
    "cache-policy-physical-only",
    page="vmo_set_cache_policy.md",
    says="a VMO that is not physical is ZX_ERR_NOT_SUPPORTED",
    does="an ordinary VMO takes a policy as long as nobody uses it",
    example="vmo create 4K --name regs; vmo cache-policy $regs uncached",
    why_not="nothing uncached would remain to learn from",
)
POLICY_TWICE = difference(
    "cache-policy-twice",
    page="vmo_set_cache_policy.md",
    says="a VMO whose policy was set already is ZX_ERR_ACCESS_DENIED",
    does="it can be set again, as long as nobody uses the VMO",
    example=(
        "vmo create 4K --name regs; vmo cache-policy $regs uncached; vmo cache-policy $regs cached"
    ),
)
PHYSICAL_ALIGNMENT = difference(
    "vmo-physical-size",
    page="vmo_create_physical.md",
    says="a size that is not whole pages is ZX_ERR_INVALID_ARGS",
    does="it is rounded up",
    example="vmo physical 0xfee00000 100",
)
difference(
    "vmo-physical-range",
    page="vmo_create_physical.md",
    says="a range that the resource does not cover is ZX_ERR_ACCESS_DENIED",
    does="it is ZX_ERR_OUT_OF_RANGE",
    example="vmo physical 0xfee00000 4K",
    why_not="the root resource, the only one here, covers every range",
)
CREATE_OPTIONS = Rule(
    "options-known",
    Status.INVALID_ARGS,
    "options is 0 or ZX_VMO_NON_RESIZABLE",
    passed="{0:hex}",
)
CREATE_POLICY = Rule(
    "policy-allows",
    Status.ACCESS_DENIED,
    "the caller's job policy does not forbid ZX_POL_NEW_VMO",
    source="policy_manager.cpp",
)
CREATE_SIZE = _size_fits()
CREATE_ROOM = room()
CREATE_OUT = out_rule("out", "the VMO is destroyed again")


@syscall(CREATE_OPTIONS, CREATE_POLICY, CREATE_SIZE, CREATE_ROOM, CREATE_OUT)
def zx_vmo_create(call: Call, size: U64In, options: VmoOptions, *, out: HandleOut = GOOD) -> None:
    """Create a VMO: memory that processes can map. No page is committed.

    Args:
        size: Bytes, 0 to 2^64-4096; rounded up to whole pages.
        options: 0 or ZX_VMO_NON_RESIZABLE.
        out: Where the handle of the VMO is stored.

    Examples:
        zx> zx_vmo_create 4096 0 => ZX_OK
    """
    call.require(CREATE_OPTIONS, options in (0, NON_RESIZABLE), options)
    call.require(CREATE_POLICY, call.allows(Policy.NEW_VMO))
    call.require(CREATE_SIZE, _rounds(size), size)
    vmo = VmObject(call.kernel, round_up(size), resizable=not options & NON_RESIZABLE)
    made = call.make_handle(CREATE_ROOM, vmo, int(Rights.DEFAULT_VMO))
    call.produce(CREATE_OUT, "out", out, made)


class _ContentRules:
    """The checks that zx_vmo_read and zx_vmo_write share."""

    def __init__(self, rights: Rights, probe: str) -> None:
        self.vmo = Lookup("handle", VmObject, rights=rights)
        self.probe = Rule(
            f"buffer-{probe}",
            Status.INVALID_ARGS,
            f"all of the buffer, buffer_size bytes of it, is {probe} by the caller",
            passed="{0:bytes}",
            failed="{0:bytes} are asked for; byte {1:number} of the buffer is not",
        )
        self.paged = _not_physical("read or written so")
        self.cached = _cached()
        self.before_end = Rule(
            "offset-before-end",
            Status.OUT_OF_RANGE,
            "offset lies before the end of the VMO",
            passed="offset {0:hex}; the VMO has {1:bytes}",
            difference=AT_END,
            only=(Profile.DOCS,),
        )
        self.range = Rule(
            "range-in-vmo",
            Status.OUT_OF_RANGE,
            "the range lies inside the VMO",
            passed="offset {0:hex} and {1:bytes}; the VMO has {2:bytes}",
        )

    def __iter__(self) -> Any:
        """Yield the rules in order."""
        yield from self.vmo
        yield from (self.probe, self.paged, self.cached, self.before_end, self.range)

    def judge(self, call: Call, vmo: VmObject, offset: int, length: int) -> None:
        """Check the VMO and the range."""
        call.require(self.paged, not vmo.is_physical)
        call.require(self.cached, not vmo.cache_policy, vmo.cache_policy)
        call.require(self.before_end, offset < vmo.size, offset, vmo.size)
        fits = offset + length <= min(vmo.size, U64)
        call.require(self.range, fits, offset, length, vmo.size)


VMO_READ = _ContentRules(Rights.READ, "writable")
VMO_WRITE = _ContentRules(Rights.WRITE, "readable")
VMO_PAGES_LEFT = Rule(
    "page-available",
    Status.NO_MEMORY,
    "physical memory is left for the pages that the write commits",
    failed="memory ran out after {0:bytes}",
    late="the pages before it stay written",
)


@syscall(VMO_READ)
def zx_vmo_read(
    call: Call, handle: HandleIn, offset: U64In, buffer_size: Size, *, buffer: BufferOut = GOOD
) -> None:
    """Read bytes of a VMO, all of the range or nothing.

    The kernel tries the buffer before it looks at the VMO, by storing a zero byte in each
    of its pages and at its last byte: a call that fails later has damaged it.

    Args:
        handle: Handle of the VMO; needs ZX_RIGHT_READ.
        offset: First byte in the VMO.
        buffer_size: Bytes to read; 0 touches no buffer. The place that zxdbg provides by
            itself holds 64 MiB.
        buffer: Where the bytes go, in the caller's memory.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_vmo_read $v 0 2 => ZX_OK buffer=hex:0000
    """
    vmo = call.get(VMO_READ.vmo, handle)
    too_much = buffer_size > MAX_BLOCK and offset + buffer_size <= vmo.size
    bad = MAX_BLOCK if buffer is GOOD and too_much else None
    if buffer is not GOOD and buffer_size:
        for at in probe_offsets(buffer_size):
            if not store(call.process, buffer, at, b"\0"):
                bad = at
                break
    call.require(VMO_READ.probe, bad is None, buffer_size, bad)
    VMO_READ.judge(call, vmo, offset, buffer_size)
    read = []
    for first, last in pieces(buffer, offset, offset + buffer_size) if buffer_size else ():
        read.append(vmo.read(first, last - first))
        store(call.process, buffer, first - offset, read[-1])
    call.buffer = b"".join(read)


@syscall(VMO_WRITE, VMO_PAGES_LEFT)
def zx_vmo_write(
    call: Call, handle: HandleIn, buffer: DataIn, offset: U64In, buffer_size: Size
) -> None:
    """Write bytes of a VMO, all of the range or nothing. Each page touched is committed.

    Args:
        handle: Handle of the VMO; needs ZX_RIGHT_WRITE.
        buffer: The bytes to write.
        offset: First byte in the VMO.
        buffer_size: Bytes to write; 0 touches no buffer.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_vmo_write $v "hi" 0 2 => ZX_OK
    """
    vmo = call.get(VMO_WRITE.vmo, handle)
    bad = unreadable_at(call.process, buffer, buffer_size) if buffer_size else None
    call.require(VMO_WRITE.probe, bad is None, buffer_size, bad)
    VMO_WRITE.judge(call, vmo, offset, buffer_size)
    written = 0
    for first, last in pieces(buffer, offset, offset + buffer_size) if buffer_size else ():
        written += move_in(call.process, buffer, first - offset, last - first, vmo, first) or 0
        if written < last - offset:
            break
    call.require(VMO_PAGES_LEFT, written == buffer_size, written)


GET_SIZE = Lookup("handle", VmObject)
GET_SIZE_OUT = out_rule("size", "")


@syscall(GET_SIZE, GET_SIZE_OUT)
def zx_vmo_get_size(call: Call, handle: HandleIn, *, size: U64Out = GOOD) -> None:
    """Ask for a VMO's size in bytes, which is whole pages. No right is needed.

    Args:
        handle: Handle of the VMO.
        size: Where the size is stored.

    Examples:
        zx> $v = zx_vmo_create 5000 0
        zx> zx_vmo_get_size $v => size=8192
    """
    vmo = call.get(GET_SIZE, handle)
    call.store(GET_SIZE_OUT, "size", size, vmo.size)


SET_SIZE = Lookup("handle", VmObject, rights=Rights.WRITE)
SET_SIZE_PAGED = _not_physical("resized")
SET_SIZE_RESIZABLE = Rule(
    "vmo-is-resizable",
    Status.UNAVAILABLE,
    "the VMO was not created non-resizable",
)
SET_SIZE_FITS = _size_fits()
SET_SIZE_UNPINNED = Rule(
    "cut-not-pinned",
    Status.BAD_STATE,
    "no page that a shrink cuts off is pinned",
    unreachable="no syscall here pins a page of a VMO that can be resized",
)


@syscall(SET_SIZE, SET_SIZE_PAGED, SET_SIZE_RESIZABLE, SET_SIZE_FITS, SET_SIZE_UNPINNED)
def zx_vmo_set_size(call: Call, handle: HandleIn, size: U64In) -> None:
    """Set a VMO's size. Mappings keep theirs: past the VMO's end they are not backed.

    Args:
        handle: Handle of the VMO; needs ZX_RIGHT_WRITE.
        size: Bytes, rounded up to whole pages; the pages that are cut off are freed.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_vmo_set_size $v 8192 => ZX_OK
    """
    vmo = call.get(SET_SIZE, handle)
    call.require(SET_SIZE_PAGED, not vmo.is_physical)
    call.require(SET_SIZE_RESIZABLE, vmo.resizable)
    call.require(SET_SIZE_FITS, _rounds(size), size)
    size = round_up(size)
    cut = size >> PAGE_SHIFT
    call.require(SET_SIZE_UNPINNED, not any(page >= cut for page in vmo.pinned))
    vmo.resize(size)


CLONE = Lookup("handle", VmObject, rights=Rights.DUPLICATE | Rights.READ)
CLONE_OPTIONS = Rule(
    "options-known",
    Status.INVALID_ARGS,
    "options has ZX_VMO_CLONE_COPY_ON_WRITE, and at most _NON_RESIZEABLE beside it",
    passed="{0:hex}",
)
CLONE_PAGED = _not_physical("cloned")
CLONE_SIZE = _size_fits()
CLONE_CACHED = _cached()
CLONE_ALIGNED = Rule(
    "offset-aligned", Status.INVALID_ARGS, "offset is page aligned", passed="{0:hex}"
)
CLONE_FITS = Rule(
    "range-fits",
    Status.OUT_OF_RANGE,
    "offset plus the rounded size is below 2^64",
    passed="{0:hex} and {1:bytes}",
)
CLONE_ROOM = room()
CLONE_OUT = out_rule("out", "the clone is destroyed again")


@syscall(
    CLONE,
    CLONE_OPTIONS,
    CLONE_PAGED,
    CLONE_SIZE,
    CLONE_CACHED,
    CLONE_ALIGNED,
    CLONE_FITS,
    CLONE_ROOM,
    CLONE_OUT,
)
def zx_vmo_clone(
    call: Call,
    handle: HandleIn,
    options: VmoOptions,
    offset: U64In,
    size: U64In,
    *,
    out: HandleOut = GOOD,
) -> None:
    """Make a copy-on-write clone, which is no snapshot.

    It shows the parent's later writes to every page that it did not write itself.

    Args:
        handle: Handle of the parent; needs ZX_RIGHT_DUPLICATE and ZX_RIGHT_READ.
        options: ZX_VMO_CLONE_COPY_ON_WRITE, perhaps with ZX_VMO_CLONE_NON_RESIZEABLE.
        offset: First byte of the parent that the clone shows, page aligned.
        size: Bytes, rounded up to whole pages; may reach past the parent's end.
        out: Where the handle of the clone is stored.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_vmo_clone $v ZX_VMO_CLONE_COPY_ON_WRITE 0 4096 => ZX_OK
    """
    source = call.handle(CLONE, handle)
    vmo = cast("VmObject", source.object)
    known = COPY_ON_WRITE | CLONE_NON_RESIZEABLE
    call.require(CLONE_OPTIONS, bool(options & COPY_ON_WRITE) and not options & ~known, options)
    call.require(CLONE_PAGED, not vmo.is_physical)
    call.require(CLONE_SIZE, _rounds(size), size)
    size = round_up(size)
    call.require(CLONE_CACHED, not vmo.cache_policy, vmo.cache_policy)
    call.require(CLONE_ALIGNED, not offset & PAGE_MASK, offset)
    call.require(CLONE_FITS, offset + size <= U64, offset, size)
    child = vmo.clone(offset, size, resizable=not options & CLONE_NON_RESIZEABLE)
    if source.rights & Rights.GET_PROPERTY:
        child.name = vmo.name
    rights = source.rights | Rights.WRITE | Rights.GET_PROPERTY | Rights.SET_PROPERTY
    call.produce(CLONE_OUT, "out", out, call.make_handle(CLONE_ROOM, child, int(rights)))


POLICY_KNOWN = Rule(
    "policy-known",
    Status.INVALID_ARGS,
    "cache_policy is one of the four policies, 0 to 3",
    passed="{0:number}",
)
POLICY_VMO = Lookup("handle", VmObject, rights=Rights.MAP)
POLICY_UNSET = Rule(
    "policy-unset",
    Status.ACCESS_DENIED,
    "the policy was not set before",
    passed="it is {0:policy}",
    difference=POLICY_TWICE,
    only=(Profile.DOCS,),
)
POLICY_EMPTY = Rule(
    "nothing-committed",
    Status.BAD_STATE,
    "no page of the VMO is committed",
    passed="{0:number} committed",
)
POLICY_UNMAPPED = Rule(
    "not-mapped",
    Status.BAD_STATE,
    "the VMO is mapped nowhere",
    passed="{0:number} mappings",
)
POLICY_CHILDLESS = Rule(
    "no-clones", Status.BAD_STATE, "the VMO has no clones", passed="{0:number} clones"
)
POLICY_NO_CLONE = Rule(
    "not-a-clone", Status.BAD_STATE, "the VMO is not a clone", failed="a clone of VMO {0:koid}"
)


@syscall(
    POLICY_KNOWN,
    POLICY_VMO,
    POLICY_UNSET,
    POLICY_EMPTY,
    POLICY_UNMAPPED,
    POLICY_CHILDLESS,
    POLICY_NO_CLONE,
)
def zx_vmo_set_cache_policy(call: Call, handle: HandleIn, cache_policy: CachePolicyIn) -> None:
    """Set how the processor may cache a VMO's memory, before anybody uses it.

    Args:
        handle: Handle of the VMO; needs ZX_RIGHT_MAP.
        cache_policy: 0 cached, 1 uncached, 2 uncached-device, 3 write-combining.

    Examples:
        zx> $v = zx_vmo_create 4096 0
        zx> zx_vmo_set_cache_policy $v ZX_CACHE_POLICY_UNCACHED => ZX_OK
    """
    call.require(POLICY_KNOWN, not cache_policy & ~3, cache_policy)
    vmo = call.get(POLICY_VMO, handle)
    policy = CachePolicy(cache_policy)
    call.require(POLICY_UNSET, not vmo.policy_set, vmo.cache_policy)
    if vmo.is_physical:
        if policy != vmo.cache_policy:
            call.require(POLICY_UNMAPPED, not vmo.mappings, len(vmo.mappings))
    else:
        call.require(POLICY_EMPTY, not vmo.committed, vmo.committed)
        call.require(POLICY_UNMAPPED, not vmo.mappings, len(vmo.mappings))
        call.require(POLICY_CHILDLESS, not vmo.children, len(vmo.children))
        parent = vmo.parent
        call.require(POLICY_NO_CLONE, parent is None, None if parent is None else parent.koid)
    vmo.cache_policy = policy
    vmo.policy_set = True


PHYSICAL_RESOURCE = Lookup("resource", Resource)
PHYSICAL_ALIGNED = Rule(
    "paddr-aligned", Status.INVALID_ARGS, "paddr is page aligned", passed="{0:hex}"
)
PHYSICAL_SIZE = Rule("size-not-zero", Status.INVALID_ARGS, "size is not 0", passed="{0:bytes}")
PHYSICAL_SIZE_ALIGNED = Rule(
    "size-aligned",
    Status.INVALID_ARGS,
    "size is whole pages",
    passed="{0:bytes}",
    difference=PHYSICAL_ALIGNMENT,
    only=(Profile.DOCS,),
)
PHYSICAL_FITS = Rule(
    "range-fits",
    Status.INVALID_ARGS,
    "paddr plus the rounded size is at most 2^64",
    passed="{0:hex} and {1:bytes}",
)
PHYSICAL_ROOM = room()
PHYSICAL_OUT = out_rule("out", "the VMO is destroyed again")


@syscall(
    PHYSICAL_RESOURCE,
    PHYSICAL_SIZE,
    PHYSICAL_SIZE_ALIGNED,
    PHYSICAL_ALIGNED,
    PHYSICAL_FITS,
    PHYSICAL_ROOM,
    PHYSICAL_OUT,
)
def zx_vmo_create_physical(
    call: Call, resource: HandleIn, paddr: Paddr, size: Size, *, out: HandleOut = GOOD
) -> None:
    """Create a VMO that is a range of physical addresses, such as a device's registers.

    Args:
        resource: Handle of a resource that covers the range; the root resource covers all.
        paddr: First physical address, page aligned.
        size: Bytes, not 0: whole pages, or rounded up to them.
        out: Where the handle of the VMO is stored.

    Examples:
        zx> zx_vmo_create_physical $root_resource 0xfee00000 4096 => ZX_OK
    """
    call.get(PHYSICAL_RESOURCE, resource)
    rounded = round_up(size)
    call.require(PHYSICAL_SIZE, rounded != 0, size)
    call.require(PHYSICAL_SIZE_ALIGNED, size == rounded, size)
    call.require(PHYSICAL_ALIGNED, not paddr & PAGE_MASK, paddr)
    call.require(PHYSICAL_FITS, paddr + rounded <= U64 + 1, paddr, rounded)
    vmo = VmObject(call.kernel, rounded, resizable=False, paddr=paddr)
    made = call.make_handle(PHYSICAL_ROOM, vmo, int(Rights.DEFAULT_VMO))
    call.produce(PHYSICAL_OUT, "out", out, made)
