"""Finds the command families and makes the registry of them."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from zxdbg.lang.declare import Registry
from zxdbg.syscalls import SYSCALLS

__all__ = ["load_commands"]

_registry: Registry | None = None


def load_commands() -> Registry:
    """Return the registry of every command: the families, and every syscall by its C name."""
    global _registry
    if _registry is None:
        registry = Registry()
        package = _find_package()
        folder = Path(package.__path__[0])
        for path in sorted(folder.glob("*.py")):
            if path.stem != "__init__":
                registry.add_module(import_module(f"{package.__name__}.{path.stem}"))
        for syscall in SYSCALLS.values():
            registry.add_syscall(syscall)
        _registry = registry
    return _registry


def _find_package() -> ModuleType:
    """Import the package of commands: inside an installed zxdbg, else beside it."""
    if find_spec("zxdbg.commands") is not None:
        return import_module("zxdbg.commands")
    beside = Path(__file__).resolve().parent.parent
    if str(beside) not in sys.path:
        sys.path.append(str(beside))
    package = import_module("commands")
    found = Path(package.__file__ or "").resolve().parent
    if found != beside / "commands":
        raise ImportError(f"zxdbg's commands are hidden by another package, in {found}")
    return package
