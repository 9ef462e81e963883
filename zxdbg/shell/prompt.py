"""The prompt: one prompt_toolkit session with everything that helps typing."""

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.styles import Style

from zxdbg.lang.tokens import goes_on
from zxdbg.session import Session
from zxdbg.shell.completer import LineCompleter
from zxdbg.shell.history import open_history
from zxdbg.syscalls import Profile

__all__ = ["open_prompt", "read_lines"]

_STYLE = Style.from_dict({"prompt": "bold ansiblue"})


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


def read_lines(prompt: PromptSession[str], mark: str) -> str:
    """Read a line, and those that a backslash joins to it."""
    text = prompt.prompt(FormattedText([("class:prompt", mark)]))
    while goes_on(text):
        more = prompt.prompt(FormattedText([("class:prompt", f"{'...':<{len(mark)}}")]))
        text += "\n" + more
    return text
