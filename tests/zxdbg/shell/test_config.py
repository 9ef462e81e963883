import os
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zxdbg.loader import load_commands
from zxdbg.result import Preference
from zxdbg.settings import Settings
from zxdbg.shell.config import MOST_BYTES, Config

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]

SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
LOOKS = pytest.mark.parametrize("color", ["auto", "never"])


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path / "config.toml")


def load(config: Config) -> tuple[Settings, list[str]]:
    settings = Settings()
    problems = config.load(settings, load_commands())
    return settings, [problem.removeprefix(str(config.path)) for problem in problems]


# Reading --------------------------------------------------------------------------


def test_a_file_that_is_not_there_says_nothing(config: Config) -> None:
    settings, problems = load(config)
    assert (settings.values, settings.aliases, problems) == ({}, {}, [])
    assert settings.file == str(config.path)


def test_settings_and_aliases_are_taken_over(config: Config) -> None:
    config.path.write_text(
        'theme = "light"  # for the day\nhint = false\npager = "less -R"\n\n'
        '[aliases]\nrd = "read $demo"\ntop = "rd 0x1000"\n'
    )
    settings, problems = load(config)
    assert problems == []
    assert settings.values == {"theme": "light", "hint": "off", "pager": "less -R"}
    assert settings.aliases == {"rd": "read $demo", "top": "rd 0x1000"}


