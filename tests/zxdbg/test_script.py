import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from zxdbg.failure import Failure
from zxdbg.lang.parse import Parsed
from zxdbg.render.screen import Screen
from zxdbg.report import QuietReport, ScreenReport, fields_as_json
from zxdbg.result import Preference
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.steps import Place

Program = Callable[..., CompletedProcess[str]]
Script = Callable[..., Path]
STAGE = "process create demo; vmo create 16K --name heap; $base = map $demo.vmar $heap --at 256M\n"


def objects(done: CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def width(text: str) -> int:
    """Columns of a terminal that a text takes; tabs stop at every eighth."""
    at = 0
    for letter in text:
        if letter == "\t":
            at += 8 - at % 8
        else:
            at += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
    return at


# What a script prints -------------------------------------------------------------


def test_a_script_shows_each_command_after_the_prompt_then_its_result(
    program: Program, script: Script
) -> None:
    done = program(script("print 1 # one\n\n# nothing\nprint 2; print 3\n"))
    assert done.stdout.splitlines() == [
        "zx> print 1",
        "1  0x1",
        "zx> print 2",
        "2  0x2",
        "zx> print 3",
        "3  0x3",
    ]
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_command_that_goes_on_is_shown_on_one_line(program: Program) -> None:
    done = program("-", stdin="print \\\n  1\r\nprint \\\r\n2")
    assert [line for line in done.stdout.splitlines() if line.startswith("zx>")] == [
        "zx> print 1",
        "zx> print 2",
    ]


def test_an_expectation_is_shown_with_its_command(program: Program) -> None:
    assert program("-c", "print 1 => value=1").stdout.startswith("zx> print 1 => value=1\n")


def test_a_refusal_shows_the_status_the_rule_and_a_next_step(program: Program) -> None:
    done = program("-c", STAGE + 'write $demo $base+16K "x" => ZX_ERR_NO_MEMORY')
    assert "ZX_ERR_NO_MEMORY (-4)  zx_process_write_memory" in done.stdout
    assert "vaddr lies in a mapping of the process" in done.stdout
    assert "0x10004000" in done.stdout
    assert "explain" in done.stdout.splitlines()[-2]


@pytest.mark.parametrize("target", ["$x=", "$x =", "$x= ", "$x = "])
@pytest.mark.parametrize(
    "command",
    [
        'write $demo 0 "x" => ZX_ERR_NO_MEMORY',
        'write $demo $base+0x3fff "xyz" => actual=1',
        "read $demo 0 1 => ZX_ERR_NO_MEMORY",
        "read $demo $base+0x3fff 3 => actual=1",
    ],
)
def test_a_target_in_every_spelling_is_no_trouble_for_what_is_shown(
    command: str, target: str, program: Program
) -> None:
    done = program("-c", STAGE + target + command)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize(
    "command",
    [
        'write --length 4 $demo $base+0x3ffe "wxyz"',
        'write -- $demo $base+0x3ffe "wxyz"',
        'write \\\n  $demo $base+0x3ffe "wxyz"',
        'explain write $demo 0 "write"; write $demo $base+0x3ffe "wxyz"',
    ],
)
def test_the_next_line_that_is_shown_can_be_run(command: str, program: Program) -> None:
    done = program("-c", STAGE + command)
    (shown,) = [line for line in done.stdout.splitlines() if line.startswith("  next ")]
    assert shown.split("   (")[0].split(maxsplit=1)[1] == 'write $demo 0x10004000 "yz"'


def test_binding_again_is_said(program: Program) -> None:
    done = program("-c", "$x = print 5; $x = print 6; process create x")
    assert "$x meant number 5 before" in done.stdout
    assert "$x meant number 6 before" in done.stdout


def test_another_profiles_answer_is_said_where_it_differs(program: Program) -> None:
    done = program("-c", STAGE + 'kill $demo; write $demo $base "x" => ZX_ERR_BAD_STATE')
    assert "the kernel of 2018-07-23 answered ZX_ERR_NO_MEMORY here" in " ".join(
        done.stdout.split()
    )


# Failures -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "shown", "caret"),
    [
        ("wirte\n", ":1:1: no such command: wirte; nearest: write", "wirte", "^^^^^"),
        ("\n  wirte x\n", ":2:3: no such command: wirte; nearest: write", "  wirte x", "  ^^^^^"),
        (
            "print 1; wirte # no\n",
            ":1:10: no such command: wirte; nearest: write",
            "print 1; wirte # no",
            "         ^^^^^",
        ),
        (
            "print \\\n  $nope \\\n  # no\n",
            ":2:3: no such name: $nope; names lists those there are",
            "  $nope \\",
            "  ^^^^^",
        ),
        (
            "print 1; print \\\r\n$nope\r\n",
            ":2:1: no such name: $nope; names lists those there are",
            "$nope",
            "^^^^^",
        ),
        (
            "\ufeffwirte\n",
            ":1:1: no such command: wirte; nearest: write",
            "wirte",
            "^^^^^",
        ),
    ],
)
def test_a_mistake_has_its_place_its_line_and_a_caret(
    text: str, first: str, shown: str, caret: str, program: Program, script: Script
) -> None:
    path = script(text)
    done = program(path.name, cwd=path.parent)
    assert done.stderr.splitlines() == [f"lesson.zx{first}", f"    {shown}", f"    {caret}"]
    assert done.returncode == 2


