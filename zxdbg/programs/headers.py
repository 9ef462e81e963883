"""The C headers that an exported program needs, written from the syscalls that are declared.

They have the names and types of the Zircon headers of 2018-07-23, no more than zxdbg has,
and stand under `include/`. After a change `python -m zxdbg.programs.headers` writes them anew.
"""

import os

from zxdbg.constants import GROUPS
from zxdbg.syscalls.args import Arg
from zxdbg.syscalls.call import SYSCALLS, Syscall

__all__ = ["FOLDER", "NO_RETURN", "headers", "order", "prototype"]

FOLDER = os.path.join(os.path.dirname(__file__), "include")  # noqa: PTH118, PTH120 - slow

NO_RETURN = ("zx_process_exit", "zx_thread_exit")
_BEFORE = {"zx_vmo_read": "offset"}
"""The argument before which the output buffer stands; the last one elsewhere, its size."""

_TYPES = """\
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zircon/errors.h>
#include <zircon/rights.h>

typedef int32_t zx_status_t;
typedef uint32_t zx_handle_t;
typedef uint32_t zx_rights_t;
typedef uint32_t zx_signals_t;
typedef uint32_t zx_vm_option_t;
typedef uint64_t zx_koid_t;
typedef uintptr_t zx_vaddr_t;
typedef uintptr_t zx_paddr_t;
typedef int64_t zx_time_t;

#define ZX_HANDLE_INVALID ((zx_handle_t)0)
#define ZX_TIME_INFINITE INT64_MAX
#define ZX_TIME_INFINITE_PAST INT64_MIN
"""
_PROCESS = """\
#include <zircon/types.h>

zx_handle_t zx_process_self(void);
zx_handle_t zx_vmar_root_self(void);
zx_handle_t zx_job_default(void);
"""
_STATUS = """\
#include <zircon/types.h>

const char* zx_status_get_string(zx_status_t status);
"""
_POLICY = """\
#include <stdint.h>

typedef struct zx_policy_basic {
    uint32_t condition;
    uint32_t policy;
} zx_policy_basic_t;

"""


def prototype(syscall: Syscall[...]) -> str:
    """Write the C prototype of a syscall."""
    arguments = [f"{arg.ctype} {name}" for name, arg in order(syscall)]
    listed = ", ".join(arguments) or "void"
    if syscall.name in NO_RETURN:
        return f"__attribute__((__noreturn__)) void {syscall.name}({listed});"
    return f"zx_status_t {syscall.name}({listed});"


def order(syscall: Syscall[...]) -> list[tuple[str, Arg]]:
    """List the arguments of a syscall and its out-pointers, as they stand in C."""
    arguments = list(syscall.params)
    buffers = [(name, arg) for name, arg in syscall.outs.items() if arg.ctype == "void*"]
    if buffers:
        names = [name for name, _ in arguments]
        at = names.index(_BEFORE.get(syscall.name, names[-1]))
        arguments[at:at] = buffers
    return arguments + [out for out in syscall.outs.items() if out not in buffers]


def headers() -> dict[str, str]:
    """Compose the headers, by their names below `include/`."""
    calls = "\n".join(prototype(syscall) for syscall in SYSCALLS.values())
    rights = {name: value for name, value in GROUPS["rights"].items() if not _is_other_name(name)}
    texts = {
        "zircon/errors.h": _defines("status", GROUPS["status"]),
        "zircon/rights.h": _defines("rights", rights),
        "zircon/types.h": _TYPES
        + "".join(
            f"\n{_defines(group, GROUPS[group])}"
            for group in ("zx_vm_option_t", "vmo-options", "vmo-op", "cache-policy", "signals")
        ),
        "zircon/process.h": _PROCESS,
        "zircon/status.h": _STATUS,
        "zircon/syscalls.h": f"#include <zircon/types.h>\n\n{calls}\n",
        "zircon/syscalls/object.h": "#include <zircon/types.h>\n"
        + "".join(f"\n{_defines(group, GROUPS[group])}" for group in ("topic", "property")),
        "zircon/syscalls/policy.h": _POLICY
        + "\n".join(
            _defines(group, GROUPS[group])
            for group in ("job-options", "job-topic", "condition", "action")
        ),
    }
    return {name: f"{_TOP}\n#pragma once\n\n{text}" for name, text in texts.items()}


_TOP = "// A part of the Zircon headers of 2018-07-23, written from what zxdbg declares."
_CASTS = {
    "status": "",
    "rights": "zx_rights_t",
    "zx_vm_option_t": "zx_vm_option_t",
    "signals": "zx_signals_t",
}


def _is_other_name(name: str) -> bool:
    """Whether a name of rights is one that only the command language has."""
    return name.startswith("ZX_RIGHT_") and name.replace("RIGHT_", "RIGHTS_") in GROUPS["rights"]


def _defines(group: str, names: dict[str, int]) -> str:
    cast = _CASTS.get(group, "uint32_t")
    lines = []
    for name, value in names.items():
        shown = str(value) if cast == "" else f"(({cast}){value:#x}u)"
        lines.append(f"#define {name} ({shown})" if value < 0 else f"#define {name} {shown}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the headers."""
    from pathlib import Path

    for name, text in headers().items():
        path = Path(FOLDER, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
