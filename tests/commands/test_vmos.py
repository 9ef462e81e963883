from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_vmos_lists_what_is_kept_alive_by_a_mapping_alone(session: Session) -> None:
    session.run("handle close $heap")
    (row,) = session.run("vmos").rows
    assert (row.name, row.handles, row.mappings, row.kind) == ("heap", 0, 1, "paged")
    session.run("unmap $demo.vmar $base 16K")
    assert session.run("vmos").rows == ()


def test_vmos_shows_clones_devices_and_physical_memory(session: Session, drawn: Drawer) -> None:
    session.run("$c = vmo clone $heap; $d = vmo physical 0 4K")
    session.run('write $demo $base "x"')
    rows = session.run("vmos").rows
    assert [(row.kind, row.clones, row.committed) for row in rows] == [
        ("paged", 1, 1),
        ("clone", 0, 0),
        ("physical", 0, 0),
    ]
    assert rows[1].parent == rows[0].koid
    assert drawn(session.run("vmos"))[-1] == "  physical memory  4K of 1G used"


def test_vmo_info_lists_every_place_at_which_it_is_mapped(session: Session, drawn: Drawer) -> None:
    session.run("process create other; map $other.vmar $heap --at 0x30000000 --perms r")
    result = session.run("vmo info $heap")
    assert [(row.process, row.start, row.perms) for row in result.rows] == [
        ("demo", 0x10000000, "rw-"),
        ("other", 0x30000000, "r--"),
    ]
    assert drawn(result)[0].endswith("16K, 0 of 4 pages committed, 0 clones")
    with pytest.raises(CommandError, match="is no handle of a VMO"):
        session.run("vmo info $demo")
