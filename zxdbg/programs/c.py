"""A session as a C program for Zircon that makes the same syscalls."""

from typing import TYPE_CHECKING, Any

from zxdbg.kernel.fork import Fork
from zxdbg.kernel.status import Status
from zxdbg.programs import client
from zxdbg.programs.data import LONG_RUN, Handles, Run, shape_of
from zxdbg.programs.headers import NO_RETURN, order
from zxdbg.programs.names import Names, number
from zxdbg.programs.replay import Step, comment, replay
from zxdbg.programs.script import Program
from zxdbg.result import Source
from zxdbg.syscalls.buffers import GOOD, Fill, Pointer
from zxdbg.syscalls.call import Caller
from zxdbg.syscalls.profile import Profile

if TYPE_CHECKING:
    from zxdbg.state import State
    from zxdbg.syscalls.call import Outcome

__all__ = ["c_program"]

_FIXED = {
    ("self", ""): "zx_process_self()",
    ("self", "proc"): "zx_process_self()",
    ("self", "vmar"): "zx_vmar_root_self()",
    ("job", ""): "zx_job_default()",
    ("root_resource", ""): "root_resource",
}
_TAKEN = """
 auto break case char const continue default do double else enum extern float for goto if inline
 int long register restrict return short signed sizeof static struct switch typedef union unsigned
 void volatile while asm typeof bool true false main
 actual avail before_hole buffer exit expect expect_size failures fputs memcpy memset printf
 observed read_all root_resource size stderr write_all """
"""The words of C, and those of the program itself."""
_LARGEST = 256 << 20
"""Bytes of an array; a call that has more is refused before anybody looks there."""
_WIDTH = 100
_UNIT = {"count": 8, "num_handles": 4}
_LENGTHS = ("length", "buffer_size", "name_len", "size", *_UNIT)
_SCALARS = ("size_t*", "uint64_t*", "zx_signals_t*")
_LOOPS = {"zx_process_write_memory": "write_all", "zx_process_read_memory": "read_all"}


def _is_taken(word: str) -> bool:
    """Whether C, its headers or the program itself have a use for a word."""
    return (
        word in _TAKEN.split()
        or word.isupper()
        or word.endswith("_t")
        or word.startswith(("_", "zx_", "ZX_"))
    )


