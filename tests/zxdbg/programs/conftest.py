"""Sessions that ran a file, and a C compiler."""

import shutil
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.programs.headers import FOLDER
from zxdbg.report import QuietReport
from zxdbg.result import Export
from zxdbg.script import Runner

FLAGS = ("-std=c11", "-Wall", "-Wextra", "-Werror")


class NoScreen(QuietReport):
    """A report to which the screen may be exported although there is none."""

    def export(self, request: Export) -> str:
        """Write nothing."""
        return ""


@pytest.fixture
def ran() -> Callable[..., Session]:
    """Runs a file, or lines, whatever they answer; returns the session."""

    def run(source: Path | str, **options: object) -> Session:
        session = Session(**options)  # type: ignore[arg-type]
        runner = Runner(session, NoScreen(StringIO()), keep_going=True)
        if isinstance(source, Path):
            runner.run_file(source.name, source.read_bytes(), str(source.parent))
        else:
            runner.run_file("lines", source.encode(), "")
        assert runner.mistakes == 0
        return session

    return run


@pytest.fixture
def compile_c(tmp_path: Path) -> Callable[..., Path]:
    """Compiles C, warnings as errors; returns what came of it."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "these tests need a C compiler called cc or gcc: install gcc, for example"

    def run(text: str, *more: str | Path) -> Path:
        source, made = tmp_path / "program.c", tmp_path / "program.out"
        source.write_text(text, encoding="utf-8")
        how = more or ("-c",)
        done = subprocess.run(
            [compiler, *FLAGS, "-I", FOLDER, "-o", made, source, *how],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        assert done.returncode == 0
        return made

    return run
