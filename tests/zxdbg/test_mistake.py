from zxdbg.mistake import CommandError, nearest


def test_a_mistake_reads_as_its_message_and_its_hint() -> None:
    assert str(CommandError("no such command: x", (0, 1))) == "no such command: x"
    assert str(CommandError("no such command: x", hint="nearest: y")) == (
        "no such command: x; nearest: y"
    )


def test_a_mistake_has_a_column_from_its_place() -> None:
    error = CommandError("x", (4, 6))
    assert (error.span, error.line, error.column, error.file) == ((4, 6), 1, 5, "")
    assert CommandError("x").column == 1


def test_the_nearest_words_are_named_best_first() -> None:
    assert nearest("wirte", ["write", "read", "reset"]) == "nearest: write"
    assert nearest("prcess", ["process", "processes"]) == "nearest: process, processes"


def test_nothing_is_named_where_nothing_is_near() -> None:
    assert nearest("xyzzy", ["write", "read"]) == ""
    assert nearest("", ["write"]) == ""
    assert nearest("x" * 100_000, ["write"]) == ""
