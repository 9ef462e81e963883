from io import StringIO

import pytest

from zxdbg import CommandError, Session
from zxdbg.passing import PassingReport, TextReport
from zxdbg.render.screen import Screen
from zxdbg.report import JsonReport, QuietReport, ScreenReport
from zxdbg.script import Runner

LINES = b"""\
print 1
print 2 => value=3
wirte
wirte => error
print 4 | tr 4 5
print 6 > /dev/null
export svg /dev/null
"""


def shown(make: type[PassingReport] | None) -> tuple[str, str]:
    """Return what a run draws and what it reports, with a report around or without."""
    stream, errors = StringIO(), StringIO()
    report: QuietReport = ScreenReport(Screen(stream, 80), errors)
    runner = Runner(Session(), make(report) if make else report, keep_going=True)
    runner.run_file("f", LINES, "")
    return stream.getvalue(), errors.getvalue()


def test_everything_is_passed_on() -> None:
    assert shown(PassingReport) == shown(None)
    assert "the whole screen in /dev/null" in shown(None)[0]


def test_every_way_to_hear_is_passed_on() -> None:
    own = {name for name in vars(QuietReport) if not name.startswith("_")}
    assert own - set(vars(PassingReport)) == {"text_report"}


def test_a_text_takes_what_is_drawn_and_leaves_failures_to_the_report() -> None:
    errors = StringIO()
    outer = QuietReport(errors)
    text = TextReport(Screen(StringIO(), 80), outer)
    runner = Runner(Session(), text, keep_going=True)
    runner.run_file("f", LINES, "")
    assert text.text.splitlines() == [
        "zx> print 1",
        "1  0x1",
        "zx> print 2 => value=3",
        "2  0x2",
        "zx> wirte",
        "zx> wirte => error",
        "no such command: wirte; nearest: write",
        "zx> print 4 | tr 4 5",
        "5  0x5",
        "zx> print 6 > /dev/null",
        "zx> export svg /dev/null",
    ]
    failures = [line for line in errors.getvalue().splitlines() if line.startswith("f:")]
    assert [line.split()[0] for line in failures] == ["f:2:12:", "f:3:1:", "f:7:1:"]


def test_a_text_passes_answers_on_to_who_writes_all_of_them() -> None:
    stream = StringIO()
    text = TextReport(Screen(StringIO(), 80), JsonReport(stream, StringIO()))
    Runner(Session(), text).run_file("f", b"print 1\nprint 2 | tr 2 3\n", "")
    one, two = stream.getvalue().splitlines()
    assert '"command": "print 1"' in one
    assert '"output": "3  0x3\\n"' in two


def test_a_text_is_no_screen_to_export() -> None:
    text = TextReport(Screen(StringIO(), 80), QuietReport(StringIO()))
    session = Session()
    with pytest.raises(CommandError, match="there is no screen to export"):
        text.export(session.run("export svg /dev/null").answer)
