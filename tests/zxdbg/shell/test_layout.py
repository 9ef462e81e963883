from prompt_toolkit import PromptSession
from prompt_toolkit.input import DummyInput
from prompt_toolkit.layout import Layout
from prompt_toolkit.output import DummyOutput

from zxdbg.shell.layout import StillLayout


def test_it_finds_the_windows_that_any_layout_finds() -> None:
    session: PromptSession[str] = PromptSession(input=DummyInput(), output=DummyOutput())
    usual = session.layout
    still = StillLayout(usual.container, usual.current_window)
    assert isinstance(still, Layout)
    for _ in range(2):
        assert list(still.find_all_windows()) == list(dict.fromkeys(usual.find_all_windows()))
        assert set(still.find_all_controls()) == set(usual.find_all_controls())
    assert still.current_window is usual.current_window
    assert still.current_control is usual.current_control
