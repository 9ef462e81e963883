from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def seen(session: Session, syscall: str) -> tuple[str, ...]:
    (row,) = session.run(f"coverage {syscall}").syscalls
    found: tuple[str, ...] = row.seen
    return found


def test_coverage_tells_what_has_decided_since_the_start(session: Session) -> None:
    session.run('write $demo 0 "x"; read $demo 0 1; write 0 0 "x"')
    assert seen(session, "zx_process_write_memory") == ("handle-valid", "vaddr-mapped")
    assert seen(session, "process_read_memory") == ("vaddr-mapped",)


def test_coverage_counts_what_explain_shows(session: Session) -> None:
    session.run('explain write $demo 0 "x"')
    assert seen(session, "zx_process_write_memory") == ("vaddr-mapped",)


def test_coverage_counts_what_compare_shows_under_the_profile_in_force(session: Session) -> None:
    session.run("kill $demo; compare write $demo $base 'x'".replace("'", '"'))
    assert seen(session, "zx_process_write_memory") == ("process-accessible",)
    session.run("profile kernel")
    assert seen(session, "zx_process_write_memory") == ()


def test_coverage_survives_a_reset(session: Session) -> None:
    session.run("handle close 1; reset")
    assert seen(session, "zx_handle_close") == ("handle-valid",)


def test_coverage_counts_nothing_that_is_only_looked_at(session: Session) -> None:
    session.state.set_watch(watch=True)
    session.run("kill $demo")
    session.run('write $demo $base "x"')
    session.run("profile kernel")
    assert seen(session, "zx_process_write_memory") == ()


def test_the_older_spelling_of_a_syscall_is_the_same_one(session: Session) -> None:
    assert session.run("coverage zx_vmar_protect_old").syscalls == (
        session.run("coverage zx_vmar_protect").syscalls
    )


def test_another_word_is_a_mistake_with_a_hint(session: Session) -> None:
    with pytest.raises(CommandError, match="there is no syscall zx_wirte") as caught:
        session.run("coverage zx_wirte")
    assert caught.value.hint == "help syscalls lists them"
    assert caught.value.span == (9, 17)


def test_coverage_draws_the_table(session: Session, drawn: Drawer) -> None:
    session.run("handle close 1")
    lines = drawn(session.run("coverage"))
    assert lines[0].startswith("profile docs: 1 of ")
    at = lines.index("zx_handle_close   1 of 1")
    assert lines[at + 1] == "  decided  handle-valid"


def test_coverage_leaves_the_last_result_alone(session: Session) -> None:
    session.run("vmo create 9000; coverage")
    assert session.run("print $_.size").value == 12288