def test_what_was_chosen_already_goes_first(config: Config) -> None:
    config.path.write_text('theme = "light"\nkeys = "vi"\n')
    settings = Settings()
    settings.values["theme"] = "mono"
    config.load(settings, load_commands())
    assert settings.values == {"theme": "mono", "keys": "vi"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('theme = "lihgt"\n', ":1: theme cannot be lihgt; nearest: light"),
        ('\n# x\nthme = "light"\n', ":3: there is no setting thme; nearest: theme"),
        ("theme = 4\n", ":1: theme is text in quotes"),
        ("theme = true\n", ":1: theme is text in quotes"),
        ('keys = "vi"\n[looks]\na = 1\n', ":2: there is no setting looks; "),
        ('looks.a = "b"\n', ":1: there is no setting looks; "),
        ('[aliases]\nread = "x"\n', ":2: read is a command, and an alias may not hide it"),
        ('[aliases]\n\nk = "raed"\n', ":3: an alias begins with a command, not with raed"),
        ("[aliases]\nk = 4\n", ":2: k is text in quotes"),
        ('[aliases]\na = "b"\nb = "a"\n', ":2: aliases would stand for each other: a > b > a"),
        ('[aliases]\nk = ""\n', ":2: k would stand for nothing"),
        ("aliases = 4\n", ":1: aliases is a table: [aliases]"),
        ('x = "y\n', ":1: it is not TOML: Illegal character"),
        ('\n\nkeys = "vi\n', ":3: it is not TOML: Illegal character"),
        ("theme = [", ":1: it is not TOML: "),
        pytest.param("theme = " + "[" * 100_000, ":1: it is not TOML: ", id="deep"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(config: Config, text: str, problem: str) -> None:
    config.path.write_text(text)
    settings, problems = load(config)
    assert problems[0].startswith(problem)
    assert "\n" not in problems[0]
    assert settings["theme"] == "dark"
    assert config.path.read_text() == text


def test_what_is_right_counts_beside_what_is_wrong(config: Config) -> None:
    config.path.write_text('thme = "x"\nkeys = "vi"\n[aliases]\nread = "x"\nrd = "read"\n')
    settings, problems = load(config)
    assert len(problems) == 2
    assert (settings.values, settings.aliases) == ({"keys": "vi"}, {"rd": "read"})


def test_a_file_that_cannot_be_read_is_one_line(config: Config) -> None:
    config.path.mkdir()
    assert load(config)[1] == [": Is a directory"]
    config.path.rmdir()
    config.path.write_bytes(b"theme = \xff\n")
    assert load(config)[1] == [": it is not UTF-8"]
    config.path.write_bytes(b'\xef\xbb\xbftheme = "light"\r\n')
    assert load(config)[0].values == {"theme": "light"}


# Writing --------------------------------------------------------------------------

BY_HAND = ": what stands there can only be edited by hand"
LIGHT = Preference("", "theme", "light")
RD = Preference("aliases", "rd", 'write $demo 0 "hi"')


@pytest.mark.parametrize(
    ("before", "chosen", "after"),
    [
        ("", LIGHT, 'theme = "light"\n'),
        ("", RD, '[aliases]\nrd = "write $demo 0 \\"hi\\""\n'),
        ('theme = "dark"\n', LIGHT, 'theme = "light"\n'),
        ("theme='dark'# day", LIGHT, 'theme="light"# day'),
        ("  theme  =  true # x\n", LIGHT, '  theme  =  "light" # x\n'),
        ('"theme" = "dark"\n', LIGHT, '"theme" = "light"\n'),
        ('keys = "vi"', LIGHT, 'keys = "vi"\ntheme = "light"\n'),
        ("# mine\n\n[other]\nx = 1\n", LIGHT, 'theme = "light"\n# mine\n\n[other]\nx = 1\n'),
        ("[other]\ntheme = 1\n", LIGHT, 'theme = "light"\n\n[other]\ntheme = 1\n'),
        (
            'keys = "vi" # why\n\n# words\n[aliases]\na = "b"\n',
            LIGHT,
            'keys = "vi" # why\ntheme = "light"\n\n# words\n[aliases]\na = "b"\n',
        ),
        (
            'keys = "vi"\r\n[aliases]\r\n',
            LIGHT,
            'keys = "vi"\r\ntheme = "light"\r\n\r\n[aliases]\r\n',
        ),
        ("x = 1\n", RD, 'x = 1\n\n[aliases]\nrd = "write $demo 0 \\"hi\\""\n'),
        (
            '[aliases] # mine\na = "b"\n\n[other]\nx = 1\n',
            RD,
            '[aliases] # mine\na = "b"\nrd = "write $demo 0 \\"hi\\""\n\n[other]\nx = 1\n',
        ),
        ('[aliases]\nrd = "a\\"b" # c\n', RD, '[aliases]\nrd = "write $demo 0 \\"hi\\"" # c\n'),
        (
            '[aliases]\na = "b"\nrd = "x"\n',
            Preference("aliases", "rd", None),
            '[aliases]\na = "b"\n',
        ),
        ("[aliases]\n# none yet\n", RD, '[aliases]\nrd = "write $demo 0 \\"hi\\""\n# none yet\n'),
    ],
)
def test_one_key_is_written_and_everything_else_stays(
    config: Config, before: str, chosen: Preference, after: str
) -> None:
    config.path.write_bytes(before.encode())
    for _ in range(2):
        assert config.keep(chosen) == ""
        assert config.path.read_bytes().decode() == after


@pytest.mark.parametrize(
    ("text", "chosen", "problem"),
    [
        ('theme = "dark\n', RD, ":1: it is not TOML: "),
        ("aliases = 4\n", RD, BY_HAND),
        ('aliases = { a = "b" }\n', RD, BY_HAND),
        ('aliases.a = "b"\n', RD, BY_HAND),
        ('[aliases]\nrd = """\nread"""\n', RD, BY_HAND),
        ("[[aliases]]\n", RD, BY_HAND),
        ('x = """\ntheme = 1\n"""\ntheme = "dark"\n', LIGHT, BY_HAND),
    ],
)
def test_what_cannot_be_edited_safely_is_left_alone(
    config: Config, text: str, chosen: Preference, problem: str
) -> None:
    config.path.write_text(text)
    told = config.keep(chosen)
    assert told.startswith(f"not kept: {config.path}:")
    assert problem in told
    assert config.path.read_text() == text


@pytest.mark.parametrize("value", ["nan", "-nan", "1.10", "inf", "[nan, 1e3]"])
def test_numbers_that_mean_nothing_here_do_not_stand_in_the_way(config: Config, value: str) -> None:
    config.path.write_text(f"x = {value}\n")
    assert config.keep(LIGHT) == ""
    assert config.path.read_text() == f'x = {value}\ntheme = "light"\n'


def test_an_alias_that_was_never_kept_is_forgotten_without_a_file(config: Config) -> None:
    assert config.keep(Preference("aliases", "rd", None)) == ""
    assert not config.path.exists()


def test_the_folder_is_made_and_nothing_lies_beside_the_file(tmp_path: Path) -> None:
    config = Config(tmp_path / "a" / "b" / "config.toml")
    assert config.keep(LIGHT) == ""
    assert [path.name for path in config.path.parent.iterdir()] == ["config.toml"]


def test_a_link_and_the_mode_of_the_file_stay(config: Config, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    real.chmod(0o640)
    config.path.symlink_to(real)
    assert config.keep(LIGHT) == ""
    assert config.path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert tomllib.loads(real.read_text()) == {"theme": "light"}


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    config = Config(tmp_path / "file" / "config.toml")
    assert config.keep(LIGHT).startswith(f"not kept: {config.path}: ")


def test_any_text_comes_back_as_it_was(config: Config) -> None:
    for line in (
        'print "a\\"b\\\\c"',
        "print 'x'",
        "print # 1",
        "print ünï 中 \t ][",
        "p \x7f\x01",
    ):
        assert config.keep(Preference("aliases", "k", line)) == ""
        assert load(config)[0].aliases.get("k", line) == line
        assert tomllib.loads(config.path.read_text())["aliases"]["k"] == line


def test_what_is_no_unicode_is_not_kept(config: Config) -> None:
    chosen = Preference("", "pager", "less \udcff")
    assert config.keep(chosen) == f"not kept: {config.path}: pager would not be UTF-8"
    assert not config.path.exists()


def test_two_shells_do_not_lose_what_the_other_one_set(config: Config) -> None:
    other = Config(config.path)
    load(config), load(other)
    config.keep(LIGHT)
    other.keep(Preference("", "keys", "vi"))
    config.keep(RD)
    settings, _ = load(other)
    assert settings.values == {"theme": "light", "keys": "vi"}
    assert "rd" in settings.aliases


# The real program -----------------------------------------------------------------


@SIZES
@LOOKS
def test_what_is_set_is_shown_and_kept_for_the_next_shell(
    open_shell: "OpenShell", tmp_path: Path, columns: int, rows: int, color: str
) -> None:
    first = open_shell("--color", color, columns=columns, rows=rows)
    assert first.run("set theme safe") == ["theme  safe   dark by default"]
    first.run("alias rd read $self")
    path = tmp_path / "config" / "zxdbg" / "config.toml"
    assert path.read_text() == 'theme = "safe"\n\n[aliases]\nrd = "read $self"\n'
    second = open_shell("--color", color, columns=columns, rows=rows)
    shown = second.run("settings")
    assert shown[0].split() == ["setting", "is", "by", "default", "can", "be"]
    assert shown[1].split()[:3] == ["theme", "safe", "dark"]
    assert any(row.startswith("  kept     in") for row in shown)
    assert all(len(row) <= columns for row in shown)
    assert second.run("alias") == ["  rd  read $self"]
    second.run("unalias rd")
    assert tomllib.loads(path.read_text()) == {"theme": "safe", "aliases": {}}


@SIZES
@LOOKS
def test_a_number_in_the_file_does_not_stand_in_the_way(
    open_shell: "OpenShell", columns: int, rows: int, color: str, tmp_path: Path
) -> None:
    path = tmp_path / "config" / "zxdbg" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("x = nan\n")
    shell = open_shell("--color", color, columns=columns, rows=rows)
    assert not any("not kept" in row for row in shell.run("set theme light"))
    assert path.read_text() == 'x = nan\ntheme = "light"\n'


@SIZES
@LOOKS
def test_what_a_setting_can_be_is_listed_with_tab(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shell.send("set theme \t")
    shell.wait_for("as it is now")
    assert [row.split()[0] for row in shell.rows if row.startswith("       ")][:4] == [
        "dark",
        "light",
        "safe",
        "mono",
    ]


@SIZES
@LOOKS
def test_an_unknown_setting_points_at_itself_and_names_the_nearest(
    open_shell: "OpenShell", columns: int, rows: int, color: str
) -> None:
    shell = open_shell("--color", color, columns=columns, rows=rows)
    (row,) = shell.run("set thme light")
    assert row == f"{' ' * 13}^^^^ there is no setting thme; nearest: theme"
    assert shell.style_of("^^^^") == ("brightred" if color == "auto" else "default")
    (row,) = shell.run("set theme lihgt")
    assert row.endswith("^^^^^ theme cannot be lihgt; nearest: light")


@SIZES
@LOOKS
def test_a_broken_file_is_told_at_the_start_and_left_alone(
    open_shell: "OpenShell", tmp_path: Path, columns: int, rows: int, color: str
) -> None:
    path = tmp_path / "config" / "zxdbg" / "config.toml"
    path.parent.mkdir(parents=True)
    text = 'thme = "light"  # my own\nkeys = "emac"\n'
    path.write_text(text)
    shell = open_shell("--color", color, columns=columns, rows=rows)
    shown = "".join("".join(shell.rows[3:]).split())
    assert "config.toml:1:thereisnosettingthme;nearest:theme" in shown
    assert "config.toml:2:keyscannotbeemac;nearest:emacs" in shown
    assert shell.style_of("thme") == ("brown" if color == "auto" else "default")
    assert path.read_text() == text
    shell.run("set theme light")
    assert path.read_text() == f'{text}theme = "light"\n'


@SIZES
@LOOKS
def test_a_file_that_is_no_toml_is_never_overwritten(
    open_shell: "OpenShell", tmp_path: Path, columns: int, rows: int, color: str
) -> None:
    path = tmp_path / "config" / "zxdbg" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("theme = light\n")
    shell = open_shell("--color", color, columns=columns, rows=rows)
    assert "config.toml:1:itisnotTOML" in "".join("".join(shell.rows).split())
    shown = shell.run("set theme light")
    assert shown[0] == "theme  light   dark by default"
    assert shown[1].startswith("not kept:")
    assert path.read_text() == "theme = light\n"


@SIZES
@LOOKS
def test_no_config_neither_reads_nor_writes(
    open_shell: "OpenShell", tmp_path: Path, columns: int, rows: int, color: str
) -> None:
    path = tmp_path / "config" / "zxdbg" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("theme = broken\n")
    shell = open_shell("--no-config", "--color", color, columns=columns, rows=rows)
    assert "TOML" not in "".join(shell.rows)
    assert shell.run("set keys vi") == ["keys  vi   emacs by default"]
    assert shell.run("settings")[-1] == "  kept     nowhere: what is set holds for this session"
    assert path.read_text() == "theme = broken\n"
    assert list(path.parent.iterdir()) == [path]


def test_what_a_sourced_file_sets_is_not_kept(shell: "Shell", tmp_path: Path) -> None:
    script = tmp_path / "set.zx"
    script.write_text("set theme light\nalias rd read $self\n")
    shell.run(f"source {script}")
    assert shell.run("set theme")[0] == "theme  light   dark by default"
    assert not (tmp_path / "config" / "zxdbg" / "config.toml").exists()


@SIZES
@pytest.mark.parametrize(
    ("options", "theme"),
    [
        ((), "light"),
        (("--no-config",), "dark"),
        (("--color", "never"), "dark"),
        (("--quiet",), ""),
    ],
)
def test_a_script_on_a_terminal_takes_the_theme_and_nothing_else(
    open_shell: "OpenShell",
    tmp_path: Path,
    columns: int,
    rows: int,
    options: tuple[str, ...],
    theme: str,
) -> None:
    path = tmp_path / "config" / "zxdbg" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('theme = "light"\nkeys = "vi"\nthme = 4\n')
    lines = "set theme; set keys; set hint off"
    shell = open_shell(*options, "-c", lines, columns=columns, rows=rows, has_prompt=False)
    if theme:
        shell.wait_for("hint  off")
        assert any(row.startswith(f"theme  {theme}") for row in shell.rows)
        assert "keys  emacs" in shell.rows
        assert "thme" not in "".join(shell.rows)
    assert shell.leave() == 0
    assert "hint" not in path.read_text()


def test_a_pipe_never_reads_the_file(
    program: "Callable[..., CompletedProcess[str]]", tmp_path: Path
) -> None:
    path = tmp_path / "config" / "zxdbg" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('theme = "light"\n')
    place = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    for options in ((), ("--color", "always")):
        done = program(*options, stdin="set theme => value=dark\nset keys vi\n", env=place)
        assert (done.returncode, done.stderr) == (0, "")
    assert path.read_text() == 'theme = "light"\n'


def test_a_file_that_is_no_file_or_too_large_is_one_line(config: Config) -> None:
    config.path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(config.path)
    assert load(config)[1] == [": it is no file"]
    config.path.unlink()
    config.path.write_text(f"# {'x' * MOST_BYTES}\n")
    assert load(config)[1] == [": it is larger than 1 MiB"]
