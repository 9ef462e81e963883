"""The gate: how a syscall is called, judged and answered.

A syscall is a function that takes a `Call` and the page's arguments, in the page's
order; out-pointers are keyword-only. In its body `call.require(RULE, holds, *facts)` and
its relatives are all that decides a status, and each leaves a line in the trace: a plain
tuple (rule, facts), since a small write is called a hundred thousand times a second.
`@syscall` wraps the body into a `Syscall`, which a `Caller` calls; it returns an `Outcome`.
"""

from collections.abc import Callable, Iterable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from zxdbg.kernel.handle import Handle
from zxdbg.kernel.kernel import Kernel
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.status import Status
from zxdbg.kernel.task import Policy, Process
from zxdbg.syscalls.args import Arg
from zxdbg.syscalls.buffers import GOOD, Place, store
from zxdbg.syscalls.profile import Difference, Profile
from zxdbg.syscalls.rule import Lookup, Rule

__all__ = ["SYSCALLS", "Call", "Caller", "Checks", "Outcome", "Refused", "Syscall", "syscall"]

P = ParamSpec("P")
T = TypeVar("T", bound=KernelObject)

Checks = list[tuple[Rule, tuple[object, ...]]]
"""The trace: each rule that was asked, in order, with the facts it was judged on."""


