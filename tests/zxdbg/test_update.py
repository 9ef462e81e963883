from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zxdbg.failure import Failure
from zxdbg.report import QuietReport
from zxdbg.script import Runner
from zxdbg.session import Session
from zxdbg.update import Edit, apply_edits, edits_for


def failures_of(raw: bytes) -> list[Failure]:
    found: list[Failure] = []

    class Report(QuietReport):
        def failure(self, failure: Failure) -> None:
            found.append(failure)

    Runner(Session(), Report(StringIO()), keep_going=True).run_file("f", raw, "")
    return found


def updated(text: str | bytes) -> str:
    """Rewrite a file until nothing is left to rewrite; twice at most is enough."""
    raw = text.encode() if isinstance(text, str) else text
    for _ in range(3):
        edits = [edit for failure in failures_of(raw) for edit in edits_for(failure)]
        if not edits:
            return raw.decode()
        raw = apply_edits(raw, edits)
    raise AssertionError(f"it never comes to rest: {raw!r}")


STAGE = "process create demo; vmo create 16K --name heap; $base = map $demo.vmar $heap --at 256M\n"


# Edits ----------------------------------------------------------------------------


def test_an_edit_replaces_a_piece_and_nothing_else() -> None:
    raw = b"\xef\xbb\xbfone two\r\n\xff\xfe three\n\nfour"
    assert apply_edits(raw, [Edit(1, 4, 1, 7, "2"), Edit(4, 0, 4, -1, "4")]) == (
        b"\xef\xbb\xbfone 2\r\n\xff\xfe three\n\n4"
    )


def test_an_edit_uses_the_ends_of_lines_of_its_line() -> None:
    raw = b"a\r\nb\nc"
    assert apply_edits(raw, [Edit(1, -1, 1, -1, "\nx"), Edit(2, -1, 2, -1, "\ny")]) == (
        b"a\r\nx\r\nb\ny\nc"
    )
    assert apply_edits(raw, [Edit(3, -1, 3, -1, "\nz")]) == b"a\r\nb\nc\r\nz"
    assert apply_edits(raw, [Edit(1, -1, 2, -1, "")]) == b"a\nc"


def test_no_edits_change_nothing() -> None:
    raw = bytes(range(256)) * 3
    assert apply_edits(raw, []) == raw


# Statuses and fields --------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print 1 => ZX_ERR_IO", "print 1 => ZX_OK"),
        ("print 1 => value=2", "print 1 => value=1"),
        ("print 1   =>   value=2  # why", "print 1   =>   value=1  # why"),
        ("print 1 => value=0x2", "print 1 => value=0x1"),
        ("print 1 => value<0 value=1", "print 1 => value=1 value=1"),
        ("print 1 => status=ZX_ERR_IO value=2", "print 1 => status=ZX_OK value=1"),
        ("print 1 => status!=ZX_OK", "print 1 => status=ZX_OK"),
        ("print 1 => error", "print 1 => ZX_OK"),
        ("peek $self 0 1 => error", "peek $self 0 1 => any"),
        ('wirte => error="x"', 'wirte => error="no such command: wirte; nearest: write"'),
        ("handle close 5 => ZX_OK", "handle close 5 => ZX_ERR_BAD_HANDLE"),
        ("handles => rows=0", "handles => rows=7"),
        ("profile => profile=kernel", "profile => profile=docs"),
        ('print "a" => value="b"', 'print "a" => value="a"'),
        ('print "Zürich 名" => value="b"', 'print "Zürich 名" => value="Zürich 名"'),
        (
            'wirteé => error="x"',
            'wirteé => error="no such command: wirteé; nearest: write"',
        ),
        ("vmo create 16K => size=4K", "vmo create 16K => size=16K"),
        (
            'process create "a b"; processes => rows~"nope"',
            'process create "a b"; processes => rows=3',
        ),
        ('write $demo $base "abc" => ZX_OK actual=4', 'write $demo $base "abc" => ZX_OK actual=3'),
        ('write $demo 0 "x" => actual=1', 'write $demo 0 "x" => ZX_ERR_NO_MEMORY'),
        ('write $demo 0 "x" => ZX_OK  actual=1', 'write $demo 0 "x" => ZX_ERR_NO_MEMORY'),
        ('write $demo 0 "x" => any actual=1', 'write $demo 0 "x" => any'),
        (
            'write $demo 0 "x" => actual=1 next=0 requested=2',
            'write $demo 0 "x" => ZX_ERR_NO_MEMORY requested=1',
        ),
        ("read $demo $base 2 => data=hex:01", "read $demo $base 2 => data=hex:0000"),
        ('read $demo $base 2 => data="x"', 'read $demo $base 2 => data="\\x00\\x00"'),
        ("read $demo $base 4K => data=hex:01", "read $demo $base 4K => data=zero:4096"),
        (
            "write $demo $base fill:7:20; read $demo $base 20 => data=zero:9",
            "write $demo $base fill:7:20; read $demo $base 20 => data=fill:0x7:20",
        ),
        (
            "map $demo.vmar $heap --at 1G => mapped_addr=5",
            "map $demo.vmar $heap --at 1G => mapped_addr=0x40000000",
        ),
        (
            "handle duplicate $demo --rights ZX_RIGHT_READ => rights~ZX_RIGHT_WRITE",
            "handle duplicate $demo --rights ZX_RIGHT_READ => rights=ZX_RIGHT_READ",
        ),
        ("print 1 => value=2; print 2 => value=3", "print 1 => value=1; print 2 => value=2"),
        ("print \\\n 1 => \\\n  value=2", "print \\\n 1 => \\\n  value=1"),
        ("peek $demo $base 4 => fault", "peek $demo $base 4 => any"),
        (
            'compare write $demo 0 "x" => differs=true',
            'compare write $demo 0 "x" => differs=false',
        ),
    ],
)
def test_an_expectation_becomes_what_came(before: str, after: str) -> None:
    assert updated(f"{STAGE}{before}\n") == f"{STAGE}{after}\n"
    assert failures_of(f"{STAGE}{after}\n".encode()) == []


