"""Help, generated: from commands, syscalls and their rules, statuses, rights, differences."""

from typing import NamedTuple

from zxdbg.kernel.rights import MEANINGS, SAME_RIGHTS, rights_label
from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import RIGHTS
from zxdbg.lang.declare import Command, Registry
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.expect import STATUSES
from zxdbg.mistake import CommandError, nearest
from zxdbg.result import field_kinds
from zxdbg.syscalls import DIFFERENCES, SYSCALLS, Profile, Rule

__all__ = ["HelpPage", "Row", "Section", "help_page"]


class Row(NamedTuple):
    """A line of help: a term, what it means, and a mark at its end such as a status."""

    term: str
    text: str
    mark: str = ""


class Section(NamedTuple):
    """Rows under a title. `kind` is the look of the terms."""

    title: str
    kind: str
    rows: tuple[Row, ...]


class HelpPage(NamedTuple):
    """What is known about a topic."""

    topic: str
    title: str
    sections: tuple[Section, ...]


_LANGUAGE = (
    Row("$name = COMMAND", "bind the result; $name.field is a field of it"),
    Row("COMMAND => ZX_OK actual=16", "expect a status and fields"),
    Row("A; B   # a comment", "two commands in a line; a \\ at its end goes on"),
    Row('0x10 4K $base+0x10 "text"', "integers, sizes, sums; text, hex:00ff, fill:1:4K"),
)


def help_page(registry: Registry, profile: Profile, topic: str) -> HelpPage:
    """Compose the page for a topic; an unknown one is a mistake."""
    if not topic:
        return _overview(registry)
    if topic == "differences":
        return _differences()
    if topic in registry.commands:
        declared = registry.commands[topic]
        if topic in SYSCALLS:
            return _syscall(registry, topic, profile)
        return _command(declared)
    if f"zx_{topic}" in SYSCALLS:
        return _syscall(registry, f"zx_{topic}", profile)
    if topic in STATUSES:
        return _status(STATUSES[topic])
    if topic in RIGHTS:
        return _right(topic)
    seconds = registry.second_words(topic)
    if seconds:
        rows = [_command_row(registry.commands[f"{topic} {second}"]) for second in seconds]
        return HelpPage(topic, f"{topic} …", (Section("commands", "command", tuple(rows)),))
    known = [*registry.commands, *STATUSES, *RIGHTS, "differences"]
    raise CommandError(
        f"no help on {topic}", hint=nearest(topic, known) or "help alone lists what there is"
    )


def _command_row(declared: Command) -> Row:
    return Row(declared.name, declared.summary)


def _overview(registry: Registry) -> HelpPage:
    titles: dict[str, list[str]] = {}
    for family, title in registry.families.items():
        titles.setdefault(title.partition(":")[0], []).append(family)
    families = tuple(Row(title, _names(registry, members)) for title, members in titles.items())
    more = (
        Row(
            "help COMMAND, zx_…", f"usage and examples; {len(SYSCALLS)} syscalls, with their rules"
        ),
        Row("help ZX_ERR_…, ZX_RIGHT_…", "a status or a right, and where it matters"),
        Row("help differences", "where the pages and the kernel disagree"),
    )
    sections = (
        Section("", "argument", families),
        Section("the language", "example", _LANGUAGE),
        Section("", "example", more),
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


def _command(declared: Command) -> HelpPage:
    doc = parse_doc(declared.doc)
    sections = []
    if doc.text:
        sections.append(Section("", "text", tuple(Row("", text) for text in doc.text)))
    rows = [
        Row(
            param.option if param.is_option else param.type.noun if param.type else param.name,
            doc.args[param.name],
        )
        for param in declared.params
    ]
    if rows:
        sections.append(Section("arguments", "argument", tuple(rows)))
    kinds = field_kinds(declared.shape)
    fields = [
        Row(
            name,
            kind
            + "".join(f", also .{a}" for a, f in declared.aliases.items() if f == name)
            + ("; what $name alone means" if name == declared.value else ""),
        )
        for name, kind in kinds.items()
        if name not in declared.hidden
    ]
    if fields:
        title = "fields of the result" + ("" if declared.statusless else ", beside status")
        sections.append(Section(title, "argument", tuple(fields)))
    examples = tuple(Row(example, "") for example in doc.examples)
    sections.append(Section("examples", "example", examples))
    if declared.syscalls:
        see = tuple(Row(f"help {name}", "") for name in declared.syscalls)
        sections.append(Section("makes these syscalls", "command", see))
    return HelpPage(declared.name, f"{declared.usage}\n{doc.summary}", tuple(sections))


def _syscall(registry: Registry, name: str, profile: Profile) -> HelpPage:
    syscall = SYSCALLS[name]
    doc = parse_doc(syscall.doc)
    sections = []
    if doc.text:
        sections.append(Section("", "text", tuple(Row("", text) for text in doc.text)))
    args = [Row(arg, doc.args[arg], kind.ctype) for arg, kind in syscall.params]
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
    examples = tuple(Row(example, "") for example in doc.examples)
    sections.append(Section("example", "example", examples))
    usage = registry.commands[name].usage
    return HelpPage(name, f"{usage}\n{doc.summary}", tuple(sections))


def _rule_text(rule: Rule) -> str:
    text = rule.text
    if rule.late:
        text += f" (late: {rule.late})"
    if rule.unreachable:
        text += f" (never fails: {rule.unreachable})"
    return text


def _status(status: Status) -> HelpPage:
    rows = []
    for syscall in SYSCALLS.values():
        for rule in syscall.rules:
            profiles = [p.value for p in rule.statuses if rule.statuses[p] is status]
            if profiles:
                where = "" if len(profiles) == len(Profile) else profiles[0]
                rows.append(Row(syscall.name, rule.text, where))
    title = f"{status.label} ({int(status)})\n{status.meaning}"
    sections = (
        (Section("answered where one of these does not hold", "argument", tuple(rows)),)
        if rows
        else ()
    )
    return HelpPage(status.label, title, sections)


def _right(name: str) -> HelpPage:
    value = RIGHTS[name]
    rows = []
    for syscall in SYSCALLS.values():
        for rule in syscall.rules:
            if rule.status is Status.ACCESS_DENIED and name in rule.text.split():
                rows.append(Row(syscall.name, rule.text))
    meaning = next((text for right, text in MEANINGS.items() if right == value), "")
    if value == SAME_RIGHTS:
        meaning = "as an argument: as many rights as the source handle has"
    elif value and not meaning:
        meaning = f"several at once: {rights_label(value)}"
    title = f"{name} ({value:#x})" + (f"\n{meaning}" if meaning else "")
    sections = (Section("asked by", "argument", tuple(rows)),) if rows else ()
    return HelpPage(name, title, sections)


def _differences() -> HelpPage:
    sections = []
    for each in DIFFERENCES.values():
        followed = "does as the page says" if each.followers else f"as the kernel: {each.why}"
        rows = (
            Row("page", each.page),
            Row("says", each.says),
            Row("kernel", each.does),
            Row("profile docs", followed),
            Row("try", each.example),
        )
        sections.append(Section(each.id, "argument", rows))
    return HelpPage("differences", "Where the pages and the kernel disagree", tuple(sections))
