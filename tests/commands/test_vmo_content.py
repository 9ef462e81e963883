from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_what_is_written_to_the_vmo_is_seen_through_its_mappings(session: Session) -> None:
    session.run('vmo write $heap 0x10 "hello"')
    assert session.run("read $demo $base+0x10 5").data == b"hello"
    result = session.run("vmo read $heap 0x10 5")
    assert (result.requested, result.data) == (5, b"hello")


def test_content_moves_whole_or_not_at_all(session: Session) -> None:
    assert session.run('vmo write $heap 0x3ffe "abc"').status is Status.OUT_OF_RANGE
    result = session.run("vmo read $heap 0x3ffe 3")
    assert (result.status, result.data) == (Status.OUT_OF_RANGE, None)
    assert session.run("vmo read $heap 0x3ffe 2").data == b"\0\0"


def test_content_is_drawn_with_its_offsets(session: Session, drawn: Drawer) -> None:
    session.state.set_watch(watch=False)
    session.run('vmo write $heap 0x20 "hi"')
    lines = drawn(session.run("vmo read $heap 0x20 2"))
    assert lines[0] == "ZX_OK  zx_vmo_read   2 bytes read"
    assert lines[2].split()[:3] == ["0x20", "68", "69"]


def test_content_is_shown_as_units_as_text_and_with_what_changed(
    session: Session, drawn: Drawer
) -> None:
    session.state.set_watch(watch=False)
    session.run('vmo write $heap 0 "中文\\n"')
    assert drawn(session.run("vmo read $heap 0 8 --as u16 --group 2"))[2] == (
        "  0x0  b8e4 e6ad  8796 000a                        |中·文·..        |"
    )
    assert drawn(session.run("vmo read $heap 0 8 --as text"))[2:] == [
        "  0x0   中文\\n",
        "  0x7   \\0",
    ]
    result = session.run("vmo read $heap 0 4")
    result.answer = result.answer._replace(changed=((1, 2),))
    assert drawn(result)[2].startswith("  0x0  e4[b8]ad e6 ")


def test_commit_and_decommit_count_in_physical_memory(session: Session) -> None:
    memory = session.state.kernel.memory
    assert session.run("vmo commit $heap --offset 4K --size 4K").size == 0x1000
    assert memory.used == 1
    session.run("vmo commit $heap")
    assert memory.used == 4
    session.run("vmo decommit $heap --offset 8K")
    assert memory.used == 2


def test_data_that_the_line_does_not_carry_is_a_mistake(session: Session) -> None:
    with pytest.raises(CommandError, match="bytes that the line carries"):
        session.run("vmo write $heap 0 null")
