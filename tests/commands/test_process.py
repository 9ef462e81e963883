from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.kernel.task import Process, ProcessState
from zxdbg.result import Result


def state_of(session: Session, name: str = "demo") -> ProcessState:
    return session.state.process_of(session.value(name)).state


def test_create_binds_the_name_and_gives_both_handles(session: Session) -> None:
    result = session.run("process create other")
    assert result.fields() == {
        "proc_handle": session.value("other"),
        "vmar_handle": result.vmar,
        "koid": result.koid,
    }
    made = session.state.object_of(result.proc)
    assert isinstance(made, Process)
    assert (made.name, made.koid, made.state) == ("other", result.koid, ProcessState.INITIAL)
    assert session.state.object_of(result.vmar) is made.aspace.root


def test_a_name_that_is_no_identifier_is_not_bound(session: Session) -> None:
    result = session.run('$p = process create "two words"')
    made = session.state.object_of(result.proc)
    assert isinstance(made, Process)
    assert made.name == "two words"
    assert session.value("p") == result.proc


def test_start_makes_it_running_with_one_thread_and_a_handle_of_its_own(
    session: Session,
) -> None:
    result = session.run("process start $demo")
    process = session.state.process_of(session.value("demo"))
    assert result.status is Status.OK
    assert process.state is ProcessState.RUNNING
    assert [thread.name for thread in process.threads] == ["initial-thread"]
    assert [handle.object for handle in process.handle_list] == [process.aspace.root]
    assert session.state.object_of(result.thread_handle) is process.threads[0]
    assert [call.syscall.short for call in result.calls] == [
        "thread_create",
        "handle_duplicate",
        "process_start",
    ]
    assert result.decider is not None
    assert result.decider.syscall.short == "process_start"


def test_a_second_start_is_refused_and_leaves_no_handle_behind(session: Session) -> None:
    session.run("process start $demo")
    before = len(session.run("handles").rows)
    result = session.run("process start $demo")
    assert (result.status, result.thread_handle) == (Status.BAD_STATE, None)
    assert len(session.run("handles").rows) == before


@pytest.mark.parametrize(
    ("handle", "status"),
    [("0", Status.BAD_HANDLE), ("$heap", Status.WRONG_TYPE), ("$demo.vmar", Status.WRONG_TYPE)],
)
def test_start_of_something_else_is_refused_by_the_kernel(
    session: Session, handle: str, status: Status
) -> None:
    assert session.run(f"process start {handle}").status is status


def test_kill_ends_a_process_at_once_and_linger_keeps_it_dying(session: Session) -> None:
    session.run("process start $demo; kill $demo --linger")
    assert state_of(session) is ProcessState.DYING
    session.run("vmo create 4K; kill $demo")
    assert state_of(session) is ProcessState.DYING
    assert session.run("settle").threads == 1
    assert state_of(session) is ProcessState.DEAD
    session.run("process create again; process start $again; kill $again")
    assert state_of(session, "again") is ProcessState.DEAD
    assert session.run("settle").threads == 0


def test_linger_has_no_hold_over_a_process_that_never_ran(session: Session) -> None:
    session.run("kill $demo --linger")
    assert state_of(session) is ProcessState.DEAD


def test_a_shell_process_that_is_dead_can_only_be_reset() -> None:
    from zxdbg import CommandError

    session = Session()
    session.run("kill $self")
    with pytest.raises(CommandError, match="zxdbg, is dead; reset starts anew"):
        session.run("vmo create 4K")
    session.run("processes; names")
    session.run("reset")
    assert session.run("vmo create 4K").status is Status.OK


@pytest.mark.parametrize("end", ["process exit 3", "thread exit", "peek $demo 0 1 --deliver"])
def test_the_end_of_the_caller_says_who_calls_now(
    session: Session, drawn: Callable[[Result], list[str]], end: str
) -> None:
    session.run("process start $demo; as $demo")
    ended = session.run(end)
    assert "  note     demo, the process that called, is dead; the caller is zxdbg" in drawn(ended)
    assert session.state.caller.process is session.state.shell


@pytest.mark.parametrize("end", ["process exit", "thread exit", "kill $self", "kill $job"])
def test_the_end_of_the_shell_process_says_what_to_do(
    session: Session, drawn: Callable[[Result], list[str]], end: str
) -> None:
    told = "  note     zxdbg, the process that calls, is dead; reset starts anew"
    assert told in drawn(session.run(end))
    for line in ("as", "vmo create 4K"):
        with pytest.raises(CommandError) as caught:
            session.run(line)
        assert caught.value.hint == "reset starts anew"
