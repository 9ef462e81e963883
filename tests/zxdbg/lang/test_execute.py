from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.execute import describe

Mistake = Callable[..., CommandError]
VIEWS = ("handles", "vmos", "processes", "names", "maps $demo", "maps $self", "profile")


def seen(session: Session) -> list[object]:
    """Everything that a user can see of a session, without leaving a trace in it."""
    last = session.state.last
    views = [session.run(view).fields() for view in VIEWS]
    session.state.last = last
    return [*views, last]


# Binding --------------------------------------------------------------------------


def test_a_target_binds_the_result(staged: Session) -> None:
    result = staged.run('$w = write $demo $base "abc"')
    assert staged.state.names["w"] is result
    assert [binding.name for binding in result.bound] == ["w"]


def test_a_target_binds_a_refused_result_too(session: Session) -> None:
    session.run("$x = vmo create 0xffffffffffffffff")
    assert session.run("print $x.status").value == "ZX_ERR_OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("process create demo", "demo"),
        ('process create "demo"', "demo"),
        ("vmo create 4K --name heap", "heap"),
        ("vmo create 4K --name=_x1", "_x1"),
    ],
)
def test_creating_with_a_name_binds_it(line: str, name: str, session: Session) -> None:
    result = session.run(line)
    assert session.value(name) == result.value
    assert session.run("names").rows[-1].name == f"${name}"


@pytest.mark.parametrize("name", ["my name", "a-b", "1st", "é", ""])
def test_a_name_that_is_no_identifier_is_not_bound(name: str, session: Session) -> None:
    assert session.run(f'process create "{name}"').field("status").label == "ZX_OK"
    assert len(session.run("names").rows) == 3


def test_a_name_that_the_kernel_cuts_is_noted(session: Session) -> None:
    assert session.run(f"vmo create 4K --name {'x' * 31}").notes == ()
    (text,) = session.run(f"vmo create 4K --name {'x' * 32}").notes
    assert text == "the kernel keeps the first 31 bytes of a name"
    assert session.run("print $" + "x" * 32).value == session.value("x" * 32)


def test_a_name_is_bound_on_success_only(session: Session) -> None:
    assert session.run("vmo create 4K --name heap --options 8").field("status").label != "ZX_OK"
    assert session.run("vmo create 0xffffffffffffffff --name heap").field("status").label != "ZX_OK"
    assert "heap" not in session.state.names


def test_a_refused_creation_leaves_what_the_name_meant(session: Session) -> None:
    session.run("vmo create 4K --name heap")
    before = session.value("heap")
    session.run("vmo create 0xffffffffffffffff --name heap")
    assert session.value("heap") == before


def test_a_creation_with_a_target_binds_both(session: Session) -> None:
    result = session.run("$x = process create demo")
    assert session.value("x") == session.value("demo") == result.proc_handle
    assert [binding.name for binding in result.bound] == ["x", "demo"]


def test_the_same_name_twice_is_bound_once(session: Session) -> None:
    result = session.run("$demo = process create demo")
    assert [(binding.name, binding.before) for binding in result.bound] == [("demo", "")]


@pytest.mark.parametrize("name", ["self", "job", "root_resource", "_"])
def test_fixed_names_are_never_rebound(name: str, session: Session, mistake: Mistake) -> None:
    names = [row[:3] for row in session.run("names").rows]
    result = session.run(f"process create {name}")
    assert result.bound == ()
    assert any("goes on meaning" in text for text in result.notes) is (name != "_")
    assert session.run(f"vmo create 4K --name {name}").bound == ()
    mistake(f"${name} = handles", session)
    assert [row[:3] for row in session.run("names").rows] == names


def test_names_are_bound_from_the_start(session: Session) -> None:
    assert [row.name for row in session.run("names").rows] == ["$self", "$job", "$root_resource"]
    assert session.run("print $self").value == session.run("print $self.proc").value
    kinds = {row.label: row.type for row in session.run("handles").rows}
    assert kinds == {
        "$self": "process",
        "$self.vmar": "VMAR",
        "$job": "job",
        "$root_resource": "resource",
    }


