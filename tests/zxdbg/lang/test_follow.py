import pytest

from zxdbg import Session
from zxdbg.lang.follow import following


def after(line: str, session: Session) -> str:
    """Run a line, and return the one that goes on."""
    (parsed,) = session.iter_parsed(line)
    result = session.execute(parsed)
    return following(session.state, session.registry, parsed, result)


@pytest.mark.parametrize(
    ("line", "next_line"),
    [
        ("read $demo $base 64", "read $demo 0x10000040 64"),
        ("read $demo $base 64 --as u32", "read $demo 0x10000040 64 --as u32"),
        ("read --as=u32 $demo $base+0x10 4K", "read --as=u32 $demo 0x10001010 4K"),
        ("$x = read $demo $base 4 => ZX_OK actual=4", "read $demo 0x10000004 4"),
        ("x/4gx $base", "x/4gx 0x10000020"),
        ("x $base --process $demo", "x 0x10000040 --process $demo"),
        ("mem-read $base --size 16", "mem-read 0x10000010 --size 16"),
        ("x/s $base", "x/s 0x10000001"),
        ("peek $demo $base 8", "peek $demo 0x10000008 8"),
        ("vmo read $heap 0x10 16", "vmo read $heap 0x20 16"),
    ],
)
def test_a_command_that_reads_goes_on_at_the_next_address(
    line: str, next_line: str, staged: Session
) -> None:
    assert after(line, staged) == next_line


def test_it_goes_on_and_on(staged: Session) -> None:
    line = "read $demo $base 0x1000"
    for _ in range(3):
        line = after(line, staged)
    assert line == "read $demo 0x10003000 0x1000"
    assert after(line, staged) == ""


def test_what_was_read_in_part_goes_on_at_the_next_byte_that_can_be_read(staged: Session) -> None:
    assert after("read $demo $base+0x3ff0 32", staged) == ""
    staged.run("map $demo.vmar $heap --at 0x10006000 --offset 8K --size 8K")
    assert after("read $demo $base+0x3ff0 32", staged) == "read $demo 0x10006000 32"
    staged.run("vmo resize $heap 12K")
    assert after("read $demo $base+0x2ff0 32", staged) == "read $demo 0x10006000 32"
    staged.run("unmap $demo.vmar 0x10006000 4K")
    assert after("x/32xb $base+0x2ff0", staged) == ""


def test_the_end_of_a_vmo_ends_it(staged: Session) -> None:
    assert after("vmo read $heap 0x3ff0 16", staged) == ""


@pytest.mark.parametrize(
    "line",
    [
        'write $demo $base "x"',
        'poke $demo $base "x"',
        'vmo write $heap 0 "x"',
        "zx_process_read_memory $demo $base 4",
        "explain read $demo $base 4",
        "maps $demo",
        "read $demo 0x1000 4",
        "read $demo $base 0",
        "vmo read $heap 0 0",
        "peek $demo 0x1000 4",
        "peek $demo 0xffffffffffffffff 1",
    ],
)
def test_what_changes_or_is_refused_does_not_go_on(line: str, staged: Session) -> None:
    assert after(line, staged) == ""


def test_only_commands_that_change_nothing_say_that_they_go_on(session: Session) -> None:
    goes_on = {declared.name for declared in session.registry if declared.goes_on}
    assert goes_on == {"read", "x", "peek", "vmo read"}


def test_the_last_address_ends_it(staged: Session) -> None:
    (parsed,) = staged.iter_parsed("read $demo $base 16")
    result = staged.execute(parsed)
    parsed.args[1] = (1 << 64) - 8
    assert following(staged.state, staged.registry, parsed, result) == ""


def test_an_alias_goes_on_in_full(staged: Session) -> None:
    staged.state.shorthand = True
    staged.state.settings.aliases["top"] = "read $demo $base 4"
    assert after("top --as u16", staged) == "read $demo 0x10000004 4 --as u16"
