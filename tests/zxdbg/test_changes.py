"""What a command changed, as data; and random lines, with a copy of every byte as the oracle."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from zxdbg import CommandError, Session
from zxdbg.changes import Changes, VmoChange, changes_of
from zxdbg.kernel.journal import Record
from zxdbg.kernel.pages import ZERO_PAGE
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import VmMapping
from zxdbg.kernel.vmo import VmObject
from zxdbg.marks import changed_ranges
from zxdbg.state import State

# What Hypothesis keeps for itself does not go into the repository.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "zxdbg-hypothesis")

PAGE = 4096
BASE = 0x1000_0000
STAGE = (
    "process create demo; vmo create 16K --name heap",
    "$base = map $demo.vmar $heap --at 0x10000000 --perms rw",
)


@pytest.fixture
def watched() -> Session:
    session = Session()
    session.state.set_watch(watch=True)
    for line in STAGE:
        session.run(line)
    return session


def changes(session: Session, line: str) -> Changes:
    found = session.run(line).changes
    assert found is not None
    return found


def vmo(session: Session, line: str) -> VmoChange:
    (only,) = changes(session, line).vmos
    return only


def test_nobody_who_looks_means_no_changes_and_no_journal() -> None:
    session = Session()
    for line in STAGE:
        assert session.run(line).changes is None
    assert session.state.kernel.journal is None


def test_the_setting_turns_the_changes_off_and_keeps_the_journal(watched: Session) -> None:
    watched.state.settings.values["changes"] = "off"
    assert watched.run('write $demo $base "x"').changes is None
    assert watched.state.kernel.journal is not None


@pytest.mark.parametrize(
    "line",
    [
        "print 1",
        "maps $demo",
        "read $demo $base 4",
        'write $demo 0x1000 "x"',
        'explain write $demo $base "x"',
        'compare write $demo $base "x"',
        "vmo create 4K",
        "vmo decommit $heap",
        "vmo resize $heap 16K",
        "protect $demo.vmar $base 16K rw",
        "reset",
    ],
)
def test_a_line_that_changes_no_memory_gives_empty_changes(watched: Session, line: str) -> None:
    assert changes(watched, line) == Changes((), (), 0, 0)


def test_a_write_says_which_bytes_differ_and_what_it_committed(watched: Session) -> None:
    found = vmo(watched, 'write $demo $base+0xffe "abcd"')
    assert found == VmoChange(
        "heap", found.koid, None, 4, 2, 0xFFE, 0x1002, 2, 0, 0x4000, 0x4000, False
    )
    found = vmo(watched, 'write $demo $base+0xffe "aXcX"')
    assert (found.changed, found.start, found.end, found.committed) == (2, 0xFFF, 0x1002, 0)


def test_the_same_bytes_again_are_no_change_but_the_vmo_is_named(watched: Session) -> None:
    watched.run('write $demo $base "same"')
    found = vmo(watched, 'write $demo $base "same"')
    assert found.stayed
    assert (found.changed, found.pages) == (0, 0)


@pytest.mark.parametrize(
    "line",
    [
        'write $demo $base "x"',
        'vmo write $heap 0 "x"',
        'poke $demo $base "x"',
        'zx_vmo_write $heap "x" 0 1',
        'zx_process_write_memory $demo $base "x" 1',
        "read $demo $base+4K 1 --buffer @0x30000000",
    ],
)
def test_it_does_not_matter_who_writes(watched: Session, line: str) -> None:
    watched.run('map $self.vmar $heap --at 0x30000000; vmo write $heap 4K "x"')
    found = vmo(watched, line)
    assert (found.name, found.changed, found.start) == ("heap", 1, 0)


def test_what_another_caller_changes_is_seen_too(watched: Session) -> None:
    watched.run("process start $demo; as $demo; vmo create 4K --name own")
    found = vmo(watched, 'zx_vmo_write $own "xy" 8 2')
    assert (found.name, found.changed, found.start) == ("own", 2, 8)


def test_a_write_through_a_clone_changes_the_clone_only(watched: Session) -> None:
    watched.run('vmo write $heap 0 "parent"; $twin = vmo clone $heap')
    found = vmo(watched, 'vmo write $twin 0 "P"')
    assert found.koid == watched.run("print $twin.koid").value
    assert found.clone_of == watched.run("print $heap.koid").value
    assert (found.changed, found.committed) == (1, 1)


def test_a_page_that_a_vmo_in_between_needs_is_committed_there(watched: Session) -> None:
    watched.run('vmo write $heap 0 "x"; $a = vmo clone $heap; $b = vmo clone $a')
    first, second = changes(watched, 'vmo write $b 0 "y"').vmos
    assert (first.koid, first.changed) == (watched.run("print $b.koid").value, 1)
    assert (second.koid, second.changed) == (watched.run("print $a.koid").value, 0)
    assert first.committed == second.committed == 1


def test_decommit_and_commit_count_pages(watched: Session) -> None:
    watched.run('vmo write $heap 0xfff "ab"')
    found = vmo(watched, "vmo decommit $heap")
    assert (found.decommitted, found.changed, found.pages) == (2, 2, 2)
    found = vmo(watched, "vmo commit $heap --size 12K")
    assert (found.committed, found.changed) == (3, 0)


def test_many_pages_are_not_counted_byte_by_byte(watched: Session) -> None:
    watched.run("vmo create 1M --name big; $b = map $demo.vmar $big")
    found = vmo(watched, "write $demo $b fill:1:1M")
    assert (found.changed, found.pages, found.start, found.end) == (None, 256, 0, 1 << 20)
    again = vmo(watched, "write $demo $b fill:1:1M")
    assert again.stayed
    assert again.pages == 0


def test_a_resize_has_both_sizes_and_frees_what_it_cuts_off(watched: Session) -> None:
    watched.run('vmo write $heap 8K "x"')
    found = vmo(watched, "vmo resize $heap 4K")
    assert (found.size_before, found.size, found.decommitted) == (0x4000, 0x1000, 1)
    assert found.changed == 0


def test_the_last_handle_of_a_vmo_that_nobody_maps_ends_it(watched: Session) -> None:
    watched.run('vmo create 8K --name lone; vmo write $lone 0 "x"')
    found = vmo(watched, "handle close $lone")
    assert (found.gone, found.decommitted) == (True, 1)
    assert changes(watched, "handle close $heap") == Changes((), (), 0, 0)


def test_a_vmo_that_is_made_and_lost_in_one_call_is_no_change(watched: Session) -> None:
    assert changes(watched, "zx_vmo_create 4096 0 --out null") == Changes((), (), 0, 0)


def test_a_process_that_is_killed_loses_its_mappings(watched: Session) -> None:
    watched.run("process start $demo")
    watched.run('write $demo $base "x"; handle close $heap')
    found = changes(watched, "kill $demo")
    assert [(each.kind, each.start, each.end) for each in found.mappings] == [
        ("removed", BASE, BASE + 0x4000)
    ]
    assert [(each.gone, each.decommitted) for each in found.vmos] == [(True, 1)]


def test_a_mapping_is_mapped_cut_protected_and_removed(watched: Session) -> None:
    (mapped,) = changes(watched, "map $demo.vmar $heap --at 0x20000000 --perms r").mappings
    assert (mapped.kind, mapped.start, mapped.end, mapped.perms) == (
        "mapped",
        0x20000000,
        0x20004000,
        1,
    )
    (cut,) = changes(watched, "unmap $demo.vmar 0x20001000 4K").mappings
    assert (cut.kind, cut.start, cut.end, cut.lost) == ("cut", 0x20000000, 0x20004000, 0x1000)
    (other,) = changes(watched, "protect $demo.vmar 0x20003000 4K rw").mappings
    assert (other.kind, other.start, other.end) == ("protected", 0x20003000, 0x20004000)
    assert (other.perms_before, other.perms) == (1, 3)
    gone = changes(watched, "unmap $demo.vmar 0x20000000 16K").mappings
    assert [each.kind for each in gone] == ["removed"] * 3
    assert sum(each.lost for each in gone) == 0x3000


def test_overwriting_a_mapping_removes_the_old_one_and_adds_the_new(watched: Session) -> None:
    watched.run("vmo create 4K --name other")
    line = "map $demo.vmar $other --at 0x10001000 --overwrite"
    first, second = changes(watched, line).mappings
    assert (first.kind, first.name, first.lost) == ("cut", "heap", 0x1000)
    assert (second.kind, second.name, second.start) == ("mapped", "other", 0x10001000)


def test_a_late_refusal_shows_what_it_did_all_the_same(watched: Session) -> None:
    watched.run("vmo create 4K --name other")
    line = "zx_vmar_map $demo.vmar ZX_VM_PERM_READ|ZX_VM_SPECIFIC|ZX_VM_SPECIFIC_OVERWRITE"
    base = watched.run("print $base").value - 0x1000000
    result = watched.run(f"{line} {base} $other 0 4096 --mapped_addr null")
    assert result.trouble == "ZX_ERR_INVALID_ARGS"
    assert result.changes is not None
    assert [(each.kind, each.lost) for each in result.changes.mappings] == [("cut", 0x1000)]


def test_vmars_are_counted(watched: Session) -> None:
    assert changes(watched, "$box = vmar allocate $demo.vmar 64K").vmars_added == 1
    watched.run("$in = vmar allocate $box 16K; map $in $heap --size 4K")
    found = changes(watched, "vmar destroy $box")
    assert (found.vmars_removed, [each.kind for each in found.mappings]) == (2, ["removed"])


# Random lines ---------------------------------------------------------------------

VMOS = ("$heap", "$small", "$twin", "$deep")
PROCESSES = ("$demo", "$other", "$self")
PAGES = st.integers(0, 5).map(lambda page: page * PAGE)
SIZES = st.integers(1, 4).map(lambda page: page * PAGE)
AT = st.integers(0, 9).map(lambda page: BASE + page * PAGE)
DATA = st.sampled_from(('"a"', '"abc"', "fill:1:5000", "zero:9000", "fill:2:4096", "zero:3"))
LOW = st.sampled_from((0, 1, 0xFFE))
PERMS = st.sampled_from(("r", "rw", "none"))
_VMO, _PROCESS = st.sampled_from(VMOS), st.sampled_from(PROCESSES)
LINES = st.one_of(
    st.builds("write {} {:#x} {}".format, _PROCESS, st.builds(int.__add__, AT, LOW), DATA),
    st.builds("poke {} {:#x} {}".format, _PROCESS, st.builds(int.__add__, AT, LOW), DATA),
    st.builds("vmo write {} {} {}".format, _VMO, st.builds(int.__add__, PAGES, LOW), DATA),
    st.builds("vmo commit {} --offset {} --size {}".format, _VMO, PAGES, SIZES),
    st.builds("vmo decommit {} --offset {} --size {}".format, _VMO, PAGES, SIZES),
    st.builds("vmo resize {} {}".format, _VMO, PAGES),
    st.builds(
        "map {}.vmar {} --at {:#x} --perms {} --offset {} --size {} {}".format,
        _PROCESS,
        _VMO,
        AT,
        PERMS,
        PAGES,
        SIZES,
        st.sampled_from(("", "--overwrite")),
    ),
    st.builds("unmap {}.vmar {:#x} {}".format, _PROCESS, AT, SIZES),
    st.builds("protect {}.vmar {:#x} {} {}".format, _PROCESS, AT, SIZES, PERMS),
    st.builds("{} = vmo clone {} --offset {} --size {}".format, _VMO, _VMO, PAGES, SIZES),
    st.builds("read {} {:#x} 20 --buffer @{:#x}".format, _PROCESS, AT, AT),
    st.builds("explain write {} {:#x} {}".format, _PROCESS, AT, DATA),
    st.builds("compare write {} {:#x} {}".format, _PROCESS, AT, DATA),
    st.builds("vmo write {} {} fill:{}:9000".format, _VMO, PAGES, st.integers(1, 3)),
    st.sampled_from(("handle close $deep", "handle close $twin", "kill $other", "maps $self")),
)

Seen = dict[int, tuple[bytes, int, int, int]]
"""What an address space shows, by page: the bytes, the VMO, the offset, the permissions."""


def seen(process: Process) -> Seen:
    found: Seen = {}
    for _, region in process.aspace.root.walk():
        if isinstance(region, VmMapping):
            for at in range(region.base, region.end, PAGE):
                offset = region.vmo_offset + at - region.base
                data = region.vmo.read(offset, PAGE) if at < region.backed_end else b""
                found[at] = (data, region.vmo.koid, offset, region.perms)
    return found


def content(vmo: VmObject) -> list[bytes]:
    return [bytes(vmo.find_page(index) or ZERO_PAGE) for index in range(vmo.size // PAGE)]


def bytes_of(pages: list[bytes] | tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    for number, page in enumerate(pages):
        yield from enumerate(page, number * PAGE)


class Before:
    """How all was before a command: a copy of every byte, which knows nothing of journals.

    It is no copy of the kernel, since that would take the pages' owner away, which is the
    journal's to do.
    """

    def __init__(self, state: State) -> None:
        vmos, processes = list(state.kernel.iter_vmos()), list(state.kernel.iter_processes())
        self.vmos = {vmo: content(vmo) for vmo in vmos}
        self.tables = {vmo: len(vmo.pages.table) for vmo in vmos}
        self.processes = {process: seen(process) for process in processes}


def check_content(before: Before, record: Record) -> None:
    for vmo, pages in before.vmos.items():
        assert record.size(vmo) == len(pages) * PAGE
        assert [bytes(record.page(vmo, at)) for at in range(len(pages))] == pages
        if pages:
            assert record.read(vmo, 1, record.size(vmo) - 2) == b"".join(pages)[1:-1]


def check_marks(before: Before, state: State) -> None:
    for process, old in before.processes.items():
        marked: set[int] = set()
        expected: set[int] = set()
        for at, (data, *_) in seen(process).items():
            for start, end in changed_ranges(state, process, at, data):
                assert at <= start < end <= at + PAGE
                marked.update(range(start, end))
            if at in old and data and old[at][0]:
                pairs = zip(old[at][0], data, strict=True)
                expected.update(at + low for low, (was, now) in enumerate(pairs) if was != now)
        assert marked == expected


def check_changes(before: Before, record: Record) -> None:
    found = changes_of(record)
    by_koid = {change.koid: change for change in found.vmos}
    for vmo, pages in before.vmos.items():
        change = by_koid.get(vmo.koid)
        committed = len(vmo.pages.table) - before.tables[vmo]
        if change is None:
            assert committed == 0
            continue
        assert change.committed - change.decommitted == committed
        assert (change.size_before, change.size) == (len(pages) * PAGE, vmo.size)
        if not change.gone and (vmo.parent is None or not record.touches(vmo.parent)):
            both = list(zip(pages, content(vmo), strict=False))
            differ = [was != now for old, new in both for was, now in zip(old, new, strict=True)]
            assert change.changed == sum(differ)
            if any(differ):
                assert change.start == differ.index(True)
                assert change.end == len(differ) - differ[::-1].index(True)
    check_mappings(before, found)


def check_mappings(before: Before, found: Changes) -> None:
    lost = mapped = other = 0
    for process, old in before.processes.items():
        new = seen(process)
        was = {(at, page[1:3]): page[3] for at, page in old.items()}
        now = {(at, page[1:3]): page[3] for at, page in new.items()}
        lost += len(was.keys() - now.keys()) * PAGE
        mapped += len(now.keys() - was.keys()) * PAGE
        other += sum(was[key] != now[key] for key in was.keys() & now.keys()) * PAGE
    assert lost == sum(change.lost for change in found.mappings)
    kinds = {change.kind for change in found.mappings}
    assert ("mapped" in kinds) == bool(mapped)
    assert ("protected" in kinds) == bool(other)


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(LINES, min_size=4, max_size=14))
def test_the_journal_knows_how_all_was_before_a_line(lines: list[str]) -> None:
    session = Session(memory=24 * PAGE)
    session.state.set_watch(watch=True)
    for line in (
        "process create demo; process create other; vmo create 16K --name heap",
        "vmo create 8K --name small; map $demo.vmar $heap --at 0x10000000",
        'vmo write $heap 0xffc "hello"; $twin = vmo clone $heap --offset 4K',
        "$deep = vmo clone $twin; map $other.vmar $deep --at 0x10001000",
        "map $demo.vmar $twin --at 0x10005000; map $self.vmar $small --at 0x10000000",
    ):
        session.run(line)
    state = session.state
    journal = state.kernel.journal
    assert journal is not None
    oracle = Before(state)
    state.kernel.watch(watch=False)
    state.kernel.watch(watch=True)
    journal = state.kernel.journal
    assert journal is not None
    for line in lines:
        before = Before(state)
        try:
            session.run(line)
        except CommandError:
            assert not journal.now
        if journal.now:
            oracle = before
        check_content(before, journal.now)
        check_content(oracle, journal.latest)
        check_changes(before, journal.now)
        check_marks(oracle, state)
