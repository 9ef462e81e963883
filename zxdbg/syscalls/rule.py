"""Rules: every check that a syscall can make, declared once as data.

A rule says which status it gives and what must hold. The facts of a check are a plain
tuple of values; `passed` and `failed` are templates that put them into words, where
`{0:address}` means "fact 0, shown as an address". Nothing here knows how that looks.
"""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.syscalls.profile import Difference, Profile

__all__ = ["Lookup", "Rule", "out_rule"]

T = TypeVar("T", bound=KernelObject)


class Rule:
    """One check.

    Args:
        name: Short name, unique within its syscall; the id is `syscall/name`.
        status: What the call answers when the rule does not hold.
        text: What must hold, one sentence without a full stop.
        passed: Template for the facts when it holds.
        failed: Template for the facts when it does not; `passed` if left out.
        source: Page or kernel file that the rule comes from.
        difference: The disagreement that this rule is part of.
        statuses: Another status in some profiles.
        only: The profiles in which the rule exists; all, if left out.
        late: What has already happened when this rule fails.
        unreachable: Why no sequence of calls can make it fail.
        arg: The handle argument that it is about.
        enough: Rights of that handle; to have all of any one of these is enough.
        kinds: Classes of which one must be that of the handle's object.
        permitting: Handle arguments that need a right for each permission asked for.
    """

    __slots__ = (
        "arg",
        "difference",
        "enough",
        "everywhere",
        "failed",
        "id",
        "kinds",
        "late",
        "name",
        "passed",
        "permitting",
        "source",
        "status",
        "statuses",
        "text",
        "unreachable",
    )

    def __init__(
        self,
        name: str,
        status: Status,
        text: str,
        *,
        passed: str = "",
        failed: str = "",
        source: str = "",
        difference: Difference | None = None,
        statuses: Mapping[Profile, Status] | None = None,
        only: tuple[Profile, ...] = (),
        late: str = "",
        unreachable: str = "",
        arg: str = "",
        enough: tuple[Rights, ...] = (),
        kinds: tuple[type[KernelObject], ...] = (),
        permitting: tuple[str, ...] = (),
    ) -> None:
        self.id = self.name = name
        self.status = status
        self.text = text
        self.passed = passed
        self.failed = failed or passed
        self.source = source
        self.difference = difference
        self.statuses = dict.fromkeys(only or Profile, status)
        self.statuses.update(statuses or {})
        self.everywhere = not only
        self.late = late
        self.unreachable = unreachable
        self.arg = arg
        self.enough = enough
        self.kinds = kinds
        self.permitting = permitting

    def __repr__(self) -> str:
        return f"<Rule {self.id}>"

    def exists_in(self, profile: Profile) -> bool:
        """Whether a profile makes this check at all."""
        return profile in self.statuses


class Lookup(Generic[T]):
    """The rules by which a syscall takes a handle argument, in the order it tests them.

    Args:
        arg: The argument's name.
        kinds: Classes that the object may be of; none means any object.
        rights: Rights that the handle must have, all of them.
        type_first: Whether the type is tested before the rights.
        noun: The word for the kind of object.
    """

    __slots__ = ("kinds", "need", "rights", "type", "type_first", "valid")

    def __init__(
        self,
        arg: str,
        *kinds: type[T],
        rights: Rights = Rights.NONE,
        type_first: bool = False,
        noun: str = "",
        late: str = "",
    ) -> None:
        self.kinds = kinds
        self.need = int(rights)
        self.type_first = type_first
        hyphened = arg.replace("_", "-")
        self.valid = Rule(
            f"{hyphened}-valid",
            Status.BAD_HANDLE,
            f"{arg} is a handle of the caller",
            passed="{0:handle} is {1:object}",
            failed="{0:handle} {1:badhandle}",
            late=late,
            arg=arg,
        )
        names = " and ".join(f"ZX_RIGHT_{right.name}" for right in rights)
        self.rights = Rule(
            f"{hyphened}-rights",
            Status.ACCESS_DENIED,
            f"{arg} has {names}",
            passed="it has {0:somerights}",
            failed="it has {0:somerights}, without {2:rights}",
            late=late,
            arg=arg,
            enough=(rights,),
        )
        noun = noun or (kinds[0].type.noun if kinds else "")
        article = "an" if noun[:1] in "aeiou" else "a"
        self.type = Rule(
            f"{hyphened}-type",
            Status.WRONG_TYPE,
            f"{arg} is {article} {noun} handle",
            passed="{0:object}",
            failed="it is {0:object}",
            late=late,
            arg=arg,
            kinds=kinds,
        )

    def __iter__(self) -> Iterator[Rule]:
        """Yield the rules in the order in which they are tested."""
        yield self.valid
        rest = [self.rights] if self.need else []
        if self.kinds:
            rest.insert(0 if self.type_first else len(rest), self.type)
        yield from rest


def out_rule(name: str, late: str, *, text: str = "") -> Rule:
    """Declare the rule that an out-pointer can be written, which is tested last."""
    return Rule(
        f"{name.replace('_', '-')}-writable",
        Status.INVALID_ARGS,
        text or f"{name} points to memory that the caller can write",
        passed="{0:place}",
        failed="{0:place}",
        late=late,
    )
