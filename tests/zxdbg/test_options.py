"""The options: what is read without argparse is as argparse reads it."""

from itertools import product

import pytest

from zxdbg.options import Options, fail, read_options, read_plain
from zxdbg.parser import make_parser

WORDS = ["--json", "--quiet", "--color", "never", "--profile", "kernel", "-c", "a.zx", "-", ""]


@pytest.mark.parametrize("count", range(5))
def test_plain_words_are_read_as_argparse_reads_them(count: int) -> None:
    plain = 0
    for words in product(WORDS, repeat=count):
        options = read_plain(words)
        if options is not None:
            plain += 1
            assert vars(options) == vars(make_parser().parse_args(words, Options())), words
    assert plain >= count


@pytest.mark.parametrize(
    "words",
    [
        ["--quiet", "two.zx"],
        ["--json", "-c", "print 1; print 2"],
        ["--color", "always", "--keep-going", "a.zx", "b.zx"],
        [],
    ],
)
def test_the_common_ways_to_call_are_plain(words: list[str]) -> None:
    assert read_plain(words) is not None


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--seed", "1"], ["a.zx", "--quiet"], ["--color", "red"], ["-c"], ["--", "a"]],
)
def test_what_is_not_plain_is_left_to_argparse(words: list[str]) -> None:
    assert read_plain(words) is None


def test_argparse_leaves_what_is_not_given() -> None:
    assert vars(read_options(["--no-config"])) == {**vars(Options()), "no_config": True}


def test_each_options_has_its_own_lists() -> None:
    read_options(["-e", "a=1"])
    assert read_options(["-e", "b=2"]).given == ["b=2"]
    assert read_options(["x.zx"]).given == []


def test_a_wrong_call_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        fail("these do not go together")
    assert left.value.code == 2
    assert capsys.readouterr().err.endswith("zxdbg: error: these do not go together\n")
