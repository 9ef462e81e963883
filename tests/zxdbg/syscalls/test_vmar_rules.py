import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.vmar import VmAddressRegion, VmMapping, VmOption
from zxdbg.kernel.vmo import VmObject
from zxdbg.syscalls.vmar_rules import PlaceRules, describe, rights_for, writable_without_read

R, W, X = (int(VmOption.PERM_READ), int(VmOption.PERM_WRITE), int(VmOption.PERM_EXECUTE))


@pytest.mark.parametrize(
    ("options", "answer"),
    [(0, False), (R, False), (R | W, False), (R | W | X, False), (W, True), (X, True)],
)
def test_writing_or_executing_without_reading_is_noticed(options: int, answer: bool) -> None:
    assert writable_without_read(options) is answer


@pytest.mark.parametrize(
    ("perms", "rights"), [(0, 0), (R, 0x4), (R | W, 0xC), (R | X, 0x14), (R | W | X, 0x1C)]
)
def test_permissions_need_the_rights_of_the_same_name(perms: int, rights: int) -> None:
    assert rights_for(perms) == rights


def test_a_region_is_described_as_a_value() -> None:
    kernel = Kernel()
    root = kernel.spawn("p").aspace.root
    child = root.allocate(0x2000_0000, 0x2000, 0)
    mapping = VmMapping(0x3000_0000, 0x1000, VmObject(kernel, 0x1000, name="heap"), 0, 1, 7)
    assert isinstance(child, VmAddressRegion)
    assert describe(child) == ("VMAR", "useralloc", 0x2000_0000, 0x2000_2000)
    assert describe(mapping) == ("mapping", "heap", 0x3000_0000, 0x3000_1000)


def test_the_rules_of_a_place_are_named_after_the_offset() -> None:
    assert PlaceRules("vmar_offset").offset_zero.name == "vmar-offset-needs-specific"
    assert PlaceRules("offset").offset_zero.name == "offset-needs-specific"