def test_binding_again_says_what_the_name_meant_before(session: Session) -> None:
    session.run("vmo create 4K --name x")
    handle = session.value("x")
    number = session.run("$x = print 5")
    assert [binding.before for binding in number.bound] == [f"handle {handle:#x}"]
    process = session.run("process create x")
    assert [binding.before for binding in process.bound] == ["number 5"]
    refused = session.run("$x = vmo create 0xffffffffffffffff")
    assert [binding.before for binding in refused.bound] == [f"handle {process.value:#x}"]
    again = session.run("$x = handles")
    assert [binding.before for binding in again.bound] == [
        "nothing: vmo create answered ZX_ERR_OUT_OF_RANGE"
    ]
    last = session.run('$x = print "abc"')
    assert [binding.before for binding in last.bound] == ["the result of handles"]
    assert describe(last) == "3 bytes"


def test_the_first_binding_has_nothing_before_it(session: Session) -> None:
    assert [binding.before for binding in session.run("$x = print 5").bound] == [""]


def test_all_kinds_share_one_space(session: Session) -> None:
    session.run("process create x; vmo create 4K --name x; $x = print 5")
    assert [row.name for row in session.run("names").rows].count("$x") == 1


# A name keeps its value -----------------------------------------------------------


def test_a_name_keeps_its_value_when_its_handle_is_closed(session: Session) -> None:
    session.run("vmo create 4K --name heap")
    before = session.value("heap")
    session.run("handle close $heap")
    assert session.value("heap") == before
    assert session.run("handle close $heap").field("status").label == "ZX_ERR_BAD_HANDLE"


def test_a_name_keeps_its_value_when_its_handle_is_replaced(session: Session) -> None:
    session.run("vmo create 4K --name heap")
    before = session.value("heap")
    session.run("$new = handle replace $heap --rights same")
    assert session.value("heap") == before != session.value("new")


def test_a_name_keeps_its_value_when_its_process_is_killed(staged: Session) -> None:
    before = staged.value("demo")
    staged.run("kill $demo")
    assert staged.value("demo") == before
    assert staged.run('write $demo $base "x"').field("status").label == "ZX_ERR_BAD_STATE"


def test_a_name_keeps_its_value_when_its_mapping_goes(staged: Session) -> None:
    staged.run("unmap $demo.vmar $base 16K")
    assert staged.value("base") == 0x10000000


def test_a_name_is_gone_after_a_reset(staged: Session, mistake: Mistake) -> None:
    staged.run("reset")
    assert mistake("print $demo", staged).span == (6, 11)


# The last result ------------------------------------------------------------------


def test_the_last_result_is_that_of_the_last_command(staged: Session) -> None:
    staged.run('write $demo $base "abc"')
    assert staged.run("print $_").value == 3
    assert staged.run("print $_.requested").value == 3


def test_a_refused_result_is_the_last_one_too(staged: Session) -> None:
    staged.run('write $demo 0 "abc"')
    assert staged.run("print $_.status").value == "ZX_ERR_NO_MEMORY"


@pytest.mark.parametrize(
    "line",
    [
        'explain write $demo 0 "x"',
        "explain",
        'compare write $demo 0 "x"',
        "help",
        "names",
        "print 1",
    ],
)
def test_questions_leave_the_last_result_alone(line: str, staged: Session) -> None:
    staged.run('write $demo $base "abc"')
    before = staged.state.last
    staged.run(line)
    staged.run(f"$x = {line}")
    assert staged.state.last is before
    assert staged.run("print $_").value == 3


@pytest.mark.parametrize("line", ["maps $demo", "handles", "vmos", "processes", "profile"])
def test_other_views_are_last_results(line: str, staged: Session) -> None:
    staged.run('write $demo $base "abc"')
    result = staged.run(line)
    assert staged.state.last is result


