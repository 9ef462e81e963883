"""The quick way to draw a long table of mappings, beside the general one."""

from io import StringIO

import pytest

from zxdbg import Session
from zxdbg.render import screen
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import Look

NAMES = ("heap2", '"日本語"', "code", '""')


def crowd(staged: Session, *, wide: bool) -> None:
    """Map clones, gaps, nested VMARs, pages seen twice and past the end of a VMO."""
    names = NAMES if wide else ("heap2", "stack", "code", '""')
    staged.run("process create other; $box = vmar allocate $demo.vmar 4M --at 0x20000000")
    for number, name in enumerate(names):
        staged.run(f"$v{number} = vmo create 64K --name {name}")
    staged.run("$v4 = vmo clone $v0")
    for at in range(40):
        vmar, base = ("box", 0x20000000) if at % 3 == 0 else ("demo.vmar", 0x30000000)
        where = f"--at {base + at * 0x6000 + at % 4 * 0x1000:#x} --offset {at % 13 * 4096}"
        staged.run(f"map ${vmar} $v{at % 5} {where} --size {at % 3 + 1 << 12}")
        staged.run(f'vmo write $v{at % 5} {at % 16 * 4096} "x"')
    staged.run("vmar allocate $demo.vmar 64K --at 0x2f000000")
    staged.run("map $other.vmar $v2 --at 0x50000000; vmo resize $v3 8K")
    staged.run("vmo create 64K --name apart")
    for at in range(12):
        staged.run(
            f"map $demo.vmar $apart --size 4K --at {0x60000000 + at * 8192} --offset {at * 4096}"
        )


@pytest.mark.parametrize("width", [60, 80, 100, 120, 250])
@pytest.mark.parametrize("kept", [1, 10, 40])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("wide", [True, False])
def test_rows_that_nobody_sees_in_colour_say_the_same(
    staged: Session,
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    kept: int,
    *,
    ascii_only: bool,
    wide: bool,
) -> None:
    crowd(staged, wide=wide)
    monkeypatch.setattr(screen, "KEPT", kept)
    for line in ("maps $demo", "maps $demo --all", "maps $demo --all --name apart"):
        result = staged.run(line)
        written = []
        for color in (True, False):
            page = screen.Screen(StringIO(), width, ascii_only=ascii_only)
            page.print(draw_result(result, Look(width, {}, color=color)))
            assert isinstance(page.stream, StringIO)
            written.append(page.stream.getvalue())
        assert written[0] == written[1]
        assert written[0].count("\n") > 12


def test_what_a_screen_remembers_keeps_its_colours(
    staged: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(staged, wide=False)
    monkeypatch.setattr(screen, "KEPT", 12)
    result = staged.run("maps $demo --all")
    page = screen.Screen(StringIO(), 120)
    page.print(draw_result(result, Look(120, {}, color=False)))
    general = draw_result(result, Look(120, {}))
    assert [drawn.line for drawn in page.drawn] == general[-12:]
    assert page.forgotten == len(general) - 12
