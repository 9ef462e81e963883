from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.fork import Fork
from zxdbg.kernel.journal import Journal, Record, Span, span_of
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import VmMapping
from zxdbg.kernel.vmo import VmObject

PAGE = 4096
BASE = 0x1000_0000

NewVmo = Callable[[int], VmObject]


@pytest.fixture
def journal(kernel: Kernel) -> Journal:
    kernel.watch(watch=True)
    assert kernel.journal is not None
    return kernel.journal


def test_a_kernel_has_a_journal_only_while_somebody_looks(kernel: Kernel) -> None:
    assert kernel.journal is None
    kernel.watch(watch=True)
    first = kernel.journal
    kernel.watch(watch=True)
    assert kernel.journal is first
    kernel.watch(watch=False)
    assert kernel.journal is None


def test_a_page_is_noted_once_and_keeps_what_it_held(journal: Journal, new_vmo: NewVmo) -> None:
    vmo = new_vmo(2 * PAGE)
    vmo.write(0, b"before")
    journal.begin()
    vmo.write(0, b"middle")
    vmo.write(0, b"after!")
    assert list(journal.now.vmos[vmo].pages) == [0]
    assert journal.now.read(vmo, 0, 6) == b"before"
    assert vmo.read(0, 6) == b"after!"


def test_pages_owned_before_the_journal_began_are_not_changed_in_place(
    kernel: Kernel, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    vmo.write(0, b"old")
    kernel.watch(watch=True)
    vmo.write(0, b"new")
    assert kernel.journal is not None
    assert kernel.journal.now.read(vmo, 0, 3) == b"old"


def test_a_page_is_copied_once_a_command_and_then_written_in_place(
    journal: Journal, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    journal.begin()
    vmo.write(0, b"1")
    page = vmo.pages.table[0]
    vmo.write(1, b"2")
    assert vmo.pages.table[0] is page
    journal.begin()
    vmo.write(2, b"3")
    assert vmo.pages.table[0] is not page
    assert bytes(page[:3]) == b"12\0"


def test_a_bulk_write_keeps_references_and_copies_nothing(
    journal: Journal, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(512 * PAGE)
    vmo.write(0, bytes(512 * PAGE))
    held = dict(vmo.pages.table)
    journal.begin()
    vmo.write(0, b"\1" * (512 * PAGE))
    noted = journal.now.vmos[vmo].pages
    assert all(noted[index] is page for index, page in held.items())


def test_a_command_that_touches_nothing_keeps_the_last_record(
    journal: Journal, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    journal.begin()
    vmo.write(0, b"x")
    record = journal.latest
    journal.begin()
    journal.begin()
    assert not journal.now
    assert journal.latest is journal.last is record
    vmo.write(0, b"y")
    assert journal.latest is journal.now


def test_what_stays_the_same_is_not_noted(journal: Journal, new_vmo: NewVmo) -> None:
    vmo = new_vmo(PAGE)
    journal.begin()
    vmo.read(0, PAGE)
    vmo.resize(PAGE)
    vmo.decommit(0, 1)
    assert not journal.now


def test_a_clone_is_read_through_its_parents_as_they_were(
    journal: Journal, new_vmo: NewVmo
) -> None:
    parent = new_vmo(4 * PAGE)
    parent.write(PAGE, b"parent")
    child = parent.clone(PAGE, 2 * PAGE, resizable=True)
    child.handles += 1
    journal.begin()
    parent.write(PAGE, b"PARENT")
    parent.resize(PAGE)
    assert journal.now.read(child, 0, 6) == b"parent"
    assert child.read(0, 6) == bytes(6)
    assert journal.now.touches(child)
    assert not journal.now.touches(new_vmo(PAGE))


def test_a_vmo_that_is_released_keeps_its_size_parent_and_pages(
    journal: Journal, new_vmo: NewVmo
) -> None:
    parent = new_vmo(PAGE)
    parent.write(0, b"p")
    child = parent.clone(0, PAGE, resizable=True)
    journal.begin()
    child.release()
    assert child.parent is None
    assert journal.now.vmos[child].parent is parent
    assert journal.now.read(child, 0, 1) == b"p"


def test_mappings_are_noted_where_they_were(
    journal: Journal, process: Process, new_vmo: NewVmo
) -> None:
    vmo, root = new_vmo(4 * PAGE), process.aspace.root
    mapping = VmMapping(BASE, 4 * PAGE, vmo, 0, 3, 7)
    root.insert(mapping)
    assert journal.now.regions == {mapping: None}
    journal.begin()
    right = mapping.split(BASE + PAGE)
    mapping.remove()
    assert journal.now.regions == {
        mapping: Span(root, BASE, BASE + 4 * PAGE, vmo, 0, 3),
        right: None,
    }
    assert span_of(right) == Span(root, BASE + PAGE, BASE + 4 * PAGE, vmo, PAGE, 3)


def test_regions_are_noted_when_they_come_and_go(journal: Journal, process: Process) -> None:
    box = process.aspace.root.allocate(BASE, 4 * PAGE, 0)
    assert journal.now.regions == {box: None}
    journal.begin()
    box.destroy()
    assert journal.now.regions == {box: Span(process.aspace.root, BASE, BASE + 4 * PAGE)}


def test_a_copy_of_the_kernel_has_no_journal_and_does_not_disturb_this_one(
    kernel: Kernel, journal: Journal, new_vmo: NewVmo
) -> None:
    vmo = new_vmo(PAGE)
    vmo.write(0, b"old")
    journal.begin()
    vmo.write(0, b"new")
    fork = Fork(kernel)
    assert fork.of(kernel).journal is None
    fork.of(vmo).write(0, b"her")
    vmo.write(0, b"own")
    assert journal.now.read(vmo, 0, 3) == b"old"
    assert list(journal.now.vmos) == [vmo]


def test_a_record_knows_what_the_command_itself_made(kernel: Kernel, new_vmo: NewVmo) -> None:
    old = new_vmo(PAGE)
    record = Record(kernel.newest_koid)
    assert not record.is_new(old)
    assert record.is_new(new_vmo(PAGE))
