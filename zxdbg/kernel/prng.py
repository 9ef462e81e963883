"""The kernel's only source of chance: small, seeded, the same on every Python."""

from zxdbg.kernel.limits import U64


class Prng:
    """SplitMix64. Equal seeds give equal sequences, now and in later versions."""

    __slots__ = ("state",)

    def __init__(self, seed: int) -> None:
        self.state = seed & U64

    def next(self) -> int:
        """Draw 64 bits."""
        self.state = (self.state + 0x9E37_79B9_7F4A_7C15) & U64
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9) & U64
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB) & U64
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """Draw a number from 0 up to, not including, `bound`."""
        return (self.next() * bound) >> 64
