"""Session: profile, source, reset, quit."""

from typing import NamedTuple

from zxdbg.kernel.task import ProcessState
from zxdbg.lang.arguments import HostFile, ProfileName, ViewedProcess
from zxdbg.lang.declare import command
from zxdbg.mistake import CommandError
from zxdbg.render.draw import draw
from zxdbg.render.parts import Line, Look, dim, name, plain
from zxdbg.result import Koid, Quit, Result, Source
from zxdbg.state import State
from zxdbg.steps import read_file
from zxdbg.syscalls.profile import Profile


class ProfileShown(NamedTuple):
    """Whose word counts now."""

    profile: str
    title: str


@command("profile", value="profile", hidden=("title",))
def profile(state: State, word: ProfileName | None = None) -> ProfileShown:
    """Show whose word counts, or change it.

    docs follows the published pages where they can be followed, and the kernel elsewhere;
    kernel is the kernel of 2018-07-23.

    When:
        To see a whole script under the other profile; for one line there is `compare`.

    Args:
        word: docs or kernel.

    Examples:
        zx> profile kernel => profile=kernel
    """
    if word is not None:
        state.profile = Profile(word)
    return ProfileShown(state.profile.value, state.profile.title)


@command("source", hidden=("name", "path", "folder", "text"), quiet=True)
def source(state: State, file: HostFile) -> Source:
    """Run the lines of a file in this session.

    When:
        To set a stage that you need again and again, or to run a lesson and go on from
        its end.

    Args:
        file: The file; a script may name those in its own folder only.

    Examples:
        zx> source quickstart.zx
    """
    from pathlib import Path

    path = Path(state.folder, file)
    try:
        inside = path.resolve().is_relative_to(Path(state.folder).resolve())
        if not inside and not state.allow_io:
            raise CommandError(
                f"a script may not source {file}, outside its own folder",
                hint="run it with --allow-io",
                param="file",
            )
        if not path.is_file():
            raise CommandError(
                f"there is no file {file}",
                hint=f"paths are relative to the {'script' if state.folder else 'current folder'}",
                param="file",
            )
        with path.open("rb") as opened:
            text = read_file(opened, file)
        return Source(file, str(path.resolve()), str(path.parent), text)
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read {file}: {error}", param="file") from None


class CallerShown(NamedTuple):
    """The process that calls."""

    koid: Koid
    name: str


@command("as", value="koid", hidden=("name",))
def as_process(state: State, process: ViewedProcess | None = None) -> CallerShown:
    """Make another process the one that calls; alone, the shell process again.

    Handle values mean something in one process only: the same number is another handle, or
    none, in this one.

    When:
        To see that a handle value means something in one process only, or to call with
        what a process holds.

    Args:
        process: Handle or koid of a process that is not dead.

    Examples:
        zx> process create demo
        zx> as $demo
        zx> handles => rows=0
        zx> as
    """
    found = state.shell if process is None else state.process_of(process)
    if found.state is ProcessState.DEAD:
        raise CommandError(
            f"process {found.name} is dead, and calls nothing any more",
            hint="reset starts anew" if found is state.shell else "processes lists those there are",
            param="process",
        )
    state.caller.process = found
    return CallerShown(found.koid, found.name)


class WasReset(NamedTuple):
    """A session that starts anew."""


@command("reset")
def reset(state: State) -> WasReset:
    """Start anew: a fresh kernel with the same seed, and no names.

    When:
        To begin again from a known state: handle values and addresses come out as
        before.

    Examples:
        zx> reset
    """
    state.reset()
    return WasReset()


@command("quit", spellings=("q", "exit", "bye"))
def quit_(state: State) -> Quit:
    """Leave; in a script, stop reading it.

    When:
        At the end; in a file, to leave out the lines that follow.

    Examples:
        zx> quit
    """
    return Quit()


# Drawing --------------------------------------------------------------------------


@draw.register(ProfileShown)
def _draw_profile(data: ProfileShown, result: Result, look: Look) -> list[Line]:
    return [[plain("profile "), name(data.profile), dim(f"   {data.title}")]]


@draw.register(CallerShown)
def _draw_caller(data: CallerShown, result: Result, look: Look) -> list[Line]:
    return [[plain("the caller is "), name(data.name), dim(f"   koid {data.koid}")]]


@draw.register(Source)
def _draw_source(data: Source, result: Result, look: Look) -> list[Line]:
    return []


@draw.register(Quit)
def _draw_quit(data: Quit, result: Result, look: Look) -> list[Line]:
    return []


@draw.register(WasReset)
def _draw_reset(data: WasReset, result: Result, look: Look) -> list[Line]:
    return [[plain("a fresh session   "), dim(f"profile {result.under.value}")]]
