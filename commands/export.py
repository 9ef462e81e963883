"""Session: export, the screen so far as a file, for notes and slides."""

import os
from typing import Annotated

from zxdbg.lang.arguments import HostFile, Number, WordArg
from zxdbg.lang.declare import command
from zxdbg.lang.output import needs_io
from zxdbg.mistake import CommandError
from zxdbg.render.draw import draw
from zxdbg.render.parts import Line, Look
from zxdbg.result import Export, Result
from zxdbg.state import State

CommandCount = Annotated[int, Number("N", "how many commands, such as 3")]
Title = Annotated[str, WordArg("TEXT", "a title")]


@command("export svg", hidden=("path", "theme"), quiet=True)
def export_svg(
    state: State, file: HostFile, *, last: CommandCount | None = None, title: Title = "zxdbg"
) -> Export:
    """Write the screen so far to a file, as a picture.

    The picture has the commands and their answers in the colours of the theme, down to the
    line before this one. It is self-contained, and text in it can be searched. A script
    needs --allow-io.

    When:
        For slides and course notes that show a session; `export html` is for pages.

    Args:
        file: The file; one that exists is replaced.
        last: How many commands to show, from the last one back; all by default.
        title: What the picture is called.

    Examples:
        zx> process create demo
        zx> export svg demo.svg --last 1 --title "a process"
    """
    return _request(state, "svg", file, last, title)


@command("export html", hidden=("path", "theme"), quiet=True)
def export_html(
    state: State, file: HostFile, *, last: CommandCount | None = None, title: Title = "zxdbg"
) -> Export:
    """Write the screen so far to a file, as a page.

    The page has the commands and their answers in the colours of the theme, down to the
    line before this one. It is self-contained, and text can be copied from it. A script
    needs --allow-io.

    When:
        For notes and pages that show a session; `export svg` is a picture, for slides.

    Args:
        file: The file; one that exists is replaced.
        last: How many commands to show, from the last one back; all by default.
        title: What the page is called.

    Examples:
        zx> process create demo
        zx> export html demo.html --last 1
    """
    return _request(state, "html", file, last, title)


def _request(state: State, form: str, file: str, last: int | None, title: str) -> Export:
    needs_io(state, "write files")
    if last == 0:
        raise CommandError("--last wants 1 or more")
    path = os.path.join(state.folder, file)  # noqa: PTH118 - pathlib is slow to start
    return Export(form, file, path, last, title, state.settings["theme"])


# Drawing --------------------------------------------------------------------------


@draw.register(Export)
def _draw_export(data: Export, result: Result, look: Look) -> list[Line]:
    return []
