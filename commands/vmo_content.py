"""VMOs: read, write, commit, decommit, through a handle to the VMO itself."""

from typing import NamedTuple

from zxdbg.lang.arguments import DataIn, LengthArg, OffsetArg, SizeArg, VmoHandle
from zxdbg.lang.declare import command
from zxdbg.lang.reading import Count, Unit
from zxdbg.mistake import CommandError
from zxdbg.render import facts
from zxdbg.render.draw import draw, head
from zxdbg.render.hexdump import PLAIN_DUMP, DumpFormat, hexdump
from zxdbg.render.parts import Drawing, Look, plain
from zxdbg.result import Bytes, Result
from zxdbg.state import State
from zxdbg.syscalls import zx_vmo_op_range, zx_vmo_read, zx_vmo_write
from zxdbg.syscalls.buffers import Fill
from zxdbg.syscalls.vmo_range import COMMIT, DECOMMIT

from .memory import marked
from .vmo import rest_of


class ContentRead(NamedTuple):
    """Bytes of a VMO."""

    requested: Bytes
    data: bytes | None
    offset: Bytes
    form: DumpFormat = PLAIN_DUMP
    changed: tuple[tuple[int, int], ...] = ()


@command("vmo read", value="data", hidden=("offset", "form", "changed"), goes_on="offset")
def vmo_read(
    state: State,
    vmo: VmoHandle,
    offset: OffsetArg,
    length: LengthArg,
    *,
    as_: Unit = "u8",
    group: Count | None = None,
    all: bool = False,
) -> ContentRead:
    """Read bytes of a VMO, all of the range or nothing.

    When:
        To see content without any address, such as that of a VMO that is mapped
        nowhere.

    Args:
        vmo: Handle of the VMO; needs ZX_RIGHT_READ.
        offset: First byte.
        length: Bytes to read.
        as_: What the bytes are shown as: u8, u16, u32, u64 (little endian), or text.
        group: Units between two wider gaps; by default 8 bytes, and 0 leaves gaps out.
        all: Show the whole range, however long; equal rows stay folded.

    Examples:
        zx> vmo create 4K --name heap
        zx> vmo write $heap 0 "hello"
        zx> vmo read $heap 0 5 => ZX_OK data="hello"
        zx> vmo read $heap 0xffe 4 => ZX_ERR_OUT_OF_RANGE
    """
    outcome = state.call(zx_vmo_read, vmo, offset, length)
    data, form = outcome.buffer, DumpFormat(as_, group, all)
    changed = marked(state, state.object_of(vmo), offset, data)
    return ContentRead(length, data, offset, form, changed)


class ContentWritten(NamedTuple):
    """Bytes that were written to a VMO."""

    requested: Bytes


@command("vmo write")
def vmo_write(state: State, vmo: VmoHandle, offset: OffsetArg, data: DataIn) -> ContentWritten:
    """Write bytes of a VMO, all of the range or nothing; each page touched is committed.

    When:
        To fill a VMO before anybody maps it; `write` goes through an address of a
        process.

    Args:
        vmo: Handle of the VMO; needs ZX_RIGHT_WRITE.
        offset: First byte.
        data: The bytes, which the line itself must carry.

    Examples:
        zx> vmo create 4K --name heap
        zx> vmo write $heap 0xffe "ab" => ZX_OK
        zx> vmo write $heap 0xffe "abc" => ZX_ERR_OUT_OF_RANGE
    """
    if not isinstance(data, (bytes, Fill)):
        raise CommandError(
            "vmo write takes bytes that the line carries", hint="zx_vmo_write", param="data"
        )
    length = len(data) if isinstance(data, bytes) else data.length
    state.call(zx_vmo_write, vmo, data, offset, length)
    return ContentWritten(length)


class Committed(NamedTuple):
    """Pages that were committed or decommitted."""

    size: Bytes


@command("vmo commit")
def vmo_commit(
    state: State, vmo: VmoHandle, *, offset: OffsetArg = 0, size: SizeArg | None = None
) -> Committed:
    """Give a VMO pages of its own, before anybody writes to them.

    When:
        To see what costs memory: `vmos` counts the pages. It fails where no memory is
        left.

    Args:
        vmo: Handle of the VMO; needs ZX_RIGHT_WRITE.
        offset: First byte.
        size: Bytes, whole pages; profile kernel rounds outwards. By default the rest
            of the VMO.

    Examples:
        zx> vmo create 16K --name heap
        zx> vmo commit $heap --size 8K => ZX_OK
        zx> vmos
    """
    if size is None:
        size = rest_of(state, vmo, offset)
    state.call(zx_vmo_op_range, vmo, COMMIT, offset, size, None, 0)
    return Committed(size)


@command("vmo decommit")
def vmo_decommit(
    state: State, vmo: VmoHandle, *, offset: OffsetArg = 0, size: SizeArg | None = None
) -> Committed:
    """Take pages away from a VMO: what its parent has shows again, else zeros.

    When:
        To give memory back and keep the mapping, or to see a clone follow its parent
        again.

    Args:
        vmo: Handle of the VMO; needs ZX_RIGHT_WRITE.
        offset: First byte.
        size: Bytes, whole pages; profile kernel rounds outwards. By default the rest
            of the VMO.

    Examples:
        zx> vmo create 16K --name heap
        zx> vmo write $heap 0 "gone"
        zx> vmo decommit $heap --size 4K
        zx> vmo read $heap 0 4 => data=zero:4
    """
    if size is None:
        size = rest_of(state, vmo, offset)
    state.call(zx_vmo_op_range, vmo, DECOMMIT, offset, size, None, 0)
    return Committed(size)


# Drawing --------------------------------------------------------------------------


@draw.register(ContentRead)
def _draw_content(data: ContentRead, result: Result, look: Look) -> Drawing:
    lines: Drawing = [*head(result, [plain(f"{facts.count(data.requested)} read")], look)]
    if not data.data:
        return lines
    dump = hexdump(
        data.data,
        data.offset,
        len(data.data),
        look,
        lambda at: "",
        {},
        form=data.form,
        changed=data.changed,
    )
    return [*lines, [], *dump]