@pytest.mark.parametrize(
    "line",
    [
        "\tprint $nope",
        "print\t1;\t\tprint $nope",
        'print "名前"; print $nope',
        'print "é"; print $nope',
        'print "\x1b[31m"; print $nope',
        '\tprint "\x01名"; print $nope',
    ],
)
def test_the_caret_stands_under_its_token_whatever_is_before_it(
    line: str, program: Program
) -> None:
    done = program("-", stdin=line)
    place, shown, caret = done.stderr.splitlines()
    assert place.startswith(f"-:1:{line.index('$nope') + 1}: no such name: $nope")
    assert caret.strip(" \t") == "^^^^^"
    assert width(caret[: caret.index("^")]) == width(shown[: shown.index("$nope")])


def test_a_missing_argument_is_pointed_at_behind_the_last_word(program: Program) -> None:
    assert program("-c", "write $self 0").stderr.splitlines() == [
        "-c:1:14: write wants DATA; usage: write PROCESS ADDRESS DATA [--length LENGTH]",
        "    write $self 0",
        "                 ^",
    ]


def test_a_refusal_points_at_its_command(program: Program) -> None:
    done = program("-c", "print 1\nprint 2;  handle close 5 ; print 3")
    place, shown, caret = done.stderr.splitlines()
    assert place.startswith("-c:2:11: refused: ZX_ERR_BAD_HANDLE (rule: handle is a handle of")
    assert shown == "    print 2;  handle close 5 ; print 3"
    assert caret == "              ^^^^^^^^^^^^^^"


def test_a_missed_expectation_points_at_what_was_missed(program: Program) -> None:
    done = program("-c", STAGE + 'write $demo $base "abc" => ZX_OK actual=4')
    assert done.stderr.splitlines() == [
        "-c:2:34: expected actual 4, came 3",
        '    write $demo $base "abc" => ZX_OK actual=4',
        "                                     ^^^^^^^^",
    ]


def test_a_missed_status_names_the_rule_that_decided(program: Program) -> None:
    done = program("-c", STAGE + 'write $demo 0 "abc" => ZX_OK')
    assert done.stderr.startswith("-c:2:24: expected status ZX_OK, came ZX_ERR_NO_MEMORY (rule: ")


def test_standard_error_is_empty_without_failures(program: Program) -> None:
    assert program("-c", STAGE + "handle close 5 => ZX_ERR_BAD_HANDLE").stderr == ""


def test_a_failure_stands_behind_its_command_where_both_streams_are_one(
    environment: dict[str, str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zxdbg", "--keep-going", "-c", "print 1; wirte\nmaps 5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    marks = [line[:5] for line in done.stdout.splitlines() if line.startswith(("zx>", "-c:"))]
    assert marks == ["zx> p", "zx> w", "-c:1:", "zx> m", "-c:2:"]


@pytest.mark.parametrize(
    ("lines", "message", "caret"),
    [
        ("print 70 => value<64", "expected value < 64, came 70", "value<64"),
        ('print "ab" => value^="b"', 'expected value beginning with "b", came "ab"', 'value^="b"'),
        ("handle close 5 => error", "expected a mistake, came ZX_ERR_BAD_HANDLE (rule: ", "error"),
        ("expect 1 < 1", "expected 1 < 1, came 1", "expect 1 < 1"),
        (
            "handle close 5 => status!=ZX_ERR_BAD_HANDLE",
            "expected status other than ZX_ERR_BAD_HANDLE, came ZX_ERR_BAD_HANDLE (rule: ",
            "status!=ZX_ERR_BAD_HANDLE",
        ),
        (
            "handle duplicate $self => rights~ZX_RIGHT_EXECUTE",
            "expected rights with ZX_RIGHT_EXECUTE, came ZX_RIGHT_DUPLICATE|",
            "rights~ZX_RIGHT_EXECUTE",
        ),
    ],
)
def test_a_missed_comparison_says_what_it_was(
    lines: str, message: str, caret: str, program: Program
) -> None:
    first, shown, below = program("--quiet", "-c", lines).stderr.splitlines()
    assert first.startswith(f"-c:1:{lines.index(caret) + 1}: {message}")
    assert shown[below.index("^") : below.rindex("^") + 1] == caret


# Where a script stops -------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("print 1", 0),
        ("", 0),
        ("handle close 5 => ZX_ERR_BAD_HANDLE", 0),
        ("handle close 5", 1),
        ("print 1 => value=2", 1),
        ("print 1 => ZX_ERR_IO", 1),
        ("handle close 5 => ZX_OK", 1),
        ("wirte", 2),
        ("print 1 => nope=1", 2),
        ("print $nope", 2),
        ('print "', 2),
        ("explain handle close 5", 0),
        ("explain handle close 5 => ZX_OK", 1),
        ("compare handle close 5", 0),
        ("handle close 5 => any", 0),
        ("print 1 => any", 0),
        ("wirte => error", 0),
        ('print "abc => error', 0),
        ('print "abc => error  # it is not closed', 0),
        ('print "abc => any', 2),
        ("wirte => error~such", 0),
        ("wirte => error~nope", 1),
        ("print 1 => error", 1),
        ("handle close 5 => error", 1),
        ("print 1 => error nope", 2),
        ("expect 1=1", 0),
        ("expect 1=2", 1),
        ("expect 1=2 => holds=false", 0),
        ("expect 1=2 => holds=true", 1),
        ("expect $nope=2", 2),
        ("print 1\n| 1  0x1", 0),
        ("print 1\n| 2", 1),
        ("| 2", 2),
        ("quit", 0),
    ],
)
@pytest.mark.parametrize("report", [(), ("--json",), ("--quiet",)])
def test_the_exit_code_says_how_it_went(
    lines: str, code: int, report: tuple[str, ...], program: Program
) -> None:
    assert program(*report, "-c", lines).returncode == code


