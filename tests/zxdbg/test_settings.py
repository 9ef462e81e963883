import pytest

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
