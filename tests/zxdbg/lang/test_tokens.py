from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.tokens import goes_on, split_commands, text_of, tokenize, unquote
from zxdbg.steps import logical_lines

Mistake = Callable[..., CommandError]


def words(line: str) -> list[str]:
    return [token.text for token in tokenize(line)]


def texts(raw: bytes) -> list[str]:
    return [place.text for place in logical_lines("f", raw)]


# Comments -------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["# all of it", "#", "#; print 1", "   # behind blanks"])
def test_a_line_of_comment_has_no_command(line: str) -> None:
    assert split_commands(tokenize(line)) == []


@pytest.mark.parametrize("line", ["print 7 # seven", "print 7 #", "print 7\t#; wirte"])
def test_a_comment_begins_after_a_blank(line: str, session: Session) -> None:
    assert session.run(line).value == 7


def test_a_number_sign_inside_a_word_is_part_of_it(session: Session) -> None:
    assert session.run("vmo create 4K --name a#b").field("status").label == "ZX_OK"
    assert session.run("vmos").rows[0].name == "a#b"


def test_a_number_sign_right_behind_a_semicolon_is_no_comment(mistake: Mistake) -> None:
    assert mistake("print 7;#x").span == (8, 10)


def test_a_number_sign_in_quotes_is_data(session: Session) -> None:
    assert session.run('print "a # b"').value == b"a # b"


def test_a_comment_runs_to_the_end_of_the_line_whatever_is_in_it(session: Session) -> None:
    assert session.run('print 7 # "open => | ; \\').value == 7


# Semicolons -----------------------------------------------------------------------


def test_a_semicolon_separates_commands_with_and_without_blanks(session: Session) -> None:
    assert session.run("$a = print 1;$b = print 2 ; $c = print 3;").value == 3
    assert [session.value(name) for name in "abc"] == [1, 2, 3]


def test_empty_commands_between_semicolons_are_nothing(session: Session) -> None:
    assert session.run(";; print 1 ;;").value == 1


def test_a_semicolon_in_quotes_is_data(session: Session) -> None:
    assert session.run('print "a;b"').value == b"a;b"


def test_a_semicolon_ends_a_string_that_stands_before_it(session: Session) -> None:
    assert session.run('$s = print "a";print 1').value == 1
    assert session.run("print $s").value == b"a"


def test_the_text_of_a_command_is_as_it_was_written() -> None:
    line = "print  1 ;  print   2  # two"
    assert [text_of(line, group) for group in split_commands(tokenize(line))] == [
        "print  1",
        "print   2",
    ]


# Continuation ---------------------------------------------------------------------


def test_a_backslash_at_the_end_of_a_line_goes_on() -> None:
    assert texts(b"print \\\n7\nprint 8") == ["print \\\n7", "print 8"]


def test_a_line_that_goes_on_runs_as_one(session: Session) -> None:
    (place,) = logical_lines("f", b"print \\\n  7")
    assert session.run(place.text).value == 7


def test_a_continuation_separates_words_as_a_blank_does(session: Session) -> None:
    assert session.run("print\\\n7").value == 7


def test_a_line_that_goes_on_ends_at_the_end_of_the_file_too(session: Session) -> None:
    (place,) = logical_lines("f", b"print 7 \\")
    assert session.run(place.text).value == 7


def test_a_backslash_that_is_not_last_does_not_go_on() -> None:
    assert goes_on("print 7 \\")
    assert not goes_on("print 7 \\ ")
    assert not goes_on("print 7")


@pytest.mark.parametrize("line", ['handles "\\\n', 'print 7 "\\\nx', 'vmos "abc\\\ndef"', '"\\\n"'])
def test_a_string_cut_by_a_continuation_is_a_mistake_and_never_left_out(
    line: str, mistake: Mistake
) -> None:
    error = mistake(line)
    assert error.span is not None
    assert error.span[0] <= line.index('"') < error.span[1]


@pytest.mark.parametrize(
    "line",
    [
        '"\\\n',
        'a "b\\\nc" d',
        '"',
        '\\"',
        'x"\\',
        "\\",
        '"a"b"\\\n"',
        "=>;|>",
        '"a\\\r\nb"',
        '"\n"',
    ],
)
def test_tokens_leave_out_nothing_but_blanks(line: str) -> None:
    covered = {at for token in tokenize(line) for at in range(token.start, token.end)}
    left_out = "".join(letter for at, letter in enumerate(line) if at not in covered)
    assert left_out.replace("\\\r\n", "").replace("\\\n", "").strip() == ""


# Files ----------------------------------------------------------------------------


def test_lines_end_in_lf_or_in_crlf() -> None:
    assert texts(b"print 1\r\nprint 2\nprint 3\r\n") == ["print 1", "print 2", "print 3", ""]


def test_a_line_that_ends_in_crlf_can_go_on(session: Session) -> None:
    (place,) = logical_lines("f", b"print \\\r\n7\r")
    assert session.run(place.text).value == 7


def test_a_byte_order_mark_is_skipped_at_the_start_only() -> None:
    assert texts(b"\xef\xbb\xbfprint 1\n\xef\xbb\xbfprint 2") == ["print 1", "\ufeffprint 2"]


def test_files_are_utf8(session: Session) -> None:
    (place,) = logical_lines("f", 'print "é名"'.encode())
    assert session.run(place.text).value == "é名".encode()