@pytest.mark.parametrize("bad", ["wirte", "handle close 5", "print 1 => value=2", "print $nope"])
@pytest.mark.parametrize("between", ["\n", "; "])
def test_the_first_failure_stops_a_script(bad: str, between: str, program: Program) -> None:
    done = program("-c", between.join(["print 7", bad, "print 8"]))
    assert "zx> print 7" in done.stdout
    assert "zx> print 8" not in done.stdout


@pytest.mark.parametrize("bad", ["wirte", "handle close 5", "print 1 => value=2", "print $nope"])
@pytest.mark.parametrize("between", ["\n", "; "])
def test_keep_going_goes_on_after_a_failure(bad: str, between: str, program: Program) -> None:
    done = program("--keep-going", "-c", between.join([bad, "print 8"]))
    assert "zx> print 8" in done.stdout
    assert done.returncode in (1, 2)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("wirte\nhandle close 5", 2),
        ("handle close 5\nwirte", 2),
        ("handle close 5\nprint 1 => value=2\nprint 1", 1),
    ],
)
def test_a_mistake_weighs_more_than_a_failure(lines: str, code: int, program: Program) -> None:
    done = program("--keep-going", "-c", lines)
    assert done.returncode == code
    assert len([line for line in done.stderr.splitlines() if line.startswith("-c:")]) == 2


def test_lines_are_parsed_when_they_are_reached(program: Program) -> None:
    done = program("-c", "print 7\nquit\nwirte")
    assert done.returncode == 0
    assert "zx> print 7" in done.stdout


def test_a_name_that_a_line_binds_is_known_in_the_next_one(program: Program) -> None:
    assert "7  0x7" in program("-c", "$x = print 5\nprint $x+2").stdout


# Text of files --------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"print 1\n\xff\nprint 2\n", b"# \xff\n", b'print "\xc3"\n'])
def test_a_byte_that_is_not_utf8_is_a_mistake(raw: bytes, program: Program) -> None:
    done = program("-", stdin=raw)
    assert done.returncode == 2
    assert "is not UTF-8" in done.stderr.splitlines()[0]


def test_keep_going_goes_on_behind_a_byte_that_is_not_utf8(script: Script) -> None:
    reports: list[str] = []

    class Counting(QuietReport):
        def command(self, place: Place, parsed: Parsed) -> None:
            reports.append(parsed.text)

        def failure(self, failure: Failure) -> None:
            reports.append(failure.message)
            assert len(reports) < 10

    runner = Runner(Session(), Counting(sys.stderr), keep_going=True)
    runner.run_file("f", b"print 1\nprint \xff; print 3\nprint 2\n", "")
    assert reports == ["print 1", "the byte 0xff is not UTF-8", "print 2"]
    assert runner.exit_code == 2


def test_a_long_line_of_many_commands_is_checked_once() -> None:
    class Watched(str):
        __slots__ = ("looked",)
        looked: int

        def isascii(self) -> bool:
            self.looked += 1
            return super().isascii()

    text = Watched("print 1;" * 50 + " # é")
    text.looked = 0
    Runner(Session(), QuietReport(sys.stderr)).run_line(Place("f", 1, text))
    assert text.looked <= 1


# JSON -----------------------------------------------------------------------------

