"""The older argument orders of spec 06, sections 4, 5 and 8: the same calls, reordered."""

from inspect import cleandoc
from typing import TYPE_CHECKING

import pytest

from zxdbg.kernel import Rights, Status
from zxdbg.kernel.limits import USER_BASE
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject
from zxdbg.lang.doc import parse_doc
from zxdbg.syscalls import (
    SYSCALLS,
    Outcome,
    Pointer,
    Syscall,
    zx_vmar_allocate,
    zx_vmar_allocate_old,
    zx_vmar_map,
    zx_vmar_map_old,
    zx_vmar_protect,
    zx_vmar_protect_old,
)
from zxdbg.syscalls.call import reordered

if TYPE_CHECKING:
    from tests.zxdbg.syscalls.conftest import Refusal, World


PAGE = 4096
R, RW = 1, 3
SPECIFIC = int(VmOption.SPECIFIC)
CAN_RWX = 0x380
OFFSET = 0x10_0000
WILD = Pointer(0x2000_0000_0000)
PAIRS: "list[tuple[Syscall[...], Syscall[...], list[str]]]" = [
    (zx_vmar_allocate_old, zx_vmar_allocate, ["parent_vmar", "offset", "size", "map_flags"]),
    (
        zx_vmar_map_old,
        zx_vmar_map,
        ["vmar", "vmar_offset", "vmo", "vmo_offset", "len", "map_flags"],
    ),
    (zx_vmar_protect_old, zx_vmar_protect, ["vmar", "addr", "len", "prot"]),
]
each_pair = pytest.mark.parametrize(
    ("old", "new", "names"), PAIRS, ids=[old.name for old, _, _ in PAIRS]
)


# What is declared -------------------------------------------------------------------


@each_pair
def test_an_old_spelling_has_its_own_names_in_its_own_order(
    old: "Syscall[...]", new: "Syscall[...]", names: list[str]
) -> None:
    assert [name for name, _ in old.params] == names
    assert (old.name, old.short) == (f"{new.name}_old", f"{new.short}_old")
    assert SYSCALLS[old.name] is old
    assert SYSCALLS[new.name] is new
    assert (old.alias_of, new.alias_of) == (new, None)


@each_pair
def test_an_old_spelling_has_the_rules_types_and_outs_of_the_new_one(
    old: "Syscall[...]", new: "Syscall[...]", names: list[str]
) -> None:
    assert old.rules is new.rules
    assert (old.outs, old.page) == (new.outs, new.page)
    params = dict(new.params)
    assert {old.aliases[name]: arg for name, arg in old.params} == params
    assert list(old.aliases) == names


@each_pair
def test_an_old_spelling_describes_each_argument_as_the_new_one_does(
    old: "Syscall[...]", new: "Syscall[...]", names: list[str]
) -> None:
    described = parse_doc(new.doc).args
    doc = parse_doc(old.doc)
    assert doc.summary == f"Call {new.name} with its arguments in an older order"
    assert list(doc.args) == [*names, *old.outs]
    assert doc.args == {name: described[old.aliases.get(name, name)] for name in doc.args}


@each_pair
def test_an_old_spelling_can_be_made_from_a_dedented_docstring(
    monkeypatch: pytest.MonkeyPatch, old: "Syscall[...]", new: "Syscall[...]", names: list[str]
) -> None:
    monkeypatch.setattr("zxdbg.syscalls.call.SYSCALLS", {})
    monkeypatch.setattr(new, "doc", cleandoc(new.doc))
    (line,) = parse_doc(old.doc).examples
    example = line.removeprefix(f"{old.name} ")
    assert reordered(new, old.name, example, **old.aliases).doc == old.doc


# What is refused --------------------------------------------------------------------


def allocate(w: "World", vmar: int, offset: int, size: int, flags: int) -> Outcome:
    return w.call(zx_vmar_allocate_old, vmar, offset, size, flags)


def map_(w: "World", vmar: int, offset: int, vmo: int, *rest: int) -> Outcome:
    return w.call(zx_vmar_map_old, vmar, offset, vmo, *rest)


def protect(w: "World", vmar: int, addr: int, length: int, prot: int) -> Outcome:
    return w.call(zx_vmar_protect_old, vmar, addr, length, prot)


