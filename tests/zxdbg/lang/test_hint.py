import pytest

from zxdbg import Session
from zxdbg.lang.hint import hint
from zxdbg.lang.look import Looker


def shown(text: str, session: Session, width: int = 120, cursor: int | None = None) -> str:
    looker = Looker(session.state, session.registry)
    pieces = hint(looker, text, len(text) if cursor is None else cursor, width)
    return "".join(text for _, text in pieces)


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        (
            "write ",
            120,
            "write <PROCESS> ADDRESS DATA [--length LENGTH]   "
            "Handle of the process; needs ZX_RIGHT_WRITE",
        ),
        (
            "write ",
            80,
            "write <PROCESS> ADDRESS DATA …   Handle of the process; needs ZX_RIGHT_WRITE",
        ),
        ("write ", 60, "write <PROCESS> …   Handle of the process; needs ZX_RIGHT_W…"),
        (
            "write $demo ",
            80,
            "write PROCESS <ADDRESS> DATA [--length LENGTH]   First address in that process",
        ),
        (
            "vmo resize $heap ",
            120,
            "vmo resize VMO <SIZE>   Bytes, rounded up to whole pages "
            "(a size in bytes, such as 4096 or 16K)",
        ),
        (
            "map $demo.vmar $heap --perms",
            120,
            "map VMAR VMO <--perms PERMS> …   "
            "What the process itself may do there; read and write ignore it",
        ),
        (
            "zx_process_read_memory $demo $base 4 ",
            200,
            "zx_process_read_memory HANDLE VADDR LENGTH [--buffer PLACE] [--actual PLACE]   "
            "Read memory of a process",
        ),
        ("write", 60, "write PROCESS ADDRESS DATA [--length LENGTH]"),
        ("vmo ", 60, "vmo <create|clone|resize|physical|cache-policy|read|write|c…"),
        (
            'write $demo $base "x" => ',
            80,
            "=> ZX_OK or another status, then requested= actual= stopped= next=",
        ),
        ("explain vmo resize ", 60, "vmo resize <VMO> …   Handle of the VMO; needs ZX_RIGHT_WRITE"),
    ],
)
def test_the_signature_has_the_argument_at_the_cursor_in_brackets(
    text: str, width: int, line: str, staged: Session
) -> None:
    assert shown(text, staged, width) == line


def test_a_trouble_is_said_instead(staged: Session) -> None:
    assert (
        shown("write $nope ", staged) == "mistake: no such name: $nope; names lists those there are"
    )
    staged.run("$ro = handle duplicate $demo --rights ZX_RIGHT_READ")
    line = "would fail: $ro lacks ZX_RIGHT_WRITE, which write needs"
    assert shown("write $ro ", staged, 60) == line


def test_the_trouble_at_the_cursor_comes_first(staged: Session) -> None:
    text = "map $nope $none"
    assert "$nope" in shown(text, staged, cursor=6)
    assert "$none" in shown(text, staged, cursor=12)


def test_the_argument_is_that_at_the_cursor(staged: Session) -> None:
    assert "<ADDRESS>" in shown('write $demo $base "x"', staged, cursor=14)
    assert "<DATA>" in shown('write $demo $base  "x"', staged, cursor=18)


@pytest.mark.parametrize("text", ["", "  ", "# write", 'print "ab', "wri"])
def test_where_there_is_nothing_to_say_nothing_is_said(text: str, session: Session) -> None:
    assert shown(text, session) == ""


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_hint_fits_its_line(width: int, staged: Session) -> None:
    for declared in staged.registry:
        for text in (
            declared.name,
            f"{declared.name} ",
            *(f"{declared.name} {o} " for o in declared.options),
        ):
            assert len(shown(text, staged, width)) <= width


def test_the_line_at_the_cursor_of_several_counts(staged: Session) -> None:
    text = "vmo create 4K\nvmo resize $heap 8K"
    assert shown(text, staged, 80, cursor=11).startswith("vmo create <SIZE>")
    assert shown(text, staged, 80).startswith("vmo resize VMO <SIZE>")
