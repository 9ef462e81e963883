from io import StringIO

import pytest

from zxdbg import Session
from zxdbg.render.screen import Screen
from zxdbg.script import Runner
from zxdbg.steps import Place
from zxdbg.typed import TypedReport


def shown(*lines: str, width: int = 80, echoes: bool = False) -> list[str]:
    """Return what is drawn below lines that were typed behind a prompt of five columns."""
    stream = StringIO()
    report = TypedReport(Screen(stream, width), StringIO())
    report.indent, report.echoes = 5, echoes
    runner = Runner(Session(), report, keep_going=True, strict=False)
    for line in lines:
        report.drawn = False
        runner.run_line(Place("", 1, line))
    return stream.getvalue().splitlines()


def test_a_line_that_was_typed_is_not_echoed() -> None:
    assert shown("print 1", "print 2 | tr 2 3") == ["1  0x1", "3  0x3"]


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("wirte", ["     ^^^^^ no such command: wirte; nearest: write"]),
        ("wirte => error", ["     ^^^^^ no such command: wirte; nearest: write"]),
        (
            "print 1; wirte",
            [
                "1  0x1",
                "print 1; wirte",
                "         ^^^^^ no such command: wirte; nearest: write",
            ],
        ),
        (
            "print 1 | true; wirte",
            [
                "print 1 | true; wirte",
                "                ^^^^^ no such command: wirte; nearest: write",
            ],
        ),
        ("print \\\n1x", ["1x", "^^ not a number or a name: 1x;"]),
    ],
)
def test_a_mistake_points_at_its_place_below_the_line(line: str, rows: list[str]) -> None:
    drawn = shown(line)
    assert drawn[:-1] == rows[:-1]
    assert drawn[-1].startswith(rows[-1])


def test_of_several_lines_each_is_echoed_and_pointed_at() -> None:
    assert shown("print 1", "print 2; wirte", echoes=True) == [
        "zx> print 1",
        "1  0x1",
        "zx> print 2",
        "2  0x2",
        "zx> wirte",
        "    ^^^^^ no such command: wirte; nearest: write",
    ]


def test_a_message_that_does_not_fit_stands_below_the_caret() -> None:
    line = f"print {'1' * 70}x"
    caret, *message = shown(line)
    assert caret.strip("^ ") == ""
    assert all(row.startswith("  ") and len(row) <= 80 for row in message)
