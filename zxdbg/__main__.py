"""The door of the program, which is open fast.

What is loaded at the start lives to the end. Nobody looks for garbage in it: not while it is
loaded, not later, and not when the program ends.
"""

import gc
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit status."""
    if "zxdbg.program" not in sys.modules:
        gc.disable()
        import zxdbg.program  # noqa: F401

        gc.freeze()
        gc.enable()
    from zxdbg.program import run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
