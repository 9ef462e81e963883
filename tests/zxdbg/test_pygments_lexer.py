import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments import token as kinds

from zxdbg.lang.tokens import tokenize
from zxdbg.pygments_lexer import ZxConsoleLexer, ZxLexer

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.zx"))


def pieces(text: str) -> list[tuple[str, str]]:
    """What a lexer says, without white space; the kinds without their first word."""
    found = ZxLexer().get_tokens_unprocessed(text)
    return [
        (str(kind).removeprefix("Token."), part)
        for _, kind, part in found
        if kind is not kinds.Whitespace
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_file_is_divided_without_loss(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = list(ZxLexer().get_tokens_unprocessed(text))
    assert "".join(part for _, _, part in found) == text
    assert all(text[at : at + len(part)] == part for at, _, part in found)
    assert all(kind is not kinds.Error for _, kind, _ in found)


@given(st.text(alphabet='ab $"\\;=>|#\n\r\x0c0x1K.-+@:,[]ü\u2028', max_size=60))
def test_any_text_is_divided_without_loss(text: str) -> None:
    for lexer in (ZxLexer(), ZxConsoleLexer()):
        found = list(lexer.get_tokens_unprocessed(text))
        assert "".join(part for _, _, part in found) == text


def test_tokens_end_where_those_of_the_language_do() -> None:
    text = (ROOT / "examples" / "process_write_memory.zx").read_text(encoding="utf-8")
    borders = {at for at, _, _ in ZxLexer().get_tokens_unprocessed(text)}
    assert {token.start for token in tokenize(text)} <= borders


def test_a_word_is_called_what_it_is() -> None:
    line = "$b = vmo create 16K --name=heap; explain zx_vmo_create 0x10 ZX_VMO_NON_RESIZABLE # why"
    assert pieces(line) == [
        ("Name.Variable", "$b"),
        ("Operator", "="),
        ("Keyword", "vmo"),
        ("Keyword", "create"),
        ("Literal.Number.Integer", "16K"),
        ("Name.Attribute", "--name"),
        ("Operator", "="),
        ("Text", "heap"),
        ("Punctuation", ";"),
        ("Keyword", "explain"),
        ("Name.Function", "zx_vmo_create"),
        ("Literal.Number.Hex", "0x10"),
        ("Name.Constant", "ZX_VMO_NON_RESIZABLE"),
        ("Comment.Single", "# why"),
    ]


def test_a_command_goes_on_and_ends_in_what_is_expected() -> None:
    text = 'write $demo.vmar $b+1 \\\n  "a # b" => ZX_OK actual=5 data=hex:00\nfrob 1\n'
    assert pieces(text) == [
        ("Keyword", "write"),
        ("Name.Variable", "$demo.vmar"),
        ("Name.Variable", "$b"),
        ("Operator", "+"),
        ("Literal.Number.Integer", "1"),
        ("Literal.String.Double", '"a # b"'),
        ("Operator", "=>"),
        ("Name.Exception", "ZX_OK"),
        ("Name.Property", "actual"),
        ("Operator", "="),
        ("Literal.Number.Integer", "5"),
        ("Name.Property", "data"),
        ("Operator", "="),
        ("Literal.String.Affix", "hex:"),
        ("Literal.Number.Integer", "00"),
        ("Name", "frob"),
        ("Literal.Number.Integer", "1"),
    ]


def test_a_transcript_has_prompts_commands_and_output() -> None:
    text = "zx> print 1\n1\nzxdbg 12> vmos\nno VMOs\n"
    found = [
        (str(kind).removeprefix("Token."), part)
        for _, kind, part in ZxConsoleLexer().get_tokens_unprocessed(text)
        if part.strip()
    ]
    assert found == [
        ("Generic.Prompt", "zx> "),
        ("Keyword", "print"),
        ("Literal.Number.Integer", "1"),
        ("Generic.Output", "1\n"),
        ("Generic.Prompt", "zxdbg 12> "),
        ("Keyword", "vmos"),
        ("Generic.Output", "no VMOs\n"),
    ]


def test_what_stands_at_the_right_of_a_prompt_is_no_command() -> None:
    text = f"zxdbg 1> vmos{' ' * 20}profile kernel\r\nzxdbg 2> {' ' * 20}profile kernel\n"
    found = list(ZxConsoleLexer().get_tokens_unprocessed(text))
    assert "".join(part for _, _, part in found) == text
    assert [at for at, _, _ in found] == sorted({at for at, _, _ in found})
    words = [part for _, kind, part in found if str(kind) == "Token.Keyword"]
    assert words == ["vmos"]


def test_it_is_registered_and_needs_no_prompt_toolkit(environment: dict[str, str]) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = project.partition('[project.entry-points."pygments.lexers"]\n')[2]
    assert section.splitlines()[:2] == [
        'zx = "zxdbg.pygments_lexer:ZxLexer"',
        'zx-console = "zxdbg.pygments_lexer:ZxConsoleLexer"',
    ]
    code = (
        "import sys, zxdbg.pygments_lexer as lexer; list(lexer.ZxLexer().get_tokens('vmos'));"
        "print(*(name in sys.modules for name in ('prompt_toolkit', 'zxdbg.shell', 'rich')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout.split() == ["False"] * 3


def test_names_and_files_are_those_of_the_language() -> None:
    assert "zx" in ZxLexer.aliases
    assert ZxLexer.filenames == ["*.zx"]
    assert "zx-console" in ZxConsoleLexer.aliases


def test_the_words_of_other_debuggers_are_commands_too() -> None:
    text = "vmmap $d\nx/16xb $b\ninfo handles\nhandle\nhandle frob\nexplain --json ps\n$p=vmos"
    found = [(kind, part) for kind, part in pieces(text) if not kind.startswith("Name.Var")]
    assert found == [
        ("Keyword", "vmmap"),
        ("Keyword", "x"),
        ("Name.Attribute", "/16xb"),
        ("Keyword", "info"),
        ("Keyword", "handles"),
        ("Keyword", "handle"),
        ("Name", "handle"),
        ("Text", "frob"),
        ("Keyword", "explain"),
        ("Name.Attribute", "--json"),
        ("Keyword", "ps"),
        ("Operator", "="),
        ("Keyword", "vmos"),
    ]


def test_output_that_a_file_states_is_output() -> None:
    text = "print 1 \\\n 2\n| 1 …\n  |\nvmos | cat => x\n"
    found = [(kind, part) for kind, part in pieces(text) if kind.startswith("Generic")]
    assert found == [("Generic.Output", "| 1 …\n"), ("Generic.Output", "  |\n")]


def test_a_transcript_in_a_command_file_is_a_transcript() -> None:
    text = "# a lesson\nzx> print \\\n...   1\n... is output\n1\nzx>\n"
    assert pieces(text) == [
        ("Comment.Single", "# a lesson\n"),
        ("Generic.Prompt", "zx> "),
        ("Keyword", "print"),
        ("Generic.Prompt", "... "),
        ("Literal.Number.Integer", "1"),
        ("Generic.Output", "... is output\n"),
        ("Generic.Output", "1\n"),
        ("Generic.Prompt", "zx>"),
    ]
