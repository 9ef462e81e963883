from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.document import Document

from zxdbg import Session
from zxdbg.lang.look import Looker
from zxdbg.shell.guard import Guard
from zxdbg.shell.lexer import LineLexer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = [(80, 24), (120, 40)]


def painted(text: str, session: Session, row: int = 0) -> list[tuple[str, str]]:
    """Return the pieces of a row that are not plain; the cursor is at the end."""
    guard = Guard()
    lexer = LineLexer(Looker(session.state, session.registry), guard)
    pieces = lexer.lex_document(Document(text))(row)
    assert not guard.is_troubled, guard.take()
    assert "".join(piece[1] for piece in pieces) == text.split("\n")[row]
    return [(style.removeprefix("class:"), text) for style, text, *_ in pieces if style]


def test_each_piece_is_painted_by_its_meaning(staged: Session) -> None:
    line = '$x = write $demo $base+8 "hi" --length 2 => ZX_OK actual=2 # note'
    assert painted(line, staged) == [
        ("name", "$x"),
        ("command", "write"),
        ("handle", "$demo"),
        ("address", "$base+8"),
        ("string", '"hi"'),
        ("option", "--length"),
        ("number", "2"),
        ("operator", "=>"),
        ("expectation", "ZX_OK"),
        ("expectation", "actual=2"),
        ("comment", "# note"),
    ]
    assert painted("handle duplicate $demo --rights ZX_RIGHT_READ", staged)[-1][0] == "flags"
    assert ("data", "hex:00") in painted("write $demo $base hex:00", staged)


def test_trouble_is_painted_over_it(staged: Session) -> None:
    assert ("mistake", "$nope") in painted("write $nope $base 1", staged)
    assert ("foreseen", "0x20000000") in painted("read $demo 0x20000000 4", staged)


def test_rows_of_several_lines_are_painted_each(staged: Session) -> None:
    text = "print \\\n$base\nvmo resize $heap 4K"
    assert painted(text, staged, 1) == [("number", "$base")]
    assert painted(text, staged, 2)[2] == ("handle", "$heap")


def test_a_text_that_is_very_long_stays_plain(staged: Session) -> None:
    assert painted("print 1\n" * 5000, staged) == []


@pytest.mark.parametrize("text", ["", " ", "\\", '"', "=>", "$", "a\n\n", "\0"])
def test_anything_can_be_painted(text: str, session: Session) -> None:
    painted(text, session)


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_an_unknown_handle_shows_before_enter(
    columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", "always", columns=columns, rows=rows)
    shell.send("vmo resize $nope 4K")
    shell.wait(lambda: shell.row.endswith("$nope 4K") and shell.is_underlined("$nope"))
    assert shell.style_of("$nope 4K") == "brightred"
    assert not shell.is_underlined("4K")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_without_colours_trouble_is_underlined_all_the_same(
    columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", "never", columns=columns, rows=rows)
    shell.run("process create demo")
    shell.send("read $demo 0x20000000 4")
    shell.wait(lambda: shell.row.endswith(" 4") and shell.is_underlined("0x20000000"))
    shell.wait_for("would fail: 0x20000000 is mapped nowhere in demo")
    assert shell.style_of("0x20000000 4") == "default"
    assert not shell.is_underlined("$demo")
