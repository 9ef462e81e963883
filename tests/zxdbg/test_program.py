import contextlib
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from zxdbg.__main__ import main

Program = Callable[..., CompletedProcess[str]]
Script = Callable[..., Path]
ROOT = Path(__file__).resolve().parents[2]
ESCAPE = "\x1b["
LESSON = """process create demo
vmo create 16K --name heap
$base = map $demo.vmar $heap --at 0x10000000 --perms rw
write $demo $base+0x3ff0 "0123456789abcdef++++"
read $demo $base+0x3ff0 32
write $demo $base+0x4000 "x" => ZX_ERR_NO_MEMORY
explain
compare write $demo $base "x"
maps $demo
maps $self
handles
vmos
processes
names
help
help write
help map
help zx_process_write_memory
help ZX_ERR_NO_MEMORY
help differences
"""


# Where the lines come from --------------------------------------------------------


def test_each_file_runs_in_a_fresh_session(program: Program, script: Script) -> None:
    first = script("process create demo\n", "first.zx")
    second = script("print $demo\n", "second.zx")
    done = program(first, second)
    assert "zx> process create demo" in done.stdout
    assert "no such name: $demo" in done.stderr
    assert done.returncode == 2


def test_the_exit_code_of_several_files_is_the_worst(program: Program, script: Script) -> None:
    good, bad = script("print 1\n", "good.zx"), script("handle close 5\n", "bad.zx")
    assert program(bad, good).returncode == 1
    assert program(good, good).returncode == 0


@pytest.mark.parametrize(
    ("names", "summary"),
    [
        (("good", "good"), "2 files: 2 passed"),
        (("good", "bad", "wrong"), "3 files: 1 passed, 2 failed"),
        (("bad", "nothing"), "2 files: 2 failed"),
    ],
)
def test_several_files_end_with_a_summary(
    names: tuple[str, ...], summary: str, program: Program, script: Script
) -> None:
    script("print 1\n", "good.zx")
    script("handle close 5\n", "bad.zx")
    folder = script("wirte\n", "wrong.zx").parent
    done = program(*(f"{name}.zx" for name in names), cwd=folder)
    assert done.stderr.splitlines()[-1] == summary
    assert "files:" not in program(f"{names[0]}.zx", cwd=folder).stderr


def test_quiet_has_a_summary_only_where_something_failed(program: Program, script: Script) -> None:
    good, bad = script("print 1\n", "good.zx"), script("handle close 5\n", "bad.zx")
    assert program("--quiet", good, good).stderr == ""
    assert program("--quiet", good, bad).stderr.endswith("\n2 files: 1 passed, 1 failed\n")


def test_parameters_are_bound_before_the_first_line(program: Program, script: Script) -> None:
    path = script("print $size => value=4K\nprint $next => value=4097\nprint $text\n")
    given = ("-e", "size=4K", "-e", "next=$size+1", "-e", 'text="two words"')
    done = program(*given, path, path)
    assert done.stdout.count('"two words"') == 2
    assert (done.stderr, done.returncode) == ("2 files: 2 passed\n", 0)
    assert program(*given, "-c", "print $size").stdout == "zx> print $size\n4096  0x1000\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("size", "size is not NAME=VALUE"),
        ("=4", "=4 is not NAME=VALUE"),
        ("a b=4", "a b=4 is not NAME=VALUE"),
        ("size=", "size= is not NAME=VALUE"),
        ("size=4; reset", "size=4; reset is not NAME=VALUE"),
        ("size=4 => any", "size=4 => any is not NAME=VALUE"),
        ("size=zz", "not a number or a name: zz"),
        ("size=$nope", "no such name: $nope"),
        ("self=4", "$self is never rebound"),
        ("x=\x1b[31m", "not a number or a name: \\x1b[31m"),
    ],
)
def test_a_wrong_parameter_is_wrong_usage(given: str, message: str, program: Program) -> None:
    done = program("-e", given, "-c", "print 1")
    assert done.stderr.splitlines()[-1].startswith(f"zxdbg: error: {message}")
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize("option", [(), ("--keep-going",), ("--json",)])
def test_a_file_that_takes_too_long_is_stopped_where_it_is(
    option: tuple[str, ...], program: Program, script: Script
) -> None:
    stage = "vmo create 512M --name v; $b = map $self.vmar $v\n"
    slow = script(stage + "print 7; write $self $b fill:1:64M\n" * 5000, "slow.zx")
    done = program(*option, "--timeout", "0.5", slow.name, cwd=slow.parent)
    place, line, caret = done.stderr.splitlines()
    assert place.startswith("slow.zx:")
    assert place.endswith(": timed out after 0.5 s")
    assert line[caret.index("^") : caret.rindex("^") + 1] in (
        "print 7",
        "write $self $b fill:1:64M",
        line.strip(),
    )
    assert done.returncode == 1


