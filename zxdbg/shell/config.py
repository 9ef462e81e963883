"""The file in which a user's settings and aliases are kept: TOML, at the platform's place.

It belongs to the user: a key is written on a line of its own, everything else in the file
stays as it is, and a file that cannot be understood is left alone. The standard library
reads TOML and cannot write it; setting one key is an edit of one line, and reading the
edited text again shows whether it came out right.
"""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from zxdbg.lang.declare import Registry
from zxdbg.lang.spell import check_alias
from zxdbg.mistake import CommandError
from zxdbg.result import Preference
from zxdbg.settings import SETTINGS, Settings

MOST_BYTES = 1 << 20

__all__ = ["Config", "open_config"]

_TABLE = re.compile(r"\s*\[+([^\[\]]+)\]+\s*(?:#.*)?\Z")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*(?:=|\.)""")
_VALUE = re.compile(
    r"""(?P<head>[^=]*=\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'\[{]+)(?P<tail>\s*(?:\#.*)?)\Z"""
)
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_SWITCH = {True: "on", False: "off"}


def open_config() -> "Config":
    """Find the file at the platform's place."""
    return Config(user_config_path("zxdbg", appauthor=False) / "config.toml")


class Config:
    """The settings file.

    Args:
        path: Where it is, or will be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, settings: Settings, registry: Registry) -> list[str]:
        """Take over what the file says; return what is wrong with it, a line each.

        What is wrong keeps its default, and what was chosen already goes first.
        """
        settings.file = str(self.path)
        given = dict(settings.values)
        try:
            text = self._read()
            data = _parsed(text)
        except (OSError, ValueError, RecursionError) as error:
            return [self._trouble(error)]
        lines = text.split("\n")
        problems = []
        aliases = data.pop("aliases", {})
        if not isinstance(aliases, dict):
            problems.append(f"{self._at(lines, '', 'aliases')}: aliases is a table: [aliases]")
            aliases = {}
        for key, value in data.items():
            try:
                settings.choose(key, _text(key, value) if key in SETTINGS else "")
            except CommandError as error:
                problems.append(f"{self._at(lines, '', key)}: {error}")
        words = {key: line for key, line in aliases.items() if isinstance(line, str)}
        for key, value in aliases.items():
            try:
                check_alias(registry, words, key, _text(key, value))
            except CommandError as error:
                problems.append(f"{self._at(lines, 'aliases', key)}: {error}")
            else:
                settings.aliases[key] = value
        settings.values |= given
        return problems

    def keep(self, chosen: Preference) -> str:
        """Write one preference into the file; return why that was not possible, or nothing."""
        try:
            text = self._read()
            data = _parsed(text, str)
        except (OSError, ValueError, RecursionError) as error:
            return f"not kept: {self._trouble(error)}"
        try:
            wanted = _changed(data, chosen)
            edited = _edited(text, chosen)
            if _parsed(edited, str) != wanted:
                raise ValueError
            raw = edited.encode()
        except UnicodeEncodeError:
            return f"not kept: {self.path}: {chosen.key} would not be UTF-8"
        except (AttributeError, ValueError):
            where = self._at(text.split("\n"), chosen.section, chosen.key)
            return f"not kept: {where}: what stands there can only be edited by hand"
        if wanted == data:
            return ""
        try:
            self._write(raw)
        except OSError as error:
            return f"not kept: {self._trouble(error)}"
        return ""

    def _read(self) -> str:
        try:
            if self.path.exists() and not (self.path.is_file() or self.path.is_dir()):
                raise OSError(errno.EINVAL, "it is no file")
            if self.path.exists() and self.path.stat().st_size > MOST_BYTES:
                raise OSError(errno.EFBIG, "it is larger than 1 MiB")
            return self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return ""

    def _write(self, raw: bytes) -> None:
        """Put the whole file in place at once, so that nobody ever reads half of it."""
        path = self.path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            beside.write_bytes(raw)
            if path.exists():
                beside.chmod(path.stat().st_mode)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def _at(self, lines: list[str], section: str, key: str) -> str:
        line = _find(lines, section, key)
        return f"{self.path}:{1 if line is None else line + 1}"

    def _trouble(self, error: Exception) -> str:
        if isinstance(error, OSError):
            return f"{self.path}: {error.strerror}"
        if isinstance(error, UnicodeError):
            return f"{self.path}: it is not UTF-8"
        place = _PLACE.search(str(error))
        line = place[1] if place is not None and place[1] else "1"
        return f"{self.path}:{line}: it is not TOML: {_PLACE.sub('', str(error))}"


def _parsed(text: str, real: Callable[[str], Any] = float) -> dict[str, Any]:
    """Read TOML; the reader is loaded only where there is something to read.

    Args:
        text: The file.
        real: What its real numbers become; as text they can be compared, also `nan`.
    """
    if not text.strip():
        return {}
    import tomllib

    return tomllib.loads(text, parse_float=real)


def _text(key: str, value: object) -> str:
    """Return a value as `set` would take it; TOML's own true and false are a switch."""
    if isinstance(value, bool) and key in SETTINGS and "on" in SETTINGS[key].words:
        return _SWITCH[value]
    if isinstance(value, str):
        return value
    raise CommandError(f"{key} is text in quotes")


