"""What every exported C program has: its includes, and what a correct client needs."""

__all__ = ["DOCS", "HELPERS", "INCLUDES", "ROOT_RESOURCE", "TOP"]

TOP = """\
// A session of zxdbg as a C program for Zircon, with the headers of 2018-07-23. It makes the
// same syscalls in the same order, and checks that each answers as it did there.
"""
DOCS = """\
// Some of these answers follow the published pages where the kernel of that day answered
// otherwise: `help differences` in zxdbg lists them, and `profile kernel` has the kernel's.
"""
INCLUDES = """\
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <zircon/syscalls/object.h>
#include <zircon/syscalls/policy.h>
#include <zircon/types.h>

static int failures;
"""
ROOT_RESOURCE = """\
// A program cannot get the root resource by itself: who starts it has to hand it over.
extern zx_handle_t root_resource;
"""

_EXPECT = """\
// Says what a call was to answer, and what it answered.
static void expect(const char* call, zx_status_t came, zx_status_t expected) {
    const bool same = came == expected;
    printf("%s %s: expected %s, came %s\\n", same ? "ok  " : "FAIL", call,
           zx_status_get_string(expected), zx_status_get_string(came));
    failures += !same;
}
"""
_EXPECT_SIZE = """\
// Says what an out-value was to be, and what it is.
static void expect_size(const char* what, uint64_t came, uint64_t expected) {
    const bool same = came == expected;
    printf("%s   %s: expected %llu, came %llu\\n", same ? "ok  " : "FAIL", what,
           (unsigned long long)expected, (unsigned long long)came);
    failures += !same;
}
"""
_WRITE_ALL = """\
// Writes all of the data, as far as it goes. One call can write less than it was asked to, since
// it ends where the mapped memory ends, or already where one mapping does: go on behind what was
// written, until all is done or a call is refused. `done` is how much was written in any case.
static zx_status_t write_all(zx_handle_t process, zx_vaddr_t vaddr, const void* data,
                             size_t length, size_t* done) {
    *done = 0;
    while (*done < length) {
        size_t actual = 0;
        const zx_status_t status = zx_process_write_memory(
            process, vaddr + *done, (const uint8_t*)data + *done, length - *done, &actual);
        if (status != ZX_OK) {
            return status;
        }
        *done += actual;
    }
    return ZX_OK;
}
"""
_READ_ALL = (
    _WRITE_ALL.replace("write_all", "read_all")
    .replace("Writes all of the data", "Reads all of the memory")
    .replace("can write less", "can read less")
    .replace("written", "read")
    .replace("const void* data,", "void* data,")
    .replace("(const uint8_t*)", "(uint8_t*)")
    .replace("zx_process_write_memory", "zx_process_read_memory")
    .replace(
        "\n                             size_t length",
        "\n                            size_t length",
    )
)
_BEFORE_HOLE = """\
// Puts data just before a page that is not mapped: a call that asks for more than there is cannot
// have it.
static const void* before_hole(const void* data, size_t length) {
    const size_t page = 4096;
    const size_t room = (length / page + 1) * page;
    zx_handle_t region = ZX_HANDLE_INVALID;
    zx_handle_t vmo = ZX_HANDLE_INVALID;
    zx_vaddr_t base = 0;
    zx_status_t status = zx_vmar_allocate(
        zx_vmar_root_self(), ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_SPECIFIC, 0,
        room + page, &region, &base);
    if (status == ZX_OK) {
        status = zx_vmo_create(room, 0, &vmo);
    }
    if (status == ZX_OK) {
        status = zx_vmar_map(region, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_SPECIFIC, 0, vmo, 0,
                             room, &base);
    }
    if (status != ZX_OK) {
        fputs("there is no place for a buffer\\n", stderr);
        exit(2);
    }
    zx_handle_close(vmo);
    zx_handle_close(region);
    return memcpy((uint8_t*)base + room - length, data, length);
}
"""
HELPERS = {
    "expect": _EXPECT,
    "expect_size": _EXPECT_SIZE,
    "write_all": _WRITE_ALL,
    "read_all": _READ_ALL,
    "before_hole": _BEFORE_HOLE,
}
"""Functions by name; a program has those that it uses."""
