"""The truth table of the two memory syscalls, row by row, in both profiles.

Each row is: what is arranged after the common stage, the place and the length asked for,
and the answers (read, write) of profile `docs` and of profile `kernel`. An answer is a
status and `actual`; a write's effect is looked at through the VMO.
"""

from typing import NamedTuple

import pytest

from zxdbg import Session
from zxdbg.kernel import Kernel, Rights, Status
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import VmMapping
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls import (
    GOOD,
    SYSCALLS,
    Caller,
    Fill,
    Pointer,
    Profile,
    zx_process_read_memory,
    zx_process_write_memory,
)

STAGE = """
process create p
vmo create 0x2000 --name v
$b = map $p.vmar $v --at 0x10000000
"""
OK, NO_MEMORY, BAD_STATE = "ZX_OK", "ZX_ERR_NO_MEMORY", "ZX_ERR_BAD_STATE"
INVALID, DENIED, BAD_HANDLE = "ZX_ERR_INVALID_ARGS", "ZX_ERR_ACCESS_DENIED", "ZX_ERR_BAD_HANDLE"
WRONG_TYPE, OUT_OF_RANGE = "ZX_ERR_WRONG_TYPE", "ZX_ERR_OUT_OF_RANGE"
NOT_SUPPORTED = "ZX_ERR_NOT_SUPPORTED"

Answer = tuple[str, int | None]


class Row(NamedTuple):
    name: str
    setup: str
    handle: str
    vaddr: str
    length: int
    docs: tuple[Answer, Answer]
    kernel: tuple[Answer, Answer]


def both(status: str, actual: int | None = None) -> tuple[Answer, Answer]:
    return (status, actual), (status, actual)


def row(
    name: str,
    vaddr: str,
    length: int,
    docs: tuple[Answer, Answer],
    kernel: tuple[Answer, Answer] | None = None,
    *,
    setup: str = "",
    handle: str = "$p",
) -> Row:
    return Row(name, setup, handle, vaddr, length, docs, kernel or docs)


LONG = "unmap $p.vmar $b 0x2000; map $p.vmar $v --at $b --size 0x4000"
SHRUNK = f"{LONG}; vmo resize $v 0x1000"
NEIGHBOUR = "vmo create 0x2000 --name n; map $p.vmar $n --at $b+0x2000"
NESTED = (
    "$box = vmar allocate $p.vmar 0x8000 --at 0x20000000; "
    "$inner = vmar allocate $box 0x4000 --at 0x20002000; "
    "map $inner $v --at 0x20003000 --size 0x1000"
)
NESTED_BESIDE = (
    "$box = vmar allocate $p.vmar 0x4000 --at $b+0x2000; "
    "$inner = vmar allocate $box 0x2000 --at $b+0x2000; "
    "vmo create 0x1000 --name n; map $inner $n --at $b+0x2000; map $inner $n --at $b+0x3000"
)
PHYSICAL = "$dev = vmo physical 0xfee00000 0x2000; map $p.vmar $dev --at 0x20000000"
UNCACHED = "vmo create 0x2000 --name u; vmo cache-policy $u {}; map $p.vmar $u --at 0x20000000"
PHYSICAL_NEXT = "$dev = vmo physical 0xfee00000 0x2000; map $p.vmar $dev --at $b+0x2000"
DYING = "process start $p; kill $p --linger"
CLONE = 'zx_vmo_write $v "parent" 0 6; $c = vmo clone $v; map $p.vmar $c --at 0x20000000'