def _changed(data: dict[str, Any], chosen: Preference) -> dict[str, Any]:
    """Return what the file is to say, without changing what it said."""
    held = data.get(chosen.section, {}) if chosen.section else data
    table = {key: value for key, value in held.items() if key != chosen.key}
    if chosen.value is not None:
        table[chosen.key] = chosen.value
    elif len(table) == len(held):
        return data
    return data | {chosen.section: table} if chosen.section else table


def _find(lines: list[str], section: str, key: str) -> int | None:
    """Find the line of a key in a table; the empty name is what stands before any table."""
    inside = ""
    for at, line in enumerate(lines):
        table = _TABLE.match(line)
        if table is not None:
            inside = table[1].strip()
            if inside == key and not section:
                return at
            continue
        match = _KEY.match(line)
        if match is not None and inside == section and key in match.groups():
            return at
    return None


def _edited(text: str, chosen: Preference) -> str:
    """Return the text with one key set, or taken away; its line ends stay what they are."""
    end = "\r\n" if "\r\n" in text else "\n"
    return end.join(_edited_lines(text.replace("\r\n", "\n").split("\n"), chosen))


def _edited_lines(lines: list[str], chosen: Preference) -> list[str]:
    at = _find(lines, chosen.section, chosen.key)
    if chosen.value is None:
        return lines if at is None else lines[:at] + lines[at + 1 :]
    from json import dumps  # a string of JSON is one of TOML

    quoted = dumps(chosen.value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if at is not None:
        match = _VALUE.match(lines[at])
        new = lines[at] if match is None else f"{match['head']}{quoted}{match['tail']}"
        return [*lines[:at], new, *lines[at + 1 :]]
    if lines[-1]:
        lines = [*lines, ""]
    at = _end_of(lines, chosen.section)
    if at is None:
        apart = [""] if any(lines) else []
        return [*lines[:-1], *apart, f"[{chosen.section}]", f"{chosen.key} = {quoted}", ""]
    apart = [""] if at < len(lines) and _TABLE.match(lines[at]) else []
    return [*lines[:at], f"{chosen.key} = {quoted}", *apart, *lines[at:]]


def _end_of(lines: list[str], section: str) -> int | None:
    """Find the place behind the last line of a table; None if there is no such table."""
    tables = [at for at, line in enumerate(lines) if _TABLE.match(line)]
    first, last = 0, tables[0] if tables else len(lines)
    if section:
        starts = [at for at in tables if (m := _TABLE.match(lines[at])) and m[1].strip() == section]
        if not starts:
            return None
        first = starts[0] + 1
        last = min((at for at in tables if at > starts[0]), default=len(lines))
    while last > first and (not lines[last - 1].strip() or lines[last - 1].lstrip()[0] == "#"):
        last -= 1
    return last
