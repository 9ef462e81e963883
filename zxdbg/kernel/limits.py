"""Sizes and bounds of the simulated machine (x86-64, Zircon of 2018-07-23)."""

from typing import Final

PAGE_SIZE: Final = 4096
PAGE_SHIFT: Final = 12
PAGE_MASK: Final = PAGE_SIZE - 1

U32: Final = 0xFFFF_FFFF
U64: Final = 0xFFFF_FFFF_FFFF_FFFF

USER_BASE: Final = 0x0000_0000_0100_0000
USER_SIZE: Final = 0x0000_7FFF_FEFF_F000
USER_END: Final = USER_BASE + USER_SIZE

MAX_HANDLES: Final = 256 * 1024
MAX_NAME: Final = 31
"""Visible bytes of an object's name; ZX_MAX_NAME_LEN counts the NUL too."""
MAX_BLOCK: Final = 64 * 1024 * 1024
"""Most bytes that one zx_process_read_memory or _write_memory may ask for."""
FIRST_KOID: Final = 1024
ROOT_JOB_HEIGHT: Final = 32
DEFAULT_MEMORY: Final = 1 << 30


def round_up(size: int) -> int:
    """Round a size in bytes up to whole pages, in the kernel's wrapping 64-bit arithmetic."""
    return (size + PAGE_MASK) & ~PAGE_MASK & U64
