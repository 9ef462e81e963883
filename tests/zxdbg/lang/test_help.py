from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.declare import Command, Registry
from zxdbg.lang.help import STAGE, help_page
from zxdbg.lang.page import HelpPage, Section
from zxdbg.loader import load_commands
from zxdbg.syscalls import DIFFERENCES, SYSCALLS, Profile

Mistake = Callable[..., CommandError]


def page(topic: str, profile: Profile = Profile.DOCS) -> HelpPage:
    return help_page(load_commands(), profile, topic)


def section(found: HelpPage, title: str) -> Section:
    return next(each for each in found.sections if each.title.startswith(title))


def test_help_alone_lists_every_everyday_command_once() -> None:
    listed = []
    for row in page("").sections[0].rows:
        for names in row.text.split(" · "):
            first, _, seconds = names.partition(" ")
            listed += [f"{first} {each}".strip() for each in seconds.split(", ")]
    everyday = [each.name for each in load_commands() if each.family != "syscalls"]
    assert sorted(listed) == sorted(everyday)


def test_help_alone_is_ordered_by_what_people_want_to_do() -> None:
    terms = [row.term for row in page("").sections[0].rows]
    assert terms[:5] == ["run", "make memory", "map it", "move bytes", "look"]


def test_a_family_that_the_map_does_not_know_is_under_its_own_title() -> None:
    registry = Registry()
    registry.families = {"view": "Views: handles", "game": "Games: one"}
    registry.add(Command("play", print, [], lambda: HelpPage, "Play.", family="game"))
    registry.add(Command("look", print, [], lambda: HelpPage, "Look.", family="view"))
    rows = help_page(registry, Profile.DOCS, "").sections[0].rows
    assert [(row.term, row.text) for row in rows] == [("look", "look"), ("games", "play")]


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
        ("actual", "bytes, what $name alone means"),
        ("stopped", "word"),
        ("next", "address"),
    ]
    assert section(found, "when to use it").rows[0].text.startswith("To change memory")
    assert section(found, "see also").rows[0].text == (
        "help poke · help read · help zx_process_write_memory"
    )
    assert section(found, "examples").rows[0].term == "process create demo"


@pytest.mark.parametrize(
    ("topic", "term", "unit"),
    [
        ("write", "ADDRESS", "0 to 2^64-1"),
        ("read", "LENGTH", "bytes"),
        ("vmo clone", "--size", "bytes"),
        ("handle duplicate", "--rights", ""),
        ("vmo create", "--options", "joined with |"),
        ("process exit", "N", ""),
    ],
)
def test_an_argument_has_its_unit_or_range_where_its_text_does_not_say_so(
    topic: str, term: str, unit: str
) -> None:
    rows = section(page(topic), "arguments").rows
    assert {row.term: row.mark for row in rows}[term] == unit


def test_what_a_command_names_is_what_to_see_then_its_family() -> None:
    assert "help unmap · help protect" in section(page("maps"), "see also").rows[0].text
    assert (
        section(page("vmo create"), "see also")
        .rows[0]
        .text.startswith("help map · help vmo commit · help vmo clone · ")
    )


@pytest.mark.parametrize("name", [each.name for each in load_commands()])
def test_whatever_help_says_to_see_is_a_topic(name: str) -> None:
    for found in page(name).sections:
        if found.title in ("see also", "made by"):
            for topic in found.rows[0].text.split(" · "):
                assert page(topic.removeprefix("help ")).title


def test_help_on_a_syscall_names_the_commands_that_make_it() -> None:
    assert section(page("zx_vmar_map"), "made by").rows[0].text == "help map"


def test_help_on_syscalls_lists_them_all() -> None:
    assert [row.term for row in page("syscalls").sections[0].rows] == list(SYSCALLS)


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


@pytest.mark.parametrize("word", ["no_memory", "zx_err_no_memory", "NO_MEMORY"])
def test_a_status_is_found_without_its_prefix_and_in_small_letters(word: str) -> None:
    assert page(word) == page("ZX_ERR_NO_MEMORY")


def test_a_right_is_found_without_its_prefix() -> None:
    assert page("duplicate") == page("ZX_RIGHT_DUPLICATE")
    assert page("write").topic == "write"


def test_a_part_of_the_language_is_a_topic() -> None:
    assert page("data").title.startswith("data\n")


def test_help_on_a_difference_shows_it_alone() -> None:
    name = next(iter(DIFFERENCES))
    assert page(name).sections == page("differences").sections[:2]
    assert page(f"differences {name}") == page(name)


def test_help_on_differences_shows_every_difference() -> None:
    first, *rest = page("differences").sections
    assert tuple(row.term for row in first.rows) == STAGE
    assert [each.title for each in rest] == list(DIFFERENCES)


def test_an_unknown_topic_is_a_mistake_at_its_place_with_the_nearest(
    session: Session, mistake: Mistake
) -> None:
    error = mistake("help wirte", session)
    assert error.message == "no help on wirte"
    assert "write" in error.hint
    assert error.span == (5, 10)


def test_an_unknown_topic_names_who_speaks_of_it(session: Session, mistake: Mistake) -> None:
    assert mistake("help mapping", session).hint.startswith("apropos mapping finds maps, ")
    assert mistake("help xyzzy", session).hint == "help alone lists what there is"


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
