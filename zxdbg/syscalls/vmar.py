"""VMARs: unmap, protect, destroy. Pages `vmar_*.md`; kernel `syscalls/vmar.cpp`."""

from zxdbg.kernel.limits import PAGE_MASK, round_up
from zxdbg.kernel.status import Status
from zxdbg.kernel.vmar import PERMS, VmAddressRegion, VmMapping
from zxdbg.syscalls.args import HandleIn, Options, Size, Vaddr
from zxdbg.syscalls.call import Call, syscall
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule
from zxdbg.syscalls.vmar_rules import (
    VMAR_CPP,
    alive,
    describe,
    inside,
    length,
    length_aligned,
    perms_need_read,
    vmar_with_perms,
    writable_without_read,
)

__all__ = ["zx_vmar_destroy", "zx_vmar_protect", "zx_vmar_unmap"]


# zx_vmar_unmap --------------------------------------------------------------------

UNMAP_VMAR = Lookup("vmar", VmAddressRegion)
UNMAP_ALIGNED = Rule(
    "addr-aligned", Status.INVALID_ARGS, "addr is page aligned", passed="{0:address}"
)
UNMAP_LENGTH = length("len")
UNMAP_LENGTH_ALIGNED = length_aligned()
ABSENT = difference(
    "unmap-absent",
    page="vmar_unmap.md",
    says="a mapping that is not there is ZX_ERR_NOT_FOUND",
    does="clearing a range in which nothing lies succeeds",
    example="unmap $demo.vmar 0x20000000 4K",
)
UNMAP_FOUND = Rule(
    "range-mapped",
    Status.NOT_FOUND,
    "something lies in the range",
    passed="{0:address} to {1:address}",
    source="vmar_unmap.md",
    difference=ABSENT,
    only=(Profile.DOCS,),
)
UNMAP_ALIVE = alive()
UNMAP_INSIDE = inside()
UNMAP_WHOLE = Rule(
    "cuts-no-vmar",
    Status.INVALID_ARGS,
    "no VMAR lies partly in the range",
    failed="{0:region} reaches out of it",
    source=VMAR_CPP,
)


@syscall(
    UNMAP_VMAR,
    UNMAP_ALIGNED,
    UNMAP_LENGTH,
    UNMAP_LENGTH_ALIGNED,
    UNMAP_ALIVE,
    UNMAP_INSIDE,
    UNMAP_FOUND,
    UNMAP_WHOLE,
)
def zx_vmar_unmap(call: Call, vmar: HandleIn, addr: Vaddr, len: Size) -> None:
    """Remove the mappings and regions of a range.

    Args:
        vmar: Handle of the VMAR that holds them directly; no right is needed.
        addr: First address, page aligned.
        len: Bytes, not 0: whole pages, or rounded up to them.

    Examples:
        zx> vmo create 4K --name v; $m = map $self.vmar $v
        zx> zx_vmar_unmap $self.vmar $m 0x1000 => ZX_OK
    """
    region = call.get(UNMAP_VMAR, vmar)
    call.require(UNMAP_ALIGNED, not addr & PAGE_MASK, addr)
    size = round_up(len)
    call.require(UNMAP_LENGTH, size != 0, len)
    call.require(UNMAP_LENGTH_ALIGNED, len == size, len)
    call.require(UNMAP_ALIVE, region.alive)
    inside = region.contains(addr, size)
    call.require(UNMAP_INSIDE, inside, addr, addr + size, region.base, region.end)
    call.require(UNMAP_FOUND, not region.is_free(addr, size), addr, addr + size)
    if not region.children:
        return
    cut = None
    for child in region.iter_overlapping(addr, size):
        reaches_out = child.base < addr or child.end > addr + size
        if isinstance(child, VmAddressRegion) and reaches_out:
            cut = describe(child)
            break
    call.require(UNMAP_WHOLE, cut is None, cut)
    region.unmap(addr, size)


# zx_vmar_protect ------------------------------------------------------------------

