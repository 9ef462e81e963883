from io import StringIO

import pytest

from zxdbg import Session
from zxdbg.lang.topics import TOPICS, topic_page
from zxdbg.loader import load_commands
from zxdbg.report import QuietReport
from zxdbg.script import Runner


@pytest.mark.parametrize("name", TOPICS)
def test_the_examples_of_a_topic_answer_as_they_say(name: str) -> None:
    errors = StringIO()
    runner = Runner(Session(), QuietReport(errors))
    runner.run_file("topic", "\n".join(TOPICS[name].examples).encode(), "")
    assert (errors.getvalue(), runner.exit_code) == ("", 0)


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_is_found_by_its_name_and_its_other_words(name: str) -> None:
    page = topic_page(name)
    assert page is not None
    assert page.title == f"{name}\n{TOPICS[name].about}"
    assert all(topic_page(other) == page for other in TOPICS[name].others)


def test_no_topic_hides_a_command_and_no_word_means_two() -> None:
    words = [word for name, topic in TOPICS.items() for word in (name, *topic.others)]
    assert len(words) == len(set(words))
    commands = {*load_commands().commands, *load_commands().first_words()}
    assert not commands & set(words)


def test_another_word_is_no_topic() -> None:
    assert topic_page("write") is None