HEAD = ["v", "file", "line", "command", "status", "profile"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("process create a", ["proc_handle", "vmar_handle", "koid"]),
        ("process start $demo", ["thread_handle"]),
        ("kill $demo", []),
        ("vmo create 4K", ["handle", "size", "koid"]),
        ("vmo clone $heap", ["handle", "size", "koid"]),
        ("vmo resize $heap 4K", ["handle", "size", "koid"]),
        ("vmo physical 0xfee00000 4K", ["handle", "size", "koid"]),
        ("vmo cache-policy $self cached", []),
        ("vmar allocate $demo.vmar 4K", ["child_vmar", "child_addr"]),
        ("map $demo.vmar $heap", ["mapped_addr", "size"]),
        ("unmap $demo.vmar $base 4K", []),
        ("protect $demo.vmar $base 4K r", []),
        ('write $demo $base "x"', ["requested", "actual", "stopped", "next"]),
        ("read $demo $base 1", ["requested", "actual", "stopped", "next", "data"]),
        ("maps $demo", ["rows"]),
        ("handles", ["rows"]),
        ("vmos", ["rows"]),
        ("processes", ["rows"]),
        ("names", ["rows"]),
        ("handle duplicate $demo", ["handle", "rights"]),
        ("handle replace $demo --rights same", ["handle", "rights"]),
        ("handle close $demo", []),
        ('explain write $demo $base "x"', ["checks"]),
        ('compare write $demo $base "x"', ["docs", "kernel", "differs"]),
        ("profile kernel", ["profile"]),
        ("zx_vmo_create 4K 0", ["out"]),
        ("zx_process_read_memory $demo $base 4", ["actual", "buffer"]),
        ("reset", []),
        ("quit", []),
    ],
)
def test_json_has_exactly_these_keys(line: str, fields: list[str], program: Program) -> None:
    found = objects(program("--json", "-c", STAGE + line))[-1]
    assert list(found) == list(dict.fromkeys([*HEAD, *fields]))
    assert (found["v"], found["file"], found["line"], found["command"]) == (1, "-c", 2, line)


def test_json_writes_one_object_a_command_on_one_line(program: Program) -> None:
    done = program(
        "--json", "--keep-going", "-c", "print 1;print 2 # x\n\nwirte; handle close 5\nprint \\\n 3"
    )
    found = objects(done)
    assert [each["line"] for each in found] == [1, 1, 3, 3, 4]
    assert [each["command"] for each in found] == [
        "print 1",
        "print 2",
        "wirte",
        "handle close 5",
        "print 3",
    ]
    assert [each["status"] for each in found] == [
        "ZX_OK",
        "ZX_OK",
        None,
        "ZX_ERR_BAD_HANDLE",
        "ZX_OK",
    ]
    assert done.stdout.endswith("\n")


def test_json_has_integers_bytes_words_and_nulls(program: Program) -> None:
    *_, full, partial, refused = objects(
        program(
            "--json",
            "-c",
            STAGE
            + 'write $demo $base+0x3ffe "\\0\\xff"\n'
            + "read $demo $base+0x3ffe 2\n"
            + "read $demo $base+0x3ffe 8\n"
            + "read $demo 0 8 => ZX_ERR_NO_MEMORY",
        )
    )
    assert list(full.items())[6:] == [
        ("requested", 2),
        ("actual", 2),
        ("stopped", "complete"),
        ("next", None),
        ("data", "00ff"),
    ]
    assert list(partial.items())[6:] == [
        ("requested", 8),
        ("actual", 2),
        ("stopped", "hole"),
        ("next", 0x10004000),
        ("data", "00ff"),
    ]
    assert (refused["status"], list(refused.items())[6:]) == (
        "ZX_ERR_NO_MEMORY",
        [("requested", 8), ("actual", None), ("stopped", None), ("next", None), ("data", None)],
    )


def test_json_keeps_integers_of_64_bits_whole(program: Program) -> None:
    done = program("--json", "-c", "print 0xffffffffffffffff")
    assert '"value": 18446744073709551615' in done.stdout


@pytest.mark.parametrize(
    ("lines", "message", "column"),
    [
        ("print 1; wirte x", "no such command: wirte; nearest: write", 10),
        ("print 1;  maps 5", "0x5 is neither a handle", 16),
        ("write $self 0 null", "null needs --length N", 15),
        ("print 1 => nope=1", "the result of print has no field nope", 12),
    ],
)
def test_json_has_mistakes_too(lines: str, message: str, column: int, program: Program) -> None:
    done = program("--json", "-c", lines)
    found = objects(done)[-1]
    assert list(found) == [*HEAD, "error"]
    assert list(found["error"]) == ["message", "column"]
    assert found["error"]["message"].startswith(message)
    assert found["error"]["column"] == column
    assert (found["status"], done.returncode) == (None, 2)
    assert done.stderr.startswith(f"-c:1:{column}: {message}")


