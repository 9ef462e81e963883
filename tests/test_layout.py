"""The directions of dependency, held by walking the imports; and the tree's own rules."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("zxdbg/**/*.py"), *ROOT.glob("commands/**/*.py")])

# Lowest first. A module may import its own layer and those before it.
LAYERS = [
    ("zxdbg.kernel",),
    ("zxdbg.syscalls",),
    (
        "zxdbg.mistake",
        "zxdbg.changes",
        "zxdbg.marks",
        "zxdbg.result",
        "zxdbg.settings",
        "zxdbg.state",
    ),
    ("zxdbg.lang",),
    (
        "zxdbg.constants",
        "zxdbg.coverage",
        "zxdbg.deadline",
        "zxdbg.difference",
        "zxdbg.elsewhere",
        "zxdbg.failure",
        "zxdbg.files",
        "zxdbg.heard",
        "zxdbg.loader",
        "zxdbg.options",
        "zxdbg.parser",
        "zxdbg.passing",
        "zxdbg.programs",
        "zxdbg.prompts",
        "zxdbg.pygments_lexer",
        "zxdbg.recorder",
        "zxdbg.render",
        "zxdbg.report",
        "zxdbg.script",
        "zxdbg.session",
        "zxdbg.steps",
        "zxdbg.textmate",
        "zxdbg.typed",
        "zxdbg.update",
    ),
    ("zxdbg.shell",),
    (
        "zxdbg.__main__",
        "zxdbg.markdown",
        "zxdbg.program",
        "zxdbg.pytest_plugin",
    ),
]
THIRD_PARTY = {
    "rich": ("zxdbg.render",),
    "prompt_toolkit": ("zxdbg.shell",),
    # A plugin of Pygments: nothing of zxdbg imports it, and it imports nothing of the shell.
    "pygments": ("zxdbg.shell", "zxdbg.pygments_lexer"),
    "platformdirs": ("zxdbg.shell",),
    "pytest": ("zxdbg.pytest_plugin",),
    "_pytest": ("zxdbg.pytest_plugin",),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    """Yield what a module imports, wherever the statement stands, types only apart."""
    tree = ast.parse(path.read_text())
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            yield dots + (node.module or "")


def layer_of(name: str) -> int | None:
    for at, prefixes in enumerate(LAYERS):
        if any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes):
            return at
    return None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    name = module_name(path)
    for imported in imports_of(path):
        top = imported.split(".")[0]
        if top in THIRD_PARTY:
            assert name.startswith(THIRD_PARTY[top]), f"{name} imports {imported}"
        elif name.split(".")[0] == "commands":
            siblings = imported.startswith(".") or top != "commands"
            assert siblings, f"{name} imports {imported}; siblings are imported relatively"
            assert not imported.startswith("zxdbg.shell"), f"{name} imports the shell"
        elif top == "zxdbg" and name != "zxdbg":
            own, other = layer_of(name), layer_of(imported)
            allowed = imported == "zxdbg" or (own is not None and other is not None)
            assert allowed, f"{name} imports {imported}"
            if own is not None and other is not None:
                assert other <= own, f"{name} imports {imported}, which lies above it"
        else:
            assert top != "commands", f"{name} imports commands; only the loader finds them"
            if top != "zxdbg":
                assert top in sys.stdlib_module_names, f"{name} imports {imported}"


@pytest.mark.parametrize("package", ["kernel", "syscalls"])
def test_the_lower_layers_know_the_standard_library_only(package: str) -> None:
    for path in (ROOT / "zxdbg" / package).glob("*.py"):
        for imported in imports_of(path):
            top = imported.split(".")[0]
            assert top in sys.stdlib_module_names or top == "zxdbg", f"{path} imports {imported}"
            assert top not in {"os", "sys", "time", "random", "io", "pathlib"}, (
                f"{path} imports {imported}: no input, output, clock or chance down here"
            )


def test_every_source_file_has_a_test_at_the_mirrored_place() -> None:
    missing = []
    for path in SOURCES:
        relative = path.relative_to(ROOT)
        name = f"test_{relative.name.replace('__main__', 'main')}"
        if (
            relative.name != "__init__.py"
            and not (ROOT / "tests" / relative.parent / name).exists()
        ):
            missing.append(str(relative))
    assert not missing
