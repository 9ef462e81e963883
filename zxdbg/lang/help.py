"""Help, generated: from commands, syscalls and their rules, statuses, rights, differences."""

import re

from zxdbg.lang.apropos import search
from zxdbg.lang.arguments import RIGHTS, ArgType, Flags, Number, Signed, Truncated, Words
from zxdbg.lang.codes import right_page, status_page
from zxdbg.lang.declare import PURPOSES, Command, Param, Registry
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.expect import STATUSES
from zxdbg.lang.page import HelpPage, Row, Section, rows_of_lines, text_section
from zxdbg.lang.topics import TOPICS, topic_page
from zxdbg.mistake import CommandError, nearest
from zxdbg.result import field_kinds
from zxdbg.syscalls import DIFFERENCES, SYSCALLS, Profile, Rule

__all__ = ["STAGE", "help_page"]


def help_page(registry: Registry, profile: Profile, topic: str) -> HelpPage:
    """Compose the page for a topic; an unknown one is a mistake."""
    if not topic:
        return _overview(registry)
    difference = topic.removeprefix("differences ")
    if difference == "differences" or difference in DIFFERENCES:
        return _differences(difference)
    if topic == "syscalls":
        rows = tuple(Row(name, parse_doc(each.doc).summary) for name, each in SYSCALLS.items())
        return HelpPage(topic, "syscalls, under their C names", (Section("", "command", rows),))
    if topic in registry.commands:
        declared = registry.commands[topic]
        if topic in SYSCALLS:
            return _syscall(registry, topic, profile)
        return _command(registry, declared)
    if f"zx_{topic}" in SYSCALLS:
        return _syscall(registry, f"zx_{topic}", profile)
    shouted = topic.upper()
    for status in (shouted, f"ZX_ERR_{shouted}"):
        if status in STATUSES:
            return status_page(registry, STATUSES[status])
    for right in (shouted, f"ZX_RIGHT_{shouted}"):
        if right in RIGHTS:
            return right_page(right)
    seconds = registry.second_words(topic)
    if seconds:
        rows = tuple(_command_row(registry.commands[f"{topic} {second}"]) for second in seconds)
        return HelpPage(topic, f"{topic} …", (Section("commands", "command", rows),))
    spelled = registry.named(topic)
    if spelled is not None:
        found = _command(registry, spelled)
        here = text_section(f"{topic} is {spelled.name} here")
        return found._replace(sections=(*here, *found.sections))
    page = topic_page(topic)
    if page is None:
        raise _unknown(registry, topic)
    return page


def _unknown(registry: Registry, topic: str) -> CommandError:
    """Compose the mistake that there is no such topic: the nearest, else who speaks of it."""
    known = [*registry.commands, *registry.first_words(), *STATUSES, *RIGHTS, *TOPICS]
    hint = nearest(topic, list(dict.fromkeys([*known, "differences", "syscalls"])))
    if not hint:
        found = search(registry, topic.split())
        hint = f"apropos {topic} finds {', '.join(each.topic for each in found[:3])}"
        if not found:
            hint = "help alone lists what there is"
        elif len(found) > 3:
            hint += f" and {len(found) - 3} more"
    return CommandError(f"no help on {topic}", hint=hint, param="topic")


def _command_row(declared: Command) -> Row:
    return Row(declared.name, declared.summary)


def _overview(registry: Registry) -> HelpPage:
    """Compose the map: every command once, by what it is for, then the language."""
    titles: dict[str, list[str]] = {title: [] for title in PURPOSES}
    for family, about in registry.families.items():
        titles.setdefault(about.partition(":")[0], []).append(family)
    families = tuple(
        Row(PURPOSES.get(title, title.lower()), _names(registry, members))
        for title, members in titles.items()
        if members
    )
    language = tuple(Row(f"help {name}", topic.gist) for name, topic in TOPICS.items())
    more = "help COMMAND, ZX_ERR_…, ZX_RIGHT_…, syscalls, differences · apropos WORD"
    sections = (
        Section("", "argument", families),
        Section("", "example", language),
        Section("", "text", (Row("", more),)),
    )
    return HelpPage("", "zxdbg: a simulated Zircon kernel that says why", sections)


def _names(registry: Registry, families: list[str]) -> str:
    """Name the commands of families; those with the same first word share it."""
    words: dict[str, list[str]] = {}
    for declared in registry:
        if declared.family in families:
            first, _, second = declared.name.partition(" ")
            if words.get(first) == [""]:
                first, second = declared.name, ""
            words.setdefault(first, []).append(second)
    return " · ".join(f"{first} {', '.join(seconds)}".strip() for first, seconds in words.items())


