"""What the tests of the language and of the program share: sessions, and the program itself."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zxdbg import CommandError, Session

ROOT = Path(__file__).resolve().parents[2]

STAGE = (
    "process create demo",
    "vmo create 16K --name heap",
    "$base = map $demo.vmar $heap --at 0x10000000",
)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def staged() -> Session:
    """A session with a process, `$demo`, and 16 KiB of memory mapped in it at `$base`."""
    session = Session()
    for line in STAGE:
        assert session.run(line).field("status").label == "ZX_OK"
    return session


@pytest.fixture
def mistake() -> Callable[..., CommandError]:
    """Runs a line that must be a mistake; returns the mistake."""

    def run(line: str, session: Session | None = None) -> CommandError:
        with pytest.raises(CommandError) as caught:
            (session or Session()).run(line)
        return caught.value

    return run


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment without what changes colours and widths, and with this checkout first."""
    unwanted = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


@pytest.fixture
def program(environment: dict[str, str]) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs the program as a user does, in a pipe; returns what it printed and its exit code."""

    def run(
        *args: str | bytes | Path,
        stdin: str | bytes = b"",
        cwd: Path = ROOT,
        env: dict[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "zxdbg", *args],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=cwd,
            env=environment | (env or {}),
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args,
            done.returncode,
            done.stdout.decode("utf-8"),
            done.stderr.decode("utf-8"),
        )

    return run


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Writes a command file; returns its path."""

    def write(text: str | bytes, name: str = "lesson.zx") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write
