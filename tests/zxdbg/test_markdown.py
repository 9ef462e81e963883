import pytest

from zxdbg.markdown import Block, sections


def seen(text: str) -> list[tuple[str, list[tuple[str, ...]]]]:
    return [
        (section.name, [block.lines for block in section.blocks])
        for section in sections(text.encode(), "page")
    ]


def test_the_blocks_below_each_heading_belong_together() -> None:
    text = "# One\n```zx\na\n```\nwords\n~~~ zx\nb\nc\n~~~\n## Two\n```zx\nd\n```\n"
    assert seen(text) == [("One", [("a",), ("b", "c")]), ("Two", [("d",)])]


def test_blocks_before_the_first_heading_are_named_after_the_file() -> None:
    assert seen("```zx\na\n```\n") == [("page", [("a",)])]


def test_headings_without_blocks_are_none() -> None:
    assert seen("# One\n\n# Two\n```python\na\n```\n# Three\n```zx\nb\n```") == [
        ("Three", [("b",)])
    ]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("# One", "One"),
        ("### One more ##", "One more"),
        ("   # One", "One"),
        ("One\n===", "One"),
        ("One\n---", "One"),
        ("# The `write` of a::b", "The write of a:b"),
        ("#", "page"),
        ("# a\x1b[31mb", "a\\x1b[31mb"),
    ],
)
def test_headings_of_every_form_name_their_blocks(heading: str, name: str) -> None:
    assert seen(f"{heading}\n\n```zx\na\n```\n") == [(name, [("a",)])]


@pytest.mark.parametrize("line", ["#One", "    # One", "One", "#!one", "---", "\n==="])
def test_what_is_no_heading_names_nothing(line: str) -> None:
    assert seen(f"{line}\n\n```zx\na\n```\n") == [("page", [("a",)])]


def test_equal_headings_are_told_apart() -> None:
    block = "```zx\na\n```\n"
    assert [name for name, _ in seen(f"# A\n{block}# A\n{block}# B\n{block}")] == [
        "A",
        "A (2)",
        "B",
    ]


@pytest.mark.parametrize(
    ("opening", "is_zx"),
    [
        ("```zx", True),
        ("``` zx", True),
        ("~~~zx", True),
        ("````zx", True),
        ("```zx title=one", True),
        ("```{.zx}", True),
        ("```ZX", True),
        ("```zxc", False),
        ("```", False),
        ("```text zx", False),
        ("`zx`", False),
    ],
)
def test_the_first_word_of_a_fence_says_what_it_holds(opening: str, is_zx: bool) -> None:
    closing = opening[: len(opening) - len(opening.lstrip("`~"))]
    assert bool(seen(f"{opening}\na\n{closing}\n")) is is_zx


def test_a_block_ends_with_a_fence_of_its_own_kind() -> None:
    assert seen("````zx\n```\n~~~~\n````` \n````\nb") == [("page", [("```", "~~~~")])]
    assert seen("```zx\na\n") == [("page", [("a", "")])]


def test_a_fence_of_another_language_hides_what_is_in_it() -> None:
    assert seen("````text\n# One\n```zx\na\n```\n````\n") == []


def test_a_block_in_a_list_knows_the_blanks_before_its_lines() -> None:
    ((block,),) = [
        section.blocks for section in sections(b"1. x\n\n   ```zx\n   a\n     b\n  c\n   ```", "p")
    ]
    assert block == Block(4, ("a", "  b", "c"), ("   ", "   ", "  "))


def test_ends_of_lines_and_a_bom_do_not_matter() -> None:
    assert seen("\ufeff# One\r\n```zx\r\na\r\n```\r\n") == [("One", [("a",)])]
