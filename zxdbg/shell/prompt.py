"""The prompt: one prompt_toolkit session with everything that helps typing."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import ConditionalAutoSuggest
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.layout import BufferControl
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import BaseStyle, DynamicStyle

from zxdbg.lang.hint import hint
from zxdbg.lang.look import Looker
from zxdbg.prompts import joining, right_of
from zxdbg.render.cells import head_of, width_of
from zxdbg.render.screen import Screen
from zxdbg.render.theme import theme
from zxdbg.session import Session
from zxdbg.shell.completer import LineCompleter
from zxdbg.shell.escapes import ShowEscaped
from zxdbg.shell.guard import Guard
from zxdbg.shell.history import HistorySuggest, open_history
from zxdbg.shell.keys import key_bindings
from zxdbg.shell.layout import StillLayout
from zxdbg.shell.lexer import LONGEST, LineLexer
from zxdbg.shell.style import style_of

__all__ = ["Prompt"]

_PLAIN: Mapping[str, str] = MappingProxyType({})
"""The theme of a screen without colours."""
_ESCAPE_WAIT = 0.05
"""Seconds after which Esc is no longer the beginning of another key."""


class Prompt:
    """Reads lines with all that helps typing; the settings decide what of it shows.

    Args:
        session: The session whose language is typed.
        screen: Where it is drawn: with colours or without, in ASCII or not.
        source: Where keys come from; the terminal by default.
        output: The terminal that shows them; that of the program by default.
    """

    def __init__(
        self,
        session: Session,
        screen: Screen,
        *,
        source: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._session = session
        self._screen = screen
        self.mistakes: set[str] = set()
        """Lines of this session that could not be run."""
        self._looker = Looker(session.state, session.registry)
        self._theme: Mapping[str, str] = _PLAIN
        self._made: BaseStyle = style_of(_PLAIN)
        self.guard = Guard()
        self.ptk: PromptSession[str] = PromptSession(
            history=open_history(),
            completer=LineCompleter(self._looker, self.guard, screen.text),
            complete_while_typing=Condition(lambda: self._set("complete") == "typing"),
            auto_suggest=ConditionalAutoSuggest(
                HistorySuggest(self.mistakes), Condition(lambda: self._set("suggest") == "on")
            ),
            style=DynamicStyle(self._style),
            color_depth=None if screen.color else ColorDepth.DEPTH_1_BIT,
            include_default_pygments_style=False,
            key_bindings=key_bindings(self._looker, self.guard, self._ask),
            prompt_continuation=_continuation,
            rprompt=self._reminder,
            input=source,
            output=output,
        )
        for control in self.ptk.layout.find_all_controls():
            if isinstance(control, BufferControl):  # the line, and what is searched for
                control.input_processors = [*(control.input_processors or ()), ShowEscaped()]
        # Arrow up searches for what is typed, but the completion of each key stays possible.
        self.ptk.default_buffer.enable_history_search = Condition(lambda: True)
        self.ptk.app.ttimeoutlen = _ESCAPE_WAIT
        still = StillLayout(self.ptk.layout.container, self.ptk.layout.current_window)
        self.ptk.layout = self.ptk.app.layout = still
        # The session would not ask the lexer whether its colours are still right.
        line = still.current_control
        assert isinstance(line, BufferControl)
        line.lexer = LineLexer(self._looker, self.guard)
        line.menu_position = self._menu_place

    def read(self, mark: str, going_on: str = "") -> str:
        """Read a command, on one or several lines.

        Args:
            mark: What stands before it.
            going_on: What Enter on an empty line runs: shown there until something is typed.
        """
        self._prepare()
        with _undisturbed():
            text = self.ptk.prompt(
                [("class:prompt", mark)],
                placeholder=lambda: _ghost(going_on),
                handle_sigint=False,
            )
        return text or going_on

    def interrupt(self) -> None:
        """Break off the line that is being typed, if one is; a signal may call this any time."""
        loop = self.ptk.app.loop
        if loop is not None:
            with suppress(RuntimeError):  # it is closed already
                loop.call_soon_threadsafe(self._break_off)

    def _break_off(self) -> None:
        app = self.ptk.app
        if app.is_running and not app.is_done:
            app.key_processor.send_sigint()

    async def read_async(self, mark: str) -> str:
        """Read a command where an event loop is running already."""
        self._prepare()
        with _undisturbed():
            return await self.ptk.prompt_async([("class:prompt", mark)])

    def _set(self, name: str) -> str:
        """Return a setting as it is now."""
        return self._session.state.settings[name]

    def _prepare(self) -> None:
        """Take in what the last command changed: names, and settings."""
        self._looker.forget()
        settings = self._session.state.settings
        vi = settings["keys"] == "vi"
        self.ptk.editing_mode = EditingMode.VI if vi else EditingMode.EMACS
        self.ptk.bottom_toolbar = self._hint if settings.is_on("hint") else None

    def _ask(self) -> None:
        """Show the hint for this line, even if it is switched off."""
        self.ptk.bottom_toolbar = self._hint

    def _style(self) -> BaseStyle:
        name = self._session.state.settings["theme"]
        wanted = theme(name) if self._screen.color else _PLAIN
        if wanted is not self._theme:
            self._theme, self._made = wanted, style_of(wanted)
        return self._made

    def _hint(self) -> StyleAndTextTuples:
        buffer = self.ptk.default_buffer
        if not buffer.text.strip() or len(buffer.text) > LONGEST:
            return []
        width = get_app().output.get_size().columns - 1
        text, cursor = buffer.text, buffer.cursor_position
        pieces = self.guard.call(hint, [], self._looker, text, cursor, width)
        if self.guard.is_troubled:
            pieces = [("trouble", "a bug in zxdbg: it is shown after Enter")]
        shown: StyleAndTextTuples = []
        for role, piece in pieces:
            fitting = head_of(self._screen.text(piece), width)
            width -= width_of(fitting)
            shown.append((f"class:{role}" if role else "", fitting))
        return shown

    def _menu_place(self) -> int | None:
        """Keep the menu where the word begins that it completes: it does not move with each key."""
        buffer = self.ptk.default_buffer
        state = buffer.complete_state
        if state is None or not state.completions:
            return None
        return state.original_document.cursor_position + state.completions[0].start_position

    def _reminder(self) -> str:
        """Name what is not as usual at the right of the prompt: the profile, Vi's mode."""
        app = self.ptk.app
        is_vi = app.editing_mode is EditingMode.VI
        normal = is_vi and app.vi_state.input_mode is InputMode.NAVIGATION
        return right_of(self._session.state.profile, normal=normal)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the collection of garbage off what the session holds, while somebody types.

    No key changes that, and with many names a key would wait for it.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _ghost(going_on: str) -> StyleAndTextTuples:
    """Compose what an empty line shows: what Enter would run, and then what it did run."""
    future = get_app().future
    if future is None or not future.done():
        shown = f"Enter: {going_on}" if going_on else ""
    else:
        shown = "" if future.exception() else going_on
    return [("class:auto-suggestion", shown)]


def _continuation(width: int, number: int, wrapped: int) -> StyleAndTextTuples:
    """Mark the further lines of a command; not those that are only too long for the screen."""
    return [] if wrapped else [("class:prompt", joining(width))]
