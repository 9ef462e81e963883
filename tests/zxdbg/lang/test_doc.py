import pytest

from zxdbg.lang.doc import parse_doc
from zxdbg.lang.tokens import split_commands, tokenize
from zxdbg.loader import load_commands

DOC = """Write memory of a process.

    Only the rights count. Fewer bytes
    are fine.

    A second paragraph.

    When:
        To change memory, as a debugger
        does.

    Args:
        process: Handle of the process; needs
            ZX_RIGHT_WRITE.
        data: The bytes: "text", hex:…

    Examples:
        zx> process create demo
        zx> write $demo 0 "x" => ZX_OK
    """


def test_a_docstring_has_a_summary_without_its_full_stop() -> None:
    assert parse_doc(DOC).summary == "Write memory of a process"
    assert parse_doc("Alone.").summary == "Alone"


def test_each_paragraph_becomes_one_line() -> None:
    assert parse_doc(DOC).text == (
        "Only the rights count. Fewer bytes are fine.",
        "A second paragraph.",
    )


def test_when_to_use_it_is_a_section_of_its_own() -> None:
    assert parse_doc(DOC).when == "To change memory, as a debugger does."


def test_arguments_keep_their_order_and_become_one_line_each() -> None:
    assert parse_doc(DOC).args == {
        "process": "Handle of the process; needs ZX_RIGHT_WRITE.",
        "data": 'The bytes: "text", hex:…',
    }
    assert list(parse_doc(DOC).args) == ["process", "data"]


def test_examples_are_lines_without_their_prompt() -> None:
    assert parse_doc(DOC).examples == ("process create demo", 'write $demo 0 "x" => ZX_OK')


def test_a_docstring_of_one_line_has_nothing_else() -> None:
    doc = parse_doc("Show it.")
    assert (doc.text, doc.when, doc.args, doc.examples) == ((), "", {}, ())


@pytest.mark.parametrize("name", load_commands().commands)
def test_every_command_is_described_with_each_of_its_parameters(name: str) -> None:
    declared = load_commands().commands[name]
    doc = parse_doc(declared.doc)
    assert doc.summary
    assert list(doc.args) == [param.name for param in declared.params]


@pytest.mark.parametrize(
    "name", [each.name for each in load_commands() if each.family != "syscalls"]
)
def test_every_everyday_command_shows_itself_in_an_example(name: str) -> None:
    examples = parse_doc(load_commands().commands[name].doc).examples
    used = [
        " ".join(token.text for token in group)
        for example in examples
        for group in split_commands(tokenize(example))
    ]
    assert any(f" {name} " in f" {line} " for line in used)


@pytest.mark.parametrize(
    "name", [each.name for each in load_commands() if each.family != "syscalls"]
)
def test_every_everyday_command_says_when_to_use_it(name: str) -> None:
    when = parse_doc(load_commands().commands[name].doc).when
    assert 20 <= len(when) <= 200
    assert when.endswith(".")
