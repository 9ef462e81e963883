from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_write_says_what_was_asked_what_was_done_and_where_to_go_on(session: Session) -> None:
    result = session.run('write $demo $base+0x3ff0 "0123456789abcdef++++"')
    assert result.fields() == {
        "requested": 20,
        "actual": 16,
        "stopped": "hole",
        "next": 0x10004000,
    }
    assert result.value == 16


def test_read_gives_the_data_as_its_value(session: Session) -> None:
    session.run('write $demo $base "hello"')
    result = session.run("$r = read $demo $base 5")
    assert result.fields() == {
        "requested": 5,
        "actual": 5,
        "stopped": "complete",
        "next": None,
        "data": b"hello",
    }
    session.run("write $demo $base+5 $r")
    assert session.run("read $demo $base 10").data == b"hellohello"


def test_a_refused_transfer_has_only_what_was_requested(session: Session) -> None:
    result = session.run("read $demo 0x5000 4")
    assert result.status is Status.NO_MEMORY
    assert result.fields() == {
        "requested": 4,
        "actual": None,
        "stopped": None,
        "next": None,
        "data": None,
    }


@pytest.mark.parametrize("data", ["null", "@0x1000"])
def test_data_without_a_length_of_its_own_needs_one(session: Session, data: str) -> None:
    with pytest.raises(CommandError, match="needs --length N"):
        session.run(f"write $demo $base {data}")


def test_length_beyond_the_data_fails_the_probe_and_a_smaller_one_cuts(session: Session) -> None:
    assert session.run('write $demo $base "abc" --length 4').status is Status.INVALID_ARGS
    assert session.run('write $demo $base "abc" --length 2').actual == 2
    assert session.run("read $demo $base 3").data == b"ab\0"


def test_data_comes_in_every_spelling(session: Session) -> None:
    for data, expected in [
        ('"a\\x42\\n"', b"aB\n"),
        ("hex:4869", b"Hi"),
        ("fill:0x2e:3", b"..."),
        ("zero:2", b"\0\0"),
    ]:
        session.run(f"write $demo $base {data}")
        assert session.run(f"read $demo $base {len(expected)}").data == expected


def test_a_complete_write_is_one_line_and_one_on_what_it_changed(
    session: Session, drawn: Drawer
) -> None:
    assert drawn(session.run('write $demo $base+0x10 "hello"')) == [
        "ZX_OK  zx_process_write_memory   5 of 5 bytes written   heap+0x10  rw-",
        "  changed  5 bytes of heap at +0x10, 1 page committed",
    ]


def test_a_partial_write_shows_the_border_the_reason_and_the_next_line(
    session: Session, drawn: Drawer
) -> None:
    lines = drawn(session.run('write $demo $base+0x3ff0 "0123456789abcdef++++"'))
    assert lines[0] == "ZX_OK  zx_process_write_memory   16 of 20 bytes written"
    assert lines[2].split() == ["0x10003ff0", "0x10004000", "0x10004004"]
    assert "█ 16 █" in lines[4]
    assert "░ 4 ░" in lines[4]
    assert lines[5].split("│")[1:3] == [
        " heap+0x3ff0  rw-                 ",
        " nothing mapped           ",
    ]
    assert lines[7] == "  stopped  heap ends at 0x10004000, and nothing is mapped there"
    assert lines[8] == (
        '  next     write $demo 0x10004000 "++++"   (would answer ZX_ERR_NO_MEMORY)'
    )


def test_a_transfer_over_neighbours_shows_each_and_what_the_kernel_did(
    session: Session, drawn: Drawer
) -> None:
    session.run("protect $demo.vmar $base+0x1000 0x1000 r")
    lines = drawn(session.run("write $demo $base+0xff0 fill:1:0x1020"))
    assert lines[0].endswith("4128 of 4128 bytes written")
    assert lines[2].split() == ["0x10000ff0", "0x10001000", "0x10002000", "0x10002010"]
    text = " ".join(lines)
    assert "the kernel of 2018-07-23 answered ZX_OK with actual 16 here" in text


@pytest.mark.parametrize(
    ("perms", "line", "said"),
    [
        ("r", 'write $demo $base "x"', True),
        ("rw", 'write $demo $base "x"', False),
        ("none", "read $demo $base 1", True),
        ("r", "read $demo $base 1", False),
    ],
)
def test_a_transfer_against_the_permissions_says_that_they_do_not_count(
    session: Session, drawn: Drawer, perms: str, line: str, said: bool
) -> None:
    session.run(f"protect $demo.vmar $base 16K {perms}")
    text = " ".join(" ".join(drawn(session.run(line))).split())
    assert ("a debugger's transfer asks the handle's rights, not that" in text) is said


def test_a_read_shows_its_border_in_the_dump_and_then_why_it_stopped(
    session: Session, drawn: Drawer
) -> None:
    lines = drawn(session.run("read $demo $base+0x3ff0 32"))
    assert lines[0] == "ZX_OK  zx_process_read_memory   16 of 32 bytes read"
    assert [line.strip()[:9] for line in lines[2:5]] == ["0x10003ff", "─" * 9, "0x1000400"]
    assert lines[6] == "  stopped  heap ends at 0x10004000, and nothing is mapped there"
    assert lines[7].startswith("  next     read $demo 0x10004000 16")
    assert len(lines) == 8


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("read $demo $base 16", 0x10000000),
        ("peek $demo $base 16", 0x10000000),
        ("vmo read $heap 0 16", 0),
        ("x/16xb $base", 0x10000000),
    ],
)
def test_bytes_that_the_last_command_changed_are_marked(
    session: Session, drawn: Drawer, line: str, first: int
) -> None:
    session.state.set_watch(watch=True)
    session.run('write $demo $base "abcdef"')
    session.run('write $demo $base "abXYef"; maps $demo')
    for _ in range(2):
        result = session.run(line)
        assert result.answer.changed == ((first + 2, first + 4),)
        assert any("61 62[58 59]65 66" in row for row in drawn(result))
    session.run('write $demo $base+0x100 "x"')
    assert session.run(line).answer.changed == ()
    session.state.set_watch(watch=False)
    session.run('write $demo $base "Q"')
    assert session.run(line).answer.changed == ()


