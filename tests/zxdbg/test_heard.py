"""Output that a file states, judged by the program: which failures there are, and where."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from zxdbg.failure import Failure
from zxdbg.render.screen import Screen
from zxdbg.report import QuietReport, ScreenReport
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.shell.report import ShellReport
from zxdbg.steps import Place

Program = Callable[..., CompletedProcess[str]]
Script = Callable[..., Path]
Run = Callable[..., list[tuple[int, str]]]
STAGE = "process create demo; vmo create 16K --name heap; $base = map $demo.vmar $heap --at 256M\n"
PARTIAL = """\
ZX_OK  zx_process_write_memory   16 of 20 bytes written

  0x10003ff0                         0x10004000                 0x10004004
  ├──────────────────────────────────┼──────────────────────────┤
  │███████████████ 16 ███████████████│░░░░░░░░░░░ 4 ░░░░░░░░░░░░│
  │ heap+0x3ff0  rw-                 │ nothing mapped           │

  stopped  heap ends at 0x10004000, and nothing is mapped there
  next     write $demo 0x10004000 "++++"   (would answer ZX_ERR_NO_MEMORY)
  changed  16 bytes of heap at +0x3ff0, 1 page committed
"""


@pytest.fixture
def failures() -> Run:
    """Run a file; return the line and the message of each failure."""

    def run(text: str, *, keep_going: bool = True, profile: str = "docs") -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []

        class Report(QuietReport):
            def failure(self, failure: Failure) -> None:
                line, _ = failure.place.at(failure.span[0])
                found.append((line, failure.message))
                assert failure.lines()

        runner = Runner(Session(profile=profile), Report(StringIO()), keep_going=keep_going)
        runner.run_file("f", text.encode(), "")
        assert (runner.exit_code == 0) is (not found)
        return found

    return run


def bars(text: str) -> str:
    return "".join(f"| {line}\n" for line in text.splitlines())


# Command files --------------------------------------------------------------------


def test_output_that_is_as_stated_is_no_failure(failures: Run) -> None:
    line = 'write $demo $base+0x3ff0 "0123456789abcdef++++"\n'
    assert failures(STAGE + line + bars(PARTIAL)) == []


@pytest.mark.parametrize(
    "stated",
    [
        "| ZX_OK  zx_process_write_memory   3 of 3 bytes written   heap+0x0  rw-\n| …",
        "|ZX_OK  zx_process_write_memory   3 of 3 bytes written   heap+0x0  rw-\n| …",
        "  | ZX_OK  …   \n|   changed  3 bytes of heap at +0x0, 1 page committed",
        "| ZX_OK … 3 of 3 bytes …\n| …",
        "| …",
        "| ZX_OK…\n| …",
    ],
)
def test_dots_stand_for_what_is_left_out(stated: str, failures: Run) -> None:
    assert failures(f'{STAGE}write $demo $base "abc"\n{stated}\nprint 1\n') == []


def test_output_that_differs_is_a_failure_at_its_first_line_that_does(
    program: Program, script: Script
) -> None:
    path = script(
        f"{STAGE}handle close 5 => any\n| ZX_ERR_BAD_HANDLE …\n|\n|   rule 1 of 2 …\n| …\n"
    )
    done = program("--quiet", path.name, cwd=path.parent)
    assert done.stderr.splitlines() == [
        "lesson.zx:5:3: other output than this came of: handle close 5 => any",
        "    |   rule 1 of 2 …",
        "      ^^^^^^^^^^^^^^^",
        "    - expected, + came",
        "      ZX_ERR_BAD_HANDLE (-11)  zx_handle_close",
        "",
        "    -   rule 1 of 2 …",
        "    - …",
        "    +   rule 1 of 1    handle is a handle of the caller",
        "    +                  0x5 is no handle of the caller",
        "    +   see            explain · handles · help ZX_ERR_BAD_HANDLE",
    ]
    assert done.returncode == 1


def test_a_mismatch_stops_a_script_and_keep_going_goes_on(failures: Run) -> None:
    text = "print 1\n| 2\nprint 3\n| 4\n"
    assert [line for line, _ in failures(text, keep_going=False)] == [2]
    assert [line for line, _ in failures(text)] == [2, 4]


def test_of_several_commands_in_a_line_the_last_one_counts(failures: Run) -> None:
    assert failures("print 1; print 2\n| 2  0x2\n") == []
    assert failures("print 1; print 2\n| 1  0x1\n| 2  0x2\n") != []


@pytest.mark.parametrize(
    ("line", "trouble", "lines"),
    [
        ("handle close 5", "ZX_ERR_BAD_HANDLE", []),
        ("handle close 5; handle close 5", "ZX_ERR_BAD_HANDLE", [1]),
        ("peek $self 0 1", "fault (outside)", []),
        ("peek $self 0 1", "fault (outs", [1]),
    ],
)
def test_output_that_names_the_trouble_states_it(
    line: str, trouble: str, lines: list[int], failures: Run
) -> None:
    assert [at for at, _ in failures(f"{line}\n| {trouble}…\n| …\n")] == lines


def test_output_that_leaves_a_refusal_out_does_not_state_it(failures: Run) -> None:
    ((line, message),) = failures("handle close 5\n| …\n")
    assert (line, message.partition(" (")[0]) == (1, "refused: ZX_ERR_BAD_HANDLE")


def test_a_mistake_that_is_expected_shows_its_message(failures: Run) -> None:
    assert failures("wirte => error\n| no such command: wirte; nearest: write\n") == []
    assert failures("wirte\n| no such command: wirte; nearest: write\n") == [
        (1, "no such command: wirte; nearest: write")
    ]


@pytest.mark.parametrize("quiet", [(), ("--quiet",), ("--json",), ("--width", "120")])
def test_output_is_judged_as_drawn_on_80_columns_whatever_the_options(
    quiet: tuple[str, ...], program: Program, script: Script
) -> None:
    line = 'write $demo $base+0x3ff0 "0123456789abcdef++++"\n'
    done = program(*quiet, "--color", "always", script(STAGE + line + bars(PARTIAL)))
    assert (done.stderr, done.returncode) == ("", 0)


def test_what_the_other_profile_answers_is_part_of_the_output(failures: Run) -> None:
    lines = STAGE + 'kill $demo; write $demo $base "x"\n| ZX_ERR_BAD_STATE…\n| …\n'
    assert failures(f"{lines}| …the kernel of 2018-07-23 answered ZX_ERR_NO_MEMORY…\n| …\n") == []


def test_stated_output_is_no_output_of_its_own(program: Program) -> None:
    done = program("-c", "print 1\n| 1  0x1\nprint 2")
    assert done.stdout == "zx> print 1\n1  0x1\nzx> print 2\n2  0x2\n"


@pytest.mark.parametrize("report", [(), ("--quiet",), ("--json",), ("--width", "120")])
def test_what_a_shell_command_writes_is_output_that_can_be_stated(
    report: tuple[str, ...], program: Program, script: Script
) -> None:
    line = "help write | grep -c .\n"
    lines = program("--allow-io", "--width", "80", "-c", line).stdout.splitlines()[-1]
    text = f"{line}| {lines}\n"
    text += "print 7 | tr 7 8\n| 8  0x8\nprint 1; print 2 | tr 2 3\n| 3  0x3\n"
    text += "print 7 | cat -n\n|      1  7  0x7\n"
    done = program("--allow-io", *report, script(text))
    assert (done.stderr, done.returncode) == ("", 0)
    if not report:
        assert done.stdout.startswith(
            f"zx> {line}{lines}\nzx> print 7 | tr 7 8\n8  0x8\nzx> print 1\n1  0x1\n"
        )
    if report == ("--json",):
        assert '"output": "8  0x8\\n"' in done.stdout


def test_what_a_shell_command_writes_otherwise_is_a_failure(
    program: Program, script: Script
) -> None:
    path = script("print 7 | tr 7 8\n| 7  0x7\n")
    done = program("--allow-io", "--quiet", path.name, cwd=path.parent)
    assert done.stderr.splitlines() == [
        "lesson.zx:2:3: other output than this came of: print 7 | tr 7 8",
        "    | 7  0x7",
        "      ^^^^^^",
        "    - expected, + came",
        "    - 7  0x7",
        "    + 8  0x8",
    ]


def test_what_is_exported_is_output_that_can_be_stated(program: Program, script: Script) -> None:
    text = "print 7\nexport html out.html\n| the whole screen in out.html\nprint 8\n"
    text += "export svg out.svg --last 1\n| 2 lines of the screen in out.svg\n"
    path = script(text)
    done = program("--allow-io", path)
    assert (done.stderr, done.returncode) == ("", 0)
    assert "print 7" in (path.parent / "out.html").read_text()
    path.write_text(text.replace("whole", "half"))
    assert "half screen" in program("--allow-io", path).stderr


# Transcripts ----------------------------------------------------------------------


def test_what_a_script_prints_runs_as_it_is(program: Program, script: Script) -> None:
    lines = STAGE + 'write $demo $base+0x3ff0 "0123456789abcdef++++"\nhandles\nmaps $demo\n'
    shown = program("-c", lines + "handle close 5 => any\nhelp write\n").stdout
    assert shown.count("zx> ") > 5
    done = program("--quiet", script(shown))
    assert (done.stderr, done.returncode) == ("", 0)


def transcript(width: int, lines: str) -> str:
    """What a shell of a width shows for lines; like the shell's own loop, without a terminal."""
    stream = StringIO()
    report = ShellReport(Screen(stream, width), stream)
    session = Session()
    session.state.set_watch(watch=True)
    runner = Runner(session, report, strict=False)
    for number, line in enumerate(lines.splitlines(), 1):
        mark = f"zxdbg {number}> "
        stream.write(f"{mark}{line}\n")
        report.indent, report.drawn, runner.stopped = len(mark), False, False
        runner.run_line(Place("", 1, line))
    return stream.getvalue()


