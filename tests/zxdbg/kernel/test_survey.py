import random

import pytest

from zxdbg import Session
from zxdbg.kernel.survey import Owner, Survey
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import VmMapping

PAGE = 4096


def crowded(seed: int) -> Session:
    """Two processes with nested VMARs and mappings of a few VMOs, some pages committed."""
    choose = random.Random(seed)
    session = Session()
    session.run("process create demo; process create other")
    session.run("$box = vmar allocate $demo.vmar 4M --at 0x20000000")
    session.run("vmo create 64K --name heap; vmo create 64K --name code; vmo create 16K --name own")
    for vmar, base in (("demo.vmar", 0x10000000), ("box", 0x20000000), ("other.vmar", 0x30000000)):
        at = base
        for _ in range(30):
            at += choose.choice((0, 0, 1, 3)) * PAGE
            size, offset = choose.randrange(1, 4), choose.randrange(12)
            vmo, perms = choose.choice(("heap", "code")), choose.choice(("r", "rw"))
            where = f"--at {at:#x} --size {size * PAGE} --offset {offset * PAGE} --perms {perms}"
            session.run(f"map ${vmar} ${vmo} {where}")
            at += size * PAGE
    session.run("map $demo.vmar $own --at 0x8000000")
    for _ in range(9):
        session.run(f'vmo write $heap {choose.randrange(16) * PAGE:#x} "x"')
    return session


def process_of(session: Session, name: str = "demo") -> Process:
    return session.state.process_of(session.value(name))


def survey_of(session: Session) -> Survey:
    return Survey(process_of(session), session.state.kernel.iter_processes())


@pytest.fixture(params=range(4))
def session(request: pytest.FixtureRequest) -> Session:
    return crowded(request.param)


def test_a_survey_has_what_a_walk_finds(session: Session) -> None:
    survey = survey_of(session)
    walked = list(process_of(session).aspace.root.walk(1))
    mappings = [(depth, each) for depth, each in walked if isinstance(each, VmMapping)]
    assert survey.depths == [depth for depth, _ in mappings]
    assert survey.bases == [each.base for _, each in mappings]
    assert survey.ends == [each.end for _, each in mappings]
    assert survey.perms == [each.perms for _, each in mappings]
    assert survey.offsets == [each.vmo_offset for _, each in mappings]
    memories = [survey.memories[number] for number in survey.numbers]
    assert [each.koid for each in memories] == [each.vmo.koid for _, each in mappings]
    assert survey.counts == [each.committed for _, each in mappings]
    places = [0, *(at for at, (_, each) in enumerate(walked, 1) if not isinstance(each, VmMapping))]
    assert [region.place for region in survey.regions] == places
    assert len(survey) == len(walked) + 1


def test_a_committed_page_counts_once_however_often_it_is_mapped(session: Session) -> None:
    mappings = [
        each for _, each in process_of(session).aspace.root.walk() if isinstance(each, VmMapping)
    ]
    pages = {
        (each.vmo, page)
        for each in mappings
        for page in range(each.vmo_offset // PAGE, (each.vmo_offset + each.size) // PAGE)
        if page in each.vmo.pages.table
    }
    assert survey_of(session).committed == len(pages) > 0


def test_the_places_at_which_pages_can_be_seen_too_are_all_found(session: Session) -> None:
    survey = survey_of(session)
    everywhere = [
        (Owner(name, process_of(session, name).koid), each)
        for name in ("demo", "other")
        for _, each in process_of(session, name).aspace.root.walk()
        if isinstance(each, VmMapping)
    ]
    for at, base in enumerate(survey.bases):
        memory = survey.memories[survey.numbers[at]]
        start, end = survey.offsets[at], survey.offsets[at] + survey.sizes[at]
        wanted = {
            (owner, each.base + max(0, start - each.vmo_offset))
            for owner, each in everywhere
            if each.vmo.koid == memory.koid
            and each.vmo_offset < end
            and start < each.vmo_offset + each.size
            and (owner, each.base) != (survey.owner, base)
        }
        found = memory.sharing.also(base, start, survey.sizes[at], survey.owner)
        assert len(found) == min(16, len(wanted))
        assert set(found) <= wanted


def test_pages_that_two_mappings_show_are_noticed(session: Session) -> None:
    overlaps = {memory.name: memory.sharing.overlaps for memory in survey_of(session).memories}
    assert overlaps == {"heap": True, "code": True, "own": False}


def test_windows_side_by_side_do_not_overlap() -> None:
    session = Session()
    session.run("process create demo; vmo create 16K --name heap")
    session.run("map $demo.vmar $heap --at 0x10002000 --size 8K --offset 8K")
    session.run("map $demo.vmar $heap --at 0x20000000 --size 8K")
    assert not survey_of(session).memories[0].sharing.overlaps


def test_a_survey_does_not_change_when_the_kernel_goes_on(session: Session) -> None:
    survey = survey_of(session)
    before = (
        [*survey.bases, *survey.ends, *survey.perms],
        survey.committed,
        survey.counts,
        [memory.size for memory in survey.memories],
    )
    also = survey.memories[1].sharing.also
    session.run("write $demo 0x8000000 hex:01; protect $demo.vmar 0x8000000 4K r")
    session.run("vmo resize $heap 4K; unmap $demo.vmar 0x8002000 4K; kill $other")
    again = (
        [*survey.bases, *survey.ends, *survey.perms],
        survey.committed,
        survey.counts,
        [memory.size for memory in survey.memories],
    )
    assert again == before
    assert {owner.name for owner, _ in also(0, 0, 1 << 16, survey.owner)} <= {"demo", "other"}


def test_an_address_space_that_is_gone_has_nothing() -> None:
    session = Session()
    session.run("process create demo; process start $demo; vmar destroy $demo.vmar")
    assert len(survey_of(session)) == 0
    assert survey_of(session).committed == 0
