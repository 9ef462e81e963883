from zxdbg import Session
from zxdbg.kernel.vmar import VmMapping
from zxdbg.render import facts


def test_rows_are_those_of_a_walk_whichever_is_asked_for_first(staged: Session) -> None:
    staged.run("$box = vmar allocate $demo.vmar 64K --at 0x20000000")
    staged.run("map $box $heap --at 0x20004000; vmar allocate $demo.vmar 64K --at 0x30000000")
    staged.run("map $demo.vmar $heap --at 0x40000000 --perms r; vmo resize $heap 8K")
    staged.run('write $demo $base "x"')
    root = staged.state.process_of(staged.value("demo")).aspace.root
    wanted: list[tuple[object, ...]] = []
    for depth, each in [(0, root), *root.walk(1)]:
        held: tuple[object, ...] = (depth, each.base, each.end)
        if isinstance(each, VmMapping):
            vmo = each.vmo
            held += ("mapping", facts.perms(each.perms), vmo.koid, each.committed, each.backed_end)
        else:
            held += ("vmar", facts.perms(each.can), each.koid, None, None)
        wanted.append(held)
    rows = staged.run("maps $demo").answer.rows
    for at in (3, 0, 5, 1, 4, 2, -1):
        row = rows[at]
        held = (row.depth, row.start, row.end, row.kind, row.perms, row.koid)
        assert (*held, row.committed, row.backed_end) == wanted[at]
    assert tuple(rows) == rows.whole == staged.run("maps $demo").rows
    assert rows[2:4] == rows.whole[2:4]


def test_an_answer_does_not_change_when_the_session_goes_on(staged: Session) -> None:
    looked_at, fresh = staged.run("maps $demo"), staged.run("maps $demo")
    before = looked_at.rows
    staged.run('write $demo $base "x"; unmap $demo.vmar $base+4K 4K; vmo resize $heap 4K')
    staged.run("process create other; map $other.vmar $heap; protect $demo.vmar $base 4K r")
    assert fresh.rows == before
    assert staged.run("maps $demo").rows != before