def test_a_sourced_file_that_takes_too_long_is_named(program: Program, script: Script) -> None:
    script("write $self $b fill:1:64M\n" * 5000, "inner.zx")
    stage = "vmo create 64M --name v; $b = map $self.vmar $v\n"
    path = script(f"{stage}source inner.zx\nprint 1\n")
    done = program("--quiet", "--keep-going", "--timeout", "2", path.name, cwd=path.parent)
    assert done.stderr.splitlines()[0].startswith("inner.zx:")
    assert done.returncode == 1


def test_each_file_has_its_own_time_and_a_quick_one_its_result(
    program: Program, script: Script
) -> None:
    slow, quick = script("print 7\n" * 2_000_000, "slow.zx"), script("print 1\n", "quick.zx")
    done = program("--quiet", "--timeout", "2", slow, quick)
    assert done.stderr.splitlines()[-1] == "2 files: 1 passed, 1 failed"
    assert done.returncode == 1


def test_standard_input_that_never_ends_is_stopped_too(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "zxdbg", "--timeout", "0.2", "-"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stderr is not None
        assert running.wait(timeout=60) == 1
        assert running.stderr.readline() == b"-:1:1: timed out after 0.2 s\n"


@pytest.mark.parametrize("seconds", ["1e-300", "1e-6", "1e-5", "1e-4", "5e-4"])
def test_a_time_that_is_up_at_once_is_told_like_any_other(seconds: str, program: Program) -> None:
    lines = "print 7 | cat\n" * 200
    done = program("--allow-io", "--keep-going", "--timeout", seconds, "-c", lines)
    head, *_ = done.stderr.splitlines()
    assert head.endswith(f": timed out after {float(seconds):g} s")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize(
    "line", ["sleep 100 && true", "sleep 100 & wait", "(sleep 100 &)\n| 7", "sleep 100 & wait\n| 7"]
)
def test_what_a_shell_command_started_ends_with_it_when_the_time_is_up(
    line: str, program: Program, script: Script
) -> None:
    done = program("--allow-io", "--timeout", "0.5", script(f"print 7 | {line}\n"))
    assert ": timed out after 0.5 s" in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("text", ["0", "-1", "x", "nan", "inf", "1e9", ""])
def test_a_wrong_time_is_wrong_usage(text: str, program: Program) -> None:
    done = program(f"--timeout={text}", "-c", "print 1")
    assert (done.stdout, done.returncode) == ("", 2)
    assert "--timeout" in done.stderr


def test_the_shell_afterwards_needs_a_terminal(program: Program) -> None:
    done = program("-i", "-c", "print 1")
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr.splitlines()[-1] == "zxdbg: error: -i needs a terminal"


def test_lines_can_be_given_on_the_command_line(program: Program) -> None:
    done = program("-c", "print 1\nprint 2; print 3")
    assert [line for line in done.stdout.splitlines() if line[0] == "z"] == [
        "zx> print 1",
        "zx> print 2",
        "zx> print 3",
    ]


def test_lines_and_files_do_not_go_together(program: Program, script: Script) -> None:
    done = program("-c", "print 1", script("print 2\n"))
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize("args", [(), ("-",)])
def test_standard_input_is_read_from_a_pipe(args: tuple[str, ...], program: Program) -> None:
    done = program(*args, stdin="print 7\nwirte\n")
    assert done.stdout.startswith("zx> print 7\n7  0x7\n")
    assert done.stderr.startswith("-:2:1: no such command: wirte")
    assert done.returncode == 2


def test_an_empty_pipe_is_an_empty_script(program: Program) -> None:
    done = program()
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("name", ["nothing.zx", ".", "nothing/at/all.zx", b"\xff.zx", ""])
def test_an_unreadable_file_is_wrong_usage(name: str | bytes, program: Program) -> None:
    done = program(name)
    assert done.returncode == 2
    assert "cannot read" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_is_named_as_it_was_given(program: Program, script: Script) -> None:
    path = script("wirte\n", "sub/a.zx")
    for name in ("sub/a.zx", "./sub/a.zx", str(path)):
        done = program(name, cwd=path.parents[1])
        assert done.stderr.startswith(f"{name}:1:1: no such command")


# Usage ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("--nonsense",),
        ("--profile", "nonsense"),
        ("--color", "nonsense"),
        ("--seed", "x"),
        ("--seed", ""),
        ("--memory", "x"),
        ("--memory", ""),
        ("--memory=-1G",),
        ("--width", "x"),
        ("--width", ""),
        ("--width", "5"),
        ("--width=-100",),
        ("--width", "1" + "0" * 5000),
        ("--memory", "0x" + "f" * 5000),
        ("--keep",),
        ("-c",),
        ("-e",),
        ("-i", "--json"),
        ("--timeout",),
    ],
)
def test_a_wrong_option_is_wrong_usage(args: tuple[str, ...], program: Program) -> None:
    done = program(*args, stdin="print 1")
    assert (done.stdout, done.returncode) == ("", 2)
    assert "Traceback" not in done.stderr