TABLE = [
    row("all of the mapping", "$b", 0x2000, both(OK, 0x2000)),
    row("over the end by one byte", "$b+0x1fff", 2, both(OK, 1)),
    row("over the end by a page", "$b", 0x3000, both(OK, 0x2000)),
    row("just behind the mapping", "$b+0x2000", 1, both(NO_MEMORY)),
    row("just before the mapping", "$b-1", 2, both(NO_MEMORY)),
    row("a neighbour", "$b", 0x3000, both(OK, 0x3000), both(OK, 0x2000), setup=NEIGHBOUR),
    row(
        "a neighbour and then nothing",
        "$b",
        0x5000,
        both(OK, 0x4000),
        both(OK, 0x2000),
        setup=NEIGHBOUR,
    ),
    row(
        "a split by protect",
        "$b",
        0x2000,
        both(OK, 0x2000),
        both(OK, 0x1000),
        setup="protect $p.vmar $b+0x1000 0x1000 r",
    ),
    row("a split by unmap", "$b", 0x2000, both(OK, 0x1000), setup="unmap $p.vmar $b+4K 4K"),
    row("the hole", "$b+0x1000", 1, both(NO_MEMORY), setup="unmap $p.vmar $b+4K 4K"),
    row("inside nested VMARs", "0x20003010", 16, both(OK, 16), setup=NESTED),
    row("a gap of a nested VMAR", "0x20002000", 1, both(NO_MEMORY), setup=NESTED),
    row("a gap of the outer VMAR", "0x20000000", 1, both(NO_MEMORY), setup=NESTED),
    row(
        "on into nested VMARs",
        "$b+0x1ff0",
        0x1100,
        both(OK, 0x1100),
        both(OK, 0x10),
        setup=NESTED_BESIDE,
    ),
    row("a read-only mapping", "$b", 8, both(OK, 8), setup="protect $p.vmar $b 0x2000 r"),
    row("a mapping without permissions", "$b", 8, both(OK, 8), setup="protect $p.vmar $b 8K none"),
    row("a long mapping, inside its VMO", "$b", 0x2000, both(OK, 0x2000), setup=LONG),
    row(
        "a long mapping, all of it",
        "$b",
        0x4000,
        both(OK, 0x2000),
        both(OUT_OF_RANGE),
        setup=LONG,
    ),
    row(
        "a long mapping, over the VMO's end",
        "$b+0x1fff",
        2,
        both(OK, 1),
        both(OUT_OF_RANGE),
        setup=LONG,
    ),
    row(
        "a long mapping, behind the VMO",
        "$b+0x3000",
        1,
        both(NO_MEMORY),
        both(OUT_OF_RANGE),
        setup=LONG,
    ),
    row("a shrunk VMO, inside", "$b", 0x1000, both(OK, 0x1000), setup=SHRUNK),
    row(
        "a shrunk VMO, over its end",
        "$b",
        0x1001,
        both(OK, 0x1000),
        both(OUT_OF_RANGE),
        setup=SHRUNK,
    ),
    row("the VMO handle is closed", "$b", 16, both(OK, 16), setup="handle close $v"),
    *(
        row(
            f"memory that is {policy}",
            "0x20000000",
            1,
            both(BAD_STATE),
            setup=UNCACHED.format(policy),
        )
        for policy in ("uncached", "uncached-device", "write-combining")
    ),
    row("a device", "0x20000000", 1, both(BAD_STATE), both(NOT_SUPPORTED), setup=PHYSICAL),
    row("on into a device", "$b+0x1ff0", 32, both(OK, 16), setup=PHYSICAL_NEXT),
    row(
        "a handle with READ only",
        "$b",
        1,
        both(DENIED),
        setup="$h = handle duplicate $p --rights ZX_RIGHT_READ",
        handle="$h",
    ),
    row(
        "a handle with WRITE only",
        "$b",
        1,
        ((DENIED, None), (OK, 1)),
        setup="$h = handle duplicate $p --rights ZX_RIGHT_WRITE",
        handle="$h",
    ),
    row(
        "a handle with READ and WRITE only",
        "$b",
        1,
        both(OK, 1),
        setup="$h = handle duplicate $p --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE",
        handle="$h",
    ),
    row(
        "a thread handle",
        "$b",
        1,
        both(WRONG_TYPE),
        setup='$h = zx_thread_create $p "t" 1 0',
        handle="$h",
    ),
    row("a job handle", "$b", 1, both(WRONG_TYPE), handle="$job"),
    row("a root VMAR handle", "$b", 1, both(WRONG_TYPE), handle="$p.vmar"),
    row(
        "a VMAR handle without the rights",
        "$b",
        1,
        both(DENIED),
        setup="$h = handle duplicate $p.vmar --rights none",
        handle="$h",
    ),
    row("handle 0", "$b", 1, both(BAD_HANDLE), handle="0"),
    row("a closed handle", "$b", 1, both(BAD_HANDLE), setup="handle close $p"),
    row("length 0", "$b", 0, both(INVALID)),
    row("length 64 MiB and 1", "$b", (64 << 20) + 1, both(INVALID)),
    row("length 64 MiB", "$b", 64 << 20, both(OK, 0x2000)),
    row("length 0 with a bad handle", "$b", 0, both(INVALID), handle="0"),
    row("never started", "$b", 16, both(OK, 16)),
    row("running", "$b", 16, both(OK, 16), setup="process start $p"),
    row("killed", "$b", 1, both(BAD_STATE), both(NO_MEMORY), setup="kill $p"),
    row(
        "started and killed",
        "$b",
        1,
        both(BAD_STATE),
        both(NO_MEMORY),
        setup="process start $p; kill $p",
    ),
    row("dying", "$b", 1, both(BAD_STATE), both(OK, 1), setup=DYING),
    row(
        "dying, at a hole",
        "0x5000",
        1,
        both(BAD_STATE),
        both(NO_MEMORY),
        setup=DYING,
    ),
    row(
        "the caller itself",
        "0x20000000",
        16,
        both(OK, 16),
        setup="map $self.vmar $v --at 0x20000000",
        handle="$self",
    ),
    row("address 0", "0", 1, both(NO_MEMORY)),
    row("the last address", "0xffffffffffffffff", 2, both(NO_MEMORY)),
    row("a kernel address", "0xffffff8000000000", 1, both(NO_MEMORY)),
]


