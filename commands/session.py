"""Session: profile, help, source, reset, quit."""

from typing import NamedTuple

from zxdbg.kernel.task import ProcessState
from zxdbg.lang.arguments import HostFile, ProfileName, TopicWord, ViewedProcess
from zxdbg.lang.declare import command
from zxdbg.lang.help import HelpPage, Section, help_page
from zxdbg.loader import load_commands
from zxdbg.mistake import CommandError
from zxdbg.render.draw import draw
from zxdbg.render.parts import Line, Look, dim, name, plain, wrap
from zxdbg.result import Koid, Quit, Result, Source
from zxdbg.state import State
from zxdbg.syscalls.profile import Profile

MAX_SCRIPT = 64 << 20


class ProfileShown(NamedTuple):
    """Whose word counts now."""

    profile: str
    title: str


@command("profile", value="profile", hidden=("title",))
def profile(state: State, word: ProfileName | None = None) -> ProfileShown:
    """Show whose word counts, or change it.

    docs follows the published pages where they can be followed, and the kernel elsewhere;
    kernel is the kernel of 2018-07-23.

    Args:
        word: docs or kernel.

    Examples:
        zx> profile kernel => profile=kernel
    """
    if word is not None:
        state.profile = Profile(word)
    return ProfileShown(state.profile.value, state.profile.title)


@command("help", quiet=True)
def help_(state: State, *topic: TopicWord) -> HelpPage:
    """Explain a command, a syscall with its rules, a status, a right, or list everything.

    Args:
        topic: A command, zx_…, ZX_ERR_…, ZX_RIGHT_…, or nothing.

    Examples:
        zx> help write
        zx> help zx_process_write_memory
        zx> help ZX_ERR_NO_MEMORY
    """
    return help_page(load_commands(), state.profile, " ".join(topic))


@command("source", hidden=("name", "path", "folder", "text"))
def source(state: State, file: HostFile) -> Source:
    """Run the lines of a file in this session.

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
            )
        if not path.is_file():
            raise CommandError(f"there is no file {file}", hint="paths are relative to the script")
        if path.stat().st_size > MAX_SCRIPT:
            raise CommandError(f"{file} is larger than 64 MiB")
        return Source(file, str(path.resolve()), str(path.parent), path.read_bytes())
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read {file}: {error}") from None


class CallerShown(NamedTuple):
    """The process that calls."""

    koid: Koid
    name: str


@command("as", value="koid", hidden=("name",))
def as_process(state: State, process: ViewedProcess | None = None) -> CallerShown:
    """Make another process the one that calls; alone, the shell process again.

    Handle values mean something in one process only: the same number is another handle, or
    none, in this one.

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
        )
    state.caller.process = found
    return CallerShown(found.koid, found.name)


class WasReset(NamedTuple):
    """A session that starts anew."""


@command("reset")
def reset(state: State) -> WasReset:
    """Start anew: a fresh kernel with the same seed, and no names.

    Examples:
        zx> reset
    """
    state.reset()
    return WasReset()


@command("quit")
def quit_(state: State) -> Quit:
    """Leave; in a script, stop reading it.

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


_TERM_STYLES = {"command": "command", "example": "text", "rule": "dim", "argument": "name"}


@draw.register(HelpPage)
def _draw_help(data: HelpPage, result: Result, look: Look) -> list[Line]:
    title, _, more = data.title.partition("\n")
    lines: list[Line] = [[("title", line)] for line in wrap(title, look.width)]
    if more:
        lines += [[plain(line)] for line in wrap(more, look.width)]
    for section in data.sections:
        if data.topic or section.title or section is not data.sections[0]:
            lines.append([])
        if section.title:
            lines.append([dim(section.title)])
        lines += _section_lines(section, look)
    return lines


def _section_lines(section: Section, look: Look) -> list[Line]:
    lines: list[Line] = []
    if section.kind == "text":
        for row in section.rows:
            lines += [[plain(line)] for line in wrap(row.text, look.width)]
        return lines
    style = _TERM_STYLES[section.kind]
    longest = max((len(row.term) for row in section.rows), default=0)
    column = min(longest, max(12, look.width // 3))
    for row in section.rows:
        head = f"  {row.term:<{column}}  "
        if not row.text:
            lines += [[(style, line)] for line in wrap(row.term, look.width, "  ", "      ")]
            continue
        if len(row.term) > column:
            lines.append([(style, f"  {row.term}")])
            head = " " * (column + 4)
        mark = f"  {row.mark}" if row.mark else ""
        text = wrap(row.text, look.width - len(mark), head, " " * (column + 4))
        for at, line in enumerate(text):
            tail = mark if at == 0 else ""
            pad = " " * (look.width - len(mark) - len(line)) if tail else ""
            lines.append([(style, line[: column + 4]), plain(line[column + 4 :] + pad), dim(tail)])
    return lines
