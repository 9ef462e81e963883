from collections.abc import Callable
from pathlib import Path

import pytest

from zxdbg.constants import GROUPS
from zxdbg.programs.headers import FOLDER, headers, order, prototype
from zxdbg.syscalls import SYSCALLS

NAMES = sorted(headers())


def test_the_headers_that_are_kept_are_those_that_are_written() -> None:
    kept = {
        str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8")
        for path in Path(FOLDER).rglob("*.h")
    }
    assert kept == headers(), "python -m zxdbg.programs.headers writes them anew"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "zx_process_read_memory",
            "zx_status_t zx_process_read_memory(zx_handle_t handle, zx_vaddr_t vaddr, "
            "void* buffer, size_t length, size_t* actual);",
        ),
        (
            "zx_process_write_memory",
            "zx_status_t zx_process_write_memory(zx_handle_t handle, zx_vaddr_t vaddr, "
            "const void* buffer, size_t length, size_t* actual);",
        ),
        (
            "zx_vmo_read",
            "zx_status_t zx_vmo_read(zx_handle_t handle, void* buffer, uint64_t offset, "
            "size_t buffer_size);",
        ),
        (
            "zx_object_get_info",
            "zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void* buffer, "
            "size_t buffer_size, size_t* actual, size_t* avail);",
        ),
        ("zx_vmo_get_size", "zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t* size);"),
        ("zx_thread_exit", "__attribute__((__noreturn__)) void zx_thread_exit(void);"),
    ],
)
def test_a_prototype_is_that_of_the_day(name: str, expected: str) -> None:
    assert prototype(SYSCALLS[name]) == expected


@pytest.mark.parametrize("name", sorted(SYSCALLS))
def test_every_argument_has_its_place_once(name: str) -> None:
    syscall = SYSCALLS[name]
    listed = [each for each, _ in order(syscall)]
    assert sorted(listed) == sorted([*(each for each, _ in syscall.params), *syscall.outs])


@pytest.mark.parametrize("name", NAMES)
def test_each_header_compiles_alone(name: str, compile_c: Callable[..., Path]) -> None:
    compile_c(f"#include <{name}>\n#include <{name}>\n")


def test_types_and_numbers_are_those_of_the_day(compile_c: Callable[..., Path]) -> None:
    checks = [
        f'_Static_assert({name} == {value}, "{name}");'
        for group in ("status", "topic", "property", "condition", "action", "vmo-op", "signals")
        for name, value in GROUPS[group].items()
    ]
    sizes = {"zx_status_t": 4, "zx_handle_t": 4, "zx_rights_t": 4, "zx_vaddr_t": 8, "zx_time_t": 8}
    checks += [f'_Static_assert(sizeof({name}) == {size}, "");' for name, size in sizes.items()]
    checks.append('_Static_assert(sizeof(zx_policy_basic_t) == 8, "");')
    checks.append('_Static_assert(ZX_RIGHT_SAME_RIGHTS == 0x80000000u, "");')
    includes = "".join(f"#include <{name}>\n" for name in NAMES)
    assert len(checks) > 100
    compile_c(includes + "\n".join(checks) + "\n")
