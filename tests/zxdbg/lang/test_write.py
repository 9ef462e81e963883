import pytest

from zxdbg.lang.tokens import tokenize, unquote
from zxdbg.lang.write import in_one_line, quote, rebased


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
