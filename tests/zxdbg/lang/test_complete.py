from pathlib import Path

import pytest

from zxdbg import Session
from zxdbg.lang.complete import (
    MOST,
    Candidate,
    complete,
    first_words,
    goes_on_with,
    is_question,
)
from zxdbg.lang.doc import parse_doc
from zxdbg.lang.expect import STATUSES
from zxdbg.lang.hint import hint
from zxdbg.lang.judge import judge
from zxdbg.lang.look import Looker


def candidates(before: str, session: Session) -> list[Candidate]:
    return complete(Looker(session.state, session.registry), before)


def offered(before: str, session: Session) -> list[str]:
    """Return the words that begin as typed."""
    return [each.text for each in candidates(before, session) if each.is_prefix]


def abouts(before: str, session: Session) -> dict[str, str]:
    """Return each word with what it is."""
    return {each.text: each.about for each in candidates(before, session)}


def test_the_first_word_is_a_command(session: Session) -> None:
    words = offered("", session)
    assert {"write", "vmo", "zx_vmo_create", "help"} <= set(words)
    assert offered("wri", session) == ["write"]


def test_the_second_word_is_that_of_a_command(session: Session) -> None:
    assert offered("vmo c", session) == ["create", "clone", "cache-policy", "commit"]
    assert {"create", "clone", "resize", "physical", "cache-policy", "info"} <= set(
        offered("vmo ", session)
    )


def test_a_candidate_knows_where_it_begins_and_what_it_is(session: Session) -> None:
    found = candidates("handles; wri", session)[0]
    assert (found.text, found.start) == ("write", 9)
    assert found.about.startswith("Write memory of a process")


def test_names_and_their_fields_are_offered_in_a_handle_slot(staged: Session) -> None:
    assert offered("write $de", staged)[0] == "$demo"
    assert "$demo.vmar" in offered("map $demo.", staged)


def test_a_name_is_offered_inside_a_sum(staged: Session) -> None:
    (found,) = [each for each in candidates("read $demo 4K+$bas", staged) if each.text == "$base"]
    assert found.start == 14


def test_options_are_offered_once(session: Session) -> None:
    assert offered("vmo create 4K --", session) == ["--name", "--options", "--json"]
    assert offered("vmo create 4K --name x --", session) == ["--options", "--json"]
    assert offered("vmo create --json 4K --", session) == ["--name", "--options"]


def test_the_value_of_an_option_is_offered(session: Session) -> None:
    assert offered("map $self.vmar 0 --perms r", session) == ["r", "rw", "rx", "rwx"]
    found = candidates("map $self.vmar 0 --perms=rwx", session)
    assert [(each.text, each.start) for each in found] == [("rwx", 25)]


def test_what_a_setting_can_be_is_offered_behind_its_name(session: Session) -> None:
    session.run("set theme light")
    assert abouts("set the", session)["theme"] == "the colours of the screen"
    assert offered("set theme ", session) == ["dark", "light", "safe", "mono"]
    assert offered("set theme s", session) == ["safe"]
    assert abouts("set theme ", session)["light"] == "as it is now"
    assert offered("set pager ", session) == ["auto", "off"]
    assert offered("set nothing ", session) == []


def test_flags_are_offered_behind_a_bar(session: Session) -> None:
    before = "handle duplicate $self --rights ZX_RIGHT_READ|ZX_RIGHT_WR"
    (found,) = candidates(before, session)
    assert (found.text, found.start) == ("ZX_RIGHT_WRITE", 46)


def test_expectations_are_statuses_and_fields(session: Session) -> None:
    before = 'write $self 0 "x" => '
    assert set(STATUSES) | {"any", "error", "requested=", "actual=", "stopped=", "next="} == set(
        offered(before, session)
    )
    assert offered(before + "ZX_OK ac", session) == ["actual="]


def test_the_line_of_a_prefix_command_is_completed_too(session: Session) -> None:
    assert offered("explain wri", session) == ["write"]
    assert offered("compare vmo cl", session) == ["clone"]


def test_a_target_does_not_stand_in_the_way(session: Session) -> None:
    assert offered("$x = wri", session) == ["write"]


@pytest.mark.parametrize("before", ['print "wri', "# wri", 'write $self 0 "', "nope ", "$x = "])
def test_nothing_wrong_is_offered(before: str, session: Session) -> None:
    words = offered(before, session)
    assert words == ([] if before != "$x = " else offered("", session))


@pytest.mark.parametrize(
    "before",
    ["=>", "| ", "; ;", '"', "\\", "explain explain ", "--", "$", "vmo create --name=", "\0"],
)
def test_completion_never_fails(before: str, session: Session) -> None:
    for each in candidates(before, session):
        assert each.start <= len(before)