@pytest.mark.parametrize(
    "lines", ["print \\\n  \\\n  $nope", "print 1; \\\nwirte", "print \\\n1 => \\\n value=x"]
)
def test_json_and_standard_error_tell_the_same_place(lines: str, program: Program) -> None:
    done = program("--json", "-", stdin=lines)
    found = objects(done)[-1]
    assert done.stderr.startswith(f"-:{found['line']}:{found['error']['column']}: ")


def test_json_has_an_expected_mistake_as_any_other(program: Program) -> None:
    done = program("--json", "-c", "wirte => error\nprint 1\n| 1  0x1")
    mistake, printed = objects(done)
    assert list(mistake) == [*HEAD, "error"]
    assert mistake["error"] == {"message": "no such command: wirte; nearest: write", "column": 1}
    assert (printed["command"], printed["value"]) == ("print 1", 1)
    assert (done.stderr, done.returncode) == ("", 0)


def test_json_has_what_an_expectation_of_its_own_came_to(program: Program) -> None:
    done = program("--json", "-c", "expect 70<64")
    (found,) = objects(done)
    assert list(found.items())[4:] == [
        ("status", None),
        ("profile", "docs"),
        ("holds", False),
        ("came", 70),
        ("sign", "<"),
        ("expected", 64),
    ]
    assert done.returncode == 1


def test_json_has_a_line_that_is_not_utf8_too(program: Program) -> None:
    (found,) = objects(program("--json", "-", stdin=b"print \xff\n"))
    assert found["error"] == {"message": "the byte 0xff is not UTF-8", "column": 7}


def test_json_has_a_command_whose_expectation_is_missed(program: Program) -> None:
    done = program("--json", "-c", "print 1 => value=2")
    (found,) = objects(done)
    assert (found["status"], found["value"], done.returncode) == ("ZX_OK", 1, 1)
    assert done.stderr.startswith("-c:1:12: expected value 2, came 1")


def test_json_tells_the_profile_of_each_command(program: Program) -> None:
    found = objects(program("--json", "-c", "print 1; profile kernel; print 1; reset; print 1"))
    assert [each["profile"] for each in found][2] == "kernel"
    assert [
        each["profile"] for each in objects(program("--json", "--profile", "kernel", "-c", "wirte"))
    ] == ["kernel"]


def test_json_has_no_control_characters(program: Program) -> None:
    done = program("--json", "--color", "always", "-c", 'process create "\\e[31m\\n"; processes')
    assert all(letter == "\n" or " " <= letter <= "~" for letter in done.stdout)
    assert objects(done)[1]["rows"][1]["name"] == "\x1b[31m\n"


def test_json_has_the_results_of_compare_inside(program: Program) -> None:
    found = objects(program("--json", "-c", STAGE + 'kill $demo; compare write $demo $base "x"'))[
        -1
    ]
    assert found["differs"] is True
    assert found["docs"] == {
        "status": "ZX_ERR_BAD_STATE",
        "requested": 1,
        "actual": None,
        "stopped": None,
        "next": None,
    }
    assert found["kernel"]["status"] == "ZX_ERR_NO_MEMORY"


def test_json_has_the_fields_that_python_has(staged: Session) -> None:
    result = staged.run("read $demo $base 2")
    assert fields_as_json(result) == {
        "requested": 2,
        "actual": 2,
        "stopped": "complete",
        "next": None,
        "data": "0000",
    }


# Quiet ----------------------------------------------------------------------------


def test_quiet_prints_failures_only(program: Program) -> None:
    loud = program("--keep-going", "-c", "print 1\nwirte\nhandle close 5\nprint 1 => value=2")
    quiet = program(
        "--keep-going", "--quiet", "-c", "print 1\nwirte\nhandle close 5\nprint 1 => value=2"
    )
    assert (quiet.stdout, quiet.stderr) == ("", loud.stderr)
    assert len(quiet.stderr.splitlines()) == 9


# Other files ----------------------------------------------------------------------


def test_source_runs_a_file_beside_the_script_in_the_same_session(
    program: Program, script: Script
) -> None:
    script("$x = print 5\n", "lib/inner.zx")
    path = script("source lib/inner.zx\nprint $x+1\n")
    done = program(path)
    assert "6  0x6" in done.stdout
    assert done.returncode == 0


def test_a_sourced_file_finds_files_beside_itself(program: Program, script: Script) -> None:
    script("$x = print 5\n", "lib/deep/last.zx")
    script("source deep/last.zx\n", "lib/inner.zx")
    done = program(script("source lib/inner.zx\nprint $x => value=5\nsource lib/inner.zx\n"))
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_failure_in_a_sourced_file_has_its_place_there_and_stops_both(
    program: Program, script: Script
) -> None:
    script("print 1\n  wirte\n", "inner.zx")
    path = script("source inner.zx\nprint 2\n")
    done = program(path)
    assert done.stderr.splitlines()[0].endswith(
        "inner.zx:2:3: no such command: wirte; nearest: write"
    )
    assert "zx> print 2" not in done.stdout
    assert done.returncode == 2


