import pytest

from zxdbg.lang.match import Words, fuzzy, starting


def test_words_are_found_by_how_they_begin() -> None:
    words = Words(["$b", "$a", "$ab", "$c"])
    assert list(words.starting("$a")) == ["$a", "$ab"]
    assert list(words.starting("$x")) == []
    assert list(words.starting("")) == ["$a", "$ab", "$b", "$c"]


def test_words_come_and_go_one_by_one() -> None:
    words = Words(["heap", "stack"])
    assert words.fuzzy("eap") == ["heap"]
    words.add("leap")
    words.remove("heap")
    assert (len(words), "leap" in words, "heap" in words) == (2, True, False)
    assert words.fuzzy("eap") == ["leap"]


def test_the_words_that_begin_as_typed_keep_their_order_behind_the_word_itself() -> None:
    assert starting(["rwx", "r", "w", "rw"], "r") == ["r", "rwx", "rw"]
    assert starting(["rwx", "w", "rw"], "r") == ["rwx", "rw"]


def test_a_whole_part_comes_before_a_middle_before_initials_before_scattered_letters() -> None:
    words = ["mxxaxxp", "my_arm_pit", "remap", "vmar_map"]
    assert fuzzy(words, "map") == ["vmar_map", "remap", "my_arm_pit", "mxxaxxp"]


def test_letters_match_in_either_case() -> None:
    assert fuzzy(["ZX_ERR_NO_MEMORY", "ZX_OK"], "no_mem") == ["ZX_ERR_NO_MEMORY"]


def test_what_begins_as_typed_is_no_fuzzy_hit() -> None:
    assert fuzzy(["write", "rewrite"], "write") == ["rewrite"]


@pytest.mark.parametrize("typed", ["", "a", "$a", "--a", "0x1", "a\nb"])
def test_too_little_or_a_number_finds_nothing(typed: str) -> None:
    assert fuzzy(["bbaabb", "xa$ab", "00x11"], typed) == []


def test_letters_that_mean_something_in_an_expression_are_themselves() -> None:
    assert fuzzy(["a.b", "axb", "a[b"], "a[b") == []
    assert fuzzy(["x^a-b", "xab"], "^a-") == ["x^a-b"]


def test_more_letters_find_what_a_fresh_search_finds() -> None:
    listed = [f"$name{number}" for number in range(1200)] + ["$Heap_a", "$lamp", "$x_amp"]
    words = Words(listed)
    for typed in ("$am", "$ame", "$ame9", "$ame99", "$ame999", "$amp", "$amp!", "$am", "$ha"):
        assert words.fuzzy(typed) == fuzzy(sorted(listed), typed), typed
    assert words.fuzzy("$amp") == ["$x_amp", "$lamp"]
    words.add("$amplify")
    words.remove("$lamp")
    assert words.fuzzy("$xam") == ["$x_amp"]
    assert words.fuzzy("$am") == fuzzy(sorted({*listed, "$amplify"} - {"$lamp"}), "$am")


def test_a_word_that_is_longer_than_any_is_not_searched_for() -> None:
    assert fuzzy(["x" + "a" * 64], "a" * 64) == ["x" + "a" * 64]
    assert fuzzy(["x" + "a" * 65], "a" * 65) == []