def test_the_version_is_told(program: Program) -> None:
    done = program("--version")
    assert (done.stdout, done.returncode) == ("zxdbg 0.1.0\n", 0)


def test_help_names_every_option(program: Program) -> None:
    shown = program("--help").stdout
    for option in (
        "-c",
        "--json",
        "--profile",
        "--seed",
        "--memory",
        "--keep-going",
        "--quiet",
        "--allow-io",
        "--color",
        "--ascii",
        "--width",
    ):
        assert option in shown


def test_the_program_can_be_called_from_python() -> None:
    caught = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(caught):
        assert main(["-c", "print 7"]) == 0
        assert main(["-c", "print 1 => value=2", "--quiet"]) == 1
    caught.seek(0)
    assert caught.read() == "zx> print 7\n7  0x7\n"


# Options of the session -----------------------------------------------------------


def test_a_profile_is_chosen_by_option_or_by_the_file(program: Program, script: Script) -> None:
    lines = 'process create demo; kill $demo; write $demo 0x1000 "x" => {}'
    assert program("-c", lines.format("ZX_ERR_BAD_STATE")).returncode == 0
    kernel = lines.format("ZX_ERR_NO_MEMORY")
    assert program("--profile", "kernel", "-c", kernel).returncode == 0
    assert program(script(f"profile kernel\n{kernel}\n")).returncode == 0
    assert program("-c", kernel).returncode == 1


def test_equal_seeds_print_equal_things_and_others_others(program: Program) -> None:
    lines = "process create a; vmo create 4K --name v; map $a.vmar $v; handles; maps $a"
    seven = program("--seed", "7", "-c", lines).stdout
    assert program("--seed", "7", "-c", lines).stdout == seven
    assert program("--seed", "0x8", "-c", lines).stdout != seven
    assert program("-c", lines).stdout == program("--seed", "0", "-c", lines).stdout