def test_keep_going_holds_in_a_sourced_file_too(program: Program, script: Script) -> None:
    script("handle close 5\nprint 1\n", "inner.zx")
    done = program("--keep-going", script("source inner.zx\nprint 2\n"))
    assert "zx> print 1" in done.stdout
    assert "zx> print 2" in done.stdout
    assert done.returncode == 1


def test_files_that_source_each_other_are_a_mistake(program: Program, script: Script) -> None:
    script("source b.zx\n", "a.zx")
    script("source a.zx\n", "b.zx")
    done = program(script("source a.zx\n"))
    assert "files source each other" in done.stderr
    assert done.returncode == 2


def test_a_file_that_sources_itself_is_a_mistake(program: Program, script: Script) -> None:
    done = program(script("print 1\nsource lesson.zx\n"))
    assert "files source each other" in done.stderr
    assert done.returncode == 2


def test_files_that_multiply_are_stopped(program: Program, script: Script) -> None:
    for depth in range(12):
        script(f"source {depth + 1}.zx;" * 4, f"{depth}.zx")
    script("print 1\n", "12.zx")
    done = program("--quiet", script("source 0.zx\n"))
    assert "more than 1000 files are sourced" in done.stderr
    assert done.returncode == 2
    many = script("source 12.zx\n" * 1100, "many.zx")
    assert "more than 1000 files are sourced" in program("--quiet", many).stderr


def test_a_file_can_be_sourced_twice_in_a_row(program: Program, script: Script) -> None:
    script("print 1\n", "inner.zx")
    done = program(script("source inner.zx; source inner.zx\n"))
    assert done.stdout.count("zx> print 1\n") == 2
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["../outside.zx", "link.zx", "sub/../../outside.zx"])
def test_a_file_outside_the_folder_needs_allow_io(
    name: str, program: Program, script: Script, tmp_path: Path
) -> None:
    outside = script("print 7\n", "outside.zx")
    (tmp_path / "inside" / "sub").mkdir(parents=True)
    (tmp_path / "inside" / "link.zx").symlink_to(outside)
    path = script(f"source {name}\n", "inside/main.zx")
    refused = program(path)
    assert refused.returncode == 2
    assert "--allow-io" in refused.stderr
    allowed = program("--allow-io", path)
    assert (allowed.returncode, "7  0x7" in allowed.stdout) == (0, True)


@pytest.mark.parametrize("name", ["nothing.zx", ".", '"a\\0b"', '""'])
def test_a_file_that_cannot_be_sourced_is_a_mistake(
    name: str, program: Program, script: Script
) -> None:
    done = program(script(f"source {name}\nprint 1\n"))
    assert done.returncode == 2
    assert "lesson.zx:1:" in done.stderr
    assert "Traceback" not in done.stderr


def test_json_names_the_file_of_a_sourced_line(program: Program, script: Script) -> None:
    script("print 1\n", "inner.zx")
    found = objects(program("--json", script("source inner.zx\nprint 2\n")))
    assert [Path(each["file"]).name for each in found] == ["lesson.zx", "inner.zx", "lesson.zx"]


@pytest.mark.parametrize("option", [(), ("--allow-io",)])
def test_data_from_a_file_needs_allow_io(
    option: tuple[str, ...], program: Program, script: Script
) -> None:
    script("hello", "sub/bytes")
    path = script(
        STAGE + "write $demo $base file:bytes\nread $demo $base 5 => data=file:bytes\n",
        "sub/main.zx",
    )
    done = program(*option, path)
    assert done.returncode == (0 if option else 2)
    assert ("--allow-io" in done.stderr) is (not option)


def test_a_script_that_sources_itself_is_stopped_at_once(program: Program, tmp_path: Path) -> None:
    script = tmp_path / "me.zx"
    script.write_text("print 1\nsource me.zx\n")
    done = program(str(script))
    assert done.returncode == 2
    assert done.stdout.count("zx> print 1") == 1
    assert done.stderr.splitlines()[0].startswith(f"{script}:2:1: files source each other")


def test_a_failure_in_a_very_long_line_shows_the_part_around_it(program: Program) -> None:
    done = program("--quiet", "-c", "print 1;" * 500 + "bogus;" + "print 2;" * 500)
    message, line, caret = done.stderr.splitlines()
    assert message.startswith("-c:1:4001: no such command: bogus")
    assert len(line) < 420
    assert line[caret.index("^") : caret.rindex("^") + 1] == "bogus"


def test_the_theme_of_the_session_acts_on_the_next_result() -> None:
    stream = StringIO()
    session = Session()
    report = ScreenReport(Screen(stream, 80, color=True), StringIO())
    runner = Runner(session, report)
    for name in ("dark", "mono"):
        session.state.settings.values["theme"] = name
        runner.run_line(Place("x", 1, "vmo create 4K"))
    green, mono = [row for row in stream.getvalue().splitlines() if "ZX_OK" in row]
    assert green.startswith("\x1b[1;32mZX_OK")
    assert mono.startswith("\x1b[1mZX_OK")


