"""Search: everything that help knows about, and how well each thing fits some words."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zxdbg.lang.arguments import RIGHTS
from zxdbg.lang.codes import rights_meaning
from zxdbg.lang.declare import Registry
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.expect import STATUSES
from zxdbg.lang.page import Hit
from zxdbg.lang.topics import TOPICS
from zxdbg.syscalls import DIFFERENCES, SYSCALLS

__all__ = ["search"]


class _Entry(NamedTuple):
    """A thing that can be found: `texts` are searched after its names and its `about`."""

    kind: str
    topic: str
    about: str
    texts: tuple[str, ...]
    names: str


def search(registry: Registry, words: Sequence[str]) -> tuple[Hit, ...]:
    """Find the things in which every word occurs, those that are named so first.

    A word is found at the beginning of words, so that `map` finds mappings; where nothing
    at all has one there, it is looked for inside of words.
    """
    wanted = [word.casefold() for word in words if word]
    for pattern in (r"(?:\b|_){}", "{}"):
        found = []
        seeks = [re.compile(pattern.format(re.escape(word))) for word in wanted]
        for entry in _entries(registry) if wanted else ():
            ranks, best = [], ""
            for word, seek in zip(wanted, seeks, strict=True):
                rank, text = _fit(entry, word, seek)
                ranks.append(rank)
                best = best or text
            if all(ranks):
                found.append((-min(ranks), Hit(entry.kind, entry.topic, best or entry.about)))
        if found:
            kinds = list(dict.fromkeys(hit.kind for _, hit in found))
            found.sort(key=lambda each: (each[0], kinds.index(each[1].kind), each[1].topic))
            return tuple(hit for _, hit in found)
    return ()


def _fit(entry: _Entry, word: str, seek: re.Pattern[str]) -> tuple[int, str]:
    """Rank how a word fits, 0 if it does not; and the text that has it, if not the first."""
    first = entry.kind in ("command", "language")
    if word in entry.names.split():
        return 9 + first, ""
    if seek.search(entry.names):
        return 7 + first, ""
    if seek.search(entry.about.casefold()):
        return 5 + first, ""
    for text in entry.texts:
        if seek.search(text.casefold()):
            return 1 + first, text
    return 0, ""


def _entries(registry: Registry) -> Iterator[_Entry]:
    for name, topic in TOPICS.items():
        rows = (f"{row.term}: {row.text}" for row in topic.rows)
        yield _Entry(
            "language", name, topic.about, (topic.gist, *rows), " ".join((name, *topic.others))
        )
    for declared in registry:
        doc = parse_doc(declared.doc)
        texts = [*doc.text, doc.when, *(f"{name}: {text}" for name, text in doc.args.items())]
        syscall = SYSCALLS.get(declared.name)
        if syscall is not None:
            texts += [rule.text for rule in syscall.rules]
        kind = "command" if syscall is None else "syscall"
        yield _Entry(kind, declared.name, doc.summary, tuple(texts), declared.name)
    for label, status in STATUSES.items():
        yield _Entry("status", label, status.meaning, (), label.casefold())
    for label in RIGHTS:
        yield _Entry("right", label, rights_meaning(label), (), label.casefold())
    for each in DIFFERENCES.values():
        yield _Entry("difference", each.id, each.says, (each.does, each.page, each.id), "")
