"""Profiles and differences: whose word counts, where the pages and the kernel disagree."""

from enum import Enum
from typing import NamedTuple

__all__ = ["DIFFERENCES", "Difference", "Profile", "difference"]


class Profile(Enum):
    """A consistent set of answers. `docs` is the default."""

    DOCS = "docs"
    KERNEL = "kernel"

    @property
    def title(self) -> str:
        """What answers under it are like."""
        return {
            "docs": "answers as the published pages say",
            "kernel": "answers as the kernel of 2018-07-23 did",
        }[self.value]

    __hash__ = object.__hash__
    """By identity: every check of a syscall looks a profile up."""


class Difference(NamedTuple):
    """A place where a published page and the kernel disagree.

    Attributes:
        id: Short name, unique.
        page: The published page.
        says: What the page says, in our words.
        does: What the kernel did.
        followers: The profiles that do as the page says.
        why: The reason, where `docs` does not follow its page.
        example: A command line that shows it, after the lines that every example assumes.
    """

    id: str
    page: str
    says: str
    does: str
    followers: frozenset[Profile]
    why: str
    example: str


DIFFERENCES: dict[str, Difference] = {}


def difference(
    name: str, *, page: str, says: str, does: str, example: str, why_not: str = ""
) -> Difference:
    """Declare a difference; give `why_not` where profile `docs` keeps to the kernel."""
    followers = frozenset() if why_not else frozenset({Profile.DOCS})
    declared = Difference(name, page, says, does, followers, why_not, example)
    if name in DIFFERENCES:
        raise ValueError(f"difference {name} is declared twice")
    DIFFERENCES[name] = declared
    return declared
