"""Keys beside those that Emacs and Vi have: Enter, ?, Tab's menu, paste."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import (
    Condition,
    completion_is_selected,
    emacs_insert_mode,
    has_focus,
    vi_insert_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from zxdbg.lang.complete import is_question
from zxdbg.lang.look import Looker
from zxdbg.lang.tokens import goes_on
from zxdbg.prompts import Prompted, joined, prompted, shell_prompt
from zxdbg.shell.guard import Guard

__all__ = ["key_bindings", "pasted"]

_NOT_COPIED = Prompted("script", shell_prompt(1_000_000), "", "")
"""The prompt of lines that were selected from behind it on; it was not wider than that."""


def pasted(text: str) -> str:
    """Make lines of what was pasted: no CR, nothing of a prompt, no newline at the end."""
    lines: list[str] = []
    first: Prompted | None = None
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        found = prompted(line)
        if found is not None:
            first = found
            if not found.text:
                continue
        elif first is not None or (lines and goes_on(lines[-1])):
            found = joined(line, first or _NOT_COPIED)
        lines.append(line if found is None else found.text)
    return "\n".join(lines).rstrip("\n")


def key_bindings(looker: Looker, guard: Guard, ask: Callable[[], None]) -> KeyBindings:
    """Make the bindings; `ask` shows the hint even if it is switched off."""
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)
    inserting = typing & (emacs_insert_mode | vi_insert_mode)

    @Condition
    def unfinished() -> bool:
        return goes_on(get_app().current_buffer.document.text.rpartition("\n")[2])

    @Condition
    def asking() -> bool:
        before = get_app().current_buffer.document.text_before_cursor
        return guard.call(is_question, False, looker, before)

    @keys.add("enter", filter=inserting & unfinished)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("enter", filter=typing & completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    @keys.add("escape", "enter", filter=typing & emacs_insert_mode)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("?", filter=inserting & asking)
    def _(event: KeyPressEvent) -> None:
        ask()
        event.current_buffer.start_completion(select_first=False)

    @keys.add(Keys.BracketedPaste, filter=typing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(pasted(event.data))

    return keys
