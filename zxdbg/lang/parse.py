"""The parse: one, tolerant, for running, colouring, completing and pointing.

It never fails. What is wrong becomes a `CommandError` in `problems`, at its place; what
is right stays usable. Names are looked up in the state, so a line is parsed when reached.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from zxdbg.lang.declare import UNIVERSAL_OPTIONS, Command, Param, Registry
from zxdbg.lang.tokens import Token, text_of
from zxdbg.mistake import CommandError

if TYPE_CHECKING:
    from types import ModuleType

    from zxdbg.lang.expect import Expectation
    from zxdbg.lang.output import Output
    from zxdbg.lang.spell import Spelled
    from zxdbg.state import State

__all__ = ["Parsed", "Piece", "parse"]


class Piece(NamedTuple):
    """A token with the part that it plays, and what it means where it was read."""

    token: Token
    role: str
    param: Param | None = None
    value: Any = None


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
        output: Where the answer goes instead of the screen.
        as_json: Whether the answer is to be a JSON object.
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
        self.output: Output | None = None
        self.as_json = False
        self.pieces: list[Piece] = []
        self.problems: list[CommandError] = []
        self.missing: list[Param] = []

    def blame(self, problem: CommandError) -> None:
        """Note a mistake."""
        if problem.span is None:
            problem.span = (self.start, self.end)
        self.problems.append(problem)

    def given(self, param: str) -> Any:
        """Return the value that a parameter was given; None if it was not."""
        if self.command is not None:
            for each, value in zip(self.command.arguments, self.args, strict=False):
                if each.name == param:
                    return value
        return self.options.get(param)

    def span_of(self, param: str) -> tuple[int, int] | None:
        """Return where a parameter is given; None if it is not."""
        given = [
            piece.token
            for piece in self.pieces
            if piece.param is not None and piece.param.name == param and piece.role != "option"
        ]
        return (given[0].start, given[-1].end) if given else None

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
    if tokens[0].text[:1] == "$":
        tokens = _take_target(parsed, tokens)
    spelled = None
    if state.shorthand and tokens and not depth:
        from zxdbg.lang.spell import spell_out

        try:
            spelled = spell_out(state, registry, text, tokens)
        except CommandError as problem:
            parsed.blame(problem)
            parsed.pieces += [Piece(token, "error") for token in tokens]
            return parsed
    if spelled is not None:
        text, tokens = spelled.text, spelled.tokens
        parsed.text, parsed.end = text[parsed.start :], len(text)
    expected = None
    if ">" in parsed.text or "|" in parsed.text:
        tokens, expected = _cut_operators(parsed, state, text, tokens)
    _take_command(parsed, state, registry, text, tokens, depth)
    if expected is not None:
        _take_expectation(parsed, state, expected)
    if spelled is not None:
        for each in parsed.problems:
            each.span = spelled.back(each.span or (parsed.start, parsed.end))
        _put_back(parsed, spelled)
    return parsed


def _put_back(parsed: Parsed, spelled: "Spelled") -> None:
    """Give everything in a line the place that it has in the one that was typed.

    A word that stood for several is one piece: a command, or wrong if one of them is.
    """
    parsed.start, parsed.end = spelled.back((parsed.start, parsed.end))
    pieces: dict[tuple[int, int], Piece] = {}
    for piece in parsed.pieces:
        token = spelled.token_back(piece.token)
        before = pieces.get(token.span)
        if before is None:
            pieces[token.span] = piece._replace(token=token)
        else:
            wrong = "error" in (before.role, piece.role)
            pieces[token.span] = Piece(token, "error" if wrong else "command")
    parsed.pieces = list(pieces.values())
    if parsed.expectation is not None:
        parsed.expectation = parsed.expectation.moved(spelled.back)
    if parsed.output is not None:
        parsed.output = parsed.output._replace(span=spelled.back(parsed.output.span))
    if parsed.inner is not None:
        _put_back(parsed.inner, spelled)


def _take_target(parsed: Parsed, tokens: list[Token]) -> list[Token]:
    """Read `$name =`, with or without blanks around the sign."""
    first = tokens[0]
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


def _cut_operators(
    parsed: Parsed, state: "State", text: str, tokens: list[Token]
) -> tuple[list[Token], list[Token] | None]:
    """Divide the tokens at `=>`, and take off what stands behind `>` or `|`."""
    arrow = 0
    for index, token in enumerate(tokens):
        if token.kind != "operator":
            continue
        if arrow and token.text == "=>":
            parsed.blame(CommandError("only one => can stand in a command", token.span))
            tokens = tokens[:index]
            break
        parsed.pieces.append(Piece(token, "operator"))
        if token.text == "=>":
            arrow = index + 1
            continue
        _take_output(parsed, state, text, token, tokens[index + 1 :])
        tokens = tokens[:index]
        break
    return (tokens[: arrow - 1], tokens[arrow:]) if arrow else (tokens, None)


def _take_output(
    parsed: Parsed, state: "State", text: str, sign: Token, tokens: list[Token]
) -> None:
    from zxdbg.lang.output import read_output

    try:
        parsed.output = read_output(state, text, sign, tokens)
    except CommandError as problem:
        parsed.blame(problem)
    role = "shell" if sign.text == "|" else "path"
    parsed.pieces += [Piece(token, role) for token in tokens]


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
    declared, used = registry.find(tokens)
    if declared is None:
        from zxdbg.lang.unknown import unknown

        parsed.blame(unknown(state, registry, tokens, parsed.end))
        parsed.pieces.append(Piece(first, "error"))
        return
    parsed.command = declared
    for token in tokens[:used]:
        parsed.pieces.append(Piece(token, "command"))
    rest = tokens[used:]
    while declared.takes_line and rest and rest[0].text.partition("=")[0] in UNIVERSAL_OPTIONS:
        _take_universal(parsed, rest[0])
        rest = rest[1:]
    if declared.attached is not None:
        rest = _take_attached(parsed, state, declared.attached, rest)
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
        parsed.as_json, inner.as_json = parsed.as_json or inner.as_json, False
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


def _take_attached(parsed: Parsed, state: "State", param: Param, rest: list[Token]) -> list[Token]:
    """Read what stands right behind the command and a slash; a blank before it is fine."""
    word = parsed.pieces[-1].token
    head, slash, text = word.text.partition("/")
    if slash:
        end = word.start + len(head)
        parsed.pieces[-1] = Piece(Token("word", word.start, end, head), "command")
        token = Token("word", end + 1, word.end, text)
    elif rest and rest[0].text.startswith("/"):
        token = rest[0]._replace(start=rest[0].start + 1, text=rest[0].text[1:])
        rest = rest[1:]
    else:
        return rest
    parsed.options[param.name] = _value(parsed, state, param, token)
    return rest


def _take_arguments(parsed: Parsed, state: "State", declared: Command, tokens: list[Token]) -> None:
    arguments = declared.arguments
    at, count = 0, 0
    options_end = False
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.text[:2] == "--" and not options_end and token.kind == "word":
            if token.text == "--":
                options_end = True
                parsed.pieces.append(Piece(token, "operator"))
                continue
            at = _take_option(parsed, state, declared, tokens, at)
            continue
        if count == len(arguments):
            parsed.pieces.append(Piece(token, "error"))
            parsed.blame(_usage().too_many(declared, token))
            continue
        param = arguments[count]
        if param.type is not None and param.type.verbatim:
            last = tokens[-1].end
            text = parsed.text[token.start - parsed.start : last - parsed.start]
            token = Token("word", token.start, last, text)
            at = len(tokens)
        if not param.repeats:
            count += 1
        parsed.args.append(_value(parsed, state, param, token))
    for param in arguments[count:]:
        if param.required:
            parsed.missing.append(param)
        elif not param.repeats:
            parsed.args.append(param.default)
    for param in declared.wanted:
        if param.name not in parsed.options:
            parsed.missing.append(param)
    if parsed.missing or parsed.problems:
        problem = _usage().misplaced(parsed, state, declared)
        if problem is not None:
            parsed.blame(problem)
        elif not parsed.problems:
            parsed.blame(_usage().too_few(parsed, declared))


def _usage() -> "ModuleType":
    """Load what only a mistake needs."""
    import zxdbg.lang.usage

    return zxdbg.lang.usage


def _take_option(
    parsed: Parsed, state: "State", declared: Command, tokens: list[Token], at: int
) -> int:
    """Read the option before `at`, and its value; return where to go on."""
    token = tokens[at - 1]
    name, equals, text = token.text.partition("=")
    param = declared.options.get(name)
    if param is None and name in UNIVERSAL_OPTIONS:
        _take_universal(parsed, token)
        return at
    if param is None:
        parsed.pieces.append(Piece(token, "error"))
        parsed.blame(_usage().no_option(declared, name, token.start))
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


def _take_universal(parsed: Parsed, token: Token) -> None:
    """Read an option that every command has."""
    name, equals, _ = token.text.partition("=")
    parsed.pieces.append(Piece(token, "option"))
    if equals:
        parsed.blame(CommandError(f"{name} takes no value", token.span))
    if parsed.as_json:
        parsed.blame(CommandError(f"{name} is given twice", token.span))
    parsed.as_json = True


def _value(parsed: Parsed, state: "State", param: Param, token: Token) -> Any:
    noun = param.type
    assert noun is not None
    try:
        value = noun.parse(token, state)
    except CommandError as problem:
        parsed.blame(problem)
        parsed.pieces.append(Piece(token, "error", param))
        return None
    parsed.pieces.append(Piece(token, noun.role, param, value))
    return value


def _take_expectation(parsed: Parsed, state: "State", tokens: list[Token]) -> None:
    from zxdbg.lang.expect import parse_expectation

    declared = parsed.command
    inner = parsed.inner.command if parsed.inner is not None else None
    try:
        parsed.expectation = parse_expectation(state, declared, inner, tokens, parsed.end)
    except CommandError as problem:
        parsed.blame(problem)
    parsed.pieces += [Piece(token, "expectation") for token in tokens]
