from collections.abc import Callable
from pathlib import Path

import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.arguments import PERMS, RIGHTS

Mistake = Callable[..., CommandError]


# Data -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ('"text"', b"text"),
        (r'"\0\x41"', b"\0A"),
        ("hex:48656c6c6f", b"Hello"),
        ("hex:48656C", b"Hel"),
        ("fill:0x41:3", b"AAA"),
        ("fill:65:1+1", b"AA"),
        ("zero:2", b"\0\0"),
    ],
)
def test_data_is_a_string_or_hex_or_a_run(data: str, value: bytes, staged: Session) -> None:
    written = staged.run(f"write $demo $base {data}")
    assert (written.field("status").label, written.actual) == ("ZX_OK", len(value))
    assert staged.run(f"read $demo $base {len(value)}").value == value


def test_data_that_was_read_can_be_written(staged: Session) -> None:
    staged.run('write $demo $base "hello"')
    staged.run("$r = read $demo $base 5")
    assert staged.run("write $demo $base+8 $r").actual == 5
    assert staged.run("read $demo $base+8 5").value == b"hello"


@pytest.mark.parametrize(
    ("data", "length", "status"),
    [
        ('""', 0, "ZX_ERR_INVALID_ARGS"),
        ("hex:", 0, "ZX_ERR_INVALID_ARGS"),
        ("zero:0", 0, "ZX_ERR_INVALID_ARGS"),
        ("fill:1:1T", 1 << 40, "ZX_ERR_INVALID_ARGS"),
        ("fill:1:0xffffffffffffffff", (1 << 64) - 1, "ZX_ERR_INVALID_ARGS"),
        ("zero:64M", 64 << 20, "ZX_OK"),
    ],
)
def test_data_of_any_length_is_for_the_kernel_to_judge(
    data: str, length: int, status: str, staged: Session
) -> None:
    result = staged.run(f"write $demo $base {data}")
    assert (result.requested, result.field("status").label) == (length, status)


@pytest.mark.parametrize("data", ["null", "@0x1000", "@0", "@0xffffffffffffffff", "@$base"])
def test_pointers_need_a_length(data: str, staged: Session, mistake: Mistake) -> None:
    error = mistake(f"write $demo $base {data}", staged)
    assert "--length" in str(error)


@pytest.mark.parametrize("data", ["null", "@0x1000", "@0", "@0xffffffffffffffff", "@$base"])
def test_pointers_with_a_length_are_for_the_kernel_to_judge(data: str, staged: Session) -> None:
    result = staged.run(f"write $demo $base {data} --length 4")
    assert result.field("status").label == "ZX_ERR_INVALID_ARGS"


def test_an_address_points_into_the_callers_own_memory(staged: Session) -> None:
    staged.run("$own = map $self.vmar $heap --at 0x20000000")
    staged.run('write $self $own+0x100 "mine"')
    assert staged.run("write $demo $base @$own+0x100 --length 4").actual == 4
    assert staged.run("read $demo $base 4").value == b"mine"


def test_length_says_how_many_bytes_are_asked_for(staged: Session) -> None:
    assert staged.run('write $demo $base "abcdef" --length 3').actual == 3
    assert staged.run("read $demo $base 4").value == b"abc\0"
    more = staged.run('write $demo $base "abcdef" --length 7')
    assert (more.requested, more.field("status").label) == (7, "ZX_ERR_INVALID_ARGS")


@pytest.mark.parametrize(
    ("data", "span"),
    [
        ("hex:0", (14 + 4, 14 + 5)),
        ("hex:zz", (14 + 4, 14 + 6)),
        ("fill:256:1", (14 + 5, 14 + 8)),
        ("fill:1", (14, 20)),
        ("fill::1", (14 + 5, 14 + 5)),
        ("zero:", (14 + 5, 14 + 5)),
        ("zero:x", (14 + 5, 14 + 6)),
        ("@", (15, 15)),
        ("@x", (15, 16)),
        ("text", (14, 18)),
        ("5", (14, 15)),
        ("hexa:00", (14, 21)),
    ],
)
def test_what_is_no_data_is_a_mistake_at_its_place(
    data: str, span: tuple[int, int], mistake: Mistake
) -> None:
    assert mistake(f"write $self 0 {data}").span == span


