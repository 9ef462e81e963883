"""Session: the commands so far as a script, as Python, as C; recording."""

import os

from zxdbg.lang.arguments import HostFile
from zxdbg.lang.declare import command
from zxdbg.lang.output import needs_io
from zxdbg.render.draw import draw
from zxdbg.render.parts import Line, Look, dim, fold, name, note, plain
from zxdbg.result import Document, Record, RecordStop, Result
from zxdbg.state import State

_HIDDEN = ("path", "text")


def _place(state: State, file: str) -> str:
    """Return where a file is to be written, if a line may do that."""
    needs_io(state, "write files")
    return os.path.join(state.folder, file)  # noqa: PTH118 - pathlib is slow to start


def _is_there(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - as above


@command("save", hidden=_HIDDEN, quiet=True)
def save(state: State, file: HostFile, *, expect: bool = False) -> Document:
    """Write the session to a file, as a script that runs to the same state.

    It has every command since the session began, or since reset, one a line, also those of
    files that were run; settings and aliases are no part of it. Refused ones get a => with
    their status, since one that nobody expects stops a script.

    When:
        To keep an experiment that came out well, as a lesson or as a test.

    Args:
        file: The file; one that exists is replaced.
        expect: Write what the other commands answered, too, so that a change shows.

    Examples:
        zx> process create demo
        zx> write $demo 0x1000 "x" => ZX_ERR_NO_MEMORY
        zx> save lesson.zx --expect => commands=2
    """
    from zxdbg.programs.script import script

    path = _place(state, file)
    text, commands = script(state, path, expect=expect)
    return Document("script", file, path, commands, text, _is_there(path))


@command("export python", hidden=_HIDDEN, quiet=True)
def export_python(state: State, file: HostFile) -> Document:
    """Write the session to a file, as a Python program that makes the same syscalls.

    It calls zx_… functions, as one does who scripts zxdbg from Python, and prints what each
    answers.

    When:
        To go on in Python where the language ends: loops, arithmetic, many variants.

    Args:
        file: The file; one that exists is replaced.

    Examples:
        zx> process create demo
        zx> export python lesson.py => commands=1
    """
    from zxdbg.programs.python import python_program

    path = _place(state, file)
    text, commands = python_program(state)
    return Document("python", file, path, commands, text, _is_there(path))


@command("export c", hidden=_HIDDEN, quiet=True)
def export_c(state: State, file: HostFile) -> Document:
    """Write the session to a file, as a C program for Zircon that makes the same syscalls.

    It checks that each answers as it did here. Where a write or a read moved less than was
    asked, it goes on until all is moved or a call is refused, as a correct client has to.

    When:
        To take an experiment to Zircon itself, or to see what a correct client does.

    Args:
        file: The file; one that exists is replaced.

    Examples:
        zx> process create demo
        zx> export c lesson.c => commands=1
    """
    from zxdbg.programs.c import c_program

    path = _place(state, file)
    text, commands = c_program(state)
    return Document("c", file, path, commands, text, _is_there(path))


@command("record", hidden=("path", "expect"), quiet=True)
def record(state: State, file: HostFile, *, expect: bool = False) -> Record:
    """Append each command from now on to a file, as it is run, until `record stop`.

    Nothing is lost when the session ends otherwise. Refused commands get a => with their
    status. Run at the start of a session, it makes a script that runs to the same state;
    later `save` does.

    When:
        Before a lesson whose every step is to be kept, however the session ends.

    Args:
        file: The file; one that exists is continued. One called stop is written ./stop.
        expect: Write what the other commands answered, too, so that a change shows.

    Examples:
        zx> record lesson.zx
        zx> process create demo
        zx> record stop
    """
    return Record(file, _place(state, file), expect)


@command("record stop", quiet=True)
def record_stop(state: State) -> RecordStop:
    """End a recording.

    When:
        When the file has what it is to have; leaving the shell ends it, too.

    Examples:
        zx> record lesson.zx --expect
        zx> record stop
    """
    return RecordStop()


# Drawing --------------------------------------------------------------------------


@draw.register(Document)
def _draw_document(data: Document, result: Result, look: Look) -> list[Line]:
    plural = "" if data.commands == 1 else "s"
    replaced = dim(", replaces the file that was there") if data.replaced else plain("")
    head = fold([name(data.name), plain(f"   {data.commands} command{plural}"), replaced], look)
    if data.form == "script":
        from zxdbg.programs.script import how_to_run

        return [*head, *note("next", f"{how_to_run(data.text, data.name)} runs it", look)]
    if data.form == "python":
        return [*head, *note("next", f"python {data.name} runs it", look)]
    from zxdbg.programs.headers import FOLDER

    return [*head, *note("next", f"cc -c -I {FOLDER} {data.name} compiles it", look)]


@draw.register(Record)
def _draw_record(data: Record, result: Result, look: Look) -> list[Line]:
    line = [plain("recording in "), name(data.name), dim("   record stop ends it")]
    return fold(line, look)


@draw.register(RecordStop)
def _draw_record_stop(data: RecordStop, result: Result, look: Look) -> list[Line]:
    return [[plain("the recording has ended")]]
