"""Help on statuses and rights: what each means, where it matters, and what to do then."""

from zxdbg.kernel.rights import MEANINGS, SAME_RIGHTS, Rights, rights_label
from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import RIGHTS
from zxdbg.lang.declare import Registry
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.page import HelpPage, Row, Section, rows_of_lines, text_section
from zxdbg.syscalls import SYSCALLS, Profile

__all__ = ["right_page", "rights_meaning", "status_page"]

_SYSCALLS = [syscall for syscall in SYSCALLS.values() if syscall.alias_of is None]
_EXPLAIN = Row("explain", "says which rule decided, and on what facts")
_STEPS = {
    Status.OK: (),
    Status.NO_MEMORY: (
        Row("maps PROCESS --at ADDRESS", "what is mapped there; the answer names what is nearest"),
        Row("vmos", "what is committed; --memory of the program gives more"),
    ),
    Status.INVALID_ARGS: (
        _EXPLAIN,
        Row("help zx_…", "the arguments with their units; addresses are often page aligned"),
    ),
    Status.BAD_HANDLE: (
        Row("handles", "the values that the caller may use, and the names that mean them"),
        Row("as", "alone, the shell process calls again: a value means something in one only"),
    ),
    Status.WRONG_TYPE: (
        Row("handles", "of which type each handle is"),
        Row("$name.vmar", "the root VMAR of a process, where a VMAR is wanted"),
    ),
    Status.ACCESS_DENIED: (
        Row("handles", "the rights of each handle"),
        Row("help ZX_RIGHT_…", "who has a right from the start; none can be added later"),
        _EXPLAIN,
    ),
    Status.OUT_OF_RANGE: (
        Row("vmo info VMO", "how large it is; vmo resize changes that"),
        _EXPLAIN,
    ),
    Status.BAD_STATE: (
        Row("processes", "whether each process runs; process start, settle"),
        Row("maps PROCESS", "whether its VMARs still stand"),
        _EXPLAIN,
    ),
    Status.NOT_FOUND: (
        Row("maps PROCESS", "where the mappings are, and the gaps between them"),
        Row("tree", "the koids of jobs, processes and threads"),
    ),
    Status.NOT_SUPPORTED: (
        Row("vmos", "the kind of each VMO and its cache policy"),
        _EXPLAIN,
    ),
    Status.BUFFER_TOO_SMALL: (Row("info HANDLE TOPIC", "asks with a buffer that is large enough"),),
    Status.UNAVAILABLE: (Row("vmo create SIZE", "makes one that can be resized"),),
    Status.TIMED_OUT: (Row("info HANDLE", "what there is to wait for; no time passes here"),),
    Status.ALREADY_EXISTS: (
        Row("job policy …", "without --absolute, what is set already stays, and that is ZX_OK"),
    ),
}
"""What to do about the statuses that a syscall of ours can answer."""


def status_page(registry: Registry, status: Status) -> HelpPage:
    """Compose the page on a status."""
    conditions: dict[tuple[str, str], dict[str, None]] = {}
    for syscall in _SYSCALLS:
        for rule in syscall.rules:
            profiles = [p.value for p in rule.statuses if rule.statuses[p] is status]
            if profiles:
                where = "" if len(profiles) == len(Profile) else f" (profile {profiles[0]})"
                conditions.setdefault((rule.text, where), {})[syscall.name] = None
    ranked = sorted(conditions.items(), key=lambda each: -len(each[1]))
    rows = tuple(Row(text + where, " · ".join(names)) for (text, where), names in ranked)
    sections = []
    if _STEPS.get(status):
        sections.append(Section("what to do", "example", _STEPS[status]))
    examples = _examples(registry, status.label)
    if examples:
        sections.append(Section("example", "example", rows_of_lines(*examples)))
    if rows:
        title = "answered where one of these does not hold"
        sections.append(Section(title, "condition", rows))
    elif status:
        sections += text_section("No syscall of zxdbg answers it.")
    title = f"{status.label} ({int(status)})\n{status.meaning}"
    return HelpPage(status.label, title, tuple(sections))


def _examples(registry: Registry, label: str) -> list[str]:
    """Find the shortest example of an everyday command that ends in a status."""
    found = []
    for declared in registry:
        lines = parse_doc(declared.doc).examples if declared.family != "syscalls" else ()
        for at, line in enumerate(lines):
            if line.endswith(f"=> {label}"):
                found.append(list(lines[: at + 1]))
                break
    return min(found, key=lambda each: (each[-1].startswith("explain "), len(each)), default=[])


_DEFAULT_RIGHTS = {
    name.removeprefix("DEFAULT_").lower(): int(value)
    for name, value in Rights.__members__.items()
    if name.startswith("DEFAULT_")
}
"""The rights that a new handle has, by the kind of its object."""


_OF_REGIONS = int(Rights.READ | Rights.WRITE | Rights.EXECUTE)
_NOUNS = {"vmo": "VMO", "vmar": "VMAR", "bti": "BTI"}
_STAGES = {"process": "$it = process create demo", "vmo": "$it = vmo create 4K"}
_STEPS_OF_RIGHTS = (
    Row("handle duplicate HANDLE --rights RIGHTS", "a second handle, with these rights only"),
    Row("handle replace HANDLE --rights RIGHTS", "the same, and the first one is closed"),
    Row("handles", "who has it; no call adds a right that a handle lacks"),
)


def rights_meaning(name: str) -> str:
    """Say what a right, or a set of rights, is for."""
    value = RIGHTS[name]
    if value == SAME_RIGHTS:
        return "as an argument: as many rights as the source handle has"
    meaning = next((text for right, text in MEANINGS.items() if right == value), "")
    if value and not meaning:
        return f"several at once: {rights_label(value)}"
    return meaning


def right_page(name: str) -> HelpPage:
    """Compose the page on a right."""
    value = RIGHTS[name]
    sections = []
    if value and value != SAME_RIGHTS:
        have = [kind for kind, rights in _DEFAULT_RIGHTS.items() if not value & ~rights]
        shown = ", ".join(_NOUNS.get(kind, kind) for kind in have) or "none"
        if not value & ~_OF_REGIONS:
            shown += "; VMAR, as far as its region allows"
        sections.append(Section("new handles have it of", "text", (Row("", shown),)))
    if value in map(int, MEANINGS):
        sections.append(Section("to be rid of it, or to get it", "example", _STEPS_OF_RIGHTS))
        sections += _example_without(value)
    asking: dict[str, dict[str, None]] = {}
    for syscall in _SYSCALLS:
        for rule in syscall.rules:
            if name in rule.text.split():
                asking.setdefault(rule.text, {})[syscall.name] = None
    if asking:
        rows = tuple(Row(text, " · ".join(names)) for text, names in asking.items())
        sections.append(Section("asked by", "condition", rows))
    meaning = rights_meaning(name)
    title = f"{name} ({value:#x})" + (f"\n{meaning}" if meaning else "")
    return HelpPage(name, title, tuple(sections))


def _example_without(value: int) -> list[Section]:
    """Show how to make a handle without a right, of a kind that has it at first."""
    for kind, lines in _STAGES.items():
        rest = _DEFAULT_RIGHTS[kind] & ~value
        if value & _DEFAULT_RIGHTS[kind]:
            few = [right for right in MEANINGS if right & rest][:2]
            names = "|".join(f"ZX_RIGHT_{right.name}" for right in few)
            line = f"$weak = handle duplicate $it --rights {names}"
            return [Section("example", "example", rows_of_lines(lines, line, "handles"))]
    return []
