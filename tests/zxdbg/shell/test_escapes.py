from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import Transformation, TransformationInput

from zxdbg.shell.escapes import ShowEscaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = [(80, 24), (120, 40)]
CTRL_R = "\x12"
LEFT = "\x1b[D"
HIDDEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"


def transformed(fragments: StyleAndTextTuples) -> Transformation:
    control = BufferControl(Buffer())
    shape = TransformationInput(control, Document(), 0, lambda place: place, fragments, 80, 24)
    return ShowEscaped().apply_transformation(shape)


def test_what_can_be_shown_stays_as_it_is() -> None:
    fragments: StyleAndTextTuples = [("class:a", "print "), ("class:b", "名前 é e\u0301")]
    found = transformed(fragments)
    assert found.fragments == fragments
    assert found.source_to_display(3) == 3


def test_what_reorders_a_line_is_escaped_in_its_style() -> None:
    found = transformed([("class:a", "ab\u202ec"), ("class:b", "\u2066d")])
    assert [piece for piece in found.fragments if len(piece[1]) > 1] == [
        ("class:a", "\\u202e"),
        ("class:b", "\\u2066"),
    ]
    assert "".join(piece[1] for piece in found.fragments) == "ab\\u202ec\\u2066d"


@pytest.mark.parametrize("text", ["ab\u202ec\u2066d", HIDDEN, "\x1b[31m", "e\u0301\u200d名"])
def test_each_character_knows_its_column_and_back(text: str) -> None:
    found = transformed([("", text)])
    shown = "".join(piece[1] for piece in found.fragments)
    assert shown.isprintable()
    places = [found.source_to_display(at) for at in range(len(text) + 2)]
    assert places[-2] == len(shown)
    assert all(before < after for before, after in pairwise(places))
    assert [found.display_to_source(place) for place in places] == list(range(len(text) + 2))


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("color", ["always", "never"])
def test_a_line_keeps_what_is_shown_escaped(
    color: str, columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.send('\x1b[200~print "a\u202eb"\x1b[201~')
    shell.wait(lambda: shell.row == 'zxdbg 1> print "a\\u202eb"')
    shell.send(LEFT * 2)
    shell.wait(lambda: shell.row == 'zxdbg 1> print "a\\u202e')
    shell.send(LEFT)
    shell.wait(lambda: shell.row == 'zxdbg 1> print "a')
    shell.send("\r")
    shell.wait_for_prompt(2)
    assert shell.rows[-2] == "hex:61e280ae62  5 bytes"
    shell.send(f'print "{HIDDEN}"')
    shell.wait(lambda: shell.row.endswith('f"'))
    shell.send(f"\x15{CTRL_R}\u202e")
    shell.wait_for("`\\u202e'")
    assert not set(HIDDEN) & set("".join(shell.rows))


def test_a_mistake_is_pointed_at_where_it_is_shown(shell: "Shell") -> None:
    (row,) = shell.run("print \u202e1 1")
    assert row.index("^") == len("zxdbg 1> print ")
    assert row.count("^") == len("\\u202e1")


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_long_line_takes_as_many_rows_as_it_needs(
    columns: int, rows: int, open_shell: "OpenShell"
) -> None:
    shell = open_shell(columns=columns, rows=rows)
    shell.send(f'print "{HIDDEN}{HIDDEN}{HIDDEN}" ')
    shell.wait(lambda: shell.row.endswith('\\u200f" '))
    assert "".join(shell.rows).count("\\u202a") == 3
