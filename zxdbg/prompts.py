"""Prompts: how they are written, and how they are found again in what was copied."""

import re
from typing import NamedTuple

from zxdbg.syscalls.profile import Profile

__all__ = ["SCRIPT", "Prompted", "joined", "joining", "prompted", "right_of", "shell_prompt"]

SCRIPT = "zx> "
"""Stands before each command in what a script draws."""
_NORMAL = "vi: normal"
_PROMPTS = {
    "shell": re.compile(r"zxdbg [0-9]+>(?: |\Z)"),
    "script": re.compile(r"zx>(?: |\Z)"),
}
_JOINED = re.compile(r"\.\.\. *")
_NOTE = rf"(?:profile (?:{'|'.join(each.value for each in Profile)})|{_NORMAL})"
_RIGHT = re.compile(rf"(?:(?<=\S) {{2,}}|\A {{8,}}){_NOTE}(?:  {_NOTE})?\Z")
"""It stands at the right edge, so that behind an empty prompt there are many blanks."""


def shell_prompt(number: int) -> str:
    """Return what stands before a line in the shell."""
    return f"zxdbg {number}> "


def joining(width: int) -> str:
    """Return what stands before a further line, below a prompt of that width."""
    return "...".ljust(width)


def right_of(profile: Profile, *, normal: bool = False) -> str:
    """Return what the shell shows at the right of its prompt: what is not as usual.

    Args:
        profile: The profile.
        normal: Whether keys are commands of Vi.
    """
    notes = [] if profile is Profile.DOCS else [f"profile {profile.value}"]
    return "  ".join([*notes, *([_NORMAL] if normal else [])])


class Prompted(NamedTuple):
    """A line with a prompt, in its parts; together they are the line.

    Attributes:
        form: Whose prompt it is: `shell` or `script`.
        prompt: The prompt; empty for a line that goes on without a mark.
        text: What was typed.
        right: What the shell showed at its right.
    """

    form: str
    prompt: str
    text: str
    right: str


def prompted(line: str, form: str = "") -> Prompted | None:
    """Divide a line behind a prompt, of that form or any; None if it has none.

    Examples:
        >>> prompted("zxdbg 7> vmos          profile kernel").text
        'vmos'
    """
    for name, prompt in _PROMPTS.items():
        found = prompt.match(line) if form in ("", name) else None
        if found is not None:
            return _divided(name, line, found.end())
    return None


def joined(line: str, before: Prompted) -> Prompted:
    """Divide a line that goes on from one with a prompt."""
    found = _JOINED.match(line[: len(before.prompt)])
    return _divided(before.form, line, found.end() if found else 0)


def _divided(form: str, line: str, at: int) -> Prompted:
    right = _RIGHT.search(line[at:]) if form == "shell" else None
    end = len(line) if right is None else at + right.start()
    return Prompted(form, line[:at], line[at:end], line[end:])
