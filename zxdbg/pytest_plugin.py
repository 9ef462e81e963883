"""pytest runs command files: each `*.zx` is a test, and in Markdown each heading with `zx` blocks.

Only pytest is imported here until a file is run, so that the plugin costs others nothing.

Settings, in pytest's own configuration: `zx_files` (patterns, `*.zx`), `zx_markdown` (`true`,
or patterns; also `--zx-markdown`), `zx_profile`, `zx_seed`, `zx_memory`, `zx_allow_io`.
`--zx-update` rewrites expectations to what came. `--zx-coverage` says at the end which rules
have decided in all that ran, `--zx-fail-under N` also fails if it was less than N percent.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from _pytest._code.code import TerminalRepr

if TYPE_CHECKING:
    from _pytest._io import TerminalWriter

    from zxdbg.coverage import Covered
    from zxdbg.failure import Failure
    from zxdbg.session import Session
    from zxdbg.steps import Step

ROUNDS = 3
"""How often a file is rewritten: output is compared once the status above it is right."""
UPDATED = pytest.StashKey[dict[str, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and settings."""
    group = parser.getgroup("zxdbg", "zxdbg command files")
    group.addoption("--zx-markdown", action="store_true", help="run zx blocks in *.md files")
    group.addoption(
        "--zx-update", action="store_true", help="rewrite the expectations of zx files to what came"
    )
    group.addoption(
        "--zx-coverage", action="store_true", help="say which rules have decided in zx files"
    )
    group.addoption(
        "--zx-fail-under", type=float, metavar="N", help="the same, and fail under N percent"
    )
    parser.addini("zx_files", "patterns of command files", type="args", default=["*.zx"])
    parser.addini("zx_markdown", "true, or patterns of Markdown files", type="args", default=[])
    parser.addini("zx_profile", "whose word counts: docs or kernel", default="docs")
    parser.addini("zx_seed", "seed of handle values and addresses", default="0")
    parser.addini("zx_memory", "simulated physical memory, such as 64M", default="1G")
    parser.addini("zx_allow_io", "whether files may touch files", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what cannot go together."""
    config.stash[UPDATED] = {}
    if config.getoption("zx_update") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--zx-update rewrites files: run it without -n")
    if config.getoption("zx_coverage") or config.getoption("zx_fail_under") is not None:
        config.pluginmanager.register(
            CoverageSummary(config.getoption("zx_fail_under")), CoverageSummary.NAME
        )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take in command files, and Markdown where that is asked for."""
    config = parent.config
    if _fits(file_path, config.getini("zx_files")):
        return ZxFile.from_parent(parent, path=file_path)
    wanted = config.getini("zx_markdown")
    if [word.lower() for word in wanted] in (["true"], ["false"]):
        wanted = ["*.md"] if wanted[0].lower() == "true" else []
    if config.getoption("zx_markdown") and not wanted:
        wanted = ["*.md"]
    return MarkdownFile.from_parent(parent, path=file_path) if _fits(file_path, wanted) else None


def _fits(path: Path, patterns: Iterable[str]) -> bool:
    return any(path.match(pattern) for pattern in patterns)


def _read(path: Path) -> bytes:
    from zxdbg.mistake import CommandError
    from zxdbg.steps import read_file

    with path.open("rb") as file:
        try:
            return read_file(file, path.name)
        except CommandError as error:
            pytest.fail(str(error), pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was rewritten."""
    for name, count in terminalreporter.config.stash[UPDATED].items():
        noun = "expectation" if count == 1 else "expectations"
        terminalreporter.write_line(f"zx-update: {count} {noun} rewritten in {name}")


class CoverageSummary:
    """Collects what tests have seen, also from other processes, and shows it at the end."""

    NAME = "zx_seen"

    def __init__(self, least: float | None) -> None:
        self.least = least
        self.found: list[Covered] = []
        self.seen: dict[str, set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test has seen out of its report."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == self.NAME:
                    profile, _, ids = str(value).partition(" ")
                    self.seen.setdefault(profile, set()).update(ids.split())

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail if it is too little."""
        from zxdbg.coverage import cover_all
        from zxdbg.syscalls import Profile

        if hasattr(session.config, "workerinput"):
            return
        self.found = cover_all({each: self.seen.get(each.value, set()) for each in Profile})
        least = self.least
        if least and (not self.found or any(each.is_under(least) for each in self.found)):
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show it."""
        from zxdbg.render.coverage import coverage_lines
        from zxdbg.render.parts import Look

        write = terminalreporter.write_line
        terminalreporter.section("rule coverage")
        if not self.found:
            write("no syscall was called in zx files")
        for each in self.found:
            for line in coverage_lines(each, Look(80, {})):
                write("".join(text for _, text in line).rstrip())
            if self.least is not None and each.is_under(self.least):
                have = f"profile {each.profile}: {each.seen} of {each.rules} rules have decided"
                write(f"{have}, less than {self.least:g}%", red=True)


class ZxFile(pytest.File):
    """A command file."""

    def collect(self) -> Iterator["ZxItem"]:
        """Yield its one test."""
        yield ZxItem.from_parent(self, name=self.path.stem)


class MarkdownFile(pytest.File):
    """A Markdown file."""

    def collect(self) -> Iterator["ZxItem"]:
        """Yield a test for each heading with blocks."""
        from zxdbg.markdown import sections

        for section in sections(_read(self.path), self.path.stem):
            yield ZxItem.from_parent(self, name=section.name)


class ZxError(Exception):
    """Lines that did not answer as they should."""

    def __init__(self, failures: "list[Failure]") -> None:
        super().__init__(failures[0].message)
        self.failures = failures


class ZxItem(pytest.Item):
    """The lines of a command file, or of the blocks below a heading, in one session."""

    def runtest(self) -> None:
        """Run them, after a rewriting if that is asked for."""
        if self.config.getoption("zx_update"):
            self._update()
        failures = self._run(_read(self.path), keep_going=False)
        if failures:
            raise ZxError(failures)

    def _steps(self, raw: bytes) -> "Iterator[Step]":
        from zxdbg.markdown import sections
        from zxdbg.steps import read_steps, steps

        file = self._shown
        if isinstance(self.parent, ZxFile):
            yield from read_steps(file, raw)
            return
        for section in sections(raw, self.path.stem):
            if section.name == self.name:
                for block in section.blocks:
                    yield from steps(file, block.lines, block.first, block.leads)

    def _run(self, raw: bytes, *, keep_going: bool) -> "list[Failure]":
        from io import StringIO

        from zxdbg.report import QuietReport
        from zxdbg.script import Runner

        failures: list[Failure] = []

        class Report(QuietReport):
            def failure(self, failure: "Failure") -> None:
                failures.append(failure)

        runner = Runner(self._session(), Report(StringIO()), keep_going=keep_going)
        runner.files.append(os.path.realpath(self.path))
        runner.run_steps(self._steps(raw), str(self.path.parent))
        if self.config.pluginmanager.has_plugin(CoverageSummary.NAME):
            for profile, ids in runner.session.state.seen.items():
                seen = " ".join([profile.value, *sorted(ids)])
                self.user_properties.append((CoverageSummary.NAME, seen))
        return failures

    def _session(self) -> "Session":
        from zxdbg.lang.values import parse_integer
        from zxdbg.session import Session

        config = self.config
        profile = config.getini("zx_profile")
        if profile not in ("docs", "kernel"):
            raise pytest.UsageError(f"zx_profile is docs or kernel, not {profile}")
        numbers = []
        for name in ("zx_seed", "zx_memory"):
            try:
                numbers.append(parse_integer(config.getini(name)))
            except ValueError:
                raise pytest.UsageError(f"{name} is not a number, such as 64M") from None
        return Session(
            seed=numbers[0],
            memory=numbers[1],
            profile=profile,
            allow_io=config.getini("zx_allow_io"),
        )

    def _update(self) -> None:
        """Rewrite the expectations of this test that are not true."""
        from zxdbg.update import apply_edits, edits_for

        for _ in range(ROUNDS):
            raw = _read(self.path)
            edits = [
                found
                for failure in self._run(raw, keep_going=True)
                if failure.place.file == self._shown and (found := edits_for(failure))
            ]
            if not edits:
                return
            text = apply_edits(raw, [edit for found in edits for edit in found])
            try:
                self.path.write_bytes(text)
            except OSError as error:
                pytest.fail(f"cannot write {self._shown}: {error.strerror}", pytrace=False)
            counts = self.config.stash[UPDATED]
            counts[self._shown] = counts.get(self._shown, 0) + len(edits)

    @property
    def _shown(self) -> str:
        """The file's name as a user would give it."""
        try:
            return str(self.path.relative_to(self.config.invocation_params.dir))
        except ValueError:
            return str(self.path)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str | TerminalRepr:
        """Show the places and what came; of a bug in zxdbg, the traceback."""
        if isinstance(excinfo.value, ZxError):
            return Shown(excinfo.value.failures)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test stands."""
        if isinstance(self.parent, ZxFile):
            return self.path, 0, self.name
        from zxdbg.markdown import sections

        found = sections(_read(self.path), self.path.stem)
        line = next((each.line for each in found if each.name == self.name), 1)
        return self.path, line - 1, self.name


class Crash(NamedTuple):
    """Where a test ended, for pytest's short summary and for junit."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}"


class Shown(TerminalRepr):
    """How failures look: as on standard error, the line that says what is wrong in red."""

    def __init__(self, failures: "list[Failure]") -> None:
        self.failures = failures
        place, span = failures[0].place, failures[0].span
        line, _ = place.at(span[0])
        self.reprcrash = Crash(place.file, line, failures[0].message)

    def toterminal(self, tw: "TerminalWriter") -> None:
        """Write them."""
        for failure in self.failures:
            head, *lines = failure.lines()
            tw.line(head, red=True, bold=True)
            for line in lines:
                tw.line(line)
