"""What the arguments of a command have to be, derived from the rules of its syscalls."""

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from zxdbg.kernel.rights import Rights
from zxdbg.kernel.task import Process
from zxdbg.kernel.vmar import CAN_SHIFT, PERMS, VmAddressRegion
from zxdbg.lang.arguments import PERMS_ARG, VM_FLAGS
from zxdbg.lang.declare import Command, Param
from zxdbg.lang.nouns import ArgType, HandleArg
from zxdbg.syscalls import SYSCALLS, Syscall

if TYPE_CHECKING:
    from zxdbg.kernel.object import KernelObject
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = [
    "Need",
    "Space",
    "bare",
    "must_be_mapped",
    "needs_of",
    "perms_of",
    "space_of",
    "wants_mapped",
]


class Need(NamedTuple):
    """What a handle argument has to be, for the kernel to take it.

    Attributes:
        kinds: Nouns of the objects that it may name; none means any.
        rights: What it must have: of each entry, all the rights of one alternative.
        view: Whether no syscall takes it: it is for the simulator's own view.
        permits: Whether it must have a right for each permission that the line asks for.
    """

    kinds: tuple[str, ...]
    rights: tuple[tuple[Rights, ...], ...]
    view: bool
    permits: bool = False

    def lacks(self, rights: int, perms: int = 0) -> Rights | None:
        """Return the rights that are missing, of some alternatives the first; None if none is.

        `perms` are the permissions that the line asks for.
        """
        wanted = _FOR_PERMS[perms] if self.permits else Rights.NONE
        for alternatives in (*self.rights, (wanted,)):
            if not any(rights & enough == enough for enough in alternatives):
                return alternatives[0] & ~rights
        return None


_FOR_PERMS = [
    sum(
        (
            right
            for bit, right in enumerate((Rights.READ, Rights.WRITE, Rights.EXECUTE))
            if n >> bit & 1
        ),
        Rights.NONE,
    )
    for n in range(8)
]
"""The rights that each set of permissions needs."""


def bare(noun: ArgType | None) -> ArgType | None:
    """Return a noun without what cuts its number to fewer bits."""
    inner = getattr(noun, "inner", noun)
    assert inner is None or isinstance(inner, ArgType)
    return inner


def _syscalls_of(declared: Command) -> list[Syscall[Any]]:
    raw = SYSCALLS.get(declared.name)
    return [SYSCALLS[name] for name in declared.syscalls] if raw is None else [raw]


@cache
def needs_of(declared: Command, param: Param) -> Need:
    """Derive what the syscalls of a command ask of a handle that it takes.

    An argument of a syscall is the command's if it has the same name, or else if it wants
    the same kind of object.
    """
    noun = bare(param.type)
    assert isinstance(noun, HandleArg)
    kinds = noun.kinds
    rights: dict[tuple[Rights, ...], None] = {}
    calls = _syscalls_of(declared)
    permits = False
    for syscall in calls:
        wanted: dict[str, set[str]] = {}
        for rule in syscall.rules:
            if rule.arg:
                nouns = {kind.type.noun for kind in rule.kinds}
                wanted[rule.arg] = wanted.get(rule.arg, set()) | nouns
        permitting = {arg for rule in syscall.rules for arg in rule.permitting}
        own = syscall.aliases.get(param.name, param.name)
        for arg, nouns in wanted.items():
            if arg == own or (nouns and nouns == set(noun.kinds)):
                kinds = kinds or tuple(sorted(nouns))
                permits = permits or arg in permitting
                rights |= {
                    rule.enough: None for rule in syscall.rules if rule.arg == arg and rule.enough
                }
    return Need(kinds, tuple(rights), not calls, permits)


def perms_of(parsed: "Parsed") -> int:
    """Find the permissions that a line asks for, or those that it gets by default."""
    for param in parsed.command.params if parsed.command else ():
        noun = bare(param.type)
        if noun is PERMS_ARG or noun is VM_FLAGS:
            given = (piece.value for piece in parsed.pieces if piece.param is param)
            value = next((value for value in given if isinstance(value, int)), param.default)
            if isinstance(value, int):
                return (value | value >> CAN_SHIFT) & PERMS
    return 0


class Space(NamedTuple):
    """The part of an address space that a line names, and what to call it."""

    name: str
    region: VmAddressRegion


def space_of(state: "State", parsed: "Parsed") -> Space | None:
    """Find the address space that a line is about: that of its first process or VMAR."""
    for piece in parsed.pieces:
        if isinstance(piece.value, int) and isinstance(
            bare(piece.param.type) if piece.param else None, HandleArg
        ):
            target: KernelObject | None = state.object_of(piece.value)
            if isinstance(target, Process):
                return Space(target.name or "the process", target.aspace.root)
            if isinstance(target, VmAddressRegion):
                return Space(piece.token.text, target)
    return None


def wants_mapped(declared: Command, param: Param) -> bool:
    """Whether an address argument is one of memory that is there already.

    Of a syscall, where a rule says so; of an everyday command, where it stands behind the
    process or the VMAR, or filters a view.
    """
    noun = param.type
    if noun is None or noun.role != "address":
        return False
    raw = SYSCALLS.get(declared.name)
    if raw is not None:
        own = raw.aliases.get(param.name, param.name)
        return any(rule.name == f"{own}-mapped" for rule in raw.rules)
    holders = [bare(each.type) for each in declared.arguments]
    inside = any(
        isinstance(each, HandleArg) and {"process", "VMAR"} & set(each.kinds) for each in holders
    )
    return inside and not (param.is_option and declared.syscalls)


def must_be_mapped(declared: Command, param: Param) -> bool:
    """Whether a command fails where nothing is mapped: a rule says so, or it makes no call."""
    if not wants_mapped(declared, param) or param.is_option:
        return False
    calls = _syscalls_of(declared)
    return not calls or any(
        rule.name == f"{arg}-mapped"
        for syscall in calls
        for rule in syscall.rules
        for arg, _ in syscall.params
    )
