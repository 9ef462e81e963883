import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.lang.doc import parse_doc
from zxdbg.loader import load_commands
from zxdbg.programs.c import c_program

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.zx"))
Ran = Callable[..., Session]
Compile = Callable[..., Path]

STAGE = """process create demo
vmo create 16K --name heap
$base = map $demo.vmar $heap --at 0x10000000
"""


def calls(session: Session) -> list[str]:
    """The statements of `main`, without comments; what goes on is put on one line."""
    text = c_program(session.state).text.partition("int main(void) {\n")[2]
    lines = [line.strip() for line in text.splitlines() if line.strip()[:2] != "//"]
    return [each.strip() + ";" for each in " ".join(lines).partition(" return ")[0].split(";")[:-1]]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_compiles_without_a_warning(path: Path, ran: Ran, compile_c: Compile) -> None:
    compile_c(c_program(ran(path).state).text)


def test_every_example_of_a_command_compiles(ran: Ran, compile_c: Compile, tmp_path: Path) -> None:
    (tmp_path / "quickstart.zx").write_text("process create inner\n")
    for declared in load_commands():
        lesson = tmp_path / "lesson.zx"
        lesson.write_text("\n".join(parse_doc(declared.doc).examples))
        compile_c(c_program(ran(lesson).state).text)


def test_the_statuses_are_those_of_the_session_in_order(ran: Ran) -> None:
    session = ran(STAGE + 'write $demo 0x1000 "x"\nvmo resize $heap 4K')
    assert calls(session) == [
        "size_t actual = 0;",
        "zx_handle_t demo = 0;",
        "zx_handle_t demo_vmar = 0;",
        'expect("zx_process_create", '
        'zx_process_create(zx_job_default(), "demo", 4, 0, &demo, &demo_vmar), ZX_OK);',
        "zx_handle_t heap = 0;",
        'expect("zx_vmo_create", zx_vmo_create(0x4000, 0, &heap), ZX_OK);',
        'expect("zx_object_set_property", '
        'zx_object_set_property(heap, ZX_PROP_NAME, "heap", 4), ZX_OK);',
        "zx_vaddr_t base = 0;",
        'expect("zx_vmar_map", zx_vmar_map(demo_vmar, '
        "ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_SPECIFIC, 0xf000000, heap, 0, 0x4000, "
        "&base), ZX_OK);",
        'expect("zx_process_write_memory", '
        'zx_process_write_memory(demo, 0x1000, "x", 1, &actual), ZX_ERR_NO_MEMORY);',
        'expect("zx_vmo_set_size", zx_vmo_set_size(heap, 0x1000), ZX_OK);',
    ]


def test_a_partial_write_becomes_a_loop_and_says_why(ran: Ran) -> None:
    session = ran(
        STAGE + 'write $demo $base+0x3ff0 "0123456789abcdef++++"\nread $demo $base+0x3ffe 9'
    )
    text = c_program(session.state).text
    assert (
        "    // Only 16 of 20 bytes were written in one call (it stopped: hole). A correct client"
        " goes on\n    // behind them, until all is done or a call is refused.\n"
    ) in text
    assert calls(session)[-4:] == [
        'expect("write_all", write_all(demo, base + 0x3ff0, "0123456789abcdef++++", 20, &actual), '
        "ZX_ERR_NO_MEMORY);",
        'expect_size("actual", actual, 16);',
        'expect("read_all", read_all(demo, base + 0x3ffe, buffer, 9, &actual), ZX_ERR_NO_MEMORY);',
        'expect_size("actual", actual, 2);',
    ]
    assert "static uint8_t buffer[9];" in text


def test_a_loop_that_gets_through_is_expected_to(ran: Ran) -> None:
    """The kernel of that day ended a write where a mapping ended, neighbours or not."""
    session = ran(
        "process create demo\nvmo create 8K --name v\n$a = map $demo.vmar $v --at 0x10000000\n"
        "protect $demo.vmar $a 4K r\nwrite $demo $a+0xffe fill:1:100",
        profile="kernel",
    )
    assert session.state.last is not None
    assert session.state.last.actual == 2
    assert calls(session)[-2:] == [
        'expect("write_all", write_all(demo, a + 0xffe, run, 100, &actual), ZX_OK);',
        'expect_size("actual", actual, 100);',
    ]


