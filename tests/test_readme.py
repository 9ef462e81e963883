"""What the README shows is what happens."""

import re
from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import Look, styled

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_readme_has_two_commands_of_one_line_each() -> None:
    first, second = blocks("sh")
    assert first.count("\n") == second.count("\n") == 1
    assert "examples/process_write_memory.zx" in first
    assert second.rstrip().endswith("pytest --quiet")


@pytest.mark.parametrize("block", blocks("zx"))
def test_a_session_answers_as_it_says(block: str) -> None:
    session = Session()
    for line in block.splitlines():
        for parsed in session.iter_parsed(line):
            result = session.execute(parsed)
            if parsed.expectation is not None:
                assert parsed.expectation.misses(result) == []


def test_the_pictures_are_what_is_drawn() -> None:
    session = Session()
    session.state.set_watch(watch=True)
    session.run("process create demo; vmo create 16K --name heap")
    session.run("$base = map $demo.vmar $heap --at 0x10000000 --perms rw")
    lines = [
        'write $demo $base+0x3ff0 "0123456789abcdef++++"',
        'write $demo $base+0x4000 "x"',
    ]
    for line, picture in zip(lines, blocks("text"), strict=True):
        result = session.run(line)
        drawn = styled(draw_result(result, Look(80, session.state.labels())))
        text = "\n".join("".join(piece for _, piece in pieces).rstrip() for pieces in drawn)
        assert text == picture.rstrip("\n")


def test_the_python_example_runs() -> None:
    (block,) = blocks("python")
    exec(compile(block, "README.md", "exec"), {})


def test_the_readme_names_every_lesson() -> None:
    lessons = README.partition("are lessons to read")[2].partition("Each exits 0")[0]
    assert "`partial_writes.md`" in README
    names = {path.stem for path in (ROOT / "examples").glob("*.zx")}
    assert set(re.findall(r"`(\w+)`", lessons)) == names


@pytest.mark.parametrize(
    "option",
    [
        "--json",
        "--quiet",
        "--keep-going",
        "--allow-io",
        "-c",
        "-i",
        "-e",
        "--timeout",
        "--no-config",
        "--coverage",
        "--fail-under",
    ],
)
def test_an_option_that_the_readme_names_exists(option: str) -> None:
    from zxdbg.parser import make_parser

    assert option in README
    assert option in make_parser().format_help()
