"""pytest with the plugin, run on folders of command files."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from zxdbg.loader import load_commands
from zxdbg.steps import MAX_FILE

pytest_plugins = ["pytester"]

load_commands()
"""Imported now, they stay: pytester forgets what is imported during a test."""

PLUGIN = ("-p", "zxdbg.pytest_plugin", "-p", "no:cacheprovider")
GOOD = """\
process create demo; vmo create 16K --name heap
$base = map $demo.vmar $heap --at 0x10000000
write $demo $base+0x3ff0 "0123456789abcdef++++" => ZX_OK actual=16
"""
BAD = """\
process create demo
write $demo 0 "x" => ZX_OK actual=1
print 1
"""
PAGE = """\
# Partial writes

```zx
process create demo; vmo create 16K --name heap
$base = map $demo.vmar $heap --at 0x10000000
```

The rest does not fit.

```zx
write $demo $base+0x3ff0 "0123456789abcdef++++" => actual=16
```

## A wrong one

1. In a list:

   ```zx
   print $demo
   ```

## A session

```zx
zx> print 1
1  0x1
zx> print 2
3
```
"""
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Return a function that runs pytest with the plugin in its folder."""
    return lambda *args: pytester.runpytest_inprocess(*PLUGIN, *args)


@pytest.fixture
def file(pytester: pytest.Pytester) -> Callable[[str, str | bytes], Path]:
    """Return a function that writes a file."""

    def write(name: str, text: str | bytes) -> Path:
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


File = Callable[[str, str | bytes], Path]


# Command files --------------------------------------------------------------------


def test_each_command_file_is_a_test(run: Run, file: File) -> None:
    file("one.zx", GOOD)
    file("sub/two.zx", GOOD)
    done = run("-v")
    done.stdout.fnmatch_lines(["one.zx::one PASSED*", "sub/two.zx::two PASSED*"])
    done.assert_outcomes(passed=2)


def test_a_failure_shows_its_place_what_came_and_the_rule(run: Run, file: File) -> None:
    file("bad.zx", BAD)
    done = run()
    done.assert_outcomes(failed=1)
    at = done.outlines.index(next(line for line in done.outlines if "bad.zx:2:" in line))
    assert done.outlines[at].startswith(
        "bad.zx:2:22: expected status ZX_OK, came ZX_ERR_NO_MEMORY; "
        "expected actual 1, came nothing (rule: vaddr lies in a mapping of the process; 0x0 lies "
    )
    assert done.outlines[at + 1 : at + 3] == [
        '    write $demo 0 "x" => ZX_OK actual=1',
        "                         ^^^^^",
    ]
    assert "Traceback" not in done.stdout.str()
    assert "runtest" not in done.stdout.str()
    done.stdout.fnmatch_lines(["FAILED bad.zx::bad - expected status ZX_OK, came ZX_ERR_*"])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("print 1\nprint 2 => value=3\n", "2:12: expected value 3, came 2"),
        ("print 1\n\n  wirte\n", "3:3: no such command: wirte; nearest: write"),
        ("print 1\r\nhandle close 5\r\n", "2:1: refused: ZX_ERR_BAD_HANDLE (rule: *"),
        ("print 1\nprint 2\n| 3\n", "3:3: other output than this came of: print 2"),
        ("print 1\nexpect 1=2\n", "2:1: expected 1 = 2, came 1"),
        ("print 1\nprint 1 => error\n", "2:12: expected a mistake, came ZX_OK"),
        ("# one\nprint \\\n  $nope\n", "3:3: no such name: $nope*"),
        ("print 1\nprint \xff".encode("latin-1"), "2:7: the byte 0xff is not UTF-8"),
    ],
)
def test_a_failing_file_fails_for_the_right_line(
    text: str | bytes, place: str, run: Run, file: File
) -> None:
    file("bad.zx", text)
    done = run()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([f"bad.zx:{place}"])


def test_tests_are_chosen_and_stopped_as_ever(run: Run, file: File) -> None:
    file("a.zx", BAD)
    file("b.zx", GOOD)
    file("c.zx", GOOD)
    run("-k", "b or c").assert_outcomes(passed=2, deselected=1)
    run("-x").assert_outcomes(failed=1)
    run("b.zx::b").assert_outcomes(passed=1)
    run("--deselect", "a.zx::a").assert_outcomes(passed=2, deselected=1)


def test_junit_has_a_case_for_each_test_with_what_came(
    run: Run, file: File, pytester: pytest.Pytester
) -> None:
    file("a.zx", BAD)
    file("b.zx", GOOD)
    run("--junit-xml", "report.xml")
    cases = list(ElementTree.parse(pytester.path / "report.xml").iter("testcase"))
    assert [case.get("name") for case in cases] == ["a", "b"]
    (failure,) = cases[0]
    assert (failure.get("message") or "").startswith("expected status ZX_OK, came ZX_ERR_NO_MEM")
    assert (failure.text or "").startswith("a.zx:2:22: expected status ZX_OK")
    assert len(cases[1]) == 0


