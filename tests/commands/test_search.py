from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import WINDOW, Look, line_width, styled
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_what_is_found_is_data(session: Session) -> None:
    session.run('write $demo $base+0xffe "hello world, hello zircon"')
    result = session.run('find $demo "hello"')
    assert result.value == 0x10000FFE
    assert result.fields() == {
        "address": 0x10000FFE,
        "matches": 2,
        "rows": (
            (0x10000FFE, 1, "heap", 1032, 0xFFE, "rw-", b"hello world, hel"),
            (0x1000100B, 1, "heap", 1032, 0x100B, "rw-", b"hello zircon\0\0\0\0"),
        ),
        "searched": 0x4000,
        "skipped": (),
        "truncated": False,
        "pattern": "68656c6c6f",
    }


def test_nothing_found_is_an_answer(session: Session, drawn: Drawer) -> None:
    result = session.run('find $demo "absent"')
    assert (result.status, result.matches, result.address) == (Status.OK, 0, None)
    assert drawn(result) == [
        "ZX_OK  zx_process_read_memory   no matches in 16K searched",
        "  pattern  text, 6 bytes: 61 62 73 65 6e 74",
    ]


def test_the_address_of_the_first_match_is_a_name_for_later_lines(session: Session) -> None:
    session.run('write $demo $base+0x123 "hello"; $hit = find $demo "hello"')
    assert session.run("read $demo $hit 5").data == b"hello"


def test_matches_are_drawn_with_brackets_and_where_they_lie(
    session: Session, drawn: Drawer
) -> None:
    session.run('write $demo $base+0x10 "hello"; write $demo $base+0x20 "中文"')
    assert drawn(session.run('find $demo "ello"')) == [
        "ZX_OK  zx_process_read_memory   1 match in 16K searched",
        "  pattern  text, 4 bytes: 65 6c 6c 6f",
        "",
        "  0x10000011 [65 6c 6c 6f]00 00 00 00  |ello....|  heap+0x11  rw-",
    ]
    assert drawn(session.run('find $demo "文"'))[3] == (
        "  0x10000023 [e6 96 87]00 00 00 00 00  |文·.....|  heap+0x23  rw-"
    )


def test_a_number_says_what_it_was_taken_for(session: Session, drawn: Drawer) -> None:
    session.run("write $demo $base+8 hex:7856341200000000")
    assert drawn(session.run("find $demo 0x12345678"))[:2] == [
        "ZX_OK  zx_process_read_memory   1 match in 16K searched",
        "  pattern  u32 0x12345678, little endian: 78 56 34 12",
    ]


def test_a_match_lies_across_mappings_that_touch_but_never_across_a_hole(
    session: Session,
) -> None:
    session.run("vmo create 8K --name code; map $demo.vmar $code --at 0x10004000 --perms r")
    session.run('vmo write $heap 0x3ffe "he"; vmo write $code 0 "llo"; vmo write $code 0x1ffe "he"')
    session.run("vmo create 4K --name far; map $demo.vmar $far --at 0x10007000")
    session.run('vmo write $far 0 "llo"')
    result = session.run('find $demo "hello"')
    assert [row.address for row in result.rows] == [0x10003FFE]
    assert result.searched == 0x7000
    session.run("unmap $demo.vmar 0x10005000 4K")
    session.run("map $demo.vmar $code --offset 4K --size 4K --at 0x10006000")
    result = session.run('find $demo "hello"')
    assert [row.address for row in result.rows] == [0x10003FFE, 0x10006FFE]


def test_what_cannot_be_read_is_said_with_the_reason(session: Session, drawn: Drawer) -> None:
    session.run("$long = map $demo.vmar $heap --size 32K --at 0x20000000")
    session.run("$dev = vmo physical 0xfee00000 4K; map $demo.vmar $dev --at 0x30000000")
    result = session.run('find $demo "x"')
    assert [(each.start, each.end, each.reason) for each in result.skipped] == [
        (0x20004000, 0x20008000, "past-vmo"),
        (0x30000000, 0x30001000, "uncached"),
    ]
    assert result.searched == 0x8000
    assert drawn(result)[2:] == [
        "  skipped  0x20004000 to 0x20008000, 16K of heap: past the end of its VMO",
        "  skipped  0x30000000 to 0x30001000, 4K of VMO 1033: not cacheable",
    ]


def test_a_part_of_memory_can_be_searched(session: Session) -> None:
    session.run('write $demo $base "ab"; write $demo $base+0x2000 "ab"')
    assert session.run('find $demo "ab" --at $base+1').address == 0x10002000
    result = session.run('find $demo "ab" --at $base --size 0x2001')
    assert (result.matches, result.searched) == (1, 0x2001)
    assert session.run(
        'find $demo "ab" --at 0xffffffffffffffff => ZX_OK',
    ).status


