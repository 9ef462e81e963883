from collections.abc import Callable
from pathlib import Path

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import WINDOW, Look, line_width, styled
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_how_two_ranges_differ_is_data(session: Session) -> None:
    session.run('write $demo $base "hello"; write $demo $base+0x1000 "help!"')
    result = session.run("diff $demo $base $base+0x1000 64")
    assert result.value == 2
    assert result.fields() == {
        "differing": 2,
        "compared": 64,
        "first": 0x10000003,
        "rows": ((3, 0x10000003, 2, b"lo", b"p!"),),
        "unread": (),
        "truncated": False,
    }


def test_both_sides_are_drawn_side_by_side_with_brackets(session: Session, drawn: Drawer) -> None:
    session.run('write $demo $base "hello"; write $demo $base+0x1000 "help!"')
    session.run('write $demo $base+0x1023 "x"')
    assert drawn(session.run("diff $demo $base $base+0x1000 64")) == [
        "ZX_OK  zx_process_read_memory   3 of 64 bytes differ   the first at 0x10000003",
        "",
        "  demo  heap+0x0                        demo  heap+0x1000",
        "  0x10000000  68 65 6c[6c 6f]00 00 00   0x10001000  68 65 6c[70 21]00 00 00",
        "  *  24 bytes equal",
        "  0x10000020  00 00 00[00]00 00 00 00   0x10001020  00 00 00[78]00 00 00 00",
        "  *  24 bytes equal",
    ]


def test_equal_ranges_are_one_line(session: Session, drawn: Drawer) -> None:
    result = session.run("diff $demo $base $base+0x1000 4K")
    assert (result.differing, result.compared, result.first) == (0, 4096, None)
    assert drawn(result) == ["ZX_OK  zx_process_read_memory   4K bytes compared, all equal"]


def test_memory_is_compared_with_data_as_long_as_it_is(session: Session, drawn: Drawer) -> None:
    session.run('write $demo $base+0x10 "hello"')
    assert session.run('diff $demo $base+0x10 "hello"').differing == 0
    assert session.run("diff $demo $base+0x10 hex:68656c6d").rows == (
        (3, 0x10000013, 1, b"l", b"m"),
    )
    assert session.run("diff $demo $base+0x15 zero:8K").differing == 0
    assert drawn(session.run('diff $demo $base+0x10 "hellx"'))[2:] == [
        "  demo  heap+0x10                       the data",
        "  0x10000010  68 65 6c 6c[6f]           0x0  68 65 6c 6c[78]",
    ]


def test_memory_is_compared_with_what_was_read_before(session: Session) -> None:
    session.run('$before = read $demo $base 32; write $demo $base+4 "new"')
    result = session.run("diff $demo $base $before")
    assert [(row.offset, row.data, row.other) for row in result.rows] == [(4, b"new", b"\0\0\0")]


