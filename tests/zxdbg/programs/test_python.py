import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.lang.doc import parse_doc
from zxdbg.loader import load_commands
from zxdbg.programs.python import python_program
from zxdbg.programs.replay import replay

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.zx"))
Ran = Callable[..., Session]


def answers(session: Session) -> list[str]:
    """What the calls of a session answered, as a program prints it."""
    lines = []
    for step in replay(session.state):
        for call in step.result.calls if step.result and not step.result.asked else ():
            values = "".join(f" {name}={value:#x}" for name, value in call.values.items())
            lines.append(f"{call.syscall.name} {call.status.label}{values}")
    return lines


def printed(text: str, folder: Path, environment: dict[str, str]) -> list[str]:
    """Run a program as a user does; return what it prints."""
    path = folder / "program.py"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, path],
        capture_output=True,
        cwd=folder,
        env=environment,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout.splitlines()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_program_prints_the_statuses_of_the_session(
    path: Path, ran: Ran, tmp_path: Path, environment: dict[str, str]
) -> None:
    session = ran(path)
    assert printed(python_program(session.state).text, tmp_path, environment) == answers(session)


def test_the_program_for_every_example_of_a_command_does_too(
    ran: Ran, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "quickstart.zx").write_text("process create inner\n")
    asked, programs, expected = [], [], []
    for declared in load_commands():
        lesson = tmp_path / "lesson.zx"
        lesson.write_text("\n".join(parse_doc(declared.doc).examples))
        session = ran(lesson)
        programs.append(python_program(session.state).text)
        expected.append(answers(session))
        asked.append(declared.name)
    runner = "\n".join(f"print('#')\nexec({text!r}, {{}})" for text in programs)
    sections = "\n".join(printed(runner, tmp_path, environment)).split("#")[1:]
    came = [section.strip().splitlines() for section in sections]
    assert dict(zip(asked, came, strict=True)) == dict(zip(asked, expected, strict=True))


def test_a_program_reads_like_one(ran: Ran) -> None:
    session = ran(
        "process create demo\nvmo create 16K --name heap\n$base = map $demo.vmar $heap\n"
        'write $demo $base+4 "hi"  # a comment\nmaps $demo',
        seed=7,
        memory=64 << 20,
        profile="kernel",
    )
    text, commands = python_program(session.state)
    assert commands == 5
    assert (
        text
        == '''\
"""A session of zxdbg as a Python program: it prints what each syscall answers."""

from zxdbg import Session
from zxdbg.constants import ZX_PROP_NAME, ZX_VM_PERM_READ, ZX_VM_PERM_WRITE
from zxdbg.syscalls import (
    zx_object_set_property,
    zx_process_create,
    zx_process_write_memory,
    zx_vmar_map,
    zx_vmo_create,
)


def show(outcome):
    """Print what a syscall answered, and return it."""
    values = "".join(f" {name}={value:#x}" for name, value in outcome.values.items())
    print(f"{outcome.syscall.name} {outcome.status.label}{values}")
    return outcome


session = Session(seed=7, memory=0x4000000, profile="kernel")
caller = session.caller
job = session.value("job")

# process create demo
outcome = show(zx_process_create(caller, job, b'demo', 4, 0))
demo = outcome.proc_handle
demo_vmar = outcome.vmar_handle

# vmo create 16K --name heap
heap = show(zx_vmo_create(caller, 0x4000, 0)).out
show(zx_object_set_property(caller, heap, ZX_PROP_NAME, b'heap', 4))

# $base = map $demo.vmar $heap
base = show(
    zx_vmar_map(caller, demo_vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, heap, 0, 0x4000)
).mapped_addr

# write $demo $base+4 "hi"
show(zx_process_write_memory(caller, demo, base + 4, b'hi', 2))

# maps $demo
'''
    )


@pytest.mark.parametrize(
    ("line", "call"),
    [
        (
            "zx_vmo_write $v fill:0x5a:1M 0 4096",
            "zx_vmo_write(caller, v, Fill(0x5a, 0x100000), 0, 0x1000)",
        ),
        (f"vmo write $v 0 hex:{'00' * 100}", r"zx_vmo_write(caller, v, b'\x00' * 100, 0, 100)"),
        ("zx_vmo_write $v null 0 4", "zx_vmo_write(caller, v, None, 0, 4)"),
        ("zx_vmo_write $v @$v 0 4", "zx_vmo_write(caller, v, Pointer(v), 0, 4)"),
        ("zx_vmo_get_size $v --size null", "zx_vmo_get_size(caller, v, size=None)"),
        ("zx_vmo_get_size $v --size @0x5000", "zx_vmo_get_size(caller, v, size=Pointer(0x5000))"),
        (
            "zx_handle_close_many [$v,0] 2",
            "zx_handle_close_many(caller, handles(v, ZX_HANDLE_INVALID), 2)",
        ),
    ],
)
def test_data_and_places_are_expressions(
    line: str, call: str, ran: Ran, tmp_path: Path, environment: dict[str, str]
) -> None:
    session = ran(f"vmo create 4K --name v\n{line}")
    text = python_program(session.state).text
    assert call in text
    assert printed(text, tmp_path, environment) == answers(session)


def test_what_makes_no_syscall_and_counts_is_run_as_a_line(
    ran: Ran, tmp_path: Path, environment: dict[str, str]
) -> None:
    session = ran(
        "process create class; process start $class\nvmo create 4K --name v\n"
        '$b = map $class.vmar $v --perms r\n$p = peek $class $b 4\npoke $class $b "x" --deliver\n'
        "profile kernel\nread $class $b 4\nprocess create other; process start $other\n"
        "as $other\nzx_vmo_create 4096 0\nprocess exit 3\nkill $other --linger\n"
        "settle\nread $other 0 1"
    )
    text = python_program(session.state).text
    koid = session.run("print $other.koid").answer.value
    base = session.value("b")
    assert "class_ = outcome.proc_handle" in text
    assert f'session.run("as {koid}")' in text
    assert 'session.run("as")  # the process that called is dead' in text
    assert f'{base:#x} "x" --deliver\')' in text
    assert 'session.run("profile kernel")' in text
    assert "caller.kernel.linger = True\nshow(zx_task_kill(caller, other))" in text
    session.state.history.pop()
    assert printed(text, tmp_path, environment) == answers(session)


def test_a_hostile_name_stays_text(ran: Ran, tmp_path: Path, environment: dict[str, str]) -> None:
    session = ran(
        'process create "\\x1b[2J\'\\"\\n#{exit()}\\xff"\n'
        "vmo create 4K --name print\nvmo resize $print 1"
    )
    text = python_program(session.state).text
    assert "\x1b" not in text
    assert "print_ = show(zx_vmo_create(caller" in text
    assert printed(text, tmp_path, environment) == answers(session)


def test_where_an_answer_went_is_no_part_of_a_line_that_is_run(
    ran: Ran, tmp_path: Path, environment: dict[str, str]
) -> None:
    session = ran(
        "process create demo; vmo create 4K --name v\n$b = map $demo.vmar $v\n"
        f'poke $demo $b "x" --json => actual=1 > {tmp_path}/out\npeek $demo $b 4 | cat'
    )
    text = python_program(session.state).text
    koid = session.run("print $demo.koid").answer.value
    base = session.value("b")
    assert f"session.run('poke {koid} {base:#x} \"x\" --json')" in text
    assert f'session.run("peek {koid} {base:#x} 4")' in text
    session.state.history.pop()
    assert printed(text, tmp_path, environment) == answers(session)
