from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_help_is_a_map_of_every_command_on_one_screen(session: Session, drawn: Drawer) -> None:
    lines = drawn(session.run("help"))
    assert len(lines) <= 23
    words = " ".join(lines).replace(",", " ").split()
    for declared in session.registry:
        if declared.family != "syscalls":
            assert set(declared.name.split()) <= set(words)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("write", "write PROCESS ADDRESS DATA [--length LENGTH]"),
        ("vmo create", "vmo create SIZE [--name NAME] [--options FLAGS]"),
        ("vmo", "vmo …"),
        ("zx_vmo_get_size", "zx_vmo_get_size HANDLE [--size PLACE]"),
        ("vmo_get_size", "zx_vmo_get_size HANDLE [--size PLACE]"),
        ("ZX_ERR_NO_MEMORY", "ZX_ERR_NO_MEMORY (-4)"),
        ("ZX_RIGHT_WRITE", "ZX_RIGHT_WRITE (0x8)"),
        ("differences", "Where the pages and the kernel disagree"),
    ],
)
def test_help_on_a_topic_begins_with_it(
    session: Session, drawn: Drawer, topic: str, expected: str
) -> None:
    lines = drawn(session.run(f"help {topic}"))
    assert lines[0] == expected
    assert max(map(len, lines)) <= 80


def test_help_on_nothing_known_names_the_nearest(session: Session) -> None:
    with pytest.raises(CommandError, match="no help on wirte; nearest: write"):
        session.run("help wirte")
