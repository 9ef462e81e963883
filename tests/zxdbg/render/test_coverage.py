import pytest

from zxdbg.coverage import cover
from zxdbg.render.coverage import coverage_lines, headline
from zxdbg.render.parts import Look, line_width
from zxdbg.syscalls import Profile


def test_the_headline_says_how_much_of_what() -> None:
    found = cover(Profile.KERNEL, ["handle_close/handle-valid", "zx_vmo_get_size"])
    assert headline(found) == "profile kernel: 1 of 4 rules of 2 syscalls have decided, 25%"
    assert headline(cover(Profile.DOCS, ())) == (
        "profile docs: no syscall was called that has rules"
    )


def test_a_missing_rule_stands_beside_a_line_that_shows_it() -> None:
    found = cover(Profile.DOCS, ["vmo_get_size/handle-type"])
    lines = ["".join(text for _, text in each) for each in coverage_lines(found, Look(80, {}))]
    assert lines[1:5] == [
        "zx_vmo_get_size   1 of 3",
        "  decided  handle-type",
        "  missing  handle-valid   zx_vmo_get_size 0",
        "           size-writable  zx_vmo_get_size $heap --size null",
    ]
    assert lines[-2].startswith("the lines come after: process create demo; ")


def test_a_rule_without_a_line_says_so() -> None:
    found = cover(Profile.DOCS, (), "zx_task_kill")
    lines = ["".join(text for _, text in each) for each in coverage_lines(found, Look(80, {}))]
    assert "           handle-type    no line is known" in lines


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    found = cover(Profile.DOCS, ["zx_vmar_map", "zx_process_create", "vmo_clone/handle-valid"])
    assert max(map(line_width, coverage_lines(found, Look(width, {})))) <= width
