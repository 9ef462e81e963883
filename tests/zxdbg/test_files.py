from io import StringIO
from pathlib import Path

import pytest

from zxdbg import CommandError, Session
from zxdbg.files import act
from zxdbg.render.screen import Screen
from zxdbg.report import QuietReport, ScreenReport
from zxdbg.result import Document, Export


def test_a_document_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("something longer")
    act(Session(), QuietReport(StringIO()), Document("script", "x", str(path), 1, "né\n"))
    assert path.read_bytes() == "né\n".encode()


def test_the_screen_of_the_report_is_exported_and_the_report_says_so(tmp_path: Path) -> None:
    screen = Screen(StringIO(), 80)
    screen.print([[("", "one")], [("", "two")]])
    path = tmp_path / "out.html"
    request = Export("html", "out.html", str(path), None, "zxdbg", "dark")
    act(Session(), ScreenReport(screen, StringIO()), request)
    assert "one" in path.read_text()
    assert screen.drawn[-1].line == [("", "the whole screen in out.html")]
    with pytest.raises(CommandError, match="there is no screen to export"):
        act(Session(), QuietReport(StringIO()), request)