FAKE = """
#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <string.h>

static char memory[0x4000];

zx_handle_t zx_job_default(void) { return 1; }
const char* zx_status_get_string(zx_status_t status) { return status ? "refused" : "ZX_OK"; }
zx_status_t zx_process_create(zx_handle_t job, const void* name, size_t name_len, uint32_t options,
                              zx_handle_t* proc_handle, zx_handle_t* vmar_handle) {
    *proc_handle = 2;
    *vmar_handle = 3;
    return job == 1 && name_len == 4 && memcmp(name, "demo", 4) == 0 ? (zx_status_t)options : -1;
}
zx_status_t zx_vmo_create(uint64_t size, uint32_t options, zx_handle_t* out) {
    *out = 4;
    return size == 0x4000 ? (zx_status_t)options : -1;
}
zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property, const void* value,
                                   size_t size) {
    return handle == 4 && property == 3 && size == 4 && value ? 0 : -1;
}
zx_status_t zx_vmar_map(zx_handle_t vmar, zx_vm_option_t options, uint64_t vmar_offset,
                        zx_handle_t vmo, uint64_t vmo_offset, size_t len, zx_vaddr_t* mapped_addr) {
    *mapped_addr = vmar_offset + 0x1000000;
    return vmar == 3 && options == 0x13 && vmo == 4 && len == 0x4000 ? (zx_status_t)vmo_offset : -1;
}
/* At most 5 bytes a call, as no kernel promises more. */
zx_status_t zx_process_write_memory(zx_handle_t handle, zx_vaddr_t vaddr, const void* buffer,
                                    size_t length, size_t* actual) {
    if (handle != 2 || vaddr < 0x10000000 || vaddr >= 0x10004000) return ZX_ERR_NO_MEMORY;
    size_t most = 0x10004000 - vaddr;
    *actual = length < most ? length : most;
    if (*actual > 5) *actual = 5;
    memcpy(memory + (vaddr - 0x10000000), buffer, *actual);
    return ZX_OK;
}
zx_status_t zx_process_read_memory(zx_handle_t handle, zx_vaddr_t vaddr, void* buffer,
                                   size_t length, size_t* actual) {
    if (handle != 2 || vaddr < 0x10000000 || vaddr >= 0x10004000) return ZX_ERR_NO_MEMORY;
    size_t most = 0x10004000 - vaddr;
    *actual = length < most ? length : most;
    if (*actual > 5) *actual = 5;
    memcpy(buffer, memory + (vaddr - 0x10000000), *actual);
    return memcmp(memory + 0x3ff0, "0123456789abcdef", 16) ? ZX_ERR_INTERNAL : ZX_OK;
}
"""


def test_the_loop_goes_on_until_all_is_moved(ran: Ran, compile_c: Compile, tmp_path: Path) -> None:
    session = ran(
        STAGE + 'write $demo $base+0x3ff0 "0123456789abcdef++++"\nread $demo $base+0x3ffe 9'
    )
    fake = tmp_path / "fake.c"
    fake.write_text(FAKE)
    program = compile_c(c_program(session.state).text, fake)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "ok   zx_process_create: expected ZX_OK, came ZX_OK",
        "ok   zx_vmo_create: expected ZX_OK, came ZX_OK",
        "ok   zx_object_set_property: expected ZX_OK, came ZX_OK",
        "ok   zx_vmar_map: expected ZX_OK, came ZX_OK",
        "ok   write_all: expected refused, came refused",
        "ok     actual: expected 16, came 16",
        "ok   read_all: expected refused, came refused",
        "ok     actual: expected 2, came 2",
    ]
    assert done.returncode == 0


