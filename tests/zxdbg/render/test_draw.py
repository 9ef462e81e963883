import pytest

from zxdbg.render.draw import draw_result, sees
from zxdbg.render.parts import Line, Look, line_width, styled
from zxdbg.render.theme import theme
from zxdbg.session import Session

SETUP = [
    "process create demo",
    "vmo create 16K --name heap",
    "$base = map $demo.vmar $heap --at 0x10000000",
]
LINES = [
    'write $demo $base "hello"',
    'write $demo $base+0x3ff0 "0123456789abcdef++++"',
    "read $demo $base 16K",
    "read $demo $base+0x3ff0 64",
    'write $demo 0x10004000 "x"',
    "read $demo 0x10004000 1",
    "explain",
    'compare write $demo $base+0x3ff0 "0123456789abcdef++++"',
    'explain write $demo $base+0x3ff0 "0123456789abcdef++++"',
    "maps $self",
    "handles",
    "vmos",
    "processes",
    "names",
    "help",
    "help map",
    "help zx_process_write_memory",
    "help ZX_ERR_NO_MEMORY",
    "help ZX_RIGHT_WRITE",
    "help differences",
    "profile",
    "print 4096",
    "handle duplicate $heap --rights none",
    "handle close 5",
    "vmo clone $heap",
    "vmo resize $heap 4K",
    "write $demo $base+0xff0 fill:0x41:32",
    "protect $demo.vmar $base 4K none",
    "unmap $demo.vmar $base 4K",
    "vmar allocate $demo.vmar 64K",
    "process start $demo",
    "kill $demo --linger",
    'write $demo $base "x"',
    'compare write $demo $base "x"',
    "settle",
]


def drawn(session: Session, line: str, width: int = 100) -> list[Line]:
    result = session.run(line)
    return styled(draw_result(result, Look(width, session.state.labels())))


def texts(lines: list[Line]) -> list[str]:
    """Return what is read of lines."""
    return ["".join(text for _, text in line).rstrip() for line in lines]


@pytest.fixture
def session() -> Session:
    session = Session()
    session.state.set_watch(watch=True)
    for line in SETUP:
        session.run(line)
    return session


def test_a_result_without_a_drawing_of_its_own_is_one_line_of_fields(session: Session) -> None:
    (line,) = drawn(session, "vmo create 8K --name code")
    assert line[0] == ("ok", "ZX_OK")
    assert ("syscall", "zx_vmo_create") in line
    value = session.value("$code")
    assert texts([line]) == [f"ZX_OK  zx_vmo_create   $code {value:#x}  size 8K  koid 1033"]


def test_a_handle_without_a_name_is_shown_under_its_field(session: Session) -> None:
    (line,) = texts(drawn(session, "vmo create 8K"))
    assert line.startswith("ZX_OK  zx_vmo_create   handle 0x")
    assert line.endswith("size 8K  koid 1033")


def test_a_syscall_without_an_answer_says_its_status_and_name(session: Session) -> None:
    session.run("vmo create 4K --name regs")
    rows = texts(drawn(session, "vmo cache-policy $regs uncached"))
    assert rows == ["ZX_OK  zx_vmo_set_cache_policy"]


def test_a_refusal_says_status_rule_facts_and_a_next_step(session: Session) -> None:
    lines = drawn(session, 'write $demo 0x10004000 "x"')
    assert lines[0][0] == ("refused", "ZX_ERR_NO_MEMORY (-4)")
    assert [row.split(maxsplit=1) for row in texts(lines)[:2]] == [
        ["ZX_ERR_NO_MEMORY", "(-4)  zx_process_write_memory   nothing written"],
        [],
    ]
    rule, words, steps = texts(lines)[2:]
    column = rule.index("vaddr lies in a mapping of the process")
    assert rule[:column].strip() == "rule 7 of 15"
    assert words == " " * column + (
        "0x10004000 lies in no mapping of demo; nearest: heap ends just below it"
    )
    assert steps[:column].strip() == "see"
    assert steps[column:] == "explain · maps $demo · help ZX_ERR_NO_MEMORY"


def test_a_refused_read_says_that_nothing_was_read(session: Session) -> None:
    head = texts(drawn(session, "read $demo 0x10004000 1"))[0]
    assert head == "ZX_ERR_NO_MEMORY (-4)  zx_process_read_memory   nothing read"


def test_a_late_refusal_says_what_has_happened_already(session: Session) -> None:
    result = session.run('zx_process_write_memory $demo $base "x" 1 --actual null')
    rows = texts(styled(draw_result(result, Look(100, session.state.labels()))))
    assert rows[0].startswith("ZX_ERR_INVALID_ARGS (-10)  zx_process_write_memory")
    assert "nothing written" not in rows[0]
    assert any(row.startswith("  late ") for row in rows)


def look(session: Session) -> Look:
    return Look(100, session.state.labels())


def test_a_process_given_for_its_vmar_gets_a_hint(session: Session) -> None:
    session.state.set_watch(watch=True)
    rows = texts(drawn(session, "map $demo $heap"))
    assert "  hint           the VMAR of the process is $demo.vmar" in rows


