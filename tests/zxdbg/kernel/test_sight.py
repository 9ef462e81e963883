import random

import pytest

from zxdbg import Session
from zxdbg.kernel.aspace import AddressSpace, ExtentKind
from zxdbg.kernel.sight import Piece, look_at
from zxdbg.kernel.vmo import VmObject

BASE = 0x10000000
PAGE = 4096
EVERYWHERE = 1 << 64


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run("process create demo; vmo create 16K --name heap")
    session.run("map $demo.vmar $heap --at 0x10000000")
    return session


def aspace_of(session: Session) -> AddressSpace:
    return session.state.process_of(session.value("demo")).aspace


def test_neighbours_are_one_run_and_a_hole_divides(session: Session) -> None:
    session.run("vmo create 8K --name code; map $demo.vmar $code --at 0x10004000 --perms r")
    session.run("map $demo.vmar $code --at 0x10007000")
    sight = look_at(aspace_of(session), 0, EVERYWHERE)
    assert [(run.start, run.end) for run in sight.runs] == [
        (BASE, BASE + 0x6000),
        (BASE + 0x7000, BASE + 0x9000),
    ]
    assert sight.runs[0].extent_at(BASE + 0x3FFF).name == "heap"
    assert sight.runs[0].extent_at(BASE + 0x4000).name == "code"


def test_a_run_is_read_across_the_borders_of_its_mappings(session: Session) -> None:
    session.run('vmo create 8K --name code; vmo write $code 0 "ode"; vmo write $heap 0x3fff "c"')
    session.run("map $demo.vmar $code --at 0x10004000 --perms r")
    (run,) = look_at(aspace_of(session), 0, EVERYWHERE).runs
    assert run.read(BASE + 0x3FFE, BASE + 0x4004) == b"\0code\0"
    assert run.read(BASE + 0x4000, BASE + 0x4003) == b"ode"


def test_what_is_mapped_and_cannot_be_read_is_listed(session: Session) -> None:
    session.run("vmo resize $heap 8K; $dev = vmo physical 0xfee00000 4K")
    session.run("map $demo.vmar $dev --at 0x10004000")
    sight = look_at(aspace_of(session), 0, EVERYWHERE)
    assert [(run.start, run.end) for run in sight.runs] == [(BASE, BASE + 0x2000)]
    assert [(extent.start, extent.kind) for extent in sight.unread] == [
        (BASE + 0x2000, ExtentKind.PAST_VMO),
        (BASE + 0x4000, ExtentKind.UNCACHED),
    ]


def test_a_device_is_never_read_even_if_its_policy_says_cached(session: Session) -> None:
    session.run("$dev = vmo physical 0xfee00000 4K; vmo cache-policy $dev cached")
    session.run("map $demo.vmar $dev --at 0x20000000")
    (extent,) = look_at(aspace_of(session), 0x20000000, PAGE).unread
    assert extent.kind is ExtentKind.UNCACHED


def test_mappings_with_other_permissions_are_left_out_and_counted(session: Session) -> None:
    session.run("protect $demo.vmar 0x10001000 4K r")
    sight = look_at(aspace_of(session), 0, EVERYWHERE, "rw?")
    assert [(run.start, run.end) for run in sight.runs] == [
        (BASE, BASE + 0x1000),
        (BASE + 0x2000, BASE + 0x4000),
    ]
    assert sight.left_out == PAGE


def test_a_range_is_cut_inside_mappings_and_at_the_last_address(session: Session) -> None:
    sight = look_at(aspace_of(session), BASE + 5, 10)
    assert [(run.start, run.end) for run in sight.runs] == [(BASE + 5, BASE + 15)]
    assert look_at(aspace_of(session), EVERYWHERE - 1, 100).runs == ()


def test_pieces_tell_pages_from_zeros(session: Session) -> None:
    session.run('write $demo 0x10001000 "x"; write $demo 0x10002000 "y"')
    (run,) = look_at(aspace_of(session), BASE + 0x800, 0x3000).runs
    assert list(run.pieces()) == [
        Piece(BASE + 0x800, BASE + 0x1000, False),
        Piece(BASE + 0x1000, BASE + 0x3000, True),
        Piece(BASE + 0x3000, BASE + 0x3800, False),
    ]


def test_a_terabyte_that_nobody_wrote_to_is_one_piece(session: Session) -> None:
    session.run("vmo create 1T --name huge; $h = map $demo.vmar $huge")
    used = session.state.kernel.memory.used
    start = session.value("h")
    (run,) = look_at(aspace_of(session), start, 1 << 40).runs
    assert list(run.pieces()) == [Piece(start, start + (1 << 40), False)]
    assert session.state.kernel.memory.used == used


def test_pages_that_a_clone_inherits_are_there(session: Session) -> None:
    session.run('vmo write $heap 0x1000 "a"; vmo write $heap 0x3000 "b"')
    session.run("$child = vmo clone $heap --offset 4K --size 16K")
    session.run('vmo write $child 0x3000 "c"')
    session.run("map $demo.vmar $child --at 0x20000000")
    (run,) = look_at(aspace_of(session), 0x20000000, 0x4000).runs
    assert [(piece.start - 0x20000000, piece.present) for piece in run.pieces()] == [
        (0x0000, True),
        (0x1000, False),
        (0x2000, True),
    ]


def test_the_pages_that_are_present_are_those_that_a_reader_finds() -> None:
    chance = random.Random(3)
    for _ in range(40):
        session = Session()
        session.run("vmo create 64K --name a")
        names = ["a"]
        for step in range(8):
            name = chance.choice(names)
            match chance.randrange(4):
                case 0:
                    child = f"c{step}"
                    offset, size = chance.randrange(8) * PAGE, chance.randint(1, 16) * PAGE
                    made = session.run(
                        f"${child} = vmo clone ${name} --offset {offset} --size {size}"
                    )
                    names += [] if made.status else [child]
                case 1:
                    session.run(f"vmo resize ${name} {chance.randint(1, 16) * PAGE}")
                case _:
                    session.run(f'vmo write ${name} {chance.randrange(16) * PAGE} "x"')
        for name in names:
            vmo = session.state.object_of(session.value(name))
            assert isinstance(vmo, VmObject)
            pages = vmo.size // PAGE
            first, last = sorted((chance.randrange(pages + 1), chance.randrange(pages + 1)))
            found = [page for page in range(first, last) if vmo.find_page(page) is not None]
            assert vmo.present(first, last) == found
