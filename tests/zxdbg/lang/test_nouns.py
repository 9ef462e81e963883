import pytest

from zxdbg import CommandError, Session
from zxdbg.lang.arguments import LINE, PERMS_ARG, RIGHTS_ARG, VM_FLAGS
from zxdbg.lang.look import Looker
from zxdbg.lang.nouns import ArgType, Flags, HandleArg, Number, Words
from zxdbg.lang.tokens import Token


def token(text: str) -> Token:
    return Token("word", 0, len(text), text)


def test_words_and_flags_say_what_each_is() -> None:
    assert PERMS_ARG.about("rw") == "read and write"
    assert RIGHTS_ARG.about("ZX_RIGHT_MAP").startswith("map a VMO")
    assert VM_FLAGS.about("ZX_VM_PERM_WRITE") == "0x2"


def test_every_word_is_offered_with_what_it_is(session: Session) -> None:
    (parsed,) = Looker(session.state, session.registry).line("print 1").commands
    found = Words("W", "a word", {"a": 1, "b": 2}, {"a": "first"}).offered(parsed, session.state)
    assert found == {"a": "first", "b": ""}
    assert Number("N", "a number").offered(parsed, session.state) == {}


def test_only_names_of_bits_are_joined() -> None:
    assert RIGHTS_ARG.joins("ZX_RIGHT_READ")
    assert not RIGHTS_ARG.joins("same")
    assert not RIGHTS_ARG.joins("ZX_RIGHT_SAME_RIGHTS")


def test_numbers_handles_words_and_flags_read_their_tokens(staged: Session) -> None:
    state = staged.state
    assert Number("N", "a number").parse(token("4K+1"), state) == 4097
    assert HandleArg("H").parse(token("0x1_0000_0001"), state) == 1
    assert Flags("F", "flags", {"A": 1, "B": 2}).parse(token("A|B|8"), state) == 11
    with pytest.raises(CommandError, match="C is not a word"):
        Words("W", "a word", {"A": 1}).parse(token("C"), state)
    assert LINE.parse(token("vmos"), state) == "vmos"


def test_a_noun_has_to_read_its_token() -> None:
    with pytest.raises(TypeError, match="abstract"):
        ArgType()  # type: ignore[abstract]
