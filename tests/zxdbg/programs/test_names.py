from collections.abc import Callable

import pytest

from zxdbg import Session
from zxdbg.programs.names import Names, number
from zxdbg.programs.python import python_program
from zxdbg.programs.replay import Step, replay

Ran = Callable[..., Session]
STAGE = """process create demo
vmo create 16K --name heap
$base = map $demo.vmar $heap
"""


def calls(session: Session) -> list[str]:
    """The calls of the Python program, without what is around them."""
    text = python_program(session.state).text.replace("show(\n    ", "show(").replace("\n)", ")")
    return [line for line in text.splitlines() if "show(zx_" in line]


def test_variables_are_called_as_the_names_are(ran: Ran) -> None:
    session = ran(STAGE + "$copy = handle duplicate $heap\nhandle close $copy")
    assert calls(session)[-2:] == [
        "copy = show(zx_handle_duplicate(caller, heap, ZX_RIGHT_SAME_RIGHTS)).out",
        "show(zx_handle_close(caller, copy))",
    ]


def test_a_name_that_means_something_new_is_a_new_variable(ran: Ran) -> None:
    session = ran(
        "$v = vmo create 4K\n$old = print $v\n$v = vmo create 8K\n"
        "vmo resize $v 1\nvmo resize $old 2"
    )
    assert calls(session) == [
        "v = show(zx_vmo_create(caller, 0x1000, 0)).out",
        "v_2 = show(zx_vmo_create(caller, 0x2000, 0)).out",
        "show(zx_vmo_set_size(caller, v_2, 1))",
        "show(zx_vmo_set_size(caller, v, 2))",
    ]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("$base", "base"),
        ("$base+0x1_0-1", "base + 0x10 - 1"),
        ("$base+16K", "base + 0x4000"),
        ("0x1000", "0x1000"),
    ],
)
def test_an_address_is_written_as_the_line_has_it(ran: Ran, address: str, code: str) -> None:
    session = ran(f'{STAGE}write $demo {address} "x"')
    assert calls(session)[-1] == f"show(zx_process_write_memory(caller, demo, {code}, b'x', 1))"


@pytest.mark.parametrize(
    ("offset", "code"), [(0, "base"), (5, "base + 0x5"), (0x4000, "base + 0x4000")]
)
def test_a_number_that_lies_in_a_mapping_is_written_from_its_base(
    ran: Ran, offset: int, code: str
) -> None:
    base = ran(STAGE).value("base")
    session = ran(f'{STAGE}write $demo {base + offset:#x} "x"')
    assert calls(session)[-1] == f"show(zx_process_write_memory(caller, demo, {code}, b'x', 1))"


def test_a_handle_that_is_typed_as_a_number_is_the_variable(ran: Ran) -> None:
    heap = ran(STAGE).value("heap")
    session = ran(f"{STAGE}vmo resize {heap} 1\nvmo resize 0 1\nvmo resize 0x123457 1")
    assert calls(session)[-3:] == [
        "show(zx_vmo_set_size(caller, heap, 1))",
        "show(zx_vmo_set_size(caller, ZX_HANDLE_INVALID, 1))",
        "show(zx_vmo_set_size(caller, 0x123457, 1))",
    ]


def test_a_place_in_a_region_is_a_difference_of_names(ran: Ran) -> None:
    session = ran(
        "process create demo\nvmo create 4K --name v\n$box = vmar allocate $demo.vmar 64K\n"
        "map $box $v --at $box.child_addr+8K\nmap $demo.vmar $v --at $box.child_addr-4K"
    )
    options = "ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_SPECIFIC"
    assert calls(session)[-2:] == [
        f"mapped_addr = show(zx_vmar_map(caller, box, {options}, "
        "box_child_addr + 0x2000 - box_child_addr, v, 0, 0x1000)).mapped_addr",
        f"mapped_addr_2 = show(zx_vmar_map(caller, demo_vmar, {options}, "
        "box_child_addr - 0x1000 - 0x1000000, v, 0, 0x1000)).mapped_addr",
    ]


def test_constants_are_called_as_the_line_does(ran: Ran) -> None:
    session = ran(
        "$e = zx_event_create 0\nzx_object_signal $e 0 ZX_EVENT_SIGNALED|ZX_USER_SIGNAL_1\n"
        "zx_object_wait_one $e 0x8 0x7fffffffffffffff\n"
        "zx_object_get_info $e ZX_INFO_HANDLE_BASIC 32\n"
        "zx_vmo_create 4096 ZX_VMO_NON_RESIZABLE\nzx_job_set_policy $job 1 0 hex:0400000001000000 1"
    )
    assert calls(session)[1:] == [
        "show(zx_object_signal(caller, e, 0, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1))",
        "show(zx_object_wait_one(caller, e, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE))",
        "show(zx_object_get_info(caller, e, ZX_INFO_HANDLE_BASIC, 32))",
        "vmo = show(zx_vmo_create(caller, 0x1000, ZX_VMO_NON_RESIZABLE)).out",
        "show(zx_job_set_policy(caller, job, ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC, "
        "b'\\x04\\x00\\x00\\x00\\x01\\x00\\x00\\x00', 1))",
    ]


def test_a_variable_is_no_word_that_the_language_needs() -> None:
    names = Names({}, {"int", "int_"}.__contains__)
    assert [names.variable(wish) for wish in ("int", "int", "x", "x", "x_2")] == [
        "vint_",
        "vint__2",
        "x",
        "x_2",
        "x_2_2",
    ]


def test_an_expression_without_a_known_name_has_no_code(ran: Ran) -> None:
    steps: list[Step] = list(replay(ran("print 1").state))
    names = Names({("job", ""): "job"}, {"x"}.__contains__)
    names.begin(steps[0])
    meaning = names.expression("$job+0x10")
    assert meaning is not None
    assert (meaning.code, meaning.value - steps[0].session.value("job")) == ("job + 0x10", 16)
    assert names.expression("0x10") is None
    assert names.expression("$nothing+1") is None
    assert names.expression("$job.koid") is None
    assert names.expression("$job*2") is None


def test_large_numbers_are_hexadecimal() -> None:
    assert [number(each) for each in (0, 4095, 4096, -5, -(2**63))] == [
        "0",
        "4095",
        "0x1000",
        "-5",
        "-0x8000000000000000",
    ]
