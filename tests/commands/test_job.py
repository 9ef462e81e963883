import pytest

from zxdbg import Session
from zxdbg.kernel import Status
from zxdbg.kernel.task import Job, Process, ProcessState


def job(session: Session, name: str) -> Job:
    found = session.state.object_of(session.value(name))
    assert isinstance(found, Job)
    return found


def test_create_makes_a_named_job_in_the_visible_one(session: Session) -> None:
    result = session.run("job create lab")
    made = job(session, "lab")
    assert (made.name, made.koid, made.parent) == ("lab", result.koid, session.state.kernel.job)
    assert result.handle == session.value("lab")


def test_create_in_a_job_that_was_killed_is_refused(session: Session) -> None:
    session.run("job create lab; process create p --job $lab; kill $lab")
    result = session.run("job create more --parent $lab")
    assert (result.status, result.handle, result.koid) == (Status.BAD_STATE, None, None)
    assert session.run("process create q --job $lab").status is Status.BAD_STATE


def test_killing_a_job_kills_what_is_in_it(session: Session) -> None:
    session.run("job create lab; process create p --job $lab; job create sub --parent $lab")
    session.run("process create q --job $sub; process start $q")
    session.run("kill $lab")
    for name in ("p", "q"):
        process = session.state.process_of(session.value(name))
        assert process.state is ProcessState.DEAD


def test_a_denied_condition_holds_for_processes_that_are_born_later(session: Session) -> None:
    session.run("job create strict")
    session.run("process create before --job $strict")
    assert session.run("job policy $strict new-vmo deny").status is Status.BAD_STATE
    session.run("kill $before; handle close $before")
    assert session.run("job policy $strict new-vmo deny").status is Status.OK
    session.run("process create after --job $strict; as $after")
    assert session.run("zx_vmo_create 4096 0").status is Status.ACCESS_DENIED


@pytest.mark.parametrize(
    ("option", "status"), [("", Status.OK), (" --absolute", Status.ALREADY_EXISTS)]
)
def test_what_is_set_cannot_be_changed(session: Session, option: str, status: Status) -> None:
    session.run("job create strict; job policy $strict new-event deny")
    assert session.run(f"job policy $strict new-event allow{option}").status is status
    assert job(session, "strict").policy == {6: 1}


def test_an_exception_kills_the_caller_and_the_shell_calls_again(session: Session) -> None:
    session.run("job create strict; job policy $strict bad-handle exception")
    session.run("process create child --job $strict; process start $child; as $child")
    assert session.run("handle close 5").status is Status.BAD_HANDLE
    child = session.state.process_of(session.value("child"))
    assert isinstance(child, Process)
    assert (child.state, child.return_code) == (ProcessState.DEAD, -1)
    assert session.run("vmo create 4K").status is Status.OK


def test_a_policy_that_is_set_already_is_named_in_words(session: Session) -> None:
    session.run("job create lab; job policy $lab new-vmo deny")
    refused = session.run("explain job policy $lab new-vmo allow --absolute")
    assert refused.checks[-1].facts == "ZX_POL_NEW_VMO is set to ZX_POL_ACTION_DENY"
