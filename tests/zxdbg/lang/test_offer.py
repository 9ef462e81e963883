import pytest

from zxdbg import Session
from zxdbg.kernel.task import Process
from zxdbg.lang.look import Looker
from zxdbg.lang.needs import Space
from zxdbg.lang.offer import Listed, Mapped, Named, Unnamed


@pytest.fixture
def mapped(staged: Session) -> Mapped:
    staged.run("vmo create 4K --name far; map $demo.vmar $far --at 0x1200000000")
    staged.run("map $demo.vmar $far --at 0x10010000 --perms r")
    process = staged.state.object_of(staged.value("demo"))
    assert isinstance(process, Process)
    return Mapped(process.aspace.root)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["0x10000000", "0x10010000", "0x1200000000"]),
        ("0", ["0x10000000", "0x10010000", "0x1200000000"]),
        ("0x1", ["0x10000000", "0x10010000", "0x1200000000"]),
        ("0x1001", ["0x10010000"]),
        ("0x12", ["0x1200000000"]),
        ("0x10010000", ["0x10010000"]),
        ("0x2", []),
        ("0x01", []),
        ("1001", []),
        ("0xg", []),
        ("$b", []),
    ],
)
def test_addresses_are_found_by_their_digits(typed: str, found: list[str], mapped: Mapped) -> None:
    assert list(mapped.starting(typed)) == found


def test_addresses_are_found_by_the_name_of_their_vmo(mapped: Mapped) -> None:
    assert list(mapped.fuzzy("FA")) == ["0x10010000", "0x1200000000"]
    assert list(mapped.fuzzy("f")) == []


def test_an_address_says_what_lies_there(mapped: Mapped) -> None:
    assert mapped.about("0x10010000") == "far 4K r--"
    assert mapped.about("0x10000000") == "heap 16K rw-"


def test_listed_words_keep_their_order_behind_the_word_itself() -> None:
    listed = Listed({"rw": "both", "r": "read", "none": ""})
    assert list(listed.starting("r")) == ["r", "rw"]
    assert list(listed.starting("")) == ["rw", "r", "none"]
    assert list(listed.fuzzy("on")) == ["none"]
    assert listed.about("rw") == "both"


def test_names_can_be_those_that_a_space_holds(staged: Session) -> None:
    staged.run("$wild = print 0x5000; $base2 = print $base+4096")
    looker = Looker(staged.state, staged.registry)
    looker.names.sync()
    process = staged.state.object_of(staged.value("demo"))
    assert isinstance(process, Process)
    named = Named(looker, ("address", "number"), Space("demo", process.aspace.root))
    assert list(named.starting("$")) == ["$base", "$base2"]
    assert named.about("$base") == "address 0x10000000, heap 16K rw-"


def test_handles_without_a_name_are_offered_by_their_values(staged: Session) -> None:
    looker = Looker(staged.state, staged.registry)
    looker.names.sync()
    assert list(Unnamed(looker, ("VMO",)).starting("")) == []
    copy = staged.run("handle duplicate $heap").value
    staged.run("process start $demo")
    unnamed = Unnamed(looker, ("VMO",))
    assert list(unnamed.starting("0x")) == [f"{copy:#x}"]
    assert unnamed.about(f"{copy:#x}") == "VMO heap"
    assert list(unnamed.starting("$")) == list(unnamed.fuzzy("0x")) == []
    staged.run("$named = handle duplicate $heap; $named = print 1")
    looker.names.sync()
    assert len(list(unnamed.starting(""))) == 2
