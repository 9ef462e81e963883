"""Long output in a pager: the user's, or `less`."""

import os
import shlex
import subprocess
from shutil import which

from zxdbg.elsewhere import how_it_ended

__all__ = ["find_pager", "show_in_pager"]

_DEFAULTS = {
    "LESS": "-F -R -X -Psmore\\: space   back\\: q$",
    "LESSSECURE": "1",
    "LV": "-c",
}
"""What pagers are told unless the user tells them otherwise: to keep colours and the screen,
to say how to leave, and to write no file when a command is typed at them by mistake."""


def find_pager(setting: str) -> str:
    """Return the pager's command; empty where there is to be none."""
    if setting == "off":
        return ""
    if setting != "auto":
        return setting
    return os.environ.get("PAGER") or ("less" if which("less") else "")


def show_in_pager(command: str, text: str) -> str:
    """Show a text; return what went wrong, empty if nothing did.

    Leaving the pager before its end is fine.
    """
    try:
        arguments = shlex.split(command) or [""]
        child = subprocess.Popen(arguments, stdin=subprocess.PIPE, env=_DEFAULTS | os.environ)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        return f"the pager {command} did not start: {reason}"
    with child:
        child.communicate(text.encode("utf-8", "backslashreplace"))
    ended = how_it_ended(child.returncode)
    return f"the pager {command} {ended}" if ended else ""
