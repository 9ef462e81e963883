"""Session: expectations that are lines of their own."""

from zxdbg.lang.arguments import ComparisonPart
from zxdbg.lang.declare import command
from zxdbg.lang.expect import judge
from zxdbg.mistake import CommandError
from zxdbg.render.draw import draw
from zxdbg.render.parts import Line, Look, wrap
from zxdbg.render.verdict import judged_text
from zxdbg.result import Judged, Result
from zxdbg.state import State


@command("expect", value="holds", hidden=("left", "kind"), statusless=True, quiet=True)
def expect(state: State, *comparison: ComparisonPart) -> Judged:
    """Compare two values; a script fails where it is not so.

    The signs are = != < <= > >= and, for text, bytes and rows, ^= (begins with), $= (ends
    with) and ~ (contains; of numbers and rights: has these bits). A name alone holds unless
    it is zero, empty or a refusal. A > is written without blanks around it.

    When:
        In a file, to state something about names and values that no single answer has.

    Args:
        comparison: Two values and the sign between them.

    Examples:
        zx> $x = vmo create 5000
        zx> expect $x.size>=5000
        zx> expect $x.size!=5000
        zx> expect $x.status = ZX_OK
        zx> $h = handle duplicate $x --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE
        zx> expect $h.rights~ZX_RIGHT_WRITE
        zx> expect $h.rights=ZX_RIGHT_READ => holds=false
    """
    if not comparison:
        raise CommandError("expect wants a comparison", hint="such as $x.actual<64")
    return judge(state, comparison)


# Drawing --------------------------------------------------------------------------


@draw.register(Judged)
def _draw_judged(data: Judged, result: Result, look: Look) -> list[Line]:
    if data.holds:
        return [[("ok", "holds")]]
    return [[("refused", line)] for line in wrap(judged_text(data), look.width, "", "  ")]
