from collections.abc import Callable

from zxdbg import Session
from zxdbg.kernel import Rights, Status
from zxdbg.result import Result


def test_a_duplicate_has_the_same_rights_unless_fewer_are_named(session: Session) -> None:
    same = session.run("handle duplicate $demo")
    assert same.rights == int(Rights.DEFAULT_PROCESS)
    less = session.run("handle duplicate $demo --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE")
    assert less.rights == int(Rights.READ | Rights.WRITE)
    assert session.run("handle duplicate $demo --rights none").rights == 0
    assert session.run("handle duplicate $demo --rights 4").rights == 4
    more = session.run(f"handle duplicate {less.handle} --rights same")
    assert (more.status, more.handle, more.rights) == (Status.ACCESS_DENIED, None, None)


def test_replace_closes_the_old_handle_even_when_it_is_refused(session: Session) -> None:
    old = session.value("heap")
    result = session.run("$new = handle replace $heap --rights ZX_RIGHT_READ")
    assert result.rights == int(Rights.READ)
    assert session.state.object_of(old) is None
    refused = session.run("handle replace $new --rights ZX_RIGHT_WRITE")
    assert refused.status is Status.INVALID_ARGS
    assert session.state.object_of(session.value("new")) is None


def test_a_name_keeps_its_value_after_the_close(session: Session) -> None:
    value = session.value("heap")
    assert session.run("handle close $heap").status is Status.OK
    assert session.value("heap") == value
    assert session.run("handle close $heap").status is Status.BAD_HANDLE
    assert session.run("handle close 0").status is Status.OK


def test_a_handle_without_rights_says_none(
    session: Session, drawn: Callable[[Result], list[str]]
) -> None:
    lines = drawn(session.run("handle duplicate $demo --rights none"))
    assert lines[0].endswith("rights none")