def test_memory_bounds_what_can_be_committed(program: Program) -> None:
    lines = (
        "process create a; vmo create 64K --name v; $b = map $a.vmar $v --at 0x10000000\n"
        "write $a $b fill:1:8K => actual=8K\n"
        'write $a $b+8K "x" => ZX_ERR_NO_MEMORY\n'
        "write $a $b fill:2:8K => actual=8K\n"
        "read $a $b+8K 4 => data=zero:4\n"
    )
    done = program("--memory", "8K", "-c", lines)
    assert (done.stderr, done.returncode) == ("", 0)
    assert program("--memory", "1M", "-c", lines).returncode == 1


# Colours, width, characters -------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "env", "colored"),
    [
        ((), {}, False),
        (("--color", "auto"), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "never"), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--json",), {"FORCE_COLOR": "1"}, False),
        (("--quiet", "--color", "always"), {}, False),
    ],
)
def test_colour_follows_the_option_then_the_environment_then_the_terminal(
    args: tuple[str, ...], env: dict[str, str], colored: bool, program: Program
) -> None:
    done = program(*args, "-c", "process create a; handle close 5", env=env)
    assert (ESCAPE in done.stdout) is colored
    assert ESCAPE not in done.stderr


def test_a_pipe_holds_no_escape_codes(program: Program) -> None:
    done = program("--keep-going", stdin=LESSON + "wirte\nhandle close 5\n")
    assert all(letter.isprintable() or letter == "\n" for letter in done.stdout + done.stderr)


@pytest.mark.parametrize("color", ["always", "never"])
def test_names_and_data_bring_no_control_characters(color: str, program: Program) -> None:
    escaped = r"\e[2J\e]0;x\a\b\r\x9b2J"
    raw = "\x1b[2J\x1b]0;x\x07\x08\x9b2J\u202e"
    lines = [
        f'process create "{escaped}"',
        f'vmo create 4K --name "{escaped}"',
        f'$v = print "{raw}"',
        f'vmo create 4K --name "{raw}"',
        f"process create {raw}",
        "processes",
        "vmos",
        "handles",
        "names",
        f'print "{escaped}"',
        f'print "{raw}"',
        raw,
        f"help {raw}",
        f"maps {raw}",
        f"vmos => {raw}",
        f"vmos => rows={raw}",
        f"vmos --{raw}",
        f'source "{raw}"',
        f"source {raw}",
    ]
    done = program("--keep-going", "--color", color, stdin="\n".join(lines))
    shown = done.stdout + done.stderr
    assert not set(shown) & {"\x07", "\x08", "\r", "\x9b", "\u202e"}
    assert "\x1b[2J" not in shown
    assert "\x1b]" not in shown
    assert ("\x1b" in shown) is (color == "always")


@pytest.mark.parametrize(
    "args", [("\x1b[31mno.zx",), ("--\x1b[31mno",), ("--seed", "\x1b[31m"), ("--color", "\x1b[31m")]
)
def test_wrong_arguments_bring_no_control_characters(
    args: tuple[str, ...], program: Program
) -> None:
    done = program(*args)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr


