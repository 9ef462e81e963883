"""Settings: what a user prefers, declared once as data.

A setting has a name, the words that it can be and a sentence; `set`, `settings`, their
completion and the file all come from the table. Reading and writing the file is the front
end's business.
"""

from typing import NamedTuple

from zxdbg.mistake import CommandError, nearest

__all__ = ["SETTINGS", "Setting", "Settings", "setting_of"]


class Setting(NamedTuple):
    """One thing that can be set.

    Attributes:
        default: What it is until somebody sets it.
        words: What it can be; empty if any text is right.
        about: One sentence.
        some: Words that mean something of their own where any text is right.
    """

    default: str
    words: tuple[str, ...]
    about: str
    some: tuple[str, ...] = ()


_SWITCH = ("on", "off")

SETTINGS = {
    "theme": Setting("dark", ("dark", "light", "safe", "mono"), "the colours of the screen"),
    "keys": Setting("emacs", ("emacs", "vi"), "how lines are edited"),
    "complete": Setting("tab", ("tab", "typing"), "whether the list comes with Tab or by itself"),
    "suggest": Setting("on", _SWITCH, "ghost text from the history, which right arrow takes"),
    "hint": Setting("on", _SWITCH, "the signature below the line that is typed"),
    "changes": Setting("on", _SWITCH, "a line on what a command changed in memory"),
    "pager": Setting(
        "auto", (), "auto, off, or the command that shows long output", ("auto", "off")
    ),
}


class Settings:
    """The settings of a session, and the user's own words for commands.

    Attributes:
        values: What was set, by name; what is absent has its default.
        aliases: Lines that a first word stands for, by that word.
        file: Where the front end keeps them; empty if it does not.
    """

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.file = ""

    def __getitem__(self, name: str) -> str:
        """Return the value of a setting."""
        return self.values.get(name, SETTINGS[name].default)

    def choose(self, name: str, value: str) -> None:
        """Set a setting; a name or a value that is not right is a mistake, with the nearest."""
        setting = setting_of(name)
        if setting.words and value not in setting.words:
            hint = nearest(value, list(setting.words)) or f"one of {', '.join(setting.words)}"
            raise CommandError(f"{name} cannot be {value}", hint=hint, param="value")
        if not value.strip():
            raise CommandError(f"{name} cannot be empty", hint=setting.about, param="value")
        self.values[name] = value

    def is_on(self, name: str) -> bool:
        """Whether a switch is on."""
        return self[name] == "on"


def setting_of(name: str) -> Setting:
    """Return the setting of that name; another name is a mistake, with the nearest."""
    if name not in SETTINGS:
        hint = nearest(name, list(SETTINGS)) or f"one of {', '.join(SETTINGS)}"
        raise CommandError(f"there is no setting {name}", hint=hint, param="key")
    return SETTINGS[name]
