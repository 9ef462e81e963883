from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.lang.complete import complete
from zxdbg.lang.look import Looker
from zxdbg.lang.offer import Offers
from zxdbg.lang.slots import file_offers


def words(offers: Offers) -> list[tuple[str, str]]:
    return [
        (word, source.about(word))
        for source in offers.sources
        for word in source.starting(offers.typed)
    ]


def test_files_and_folders_are_offered_but_no_hidden_ones(tmp_path: Path) -> None:
    session = Session()
    session.state.folder = str(tmp_path)
    for name in ("b.zx", "a.zx", ".secret", "two words", "semi;colon"):
        (tmp_path / name).write_text("")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "deep.zx").write_text("")
    state = session.state
    assert words(file_offers(state, "")) == [
        ("a.zx", "file"),
        ("b.zx", "file"),
        ("more/", "folder"),
    ]
    assert words(file_offers(state, "more/d")) == [("deep.zx", "file")]
    assert words(file_offers(state, ".")) == [(".secret", "file")]
    assert words(file_offers(state, f"{tmp_path}/more/")) == [("deep.zx", "file")]
    assert words(file_offers(state, "nowhere/")) == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("vmo create $", "$heap.size"),
        ("read $demo $base $", "$heap.size"),
        ("print 1+$", "$heap.size"),
        ("print $", "$demo"),
        ("read $demo $base 4 --buffer ", "null"),
        ("read $demo $base 4 --buffer @$", "$base"),
        ("zx_vmo_create 4K ", "ZX_VMO_NON_RESIZABLE"),
        ("process exit $", "$heap.size"),
    ],
)
def test_each_noun_has_its_source(line: str, word: str, staged: Session) -> None:
    looker = Looker(staged.state, staged.registry)
    assert word in [each.text for each in complete(looker, line)]


@pytest.mark.parametrize("line", ["vmo create $", "print 1+$"])
def test_a_handle_is_no_size(line: str, staged: Session) -> None:
    looker = Looker(staged.state, staged.registry)
    assert "$heap" not in [each.text for each in complete(looker, line)]
