"""VMOs: create, clone, resize, physical memory, cache policy."""

from typing import NamedTuple

from zxdbg.kernel.vmo import VmObject
from zxdbg.lang.arguments import (
    AddressArg,
    NewName,
    OffsetArg,
    PolicyArg,
    SizeArg,
    VmoFlags,
    VmoHandle,
)
from zxdbg.lang.declare import command
from zxdbg.render import facts
from zxdbg.render.draw import draw, field_piece, head
from zxdbg.render.parts import Line, Look, dim
from zxdbg.result import Bytes, HandleValue, Koid, Result
from zxdbg.state import State
from zxdbg.syscalls import (
    zx_object_set_property,
    zx_vmo_clone,
    zx_vmo_create,
    zx_vmo_create_physical,
    zx_vmo_set_cache_policy,
    zx_vmo_set_size,
)
from zxdbg.syscalls.object import PROP_NAME
from zxdbg.syscalls.vmo import COPY_ON_WRITE


class Vmo(NamedTuple):
    """A VMO after the call."""

    handle: HandleValue | None
    size: Bytes | None
    koid: Koid | None
    asked: int | None


def _vmo(state: State, value: int | None, asked: int) -> Vmo:
    found = state.object_of(value or 0)
    if not isinstance(found, VmObject):
        return Vmo(None, None, None, None)
    return Vmo(value, found.size, found.koid, asked)


def rest_of(state: State, value: int, offset: int) -> int:
    """Return the bytes of a VMO from an offset to its end; 0 where there is none."""
    found = state.object_of(value)
    return max(0, found.size - offset) if isinstance(found, VmObject) else 0


@command("vmo create", value="handle", hidden=("asked",), decides="vmo_create")
def vmo_create(state: State, size: SizeArg, *, name: NewName = "", options: VmoFlags = 0) -> Vmo:
    """Create a VMO, memory that can be mapped; nothing is committed yet.

    When:
        To make memory before you `map` it; `vmo commit` gives it pages at once.

    Args:
        size: Bytes, rounded up to whole pages.
        name: Its name, 31 bytes at most; an identifier is bound as $name.
        options: 0 or ZX_VMO_NON_RESIZABLE.

    Examples:
        zx> vmo create 16K --name heap => size=0x4000
        zx> $fixed = vmo create 4K --options ZX_VMO_NON_RESIZABLE
    """
    outcome = state.call(zx_vmo_create, size, options)
    if name and outcome.out is not None:
        raw = name.encode("utf-8", "surrogateescape")
        state.call(zx_object_set_property, outcome.out, PROP_NAME, raw, len(raw))
    return _vmo(state, outcome.out, size)


@command("vmo clone", value="handle", hidden=("asked",))
def vmo_clone(
    state: State, vmo: VmoHandle, *, offset: OffsetArg = 0, size: SizeArg | None = None
) -> Vmo:
    """Make a copy-on-write clone of a VMO.

    When:
        To see copy on write: a clone follows its parent until it writes a page of its
        own.

    Args:
        vmo: Handle of the parent; needs ZX_RIGHT_DUPLICATE and ZX_RIGHT_READ.
        offset: First byte of the parent that the clone shows, page aligned.
        size: Bytes; by default the rest of the parent.

    Examples:
        zx> vmo create 16K --name heap
        zx> $copy = vmo clone $heap --offset 4K => size=0x3000
    """
    if size is None:
        size = rest_of(state, vmo, offset)
    return _vmo(state, state.call(zx_vmo_clone, vmo, COPY_ON_WRITE, offset, size).out, size)


@command("vmo resize", value="handle", hidden=("asked",))
def vmo_resize(state: State, vmo: VmoHandle, size: SizeArg) -> Vmo:
    """Set a VMO's size. Mappings keep theirs.

    When:
        To see what becomes of mappings that reach past the end of their VMO.

    Args:
        vmo: Handle of the VMO; needs ZX_RIGHT_WRITE.
        size: Bytes, rounded up to whole pages.

    Examples:
        zx> vmo create 16K --name heap
        zx> vmo resize $heap 4K => ZX_OK size=4K
    """
    outcome = state.call(zx_vmo_set_size, vmo, size)
    return _vmo(state, 0 if outcome.status else vmo, size)


@command("vmo physical", value="handle", hidden=("asked",))
def vmo_physical(state: State, address: AddressArg, size: SizeArg) -> Vmo:
    """Create a VMO that is a range of physical addresses, with $root_resource.

    When:
        To see how memory that cannot be cached is treated; `vmo cache-policy` says how
        it may be.

    Args:
        address: First physical address, page aligned.
        size: Bytes, whole pages; profile kernel rounds up.

    Examples:
        zx> $device = vmo physical 0xfee00000 4K => ZX_OK
    """
    resource = state.names["root_resource"].value
    return _vmo(state, state.call(zx_vmo_create_physical, resource, address, size).out, size)


class PolicySet(NamedTuple):
    """A cache policy that was set."""


@command("vmo cache-policy")
def vmo_cache_policy(state: State, vmo: VmoHandle, policy: PolicyArg) -> PolicySet:
    """Set how the processor may cache a VMO's memory, before anybody uses it.

    When:
        To see why transfers stop at memory that is not cacheable. `vmo physical` makes
        such memory.

    Args:
        vmo: Handle of the VMO; needs ZX_RIGHT_MAP.
        policy: cached, uncached, uncached-device or write-combining.

    Examples:
        zx> vmo create 4K --name regs
        zx> vmo cache-policy $regs uncached => ZX_OK
    """
    state.call(zx_vmo_set_cache_policy, vmo, policy)
    return PolicySet()


# Drawing --------------------------------------------------------------------------


@draw.register(Vmo)
def _draw_vmo(data: Vmo, result: Result, look: Look) -> list[Line]:
    if data.handle is None or data.size is None or data.koid is None:
        return head(result, [], look)
    title = [] if data.handle in look.labels else [dim("handle ")]
    line = [*title, *field_piece("handle", data.handle, look), dim("  size ")]
    line += field_piece("bytes", data.size, look)
    if data.asked != data.size:
        line.append(dim(f" (asked {facts.size(data.asked or 0)})"))
    return head(result, [*line, dim("  koid "), *field_piece("koid", data.koid, look)], look)