SESSION = (
    STAGE + 'write $demo $base+0x3ff0 "0123456789abcdef++++"\nhandle close 5\nwirte $demo\n'
    "print 1; wirte\nprint 1; print 2\nmaps $demo\nhandles\nexplain\nprint 1 => value=1\n"
)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_what_the_shell_shows_runs_as_it_is_at_every_width(width: int, failures: Run) -> None:
    shown = transcript(width, SESSION)
    assert "no such command: wirte; nearest: write" in shown
    assert failures(shown) == []


def test_the_width_of_a_transcript_once_found_goes_for_what_fits_at_several(
    failures: Run,
) -> None:
    line = "help write | grep -c .\n"
    wide = transcript(132, STAGE + "maps $demo\n" + line)
    assert failures(wide) == []
    assert [at for at, _ in failures(transcript(132, line))] == [2]


def test_a_transcript_that_is_wrong_fails_at_its_line(failures: Run) -> None:
    shown = transcript(100, SESSION).replace("16 of 20 bytes", "17 of 20 bytes")
    line = next(at for at, text in enumerate(shown.split("\n"), 1) if "17 of 20" in text)
    ((at, message),) = failures(shown)
    assert at == line
    assert message.startswith("other output than this came of: write $demo $base+0x3ff0")


def test_a_mistake_in_a_transcript_that_shows_another_one_is_a_mistake(failures: Run) -> None:
    shown = transcript(80, "wirte\n").replace("nearest: write", "nearest: read")
    assert failures(shown) == [(1, "no such command: wirte; nearest: write")]


