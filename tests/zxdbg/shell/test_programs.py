"""Saving, recording and exporting, as somebody at a terminal sees them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.zxdbg.shell.conftest import Shell

OpenShell = Callable[..., "Shell"]
SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("color", ["always", "never"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_session_is_saved_recorded_and_exported(
    open_shell: OpenShell, columns: int, rows: int, color: str, tmp_path: Path
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    saved, recorded = tmp_path / "s.zx", tmp_path / "r.zx"
    assert any(row.startswith("recording in ") for row in shell.run(f"record {recorded}"))
    assert (shell.style_of("ends") == "default") is (color == "never")
    shell.run("process create demo")
    shell.run('write $demo 0x1000 "x"')
    assert "the recording has ended" in " ".join(shell.run("record stop"))
    joined = " ".join(" ".join(shell.run(f"save {saved} --expect")).split())
    assert "2 commands next" in joined
    for name in ("x.py", "x.c"):
        form = "python" if name == "x.py" else "c"
        assert any("2 commands" in row for row in shell.run(f"export {form} {tmp_path / name}"))
        assert (tmp_path / name).read_text().count("zx_process_write_memory(") == 1
    lines = ["process create demo", 'write $demo 0x1000 "x" => ZX_ERR_NO_MEMORY']
    assert recorded.read_text().splitlines()[1:] == lines
    assert saved.read_text().splitlines()[2:] == [f"{lines[0]} => ZX_OK", lines[1]]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_file_that_cannot_be_written_is_one_line_and_the_session_goes_on(
    open_shell: OpenShell, columns: int, rows: int
) -> None:
    shell = open_shell("--color", "never", columns=columns, rows=rows)
    for line in ("save /no/x", "record /no/x", "export c /no/x", "export python /no/x"):
        (row,) = shell.run(line)
        assert row.lstrip(" ^") == "cannot write /no/x: there is no folder /no"
    (row,) = shell.run("record stop")
    assert row.lstrip(" ^") == "nothing is recorded; record FILE begins"
    assert shell.run("print 1")[0].startswith("1")


def test_what_a_killed_shell_has_run_is_in_the_recording(
    open_shell: OpenShell, tmp_path: Path, environment: dict[str, str]
) -> None:
    shell = open_shell()
    shell.run(f"record {tmp_path / 'r.zx'}")
    shell.run("vmo create 4K --name v")
    shell.close()
    done = subprocess.run(
        [sys.executable, "-m", "zxdbg", "--quiet", "--allow-io", str(tmp_path / "r.zx")],
        env=environment,
        check=False,
    )
    assert done.returncode == 0
    assert (tmp_path / "r.zx").read_text().splitlines()[1:] == ["vmo create 4K --name v"]


@pytest.mark.parametrize("color", ["always", "never"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_what_was_typed_in_short_is_saved_in_full_and_runs_elsewhere(
    open_shell: OpenShell,
    columns: int,
    rows: int,
    color: str,
    tmp_path: Path,
    environment: dict[str, str],
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    recorded, saved = tmp_path / "r.zx", tmp_path / "s.zx"
    for line in (
        f"record {recorded}",
        "alias vm vmo create",
        "proc cr demo",
        "vm 16K --name heap",
        "set changes off",
        "$base = map $demo.vmar $heap",
        f"x/4xb $base > {tmp_path / 'out.txt'}",
        "vmmap | grep -c demo",
        "expect $base=1",
        f"save {saved}",
    ):
        shell.run(line)
    lines = [
        "process create demo",
        "vmo create 16K --name heap",
        "$base = map $demo.vmar $heap",
        "x/4xb $base",
        "vmmap",
        "expect $base=1 => holds=false",
    ]
    assert recorded.read_text().splitlines()[1:] == lines
    assert saved.read_text().splitlines()[2:] == lines
    for path in (recorded, saved):
        done = subprocess.run(
            [sys.executable, "-m", "zxdbg", "--quiet", str(path)], env=environment, check=False
        )
        assert done.returncode == 0