def stage(profile: str, setup: str = "") -> Session:
    session = Session(profile=profile)
    for line in [*STAGE.strip().splitlines(), *filter(None, [setup])]:
        for parsed in session.iter_parsed(line):
            assert session.execute(parsed).status is Status.OK, parsed.text
    return session


def answer(session: Session, line: str) -> Answer:
    result = session.run(line)
    assert result.status is not None
    return result.status.label, result.actual


@pytest.mark.parametrize("profile", ["docs", "kernel"])
@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_the_truth_table(case: Row, profile: str) -> None:
    expected_read, expected_write = case.docs if profile == "docs" else case.kernel
    session = stage(profile, case.setup)
    assert answer(session, f"read {case.handle} {case.vaddr} {case.length}") == expected_read
    line = f"write {case.handle} {case.vaddr} fill:0x5a:{case.length}"
    assert answer(session, line) == expected_write


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_what_was_written_is_what_is_read_and_nothing_more(profile: str) -> None:
    session = stage(profile)
    session.run('write $p $b+0x1ff8 "0123456789"')
    assert session.run("read $p $b+0x1ff8 64").data == b"01234567"
    assert session.run("zx_vmo_read $v 0x1ff0 16").buffer == bytes(8) + b"01234567"


@pytest.mark.parametrize("profile", ["docs", "kernel"])
@pytest.mark.parametrize("reader", ["read $p $b 1 --buffer null", "write $p $b null --length 1"])
def test_a_null_buffer_is_refused_whatever_else_is_wrong(profile: str, reader: str) -> None:
    session = stage(profile)
    for line in (reader, reader.replace("$p", "0"), reader.replace("$b 1", "$b 0")):
        result = session.run(line)
        assert result.status is Status.INVALID_ARGS
        assert result.checks[-1][0].name == "buffer-not-null"


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_a_buffer_that_ends_too_early_is_refused_and_a_read_has_damaged_it(profile: str) -> None:
    session = stage(profile, "vmo create 0x1000 --name s; $m = map $self.vmar $s")
    session.run('write $self $m+0xff0 "################"')
    session.run('write $p $b "target"')
    result = session.run("write $p $b @$m+0xff0 --length 0x1000")
    assert result.status is Status.INVALID_ARGS
    assert session.run("read $p $b 6").data == b"target"
    result = session.run("read $p $b 0x1000 --buffer @$m+0xff0")
    assert result.status is Status.INVALID_ARGS
    assert session.run("read $self $m+0xff0 16").data == b"\0" + b"#" * 15


