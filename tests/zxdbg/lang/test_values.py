from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.values import evaluate, is_identifier, number, parse_integer, size_text

Mistake = Callable[..., CommandError]
TOP = (1 << 64) - 1


# Integers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("7", 7),
        ("007", 7),
        ("1_000", 1000),
        ("0x10", 16),
        ("0XfF", 255),
        ("0xdead_beef", 0xDEADBEEF),
        ("0b101", 5),
        ("0B1_1", 3),
        ("4K", 4096),
        ("4k", 4096),
        ("1M", 1 << 20),
        ("1m", 1 << 20),
        ("2G", 2 << 30),
        ("2g", 2 << 30),
        ("3T", 3 << 40),
        ("3t", 3 << 40),
        ("1_6K", 16384),
        ("0xb", 11),
        ("18446744073709551615", TOP),
        ("0xffffffffffffffff", TOP),
    ],
)
def test_integers_are_decimal_hexadecimal_or_binary_with_suffixes(
    text: str, value: int, session: Session
) -> None:
    assert session.run(f"print {text}").value == value
    assert parse_integer(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "0x10K",
        "0xffM",
        "0x",
        "0b",
        "0b2",
        "4Q",
        "4KK",
        "K",
        "1__0",
        "1_",
        "_1",
        "0x_",
        "1e3",
        "1.5",
        "٣",
    ],
)
def test_what_only_looks_like_an_integer_is_a_mistake(text: str, mistake: Mistake) -> None:
    error = mistake(f"vmo create {text}")
    assert error.span is not None
    assert error.span[0] == 11


@pytest.mark.parametrize("text", ["", "x", "-1", "0x", "K", "٣"])
def test_an_integer_alone_takes_nothing_else(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text differs from Python to Python
        parse_integer(text)


@pytest.mark.parametrize("text", ["0", "007", "18446744073709551615", "$base", "$demo", "$self"])
def test_a_number_or_a_name_alone_means_what_it_means_in_a_sum(text: str, staged: Session) -> None:
    span = 3, 3 + len(text)
    assert number(staged.state, text, span[0]) == evaluate(staged.state, f"{text}+0", span[0])


@pytest.mark.parametrize("text", ["18446744073709551616", "9" * 30, "$text", "$nothing"])
def test_what_is_no_number_alone_is_the_mistake_that_it_is_in_a_sum(
    text: str, staged: Session
) -> None:
    staged.run('$text = print "abc"')
    for each in (text, f"{text}+0"):
        with pytest.raises(CommandError):
            number(staged.state, each, 0)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0"), (1, "1"), (4096, "4K"), (4097, "4097"), (3 << 20, "3M"), (1 << 40, "1T")],
)
def test_sizes_are_short(size: int, text: str) -> None:
    assert size_text(size) == text


# Sums -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1+2", 3),
        ("4K-1", 4095),
        ("0x10+0b1+1K-1", 1040),
        ("0xffffffffffffffff-0xffffffffffffffff", 0),
        ("$base+0x10", 0x10000010),
        ("$base+$base-4K", 0x1FFFF000),
        ("0x10+$base", 0x10000010),
        ("$demo.koid+1-1", 1030),
        ("1-2+1", 0),
    ],
)
def test_sums_and_differences_of_integers_and_names(text: str, value: int, staged: Session) -> None:
    assert staged.run(f"print {text}").value == value


@pytest.mark.parametrize("line", ["vmo create 4K + 4K", "vmo create 4K +4K", "vmo create 4K+ 4K"])
def test_sums_contain_no_blanks(line: str, mistake: Mistake) -> None:
    assert mistake(line).span is not None


@pytest.mark.parametrize("text", ["1+", "1++1", "1+x", "1*2", "1+0x10K", "$self+", "$self..proc"])
def test_a_sum_that_cannot_be_read_is_a_mistake(text: str, mistake: Mistake) -> None:
    error = mistake(f"print {text}")
    assert error.span is not None
    assert error.span[0] >= 6


# The range ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "18446744073709551616",
        "0x10000000000000000",
        "16777216T",
        "0xffffffffffffffff+1",
        "-1",
        "1-2",
        "0-0xffffffffffffffff",
        "$base-0x10000001",
    ],
)
@pytest.mark.parametrize("line", ["vmo create {}", "write {} 0 null --length 1", "print {}"])
def test_an_integer_or_a_sum_outside_64_bits_is_a_mistake(
    line: str, text: str, staged: Session, mistake: Mistake
) -> None:
    error = mistake(line.format(text), staged)
    assert error.span is not None
    assert error.span[0] == line.index("{")