def test_completion_changes_nothing(staged: Session) -> None:
    names, history = dict(staged.state.names), list(staged.state.history)
    offered("process create x; vmo create 4K --na", staged)
    assert (staged.state.names, staged.state.history) == (names, history)


def test_help_offers_the_second_word_after_a_first(session: Session) -> None:
    assert offered("help job ", session) == ["create", "policy"]
    assert offered("help vmo re", session) == ["resize", "read"]
    assert offered("help maps ", session) == []


# The slot ---------------------------------------------------------------------------


def test_handles_with_the_rights_come_first_and_the_others_say_what_they_lack(
    staged: Session,
) -> None:
    staged.run("$aaa = handle duplicate $demo --rights ZX_RIGHT_READ")
    assert offered("write $", staged) == ["$demo", "$self", "$aaa"]
    assert abouts("write $", staged)["$aaa"] == "process demo, without WRITE"
    assert abouts("read $", staged)["$aaa"] == "process demo, without WRITE"
    assert abouts("kill $", staged)["$aaa"] == "process demo, without DESTROY"


def test_a_syscall_wants_the_rights_and_kinds_of_its_rules(staged: Session) -> None:
    staged.run("$aaa = handle duplicate $heap --rights ZX_RIGHT_READ")
    assert offered("zx_vmo_write ", staged) == ["$heap", "$aaa"]
    assert offered("zx_process_start ", staged) == ["$demo", "$self"]


def test_a_closed_handle_is_not_offered(staged: Session) -> None:
    staged.run("handle close $heap")
    assert offered("vmo resize $", staged) == []


def test_another_caller_is_not_offered_the_handles_of_the_first(staged: Session) -> None:
    staged.run("process start $demo")
    looker = Looker(staged.state, staged.registry)
    assert [each.text for each in complete(looker, "vmo resize $")] == ["$heap"]
    staged.run("as $demo")
    assert complete(looker, "vmo resize $") == []


def test_mapped_addresses_are_offered_with_what_lies_there(staged: Session) -> None:
    found = abouts("read $demo ", staged)
    assert found == {
        "$base": "address 0x10000000, heap 16K rw-",
        "0x10000000": "heap 16K rw-",
    }
    assert offered("read $demo 0x1", staged) == ["0x10000000"]
    assert abouts("read $demo hea", staged) == {"0x10000000": "heap 16K rw-"}


def test_an_address_of_another_process_comes_last(staged: Session) -> None:
    staged.run("process create other; vmo create 4K --name more")
    staged.run("$there = map $other.vmar $more --at 0x20000000")
    assert offered("read $other ", staged) == ["$there", "0x20000000", "$base"]
    assert abouts("read $other $b", staged) == {"$base": "address 0x10000000"}
    assert offered("map $other.vmar $heap --at ", staged) == ["$base", "$there"]


def test_a_length_is_an_amount_or_a_name_of_one(staged: Session) -> None:
    assert offered("read $demo $base ", staged)[:3] == ["16", "64", "4K"]
    assert "$base" not in offered("read $demo $base ", staged)
    assert "$heap.size" in offered("read $demo $base $", staged)


def test_a_sum_goes_on_with_sizes_and_numbers(staged: Session) -> None:
    assert set(offered("read $demo $base+", staged)) == {"$base", "$base.size", "$heap.size"}


def test_flags_that_were_given_are_not_offered_again(session: Session) -> None:
    words = offered("handle duplicate $self --rights ZX_RIGHT_READ|", session)
    assert "ZX_RIGHT_WRITE" in words
    assert not {"ZX_RIGHT_READ", "same", "none", "ZX_RIGHT_SAME_RIGHTS"} & set(words)
    line = "zx_vmar_map $self.vmar ZX_VM_PERM_READ|ZX_VM_PERM_"
    assert offered(line, session) == ["ZX_VM_PERM_WRITE", "ZX_VM_PERM_EXECUTE"]


def test_permissions_policies_and_topics_are_offered(staged: Session) -> None:
    assert abouts("map $self.vmar 0 --perms r", staged)["rw"] == "read and write"
    assert "uncached" in offered("vmo cache-policy $heap ", staged)
    assert "process-maps" in offered("info $demo ", staged)
    assert offered("maps $demo --perms rw", staged) == ["rw-", "rw?"]
    assert offered("profile ", staged) == ["docs", "kernel"]


def test_data_begins_with_its_kinds_and_names_of_data(staged: Session) -> None:
    staged.run("$d = read $demo $base 4")
    assert offered("write $demo $base ", staged) == [
        "$d",
        "hex:",
        "fill:",
        "zero:",
        "file:",
        "null",
        "@",
    ]
    assert offered("write $demo $base @$b", staged) == ["$base"]


