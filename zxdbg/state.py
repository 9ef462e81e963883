"""The state of a session: a kernel, who calls, and what names mean. It knows no language."""

from collections.abc import Iterable
from typing import Any, NamedTuple, ParamSpec

from zxdbg.kernel.kernel import Kernel
from zxdbg.kernel.limits import DEFAULT_MEMORY
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.rights import Rights
from zxdbg.kernel.task import Process, ProcessState
from zxdbg.mistake import CommandError
from zxdbg.result import HandleValue, Result, Shape
from zxdbg.settings import Settings
from zxdbg.syscalls.call import Caller, Outcome, Syscall
from zxdbg.syscalls.profile import Profile

__all__ = ["FIXED", "State"]

P = ParamSpec("P")

_DEAD = ProcessState.DEAD
FIXED = ("self", "job", "root_resource")
"""Names that are bound from the start and never rebound."""


class _Self(NamedTuple):
    proc: HandleValue
    vmar: HandleValue


class _Given(NamedTuple):
    handle: HandleValue


class State:
    """A session between two commands.

    Args:
        seed: Seed of handle values and addresses.
        memory: Simulated physical memory in bytes.
        profile: The profile to begin with.
        allow_io: Whether lines may touch files of the host.

    Attributes:
        shorthand: Whether aliases and prefixes of commands count: at a prompt, not in files.
        named: The process that the last command which named or created one was about, by a
            handle value or a koid.
        looking: Whether a line is only looked at, as while it is typed: no file is read.
        held: Bytes of data that names hold.
        seen: By profile, the ids of the rules that decided a call, and the names of the
            syscalls that answered ZX_OK; a reset forgets nothing of it.
    """

    def __init__(
        self,
        seed: int = 0,
        memory: int = DEFAULT_MEMORY,
        profile: Profile = Profile.DOCS,
        *,
        allow_io: bool = True,
    ) -> None:
        self.seed = seed
        self.memory = memory
        self.first_profile = profile
        self.allow_io = allow_io
        self.folder = ""
        self.settings = Settings()
        self.watch = False
        self.shorthand = False
        self.looking = False
        self.seen: dict[Profile, set[str]] = {each: set() for each in Profile}
        self.reset()

    def reset(self) -> None:
        """Start anew: a fresh kernel, no names but the fixed ones."""
        self.kernel = Kernel(self.seed, self.memory)
        self.kernel.watch(watch=self.watch)
        self.shell = self.kernel.spawn("zxdbg")
        self.caller = Caller(self.shell, self.first_profile, watch=self.watch)
        self.calls: list[Outcome] = []
        self.named: int | None = None
        self.history: list[str] = []
        self.last: Result | None = None
        self.last_traced: Result | None = None
        self.names: dict[str, Result] = {}
        self.held = 0
        grant, shell = self.kernel.grant, self.shell
        root = shell.aspace.root
        self._fix(
            "self",
            _Self(
                grant(shell, shell, int(Rights.DEFAULT_PROCESS)),
                grant(shell, root, int(Rights.DEFAULT_VMAR | Rights.IO | Rights.EXECUTE)),
            ),
            "proc",
        )
        self._fix("job", _Given(grant(shell, self.kernel.job, int(Rights.DEFAULT_JOB))), "handle")
        self._fix(
            "root_resource",
            _Given(grant(shell, self.kernel.root_resource, int(Rights.DEFAULT_RESOURCE))),
            "handle",
        )

    def _fix(self, name: str, data: Any, value: str) -> None:
        self.names[name] = Result(Shape(f"${name}", value=value), "", data, (), self.profile)

    @property
    def profile(self) -> Profile:
        """Whose word counts."""
        return self.caller.profile

    @profile.setter
    def profile(self, profile: Profile) -> None:
        self.caller.profile = profile

    def set_watch(self, *, watch: bool) -> None:
        """Say whether somebody looks: then what changes is noted, and differences asked after."""
        self.watch = self.caller.watch = watch
        self.kernel.watch(watch=watch)

    def call(self, syscall: Syscall[P], *args: P.args, **outs: P.kwargs) -> Outcome:
        """Make a syscall as the caller, and keep its outcome for the result."""
        if self.caller.process.state is _DEAD:
            self.keep_caller()
            if self.shell.state is _DEAD:
                raise CommandError(
                    f"the process that calls, {self.shell.name}, is dead",
                    hint="reset starts anew",
                )
        outcome = syscall(self.caller, *args, **outs)
        self.calls.append(outcome)
        decided = outcome.decided
        self.seen[outcome.profile].add(syscall.name if decided is None else decided.id)
        return outcome

    def see(self, calls: Iterable[Outcome]) -> None:
        """Note which rules decided calls that were made on a copy, and shown."""
        for outcome in calls:
            if outcome.profile is self.profile:
                decided = outcome.decided
                name = outcome.syscall.name if decided is None else decided.id
                self.seen[outcome.profile].add(name)

    def keep_caller(self) -> None:
        """Let the shell process call again where the process that called has died."""
        if self.caller.process.state is _DEAD:
            self.caller.process = self.shell

    # The simulator's own view ------------------------------------------------------

    def object_of(self, value: int) -> KernelObject | None:
        """Find the object that a handle value of the caller names; asks nothing."""
        handle = self.kernel.handles.find(self.caller.process, value)
        return None if handle is None else handle.object

    def process_of(self, value: int, param: str = "process") -> Process:
        """Find a process by a handle value or a koid, in any state, for a view of it.

        Args:
            value: The handle value or koid.
            param: The parameter that it was given for, to point at.
        """
        found = self.object_of(value)
        if isinstance(found, Process):
            return found
        koids = {value}
        for name, result in self.names.items():
            if result.value == value and name == "self":
                return self.shell
            if result.value == value and result.has_field("koid"):
                koids.add(result.field("koid"))
        for process in self.kernel.iter_processes():
            if process.koid in koids:
                return process
        if found is None:
            raise CommandError(
                f"{value:#x} is neither a handle of the caller nor the koid of a process",
                hint="processes and handles list them",
                param=param,
            )
        raise CommandError(
            f"{value:#x} is a handle of a {found.type.noun}, not of a process",
            hint="processes lists them",
            param=param,
        )

    def process_at_hand(self) -> int:
        """Return the process that a line means which names none, as a value for a handle slot.

        It is the one that the last command which named or created one was about; where that
        is none any more, the youngest one.
        """
        if self.named is not None and isinstance(self.object_of(self.named), Process):
            return self.named
        there = list(self.kernel.iter_processes())
        processes = [each for each in there if each.koid == self.named]
        processes = processes or [each for each in there if each is not self.shell][-1:]
        if not processes:
            raise CommandError("no process is at hand", hint="process create demo makes one")
        for handle in self.caller.process.handle_list:
            if handle.object is processes[0]:
                return self.caller.process.value_of(handle)
        return processes[0].koid

    def labels(self) -> dict[int, str]:
        """Map the handle values that names mean to those names, the newest name first."""
        labels: dict[int, str] = {}
        for name, result in self.names.items():
            for field in result.answer._fields:
                if result.kind(field) == "handle":
                    value = result.field(field)
                    if value is not None:
                        main = field == result.command.value
                        short = {full: alias for alias, full in result.command.aliases.items()}
                        labels[value] = f"${name}" if main else f"${name}.{short.get(field, field)}"
        return labels
