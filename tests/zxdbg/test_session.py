import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import zxdbg
from zxdbg import CommandError, Session
from zxdbg.syscalls import zx_vmo_create

Mistake = Callable[..., CommandError]


def test_a_line_answers_with_a_result(session: Session) -> None:
    result = session.run("process create demo")
    assert result.field("status").label == "ZX_OK"
    assert result.proc_handle == result.value == session.value("demo")


def test_a_refusal_returns(session: Session) -> None:
    session.run("process create demo")
    result = session.run('write $demo 0x1000 "hi"')
    assert (result.field("status").label, int(result.field("status"))) == ("ZX_ERR_NO_MEMORY", -4)
    assert (result.requested, result.actual) == (2, None)


def test_a_mistake_raises_with_place_and_hint(session: Session) -> None:
    with pytest.raises(CommandError) as caught:
        session.run('handles; wirte $self 0x1000 "hi"')
    error = caught.value
    assert error.span == (9, 14)
    assert (error.message, error.hint) == ("no such command: wirte", "nearest: write")
    assert str(error) == "no such command: wirte; nearest: write"


@pytest.mark.parametrize(
    "command",
    [
        "write $self 0 null",
        "write $self 0 @0x1000",
        "explain",
        "explain handles",
        "maps 5",
        "help nonsense",
        "source nothing.zx",
        "compare explain handles",
    ],
)
def test_a_mistake_that_a_command_finds_itself_has_its_place_too(
    command: str, mistake: Mistake
) -> None:
    error = mistake(f"print 1; {command}; print 2")
    assert error.span is not None
    assert error.span[0] >= 9
    assert error.span[1] <= 9 + len(command)


def test_a_missing_argument_has_its_place_behind_the_last_word(mistake: Mistake) -> None:
    assert mistake("write $self").span == (11, 11)


@pytest.mark.parametrize("line", ["", "   ", "# only a comment", ";;", "\\"])
def test_a_line_without_a_command_is_a_mistake(line: str, mistake: Mistake) -> None:
    assert mistake(line).span is not None


def test_the_result_of_a_line_is_that_of_its_last_command(session: Session) -> None:
    assert session.run("print 1; print 2").value == 2


def test_a_line_runs_up_to_its_mistake(session: Session) -> None:
    with pytest.raises(CommandError):
        session.run("vmo create 4K; wirte; vmo create 4K")
    assert len(session.run("vmos").rows) == 1


@pytest.mark.parametrize("line", [r'print "{}"', "{}", "process create {}", "help {}"])
@pytest.mark.parametrize("point", [0xDC80, 0xD800])
def test_text_that_is_no_unicode_never_breaks_a_session(
    line: str, point: int, session: Session
) -> None:
    with contextlib.suppress(CommandError):
        session.run(line.format(chr(point)))
    assert session.run("print 1").value == 1


def test_the_lines_that_ran_are_the_history(session: Session) -> None:
    session.run("process create a; vmo create 4K # x")
    with pytest.raises(CommandError):
        session.run("wirte")
    assert session.state.history == ["process create a", "vmo create 4K"]


def test_a_session_is_a_script() -> None:
    first = Session(seed=7)
    for line in (
        "process create a",
        "vmo create 64K --name v",
        "map $a.vmar $v",
        "write $a $_ hex:00",
    ):
        first.run(line)
    second = Session(seed=7)
    for line in first.state.history:
        second.run(line)
    for view in ("handles", "vmos", "processes", "names", "maps $a"):
        assert first.run(view).fields() == second.run(view).fields()


def test_equal_seeds_give_equal_sessions_and_others_others() -> None:
    def values(seed: int) -> tuple[int, int]:
        session = Session(seed=seed)
        session.run("process create a; vmo create 4K --name v")
        return session.value("a"), session.run("map $a.vmar $v").value

    assert values(1) == values(1) == values(1)
    assert len({values(seed)[0] for seed in range(8)}) > 1
    assert len({values(seed)[1] for seed in range(8)}) > 1


def test_koids_count_up(session: Session) -> None:
    koids = [session.run(f"vmo create 4K --name v{at}").koid for at in range(3)]
    assert koids == [koids[0], koids[0] + 1, koids[0] + 2]


def test_the_profile_can_be_chosen() -> None:
    session = Session(profile="kernel")
    assert session.run("profile").fields() == {"profile": "kernel"}
    with pytest.raises(ValueError, match="nonsense"):
        Session(profile="nonsense")


def test_simulated_memory_is_bounded() -> None:
    session = Session(memory=16384)
    session.run("process create a; vmo create 64K --name v; map $a.vmar $v --at 0x10000000")
    assert session.run("write $a 0x10000000 fill:1:16K").actual == 16384
    assert session.run("write $a 0x10004000 fill:1:1").field("status").label == "ZX_ERR_NO_MEMORY"
    assert session.run("read $a 0x10004000 4").value == bytes(4)


def test_memory_that_is_not_committed_costs_nothing(session: Session) -> None:
    assert session.run("vmo create 1T --name v").size == 1 << 40
    assert session.run("vmos").rows[0].committed == 0


def test_syscalls_can_be_made_from_python(session: Session) -> None:
    outcome = zx_vmo_create(session.caller, 4096, 0)
    assert outcome.status.label == "ZX_OK"
    assert session.run("handles").rows[0].value == outcome.out


def test_the_value_of_a_name_is_a_number(session: Session) -> None:
    session.run('vmo create 4K --name v; $s = print "text"')
    assert session.value("v") == session.value("$v")
    with pytest.raises(TypeError):
        session.value("s")
    with pytest.raises(KeyError):
        session.value("nothing")


def test_the_public_names_are_these() -> None:
    assert zxdbg.__all__ == ["CommandError", "Session", "__version__"]
    with pytest.raises(AttributeError):
        zxdbg.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        ("zx_vmo_read $s 0 0xffffffffffffffff --buffer @0x20000000", ["ZX_ERR_INVALID_ARGS"]),
        ("zx_vmo_read $s 0 0xffffffffffffffff --buffer @0x30000000", ["ZX_ERR_INVALID_ARGS"]),
        ("zx_vmo_write $s @0x20000000 0 0xffffffffffffffff", ["ZX_ERR_INVALID_ARGS"]),
        ("zx_vmo_write $big fill:1:64G 0 64G", ["ZX_ERR_NO_MEMORY"]),
        ("zx_vmo_read $big 0 64G", ["ZX_OK", "ZX_ERR_INVALID_ARGS", "ZX_ERR_NO_MEMORY"]),
    ],
)
def test_a_huge_range_is_judged_and_never_paid_by_the_host(
    line: str, statuses: list[str], session: Session
) -> None:
    session.run("vmo create 16T --name big; vmo create 4K --name s")
    session.run("map $self.vmar $s --at 0x20000000")
    assert session.run(line).field("status").label in statuses


def test_a_value_can_be_that_of_a_field(session: Session) -> None:
    session.run("process create demo")
    assert session.value("demo.vmar") == session.run("print $demo.vmar").value
    assert session.value("$demo") == session.value("demo.proc")


def test_the_history_names_files_from_here(session: Session, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"hi")
    session.run("vmo create 4K --name v")
    session.state.folder = os.path.relpath(tmp_path)
    session.run("vmo write $v 0 file:x.bin")
    session.run(f"vmo write $v 0 file:{tmp_path}/x.bin")
    assert session.state.history[1:] == [
        f"vmo write $v 0 file:{os.path.relpath(tmp_path)}/x.bin",
        f"vmo write $v 0 file:{tmp_path}/x.bin",
    ]
