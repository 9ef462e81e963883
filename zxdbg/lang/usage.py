"""Arguments that do not fit a command's signature: the mistake, and what was meant."""

from typing import TYPE_CHECKING

from zxdbg.lang.declare import UNIVERSAL_OPTIONS, Command
from zxdbg.lang.nouns import HandleArg, Words
from zxdbg.lang.tokens import Token
from zxdbg.mistake import CommandError, nearest

if TYPE_CHECKING:
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["misplaced", "no_option", "too_few", "too_many"]

_HELP = ("-h", "--help", "-?", "-help")


def too_many(declared: Command, token: Token) -> CommandError:
    """Compose the mistake that a command takes no more arguments."""
    text = token.text
    hint = f"usage: {declared.usage}"
    if text in _HELP:
        hint = f"help {declared.name}"
    elif text[:1] in "+-*/" and not text.startswith("--"):
        hint = "a sum has no blanks, such as $base+0x10"
    for option, param in declared.options.items():
        if isinstance(param.type, Words) and text in param.type.words:
            hint = f"{option} {text}"
    return CommandError(f"{declared.name} takes no more arguments: {text}", token.span, hint=hint)


def too_few(parsed: "Parsed", declared: Command) -> CommandError:
    """Compose the mistake that an argument is missing."""
    wanted = parsed.missing[0]
    noun = wanted.type.noun if wanted.type is not None else ""
    label = f"{wanted.option} {noun}" if wanted.is_option else noun
    end = parsed.pieces[-1].token.end if parsed.pieces else parsed.end
    hint = f"usage: {declared.usage}"
    if not parsed.args and declared.family == "syscalls":
        hint = f"help {declared.name} has its arguments and its rules"
    return CommandError(f"{declared.name} wants {label}", (end, end), hint=hint)


def no_option(declared: Command, name: str, start: int) -> CommandError:
    """Compose the mistake that a command has no such option."""
    hint = nearest(name, [*declared.options, *UNIVERSAL_OPTIONS]) or f"usage: {declared.usage}"
    if name in _HELP:
        hint = f"help {declared.name}"
    span = (start, start + len(name))
    return CommandError(f"{declared.name} has no option {name}", span, hint=hint)


def misplaced(parsed: "Parsed", state: "State", declared: Command) -> CommandError | None:
    """Compose the mistake that an address stands where a handle does, the handle left out."""
    param = declared.arguments[0] if declared.arguments else None
    first = None if param is None else param.type
    piece = next((each for each in parsed.pieces if each.param is param), None)
    if not isinstance(first, HandleArg) or piece is None:
        return None
    result = state.names.get(piece.token.text.partition("+")[0].removeprefix("$"))
    if result is None or not result.command.value:
        return None
    if result.kind(result.command.value) != "address":
        return None
    text = piece.token.text
    at_hand = state.labels().get(state.named or 0, first.noun)
    example = at_hand if "process" in first.kinds else first.noun
    return CommandError(
        f"{text} is an address, and {first.noun} comes before it",
        piece.token.span,
        hint=f"such as {declared.name} {example} {text}",
    )
