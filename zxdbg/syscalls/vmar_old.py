"""The older argument orders of the vmar syscalls, which the kernel kept beside the new ones."""

from zxdbg.syscalls.call import reordered
from zxdbg.syscalls.vmar import zx_vmar_protect
from zxdbg.syscalls.vmar_place import zx_vmar_allocate, zx_vmar_map

__all__ = ["zx_vmar_allocate_old", "zx_vmar_map_old", "zx_vmar_protect_old"]

zx_vmar_allocate_old = reordered(
    zx_vmar_allocate,
    "zx_vmar_allocate_old",
    parent_vmar="parent_vmar",
    offset="offset",
    size="size",
    map_flags="options",
)
zx_vmar_map_old = reordered(
    zx_vmar_map,
    "zx_vmar_map_old",
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
    vmar="vmar",
    addr="addr",
    len="len",
    prot="options",
)
