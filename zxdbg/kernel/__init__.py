"""The simulated kernel: objects and their invariants, without syscalls or permissions.

Standard library only; no input or output, no clock, no chance but the seed. Objects are
innocent of calls: who may do what is judged in `zxdbg.syscalls`.
"""

from zxdbg.kernel.kernel import Kernel
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status

__all__ = ["Kernel", "Rights", "Status"]
