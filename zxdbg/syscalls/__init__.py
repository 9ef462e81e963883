"""The syscalls: `zx_…` functions over the simulated kernel, with their rules as data.

Standard library only. Make a `Caller` for the process that calls, and call:

    >>> from zxdbg.kernel import Kernel
    >>> from zxdbg.syscalls import Caller, zx_vmo_create
    >>> outcome = zx_vmo_create(Caller(Kernel().spawn("me")), 4096, 0)
    >>> outcome.status.label
    'ZX_OK'
"""

from zxdbg.syscalls.buffers import GOOD, Fill, Pointer
from zxdbg.syscalls.call import SYSCALLS, Caller, Outcome, Syscall
from zxdbg.syscalls.handle import zx_handle_close, zx_handle_duplicate, zx_handle_replace
from zxdbg.syscalls.object import zx_object_set_property
from zxdbg.syscalls.process_memory import zx_process_read_memory, zx_process_write_memory
from zxdbg.syscalls.profile import DIFFERENCES, Difference, Profile
from zxdbg.syscalls.rule import Rule
from zxdbg.syscalls.task import (
    zx_process_create,
    zx_process_start,
    zx_task_kill,
    zx_thread_create,
)
from zxdbg.syscalls.vmar import zx_vmar_protect, zx_vmar_unmap
from zxdbg.syscalls.vmar_place import zx_vmar_allocate, zx_vmar_map
from zxdbg.syscalls.vmo import (
    zx_vmo_clone,
    zx_vmo_create,
    zx_vmo_create_physical,
    zx_vmo_get_size,
    zx_vmo_read,
    zx_vmo_set_cache_policy,
    zx_vmo_set_size,
    zx_vmo_write,
)

__all__ = [
    "DIFFERENCES",
    "GOOD",
    "SYSCALLS",
    "Caller",
    "Difference",
    "Fill",
    "Outcome",
    "Pointer",
    "Profile",
    "Rule",
    "Syscall",
    "zx_handle_close",
    "zx_handle_duplicate",
    "zx_handle_replace",
    "zx_object_set_property",
    "zx_process_create",
    "zx_process_read_memory",
    "zx_process_start",
    "zx_process_write_memory",
    "zx_task_kill",
    "zx_thread_create",
    "zx_vmar_allocate",
    "zx_vmar_map",
    "zx_vmar_protect",
    "zx_vmar_unmap",
    "zx_vmo_clone",
    "zx_vmo_create",
    "zx_vmo_create_physical",
    "zx_vmo_get_size",
    "zx_vmo_read",
    "zx_vmo_set_cache_policy",
    "zx_vmo_set_size",
    "zx_vmo_write",
]
