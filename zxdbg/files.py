"""What commands ask of files of the host: a document, a picture of the screen, a recording."""

from typing import TYPE_CHECKING

from zxdbg.elsewhere import write_file
from zxdbg.mistake import CommandError
from zxdbg.result import Document, Export, Record, RecordStop

if TYPE_CHECKING:
    from zxdbg.report import QuietReport
    from zxdbg.session import Session

__all__ = ["FileRequest", "act"]

FileRequest = Document | Export | Record | RecordStop


def act(session: "Session", report: "QuietReport", request: FileRequest) -> None:
    """Do what a command asks of files; a mistake where that cannot be."""
    if isinstance(request, Document):
        write_file(request.path, request.name, request.text)
    elif isinstance(request, Export):
        report.exported(report.export(request))
    elif isinstance(request, Record):
        _record(session, request)
    else:
        _stop(session)


def _record(session: "Session", request: Record) -> None:
    from zxdbg.recorder import Recorder

    if session.recorder is not None:
        message = f"{session.recorder.name} is recorded already"
        raise CommandError(message, hint="record stop ends that")
    session.recorder = Recorder(request, session.state)


def _stop(session: "Session") -> None:
    recorder, session.recorder = session.recorder, None
    if recorder is None:
        raise CommandError("nothing is recorded", hint="record FILE begins")
    if recorder.trouble:
        raise CommandError(recorder.trouble)