@pytest.mark.parametrize("profile", ["docs", "kernel"])
@pytest.mark.parametrize("place", ["null", "@0x1234", "@0xffffffffffffffff"])
def test_a_bad_place_for_actual_is_noticed_after_the_bytes_moved(profile: str, place: str) -> None:
    session = stage(profile, "vmo create 0x1000 --name s; $m = map $self.vmar $s")
    result = session.run(f'zx_process_write_memory $p $b "late" 4 --actual {place}')
    assert (result.status, result.actual) == (Status.INVALID_ARGS, None)
    assert result.checks[-1][0].id == "process_write_memory/actual-writable"
    assert session.run("read $p $b 4").data == b"late"
    line = f"zx_process_read_memory $p $b 4 --buffer @$m --actual {place}"
    result = session.run(line)
    assert (result.status, result.actual) == (Status.INVALID_ARGS, None)
    assert session.run("read $self $m 4").data == b"late"


def test_actual_is_stored_at_its_place_and_only_on_success() -> None:
    session = stage("docs", "vmo create 0x1000 --name s; $m = map $self.vmar $s")
    session.run("write $self $m fill:0xee:16")
    session.run('zx_process_write_memory $p 0x5000 "x" 1 --actual @$m')
    assert session.run("read $self $m 8").data == b"\xee" * 8
    session.run('zx_process_write_memory $p $b+0x1ffd "xyzzy" 5 --actual @$m')
    assert session.run("read $self $m 16").data == b"\3" + bytes(7) + b"\xee" * 8


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_a_short_read_leaves_zeros_at_the_probed_places_behind_its_bytes(profile: str) -> None:
    session = stage(profile, "vmo create 0x3000 --name s; $m = map $self.vmar $s")
    session.run("write $self $m fill:0x23:0x3000")
    session.run('write $p $b+0x1ffc "data"')
    result = session.run("read $p $b+0x1ffc 0x2800 --buffer @$m")
    assert result.actual == 4
    memory = session.run("read $self $m 0x3000").data
    expected = bytearray(b"#" * 0x3000)
    expected[:4] = b"data"
    for offset in (0x1000, 0x2000, 0x27FF):
        expected[offset] = 0
    assert memory == expected


@pytest.mark.parametrize(
    ("setup", "vaddr", "status"),
    [
        (PHYSICAL, "0x20000000", {"docs": BAD_STATE, "kernel": NOT_SUPPORTED}),
        (UNCACHED.format("uncached"), "0x20000000", {"docs": BAD_STATE, "kernel": BAD_STATE}),
        (LONG, "$b+0x3000", {"docs": NO_MEMORY, "kernel": OUT_OF_RANGE}),
    ],
    ids=["device", "uncached", "past the VMO"],
)
@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_a_read_that_fails_at_the_memory_has_zeroed_the_probed_places(
    profile: str, setup: str, vaddr: str, status: dict[str, str]
) -> None:
    session = stage(profile, f"{setup}; vmo create 0x2000 --name s; $m = map $self.vmar $s")
    session.run("write $self $m fill:0x23:0x2000")
    assert answer(session, f"read $p {vaddr} 0x1800 --buffer @$m") == (status[profile], None)
    memory = session.run("read $self $m 0x2000").data
    expected = bytearray(b"#" * 0x2000)
    for offset in (0, 0x1000, 0x17FF):
        expected[offset] = 0
    assert memory == expected


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_a_bad_buffer_is_noticed_after_the_mapping_and_before_the_memory(profile: str) -> None:
    session = stage(profile, PHYSICAL)
    assert answer(session, "write $p 0x5000 @0x1234 --length 1") == (NO_MEMORY, None)
    assert answer(session, "write $p 0x20000000 @0x1234 --length 1") == (INVALID, None)
    assert answer(session, "read $p 0x20000000 1 --buffer @0x1234") == (INVALID, None)


def test_reading_oneself_over_the_source_sees_the_zeros_of_the_probe() -> None:
    session = stage("docs", "map $self.vmar $v --at 0x20000000")
    session.run('write $self 0x20000000 "abcdef"')
    result = session.run("read $self 0x20000000 6 --buffer @0x20000000")
    assert result.data == b"\0bcde\0"