def test_each_file_has_a_session_of_its_own_and_touches_no_file(run: Run, file: File) -> None:
    file("a.zx", "process create demo\n")
    file("b.zx", "print $demo => error\nprint file:a.zx => error\n")
    file("c.zx", "source lib/inner.zx\nprint $x => value=5\n")
    file("lib/inner.zx", "$x = print 5\n")
    file("lib/sub/d.zx", "source ../inner.zx\n")
    done = run()
    done.assert_outcomes(passed=4, failed=1)
    done.stdout.fnmatch_lines(["lib/sub/d.zx:1:8: a script may not source ../inner.zx*"])


def test_files_that_source_each_other_fail(run: Run, file: File) -> None:
    file("a.zx", "source a.zx\n")
    done = run()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["a.zx:1:1: files source each other: *"])


def test_settings_choose_the_profile_and_the_machine(run: Run, file: File) -> None:
    file("a.zx", "profile => profile=kernel\nprint $self => value=$self\n")
    file("pytest.ini", "[pytest]\nzx_profile = kernel\nzx_seed = 7\nzx_memory = 8K\n")
    file("b.zx", "vmo create 1M --name v; vmo write $v 0 fill:1:12K => ZX_ERR_NO_MEMORY\n")
    run().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("zx_profile = no", "zx_profile is docs or kernel, not no"),
        ("zx_seed = x", "zx_seed is not a number, such as 64M"),
    ],
)
def test_a_wrong_setting_is_told(setting: str, message: str, run: Run, file: File) -> None:
    file("a.zx", GOOD)
    file("pytest.ini", f"[pytest]\n{setting}\n")
    done = run()
    assert done.ret != 0
    assert message in done.stdout.str() + done.stderr.str()


def test_patterns_choose_the_files(run: Run, file: File) -> None:
    file("a.zx", GOOD)
    file("lib/b.zx", BAD)
    file("pytest.ini", "[pytest]\nzx_files = a*.zx\n")
    run().assert_outcomes(passed=1)


# Markdown -------------------------------------------------------------------------


def test_markdown_is_run_where_it_is_asked_for(run: Run, file: File) -> None:
    file("page.md", PAGE)
    run().assert_outcomes()
    run("--zx-markdown").assert_outcomes(passed=1, failed=2)


@pytest.mark.parametrize(
    ("setting", "count"),
    [("true", 3), ("True", 3), ("false", 0), ("page.md", 3), ("docs/*.md", 0), ("a.md page.md", 3)],
)
def test_a_setting_asks_for_markdown(setting: str, count: int, run: Run, file: File) -> None:
    file("page.md", PAGE)
    file("pytest.ini", f"[pytest]\nzx_markdown = {setting}\n")
    outcomes = run().parseoutcomes()
    assert outcomes.get("passed", 0) + outcomes.get("failed", 0) == count


def test_each_heading_is_a_test_whose_blocks_share_a_session(run: Run, file: File) -> None:
    file("page.md", PAGE)
    done = run("--zx-markdown", "-v")
    done.stdout.fnmatch_lines(
        [
            "page.md::Partial writes PASSED*",
            "page.md::A wrong one FAILED*",
            "page.md::A session FAILED*",
        ]
    )
    run("--zx-markdown", "-k", "Partial").assert_outcomes(passed=1, deselected=2)
    run("--zx-markdown", "page.md::Partial writes").assert_outcomes(passed=1)


def test_a_failure_in_markdown_has_its_place_in_the_page(run: Run, file: File) -> None:
    file("page.md", PAGE)
    done = run("--zx-markdown")
    done.stdout.fnmatch_lines(
        [
            "page.md:19:10: no such name: $demo*",
            "       print $demo",
            "             ^^^^^",
            "page.md:28:1: other output than this came of: print 2",
            "    3",
            "    ^",
        ]
    )


# Rewriting ------------------------------------------------------------------------

WRONG = (
    b"\xef\xbb\xbf# one \r\n\r\nprocess create demo   =>   ZX_ERR_IO\t# why\r\n"
    b'  print 1\r\n  | 2\r\nwrite $demo 0 "x" => actual<5\r\n'
    b"# \xe2\x80\xa6\nprint 3 => value=4"
)
RIGHT = (
    b"\xef\xbb\xbf# one \r\n\r\nprocess create demo   =>   ZX_OK\t# why\r\n"
    b'  print 1\r\n  | 1  0x1\r\nwrite $demo 0 "x" => ZX_ERR_NO_MEMORY\r\n'
    b"# \xe2\x80\xa6\nprint 3 => value=3"
)


