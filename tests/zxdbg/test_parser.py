"""The options as argparse reads them: values, and what is said of wrong ones."""

import pytest

from zxdbg.options import Options
from zxdbg.parser import make_parser


def test_sizes_are_written_as_in_the_language() -> None:
    read = make_parser().parse_args(["--memory", "64M", "--seed", "0x10"], Options())
    assert (read.memory, read.seed) == (64 << 20, 16)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--memory", "lots"], "argument --memory: lots is not a number, such as 64M or 0x1000"),
        (["--width", "59"], "argument --width: 59 is outside 60 to 1000"),
        (["--timeout", "never"], "argument --timeout: never is no number of seconds"),
        (["--fail-under", "101"], "argument --fail-under: 101 is outside 0 to 100"),
        (["--q\x1b[2J"], "unrecognized arguments: --q\\x1b[2J"),
    ],
)
def test_a_wrong_value_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(words, Options())
    assert capsys.readouterr().err.endswith(f"zxdbg: error: {said}\n")