def test_a_file_is_data(staged: Session, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\0\xffab")
    assert staged.run(f"write $demo $base file:{tmp_path}/bytes").actual == 4
    assert staged.run("read $demo $base 4").value == b"\0\xffab"


def test_the_name_of_a_file_can_stand_in_quotes(staged: Session, tmp_path: Path) -> None:
    (tmp_path / "my bytes").write_bytes(b"abcd")
    assert staged.run(f'write $demo $base file:"{tmp_path}/my\\x20bytes"').actual == 4


@pytest.mark.parametrize("name", ["nothing", ".", "../"])
def test_a_file_that_is_none_is_a_mistake(
    name: str, tmp_path: Path, session: Session, mistake: Mistake
) -> None:
    error = mistake(f"write $self 0 file:{tmp_path}/{name}", session)
    assert error.span is not None
    assert error.span[0] == 19


def test_a_session_without_io_reads_no_file(tmp_path: Path, mistake: Mistake) -> None:
    (tmp_path / "bytes").write_bytes(b"ab")
    error = mistake(f"write $self 0 file:{tmp_path}/bytes", Session(allow_io=False))
    assert "--allow-io" in error.hint


# Places ---------------------------------------------------------------------------


def test_a_place_is_null_or_an_address(staged: Session) -> None:
    staged.run("map $self.vmar $heap --at 0x20000000")
    into = staged.run("read $demo $base 4 --buffer @0x20000100")
    assert (into.field("status").label, into.actual, into.value) == ("ZX_OK", 4, b"\0\0\0\0")
    null = staged.run("read $demo $base 4 --buffer null")
    assert (null.field("status").label, null.actual, null.value) == (
        "ZX_ERR_INVALID_ARGS",
        None,
        None,
    )


@pytest.mark.parametrize("place", ["5", "text", '"x"', "$self"])
def test_what_is_no_place_is_a_mistake(place: str, mistake: Mistake) -> None:
    assert mistake(f"read $self 0 4 --buffer {place}").span == (24, 24 + len(place))


# Permissions and rights -----------------------------------------------------------


@pytest.mark.parametrize("perms", ["r", "rw", "rx", "rwx", "none", "w", "x", "wx"])
def test_every_permission_is_legal_to_say(perms: str, staged: Session) -> None:
    status = staged.run(f"protect $demo.vmar $base 4K {perms}").field("status").label
    refused = perms in ("w", "x", "wx")
    assert (status == "ZX_OK") is (not refused)
    assert status in ("ZX_OK", "ZX_ERR_INVALID_ARGS")


@pytest.mark.parametrize("perms", ["rr", "wr", "R", "7", "rwxx", "", "r|w"])
def test_no_other_permission_is(perms: str, mistake: Mistake) -> None:
    assert mistake(f"protect $self.vmar 0 4K {perms or '--'}").span is not None


def test_permissions_are_bits() -> None:
    assert PERMS == {"none": 0, "r": 1, "w": 2, "rw": 3, "x": 4, "rx": 5, "wx": 6, "rwx": 7}


@pytest.mark.parametrize(
    ("rights", "value"),
    [
        ("none", 0),
        ("ZX_RIGHT_READ", 4),
        ("ZX_RIGHT_READ|ZX_RIGHT_WRITE", 12),
        ("ZX_RIGHT_READ|8", 12),
        ("ZX_RIGHTS_IO", 12),
        ("ZX_RIGHTS_IO|ZX_RIGHTS_PROPERTY", 0xCC),
        ("12", 12),
        ("0xc", 12),
        ("0", 0),
    ],
)
def test_rights_are_names_joined_or_an_integer(rights: str, value: int, staged: Session) -> None:
    result = staged.run(f"handle duplicate $demo --rights {rights}")
    assert (result.field("status").label, result.rights) == ("ZX_OK", value)


def test_the_same_rights_are_all_of_the_sources(staged: Session) -> None:
    for rights in ("", " --rights same", " --rights ZX_RIGHT_SAME_RIGHTS", " --rights 0x80000000"):
        result = staged.run(f"handle duplicate $demo{rights}")
        assert result.rights == staged.run("handles").rows[-1].rights == 185295


@pytest.mark.parametrize(
    ("rights", "span"),
    [
        ("ZX_RIGHT_REED", (32, 45)),
        ("ZX_RIGHT_READ|WRITE", (46, 51)),
        ("ZX_RIGHT_READ|", (46, 46)),
        ("read", (32, 36)),
    ],
)
def test_a_right_that_is_none_is_a_mistake_at_its_place(
    rights: str, span: tuple[int, int], mistake: Mistake
) -> None:
    assert mistake(f"handle duplicate $self --rights {rights}").span == span


def test_every_right_has_its_full_name() -> None:
    assert RIGHTS["ZX_RIGHT_DUPLICATE"] == 1
    assert RIGHTS["ZX_RIGHT_SAME_RIGHTS"] == 0x80000000
    assert all(name.startswith(("ZX_RIGHT_", "ZX_RIGHTS_")) for name in RIGHTS)


# Other nouns ----------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["cached", "uncached", "uncached-device", "write-combining"])
def test_a_cache_policy_is_a_word(policy: str, staged: Session) -> None:
    staged.run("vmo create 4K --name regs")
    assert staged.run(f"vmo cache-policy $regs {policy}").field("status").label == "ZX_OK"
    assert staged.run("vmos").rows[-1].policy == policy


def test_a_word_that_is_none_of_the_words_is_a_mistake_with_the_nearest(
    mistake: Mistake,
) -> None:
    error = mistake("vmo cache-policy $self uncashed")
    assert error.span == (23, 31)
    assert "uncached" in error.hint


def test_a_name_is_a_word_or_a_string(session: Session) -> None:
    assert session.run('process create "my name"').field("status").label == "ZX_OK"
    assert session.run("process create x.y-z").field("status").label == "ZX_OK"
    assert [row.name for row in session.run("processes").rows] == ["zxdbg", "my name", "x.y-z"]


@pytest.mark.parametrize("name", ["$demo", 'a"b"'])
def test_a_name_is_not_written_as_a_variable(name: str, mistake: Mistake) -> None:
    assert mistake(f"process create {name}").span == (15, 15 + len(name))


def test_flags_are_names_joined_or_integers(staged: Session) -> None:
    by_name = staged.run("zx_vmar_map $demo.vmar ZX_VM_PERM_READ|ZX_VM_PERM_WRITE 0 $heap 0 0x1000")
    by_number = staged.run("zx_vmar_map $demo.vmar 3 0 $heap 0 0x1000")
    assert by_name.field("status").label == by_number.field("status").label == "ZX_OK"
    assert {row.perms for row in staged.run("maps $demo").rows[1:]} == {"rw-"}


@pytest.mark.parametrize(
    ("verb", "raw"),
    [
        ("handle duplicate $self --rights 0x180000000", "zx_handle_duplicate $self 0x180000000"),
        ("vmo create 4K --options 0x100000001", "zx_vmo_create 4K 0x100000001"),
        ("write 0x100000000 0 null --length 1", "zx_process_write_memory 0x100000000 0 null 1"),
    ],
)
def test_numbers_that_c_would_cut_are_cut_alike_on_both_levels(verb: str, raw: str) -> None:
    assert Session().run(verb).status is Session().run(raw).status


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("handle duplicate $demo --rights READ", "write ZX_RIGHT_READ"),
        ("handle duplicate $demo --rights write|READ", "write ZX_RIGHT_WRITE"),
        ("handle duplicate $demo --rights ZX_RIGHT_REED", "nearest: ZX_RIGHT_READ"),
        ("handle duplicate $demo --rights frobnicate", "one of same, none"),
        ("write $demo $base 'hi'", "strings stand in double quotes"),
    ],
)
def test_a_word_that_is_nearly_right_gets_the_right_one(
    line: str, hint: str, staged: Session, mistake: Mistake
) -> None:
    assert mistake(line, staged).hint.startswith(hint)
