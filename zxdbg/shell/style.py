"""The theme, as prompt_toolkit writes styles."""

from collections.abc import Mapping

from prompt_toolkit.styles import Style

__all__ = ["MENU", "ROLES", "style_of", "translate"]

ROLES = {
    "command": "command",
    "option": "option",
    "handle": "handle",
    "address": "address",
    "number": "number",
    "name": "name",
    "data": "data",
    "string": "data",
    "path": "data",
    "flags": "flags",
    "word": "flags",
    "comment": "comment",
    "operator": "dim",
    "expectation": "expectation",
    "mistake": "mistake",
    "foreseen": "foreseen",
    "prompt": "prompt",
    "argument": "next",
    "trouble": "warn",
    "auto-suggestion": "comment",
}
"""What is typed, and the name that the theme has for its look."""

MENU = {
    "bottom-toolbar": "noreverse",
    "bottom-toolbar.text": "",
    "completion-menu": "noinherit",
    "completion-menu.completion": "noinherit",
    "completion-menu.completion.current": "noinherit reverse",
    "completion-menu.meta.completion": "noinherit",
    "completion-menu.meta.completion.current": "noinherit reverse",
    "scrollbar.background": "noinherit",
    "scrollbar.button": "noinherit reverse",
}
"""The furniture: no grounds of its own, so that it fits every terminal."""
_COLORS = {"white": "ansigray", "bright_white": "ansiwhite", "default": "ansidefault"}
_PLAIN = ("black", "red", "green", "yellow", "blue", "magenta", "cyan")
_COLORS |= {name: f"ansi{name}" for name in _PLAIN}
_COLORS |= {f"bright_{name}": f"ansibright{name}" for name in _PLAIN}
_KEPT = ("bold", "dim", "italic", "underline", "reverse", "blink", "strike")


def translate(style: str) -> str:
    """Write a style of rich as prompt_toolkit does; what it has no word for is left out."""
    words = []
    ground = ""
    for word in style.split():
        if word == "on":
            ground = "bg:"
            continue
        if word in _KEPT:
            words.append(word)
        elif word in _COLORS or word.startswith("#"):
            words.append(ground + _COLORS.get(word, word))
        ground = ""
    return " ".join(words)


def style_of(theme: Mapping[str, str]) -> Style:
    """Make the style of the prompt from a theme."""
    rules = {role: translate(theme.get(name, "")) for role, name in ROLES.items()}
    # Trouble shows without colours, too.
    for role in ("mistake", "foreseen"):
        rules[role] += " underline"
    menu = dict(MENU)
    menu["completion-menu.meta.completion"] += f" {rules['comment']}"
    return Style.from_dict(menu | rules)
