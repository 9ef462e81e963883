import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from zxdbg import Session
from zxdbg.lang.declare import Command
from zxdbg.lang.doc import parse_doc
from zxdbg.loader import load_commands
from zxdbg.markdown import Section, sections
from zxdbg.programs.script import how_to_run, script
from zxdbg.report import QuietReport
from zxdbg.script import Runner
from zxdbg.steps import steps

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.zx"))
SECTIONS = [
    section
    for path in sorted((ROOT / "examples").glob("*.md"))
    for section in sections(path.read_bytes(), path.name)
]
Ran = Callable[..., Session]


def picture(session: Session) -> dict[str, Any]:
    """Everything that can be seen of a session: names, handles, processes, mappings, bytes."""
    kernel = session.state.kernel
    seen: dict[str, Any] = {
        "profile": session.state.profile,
        "names": {name: (each.value, each.status) for name, each in session.state.names.items()},
        "caller": session.state.caller.process.koid,
        "next koid": kernel._next_koid,
        "left": kernel.memory.free,
    }
    for process in kernel.iter_processes():
        regions = [
            (depth, type(region).__name__, region.base, region.size)
            for depth, region in process.aspace.root.walk()
        ]
        handles = [(process.value_of(each), each.rights) for each in process.handle_list]
        seen[f"process {process.koid}"] = (process.name, process.state, regions, handles)
    for vmo in kernel.iter_vmos():
        seen[f"vmo {vmo.koid}"] = (vmo.name, vmo.size, vmo.committed)
        if vmo.size <= 1 << 20:
            seen[f"bytes {vmo.koid}"] = vmo.read(0, vmo.size)
    return seen


def saved(session: Session, *, expect: bool = False) -> str:
    return script(session.state, "saved.zx", expect=expect).text


@pytest.mark.parametrize("expect", [False, True])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_saved_session_runs_to_the_same_state(path: Path, expect: bool, ran: Ran) -> None:
    session = ran(path)
    again = strictly(saved(session, expect=expect))
    assert picture(again) == picture(session)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_so_does_one_that_ran_a_page(section: Section) -> None:
    session, errors = Session(), StringIO()
    runner = Runner(session, QuietReport(errors), keep_going=True)
    for block in section.blocks:
        runner.run_steps(steps("page", block.lines), "")
    assert errors.getvalue() == ""
    assert picture(strictly(saved(session, expect=True))) == picture(session)


@pytest.mark.parametrize("declared", list(load_commands()), ids=lambda each: each.name)
def test_so_does_one_that_ran_the_examples_of_a_command(
    declared: Command, ran: Ran, tmp_path: Path
) -> None:
    (tmp_path / "quickstart.zx").write_text("process create inner\n")
    lesson = tmp_path / "lesson.zx"
    lesson.write_text("\n".join(parse_doc(declared.doc).examples))
    session = ran(lesson)
    assert picture(strictly(saved(session, expect=True))) == picture(session)


def strictly(text: str, folder: str = "", **options: Any) -> Session:
    """Run a script as the program does; nothing may be refused unexpectedly, or missed."""
    session = Session(**options)
    errors = StringIO()
    runner = Runner(session, QuietReport(errors))
    runner.run_file("saved.zx", text.encode(), folder)
    assert errors.getvalue() == ""
    assert runner.exit_code == 0
    return session


def test_a_script_has_one_command_a_line_below_a_header(ran: Ran) -> None:
    session = ran("process create demo; vmo create 16K \\\n  --name heap # a comment\n\nmaps $demo")
    assert saved(session) == (
        "# A session of zxdbg. To run it: zxdbg FILE\n"
        "\n"
        "process create demo\n"
        "vmo create 16K --name heap\n"
        "maps $demo\n"
    )


def test_what_a_file_cannot_set_stands_in_the_header(ran: Ran) -> None:
    session = ran("print 1", seed=7, memory=64 << 20, profile="kernel")
    assert saved(session) == (
        "# A session of zxdbg. To run it: zxdbg --seed 7 --memory 64M FILE\n"
        "profile kernel\n"
        "\n"
        "print 1\n"
    )


def test_refusals_and_faults_are_expected_in_any_case(ran: Ran) -> None:
    session = ran('process create demo\nwrite $demo 0x1000 "x"\npeek $demo 0 1\nprint 1')
    assert saved(session).splitlines()[2:] == [
        "process create demo",
        'write $demo 0x1000 "x" => ZX_ERR_NO_MEMORY',
        "peek $demo 0 1 => fault",
        "print 1",
    ]


