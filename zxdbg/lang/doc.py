"""Docstrings, taken apart: the only place where a command or a syscall is described."""

from typing import NamedTuple

__all__ = ["Doc", "parse_doc"]


class Doc(NamedTuple):
    """A docstring's parts; `args` and `examples` in the order in which they stand."""

    summary: str
    text: tuple[str, ...]
    when: str
    args: dict[str, str]
    examples: tuple[str, ...]


def parse_doc(docstring: str) -> Doc:
    """Take a Google-style docstring apart; paragraphs and descriptions become one line each."""
    summary, _, rest = docstring.strip().partition("\n")
    section = ""
    text: list[str] = []
    when: list[str] = []
    args: dict[str, str] = {}
    examples: list[str] = []
    name = ""
    fresh = True
    args_indent: int | None = None
    for line in rest.splitlines():
        stripped = line.strip()
        if stripped in ("When:", "Args:", "Examples:"):
            section = stripped
        elif section == "Args:" and stripped:
            head, colon, tail = stripped.partition(": ")
            indent = len(line) - len(line.lstrip())
            # How deep a docstring is indented depends on the version of Python.
            args_indent = indent if args_indent is None else args_indent
            if colon and head.replace("_", "").isalnum() and indent == args_indent:
                name = head
                args[name] = tail
            else:
                args[name] += " " + stripped
        elif section == "Examples:" and stripped:
            examples.append(stripped.removeprefix("zx> "))
        elif section == "When:" and stripped:
            when.append(stripped)
        elif not section and stripped:
            if fresh:
                text.append(stripped)
            else:
                text[-1] += " " + stripped
        fresh = not stripped
    return Doc(summary.rstrip("."), tuple(text), " ".join(when), args, tuple(examples))
