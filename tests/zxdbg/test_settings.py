import pytest

from zxdbg.mistake import CommandError
from zxdbg.session import Session
from zxdbg.settings import SETTINGS, Settings


@pytest.mark.parametrize("name", SETTINGS)
def test_a_default_is_one_of_the_words(name: str) -> None:
    setting = SETTINGS[name]
    assert not setting.words or setting.default in setting.words
    assert Settings()[name] == setting.default


def test_what_was_set_counts() -> None:
    settings = Settings()
    assert settings.is_on("hint")
    settings.values["hint"] = "off"
    assert not settings.is_on("hint")


def test_a_reset_keeps_the_settings() -> None:
    session = Session()
    session.state.settings.values["theme"] = "light"
    session.run("reset")
    assert session.state.settings["theme"] == "light"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("thme", "light", "there is no setting thme; nearest: theme"),
        ("theme", "lihgt", "theme cannot be lihgt; nearest: light"),
        ("hint", "5", "hint cannot be 5; one of on, off"),
        ("pager", " ", "pager cannot be empty; "),
    ],
)
def test_what_is_not_right_is_a_mistake_that_changes_nothing(
    name: str, value: str, message: str
) -> None:
    settings = Settings()
    with pytest.raises(CommandError) as caught:
        settings.choose(name, value)
    assert str(caught.value).startswith(message)
    assert settings.values == {}


def test_what_is_right_is_chosen() -> None:
    settings = Settings()
    settings.choose("hint", "off")
    settings.choose("pager", "less -R")
    assert settings.values == {"hint": "off", "pager": "less -R"}
