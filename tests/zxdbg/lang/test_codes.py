from collections.abc import Callable

import pytest

from zxdbg import Session
from zxdbg.kernel.rights import MEANINGS, Rights
from zxdbg.kernel.status import Status
from zxdbg.lang.arguments import RIGHTS
from zxdbg.lang.codes import right_page, rights_meaning, status_page
from zxdbg.lang.page import HelpPage, Section
from zxdbg.loader import load_commands
from zxdbg.syscalls import SYSCALLS

ANSWERED = {
    status
    for syscall in SYSCALLS.values()
    for rule in syscall.rules
    for status in rule.statuses.values()
}
Run = Callable[[list[str]], list[str]]


def section(found: HelpPage, title: str) -> Section:
    return next(each for each in found.sections if each.title.startswith(title))


@pytest.fixture
def run(session: Session) -> Run:
    """Return a function that runs lines, and returns the status of each."""

    def answers(lines: list[str]) -> list[str]:
        results = [session.run(line) for line in lines]
        return ["" if each.status is None else each.status.label for each in results]

    return answers


@pytest.mark.parametrize("status", list(Status))
def test_a_status_has_its_meaning_and_everybody_who_answers_it_older_names_apart(
    status: Status,
) -> None:
    found = status_page(load_commands(), status)
    assert found.title == f"{status.label} ({int(status)})\n{status.meaning}"
    named: set[str] = set()
    for each in found.sections:
        if each.kind == "condition":
            named.update(*(row.text.split(" · ") for row in each.rows))
    answering = {
        name
        for name, syscall in SYSCALLS.items()
        if syscall.alias_of is None
        and any(status in rule.statuses.values() for rule in syscall.rules)
    }
    assert named == answering


@pytest.mark.parametrize("status", sorted(ANSWERED))
def test_what_a_syscall_can_answer_says_what_to_do_about_it(status: Status) -> None:
    steps = section(status_page(load_commands(), status), "what to do").rows
    commands = load_commands()
    for row in steps:
        words = row.term.split()
        known = words[0] in commands.commands or " ".join(words[:2]) in commands.commands
        assert known or row.term.startswith("$")
        assert row.text


@pytest.mark.parametrize("status", sorted(ANSWERED))
def test_the_example_of_a_status_ends_in_it(status: Status, run: Run) -> None:
    found = status_page(load_commands(), status)
    examples = [each for each in found.sections if each.title == "example"]
    for each in examples:
        lines = [row.term for row in each.rows]
        assert run(lines)[-1] == status.label
    common = {Status.NO_MEMORY, Status.BAD_HANDLE, Status.ACCESS_DENIED, Status.INVALID_ARGS}
    assert examples or status not in common


def test_a_status_that_nothing_answers_says_so() -> None:
    found = status_page(load_commands(), Status.PEER_CLOSED)
    assert found.sections[-1].rows[0].text == "No syscall of zxdbg answers it."


def test_a_condition_of_one_profile_says_which() -> None:
    rows = section(status_page(load_commands(), Status.NO_MEMORY), "answered").rows
    assert "vaddr lies before the end of the mapping's VMO (profile docs)" in [
        row.term for row in rows
    ]


@pytest.mark.parametrize("name", RIGHTS)
def test_a_right_has_its_number_and_a_meaning(name: str) -> None:
    title, _, meaning = right_page(name).title.partition("\n")
    assert title == f"{name} ({RIGHTS[name]:#x})"
    assert meaning == rights_meaning(name)
    assert meaning or not RIGHTS[name]


def test_a_set_of_rights_names_them() -> None:
    assert right_page("ZX_RIGHTS_IO").title.endswith("ZX_RIGHT_READ|ZX_RIGHT_WRITE")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ZX_RIGHT_MAP", "VMO, BTI"),
        ("ZX_RIGHT_ENUMERATE", "process, job"),
        ("ZX_RIGHT_APPLY_PROFILE", "none"),
        ("ZX_RIGHT_EXECUTE", "VMO; VMAR, as far as its region allows"),
    ],
)
def test_a_right_says_which_new_handles_have_it(name: str, kinds: str) -> None:
    assert section(right_page(name), "new handles").rows[0].text == kinds


def test_a_right_says_which_syscalls_ask_for_it() -> None:
    rows = section(right_page("ZX_RIGHT_WRITE"), "asked by").rows
    assert ("handle has ZX_RIGHT_READ and ZX_RIGHT_WRITE", "zx_process_read_memory") in [
        (row.term, row.text) for row in rows
    ]


@pytest.mark.parametrize("right", MEANINGS)
def test_the_example_of_a_right_makes_a_handle_without_it(
    right: Rights, run: Run, session: Session
) -> None:
    found = right_page(f"ZX_RIGHT_{right.name}")
    lines = [row.term for each in found.sections if each.title == "example" for row in each.rows]
    if lines:
        assert set(run(lines)) == {"ZX_OK"}
        assert not session.run("print $weak.rights").value & right
        assert session.run("handle duplicate $it").rights & right