def test_an_array_goes_on_with_handles(staged: Session) -> None:
    assert "$heap" in offered("zx_handle_close_many [$demo,", staged)


def test_files_are_offered_behind_file(staged: Session, tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_text("x")
    (tmp_path / "two words").write_text("x")
    staged.state.folder = str(tmp_path)
    assert offered("write $demo $base file:", staged) == ["data.bin"]


def test_the_fields_of_an_expectation_are_those_not_given_yet(staged: Session) -> None:
    line = 'compare write $demo $base "x" => '
    assert "differs=" in offered(line, staged)
    assert offered(line + "differs=", staged) == ["true", "false"]
    assert "actual=" not in offered('write $demo 0 "x" => actual=1 ', staged)


def test_options_are_offered_where_no_argument_can_follow(staged: Session) -> None:
    assert offered("process create x ", staged) == ["--job", "--json"]
    assert offered("process create x --json -", staged) == ["--job"]
    assert offered("process create x y", staged) == []


def test_nothing_is_offered_that_would_be_a_mistake(staged: Session) -> None:
    staged.run("$refused = vmo create 4K --options 7")
    assert offered("print $ref", staged) == []
    assert offered("print $demo.na", staged) == []
    assert "$d" not in offered("vmo create $", staged)


# Matching ---------------------------------------------------------------------------


def test_what_begins_as_typed_comes_before_what_contains_it(session: Session) -> None:
    found = [(each.text, each.is_prefix) for each in candidates("wri", session)]
    assert found[0] == ("write", True)
    assert ("zx_process_write_memory", False) in found[1:]


def test_initials_find_a_long_name(session: Session) -> None:
    assert [each.text for each in candidates("zpwm", session)] == ["zx_process_write_memory"]
    found = [each.text for each in candidates('write $self 0 "x" => nomem', session)]
    assert found[0] == "ZX_ERR_NO_MEMORY"


def test_among_many_names_no_more_are_offered_than_can_be_read(staged: Session) -> None:
    for number in range(300):
        staged.run(f"vmo create 4K --name name{number}")
    assert len(candidates("vmo resize $", staged)) == MOST
    assert offered("vmo resize $name29", staged)[:3] == ["$name29", "$name290", "$name291"]
    assert [each.text for each in candidates("vmo resize $me299", staged)] == ["$name299"]


# Going on, and asking ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "longer"),
    [
        ("wri", True),
        ("write", False),
        ("print $ba", True),
        ("read $demo 0x1000", True),
        ("q%", False),
    ],
)
def test_a_word_may_go_on(before: str, longer: bool, staged: Session) -> None:
    assert goes_on_with(Looker(staged.state, staged.registry), before) is longer


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("", True),
        ("wri", True),
        ("write ", True),
        ("read $demo 0x", True),
        ("maps $demo --perms ", True),
        ("maps $demo --perms rw", False),
        ("maps $demo --perms r", False),
        ('print "wh', False),
        ("# wh", False),
        ("source lesson", False),
        ("source ", True),
    ],
)
def test_a_question_mark_asks_where_it_is_no_part_of_a_word(
    before: str, question: bool, staged: Session
) -> None:
    assert is_question(Looker(staged.state, staged.registry), before) is question


def test_what_is_no_status_can_be_expected_too(session: Session) -> None:
    assert offered("vmos => a", session) == ["any"]
    assert offered("vmos => er", session) == ["error"]
    assert offered("vmos => ZX_OK er", session) == []
    assert offered("vmos => fau", session) == []
    assert offered("peek $self 0 1 => fau", session) == ["fault", "fault=", "fault_addr="]


def test_every_beginning_of_an_example_can_be_typed(staged: Session) -> None:
    """Completion, the hint and the warnings are asked for with each key."""
    examples = {
        example
        for declared in staged.registry
        if declared.family != "syscalls"
        for example in parse_doc(declared.doc).examples
    }
    looker = Looker(staged.state, staged.registry)
    for example in sorted(examples):
        for end in range(len(example) + 1):
            before = example[:end]
            assert all(each.start <= end for each in complete(looker, before))
            assert judge(looker, before, end) is not None
            assert sum(len(text) for _, text in hint(looker, before, end, 79)) <= 79


def test_a_first_word_says_what_it_does_or_what_can_follow(staged: Session) -> None:
    registry = staged.registry
    words = first_words(registry)
    assert list(words) == registry.first_words()
    for word, about in words.items():
        alone = registry.commands.get(word)
        seconds = registry.second_words(word)
        assert about == (alone.summary if alone else " · ".join(seconds)) != ""