difference(
    "protect-refusals",
    page="vmar_protect.md, vmar_unmap.md",
    says="nothing of a range outside the VMAR, nor of a VMAR that was destroyed",
    does="they are ZX_ERR_INVALID_ARGS and ZX_ERR_BAD_STATE",
    example="protect $demo.vmar 0 4K r",
    why_not="the pages only omit it",
)
PROTECT_VMAR = Lookup("vmar", VmAddressRegion)
PROTECT_RIGHTS = Rule(
    "vmar-rights",
    Status.ACCESS_DENIED,
    "vmar has READ, WRITE, EXECUTE for each permission asked for",
    passed="it has {0:somerights}",
    failed="it has {0:somerights}, without {1:rights}",
    source="vmar.cpp",
    permitting=("vmar",),
)
PROTECT_PERMS = perms_need_read()
PROTECT_ALIGNED = Rule(
    "addr-aligned", Status.INVALID_ARGS, "addr is page aligned", passed="{0:address}"
)
PROTECT_OPTIONS = Rule(
    "options-perms-only",
    Status.INVALID_ARGS,
    "options has nothing but PERM flags",
    passed="{0:vmoptions}",
)
PROTECT_LENGTH = length("len")
PROTECT_LENGTH_ALIGNED = length_aligned()
PROTECT_ALIVE = alive()
PROTECT_INSIDE = inside()
PROTECT_CHILDREN = Rule(
    "vmar-has-children",
    Status.NOT_FOUND,
    "the VMAR holds something",
    source=VMAR_CPP,
)
PROTECT_FOUND = Rule(
    "addr-mapped",
    Status.NOT_FOUND,
    "addr lies in something that the VMAR holds directly",
    passed="{0:address}",
    source=VMAR_CPP,
)
PROTECT_NO_VMAR = Rule(
    "range-has-no-vmar",
    Status.INVALID_ARGS,
    "no VMAR lies in the range",
    failed="{0:region} is there",
    source=VMAR_CPP,
)
PROTECT_NO_HOLE = Rule(
    "range-has-no-hole",
    Status.NOT_FOUND,
    "the mappings of the range follow each other without a gap",
    failed="nothing is mapped at {0:address}",
    source=VMAR_CPP,
)
PROTECT_CAPS = Rule(
    "mapping-allows",
    Status.ACCESS_DENIED,
    "each mapping may have the permissions: both handles allowed them when it was made",
    failed="{0:region} may have {1:perms} at most",
    source="vm_mapping.cpp",
)
PROTECT_TO_END = Rule(
    "mapped-to-end",
    Status.NOT_FOUND,
    "the last mapping reaches the end of the range",
    passed="{0:address}",
    failed="the last mapping ends at {0:address}",
    source=VMAR_CPP,
)


@syscall(
    PROTECT_VMAR.valid,
    PROTECT_RIGHTS,
    PROTECT_VMAR.type,
    PROTECT_PERMS,
    PROTECT_ALIGNED,
    PROTECT_OPTIONS,
    PROTECT_LENGTH,
    PROTECT_LENGTH_ALIGNED,
    PROTECT_ALIVE,
    PROTECT_INSIDE,
    PROTECT_CHILDREN,
    PROTECT_FOUND,
    PROTECT_NO_VMAR,
    PROTECT_NO_HOLE,
    PROTECT_CAPS,
    PROTECT_TO_END,
)
def zx_vmar_protect(call: Call, vmar: HandleIn, options: Options, addr: Vaddr, len: Size) -> None:
    """Change the permissions of mappings; one that is changed in part is split for good.

    Args:
        vmar: Handle of the VMAR that holds them directly; needs READ, WRITE, EXECUTE as
            `options` asks.
        options: ZX_VM_PERM_* flags; 0 takes every permission away.
        addr: First address, page aligned.
        len: Bytes, not 0: whole pages, or rounded up to them.

    Examples:
        zx> vmo create 4K --name v; $m = map $self.vmar $v
        zx> zx_vmar_protect $self.vmar ZX_VM_PERM_READ $m 0x1000 => ZX_OK
    """
    perms = options & PERMS
    region = vmar_with_perms(call, PROTECT_VMAR, PROTECT_RIGHTS, vmar, perms)
    call.require(PROTECT_PERMS, not writable_without_read(options), perms)
    call.require(PROTECT_ALIGNED, not addr & PAGE_MASK, addr)
    call.require(PROTECT_OPTIONS, not options & ~PERMS, options)
    size = round_up(len)
    call.require(PROTECT_LENGTH, size != 0, len)
    call.require(PROTECT_LENGTH_ALIGNED, len == size, len)
    call.require(PROTECT_ALIVE, region.alive)
    end = addr + size
    call.require(PROTECT_INSIDE, region.contains(addr, size), addr, end, region.base, region.end)
    call.require(PROTECT_CHILDREN, bool(region.children))
    call.require(PROTECT_FOUND, region.find(addr) is not None, addr)
    mappings: list[VmMapping] = []
    reached = 0
    for child in region.iter_overlapping(addr, size):
        if isinstance(child, VmAddressRegion):
            raise call.refusal(PROTECT_NO_VMAR, describe(child))
        if mappings and child.base != reached:
            raise call.refusal(PROTECT_NO_HOLE, reached)
        if perms & ~child.caps:
            raise call.refusal(PROTECT_CAPS, describe(child), child.caps)
        mappings.append(child)
        reached = child.end
    call.require(PROTECT_NO_VMAR, True)
    call.require(PROTECT_NO_HOLE, True)
    call.require(PROTECT_CAPS, True)
    call.require(PROTECT_TO_END, reached >= end, reached)
    for mapping in mappings:
        part = mapping
        if part.perms == perms:
            continue
        if part.base < addr:
            part = part.split(addr)
        if part.end > end:
            part.split(end)
        part.note()
        part.perms = perms


# zx_vmar_destroy ------------------------------------------------------------------

DESTROY_VMAR = Lookup("vmar", VmAddressRegion)
DESTROY_ALIVE = alive()


@syscall(DESTROY_VMAR, DESTROY_ALIVE)
def zx_vmar_destroy(call: Call, vmar: HandleIn) -> None:
    """Remove a region with all that is in it; its handle stays, and names a dead VMAR.

    Args:
        vmar: Handle of the VMAR; no right is needed.

    Examples:
        zx> $box = vmar allocate $self.vmar 64K
        zx> zx_vmar_destroy $box => ZX_OK
    """
    region = call.get(DESTROY_VMAR, vmar)
    call.require(DESTROY_ALIVE, region.alive)
    region.destroy()