def test_ascii_draws_with_ascii_only(program: Program) -> None:
    done = program("--ascii", stdin=LESSON + 'process create "名前"\nprocesses\n')
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "????" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stream_that_is_not_utf8_is_drawn_on_in_ascii(encoding: str, program: Program) -> None:
    done = program(stdin=LESSON, env={"PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stdout.isascii()) == (0, True)


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_lines_keep_to_the_width(columns: int, program: Program) -> None:
    done = program("--width", str(columns), stdin=LESSON)
    drawn = [line for line in done.stdout.splitlines() if not line.startswith("zx> ")]
    assert [line for line in drawn if len(line) > columns] == []


def test_the_width_without_an_option_is_that_of_columns_or_80(program: Program) -> None:
    lines = "help differences"
    assert program("-c", lines).stdout == program("--width", "80", "-c", lines).stdout
    wide = program("-c", lines, env={"COLUMNS": "120"}).stdout
    assert wide == program("--width", "120", "-c", lines).stdout


# Speed, interruption, streams that fail -------------------------------------------


def imported(lines: str, *args: str) -> set[str]:
    """The packages that a script in a pipe imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "zxdbg", *args, "-"],
        input=lines,
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}


@pytest.mark.parametrize("args", [(), ("--color", "always"), ("--json",), ("--quiet",)])
def test_a_script_never_imports_what_the_shell_needs(args: tuple[str, ...]) -> None:
    found = imported(LESSON, *args)
    assert "zxdbg" in found
    assert not found & {"prompt_toolkit", "pygments", "platformdirs", "asyncio"}


@pytest.mark.parametrize("args", [(), ("--json",), ("--quiet",)])
def test_a_script_without_colour_imports_no_rich(args: tuple[str, ...]) -> None:
    assert "rich" not in imported("process create a; handles", *args)


def test_an_interrupt_ends_with_130(script: Script) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "zxdbg", str(script("print 1\n")), "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"zx> print 1\n"
        assert running.stdin is not None
        running.send_signal(signal.SIGINT)
        running.stdin.close()  # in case that it was about to read, and waits
        assert running.wait(timeout=60) == 130
        assert running.stderr.read() == b""


def test_a_reader_that_goes_away_is_no_bug(script: Script) -> None:
    path = script("handles\n" * 5000)
    with subprocess.Popen(
        [sys.executable, "-m", "zxdbg", str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"zx> handles\n"
        running.stdout.close()
        assert running.stderr.read() == b""


@pytest.mark.parametrize("args", [(), ("--json",)])
def test_a_full_disk_is_a_failure_and_no_traceback(args: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zxdbg", *args, "-c", "handles"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


@pytest.mark.parametrize("stream", ["<", ">", "2>"])
def test_a_closed_stream_is_no_bug(stream: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m zxdbg -c 'print 7' {stream}&-",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0


def test_a_closed_standard_input_without_lines_is_no_bug() -> None:
    done = subprocess.run(
        f"{sys.executable} -m zxdbg <&-",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 2)


# Lines that attack ----------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "a" * 300_000,
        'print "' + "a" * 300_000,
        '"' * 300_000,
        "\\" * 300_000,
        ";" * 300_000,
        "print " + "9" * 300_000,
        "vmo create 0x" + "f" * 300_000,
        "print 1" + "+1" * 100_000,
        "explain " * 3000 + "handles",
        "read $self 0 1 => data=fill:0:1T",
        "read $self 0 1 => data=zero:0xffffffffffffffff",
        "\0" * 10_000,
        "help " + "x" * 300_000,
        "expect " + "1" * 300_000,
        "expect " + '"' * 300_000 + "=1",
        "expect " + "$" * 300_000 + "<1",
        "print 1 => value" + "<" * 300_000,
        "print 1 => error" + "~" * 300_000,
        "print 1\n" + "| …\n| x\n" * 50_000,
        "print 1\n| " + "…" * 300_000 + "x",
        "zx> print 1\n" + "…\nx\n" * 50_000,
        "zxdbg 1> " * 50_000,
    ],
    ids=lambda line: line[:24].replace("\0", "NUL") + "…",
)
def test_no_line_gives_a_traceback(line: str, program: Program) -> None:
    done = program(stdin=line)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1, 2)


# Rule coverage --------------------------------------------------------------------


def test_coverage_is_told_after_what_the_files_show(program: Program, script: Script) -> None:
    one, two = script("handle close 1 => any\n", "one.zx"), script("vmo create 1\n", "two.zx")
    done = program("--coverage", one, two)
    assert done.returncode == 0
    shown, _, table = done.stdout.partition("profile docs: 1 of 6 rules of 2 syscalls")
    assert "zx> vmo create 1" in shown
    assert "zx_handle_close   1 of 1\n  decided  handle-valid\n" in table


def test_quiet_coverage_is_the_table_alone(program: Program, script: Script) -> None:
    done = program("--quiet", "--coverage", script("handle close 1 => any\n"))
    assert done.stdout.startswith("profile docs: 1 of 1 rules of 1 syscall have decided, 100%\n")


def test_coverage_has_each_profile_in_which_something_was_called(program: Program) -> None:
    lines = "vmo create 1; profile kernel; vmo create 1"
    done = program("--quiet", "--coverage", "-c", lines)
    titles = [line for line in done.stdout.splitlines() if line.startswith("profile")]
    assert [title.partition(":")[0] for title in titles] == ["profile docs", "profile kernel"]


def test_json_coverage_is_the_last_line(program: Program) -> None:
    done = program("--json", "--coverage", "-c", "handle close 1 => any")
    command, coverage = map(json.loads, done.stdout.splitlines())
    assert command["command"] == "handle close 1 => any"
    assert set(coverage) == {"v", "coverage"}
    (found,) = coverage["coverage"]
    assert (found["profile"], found["seen"], found["rules"], found["percent"]) == (
        "docs",
        1,
        1,
        100,
    )
    assert found["syscalls"] == [
        {"syscall": "zx_handle_close", "seen": ["handle-valid"], "missing": []}
    ]


@pytest.mark.parametrize(
    ("least", "lines", "code"),
    [
        ("100", "handle close 1 => any", 0),
        ("20", "vmo create 0xffffffffffffffff => any", 0),
        ("20.1", "vmo create 0xffffffffffffffff => any", 1),
        ("0", "print 1", 0),
        ("1", "print 1", 1),
        ("100", "wirte", 2),
    ],
)
def test_too_little_coverage_is_a_failure(
    least: str, lines: str, code: int, program: Program
) -> None:
    done = program("--quiet", "--fail-under", least, "-c", lines)
    assert done.returncode == code
    told = "rules have decided, less than" in done.stderr
    assert told == (code != 0)


def test_a_percentage_is_one(program: Program) -> None:
    assert "101 is outside 0 to 100" in program("--fail-under", "101", "-c", "quit").stderr
    assert "x is no percentage" in program("--fail-under", "x", "-c", "quit").stderr


# How much of the host it takes ----------------------------------------------------

GREEDY = """vmo create 1T --name big; process create demo
$at = map $demo.vmar $big --size 512G
vmo write $big 0 fill:7:1000M
write $demo $at+1000M fill:1:64M => ZX_ERR_NO_MEMORY
vmo commit $big --size 900G => ZX_ERR_NO_MEMORY
$twin = vmo clone $big
vmo write $twin 0 fill:8:1G => ZX_ERR_NO_MEMORY
vmo decommit $big
read $demo $at 4 => actual=4
"""


def test_a_script_that_asks_for_more_than_the_simulated_memory_leaves_the_host_well(
    environment: dict[str, str], script: Script
) -> None:
    """The host gives less than half of what the script fills, and a thousandth of what it maps."""
    path = script(GREEDY, "greedy.zx")
    command = f"ulimit -v 400000; exec '{sys.executable}' -m zxdbg --json '{path}'"
    done = subprocess.run(
        ["sh", "-c", command], env=environment, cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["status"] for each in told].count("ZX_ERR_NO_MEMORY") == 3


def test_pages_that_are_each_written_cost_the_host_what_they_cost_the_simulation(
    environment: dict[str, str], script: Script
) -> None:
    lines = ["vmo create 1T --name big"]
    lines += [f'vmo write $big {page << 30:#x} "{page}"' for page in range(1000)]
    lines += ["vmo write $big 1000G fill:1:64M => ZX_ERR_NO_MEMORY"]
    path = script("\n".join(lines), "scattered.zx")
    command = f"ulimit -v 400000; exec '{sys.executable}' -m zxdbg --quiet --memory 8M '{path}'"
    done = subprocess.run(
        ["sh", "-c", command], env=environment, cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
