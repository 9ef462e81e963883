from collections.abc import Callable

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.expect import Miss

Mistake = Callable[..., CommandError]


def misses(line: str, session: Session) -> list[Miss]:
    (parsed,) = session.iter_parsed(line)
    assert parsed.expectation is not None
    return parsed.expectation.misses(session.execute(parsed))


def missed(line: str, session: Session) -> list[str]:
    return [miss.field for miss in misses(line, session)]


# What comes true ------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        'write $demo $base "abc" => ZX_OK',
        'write $demo $base "abc" => ZX_OK actual=3',
        'write $demo $base "abc" => actual=3',
        'write $demo $base "abc" => actual=0x3 requested=0b11 stopped=complete',
        'write $demo $base "abc" => status=ZX_OK actual=1+2',
        'write $demo $base "abc" => actual=3 status=ZX_OK',
        'write $demo $base+0x3ffe "abc" => stopped=hole next=$base+16K',
        'write $demo $base+0x3ffe "abc" => stopped="hole"',
        'write $demo 0 "abc" => ZX_ERR_NO_MEMORY',
        'write $demo 0 "abc" => requested=3',
        "read $demo $base 2 => data=hex:0000",
        'read $demo $base 2 => data="\\0\\0"',
        "read $demo $base 64M => actual=16K data=zero:16K",
        "read $demo $base 4 => data=fill:0:4",
        "vmos => rows=1",
        "vmo create 16K => ZX_OK size=16K",
        "vmo create 1 => size=0x1000",
        "map $demo.vmar $heap --at 0x20000000 => mapped_addr=0x20000000 size=16K",
        "handle duplicate $demo => rights=185295",
        "handle duplicate $demo --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE => rights=ZX_RIGHT_READ|8",
        "maps $demo => rows=2",
        "profile => profile=docs",
        'compare write $demo 0 "x" => differs=false',
        'explain write $demo 0 "x" => ZX_ERR_NO_MEMORY',
        'explain write $demo $base "x" => ZX_OK',
        "print 5 => value=5",
        'print "hi" => value="hi"',
        "print $demo.status => value=ZX_OK",
        'write $demo $base "abc" => actual==3',
        'write $demo $base "abc" => actual<4 actual<=3 actual>2 actual>=3 actual!=4 actual~1',
        'write $demo $base+0x3ffe "abc" => stopped^=ho stopped$=le stopped~ol stopped!=complete',
        'write $demo $base+0x3ffe "abc" => next>$base next<$base+1M',
        'write $demo 0 "abc" => status!=ZX_OK requested>2',
        'write $demo 0 "abc" => any',
        'write $demo 0 "abc" => any requested=3',
        "print 5 => any",
        "read $demo $base 4 => data^=zero:2 data$=hex:00 data~fill:0:3 data!=zero:3",
        "handle duplicate $demo => rights~ZX_RIGHT_READ|ZX_RIGHT_WRITE rights!=ZX_RIGHT_READ",
        "vmos => rows>0 rows<=1 rows~heap rows!=2",
        'vmos => rows~"heap" rows~$heap.koid',
        'compare write $demo 0 "x" => differs!=true',
        'print "hi" => value^="h" value~"i"',
        "print 5 => value<6 value~4",
    ],
)
def test_an_expectation_comes_true(line: str, staged: Session) -> None:
    assert misses(line, staged) == []


def test_a_refused_answer_of_the_same_status_comes_true(session: Session) -> None:
    assert misses("vmo create 0xffffffffffffffff => ZX_ERR_OUT_OF_RANGE", session) == []


def test_an_alias_of_a_field_can_be_expected(session: Session) -> None:
    (miss,) = misses("process create a => proc=0", session)
    assert miss.came == session.value("a")


def test_a_value_can_be_a_name(staged: Session) -> None:
    staged.run("$r = read $demo $base 4")
    assert misses("read $demo $base 4 => data=$r actual=$r.actual", staged) == []
    staged.run('$w = write $demo $base+0x3ffe "abc"')
    assert misses('write $demo $base+0x3ffe "abc" => stopped=$w.stopped', staged) == []