def test_what_was_expected_stays_if_it_came_true(ran: Ran) -> None:
    session = ran(
        "vmo create 16K --name v => size=16K\n"
        "vmo resize $v 4K => size=8K\n"
        "vmo read $v 8K 1 => ZX_OK\n"
        "vmo read $v 8K 1 => status=ZX_ERR_OUT_OF_RANGE"
    )
    assert saved(session).splitlines()[2:] == [
        "vmo create 16K --name v => size=16K",
        "vmo resize $v 4K",
        "vmo read $v 8K 1 => ZX_ERR_OUT_OF_RANGE",
        "vmo read $v 8K 1 => status=ZX_ERR_OUT_OF_RANGE",
    ]


def test_answers_are_expected_where_they_do_not_come_from_the_seed(ran: Ran) -> None:
    session = ran(
        "process create demo\nvmo create 16K --name heap\n$base = map $demo.vmar $heap\n"
        'write $demo $base+0x3ff0 "0123456789abcdef++++"\nread $demo $base 5\n'
        "read $demo $base 100\nhandles\nprofile\nprint $demo\nhandle duplicate $demo\n"
        'process create "two words"'
    )
    assert saved(session, expect=True).splitlines()[2:] == [
        "process create demo => ZX_OK",
        "vmo create 16K --name heap => ZX_OK size=16K",
        "$base = map $demo.vmar $heap => ZX_OK size=16K",
        'write $demo $base+0x3ff0 "0123456789abcdef++++" => ZX_OK actual=16',
        "read $demo $base 5 => ZX_OK data=hex:0000000000 actual=5",
        "read $demo $base 100 => ZX_OK data=zero:100 actual=100",
        "handles => ZX_OK rows=7",
        "profile => ZX_OK profile=docs",
        "print $demo => ZX_OK rows=1",
        "handle duplicate $demo => ZX_OK",
        'process create "two words" => ZX_OK',
    ]
    strictly(saved(session, expect=True), seed=5)


def test_a_session_that_was_reset_begins_there(ran: Ran) -> None:
    session = ran("vmo create 4K --name gone\nprofile kernel\nreset\nvmo create 8K --name there")
    assert saved(session).splitlines()[2:] == ["vmo create 8K --name there"]
    assert picture(strictly(saved(session))) == picture(session)
    session = ran("reset\nprint 1", profile="kernel")
    assert saved(session).splitlines()[1:] == ["profile kernel", "", "print 1"]


