from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zxdbg.kernel.fork import Fork
from zxdbg.kernel.vmo import VmObject
from zxdbg.report import fields_as_json
from zxdbg.session import Session
from zxdbg.shell.rewind import Rewind
from zxdbg.state import State

LINES = [
    "process create demo",
    "vmo create 64M --name heap",
    "$base = map $demo.vmar $heap --at 0x10000000",
    'write $demo $base+0x3ff0 "0123456789abcdef++++"',
    "vmo write $heap 1M fill:7:9000",
    "$copy = vmo clone $heap",
    'write $demo 0x1000 "refused"',
    "profile kernel",
    "$x = print $base+5",
    "unmap $demo.vmar $base 4K",
    "as $self",
    "vmo create 4K --name last",
]
VIEWS = [
    "names",
    "handles",
    "vmos",
    "processes",
    "maps $demo",
    "profile",
    "vmo read $heap 1M 9000",
    "vmo read $copy 0x3ff0 32",
    "explain",
    "print $_.status",
    "vmo create 4K",
]


def seen(session: Session) -> Iterator[dict[str, Any]]:
    """Look at a session from all sides; the last look changes it."""
    for view in VIEWS:
        yield fields_as_json(session.run(view))


def run(lines: list[str]) -> Session:
    session = Session()
    session.state.set_watch(watch=True)
    for line in lines:
        session.run(line)
    return session


@pytest.mark.parametrize("count", range(len(LINES) + 1))
@pytest.mark.parametrize("kept", [0, 5, 12])
def test_back_is_as_after_the_last_command_that_finished(count: int, kept: int) -> None:
    session = run([])
    rewind = Rewind(session)
    rewind.start()
    for number, line in enumerate(LINES[:count]):
        if number == kept:
            rewind.keep()
        session.run(line)
    assert rewind.done == count
    session.state.kernel.memory.take(7)
    session.state.names.pop("self")
    session.state.caller.process = session.state.kernel.spawn("stray")
    rewind.back()
    straight = run(LINES[:count])
    assert session.state.history == straight.state.history
    if count > 5:
        assert list(seen(session)) == list(seen(straight))
    else:
        assert [fields_as_json(session.run(view)) for view in VIEWS[:4]] == [
            fields_as_json(straight.run(view)) for view in VIEWS[:4]
        ]


def test_a_command_that_is_broken_off_has_not_been(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*args: object) -> int:
        raise KeyboardInterrupt

    session = run(LINES)
    rewind = Rewind(session)
    session.run('vmo write $heap 2M "here"')
    with monkeypatch.context() as patched:
        patched.setattr(VmObject, "_write_pages", break_off)
        with pytest.raises(KeyboardInterrupt):
            session.run("vmo write $heap 0x1ff0 fill:1:1M")
    heap = session.state.object_of(session.value("heap"))
    assert isinstance(heap, VmObject)
    assert heap.read(0x1FF0, 2) == b"\1\1"
    rewind.back()
    straight = run([*LINES, 'vmo write $heap 2M "here"'])
    assert list(seen(session)) == list(seen(straight))


def test_changes_are_noted_after_going_back() -> None:
    session = Session()
    session.state.set_watch(watch=True)
    rewind = Rewind(session)
    session.run("vmo create 16K --name heap")
    rewind.back()
    result = session.run('vmo write $heap 0 "abc"')
    assert result.changes is not None
    assert session.run("vmo read $heap 0 4").answer.changed == ((0, 3),)


def test_where_lines_come_from_now_counts_after_going_back() -> None:
    session = Session()
    session.state.folder, session.state.shorthand = "inside", False  # as in a file
    rewind = Rewind(session)
    session.state.folder, session.state.shorthand = "", True
    rewind.back()
    assert (session.state.folder, session.state.shorthand) == ("", True)


def test_the_state_is_the_same_object_and_going_back_can_be_repeated() -> None:
    session = run(LINES[:3])
    state = session.state
    rewind = Rewind(session)
    for text in ("one", "two"):
        session.run(f'write $demo $base "{text}"')
        rewind.back()
        rewind.back()
        assert session.state is state
        assert session.run("read $demo $base 3").data == text.encode()


def test_a_file_is_not_read_twice(tmp_path: Path) -> None:
    session = run(LINES[:3])
    rewind = Rewind(session)
    (tmp_path / "data").write_bytes(b"first")
    session.state.folder = str(tmp_path)
    session.run("write $demo $base file:data")
    (tmp_path / "data").unlink()
    session.state.folder = ""
    rewind.back()
    assert session.run("read $demo $base 5").data == b"first"


def test_a_file_that_was_sourced_may_be_gone(tmp_path: Path) -> None:
    session = Session()
    rewind = Rewind(session)
    rewind.start()
    (tmp_path / "short.zx").write_text("print 1\n")
    session.run(f"source {tmp_path}/short.zx")
    session.run("process create demo")
    (tmp_path / "short.zx").unlink()
    rewind.back()
    assert rewind.done == 1
    assert [row.name for row in session.run("processes").rows] == ["zxdbg", "demo"]


def test_a_copy_is_made_when_the_work_since_the_last_one_is_worth_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr("zxdbg.shell.rewind.perf_counter", lambda: now)
    copies: list[float] = []

    def copy(state: State) -> Fork:
        copies.append(now)
        return Fork(state)

    session = Session()
    rewind = Rewind(session)
    monkeypatch.setattr("zxdbg.shell.rewind.Fork", copy)
    for seconds in (0.3, 0.3, 0.4, 9.0, 0.1):
        rewind.start()
        now += seconds
        session.run("print 1")
        now += 100  # at the prompt
    assert copies == [pytest.approx(100.6), pytest.approx(310.0)]


def test_the_history_is_kept_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"hi")
    session = Session()
    rewind = Rewind(session)
    session.run("vmo create 4K --name v")
    session.state.folder = str(tmp_path)
    session.run("vmo write $v 0 file:x.bin")
    session.state.folder = ""
    before = list(session.state.history)
    rewind.back()
    assert session.state.history == before
    assert str(tmp_path.name) in before[1]
