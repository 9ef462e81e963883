import random

import pytest

from zxdbg import Session
from zxdbg.kernel.scan import Hits, Needle, scan
from zxdbg.kernel.sight import Run, look_at

BASE = 0x10000000


def run_of(session: Session, length: int = 1 << 62) -> Run:
    aspace = session.state.process_of(session.value("demo")).aspace
    (run,) = look_at(aspace, BASE, length).runs
    return run


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run("process create demo; vmo create 16K --name heap")
    session.run("map $demo.vmar $heap --at 0x10000000")
    return session


def matches(needle: Needle, data: bytes) -> list[int]:
    """Find a pattern by trying it at every place."""
    pairs = list(zip(needle.values, needle.mask, strict=True))
    return [
        at
        for at in range(len(data) - len(pairs) + 1)
        if all(
            byte & mask == value
            for byte, (value, mask) in zip(data[at : at + len(pairs)], pairs, strict=True)
        )
    ]


def unfolded(found: list[Hits], step: int = 1) -> list[int]:
    return [hits.address + at * step for hits in found for at in range(hits.times)]


def test_bytes_are_found_over_the_border_of_two_pages(session: Session) -> None:
    session.run('write $demo 0x10000ffe "hello"')
    assert list(scan(run_of(session), Needle(b"hello"))) == [Hits(BASE + 0xFFE, 1)]


def test_a_match_lies_half_in_zeros_that_nobody_wrote(session: Session) -> None:
    session.run('write $demo 0x10002000 "x"')
    found = list(scan(run_of(session), Needle(b"\0\0x")))
    assert found == [Hits(BASE + 0x1FFE, 1)]
    session.run("write $demo 0x10001fff hex:ff")
    assert list(scan(run_of(session), Needle(b"\0\0x"))) == []


def test_bits_that_do_not_count_may_be_anything(session: Session) -> None:
    session.run('write $demo 0x10000100 "hallo hello hxllo"')
    found = unfolded(list(scan(run_of(session), Needle(b"h\0llo", b"\xff\0\xff\xff\xff"))))
    assert found == [BASE + 0x100, BASE + 0x106, BASE + 0x10C]
    nibble = Needle(b"\x68\x61", b"\xff\xf0")
    assert unfolded(list(scan(run_of(session), nibble))) == [BASE + 0x100, BASE + 0x106]


def test_special_characters_of_expressions_are_bytes_like_others(session: Session) -> None:
    session.run(r'write $demo 0x10000100 ".*[x]\n"')
    needle = Needle(b".*[x]\n?", b"\xff" * 6 + b"\0")
    assert list(scan(run_of(session), needle)) == [Hits(BASE + 0x100, 1)]


def test_matches_overlap_and_are_one_run(session: Session) -> None:
    session.run("write $demo 0x10000100 fill:0x41:8")
    assert list(scan(run_of(session), Needle(b"AAA"))) == [Hits(BASE + 0x100, 6)]
    holes = Needle(b"A\0A", b"\xff\0\xff")
    assert list(scan(run_of(session), holes)) == [Hits(BASE + 0x100, 6)]


def test_aligned_matches_are_a_step_apart(session: Session) -> None:
    session.run("write $demo 0x10000102 fill:0x41:16")
    assert list(scan(run_of(session), Needle(b"AAAA"), 4)) == [Hits(BASE + 0x104, 3)]
    session.run('write $demo 0x10000200 "abcdabcdabcd"')
    assert list(scan(run_of(session), Needle(b"abcd"), 4)) == [Hits(BASE + 0x200, 3)]


def test_zeros_of_a_terabyte_are_counted_without_being_read(session: Session) -> None:
    session.run("vmo create 1T --name huge; $h = map $demo.vmar $huge --at 0x40000000000")
    session.run('write $demo $h+0x5000 "x"')
    aspace = session.state.process_of(session.value("demo")).aspace
    (run,) = look_at(aspace, session.value("h"), 1 << 40).runs
    base = session.value("h")
    assert list(scan(run, Needle(bytes(8)), 8)) == [
        Hits(base, 0x5000 // 8),
        Hits(base + 0x5008, ((1 << 40) - 0x5008) // 8),
    ]
    assert list(scan(run, Needle(b"x\0"))) == [Hits(base + 0x5000, 1)]


def test_megabytes_are_searched_in_pieces_whose_borders_lose_nothing(session: Session) -> None:
    session.run("vmo create 16M --name big; $b = map $demo.vmar $big --at 0x20000000")
    session.run("write $demo $b fill:0x2e:16M")
    for at in (0x3FFFFE, 0x400000, 0x7FFFFF, 0xFFFFFB):
        session.run(f'write $demo $b+{at} "hello"')
    aspace = session.state.process_of(session.value("demo")).aspace
    (run,) = look_at(aspace, 0x20000000, 16 << 20).runs
    assert [hits.address - 0x20000000 for hits in scan(run, Needle(b"ello"))] == [
        0x400001,
        0x800000,
        0xFFFFFC,
    ]
    dots = list(scan(run, Needle(b"..")))
    assert [(hits.address - 0x20000000, hits.times) for hits in dots] == [
        (0, 0x3FFFFD),
        (0x400005, 0x3FFFF9),
        (0x800004, 0x7FFFF6),
    ]


@pytest.mark.parametrize("seed", range(15))
def test_a_scan_finds_what_trying_every_place_finds(seed: int) -> None:
    chance = random.Random(seed)
    session = Session()
    session.run("process create demo; vmo create 20K --name a; vmo create 8K --name b")
    session.run("$c = vmo clone $a --size 12K")
    session.run("map $demo.vmar $a --at 0x10000000; map $demo.vmar $b --at 0x10005000")
    session.run("map $demo.vmar $c --at 0x10007000")
    for _ in range(12):
        at = chance.choice([chance.randrange(0xA000), 0xFFE, 0x4FFE, 0x6FFF])
        raw = bytes(chance.choice(b"ab\0") for _ in range(chance.randint(1, 6)))
        session.run(f"write $demo {BASE + at} hex:{raw.hex()}")
    start = chance.choice([0, 0, 1, 0x801])
    aspace = session.state.process_of(session.value("demo")).aspace
    (run,) = look_at(aspace, BASE + start, chance.choice([0xA000 - start, 0x6543])).runs
    data = run.read(run.start, run.end)
    for _ in range(6):
        length = chance.randint(1, 5)
        values = bytes(chance.choice(b"ab\0") for _ in range(length))
        mask = bytes(chance.choice([0xFF, 0xFF, 0xFF, 0xF0, 0]) for _ in range(length))
        needle = Needle(values, chance.choice([b"", mask]))
        align = chance.choice([1, 1, 2, 4, 3])
        expected = [run.start + at for at in matches(needle, data)]
        expected = [at for at in expected if at % align == 0]
        found = list(scan(run, needle, align))
        assert unfolded(found, align) == expected
        ends = [hits.address + hits.times * align for hits in found[:-1]]
        assert all(end < hits.address for end, hits in zip(ends, found[1:], strict=True))
