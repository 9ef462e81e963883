from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.task import Policy
from zxdbg.kernel.vmar import VmOption
from zxdbg.kernel.vmo import ZERO_CHILDREN, CachePolicy, VmObject
from zxdbg.syscalls import (
    Fill,
    Outcome,
    Pointer,
    Syscall,
    zx_handle_close,
    zx_object_set_property,
    zx_vmar_map,
    zx_vmar_unmap,
    zx_vmo_clone,
    zx_vmo_create,
    zx_vmo_create_physical,
    zx_vmo_get_size,
    zx_vmo_read,
    zx_vmo_set_cache_policy,
    zx_vmo_set_size,
    zx_vmo_write,
)

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Difference, Refusal, World


PAGE = 4096
TOP = 1 << 64
COW = 1
FIXED = 2
OK = (Status.OK, "")
WILD = Pointer(0x2000_0000_0000)


# Arrangements -----------------------------------------------------------------------


def with_policy(w: "World", vmo: int, policy: CachePolicy = CachePolicy.UNCACHED) -> int:
    w.good(zx_vmo_set_cache_policy(w.caller, vmo, policy))
    return vmo


def written(w: "World", vmo: int, *, offset: int = 0, data: bytes = b"x") -> int:
    w.good(zx_vmo_write(w.caller, vmo, data, offset, len(data)))
    return vmo


def mapped(w: "World", vmo: int) -> int:
    w.good(zx_vmar_map(w.caller, w.vmar, VmOption.PERM_READ, 0, vmo, 0, PAGE))
    return vmo


def clone(
    w: "World", vmo: int, *, offset: int = 0, size: int = 4 * PAGE, options: int = COW
) -> int:
    return w.out(w.good(zx_vmo_clone(w.caller, vmo, options, offset, size)))


def cloned(w: "World", vmo: int) -> int:
    clone(w, vmo)
    return vmo


def full(w: "World", call: Callable[[], Outcome]) -> Outcome:
    w.fill()
    w.before = w.picture()
    return call()


def drained(w: "World", call: Callable[[], Outcome], spare: int = 0) -> Outcome:
    w.drain(spare)
    w.before = w.picture()
    return call()


def forbidden(w: "World", call: Callable[[], Outcome], action: int = 1) -> Outcome:
    w.me.policy[Policy.NEW_VMO.value] = action
    return call()


def pin(w: "World", vmo: int, page: int) -> int:
    w.object(vmo, VmObject).pinned.add(page)
    return vmo


def show(w: "World", vmo: int, page: int = 0) -> bytes:
    """Read the first byte of a page."""
    return w.good(zx_vmo_read(w.caller, vmo, page * PAGE, 1)).buffer or b""


def own(w: "World", vmo: int) -> list[int]:
    """List the pages that a VMO owns."""
    return sorted(w.object(vmo, VmObject).pages.table)


