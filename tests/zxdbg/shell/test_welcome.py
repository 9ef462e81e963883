from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.zxdbg.shell.conftest import Shell

    OpenShell = Callable[..., Shell]


def test_the_welcome_names_the_program_its_profile_and_the_way_out(shell: "Shell") -> None:
    assert shell.rows[0].startswith("zxdbg 0.1.0  ")
    assert shell.rows[0].endswith("profile docs")
    assert shell.rows[1].startswith("try  process create demo")
    assert "Ctrl-D" in shell.rows[2]
    assert len(shell.rows) == 4


def test_the_welcome_says_when_the_kernel_decides(open_shell: "OpenShell") -> None:
    shell = open_shell("--profile", "kernel")
    assert shell.rows[0].endswith("profile kernel")
