from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.result import Quit, Result

Drawer = Callable[[Result], list[str]]


def test_profile_shows_and_switches(session: Session) -> None:
    assert session.run("profile").answer.profile == "docs"
    assert session.run("profile kernel").answer.profile == "kernel"
    session.run("kill $demo")
    assert session.run("read $demo $base 1").status is Status.NO_MEMORY
    session.run("profile docs")
    assert session.run("read $demo $base 1").status is Status.BAD_STATE
    with pytest.raises(CommandError, match="nearest: docs"):
        session.run("profile doc")


def test_reset_starts_anew_with_the_same_values(session: Session) -> None:
    demo = session.value("demo")
    session.run("profile kernel; reset")
    assert sorted(session.state.names) == ["job", "root_resource", "self"]
    assert session.state.profile.value == "docs"
    session.run("process create demo")
    assert session.value("demo") == demo


def test_quit_is_a_wish_on_which_the_front_end_acts(session: Session) -> None:
    assert session.run("quit").answer == Quit()


def test_source_reads_the_file_for_the_front_end_to_run(
    session: Session, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "a.zx").write_text("print 1\n")
    session.state.folder = str(folder)
    answer = session.run("source a.zx").answer
    assert (answer.name, answer.text) == ("a.zx", b"print 1\n")
    for name in ("missing.zx", ".", '"with\\0nul"'):
        with pytest.raises(CommandError, match=r"no file|cannot read"):
            session.run(f"source {name}")


def test_another_process_can_be_the_caller(session: Session) -> None:
    session.run("process start $demo")
    session.run("as $demo")
    assert session.run('write $demo $base "x"').status is Status.BAD_HANDLE
    assert [row.type for row in session.run("handles").rows] == ["VMAR"]
    assert session.run("as").answer.name == "zxdbg"
    assert session.run('write $demo $base "x"').status is Status.OK
    session.run("as $demo; as $self")
    assert session.state.caller.process is session.state.shell


def test_a_dead_process_is_never_the_caller(session: Session) -> None:
    session.run("process start $demo")
    session.run("as $demo; process exit")
    assert session.state.caller.process is session.state.shell
    with pytest.raises(CommandError, match="process demo is dead"):
        session.run("as $demo")
