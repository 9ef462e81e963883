"""Session: settings and aliases, which the shell keeps from one session to the next."""

from typing import NamedTuple

from zxdbg.lang.declare import command
from zxdbg.lang.preferences import AliasLine, AliasName, SettingKey, SettingValue
from zxdbg.lang.tokens import unquote
from zxdbg.loader import load_commands
from zxdbg.mistake import CommandError, nearest
from zxdbg.render.draw import draw
from zxdbg.render.parts import Cell, Line, Look, dim, name, note, plain, table
from zxdbg.result import Preference, Result
from zxdbg.settings import SETTINGS
from zxdbg.state import State


class SettingRow(NamedTuple):
    """A setting: what it is now, what it is by default, and what it can be."""

    key: str
    value: str
    default: str
    words: tuple[str, ...]
    about: str


class SettingShown(NamedTuple):
    """One setting, perhaps a moment after it was chosen."""

    key: str
    value: str
    default: str
    chosen: Preference | None


class SettingsShown(NamedTuple):
    """All settings."""

    rows: tuple[SettingRow, ...]
    file: str


@command("set", value="value", hidden=("chosen",), quiet=True)
def set_(state: State, key: SettingKey, value: SettingValue | None = None) -> SettingShown:
    """Show a setting, or change it.

    The shell keeps it in a file for the next session; in a script it holds for that run.

    When:
        To change colours, keys or what the prompt offers; `settings` lists what there is.

    Args:
        key: Name of the setting; `settings` lists them.
        value: What it is to be.

    Examples:
        zx> set theme light => value=light
        zx> set theme
    """
    settings = state.settings
    chosen = None
    if value is not None:
        settings.choose(key, value)
        chosen = Preference("", key, value)
    return SettingShown(key, settings[key], SETTINGS[key].default, chosen)


@command("settings", hidden=("file",), quiet=True)
def settings(state: State) -> SettingsShown:
    """List the settings: what they are, what they can be, and where they are kept.

    When:
        To see what can be changed, and in which file it lies.

    Examples:
        zx> settings
    """
    rows = [
        SettingRow(key, state.settings[key], setting.default, setting.words, setting.about)
        for key, setting in SETTINGS.items()
    ]
    return SettingsShown(tuple(rows), state.settings.file)


class AliasRow(NamedTuple):
    """A word, and the line that it stands for."""

    name: str
    line: str


class Aliases(NamedTuple):
    """Aliases, perhaps a moment after one was chosen."""

    rows: tuple[AliasRow, ...]
    chosen: Preference | None = None


@command("alias", hidden=("chosen",), quiet=True)
def alias(state: State, word: AliasName | None = None, line: AliasLine | None = None) -> Aliases:
    """Make a word stand for the beginning of a line, or list such words.

    What follows the word on a line is added. It may not hide a command; quotes let it hold
    an expectation. Aliases work at the prompt only, so that a script means the same to
    everybody, and what is recorded is the line in full.

    When:
        When you type the same beginning of a line again and again.

    Args:
        word: Letters, digits, _ and -.
        line: A command with as many of its arguments as are always the same.

    Examples:
        zx> alias rd read $demo
        zx> alias top = maps $demo --at $base
        zx> alias check "read $demo $base 4 => ZX_OK actual=4"
        zx> alias => rows=3
    """
    aliases = state.settings.aliases
    if word is None:
        return Aliases(tuple(AliasRow(*pair) for pair in sorted(aliases.items())))
    if line is None and "=" in word:
        word, _, line = word.partition("=")
        if line.startswith('"'):
            line = unquote(line, 0).decode("utf-8", "surrogateescape")
    if line is None:
        return Aliases((AliasRow(word, _known(state, word)),))
    from zxdbg.lang.spell import check_alias

    check_alias(load_commands(), aliases, word, line)
    aliases[word] = line
    return Aliases((AliasRow(word, line),), Preference("aliases", word, line))


@command("unalias", hidden=("chosen",), quiet=True)
def unalias(state: State, word: AliasName) -> Aliases:
    """Forget an alias.

    When:
        When a word is to mean nothing again; `alias` alone lists those there are.

    Args:
        word: The alias.

    Examples:
        zx> alias rd read $demo
        zx> unalias rd
    """
    line = _known(state, word)
    del state.settings.aliases[word]
    return Aliases((AliasRow(word, line),), Preference("aliases", word, None))


def _known(state: State, word: str) -> str:
    aliases = state.settings.aliases
    if word in aliases:
        return aliases[word]
    hint = nearest(word, list(aliases)) or "alias lists those there are"
    raise CommandError(f"there is no alias {word}", hint=hint, param="word")


# Drawing --------------------------------------------------------------------------


@draw.register(SettingShown)
def _draw_setting(data: SettingShown, result: Result, look: Look) -> list[Line]:
    setting = SETTINGS[data.key]
    usual = "" if data.value == data.default else f"   {data.default} by default"
    lines: list[Line] = [[name(data.key), plain(f"  {data.value}"), dim(usual)]]
    if data.chosen is None:
        lines += note("", setting.about, look)
        lines += note("one of", ", ".join(setting.words), look) if setting.words else []
    return lines


@draw.register(SettingsShown)
def _draw_settings(data: SettingsShown, result: Result, look: Look) -> list[Line]:
    rows: list[list[Cell]] = [
        [
            name(row.key),
            plain(row.value),
            dim("" if row.value == row.default else row.default),
            plain(" ".join(row.words) or "any text"),
            dim(row.about),
        ]
        for row in data.rows
    ]
    lines = table(["setting", "is", "by default", "can be", ""], rows, look, cut=False)
    kept = data.file or "nowhere: what is set holds for this session"
    return lines + note("kept", f"in {kept}" if data.file else kept, look)


@draw.register(Aliases)
def _draw_aliases(data: Aliases, result: Result, look: Look) -> list[Line]:
    if not data.rows:
        return [[dim("no aliases; alias rd read $demo makes one")]]
    if data.chosen is not None and data.chosen.value is None:
        return [[plain("forgotten: "), name(data.rows[0].name), dim(f"  {data.rows[0].line}")]]
    rows: list[list[Cell]] = [[name(row.name), plain(row.line)] for row in data.rows]
    return table(["", ""], rows, look)
