from typing import Any

import pytest

from zxdbg.kernel.status import Status
from zxdbg.lang.tokens import tokenize, unquote
from zxdbg.lang.write import MOST_DATA, in_one_line, quote, rebased, value_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", '"plain"'),
        (b'say "hi"', r'"say \"hi\""'),
        (b"a\\b", r'"a\\b"'),
        (b"\n\x00\x7f", r'"\x0a\x00\x7f"'),
        ("Zürich".encode(), '"Zürich"'),
        (b"\xff1", r'"\xff1"'),
        ("\u202e".encode(), r'"\xe2\x80\xae"'),
    ],
)
def test_a_string_says_the_same_bytes(raw: bytes, text: str) -> None:
    assert quote(raw) == text
    assert unquote(text, 0) == raw


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("map $d.vmar \\\n   $heap --at \\\r\n 0x1000", "map $d.vmar $heap --at 0x1000"),
        ("$x  =   print\t1", "$x = print 1"),
        ('process create "a  b"', 'process create "a  b"'),
        ("process create a\udcffb", r'process create "a\xffb"'),
        ('process create "a\udcff\udc80"', r'process create "a\xff\x80"'),
        ("vmo create 4K --name=\udcc3", r'vmo create 4K --name="\xc3"'),
        ("write $d 0 file:\udcff.bin", r'write $d 0 file:"\xff.bin"'),
    ],
)
def test_a_command_is_written_on_one_line_in_utf_8(text: str, line: str) -> None:
    assert in_one_line(tokenize(text)) == line
    line.encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("write $d 0 file:x.bin --length 4", "write $d 0 file:in/x.bin --length 4"),
        ('write $d 0 "file:x.bin"', 'write $d 0 "file:x.bin"'),
        ('write $d 0 file:"my x"', 'write $d 0 file:"in/my x"'),
        ("diff file:a file:bb", "diff file:in/a file:in/bb"),
        ("print 1", "print 1"),
    ],
)
def test_files_are_named_from_another_place(text: str, written: str) -> None:
    assert rebased(text, lambda path: f"in/{path}") == written


def test_a_path_that_is_no_word_is_quoted() -> None:
    assert rebased("write $d 0 file:x", lambda path: f"my files/{path}") == (
        'write $d 0 file:"my files/x"'
    )


@pytest.mark.parametrize(
    ("kind", "value", "like", "text"),
    [
        ("status", Status.OK, "", "ZX_OK"),
        ("truth", True, "", "true"),
        ("number", 3, "", "3"),
        ("bytes", 8192, "", "8K"),
        ("bytes", 8192, "4K", "8K"),
        ("bytes", 8192, "4096", "8192"),
        ("bytes", 8192, "0x1", "0x2000"),
        ("signed", -1, "5", ""),
        ("address", 4096, "5", "0x1000"),
        ("handle", 5, "", "0x5"),
        ("data", b"abc", "", '"abc"'),
        ("data", b"abc", "hex:00", "hex:616263"),
        ("data", b"\0b", "", "hex:0062"),
        ("data", b"\0b", '"x"', r'"\x00b"'),
        ("data", "Zürich 名".encode(), '"x"', '"Zürich 名"'),
        ("data", "Zürich 名".encode(), "", '"Zürich 名"'),
        ("data", b"\xc3", "", "hex:c3"),
        ("data", bytes(17), "", "zero:17"),
        ("data", b"\7" * 300, "", "fill:0x7:300"),
        ("data", b"ab" * MOST_DATA, "", ""),
        ("data", b"", "", '""'),
        ("word", "two-words.1", "", "two-words.1"),
        ("word", "two words", "", '"two words"'),
        ("word", "é", "", '"é"'),
        ("value", "word", "", '"word"'),
        ("list", (1, 2), "", "2"),
        ("value", None, "", ""),
    ],
)
def test_a_value_is_written_as_an_expectation_has_it(
    kind: str, value: Any, like: str, text: str
) -> None:
    assert value_text(kind, value, like) == text
