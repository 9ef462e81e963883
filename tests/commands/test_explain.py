from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel import Status
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_explain_lists_every_rule_with_its_verdict(session: Session) -> None:
    result = session.run('explain write $demo 0x5000 "x"')
    verdicts = {check.rule.partition("/")[2]: check.verdict for check in result.checks}
    assert verdicts == {
        "buffer-not-null": "passed",
        "length-in-range": "passed",
        "handle-valid": "passed",
        "handle-rights": "passed",
        "handle-type": "passed",
        "process-accessible": "passed",
        "vaddr-mapped": "decided",
        "mapping-has-vmo": "not-reached",
        "buffer-readable": "not-reached",
        "vmo-is-paged": "not-reached",
        "vmo-is-cached": "not-reached",
        "vaddr-backed": "not-reached",
        "buffer-stays-readable": "not-reached",
        "page-available": "not-reached",
        "actual-writable": "not-reached",
    }


def test_explain_answers_with_the_status_of_its_line_and_changes_nothing(
    session: Session,
) -> None:
    session.run('write $demo $base "before"')
    used = session.state.kernel.memory.used
    result = session.run('explain write $demo $base+0x2000 "after"')
    assert (result.status, result.asked) == (Status.OK, True)
    assert session.state.kernel.memory.used == used
    assert session.run("read $demo $base+0x2000 5").data == bytes(5)
    koid = session.run("explain vmo create 4K --name ghost").answer.inner.koid
    assert "ghost" not in session.state.names
    assert session.run("vmo create 4K --name real").koid == koid


def test_explain_alone_shows_the_recorded_trace_of_the_last_line(session: Session) -> None:
    session.run("read $demo 0x5000 1")
    session.run("map $demo.vmar $heap --at 0x5000000")
    session.run("read $demo 0x5000 1")
    session.run("unmap $demo.vmar $base 16K; print 1; names; help; profile; read $demo 0x5000 1")
    session.run("print 5")
    result = session.run("explain")
    (decided,) = [check for check in result.checks if check.verdict == "decided"]
    assert decided.rule == "process_read_memory/vaddr-mapped"
    assert decided.facts == ("0x5000 lies in no mapping of demo; nearest: heap begins at 0x5000000")


def test_explain_of_a_line_without_a_syscall_is_a_mistake(session: Session) -> None:
    with pytest.raises(CommandError, match="handles makes no syscall"):
        session.run("explain handles")
    fresh = Session()
    with pytest.raises(CommandError, match="no syscall was made yet"):
        fresh.run("explain")


def test_explain_draws_marks_numbers_and_facts(session: Session, drawn: Drawer) -> None:
    lines = drawn(session.run('explain write $demo $base+0x4000 "x"'))
    assert lines[0].startswith("zx_process_write_memory(handle=$demo 0x")
    assert "  ✓  2  length is 1 byte to 64 MiB        1 byte" in lines
    assert any(line.startswith("  ✗  7  vaddr lies in a mapping") for line in lines)
    assert "  ·  8  not reached: the mapping still has its VMO" in lines
    assert max(map(len, lines)) <= 80


def test_explain_lists_the_other_calls_of_a_verb(session: Session, drawn: Drawer) -> None:
    lines = drawn(session.run("explain process start $demo"))
    assert lines[0].startswith("zx_process_start(")
    assert "  besides  zx_thread_create ZX_OK, zx_handle_duplicate ZX_OK" in lines


def test_compare_runs_the_line_under_both_profiles_and_changes_nothing(
    session: Session,
) -> None:
    session.run("kill $demo")
    result = session.run('compare write $demo $base "x"')
    assert result.differs is True
    assert result.docs.status is Status.BAD_STATE
    assert result.kernel.status is Status.NO_MEMORY
    assert session.state.profile.value == "docs"
    assert session.run("compare handles").differs is False


