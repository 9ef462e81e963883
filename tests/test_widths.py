"""No drawn line is broken at any width: every example of the help, and nasty sessions."""

import io
import re

import pytest
from wcwidth import wcwidth

from zxdbg import Session
from zxdbg.lang.arguments import RIGHTS
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.expect import STATUSES
from zxdbg.lang.topics import TOPICS
from zxdbg.loader import load_commands
from zxdbg.render.draw import draw_result
from zxdbg.render.parts import Look
from zxdbg.render.screen import Screen
from zxdbg.syscalls import SYSCALLS

WIDTHS = (60, 72, 80, 100, 120, 250)
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")

EXAMPLES = {
    declared.name: [*parse_doc(declared.doc).examples, f"help {declared.name}"]
    for declared in load_commands()
}
_STAGE = ["process create demo", "vmo create 64K --name heap"]
_BASE = [*_STAGE, "$base = map $demo.vmar $heap --at 0x10000000 --size 64K"]
_NAMES = [
    "地址空间",
    "e\u0301te\u0301",
    "\u0301first",
    "👩\u200d👩\u200d👧",
    "שלום עולם",
    "\u202eabc",
    "🇩🇪👍🏽❤\ufe0f",
    "a\\tb\\nc\\x1b[31m",
    "一二三四五六七八九十",
]
_HUGE = "0xffffffffffffffff"
NASTY = {
    "names in any script": [
        *(f'process create "{name}"' for name in _NAMES),
        *(f'vmo create 1T --name "{name}"' for name in _NAMES),
        *(f'job create "{name}"' for name in _NAMES),
        *("processes", "handles", "vmos", "tree", "names", "info $job job-processes"),
        'process create "\\xff"',
    ],
    "mappings of such names": [
        *("process create demo", "process start $demo"),
        *(
            line
            for at, name in enumerate(_NAMES)
            for line in (
                f'$v = vmo create 64K --name "{name}"',
                f"$b = map $demo.vmar $v --at {0x10000000 + at * 0x20000:#x} --size 64K",
                f"map $self.vmar $v --size 64K --at {0x7F0000000000 + at * 0x10000:#x}",
            )
        ),
        *("maps $demo", "maps $self.proc", "vmo info $v", "info $demo process-maps"),
        *("write $demo $b+0xfff0 fill:1:64", "explain", "read $demo $b+0xffe0 64", "explain"),
        *("info $demo process-vmos", "info $v handle-basic", "vmo clone $v", "vmos"),
    ],
    "many mappings": [
        *_STAGE,
        "$box = vmar allocate $demo.vmar 1M --at 0x7fff00000000",
        *(f"map $box $heap --at {0x7FFF00000000 + at * 0x11000:#x}" for at in range(15)),
        *(f"map $demo.vmar $heap --size 4K --perms {perms}" for perms in ("none", "r", "rwx")),
        *("maps $demo", "maps $demo --all", "maps $demo --perms r?x", "vmo info $heap"),
        *("read $demo 0x7fff0000fff0 64", 'write $demo 0x7fff0000fff8 "0123456789abcdef"'),
        *("as $demo", "handles", "as"),
    ],
    "huge numbers": [
        *_BASE,
        'write 0xffffffff 0 "x"',
        f'write $demo {_HUGE} "x"',
        "explain",
        f"zx_process_write_memory 0xffffffff {_HUGE} fill:0xff:{_HUGE} {_HUGE}",
        "explain",
        f"zx_vmar_map 0xffffffff 0xffffffff {_HUGE} 0xffffffff {_HUGE} {_HUGE}",
        "explain",
        *(f"print {_HUGE}", "peek $demo 0x1000 5", f"map $demo.vmar $heap --at {_HUGE}"),
        *(f"vmo create {_HUGE}", f"unmap $demo.vmar {_HUGE} {_HUGE}", "handles"),
    ],
    "rights": [
        "process create demo",
        f"handle duplicate $demo --rights {'|'.join(list(RIGHTS)[1:6])}",
        "handle duplicate $demo --rights none",
        "handle replace $demo --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE|ZX_RIGHT_ENUMERATE",
        *("handles", 'write $demo 0 "x"', "explain", "names"),
    ],
    "questions": [
        *_BASE,
        'compare write $demo $base+0xfffe "地址空间"',
        *("compare read $demo 0x1000 16", "compare handles", "explain read $demo $base 16"),
        *("compare explain map $demo.vmar $heap --size 5000", "kill $demo"),
        *('compare write $demo 0x1000 "x"', "explain kill 0", "compare info $job task-stats"),
        *("profile kernel", "explain unmap $demo.vmar 0 1", "peek $demo 0 1 --deliver"),
    ],
    "data in any script": [
        *_BASE,
        'write $demo $base "地址空间 e\u0301 שלום \\t\\n\\x1b[31m 👩\u200d👧 \u202e"',
        *("read $demo $base 64", "vmo read $heap 0 48", "read $demo $base+1 40"),
        *("write $demo $base+0x200 fill:0xff:0x1000", "read $demo $base 0x3000"),
        f'print "{"地址" * 60}"',
        f'print "{"地址 " * 60}\\x00"',
        *('poke $demo $base "é\u0301"', 'write $demo $base+0xfffd "地址"', "print $_.next"),
    ],
    "help": [
        *("help", "help differences", "help syscalls"),
        *(f"help {topic}" for topic in [*STATUSES, *RIGHTS, *TOPICS, "vmar", "vmo"]),
        *("apropos map", "apropos 地址空间é👩", f"apropos {'x' * 200}", f"apropos {'地' * 90}"),
    ],
}


def drawn(result: object, session: Session, width: int, **how: bool) -> str:
    stream = io.StringIO()
    lines = draw_result(result, Look(width, session.state.labels()))  # type: ignore[arg-type]
    Screen(stream, width, **how).print(lines)
    return ESCAPE.sub("", stream.getvalue())


def columns(row: str) -> int:
    """Measure a row as terminals do, by another measure than ours."""
    return sum(max(0, wcwidth(letter)) for letter in row)


@pytest.mark.parametrize(
    "lines",
    [*EXAMPLES.values(), *NASTY.values(), *(list(each.examples) for each in TOPICS.values())],
    ids=[*EXAMPLES, *NASTY, *TOPICS],
)
def test_every_line_fits_the_width_and_ends_in_no_blank_and_is_ascii_where_asked(
    lines: list[str],
) -> None:
    session = Session()
    session.state.folder = "examples"
    session.state.set_watch(watch=True)
    for line in lines:
        for parsed in session.iter_parsed(line):
            result = session.execute(parsed)
            for width in WIDTHS:
                bare = drawn(result, session, width)
                assert drawn(result, session, width, color=True) == bare
                plain = drawn(result, session, width, ascii_only=True)
                assert plain.isascii()
                for row, ascii_row in zip(bare.splitlines(), plain.splitlines(), strict=True):
                    assert columns(row) <= width, (line, width, row)
                    assert row == row.rstrip()
                    assert len(ascii_row) == columns(row), (line, row, ascii_row)


@pytest.mark.parametrize("name", sorted(SYSCALLS))
def test_help_on_a_syscall_fits_every_width(name: str) -> None:
    session = Session()
    for profile in ("docs", "kernel"):
        session.run(f"profile {profile}")
        result = session.run(f"help {name}")
        for width in WIDTHS:
            assert max(map(columns, drawn(result, session, width).splitlines())) <= width