def test_a_transcript_without_output_below_a_command_states_nothing(failures: Run) -> None:
    assert failures("zx> print 1\nzx> process create demo\nzx> print 2\n2  0x2\n") == []
    ((line, _),) = failures("zx> print 1\nzx> handle close 5\nzx> print 2\n")
    assert line == 2


def test_a_transcript_can_leave_lines_out(failures: Run) -> None:
    text = "zxdbg 1> handles\n…\nzxdbg 2> handle close 5\nZX_ERR_BAD_HANDLE…\n…\nzxdbg 3> print 1\n"
    assert failures(text) == []


def test_a_sourced_file_is_part_of_a_transcript(script: Script, program: Program) -> None:
    script("print 5\nprint 6\n", "inner.zx")
    path = script("zxdbg 1> source inner.zx\nzx> print 5\n5  0x5\nzx> print 6\n6  0x6\n")
    assert program("--quiet", path).returncode == 0
    path.write_text(path.read_text().replace("6  0x6", "7"))
    done = program("--quiet", path.name, cwd=path.parent)
    assert done.stderr.startswith("lesson.zx:5:1: other output than this came of: source inner.zx")


def test_the_place_in_a_transcript_counts_the_prompt(program: Program, script: Script) -> None:
    path = script("zxdbg 1> print 1\nzxdbg 2> wirte\n")
    done = program("--quiet", path.name, cwd=path.parent)
    assert done.stderr.splitlines() == [
        "lesson.zx:2:10: no such command: wirte; nearest: write",
        "    zxdbg 2> wirte",
        "             ^^^^^",
    ]


def test_a_report_hears_the_line_as_ever() -> None:
    stream = StringIO()
    runner = Runner(Session(), ScreenReport(Screen(stream, 100), StringIO()))
    runner.run_file("f", b"print 1\n| 1  0x1\nwirte => error\n| no such \xe2\x80\xa6\n", "")
    assert stream.getvalue() == (
        "zx> print 1\n1  0x1\nzx> wirte => error\nno such command: wirte; nearest: write\n"
    )
    assert runner.exit_code == 0