@pytest.mark.parametrize(
    "line",
    [
        "wirte",
        "wirte => ZX_OK",
        "handle close 5",
        "expect 1=2",
        "print $nope => value=1",
        "print 1 => nope=1",
        "\n| lost",
        "poke $demo $base file:x",
    ],
)
def test_what_is_no_expectation_stays(line: str) -> None:
    text = f"{STAGE}{line}\nprint 1\n"
    assert failures_of(text.encode())
    assert updated(text) == text


def test_data_that_is_too_long_to_write_out_stays() -> None:
    text = STAGE + 'write $demo $base "abc"\nread $demo $base 4K => data="x"\n'
    assert len(failures_of(text.encode())) == 1
    assert updated(text) == text


# Output ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print 1\n| 2\n", "print 1\n| 1  0x1\n"),
        ("print 1\n  |2\n", "print 1\n  | 1  0x1\n"),
        ("print 1\n| 1  0x1\n| more\n", "print 1\n| 1  0x1\n"),
        ("print 1\n|", "print 1\n| 1  0x1"),
        ("print 1\r\n| 2\r\n# x", "print 1\r\n| 1  0x1\r\n# x"),
        ("\ufeffprint 1\n| 2", "\ufeffprint 1\n| 1  0x1"),
        ("print \\\n  1\n| 2\n\n\n", "print \\\n  1\n| 1  0x1\n\n\n"),
        ("print 1 => value=2\n| 2\n", "print 1 => value=1\n| 1  0x1\n"),
        ("zx> print 1\n2\n\n# x\n\nzx> print 3\n", "zx> print 1\n1  0x1\n\n# x\n\nzx> print 3\n"),
        ("zxdbg 1> print 1\n2", "zxdbg 1> print 1\n1  0x1"),
        ("zx> print 1\na\n# x\nb\n", "zx> print 1\n1  0x1\n# x\n"),
    ],
)
def test_output_becomes_what_came(before: str, after: str) -> None:
    assert updated(before) == after


def test_output_that_fits_keeps_its_dots() -> None:
    text = "handle close 5 => any\n| ZX_ERR_BAD_HANDLE…\n|\n|   rule 2…\n|   …5 is no…\n|   s…\n"
    assert updated(text) == text.replace(
        "rule 2…", "rule 1 of 1    handle is a handle of the caller"
    )


def test_blank_lines_of_output_have_no_blanks_at_their_ends() -> None:
    assert "\n|\n|   rule" in updated("handle close 5 => any\n| no\n")


def test_output_that_would_be_read_as_a_prompt_stays(tmp_path: Path) -> None:
    (tmp_path / "inner.zx").write_text("print 1\n")
    text = f"zx> source {tmp_path / 'inner.zx'}\nno\n"
    (failure,) = failures_of(text.encode())
    assert "+ zx> print 1" in failure.details
    assert edits_for(failure) == []


def test_a_rewritten_file_is_at_rest() -> None:
    text = STAGE + (
        'write $demo $base+0x3ff0 "0123456789abcdef++++" => ZX_ERR_IO actual=1\n| no\n'
        "maps $demo\n| no\nhandles => rows=9\n| no\nwirte => error~nope\n| no\n"
        "read $demo $base+0x3ff0 32 => data=hex:00\n| no\n"
    )
    once = updated(text)
    assert failures_of(once.encode()) == []
    assert updated(once) == once


LINES = st.sampled_from(
    [
        "process create demo",
        'write $demo 0 "x" => actual<9 requested=2',
        "handle close 5",
        "handle close 5 => ZX_OK # é",
        "names => rows~demo rows<0",
        "wirte => error~no",
        "print 1 => value=2; print 2 => value=3 \\",
        "  status=ZX_ERR_IO",
        "print 1",
        "zx> print 1",
        "zxdbg 2> handle close 5",
        "| no",
        "  |…",
        "…",
        "1  0x1",
        "# one",
        "",
    ]
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=9), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_file_comes_to_rest_and_keeps_its_comments(
    lines: list[str], newline: str, bom: bool
) -> None:
    text = "\ufeff" * bom + newline.join(lines)
    rewritten = updated(text)
    assert updated(rewritten) == rewritten
    assert rewritten.count("# one") == lines.count("# one")
    assert rewritten.startswith("\ufeff") is bom
    assert ("\r" in rewritten) is ("\r" in text)