@pytest.mark.parametrize("profile", ["docs", "kernel"])
@pytest.mark.parametrize(
    "line",
    [
        "read $self 0x20000000 8K --buffer @0x20001000",
        "write $self 0x20001000 @0x20000000 --length 8K",
        "zx_vmo_read $w 0 8K --buffer @0x20001000",
        "zx_vmo_write $w @0x20000000 4K 8K",
    ],
)
def test_bytes_are_moved_page_by_page_so_a_page_that_was_moved_is_moved_on(
    profile: str, line: str
) -> None:
    session = stage(profile, "vmo create 12K --name w; map $self.vmar $w --at 0x20000000")
    for at, letter in enumerate("abc"):
        session.run(f'write $self 0x20000000+{at * 4096} "<{letter}>"')
    assert session.run(line).status is Status.OK
    assert session.run("read $self 0x20000001 1").data == b"a"
    assert session.run("read $self 0x20001001 1").data == b"a"
    assert session.run("read $self 0x20002001 1").data == b"a"


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_reading_commits_nothing_and_writing_commits_each_page_it_touches(profile: str) -> None:
    session = stage(profile)
    memory = session.state.kernel.memory
    assert session.run("read $p $b 0x2000").data == bytes(0x2000)
    assert memory.used == 0
    session.run('write $p $b+0xfff "ab"')
    assert memory.used == 2


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_a_clone_shows_its_parent_until_it_is_written(profile: str) -> None:
    session = stage(profile, CLONE)
    assert session.run("read $p 0x20000000 6").data == b"parent"
    session.run('write $p 0x20000000 "clone!"')
    assert session.run("read $p 0x20000000 6").data == b"clone!"
    assert session.run("read $p $b 6").data == b"parent"
    session.run('write $p $b+0x1000 "later"')
    assert session.run("read $p 0x20001000 5").data == b"later"


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_all_mappings_of_a_vmo_see_a_write_at_once(profile: str) -> None:
    session = stage(profile, "process create q; map $q.vmar $v --at 0x30000000")
    session.run('write $p $b+0x1000 "shared"')
    assert session.run("read $q 0x30001000 6").data == b"shared"


@pytest.mark.parametrize("profile", ["docs", "kernel"])
def test_a_write_that_runs_out_of_physical_memory_keeps_the_pages_before(profile: str) -> None:
    session = Session(profile=profile, memory=2 << 12)
    for line in ("process create p", "vmo create 0x4000 --name v"):
        session.run(line)
    session.run("$b = map $p.vmar $v --at 0x10000000")
    result = session.run("write $p $b+0x800 fill:0x41:0x3000")
    assert (result.status, result.actual) == (Status.NO_MEMORY, None)
    assert result.checks[-1][0].id == "process_write_memory/page-available"
    assert session.run("read $p $b 0x4000").data == (bytes(0x800) + b"A" * 0x1800 + bytes(0x2000))
    assert session.state.kernel.memory.used == 2


@pytest.mark.parametrize(
    ("setup", "line", "docs", "kernel"),
    [
        ("", 'write $p $b "x"', ("complete", None), ("complete", None)),
        ("", 'write $p $b+0x1fff "xy"', ("hole", 0x10002000), ("mapping-end", 0x10002000)),
        (NEIGHBOUR, "read $p $b 0x3000", ("complete", None), ("mapping-end", 0x10002000)),
        (NEIGHBOUR, "read $p $b 0x5000", ("hole", 0x10004000), ("mapping-end", 0x10002000)),
        (LONG, "read $p $b 0x3000", ("vmo-end", 0x10002000), (None, None)),
        (PHYSICAL_NEXT, "read $p $b 0x3000", ("uncached", 0x10002000), ("mapping-end", 0x10002000)),
        (
            f"{NEIGHBOUR}; unmap $p.vmar $b+0x2000 0x1000",
            "read $p $b 0x4000",
            ("hole", 0x10002000),
            ("mapping-end", 0x10002000),
        ),
        ("", 'write $p 0x5000 "x"', (None, None), (None, None)),
    ],
)
def test_why_a_transfer_stopped_and_where_to_go_on(
    setup: str,
    line: str,
    docs: tuple[str | None, int | None],
    kernel: tuple[str | None, int | None],
) -> None:
    for profile, expected in (("docs", docs), ("kernel", kernel)):
        result = stage(profile, setup).run(line)
        assert (result.stopped, result.next) == expected


def test_a_transfer_crosses_into_a_mapping_that_its_vmo_does_not_back() -> None:
    session = stage("docs", "vmo create 0 --name n; map $p.vmar $n --at $b+0x2000 --size 0x1000")
    result = session.run("read $p $b+0x1ff0 64")
    assert (result.actual, result.stopped, result.next) == (16, "vmo-end", 0x10002000)


