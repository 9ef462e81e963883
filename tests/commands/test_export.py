from pathlib import Path

import pytest

from zxdbg import CommandError, Session
from zxdbg.result import Export


@pytest.mark.parametrize("form", ["svg", "html"])
def test_export_is_a_wish_on_which_the_front_end_acts(
    form: str, session: Session, tmp_path: Path
) -> None:
    session.state.folder = str(tmp_path)
    answer = session.run(f'export {form} out --last 3 --title "a title"').answer
    assert answer == Export(form, "out", str(tmp_path / "out"), 3, "a title", "dark")
    assert session.run(f"export {form} out").answer.last is None
    assert list(tmp_path.iterdir()) == []


def test_the_theme_of_the_screen_is_that_of_the_file(session: Session) -> None:
    session.state.settings.values["theme"] = "light"
    assert session.run("export svg out").answer.theme == "light"


def test_none_of_the_last_commands_is_a_mistake(session: Session) -> None:
    with pytest.raises(CommandError, match="--last wants 1 or more"):
        session.run("export svg out --last 0")


def test_a_script_may_not_export() -> None:
    with pytest.raises(CommandError, match="a script may not write files; run it with --allow-io"):
        Session(allow_io=False).run("export svg out")