def test_bytes_that_could_not_be_read_are_question_marks(session: Session, drawn: Drawer) -> None:
    session.state.set_watch(watch=False)
    session.run('write $demo $base+0x3ff0 "0123456789abcdef"')
    lines = drawn(session.run("read $demo $base+0x3ff0 24"))
    dump = [line for line in lines if "|" in line or "─ " in line]
    assert dump == [
        "0x10003ff0  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
        "─────────── heap ends; nothing mapped ───────────",
        "0x10004000  ?? ?? ?? ?? ?? ?? ?? ??                           |                |",
    ]


def test_a_read_is_shown_as_units_with_what_could_not_be_read(
    session: Session, drawn: Drawer
) -> None:
    session.state.set_watch(watch=False)
    session.run("write $demo $base+0x3ff0 hex:0102030405060708090a0b0c0d0e0f10")
    lines = drawn(session.run("read $demo $base+0x3ff2 24 --as u32"))
    assert [line for line in lines if "|" in line or "─ " in line] == [
        "  0x10003ff2  06050403 0a090807  0e0d0c0b ????????  |..............  |",
        "  ─────────── heap ends; nothing mapped ───────────",
        "  0x10004002  ???????? ????????                     |                |",
    ]


def test_a_read_is_shown_as_text(session: Session, drawn: Drawer) -> None:
    session.state.set_watch(watch=False)
    session.run('write $demo $base+0x3ff0 "one\\ntwo 中文\\n"')
    lines = drawn(session.run("read $demo $base+0x3ff0 24 --as text"))
    assert lines[2:7] == [
        "  0x10003ff0   one\\n",
        "  0x10003ff4   two 中文\\n",
        "  0x10003fff   \\0",
        "  ─────────── heap ends; nothing mapped ───────────",
        "  0x10004000   ??  8 bytes not read",
    ]


def test_the_next_step_names_the_status_that_it_would_get(session: Session, drawn: Drawer) -> None:
    session.run("vmo resize $heap 8K")
    lines = drawn(session.run('write $demo $base+0x1ffe "abcd"'))
    assert '  next     write $demo 0x10002000 "cd"   (would answer ZX_ERR_NO_MEMORY)' in lines


def test_how_a_read_is_shown_is_no_part_of_its_data(session: Session) -> None:
    plain, words = (session.run(f"read $demo $base 16{how}") for how in ("", " --as u64"))
    assert plain.fields() == words.fields()


def test_what_changed_is_marked_in_a_read(session: Session, drawn: Drawer) -> None:
    session.run('write $demo $base "hello"')
    result = session.run("read $demo $base 16")
    result.answer = result.answer._replace(changed=((0x10000001, 0x10000003),))
    assert drawn(result)[-2:] == [
        "0x10000000  68[65 6c]6c 6f 00 00 00  00 00 00 00 00 00 00 00  |hello...........|",
        "  [ ] is what the last command that changed memory changed",
    ]


def test_a_large_read_is_drawn_in_a_window_that_all_opens(session: Session, drawn: Drawer) -> None:
    session.run(f"write $demo $base hex:{bytes(range(250)).hex() * 20}; vmo resize $heap 20K")
    assert drawn(session.run("read $demo $base 4K"))[-1] == (
        "… 2K bytes more from 0x10000800 on; --all shows them"
    )
    assert len(drawn(session.run("read $demo $base 4K --all"))) == 2 + 256


def test_a_refusal_names_the_rule_the_facts_and_a_next_step(
    session: Session, drawn: Drawer
) -> None:
    assert drawn(session.run('write $demo $base+0x4000 "x"')) == [
        "ZX_ERR_NO_MEMORY (-4)  zx_process_write_memory   nothing written",
        "",
        "  rule 7 of 15   vaddr lies in a mapping of the process",
        "                 0x10004000 lies in no mapping of demo; nearest: heap ends just",
        "                 below it",
        "  see            explain · maps $demo · help ZX_ERR_NO_MEMORY",
    ]


@pytest.mark.parametrize(
    ("setup", "line", "said"),
    [
        ("kill $demo", 'write $demo $base "x"', "answered ZX_ERR_NO_MEMORY here"),
        (
            "$d = vmo physical 0 4K; $m = map $demo.vmar $d",
            'write $demo $m "x"',
            "answered ZX_ERR_NOT_SUPPORTED here",
        ),
        (
            "$l = map $demo.vmar $heap --size 32K",
            "read $demo $l+16K 1",
            "answered ZX_ERR_OUT_OF_RANGE here",
        ),
    ],
)
def test_where_a_difference_changes_the_answer_one_line_says_so(
    session: Session, drawn: Drawer, setup: str, line: str, said: str
) -> None:
    session.run(setup)
    assert any(said in each for each in drawn(session.run(line)))


def test_under_the_kernel_profile_the_line_quotes_the_page(session: Session, drawn: Drawer) -> None:
    session.run("profile kernel; kill $demo")
    lines = drawn(session.run("read $demo $base 1"))
    assert any("the page says ZX_ERR_BAD_STATE here" in line for line in lines)