# What does not --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('write $demo $base "abc" => ZX_ERR_NO_MEMORY', ["status"]),
        ('write $demo $base "abc" => ZX_OK actual=4', ["actual"]),
        (
            'write $demo $base "abc" => ZX_ERR_IO actual=4 requested=3 stopped=hole',
            ["status", "actual", "stopped"],
        ),
        ('write $demo 0 "abc" => actual=3', ["actual"]),
        ('write $demo 0 "abc" => actual=0', ["actual"]),
        ('write $demo 0 "abc" => stopped=hole', ["stopped"]),
        ('write $demo $base "abc" => next=0', ["next"]),
        ("read $demo 0 1 => data=hex:", ["data"]),
        ("read $demo $base 2 => data=hex:00", ["data"]),
        ("vmos => rows=0", ["rows"]),
        ('compare write $demo 0 "x" => differs=true', ["differs"]),
        ("read $demo $base 4 => data=fill:0:1T", ["data"]),
        ('write $demo $base "abc" => actual<3 actual>3 actual!=3 actual~4', ["actual"] * 4),
        ('write $demo $base "abc" => status!=ZX_OK', ["status"]),
        ('write $demo $base "abc" => any actual=4', ["actual"]),
        ('write $demo 0 "abc" => actual!=3 actual<9', ["actual", "actual"]),
        ("read $demo $base 4 => data^=zero:1T data$=hex:01", ["data", "data"]),
        ("handle duplicate $demo => rights~ZX_RIGHT_EXECUTE", ["rights"]),
        ("vmos => rows~hea", ["rows"]),
        ("print 5 => value^=5", ["value"]),
        ('write $demo $base "abc" => error', ["error"]),
        ("read $demo $base 4 => data=zero:0xffffffffffffffff", ["data"]),
    ],
)
def test_an_expectation_is_missed(line: str, fields: list[str], staged: Session) -> None:
    assert missed(line, staged) == fields


@pytest.mark.parametrize(
    "field", ["actual=0", "stopped=complete", "stopped=none", "next=0", "actual=$base"]
)
def test_an_absent_field_never_matches(field: str, staged: Session) -> None:
    assert missed(f'write $demo 0 "x" => ZX_ERR_NO_MEMORY {field}', staged) == [
        field.partition("=")[0]
    ]


def test_a_miss_says_what_was_expected_what_came_and_where(staged: Session) -> None:
    line = 'write $demo $base "abc" => ZX_OK actual=4'
    assert misses(line, staged) == [Miss("actual", 4, 3, (33, 41))]


# A mistake that is expected --------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "wirte",
        "vmo",
        "vmo crate 4K",
        "print $nope",
        "print $demo.nope",
        "print",
        "print 1 2",
        "vmos --nope",
        "write $demo 0 'x'",
        "maps 5",
        "peek $demo 0 65M",
        "$self = print 1",
        "explain wirte",
        "vmo create 99999999999999999999",
    ],
)
def test_a_mistake_can_be_expected(line: str, staged: Session) -> None:
    for parsed in staged.iter_parsed(f"{line} => error"):
        assert parsed.expectation is not None
        with pytest.raises(CommandError) as caught:
            staged.execute(parsed)
        assert parsed.expectation.missed_by(caught.value) is None


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ('error~"such"', False),
        ('error^="no such name"', False),
        ("error$=are", False),
        ('error="no such name: $nope; names lists those there are"', False),
        ("error!=x", False),
        ("error~command", True),
        ("error=x", True),
    ],
)
def test_the_message_of_a_mistake_can_be_expected(
    text: str, missed: bool, session: Session
) -> None:
    (parsed,) = session.iter_parsed(f"print $nope => {text}")
    assert parsed.expectation is not None
    with pytest.raises(CommandError) as caught:
        session.execute(parsed)
    miss = parsed.expectation.missed_by(caught.value)
    assert (miss is not None) is missed
    if miss is not None:
        assert (miss.field, miss.came, miss.span) == (
            "error",
            str(caught.value),
            (15, 15 + len(text)),
        )