class _Writer:
    """Writes the commands of a session one after the other."""

    def __init__(self) -> None:
        self.names = Names(_FIXED, _is_taken)
        self.lines: list[str] = []
        self.scalars: dict[str, str] = {}
        self.room = 0
        self.helpers: set[str] = set()
        self.commands = 0

    def add(self, step: Step) -> None:
        """Write a command: its line as a comment, then its calls."""
        declared, result = step.parsed.command, step.result
        if result is None:
            if step.trouble or (declared is not None and declared.shape is Source):
                self.lines += ["", f"    // {_safe(comment(step))}"]
            return
        self.names.begin(step)
        calls = () if result.asked else result.calls
        made: dict[tuple[int, str], str] = {}
        note = ""
        if not calls:
            note = "   (no syscall)"
        elif not step.by_shell:
            note = "   (another process calls, which this program is not)"
        self.lines += ["", f"    // {_safe(comment(step) + note)}"]
        if step.parsed.options.get("linger"):
            self.lines.append("    // In the session the threads lingered until settle.")
        if calls and step.by_shell:
            self.commands += 1
            for at, outcome in enumerate(calls):
                self._call(step, at, outcome, made)
        self.names.bind(step, made)

    def _call(
        self, step: Step, at: int, outcome: "Outcome", made: dict[tuple[int, str], str]
    ) -> None:
        syscall = outcome.syscall
        positional, outs = syscall.split(outcome.args)
        given = dict(zip((name for name, _ in syscall.params), positional, strict=True)) | outs
        args = []
        for name, arg in order(syscall):
            if arg.kind == "place":
                args.append(self._place(step, at, outcome, name, given.get(name, GOOD), made))
            elif arg.kind == "data":
                args.append(self._data(given[name], arg.ctype, _asked(outcome)))
            else:
                args.append(self.names.argument(step, outcome, name, arg, given[name]))
        if syscall.name in NO_RETURN:
            self.lines.append(f"    {syscall.name}({', '.join(args)});")
            return
        if _asked(outcome) > _LARGEST and not outcome.status:
            self.lines.append(
                f"    // Its buffer of {_asked(outcome)} bytes is more than a program has."
            )
            return
        if _is_partial(outcome, given):
            self._loop(step, outcome, args, given)
            return
        self._expect(syscall.name, args, outcome.status)
        for (name, arg), place in zip(order(syscall), args, strict=True):
            is_size = arg.ctype in _SCALARS[:2] and "get_info" not in syscall.short
            if is_size and name in outcome.values and place.startswith("&"):
                self._expect_size(name, place, outcome.values[name])

    def _loop(self, step: Step, outcome: "Outcome", args: list[str], given: dict[str, Any]) -> None:
        """Write a loop where a call moved a part; what it answers is tried on a copy."""
        reads = "read" in outcome.syscall.short
        verb = "read" if reads else "written"
        asked, actual = given["length"], outcome.values["actual"]
        status, done = _run_loop(step, outcome, given)
        self.lines += [
            f"    // Only {actual} of {asked} bytes were {verb} in one call (it stopped: "
            f"{outcome.stop[0] if outcome.stop else 'early'}). A correct client goes on",
            "    // behind them, until all is done or a call is refused.",
        ]
        self._expect(_LOOPS[outcome.syscall.name], args, status)
        self._expect_size("actual", args[-1], done)

    def _expect(self, name: str, args: list[str], status: Status) -> None:
        self.helpers |= {"expect", name}
        line = f'    expect("{name}", {name}({", ".join(args)}), {status.label});'
        if len(line) <= _WIDTH and "\n" not in line:
            self.lines.append(line)
            return
        call = "".join(_filled(f"           {name}(", args))
        self.lines += [f'    expect("{name}",', f"{call}),", f"           {status.label});"]

    def _expect_size(self, name: str, place: str, value: int) -> None:
        self.helpers.add("expect_size")
        self.lines.append(f'    expect_size("{name}", {place.removeprefix("&")}, {number(value)});')

    # Arguments ---------------------------------------------------------------------

    def _place(
        self,
        step: Step,
        at: int,
        outcome: "Outcome",
        name: str,
        place: Any,
        made: dict[tuple[int, str], str],
    ) -> str:
        """Write where an out-value goes."""
        ctype = outcome.syscall.outs[name].ctype
        if place is None:
            return "NULL"
        if isinstance(place, Pointer):
            return f"({ctype})(uintptr_t)({self.names.address(place.address)})"
        if ctype == "void*":
            self.helpers.add("buffer")
            self.room = max(self.room, min(_asked(outcome), _LARGEST))
            return "buffer"
        kind = ctype.removesuffix("*")
        if ctype in _SCALARS and step.parsed.target is None:
            self.scalars[name] = kind
            return f"&{name}"
        variable = self.names.variable(self.names.wish(step, outcome, name))
        self.lines.append(f"    {kind} {variable} = 0;")
        if name in outcome.values:
            made[at, name] = variable
            self.names.keep(outcome, name, variable)
        return f"&{variable}"

    def _data(self, value: Any, ctype: str, asked: int) -> str:
        """Write bytes that a syscall reads; an array where they are a long run."""
        match shape_of(value, ctype):
            case None:
                return "NULL"
            case Pointer(address):
                return f"(const void*)(uintptr_t)({self.names.address(address)})"
            case Fill(byte, length) | Run(byte, length):
                code = self._run(byte, min(length, _LARGEST)) if length else '""'
            case Handles(values):
                length = 4 * len(values)
                code = f"(const zx_handle_t[]){{{', '.join(map(self.names.handle, values))}}}"
            case raw:
                length = len(raw)
                code = _string(raw)
        if asked > length and length < _LARGEST:
            self.helpers.add("before_hole")
            return f"before_hole({code}, {number(length)})"
        return code

    def _run(self, byte: int, length: int) -> str:
        name = self.names.variable("run")
        self.lines.append(f"    static uint8_t {name}[{number(length)}];")
        if byte:
            self.lines.append(f"    memset({name}, {byte:#x}, sizeof {name});")
        return name