def _command(registry: Registry, declared: Command) -> HelpPage:
    doc = parse_doc(declared.doc)
    sections = text_section(*doc.text)
    sections += text_section(doc.when, title="when to use it")
    if declared.spellings:
        text = f"Elsewhere it is called {', '.join(declared.spellings)}, which works too."
        sections += text_section(text)
    rows = [
        Row(_term(param), doc.args[param.name], _unit(param.type, doc.args[param.name]))
        for param in declared.params
    ]
    if rows:
        sections.append(Section("arguments", "argument", tuple(rows)))
    fields = [
        Row(
            name,
            kind
            + "".join(f", also .{a}" for a, f in declared.aliases.items() if f == name)
            + (", what $name alone means" if name == declared.value else ""),
        )
        for name, kind in field_kinds(declared.shape).items()
        if name not in declared.hidden
    ]
    if fields:
        title = "fields of the result" + ("" if declared.statusless else ", beside status")
        sections.append(Section(title, "field", tuple(fields)))
    sections.append(Section("examples", "example", rows_of_lines(*doc.examples)))
    sections += text_section(
        " · ".join(f"help {name}" for name in [*_related(registry, declared), *declared.syscalls]),
        title="see also",
    )
    return HelpPage(declared.name, f"{declared.usage}\n{doc.summary}", tuple(sections))


def _term(param: Param) -> str:
    if param.type is None or (param.is_option and not param.is_attached):
        return param.option
    return f"/{param.type.noun}" if param.is_attached else param.type.noun


def _unit(noun: ArgType | None, text: str) -> str:
    """Say in which unit an argument is and how far it goes, where its text does not."""
    if isinstance(noun, Truncated):
        noun = noun.inner
    if isinstance(noun, Number):
        return "0 to 2^64-1" if noun.noun in ("ADDRESS", "N") else "bytes"
    if isinstance(noun, Signed):
        return "" if "2^63" in text else "-2^63 to 2^63-1"
    if isinstance(noun, Flags):
        return "joined with |" if "|" not in text else ""
    if isinstance(noun, Words) and not any(word in text for word in noun.words):
        return "|".join(noun.words) if len(noun.words) < 9 else ""
    return ""


_MOST_RELATED = 6


def _related(registry: Registry, declared: Command) -> list[str]:
    """List the commands that a docstring names in backticks, then those of the family."""
    named = [
        word for word in re.findall(r"`([a-z -]+)`", declared.doc) if word in registry.commands
    ]
    family = [each.name for each in registry if each.family == declared.family]
    found = [name for name in dict.fromkeys([*named, *family]) if name != declared.name]
    return found[:_MOST_RELATED]


def _syscall(registry: Registry, name: str, profile: Profile) -> HelpPage:
    syscall = SYSCALLS[name]
    doc = parse_doc(syscall.doc)
    sections = text_section(*doc.text)
    args = [
        Row(arg, _with_unit(doc.args[arg], kind.unit), kind.ctype) for arg, kind in syscall.params
    ]
    args += [Row(f"--{arg}", doc.args[arg], kind.ctype) for arg, kind in syscall.outs.items()]
    sections.append(Section("arguments", "argument", tuple(args)))
    rules = [
        Row(str(at), _rule_text(rule), rule.statuses[profile].label)
        for at, rule in enumerate(syscall.rules_in(profile), 1)
    ]
    heading = (
        f"rules, in order (profile {profile.value})"
        if rules
        else "rules: none; it cannot be refused"
    )
    sections.append(Section(heading, "rule", tuple(rules)))
    found = {rule.difference.id: rule.difference for rule in syscall.rules if rule.difference}
    found |= {each.id: each for each in DIFFERENCES.values() if f"{syscall.short}.md" in each.page}
    if found:
        rows = tuple(
            row
            for each in found.values()
            for row in (Row("the page", each.says), Row("the kernel", each.does))
        )
        sections.append(Section("where the page and the kernel disagree", "argument", rows))
    sections.append(Section("example", "example", rows_of_lines(*doc.examples)))
    verbs = [each.name for each in registry if name in each.syscalls]
    sections += text_section(" · ".join(f"help {verb}" for verb in verbs), title="made by")
    usage = registry.commands[name].usage
    return HelpPage(name, f"{usage}\n{doc.summary}", tuple(sections))


def _with_unit(text: str, unit: str) -> str:
    """Put a unit behind a description that does not speak of it."""
    if (
        not unit
        or unit.startswith("0 to ")
        or any(word in text.lower() for word in re.findall(r"[a-z]{4,}", unit.lower()))
    ):
        return text
    return f"{text.removesuffix('.')}; {unit}."


def _rule_text(rule: Rule) -> str:
    text = rule.text
    if rule.late:
        text += f" (late: {rule.late})"
    if rule.unreachable:
        text += f" (never fails: {rule.unreachable})"
    return text


STAGE = (
    "process create demo; vmo create 16K --name heap",
    "$base = map $demo.vmar $heap --at 0x10000000",
)
"""What the lines that show a difference are tried on."""


def _example(line: str) -> Row:
    return Row(line, "")


def _differences(topic: str) -> HelpPage:
    sections = [Section("before the lines to try", "example", tuple(map(_example, STAGE)))]
    for each in [DIFFERENCES[topic]] if topic in DIFFERENCES else DIFFERENCES.values():
        followed = "does as the page says" if each.followers else f"as the kernel: {each.why}"
        rows = (
            Row("page", each.page),
            Row("says", each.says),
            Row("kernel", each.does),
            Row("profile docs", followed),
            Row("try", each.example),
        )
        sections.append(Section(each.id, "argument", rows))
    return HelpPage(topic, "Where the pages and the kernel disagree", tuple(sections))
