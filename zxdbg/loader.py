"""Finds the command families and makes the registry of them."""

import os
import sys
from importlib import import_module
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
        names = os.listdir(package.__path__[0])  # noqa: PTH208 - pathlib is slow to start
        stems = [name.removesuffix(".py") for name in names if name.endswith(".py")]
        registry.add_modules(
            [import_module(f"{package.__name__}.{stem}") for stem in stems if stem != "__init__"]
        )
        for syscall in SYSCALLS.values():
            registry.add_syscall(syscall)
        _registry = registry
    return _registry


def _find_package() -> ModuleType:
    """Import the package of commands: inside an installed zxdbg, else beside it."""
    try:
        return import_module("zxdbg.commands")
    except ModuleNotFoundError as missing:
        if missing.name != "zxdbg.commands":
            raise
    beside = __file__.rpartition("zxdbg")[0].rstrip(os.sep)
    if beside not in sys.path:
        sys.path.append(beside)
    package = import_module("commands")
    if not os.path.samefile(package.__path__[0], os.path.join(beside, "commands")):  # noqa: PTH118, PTH121 - as above
        raise ImportError(f"zxdbg's commands are hidden by another package: {package}")
    return package