def test_an_answer_that_is_another_is_a_failure(
    ran: Ran, compile_c: Compile, tmp_path: Path
) -> None:
    session = ran("vmo create 8K")
    fake = tmp_path / "fake.c"
    fake.write_text(FAKE)
    program = compile_c(c_program(session.state).text, fake)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.stdout == "FAIL zx_vmo_create: expected ZX_OK, came refused\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("line", "call"),
    [
        (
            'vmo write $v 0 "a?\\\\\\"\\x00\\xffz"',
            r'zx_vmo_write(v, "a\077\134\042\000\377z", 0, 7)',
        ),
        ("zx_vmo_write $v null 0 4", "zx_vmo_write(v, NULL, 0, 4)"),
        ("zx_vmo_write $v @0x1000 0 4", "zx_vmo_write(v, (const void*)(uintptr_t)(0x1000), 0, 4)"),
        ('zx_vmo_write $v "ab" 0 3', 'zx_vmo_write(v, before_hole("ab", 2), 0, 3)'),
        ("zx_vmo_write $v fill:7:1T 0 4", "zx_vmo_write(v, run, 0, 4)"),
        ("zx_vmo_write $v zero:0 0 0", 'zx_vmo_write(v, "", 0, 0)'),
        ("vmo create 1T --name huge", "zx_vmo_create(0x10000000000, 0, &huge)"),
        ("zx_vmo_get_size $v", "zx_vmo_get_size(v, &size)"),
        ("zx_vmo_get_size $v --size null", "zx_vmo_get_size(v, NULL)"),
        ("zx_vmo_get_size $v --size @64", "zx_vmo_get_size(v, (uint64_t*)(uintptr_t)(0x40))"),
        ("zx_vmo_read $v 0 1T", "zx_vmo_read(v, buffer, 0, 0x10000000000)"),
        (
            "zx_handle_close_many [$v,0] 2",
            "zx_handle_close_many((const zx_handle_t[]){v, ZX_HANDLE_INVALID}, 2)",
        ),
        (
            "vmo physical 0xfee00000 4K",
            "zx_vmo_create_physical(root_resource, 0xfee00000, 0x1000, &vmo)",
        ),
        ("info $self process", "zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS, "),
        ("unmap $self.vmar 0x5000 4K", "zx_vmar_unmap(zx_vmar_root_self(), 0x5000, 0x1000)"),
        ("process exit 3", "zx_process_exit(3);"),
        ("$n = zx_vmo_get_size $v\nvmo resize $v $n", "zx_vmo_set_size(v, n)"),
    ],
)
def test_arguments_are_written_as_c_has_them(
    line: str, call: str, ran: Ran, compile_c: Compile
) -> None:
    text = c_program(ran(f"vmo create 4K --name v\n{line}").state).text
    assert call in " ".join(text.split())
    compile_c(text)


def test_names_that_c_needs_get_another(ran: Ran, compile_c: Compile) -> None:
    names = ("int", "main", "NULL", "size_t", "failures", "expect", "zx_vmo_create", "_x", "buffer")
    session = ran("\n".join(f"vmo create 4K --name {name}\nvmo read ${name} 0 1" for name in names))
    text = c_program(session.state).text
    assert "zx_handle_t int_ = 0;" in text
    assert "zx_handle_t vNULL_ = 0;" in text
    compile_c(text)


def test_what_no_c_program_can_do_is_a_comment(ran: Ran, compile_c: Compile) -> None:
    session = ran(
        "process create demo; process start $demo\nmaps $demo\nas $demo\nzx_vmo_create 4096 0\nas\n"
        'peek $demo 0 1\nprint 1 # ??/\nprocess create "x\\\\"\nprint "expect( buffer write_all("'
    )
    text = c_program(session.state).text
    comments = [line.strip() for line in text.partition("int main")[2].splitlines() if "//" in line]
    assert comments == [
        "// process create demo",
        "// process start $demo",
        "// maps $demo   (no syscall)",
        "// as $demo   (no syscall)",
        "// zx_vmo_create 4096 0   (another process calls, which this program is not)",
        "// as   (no syscall)",
        "// peek $demo 0 1   (no syscall)",
        "// print 1   (no syscall)",
        '// process create "x\\\\"',
        '// print "expect( buffer write_all("   (no syscall)',
    ]
    compile_c(text)


def test_a_session_without_a_call_compiles_too(ran: Ran, compile_c: Compile) -> None:
    text, commands = c_program(ran('print "buffer expect(" \nhelp').state)
    assert commands == 0
    compile_c(text)


def test_whose_answers_they_are_is_said(ran: Ran) -> None:
    docs = c_program(ran("print 1").state).text
    kernel = c_program(ran("print 1", profile="kernel").state).text
    assert "follow the published pages" in docs
    assert "follow the published pages" not in kernel