def test_a_mistake_leaves_the_last_result_alone(staged: Session, mistake: Mistake) -> None:
    staged.run('write $demo $base "abc"')
    mistake("wirte", staged)
    mistake("write $demo 0 null", staged)
    assert staged.run("print $_").value == 3


def test_there_is_no_last_result_at_first(mistake: Mistake) -> None:
    assert mistake("print $_").span == (6, 8)


# Prefix commands ------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["explain", "compare", "explain explain", "compare explain"])
@pytest.mark.parametrize(
    "line",
    [
        'write $demo $base "abc"',
        'write $demo 0 "abc"',
        "process create other",
        "vmo create 4K --name other",
        "map $demo.vmar $heap",
        "unmap $demo.vmar $base 4K",
        "protect $demo.vmar $base 4K r",
        "kill $demo",
        "kill $self",
        "handle close $demo",
        "handle replace $demo --rights none",
        "vmo resize $heap 4K",
        "process start $demo",
        "read $demo $base 4 --buffer @$own",
        "zx_vmo_write $heap hex:ff 0 1",
    ],
)
def test_a_prefix_command_changes_nothing(prefix: str, line: str, staged: Session) -> None:
    staged.run("$own = map $self.vmar $heap --at 0x20000000")
    before = seen(staged)
    staged.run(f"{prefix} {line}")
    assert seen(staged) == before
    assert staged.run("read $demo $base 4").value == bytes(4)


@pytest.mark.parametrize("line", ["reset", "profile kernel", "settle"])
def test_compare_changes_nothing_where_no_syscall_is_made(line: str, staged: Session) -> None:
    before = seen(staged)
    staged.run(f"compare {line}")
    assert seen(staged) == before


def test_a_line_answers_after_its_explanation_as_it_would_have_before() -> None:
    plain, asked = Session(), Session()
    asked.run("explain process create demo; compare process create demo")
    assert plain.run("process create demo").fields() == asked.run("process create demo").fields()


def test_explain_answers_with_the_status_of_its_line(staged: Session) -> None:
    result = staged.run('explain write $demo 0 "x"')
    assert result.field("status").label == "ZX_ERR_NO_MEMORY"
    assert [each.verdict for each in result.field("checks")].count("decided") == 1


def test_explain_alone_shows_the_trace_of_the_last_line(staged: Session) -> None:
    staged.run('write $demo 0 "x"')
    alone = staged.run("explain").field("checks")
    assert alone == staged.run('explain write $demo 0 "x"').field("checks")


def test_explain_alone_shows_the_trace_that_was_recorded(staged: Session) -> None:
    staged.run('write $demo $base "x"')
    staged.run("$a = explain")
    staged.run("names; print 1")
    decided = [each for each in staged.run("explain").field("checks") if each.verdict == "decided"]
    assert decided == []


def test_explain_alone_is_a_mistake_before_anything_has_run(mistake: Mistake) -> None:
    assert "no syscall was made" in mistake("explain").message


def test_compare_runs_a_line_under_both_profiles(staged: Session) -> None:
    staged.run("kill $demo")
    result = staged.run('compare write $demo 0x1000 "x"')
    assert result.differs is True
    assert result.field("docs").field("status").label == "ZX_ERR_BAD_STATE"
    assert result.field("kernel").field("status").label == "ZX_ERR_NO_MEMORY"


def test_compare_says_where_both_answer_alike(staged: Session) -> None:
    assert staged.run('compare write $demo $base "x"').differs is False


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("vmo info 5", "5"),
        ("maps $job", "$job"),
        ("explain maps $job --all", "$job"),
        ("peek $self 0 1G", "1G"),
        ("write $self 0 null", "null"),
        ("write --length=0 $self 0 @0x10; maps --all 77", "77"),
        ("help no such thing", "no such thing"),
    ],
)
def test_a_mistake_that_a_command_finds_is_at_the_argument(
    line: str, token: str, session: Session, mistake: Mistake
) -> None:
    start = line.index(token)
    assert mistake(line, session).span == (start, start + len(token))
