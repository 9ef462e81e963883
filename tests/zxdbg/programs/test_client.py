import re
from collections.abc import Callable
from pathlib import Path

import pytest

from zxdbg.programs.client import HELPERS, INCLUDES, ROOT_RESOURCE


@pytest.mark.parametrize("name", sorted(HELPERS))
def test_a_helper_compiles_alone(name: str, compile_c: Callable[..., Path]) -> None:
    used = (
        f"void* keep(void);\nvoid* keep(void) {{ failures++; return (void*)(uintptr_t){name}; }}\n"
    )
    compile_c(f"{INCLUDES}\n{HELPERS[name]}\n{used}")


def test_a_helper_is_called_as_it_is_listed() -> None:
    for name, text in HELPERS.items():
        assert re.search(rf"^static .*\b{name}\(", text, re.M)


def test_who_starts_a_program_hands_the_root_resource_over() -> None:
    assert "extern zx_handle_t root_resource;" in ROOT_RESOURCE
