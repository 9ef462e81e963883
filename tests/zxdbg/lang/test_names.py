from zxdbg import Session
from zxdbg.lang.names import GONE, NameIndex


def indexed(session: Session) -> NameIndex:
    index = NameIndex(session.state)
    index.sync()
    return index


def test_names_and_their_fields_are_kept_by_what_they_are(staged: Session) -> None:
    index = indexed(staged)
    assert list(index.words("process").starting("$")) == ["$demo", "$self"]
    assert list(index.words("VMAR").starting("$")) == ["$demo.vmar", "$self.vmar"]
    assert list(index.words("address").starting("$")) == ["$base"]
    assert list(index.words("bytes").starting("$h")) == ["$heap.size"]
    assert list(index.words("nothing of that kind").starting("")) == []


def test_a_word_says_what_it_is(staged: Session) -> None:
    index = indexed(staged)
    assert index.about("$heap", "VMO") == "VMO heap"
    assert index.about("$base", "address") == "address 0x10000000"
    assert index.about("$heap.size", "bytes") == "bytes 16384"
    assert index.value("$base") == 0x10000000


def test_the_index_follows_what_is_bound(staged: Session) -> None:
    index = indexed(staged)
    staged.run("vmo create 4K --name more; $base = print 7")
    index.sync()
    assert list(index.words("VMO").starting("$")) == ["$heap", "$more"]
    assert list(index.words("address").starting("$")) == []
    assert index.value("$base") == 7


def test_a_name_that_is_bound_again_is_what_it_is_now(staged: Session) -> None:
    index = indexed(staged)
    for _ in range(3):
        staged.run("$heap = process create again")
        index.sync()
        assert "$heap" in index.words("process")
        assert "$heap" not in index.words("VMO")
        staged.run("$heap = vmo create 4K")
        index.sync()
        assert "$heap" in index.words("VMO")
        assert "$heap" not in index.words("process")


def test_a_reset_leaves_nothing_behind(staged: Session) -> None:
    index = indexed(staged)
    staged.run("reset")
    index.sync()
    assert list(index.words("VMO").starting("$")) == []
    assert list(index.words("process").starting("$")) == ["$self"]


def test_a_handle_that_is_closed_is_no_object_any_more(staged: Session) -> None:
    staged.run("$heap = vmo create 4K")
    staged.run("handle close $heap")
    assert "$heap" in indexed(staged).words(GONE)


def test_what_is_absent_is_not_indexed(staged: Session) -> None:
    staged.run("$none = vmo create 4K --options 7")
    index = indexed(staged)
    assert not any("$none" in words for words in index.kinds.values())