# From Python ----------------------------------------------------------------------------


class Stage(NamedTuple):
    kernel: Kernel
    shell: Process
    handle: int
    vmo: VmObject


@pytest.fixture
def bare() -> Stage:
    kernel = Kernel()
    shell = kernel.spawn("shell")
    target = Process(kernel, kernel.job, "p")
    kernel.job.add_process(target)
    vmo = VmObject(kernel, 0x2000, name="v")
    target.aspace.root.insert(VmMapping(0x10000000, 0x2000, vmo, 0, 3, 7))
    handle = kernel.grant(shell, target, int(Rights.DEFAULT_PROCESS))
    return Stage(kernel, shell, handle, vmo)


def test_the_trace_of_a_write_that_succeeds_asks_every_rule_once_in_order(bare: Stage) -> None:
    for profile in Profile:
        outcome = zx_process_write_memory(
            Caller(bare.shell, profile), bare.handle, 0x10000000, b"abc", 3
        )
        asked = [rule for rule, _ in outcome.checks]
        expected = SYSCALLS["zx_process_write_memory"].rules_in(profile)
        assert asked == expected
        assert outcome.values == {"actual": 3}


def test_a_run_of_one_byte_costs_nothing_until_it_is_moved(bare: Stage) -> None:
    caller = Caller(bare.shell)
    outcome = zx_process_write_memory(caller, bare.handle, 0x10000000, Fill(0x41, 1 << 40), 8)
    assert (outcome.status, outcome.actual) == (Status.OK, 8)
    outcome = zx_process_write_memory(caller, bare.handle, 0x10000000, Fill(0x41, 1 << 40), 1 << 40)
    assert outcome.status is Status.INVALID_ARGS


def test_64_mib_are_written_and_read_whole(bare: Stage) -> None:
    bare.vmo.resize(80 << 20)
    bare.vmo.mappings.copy().popitem()[0].size = 80 << 20
    payload = bytes(range(256)) * (64 << 12)
    caller = Caller(bare.shell)
    outcome = zx_process_write_memory(caller, bare.handle, 0x10000123, payload, len(payload))
    assert outcome.actual == 64 << 20
    again = zx_process_read_memory(caller, bare.handle, 0x10000123, 64 << 20)
    assert again.buffer == payload


def test_a_watching_caller_learns_what_the_other_profile_answers(bare: Stage) -> None:
    mapping = next(iter(bare.vmo.mappings))
    mapping.split(0x10001000)
    caller = Caller(bare.shell, Profile.DOCS, watch=True)
    outcome = zx_process_write_memory(caller, bare.handle, 0x10000FFE, b"wxyz", 4)
    assert outcome.actual == 4
    (other,) = outcome.others
    assert (other.profile, other.status, other.actual) == (Profile.KERNEL, Status.OK, 2)
    assert [difference.id for difference in outcome.touched] == ["memory-across-mappings"]
    assert bare.vmo.read(0xFFE, 4) == b"wxyz"


def test_a_call_that_touches_no_difference_asks_nobody(bare: Stage) -> None:
    caller = Caller(bare.shell, Profile.DOCS, watch=True)
    outcome = zx_process_write_memory(caller, bare.handle, 0x10000000, b"abc", 3)
    assert (outcome.touched, outcome.others) == ((), ())


def test_a_pointer_is_read_by_the_caller_s_own_permissions(bare: Stage) -> None:
    secret = VmObject(bare.kernel, 0x1000)
    bare.shell.aspace.root.insert(VmMapping(0x20000000, 0x1000, secret, 0, 0, 7))
    caller = Caller(bare.shell)
    outcome = zx_process_write_memory(caller, bare.handle, 0x10000000, Pointer(0x20000000), 4)
    assert outcome.status is Status.INVALID_ARGS
    assert outcome.decided is not None
    assert outcome.decided.id == "process_write_memory/buffer-readable"


def test_a_read_into_a_good_place_gives_the_bytes_back(bare: Stage) -> None:
    bare.vmo.write(0, b"abc")
    outcome = zx_process_read_memory(
        Caller(bare.shell), bare.handle, 0x10000000, 3, buffer=GOOD, actual=GOOD
    )
    assert (outcome.buffer, outcome.actual, outcome.stop) == (b"abc", 3, ("complete", None))
