"""Nouns of reading and finding: how bytes are shown, what is searched, what is compared."""

from typing import Annotated

from zxdbg.lang.arguments import U64_ARG, Words

__all__ = ["Count", "Unit"]

UNITS = ("u8", "u16", "u32", "u64", "text")
UNIT = Words(
    "UNIT",
    "what the bytes are shown as: u8, u16, u32, u64 or text",
    {word: word for word in UNITS},
)

Unit = Annotated[str, UNIT]
Count = Annotated[int, U64_ARG]
