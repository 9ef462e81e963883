"""Changes: what a command changed in memory and mappings, as data.

Made of the kernel's journal when a command is over, and only while somebody looks. It is
the same for every command, an everyday verb or a raw call, refused or not: what differs
from before is listed, whoever caused it.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from zxdbg.kernel.journal import Record, Span, VmoBefore, span_of
from zxdbg.kernel.limits import PAGE_SHIFT, PAGE_SIZE
from zxdbg.kernel.pages import ZERO_PAGE
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping
from zxdbg.kernel.vmo import VmObject
from zxdbg.marks import difference

__all__ = ["Changes", "MappingChange", "VmoChange", "changes_of"]

_COUNTED = 64
"""Pages of a VMO up to which the bytes that differ are counted."""


class VmoChange(NamedTuple):
    """What became of a VMO that was touched; it may have stayed as it was.

    Attributes:
        name: Its name, which may be empty.
        koid: Its koid.
        clone_of: Koid of the VMO that it is a clone of, whose name it has.
        changed: Bytes of it that differ; None where that was not counted, for many pages.
        pages: Pages of it that differ.
        start: Offset of the first byte that differs, or of its page.
        end: Offset past the last one.
        committed: Pages that it owns now and did not before.
        decommitted: Pages that it owned before.
        size_before: Bytes it had.
        size: Bytes it has.
        gone: Whether nothing refers to it any more.
    """

    name: str
    koid: int
    clone_of: int | None
    changed: int | None
    pages: int
    start: int
    end: int
    committed: int
    decommitted: int
    size_before: int
    size: int
    gone: bool

    @property
    def stayed(self) -> bool:
        """Whether it is as it was before, though it was written."""
        moved = self.pages or self.committed or self.decommitted or self.gone
        return not moved and self.size == self.size_before


class MappingChange(NamedTuple):
    """What became of a mapping.

    Attributes:
        kind: `mapped`, `removed`, `cut` or `protected`.
        name: Name of its VMO.
        koid: Koid of its VMO.
        start: First address: of the mapping, as it was if it was removed or cut; of the part
            that has other permissions.
        end: The address past it.
        perms_before: PERM bits that it had; 0 if it is new.
        perms: PERM bits that it has; 0 if it was removed.
        lost: Bytes that it maps no more.
    """

    kind: str
    name: str
    koid: int
    start: int
    end: int
    perms_before: int
    perms: int
    lost: int


class Changes(NamedTuple):
    """What a command changed; all of it is empty if that was nothing."""

    vmos: tuple[VmoChange, ...]
    mappings: tuple[MappingChange, ...]
    vmars_added: int
    vmars_removed: int


NOTHING = Changes((), (), 0, 0)


def changes_of(record: Record) -> Changes:
    """Compare what a command touched with how it is now."""
    if not record:
        return NOTHING
    added = removed = 0
    for region, span in record.regions.items():
        if isinstance(region, VmAddressRegion):
            added += region.alive and span is None
            removed += not region.alive and span is not None
    vmos = [
        _vmo_change(record, vmo, was)
        for vmo, was in record.vmos.items()
        if not (_is_gone(vmo) and record.is_new(vmo))
    ]
    vmos.sort(key=lambda change: not change.pages)
    return Changes(tuple(vmos), tuple(_mapping_changes(record)), added, removed)


# VMOs -----------------------------------------------------------------------------


def _is_gone(vmo: VmObject) -> bool:
    return not (vmo.handles or vmo.mappings or vmo.children)


def _vmo_change(record: Record, vmo: VmObject, was: VmoBefore) -> VmoChange:
    table, gone = vmo.pages.table, _is_gone(vmo)
    committed = decommitted = pages = 0
    exact = len(was.pages) <= _COUNTED
    changed, start, end = 0, 0, 0
    limit = 0 if gone else min(was.size, vmo.size) >> PAGE_SHIFT
    for index in sorted(was.pages):
        page, now = was.pages[index], table.get(index)
        committed += page is None and now is not None
        decommitted += page is not None and now is None
        if index >= limit or (page is now and page is not None):
            continue
        before, after = record.page(vmo, index), vmo.find_page(index) or ZERO_PAGE
        if before is after or bytes(before) == bytes(after):
            continue
        low, high = 0, PAGE_SIZE
        if exact:
            differs = difference(before, after)
            changed += PAGE_SIZE - differs.count(0)
            low, high = PAGE_SIZE - len(differs.lstrip(b"\0")), len(differs.rstrip(b"\0"))
        if not pages:
            start = (index << PAGE_SHIFT) + low
        end = (index << PAGE_SHIFT) + high
        pages += 1
    if vmo.is_physical:
        committed = decommitted = 0
    return VmoChange(
        vmo.name,
        vmo.koid,
        None if was.parent is None else was.parent.koid,
        changed if exact else None,
        pages,
        start,
        end,
        committed,
        decommitted,
        was.size,
        vmo.size,
        gone,
    )


# Mappings -------------------------------------------------------------------------

_Key = tuple[VmAddressRegion | None, VmObject, int]
"""What two parts of what was one mapping have in common: an address shows the same byte."""


def _by_key(spans: Iterator[Span]) -> dict[_Key, list[Span]]:
    groups: dict[_Key, list[Span]] = {}
    for span in spans:
        if span.vmo is not None:
            groups.setdefault((span.root, span.vmo, span.offset - span.start), []).append(span)
    for group in groups.values():
        group.sort(key=_start)
    return groups


def _start(span: Span) -> int:
    return span.start


def _overlapping(group: list[Span], span: Span) -> list[Span]:
    first = max(0, bisect_left(group, span.start, key=_start) - 1)
    last = bisect_left(group, span.end, key=_start)
    return [each for each in group[first:last] if each.end > span.start]


def _shared(group: list[Span], span: Span) -> int:
    """Count the bytes of a span that others have too; these do not overlap each other."""
    return sum(min(each.end, span.end) - max(each.start, span.start) for each in group)


def _mapping_changes(record: Record) -> list[MappingChange]:
    now = [
        span_of(region)
        for region in record.regions
        if isinstance(region, VmMapping) and region.parent is not None
    ]
    before = _by_key(span for span in record.regions.values() if span is not None)
    after = _by_key(iter(now))
    found = []
    for key, spans in before.items():
        for span in spans:
            rest = _overlapping(after.get(key, []), span)
            lost = span.end - span.start - _shared(rest, span)
            other = [each for each in rest if each.perms != span.perms]
            if lost:
                kind = "cut" if rest else "removed"
                found.append(_change(kind, span, span.perms, rest[0].perms if rest else 0, lost))
            if other:
                start, end = max(span.start, other[0].start), min(span.end, other[-1].end)
                part = span._replace(start=start, end=end)
                found.append(_change("protected", part, span.perms, other[0].perms))
    for key, spans in after.items():
        for span in spans:
            known = _overlapping(before.get(key, []), span)
            if _shared(known, span) < span.end - span.start:
                found.append(_change("mapped", span, 0, span.perms))
    found.sort(key=lambda change: change.start)
    return found


def _change(kind: str, span: Span, before: int, perms: int, lost: int = 0) -> MappingChange:
    vmo = span.vmo
    assert vmo is not None
    return MappingChange(kind, vmo.name, vmo.koid, span.start, span.end, before, perms, lost)
