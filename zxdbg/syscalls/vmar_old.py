"""The older argument orders of the vmar syscalls, which the kernel kept beside the new ones."""

from zxdbg.syscalls.call import reordered
from zxdbg.syscalls.vmar import zx_vmar_protect
from zxdbg.syscalls.vmar_place import zx_vmar_allocate, zx_vmar_map

__all__ = ["zx_vmar_allocate_old", "zx_vmar_map_old", "zx_vmar_protect_old"]

zx_vmar_allocate_old = reordered(
    zx_vmar_allocate,
    "zx_vmar_allocate_old",
    "$self.vmar 0 0x1000 ZX_VM_CAN_MAP_READ => ZX_OK",
    parent_vmar="parent_vmar",
    offset="offset",
    size="size",
    map_flags="options",
)
zx_vmar_map_old = reordered(
    zx_vmar_map,
    "zx_vmar_map_old",
    "$self.vmar 0 0 0 0x1000 ZX_VM_PERM_READ => ZX_ERR_BAD_HANDLE",
    vmar="vmar",
    vmar_offset="vmar_offset",
    vmo="vmo",
    vmo_offset="vmo_offset",
    len="len",
    map_flags="options",
)
zx_vmar_protect_old = reordered(
    zx_vmar_protect,
    "zx_vmar_protect_old",
    "$self.vmar 0x20000000 0x1000 0 => ZX_ERR_NOT_FOUND",
    vmar="vmar",
    addr="addr",
    len="len",
    prot="options",
)
