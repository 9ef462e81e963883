from zxdbg import Session
from zxdbg.kernel import Status
from zxdbg.kernel.vmo import VmObject


def vmo(session: Session, name: str) -> VmObject:
    found = session.state.object_of(session.value(name))
    assert isinstance(found, VmObject)
    return found


def test_create_rounds_up_and_names(session: Session) -> None:
    result = session.run('vmo create 5000 --name "my heap"')
    assert (result.status, result.size) == (Status.OK, 0x2000)
    made = session.state.object_of(result.handle)
    assert isinstance(made, VmObject)
    assert (made.name, made.koid, made.committed) == ("my heap", result.koid, 0)
    assert [call.syscall.short for call in result.calls] == ["vmo_create", "object_set_property"]
    assert result.decider is not None
    assert result.decider.syscall.short == "vmo_create"


def test_create_passes_its_options_on(session: Session) -> None:
    session.run("$fixed = vmo create 4K --options ZX_VMO_NON_RESIZABLE")
    assert session.run("vmo resize $fixed 8K").status is Status.UNAVAILABLE
    refused = session.run("vmo create 4K --options 2")
    assert refused.status is Status.INVALID_ARGS
    assert refused.fields() == {"handle": None, "size": None, "koid": None}
    assert session.run("vmo create 0xffffffffffffffff").status is Status.OUT_OF_RANGE


def test_clone_takes_the_rest_of_its_parent_by_default(session: Session) -> None:
    result = session.run("$copy = vmo clone $heap --offset 4K")
    clone = vmo(session, "copy")
    assert (result.size, clone.parent_offset, clone.parent) == (
        0x3000,
        0x1000,
        vmo(session, "heap"),
    )
    assert clone.name == "heap"
    assert session.run("vmo clone $heap --size 64K").size == 0x10000
    assert session.run("vmo clone $heap --offset 1").status is Status.INVALID_ARGS


def test_a_clone_does_not_take_the_name_of_its_parent_in_lines(session: Session) -> None:
    before = session.value("heap")
    session.run("vmo clone $heap")
    assert session.value("heap") == before


def test_resize_answers_with_the_new_size(session: Session) -> None:
    result = session.run("vmo resize $heap 1")
    assert (result.handle, result.size) == (session.value("heap"), 0x1000)
    assert vmo(session, "heap").size == 0x1000


def test_physical_memory_comes_with_the_root_resource(session: Session) -> None:
    refused = session.run("$d = vmo physical 0xfee00000 100")
    assert refused.status is Status.INVALID_ARGS
    session.run("profile kernel")
    result = session.run("$d = vmo physical 0xfee00000 100")
    assert (result.status, result.size) == (Status.OK, 0x1000)
    assert vmo(session, "d").is_physical
    assert session.run("vmo physical 1 4K").status is Status.INVALID_ARGS
    assert session.run("vmo physical 0 0").status is Status.INVALID_ARGS


def test_the_cache_policy_is_set_by_its_word_while_nobody_uses_the_vmo(session: Session) -> None:
    session.run("vmo create 4K --name regs")
    assert session.run("vmo cache-policy $regs write-combining").status is Status.OK
    assert vmo(session, "regs").cache_policy.word == "write-combining"
    assert session.run("vmo cache-policy $heap uncached").status is Status.BAD_STATE
