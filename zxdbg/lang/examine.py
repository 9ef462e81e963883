"""The format behind x, as in x/16xb: how many, in which form, of which size."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

from zxdbg.kernel.limits import U64
from zxdbg.lang.arguments import ArgType
from zxdbg.lang.tokens import Token
from zxdbg.mistake import CommandError

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["FORMS", "Examine", "ExamineFormat"]

FORMS = {"x": "hex", "a": "addresses", "c": "letters", "s": "strings up to a NUL"}
"""The letters of gdb that are built, and what they show."""
_SIZES = {"b": 1, "h": 2, "w": 4, "g": 8}
_USUAL = {"x": 4, "a": 8, "c": 1, "s": 1}
_KNOWN = f"{', '.join(FORMS)}; sizes {', '.join(_SIZES)}; such as 16xb, 8gx, s"


class Examine(NamedTuple):
    """What to show: some units of `size` bytes; `units` is None where no count was given."""

    units: int | None
    form: str
    size: int

    @property
    def unit(self) -> str:
        """What the bytes are shown as, in the words of read --as."""
        return "text" if self.form in "cs" else f"u{8 * self.size}"


class ExamineArg(ArgType):
    """A count, a letter and a size, in gdb's order or any other."""

    noun = "FMT"
    role = "word"
    expects = "a format, such as 16xb, 8gx or s"
    attached = True

    def parse(self, token: Token, state: "State") -> Examine:
        """Read a format; a letter that is not known is a mistake that lists those that are."""
        letters = token.text.lstrip("0123456789")
        digits = token.text[: len(token.text) - len(letters)]
        if not token.text:
            raise CommandError("a format is missing after /", token.span, hint=_KNOWN)
        form, size = "", 0
        for at, letter in enumerate(letters, token.start + len(digits)):
            if letter in FORMS and not form:
                form = letter
            elif letter in _SIZES and not size:
                size = _SIZES[letter]
            else:
                again = letter in FORMS or letter in _SIZES
                what = "says again what was said" if again else "is no letter of a format"
                raise CommandError(f"{letter} {what}", (at, at + 1), hint=_KNOWN)
        form = form or "x"
        size = size if size and form == "x" else _USUAL[form]
        if len(digits) > 20 or int(digits or 0) * size > U64:
            raise CommandError("that is more than 2^64-1 bytes", token.span)
        return Examine(int(digits) if digits else None, form, size)


ExamineFormat = Annotated[Examine, ExamineArg()]
