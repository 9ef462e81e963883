from zxdbg import Session
from zxdbg.kernel import Status
from zxdbg.kernel.task import ProcessState, Thread, ThreadState


def test_create_gives_a_thread_that_waits_to_be_started(session: Session) -> None:
    result = session.run("$t = thread create $demo --name worker")
    thread = session.state.object_of(result.handle)
    assert isinstance(thread, Thread)
    assert (thread.name, thread.koid, thread.state) == ("worker", result.koid, ThreadState.NEW)
    assert session.value("worker") == session.value("t")


def test_a_thread_starts_only_in_a_process_that_runs(session: Session) -> None:
    session.run("$t = thread create $demo")
    assert session.run("thread start $t").status is Status.BAD_STATE
    session.run("process start $demo")
    assert session.run("thread start $t").status is Status.OK
    assert session.run("thread start $t").status is Status.BAD_STATE
    assert len(session.state.process_of(session.value("demo")).threads) == 2


def test_the_last_thread_that_exits_takes_its_process_with_it(session: Session) -> None:
    session.run("process start $demo; $t = thread create $demo; thread start $t")
    process = session.state.process_of(session.value("demo"))
    session.run("as $demo; thread exit")
    assert process.state is ProcessState.RUNNING
    session.run("thread exit")
    assert (process.state, process.return_code) == (ProcessState.DEAD, 0)
    assert session.state.caller.process is session.state.shell


def test_a_process_exits_with_its_code(session: Session) -> None:
    session.run("process start $demo; as $demo; process exit -7")
    process = session.state.process_of(session.value("demo"))
    assert (process.state, process.return_code) == (ProcessState.DEAD, -7)
