from zxdbg import Session
from zxdbg.kernel.vmar import VmMapping
from zxdbg.render import facts


def test_rows_are_those_of_a_walk_whichever_is_asked_for_first(session: Session) -> None:
    session.run("$box = vmar allocate $demo.vmar 64K --at 0x20000000")
    session.run("map $box $heap --at 0x20004000; vmar allocate $demo.vmar 64K --at 0x30000000")
    session.run("map $demo.vmar $heap --at 0x40000000 --perms r; vmo resize $heap 8K")
    session.run('write $demo $base "x"')
    root = session.state.process_of(session.value("demo")).aspace.root
    wanted: list[tuple[object, ...]] = []
    for depth, each in [(0, root), *root.walk(1)]:
        held: tuple[object, ...] = (depth, each.base, each.end)
        if isinstance(each, VmMapping):
            vmo = each.vmo
            held += ("mapping", facts.perms(each.perms), vmo.koid, each.committed, each.backed_end)
        else:
            held += ("vmar", facts.perms(each.can), each.koid, None, None)
        wanted.append(held)
    rows = session.run("maps $demo").answer.rows
    for at in (3, 0, 5, 1, 4, 2, -1):
        row = rows[at]
        held = (row.depth, row.start, row.end, row.kind, row.perms, row.koid)
        assert (*held, row.committed, row.backed_end) == wanted[at]
    assert tuple(rows) == rows.whole == session.run("maps $demo").rows
    assert rows[2:4] == list(rows.whole[2:4])


def test_an_answer_does_not_change_when_the_session_goes_on(session: Session) -> None:
    looked_at, fresh = session.run("maps $demo"), session.run("maps $demo")
    before = looked_at.rows
    session.run('write $demo $base "x"; unmap $demo.vmar $base+4K 4K; vmo resize $heap 4K')
    session.run("process create other; map $other.vmar $heap; protect $demo.vmar $base 4K r")
    assert fresh.rows == before
    assert session.run("maps $demo").rows != before
