import re

import pytest

from zxdbg import Session
from zxdbg.kernel.rights import Rights
from zxdbg.lang.declare import Command, Param
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.look import Looker
from zxdbg.lang.needs import bare, must_be_mapped, needs_of, space_of, wants_mapped
from zxdbg.lang.nouns import HandleArg
from zxdbg.syscalls import SYSCALLS, Profile

REGISTRY = Session().registry
HANDLES = [
    pytest.param(declared, param, id=f"{declared.name} {param.name}")
    for declared in REGISTRY
    for param in declared.params
    if isinstance(bare(param.type), HandleArg)
]


def param_of(command: str, name: str) -> tuple[Command, Param]:
    declared = REGISTRY.commands[command]
    return declared, next(param for param in declared.params if param.name == name)


def derived(command: str, name: str) -> set[str]:
    need = needs_of(*param_of(command, name))
    return {
        str(right.name)
        for alternatives in need.rights
        for enough in alternatives
        for right in enough
    }


@pytest.mark.parametrize(("declared", "param"), HANDLES)
def test_the_rules_and_the_page_agree_on_the_rights(declared: Command, param: Param) -> None:
    """What is derived is described; the description may name a right of one case, too."""
    described = set(re.findall(r"ZX_RIGHT_(\w+)", parse_doc(declared.doc).args[param.name]))
    rights = derived(declared.name, param.name)
    assert rights <= described or not described, f"{rights} is not in {described}"


@pytest.mark.parametrize(
    ("command", "name", "rights"),
    [
        ("write", "process", {"WRITE"}),
        ("read", "process", {"READ", "WRITE"}),
        ("map", "vmo", {"MAP"}),
        ("kill", "task", {"DESTROY"}),
        ("vmo clone", "vmo", {"DUPLICATE", "READ"}),
        ("process create", "job", {"WRITE"}),
        ("handle close", "handle", set()),
        ("maps", "process", set()),
        ("zx_vmar_map_old", "vmo", {"MAP"}),
    ],
)
def test_the_rights_come_from_the_rules(command: str, name: str, rights: set[str]) -> None:
    assert derived(command, name) == rights


def test_one_of_two_rights_can_be_enough() -> None:
    need = needs_of(*param_of("thread start", "thread"))
    assert need.lacks(Rights.WRITE) is None
    assert need.lacks(Rights.MANAGE_THREAD) is None
    assert need.lacks(Rights.READ) == Rights.MANAGE_THREAD


def test_a_mapping_needs_a_right_for_each_permission() -> None:
    need = needs_of(*param_of("map", "vmo"))
    assert need.lacks(Rights.MAP | Rights.READ, 1) is None
    assert need.lacks(Rights.MAP | Rights.READ, 3) == Rights.WRITE
    assert needs_of(*param_of("map", "vmar")).lacks(0, 5) == Rights.READ | Rights.EXECUTE
    assert needs_of(*param_of("write", "process")).lacks(Rights.WRITE, 7) is None


def test_a_view_needs_no_right_and_says_so() -> None:
    assert needs_of(*param_of("maps", "process")).view
    assert not needs_of(*param_of("write", "process")).view


def test_a_raw_syscall_wants_the_kinds_of_its_rules() -> None:
    assert needs_of(*param_of("zx_vmo_read", "handle")).kinds == ("VMO",)
    assert needs_of(*param_of("zx_handle_close", "handle")).kinds == ()


def space(session: Session, line: str) -> str | None:
    looker = Looker(session.state, session.registry)
    found = space_of(session.state, looker.line(line).commands[0])
    return None if found is None else found.name


def test_the_space_is_that_of_the_first_process_or_vmar(staged: Session) -> None:
    assert space(staged, "read $demo 0 1") == "demo"
    assert space(staged, "unmap $demo.vmar 0 4K") == "$demo.vmar"
    assert space(staged, "vmo resize $heap 1") is None
    assert space(staged, "read $nothing 0 1") is None


@pytest.mark.parametrize(
    ("command", "name", "offered", "judged"),
    [
        ("read", "address", True, True),
        ("peek", "address", True, True),
        ("protect", "address", True, True),
        ("unmap", "address", True, False),
        ("maps", "at", True, False),
        ("map", "at", False, False),
        ("vmo physical", "address", False, False),
        ("zx_process_read_memory", "vaddr", True, True),
        ("zx_thread_start", "entry", False, False),
        ("read", "length", False, False),
    ],
)
def test_where_an_address_has_to_be_mapped(
    command: str, name: str, offered: bool, judged: bool
) -> None:
    found = param_of(command, name)
    assert (wants_mapped(*found), must_be_mapped(*found)) == (offered, judged)


def test_every_lookup_of_a_syscall_names_its_argument() -> None:
    for syscall in SYSCALLS.values():
        for rule in syscall.rules_in(Profile.DOCS):
            if rule.enough or rule.kinds:
                assert rule.arg, rule
