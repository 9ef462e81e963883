"""The first three lines: enough to succeed without reading anything else.

What they show can be typed as it stands, line by line, and works.
"""

from zxdbg import __version__
from zxdbg.render.parts import Line, dim, name, plain
from zxdbg.session import Session
from zxdbg.syscalls import Profile

__all__ = ["welcome"]

_TRY = ("process create demo", "vmo create 16K --name heap")
_THEN = ("$base = map $demo.vmar $heap", 'write $demo $base "hi"', "maps $demo")


def welcome(session: Session, width: int) -> list[Line]:
    """Compose the lines that the shell begins with."""
    profile = session.state.profile
    about = "a simulated Zircon kernel" if profile is Profile.DOCS else f"profile {profile.value}"
    ways = "help · Tab completes · Ctrl-D leaves"
    title: Line = [name(f"zxdbg {__version__}"), plain("   "), plain(about), dim(f"   {ways}")]
    if sum(len(text) for _, text in title) > width:
        title = [title[0], title[-1]]
    return [title, *(_line(term, lines, width) for term, lines in (("try", _TRY), ("then", _THEN)))]


def _line(term: str, commands: tuple[str, ...], width: int) -> Line:
    """Show commands as one line, as many as find room."""
    line = commands[0]
    for each in commands[1:]:
        if len(f"{line}; {each}") + 6 > width:
            break
        line += f"; {each}"
    return [dim(f"{term:<6}"), plain(line)]
