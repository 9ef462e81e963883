import re
import unicodedata

import pytest
from wcwidth import wcwidth

from zxdbg.render.cells import clip, head_of, letters, visible, width_of

MARKED = "e\u0301"
FAMILY = "\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("地址空间", 8),
        (MARKED, 1),
        (f"a{MARKED}b", 3),
        ("a" + "\u0301" * 9, 1),
        ("한국어", 6),
        ("\u1112\u1161\u11ab", 2),
        ("שלום", 4),
        ("👩", 2),
        ("├─█▇╎", 5),
        ("a\tb", 4),
    ],
)
def test_width_counts_columns_not_letters(text: str, columns: int) -> None:
    assert width_of(text) == columns


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("日本 é │ █", "日本 é │ █"),
        (MARKED, MARKED),
        (FAMILY, "👩\\u200d👧"),
        ("\u202eabc", "\\u202eabc"),
        ("a\tb\x1b", "a\\tb\\x1b"),
        ("\u2764\ufe0f", "\u2764\\ufe0f"),
        ("\u0301a", "\\u0301a"),
        ("🇩🇪", "\\U0001f1e9\\U0001f1ea"),
        ("👍🏽", "👍\\U0001f3fd"),
        ("\t\u0301", "\\t\\u0301"),
        ("a\u3164b\u034f", "a\\u3164b\\u034f"),
    ],
)
def test_what_moves_or_hides_or_has_no_letter_is_shown_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(shown) == shown
    assert width_of(text) == width_of(shown)


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        (MARKED * 3, 3, MARKED * 3),
        (MARKED * 3, 2, f"{MARKED}…"),
        ("", 3, ""),
    ],
)
def test_no_letter_is_cut_in_half_and_no_mark_from_its_letter(
    text: str, width: int, cut: str
) -> None:
    assert clip(text, width) == cut


@pytest.mark.parametrize("width", range(12))
def test_a_head_finds_room_and_the_next_letter_would_not(width: int) -> None:
    text = f"a日{MARKED}\t本b"
    head = head_of(text, width)
    assert text.startswith(head)
    assert width_of(head) <= width
    following = [held for held, _, _ in letters(text[len(head) :])][:1]
    assert not following or width_of(head + following[0]) > width


def test_letters_with_their_marks_make_up_the_text() -> None:
    text = f"\u0301日{MARKED}\u0302\t{FAMILY}x"
    assert "".join(held for held, _, _ in letters(text)) == text
    assert "".join(shown for _, shown, _ in letters(text)) == visible(text)
    assert sum(width for _, _, width in letters(text)) == width_of(text)


def test_widths_are_those_of_terminals() -> None:
    """Spacing marks apart, on which terminals do not agree, and the newest of Unicode."""
    other = []
    for code in range(0x20, 0x30000):
        letter = chr(code)
        if visible(letter) != letter or unicodedata.category(letter) == "Mc":
            continue
        if width_of(letter) != wcwidth(letter):
            other.append(letter)
    newer = re.compile(r"[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d37f]")
    assert [letter for letter in other if not newer.match(letter)] == []
