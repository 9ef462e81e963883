from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.object import Bti
from zxdbg.kernel.task import Policy, ProcessState
from zxdbg.kernel.vmo import ZERO_CHILDREN, CachePolicy, VmObject
from zxdbg.syscalls import (
    Outcome,
    Pointer,
    Syscall,
    zx_handle_close,
    zx_process_read_memory,
    zx_process_write_memory,
    zx_vmar_map,
    zx_vmo_clone,
    zx_vmo_create_contiguous,
    zx_vmo_op_range,
    zx_vmo_read,
    zx_vmo_replace_as_executable,
    zx_vmo_set_cache_policy,
    zx_vmo_set_size,
    zx_vmo_write,
)
from zxdbg.syscalls.vmo_range import VMO_OPS

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Difference, Refusal, World


PAGE = 4096
TOP = 1 << 64
COW = 1
OK = (Status.OK, "")
COMMIT, DECOMMIT, LOCK, UNLOCK, LOOKUP = 1, 2, 3, 4, 5
SYNC, INVALIDATE, CLEAN, CLEAN_INVALIDATE = 6, 7, 8, 9
RANGE_OPS = [COMMIT, DECOMMIT]
CACHE_OPS = [SYNC, INVALIDATE, CLEAN, CLEAN_INVALIDATE]
WRITE_OPS = [COMMIT, DECOMMIT, INVALIDATE]
READ_OPS = [SYNC, CLEAN, CLEAN_INVALIDATE]
WILD = Pointer(0x2000_0000_0000)


# Arrangements -----------------------------------------------------------------------


def op(w: "World", vmo: int, what: int, offset: int = 0, size: int = PAGE) -> Outcome:
    return w.call(zx_vmo_op_range, vmo, what, offset, size, None, 0)


def bti(w: "World", rights: int = int(Rights.DEFAULT_BTI)) -> int:
    return w.kernel.grant(w.me, Bti(w.kernel), rights)


def create(w: "World", given: int, size: int = 4 * PAGE, alignment: int = 0) -> Outcome:
    return w.call(zx_vmo_create_contiguous, given, size, alignment)


def contiguous(w: "World", size: int = 4 * PAGE) -> int:
    return w.out(w.good(create(w, bti(w), size)))


def replace(w: "World", vmo: int, vmex: int = 0) -> Outcome:
    return w.call(zx_vmo_replace_as_executable, vmo, vmex)


def written(w: "World", vmo: int, *, offset: int = 0, data: bytes = b"x") -> int:
    w.good(zx_vmo_write(w.caller, vmo, data, offset, len(data)))
    return vmo


def clone(w: "World", vmo: int, *, offset: int = 0, size: int = 4 * PAGE) -> int:
    return w.out(w.good(zx_vmo_clone(w.caller, vmo, COW, offset, size)))


def show(w: "World", vmo: int, pages: int = 4) -> bytes:
    """Read the first byte of each page."""
    read = (zx_vmo_read(w.caller, vmo, page * PAGE, 1) for page in range(pages))
    return b"".join(w.good(outcome).buffer or b"" for outcome in read)


def own(w: "World", vmo: int) -> list[int]:
    """List the pages that a VMO owns."""
    return sorted(w.object(vmo, VmObject).pages.table)


def full(w: "World", call: Callable[[], Outcome]) -> Outcome:
    w.fill()
    w.before = w.picture()
    return call()


def drained(w: "World", call: Callable[[], Outcome], spare: int = 0) -> Outcome:
    w.drain(spare)
    w.before = w.picture()
    return call()


