"""Completion: what can stand at the end of an unfinished line."""

from typing import TYPE_CHECKING, NamedTuple

from zxdbg.lang.arguments import (
    RIGHTS,
    ArgType,
    DataArg,
    ExpressionArg,
    HandleArg,
    Number,
    PathArg,
)
from zxdbg.lang.declare import Command, Param, Registry
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.execute import describe
from zxdbg.lang.expect import STATUSES, WORDS
from zxdbg.lang.tokens import Token, tokenize
from zxdbg.result import field_kinds

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["Candidate", "complete"]


class Candidate(NamedTuple):
    """A word that can stand there, where it begins, and what it is."""

    text: str
    start: int
    about: str = ""


def complete(state: "State", registry: Registry, before: str) -> list[Candidate]:
    """List what the text before the cursor can go on with."""
    tokens = tokenize(before)
    prefix, start = "", len(before)
    if tokens and tokens[-1].end == len(before) and tokens[-1].kind != "semicolon":
        last = tokens.pop()
        if last.kind in ("comment", "string"):
            return []
        prefix, start = last.text, last.start
    words = _current(tokens)
    found = _complete(state, registry, words, prefix)
    cut = prefix.rfind("=") + 1 if prefix.startswith("--") else 0
    start += cut
    prefix = prefix[cut:]
    for sign in "|+-":
        if sign in prefix and not prefix.startswith("-"):
            at = prefix.rindex(sign) + 1
            start, prefix = start + at, prefix[at:]
    return [
        Candidate(text, start, about) for text, about in found.items() if text.startswith(prefix)
    ]


def _current(tokens: list[Token]) -> list[Token]:
    """Return the tokens of the command at the cursor, without its target."""
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].kind == "semicolon":
            tokens = tokens[at + 1 :]
            break
    if len(tokens) > 1 and tokens[0].text.startswith("$") and tokens[1].text == "=":
        return tokens[2:]
    return tokens


def _complete(
    state: "State", registry: Registry, words: list[Token], prefix: str
) -> dict[str, str]:
    if not words:
        return _first_words(registry)
    declared = registry.commands.get(" ".join(word.text for word in words[:2]))
    used = 2
    if declared is None or len(words) < 2:
        declared, used = registry.commands.get(words[0].text), 1
    if declared is None:
        if len(words) > 1:
            return {}
        first = words[0].text
        return {
            second: registry.commands[f"{first} {second}"].summary
            for second in registry.second_words(first)
        }
    rest = words[used:]
    if declared.takes_line:
        return _complete(state, registry, rest, prefix)
    for at, word in enumerate(rest):
        if word.text == "=>":
            return _expectations(declared, rest[at + 1 :])
    return _slot(state, registry, declared, rest, prefix)


def _first_words(registry: Registry) -> dict[str, str]:
    found = {}
    for word in registry.first_words():
        declared = registry.commands.get(word)
        seconds = registry.second_words(word)
        found[word] = declared.summary if declared else " · ".join(seconds)
    return found


def _expectations(declared: Command, given: list[Token]) -> dict[str, str]:
    fields = {
        f"{name}=": kind
        for name, kind in field_kinds(declared.shape).items()
        if name not in declared.hidden
    }
    if given:
        return fields
    words = {word: about for word, about in WORDS.items() if word != "fault" or "fault=" in fields}
    return {label: status.meaning for label, status in STATUSES.items()} | words | fields


def _slot(
    state: "State", registry: Registry, declared: Command, rest: list[Token], prefix: str
) -> dict[str, str]:
    count = 0
    wanted: Param | None = None
    given = set()
    for word in rest:
        if wanted is not None:
            wanted = None
            continue
        name, equals, _ = word.text.partition("=")
        option = declared.options.get(name)
        if option is None:
            count += 1
        else:
            given.add(name)
            wanted = option if option.type is not None and not equals else None
    if wanted is not None:
        return _values(state, wanted.type, prefix)
    name, equals, _ = prefix.partition("=")
    if equals and name in declared.options:
        return _values(state, declared.options[name].type, prefix)
    if prefix.startswith("--"):
        return _options(declared, given)
    if declared.name == "help":
        return _topics(registry, " ".join(word.text for word in rest))
    if count < len(declared.arguments):
        return _values(state, declared.arguments[count].type, prefix)
    return _options(declared, given)


def _options(declared: Command, given: set[str]) -> dict[str, str]:
    """List the options that were not given yet, each with its sentence."""
    args = parse_doc(declared.doc).args
    return {
        option: args.get(param.name, "")
        for option, param in declared.options.items()
        if option not in given
    }


def _topics(registry: Registry, before: str) -> dict[str, str]:
    """List what help knows about; after a first word, the second ones that fit it."""
    if before:
        return {
            second: registry.commands[f"{before} {second}"].summary
            for second in registry.second_words(before)
        }
    topics = {declared.name: declared.summary for declared in registry}
    topics |= {label: status.meaning for label, status in STATUSES.items()}
    topics |= dict.fromkeys(RIGHTS, "a right")
    return topics | {"differences": "where the pages and the kernel disagree"}


def _values(state: "State", noun: ArgType | None, prefix: str) -> dict[str, str]:
    """List what an argument can be: the names of the wanted kind first."""
    if isinstance(noun, PathArg):
        return _paths(state, prefix)
    found: dict[str, str] = {}
    inner = getattr(noun, "inner", noun)
    if isinstance(inner, (HandleArg, Number, ExpressionArg, DataArg)):
        names = _names(state)
        wanted = _kinds_for(inner)
        for first in (True, False):
            for word, (kind, about) in names.items():
                if (kind in wanted) is first or not wanted:
                    found.setdefault(word, about)
    if noun is not None:
        found |= {word: noun.expects for word in noun.words if word != '"'}
    return found


def _kinds_for(noun: ArgType) -> tuple[str, ...]:
    if isinstance(noun, HandleArg):
        return noun.kinds or ("process", "VMO", "VMAR", "job", "thread", "resource")
    if isinstance(noun, DataArg):
        return ("data",)
    return ("address",) if noun.role == "address" else ("bytes", "number")


def _names(state: "State") -> dict[str, tuple[str, str]]:
    """List the names and their fields, with the kind of object or number that each is."""
    found = {}
    for name, result in state.names.items():
        short = {full: alias for alias, full in result.command.aliases.items()}
        for field in ["", *result.fields()]:
            full = field or result.command.value
            if field == result.command.value and field:
                continue
            kind = result.kind(full) if full else ""
            about = describe(name, result) if not field else kind
            if kind == "handle":
                target = state.object_of(result.field(full) or 0)
                kind = "closed handle" if target is None else target.type.noun
                about = f"{kind} {getattr(target, 'name', '')}".strip()
            found[f"${name}{'.' if field else ''}{short.get(field, field)}"] = kind, about
    return found


def _paths(state: "State", prefix: str) -> dict[str, str]:
    """List the files and folders that a path can go on with."""
    from pathlib import Path

    head, slash, _ = prefix.rpartition("/")
    folder = Path(state.folder, head + slash)
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return {}
    return {
        f"{head}{slash}{entry.name}{'/' if entry.is_dir() else ''}": "folder"
        if entry.is_dir()
        else "file"
        for entry in entries
        if not entry.name.startswith(".")
    }
