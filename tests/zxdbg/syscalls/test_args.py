import pytest

from zxdbg.lang.arguments import arg_type_for
from zxdbg.syscalls import SYSCALLS
from zxdbg.syscalls.args import Arg

ARGS = [
    (f"{syscall.name} {name}", arg)
    for syscall in SYSCALLS.values()
    for name, arg in [*syscall.params, *syscall.outs.items()]
]


@pytest.mark.parametrize("arg", [arg for _, arg in ARGS], ids=[name for name, _ in ARGS])
def test_every_argument_has_a_noun_in_the_language(arg: Arg) -> None:
    assert arg_type_for(arg).expects


@pytest.mark.parametrize(
    ("ctype", "bits"),
    [("zx_handle_t", 32), ("zx_rights_t", 32), ("zx_vm_option_t", 32), ("uint32_t", 32)],
)
def test_a_narrow_c_type_has_32_bits(ctype: str, bits: int) -> None:
    found = {arg.bits for _, arg in ARGS if arg.ctype == ctype}
    assert found == {bits}


def test_an_out_pointer_is_a_pointer_type_and_an_argument_is_none() -> None:
    for syscall in SYSCALLS.values():
        assert all(arg.ctype.endswith("*") for arg in syscall.outs.values())
        assert all(arg.kind == "data" or not arg.ctype.endswith("*") for _, arg in syscall.params)
