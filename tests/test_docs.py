"""What docstrings and help say is true: examples run, arguments exist, rules are declared."""

import re
import shutil
from io import StringIO
from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.lang.declare import Command
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.help import STAGE, help_page
from zxdbg.loader import load_commands
from zxdbg.report import QuietReport
from zxdbg.script import Runner
from zxdbg.syscalls import DIFFERENCES, SYSCALLS, Profile

ROOT = Path(__file__).parent.parent
COMMANDS = [each for each in load_commands() if each.family != "syscalls"]
PAGES = re.compile(r"^[a-z_]+\.md(, [a-z_]+\.md)*\Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that examples name, in which they may write."""
    shutil.copy(ROOT / "examples" / "quickstart.zx", tmp_path)
    return tmp_path


def run(lines: str, folder: Path) -> tuple[Runner, list[str]]:
    failures: list[str] = []

    class Report(QuietReport):
        def failure(self, failure: object) -> None:
            failures.append(str(failure))

        def export(self, request: object) -> str:
            """Draw nothing, export nothing."""
            return ""

    runner = Runner(Session(), Report(StringIO()))
    runner.run_file("doc", lines.encode(), str(folder))
    return runner, failures


@pytest.mark.parametrize("declared", COMMANDS, ids=lambda each: each.name)
def test_the_examples_of_a_command_answer_as_they_say(declared: Command, folder: Path) -> None:
    doc = parse_doc(declared.doc)
    assert doc.examples
    assert max(map(len, doc.examples)) <= 78
    _, failures = run("\n".join(doc.examples), folder)
    assert failures == []


@pytest.mark.parametrize("declared", COMMANDS, ids=lambda each: each.name)
def test_an_example_shows_the_command_itself(declared: Command) -> None:
    examples = parse_doc(declared.doc).examples
    assert any(re.search(rf"(^|= ){re.escape(declared.name)}\b", line) for line in examples)


@pytest.mark.parametrize("name", sorted(SYSCALLS))
def test_the_example_of_a_syscall_answers_as_it_says(name: str, folder: Path) -> None:
    doc = parse_doc(SYSCALLS[name].doc)
    assert any(name in line for line in doc.examples)
    assert max(map(len, doc.examples)) <= 78
    _, failures = run("\n".join(doc.examples), folder)
    assert failures == []


@pytest.mark.parametrize("name", sorted(SYSCALLS))
def test_a_syscall_describes_exactly_its_arguments(name: str) -> None:
    syscall = SYSCALLS[name]
    described = list(parse_doc(syscall.doc).args)
    assert described == [*(arg for arg, _ in syscall.params), *syscall.outs]


@pytest.mark.parametrize("name", sorted(SYSCALLS))
def test_help_on_a_syscall_lists_its_rules_in_order_with_their_statuses(name: str) -> None:
    for profile in Profile:
        page = help_page(load_commands(), profile, name)
        (rules,) = [section for section in page.sections if section.kind == "rule"]
        declared = SYSCALLS[name].rules_in(profile)
        assert [row.mark for row in rules.rows] == [
            rule.statuses[profile].label for rule in declared
        ]
        assert all(
            row.text.startswith(rule.text) for row, rule in zip(rules.rows, declared, strict=True)
        )


def test_rule_ids_are_unique_and_name_their_syscall() -> None:
    originals = [syscall for syscall in SYSCALLS.values() if syscall.alias_of is None]
    ids = [rule.id for syscall in originals for rule in syscall.rules]
    assert len(ids) == len(set(ids))
    for syscall in originals:
        assert all(rule.id.startswith(f"{syscall.short}/") for rule in syscall.rules)


@pytest.mark.parametrize("name", sorted(DIFFERENCES))
def test_the_example_of_a_difference_shows_it(name: str) -> None:
    declared = DIFFERENCES[name]
    assert PAGES.match(declared.page)
    answers = {}
    touched = set()
    for profile in Profile:
        session = Session(profile=profile.value)
        for line in STAGE:
            session.run(line)
        for line in declared.example.split("; "):
            result = session.run(line)
            touched |= {each.id for call in result.calls for each in call.touched}
        answers[profile] = (result.status, result.fields())
    followed = bool(declared.followers)
    assert (answers[Profile.DOCS] != answers[Profile.KERNEL]) is followed
    assert (name in touched) is followed