class Refused(Exception):  # noqa: N818 - a refusal is a normal answer, no error
    """Leave a syscall because a rule does not hold."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule


class Caller:
    """Who calls: a process, and whose word counts.

    Args:
        process: The simulated process that makes the calls; its handles are what counts.
        profile: The profile that decides.
        watch: Whether to find out, where a difference is touched, what the other
            profiles would have answered. It costs a copy of the kernel each time.
    """

    __slots__ = ("process", "profile", "watch")

    def __init__(
        self, process: Process, profile: Profile = Profile.DOCS, *, watch: bool = False
    ) -> None:
        self.process = process
        self.profile = profile
        self.watch = watch

    @property
    def kernel(self) -> Kernel:
        """The kernel that the process lives in."""
        return self.process.kernel


class Outcome:
    """What a syscall answered: `status`, the out-values by their C names, and the trace.

    Attributes:
        syscall: The syscall.
        args: Its arguments in order; at the end a dict of the out-pointers that were given.
        status: The status.
        values: Out-values that were stored, by C name.
        buffer: Bytes that landed in the output buffer.
        checks: The trace.
        decided: The rule that decided, or None when all held.
        stop: Why a transfer stopped, and the address to go on from.
        touched: The differences that the call came across.
        others: What the other profiles would have answered, if the caller watches.
    """

    is_value = True
    __slots__ = (
        "args",
        "buffer",
        "checks",
        "decided",
        "others",
        "profile",
        "status",
        "stop",
        "syscall",
        "touched",
        "values",
    )

    def __init__(self, call: "Call", status: Status) -> None:
        self.syscall = call.syscall
        self.args = call.args
        self.profile = call.profile
        self.status = status
        self.values = call.values
        self.buffer = call.buffer
        self.checks = call.checks
        self.decided = call.decided
        self.stop = call.stop
        self.touched = call.touched
        self.others = call.others

    def __getattr__(self, name: str) -> int | None:
        """Return an out-value by its C name; None if it was not stored."""
        if not name.startswith("_") and name not in Outcome.__slots__:
            if name in self.syscall.outs:
                return self.values.get(name)
            raise AttributeError(f"{self.syscall.name} has no out-value {name}")
        raise AttributeError(name)

    def __repr__(self) -> str:
        values = "".join(f" {name}={value:#x}" for name, value in self.values.items())
        return f"<{self.syscall.name} {self.status.label}{values}>"

    def answers_as(self, other: "Outcome") -> bool:
        """Whether another outcome gives the same status and out-values."""
        return (self.status, self.values, self.buffer) == (
            other.status,
            other.values,
            other.buffer,
        )


class Call:
    """One call that is under way; what a syscall's body works with."""

    __slots__ = (
        "args",
        "buffer",
        "caller",
        "checks",
        "decided",
        "kernel",
        "others",
        "policy_exception",
        "process",
        "produced",
        "profile",
        "stop",
        "syscall",
        "touched",
        "values",
    )

    def __init__(self, syscall: "Syscall[Any]", caller: Caller, args: tuple[object, ...]) -> None:
        self.syscall = syscall
        self.caller = caller
        self.profile = caller.profile
        self.process = process = caller.process
        self.kernel = process.kernel
        self.args = args
        self.checks: Checks = []
        self.values: dict[str, int] = {}
        self.buffer: bytes | None = None
        self.decided: Rule | None = None
        self.stop: tuple[str, int | None] | None = None
        self.touched: tuple[Difference, ...] = ()
        self.others: tuple[Outcome, ...] = ()
        self.produced: list[tuple[Rule, str, Place, Handle]] | None = None
        self.policy_exception = False

    # Judging -------------------------------------------------------------------

    def require(self, rule: Rule, holds: bool, *facts: object) -> None:
        """Check a rule: note it, and leave the syscall if it does not hold."""
        if holds:
            if rule.everywhere or self.profile in rule.statuses:
                self.checks.append((rule, facts))
            return
        if rule.difference is not None:
            self._touch(rule.difference)
            if self.profile not in rule.statuses:
                return
        self.checks.append((rule, facts))
        raise Refused(rule)

    def refusal(self, rule: Rule, *facts: object) -> Refused:
        """Note that a rule does not hold; raise what this returns."""
        self.checks.append((rule, facts))
        return Refused(rule)

    def follows(self, difference: Difference) -> bool:
        """Whether this profile does what the page says where the kernel did otherwise."""
        self._touch(difference)
        return self.profile in difference.followers

    def _touch(self, difference: Difference) -> None:
        if difference not in self.touched:
            self.touched += (difference,)
        if self.caller.watch and not self.others:
            self.others = tuple(
                self._ask(profile) for profile in Profile if profile is not self.profile
            )

    def _ask(self, profile: Profile) -> "Outcome":
        """Make this same call under another profile, on a copy of the kernel."""
        from zxdbg.kernel.fork import Fork

        fork = Fork(self.process)
        positional, outs = self.syscall.split(self.args)
        return self.syscall(Caller(fork.of(self.process), profile), *positional, **outs)

    def allows(self, condition: Policy) -> bool:
        """Ask the policy that the caller was born with; an exception comes when the call is over.

        Nobody handles exceptions here, so it kills the caller.
        """
        if self.process.excepts(condition):
            self.policy_exception = True
        return not self.process.denies(condition)

    # Handles -------------------------------------------------------------------

    def valid(self, lookup: Lookup[Any], value: int, *, ask_policy: bool = True) -> Handle:
        """Take a handle argument by the first of its rules only: it is one of the caller's."""
        handle = self.kernel.handles.find(self.process, value)
        if handle is None:
            if ask_policy:
                self.allows(Policy.BAD_HANDLE)
            reason = self.kernel.handles.diagnose(self.process, value)
            raise self.refusal(lookup.valid, value, reason)
        target = handle.object
        self.checks.append((lookup.valid, (value, (target.type, target.name, target.koid))))
        return handle

    def typed(self, lookup: Lookup[T], handle: Handle) -> T:
        """Check the kind of a handle's object, and return the object."""
        target = handle.object
        what = (target.type, target.name, target.koid)
        self.require(lookup.type, isinstance(target, lookup.kinds), what)
        return cast("T", target)

    def handle(self, lookup: Lookup[Any], value: int) -> Handle:
        """Take a handle argument by all of its rules."""
        handle = self.valid(lookup, value)
        if lookup.type_first:
            self.typed(lookup, handle)
        need = lookup.need
        if need:
            rights = handle.rights
            self.require(lookup.rights, rights & need == need, rights, need, need & ~rights)
        if lookup.kinds and not lookup.type_first:
            self.typed(lookup, handle)
        return handle

    def get(self, lookup: Lookup[T], value: int) -> T:
        """Take a handle argument by its rules; return the object."""
        return cast("T", self.handle(lookup, value).object)

    def make_handle(self, rule: Rule, target: KernelObject, rights: int) -> Handle:
        """Make a handle in transit; `rule` says what a full table means."""
        handle = self.kernel.handles.make(target, rights)
        if handle is None:
            if not target.handles:
                target.on_zero_handles()
            raise self.refusal(rule, self.kernel.handles.capacity)
        self.checks.append((rule, (self.kernel.handles.capacity,)))
        return handle

    def produce(self, rule: Rule, name: str, place: Place, handle: Handle) -> None:
        """Hand a new handle to the caller when the call is over, whatever it answers."""
        if self.produced is None:
            self.produced = []
        self.produced.append((rule, name, place, handle))

    def deliver(self) -> None:
        """Store the values of the produced handles, then attach them; all or none."""
        produced = self.produced or []
        for rule, _, place, handle in produced:
            value = self.process.value_of(handle)
            stored = store(self.process, place, 0, value.to_bytes(4, "little"))
            if self.decided is None or not stored:
                self.checks.append((rule, (place,)))
            if not stored:
                if self.decided is not None:
                    self.checks = [each for each in self.checks if each[0] is not self.decided]
                for _, _, _, lost in produced:
                    self.kernel.handles.destroy(lost)
                raise Refused(rule)
        for _, name, _, handle in produced:
            self.values[name] = self.process.attach(handle)

    # Results -------------------------------------------------------------------

    def store(self, rule: Rule, name: str, place: Place, value: int, width: int = 8) -> None:
        """Store an out-value, the last thing that most calls do."""
        good = place is GOOD or store(self.process, place, 0, value.to_bytes(width, "little"))
        self.require(rule, good, place)
        self.values[name] = value


