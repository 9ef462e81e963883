"""Rule coverage: which rules of the syscalls that were called have been seen deciding.

A session keeps, for each profile, the ids of the rules that decided a call and the names of
the syscalls that answered ZX_OK. What `explain` and `compare` ask on a copy counts too, under
the profile in force: who reads the answer has seen the rule. What typing asks does not.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from zxdbg.syscalls import SYSCALLS, Profile, Rule, Syscall

__all__ = [
    "Covered",
    "Missing",
    "SyscallCovered",
    "as_record",
    "cover",
    "cover_all",
    "joined",
    "known_lines",
]


class Missing(NamedTuple):
    """A rule that was not seen deciding, and a line that shows it; None if none is known."""

    rule: str
    status: str
    text: str
    line: str | None


class SyscallCovered(NamedTuple):
    """The rules of a syscall that something can make decide."""

    syscall: str
    seen: tuple[str, ...]
    missing: tuple[Missing, ...]


class Covered(NamedTuple):
    """What was seen under a profile.

    `seen` of `rules` were, of those that can decide in the syscalls that were called;
    `percent` is rounded down.
    """

    profile: str
    seen: int
    rules: int
    percent: int
    syscalls: tuple[SyscallCovered, ...]
    not_called: tuple[str, ...]

    def is_under(self, percent: float) -> bool:
        """Whether less than that was seen; of nothing, nothing was."""
        return self.seen * 100 < percent * (self.rules or 1)


def cover(profile: Profile, seen: Iterable[str], only: str = "") -> Covered:
    """Compare what was seen under a profile with what there is.

    Args:
        profile: The profile.
        seen: Ids of rules that decided, names of syscalls that answered ZX_OK.
        only: The one syscall that is asked after, called or not; else those that were.
    """
    decided = set(seen)
    called = {_syscall_of(each) for each in decided}
    lines = known_lines()
    rows, not_called = [], []
    for syscall in SYSCALLS.values():
        if syscall.alias_of is not None:
            continue
        if syscall.name != only if only else syscall.name not in called:
            not_called.append(syscall.name)
            continue
        rules = [rule for rule in syscall.rules_in(profile) if not rule.unreachable]
        if rules:
            rows.append(_row(syscall, profile, rules, decided, lines))
    count = sum(len(row.seen) for row in rows)
    total = count + sum(len(row.missing) for row in rows)
    percent = 100 * count // (total or 1)
    return Covered(profile.value, count, total, percent, tuple(rows), tuple(not_called))


def _row(
    syscall: Syscall[Any],
    profile: Profile,
    rules: list[Rule],
    decided: set[str],
    lines: Mapping[str, str],
) -> SyscallCovered:
    return SyscallCovered(
        syscall.name,
        tuple(rule.name for rule in rules if rule.id in decided),
        tuple(
            Missing(rule.name, rule.statuses[profile].label, rule.text, lines.get(rule.id))
            for rule in rules
            if rule.id not in decided
        ),
    )


def cover_all(seen: Mapping[Profile, Iterable[str]]) -> list[Covered]:
    """Compare, under each profile in which a syscall was called."""
    return [cover(profile, each) for profile, each in seen.items() if each]


def joined(*runs: Mapping[Profile, Iterable[str]]) -> dict[Profile, set[str]]:
    """Put together what several sessions have seen."""
    return {profile: {each for run in runs for each in run[profile]} for profile in Profile}


def as_record(found: Iterable[Covered]) -> dict[str, Any]:
    """Return what JSON has: the fields as they are, the objects of rows too."""
    return {
        "v": 1,
        "coverage": [
            {
                **each._asdict(),
                "syscalls": [
                    {**row._asdict(), "missing": [missing._asdict() for missing in row.missing]}
                    for row in each.syscalls
                ],
            }
            for each in found
        ],
    }


def _syscall_of(seen: str) -> str:
    """Return the syscall of an id of a rule, or of a name, which may be an older spelling."""
    name = seen if seen in SYSCALLS else f"zx_{seen.partition('/')[0]}"
    original = SYSCALLS[name].alias_of
    return name if original is None else original.name


def known_lines() -> dict[str, str]:
    """Read the line that shows each rule, by the rule's id.

    In the file a rule's id, behind `# `, stands above its line, which is run after the lines
    that every example of a difference assumes.
    """
    from pathlib import Path

    lines: dict[str, str] = {}
    rule = ""
    text = Path(__file__).with_name("rule_lines.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("# "):
            rule = line[2:]
        elif line:
            lines[rule] = line
    return lines
