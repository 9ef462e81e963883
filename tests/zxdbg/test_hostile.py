"""Files from anywhere: whatever they hold, the answer is lines of text.

A few hundred generated files run in each test run; `ZXDBG_HOSTILE=100000` runs as many as it
says. Each is run for a screen and as JSON, in a folder of its own, and nothing may come of it
but text: no traceback, no hang, no control character, no file that is touched, no program.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from zxdbg import CommandError, Session
from zxdbg.coverage import known_lines
from zxdbg.deadline import run_within
from zxdbg.kernel.status import Status
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.help import STAGE
from zxdbg.lang.tokens import MAX_LINE
from zxdbg.loader import load_commands
from zxdbg.markdown import sections
from zxdbg.render.screen import Screen
from zxdbg.report import JsonReport, QuietReport, ScreenReport
from zxdbg.script import Runner
from zxdbg.steps import MAX_FILE, steps

ROOT = Path(__file__).resolve().parents[2]
COUNT = int(os.environ.get("ZXDBG_HOSTILE", "400"))
PATIENCE = 60
"""Seconds after which a file hangs."""
LINES = [
    *(line for each in load_commands() for line in parse_doc(each.doc).examples),
    *known_lines().values(),
    *STAGE,
]
FILES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.*"))]
WORDS = [
    *load_commands().first_words(),
    *(
        "$demo",
        "$heap",
        "$base",
        "$_",
        "$self",
        "$self.vmar",
        "$job",
        "$x",
        "$base+0x10",
        "$demo.koid",
    ),
    *("0", "1", "-1", "4K", "16K", "0x10000000", "0xffffffffffffffff", "18446744073709551616"),
    *(
        "0b1",
        "1_0",
        "9" * 5000,
        "0x" + "f" * 300,
        "1T",
        "16777216T",
        "$x-1",
        "1+1",
        "-0x8000000000000000",
    ),
    *('"x"', '"', '"\\', '"\\x1b[31m"', "hex:00ff", "hex:0", "fill:1:1T", "fill:256:1", "zero:64M"),
    *(
        "file:/etc/passwd",
        "file:own.zx",
        "null",
        "@0",
        "@0xffffffffffffffff",
        "[$demo]",
        "[",
        "[,]",
    ),
    *("rw", "none", "ZX_RIGHT_READ|ZX_RIGHT_WRITE", "ZX_VM_PERM_READ", "same", "|", ">", "=>", ";"),
    *(
        "=",
        "=> any",
        "=> error",
        "=> ZX_OK",
        "actual<64",
        "data^=hex:00",
        "--json",
        "--",
        "--length",
    ),
    *(
        "--at",
        "--size",
        "--perms",
        "--buffer",
        "--actual",
        "#",
        "\\",
        "\n",
        "\r\n",
        "\n| ",
        "\n| …\n",
    ),
    *(
        "\nzx> ",
        "zxdbg 1> ",
        "...",
        "> out.txt",
        "| touch out.txt",
        "> /tmp/out",
        "> ../out",
        "| sh",
    ),
    *("source own.zx", "source ../x", "source .", "save out.zx", "record out.zx", "export c out.c"),
    *(
        "export svg out.svg",
        "set theme dark",
        "alias a = b",
        "\x1b[31m",
        "\x1b]0;t\x07",
        "\x9b5m",
        "\x00",
    ),
    *(
        "\x7f",
        "\x85",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\u0301",
        "👩\u200d👧",
        "地址",
        "\udc9b",
        "\udcff",
        "\t",
        "\v",
        "\f",
    ),
]
SEQUENCES = [
    "\x1b[2J",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "\x90q\x9c",
    "\r\x1b[K",
    "\x08\x08",
    "\x0e",
    "\udc9b2J",
]


# What is generated ----------------------------------------------------------------


def random_bytes(rng: random.Random) -> bytes:
    return rng.randbytes(rng.choice([0, 1, 8, 60, 400]))


def random_words(rng: random.Random) -> bytes:
    words = [rng.choice(WORDS) for _ in range(rng.randint(1, 24))]
    return encoded(rng.choice([" ", " ", " ", "", ";", "\n"]).join(words))


def mutated(rng: random.Random, text: str) -> str:
    """Cut, repeat, swap and insert, as a broken editor would."""
    for _ in range(rng.randint(1, 4)):
        first, second = sorted(rng.randint(0, len(text)) for _ in range(2))
        second = min(second, first + 40)
        kind = rng.randrange(5)
        if kind == 0:
            text = text[:first] + text[second:]
        elif kind == 1:
            text = text[:second] + text[first:second] * rng.choice([1, 2, 30]) + text[second:]
        elif kind == 2:
            text = text[:first] + rng.choice(WORDS) + text[first:]
        elif kind == 3:
            text = text[:first] + rng.choice(SEQUENCES) + text[second:]
        else:
            text = text[:first] + chr(rng.choice([*range(256), 0x202E, 0xDC80])) + text[first:]
    return text


def mutated_lines(rng: random.Random) -> bytes:
    lines = [*STAGE, *(mutated(rng, rng.choice(LINES)) for _ in range(rng.randint(1, 6)))]
    return encoded("\n".join(lines))


def mutated_file(rng: random.Random) -> bytes:
    lines = rng.choice(FILES).split("\n")
    first = rng.randint(0, len(lines))
    return encoded(mutated(rng, "\n".join(lines[:12] + lines[first : first + 20])))


def named_by_sequences(rng: random.Random) -> bytes:
    """Put control sequences into names and data, which then come to the screen."""
    name = "".join(rng.choice([*SEQUENCES, "a", "é"]) for _ in range(rng.randint(1, 6)))
    escaped = "".join(f"\\x{byte:02x}" for byte in encoded(name))
    lines = [
        f'$p = process create "{rng.choice([escaped, name])}"',
        f'$v = vmo create 16K --name "{escaped}"',
        "$m = map $p.vmar $v",
        f'write $p $m "{escaped}"',
        f'print "{name}"',
        *rng.sample(["maps $p", "handles", "vmos", "tree", "names", "processes"], 3),
        *rng.sample(["read $p $m 64", "x/4s $m", "explain kill $p", "info $p", "print $p"], 2),
        rng.choice(
            [f"read $p $m 4 => data={name}", f"| {name}", f"help {name}", f"{name}", f"${name}"]
        ),
    ]
    return encoded("\n".join(lines))


def nested(rng: random.Random) -> bytes:
    depth = rng.choice([3, 50, 5000])
    piece = rng.choice(
        ["explain ", "compare ", "[", "(", "1+", "$x.", "--", "\\\n", ";", "=> ", "$x = ", '"']
    )
    return encoded(
        rng.choice(["", "print ", "write $self "]) + piece * depth + rng.choice(["", "1", "maps"])
    )


def huge_numbers(rng: random.Random) -> bytes:
    def number() -> str:
        shift = rng.choice([0, 12, 26, 32, 47, 63, 64, 65])
        return f"{(1 << shift) + rng.choice([-4096, -1, 0, 1]):#x}"

    declared = rng.choice([each for each in load_commands() if each.params])
    given = [
        rng.choice([number(), number(), "$demo", "$heap", "fill:1:" + number()])
        for _ in declared.arguments
    ]
    for option in declared.options:
        if rng.random() < 0.3:
            given += [option, number()]
    return encoded("\n".join([*STAGE, " ".join([declared.name, *given])]))


KINDS: list[Callable[[random.Random], bytes]] = [
    random_bytes,
    random_words,
    mutated_lines,
    mutated_file,
    named_by_sequences,
    nested,
    huge_numbers,
]


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# What may come of it --------------------------------------------------------------


_watching: list[Callable[[str, tuple[object, ...]], None]] = []


def _audit(event: str, args: tuple[object, ...]) -> None:
    for watch in _watching:
        watch(event, args)


sys.addaudithook(_audit)
_FORBIDDEN = ("subprocess.", "os.", "shutil.", "socket.", "pty.", "tempfile.", "ctypes.", "pickle.")
_LOOKING = ("os.listdir", "os.scandir", "os.getxattr", "os.listxattr")


@contextmanager
def touching_nothing(folder: Path) -> Iterator[list[str]]:
    """Collect what is opened outside a folder or for writing, and programs that start."""
    found: list[str] = []
    inside = (str(folder.resolve()), *(str(Path(each).resolve()) for each in sys.path if each))

    def watch(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            known = isinstance(path, int) or os.path.realpath(str(path)).startswith(inside)
            if writes or not known:
                found.append(f"open {path} {mode}")
        elif event.startswith(_FORBIDDEN) and event not in _LOOKING:
            found.append(f"{event} {args}")

    _watching.append(watch)
    try:
        yield found
    finally:
        _watching.clear()


def is_text(text: str) -> bool:
    """Whether nothing in it is a control sequence for a terminal, or moves its neighbours."""
    return all(letter == "\n" or letter.isprintable() for letter in text)


def run(raw: bytes, report: QuietReport, folder: Path, kind: str) -> Runner:
    runner = Runner(Session(allow_io=False), report, keep_going=True)

    def run_all() -> None:
        if kind == "md":
            for section in sections(raw, "page"):
                for block in section.blocks:
                    runner.run_steps(
                        steps("page.md", block.lines, block.first, block.leads), str(folder)
                    )
        else:
            runner.run_file("hostile.zx", raw, str(folder))

    assert not run_within(PATIENCE, runner.interrupt, run_all), "it hangs"
    assert runner.exit_code in (0, 1, 2)
    return runner


def check(raw: bytes, folder: Path) -> None:
    """Run a file for a screen and as JSON, and look at all that comes of it."""
    shown, told, written = StringIO(), StringIO(), StringIO()
    kind = "md" if b"```" in raw else "zx"
    screen = ScreenReport(Screen(shown, 80), told)
    first = run(raw, screen, folder, kind)
    second = run(raw, JsonReport(written, told), folder, kind)
    assert first.exit_code == second.exit_code
    assert is_text(shown.getvalue()), "a control character comes to the screen"
    assert is_text(told.getvalue()), "a control character comes to standard error"
    for line in written.getvalue().splitlines():
        assert line.isascii()
        assert json.loads(line)["v"] == 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with a file that others may source."""
    (tmp_path / "own.zx").write_text("print 1\nsource own.zx\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path


def test_whatever_a_file_holds_only_text_comes_of_it(folder: Path) -> None:
    before = (folder / "own.zx").read_bytes()
    for at in range(COUNT):
        rng = random.Random(at)
        raw = KINDS[at % len(KINDS)](rng)
        with touching_nothing(folder) as touched:
            try:
                check(raw, folder)
            except BaseException as error:
                error.add_note(f"seed {at}: {raw[:2000]!r}")
                raise
        assert touched == [], f"seed {at}: {raw[:2000]!r}"
    assert [path.name for path in folder.iterdir()] == ["own.zx"]
    assert (folder / "own.zx").read_bytes() == before


# The limits -----------------------------------------------------------------------


def test_what_is_touched_is_seen(folder: Path) -> None:
    with touching_nothing(folder) as touched:
        (folder / "own.zx").read_text()
        assert touched == []
        (folder / "out.txt").write_text("x")
        Path("/etc/hostname").exists()
        with contextlib.suppress(OSError):
            Path("/etc/hostname").read_bytes()
        subprocess.run([sys.executable, "-c", ""], check=True)
    assert touched[0].startswith("open ")
    assert any("/etc/hostname" in each for each in touched)
    assert any(each.startswith("subprocess.Popen") for each in touched)
    assert is_text("a\n…é")
    assert not any(map(is_text, ["\x1b", "\x9b", "\r", "\t", "\x00", "\u202e", "\udc9b"]))


LONG = "print " + "1+" * (MAX_LINE // 2) + "1"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"print 1\n{LONG}\nprint 2", "2:1"),
        (f"print 1\n{LONG}\n| 3\nprint 2", "2:1"),
        (f"print 1\n{LONG}\\\nprint 2", "2:1"),
        ("print 1\n" + "\\\n" * (MAX_LINE // 2 + 1) + "\nprint 2", "2:1"),
        (f"zx> print 1\n1  0x1\nzx> {LONG}\nzx> print 2\n2  0x2", "3:5"),
        ("print 1\n" + '"' * (MAX_LINE + 1) + "\nprint 2", "2:1"),
        ("print 1\n" + "\0" * (MAX_LINE + 1) + "\nprint 2", "2:1"),
    ],
    ids=["plain", "with output", "backslash", "joined", "transcript", "quotes", "zeros"],
)
def test_a_line_that_is_too_long_is_one_mistake(text: str, place: str, folder: Path) -> None:
    shown, told = StringIO(), StringIO()
    runner = run(encoded(text), ScreenReport(Screen(shown, 80), told), folder, "zx")
    assert runner.mistakes == 1
    failure = told.getvalue().splitlines()
    assert failure[0] == f"hostile.zx:{place}: the line is longer than {MAX_LINE} characters"
    assert max(map(len, failure)) < 3000
    assert shown.getvalue().rstrip().endswith("2  0x2")


def test_a_line_of_the_length_that_may_be_is_run(folder: Path) -> None:
    told = StringIO()
    text = 'print "' + "a" * (MAX_LINE - 8) + '"'
    assert run(encoded(text), QuietReport(told), folder, "zx").exit_code == 0
    assert told.getvalue() == ""


def test_a_line_that_is_too_long_is_cut_in_json(folder: Path) -> None:
    written = StringIO()
    run(encoded(LONG), JsonReport(written, StringIO()), folder, "zx")
    (record,) = map(json.loads, written.getvalue().splitlines())
    assert record["error"]["message"] == f"the line is longer than {MAX_LINE} characters"
    assert len(record["command"]) < 1000


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file one byte larger than may be, which takes no room on the disk."""
    path = tmp_path / "large.zx"
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 1)
    return path


def test_a_file_that_is_too_large_is_not_read(large: Path, program: Callable[..., Any]) -> None:
    done = program("large.zx", cwd=large.parent)
    assert done.returncode == 2
    assert done.stderr == "zxdbg: large.zx is larger than 64 MiB\n"
    assert done.stdout == ""


def test_what_comes_through_a_pipe_has_that_limit_too(large: Path) -> None:
    with large.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "zxdbg"], cwd=ROOT, stdin=file, capture_output=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"zxdbg: standard input is larger than 64 MiB\n"


def test_a_file_that_is_too_large_is_not_sourced(large: Path, folder: Path) -> None:
    told = StringIO()
    assert run(b"source large.zx", QuietReport(told), folder, "zx").exit_code == 2
    assert told.getvalue().startswith("hostile.zx:1:1: large.zx is larger than 64 MiB\n")


def test_names_hold_a_bounded_amount_of_data(folder: Path) -> None:
    told = StringIO()
    lines = [
        *("process create demo", "vmo create 64M --name v", "$m = map $demo.vmar $v"),
        *(f"$a{at} = read $demo $m 64M" for at in range(4)),
        *("$b = read $demo $m 1 => error", "$a0 = print 1", "$b = read $demo $m 1"),
        *("reset", "vmo create 4K --name v; $b = vmo read $v 0 1"),
    ]
    runner = run(encoded("\n".join(lines)), QuietReport(told), folder, "zx")
    assert told.getvalue() == ""
    assert runner.exit_code == 0


def test_too_much_held_data_is_told_with_what_to_do() -> None:
    session = Session()
    session.run("vmo create 64M --name v; $a = vmo read $v 0 64M; $b = vmo read $v 0 64M")
    session.run("$c = vmo read $v 0 64M; $d = vmo read $v 0 64M")
    with pytest.raises(CommandError, match=r"names hold 256 MiB of data at most; \$e") as caught:
        session.run("$e = vmo read $v 0 1")
    assert caught.value.hint == "bind a name to something else, or reset"
    assert "e" not in session.state.names
    assert session.run("vmo read $v 0 1").status is Status.OK


def test_the_answer_to_one_command_is_bounded(folder: Path) -> None:
    lines = b"process create demo; vmo create 1T --name v; $m = map $demo.vmar $v\n"
    lines += (
        b"read $demo $m 64M+1 => ZX_ERR_INVALID_ARGS\nvmo read $v 0 64M+1 => ZX_ERR_INVALID_ARGS"
    )
    assert run(lines, QuietReport(StringIO()), folder, "zx").exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        "# " + " " * 400_000 + "x",
        "# a" + " #" * 200_000 + "x",
        "`" * 400_000,
        "```zx\n" + "```" * 100_000 + "\n",
    ],
    ids=["blanks", "signs", "fence", "text"],
)
def test_a_long_line_of_markdown_takes_no_time(text: str) -> None:
    raw = text.encode()
    assert not run_within(PATIENCE, lambda: None, lambda: sections(raw, "page"))