def test_lines_are_numbered_where_they_begin() -> None:
    places = list(logical_lines("f", b"a\n\nb \\\nc\nd"))
    assert [(place.line, place.text) for place in places] == [
        (1, "a"),
        (2, ""),
        (3, "b \\\nc"),
        (5, "d"),
    ]


# Operators ------------------------------------------------------------------------


def test_operators_need_a_blank_on_both_sides() -> None:
    kinds = [(token.text, token.kind) for token in tokenize("a => b=>c =>d e=> | f|g > h>i >")]
    assert [text for text, kind in kinds if kind == "operator"] == ["=>", "|", ">", ">"]


def test_operators_in_quotes_are_data(session: Session) -> None:
    assert session.run('print "a => b | c > d"').value == b"a => b | c > d"
    assert session.run('print "=>"').value == b"=>"


def test_an_arrow_without_blanks_is_no_expectation(mistake: Mistake) -> None:
    assert mistake("print 7 =>ZX_OK").span == (8, 15)


# Strings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'""', b""),
        (r'"a b"', b"a b"),
        (r'"\a\b\f\n\r\t\v"', b"\a\b\f\n\r\t\v"),
        (r'"\\ \" \' \?"', b"\\ \" ' ?"),
        (r'"\0\7\101\377"', b"\0\x07A\xff"),
        (r'"\x41\xfF\x7"', b"A\xff\x07"),
        (r'"\x41g"', b"Ag"),
        (r'"\1018"', b"A8"),
        ('"é"', "é".encode()),
    ],
)
def test_strings_have_c_escapes(text: str, value: bytes, session: Session) -> None:
    assert session.run(f"print {text}").value == value


def test_a_backslash_before_the_last_quote_escapes_it(mistake: Mistake) -> None:
    assert mistake(r'print "abc\"').span == (6, 12)


def test_two_backslashes_before_the_last_quote_do_not(session: Session) -> None:
    assert session.run(r'print "abc\\"').value == b"abc\\"


@pytest.mark.parametrize(
    ("line", "span"),
    [
        (r'print "a\qb"', (8, 10)),
        (r'print "\xg"', (7, 9)),
        (r'print "\8"', (7, 9)),
        (r'print "é\é"', (8, 10)),
    ],
)
def test_an_unknown_escape_is_a_mistake_at_its_place(
    line: str, span: tuple[int, int], mistake: Mistake
) -> None:
    assert mistake(line).span == span


def test_a_string_that_is_not_closed_is_a_mistake(mistake: Mistake) -> None:
    error = mistake('print "abc')
    assert error.span == (6, 10)
    assert "not closed" in error.message


@pytest.mark.parametrize("line", ['print "a""b"', 'print "a"b', 'write $self 0 "x"=> ZX_OK'])
def test_a_word_right_behind_a_string_is_a_mistake_that_says_so(
    line: str, mistake: Mistake
) -> None:
    error = mistake(line)
    assert error.span is not None
    assert error.span[0] == line.index('"')
    assert "blank" in error.message


def test_an_open_string_does_not_swallow_the_next_line() -> None:
    assert texts(b'print "a\nprint 7') == ['print "a', "print 7"]


def test_unquote_reads_a_string_as_data() -> None:
    assert unquote(r'"a\n"', 0) == b"a\n"


def test_tokens_know_their_places() -> None:
    assert [(token.text, token.span) for token in tokenize("a  bc;d")] == [
        ("a", (0, 1)),
        ("bc", (3, 5)),
        (";", (5, 6)),
        ("d", (6, 7)),
    ]
    assert words("") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('print "abc => error', ["print", '"abc', "=>", "error"]),
        ('print "abc   =>   error  ', ["print", '"abc', "=>", "error"]),
        ('print "abc => error # why', ["print", '"abc', "=>", "error", "# why"]),
        ('print "a => error => error', ["print", '"a => error', "=>", "error"]),
        ('print x="a b => error', ["print", 'x="a b', "=>", "error"]),
        ('print "a" "b => error', ["print", '"a"', '"b', "=>", "error"]),
        ('print "abc => error"', ["print", '"abc => error"']),
        ('print x="a => error # b"', ["print", 'x="a => error # b"']),
        (
            'print x="a => error # b" "c => error',
            ["print", 'x="a => error # b"', '"c', "=>", "error"],
        ),
        ('print x="a => error # \\"', ["print", 'x="a', "=>", "error", '# \\"']),
        ('print "abc => errors', ["print", '"abc => errors']),
        ('print "abc => ZX_OK', ["print", '"abc => ZX_OK']),
        ('print "abc=> error', ["print", '"abc=> error']),
        ("a=>b", ["a=>b"]),
    ],
)
def test_a_string_that_is_not_closed_ends_before_what_expects_that(
    line: str, expected: list[str]
) -> None:
    tokens = tokenize(line)
    assert [token.text for token in tokens] == expected
    assert all(line[token.start : token.end] == token.text for token in tokens)


def test_many_blanks_in_a_string_that_is_not_closed_take_no_time() -> None:
    assert len(tokenize('"' + " " * 500_000 + "=>" + " " * 500_000)) == 1
    assert len(tokenize('"' + " => error #" * 50_000)) == 4
    assert len(tokenize('"' + " => error" * 50_000 + " x")) == 1
