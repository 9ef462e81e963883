import pytest

from zxdbg.mistake import CommandError, nearest

WORDS = ["write", "read", "reset", "map", "maps", "vmo", "job", "process", "processes", "kill"]


def test_a_mistake_reads_as_its_message_and_its_hint() -> None:
    assert str(CommandError("no such command: x", (0, 1))) == "no such command: x"
    assert str(CommandError("no such command: x", hint="nearest: y")) == (
        "no such command: x; nearest: y"
    )


def test_a_mistake_can_name_the_parameter_at_fault_instead_of_a_place() -> None:
    error = CommandError("x", param="process")
    assert (error.span, error.param) == (None, "process")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("wirte", "nearest: write"),
        ("rite", "nearest: write"),
        ("red", "nearest: read"),
        ("mpa", "nearest: map"),
        ("kil", "nearest: kill"),
        ("WRITE", "nearest: write"),
    ],
)
def test_the_nearest_word_is_one_letter_or_one_swap_away(word: str, hint: str) -> None:
    assert nearest(word, WORDS) == hint


def test_a_beginning_finds_the_words_that_go_on_from_it_the_shortest_first() -> None:
    assert nearest("ma", WORDS) == "nearest: map, maps"
    assert nearest("prcess", WORDS) == "nearest: process, processes"
    assert nearest("ZX_ERR_NO_MEM", ["ZX_ERR_NO_MEMORY", "ZX_ERR_IO"]) == (
        "nearest: ZX_ERR_NO_MEMORY"
    )


@pytest.mark.parametrize("word", ["frob", "xyzzy", "", "x", "jumble", "x" * 100_000])
def test_nothing_is_named_where_nothing_is_near(word: str) -> None:
    assert nearest(word, WORDS) == ""
