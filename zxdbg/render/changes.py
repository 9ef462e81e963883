"""The line on what a command changed: data of `zxdbg.changes` in a few words."""

from zxdbg.changes import Changes, MappingChange, VmoChange
from zxdbg.render import facts

__all__ = ["in_a_line"]

_MOST = 3
"""VMOs that are named; of more than that the rest is counted."""


def in_a_line(changes: Changes, said: tuple[int | None, int | None] = (None, None)) -> str:
    """Say what changed; empty if nothing was touched.

    Args:
        changes: What changed.
        said: Address and size of a new mapping that the result shows already.
    """
    mappings = [
        change
        for change in changes.mappings
        if change.kind != "mapped" or (change.start, change.end - change.start) != said
    ]
    parts = [*_mappings(mappings, changes.vmars_removed)]
    differ = [change for change in changes.vmos if not change.stayed]
    parts += [_vmo(change) for change in differ[:_MOST]]
    if len(differ) > _MOST:
        parts.append(f"{_number(len(differ) - _MOST, 'more VMO')}")
    if not parts and changes.vmos and not changes.mappings:
        return "nothing: the same bytes were there before"
    return "; ".join(parts)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _name(change: VmoChange | MappingChange) -> str:
    name = change.name or f"VMO {change.koid}"
    clone = isinstance(change, VmoChange) and change.clone_of is not None
    return f"{name} (clone {change.koid})" if clone else name


def _vmo(change: VmoChange) -> str:
    name = _name(change)
    if change.gone:
        freed = f", {_number(change.decommitted, 'page')} freed" if change.decommitted else ""
        return f"{name} is gone{freed}"
    parts = []
    if change.size != change.size_before:
        parts.append(f"{name} {facts.size(change.size_before)} to {facts.size(change.size)}")
    if change.pages:
        parts.append(_content(change, "" if parts else f" of {name}"))
    owner = "" if parts else f" of {name}"
    if change.committed:
        parts.append(f"{_number(change.committed, 'page')}{owner} committed")
        owner = ""
    if change.decommitted:
        parts.append(f"{_number(change.decommitted, 'page')}{owner} decommitted")
    return ", ".join(parts)


def _content(change: VmoChange, owner: str) -> str:
    if change.changed is None:
        where = "from" if change.pages > 1 else "at"
        return f"{_number(change.pages, 'page')}{owner} {where} +{change.start:#x}"
    amount = f"{facts.count(change.changed)}{owner}"
    if change.end - change.start == change.changed:
        return f"{amount} at +{change.start:#x}"
    return f"{amount} between +{change.start:#x} and +{change.end:#x}"


def _mappings(changes: list[MappingChange], vmars_removed: int) -> list[str]:
    kinds: dict[str, list[MappingChange]] = {}
    for change in changes:
        kinds.setdefault(change.kind, []).append(change)
    parts = []
    taken = _taken(kinds.get("removed", []), kinds.get("cut", []), vmars_removed)
    if taken:
        parts.append(taken)
    protected = kinds.get("protected", [])
    if len(protected) == 1:
        (only,) = protected
        was, now = facts.perms(only.perms_before), facts.perms(only.perms)
        size = facts.rough(only.end - only.start)
        parts.append(f"perms of {_name(only)} at {only.start:#x}, {size}: {was} to {now}")
    elif protected:
        words = {facts.perms(change.perms) for change in protected}
        to = f" to {words.pop()}" if len(words) == 1 else ""
        parts.append(f"perms of {len(protected)} mappings{to}")
    mapped = kinds.get("mapped", [])
    if len(mapped) == 1:
        (only,) = mapped
        size, now = facts.rough(only.end - only.start), facts.perms(only.perms)
        parts.append(f"{_name(only)} mapped at {only.start:#x}, {size} {now}")
    elif mapped:
        total = sum(change.end - change.start for change in mapped)
        parts.append(f"{len(mapped)} mappings added, {facts.rough(total)}")
    return parts


def _taken(removed: list[MappingChange], cut: list[MappingChange], vmars: int) -> str:
    """Say which mappings are not what they were, and how much is mapped no more."""
    parts = []
    size = facts.rough(sum(change.lost for change in [*removed, *cut]))
    if not vmars and len(removed) + len(cut) == 1:
        only = [*removed, *cut][0]
        verb = "unmapped" if removed else f"cut, {size} unmapped"
        size = f", {size}" if removed else ""
        return f"{_name(only)} at {only.start:#x} {verb}{size}"
    if vmars:
        parts.append(_number(vmars, "VMAR"))
    if removed:
        parts.append(_number(len(removed), "mapping"))
    text = f"{' and '.join(parts)} removed" if parts else ""
    if cut:
        text += f"{', ' if text else ''}{len(cut)} cut" + ("" if removed else " of the mappings")
    return f"{text}; {size} unmapped" if removed or cut else text
