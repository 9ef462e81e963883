"""Which bytes are marked; test_changes.py holds the marks against a copy, at random."""

import pytest

from zxdbg import Session
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmo import VmObject
from zxdbg.marks import Ranges, changed_in_vmo, changed_ranges, difference

BASE = 0x1000_0000


@pytest.fixture
def watched() -> Session:
    session = Session()
    session.state.set_watch(watch=True)
    session.run("process create demo; vmo create 16K --name heap")
    session.run("$base = map $demo.vmar $heap --at 0x10000000 --perms rw")
    return session


def marks(session: Session, address: int, length: int) -> Ranges:
    """Read from demo, and say what is marked, from `address` on."""
    data = session.run(f"read $demo {address:#x} {length}").data
    process = session.state.object_of(session.value("demo"))
    assert isinstance(process, Process)
    found = changed_ranges(session.state, process, address, data)
    return tuple((start - address, end - address) for start, end in found)


def test_a_difference_is_zero_where_two_buffers_agree() -> None:
    assert difference(b"abc", memoryview(b"aXc")) == b"\0\x3a\0"


def test_marks_are_the_bytes_that_differ_and_not_all_that_were_written(watched: Session) -> None:
    watched.run('write $demo $base "hello world"')
    assert marks(watched, BASE, 16) == ((0, 11),)
    watched.run('write $demo $base "hellO worLd"')
    assert marks(watched, BASE, 16) == ((4, 5), (9, 10))


def test_marks_stay_until_a_command_touches_memory_or_mappings(watched: Session) -> None:
    watched.run('write $demo $base "x"')
    for line in ("maps $demo", "names", 'explain write $demo $base "y"', 'write $demo 0 "z"'):
        watched.run(line)
        assert marks(watched, BASE, 4) == ((0, 1),)
    watched.run('write $demo $base "x"')
    assert marks(watched, BASE, 4) == ()


def test_marks_go_on_over_pages_without_a_seam(watched: Session) -> None:
    watched.run("write $demo $base+1 fill:7:12000")
    assert marks(watched, BASE, 0x4000) == ((1, 12001),)


def test_another_mapping_and_a_clone_show_the_same_marks(watched: Session) -> None:
    watched.run("$twin = vmo clone $heap --offset 4K; map $demo.vmar $twin --at 0x20000000")
    watched.run("map $demo.vmar $heap --at 0x30000000 --offset 4K --size 8K")
    watched.run('vmo write $heap 0x1004 "shared"')
    assert marks(watched, 0x2000_0000, 64) == ((4, 10),)
    assert marks(watched, 0x3000_0000, 64) == ((4, 10),)
    assert marks(watched, BASE + 0x1000, 64) == ((4, 10),)
    watched.run('vmo write $twin 0 "own"')
    assert marks(watched, 0x2000_0000, 64) == ((0, 3),)
    assert marks(watched, BASE + 0x1000, 64) == ()


def test_a_page_that_is_decommitted_is_marked_where_it_was_not_zero(watched: Session) -> None:
    watched.run('vmo write $heap 2 "ab"')
    watched.run("vmo decommit $heap")
    assert marks(watched, BASE, 16) == ((2, 4),)


def test_what_was_not_there_before_has_no_marks(watched: Session) -> None:
    watched.run('vmo write $heap 0 "old"; vmo resize $heap 4K')
    watched.run("vmo resize $heap 16K")
    assert marks(watched, BASE, 0x4000) == ()
    watched.run("map $demo.vmar $heap --at 0x20000000")
    assert marks(watched, 0x2000_0000, 16) == ()


def test_memory_that_another_mapping_took_over_is_held_against_the_old_one(
    watched: Session,
) -> None:
    watched.run('vmo create 4K --name other; vmo write $other 0 "abXd"; vmo write $heap 4K "abcd"')
    watched.run("map $demo.vmar $other --at 0x10001000 --overwrite")
    assert marks(watched, BASE + 0x1000, 16) == ((2, 3),)


def test_a_split_by_protect_marks_nothing(watched: Session) -> None:
    watched.run('vmo write $heap 0 "abcd"')
    watched.run("protect $demo.vmar $base+4K 4K r")
    assert marks(watched, BASE, 0x4000) == ()


def test_nothing_is_marked_when_nobody_looked() -> None:
    session = Session()
    session.run("process create demo; vmo create 16K --name heap")
    session.run('map $demo.vmar $heap --at 0x10000000; write $demo 0x10000000 "x"')
    assert marks(session, BASE, 4) == ()
    heap = session.state.object_of(session.value("heap"))
    assert isinstance(heap, VmObject)
    assert changed_in_vmo(session.state, heap, 0, b"x") == ()


def test_a_vmo_has_marks_by_offset(watched: Session) -> None:
    watched.run('vmo write $heap 0x1ffe "abcd"')
    heap = watched.state.object_of(watched.value("heap"))
    assert isinstance(heap, VmObject)
    data = watched.run("vmo read $heap 0x1ff0 32").data
    assert changed_in_vmo(watched.state, heap, 0x1FF0, data) == ((0x1FFE, 0x2002),)
    watched.run('vmo create 4K --name other; vmo write $other 0 "x"')
    assert changed_in_vmo(watched.state, heap, 0x1FF0, data) == ()
