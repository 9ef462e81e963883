"""The seeded source of chance: SplitMix64, as published, so the same for ever."""

from collections import Counter

import pytest

from zxdbg.kernel.prng import Prng


@pytest.mark.parametrize(
    ("seed", "drawn"),
    [
        (
            0,
            [
                0xE220A8397B1DCDAF,
                0x6E789E6AA1B965F4,
                0x06C45D188009454F,
                0xF88BB8A8724C81EC,
                0x1B39896A51A8749B,
            ],
        ),
        (
            1234567,
            [
                6457827717110365317,
                3203168211198807973,
                9817491932198370423,
                4593380528125082431,
                16408922859458223821,
            ],
        ),
    ],
)
def test_the_sequence_is_the_published_one(seed: int, drawn: list[int]) -> None:
    prng = Prng(seed)
    assert [prng.next() for _ in drawn] == drawn


@pytest.mark.parametrize(("seed", "same"), [(-1, 2**64 - 1), (2**64, 0), (2**70 + 5, 5)])
def test_a_seed_counts_modulo_two_to_the_64(seed: int, same: int) -> None:
    one, two = Prng(seed), Prng(same)
    assert [one.next() for _ in range(4)] == [two.next() for _ in range(4)]


def test_different_seeds_give_different_sequences() -> None:
    assert len({Prng(seed).next() for seed in range(1000)}) == 1000


@pytest.mark.parametrize("bound", [1, 2, 3, 256, 4096, 2**35, 2**63 + 1, 2**64])
def test_a_bounded_draw_stays_below_its_bound(bound: int) -> None:
    prng = Prng(3)
    assert all(0 <= prng.below(bound) < bound for _ in range(500))


def test_a_bounded_draw_is_the_high_part_of_the_next_number() -> None:
    prng, plain = Prng(99), Prng(99)
    assert [prng.below(256) for _ in range(50)] == [plain.next() >> 56 for _ in range(50)]


def test_a_bounded_draw_takes_every_value_about_equally_often() -> None:
    prng = Prng(11)
    counts = Counter(prng.below(10) for _ in range(20000))
    assert sorted(counts) == list(range(10))
    assert all(1800 < count < 2200 for count in counts.values())
