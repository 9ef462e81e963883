"""Rows of `maps`, made of a survey of an address space when they are looked at."""

from bisect import bisect_right
from typing import NamedTuple

from zxdbg.kernel.survey import MOST_ALSO, Survey, SurveyedRegion
from zxdbg.render import facts
from zxdbg.render.picture import Parts
from zxdbg.result import Address, Bytes, Koid, Rows

__all__ = ["MOST_ALSO", "Elsewhere", "MapRow", "MapRows"]


class Elsewhere(NamedTuple):
    """Where else some of the same pages are mapped."""

    process: str
    process_koid: Koid
    address: Address


class MapRow(NamedTuple):
    """A region or a mapping; `depth` 0 is the root VMAR.

    `perms` are those of a mapping, or the most that mappings in a VMAR may have; `also`
    has places, in any process, at which pages of the mapping can be seen too, 16 at most;
    from `backed_end` on the VMO has nothing to show.
    """

    depth: int
    kind: str
    start: Address
    end: Address
    size: Bytes
    perms: str
    name: str
    koid: Koid
    offset: Bytes | None
    committed: int | None
    also: tuple[Elsewhere, ...]
    clone_of: Koid | None
    backed_end: Address | None


class MapRows(Rows[MapRow]):
    """A row for each VMAR and mapping of a survey, as `walk` has them."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._places = [region.place for region in survey.regions]

    def __len__(self) -> int:
        return len(self.survey)

    def make(self, at: int) -> MapRow:
        """Make a row; its place less the VMARs before it is the place of a mapping."""
        before = bisect_right(self._places, at)
        if before and self._places[before - 1] == at:
            return _of_region(self.survey.regions[before - 1])
        return self.mapping(at - before)

    def parts(self) -> Parts:
        """Give the mappings to a picture; no row is made for that."""
        survey = self.survey
        names = survey.memories.names
        perms = {held: facts.perms(held) for held in set(survey.perms)}
        return Parts(
            survey.bases,
            survey.ends,
            list(map(names.__getitem__, survey.numbers)),
            list(map(perms.__getitem__, survey.perms)),
            survey.counts,
        )

    def mapping(self, at: int) -> MapRow:
        """Make the row of a mapping, by its place among mappings."""
        survey = self.survey
        memory = survey.memories[survey.numbers[at]]
        base, size, offset = survey.bases[at], survey.sizes[at], survey.offsets[at]
        places = memory.sharing.also(base, offset, size, survey.owner)
        return MapRow(
            survey.depths[at],
            "mapping",
            base,
            base + size,
            size,
            facts.perms(survey.perms[at]),
            memory.name,
            memory.koid,
            offset,
            0 if memory.is_physical else memory.committed(offset, size),
            tuple([Elsewhere(*owner, address) for owner, address in places]),
            memory.clone_of,
            base + min(size, max(0, memory.size - offset)),
        )


def _of_region(region: SurveyedRegion) -> MapRow:
    return MapRow(
        region.depth,
        "vmar",
        region.base,
        region.end,
        region.end - region.base,
        facts.perms(region.can),
        region.name,
        region.koid,
        None,
        None,
        (),
        None,
        None,
    )
