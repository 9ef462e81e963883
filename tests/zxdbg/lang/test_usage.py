import pytest

from zxdbg import CommandError, Session


@pytest.fixture
def stage() -> Session:
    session = Session()
    session.run("process create demo; vmo create 16K --name heap")
    session.run("$base = map $demo.vmar $heap --at 0x10000000; vmo create 4K; maps $demo")
    return session


@pytest.mark.parametrize(
    ("line", "span", "message", "hint"),
    [
        ("map $demo.vmar $heap rw", (21, 23), "map takes no more arguments: rw", "--perms rw"),
        ("profile docs docs", (13, 17), "profile takes no more", "usage: profile [PROFILE]"),
        ("print $base + 16", (12, 13), "print takes no more arguments: +", "a sum has no blanks"),
        ("vmos -h", (5, 7), "vmos takes no more arguments: -h", "help vmos"),
        ("write --help", (6, 12), "write has no option --help", "help write"),
        ("write --lenght 4", (6, 14), "write has no option --lenght", "nearest: --length"),
        ("map $demo.vmar", (14, 14), "map wants VMO", "usage: map VMAR VMO"),
        (
            "explain zx_vmar_unmap",
            (21, 21),
            "zx_vmar_unmap wants HANDLE",
            "help zx_vmar_unmap has its arguments and its rules",
        ),
        (
            'poke $base "q"',
            (5, 10),
            "$base is an address, and PROCESS comes before it",
            "such as poke $demo $base",
        ),
        ("read $base+4 16", (5, 12), "$base+4 is an address, and", "such as read $demo $base+4"),
        ("unmap $base 4K", (6, 11), "$base is an address, and VMAR", "such as unmap VMAR $base"),
        ("read $heap 16", (13, 13), "read wants LENGTH", "usage: read PROCESS ADDRESS LENGTH"),
    ],
)
def test_what_does_not_fit_a_signature_says_what_was_meant(
    stage: Session, line: str, span: tuple[int, int], message: str, hint: str
) -> None:
    with pytest.raises(CommandError) as caught:
        stage.run(line)
    assert caught.value.span == span
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)
