"""Bytes that a syscall reads, as a program can write them: a run, an array of handles, a string."""

from struct import unpack
from typing import NamedTuple

from zxdbg.syscalls.buffers import Data, Fill, Pointer

__all__ = ["LONG_RUN", "Handles", "Run", "shape_of"]

LONG_RUN = 64
"""Bytes that are written out, even if all are the same."""


class Run(NamedTuple):
    """Many bytes that are the same."""

    byte: int
    length: int


class Handles(NamedTuple):
    """An array of handles."""

    values: tuple[int, ...]


def shape_of(data: Data, ctype: str) -> Pointer | Fill | Run | Handles | bytes | None:
    """Say as what data is written, by the type that the syscall takes.

    Examples:
        >>> shape_of(bytes([7, 0, 0, 0]), "const zx_handle_t*")
        Handles(values=(7,))
    """
    if not isinstance(data, bytes):
        return data
    if data and ctype == "const zx_handle_t*" and len(data) % 4 == 0:
        return Handles(unpack(f"<{len(data) // 4}I", data))
    if len(data) > LONG_RUN and data == data[:1] * len(data):
        return Run(data[0], len(data))
    return data
