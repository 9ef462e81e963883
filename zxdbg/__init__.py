"""zxdbg: a debugger-style shell over a simulated Zircon kernel."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zxdbg.mistake import CommandError
    from zxdbg.session import Session

__all__ = ["CommandError", "Session", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the public names when they are asked for, so that the kernel alone stays light."""
    if name == "Session":
        from zxdbg.session import Session

        return Session
    if name == "CommandError":
        from zxdbg.mistake import CommandError

        return CommandError
    raise AttributeError(f"module 'zxdbg' has no attribute {name!r}")