def test_memory_is_compared_with_a_file(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "image.bin"
    path.write_bytes(b"hello" + bytes(100))
    session.run('write $demo $base "hello"')
    assert session.run(f"diff $demo $base file:{path}").differing == 0
    path.write_bytes(b"hallo")
    assert session.run(f"diff $demo $base file:{path}").first == 0x10000001


def test_two_processes_are_compared(session: Session, drawn: Drawer) -> None:
    session.run("process create child; $clone = vmo clone $heap --offset 0 --size 16K")
    session.run("$there = map $child.vmar $clone --at 0x20000000")
    session.run('write $child $there+0x800 "mine"')
    result = session.run("diff $demo $base $there 16K --in $child")
    assert (result.differing, result.first) == (4, 0x10000800)
    assert drawn(result)[2].split() == ["demo", "heap+0x0", "child", "heap+0x0"]


def test_what_one_side_lacks_is_not_compared_and_said(session: Session, drawn: Drawer) -> None:
    session.run("vmo create 4K --name far; map $demo.vmar $far --at 0x10005000")
    session.run('write $demo $base "x"; vmo resize $heap 12K')
    result = session.run("diff $demo $base zero:28K")
    assert (result.differing, result.compared) == (1, 0x4000)
    assert [(gap.side, gap.start, gap.end, gap.reason) for gap in result.unread] == [
        ("first", 0x3000, 0x4000, "past-vmo"),
        ("first", 0x4000, 0x5000, "hole"),
        ("first", 0x6000, 0x7000, "hole"),
    ]
    assert drawn(result) == [
        "ZX_OK  zx_process_read_memory   1 of 16K bytes differ   the first at 0x10000000",
        "  12K not compared",
        "",
        "  demo  heap+0x0                        the data",
        "  0x10000000 [78]00 00 00 00 00 00 00   0x0000 [00]00 00 00 00 00 00 00",
        "  *  12280 bytes equal",
        "  ─── 4K bytes from 0x10003000 on: past the end of its VMO ───",
        "  ─── 4K bytes from 0x10004000 on: nothing mapped ───",
        "  *  4K bytes equal",
        "  ─── 4K bytes from 0x10006000 on: nothing mapped ───",
    ]


def test_data_that_is_shorter_ends_the_comparison(session: Session, drawn: Drawer) -> None:
    result = session.run("diff $demo $base hex:0000 16")
    assert (result.differing, result.compared) == (0, 2)
    assert result.unread == (("other", 2, 16, "end"),)
    assert drawn(result)[-1] == "  ─── 14 bytes from 0x2 on: the data ends ───"
    assert session.run('diff $demo $base "abcdef" 2').compared == 2


def test_lines_that_differ_alike_are_folded(session: Session, drawn: Drawer) -> None:
    session.run("write $demo $base fill:1:4K")
    lines = drawn(session.run("diff $demo $base $base+0x1000 8K"))
    assert lines[4:] == ["  *  511 more lines like it", "  *  4K bytes equal"]


def test_a_long_comparison_is_drawn_in_a_window(session: Session, drawn: Drawer) -> None:
    session.run(f"write $demo $base hex:{bytes(range(1, 251)).hex() * 4}")
    lines = drawn(session.run("diff $demo $base zero:1000"))
    assert len(lines) <= WINDOW + 4
    assert lines[-1] == "  … more from 0x100000f8 on; --json shows the stretches"


def test_every_difference_is_counted_and_not_every_stretch_is_kept(session: Session) -> None:
    session.run(f"write $demo $base hex:{'0100' * 4096}")
    result = session.run("diff $demo $base zero:16K")
    assert (result.differing, len(result.rows), result.truncated) == (4096, 1000, True)


def test_megabytes_are_compared(session: Session) -> None:
    session.run("vmo create 64M --name a; vmo create 64M --name b")
    session.run("$a = map $demo.vmar $a; $b = map $demo.vmar $b")
    session.run(
        'write $demo $a fill:7:64M; write $demo $b fill:7:64M; write $demo $a+0x3fffffe "xyz"'
    )
    result = session.run("diff $demo $a $b 64M")
    assert [(row.offset, row.data) for row in result.rows] == [(0x3FFFFFE, b"xy")]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("diff 0 $base $base 4", Status.BAD_HANDLE),
        ("diff $demo $base+16K $base 4", Status.NO_MEMORY),
        ("diff $demo $base $base+16K 4", Status.NO_MEMORY),
        ("diff $demo $base $base 4 --in $heap", Status.WRONG_TYPE),
        ("diff $demo $base 0xffffffffffffffff 64M", Status.NO_MEMORY),
    ],
)
def test_what_read_would_refuse_is_refused(session: Session, line: str, status: Status) -> None:
    result = session.run(line)
    assert result.status is status
    assert (result.differing, result.first, result.rows) == (None, None, ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("diff $demo $base $base", "wants LENGTH where both sides are memory"),
        ("diff $demo $base $base 0", "compares 1 byte to 64 MiB"),
        ("diff $demo $base zero:65M", "compares 1 byte to 64 MiB"),
        ('diff $demo $base "x" --in $demo', "--in says where an address lies"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_a_mistake(
    session: Session, line: str, message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        session.run(line)


@pytest.mark.parametrize("width", [60, 61, 80, 93, 98, 120, 135, 250])
def test_no_line_of_a_comparison_is_wider_than_the_screen(session: Session, width: int) -> None:
    session.run('vmo create 16K --name "日本語 a name that is long"; $v = map $demo.vmar $_')
    session.run('write $demo $v+3 "中文 hello"; write $demo $base "hello"')
    for line in ["diff $demo $base $v 20K", 'diff $demo $v "日本語"', "diff $demo $v+1 $base+5 99"]:
        lines = styled(draw_result(session.run(line), Look(width, session.state.labels())))
        assert max(map(line_width, lines)) <= width
        assert any("[" in text for each in lines for _, text in each)