REFUSALS: "list[Refusal]" = [
    (
        "allocate in what is no handle",
        lambda w: allocate(w, 0, 1, 1, 0xFFFF_FFFF),
        Status.BAD_HANDLE,
        "vmar_allocate/parent-vmar-valid",
    ),
    (
        "allocate CAN_MAP_READ in a region without READ",
        lambda w: allocate(w, w.lacking(w.vmar, Rights.READ), 0, PAGE, 0x80),
        Status.ACCESS_DENIED,
        "vmar_allocate/parent-vmar-rights",
    ),
    (
        "allocate with MAP_RANGE for flags",
        lambda w: allocate(w, w.vmar, 0, PAGE, 0x400),
        Status.INVALID_ARGS,
        "vmar_allocate/options-known",
    ),
    (
        "allocate one byte",
        lambda w: allocate(w, w.vmar, 0, 1, 0),
        Status.INVALID_ARGS,
        "vmar_allocate/size-aligned",
    ),
    (
        "allocate at an offset without SPECIFIC",
        lambda w: allocate(w, w.vmar, PAGE, PAGE, 0),
        Status.INVALID_ARGS,
        "vmar_allocate/offset-needs-specific",
    ),
    (
        "allocate to NULL",
        lambda w: w.call(zx_vmar_allocate_old, w.vmar, 0, PAGE, 0, child_vmar=None),
        Status.INVALID_ARGS,
        "vmar_allocate/child-vmar-writable",
    ),
    (
        "map in what is no handle",
        lambda w: map_(w, 0, 1, 0, 1, 0, 0xFFFF_FFFF),
        Status.BAD_HANDLE,
        "vmar_map/vmar-valid",
    ),
    (
        "map what is no VMO",
        lambda w: map_(w, w.vmar, 1, w.job, 1, 0, 0xFFFF_FFFF),
        Status.WRONG_TYPE,
        "vmar_map/vmo-type",
    ),
    (
        "map at an odd offset of the VMO",
        lambda w: map_(w, w.vmar, 0, w.vmo(), 1, PAGE, R),
        Status.INVALID_ARGS,
        "vmar_map/vmo-offset-aligned",
    ),
    (
        "map no byte",
        lambda w: map_(w, w.vmar, 0, w.vmo(), 0, 0, R),
        Status.INVALID_ARGS,
        "vmar_map/len-not-zero",
    ),
    (
        "map at an offset without SPECIFIC",
        lambda w: map_(w, w.vmar, PAGE, w.vmo(), 0, PAGE, R),
        Status.INVALID_ARGS,
        "vmar_map/vmar-offset-needs-specific",
    ),
    (
        "map to a wild pointer",
        lambda w: w.call(zx_vmar_map_old, w.vmar, 0, w.vmo(), 0, PAGE, R, mapped_addr=WILD),
        Status.INVALID_ARGS,
        "vmar_map/mapped-addr-writable",
    ),
    (
        "protect in what is no handle",
        lambda w: protect(w, 0, 1, 0, 2),
        Status.BAD_HANDLE,
        "vmar_protect/vmar-valid",
    ),
    (
        "protect W alone",
        lambda w: protect(w, w.vmar, 1, 0, 2),
        Status.INVALID_ARGS,
        "vmar_protect/perms-need-read",
    ),
    (
        "protect at an odd address",
        lambda w: protect(w, w.vmar, USER_BASE + 1, 0, R),
        Status.INVALID_ARGS,
        "vmar_protect/addr-aligned",
    ),
    (
        "protect no byte",
        lambda w: protect(w, w.vmar, USER_BASE, 0, R),
        Status.INVALID_ARGS,
        "vmar_protect/len-not-zero",
    ),
    (
        "protect in an empty region",
        lambda w: protect(w, w.region(w.vmar, OFFSET)[0], USER_BASE + OFFSET, PAGE, R),
        Status.NOT_FOUND,
        "vmar_protect/vmar-has-children",
    ),
]


def test_a_refusal_is_decided_by_the_rule_of_the_new_spelling(
    world: "World", refusal: "Refusal"
) -> None:
    world.refuses(refusal)


# What is done -----------------------------------------------------------------------


def test_allocate_old_makes_the_region_that_was_asked_for(world: "World") -> None:
    made = world.good(allocate(world, world.vmar, OFFSET, 2 * PAGE, SPECIFIC | CAN_RWX))
    region = world.object(world.out(made, "child_vmar"), VmAddressRegion)
    assert world.out(made, "child_addr") == region.base == USER_BASE + OFFSET
    assert (region.size, region.flags, region.alive) == (2 * PAGE, CAN_RWX, True)
    assert world.rights(world.out(made, "child_vmar")) == 0x801F
    assert made.syscall is zx_vmar_allocate_old
    assert made.args == (world.vmar, OFFSET, 2 * PAGE, SPECIFIC | CAN_RWX)


def test_map_old_puts_that_part_of_the_vmo_at_that_place(world: "World") -> None:
    vmo, stored = world.vmo(), world.scratch()
    made = world.call(
        zx_vmar_map_old,
        world.vmar,
        OFFSET,
        vmo,
        PAGE,
        2 * PAGE,
        RW | SPECIFIC,
        mapped_addr=Pointer(stored),
    )
    base = world.out(world.good(made), "mapped_addr")
    assert base == USER_BASE + OFFSET
    assert int.from_bytes(world.peek(stored, 8), "little") == base
    mapping = world.me.aspace.find_mapping(base)
    assert isinstance(mapping, VmMapping)
    assert mapping.vmo is world.object(vmo, VmObject)
    assert (mapping.base, mapping.size, mapping.vmo_offset) == (base, 2 * PAGE, PAGE)
    assert (mapping.perms, mapping.caps) == (RW, 7)


def test_protect_old_changes_the_permissions_of_that_range(world: "World") -> None:
    base = world.map(world.vmar, world.vmo())
    world.good(protect(world, world.vmar, base + PAGE, 2 * PAGE, R))
    perms = [world.me.aspace.find_mapping(base + page * PAGE) for page in range(4)]
    assert [mapping and mapping.perms for mapping in perms] == [RW, R, R, RW]


def test_an_old_spelling_makes_the_checks_of_the_new_one(world: "World") -> None:
    vmo = world.vmo()
    old = map_(world, world.vmar, OFFSET, vmo, 0, PAGE, R | SPECIFIC)
    new = zx_vmar_map(world.caller, world.vmar, R | SPECIFIC, OFFSET + PAGE, vmo, 0, PAGE)
    assert [rule for rule, _ in old.checks] == [rule for rule, _ in new.checks]
    assert (old.status, new.status) == (Status.OK, Status.OK)
