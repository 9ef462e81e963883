import pytest

from zxdbg import Session
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Process, ProcessState
from zxdbg.mistake import CommandError
from zxdbg.state import FIXED, State
from zxdbg.syscalls import Profile, zx_task_kill, zx_vmo_create


def test_a_fresh_state_has_the_fixed_names_only() -> None:
    state = State()
    assert tuple(state.names) == FIXED == ("self", "job", "root_resource")
    assert state.last is None
    assert state.history == []


def test_the_fixed_names_mean_handles_of_the_shell_process() -> None:
    state = State()
    found = {name: state.object_of(result.value) for name, result in state.names.items()}
    assert found["self"] is state.shell
    assert found["job"] is state.kernel.job
    assert found["root_resource"] is state.kernel.root_resource
    assert state.object_of(state.names["self"].field("vmar")) is state.shell.aspace.root


def test_a_reset_starts_anew_with_the_same_seed() -> None:
    state = State(seed=5, profile=Profile.KERNEL)
    values = [result.value for result in state.names.values()]
    state.call(zx_vmo_create, 4096, 0)
    state.profile = Profile.DOCS
    state.reset()
    assert [result.value for result in state.names.values()] == values
    assert (state.calls, state.profile) == ([], Profile.KERNEL)
    assert list(state.kernel.iter_vmos()) == []


def test_calls_are_kept_for_the_result() -> None:
    state = State()
    outcome = state.call(zx_vmo_create, 4096, 0)
    assert state.calls == [outcome]


def test_a_dead_caller_calls_nothing() -> None:
    state = State()
    state.call(zx_task_kill, state.names["self"].value)
    assert state.shell.state is ProcessState.DEAD
    with pytest.raises(CommandError, match="is dead"):
        state.call(zx_vmo_create, 4096, 0)


def test_a_process_is_found_by_handle_or_koid_in_any_state() -> None:
    state = State()
    handle = state.names["self"].value
    assert state.process_of(handle) is state.process_of(state.shell.koid) is state.shell
    with pytest.raises(CommandError, match="neither a handle"):
        state.process_of(5)
    with pytest.raises(CommandError, match="handle of a job"):
        state.process_of(state.names["job"].value)


def test_handles_are_labelled_by_the_names_that_mean_them() -> None:
    state = State()
    assert sorted(state.labels().values()) == ["$job", "$root_resource", "$self", "$self.vmar"]
    assert state.labels()[state.names["self"].field("vmar")] == "$self.vmar"


def test_watching_outlives_a_reset() -> None:
    state = State()
    state.set_watch(watch=True)
    state.reset()
    assert state.caller.watch is True


@pytest.mark.parametrize("line", ["kill $lab", "kill $lab --linger; settle"])
def test_the_processes_of_a_killed_job_die_youngest_first(line: str) -> None:
    session = Session()
    session.run("job create lab; process create a --job $lab; process create b --job $lab")
    session.run("process start $a; process start $b")
    lab = session.state.kernel.job.jobs[0]
    order: list[str] = []
    processes = lab.processes

    class Watched(list[Process]):
        def remove(self, process: Process) -> None:
            order.append(process.name)
            super().remove(process)

    lab.processes = Watched(processes)
    session.run(line)
    assert order == ["b", "a"]


def test_a_thread_that_dies_is_not_the_one_that_calls() -> None:
    session = Session()
    session.run("process create d; $t = process start $d; $u = thread create $d; thread start $u")
    process = next(each for each in session.state.kernel.iter_processes() if each.name == "d")
    first, second = process.threads
    assert process.calling_thread is first
    session.run("kill $t --linger")
    assert process.threads == [first, second]
    assert process.calling_thread is second
    session.run("kill $u --linger")
    assert process.calling_thread is None


# The process at hand --------------------------------------------------------------


def test_the_process_at_hand_is_a_value_for_a_handle_slot(session: Session) -> None:
    with pytest.raises(CommandError, match="no process is at hand"):
        session.state.process_at_hand()
    session.run("process create a; process create b")
    assert session.state.process_at_hand() == session.value("b")
    session.run("$c = handle duplicate $a; maps $c")
    assert session.state.process_at_hand() == session.value("c")
    session.run("maps $self")
    assert session.state.process_at_hand() == session.value("self")


def test_a_koid_at_hand_becomes_a_handle_where_there_is_one(session: Session) -> None:
    session.run("process create a; process create b; maps $a.koid")
    assert session.state.process_at_hand() == session.value("a")


def test_what_is_no_process_any_more_is_not_at_hand(session: Session) -> None:
    session.run("process create a; process create b; read $a 0x1000 1; handle close $a")
    assert session.state.process_at_hand() == session.value("b")
    session.run("read 0 0x1000 1")
    assert session.state.process_at_hand() == session.value("b")


def test_a_refused_creation_leaves_the_process_at_hand(session: Session) -> None:
    session.run("process create a; $h = handle duplicate $job --rights none")
    assert session.run("process create b --job $h").status is Status.ACCESS_DENIED
    assert session.state.process_at_hand() == session.value("a")


def test_a_call_notes_the_rule_that_decided_or_the_syscall() -> None:
    session = Session()
    session.run("handle close 1; vmo create 4K; profile kernel; handle close 1")
    seen = session.state.seen
    assert seen[Profile.DOCS] == {"handle_close/handle-valid", "zx_vmo_create"}
    assert seen[Profile.KERNEL] == {"handle_close/handle-valid"}


def test_names_know_how_much_data_they_hold() -> None:
    session = Session()
    session.run("vmo create 8K --name v; $a = vmo read $v 0 4K; $b = vmo read $v 0 8K")
    assert session.state.held == 12288
    session.run("$a = print 1")
    assert session.state.held == 8192
    session.run("reset")
    assert session.state.held == 0
