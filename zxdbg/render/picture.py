"""Pictures of an address space: mappings and the gaps between them, in one bar.

In log scale a stretch is as wide as its size has digits, so that a page and a gap of a
hundred terabytes can both be seen; to scale it is as wide as it is long, and never less
than one column. Mappings that lie too close together are drawn as one. Fill says how much
is committed and letters say the permissions, so nothing depends on a colour.
"""

from collections.abc import Sequence
from heapq import nlargest
from operator import sub
from typing import NamedTuple

from zxdbg.kernel.limits import PAGE_SHIFT
from zxdbg.render import facts
from zxdbg.render.parts import (
    Line,
    Look,
    address,
    append,
    clip,
    dim,
    line_width,
    perms,
    plain,
    width_of,
)

__all__ = ["Parts", "picture"]

_PERMS = 3
_NAME = 12
_INDENT = "  "
_WANTS = {False: ("names", "gaps", "marks"), True: ("cells",)}
"""What there should be room for, in the order in which it is given up: the names of
mappings, the sizes of gaps, permissions, a cell for each."""


class Parts(NamedTuple):
    """The mappings in a picture, ascending, in a column for each fact; `committed` is in pages."""

    starts: Sequence[int]
    ends: Sequence[int]
    names: Sequence[str]
    perms: Sequence[str]
    committed: Sequence[int]


class _Stretch(NamedTuple):
    """What takes columns of its own: a gap, a mapping, or mappings too close to tell apart.

    The mappings are those from place `first` on, up to `last`.
    """

    start: int
    end: int
    parts: Parts
    first: int = 0
    last: int = 0

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def held(self) -> int:
        """How many mappings it is; none in a gap."""
        return self.last - self.first

    @property
    def name(self) -> str:
        return self.parts.names[self.first]

    @property
    def words(self) -> set[str]:
        """The permissions that its mappings have."""
        return set(self.parts.perms[self.first : self.last])

    @property
    def mark(self) -> str:
        """What its label has to say at least."""
        if not self.held:
            return f" {facts.rough(self.size)} "
        return f"×{self.held}" if self.held > 1 else self.parts.perms[self.first]


def picture(
    parts: Parts,
    start: int,
    end: int,
    titles: Sequence[Line],
    look: Look,
    *,
    linear: bool = False,
) -> list[Line]:
    """Draw mappings and gaps over the width of the screen: addresses, a bar, labels.

    Args:
        parts: The mappings; at least one.
        start: First address of the picture.
        end: The address past it.
        titles: What to say between the two addresses, the first that fits.
        look: The surroundings.
        linear: Whether to draw to scale.
    """
    room = look.width - len(_INDENT) - 1
    stretches, widths = _layout(parts, start, end, room, linear=linear)
    lines = [_ends(start, end, titles, room + 1), _bar(stretches, widths)]
    lines.append(_labels(stretches, widths, room))
    if any(stretch.held > 1 for stretch in stretches):
        lines.append([dim(f"{_INDENT}×N: N mappings, too close together to be drawn apart")])
    return lines


# Layout ---------------------------------------------------------------------------