def test_permissions_choose_mappings(session: Session, drawn: Drawer) -> None:
    session.run('write $demo $base "ab"; write $demo $base+0x2000 "ab"')
    session.run("protect $demo.vmar $base 4K r")
    result = session.run('find $demo "ab" --perms rw?')
    assert [row.address for row in result.rows] == [0x10002000]
    assert drawn(result)[-1] == "  skipped  4K with other permissions"
    result = session.run('find $demo "ab" --perms r?x')
    assert (result.status, result.matches, result.searched) == (Status.OK, 0, 0)


def test_matches_that_follow_each_other_are_one_row(session: Session, drawn: Drawer) -> None:
    session.run('write $demo $base+0x1000 "x"')
    result = session.run("find $demo u32:0 --align 4")
    assert [(row.address, row.matches) for row in result.rows] == [
        (0x10000000, 1024),
        (0x10001004, 3071),
    ]
    assert result.matches == 4095
    lines = drawn(result)
    assert lines[4] == "  *  1023 more, one every 4 bytes up to 0x10000ffc"
    assert drawn(session.run("find $demo u8:0"))[4] == (
        "  *  4095 more, one every byte up to 0x10000fff"
    )


def test_a_limit_ends_the_search_and_says_how_to_go_on(session: Session, drawn: Drawer) -> None:
    session.run('write $demo $base "ab.ab.ab.ab"')
    result = session.run('find $demo "ab" --limit 2')
    assert (result.matches, result.truncated, result.searched) == (2, True, 6)
    assert drawn(result)[-1] == (
        "  stopped  after 2 rows; --limit N finds more, --at 0x10000004 goes on"
    )
    assert session.run('find $demo "ab" --limit 4').truncated is False
    assert session.run('find $demo "ab" --limit 0').truncated is True
    assert session.run(f'find $demo "ab" --limit {2**64 - 1}').matches == 4


def test_many_rows_are_drawn_in_a_window(session: Session, drawn: Drawer) -> None:
    session.run(f"write $demo $base hex:{'61622e' * 100}")
    lines = drawn(session.run('find $demo "ab"'))
    assert sum(line.startswith("  0x") for line in lines) == WINDOW
    assert lines[-1] == "  … 68 more rows; --json shows them all"


def test_a_terabyte_that_nobody_wrote_to_is_searched_and_stays_uncommitted(
    session: Session,
) -> None:
    session.run("vmo create 1T --name huge; $h = map $demo.vmar $huge --at 0x40000000000")
    session.run('write $demo $h+512G "needle"')
    used = session.state.kernel.memory.used
    assert session.run('find $demo "needle"').address == 0x48000000000
    assert session.run("find $demo zero:4K --align 4K --at $h").matches == 2**28 - 1
    assert session.state.kernel.memory.used == used


def test_the_rights_of_the_handle_count(session: Session, drawn: Drawer) -> None:
    session.run("$weak = handle duplicate $demo --rights ZX_RIGHT_READ")
    result = session.run('find $weak "x"')
    assert result.status is Status.ACCESS_DENIED
    assert (result.matches, result.searched, result.address, result.rows) == (None, None, None, ())
    assert drawn(result)[0].startswith("ZX_ERR_ACCESS_DENIED (-30)  zx_process_read_memory")


@pytest.mark.parametrize(
    ("setup", "line", "status"),
    [
        ("", 'find 0 "x"', Status.BAD_HANDLE),
        ("", 'find $heap "x"', Status.WRONG_TYPE),
        ("kill $demo", 'find $demo "x"', Status.BAD_STATE),
        ("unmap $demo.vmar $base 16K", 'find $demo "x"', Status.NO_MEMORY),
        ("", 'find $demo "x" --at 0x20000000 --size 4K', Status.NO_MEMORY),
    ],
)
def test_what_read_would_refuse_is_refused(
    session: Session, setup: str, line: str, status: Status
) -> None:
    if setup:
        session.run(setup)
    assert session.run(line).status is status


def test_a_step_of_zero_is_a_mistake(session: Session) -> None:
    with pytest.raises(CommandError, match="--align 0 is no step"):
        session.run('find $demo "x" --align 0')


@pytest.mark.parametrize("width", [60, 61, 80, 100, 120, 250])
def test_no_line_of_a_search_is_wider_than_the_screen(session: Session, width: int) -> None:
    session.run('vmo create 16K --name "日本語 a name that is long" ; $v = map $demo.vmar $_')
    session.run('write $demo $v+0x10 "hello"; write $demo $base "hello"')
    session.run("$long = map $demo.vmar $heap --size 32K")
    for line in [
        'find $demo "hello"',
        "find $demo u16:0 --align 2",
        "find $demo zero:64 --limit 1",
    ]:
        lines = styled(draw_result(session.run(line), Look(width, session.state.labels())))
        assert max(map(line_width, lines)) <= width
