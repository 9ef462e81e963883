import contextlib

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.judge import Trouble, judge
from zxdbg.lang.look import Looker


def troubles(text: str, session: Session) -> list[Trouble]:
    """Judge a text; a bar at its end is the cursor."""
    typed = text.removesuffix("|")
    cursor = len(typed) if typed != text else None
    return judge(Looker(session.state, session.registry), typed, cursor)


def words(text: str, session: Session) -> list[tuple[str, str]]:
    """Return each place that is wrong, with what is wrong there."""
    return [(text[each.start : each.end], each.message) for each in troubles(text, session)]


@pytest.fixture
def stage(staged: Session) -> Session:
    """More names: `$ro` of demo may only be read, `$gone` is closed, `$flat` may be mapped to
    be read, `$box` has no right to execute."""
    staged.run("$ro = handle duplicate $demo --rights ZX_RIGHT_READ")
    staged.run("$gone = handle duplicate $heap")
    staged.run("handle close $gone")
    staged.run("$flat = handle duplicate $heap --rights ZX_RIGHT_READ|ZX_RIGHT_MAP")
    staged.run("$box = handle duplicate $demo.vmar --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE")
    return staged


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        (
            'write $nope 0x1000 "x"',
            "$nope",
            "no such name: $nope; names lists those there are",
        ),
        ("vmo resize $heap 4Q", "4Q", "not a number or a name: 4Q"),
        ("wri $demo", "wri", "no such command: wri; nearest: write"),
        ("vmo crate 4K", "crate", "no such command: vmo crate; nearest: create"),
        (
            "map $demo.vmar $heap --prems r",
            "--prems",
            "map has no option --prems; nearest: --perms",
        ),
        ('print "abc', '"abc', 'the string is not closed; end it with "'),
    ],
)
def test_a_mistake_is_what_running_the_line_would_say(
    line: str, place: str, message: str, stage: Session
) -> None:
    found = troubles(line, stage)
    assert found
    assert found[0].is_mistake
    assert line[found[0].start : found[0].end] == place
    assert found[0].message.startswith(message)


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ('write $ro $base "x"', "$ro", "$ro lacks ZX_RIGHT_WRITE, which write needs"),
        ("read $ro $base 4", "$ro", "$ro lacks ZX_RIGHT_WRITE, which read needs"),
        ('write $heap $base "x"', "$heap", "$heap is a VMO handle; write wants a process"),
        (
            "kill $heap",
            "$heap",
            "$heap is a VMO handle; kill wants a process, a job or a thread",
        ),
        ("vmo resize $gone 4K", "$gone", "$gone is not, or no longer, a handle of zxdbg"),
        ("vmo resize 0x1234 4K", "0x1234", "0x1234 is not, or no longer, a handle of zxdbg"),
        ("vmo resize 0 4K", "0", "0 is no handle"),
        (
            'write $demo 0x20000000 "x"',
            "0x20000000",
            "0x20000000 is mapped nowhere in demo; heap ends at 0x10004000",
        ),
        (
            "peek $demo 0x1000 4",
            "0x1000",
            "0x1000 is mapped nowhere in demo; heap begins at 0x10000000",
        ),
        (
            "protect $demo.vmar $base+16K 4K r",
            "$base+16K",
            "$base+16K is mapped nowhere in $demo.vmar; heap ends at 0x10004000",
        ),
        ("maps $heap", "$heap", "$heap is a VMO handle; maps wants a process"),
        ("maps 99", "99", "99 is neither a handle of the caller nor the koid of a process"),
        (
            "zx_vmo_write $ro hex:00 0 1",
            "$ro",
            "$ro is a process handle; zx_vmo_write wants a VMO",
        ),
        ("explain write $ro $base 1", "1", "1 is not data"),
        ("map $demo.vmar $flat --perms rw", "$flat", "$flat lacks ZX_RIGHT_WRITE, which map needs"),
        ("map $demo.vmar $flat", "$flat", "$flat lacks ZX_RIGHT_WRITE, which map needs"),
        (
            "zx_vmar_map $demo.vmar ZX_VM_PERM_READ|ZX_VM_PERM_WRITE 0 $flat 0 4K",
            "$flat",
            "$flat lacks ZX_RIGHT_WRITE, which zx_vmar_map needs",
        ),
        ("protect $box $base 4K rx", "$box", "$box lacks ZX_RIGHT_EXECUTE, which protect needs"),
    ],
)
def test_what_the_kernel_would_refuse_is_said_before_it_is_asked(
    line: str, place: str, message: str, stage: Session
) -> None:
    found = words(line, stage)
    assert len(found) == 1
    assert found[0][0] == place
    assert found[0][1].startswith(message)
    with contextlib.suppress(CommandError):
        assert stage.run(line).trouble, "it went well in the end"


@pytest.mark.parametrize(
    "line",
    [
        "write $demo $base hex:00",
        "map $demo.vmar $flat --perms r",
        "vmar allocate $box 4K --can rw",
        "read $demo $base 99999",
        "map $demo.vmar $heap --at 0x20000000",
        "unmap $demo.vmar 0x20000000 4K",
        "maps $demo --at 0x1",
        "handle close 0",
        "vmo physical 0xfee00000 4K",
        "print $gone",
        'write $ro $base "x" => ZX_ERR_ACCESS_DENIED',
        "thread create $demo --name x",
        "",
        "# nothing",
    ],
)
def test_what_is_right_or_expected_is_no_trouble(line: str, stage: Session) -> None:
    assert words(line, stage) == []


@pytest.mark.parametrize(
    "line",
    [
        "wri|",
        "vmo cr|",
        "write $de|",
        "write $|",
        "map $demo.vmar $heap --pe|",
        "map $demo.vmar $heap --perms |",
        "write $demo 0x1000|",
        "write $demo $base+|",
        "write $demo 0x|",
        'write $demo $base "abc|',
        "write $demo $base hex:4|",
        "write $demo $base fill:0xff:|",
        "handle duplicate $demo --rights ZX_RIGHT_READ|ZX_RIGHT_WR|",
        'write $demo $base "x" => ZX_ERR_NO|',
        "maps $demo --perms r|",
        "$x =|",
        "write |",
    ],
)
def test_a_word_that_can_become_right_is_left_in_peace(line: str, stage: Session) -> None:
    assert troubles(line, stage) == []


@pytest.mark.parametrize("line", ["wrx|", "write $nope|", "write $ro|", "peek $demo 0x2|"])
def test_a_word_that_cannot_is_shown_at_once(line: str, stage: Session) -> None:
    assert len(troubles(line, stage)) == 1


def test_names_that_the_text_itself_binds_are_no_mistakes(session: Session) -> None:
    text = "process create p; $m = vmo create 4K\nmap $p.vmar $m\nvmo resize $q 4K"
    assert [place for place, _ in words(text, session)] == ["$q"]


def test_only_the_first_command_is_foreseen(stage: Session) -> None:
    assert words("handle close $heap; write $ro 0 hex:00", stage) == []


def test_places_count_from_the_beginning_of_the_text(stage: Session) -> None:
    (found,) = troubles("print 1\nvmo resize \\\n  $nope 4K", stage)
    assert (found.start, found.end) == (23, 28)


def test_judging_makes_no_syscall_and_changes_nothing(stage: Session) -> None:
    calls = list(stage.state.calls)
    last = stage.state.last
    troubles('write $ro 0x1000 "x"', stage)
    assert stage.state.calls == calls
    assert stage.state.last is last