def test_a_dead_process_sends_the_user_to_the_processes(session: Session) -> None:
    session.run("kill $demo")
    result = session.run("read $demo $base 1")
    assert sees(result, look(session)) == ["explain", "processes", "help ZX_ERR_BAD_STATE"]


def test_a_wrong_handle_sends_the_user_to_the_handles(session: Session) -> None:
    result = session.run("vmo resize $demo 4K")
    assert sees(result, look(session)) == ["explain", "handles", "help ZX_ERR_WRONG_TYPE"]


def test_a_refused_write_sends_the_user_to_the_maps_of_that_process(session: Session) -> None:
    result = session.run('write $demo 0x10 "x"')
    assert sees(result, look(session)) == ["explain", "maps $demo", "help ZX_ERR_NO_MEMORY"]


def test_a_write_to_a_bare_handle_value_sends_to_no_maps(session: Session) -> None:
    result = session.run('write 0 0x10 "x"')
    assert sees(result, look(session)) == ["explain", "handles", "help ZX_ERR_BAD_HANDLE"]


def test_an_answer_that_the_kernel_would_not_give_says_so(session: Session) -> None:
    session.run("kill $demo")
    rows = texts(drawn(session, 'write $demo $base "x"'))
    assert rows[0].startswith("ZX_ERR_BAD_STATE (-20)")
    told = " ".join(" ".join(rows[4:]).split())
    assert "differs the kernel of 2018-07-23 answered ZX_ERR_NO_MEMORY here" in told


def test_an_answer_that_the_pages_would_not_give_says_so(session: Session) -> None:
    session.run("kill $demo")
    session.run("profile kernel")
    rows = texts(drawn(session, 'write $demo $base "x"'))
    assert rows[0].startswith("ZX_ERR_NO_MEMORY (-4)")
    assert any(
        " ".join(row.split()).startswith("differs the page says ZX_ERR_BAD_STATE here")
        for row in rows
    )


def test_an_answer_that_both_give_says_nothing_of_the_other(session: Session) -> None:
    assert not any("differs" in row for row in texts(drawn(session, 'write $demo 0x10 "x"')))


def test_a_name_that_is_bound_again_says_what_it_meant(session: Session) -> None:
    old = session.value("$heap")
    rows = texts(drawn(session, "vmo create 4K --name heap"))
    assert rows[0].startswith("ZX_OK  zx_vmo_create   $heap 0x")
    assert rows[1] == f"  note     $heap meant handle {old:#x} before"
    assert session.value("$heap") != old


def test_a_line_typed_every_minute_is_answered_in_at_most_eight_lines(session: Session) -> None:
    for line in ['write $demo $base "hello"', "read $demo $base 16", 'write $demo 0x10 "x"']:
        assert 1 <= len(drawn(session, line)) <= 8


@pytest.mark.parametrize("width", [80, 100, 120, 250])
def test_no_answer_is_wider_than_the_screen(session: Session, width: int) -> None:
    wide = "日本語の名"
    session.run(f'$wide = vmo create 16K --name "{wide}"')
    session.run("map $demo.vmar $wide --at 0x20000000")
    for line in [*LINES, "maps $demo", 'explain write $demo 0x20000000 "x"']:
        for row in drawn(session, line, width):
            assert line_width(row) <= width, f"{line}: {texts([row])}"


def test_every_style_of_every_answer_is_in_the_theme(session: Session) -> None:
    used = {style for line in LINES for row in drawn(session, line) for style, _ in row}
    assert {"ok", "refused", "address", "handle", "koid", "moved", "unread"} <= used
    assert used <= {"", *theme("dark")}


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ('write $demo 0x10 "x"', ["explain", "maps $demo", "help ZX_ERR_NO_MEMORY"]),
        (
            "map $demo.vmar $heap --at 0x10000000",
            ["explain", "maps $demo", "help ZX_ERR_NO_MEMORY"],
        ),
        ("unmap $demo.vmar 0x20000000 4K", ["explain", "maps $demo", "help ZX_ERR_NOT_FOUND"]),
        ("vmo read $heap 1M 4", ["explain", "vmo info $heap", "help ZX_ERR_OUT_OF_RANGE"]),
        ("vmo read $demo 0 4", ["explain", "handles", "help ZX_ERR_WRONG_TYPE"]),
        ("handle close 77", ["explain", "handles", "help ZX_ERR_BAD_HANDLE"]),
        ("process start $ran", ["explain", "tree", "help ZX_ERR_BAD_STATE"]),
        ('write $dead 0 "x"', ["explain", "processes", "help ZX_ERR_BAD_STATE"]),
        ("job policy $job new-vmo deny", ["explain", "tree", "help ZX_ERR_BAD_STATE"]),
        ("info $demo process-maps", ["explain", "help ZX_ERR_BAD_STATE"]),
    ],
)
def test_each_next_step_after_a_refusal_is_one_that_can_be_taken(
    session: Session, line: str, steps: list[str]
) -> None:
    session.run("process create ran; process start $ran; process create dead; kill $dead")
    result = session.run(line)
    assert sees(result, Look(80, session.state.labels())) == steps
    for step in steps:
        assert session.run(step).trouble == ""
