from typing import Any

import pytest

from zxdbg.syscalls import records
from zxdbg.syscalls.object_info import TOPICS

SIZES = {
    "HandleBasic": 32,
    "ProcessInfo": 16,
    "Koid": 8,
    "VmarInfo": 16,
    "ThreadInfo": 8,
    "ExceptionReport": 32,
    "TaskStats": 32,
    "MapsEntry": 88,
    "VmoInfo": 104,
    "ThreadStats": 8,
    "CpuStats": 120,
    "KmemStats": 72,
    "ResourceInfo": 56,
    "HandleCount": 4,
    "BtiInfo": 16,
    "ProcessHandleStats": 256,
}
SAMPLES = [
    records.HandleBasic(1025, 0x2D3CF, 1, 1024, 1),
    records.ProcessInfo(-1, True, True, False),
    records.Koid(1 << 63),
    records.VmarInfo(0x100_0000, 0x7FFF_FEFF_F000),
    records.ThreadInfo(5, 0),
    records.ThreadStats(0),
    records.TaskStats(1, 2, 3, 4),
    records.MapsEntry("heap", 0x1000, 0x2000, 2, 3, 7, 1030, 9),
    records.VmoInfo(1030, "heap", 4096, 1029, 1, 2, 3, 13, 8192, 0xD0FF),
    records.ExceptionReport(32, 0x108, bytes(range(24))),
    records.CpuStats(0, 1, bytes(112)),
    records.BtiInfo(4096, 1 << 48),
    records.KmemStats(*range(9)),
    records.ResourceInfo(4, 0, 0, 0, "root"),
    records.HandleCount(7),
    records.ProcessHandleStats(bytes(range(256))),
]


def u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


# Spec 01 section 4: each record with its fields at their offsets, gaps zero.
LAID_OUT: list[tuple[Any, dict[int, bytes]]] = [
    (
        records.HandleBasic(0x1122, 0x2D3CF, 17, 0x3344, 1),
        {0: u64(0x1122), 8: u32(0x2D3CF), 12: u32(17), 16: u64(0x3344), 24: u32(1)},
    ),
    (
        records.ProcessInfo(-2, True, True, False),
        {0: b"\xfe" + b"\xff" * 7, 8: b"\1", 9: b"\1"},
    ),
    (records.ProcessInfo(5, True, False, True), {0: u64(5), 8: b"\1", 10: b"\1"}),
    (records.Koid(0x1122), {0: u64(0x1122)}),
    (records.VmarInfo(0x1000, 0x2000), {0: u64(0x1000), 8: u64(0x2000)}),
    (records.ThreadInfo(0x103, 2), {0: u32(0x103), 4: u32(2)}),
    (records.ThreadStats(-1), {0: b"\xff" * 8}),
    (records.TaskStats(1, 2, 3, 4), {0: u64(1), 8: u64(2), 16: u64(3), 24: u64(4)}),
    (
        records.MapsEntry("heap", 0x1000, 0x2000, 2, 3, 5, 0x1122, 9),
        {
            0: b"heap",
            32: u64(0x1000),
            40: u64(0x2000),
            48: u64(2),
            56: u32(3),
            64: u32(5),
            72: u64(0x1122),
            80: u64(9),
        },
    ),
    (
        records.VmoInfo(0x1122, "heap", 0x4000, 0x3344, 1, 2, 3, 29, 0x2000, 0xD0FF),
        {
            0: u64(0x1122),
            8: b"heap",
            40: u64(0x4000),
            48: u64(0x3344),
            56: u64(1),
            64: u64(2),
            72: u64(3),
            80: u32(29),
            88: u64(0x2000),
            96: u32(0xD0FF),
        },
    ),
    (records.HandleCount(9), {0: u32(9)}),
    (records.BtiInfo(4096, 1 << 48), {0: u64(4096), 8: u64(1 << 48)}),
    (
        records.ResourceInfo(4, 1, 2, 3, "root"),
        {0: u32(4), 4: u32(1), 8: u64(2), 16: u64(3), 24: b"root"},
    ),
    (
        records.KmemStats(1, 2, 3, 4, 5, 6, 7, 8, 9),
        {8 * at: u64(at + 1) for at in range(9)},
    ),
    (records.ExceptionReport(32, 0x108, b"v" * 24), {0: u32(32), 4: u32(0x108), 8: b"v" * 24}),
    (records.CpuStats(3, 1, b"c" * 112), {0: u32(3), 4: u32(1), 8: b"c" * 112}),
    (records.ProcessHandleStats(bytes(252) + u32(6)), {252: u32(6)}),
]


def test_every_record_has_the_size_of_its_c_structure() -> None:
    assert {shape.__name__: records.size_of(shape) for shape in records.LAYOUTS} == SIZES


def test_every_topic_but_the_probe_has_a_record() -> None:
    named = {topic.record for topic in TOPICS.values()}
    assert named == {*SIZES, ""}
    assert [name for name, topic in TOPICS.items() if not topic.record] == ["ZX_INFO_HANDLE_VALID"]


@pytest.mark.parametrize(
    ("record", "fields"), LAID_OUT, ids=[type(record).__name__ for record, _ in LAID_OUT]
)
def test_a_record_lies_in_memory_as_in_c(record: Any, fields: dict[int, bytes]) -> None:
    expected = bytearray(SIZES[type(record).__name__])
    for offset, raw in fields.items():
        expected[offset : offset + len(raw)] = raw
    assert records.pack(record) == bytes(expected)


@pytest.mark.parametrize("record", SAMPLES, ids=lambda record: type(record).__name__)
def test_a_record_that_is_packed_and_unpacked_is_the_same(record: Any) -> None:
    raw = records.pack(record)
    assert len(raw) == SIZES[type(record).__name__]
    back = records.unpack(type(record), raw)
    assert back == record
    assert type(back) is type(record)


def test_the_samples_leave_out_no_record() -> None:
    assert {type(record) for record in SAMPLES} == set(records.LAYOUTS)
    assert {type(record) for record, _ in LAID_OUT} == set(records.LAYOUTS)


def test_a_name_is_cut_at_31_bytes_so_that_a_nul_follows() -> None:
    raw = records.pack(records.MapsEntry("x" * 40, 0, 0, 0, 0, 0, 0, 0))
    assert raw[:33] == b"x" * 31 + b"\0\0"
    assert records.unpack(records.MapsEntry, raw).name == "x" * 31


def test_a_name_ends_at_its_first_nul() -> None:
    raw = bytearray(records.pack(records.ResourceInfo(4, 0, 0, 0, "root")))
    raw[26:28] = b"\0x"
    assert records.unpack(records.ResourceInfo, bytes(raw)).name == "ro"


def test_a_name_that_is_no_text_is_still_read() -> None:
    raw = bytearray(records.pack(records.ResourceInfo(4, 0, 0, 0, "")))
    raw[24:26] = b"a\xff"
    assert records.unpack(records.ResourceInfo, bytes(raw)).name == "a\udcff"