def test_lines_of_files_stand_there_instead_of_source(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.zx").write_text("vmo create 4K --name v\nvmo write $v 0 file:x.bin\n")
    (tmp_path / "inner" / "x.bin").write_bytes(b"payload")
    outer = tmp_path / "a.zx"
    outer.write_text("source inner/b.zx\nvmo read $v 0 7\nquit\n")
    session = ran(outer)
    place = tmp_path / "other" / "saved.zx"
    place.parent.mkdir()
    text, commands = script(session.state, str(place), expect=True)
    assert text.splitlines() == [
        "# A session of zxdbg. To run it: zxdbg --allow-io FILE",
        "",
        "# source inner/b.zx",
        "vmo create 4K --name v => ZX_OK size=4K",
        "vmo write $v 0 file:../inner/x.bin => ZX_OK requested=7",
        'vmo read $v 0 7 => ZX_OK data="payload"',
    ]
    assert commands == 3
    assert picture(strictly(text, str(place.parent))) == picture(session)
    shutil.rmtree(tmp_path / "inner")
    text, commands = script(session.state, str(place), expect=False)
    assert text.splitlines()[4].startswith("# This cannot be run again: ")
    assert text.splitlines()[5] == "# vmo write $v 0 file:../inner/x.bin"
    assert commands == 2


def test_a_path_with_blanks_is_found_again(ran: Ran, tmp_path: Path) -> None:
    folder = tmp_path / "my lessons"
    folder.mkdir()
    (folder / "x.bin").write_bytes(b"hi")
    (folder / "a.zx").write_text("vmo create 4K --name v\nvmo write $v 0 file:x.bin\n")
    session = ran(folder / "a.zx")
    text = script(session.state, str(tmp_path / "saved.zx"), expect=False).text
    assert 'vmo write $v 0 file:"my lessons/x.bin"' in text
    assert picture(strictly(text, str(tmp_path))) == picture(session)


def test_other_callers_quotes_and_odd_bytes_come_through() -> None:
    session = Session()
    for line in (
        r'process create "a b;c # \xff\"q"',
        "process create raw\udcfe",
        "process create demo",
        "process start $demo",
        "as $demo",
        "zx_vmo_create 4096 0",
        "as",
        'vmo create 4K --name "\t=> | >"',
    ):
        session.run(line)
    again = strictly(saved(session))
    assert picture(again) == picture(session)
    assert r'process create "raw\xfe"' in saved(session)


def test_a_session_from_nothing_is_a_header(ran: Ran) -> None:
    text, commands = script(Session().state, "x.zx", expect=True)
    assert (text, commands) == ("# A session of zxdbg. To run it: zxdbg FILE\n\n", 0)


def typed(session: Session, *lines: str) -> None:
    """Run lines as a prompt does."""
    session.state.shorthand = True
    runner = Runner(session, QuietReport(StringIO()), strict=False)
    for line in lines:
        runner.run_text("", line.encode())
    assert runner.mistakes == 0


def test_what_was_typed_in_short_stands_there_in_full(tmp_path: Path) -> None:
    session, out = Session(), tmp_path / "out.txt"
    typed(
        session,
        "proc cr demo; vmo cr 16K --name heap",
        "alias rd read $demo",
        'alias check "read $demo $base 4 => actual=4"',
        "$base = map $demo.vmar $heap --at 0x10000000",
        f"rd $base+1 4 > {out}",
        "check",
        "vmmap $demo | grep -q demo",
        "x/4xb $base --json",
        "wri $demo 0x1000 hex:00",
        "expl rd $base 99999",
        "ps",
    )
    assert out.exists()
    assert saved(session).splitlines()[2:] == [
        "process create demo",
        "vmo create 16K --name heap",
        "$base = map $demo.vmar $heap --at 0x10000000",
        "read $demo $base+1 4",
        "read $demo $base 4 => actual=4",
        "vmmap $demo",
        "x/4xb $base --json",
        "write $demo 0x1000 hex:00 => ZX_ERR_NO_MEMORY",
        "explain read $demo $base 99999",
        "ps",
    ]
    assert picture(strictly(saved(session, expect=True))) == picture(session)


def test_what_the_user_prefers_and_what_goes_to_files_is_left_out(tmp_path: Path) -> None:
    session = Session()
    typed(
        session,
        "vmo create 4K --name v => ZX_OK",
        "set theme light; set theme; settings; alias rd print 1; unalias rd",
        f"record {tmp_path}/r.zx; save {tmp_path}/s.zx; export c {tmp_path}/s.c; record stop",
        "print $_.size",
    )
    for expect in (False, True):
        lines = saved(session, expect=expect).splitlines()[2:]
        assert [line.partition(" =>")[0] for line in lines] == [
            "vmo create 4K --name v",
            "print $_.size",
        ]
        assert picture(strictly(saved(session, expect=expect))) == picture(session)


def test_comparisons_stay_and_those_that_did_not_hold_say_so(ran: Ran) -> None:
    session = ran(
        "vmo create 5000 --name v\nexpect $v.size>=5000\nexpect $v.size=1 => holds=false\n"
        "print $v.size => any"
    )
    typed(session, "expect $v.size = 5000")
    for expect in (False, True):
        assert saved(session, expect=expect).splitlines()[3:] == [
            "expect $v.size>=5000",
            "expect $v.size=1 => holds=false",
            "print $v.size => any",
            "expect $v.size = 5000 => holds=false",
        ]
        strictly(saved(session, expect=expect))


def test_output_that_a_file_states_and_mistakes_that_it_expects_are_no_commands(
    ran: Ran, tmp_path: Path
) -> None:
    lesson = tmp_path / "a.zx"
    lesson.write_text("source b.zx\nprint 3\n| 3 …\n")
    (tmp_path / "b.zx").write_text(
        "process create demo\n| ZX_OK …\nprint $nothing => error\nprint 1; print 2\n| 2 …\n"
    )
    session = ran(lesson)
    assert saved(session).splitlines()[2:] == [
        "# source b.zx",
        "process create demo",
        "print 1",
        "print 2",
        "print 3",
    ]
    (tmp_path / "c.zx").write_text("zx> source b.zx\n…\nzx> print 4\n4 …\n")
    session = ran(tmp_path / "c.zx")
    assert saved(session).splitlines()[-2:] == ["print 2", "print 4"]


def test_a_name_that_was_given_outside_of_the_session_is_bound_in_the_script() -> None:
    session = Session()
    session.bind("size=16K")
    session.run("vmo create $size --name v")
    assert saved(session).splitlines()[2:] == [
        "$size = print 16K",
        "vmo create $size --name v",
    ]
    assert picture(strictly(saved(session))) == picture(session)


@pytest.mark.parametrize(
    ("options", "line", "words"),
    [
        ({}, "print 1", "zxdbg x.zx"),
        ({"seed": 7, "memory": 64 << 20}, "print 1", "zxdbg --seed 7 --memory 64M x.zx"),
        ({"seed": 7}, "print file:{path}", "zxdbg --allow-io --seed 7 x.zx"),
    ],
)
def test_how_a_script_is_run_is_what_its_header_says(
    options: dict[str, Any], line: str, words: str, tmp_path: Path
) -> None:
    session = Session(**options)
    session.run("vmo create 4K --name v")
    path = tmp_path / "data"
    path.write_bytes(b"x")
    session.run(line.replace("print file:{path}", f"vmo write $v 0 file:{path}"))
    assert how_to_run(saved(session), "x.zx") == words