# Output elsewhere -----------------------------------------------------------------


def test_the_answer_of_a_command_goes_to_a_file_beside_the_script(
    program: Program, script: Script, tmp_path: Path
) -> None:
    path = script(STAGE + "maps $demo > maps.txt\nprint 1\n", "sub/main.zx")
    done = program("--allow-io", path)
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines()[-3:] == ["zx> maps $demo > maps.txt", "zx> print 1", "1  0x1"]
    shown = program("-c", STAGE + "maps $demo").stdout.partition("zx> maps $demo\n")[2]
    assert (tmp_path / "sub" / "maps.txt").read_text() == shown.removesuffix("\n")


def test_an_answer_is_added_to_a_file(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    done = program("--allow-io", "-c", f'print 1 >> "{path}"; print 2 >> "{path}"')
    assert (done.stderr, path.read_text()) == ("", "1  0x1\n2  0x2\n")
    done = program("--allow-io", "-c", f'print 3 > "{path}"')
    assert path.read_text() == "3  0x3\n"
    assert program("-c", "print 1 >> x").returncode == 2


@pytest.mark.parametrize("line", ["source $x", "export svg $x", "print 1 > $x"])
def test_a_name_of_the_language_is_no_file(line: str, program: Program) -> None:
    done = program("--allow-io", "-c", f"$x = print 1\n{line}")
    assert done.returncode == 2
    assert '$x is not a file; such a file is "$x"' in done.stderr


def test_a_file_has_no_escape_codes(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    done = program("--allow-io", "--color", "always", "-c", f'handles > "{path}"')
    assert "\x1b" in done.stdout
    assert "\x1b" not in path.read_text()


@pytest.mark.parametrize("report", [(), ("--quiet",), ("--json",)])
@pytest.mark.parametrize(("word", "code"), [("heap", 0), ("stack", 1)])
def test_a_shell_command_is_an_assertion(
    report: tuple[str, ...], word: str, code: int, program: Program
) -> None:
    done = program("--allow-io", *report, "-c", STAGE + f"maps $demo | grep -q {word}")
    assert done.returncode == code
    told = f"-c:2:14: the shell command ended with exit status 1\n    maps $demo | grep -q {word}\n"
    assert done.stderr.startswith(told) if code else done.stderr == ""


def test_what_a_shell_command_writes_stands_in_its_place(program: Program) -> None:
    done = program("--allow-io", "-c", "print 1\nprint 2 | tr 2 7\nprint 3")
    assert done.stdout.splitlines() == [
        "zx> print 1",
        "1  0x1",
        "zx> print 2 | tr 2 7",
        "7  0x7",
        "zx> print 3",
        "3  0x3",
    ]


def test_quiet_drops_what_a_shell_command_writes(program: Program) -> None:
    assert program("--allow-io", "--quiet", "-c", "print 2 | cat").stdout == ""


def test_json_still_has_one_object_a_command_with_what_a_shell_command_wrote(
    program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "out.txt"
    done = program("--allow-io", "--json", "-c", f'print 7 | tr 7 8; print 7 > "{path}"; print 7')
    piped, filed, shown = objects(done)
    assert (piped["value"], piped["output"]) == (7, "8  0x8\n")
    assert "output" not in filed
    assert path.read_text() == "7  0x7\n"
    assert set(piped) - {"output"} == set(filed) == set(shown)


def test_json_of_one_command_is_that_of_the_program(program: Program) -> None:
    line = 'write $demo $base "x" --json'
    one = program("-c", STAGE + line).stdout.splitlines()[-1]
    assert json.loads(one) == objects(program("--json", "-c", STAGE + line))[-1]


def test_json_of_one_command_goes_elsewhere_too(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    done = program("--allow-io", "--quiet", "-c", f'print 7 --json > "{path}"')
    assert (done.stdout, done.returncode) == ("", 0)
    assert json.loads(path.read_text())["value"] == 7


def test_an_expectation_is_judged_where_the_answer_goes_elsewhere(program: Program) -> None:
    done = program("--allow-io", "-c", "print 7 => value=8 | cat")
    assert done.stderr.startswith("-c:1:12: expected value 8, came 7")
    assert done.returncode == 1


@pytest.mark.parametrize("line", ["print 1 > f", "print 1 | cat", "export svg f.svg"])
def test_output_elsewhere_needs_allow_io_in_a_sourced_file_too(
    line: str, program: Program, script: Script, tmp_path: Path
) -> None:
    script(line + "\n", "inner.zx")
    done = program(script("print 1\nsource inner.zx\n"))
    assert done.returncode == 2
    assert "--allow-io" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"inner.zx", "lesson.zx"}


def test_a_mistake_writes_no_file(program: Program, tmp_path: Path) -> None:
    done = program("--allow-io", "-c", f'maps 5 > "{tmp_path}/out.txt"')
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_where_a_file_cannot_be_written_the_command_does_not_run(program: Program) -> None:
    done = program(
        "--allow-io", "--keep-going", "-c", "process create demo > nope/x\nprocesses => rows=1"
    )
    assert done.stderr.splitlines()[0] == "-c:1:23: cannot write nope/x: there is no folder nope"
    assert len(done.stderr.splitlines()) == 3


def test_all_that_a_sourced_file_draws_goes_elsewhere(program: Program, script: Script) -> None:
    script("print 1\nprint 2 | tr 2 7\nwirte\n", "inner.zx")
    path = script("source inner.zx | cat -n\n")
    done = program("--allow-io", path)
    assert done.stdout.splitlines() == [
        "zx> source inner.zx | cat -n",
        "     1\tzx> print 1",
        "     2\t1  0x1",
        "     3\tzx> print 2 | tr 2 7",
        "     4\t7  0x7",
        "     5\tzx> wirte",
    ]
    assert done.stderr.splitlines()[0].endswith(
        "inner.zx:3:1: no such command: wirte; nearest: write"
    )
    found = objects(program("--allow-io", "--json", path))
    assert [each["command"] for each in found] == [
        "print 1",
        "print 2 | tr 2 7",
        "wirte",
        "source inner.zx | cat -n",
    ]


def test_a_shell_command_that_reads_nothing_is_fine(program: Program) -> None:
    done = program("--allow-io", "--quiet", "-c", "read $self 0 1 => ZX_ERR_NO_MEMORY | true")
    assert (done.stderr, done.returncode) == ("", 0)


# Export ---------------------------------------------------------------------------


def test_a_script_exports_what_it_drew(program: Program, script: Script, tmp_path: Path) -> None:
    done = program("--allow-io", script("print 7\nexport html out.html\n"))
    assert done.stdout.splitlines()[2:] == [
        "zx> export html out.html",
        "the whole screen in out.html",
    ]
    page = (tmp_path / "out.html").read_text()
    assert "print 7" in page
    assert "export html" not in page


@pytest.mark.parametrize("report", ["--json", "--quiet"])
def test_where_nothing_is_drawn_export_is_a_mistake(report: str, program: Program) -> None:
    done = program("--allow-io", report, "-c", "print 7; export svg out.svg")
    assert done.returncode == 2
    assert done.stderr.startswith("-c:1:10: there is no screen to export")
    assert len(done.stdout.splitlines()) == (2 if report == "--json" else 0)


# A prompt's own ways --------------------------------------------------------------


def test_short_words_count_at_a_prompt_and_never_in_its_files(tmp_path: Path) -> None:
    script = tmp_path / "short.zx"
    script.write_text("prof\n")
    errors = StringIO()
    runner = Runner(Session(), QuietReport(errors), strict=False)
    runner.session.state.shorthand = True
    for number, line in enumerate(["prof", f"source {script}", "prof"], 1):
        runner.stopped = False
        runner.run_line(Place("", number, line))
    assert runner.mistakes == 1
    assert errors.getvalue().splitlines()[0].startswith(f"{script}:1:1: no such command: prof")
    assert runner.session.state.history == ["profile", f"source {script}", "profile"]


def test_only_what_is_chosen_on_a_line_of_the_run_itself_is_kept(tmp_path: Path) -> None:
    script = tmp_path / "set.zx"
    script.write_text("set keys vi\n")
    kept: list[Preference] = []
    runner = Runner(Session(), QuietReport(StringIO()), strict=False)
    runner.keep = kept.append
    lines = ["set theme light", "set theme", f"source {script}", "alias rd read", "unalias rd"]
    for number, line in enumerate(lines, 1):
        runner.run_line(Place("", number, line))
    assert kept == [
        Preference("", "theme", "light"),
        Preference("aliases", "rd", "read"),
        Preference("aliases", "rd", None),
    ]
    assert runner.session.state.settings["keys"] == "vi"


def test_words_of_other_debuggers_work_in_a_file(program: Program) -> None:
    done = program("-c", "process create demo; aspace $demo => rows=1; ps => rows=2; exit; wirte")
    assert (done.returncode, done.stderr) == (0, "")


def test_aliases_and_prefixes_mean_nothing_in_a_pipe(program: Program) -> None:
    done = program(stdin="alias rd print 1\nrd\n")
    assert done.returncode == 2
    assert done.stderr.startswith("-:2:1: no such command: rd")
    assert "nearest: explain" in program("-c", "expl handles").stderr


def test_an_empty_line_in_a_pipe_does_nothing(program: Program) -> None:
    done = program(stdin="vmo create 4K --name heap\nvmo read $heap 0 4\n\n\n")
    assert done.stdout.count("zx> ") == 2
