from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.document import Document

from zxdbg.lang.look import Looker
from zxdbg.session import Session
from zxdbg.shell import lexer as module
from zxdbg.shell.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]


def test_a_bug_is_kept_and_given_out_once() -> None:
    guard = Guard()
    assert guard.call(int, 0, "7") == 7
    assert not guard.is_troubled
    assert guard.call(int, 0, "seven") == 0
    assert guard.call(int, 1, "eight") == 1
    assert guard.is_troubled
    lines = guard.take()
    assert lines[0].startswith("Traceback")
    assert "'seven'" in lines[-1]
    assert guard.take() == []


def test_a_bug_in_colouring_leaves_the_text_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise IndexError("a bug")

    monkeypatch.setattr(module, "judge", broken)
    session, guard = Session(), Guard()
    painter = module.LineLexer(Looker(session.state, session.registry), guard)
    row = painter.lex_document(Document("vmos"))(0)
    assert "".join(piece[1] for piece in row) == "vmos"
    assert "IndexError: a bug" in guard.take()[-1]


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
@pytest.mark.parametrize("line", ['find $demo "abc"', "diff $demo $base $base 4", "x/4xb $base"])
def test_a_line_can_be_typed_key_by_key(
    line: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell(columns=columns, rows=rows)
    shell.run("process create demo; vmo create 16K --name heap")
    shell.run("$base = map $demo.vmar $heap --at 0x10000000")
    for at, key in enumerate(line, 1):
        shell.send(key)
        typed = line[:at]
        shell.wait(lambda typed=typed: shell.row.endswith(f"> {typed}"))  # type: ignore[misc]
    assert any(row.startswith("ZX_OK") for row in shell.run(""))
