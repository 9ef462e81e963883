import pytest

from zxdbg.prompts import SCRIPT, joined, joining, prompted, right_of, shell_prompt
from zxdbg.syscalls.profile import Profile

RIGHTS = [right_of(profile, normal=normal) for profile in Profile for normal in (False, True)]


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("text", ["", "print 1", "profile kernel", "  print  1"])
def test_what_the_shell_shows_is_divided_into_what_it_was_made_of(text: str, right: str) -> None:
    prompt = shell_prompt(12)
    line = f"{prompt}{text}"
    if right:
        line = line.ljust(79 - len(right)) + right
    found = prompted(line)
    assert found is not None
    assert (found.form, found.prompt, found.text) == ("shell", prompt, text)
    assert found.right.lstrip() == right
    assert found.prompt + found.text + found.right == line


def test_prompts_of_a_script_have_nothing_at_their_right() -> None:
    found = prompted(f"{SCRIPT}print 1          profile kernel")
    assert found is not None
    assert (found.form, found.text) == ("script", "print 1          profile kernel")


@pytest.mark.parametrize("line", ["zx>x", "zxdbg> x", "zxdbg x> y", " zx> x", "", "... x"])
def test_other_lines_have_no_prompt(line: str) -> None:
    assert prompted(line) is None


def test_a_form_can_be_asked_for() -> None:
    assert prompted("zx> x", "shell") is None
    assert prompted("zxdbg 3> x", "script") is None
    assert prompted("zxdbg 3>", "shell") == ("shell", "zxdbg 3>", "", "")


@pytest.mark.parametrize(
    ("line", "prompt", "text"),
    [
        (joining(9) + "print 1", "...      ", "print 1"),
        (joining(9) + "  print 1", "...      ", "  print 1"),
        ("print 1", "", "print 1"),
        ("...print 1", "...", "print 1"),
    ],
)
def test_a_line_that_goes_on_has_dots_as_wide_as_the_prompt(
    line: str, prompt: str, text: str
) -> None:
    first = prompted("zxdbg 1> write \\")
    assert first is not None
    assert joined(line, first) == ("shell", prompt, text, "")


def test_usual_things_are_not_told() -> None:
    assert right_of(Profile.DOCS) == ""
    assert right_of(Profile.KERNEL, normal=True) == "profile kernel  vi: normal"
