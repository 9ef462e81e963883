import pytest

from zxdbg.programs.data import LONG_RUN, Handles, Run, shape_of
from zxdbg.syscalls.buffers import Data, Fill, Pointer

HANDLES = "const zx_handle_t*"


@pytest.mark.parametrize(
    ("data", "ctype", "shape"),
    [
        (None, HANDLES, None),
        (Pointer(5), "const void*", Pointer(5)),
        (Fill(1, 5), "const void*", Fill(1, 5)),
        (b"abc", "const void*", b"abc"),
        (b"\1\0\0\0\2\0\0\x80", HANDLES, Handles((1, 0x8000_0002))),
        (b"\1\0\0\0", "const void*", b"\1\0\0\0"),
        (b"\1\0\0", HANDLES, b"\1\0\0"),
        (b"", HANDLES, b""),
        (bytes(80), HANDLES, Handles((0,) * 20)),
        (b"a" * LONG_RUN, "const void*", b"a" * LONG_RUN),
        (b"a" * (LONG_RUN + 1), "const void*", Run(0x61, LONG_RUN + 1)),
    ],
)
def test_data_is_written_as_what_it_is(data: Data, ctype: str, shape: object) -> None:
    found = shape_of(data, ctype)
    assert found == shape
    assert type(found) is type(shape)
