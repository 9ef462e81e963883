"""Address spaces: regions, map, unmap, protect."""

from typing import NamedTuple

from zxdbg.kernel.limits import U64, round_up
from zxdbg.kernel.vmar import CAN_SHIFT, VmAddressRegion, VmOption
from zxdbg.lang.arguments import AddressArg, OffsetArg, Perms, SizeArg, VmarHandle, VmoHandle
from zxdbg.lang.declare import command
from zxdbg.result import Address, Bytes, HandleValue
from zxdbg.state import State
from zxdbg.syscalls import (
    zx_vmar_allocate,
    zx_vmar_destroy,
    zx_vmar_map,
    zx_vmar_protect,
    zx_vmar_unmap,
)

from .vmo import rest_of

_READ_WRITE = 3
_ALL = 7


def _offset(state: State, vmar: int, address: int) -> int:
    """Turn an absolute address into an offset in a VMAR, for the kernel to judge."""
    found = state.object_of(vmar)
    return (address - found.base) & U64 if isinstance(found, VmAddressRegion) else address


class Allocated(NamedTuple):
    """A new region."""

    child_vmar: HandleValue | None
    child_addr: Address | None


@command("vmar allocate", value="child_vmar")
def vmar_allocate(
    state: State,
    vmar: VmarHandle,
    size: SizeArg,
    *,
    at: AddressArg | None = None,
    can: Perms = _ALL,
) -> Allocated:
    """Make a region inside a VMAR, to hold mappings and further regions.

    When:
        To keep a range of addresses for yourself, or to limit what mappings inside may
        be.

    Args:
        vmar: Handle of the VMAR.
        size: Bytes, whole pages.
        at: Absolute address; by default the kernel chooses one.
        can: Most that mappings inside may have.

    Examples:
        zx> process create demo
        zx> $box = vmar allocate $demo.vmar 64K --at 0x20000000 --can rw
        zx> print $box.child_addr
    """
    options = can << CAN_SHIFT | VmOption.CAN_MAP_SPECIFIC
    offset = 0
    if at is not None:
        options |= VmOption.SPECIFIC
        offset = _offset(state, vmar, at)
    outcome = state.call(zx_vmar_allocate, vmar, int(options), offset, size)
    return Allocated(outcome.child_vmar, outcome.child_addr)


class Mapped(NamedTuple):
    """A new mapping."""

    mapped_addr: Address | None
    size: Bytes | None


@command("map", value="mapped_addr")
def map_vmo(
    state: State,
    vmar: VmarHandle,
    vmo: VmoHandle,
    *,
    at: AddressArg | None = None,
    offset: OffsetArg = 0,
    size: SizeArg | None = None,
    perms: Perms = _READ_WRITE,
    overwrite: bool = False,
) -> Mapped:
    """Map pages of a VMO into an address space.

    When:
        To give a process memory: after `process create` and `vmo create`, before
        `write` and `read`.

    Args:
        vmar: Handle of the VMAR, such as $demo.vmar.
        vmo: Handle of the VMO; needs ZX_RIGHT_MAP.
        at: Absolute address; by default the kernel chooses one.
        offset: First byte of the VMO, page aligned.
        size: Bytes, whole pages; profile kernel rounds up. By default the rest of the VMO.
        perms: What the process itself may do there; read and write ignore it.
        overwrite: Clear what lies in the range first; needs --at.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap --at 0x10000000 --perms rw
        zx> map $demo.vmar $heap --at 0x10000000 => ZX_ERR_NO_MEMORY
    """
    options = perms
    place = 0
    if at is not None:
        options |= VmOption.SPECIFIC
        place = _offset(state, vmar, at)
    if overwrite:
        options |= VmOption.SPECIFIC_OVERWRITE
    if size is None:
        size = rest_of(state, vmo, offset)
    outcome = state.call(zx_vmar_map, vmar, int(options), place, vmo, offset, size)
    return Mapped(outcome.mapped_addr, None if outcome.status else round_up(size))


class Unmapped(NamedTuple):
    """A range that is clear now."""


@command("unmap")
def unmap(state: State, vmar: VmarHandle, address: AddressArg, size: SizeArg) -> Unmapped:
    """Remove the mappings of a range; one that is cut in the middle becomes two.

    When:
        To make a hole, and see what transfers do at its border. `vmar destroy` removes
        a whole region.

    Args:
        vmar: Handle of the VMAR that holds them directly.
        address: First address, page aligned.
        size: Bytes, whole pages; profile kernel rounds up.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap
        zx> unmap $demo.vmar $base+4K 4K => ZX_OK
    """
    state.call(zx_vmar_unmap, vmar, address, size)
    return Unmapped()


class Protected(NamedTuple):
    """A range with other permissions."""


@command("protect")
def protect(
    state: State, vmar: VmarHandle, address: AddressArg, size: SizeArg, perms: Perms
) -> Protected:
    """Change the permissions of mappings; one that is changed in part is split for good.

    When:
        To see what a process may do itself with `peek` and `poke`, while `read` and
        `write` go on as before.

    Args:
        vmar: Handle of the VMAR that holds them directly.
        address: First address, page aligned.
        size: Bytes, whole pages; profile kernel rounds up.
        perms: r, rw, rx, rwx or none; w, x and wx are the kernel's to refuse.

    Examples:
        zx> process create demo
        zx> vmo create 16K --name heap
        zx> $base = map $demo.vmar $heap
        zx> protect $demo.vmar $base 4K r => ZX_OK
        zx> protect $demo.vmar $base 4K w => ZX_ERR_INVALID_ARGS
    """
    state.call(zx_vmar_protect, vmar, perms, address, size)
    return Protected()


class Destroyed(NamedTuple):
    """A region that is no more."""


@command("vmar destroy")
def vmar_destroy(state: State, vmar: VmarHandle) -> Destroyed:
    """Remove a region with all that is in it; its handle stays, and names a dead VMAR.

    When:
        To clear a region at once, and to see what a handle to a dead VMAR answers.

    Args:
        vmar: Handle of the VMAR; no right is needed.

    Examples:
        zx> process create demo
        zx> $box = vmar allocate $demo.vmar 64K
        zx> vmar destroy $box => ZX_OK
        zx> vmar destroy $box => ZX_ERR_BAD_STATE
    """
    state.call(zx_vmar_destroy, vmar)
    return Destroyed()
