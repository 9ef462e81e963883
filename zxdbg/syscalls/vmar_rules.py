"""What the vmar syscalls share: rules that recur, and how a place in a VMAR is judged."""

from zxdbg.kernel.limits import PAGE_MASK, U64
from zxdbg.kernel.status import Status
from zxdbg.kernel.vmar import PERMS, VmAddressRegion, VmMapping, VmOption
from zxdbg.syscalls.call import Call
from zxdbg.syscalls.profile import Profile, difference
from zxdbg.syscalls.rule import Lookup, Rule

__all__ = [
    "LENGTH_ALIGNED",
    "VMAR_CPP",
    "PlaceRules",
    "alive",
    "describe",
    "inside",
    "length",
    "length_aligned",
    "perms_need_read",
    "rights_for",
    "vmar_with_perms",
    "writable_without_read",
]

VMAR_CPP = "vm_address_region.cpp"
LENGTH_ALIGNED = difference(
    "vmar-length-aligned",
    page="vmar_map.md, vmar_unmap.md, vmar_protect.md",
    says="len has to be whole pages, else ZX_ERR_INVALID_ARGS",
    does="any len but 0 is accepted, and rounded up to whole pages",
    example="map $demo.vmar $heap --size 5000",
)


def rights_for(perms: int) -> int:
    """Turn PERM bits into the rights READ, WRITE, EXECUTE, which lie two bits higher."""
    return perms << 2


def perms_need_read() -> Rule:
    """Declare the rule that W and X come with R."""
    return Rule(
        "perms-need-read",
        Status.INVALID_ARGS,
        "writing or executing is asked for only together with reading",
        passed="{0:perms}",
        source="vmar.cpp",
    )


def writable_without_read(options: int) -> bool:
    """Whether options ask to write or execute what cannot be read."""
    return bool(options & PERMS) and not options & VmOption.PERM_READ


def alive() -> Rule:
    """Declare the rule that the VMAR is not destroyed."""
    return Rule(
        "vmar-alive",
        Status.BAD_STATE,
        "the VMAR was not destroyed, nor its process dead",
        source=VMAR_CPP,
    )


def length(arg: str) -> Rule:
    """Declare the rule that a length is some pages."""
    return Rule(
        f"{arg}-not-zero",
        Status.INVALID_ARGS,
        f"{arg}, rounded up to pages, is not 0",
        passed="{0:bytes}",
    )


def length_aligned() -> Rule:
    """Declare the rule that a length is whole pages, which only the pages demand."""
    return Rule(
        "len-aligned",
        Status.INVALID_ARGS,
        "len is whole pages",
        passed="{0:bytes}",
        difference=LENGTH_ALIGNED,
        only=(Profile.DOCS,),
    )


def inside() -> Rule:
    """Declare the rule that a range lies inside the VMAR."""
    return Rule(
        "range-in-vmar",
        Status.INVALID_ARGS,
        "the range lies inside the VMAR",
        passed="{0:address} to {1:address} in {2:address} to {3:address}",
        source=VMAR_CPP,
    )


class PlaceRules:
    """The checks of a place in a VMAR that allocate and map share."""

    def __init__(self, offset: str) -> None:
        self.offset_zero = Rule(
            f"{offset.replace('_', '-')}-needs-specific",
            Status.INVALID_ARGS,
            f"{offset} is 0 where no place is asked for with SPECIFIC",
            passed="{0:hex}",
            source=VMAR_CPP,
        )
        self.can_specific = Rule(
            "vmar-can-specific",
            Status.ACCESS_DENIED,
            "the VMAR has CAN_MAP_SPECIFIC where a place is asked for",
            source=VMAR_CPP,
        )
        self.inside = inside()
        self.aligned = Rule(
            "address-aligned",
            Status.INVALID_ARGS,
            "the VMAR's base plus the offset is page aligned",
            passed="{0:address}",
            source=VMAR_CPP,
        )
        self.free = Rule(
            "range-free",
            Status.NO_MEMORY,
            "nothing else lies in the range that SPECIFIC asks for",
            passed="{0:address} to {1:address}",
            failed="{0:address} to {1:address}; {2:region} is there",
            source=VMAR_CPP,
        )
        self.spot = Rule(
            "room-in-vmar",
            Status.NO_MEMORY,
            "the VMAR has a free range of that length",
            passed="{0:bytes}",
            source=VMAR_CPP,
        )

    def judge(
        self, call: Call, vmar: VmAddressRegion, specific: bool, offset: int, size: int
    ) -> None:
        """Check the asked place, up to whether it is free."""
        if not specific:
            call.require(self.offset_zero, offset == 0, offset)
        else:
            call.require(self.can_specific, bool(vmar.flags & VmOption.CAN_MAP_SPECIFIC))
        base = vmar.base + offset
        fits = offset < vmar.size and size <= vmar.size - offset
        call.require(self.inside, fits, base & U64, base + size & U64, vmar.base, vmar.end)
        if specific:
            call.require(self.aligned, not base & PAGE_MASK, base)

    def choose(
        self, call: Call, vmar: VmAddressRegion, specific: bool, offset: int, size: int
    ) -> int:
        """Return the base of the range, which is free."""
        if specific:
            base = vmar.base + offset
            there = next(vmar.iter_overlapping(base, size), None)
            what = None if there is None else describe(there)
            call.require(self.free, there is None, base, base + size, what)
            return base
        spot = vmar.find_spot(size)
        if spot is None:
            raise call.refusal(self.spot, size)
        call.require(self.spot, True, size)
        return spot


def describe(region: VmAddressRegion | VmMapping) -> tuple[str, str, int, int]:
    """Name a region as a value: what it is, its name, its first and its last address."""
    if isinstance(region, VmMapping):
        return "mapping", region.vmo.name, region.base, region.end
    return "VMAR", region.name, region.base, region.end


def vmar_with_perms(
    call: Call, lookup: Lookup[VmAddressRegion], rule: Rule, value: int, perms: int
) -> VmAddressRegion:
    """Take a VMAR argument that needs a right for each permission, tested before its type."""
    handle = call.valid(lookup, value)
    lacking = rights_for(perms) & ~handle.rights
    call.require(rule, not lacking, handle.rights, lacking)
    return call.typed(lookup, handle)
