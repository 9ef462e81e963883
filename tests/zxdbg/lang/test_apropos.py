import pytest

from zxdbg.lang.apropos import search
from zxdbg.lang.page import Hit
from zxdbg.loader import load_commands


def found(*words: str) -> list[str]:
    return [hit.topic for hit in search(load_commands(), words)]


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("map", "map"),
        ("mapping", "maps"),
        ("copy", "vmo clone"),
        ("permissions", "flags"),
        ("ZX_ERR_NO_MEMORY", "ZX_ERR_NO_MEMORY"),
        ("enumerate", "ZX_RIGHT_ENUMERATE"),
        ("write_memory", "zx_process_write_memory"),
    ],
)
def test_what_is_named_so_comes_first_commands_before_syscalls(word: str, first: str) -> None:
    assert found(word)[0] == first


def test_a_word_is_found_in_arguments_rules_meanings_and_differences() -> None:
    assert "zx_vmar_unmap" in found("addr")
    assert "zx_vmo_resize" not in found("pinned")
    assert "zx_vmo_set_size" in found("pinned")
    assert "ZX_ERR_CANCELED" in found("operation")
    assert "vmar-length-aligned" in found("vmar_unmap.md")


def test_a_hit_shows_the_words_that_speak_of_it() -> None:
    hits = {hit.topic: hit for hit in search(load_commands(), ["pinned"])}
    assert hits["zx_vmo_set_size"] == Hit(
        "syscall", "zx_vmo_set_size", "no page that a shrink cuts off is pinned"
    )


def test_every_word_has_to_occur() -> None:
    both = set(found("page", "aligned"))
    assert both
    assert both <= set(found("page")) & set(found("aligned"))


def test_a_word_is_looked_for_at_the_beginning_of_words_and_then_inside() -> None:
    assert "vmo decommit" not in found("commit")[:1]
    assert found("apping")
    assert found("apping")[0] == "maps"


def test_big_and_small_letters_are_alike() -> None:
    assert found("MAPPING") == found("mapping")


@pytest.mark.parametrize("words", [(), ("",), ("xyzzy",), ("map", "xyzzy"), ("(.)",)])
def test_nothing_is_found_where_nothing_speaks_of_it(words: tuple[str, ...]) -> None:
    assert found(*words) == []
