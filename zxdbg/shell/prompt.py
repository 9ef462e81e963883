"""The prompt: one prompt_toolkit session with everything that helps typing."""

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.styles import Style

from zxdbg.lang.tokens import goes_on
from zxdbg.session import Session
from zxdbg.shell.completer import LineCompleter
from zxdbg.shell.history import open_history
from zxdbg.syscalls import Profile

__all__ = ["open_prompt", "read_lines"]

_STYLE = Style.from_dict({"prompt": "bold ansiblue", "going-on": "ansibrightblack"})


def open_prompt(session: Session, *, color: bool) -> PromptSession[str]:
    """Make the prompt of a session."""
    return PromptSession(
        history=open_history(),
        completer=LineCompleter(session),
        complete_while_typing=False,
        style=_STYLE if color else None,
        rprompt=lambda: _reminder(session),
    )


def _reminder(session: Session) -> str:
    """Name the profile at the right of the prompt where it is not the usual one."""
    profile = session.state.profile
    return "" if profile is Profile.DOCS else f"profile {profile.value}"


def _ghost(going_on: str) -> FormattedText:
    """Compose what an empty line shows: what Enter would run, and then what it did run."""
    future = get_app().future
    if future is None or not future.done():
        shown = f"Enter: {going_on}" if going_on else ""
    else:
        shown = "" if future.exception() else going_on
    return FormattedText([("class:going-on", shown)])


def read_lines(prompt: PromptSession[str], mark: str, going_on: str = "") -> str:
    """Read a line, and those that a backslash joins to it.

    Args:
        prompt: The prompt.
        mark: What stands before the line.
        going_on: What Enter on an empty line runs: shown there, as long as nothing is typed.
    """
    text = prompt.prompt(
        FormattedText([("class:prompt", mark)]), placeholder=lambda: _ghost(going_on)
    )
    if not text:
        return going_on
    while goes_on(text):
        more = prompt.prompt(FormattedText([("class:prompt", f"{'...':<{len(mark)}}")]))
        text += "\n" + more
    return text
