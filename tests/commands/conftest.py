"""A session on the usual stage: process demo, VMO heap of 16 KiB mapped at 0x10000000."""

from collections.abc import Callable

import pytest

from zxdbg import Session
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import Look, styled
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


@pytest.fixture
def session() -> Session:
    staged = Session()
    staged.state.set_watch(watch=True)
    staged.run("process create demo; vmo create 16K --name heap")
    staged.run("$base = map $demo.vmar $heap --at 0x10000000 --perms rw")
    return staged


@pytest.fixture
def drawn(session: Session) -> Drawer:
    """Return a function that draws a result as lines of plain text, 80 columns wide."""

    def draw(result: Result) -> list[str]:
        lines = styled(draw_result(result, Look(80, session.state.labels())))
        return ["".join(text for _, text in line).rstrip() for line in lines]

    return draw
