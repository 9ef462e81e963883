"""The table of pages: what is committed, what is private, what copies share."""

import pytest

from zxdbg.kernel.pages import ZERO_PAGE, Pages, slices


def filled(*bytes_of_pages: int) -> bytes:
    return b"".join(bytes([byte]) * 4096 for byte in bytes_of_pages)


def content(pages: Pages) -> dict[int, bytes]:
    return {index: bytes(page) for index, page in pages.table.items()}


def assert_invariants(pages: Pages) -> None:
    assert all(len(page) == 4096 for page in pages.table.values())
    assert all(pages.table[index] is page for index, page in pages.owned.items())
    assert len({id(page) for page in pages.owned.values()}) == len(pages.owned)


def test_the_zero_page_is_a_page_of_zeros() -> None:
    assert bytes(4096) == ZERO_PAGE


def test_a_new_table_is_empty() -> None:
    pages = Pages()
    assert (pages.table, pages.owned) == ({}, {})


def test_an_owned_page_starts_as_a_copy_and_can_be_changed_in_place() -> None:
    pages = Pages()
    source = filled(7)
    page = pages.own(5, source)
    page[0] = 1
    assert content(pages) == {5: b"\1" + source[1:]}
    assert source == filled(7)
    assert_invariants(pages)


def test_owning_the_zero_page_never_changes_the_zero_page() -> None:
    pages = Pages()
    pages.own(0, ZERO_PAGE)[0:4] = b"abcd"
    assert bytes(4096) == ZERO_PAGE


def test_kept_pages_are_slices_of_the_payload() -> None:
    pages = Pages()
    data = b"xy" + filled(1, 2, 3) + b"z"
    pages.keep(10, slices(data, 2, 3))
    assert content(pages) == {10: filled(1), 11: filled(2), 12: filled(3)}
    assert pages.owned == {}
    assert_invariants(pages)


def test_a_kept_page_replaces_an_owned_one() -> None:
    pages = Pages()
    pages.own(1, filled(9))
    pages.own(3, filled(9))
    pages.keep(0, slices(filled(1, 2), 0, 2))
    assert content(pages) == {0: filled(1), 1: filled(2), 3: filled(9)}
    assert list(pages.owned) == [3]
    assert_invariants(pages)


def test_an_owned_page_that_takes_over_a_kept_one_leaves_the_payload_alone() -> None:
    pages = Pages()
    data = filled(1, 2)
    pages.keep(0, slices(data, 0, 2))
    pages.own(1, pages.table[1])[0] = 0xFF
    assert data == filled(1, 2)
    assert content(pages) == {0: filled(1), 1: b"\xff" + filled(2)[1:]}
    assert_invariants(pages)


def test_keeping_no_page_commits_no_page() -> None:
    pages = Pages()
    pages.keep(4, slices(b"abc", 1, 0))
    assert pages.table == {}


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (0, 0, [0, 1, 5, 9]),
        (0, 1, [1, 5, 9]),
        (1, 5, [0, 5, 9]),
        (5, 10, [0, 1]),
        (2, 5, [0, 1, 5, 9]),
        (1, 2**52, [0]),
        (0, 2**64, []),
    ],
)
def test_dropping_forgets_a_range_and_counts_what_was_in_it(
    first: int, last: int, left: list[int]
) -> None:
    pages = Pages()
    pages.keep(0, slices(filled(1, 2), 0, 2))
    pages.own(5, filled(3))
    pages.keep(9, slices(filled(4), 0, 1))
    assert pages.count(first, last) == 4 - len(left)
    assert pages.drop(first, last) == 4 - len(left)
    assert sorted(pages.table) == left
    assert pages.count(0, 2**64) == len(left)
    assert_invariants(pages)


def test_a_copy_holds_the_same_bytes() -> None:
    pages = Pages()
    pages.keep(0, slices(filled(1), 0, 1))
    pages.own(2, filled(2))
    assert content(pages.fork()) == content(pages) == {0: filled(1), 2: filled(2)}


def test_after_a_copy_neither_side_owns_what_both_can_see() -> None:
    pages = Pages()
    pages.own(2, filled(2))
    twin = pages.fork()
    assert pages.owned == twin.owned == {}
    assert pages.table[2] is twin.table[2]


@pytest.mark.parametrize("writer", ["original", "copy"])
def test_a_change_on_one_side_of_a_copy_is_not_seen_on_the_other(writer: str) -> None:
    pages = Pages()
    pages.own(2, filled(2))
    twin = pages.fork()
    changed, kept = (pages, twin) if writer == "original" else (twin, pages)
    changed.own(2, changed.table[2])[0:2] = b"hi"
    changed.own(7, ZERO_PAGE)
    changed.keep(8, slices(filled(8), 0, 1))
    assert content(kept) == {2: filled(2)}
    assert content(changed) == {2: b"hi" + filled(2)[2:], 7: ZERO_PAGE, 8: filled(8)}
    changed.drop(0, 100)
    assert content(kept) == {2: filled(2)}
    assert_invariants(pages)
    assert_invariants(twin)
