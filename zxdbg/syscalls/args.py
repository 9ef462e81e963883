"""The C types of syscall arguments, as annotations.

To a reader and to mypy `Vaddr` is an int. To the command language and to help it also
says how it is written, its C type, and its unit and range.
"""

from typing import Annotated, NamedTuple

from zxdbg.syscalls.buffers import Data, Place

__all__ = [
    "Arg",
    "BufferOut",
    "CachePolicyIn",
    "DataIn",
    "Deadline",
    "HandleIn",
    "HandleOut",
    "HandlesIn",
    "KoidIn",
    "OpIn",
    "Options",
    "Paddr",
    "Property",
    "ReturnCode",
    "RightsIn",
    "SignalsIn",
    "SignalsOut",
    "Size",
    "SizeOut",
    "TopicIn",
    "U32In",
    "U64In",
    "U64Out",
    "Vaddr",
    "VaddrOut",
    "VmoOptions",
]


class Arg(NamedTuple):
    """What an argument is.

    Attributes:
        kind: How it is written: `handle`, `address`, `size`, `flags`, `rights`, `data`, `place`.
        ctype: The type in the C prototype.
        bits: Width of the number; a wider one loses its upper bits, as in C.
        unit: Unit and range, for people.
    """

    kind: str
    ctype: str
    bits: int = 64
    unit: str = ""


HandleIn = Annotated[int, Arg("handle", "zx_handle_t", 32, "a handle value of the caller")]
RightsIn = Annotated[int, Arg("rights", "zx_rights_t", 32, "rights, or ZX_RIGHT_SAME_RIGHTS")]
Vaddr = Annotated[int, Arg("address", "zx_vaddr_t", 64, "an address")]
Paddr = Annotated[int, Arg("address", "zx_paddr_t", 64, "a physical address")]
Size = Annotated[int, Arg("size", "size_t", 64, "bytes")]
U64In = Annotated[int, Arg("size", "uint64_t", 64, "0 to 2^64-1")]
U32In = Annotated[int, Arg("size", "uint32_t", 32, "0 to 2^32-1")]
Options = Annotated[int, Arg("flags", "zx_vm_option_t", 32, "ZX_VM_* flags")]
CachePolicyIn = Annotated[int, Arg("cache-policy", "uint32_t", 32, "a cache policy, 0 to 3")]
VmoOptions = Annotated[int, Arg("flags", "uint32_t", 32, "ZX_VMO_* flags")]
Property = Annotated[int, Arg("property", "uint32_t", 32, "a ZX_PROP_* property")]
TopicIn = Annotated[int, Arg("topic", "uint32_t", 32, "a ZX_INFO_* topic")]
SignalsIn = Annotated[int, Arg("signals", "zx_signals_t", 32, "signals joined with |")]
KoidIn = Annotated[int, Arg("size", "zx_koid_t", 64, "a koid")]
Deadline = Annotated[int, Arg("signed", "zx_time_t", 64, "nanoseconds, -2^63 to 2^63-1")]
ReturnCode = Annotated[int, Arg("signed", "int64_t", 64, "-2^63 to 2^63-1")]
OpIn = Annotated[int, Arg("vmo-op", "uint32_t", 32, "a ZX_VMO_OP_* operation")]
HandlesIn = Annotated[
    Data, Arg("data", "const zx_handle_t*", 64, "handles, as [$a,$b], null or @ADDRESS")
]
DataIn = Annotated[Data, Arg("data", "const void*", 64, "data, null or @ADDRESS")]
HandleOut = Annotated[Place, Arg("place", "zx_handle_t*", 32, "null or @ADDRESS")]
SizeOut = Annotated[Place, Arg("place", "size_t*", 64, "null or @ADDRESS")]
U64Out = Annotated[Place, Arg("place", "uint64_t*", 64, "null or @ADDRESS")]
VaddrOut = Annotated[Place, Arg("place", "zx_vaddr_t*", 64, "null or @ADDRESS")]
SignalsOut = Annotated[Place, Arg("place", "zx_signals_t*", 32, "null or @ADDRESS")]
BufferOut = Annotated[Place, Arg("place", "void*", 0, "null or @ADDRESS")]