def test_explain_alone_says_when_the_last_command_made_no_syscall(
    session: Session, drawn: Drawer
) -> None:
    session.run("read $demo $base 4")
    assert not any("made no syscall" in line for line in drawn(session.run("explain")))
    session.run("peek $demo $base 4")
    lines = drawn(session.run("explain"))
    assert lines[0].startswith("zx_process_read_memory(")
    assert "  note     peek made no syscall; this is the last command that did" in lines


def test_explain_begins_with_the_answer(session: Session, drawn: Drawer) -> None:
    lines = drawn(session.run('explain write $demo $base+0x3ffe "abcd"'))
    at = next(at for at, line in enumerate(lines) if line.startswith("  profile docs"))
    assert lines[at + 1 : at + 3] == [
        "  answer   ZX_OK",
        "  stopped  at 0x10004000, after 2 bytes: the mapping ends there, and nothing is",
    ]
    lines = drawn(session.run('explain write $demo 0x5000 "x"'))
    assert "  answer   ZX_ERR_NO_MEMORY, by rule 7" in lines[:4]


def test_compare_says_where_only_the_reasons_differ(session: Session, drawn: Drawer) -> None:
    lines = drawn(session.run('compare write $demo $base+0x3ffe "abcd"'))
    assert lines[-1] == "  agreed   both answer alike, each for its own reason"
    lines = drawn(session.run('compare write $demo $base "abcd"'))
    assert lines[-1] == "  agreed   both answer alike"


def test_compare_alone_asks_the_last_line_again(session: Session) -> None:
    session.run('kill $demo; write $demo $base "x"; explain')
    compared = session.run("compare")
    assert compared.differs is True
    assert compared.docs.status is Status.BAD_STATE
    with pytest.raises(CommandError, match="no command has run yet; compare LINE asks"):
        Session().run("compare")


def test_compare_marks_what_differs_and_says_why(session: Session, drawn: Drawer) -> None:
    session.run("protect $demo.vmar $base+0x1000 0x1000 r")
    lines = drawn(session.run('compare write $demo $base+0xffe "wxyz"'))
    assert lines[0].split() == ["docs", "kernel", "2018-07-23"]
    assert any(line.split() == ["actual", "4", "2", "←", "differs"] for line in lines)
    assert not any("differs" in line for line in lines if line.split()[:1] == ["requested"])
    assert any("only where the range runs past" in line for line in lines)


def test_an_expectation_behind_a_question_is_about_its_line(session: Session) -> None:
    for line, missed in [
        ('explain write $demo $base+0x3fff "ab" => ZX_OK actual=1', []),
        ('explain write $demo 0 "ab" => ZX_ERR_NO_MEMORY', []),
        ('explain write $demo $base "ab" => actual=1', ["actual"]),
        ('compare write $demo $base "ab" => differs=false', []),
    ]:
        (parsed,) = session.iter_parsed(line)
        assert parsed.expectation is not None
        found = parsed.expectation.misses(session.execute(parsed))
        assert [miss.field for miss in found] == missed


def test_compare_of_compare_agrees_and_shows_statuses(session: Session, drawn: Drawer) -> None:
    session.run("kill $demo")
    compared = session.run('compare compare write $demo $base "x"')
    assert compared.differs is False
    text = "\n".join(drawn(compared))
    assert "ZX_ERR_BAD_STATE (-20)" in text
    assert "← differs" not in text
    assert "<write" not in text


@pytest.mark.parametrize(
    ("line", "differs"),
    [('write $demo 0 "x"', False), ("map $demo.vmar $heap --size 1", True)],
)
def test_compare_of_explain_compares_what_is_explained(
    session: Session, line: str, differs: bool
) -> None:
    asked = session.run(f"compare explain {line}")
    plain = session.run(f"compare {line}")
    assert asked.differs == plain.differs == differs
    assert asked.docs.fields() == plain.docs.fields()
    assert asked.kernel.fields() == plain.kernel.fields()
