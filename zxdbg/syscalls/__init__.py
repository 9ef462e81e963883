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
from zxdbg.syscalls.handle import (
    zx_handle_close,
    zx_handle_close_many,
    zx_handle_duplicate,
    zx_handle_replace,
)
from zxdbg.syscalls.job import zx_job_create, zx_job_set_policy
from zxdbg.syscalls.object import (
    zx_object_get_child,
    zx_object_get_property,
    zx_object_set_property,
)
from zxdbg.syscalls.object_info import zx_object_get_info
from zxdbg.syscalls.process_memory import zx_process_read_memory, zx_process_write_memory
from zxdbg.syscalls.profile import DIFFERENCES, Difference, Profile
from zxdbg.syscalls.rule import Rule
from zxdbg.syscalls.signals import zx_event_create, zx_object_signal, zx_object_wait_one
from zxdbg.syscalls.task import (
    zx_process_create,
    zx_process_exit,
    zx_process_start,
    zx_task_kill,
    zx_thread_create,
    zx_thread_exit,
    zx_thread_start,
)
from zxdbg.syscalls.vmar import zx_vmar_destroy, zx_vmar_protect, zx_vmar_unmap
from zxdbg.syscalls.vmar_old import zx_vmar_allocate_old, zx_vmar_map_old, zx_vmar_protect_old
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
from zxdbg.syscalls.vmo_range import (
    zx_vmo_create_contiguous,
    zx_vmo_op_range,
    zx_vmo_replace_as_executable,
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
    "zx_event_create",
    "zx_handle_close",
    "zx_handle_close_many",
    "zx_handle_duplicate",
    "zx_handle_replace",
    "zx_job_create",
    "zx_job_set_policy",
    "zx_object_get_child",
    "zx_object_get_info",
    "zx_object_get_property",
    "zx_object_set_property",
    "zx_object_signal",
    "zx_object_wait_one",
    "zx_process_create",
    "zx_process_exit",
    "zx_process_read_memory",
    "zx_process_start",
    "zx_process_write_memory",
    "zx_task_kill",
    "zx_thread_create",
    "zx_thread_exit",
    "zx_thread_start",
    "zx_vmar_allocate",
    "zx_vmar_allocate_old",
    "zx_vmar_destroy",
    "zx_vmar_map",
    "zx_vmar_map_old",
    "zx_vmar_protect",
    "zx_vmar_protect_old",
    "zx_vmar_unmap",
    "zx_vmo_clone",
    "zx_vmo_create",
    "zx_vmo_create_contiguous",
    "zx_vmo_create_physical",
    "zx_vmo_get_size",
    "zx_vmo_op_range",
    "zx_vmo_read",
    "zx_vmo_replace_as_executable",
    "zx_vmo_set_cache_policy",
    "zx_vmo_set_size",
    "zx_vmo_write",
]
