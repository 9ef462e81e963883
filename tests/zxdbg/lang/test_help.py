from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import RIGHTS
from zxdbg.lang.help import HelpPage, Section, help_page
from zxdbg.loader import load_commands
from zxdbg.syscalls import DIFFERENCES, SYSCALLS, Profile

Mistake = Callable[..., CommandError]


def page(topic: str, profile: Profile = Profile.DOCS) -> HelpPage:
    return help_page(load_commands(), profile, topic)


def section(found: HelpPage, title: str) -> Section:
    return next(each for each in found.sections if each.title.startswith(title))


def test_help_alone_lists_every_everyday_command() -> None:
    listed = []
    for row in page("").sections[0].rows:
        for names in row.text.split(" · "):
            first, _, seconds = names.partition(" ")
            listed += [f"{first} {each}".strip() for each in seconds.split(", ")]
    everyday = [each.name for each in load_commands() if each.family != "syscalls"]
    assert sorted(listed) == sorted(everyday)


def test_help_on_a_command_has_its_usage_arguments_fields_and_examples() -> None:
    found = page("write")
    assert found.title.startswith("write PROCESS ADDRESS DATA [--length LENGTH]\n")
    assert [row.term for row in section(found, "arguments").rows] == [
        "PROCESS",
        "ADDRESS",
        "DATA",
        "--length",
    ]
    fields = section(found, "fields").rows
    assert [(row.term, row.text) for row in fields] == [
        ("requested", "bytes"),
        ("actual", "bytes; what $name alone means"),
        ("stopped", "word"),
        ("next", "address"),
    ]
    assert section(found, "makes these syscalls").rows[0].term == "help zx_process_write_memory"
    assert section(found, "examples").rows[0].term == "process create demo"


def test_help_on_two_words_is_on_the_command(session: Session) -> None:
    assert session.run("help vmo create").topic == "vmo create"


def test_help_on_a_first_word_lists_what_can_follow() -> None:
    assert [row.term for row in page("handle").sections[0].rows] == [
        "handle duplicate",
        "handle replace",
        "handle close",
    ]


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("name", SYSCALLS)
def test_help_on_a_syscall_lists_its_rules_in_order(name: str, profile: Profile) -> None:
    rules = SYSCALLS[name].rules_in(profile)
    rows = section(page(name, profile), "rules").rows
    assert [row.term for row in rows] == [str(number) for number in range(1, len(rules) + 1)]
    assert [row.mark for row in rows] == [rule.statuses[profile].label for rule in rules]
    for row, rule in zip(rows, rules, strict=True):
        assert row.text.startswith(rule.text)


@pytest.mark.parametrize("name", SYSCALLS)
def test_help_on_a_syscall_names_its_options_as_a_line_does(name: str) -> None:
    terms = [row.term for row in section(page(name), "arguments").rows]
    options = list(load_commands().commands[name].options)
    assert [term for term in terms if term.startswith("--")] == options


def test_a_syscall_is_found_without_its_prefix() -> None:
    assert page("process_write_memory") == page("zx_process_write_memory")


@pytest.mark.parametrize("status", list(Status))
def test_help_on_a_status_says_what_it_means_and_who_answers_it(status: Status) -> None:
    found = page(status.label)
    assert found.title == f"{status.label} ({int(status)})\n{status.meaning}"
    named = {row.term for each in found.sections for row in each.rows}
    answering = {
        name
        for name, syscall in SYSCALLS.items()
        if any(status in rule.statuses.values() for rule in syscall.rules)
    }
    assert named == answering


@pytest.mark.parametrize("name", RIGHTS)
def test_help_on_a_right_shows_its_number(name: str) -> None:
    assert page(name).title.startswith(f"{name} ({RIGHTS[name]:#x})")


def test_help_on_a_right_says_which_syscalls_ask_for_it() -> None:
    rows = page("ZX_RIGHT_WRITE").sections[0].rows
    assert "zx_process_write_memory" in [row.term for row in rows]


def test_help_on_a_set_of_rights_names_them() -> None:
    assert page("ZX_RIGHTS_IO").title.endswith("ZX_RIGHT_READ|ZX_RIGHT_WRITE")


def test_help_on_differences_shows_every_difference() -> None:
    assert [each.title for each in page("differences").sections] == list(DIFFERENCES)


def test_an_unknown_topic_is_a_mistake_at_its_place_with_the_nearest(
    session: Session, mistake: Mistake
) -> None:
    error = mistake("help wirte", session)
    assert error.message == "no help on wirte"
    assert "write" in error.hint
    assert error.span is not None
    assert error.span[1] == 10


def test_help_follows_the_profile(session: Session) -> None:
    docs = session.run("help zx_process_write_memory").sections
    session.run("profile kernel")
    assert session.run("help zx_process_write_memory").sections != docs


def test_only_what_has_a_status_is_said_to_have_fields_beside_it(session: Session) -> None:
    def titles(topic: str) -> list[str]:
        return [section.title for section in session.run(f"help {topic}").sections]

    assert "fields of the result" in titles("peek")
    assert "fields of the result, beside status" in titles("read")


def test_help_on_a_word_of_other_debuggers_says_what_it_is_here() -> None:
    found = page("vmmap")
    assert found.topic == "maps"
    assert found.title == page("maps").title
    assert found.sections[0].rows[0].text == "vmmap is maps here"
    assert page("info proc mappings").topic == "maps"
    assert "aspace, vmmap, info mappings" in "".join(
        row.text for each in page("maps").sections for row in each.rows
    )


def test_help_on_what_begins_commands_lists_them_all_the_same() -> None:
    assert page("process").sections[0].rows[0].term == "process create"


def test_help_on_x_names_its_format() -> None:
    assert page("x").title.startswith("x[/FMT] ADDRESS ")
    terms = [row.term for row in section(page("x"), "arguments").rows]
    assert terms == ["ADDRESS", "/FMT", "--size", "--process", "--all"]
