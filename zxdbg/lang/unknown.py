"""A word that begins no command: what was meant, or what could be."""

from typing import TYPE_CHECKING

from zxdbg.lang.declare import Registry
from zxdbg.lang.spell import OTHER_WORDS, short_for
from zxdbg.lang.tokens import Token
from zxdbg.mistake import CommandError, nearest

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["unknown"]

MAX_LISTED = 12
"""How many commands a mistake lists."""


def unknown(state: "State", registry: Registry, tokens: list[Token], end: int) -> CommandError:
    """Compose the mistake; `end` is where the line ends."""
    first = tokens[0]
    seconds = registry.second_words(first.text)
    if state.shorthand:
        several = short_for(registry, tokens)
        if len(several) > 1:
            typed = tokens[bool(seconds)]
            return CommandError(
                f"{typed.text} is short for several", typed.span, hint=_few(several)
            )
    head, slash, _ = first.text.partition("/")
    if slash and registry.named(head) is not None:
        span = (first.start + len(head), first.end)
        return CommandError(f"{head} takes no format", span, hint="x/16xb ADDRESS does")
    if not seconds:
        message = f"no such command: {first.text}"
        if first.text == "$":
            hint = "names lists what is bound; $name is one of them"
            message = "a line begins with a command, not with $"
        elif first.text[:1].isdigit():
            hint = f"print {first.text} shows it, $name = print {first.text} binds it"
            message = f"a line begins with a command, not with {first.text}"
        elif first.text.startswith("$"):
            hint = f"print {first.text} shows it"
            message = f"a line begins with a command, not with {first.text}"
        elif len(tokens) > 1 and tokens[1].text == "=":
            hint = f"a name is written ${first.text}"
        elif first.text in state.names:
            hint = f"a name is written ${first.text}; print ${first.text} shows it"
        else:
            hint = OTHER_WORDS.get(first.text) or nearest(first.text, registry.first_words())
        return CommandError(message, first.span, hint=hint or "help lists them")
    if len(tokens) < 2:
        return CommandError(
            f"{first.text} wants one more word", (end, end), hint=f"one of {', '.join(seconds)}"
        )
    second = tokens[1]
    hint = nearest(second.text, seconds) or f"one of {', '.join(seconds)}"
    return CommandError(f"no such command: {first.text} {second.text}", second.span, hint=hint)


def _few(words: list[str]) -> str:
    """List words, all of them if they are few."""
    more = f" and {len(words) - MAX_LISTED} more" if len(words) > MAX_LISTED else ""
    return ", ".join(words[:MAX_LISTED]) + more