def test_update_rewrites_expectations_and_leaves_every_other_byte(run: Run, file: File) -> None:
    path = file("wrong.zx", WRONG)
    done = run("--zx-update")
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(["zx-update: 4 expectations rewritten in wrong.zx"])
    assert path.read_bytes() == RIGHT


def test_a_second_update_changes_nothing(run: Run, file: File) -> None:
    path = file("wrong.zx", WRONG)
    run("--zx-update")
    before = path.stat()
    done = run("--zx-update")
    done.assert_outcomes(passed=1)
    assert "zx-update" not in done.stdout.str()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (RIGHT, before.st_mtime_ns)


def test_update_leaves_what_is_right_and_what_is_no_expectation(run: Run, file: File) -> None:
    texts = [GOOD, "wirte\n", "handle close 5\n", "expect 1=2\n", "source inner.txt\n"]
    file("inner.txt", "print 1 => value=2\n")
    paths = [file(f"{at}.zx", text) for at, text in enumerate(texts)]
    run("--zx-update").assert_outcomes(passed=1, failed=4)
    assert [path.read_text() for path in paths] == texts


def test_update_in_markdown_keeps_to_the_blocks(run: Run, file: File) -> None:
    text = PAGE.replace("print $demo", "print 7\n   | 8\n   | 9").replace("=16\n", "=17\n")
    path = file("page.md", text)
    done = run("--zx-markdown", "--zx-update")
    done.assert_outcomes(passed=3)
    assert path.read_text() == text.replace("   | 8\n   | 9", "   | 7  0x7").replace(
        "=17\n", "=16\n"
    ).replace("\n3\n", "\n2  0x2\n")
    run("--zx-markdown", "--zx-update").assert_outcomes(passed=3)


def test_a_file_that_cannot_be_written_is_told(
    run: Run, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    file("wrong.zx", WRONG)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    done = run("--zx-update")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["cannot write wrong.zx: Permission denied"])


# What it costs --------------------------------------------------------------------


def test_the_plugin_imports_nothing_of_zxdbg_until_a_file_is_run(
    pytester: pytest.Pytester, environment: dict[str, str]
) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            found = {name for name in sys.modules if name.split(".")[0] == "zxdbg"}
            assert found == {"zxdbg", "zxdbg.pytest_plugin"}
        """
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, "-q"],
        cwd=pytester.path,
        env=environment | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "1 passed" in done.stdout


def test_a_bug_shows_its_traceback(run: Run, file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("zxdbg.session.Session.execute", explode)
    file("a.zx", GOOD)
    done = run()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*RuntimeError: a bug"])


def test_update_does_not_go_with_several_workers(run: Run, file: File) -> None:
    file("a.zx", GOOD)
    file(
        "conftest.py",
        "def pytest_addoption(parser):\n    parser.addoption('--numprocesses', type=int)\n",
    )
    done = run("-p", "no:xdist", "--zx-update", "--numprocesses", "2")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert "run it without -n" in done.stderr.str()


# Rule coverage --------------------------------------------------------------------


def test_coverage_is_told_at_the_end(run: Run, file: File) -> None:
    file("one.zx", "handle close 1 => any\n")
    file("two.zx", "vmo create 1\n")
    done = run("--zx-coverage")
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(
        ["*rule coverage*", "profile docs: 1 of 6 rules of 2 syscalls have decided, 16%"]
    )


def test_nothing_is_collected_unless_asked(run: Run, file: File) -> None:
    file("one.zx", "handle close 1 => any\n")
    done = run("--junitxml=out.xml")
    assert "rule coverage" not in done.stdout.str()
    assert "zx_seen" not in file("out2.xml", "").with_name("out.xml").read_text()


@pytest.mark.parametrize(("least", "code"), [("16", 0), ("17", 1)])
def test_too_little_coverage_fails_the_run(least: str, code: int, run: Run, file: File) -> None:
    file("one.zx", "handle close 1 => any\nvmo create 1\n")
    done = run("--zx-fail-under", least)
    assert done.ret == code
    done.assert_outcomes(passed=1)
    assert ("rules have decided, less than 17%" in done.stdout.str()) == bool(code)


def test_no_zx_file_is_too_little(run: Run, file: File) -> None:
    file("test_one.py", "def test_one() -> None:\n    pass\n")
    assert run("--zx-fail-under", "1").ret == 1
    assert run("--zx-coverage").ret == 0


# Limits ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["large.zx", "large.md"])
def test_a_file_that_is_too_large_fails_in_one_line(name: str, run: Run, file: File) -> None:
    with file(name, "").open("wb") as opened:
        opened.truncate(MAX_FILE + 1)
    done = run("--zx-markdown")
    assert done.ret != 0
    done.stdout.fnmatch_lines([f"*{name} is larger than 64 MiB"])
    assert "Traceback" not in done.stdout.str()
