"""Nouns of settings and aliases."""

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from zxdbg.lang.arguments import ArgType, WordArg
from zxdbg.lang.tokens import Token, tokenize, unquote
from zxdbg.mistake import CommandError
from zxdbg.settings import SETTINGS, setting_of

if TYPE_CHECKING:
    from zxdbg.lang.parse import Parsed
    from zxdbg.state import State

__all__ = ["AliasLine", "AliasName", "SettingKey", "SettingValue"]


class SettingArg(ArgType):
    """The name of a setting."""

    noun = "KEY"
    role = "word"
    expects = "a setting"
    words = tuple(SETTINGS)
    abouts = MappingProxyType({key: setting.about for key, setting in SETTINGS.items()})

    def parse(self, token: Token, state: "State") -> str:
        """Read the name of a setting that there is."""
        try:
            setting_of(token.text)
        except CommandError as problem:
            problem.span = token.span
            raise
        return token.text


class SettingValueArg(WordArg):
    """What the setting that was named before it can be."""

    def offered(self, parsed: "Parsed", state: "State") -> dict[str, str]:
        """List the words of that setting, and which of them it is now."""
        key = parsed.given("key")
        setting = SETTINGS.get(key)
        if setting is None:
            return {}
        words = setting.words or setting.some
        return {word: "as it is now" if word == state.settings[key] else "" for word in words}


class RestArg(WordArg):
    """The rest of the command, as it is written; quotes around all of it are taken off."""

    verbatim = True

    def parse(self, token: Token, state: "State") -> str:
        """Take what stands there, without an = before it."""
        text = token.text
        if text.split(maxsplit=1)[:1] == ["="]:
            text = text[1:].lstrip()
        tokens = tokenize(text)
        if len(tokens) == 1 and tokens[0].kind == "string":
            at = token.end - len(text)
            return unquote(text, at).decode("utf-8", "surrogateescape")
        return text


SettingKey = Annotated[str, SettingArg()]
SettingValue = Annotated[str, SettingValueArg("VALUE", "what the setting is to be")]
AliasName = Annotated[str, WordArg("NAME", "a word for an alias")]
AliasLine = Annotated[str, RestArg("LINE", "the line that it stands for")]
