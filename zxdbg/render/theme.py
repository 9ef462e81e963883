"""The one place for colours: what each meaning looks like, in rich's style language.

A colour is one of the terminal's own sixteen, by name, or `#rrggbb` of the fixed part of
the 256 where none of the sixteen can be read; no background is ever set. No colour carries
anything that a word or a mark does not carry too. A theme says what differs from `dark`.
"""

__all__ = ["THEMES", "theme"]

_DARK = {
    "ok": "bold green",
    "refused": "bold bright_red",
    "warn": "yellow",
    "address": "cyan",
    "handle": "bright_magenta",
    "koid": "#5fafff",
    "name": "bold",
    "number": "",
    "dim": "#949494",
    "title": "bold",
    "perm.r": "green",
    "perm.w": "yellow",
    "perm.x": "bright_red",
    "moved": "green",
    "unmoved": "#949494",
    "passed": "green",
    "decided": "bold bright_red",
    "skipped": "#949494",
    "zero": "#949494",
    "byte": "",
    "text": "cyan",
    "unread": "bright_red",
    "prompt": "bold #5fafff",
    "changed": "bold yellow",
    "command": "bold",
    "caret": "bold bright_red",
    "syscall": "",
    "next": "bold",
    "option": "#5fafff",
    "flags": "yellow",
    "data": "green",
    "comment": "#949494",
    "expectation": "#949494",
    "mistake": "bright_red",
    "foreseen": "yellow",
}

_LIGHT = {
    "ok": "bold #005f00",
    "refused": "bold red",
    "warn": "#875f00",
    "address": "#005f87",
    "handle": "#870087",
    "koid": "blue",
    "dim": "#6c6c6c",
    "perm.r": "#005f00",
    "perm.w": "#875f00",
    "perm.x": "red",
    "moved": "#005f00",
    "unmoved": "#6c6c6c",
    "passed": "#005f00",
    "decided": "bold red",
    "skipped": "#6c6c6c",
    "zero": "#6c6c6c",
    "text": "#005f87",
    "unread": "red",
    "changed": "bold #875f00",
    "prompt": "bold blue",
    "caret": "bold red",
    "option": "blue",
    "flags": "#875f00",
    "data": "#005f00",
    "comment": "#6c6c6c",
    "expectation": "#6c6c6c",
    "mistake": "red",
    "foreseen": "#875f00",
}

_BLUE, _ORANGE, _GREY = "#5f5fff", "#af5f00", "#767676"
"""Each can be read on black and on white, and the first is never taken for the second."""

_SAFE = {
    "ok": f"bold {_BLUE}",
    "refused": f"bold underline {_ORANGE}",
    "warn": f"underline {_ORANGE}",
    "address": _BLUE,
    "handle": "",
    "koid": "",
    "dim": _GREY,
    "perm.r": _BLUE,
    "perm.w": f"bold {_ORANGE}",
    "perm.x": f"underline {_ORANGE}",
    "moved": _BLUE,
    "unmoved": _GREY,
    "passed": _BLUE,
    "decided": f"bold underline {_ORANGE}",
    "skipped": _GREY,
    "zero": _GREY,
    "text": _BLUE,
    "unread": _ORANGE,
    "changed": f"bold {_ORANGE}",
    "prompt": f"bold {_BLUE}",
    "caret": f"bold {_ORANGE}",
    "option": _BLUE,
    "flags": "",
    "data": _BLUE,
    "comment": _GREY,
    "expectation": _GREY,
    "mistake": _ORANGE,
    "foreseen": _ORANGE,
}

_MONO = {
    "ok": "bold",
    "refused": "bold reverse",
    "warn": "underline",
    "address": "",
    "handle": "",
    "koid": "",
    "dim": "",
    "perm.r": "",
    "perm.w": "bold",
    "perm.x": "underline",
    "moved": "bold",
    "unmoved": "",
    "passed": "",
    "decided": "bold reverse",
    "skipped": "",
    "zero": "",
    "text": "",
    "unread": "underline",
    "changed": "bold",
    "prompt": "bold",
    "caret": "bold",
    "option": "",
    "flags": "",
    "data": "",
    "comment": "",
    "expectation": "",
    "mistake": "bold",
    "foreseen": "",
}

THEMES = {
    "dark": _DARK,
    "light": _DARK | _LIGHT,
    "safe": _DARK | _SAFE,
    "mono": _DARK | _MONO,
}
"""The themes that the setting `theme` can name."""


def theme(name: str) -> dict[str, str]:
    """Return the styles of a theme, by what they mean."""
    return THEMES[name]
