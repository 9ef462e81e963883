from zxdbg.lang.page import Row, Section, rows_of_lines, text_section


def test_paragraphs_make_a_section_and_empty_ones_none() -> None:
    assert text_section("a", "", "b", title="t") == [
        Section("t", "text", (Row("", "a"), Row("", "b")))
    ]
    assert text_section("") == []


def test_lines_are_terms_without_a_text() -> None:
    assert rows_of_lines("a", "b") == (Row("a", ""), Row("b", ""))