def _layout(
    parts: Parts, start: int, end: int, room: int, *, linear: bool
) -> tuple[list[_Stretch], list[int]]:
    """Choose the stretches that fit, as many as do, and how many columns each takes."""
    whole = len(parts.starts)
    count = min(whole, room // 2)
    order = _borders(parts, count - 1)
    while True:
        stretches = _stretches(parts, sorted(order[: count - 1]), start, end)
        weights = [_weight(each, linear=linear) for each in stretches]
        for want in _WANTS[linear]:
            least = [_least(each, want) for each in stretches]
            fits = sum(least) <= (room * 3 // 4 if want == "names" else room)
            if fits or (count == 1 and want == _WANTS[linear][-1]):
                return stretches, _shares(least, weights, room)
            if want == "gaps" and count < whole:
                break
        count -= 1


def _borders(parts: Parts, most: int) -> list[int]:
    """Choose places between mappings by what is lost if they are drawn as one, best first.

    The widest gap comes first; of equal ones those that divide the whole evenly, which are
    those whose numbers, read backwards in binary, are least.
    """
    gaps = list(map(sub, parts.starts[1:], parts.ends))
    bits = len(parts.starts).bit_length()

    def rank(at: int) -> tuple[int, int]:
        return (-gaps[at - 1], int(f"{at:0{bits}b}"[::-1], 2))

    limit = min(nlargest(most, gaps), default=0)
    wider = [at for at, gap in enumerate(gaps, 1) if gap > limit]
    equal = [at for at, gap in enumerate(gaps, 1) if gap == limit]
    for bit in range(bits):
        half = [at for at in equal if not at >> bit & 1]
        if len(half) < most - len(wider):
            break
        equal = half
    return sorted(wider + equal, key=rank)[:most]


def _stretches(parts: Parts, cuts: Sequence[int], start: int, end: int) -> list[_Stretch]:
    """List gaps and groups of mappings, which are cut at some places between them."""
    stretches = []
    at = start
    for first, last in zip([0, *cuts], [*cuts, len(parts.starts)], strict=True):
        begin = parts.starts[first]
        if begin > at:
            stretches.append(_Stretch(at, begin, parts))
        at = parts.ends[last - 1]
        stretches.append(_Stretch(begin, at, parts, first, last))
    if at < end:
        stretches.append(_Stretch(at, end, parts))
    return stretches


def _weight(stretch: _Stretch, *, linear: bool) -> int:
    return stretch.size if linear else (stretch.size >> PAGE_SHIFT).bit_length()


def _least(stretch: _Stretch, want: str) -> int:
    """Say how many columns a stretch needs, with its border to the left, for what is wanted."""
    if stretch.held > 1:
        return 1 + len(stretch.mark)
    if want == "cells" or (not stretch.held and want == "marks"):
        return 2
    if stretch.held and want == "names":
        return 2 + min(_NAME, width_of(stretch.name)) + _PERMS
    return 1 + len(stretch.mark)


def _shares(least: Sequence[int], weights: Sequence[int], room: int) -> list[int]:
    """Divide columns in proportion to weights, where each gets its least at any rate."""
    shares = list(least)
    free = set(range(len(least)))
    while free:
        left = room - sum(shares[at] for at in range(len(shares)) if at not in free)
        total = sum(weights[at] for at in free)
        short = {at for at in free if weights[at] * left < least[at] * total}
        if not short:
            break
        free -= short
    if free:
        given = 0
        for at in sorted(free):
            before, given = given, given + weights[at]
            shares[at] = given * left // total - before * left // total
    else:
        shares[-1] += max(0, room - sum(shares))
    return shares


# Drawing --------------------------------------------------------------------------


def _ends(start: int, end: int, titles: Sequence[Line], width: int) -> Line:
    first, last = address(start), address(end)
    room = width - len(first[1]) - len(last[1])
    title = next((each for each in titles if line_width(each) + 4 <= room), [])
    pad = room - line_width(title)
    left = pad // 2
    return [plain(_INDENT), first, plain(" " * left), *title, plain(" " * (pad - left)), last]


def _bar(stretches: Sequence[_Stretch], widths: Sequence[int]) -> Line:
    line: Line = [plain(_INDENT)]
    before: _Stretch | None = None
    for stretch, width in zip(stretches, widths, strict=True):
        append(line, "dim", _border(before, stretch))
        cells = width - 1
        if stretch.held:
            full = _full(stretch, cells)
            append(line, _style(stretch), "█" * full + "░" * (cells - full))
        else:
            label = stretch.mark
            append(line, "dim", label.center(cells, "─") if len(label) <= cells else "─" * cells)
        before = stretch
    append(line, "dim", _border(before, None))
    return line


def _border(before: _Stretch | None, after: _Stretch | None) -> str:
    left = before is not None and not before.held
    right = after is not None and not after.held
    return "┤" if left else "├" if right else "│"


def _full(stretch: _Stretch, cells: int) -> int:
    """Say how many cells stand for what is committed; one at least if anything is."""
    parts, span = stretch.parts, slice(stretch.first, stretch.last)
    committed = sum(parts.committed[span])
    pages = (sum(parts.ends[span]) - sum(parts.starts[span])) >> PAGE_SHIFT
    return min(cells, -(-committed * cells // pages))


def _style(stretch: _Stretch) -> str:
    letters = set().union(*stretch.words)
    return next((f"perm.{letter}" for letter in "xwr" if letter in letters), "dim")


def _labels(stretches: Sequence[_Stretch], widths: Sequence[int], room: int) -> Line:
    """Write what each mapping is below it, as much as there is room for."""
    places = []
    at = 0
    for stretch, width in zip(stretches, widths, strict=True):
        if stretch.held:
            places.append((at + 1, stretch))
        at += width
    line: Line = [plain(_INDENT)]
    used = 0
    for number, (column, stretch) in enumerate(places):
        end = places[number + 1][0] - 1 if number + 1 < len(places) else room + 1
        label = _label(stretch, end - column)
        if label and column >= used:
            line += [plain(" " * (column - used)), *label]
            used = column + line_width(label)
    return line


def _label(stretch: _Stretch, room: int) -> Line:
    """Say as much of a mapping as fits: its name, or a part of it, before its permissions."""
    words = stretch.words
    rights = perms(words.pop()) if len(words) == 1 else []
    name = stretch.mark if stretch.held > 1 else stretch.name
    if not rights:
        return [("name", name)] if width_of(name) <= room else []
    spare = room - _PERMS - 1
    if name and spare >= min(width_of(name), 4):
        return [("name", clip(name, spare)), plain(" "), *rights]
    if stretch.held > 1:
        return [("name", name)] if width_of(name) <= room else []
    return rights if room >= _PERMS else []