REFUSALS: "list[Refusal]" = [
    # zx_vmo_op_range, spec 07 section 7
    (
        "an unknown operation on what is no handle",
        lambda w: op(w, 0, 99, TOP - 1, TOP - 1),
        Status.BAD_HANDLE,
        "vmo_op_range/handle-valid",
    ),
    (
        "an unknown operation on a closed handle",
        lambda w: op(w, w.closed(), 99),
        Status.BAD_HANDLE,
        "vmo_op_range/handle-valid",
    ),
    (
        "an unknown operation on a job",
        lambda w: op(w, w.job, 99),
        Status.WRONG_TYPE,
        "vmo_op_range/handle-type",
    ),
    (
        "commit a job without WRITE: type before rights",
        lambda w: op(w, w.weak(w.job, 0), COMMIT),
        Status.WRONG_TYPE,
        "vmo_op_range/handle-type",
    ),
    (
        "operation 0 without a right, on a physical VMO",
        lambda w: op(w, w.weak(w.physical(), 0), 0, TOP - 1, TOP - 1),
        Status.INVALID_ARGS,
        "vmo_op_range/op-known",
    ),
    (
        "the old LOOKUP, without a right",
        lambda w: op(w, w.weak(w.vmo(), 0), LOOKUP, TOP - 1, 0),
        Status.INVALID_ARGS,
        "vmo_op_range/op-known",
    ),
    (
        "operation 10",
        lambda w: op(w, w.vmo(), 10),
        Status.INVALID_ARGS,
        "vmo_op_range/op-known",
    ),
    (
        "operation 2^32-1",
        lambda w: op(w, w.vmo(), (1 << 32) - 1),
        Status.INVALID_ARGS,
        "vmo_op_range/op-known",
    ),
    (
        "lock",
        lambda w: op(w, w.vmo(), LOCK),
        Status.NOT_SUPPORTED,
        "vmo_op_range/op-supported",
    ),
    (
        "unlock without a right, past the end of a contiguous VMO",
        lambda w: op(w, w.weak(contiguous(w), 0), UNLOCK, TOP - 1, TOP - 1),
        Status.NOT_SUPPORTED,
        "vmo_op_range/op-supported",
    ),
    (
        "commit without WRITE, a physical VMO, past its end",
        lambda w: op(w, w.lacking(w.physical(), Rights.WRITE), COMMIT, TOP - 1, TOP - 1),
        Status.ACCESS_DENIED,
        "vmo_op_range/handle-rights",
    ),
    (
        "decommit without WRITE, a contiguous VMO",
        lambda w: op(w, w.lacking(contiguous(w), Rights.WRITE), DECOMMIT),
        Status.ACCESS_DENIED,
        "vmo_op_range/handle-rights",
    ),
    (
        "clean no byte without READ",
        lambda w: op(w, w.lacking(w.vmo(), Rights.READ), CLEAN, TOP - 1, 0),
        Status.ACCESS_DENIED,
        "vmo_op_range/handle-rights",
    ),
    (
        "commit a physical VMO past its end",
        lambda w: op(w, w.physical(), COMMIT, TOP - 1, TOP - 1),
        Status.NOT_SUPPORTED,
        "vmo_op_range/vmo-is-paged",
    ),
    (
        "decommit no byte of a physical VMO",
        lambda w: op(w, w.physical(), DECOMMIT, 0, 0),
        Status.NOT_SUPPORTED,
        "vmo_op_range/vmo-is-paged",
    ),
    (
        "sync no byte of a physical VMO",
        lambda w: op(w, w.physical(), SYNC, 0, 0),
        Status.NOT_SUPPORTED,
        "vmo_op_range/vmo-is-paged",
    ),
    (
        "decommit a contiguous VMO past its end",
        lambda w: op(w, contiguous(w), DECOMMIT, TOP - 1, TOP - 1),
        Status.NOT_SUPPORTED,
        "vmo_op_range/vmo-not-contiguous",
    ),
    (
        "decommit no byte of a contiguous VMO",
        lambda w: op(w, contiguous(w), DECOMMIT, 0, 0),
        Status.NOT_SUPPORTED,
        "vmo_op_range/vmo-not-contiguous",
    ),
    (
        "clean no byte",
        lambda w: op(w, w.vmo(), CLEAN, 0, 0),
        Status.INVALID_ARGS,
        "vmo_op_range/size-not-zero",
    ),
    (
        "invalidate no byte past the end",
        lambda w: op(w, w.vmo(), INVALIDATE, TOP - 1, 0),
        Status.INVALID_ARGS,
        "vmo_op_range/size-not-zero",
    ),
    (
        "commit no byte at 0x4001 of 0x4000",
        lambda w: op(w, w.vmo(), COMMIT, 0x4001, 0),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "decommit at 0x4001 of 0x4000",
        lambda w: op(w, w.vmo(), DECOMMIT, 0x4001),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "commit a range that ends at 2^64 exactly",
        lambda w: op(w, w.vmo(), COMMIT, PAGE, TOP - PAGE),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "decommit a range that wraps",
        lambda w: op(w, w.vmo(), DECOMMIT, 0x2000, TOP - PAGE),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "commit past the end of a contiguous VMO",
        lambda w: op(w, contiguous(w), COMMIT, 0x4001),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "clean one byte more than there is",
        lambda w: op(w, w.vmo(), CLEAN, 1, 0x4000),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "sync one page at the end",
        lambda w: op(w, w.vmo(), SYNC, 0x4000, PAGE),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "clean a range that wraps",
        lambda w: op(w, w.vmo(), CLEAN_INVALIDATE, 0x1001, TOP - PAGE),
        Status.OUT_OF_RANGE,
        "vmo_op_range/range-in-vmo",
    ),
    (
        "commit four pages where three are left",
        lambda w: (
            lambda vmo: drained(
                w, lambda: zx_vmo_op_range(w.caller, vmo, COMMIT, 0, 0x4000, None, 0), 3
            )
        )(w.vmo()),
        Status.NO_MEMORY,
        "vmo_op_range/pages-available",
    ),
    (
        "commit the largest VMO",
        lambda w: op(w, w.vmo(TOP - PAGE), COMMIT, 0, TOP - PAGE),
        Status.NO_MEMORY,
        "vmo_op_range/pages-available",
    ),
    (
        "commit the largest clone",
        lambda w: op(w, clone(w, w.vmo(), size=TOP - PAGE - PAGE), COMMIT, 0, TOP - PAGE),
        Status.NO_MEMORY,
        "vmo_op_range/pages-available",
    ),
    # zx_vmo_create_contiguous, section 10
    (
        "contiguous of no byte, with alignment 1 and no BTI",
        lambda w: create(w, 0, 0, 1),
        Status.INVALID_ARGS,
        "vmo_create_contiguous/size-not-zero",
    ),
    (
        "contiguous with alignment 1, no BTI and a size that wraps",
        lambda w: create(w, 0, TOP - 1, 1),
        Status.INVALID_ARGS,
        "vmo_create_contiguous/alignment-in-range",
    ),
    (
        "contiguous with alignment 11",
        lambda w: create(w, bti(w), alignment=11),
        Status.INVALID_ARGS,
        "vmo_create_contiguous/alignment-in-range",
    ),
    (
        "contiguous with alignment 64",
        lambda w: create(w, bti(w), alignment=64),
        Status.INVALID_ARGS,
        "vmo_create_contiguous/alignment-in-range",
    ),
    (
        "contiguous with no BTI and a size that wraps",
        lambda w: create(w, 0, TOP - 1),
        Status.BAD_HANDLE,
        "vmo_create_contiguous/bti-valid",
    ),
    (
        "contiguous with a BTI without MAP",
        lambda w: create(w, w.lacking(bti(w), Rights.MAP), TOP - 1),
        Status.ACCESS_DENIED,
        "vmo_create_contiguous/bti-rights",
    ),
    (
        "contiguous with the root resource, which has no MAP: rights before type",
        lambda w: create(w, w.resource, TOP - 1),
        Status.ACCESS_DENIED,
        "vmo_create_contiguous/bti-rights",
    ),
    (
        "contiguous with a VMO for a BTI",
        lambda w: create(w, w.vmo(), TOP - 1),
        Status.WRONG_TYPE,
        "vmo_create_contiguous/bti-type",
    ),
    (
        "contiguous of 2^64-1 bytes",
        lambda w: create(w, bti(w), TOP - 1),
        Status.OUT_OF_RANGE,
        "vmo_create_contiguous/size-fits",
    ),
    (
        "contiguous of 2^64-4095 bytes",
        lambda w: create(w, bti(w), TOP - PAGE + 1),
        Status.OUT_OF_RANGE,
        "vmo_create_contiguous/size-fits",
    ),
    (
        "contiguous of the largest size",
        lambda w: create(w, bti(w), TOP - PAGE),
        Status.NO_MEMORY,
        "vmo_create_contiguous/pages-available",
    ),
    (
        "contiguous of two pages where one is left",
        lambda w: (
            lambda b: drained(w, lambda: zx_vmo_create_contiguous(w.caller, b, PAGE + 1, 0), 1)
        )(bti(w)),
        Status.NO_MEMORY,
        "vmo_create_contiguous/pages-available",
    ),
    (
        "contiguous in a full table",
        lambda w: (lambda b: full(w, lambda: zx_vmo_create_contiguous(w.caller, b, PAGE, 0)))(
            bti(w)
        ),
        Status.NO_MEMORY,
        "vmo_create_contiguous/handles-left",
    ),
    (
        "contiguous to NULL",
        lambda w: w.call(zx_vmo_create_contiguous, bti(w), PAGE, 0, out=None),
        Status.INVALID_ARGS,
        "vmo_create_contiguous/out-writable",
    ),
    (
        "contiguous to a wild pointer",
        lambda w: w.call(zx_vmo_create_contiguous, bti(w), PAGE, 0, out=WILD),
        Status.INVALID_ARGS,
        "vmo_create_contiguous/out-writable",
    ),
    # zx_vmo_replace_as_executable, section 12
    (
        "replace what is no handle",
        lambda w: replace(w, 0),
        Status.BAD_HANDLE,
        "vmo_replace_as_executable/vmo-valid",
    ),
    (
        "replace a closed handle with a job for a resource: the handle wins",
        lambda w: replace(w, w.closed(), w.job),
        Status.BAD_HANDLE,
        "vmo_replace_as_executable/vmo-valid",
    ),
    (
        "replace with a closed resource",
        lambda w: replace(w, w.vmo(), w.closed()),
        Status.BAD_HANDLE,
        "vmo_replace_as_executable/vmex-valid",
    ),
    (
        "replace a job: no wrong type here",
        lambda w: replace(w, w.weak(w.job, 0), w.resource),
        Status.BAD_HANDLE,
        "vmo_replace_as_executable/vmo-type",
    ),
    (
        "replace a resource with itself",
        lambda w: (lambda resource: replace(w, resource, resource))(w.weak(w.resource, 0)),
        Status.BAD_HANDLE,
        "vmo_replace_as_executable/vmo-type",
    ),
    (
        "replace in a full table",
        lambda w: (lambda vmo: full(w, lambda: zx_vmo_replace_as_executable(w.caller, vmo, 0)))(
            w.vmo()
        ),
        Status.NO_MEMORY,
        "vmo_replace_as_executable/handles-left",
    ),
    (
        "replace to NULL",
        lambda w: w.call(zx_vmo_replace_as_executable, w.vmo(), 0, out=None),
        Status.INVALID_ARGS,
        "vmo_replace_as_executable/out-writable",
    ),
    (
        "replace to a wild pointer",
        lambda w: w.call(zx_vmo_replace_as_executable, w.vmo(), w.resource, out=WILD),
        Status.INVALID_ARGS,
        "vmo_replace_as_executable/out-writable",
    ),
]
DIFFERENT: "list[Difference]" = [
    # Columns: what profile docs answers, what profile kernel answers
    (
        "commit one byte at the end",
        lambda w: op(w, w.vmo(), COMMIT, 0x4000, 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "commit 2^64-1 bytes",
        lambda w: op(w, w.vmo(), COMMIT, 0, TOP - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "commit 2^64-1 bytes of an empty VMO",
        lambda w: op(w, w.vmo(0), COMMIT, 0, TOP - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "commit 2^64-1 bytes of a contiguous VMO",
        lambda w: op(w, contiguous(w), COMMIT, 0, TOP - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "commit a few bytes at an odd place",
        lambda w: op(w, w.vmo(), COMMIT, 0x10, 0x100),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "commit a page and one byte",
        lambda w: op(w, w.vmo(), COMMIT, 0, PAGE + 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "decommit one byte less than a page",
        lambda w: op(w, w.vmo(), DECOMMIT, 0, PAGE - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "decommit a size that is odd as the offset is: the end is a page's",
        lambda w: op(w, w.vmo(), DECOMMIT, 1, PAGE - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "decommit what nobody owns, by bytes",
        lambda w: op(w, w.vmo(), DECOMMIT, 1, 0x3FFE),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "decommit past the end, up to 2^64-1",
        lambda w: op(w, w.vmo(), DECOMMIT, 0x3001, TOP - 1 - 0x3001),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "clean the last byte",
        lambda w: op(w, w.vmo(), CLEAN, 0x3FFF, 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "clean all but one byte of a contiguous VMO",
        lambda w: op(w, contiguous(w), CLEAN_INVALIDATE, 1, 0x3FFF),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        OK,
    ),
    (
        "commit a range of odd size that ends at 2^64 exactly",
        lambda w: op(w, w.vmo(), COMMIT, 1, TOP - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        (Status.OUT_OF_RANGE, "vmo_op_range/range-in-vmo"),
    ),
    (
        "commit one byte at 0x4001 of 0x4000",
        lambda w: op(w, w.vmo(), COMMIT, 0x4001, 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        (Status.OUT_OF_RANGE, "vmo_op_range/range-in-vmo"),
    ),
    (
        "sync one byte at the end",
        lambda w: op(w, w.vmo(), SYNC, 0x4000, 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        (Status.OUT_OF_RANGE, "vmo_op_range/range-in-vmo"),
    ),
    (
        "clean a range of odd size that wraps",
        lambda w: op(w, w.vmo(), CLEAN_INVALIDATE, 0x1000, TOP - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        (Status.OUT_OF_RANGE, "vmo_op_range/range-in-vmo"),
    ),
    (
        "commit 2^64-1 bytes of the largest VMO",
        lambda w: op(w, w.vmo(TOP - PAGE), COMMIT, 0, TOP - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        (Status.NO_MEMORY, "vmo_op_range/pages-available"),
    ),
    (
        "commit 2^64-1 bytes of the largest clone",
        lambda w: op(w, clone(w, w.vmo(), size=TOP - PAGE - PAGE), COMMIT, 0, TOP - 1),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        (Status.NO_MEMORY, "vmo_op_range/pages-available"),
    ),
    (
        "commit one byte where no page is left",
        lambda w: (
            lambda vmo: drained(w, lambda: zx_vmo_op_range(w.caller, vmo, COMMIT, 0, 1, None, 0))
        )(w.vmo()),
        (Status.INVALID_ARGS, "vmo_op_range/size-aligned"),
        (Status.NO_MEMORY, "vmo_op_range/pages-available"),
    ),
    (
        "replace a job with a job for a resource: the resource comes first",
        lambda w: replace(w, w.weak(w.job, 0), w.job),
        (Status.BAD_HANDLE, "vmo_replace_as_executable/vmex-type"),
        (Status.WRONG_TYPE, "vmo_replace_as_executable/vmex-type"),
    ),
    (
        "replace a VMO with itself for a resource",
        lambda w: (lambda vmo: replace(w, vmo, vmo))(w.vmo()),
        (Status.BAD_HANDLE, "vmo_replace_as_executable/vmex-type"),
        (Status.WRONG_TYPE, "vmo_replace_as_executable/vmex-type"),
    ),
    (
        "replace with a job for a resource, to NULL",
        lambda w: w.call(zx_vmo_replace_as_executable, w.vmo(), w.job, out=None),
        (Status.BAD_HANDLE, "vmo_replace_as_executable/vmex-type"),
        (Status.WRONG_TYPE, "vmo_replace_as_executable/vmex-type"),
    ),
]
SYSCALLS: "list[Syscall[...]]" = [
    zx_vmo_op_range,
    zx_vmo_create_contiguous,
    zx_vmo_replace_as_executable,
]


def test_a_refusal_is_decided_by_one_rule(world: "World", refusal: "Refusal") -> None:
    outcome = world.refuses(refusal)
    assert not outcome.values


def test_where_the_profiles_differ_each_gives_its_own_answer(
    world: "World", difference: "Difference"
) -> None:
    world.differs(difference)


FINE: "list[tuple[str, Callable[[World], Outcome]]]" = [
    ("commit all of it", lambda w: op(w, w.vmo(), COMMIT, 0, 0x4000)),
    ("commit past the end", lambda w: op(w, w.vmo(), COMMIT, 0x3000, 0x5000)),
    ("commit at the end", lambda w: op(w, w.vmo(), COMMIT, 0x4000, PAGE)),
    ("commit 2^64-4096 bytes", lambda w: op(w, w.vmo(), COMMIT, 0, TOP - PAGE)),
    ("commit no byte", lambda w: op(w, w.vmo(), COMMIT, 0, 0)),
    ("commit no byte of an empty VMO", lambda w: op(w, w.vmo(0), COMMIT, 0, 0)),
    ("commit an empty VMO", lambda w: op(w, w.vmo(0), COMMIT, 0, TOP - PAGE)),
    ("commit at an odd place", lambda w: op(w, w.vmo(), COMMIT, 0x10, 0x1000)),
    ("commit a VMO that cannot be resized", lambda w: op(w, w.vmo(options=1), COMMIT)),
    ("commit with WRITE alone", lambda w: op(w, w.weak(w.vmo(), int(Rights.WRITE)), COMMIT)),
    ("commit a contiguous VMO again", lambda w: op(w, contiguous(w), COMMIT, 0, 0x4000)),
    ("decommit what nobody owns", lambda w: op(w, w.vmo(), DECOMMIT, 1, 0x3000)),
    ("decommit past the end", lambda w: op(w, w.vmo(), DECOMMIT, 0x3001, TOP - 0x4000)),
    ("decommit at the end", lambda w: op(w, w.vmo(), DECOMMIT, 0x4000, 0)),
    ("decommit with WRITE alone", lambda w: op(w, w.weak(w.vmo(), int(Rights.WRITE)), DECOMMIT)),
    ("clean all of it", lambda w: op(w, w.vmo(), CLEAN, 0, 0x4000)),
    ("clean up to the last byte", lambda w: op(w, w.vmo(), CLEAN, 0x3000, PAGE)),
    ("clean a contiguous VMO", lambda w: op(w, contiguous(w), CLEAN_INVALIDATE, 1, 0x3000)),
    (
        "a buffer that nobody looks at",
        lambda w: w.call(zx_vmo_op_range, w.vmo(), COMMIT, 0, PAGE, WILD, TOP - 1),
    ),
    ("contiguous with alignment 12", lambda w: create(w, bti(w), alignment=12)),
    ("contiguous with alignment 63", lambda w: create(w, bti(w), alignment=63)),
    ("contiguous with MAP alone", lambda w: create(w, bti(w, int(Rights.MAP)))),
    ("replace without a resource", lambda w: replace(w, w.vmo())),
    ("replace with a resource", lambda w: replace(w, w.vmo(), w.resource)),
    ("replace with no right at all", lambda w: replace(w, w.weak(w.vmo(), 0))),
    ("replace with a resource of no right", lambda w: replace(w, w.vmo(), w.weak(w.resource, 0))),
    ("replace a physical VMO", lambda w: replace(w, w.physical())),
]


@pytest.mark.parametrize("call", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_the_spec_says_that_this_is_fine(
    world: "World", call: "Callable[[World], Outcome]"
) -> None:
    world.good(call(world))


# zx_vmo_op_range ----------------------------------------------------------------------


def test_the_operations_have_the_numbers_of_the_spec() -> None:
    assert {name.removeprefix("ZX_VMO_OP_"): value for name, value in VMO_OPS.items()} == {
        "COMMIT": 1,
        "DECOMMIT": 2,
        "LOCK": 3,
        "UNLOCK": 4,
        "CACHE_SYNC": 6,
        "CACHE_INVALIDATE": 7,
        "CACHE_CLEAN": 8,
        "CACHE_CLEAN_INVALIDATE": 9,
    }


@pytest.mark.parametrize(
    ("what", "right"),
    [(each, Rights.WRITE) for each in WRITE_OPS] + [(each, Rights.READ) for each in READ_OPS],
)
def test_an_operation_needs_one_right_and_no_other(
    world: "World", what: int, right: Rights
) -> None:
    vmo = world.vmo()
    world.good(op(world, world.weak(vmo, int(right)), what))
    refused = op(world, world.lacking(vmo, right), what)
    world.expect(refused, Status.ACCESS_DENIED, "vmo_op_range/handle-rights")
    assert refused.checks[-1][1] == (0xD0FF & ~int(right), int(right))


@pytest.mark.parametrize(
    ("offset", "size", "pages"),
    [
        (0, 0x4000, [0, 1, 2, 3]),
        (0x10, 0x1000, [0, 1]),
        (0xFFF, 0x1000, [0, 1]),
        (0x1000, 0x1000, [1]),
        (0x1FFF, 0x2000, [1, 2, 3]),
        (0x3000, 0x5000, [3]),
        (0x3FFF, TOP - 0x4000, [3]),
        (0x4000, 0x1000, []),
        (0x1800, 0, []),
        (0, 0, []),
    ],
)
def test_a_range_is_rounded_outwards_and_cut_at_the_end(
    world: "World", offset: int, size: int, pages: list[int]
) -> None:
    commit_and_decommit(world, offset, size, pages)


@pytest.mark.parametrize(
    ("offset", "size", "pages"),
    [
        (0x10, 0x100, [0]),
        (0xFFF, 2, [0, 1]),
        (0x1FFF, 0x1002, [1, 2, 3]),
        (0x4000, 1, []),
        (0, TOP - 1, [0, 1, 2, 3]),
    ],
)
def test_the_kernel_rounds_a_range_of_any_size_outwards(
    kernel_world: "World", offset: int, size: int, pages: list[int]
) -> None:
    commit_and_decommit(kernel_world, offset, size, pages)


def commit_and_decommit(w: "World", offset: int, size: int, pages: list[int]) -> None:
    """Commit a range of four pages and see which ones are there; then decommit it."""
    vmo, used = w.vmo(), w.kernel.memory.used
    w.good(op(w, vmo, COMMIT, offset, size))
    assert own(w, vmo) == pages
    assert w.kernel.memory.used == used + len(pages)
    w.good(op(w, vmo, COMMIT, 0, 0x4000))
    w.good(op(w, vmo, DECOMMIT, offset, size))
    assert own(w, vmo) == [page for page in range(4) if page not in pages]
    assert w.kernel.memory.used == used + 4 - len(pages)


def test_a_commit_keeps_what_is_there_and_gives_zeros_for_the_rest(world: "World") -> None:
    vmo = written(world, world.vmo(), offset=PAGE, data=b"kept")
    used = world.kernel.memory.used
    world.good(op(world, vmo, COMMIT, 0, 0x4000))
    assert (show(world, vmo), own(world, vmo)) == (b"\0k\0\0", [0, 1, 2, 3])
    assert world.kernel.memory.used == used + 3
    world.good(op(world, vmo, COMMIT, 0, 0x4000))
    assert world.picture() == world.before


def test_pages_that_were_committed_are_written_without_memory(world: "World") -> None:
    vmo = world.vmo()
    world.good(op(world, vmo, COMMIT, 0, 0x4000))
    world.drain()
    written(world, vmo, offset=1, data=b"abc")
    written(world, vmo, offset=PAGE, data=b"z" * 2 * PAGE)
    assert (show(world, vmo), world.kernel.memory.free) == (b"\0zz\0", 0)


def test_two_pages_that_were_committed_do_not_share_their_bytes(world: "World") -> None:
    vmo, second = world.vmo(), world.vmo()
    for each in (vmo, second):
        world.good(op(world, each, COMMIT, 0, 0x4000))
    written(world, vmo, offset=PAGE)
    assert (show(world, vmo), show(world, second)) == (b"\0x\0\0", bytes(4))


def test_a_commit_that_finds_just_enough_memory_is_whole(world: "World") -> None:
    vmo = written(world, world.vmo(), offset=2 * PAGE)
    world.drain(spare=3)
    world.good(op(world, vmo, COMMIT, 0, 0x4000))
    assert (own(world, vmo), world.kernel.memory.free) == ([0, 1, 2, 3], 0)


def test_a_commit_that_finds_too_little_memory_says_how_much_is_left(world: "World") -> None:
    vmo = written(world, world.vmo(), offset=2 * PAGE)
    world.drain(spare=2)
    outcome = op(world, vmo, COMMIT, 0, 0x4000)
    world.expect(outcome, Status.NO_MEMORY, "vmo_op_range/pages-available")
    assert outcome.checks[-1][1] == (2,)
    assert own(world, vmo) == [2]
    world.good(op(world, vmo, COMMIT, 0, 0x3000))


def test_committing_a_clone_forks_it(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"p" * 2 * PAGE)
    child = clone(world, vmo)
    used = world.kernel.memory.used
    world.good(op(world, child, COMMIT, PAGE, 2 * PAGE))
    assert (own(world, vmo), own(world, child)) == ([0, 1], [1, 2])
    assert world.kernel.memory.used == used + 2
    written(world, vmo, data=b"q" * 3 * PAGE)
    assert show(world, child) == b"qp\0\0"


def test_committing_a_grandchild_forks_the_middle_where_an_ancestor_has_the_page(
    world: "World",
) -> None:
    vmo = written(world, world.vmo(), data=b"t" * PAGE)
    middle = clone(world, vmo)
    leaf = clone(world, middle)
    used = world.kernel.memory.used
    world.good(op(world, leaf, COMMIT, 0, 2 * PAGE))
    assert (own(world, middle), own(world, leaf)) == ([0], [0, 1])
    assert world.kernel.memory.used == used + 3


def test_a_commit_of_a_grandchild_without_memory_changes_no_relative(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"t" * PAGE)
    middle = clone(world, vmo)
    leaf = clone(world, middle)
    world.drain(spare=2)
    outcome = op(world, leaf, COMMIT, 0, 2 * PAGE)
    world.expect(outcome, Status.NO_MEMORY, "vmo_op_range/pages-available")
    assert (own(world, middle), own(world, leaf)) == ([], [])


def test_decommitting_at_an_odd_place_drops_both_pages_whole(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"x" * 0x4000)
    base = world.map(world.vmar, vmo)
    used = world.kernel.memory.used
    world.good(op(world, vmo, DECOMMIT, 0x1800))
    assert (show(world, vmo), own(world, vmo)) == (b"x\0\0x", [0, 3])
    assert world.kernel.memory.used == used - 2
    assert world.peek(base + PAGE - 2, 4) == b"xx\0\0"
    assert world.peek(base + 3 * PAGE - 2, 4) == b"\0\0xx"


def test_the_kernel_drops_the_whole_page_of_one_byte(kernel_world: "World") -> None:
    world = kernel_world
    vmo = written(world, world.vmo(), data=b"x" * 0x4000)
    base = world.map(world.vmar, vmo)
    used = world.kernel.memory.used
    world.good(op(world, vmo, DECOMMIT, 0x1800, 1))
    assert (show(world, vmo), own(world, vmo)) == (b"x\0xx", [0, 2, 3])
    assert world.kernel.memory.used == used - 1
    assert world.peek(base + PAGE - 2, 4) == b"xx\0\0"
    assert world.peek(base + 2 * PAGE - 2, 4) == b"\0\0xx"


@pytest.mark.parametrize("size", [1, PAGE - 1, PAGE + 1, 0x3FFF, TOP - 1])
@pytest.mark.parametrize("what", RANGE_OPS + CACHE_OPS)
def test_the_page_takes_no_size_that_is_not_whole_pages(
    docs_world: "World", what: int, size: int
) -> None:
    vmo = written(docs_world, docs_world.vmo(), offset=PAGE)
    refused = op(docs_world, vmo, what, 0, size)
    docs_world.expect(refused, Status.INVALID_ARGS, "vmo_op_range/size-aligned")
    assert refused.checks[-1][1] == (size,)


def test_a_page_that_was_decommitted_can_be_written_again(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"abcd")
    world.good(op(world, vmo, DECOMMIT))
    written(world, vmo, offset=2, data=b"!")
    assert world.good(zx_vmo_read(world.caller, vmo, 0, 4)).buffer == b"\0\0!\0"


def test_decommitting_a_clone_shows_the_parents_page_of_now(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"p" * 0x4000)
    child = written(world, clone(world, vmo), data=b"c" * 0x4000)
    written(world, vmo, data=b"q" * PAGE)
    world.good(op(world, child, DECOMMIT, 0, 2 * PAGE))
    assert (show(world, child), show(world, vmo)) == (b"qpcc", b"qppp")
    assert (own(world, vmo), own(world, child)) == ([0, 1, 2, 3], [2, 3])
    written(world, child, data=b"C")
    assert (show(world, child), show(world, vmo)) == (b"Cpcc", b"qppp")


def test_decommitting_a_parent_shows_zeros_in_pages_that_did_not_fork(world: "World") -> None:
    vmo = written(world, world.vmo(), data=b"p" * 0x4000)
    child = written(world, clone(world, vmo), offset=PAGE, data=b"c")
    world.good(op(world, vmo, DECOMMIT, 0, 0x4000))
    assert (show(world, child), show(world, vmo)) == (b"\0c\0\0", bytes(4))


@pytest.mark.parametrize("page", range(4))
def test_a_pinned_page_is_not_decommitted(world: "World", page: int) -> None:
    vmo = pinned(world, page)
    pins_refuse(world, vmo, page * PAGE + 7, PAGE)
    world.good(op(world, vmo, DECOMMIT, 0, page * PAGE))
    world.good(op(world, vmo, DECOMMIT, (page + 1) * PAGE, 0x4000))
    world.good(op(world, vmo, DECOMMIT, page * PAGE, 0))
    assert own(world, vmo) == [page]


@pytest.mark.parametrize("page", range(4))
def test_the_kernel_decommits_no_byte_of_a_pinned_page(kernel_world: "World", page: int) -> None:
    pins_refuse(kernel_world, pinned(kernel_world, page), page * PAGE + 7, 1)


@pytest.mark.parametrize("page", range(4))
def test_the_page_looks_at_the_size_before_the_pins(docs_world: "World", page: int) -> None:
    vmo = pinned(docs_world, page)
    refused = op(docs_world, vmo, DECOMMIT, page * PAGE + 7, 1)
    docs_world.expect(refused, Status.INVALID_ARGS, "vmo_op_range/size-aligned")
    assert own(docs_world, vmo) == [0, 1, 2, 3]


def pinned(w: "World", page: int) -> int:
    """Return a VMO of four pages, one of which is pinned."""
    vmo = written(w, w.vmo(), data=b"x" * 0x4000)
    w.object(vmo, VmObject).pinned.add(page)
    return vmo


def pins_refuse(w: "World", vmo: int, offset: int, size: int) -> None:
    """Decommit a range with a pinned page in it, which is refused and changes nothing."""
    refused = op(w, vmo, DECOMMIT, offset, size)
    assert refused.decided is not None
    assert (refused.status, refused.decided.id) == (
        Status.BAD_STATE,
        "vmo_op_range/range-not-pinned",
    )
    assert own(w, vmo) == [0, 1, 2, 3]


@pytest.mark.parametrize("what", CACHE_OPS)
def test_a_cache_operation_has_no_visible_effect(world: "World", what: int) -> None:
    vmo = written(world, world.vmo(), offset=PAGE, data=b"data")
    world.good(op(world, vmo, what, 1, 0x3000))
    assert world.picture() == world.before


@pytest.mark.parametrize("what", CACHE_OPS)
def test_the_kernel_takes_a_cache_operation_of_any_size(kernel_world: "World", what: int) -> None:
    vmo = written(kernel_world, kernel_world.vmo(), offset=PAGE, data=b"data")
    kernel_world.good(op(kernel_world, vmo, what, 1, 0x3FFF))
    assert kernel_world.picture() == kernel_world.before


@pytest.mark.parametrize("what", RANGE_OPS + CACHE_OPS)
def test_no_operation_asks_for_the_cache_policy(world: "World", what: int) -> None:
    vmo = world.vmo()
    world.good(zx_vmo_set_cache_policy(world.caller, vmo, CachePolicy.WRITE_COMBINING))
    world.good(op(world, vmo, what))
    assert own(world, vmo) == ([0] if what == COMMIT else [])


# zx_vmo_create_contiguous ---------------------------------------------------------------


@pytest.mark.parametrize(("size", "pages"), [(1, 1), (PAGE, 1), (PAGE + 1, 2), (0x4000, 4)])
def test_a_contiguous_vmo_has_all_its_pages_from_the_start(
    world: "World", size: int, pages: int
) -> None:
    used = world.kernel.memory.used
    vmo = contiguous(world, size)
    memory = world.object(vmo, VmObject)
    assert (memory.size, memory.resizable, memory.contiguous) == (pages * PAGE, False, True)
    assert (memory.signals, memory.cache_policy) == (ZERO_CHILDREN, CachePolicy.CACHED)
    assert (memory.name, memory.is_physical) == ("", False)
    assert world.rights(vmo) == 0xD0FF
    assert (own(world, vmo), memory.pinned) == (list(range(pages)), set(range(pages)))
    assert world.kernel.memory.used == used + pages
    assert show(world, vmo, pages) == bytes(pages)
    world.good(zx_handle_close(world.caller, vmo))
    assert world.kernel.memory.used == used


def test_contiguous_memory_may_be_the_last_there_is(world: "World") -> None:
    given = bti(world)
    world.drain(spare=2)
    vmo = world.out(world.good(create(world, given, PAGE + 1)))
    assert world.kernel.memory.free == 0
    written(world, vmo, data=b"y" * 2 * PAGE)
    assert show(world, vmo, 2) == b"yy"


def test_no_policy_forbids_contiguous_memory(world: "World") -> None:
    world.me.policy[Policy.NEW_VMO.value] = 1
    world.good(create(world, bti(world)))


def test_contiguous_memory_is_read_written_and_mapped_like_any(world: "World") -> None:
    vmo = written(world, contiguous(world), offset=PAGE - 1, data=b"ab")
    base = world.map(world.vmar, vmo)
    assert world.peek(base + PAGE - 1, 2) == b"ab"
    target = world.process()
    theirs = world.map(target.vmar, vmo)
    world.good(zx_process_write_memory(world.caller, target.handle, theirs, b"hello", 5))
    read = world.good(zx_process_read_memory(world.caller, target.handle, theirs, 5))
    assert read.buffer == world.peek(base, 5) == b"hello"


def test_contiguous_memory_keeps_its_size_its_pages_and_its_policy(world: "World") -> None:
    vmo = contiguous(world)
    for outcome, status, rule in (
        (zx_vmo_set_size(world.caller, vmo, 0x4000), Status.UNAVAILABLE, "vmo-is-resizable"),
        (zx_vmo_set_cache_policy(world.caller, vmo, 0), Status.BAD_STATE, "nothing-committed"),
        (op(world, vmo, DECOMMIT), Status.NOT_SUPPORTED, "vmo-not-contiguous"),
    ):
        world.expect(outcome, status, f"{outcome.syscall.short}/{rule}")
    world.good(op(world, vmo, COMMIT, 0, TOP - PAGE))
    assert world.picture() == world.before


def test_the_kernel_commits_contiguous_memory_of_any_size_again(kernel_world: "World") -> None:
    vmo = contiguous(kernel_world)
    kernel_world.good(op(kernel_world, vmo, COMMIT, 0, TOP - 1))
    assert kernel_world.picture() == kernel_world.before


def test_contiguous_memory_counts_as_not_resizable_for_a_mapping(world: "World") -> None:
    require_non_resizable = 0x800
    vmo = contiguous(world)
    made = world.call(zx_vmar_map, world.vmar, 1 | require_non_resizable, 0, vmo, 0, PAGE)
    world.good(made)


def test_a_clone_of_contiguous_memory_is_an_ordinary_one(world: "World") -> None:
    vmo = written(world, contiguous(world), data=b"p" * 0x4000)
    child = clone(world, vmo)
    written(world, child, offset=PAGE, data=b"c")
    assert (show(world, child), own(world, child)) == (b"pcpp", [1])
    world.good(op(world, child, DECOMMIT, 0, 0x4000))
    assert (show(world, child), own(world, child)) == (b"pppp", [])
    world.good(zx_vmo_set_size(world.caller, child, PAGE))


@pytest.mark.parametrize("how", ["full table", "NULL"])
def test_contiguous_memory_that_nobody_gets_is_free_again(world: "World", how: str) -> None:
    given, used = bti(world), world.kernel.memory.used
    if how == "NULL":
        outcome = zx_vmo_create_contiguous(world.caller, given, 0x4000, 0, out=None)
    else:
        outcome = full(world, lambda: zx_vmo_create_contiguous(world.caller, given, 0x4000, 0))
    assert outcome.status is not Status.OK
    assert world.kernel.memory.used == used


# zx_vmo_replace_as_executable -----------------------------------------------------------


@pytest.mark.parametrize("vmex", [False, True], ids=["no resource", "resource"])
@pytest.mark.parametrize("rights", [0, 0x10, 0xC5, 0xD0EF, 0xD0FF], ids=hex)
def test_the_new_handle_has_the_old_rights_and_execute(
    world: "World", rights: int, vmex: bool
) -> None:
    vmo = world.vmo()
    memory, weak = world.object(vmo, VmObject), world.weak(vmo, rights)
    count = memory.handles
    made = world.out(world.good(replace(world, weak, world.resource if vmex else 0)))
    assert world.rights(made) == rights | 0x10
    assert world.object(made, VmObject) is memory
    assert memory.handles == count
    assert (made != weak, world.names(weak)) == (True, False)
    assert world.names(world.resource)


def test_a_handle_that_lost_execute_can_be_mapped_executable_again(world: "World") -> None:
    rx = 5
    weak = world.lacking(world.vmo(), Rights.EXECUTE)
    refused = world.call(zx_vmar_map, world.vmar, rx, 0, weak, 0, PAGE)
    world.expect(refused, Status.ACCESS_DENIED, "vmar_map/both-handles-rights")
    made = world.out(world.good(replace(world, weak)))
    world.good(world.call(zx_vmar_map, world.vmar, rx, 0, made, 0, PAGE))


@pytest.mark.parametrize(
    "call",
    [
        lambda w, h: zx_vmo_replace_as_executable(w.caller, h, w.closed()),
        lambda w, h: zx_vmo_replace_as_executable(w.caller, h, w.job),
        lambda w, h: zx_vmo_replace_as_executable(w.caller, h, h),
        lambda w, h: full(w, lambda: zx_vmo_replace_as_executable(w.caller, h, 0)),
        lambda w, h: zx_vmo_replace_as_executable(w.caller, h, 0, out=None),
        lambda w, h: zx_vmo_replace_as_executable(w.caller, h, 0, out=WILD),
    ],
    ids=["closed resource", "wrong resource", "itself", "full table", "NULL", "wild pointer"],
)
def test_a_failed_replace_closes_the_vmo_handle_and_frees_the_memory(
    world: "World", call: "Callable[[World, int], Outcome]"
) -> None:
    used = world.kernel.memory.used
    vmo = written(world, world.vmo(), data=b"x" * 0x4000)
    outcome = call(world, vmo)
    assert outcome.decided is not None
    assert (outcome.status is Status.OK, bool(outcome.decided.late)) == (False, True)
    assert not world.names(vmo)
    assert world.kernel.memory.used == used


def test_what_is_no_vmo_is_closed_all_the_same(world: "World") -> None:
    target = world.process()
    outcome = replace(world, target.handle)
    world.expect(outcome, Status.BAD_HANDLE, "vmo_replace_as_executable/vmo-type")
    assert not world.names(target.handle)
    assert target.process.state is ProcessState.DEAD


def test_replace_in_a_table_with_one_slot_left_is_enough(world: "World") -> None:
    vmo = world.vmo()
    world.fill(spare=1)
    world.good(replace(world, vmo))


@pytest.mark.parametrize(
    ("vmex", "state"),
    [
        (lambda w: 0, ProcessState.RUNNING),
        (lambda w: w.job, ProcessState.RUNNING),
        (lambda w: w.closed(), ProcessState.DEAD),
    ],
    ids=["0", "of another kind", "closed"],
)
def test_a_resource_that_is_no_handle_is_a_matter_of_policy_but_0_or_another_kind_is_not(
    world: "World", vmex: "Callable[[World], int]", state: ProcessState
) -> None:
    exception = 2
    world.me.policy[Policy.BAD_HANDLE.value] = exception
    vmo, given = world.vmo(), vmex(world)
    zx_vmo_replace_as_executable(world.caller, vmo, given)
    assert world.state(world.me) is state
