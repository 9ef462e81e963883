"""The parse: one, tolerant, for running, colouring, completing and pointing.

It never fails. What is wrong becomes a `CommandError` in `problems`, at its place; what
is right stays usable. Names are looked up in the state, so a line is parsed when reached.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from zxdbg.lang.declare import Command, Param, Registry
from zxdbg.lang.expect import Expectation, parse_expectation
from zxdbg.lang.tokens import Token, text_of
from zxdbg.mistake import CommandError, nearest

if TYPE_CHECKING:
    from zxdbg.state import State

__all__ = ["Parsed", "Piece", "parse"]


class Piece(NamedTuple):
    """A token with the part that it plays."""

    token: Token
    role: str
    param: Param | None = None


class Parsed:
    """One command of a line, as far as it could be read.

    Attributes:
        text: The command as it was written.
        start: Where it begins in the line.
        end: Where it ends.
        target: The name before `=`.
        command: The command, if its words are right.
        args: Values of the positional arguments.
        options: Values of the options that were given.
        inner: The command line that a prefix command is about.
        expectation: What stands after `=>`.
        pieces: The tokens and their parts.
        problems: Mistakes, the first one first.
        missing: Parameters that are still wanted.
    """

    is_value = True

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.target: str | None = None
        self.command: Command | None = None
        self.args: list[Any] = []
        self.options: dict[str, Any] = {}
        self.inner: Parsed | None = None
        self.expectation: Expectation | None = None
        self.pieces: list[Piece] = []
        self.problems: list[CommandError] = []
        self.missing: list[Param] = []

    def blame(self, problem: CommandError) -> None:
        """Note a mistake."""
        if problem.span is None:
            problem.span = (self.start, self.end)
        self.problems.append(problem)

    def check(self) -> None:
        """Raise the first mistake, if there is one."""
        if self.problems:
            raise min(self.problems, key=lambda problem: problem.span or (0, 0))


MAX_PREFIXES = 4
"""How many prefix commands can stand before a line; each compare doubles the work."""


def parse(
    state: "State", registry: Registry, text: str, tokens: list[Token], depth: int = 0
) -> Parsed:
    """Read one command: the tokens between two semicolons of a logical line."""
    parsed = Parsed(text_of(text, tokens), tokens[0].start, tokens[-1].end)
    tokens = _take_target(parsed, tokens)
    tokens, expected = _cut_operators(parsed, tokens)
    _take_command(parsed, state, registry, text, tokens, depth)
    if expected is not None:
        _take_expectation(parsed, state, expected)
    return parsed


def _take_target(parsed: Parsed, tokens: list[Token]) -> list[Token]:
    """Read `$name =`, with or without blanks around the sign."""
    first = tokens[0]
    if first.kind != "word" or first.text[0] != "$":
        return tokens
    name, sign, rest = first.text.partition("=")
    if sign:
        following = tokens[1:]
        if rest:
            at = first.start + len(name) + 1
            following = [Token("word", at, first.end, rest), *following]
    elif len(tokens) > 1 and tokens[1].text.startswith("=") and tokens[1].kind == "word":
        equals = tokens[1]
        following = tokens[2:]
        if len(equals.text) > 1:
            rest = equals.text[1:]
            following = [Token("word", equals.start + 1, equals.end, rest), *following]
    else:
        return tokens
    parsed.target = name[1:]
    token = Token("word", first.start, first.start + len(name), name)
    parsed.pieces.append(Piece(token, "name"))
    from zxdbg.lang.values import is_identifier
    from zxdbg.state import FIXED

    if not is_identifier(parsed.target):
        parsed.blame(CommandError(f"{name} is not a name", token.span, hint="letters, digits, _"))
    elif parsed.target in FIXED or parsed.target == "_":
        parsed.blame(CommandError(f"{name} is never rebound", token.span, hint="another name"))
    if not following:
        parsed.blame(CommandError("a command is missing after =", (parsed.end, parsed.end)))
    return following


def _cut_operators(parsed: Parsed, tokens: list[Token]) -> tuple[list[Token], list[Token] | None]:
    """Divide the tokens at `=>`; the other operators are reserved."""
    for index, token in enumerate(tokens):
        if token.kind != "operator":
            continue
        parsed.pieces.append(Piece(token, "operator"))
        if token.text == "=>":
            return tokens[:index], tokens[index + 1 :]
        parsed.blame(
            CommandError(
                f"{token.text} is reserved, and not built yet",
                token.span,
                hint="flags are joined without blanks: A|B" if token.text == "|" else "",
            )
        )
        return tokens[:index], None
    return tokens, None


def _take_command(
    parsed: Parsed,
    state: "State",
    registry: Registry,
    text: str,
    tokens: list[Token],
    depth: int,
) -> None:
    if not tokens:
        if not parsed.problems:
            parsed.blame(CommandError("a command is missing", (parsed.start, parsed.start)))
        return
    first = tokens[0]
    commands = registry.commands
    declared = None
    used = 1
    if len(tokens) > 1:
        declared = commands.get(f"{first.text} {tokens[1].text}")
        used = 2
    if declared is None:
        declared = commands.get(first.text)
        used = 1
    if declared is None:
        parsed.blame(_unknown(state, registry, tokens, parsed.end))
        parsed.pieces.append(Piece(first, "error"))
        return
    parsed.command = declared
    for token in tokens[:used]:
        parsed.pieces.append(Piece(token, "command"))
    rest = tokens[used:]
    if declared.takes_line and rest:
        if depth == MAX_PREFIXES:
            parsed.blame(
                CommandError(f"at most {MAX_PREFIXES} prefix commands can be piled up", first.span)
            )
            return
        inner = parsed.inner = parse(state, registry, text, rest, depth + 1)
        parsed.pieces += inner.pieces
        parsed.problems += inner.problems
        parsed.missing = inner.missing
        if inner.target is not None:
            parsed.blame(
                CommandError(
                    f"{declared.name} binds no name",
                    inner.pieces[0].token.span,
                    hint=f"put {inner.pieces[0].token.text} = before {declared.name}",
                )
            )
        parsed.args.append(inner)
        return
    _take_arguments(parsed, state, declared, rest)


_OTHER_WORDS = {
    "exit": "quit leaves",
    "q": "quit leaves",
    "bye": "quit leaves",
    "?": "help lists them",
    "ls": "handles, names, vmos and processes list things",
    "ps": "processes lists them",
    "vmmap": "maps PROCESS shows an address space",
    "why": "explain says why",
    "x": "read PROCESS ADDRESS LENGTH",
}
"""Words of other programs that people try first."""


def _unknown(state: "State", registry: Registry, tokens: list[Token], end: int) -> CommandError:
    first = tokens[0]
    seconds = registry.second_words(first.text)
    if not seconds:
        message = f"no such command: {first.text}"
        if first.text.startswith("$"):
            hint = f"print {first.text} shows it"
            message = f"a line begins with a command, not with {first.text}"
        elif len(tokens) > 1 and tokens[1].text == "=":
            hint = f"a name is written ${first.text}"
        elif first.text in state.names:
            hint = f"a name is written ${first.text}; print ${first.text} shows it"
        else:
            hint = _OTHER_WORDS.get(first.text) or nearest(first.text, registry.first_words())
        return CommandError(message, first.span, hint=hint or "help lists them")
    if len(tokens) < 2:
        return CommandError(
            f"{first.text} wants one more word", (end, end), hint=f"one of {', '.join(seconds)}"
        )
    second = tokens[1]
    hint = nearest(second.text, seconds) or f"one of {', '.join(seconds)}"
    return CommandError(f"no such command: {first.text} {second.text}", second.span, hint=hint)


def _take_arguments(parsed: Parsed, state: "State", declared: Command, tokens: list[Token]) -> None:
    arguments = declared.arguments
    at, count = 0, 0
    options_end = False
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.text.startswith("--") and not options_end and token.kind == "word":
            if token.text == "--":
                options_end = True
                parsed.pieces.append(Piece(token, "operator"))
                continue
            at = _take_option(parsed, state, declared, tokens, at)
            continue
        if count == len(arguments):
            parsed.pieces.append(Piece(token, "error"))
            parsed.blame(
                CommandError(
                    f"{declared.name} takes no more arguments: {token.text}",
                    token.span,
                    hint=f"usage: {declared.usage}",
                )
            )
            continue
        param = arguments[count]
        if not param.repeats:
            count += 1
        parsed.args.append(_value(parsed, state, param, token))
    for param in arguments[count:]:
        if param.required:
            parsed.missing.append(param)
        elif not param.repeats:
            parsed.args.append(param.default)
    for param in declared.options.values():
        if param.required and param.name not in parsed.options:
            parsed.missing.append(param)
    if parsed.missing and not parsed.problems:
        wanted = parsed.missing[0]
        noun = wanted.type.noun if wanted.type is not None else ""
        label = f"{wanted.option} {noun}" if wanted.is_option else noun
        end = parsed.pieces[-1].token.end if parsed.pieces else parsed.end
        parsed.blame(
            CommandError(
                f"{declared.name} wants {label}", (end, end), hint=f"usage: {declared.usage}"
            )
        )


def _take_option(
    parsed: Parsed, state: "State", declared: Command, tokens: list[Token], at: int
) -> int:
    """Read the option before `at`, and its value; return where to go on."""
    token = tokens[at - 1]
    name, equals, text = token.text.partition("=")
    param = declared.options.get(name)
    if param is None:
        parsed.pieces.append(Piece(token, "error"))
        hint = nearest(name, list(declared.options)) or f"usage: {declared.usage}"
        span = (token.start, token.start + len(name))
        parsed.blame(CommandError(f"{declared.name} has no option {name}", span, hint=hint))
        return at
    parsed.pieces.append(
        Piece(Token("word", token.start, token.start + len(name), name), "option", param)
    )
    if param.name in parsed.options:
        parsed.blame(CommandError(f"{name} is given twice", token.span))
    if param.type is None:
        if equals:
            parsed.blame(CommandError(f"{name} takes no value", token.span))
        parsed.options[param.name] = True
        return at
    if equals:
        value = Token("word", token.start + len(name) + 1, token.end, text)
    elif at < len(tokens):
        value = tokens[at]
        at += 1
    else:
        parsed.missing.append(param)
        parsed.blame(
            CommandError(
                f"{name} wants {param.type.noun}",
                (token.end, token.end),
                hint=f"expected {param.type.expects}",
            )
        )
        return at
    parsed.options[param.name] = _value(parsed, state, param, value)
    return at


def _value(parsed: Parsed, state: "State", param: Param, token: Token) -> Any:
    noun = param.type
    assert noun is not None
    try:
        value = noun.parse(token, state)
    except CommandError as problem:
        parsed.blame(problem)
        parsed.pieces.append(Piece(token, "error", param))
        return None
    parsed.pieces.append(Piece(token, noun.role, param))
    return value


def _take_expectation(parsed: Parsed, state: "State", tokens: list[Token]) -> None:
    declared = parsed.command
    inner = parsed.inner.command if parsed.inner is not None else None
    try:
        parsed.expectation = parse_expectation(state, declared, inner, tokens, parsed.end)
    except CommandError as problem:
        parsed.blame(problem)
    parsed.pieces += [Piece(token, "expectation") for token in tokens]