class Syscall(Generic[P]):
    """A syscall: its body, its rules in the kernel's order, its arguments.

    Attributes:
        name: The C name, `zx_…`.
        rules: Every check it can make, in order.
        params: (name, Arg) of the positional arguments, in the page's order.
        outs: (name -> Arg) of the out-pointers.
        alias_of: The syscall that this one is an older spelling of.
        aliases: Its arguments' names, with those of the original.
    """

    def __init__(
        self, body: Callable[Concatenate[Call, P], None], rules: Iterable[Rule], page: str
    ) -> None:
        self.body = body
        self.name = body.__name__
        self.short = self.name.removeprefix("zx_")
        self.page = page
        self.doc = body.__doc__ or ""
        self.rules = tuple(rules)
        for rule in self.rules:
            rule.id = f"{self.short}/{rule.name}"
        code = body.__code__
        names = code.co_varnames[1 : code.co_argcount]
        outs = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
        self.params = [(name, _arg_of(body, name)) for name in names]
        self.outs = {name: _arg_of(body, name) for name in outs}
        self.alias_of: Syscall[Any] | None = None
        self.aliases: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<Syscall {self.name}>"

    def __call__(self, caller: Caller, *args: P.args, **outs: P.kwargs) -> Outcome:
        """Make the call; a refusal is an outcome too."""
        call = Call(self, caller, (*args, outs) if outs else args)
        status = Status.OK
        try:
            self.body(call, *args, **outs)
        except Refused as refusal:
            call.decided = refusal.rule
            status = refusal.rule.statuses[caller.profile]
        if call.produced is not None:
            try:
                call.deliver()
            except Refused as refusal:
                call.decided = refusal.rule
                status = refusal.rule.statuses[caller.profile]
        if call.policy_exception:
            call.process.kill()
        if call.kernel.dying:
            call.kernel.reap()
        return Outcome(call, status)

    def split(self, args: tuple[object, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Divide recorded arguments into the positional ones and the out-pointers."""
        if args and isinstance(args[-1], dict):
            return args[:-1], args[-1]
        return args, {}

    def rules_in(self, profile: Profile) -> list[Rule]:
        """List the rules that a profile has, in order."""
        return [rule for rule in self.rules if rule.exists_in(profile)]


def _arg_of(body: Callable[..., object], name: str) -> Arg:
    for note in getattr(body.__annotations__.get(name), "__metadata__", ()):
        if isinstance(note, Arg):
            return note
    raise TypeError(f"{body.__name__}: argument {name} has no C type")


SYSCALLS: dict[str, Syscall[Any]] = {}
"""Every syscall, by its C name."""


def _described(doc: str, names: list[str]) -> dict[str, str]:
    """Take the descriptions of arguments out of a docstring, whatever its indent."""
    found: dict[str, str] = {}
    current = ""
    for line in doc.partition("Args:")[2].partition("Examples:")[0].splitlines():
        name, colon, text = line.strip().partition(": ")
        if colon and name in names:
            current = name
            found[name] = text
        elif current and line.strip():
            found[current] += f" {line.strip()}"
    return found


def reordered(original: "Syscall[...]", name: str, example: str, **names: str) -> "Syscall[...]":
    """Declare an older spelling of a syscall: other names in another order, the same call.

    Args:
        original: The syscall.
        name: The C name of the old one.
        example: The rest of an example line, after its name.
        names: Its arguments in order, each with the name that the original has for it.
    """
    params = dict(original.params)
    order = [list(names.values()).index(each) for each, _ in original.params]

    def body(call: Call, *args: Any, **outs: Any) -> None:
        original.body(call, *(args[at] for at in order), **outs)

    old: Syscall[...] = Syscall.__new__(Syscall)
    old.__dict__.update(original.__dict__)
    old.name = name
    old.short = name.removeprefix("zx_")
    old.body = body
    old.alias_of = original
    old.params = [(each, params[of]) for each, of in names.items()]
    old.aliases = names
    described = _described(original.doc, [*params, *original.outs])
    args = "".join(f"        {each}: {described[of]}\n" for each, of in names.items())
    args += "".join(f"        {each}: {described[each]}\n" for each in original.outs)
    old.doc = (
        f"Call {original.name} with its arguments in an older order.\n\n"
        f"    Args:\n{args}\n    Examples:\n        zx> {name} {example}\n"
    )
    SYSCALLS[name] = old
    return old


def syscall(
    *rules: Rule | Iterable[Rule], page: str = ""
) -> Callable[[Callable[Concatenate[Call, P], None]], Syscall[P]]:
    """Declare a syscall with its rules, in the order in which the body asks them."""

    def declare(body: Callable[Concatenate[Call, P], None]) -> Syscall[P]:
        flat: list[Rule] = []
        for entry in rules:
            flat += [entry] if isinstance(entry, Rule) else entry
        if len({rule.name for rule in flat}) != len(flat):
            raise ValueError(f"{body.__name__}: a rule is declared twice")
        short = body.__name__.removeprefix("zx_")
        declared = Syscall(body, flat, page or f"docs/syscalls/{short}.md")
        SYSCALLS[declared.name] = declared
        return declared

    return declare
