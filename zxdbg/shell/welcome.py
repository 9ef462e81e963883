"""The first three lines: enough to succeed without reading anything else."""

from zxdbg import __version__
from zxdbg.render.parts import Line, dim, name, plain
from zxdbg.session import Session

__all__ = ["welcome"]

_TRY = "process create demo · vmo create 16K --name heap · map $demo.vmar $heap"
_THEN = "write, read, maps, explain · help shows everything · Tab, Ctrl-D leaves"


def welcome(session: Session) -> list[Line]:
    """Compose the lines that the shell begins with."""
    return [
        [
            name(f"zxdbg {__version__}"),
            plain("  a simulated Zircon kernel that says why  "),
            dim(f"profile {session.state.profile.value}"),
        ],
        [dim("try  "), plain(_TRY)],
        [dim("then "), dim(_THEN)],
    ]
