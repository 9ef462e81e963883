from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Result

Drawer = Callable[[Result], list[str]]


def test_maps_lists_regions_and_mappings_in_order_with_depth(session: Session) -> None:
    session.run("$box = vmar allocate $demo.vmar 64K --at 0x20000000 --can rw")
    session.run("map $box $heap --at 0x20004000 --perms r --offset 4K")
    rows = session.run("maps $demo").rows
    assert [(row.depth, row.kind, row.start, row.perms, row.name) for row in rows] == [
        (0, "vmar", 0x1000000, "rwx", "root"),
        (1, "mapping", 0x10000000, "rw-", "heap"),
        (1, "vmar", 0x20000000, "rw-", "useralloc"),
        (2, "mapping", 0x20004000, "r--", "heap"),
    ]
    koid = session.run("print $demo.koid").value
    assert rows[3].also == (("demo", koid, 0x10001000),)
    assert rows[1].also == (("demo", koid, 0x20004000),)


def test_maps_counts_the_pages_that_were_committed(session: Session) -> None:
    session.run('write $demo $base+0xfff "ab"')
    assert session.run("maps $demo").rows[1].committed == 2


def test_maps_draws_a_tree_with_gaps_permissions_and_committed_pages(
    session: Session, drawn: Drawer
) -> None:
    session.run("process start $demo; unmap $demo.vmar $base+4K 4K")
    session.run('write $demo $base+0x2000 "x"')
    lines = drawn(session.run("maps $demo"))
    koid = session.run("print $heap.koid").value
    assert lines[0].startswith("demo  koid ")
    assert lines[0].endswith("RUNNING   2 mappings, 12K mapped, 4K committed")
    assert lines[1].split()[4:6] == ["can", "rwx"]
    assert [line.split() for line in lines[5:]] == [
        ["start", "end", "size", "perm", "what", "offset", "committed"],
        ["0x10000000", "0x10001000", "4K", "rw-", "heap", "vmo", str(koid), "0x0", "0/1", "·"],
        ["gap", "4K"],
        [
            "0x10002000",
            "0x10004000",
            "8K",
            "rw-",
            "heap",
            "vmo",
            str(koid),
            "0x2000",
            "1/2",
            "█·",
        ],
    ]


def test_a_long_table_shows_a_window_and_says_how_to_see_the_rest(
    session: Session, drawn: Drawer
) -> None:
    session.run("process start $demo")
    for at in range(60):
        session.run(f"map $demo.vmar $heap --at {0x40000000 + at * 0x10000:#x}")
    lines = drawn(session.run("maps $demo"))
    assert lines[-1] == "  … 30 more rows; maps PROCESS --all shows them"
    assert len(session.run("maps $demo").rows) == 62
    assert "more rows" not in drawn(session.run("maps $demo --all"))[-1]


def test_maps_draws_the_address_space_in_log_scale(session: Session, drawn: Drawer) -> None:
    session.run('write $demo $base "x"')
    koid = session.run("print $demo.vmar; maps $demo").rows[0].koid
    title = f"root VMAR {koid}  can rwx   log scale, █ is committed"
    assert drawn(session.run("maps $demo"))[1:5] == [
        f"  0x1000000  {title}  0x7ffffffff000",
        "  ├─────── 240M ───────┤██░░░░░░├──────────────────── 128T ────────────────────┤",
        "                        heap rw-",
        "",
    ]


def test_maps_draws_the_mappings_to_scale(session: Session, drawn: Drawer) -> None:
    session.run("unmap $demo.vmar $base+4K 8K")
    lines = drawn(session.run("maps $demo --picture scale"))
    assert lines[1].endswith("can rwx")
    assert lines[2].split() == ["0x10000000", "to", "scale,", "█", "is", "committed", "0x10004000"]
    bar = lines[3].strip()
    assert [part in bar for part in ("│░░░", " 8K ", "░░░│")] == [True] * 3
    assert abs(bar.index("├") - (len(bar) - 1 - bar.index("┤"))) <= 1
    assert lines[4].split() == ["heap", "rw-", "heap", "rw-"]


@pytest.mark.parametrize("line", ["maps $demo --picture none", "maps $demo --name heap"])
def test_maps_draws_no_picture_where_none_is_wanted_or_rows_are_left_out(
    session: Session, drawn: Drawer, line: str
) -> None:
    assert not any("├" in each for each in drawn(session.run(line)))


def test_an_empty_address_space_has_no_picture(session: Session, drawn: Drawer) -> None:
    session.run("process start $demo; unmap $demo.vmar $base 16K")
    assert len(drawn(session.run("maps $demo"))) == 2


def test_the_picture_is_no_field(session: Session) -> None:
    assert "picture" not in session.run("maps $demo").fields()
    with pytest.raises(CommandError):
        session.run("maps $demo --picture huge")


@pytest.mark.parametrize("setup", ["", "process start $demo", "process start $demo; kill $demo"])
def test_maps_is_never_refused_whatever_the_state(session: Session, setup: str) -> None:
    if setup:
        session.run(setup)
    assert session.run("maps $demo").status is not None
    assert session.run("maps $self").rows[0].name == "root"


