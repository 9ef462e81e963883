import pytest

from zxdbg.kernel.rights import Rights
from zxdbg.kernel.status import Status
from zxdbg.render import facts
from zxdbg.session import Session
from zxdbg.syscalls.buffers import GOOD, Fill, Pointer
from zxdbg.syscalls.rule import Rule


def test_an_address_is_hexadecimal_without_padding() -> None:
    assert facts.address(0) == "0x0"
    assert facts.address(2**64 - 1) == "0xffffffffffffffff"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1, "1"),
        (1023, "1023"),
        (1024, "1K"),
        (1025, "1025"),
        (16 << 10, "16K"),
        (1536 << 10, "1536K"),
        (64 << 20, "64M"),
        (10 << 30, "10G"),
        (1 << 40, "1T"),
        (1 << 50, "1024T"),
    ],
)
def test_a_size_has_the_largest_unit_that_divides_it(value: int, shown: str) -> None:
    assert facts.size(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (20, "20 bytes"),
        (4096, "4K bytes"),
        (65535, "65535 bytes"),
        (65537, "0x10001 bytes"),
    ],
)
def test_a_count_has_its_noun(value: int, shown: str) -> None:
    assert facts.count(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "---"), (1, "r--"), (3, "rw-"), (7, "rwx")])
def test_permissions_are_three_letters_or_dashes(value: int, shown: str) -> None:
    assert facts.perms(value) == shown


def test_rights_lose_their_prefix_in_tables() -> None:
    assert facts.short_rights(int(Rights.READ | Rights.WRITE)) == ["READ", "WRITE"]
    assert facts.short_rights(0) == []


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"hello", '"hello"'),
        (b"", '""'),
        (b'a"b\\', '"a\\"b\\\\"'),
        (b"\x00\xff", "hex:00ff"),
        (b"caf\xc3\xa9", '"caf\u00e9"'),
        (b"caf\xe9", "hex:636166e9"),
        (b"x" * 49, f'"{"x" * 48}"… (49 bytes)'),
    ],
)
def test_bytes_are_quoted_as_the_language_writes_them(data: bytes, shown: str) -> None:
    assert facts.quoted(data) == shown


def test_characters_of_several_bytes_are_quoted_whole() -> None:
    assert facts.quoted("中文".encode()) == '"中文"'
    assert facts.quoted("中".encode()[:2]) == "hex:e4b8"
    assert facts.quoted("ab中".encode() * 20, 14) == '"ab中ab中ab"… (100 bytes)'


@pytest.mark.parametrize(
    "data", [b"plain", b'q"uote', b"back\\slash\\n", b"\x00\x1b[31m", "中é".encode(), b""]
)
def test_quoted_bytes_can_be_typed_again(data: bytes) -> None:
    session = Session()
    session.run("process create demo; vmo create 4K --name heap")
    session.run("$base = map $demo.vmar $heap --at 0x10000000")
    if data:
        session.run(f"write $demo $base {facts.quoted(data)}")
        assert session.run(f"read $demo $base {len(data)}").field("data") == data
    else:
        assert facts.quoted(data) == '""'


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("handle", 0x6C7F36B5, "$demo 0x6c7f36b5"),
        ("handle", 5, "0x5"),
        ("address", 4096, "0x1000"),
        ("data", b"x", "data of 1 byte"),
        ("data", Fill(0xFF, 4096), "4K bytes of 0xff"),
        ("data", Pointer(0x2000), "a pointer to 0x2000"),
        ("data", None, "NULL"),
        ("place", GOOD, "a place that zxdbg provides"),
        ("place", None, "NULL"),
        ("number", 65535, "65535"),
        ("number", 65536, "0x10000"),
        ("rights", 12, "0xc"),
    ],
)
def test_an_argument_is_shown_by_its_kind(kind: str, value: object, shown: str) -> None:
    assert facts.argument(kind, value, {0x6C7F36B5: "$demo"}) == shown


def test_a_rule_in_words_has_the_template_of_its_outcome() -> None:
    rule = Rule(
        "aligned",
        Status.INVALID_ARGS,
        "vaddr is aligned",
        passed="{:address} is",
        failed="{:address} is not, by {:bytes}",
    )
    assert facts.in_words(rule, (0x1000, 0), held=True) == "0x1000 is"
    assert facts.in_words(rule, (0x1001, 1), held=False) == "0x1001 is not, by 1 byte"


def test_a_rule_that_held_without_facts_has_nothing_to_say() -> None:
    rule = Rule("any", Status.INVALID_ARGS, "it holds", passed="as {:number} is")
    assert facts.in_words(rule, (), held=True) == ""


@pytest.mark.parametrize(
    ("setup", "line", "words"),
    [
        ("print 1", 'write $self 0x10 "x"', "0x10 lies in no mapping of zxdbg; nothing at all"),
        ("handle close $heap", "vmo resize $heap 1", "was a handle of the caller, and is closed"),
        ("print 1", "handle duplicate 0", "0x0 is never a handle"),
        ("print 1", "vmo resize $demo 1", "it is process demo, koid 1030"),
        ("print 1", 'write $demo 0x10 "x"', "nearest: heap begins at 0x10000000"),
        ("print 1", 'write $demo 0x20000000 "x"', "nearest: heap ends at 0x10004000"),
        (
            "map $demo.vmar $heap --at 0x30000000",
            'write $demo 0x20000000 "x"',
            "nearest: heap ends at 0x10004000, heap begins at 0x30000000",
        ),
    ],
)
def test_a_refusal_names_the_facts_that_decided(setup: str, line: str, words: str) -> None:
    session = Session()
    for command in (
        "process create demo",
        "vmo create 16K --name heap",
        "map $demo.vmar $heap --at 0x10000000",
        setup,
    ):
        assert session.run(command).status is Status.OK
    outcome = session.run(line).decider
    assert outcome is not None
    assert outcome.decided is not None
    shown = facts.in_words(outcome.decided, dict(outcome.checks)[outcome.decided], held=False)
    assert words in shown