REFUSALS: "list[Refusal]" = [
    # zx_vmo_create, spec 07 section 3
    (
        "create with options 2, before the policy",
        lambda w: forbidden(w, lambda: w.call(zx_vmo_create, TOP - 1, 2)),
        Status.INVALID_ARGS,
        "vmo_create/options-known",
    ),
    (
        "create with a size that wraps, under a policy",
        lambda w: forbidden(w, lambda: w.call(zx_vmo_create, TOP - 1, 0)),
        Status.ACCESS_DENIED,
        "vmo_create/policy-allows",
    ),
    (
        "create 2^64-1 bytes",
        lambda w: w.call(zx_vmo_create, TOP - 1, 0),
        Status.OUT_OF_RANGE,
        "vmo_create/size-fits",
    ),
    (
        "create 2^64-4095 bytes",
        lambda w: w.call(zx_vmo_create, TOP - PAGE + 1, 0, out=None),
        Status.OUT_OF_RANGE,
        "vmo_create/size-fits",
    ),
    (
        "create in a full table",
        lambda w: full(w, lambda: zx_vmo_create(w.caller, PAGE, 0)),
        Status.NO_MEMORY,
        "vmo_create/handles-left",
    ),
    (
        "create to NULL",
        lambda w: w.call(zx_vmo_create, PAGE, 0, out=None),
        Status.INVALID_ARGS,
        "vmo_create/out-writable",
    ),
    # zx_vmo_read, section 4
    (
        "read what is no handle",
        lambda w: w.call(zx_vmo_read, 0, 0, 1, buffer=None),
        Status.BAD_HANDLE,
        "vmo_read/handle-valid",
    ),
    (
        "read without READ, even to a bad buffer",
        lambda w: w.call(zx_vmo_read, w.lacking(w.vmo(), Rights.READ), 0, 1, buffer=None),
        Status.ACCESS_DENIED,
        "vmo_read/handle-rights",
    ),
    (
        "read a VMAR without READ: rights before type",
        lambda w: w.call(zx_vmo_read, w.weak(w.vmar, 0), 0, 1),
        Status.ACCESS_DENIED,
        "vmo_read/handle-rights",
    ),
    (
        "read a job",
        lambda w: w.call(zx_vmo_read, w.job, 0, 1, buffer=None),
        Status.WRONG_TYPE,
        "vmo_read/handle-type",
    ),
    (
        "read to NULL, even past the end",
        lambda w: w.call(zx_vmo_read, w.vmo(), TOP - 1, 1, buffer=None),
        Status.INVALID_ARGS,
        "vmo_read/buffer-writable",
    ),
    (
        "read a physical VMO to a wild pointer: the buffer comes first",
        lambda w: w.call(zx_vmo_read, w.physical(), 0, 1, buffer=WILD),
        Status.INVALID_ARGS,
        "vmo_read/buffer-writable",
    ),
    (
        "read to memory that the caller cannot write",
        lambda w: w.call(zx_vmo_read, w.vmo(), 0, 1, buffer=Pointer(w.scratch(perms=1))),
        Status.INVALID_ARGS,
        "vmo_read/buffer-writable",
    ),
    (
        "read 2^64-1 bytes to NULL",
        lambda w: w.call(zx_vmo_read, w.vmo(), 0, TOP - 1, buffer=None),
        Status.INVALID_ARGS,
        "vmo_read/buffer-writable",
    ),
    (
        "read a physical VMO, even past its end",
        lambda w: w.call(zx_vmo_read, w.physical(), TOP - 1, 5),
        Status.NOT_SUPPORTED,
        "vmo_read/vmo-is-paged",
    ),
    (
        "read no byte of an uncached VMO",
        lambda w: w.call(zx_vmo_read, with_policy(w, w.vmo()), 0, 0),
        Status.BAD_STATE,
        "vmo_read/vmo-is-cached",
    ),
    (
        "read 0x4001 bytes of 0x4000",
        lambda w: w.call(zx_vmo_read, w.vmo(), 0, 0x4001),
        Status.OUT_OF_RANGE,
        "vmo_read/range-in-vmo",
    ),
    (
        "read a range that wraps",
        lambda w: w.call(zx_vmo_read, w.vmo(TOP - PAGE), TOP - 2 * PAGE, TOP - 1),
        Status.OUT_OF_RANGE,
        "vmo_read/range-in-vmo",
    ),
    # zx_vmo_write, section 4
    (
        "write to what is no handle",
        lambda w: w.call(zx_vmo_write, w.closed(), None, 0, 1),
        Status.BAD_HANDLE,
        "vmo_write/handle-valid",
    ),
    (
        "write without WRITE, any range",
        lambda w: w.call(zx_vmo_write, w.lacking(w.vmo(), Rights.WRITE), None, TOP - 1, 9),
        Status.ACCESS_DENIED,
        "vmo_write/handle-rights",
    ),
    (
        "write to a job",
        lambda w: w.call(zx_vmo_write, w.job, None, 0, 1),
        Status.WRONG_TYPE,
        "vmo_write/handle-type",
    ),
    (
        "write from NULL",
        lambda w: w.call(zx_vmo_write, w.vmo(), None, TOP - 1, 1),
        Status.INVALID_ARGS,
        "vmo_write/buffer-readable",
    ),
    (
        "write 2^64-1 bytes from NULL",
        lambda w: w.call(zx_vmo_write, w.vmo(), None, 0, TOP - 1),
        Status.INVALID_ARGS,
        "vmo_write/buffer-readable",
    ),
    (
        "write 2^64-1 bytes from a wild pointer",
        lambda w: w.call(zx_vmo_write, w.vmo(), WILD, 0, TOP - 1),
        Status.INVALID_ARGS,
        "vmo_write/buffer-readable",
    ),
    (
        "write more bytes than there are",
        lambda w: w.call(zx_vmo_write, w.vmo(), b"abc", 0, 4),
        Status.INVALID_ARGS,
        "vmo_write/buffer-readable",
    ),
    (
        "write more bytes than the fill has",
        lambda w: w.call(zx_vmo_write, w.vmo(), Fill(1, 3), 0, 4),
        Status.INVALID_ARGS,
        "vmo_write/buffer-readable",
    ),
    (
        "write a physical VMO",
        lambda w: w.call(zx_vmo_write, w.physical(), b"x", TOP - 1, 1),
        Status.NOT_SUPPORTED,
        "vmo_write/vmo-is-paged",
    ),
    (
        "write no byte of an uncached VMO",
        lambda w: w.call(zx_vmo_write, with_policy(w, w.vmo()), None, 0, 0),
        Status.BAD_STATE,
        "vmo_write/vmo-is-cached",
    ),
    (
        "write past the end, all or nothing",
        lambda w: w.call(zx_vmo_write, w.vmo(), b"xy", 0x3FFF, 2),
        Status.OUT_OF_RANGE,
        "vmo_write/range-in-vmo",
    ),
    (
        "write without memory",
        lambda w: drained(w, lambda: zx_vmo_write(w.caller, w.vmo(), b"x", 0, 1)),
        Status.NO_MEMORY,
        "vmo_write/page-available",
    ),
    # zx_vmo_get_size, section 5
    (
        "size of what is no handle",
        lambda w: w.call(zx_vmo_get_size, 0, size=None),
        Status.BAD_HANDLE,
        "vmo_get_size/handle-valid",
    ),
    (
        "size of a job",
        lambda w: w.call(zx_vmo_get_size, w.weak(w.job, 0), size=None),
        Status.WRONG_TYPE,
        "vmo_get_size/handle-type",
    ),
    (
        "size to NULL",
        lambda w: w.call(zx_vmo_get_size, w.vmo(), size=None),
        Status.INVALID_ARGS,
        "vmo_get_size/size-writable",
    ),
    # zx_vmo_set_size, section 6
    (
        "resize what is no handle",
        lambda w: w.call(zx_vmo_set_size, 0, TOP - 1),
        Status.BAD_HANDLE,
        "vmo_set_size/handle-valid",
    ),
    (
        "resize without WRITE",
        lambda w: w.call(zx_vmo_set_size, w.lacking(w.vmo(), Rights.WRITE), TOP - 1),
        Status.ACCESS_DENIED,
        "vmo_set_size/handle-rights",
    ),
    (
        "resize a job",
        lambda w: w.call(zx_vmo_set_size, w.job, TOP - 1),
        Status.WRONG_TYPE,
        "vmo_set_size/handle-type",
    ),
    (
        "resize a physical VMO",
        lambda w: w.call(zx_vmo_set_size, w.physical(), TOP - 1),
        Status.NOT_SUPPORTED,
        "vmo_set_size/vmo-is-paged",
    ),
    (
        "resize a non-resizable VMO to the size it has",
        lambda w: w.call(zx_vmo_set_size, w.vmo(PAGE, 1), PAGE),
        Status.UNAVAILABLE,
        "vmo_set_size/vmo-is-resizable",
    ),
    (
        "resize a non-resizable VMO to a size that wraps",
        lambda w: w.call(zx_vmo_set_size, w.vmo(PAGE, 1), TOP - 1),
        Status.UNAVAILABLE,
        "vmo_set_size/vmo-is-resizable",
    ),
    (
        "resize to 2^64-1",
        lambda w: w.call(zx_vmo_set_size, w.vmo(), TOP - 1),
        Status.OUT_OF_RANGE,
        "vmo_set_size/size-fits",
    ),
    # zx_vmo_clone, section 8
    (
        "clone what is no handle",
        lambda w: w.call(zx_vmo_clone, 0, 0, 1, TOP - 1),
        Status.BAD_HANDLE,
        "vmo_clone/handle-valid",
    ),
    (
        "clone without DUPLICATE",
        lambda w: w.call(zx_vmo_clone, w.lacking(w.vmo(), Rights.DUPLICATE), 0, 1, TOP - 1),
        Status.ACCESS_DENIED,
        "vmo_clone/handle-rights",
    ),
    (
        "clone without READ",
        lambda w: w.call(zx_vmo_clone, w.lacking(w.vmo(), Rights.READ), COW, 0, PAGE),
        Status.ACCESS_DENIED,
        "vmo_clone/handle-rights",
    ),
    (
        "clone a job",
        lambda w: w.call(zx_vmo_clone, w.job, 0, 1, TOP - 1),
        Status.WRONG_TYPE,
        "vmo_clone/handle-type",
    ),
    (
        "clone without COPY_ON_WRITE",
        lambda w: w.call(zx_vmo_clone, w.vmo(), 0, 0, 0x4000),
        Status.INVALID_ARGS,
        "vmo_clone/options-known",
    ),
    (
        "clone a physical VMO with an unknown option",
        lambda w: w.call(zx_vmo_clone, w.physical(), COW | 4, 0, PAGE),
        Status.INVALID_ARGS,
        "vmo_clone/options-known",
    ),
    (
        "clone a physical VMO, size wraps",
        lambda w: w.call(zx_vmo_clone, w.physical(), COW, 1, TOP - 1),
        Status.NOT_SUPPORTED,
        "vmo_clone/vmo-is-paged",
    ),
    (
        "clone an uncached VMO, size wraps",
        lambda w: w.call(zx_vmo_clone, with_policy(w, w.vmo()), COW, 1, TOP - 1),
        Status.OUT_OF_RANGE,
        "vmo_clone/size-fits",
    ),
    (
        "clone an uncached VMO at an odd offset",
        lambda w: w.call(zx_vmo_clone, with_policy(w, w.vmo()), COW, 1, PAGE),
        Status.BAD_STATE,
        "vmo_clone/vmo-is-cached",
    ),
    (
        "clone at offset 1",
        lambda w: w.call(zx_vmo_clone, w.vmo(), COW, 1, 0x4000),
        Status.INVALID_ARGS,
        "vmo_clone/offset-aligned",
    ),
    (
        "clone a range that ends at 2^64 exactly",
        lambda w: w.call(zx_vmo_clone, w.vmo(), COW, TOP - PAGE, PAGE),
        Status.OUT_OF_RANGE,
        "vmo_clone/range-fits",
    ),
    (
        "clone in a full table",
        lambda w: (lambda vmo: full(w, lambda: zx_vmo_clone(w.caller, vmo, COW, 0, PAGE)))(w.vmo()),
        Status.NO_MEMORY,
        "vmo_clone/handles-left",
    ),
    (
        "clone to NULL",
        lambda w: w.call(zx_vmo_clone, w.vmo(), COW, 0, PAGE, out=None),
        Status.INVALID_ARGS,
        "vmo_clone/out-writable",
    ),
    # zx_vmo_set_cache_policy, section 9
    (
        "policy 4 with a bad handle",
        lambda w: w.call(zx_vmo_set_cache_policy, 0, 4),
        Status.INVALID_ARGS,
        "vmo_set_cache_policy/policy-known",
    ),
    (
        "policy of what is no handle",
        lambda w: w.call(zx_vmo_set_cache_policy, 0, 3),
        Status.BAD_HANDLE,
        "vmo_set_cache_policy/handle-valid",
    ),
    (
        "policy without MAP",
        lambda w: w.call(zx_vmo_set_cache_policy, w.lacking(w.vmo(), Rights.MAP), 0),
        Status.ACCESS_DENIED,
        "vmo_set_cache_policy/handle-rights",
    ),
    (
        "policy of a job, which never has MAP",
        lambda w: w.call(zx_vmo_set_cache_policy, w.job, 0),
        Status.ACCESS_DENIED,
        "vmo_set_cache_policy/handle-rights",
    ),
    (
        "policy of a job whose handle was given MAP",
        lambda w: w.call(
            zx_vmo_set_cache_policy, w.kernel.grant(w.me, w.kernel.job, int(Rights.MAP)), 0
        ),
        Status.WRONG_TYPE,
        "vmo_set_cache_policy/handle-type",
    ),
    (
        "the policy it has, with one page committed",
        lambda w: w.call(zx_vmo_set_cache_policy, written(w, w.vmo()), 0),
        Status.BAD_STATE,
        "vmo_set_cache_policy/nothing-committed",
    ),
    (
        "the policy it has, mapped",
        lambda w: w.call(zx_vmo_set_cache_policy, mapped(w, w.vmo()), 0),
        Status.BAD_STATE,
        "vmo_set_cache_policy/not-mapped",
    ),
    (
        "another policy of a physical VMO, mapped",
        lambda w: w.call(zx_vmo_set_cache_policy, mapped(w, w.physical()), 0),
        Status.BAD_STATE,
        "vmo_set_cache_policy/not-mapped",
    ),
    (
        "the policy it has, cloned",
        lambda w: w.call(zx_vmo_set_cache_policy, cloned(w, w.vmo()), 0),
        Status.BAD_STATE,
        "vmo_set_cache_policy/no-clones",
    ),
    (
        "the policy it has, a clone",
        lambda w: w.call(zx_vmo_set_cache_policy, clone(w, w.vmo()), 0),
        Status.BAD_STATE,
        "vmo_set_cache_policy/not-a-clone",
    ),
    # zx_vmo_create_physical, section 11
    (
        "physical with no resource",
        lambda w: w.call(zx_vmo_create_physical, 0, 1, 0),
        Status.BAD_HANDLE,
        "vmo_create_physical/resource-valid",
    ),
    (
        "physical with a job",
        lambda w: w.call(zx_vmo_create_physical, w.weak(w.job, 0), 1, 0),
        Status.WRONG_TYPE,
        "vmo_create_physical/resource-type",
    ),
    (
        "physical of no byte",
        lambda w: w.call(zx_vmo_create_physical, w.resource, 0, 0),
        Status.INVALID_ARGS,
        "vmo_create_physical/size-not-zero",
    ),
    (
        "physical of a size that wraps",
        lambda w: w.call(zx_vmo_create_physical, w.resource, 0, TOP - 1),
        Status.INVALID_ARGS,
        "vmo_create_physical/size-not-zero",
    ),
    (
        "physical at an odd address",
        lambda w: w.call(zx_vmo_create_physical, w.resource, 0xFEE0_0001, PAGE),
        Status.INVALID_ARGS,
        "vmo_create_physical/paddr-aligned",
    ),
    (
        "physical past 2^64",
        lambda w: w.call(zx_vmo_create_physical, w.resource, TOP - PAGE, 2 * PAGE),
        Status.INVALID_ARGS,
        "vmo_create_physical/range-fits",
    ),
    (
        "physical in a full table",
        lambda w: full(w, lambda: zx_vmo_create_physical(w.caller, w.resource, 0, PAGE)),
        Status.NO_MEMORY,
        "vmo_create_physical/handles-left",
    ),
    (
        "physical to NULL",
        lambda w: w.call(zx_vmo_create_physical, w.resource, 0, PAGE, out=None),
        Status.INVALID_ARGS,
        "vmo_create_physical/out-writable",
    ),
]
DIFFERENT: "list[Difference]" = [
    # Columns: what profile docs answers, what profile kernel answers
    (
        "read no byte at the end",
        lambda w: w.call(zx_vmo_read, w.vmo(), 0x4000, 0),
        (Status.OUT_OF_RANGE, "vmo_read/offset-before-end"),
        OK,
    ),
    (
        "read no byte of an empty VMO",
        lambda w: w.call(zx_vmo_read, w.vmo(0), 0, 0),
        (Status.OUT_OF_RANGE, "vmo_read/offset-before-end"),
        OK,
    ),
    (
        "read one byte at the end",
        lambda w: w.call(zx_vmo_read, w.vmo(), 0x4000, 1),
        (Status.OUT_OF_RANGE, "vmo_read/offset-before-end"),
        (Status.OUT_OF_RANGE, "vmo_read/range-in-vmo"),
    ),
    (
        "read no byte at 0x4001 of 0x4000",
        lambda w: w.call(zx_vmo_read, w.vmo(), 0x4001, 0),
        (Status.OUT_OF_RANGE, "vmo_read/offset-before-end"),
        (Status.OUT_OF_RANGE, "vmo_read/range-in-vmo"),
    ),
    (
        "read a range that wraps, at the end",
        lambda w: w.call(zx_vmo_read, w.vmo(TOP - PAGE), TOP - PAGE, TOP - 1),
        (Status.OUT_OF_RANGE, "vmo_read/offset-before-end"),
        (Status.OUT_OF_RANGE, "vmo_read/range-in-vmo"),
    ),
    (
        "write no byte from NULL at the end",
        lambda w: w.call(zx_vmo_write, w.vmo(), None, 0x4000, 0),
        (Status.OUT_OF_RANGE, "vmo_write/offset-before-end"),
        OK,
    ),
    (
        "write no byte to an empty VMO",
        lambda w: w.call(zx_vmo_write, w.vmo(0), b"", 0, 0),
        (Status.OUT_OF_RANGE, "vmo_write/offset-before-end"),
        OK,
    ),
    (
        "write one byte at the end",
        lambda w: w.call(zx_vmo_write, w.vmo(), b"x", 0x4000, 1),
        (Status.OUT_OF_RANGE, "vmo_write/offset-before-end"),
        (Status.OUT_OF_RANGE, "vmo_write/range-in-vmo"),
    ),
    (
        "policy set back",
        lambda w: w.call(zx_vmo_set_cache_policy, with_policy(w, w.vmo()), 0),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        OK,
    ),
    (
        "the same policy again",
        lambda w: w.call(zx_vmo_set_cache_policy, with_policy(w, w.vmo()), 1),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        OK,
    ),
    (
        "cached, which it was anyway, and then uncached",
        lambda w: w.call(zx_vmo_set_cache_policy, with_policy(w, w.vmo(), CachePolicy.CACHED), 1),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        OK,
    ),
    (
        "policy again, with one page committed",
        lambda w: w.call(
            zx_vmo_set_cache_policy, written(w, with_policy(w, w.vmo(), CachePolicy.CACHED)), 1
        ),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        (Status.BAD_STATE, "vmo_set_cache_policy/nothing-committed"),
    ),
    (
        "policy again, mapped",
        lambda w: w.call(zx_vmo_set_cache_policy, mapped(w, with_policy(w, w.vmo())), 1),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        (Status.BAD_STATE, "vmo_set_cache_policy/not-mapped"),
    ),
    (
        "policy again, cloned",
        lambda w: w.call(
            zx_vmo_set_cache_policy, cloned(w, with_policy(w, w.vmo(), CachePolicy.CACHED)), 1
        ),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        (Status.BAD_STATE, "vmo_set_cache_policy/no-clones"),
    ),
    (
        "policy of a physical VMO again",
        lambda w: w.call(zx_vmo_set_cache_policy, with_policy(w, w.physical()), 3),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        OK,
    ),
    (
        "another policy of a physical VMO again, mapped",
        lambda w: w.call(zx_vmo_set_cache_policy, mapped(w, with_policy(w, w.physical())), 3),
        (Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset"),
        (Status.BAD_STATE, "vmo_set_cache_policy/not-mapped"),
    ),
    (
        "physical of one byte",
        lambda w: w.call(zx_vmo_create_physical, w.resource, 0, 1),
        (Status.INVALID_ARGS, "vmo_create_physical/size-aligned"),
        OK,
    ),
    (
        "physical of one byte less than a page, at an odd address",
        lambda w: w.call(zx_vmo_create_physical, w.resource, 1, PAGE - 1),
        (Status.INVALID_ARGS, "vmo_create_physical/size-aligned"),
        (Status.INVALID_ARGS, "vmo_create_physical/paddr-aligned"),
    ),
    (
        "physical of a page and one byte, past 2^64",
        lambda w: w.call(zx_vmo_create_physical, w.resource, TOP - PAGE, PAGE + 1),
        (Status.INVALID_ARGS, "vmo_create_physical/size-aligned"),
        (Status.INVALID_ARGS, "vmo_create_physical/range-fits"),
    ),
]
SYSCALLS: "list[Syscall[...]]" = [
    zx_vmo_create,
    zx_vmo_read,
    zx_vmo_write,
    zx_vmo_get_size,
    zx_vmo_set_size,
    zx_vmo_clone,
    zx_vmo_set_cache_policy,
    zx_vmo_create_physical,
]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    outcome = world.refuses(refusal)
    assert not outcome.values
    assert outcome.buffer is None


def test_where_the_profiles_differ_each_gives_its_own_answer(
    world: "World", difference: "Difference"
) -> None:
    world.differs(difference)


FINE: "list[tuple[str, Callable[[World], Outcome]]]" = [
    ("create 5000 bytes", lambda w: w.call(zx_vmo_create, 5000, 0)),
    ("create no byte", lambda w: w.call(zx_vmo_create, 0, 0)),
    ("create the most", lambda w: w.call(zx_vmo_create, TOP - PAGE, 0)),
    (
        "create under a policy that only raises an exception bit 2",
        lambda w: forbidden(w, lambda: w.call(zx_vmo_create, 0, 0), action=4),
    ),
    (
        "clone under a policy that forbids VMOs",
        lambda w: (lambda v: forbidden(w, lambda: w.call(zx_vmo_clone, v, COW, 0, PAGE)))(w.vmo()),
    ),
    (
        "physical under a policy that forbids VMOs",
        lambda w: forbidden(w, lambda: w.call(zx_vmo_create_physical, w.resource, 0, PAGE)),
    ),
    ("read no byte at the last one", lambda w: w.call(zx_vmo_read, w.vmo(), 0x3FFF, 0)),
    ("read all of it", lambda w: w.call(zx_vmo_read, w.vmo(), 0, 0x4000)),
    ("read no byte to NULL", lambda w: w.call(zx_vmo_read, w.vmo(), 0, 0, buffer=None)),
    ("write no byte from NULL", lambda w: w.call(zx_vmo_write, w.vmo(), None, 0x3FFF, 0)),
    ("write all of it", lambda w: w.call(zx_vmo_write, w.vmo(), Fill(7, 0x4000), 0, 0x4000)),
    ("size with no right", lambda w: w.call(zx_vmo_get_size, w.weak(w.vmo(), 0))),
    ("size of a physical VMO", lambda w: w.call(zx_vmo_get_size, w.physical())),
    ("resize to nothing", lambda w: w.call(zx_vmo_set_size, w.vmo(), 0)),
    ("resize to the most", lambda w: w.call(zx_vmo_set_size, w.vmo(), TOP - PAGE)),
    ("resize what is mapped", lambda w: w.call(zx_vmo_set_size, mapped(w, w.vmo()), 0)),
    ("resize what is uncached", lambda w: w.call(zx_vmo_set_size, with_policy(w, w.vmo()), 0)),
    ("clone at a page", lambda w: w.call(zx_vmo_clone, w.vmo(), COW, 0x1000, 0x4000)),
    ("clone past the end", lambda w: w.call(zx_vmo_clone, w.vmo(), COW, 0x10_0000, 0x1000)),
    ("clone no byte", lambda w: w.call(zx_vmo_clone, w.vmo(), COW, 0, 0)),
    (
        "clone up to one page below 2^64",
        lambda w: w.call(zx_vmo_clone, w.vmo(), COW, TOP - 2 * PAGE, PAGE),
    ),
    ("the policy it has", lambda w: w.call(zx_vmo_set_cache_policy, w.vmo(), 0)),
    ("the policy a physical VMO has", lambda w: w.call(zx_vmo_set_cache_policy, w.physical(), 1)),
    (
        "the policy a physical VMO has, mapped",
        lambda w: w.call(zx_vmo_set_cache_policy, mapped(w, w.physical()), 1),
    ),
    (
        "another policy of a physical VMO",
        lambda w: w.call(zx_vmo_set_cache_policy, w.physical(), 3),
    ),
    (
        "physical up to 2^64 exactly",
        lambda w: w.call(zx_vmo_create_physical, w.resource, TOP - PAGE, PAGE),
    ),
    (
        "physical with a handle of no right",
        lambda w: w.call(zx_vmo_create_physical, w.weak(w.resource, 0), 0, PAGE),
    ),
]


@pytest.mark.parametrize("call", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_the_spec_says_that_this_is_fine(
    world: "World", call: "Callable[[World], Outcome]"
) -> None:
    world.good(call(world))


# zx_vmo_create, zx_vmo_create_physical ------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "size"), [(0, 0), (1, PAGE), (5000, 8192), (TOP - PAGE, TOP - PAGE)]
)
@pytest.mark.parametrize("options", [0, 1])
def test_a_vmo_has_the_rounded_size_and_no_page(
    world: "World", asked: int, size: int, options: int
) -> None:
    used = world.kernel.memory.used
    vmo = world.vmo(asked, options)
    memory = world.object(vmo, VmObject)
    assert (memory.size, memory.resizable, memory.name) == (size, not options, "")
    assert (memory.signals, memory.cache_policy) == (ZERO_CHILDREN, CachePolicy.CACHED)
    assert world.rights(vmo) == 0xD0FF
    assert world.kernel.memory.used == used
    got = world.good(zx_vmo_get_size(world.caller, vmo))
    assert got.size == size


def test_the_kernel_rounds_the_size_of_a_physical_vmo_up(kernel_world: "World") -> None:
    vmo = kernel_world.physical(PAGE + 1)
    assert kernel_world.object(vmo, VmObject).size == 2 * PAGE


def test_a_physical_vmo_is_uncached_and_costs_no_memory(world: "World") -> None:
    used = world.kernel.memory.used
    vmo = world.physical(2 * PAGE)
    memory = world.object(vmo, VmObject)
    assert (memory.size, memory.resizable) == (2 * PAGE, False)
    assert memory.cache_policy is CachePolicy.UNCACHED
    assert world.rights(vmo) == 0xD0FF
    assert (memory.committed, world.kernel.memory.used) == (0, used)


# zx_vmo_read, zx_vmo_write --------------------------------------------------------------


def test_what_was_written_is_read_back_across_pages(world: "World") -> None:
    vmo, data = world.vmo(), bytes(range(256)) * 40
    world.good(world.call(zx_vmo_write, vmo, data, 100, len(data)))
    read = world.good(world.call(zx_vmo_read, vmo, 90, len(data) + 20))
    assert read.buffer == bytes(10) + data + bytes(10)
    assert own(world, vmo) == [0, 1, 2]


def test_a_read_commits_nothing_and_shows_zeros(world: "World") -> None:
    vmo = world.vmo()
    used = world.kernel.memory.used
    assert world.good(world.call(zx_vmo_read, vmo, 0, 0x4000)).buffer == bytes(0x4000)
    assert (own(world, vmo), world.kernel.memory.used) == ([], used)


def test_a_write_of_one_byte_commits_a_whole_page(world: "World") -> None:
    vmo = world.vmo()
    used = world.kernel.memory.used
    written(world, vmo, offset=0x2FFF)
    assert (own(world, vmo), world.kernel.memory.used) == ([2], used + 1)
    written(world, vmo, offset=0x2000)
    assert world.kernel.memory.used == used + 1


@pytest.mark.parametrize(
    ("offset", "length", "spare", "kept"),
    [
        (0, 3 * PAGE, 2, 2 * PAGE),
        (PAGE - 5, 2 * PAGE, 1, 5),
        (PAGE - 5, 2 * PAGE, 2, 5 + PAGE),
        (0, PAGE, 0, 0),
    ],
)
def test_a_write_that_runs_out_of_memory_keeps_the_pages_before(
    world: "World", offset: int, length: int, spare: int, kept: int
) -> None:
    vmo = world.vmo()
    world.drain(spare)
    outcome = zx_vmo_write(world.caller, vmo, b"w" * length, offset, length)
    world.expect(outcome, Status.NO_MEMORY, "vmo_write/page-available")
    assert outcome.checks[-1][1] == (kept,)
    shown = zx_vmo_read(world.caller, vmo, offset, length).buffer
    assert shown == b"w" * kept + bytes(length - kept)
    assert world.kernel.memory.free == 0


def test_pages_that_are_owned_can_be_written_without_memory(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"x" * 2 * PAGE)
    world.drain()
    world.good(world.call(zx_vmo_write, vmo, b"y" * 2 * PAGE, 0, 2 * PAGE))
    assert show(world, vmo, 1) == b"y"


def test_a_write_larger_than_any_host_runs_out_of_memory(world: "World") -> None:
    vmo, length = world.vmo(1 << 62), 1 << 62
    outcome = zx_vmo_write(world.caller, vmo, Fill(0x77, length), 0, length)
    assert outcome.status is Status.NO_MEMORY
    assert world.kernel.memory.free == 0


def test_a_read_goes_to_a_pointer_of_the_caller(world: "World") -> None:
    vmo, address = written(world, world.vmo(), data=b"hello"), world.scratch(pages=2)
    outcome = world.good(world.call(zx_vmo_read, vmo, 0, 5, buffer=Pointer(address + PAGE - 2)))
    assert world.peek(address + PAGE - 2, 6) == b"hello\0"
    assert outcome.buffer == b"hello"


def test_a_failed_read_has_put_zeros_where_it_tried_the_buffer(world: "World") -> None:
    vmo, address = world.vmo(PAGE), world.scratch(pages=3)
    world.me.aspace.store(address, b"\xff" * 3 * PAGE)
    length = 2 * PAGE + 100
    outcome = zx_vmo_read(world.caller, vmo, 0, length, buffer=Pointer(address))
    assert outcome.status is Status.OUT_OF_RANGE
    left = world.peek(address, 3 * PAGE)
    zeros = [at for at, byte in enumerate(left) if byte == 0]
    assert zeros == [0, PAGE, 2 * PAGE, length - 1]


def test_a_buffer_that_ends_too_early_is_damaged_before_its_end(world: "World") -> None:
    vmo, address = world.vmo(), world.scratch()
    world.me.aspace.store(address, b"\xff" * PAGE)
    outcome = zx_vmo_read(world.caller, vmo, 0, PAGE + 1, buffer=Pointer(address))
    assert outcome.decided is not None
    assert outcome.decided.id == "vmo_read/buffer-writable"
    assert outcome.checks[-1][1] == (PAGE + 1, PAGE)
    assert world.peek(address, 2) == b"\0\xff"


def test_a_write_comes_from_a_pointer_of_the_caller(world: "World") -> None:
    vmo, address = world.vmo(), world.scratch(perms=1)
    world.good(world.call(zx_vmo_write, vmo, Pointer(address), 0, PAGE))
    outcome = world.call(zx_vmo_write, vmo, Pointer(address + 1), 0, PAGE)
    world.expect(outcome, Status.INVALID_ARGS, "vmo_write/buffer-readable")
    assert outcome.checks[-1][1] == (PAGE, PAGE - 1)


# zx_vmo_set_size ------------------------------------------------------------------------


def test_a_shrink_frees_pages_and_a_grow_shows_zeros(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"x" * 0x4000)
    used = world.kernel.memory.used
    world.good(world.call(zx_vmo_set_size, vmo, PAGE + 1))
    assert world.object(vmo, VmObject).size == 2 * PAGE
    assert world.kernel.memory.used == used - 2
    world.good(world.call(zx_vmo_set_size, vmo, 4 * PAGE))
    assert [show(world, vmo, page) for page in range(4)] == [b"x", b"x", b"\0", b"\0"]


def test_a_size_is_rounded_up_so_the_tail_of_a_page_stays(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"x" * PAGE)
    world.good(world.call(zx_vmo_set_size, vmo, 1))
    assert world.good(zx_vmo_read(world.caller, vmo, 0, PAGE)).buffer == b"x" * PAGE


def test_a_pinned_page_cannot_be_cut_off(world: "World") -> None:
    vmo = pin(world, world.vmo(), 2)
    outcome = zx_vmo_set_size(world.caller, vmo, 2 * PAGE)
    assert outcome.status is Status.BAD_STATE
    assert world.object(vmo, VmObject).size == 4 * PAGE
    world.good(zx_vmo_set_size(world.caller, vmo, 3 * PAGE))


def test_a_mapping_keeps_its_size_when_the_vmo_shrinks_and_grows(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"x" * 0x4000)
    base = world.map(world.vmar, vmo)
    world.good(world.call(zx_vmo_set_size, vmo, PAGE))
    assert world.peek(base, 1) == b"x"
    assert not isinstance(world.me.aspace.load(base + PAGE, 1), bytes)
    world.good(world.call(zx_vmo_set_size, vmo, 4 * PAGE))
    assert world.peek(base + PAGE, 1) == b"\0"


def test_a_parent_that_shrinks_shows_zeros_in_its_clone(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"p" * 0x4000)
    child = clone(world, vmo)
    written(world, child, offset=3 * PAGE, data=b"c")
    world.good(world.call(zx_vmo_set_size, vmo, PAGE))
    assert world.object(child, VmObject).size == 4 * PAGE
    assert [show(world, child, page) for page in range(4)] == [b"p", b"\0", b"\0", b"c"]
    world.good(world.call(zx_vmo_set_size, vmo, 4 * PAGE))
    written(world, vmo, offset=PAGE, data=b"q")
    assert [show(world, child, page) for page in range(4)] == [b"p", b"q", b"\0", b"c"]


def test_a_clone_that_shrinks_and_grows_shows_its_parent_again(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"p" * 0x4000)
    child = clone(world, vmo, size=2 * PAGE)
    written(world, child, offset=PAGE, data=b"c")
    world.good(world.call(zx_vmo_set_size, child, PAGE))
    world.good(world.call(zx_vmo_set_size, child, 4 * PAGE))
    assert [show(world, child, page) for page in range(4)] == [b"p"] * 4
    assert own(world, child) == []


# zx_vmo_clone ---------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "resizable"), [(COW, True), (COW | FIXED, False)])
@pytest.mark.parametrize("parent_options", [0, 1])
def test_a_clone_is_resizable_unless_it_is_asked_not_to_be(
    world: "World", options: int, resizable: bool, parent_options: int
) -> None:
    parent = world.vmo(options=parent_options)
    child = clone(world, parent, options=options, offset=PAGE, size=1)
    memory = world.object(child, VmObject)
    assert (memory.size, memory.resizable, memory.parent_offset) == (PAGE, resizable, PAGE)
    assert memory.parent is world.object(parent, VmObject)
    assert (memory.committed, memory.cache_policy) == (0, CachePolicy.CACHED)


@pytest.mark.parametrize(
    ("rights", "got"),
    [
        (0xD0FF, 0xD0FF),
        (int(Rights.DUPLICATE | Rights.READ), 0xCD),
        (int(Rights.DUPLICATE | Rights.READ | Rights.MAP), 0xED),
    ],
)
def test_a_clone_handle_gains_write_and_the_properties(
    world: "World", rights: int, got: int
) -> None:
    assert world.rights(clone(world, world.weak(world.vmo(), rights))) == got


def test_a_clone_takes_the_name_if_the_handle_may_read_it(world: "World") -> None:
    vmo = world.vmo()
    world.good(zx_object_set_property(world.caller, vmo, 3, b"heap", 4))
    named = clone(world, vmo)
    nameless = clone(world, world.lacking(vmo, Rights.GET_PROPERTY))
    world.good(zx_object_set_property(world.caller, vmo, 3, b"other", 5))
    assert world.object(named, VmObject).name == "heap"
    assert world.object(nameless, VmObject).name == ""


def test_a_clone_shows_what_the_parent_writes_later(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"a")
    child = clone(world, vmo)
    assert show(world, child) == b"a"
    written(world, vmo, data=b"b")
    written(world, vmo, offset=PAGE, data=b"n")
    assert [show(world, child, page) for page in range(2)] == [b"b", b"n"]
    assert own(world, child) == []


def test_a_clone_that_writes_goes_its_own_way(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"parent")
    child, sibling = clone(world, vmo), clone(world, vmo)
    written(world, child, offset=1, data=b"!")
    written(world, vmo, data=b"P")
    read = {
        name: world.good(zx_vmo_read(world.caller, handle, 0, 6)).buffer
        for name, handle in (("vmo", vmo), ("child", child), ("sibling", sibling))
    }
    assert read == {"vmo": b"Parent", "child": b"p!rent", "sibling": b"Parent"}
    assert (own(world, child), own(world, sibling)) == ([0], [])


def test_a_clone_past_its_parent_shows_zeros_and_can_be_written(world: "World") -> None:
    vmo = written(world, world.vmo(PAGE), data=b"p")
    child = clone(world, vmo, offset=0x10_0000)
    assert show(world, child) == b"\0"
    written(world, child, data=b"c")
    assert (show(world, child), show(world, vmo)) == (b"c", b"p")


def test_a_grandchild_that_writes_forks_the_middle_too(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"top")
    middle = clone(world, vmo)
    leaf = clone(world, middle)
    used = world.kernel.memory.used
    written(world, leaf, data=b"L")
    assert (own(world, middle), own(world, leaf)) == ([0], [0])
    assert world.kernel.memory.used == used + 2
    written(world, vmo, data=b"T")
    assert [show(world, one) for one in (vmo, middle, leaf)] == [b"T", b"t", b"L"]


def test_a_grandchild_writes_alone_where_no_ancestor_has_the_page(world: "World") -> None:
    middle = clone(world, world.vmo())
    leaf = clone(world, middle)
    written(world, leaf, offset=PAGE)
    assert (own(world, middle), own(world, leaf)) == ([], [1])


def test_a_vmo_hears_of_its_first_and_last_clone(world: "World") -> None:
    vmo = world.vmo()
    memory = world.object(vmo, VmObject)
    one, two = clone(world, vmo), clone(world, vmo)
    assert memory.signals == 0
    world.good(zx_handle_close(world.caller, one))
    assert memory.signals == 0
    world.good(zx_handle_close(world.caller, two))
    assert memory.signals == ZERO_CHILDREN
    assert memory.children == {}


def test_a_clone_that_is_mapped_counts_as_a_child_without_a_handle(world: "World") -> None:
    vmo = world.vmo()
    memory, child = world.object(vmo, VmObject), clone(world, vmo)
    base = world.map(world.vmar, child)
    world.good(zx_handle_close(world.caller, child))
    assert len(memory.children) == 1
    world.good(zx_vmar_unmap(world.caller, world.vmar, base, 4 * PAGE))
    assert (len(memory.children), memory.signals) == (0, ZERO_CHILDREN)


def test_a_clone_keeps_its_parent_alive(world: "World") -> None:
    used = world.kernel.memory.used
    vmo = written(world, world.vmo(), data=b"kept")
    child = clone(world, vmo)
    world.good(zx_handle_close(world.caller, vmo))
    assert show(world, child) == b"k"
    assert world.kernel.memory.used == used + 1
    world.good(zx_handle_close(world.caller, child))
    assert world.kernel.memory.used == used


def test_a_refused_clone_leaves_no_child(world: "World") -> None:
    vmo = world.vmo()
    memory = world.object(vmo, VmObject)
    for outcome in (
        zx_vmo_clone(world.caller, vmo, COW, 1, PAGE),
        zx_vmo_clone(world.caller, vmo, COW, 0, PAGE, out=None),
        full(world, lambda: zx_vmo_clone(world.caller, vmo, COW, 0, PAGE)),
    ):
        assert outcome.status is not Status.OK
        assert (memory.children, memory.signals) == ({}, ZERO_CHILDREN)


# zx_vmo_set_cache_policy -----------------------------------------------------------------


@pytest.mark.parametrize("policy", list(CachePolicy), ids=lambda policy: policy.word)
def test_a_fresh_vmo_takes_any_policy(world: "World", policy: CachePolicy) -> None:
    vmo = world.vmo()
    world.good(world.call(zx_vmo_set_cache_policy, vmo, int(policy)))
    assert world.object(vmo, VmObject).cache_policy is policy
    status = Status.OK if policy is CachePolicy.CACHED else Status.BAD_STATE
    assert zx_vmo_read(world.caller, vmo, 0, 1).status is status
    assert zx_vmo_write(world.caller, vmo, b"x", 0, 1).status is status
    assert zx_vmo_clone(world.caller, vmo, COW, 0, PAGE).status is status
    world.good(zx_vmo_get_size(world.caller, vmo))
    world.good(zx_vmo_set_size(world.caller, vmo, PAGE))
    mapped(world, vmo)


def test_an_uncached_vmo_can_be_touched_by_its_process(world: "World") -> None:
    base = world.map(world.vmar, with_policy(world, world.vmo()))
    assert world.me.aspace.store(base, b"touched") is None
    assert world.peek(base, 7) == b"touched"


def test_a_physical_vmo_changes_its_policy_while_nobody_maps_it(world: "World") -> None:
    vmo = world.physical()
    world.good(world.call(zx_vmo_set_cache_policy, vmo, CachePolicy.WRITE_COMBINING))
    assert world.object(vmo, VmObject).cache_policy is CachePolicy.WRITE_COMBINING
    read = zx_vmo_read(world.caller, vmo, 0, 1)
    assert read.status is Status.NOT_SUPPORTED


def test_a_policy_that_was_refused_counts_as_not_set(world: "World") -> None:
    vmo = world.vmo()
    base = world.map(world.vmar, vmo)
    refused = world.call(zx_vmo_set_cache_policy, vmo, CachePolicy.UNCACHED)
    world.expect(refused, Status.BAD_STATE, "vmo_set_cache_policy/not-mapped")
    world.good(zx_vmar_unmap(world.caller, world.vmar, base, 4 * PAGE))
    world.good(world.call(zx_vmo_set_cache_policy, vmo, CachePolicy.UNCACHED))


def test_the_kernel_takes_one_policy_after_another(kernel_world: "World") -> None:
    vmo = kernel_world.vmo()
    for policy in (*CachePolicy, *CachePolicy):
        kernel_world.good(kernel_world.call(zx_vmo_set_cache_policy, vmo, policy))
        assert kernel_world.object(vmo, VmObject).cache_policy is policy


def test_the_page_takes_one_policy_and_keeps_it(docs_world: "World") -> None:
    vmo = with_policy(docs_world, docs_world.vmo(), CachePolicy.WRITE_COMBINING)
    for policy in CachePolicy:
        refused = docs_world.call(zx_vmo_set_cache_policy, vmo, policy)
        docs_world.expect(refused, Status.ACCESS_DENIED, "vmo_set_cache_policy/policy-unset")
        assert docs_world.object(vmo, VmObject).cache_policy is CachePolicy.WRITE_COMBINING