def _is_partial(outcome: "Outcome", given: dict[str, Any]) -> bool:
    """Whether a transfer moved less than was asked, and says so where a program can see it."""
    if outcome.syscall.name not in _LOOPS or "actual" not in outcome.values:
        return False
    is_seen = given.get("actual", GOOD) is GOOD
    return bool(is_seen and outcome.values["actual"] < given["length"])


def _filled(lead: str, args: list[str]) -> list[str]:
    """Write arguments behind a lead, as many to a line as fit."""
    pieces, width = [lead], len(lead)
    for at, arg in enumerate(args):
        text = arg + ("," if at < len(args) - 1 else "")
        if at and width + 1 + len(text) >= _WIDTH:
            pieces.append("\n" + " " * len(lead))
            width = len(lead)
        elif at:
            pieces.append(" ")
            width += 1
        pieces.append(text)
        width += len(text)
    return pieces


def _asked(outcome: "Outcome") -> int:
    """Return how many bytes a call says that its buffer has; 0 for one without a buffer."""
    syscall = outcome.syscall
    if not any(arg.kind == "data" or arg.ctype == "void*" for _, arg in order(syscall)):
        return 0
    given = dict(zip((name for name, _ in syscall.params), outcome.args, strict=False))
    name = next(each for each in _LENGTHS if each in given)
    length = given[name]
    assert isinstance(length, int)
    return length * _UNIT.get(name, 1)


def _run_loop(step: Step, outcome: "Outcome", given: dict[str, Any]) -> tuple[Status, int]:
    """Go on with a transfer on a copy of the session, as the program will."""
    process = step.session.state.shell
    caller = Caller(Fork(process).of(process), outcome.profile)
    status, done, asked = Status.OK, outcome.values["actual"], given["length"]
    while status is Status.OK and done < asked:
        left, vaddr = asked - done, given["vaddr"] + done
        if "buffer" in dict(outcome.syscall.params):
            rest = _rest(given["buffer"], done)
            moved = outcome.syscall(caller, given["handle"], vaddr, rest, left)
        else:
            moved = outcome.syscall(caller, given["handle"], vaddr, left)
        status = moved.status
        done += moved.values.get("actual", 0)
    return status, done


def _rest(data: Any, done: int) -> Any:
    if isinstance(data, Fill):
        return Fill(data.byte, data.length - done)
    if isinstance(data, Pointer):
        return Pointer(data.address + done)
    return data[done:]


def _string(raw: bytes) -> str:
    """Write bytes as a string literal; long ones in pieces."""
    pieces = [raw[at : at + LONG_RUN] for at in range(0, len(raw), LONG_RUN)] or [b""]
    return "\n               ".join(f'"{"".join(map(_letter, piece))}"' for piece in pieces)


def _letter(byte: int) -> str:
    if 0x20 <= byte < 0x7F and byte not in b'"\\?':
        return chr(byte)
    return f"\\{byte:03o}"


def _safe(text: str) -> str:
    """Keep a comment on its line: a backslash at its end would make it go on."""
    text = text.replace("??", "? ?")
    return f"{text} ." if text.endswith("\\") else text


def c_program(state: "State") -> Program:
    """Write a session as a C program."""
    writer = _Writer()
    for step in replay(state):
        writer.add(step)
    used = writer.helpers
    body = "\n".join(writer.lines)
    helpers = [text for name, text in client.HELPERS.items() if name in used]
    globals_ = [client.ROOT_RESOURCE] if "root_resource" in body else []
    if "buffer" in used:
        globals_.append(f"static uint8_t buffer[{number(max(writer.room, 1))}];\n")
    top = client.TOP
    if state.first_profile is Profile.DOCS:
        top += client.DOCS
    scalars = [f"    {kind} {name} = 0;" for name, kind in writer.scalars.items()]
    main = ["int main(void) {", *scalars, body.removeprefix("\n") if not scalars else body, ""]
    main += ["    return failures != 0;", "}", ""]
    return Program("\n".join([top, client.INCLUDES, *globals_, *helpers, *main]), writer.commands)