def test_maps_takes_a_koid_and_says_what_it_cannot_take(session: Session) -> None:
    koid = session.run("print $demo.koid").value
    assert session.run(f"maps {koid}").answer.name == "demo"
    with pytest.raises(CommandError, match="is a handle of a VMO, not of a process"):
        session.run("maps $heap")
    with pytest.raises(CommandError, match="neither a handle of the caller nor the koid"):
        session.run("maps 77")


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        ("--perms rw-", [0x1000000, 0x10000000, 0x20000000, 0x20004000]),
        ("--perms r??", [0x1000000, 0x10000000, 0x11000000, 0x20000000, 0x20004000]),
        ("--perms ??x", []),
        ("--name co", [0x1000000, 0x11000000]),
        ("--at 0x10000fff", [0x1000000, 0x10000000]),
        ("--at 0x20000000", [0x1000000, 0x20000000]),
        ("--name heap --perms rw- --at 0x20004000", [0x1000000, 0x20000000, 0x20004000]),
    ],
)
def test_filters_keep_what_matches_and_the_vmars_around_it(
    session: Session, options: str, starts: list[int]
) -> None:
    session.run("vmo create 4K --name code; map $demo.vmar $code --at 0x11000000 --perms r")
    session.run("$box = vmar allocate $demo.vmar 64K --at 0x20000000")
    session.run("map $box $heap --at 0x20004000")
    assert [row.start for row in session.run(f"maps $demo {options}").rows] == starts


def test_maps_says_whether_nothing_matches_or_nothing_is_left(
    session: Session, drawn: Drawer
) -> None:
    session.run("process start $demo")
    lines = drawn(session.run("maps $demo --perms ??x"))
    assert [line.strip() for line in lines[1:]] == ["no mapping fits the filters"]
    session.run("vmar destroy $demo.vmar")
    lines = drawn(session.run("maps $demo"))
    assert [line.strip() for line in lines[1:]] == ["the root VMAR was destroyed"]
    session.run("kill $demo")
    assert "would answer ZX_ERR_BAD_STATE here: it is DEAD" in " ".join(
        " ".join(drawn(session.run("maps $demo"))).split()
    )


def test_a_filter_that_is_no_pattern_is_a_mistake(session: Session) -> None:
    with pytest.raises(CommandError, match="wr is not permissions such as"):
        session.run("maps $demo --perms wr")


def test_a_mapping_of_a_clone_names_its_parent(session: Session, drawn: Drawer) -> None:
    parent = session.run("print $heap.koid").value
    session.run("$c = vmo clone $heap; map $demo.vmar $c --at 0x12000000")
    assert session.run("maps $demo").rows[2].clone_of == parent
    assert any(f"clone of {parent}" in line for line in drawn(session.run("maps $demo")))


def test_a_filtered_view_keeps_the_totals_and_claims_no_gaps(
    session: Session, drawn: Drawer
) -> None:
    session.run("protect $demo.vmar $base+4K 4K r")
    lines = drawn(session.run("maps $demo --perms rw-"))
    assert lines[0].endswith("3 mappings, 16K mapped, 0 committed")
    assert [line.split()[:2] for line in lines[4:]] == [
        ["0x10000000", "0x10001000"],
        ["0x10002000", "0x10004000"],
        ["note", "zx_object_get_info"],
    ]


def test_maps_names_the_other_process_that_sees_the_same_pages(
    session: Session, drawn: Drawer
) -> None:
    session.run("process create other; map $other.vmar $heap --at 0x30000000 --offset 4K")
    result = session.run("maps $demo")
    koid = session.run("print $other.koid").value
    assert result.rows[1].also == (("other", koid, 0x30000000),)
    assert "        also in other at 0x30000000" in [line.rstrip() for line in drawn(result)]


def test_a_filter_shows_no_gap_where_a_mapping_was_left_out(
    session: Session, drawn: Drawer
) -> None:
    session.run("vmo create 4K --name other; map $demo.vmar $other --at $base+16K")
    session.run("map $demo.vmar $heap --at $base+32K")
    assert any("gap 12K" in line for line in drawn(session.run("maps $demo")))
    assert not any("gap" in line for line in drawn(session.run("maps $demo --name heap")))


def test_the_words_of_map_are_a_pattern_too(session: Session) -> None:
    session.run("protect $demo.vmar $base+4K 4K r")
    assert len(session.run("maps $demo --perms rw").rows) == 3
    assert len(session.run("maps $demo --perms r").rows) == 2
    with pytest.raises(CommandError):
        session.run("maps $demo --perms wr")


def test_a_vmar_without_mappings_holds_an_address_too(session: Session) -> None:
    session.run("vmar allocate $demo.vmar 64K --at 0x20000000")
    rows = session.run("maps $demo --at 0x20000123").rows
    assert [(row.kind, row.start) for row in rows] == [("vmar", 0x1000000), ("vmar", 0x20000000)]
    assert session.run("maps $demo --at 0x20000123 --perms rw").rows == ()


def test_the_same_page_mapped_very_often_is_no_trouble(session: Session, drawn: Drawer) -> None:
    session.run("process start $demo; vmo create 4K --name shared")
    for at in range(2000):
        session.run(f"map $demo.vmar $shared --at {0x4000_0000 + at * 0x2000:#x}")
    result = session.run("maps $demo")
    assert max(len(row.also) for row in result.rows) == 16
    lines = drawn(result)
    assert "×" in lines[3]
    assert any("and many more" in line for line in lines)


def test_a_mapping_says_from_where_on_its_vmo_has_nothing_to_show(
    session: Session, drawn: Drawer
) -> None:
    assert session.run("maps $demo").rows[1].backed_end == 0x10004000
    session.run("vmo resize $heap 4K")
    result = session.run("maps $demo")
    assert result.rows[1].backed_end == 0x10001000
    assert "past the VMO from 0x10001000" in " ".join(drawn(result))