def test_an_expectation_that_is_a_mistake_itself_expects_none(mistake: Mistake) -> None:
    assert mistake("wirte => ZX_OKAY").message == "no such command: wirte"
    assert mistake("print 1 => error ZX_OK").message == "nothing can stand behind error: ZX_OK"
    assert mistake("print 1 => ZX_OK error").message == "error is not field=value"
    assert mistake("print 1 => error<5").span == (16, 17)


# Mistakes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("", (10, 10)),
        ("ZX_OKAY", (11, 18)),
        ("zx_ok", (11, 16)),
        ("ZX_OK ZX_OK", (17, 22)),
        ("rows=3 ZX_OK", (18, 23)),
        ("ZX_OK rows", (17, 21)),
        ("ZX_OK row=3", (17, 20)),
        ("ZX_OK =3", (17, 17)),
        ("rows=", (16, 16)),
        ("rows=x", (16, 17)),
        ("rows=$nope", (16, 21)),
        ("status=ZX_NO", (18, 23)),
        ("ZX_OK => ZX_OK", (17, 19)),
        ("ZX_OK rows<", (22, 22)),
        ("rows<x", (16, 17)),
        ("rows^=3", (15, 17)),
        ("rows=>3", (16, 18)),
        ("status<ZX_OK", (17, 18)),
        ("row>3", (11, 14)),
        ("any any", (15, 18)),
    ],
)
def test_a_wrong_expectation_is_a_mistake_at_its_place(
    text: str, span: tuple[int, int], mistake: Mistake
) -> None:
    assert mistake(f"handles => {text}".rstrip()).span == span


@pytest.mark.parametrize(
    "line",
    [
        'write $demo $base "x" => actual="x"',
        'write $demo $base "x" => actual=ZX_OK',
        "read $demo $base 1 => data=5",
        "read $demo $base 1 => data=null",
        "read $demo $base 1 => data=@0x1000",
        'compare write $demo 0 "x" => differs=1',
        "handle duplicate $demo => rights=READ",
        "read $demo $base 1 => actual=-1",
        "read $demo $base 1 => actual=0x10000000000000000",
        "write $demo $base fill:1:1 => vaddr=0x10000000",
        "write $demo $base fill:1:1 => extents=1",
        "maps $demo => koid=1030",
        'compare write $demo 0 "x" => differs<true',
        "handle duplicate $demo => rights<5",
        "handle duplicate $demo => rights~READ",
        "read $demo $base 1 => data<5",
        "read $demo $base 1 => data~5",
        'write $demo $base "x" => stopped<hole',
        'write $demo $base "x" => actual^=1',
    ],
)
def test_a_value_is_read_by_the_type_of_its_field(
    line: str, staged: Session, mistake: Mistake
) -> None:
    error = mistake(line, staged)
    assert error.span is not None
    assert error.span[0] >= line.index("=>") + 3


def test_a_sign_that_does_not_fit_has_those_that_do_for_a_hint(mistake: Mistake) -> None:
    error = mistake("vmos => rows^=3")
    assert error.message == "^= does not compare rows, a list"
    assert error.hint == "these do: = != < <= > >= ~"
    assert mistake("vmos => rows=>3").hint == "at least is written >="


def test_an_unknown_field_has_the_nearest_for_a_hint(mistake: Mistake) -> None:
    assert mistake("handles => row=1").hint == "nearest: rows"


def test_an_expectation_ends_at_its_semicolon(session: Session) -> None:
    first, second = session.iter_parsed("vmos => ZX_OK rows=0; names => rows=3")
    assert first.expectation is not None
    assert second.expectation is not None
    assert [wanted.value for wanted in first.expectation.fields] == [0]


def test_a_python_caller_judges_for_himself(session: Session) -> None:
    assert session.run("vmo create 4K => ZX_ERR_NO_MEMORY size=1").field("status").label == "ZX_OK"
