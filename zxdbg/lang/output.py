"""Output elsewhere: what ` > FILE`, ` >> FILE` and ` | COMMAND` behind a line say, as data.

Reading them changes nothing; the front end opens the file and runs the shell command.
"""

from typing import TYPE_CHECKING, NamedTuple

from zxdbg.lang.arguments import PATH
from zxdbg.lang.tokens import Token
from zxdbg.mistake import CommandError

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["Output", "needs_io", "read_output"]


class Output(NamedTuple):
    """Where the answer of a command goes.

    Attributes:
        kind: `file`, `append` (to a file) or `shell`.
        text: The path, or the shell command.
        span: Where that stands in the line.
    """

    kind: str
    text: str
    span: tuple[int, int]


def read_output(state: "State", text: str, sign: Token, tokens: list[Token]) -> Output:
    """Read what stands behind `>` or `|`; raise `CommandError` at the place of a mistake."""
    noun = "shell command" if sign.text == "|" else "file"
    if not tokens:
        raise CommandError(f"a {noun} is missing after {sign.text}", (sign.end, sign.end))
    for token in tokens:
        if token.kind == "operator" and token.text == "=>":
            raise CommandError(
                f"an expectation stands before {sign.text}",
                token.span,
                hint=f"such as => ZX_OK {sign.text} {tokens[0].text}",
            )
    span = (tokens[0].start, tokens[-1].end)
    if sign.text == "|":
        if tokens[0].text.startswith("ZX_"):
            raise CommandError(
                f"{tokens[0].text} is no shell command",
                tokens[0].span,
                hint="flags are joined without blanks: A|B",
            )
        needs_io(state, "run shell commands", span)
        return Output("shell", text[span[0] : span[1]], span)
    if len(tokens) > 1:
        raise CommandError(
            "nothing can follow the file",
            (tokens[1].start, span[1]),
            hint="a name with blanks stands in quotes",
        )
    needs_io(state, "write files", span)
    kind = "append" if sign.text == ">>" else "file"
    return Output(kind, PATH.parse(tokens[0], state), span)


def needs_io(state: "State", what: str, span: tuple[int, int] | None = None) -> None:
    """Raise the mistake that a script may not touch the host, where it may not."""
    if not state.allow_io:
        raise CommandError(f"a script may not {what}", span, hint="run it with --allow-io")
