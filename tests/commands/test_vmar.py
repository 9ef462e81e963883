from zxdbg import Session
from zxdbg.kernel import Status


def test_map_takes_the_rest_of_the_vmo_readable_and_writable_by_default(session: Session) -> None:
    result = session.run("$m = map $demo.vmar $heap --offset 4K")
    assert result.size == 0x3000
    (row,) = [row for row in session.run("maps $demo").rows if row.start == result.mapped_addr]
    assert (row.perms, row.offset, row.size) == ("rw-", 0x1000, 0x3000)


def test_at_is_absolute_in_a_nested_vmar_too(session: Session) -> None:
    session.run("$box = vmar allocate $demo.vmar 64K --at 0x20000000")
    result = session.run("map $box $heap --at 0x20004000")
    assert (result.status, result.mapped_addr) == (Status.OK, 0x20004000)
    outside = session.run("map $box $heap --at 0x1fff0000")
    assert outside.status is Status.INVALID_ARGS
    assert outside.fields() == {"mapped_addr": None, "size": None}


def test_what_the_language_does_not_refuse_the_kernel_judges(session: Session) -> None:
    for line, status in [
        ("map $demo.vmar $heap --perms w", Status.INVALID_ARGS),
        ("map $demo.vmar $heap --perms none", Status.OK),
        ("map $demo.vmar $heap --at 0x10000000", Status.NO_MEMORY),
        ("map $demo.vmar $heap --at 0x10000000 --overwrite", Status.OK),
        ("map $demo.vmar $heap --at 0x10000001", Status.INVALID_ARGS),
        ("map $demo.vmar $heap --at 0", Status.INVALID_ARGS),
        ("map $demo.vmar $heap --size 0", Status.INVALID_ARGS),
        ("map $heap $demo.vmar", Status.WRONG_TYPE),
        ("map 0 $heap", Status.BAD_HANDLE),
        ("map $demo.vmar 0", Status.BAD_HANDLE),
        ("unmap $demo.vmar 1 4K", Status.INVALID_ARGS),
        ("unmap $demo.vmar 0x30000000 4K", Status.NOT_FOUND),
        ("protect $demo.vmar 0x30000000 4K r", Status.NOT_FOUND),
        ("protect $demo.vmar $base 4K wx", Status.INVALID_ARGS),
        ("vmar allocate $demo.vmar 1", Status.INVALID_ARGS),
    ]:
        assert session.run(line).status is status, line


def test_allocate_bounds_what_mappings_inside_may_do(session: Session) -> None:
    result = session.run("$box = vmar allocate $demo.vmar 64K --can r")
    assert session.run("map $box $heap --perms r").status is Status.OK
    assert session.run("map $box $heap --perms rw").status is Status.ACCESS_DENIED
    assert result.fields() == {
        "child_vmar": session.value("box"),
        "child_addr": result.child_addr,
    }
    assert result.child_addr % 4096 == 0


def test_unmap_in_the_middle_leaves_two_mappings(session: Session) -> None:
    session.run("unmap $demo.vmar $base+4K 4K")
    rows = [(row.start, row.end, row.offset) for row in session.run("maps $demo").rows[1:]]
    assert rows == [(0x10000000, 0x10001000, 0), (0x10002000, 0x10004000, 0x2000)]


def test_protect_in_the_middle_leaves_three(session: Session) -> None:
    session.run("protect $demo.vmar $base+4K 4K r")
    rows = session.run("maps $demo").rows[1:]
    assert [(row.perms, row.size) for row in rows] == [
        ("rw-", 0x1000),
        ("r--", 0x1000),
        ("rw-", 0x2000),
    ]


def test_an_address_below_the_vmar_is_shown_as_it_was_given(session: Session) -> None:
    checks = session.run("explain vmar allocate $demo.vmar 4K --at 5").checks
    (facts,) = [check.facts for check in checks if check.verdict == "decided"]
    assert facts == "0x5 to 0x1005 in 0x1000000 to 0x7ffffffff000"
