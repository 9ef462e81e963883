"""The language itself, topic by topic: what `help data` and the like show.

Each example is a session of its own, and a test runs it.
"""

from typing import NamedTuple

from zxdbg.lang.page import HelpPage, Row, Section, rows_of_lines, text_section

__all__ = ["TOPICS", "Topic", "topic_page"]


class Topic(NamedTuple):
    """A part of the language.

    Attributes:
        gist: What it looks like, in a few words: what the map shows.
        about: One sentence.
        rows: Spellings, and what each means.
        examples: Lines that show it.
        others: Further words under which it is found.
    """

    gist: str
    about: str
    rows: tuple[Row, ...]
    examples: tuple[str, ...]
    others: tuple[str, ...] = ()


TOPICS = {
    "binding": Topic(
        "$name = COMMAND, $name.field",
        "A name keeps what a command answered, also where it was refused.",
        (
            Row("$name = COMMAND", "binds the result; creating with a name does it by itself"),
            Row("$name", "the main value: a handle, an address, a number"),
            Row("$name.field", "a field of the result, such as $demo.vmar; status is one always"),
            Row("$_", "the result of the last command"),
            Row("$self $job $root_resource", "bound from the start, and never again"),
        ),
        (
            "process create demo",
            "$copy = handle duplicate $demo",
            "handle close $copy",
            "print $copy.status => value=ZX_OK",
            "names",
        ),
        ("name", "variables", "results"),
    ),
    "numbers": Topic(
        "0x1000  4K  $base+0x10",
        "Addresses, sizes, lengths, offsets and handles are numbers, or sums without blanks.",
        (
            Row("4096 0x1000 0b1_0000", "decimal, hexadecimal, binary; _ parts digits"),
            Row("4K 16M 1G 2T", "powers of two, for decimal numbers only"),
            Row("$base+0x3ff0 $a-1", "sums and differences of numbers and names"),
            Row("range", "0 to 2^64-1; a handle has 32 bits; what is too large is a mistake"),
        ),
        ("$base = print 0x10000000", "print $base+16K-1 => value=0x10003fff"),
        ("addresses", "address", "sizes", "integers"),
    ),
    "data": Topic(
        '"text"  hex:00ff  fill:1:4K',
        "Bytes that a line carries. Runs cost nothing until they are moved.",
        (
            Row('"text"', r"with the escapes of C: \n \t \0 \x41 \" \\"),
            Row("hex:48656c6c6f", "pairs of hex digits"),
            Row("fill:BYTE:LENGTH", "one byte again and again"),
            Row("zero:LENGTH", "zeros"),
            Row("file:PATH", "the content of a file; a script needs --allow-io"),
            Row("null", "the NULL pointer; needs --length"),
            Row("@ADDRESS", "a pointer into the caller's own memory; needs --length"),
        ),
        (
            "process create demo; vmo create 16K --name heap",
            "$base = map $demo.vmar $heap",
            "write $demo $base hex:48656c6c6f => actual=5",
            "write $demo $base+4K fill:0xff:4K => actual=4K",
            "write $demo $base null --length 8 => ZX_ERR_INVALID_ARGS",
        ),
        ("bytes", "strings"),
    ),
    "flags": Topic(
        "rw  ZX_RIGHT_READ|ZX_RIGHT_WRITE",
        "Flags are names joined with | without blanks, or numbers.",
        (
            Row("r rw rx rwx none", "permissions; w, x and wx are the kernel's to refuse"),
            Row("ZX_RIGHT_READ|ZX_RIGHT_WRITE", "rights; also same and none"),
            Row("--name VALUE, --name=VALUE", "options stand anywhere; -- ends them"),
        ),
        (
            "process create demo",
            "$weak = handle duplicate $demo --rights ZX_RIGHT_READ|ZX_RIGHT_TRANSFER",
            "handle duplicate $demo --rights=none => ZX_OK rights=0",
        ),
        ("options", "permissions", "perms", "rights"),
    ),
    "expectations": Topic(
        "COMMAND => ZX_OK actual=16",
        "What a command is to answer. A script stops where it does not; the shell says so.",
        (
            Row("=> ZX_ERR_NO_MEMORY", "the status; without one, a script expects ZX_OK"),
            Row("=> ZX_OK actual=16 stopped=hole", "fields of the result, read by their types"),
            Row("=> actual<64 data^=hex:00", "also != <= >= $= (ends), ~ (has, contains)"),
            Row("=> any, => error", "any status; a line that must be a mistake"),
            Row("| ZX_OK  zx_… …", "below a command in a file: what it draws, … for anything"),
        ),
        (
            "process create demo => ZX_OK",
            'write $demo 0x1000 "x" => ZX_ERR_NO_MEMORY',
            "vmo create 16K => size=0x4000",
        ),
        ("=>",),
    ),
    "output": Topic(
        "COMMAND > FILE  COMMAND | less",
        "What a command draws can go elsewhere; a script needs --allow-io for that.",
        (
            Row("COMMAND > FILE", "into a file, without colours; >> adds to it"),
            Row("COMMAND | shell command", "to a command of the host; in a script it must succeed"),
            Row("COMMAND --json", "the result as JSON, which can go there too"),
            Row("export svg FILE", "the screen so far, for slides; export html for notes"),
        ),
        ("names | grep -q self", "handles --json"),
        ("pipe", "files", "json", ">", "|"),
    ),
    "lines": Topic(
        "A; B  # a comment",
        "A line holds commands; a file of such lines is a script.",
        (
            Row("A; B", "two commands"),
            Row("# a comment", "at the beginning, or after a blank"),
            Row("A \\", "goes on in the next line"),
            Row("explain A, compare A", "ask about a command, on a copy; nothing changes"),
            Row("zxdbg FILE.zx", "runs a script; the first failure stops it"),
            Row("save FILE, record FILE", "the commands so far, or from now on, as a script"),
        ),
        (
            "process create demo; vmo create 16K --name heap  # a stage",
            "explain map $demo.vmar $heap",
        ),
        ("line", "scripts", "comments", "language"),
    ),
}
"""The parts of the language, by the words that `help` takes."""

_OTHERS = {other: name for name, topic in TOPICS.items() for other in topic.others}


def topic_page(word: str) -> HelpPage | None:
    """Compose the page on a part of the language; None if the word is not one."""
    name = _OTHERS.get(word, word)
    topic = TOPICS.get(name)
    if topic is None:
        return None
    sections = (
        Section("", "argument", topic.rows),
        Section("examples", "example", rows_of_lines(*topic.examples)),
        *text_section(f"help {' · help '.join(each for each in TOPICS if each != name)}"),
    )
    return HelpPage(name, f"{name}\n{topic.about}", sections)
