import pytest

from zxdbg import Session
from zxdbg.lang.complete import complete
from zxdbg.lang.expect import STATUSES


def offered(before: str, session: Session) -> list[str]:
    return [each.text for each in complete(session.state, session.registry, before)]


def test_the_first_word_is_a_command(session: Session) -> None:
    words = offered("", session)
    assert {"write", "vmo", "zx_vmo_create", "help"} <= set(words)
    assert offered("wri", session) == ["write"]


def test_the_second_word_is_that_of_a_command(session: Session) -> None:
    assert offered("vmo c", session) == ["create", "clone", "cache-policy", "commit"]
    assert {"create", "clone", "resize", "physical", "cache-policy", "info"} <= set(
        offered("vmo ", session)
    )


def test_a_candidate_knows_where_it_begins_and_what_it_is(session: Session) -> None:
    (found,) = complete(session.state, session.registry, "handles; wri")
    assert (found.text, found.start) == ("write", 9)
    assert found.about.startswith("Write memory of a process")


def test_names_and_their_fields_are_offered_in_a_handle_slot(staged: Session) -> None:
    assert offered("write $de", staged)[0] == "$demo"
    assert "$demo.vmar" in offered("map $demo.", staged)


def test_a_name_is_offered_inside_a_sum(staged: Session) -> None:
    (found,) = [
        each
        for each in complete(staged.state, staged.registry, "read $demo 4K+$bas")
        if each.text == "$base"
    ]
    assert found.start == 14


def test_options_are_offered_once(session: Session) -> None:
    assert offered("vmo create 4K --", session) == ["--name", "--options"]
    assert offered("vmo create 4K --name x --", session) == ["--options"]


def test_the_value_of_an_option_is_offered(session: Session) -> None:
    assert offered("map $self.vmar 0 --perms r", session) == ["r", "rw", "rx", "rwx"]
    found = complete(session.state, session.registry, "map $self.vmar 0 --perms=rwx")
    assert [(each.text, each.start) for each in found] == [("rwx", 25)]


def test_flags_are_offered_behind_a_bar(session: Session) -> None:
    before = "handle duplicate $self --rights ZX_RIGHT_READ|ZX_RIGHT_WR"
    (found,) = complete(session.state, session.registry, before)
    assert (found.text, found.start) == ("ZX_RIGHT_WRITE", 46)


def test_expectations_are_statuses_and_fields(session: Session) -> None:
    before = 'write $self 0 "x" => '
    assert set(STATUSES) | {"any", "error", "requested=", "actual=", "stopped=", "next="} == set(
        offered(before, session)
    )
    assert offered(before + "ZX_OK ac", session) == ["actual="]


def test_the_line_of_a_prefix_command_is_completed_too(session: Session) -> None:
    assert offered("explain wri", session) == ["write"]
    assert offered("compare vmo cl", session) == ["clone"]


def test_a_target_does_not_stand_in_the_way(session: Session) -> None:
    assert offered("$x = wri", session) == ["write"]


@pytest.mark.parametrize("before", ['print "wri', "# wri", 'write $self 0 "', "nope ", "$x = "])
def test_nothing_wrong_is_offered(before: str, session: Session) -> None:
    words = offered(before, session)
    assert words == ([] if before != "$x = " else offered("", session))


@pytest.mark.parametrize(
    "before",
    ["=>", "| ", "; ;", '"', "\\", "explain explain ", "--", "$", "vmo create --name=", "\0"],
)
def test_completion_never_fails(before: str, session: Session) -> None:
    for each in complete(session.state, session.registry, before):
        assert each.start <= len(before)


def test_completion_changes_nothing(staged: Session) -> None:
    names, history = dict(staged.state.names), list(staged.state.history)
    offered("process create x; vmo create 4K --na", staged)
    assert (staged.state.names, staged.state.history) == (names, history)


def test_help_offers_the_second_word_after_a_first(session: Session) -> None:
    assert offered("help job ", session) == ["create", "policy"]
    assert offered("help vmo re", session) == ["resize", "read"]
    assert offered("help maps ", session) == []


def test_what_is_no_status_can_be_expected_too(session: Session) -> None:
    assert offered("vmos => a", session) == ["any"]
    assert offered("vmos => er", session) == ["error"]
    assert offered("vmos => ZX_OK er", session) == []
    assert offered("vmos => fau", session) == []
    assert offered("peek $self 0 1 => fau", session) == ["fault", "fault=", "fault_addr="]
