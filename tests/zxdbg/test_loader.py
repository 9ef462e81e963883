import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from zxdbg.lang.declare import Registry
from zxdbg.lang.tokens import split_commands, tokenize
from zxdbg.loader import _Commands, _find_package, _first_words, load_commands
from zxdbg.syscalls import SYSCALLS

ROOT = Path(__file__).resolve().parents[2]


def python(code: str, cwd: Path, *path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {list(map(str, path))!r}\n{code}"],
        capture_output=True,
        cwd=cwd,
        env={"PYTHONSAFEPATH": "1"},
        text=True,
        timeout=60,
        check=False,
    )


def test_the_registry_is_made_once() -> None:
    assert load_commands() is load_commands()


def test_every_module_in_the_folder_of_commands_is_a_family() -> None:
    modules = {path.stem for path in (ROOT / "commands").glob("*.py")} - {"__init__"}
    registry = load_commands()
    assert set(registry.families) == modules
    assert {each.family for each in registry} == modules | {"syscalls"}


def test_every_syscall_is_a_command() -> None:
    assert set(SYSCALLS) <= set(load_commands().commands)


def test_commands_are_found_from_any_folder(tmp_path: Path) -> None:
    done = python(
        "from zxdbg import Session; print(Session().run('print 7').value)", tmp_path, ROOT
    )
    assert (done.stdout, done.stderr) == ("7\n", "")


def test_a_stranger_called_commands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "commands").mkdir()
    (tmp_path / "commands" / "__init__.py").write_text("")
    done = python("from zxdbg import Session; Session()", tmp_path, tmp_path, ROOT)
    assert done.returncode == 1
    assert "ImportError: zxdbg's commands are hidden" in done.stderr


def test_commands_inside_an_installed_zxdbg_come_first(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "zxdbg", tmp_path / "zxdbg")
    (tmp_path / "zxdbg" / "commands").symlink_to(ROOT / "commands")
    done = python(
        "from zxdbg import Session; s = Session(); print(s.run('print 7').value);"
        "print('commands' in sys.modules, 'zxdbg.commands.view' in sys.modules)",
        tmp_path,
        tmp_path,
    )
    assert (done.stdout, done.stderr) == ("7\nFalse True\n", "")


def test_a_line_finds_what_the_whole_registry_would() -> None:
    whole = load_commands()
    assert whole.commands
    lines = [*whole.commands, *whole.spelled(""), "handle", "info", "x/16xb", "wirte", "zx_none"]
    fresh = _Commands(_find_package())
    for line in lines:
        [tokens] = split_commands(tokenize(line))
        assert fresh.find(tokens) == Registry.find(whole, tokens), line
    assert "commands" not in vars(fresh)


def test_what_is_read_in_the_sources_is_what_they_declare() -> None:
    registry = load_commands()
    words: dict[str, set[str]] = {}
    for name, each in ({each.name: each for each in registry} | registry.spelled("")).items():
        words.setdefault(name.split(" ")[0], set()).add(each.family)
    read = {word: set(stems) for word, stems in _first_words(str(ROOT / "commands")).items()}
    assert read == {word: families for word, families in words.items() if word[:3] != "zx_"}


def test_a_line_imports_only_the_families_that_its_word_can_mean(tmp_path: Path) -> None:
    done = python(
        "from zxdbg import Session; Session().run('kill $self')\n"
        "print(*sorted(name for name in sys.modules if name.startswith('commands.')))",
        tmp_path,
        ROOT,
    )
    assert done.stdout.split() == ["commands.process"]


def test_a_command_whose_name_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("\n@command(NAME)\ndef mine(state): ...\n")
    with pytest.raises(ImportError, match=r"mine\.py: @command\(…\) wants a name"):
        _first_words(str(tmp_path))
