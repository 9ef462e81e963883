import pytest

from zxdbg.steps import Place, Stated, StatedLine, is_output, logical_lines, read_steps, steps


def seen(text: str) -> list[tuple[int, str, list[str]]]:
    """The steps with words: the line, the text, and the output that is stated for it."""
    return [
        (step.place.line, step.place.text, [line.text for line in step.stated.lines])
        if step.stated
        else (step.place.line, step.place.text, [])
        for step in read_steps("f", text.encode())
        if step.place.text.strip()
    ]


def problems(text: str) -> list[tuple[int, str]]:
    return [
        (step.place.line, step.problem.message)
        for step in read_steps("f", text.encode())
        if step.problem
    ]


# Places ---------------------------------------------------------------------------


def test_a_line_knows_its_places() -> None:
    place = Place("f", 3, "ab \\\ncd")
    assert [place.at(offset) for offset in (0, 3, 5, 6)] == [(3, 1), (3, 4), (4, 1), (4, 2)]
    assert [place.physical(line) for line in (3, 4)] == ["ab \\", "cd"]


def test_what_stands_before_a_line_counts_in_its_columns() -> None:
    place = Place("f", 3, "ab \\\ncd", ("zx> ", "... "))
    assert [place.at(offset) for offset in (0, 3, 5, 6)] == [(3, 5), (3, 8), (4, 5), (4, 6)]
    assert [place.physical(line) for line in (3, 4)] == ["zx> ab \\", "... cd"]


def test_logical_lines_of_nothing_is_an_empty_line() -> None:
    assert [place.text for place in logical_lines("f", b"")] == [""]


@pytest.mark.parametrize(
    "text",
    ["", "a", "a\nb\n", "a \\\n b\nc", "# c \\\nd\n\n", "a\\", "\ufeffa\r\nb \\\r\nc\r\n", "a\n\\"],
)
def test_the_steps_of_a_file_without_output_are_its_logical_lines(text: str) -> None:
    raw = text.encode()
    assert [step.place for step in read_steps("f", raw)] == list(logical_lines("f", raw))


# Command files --------------------------------------------------------------------


def test_lines_that_begin_with_a_bar_belong_to_the_line_just_above() -> None:
    assert seen("a\n| one\n|two\n  |   three \nb\n\tc\n\t| four\n") == [
        (1, "a", ["one", "two", "  three "]),
        (5, "b", []),
        (6, "\tc", ["four"]),
    ]


def test_what_stands_before_stated_output_is_kept() -> None:
    (step,) = read_steps("f", b"a\n  | one\n|")
    assert step.stated == Stated("bars", (StatedLine(2, "  | ", "one"), StatedLine(3, "|", "")))


def test_a_backslash_at_the_end_of_output_joins_nothing() -> None:
    assert seen("a\n| one \\\nb\n") == [(1, "a", ["one \\"]), (3, "b", [])]


def test_a_bar_in_a_line_that_goes_on_is_no_output() -> None:
    assert seen("a \\\n  | cat\nb") == [(1, "a \\\n  | cat", []), (3, "b", [])]


@pytest.mark.parametrize("before", ["", "\n", "# a comment\n", "print 1\n\n", "print 1\n# no\n"])
def test_output_without_a_command_just_above_is_a_mistake(before: str) -> None:
    ((line, message),) = problems(before + "| lost\n")
    assert line == before.count("\n") + 1
    assert message.startswith("a line that begins with | states the output of the command")


@pytest.mark.parametrize("prompt", ["zx> print 2", "zxdbg 12> print 2", "zx>"])
def test_a_prompt_in_a_command_file_is_a_mistake(prompt: str) -> None:
    assert problems(f"print 1\n{prompt}\n") == [(2, "a prompt begins the lines of a transcript")]


# Transcripts ----------------------------------------------------------------------


@pytest.mark.parametrize("prompts", [("zx> ", "zx> "), ("zxdbg 1> ", "zxdbg 27> ")])
def test_the_lines_below_a_prompt_are_what_it_shows(prompts: tuple[str, str]) -> None:
    first, second = prompts
    assert seen(f"{first}a\none\n\n  two\n\n{second}b\n{second}c\n| three\n") == [
        (1, "a", ["one", "", "  two"]),
        (6, "b", []),
        (7, "c", ["| three"]),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "\n# a lesson\n\n",
        "zxdbg 0.1.0  a simulated Zircon kernel  profile docs\ntry  this\nthen that\n",
    ],
)
def test_comments_and_the_welcome_can_stand_before_the_first_prompt(head: str) -> None:
    first = head.count("\n") + 1
    assert seen(f"{head}zxdbg 1> a\none\n") == [(first, "a", ["one"])]


def test_comments_are_no_output() -> None:
    assert seen("zx> a\none\n# why\ntwo\nzx> b\n") == [(1, "a", ["one", "two"]), (5, "b", [])]


def test_a_command_goes_on_behind_dots() -> None:
    assert seen("zxdbg 1> a \\\n...      b \\\n...      c\none\n") == [
        (1, "a \\\nb \\\nc", ["one"])
    ]
    assert seen("zx> a \\\n  b\none\n") == [(1, "a \\\n  b", ["one"])]


def test_the_columns_of_a_transcript_are_those_of_the_file() -> None:
    (step,) = read_steps("f", b"zxdbg 1> a \\\n...      b\n")
    assert step.place.leads == ("zxdbg 1> ", "...      ")
    assert step.place.at(step.place.text.index("b")) == (2, 10)


def test_a_scripts_prompt_in_a_shells_transcript_is_output() -> None:
    assert seen("zxdbg 1> source f\nzx> print 1\n1  0x1\n") == [
        (1, "source f", ["zx> print 1", "1  0x1"])
    ]


def test_the_profile_at_the_right_of_the_prompt_is_no_part_of_the_line() -> None:
    assert seen("zxdbg 1> print 1          profile kernel\nzxdbg 2> profile kernel\n") == [
        (1, "print 1", []),
        (2, "profile kernel", []),
    ]


def test_what_stands_at_the_right_of_an_empty_prompt_is_no_line() -> None:
    right = " " * 40 + "profile kernel  vi: normal"
    assert seen(f"zxdbg 1> a{right}\nzxdbg 2> {right}\nzxdbg 3> b\n") == [
        (1, "a", []),
        (3, "b", []),
    ]


def test_an_empty_prompt_is_an_empty_line() -> None:
    assert seen("zxdbg 1> a\nzxdbg 2>\nzxdbg 3> ") == [(1, "a", [])]


def test_a_file_can_begin_anywhere_in_another_one() -> None:
    first, second = steps("f", ["a", "| one", "b"], 11, ["  ", "  ", " "])
    assert (first.place.line, first.place.at(0), second.place.at(0)) == (11, (11, 3), (13, 2))
    assert first.stated == Stated("bars", (StatedLine(12, "  | ", "one"),))


@pytest.mark.parametrize(
    ("form", "line", "right"),
    [
        ("bars", "# x", True),
        ("bars", "zx> x", True),
        ("script", "zx> x", False),
        ("script", "# x", False),
        ("script", " zx> x", True),
        ("shell", "zx> x", True),
        ("shell", "zxdbg 3> x", False),
    ],
)
def test_some_output_cannot_stand_in_a_transcript(form: str, line: str, right: bool) -> None:
    assert is_output(form, line) is right