@pytest.mark.parametrize(
    "digits", ["0x" + "f" * 5000, "9" * 5000, "0b" + "1" * 20000], ids=["hex", "decimal", "binary"]
)
@pytest.mark.parametrize("line", ["vmo create {}", "print {}", "print 1+{}", "vmos => rows={}"])
def test_an_integer_of_thousands_of_digits_is_a_mistake_like_any_other(
    line: str, digits: str, mistake: Mistake
) -> None:
    assert mistake(line.format(digits)).span is not None


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("write 0xffffffffffffffff 0 null --length 1", "ZX_ERR_INVALID_ARGS"),
        ('write 0xffffffffffffffff 0 "x"', "ZX_ERR_BAD_HANDLE"),
        ('write 0 0 "x"', "ZX_ERR_BAD_HANDLE"),
        ('write $self 0xffffffffffffffff "x"', "ZX_ERR_NO_MEMORY"),
        ('write $self 0xffffffffffffffff "x" --length 0xffffffffffffffff', "ZX_ERR_INVALID_ARGS"),
        ("read $self 0xffffffffffffffff 64M", "ZX_ERR_NO_MEMORY"),
        ("vmo create 0xffffffffffffffff", "ZX_ERR_OUT_OF_RANGE"),
        ("unmap $self.vmar 0xfffffffffffff000 0xffffffffffffffff", "ZX_ERR_INVALID_ARGS"),
    ],
)
def test_the_language_refuses_nothing_that_the_kernel_would_judge(
    line: str, status: str, session: Session
) -> None:
    assert session.run(line).field("status").label == status


# Names ----------------------------------------------------------------------------


def test_a_name_in_a_handle_position_is_its_handle(staged: Session) -> None:
    result = staged.run("print $demo")
    assert result.value == staged.run("print $demo.proc").value
    assert result.value == staged.run("print $demo.proc_handle").value
    assert staged.run("print $demo.vmar").value == staged.run("print $demo.vmar_handle").value


def test_a_field_of_a_name_is_a_field_of_its_result(staged: Session) -> None:
    staged.run('$w = write $demo $base+0x3ff8 "0123456789"')
    assert staged.run("print $w").value == 8
    assert staged.run("print $w.requested-$w.actual").value == 2
    assert staged.run("print $w.next").value == 0x10004000
    assert staged.run("print $w.stopped").value == "hole"
    assert staged.run("print $w.status").value == "ZX_OK"


def test_a_name_that_is_not_there_is_a_mistake_with_the_nearest(
    staged: Session, mistake: Mistake
) -> None:
    error = mistake('write $hep 0x1000 "x"', staged)
    assert error.span == (6, 10)
    assert str(error) == "no such name: $hep; nearest: $heap"


def test_a_field_that_is_not_there_is_a_mistake_with_the_nearest(
    staged: Session, mistake: Mistake
) -> None:
    error = mistake("print $demo.vma", staged)
    assert error.span == (6, 15)
    assert error.hint == "nearest: vmar, vmar_handle"


def test_a_field_that_is_absent_is_a_mistake_that_says_why(
    session: Session, mistake: Mistake
) -> None:
    session.run("$x = vmo create 0xffffffffffffffff")
    error = mistake("print $x+1", session)
    assert "ZX_ERR_OUT_OF_RANGE" in error.message
    assert session.run("print $x.status").value == "ZX_ERR_OUT_OF_RANGE"


def test_data_and_words_are_no_summands(staged: Session, mistake: Mistake) -> None:
    staged.run("$r = read $demo $base 4")
    assert mistake("print $r+1", staged).span == (6, 8)
    assert mistake("print 1+$r.status", staged).span == (7, 17)


def test_a_bare_word_is_a_mistake_that_shows_how_a_name_is_written(mistake: Mistake) -> None:
    assert mistake("print demo").hint == "a name is written $demo"


@pytest.mark.parametrize(
    ("name", "answer"),
    [("a", True), ("_a1", True), ("1a", False), ("", False), ("a-b", False), ("é", False)],
)
def test_names_are_identifiers(name: str, answer: bool) -> None:
    assert is_identifier(name) is answer


def test_evaluate_keeps_the_type_of_a_single_term(staged: Session) -> None:
    staged.run('$s = print "text"')
    assert evaluate(staged.state, "$s", 0) == b"text"
