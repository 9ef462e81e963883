import pytest

from zxdbg import Session
from zxdbg.changes import Changes, MappingChange, VmoChange
from zxdbg.render.changes import in_a_line
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import Look, styled

HEAP = VmoChange("heap", 1032, None, 0, 0, 0, 0, 0, 0, 0x4000, 0x4000, False)
MAPPED = MappingChange("mapped", "heap", 1032, 0x10000000, 0x10004000, 0, 3, 0)
REMOVED = MappingChange("removed", "heap", 1032, 0x10000000, 0x10004000, 3, 0, 0x4000)
CUT = MappingChange("cut", "code", 1033, 0x20000000, 0x20004000, 5, 5, 0x1000)
PROTECTED = MappingChange("protected", "heap", 1032, 0x10000000, 0x10001000, 3, 1, 0)


def line(*changes: VmoChange | MappingChange, vmars: int = 0) -> str:
    vmos = tuple(each for each in changes if isinstance(each, VmoChange))
    mappings = tuple(each for each in changes if isinstance(each, MappingChange))
    return in_a_line(Changes(vmos, mappings, 0, vmars))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            HEAP._replace(changed=16, pages=1, start=0x3FF0, end=0x4000, committed=1),
            "16 bytes of heap at +0x3ff0, 1 page committed",
        ),
        (
            HEAP._replace(changed=1, pages=1, start=0, end=1, name=""),
            "1 byte of VMO 1032 at +0x0",
        ),
        (
            HEAP._replace(changed=3, pages=2, start=1, end=0x2000),
            "3 bytes of heap between +0x1 and +0x2000",
        ),
        (HEAP._replace(changed=None, pages=300, start=0x1000), "300 pages of heap from +0x1000"),
        (HEAP._replace(changed=None, pages=1, start=0x1000), "1 page of heap at +0x1000"),
        (
            HEAP._replace(changed=4, pages=1, start=0, end=4, clone_of=1030),
            "4 bytes of heap (clone 1032) at +0x0",
        ),
        (HEAP._replace(committed=2), "2 pages of heap committed"),
        (HEAP._replace(decommitted=3), "3 pages of heap decommitted"),
        (HEAP._replace(size=0x8000), "heap 16K to 32K"),
        (HEAP._replace(size=0, decommitted=1), "heap 16K to 0, 1 page decommitted"),
        (HEAP._replace(gone=True), "heap is gone"),
        (HEAP._replace(gone=True, decommitted=4), "heap is gone, 4 pages freed"),
        (HEAP, "nothing: the same bytes were there before"),
        (MAPPED, "heap mapped at 0x10000000, 16K rw-"),
        (REMOVED, "heap at 0x10000000 unmapped, 16K"),
        (CUT, "code at 0x20000000 cut, 4K unmapped"),
        (PROTECTED, "perms of heap at 0x10000000, 4K: rw- to r--"),
    ],
)
def test_each_change_has_its_words(change: VmoChange | MappingChange, text: str) -> None:
    assert line(change) == text


def test_several_changes_are_counted_and_joined() -> None:
    assert line(REMOVED, REMOVED, CUT) == "2 mappings removed, 1 cut; 36K unmapped"
    assert line(CUT, CUT) == "2 cut of the mappings; 8K unmapped"
    assert line(REMOVED, vmars=2) == "2 VMARs and 1 mapping removed; 16K unmapped"
    assert line(vmars=1) == "1 VMAR removed"
    assert line(PROTECTED, PROTECTED) == "perms of 2 mappings to r--"
    assert line(PROTECTED, PROTECTED._replace(perms=7)) == "perms of 2 mappings"
    assert line(MAPPED, MAPPED) == "2 mappings added, 32K"
    gone = HEAP._replace(gone=True)
    assert line(REMOVED, gone) == "heap at 0x10000000 unmapped, 16K; heap is gone"
    assert line(*[gone] * 5) == "heap is gone; heap is gone; heap is gone; 2 more VMOs"


def test_nothing_touched_has_no_words() -> None:
    assert line() == ""


def drawn(session: Session, text: str) -> list[str]:
    lines = styled(draw_result(session.run(text), Look(80, session.state.labels())))
    return ["".join(text for _, text in line).rstrip() for line in lines]


@pytest.fixture
def watched() -> Session:
    session = Session()
    session.state.set_watch(watch=True)
    session.run("process create demo; vmo create 16K --name heap")
    return session


def test_a_mapping_that_the_answer_shows_is_not_said_twice(watched: Session) -> None:
    first = "map $demo.vmar $heap --at 0x10000000"
    assert drawn(watched, first) == ["ZX_OK  zx_vmar_map   mapped_addr 0x10000000  size 16K"]
    raw = drawn(watched, "zx_vmar_map $demo.vmar ZX_VM_PERM_READ 0 $heap 0 0x1000")
    assert raw[1].startswith("  changed  heap mapped at 0x")
    assert raw[1].endswith(", 4K r--")


def test_the_line_stands_below_the_answer_and_the_setting_takes_it_away(watched: Session) -> None:
    assert drawn(watched, 'vmo write $heap 0 "x"')[1:] == [
        "  changed  1 byte of heap at +0x0, 1 page committed"
    ]
    watched.state.settings.values["changes"] = "off"
    assert len(drawn(watched, 'vmo write $heap 0 "y"')) == 1


def test_a_refusal_that_changed_something_says_so(watched: Session) -> None:
    watched.run("map $self.vmar $heap --at 0x10000000")
    line = "zx_vmar_map $self.vmar ZX_VM_PERM_READ|ZX_VM_SPECIFIC|ZX_VM_SPECIFIC_OVERWRITE"
    lines = drawn(watched, f"{line} 0xf000000 $heap 0x2000 0x1000 --mapped_addr null")
    assert lines[0].startswith("ZX_ERR_INVALID_ARGS")
    assert lines[-1] == "  changed        heap at 0x10000000 cut, 4K unmapped"
