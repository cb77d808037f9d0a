"""One run of `check`: what it writes where, and what becomes of it when it is interrupted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

from uringcheck.cli.console import colours, remark, say
from uringcheck.cli.outputs import Outputs
from uringcheck.cli.progress import Watcher
from uringcheck.diagnostics.values import entity_class
from uringcheck.run.exit_codes import ExitCode, worst
from uringcheck.run.project import Project
from uringcheck.run.question import Question, subject
from uringcheck.run.results import Result, exit_code

if TYPE_CHECKING:
    from uringcheck.run.costs import Costing
    from uringcheck.run.equality import Equality
    from uringcheck.trace.model import Trace


@entity_class
class Session:
    """What a run writes, and what it has found so far."""

    as_json: bool = False
    verbose: bool = False
    quiet: bool = False
    outputs: Outputs = field(default_factory=Outputs)
    results: list[Result] = field(default_factory=list)
    equalities: list[Equality] = field(default_factory=list)
    costs: list[Costing] = field(default_factory=list)
    interrupted: bool = False
    _told: list[str] = field(default_factory=list)

    @contextmanager
    def writing(self, outputs: Outputs) -> Iterator[None]:
        """Results arrive inside; at the end they are written, also after Ctrl-C. Nothing is written after an error."""
        self.outputs = outputs
        try:
            with self.interruptible():
                yield
            self._finish()
        finally:
            outputs.close()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ctrl-C ends what stands inside, and is remembered."""
        try:
            yield
        except KeyboardInterrupt:
            self.interrupted = True

    def add(self, result: Result) -> None:
        """Keep a result."""
        self.results.append(result)
        self.interrupted = self.interrupted or result.interrupted

    def clock(self, label: str, results: Sequence[Result]) -> None:
        """Say on standard error how long searches took: that differs from run to run."""
        seconds = sum(result.seconds for result in results)
        if not self.quiet and seconds > 0:
            states = sum(result.states for result in results)
            remark(f"{label}   {seconds:.2f} s of search   {states / seconds:,.0f} states/s")

    def tell(self, text: str) -> None:
        """Findings for people: shown at once, and kept for the file."""
        self._told.append(text if text.endswith("\n") else text + "\n")
        if not self.as_json:
            say(self._told[-1])

    def _finish(self) -> None:
        if self.as_json or self.outputs.wants("json"):
            from uringcheck.report.machine import json_text

            data = json_text(tuple(self.results), self._more())
            self.outputs.write("json", data)
            if self.as_json:
                say(data)
        self.outputs.write("text", "".join(self._told))

    def _more(self) -> dict[str, object]:
        """What suites with comparisons and costs add to the JSON."""
        more: dict[str, object] = {}
        if self.equalities:
            from uringcheck.report.equality import equality_data

            more["equalities"] = [equality_data(found) for found in self.equalities]
        if self.costs:
            from uringcheck.report.costs import costing_data

            more["costs"] = [costing_data(found) for found in self.costs]
        return more

    @property
    def coloured(self) -> bool:
        """Whether what is told may carry colour: a file must not."""
        return not self.as_json and not self.outputs.wants("text") and colours()


def run_models(
    questions: list[Question], project: Project, outputs: Sequence[str], session: Session, strict: bool
) -> ExitCode:
    """Check one model after the other; the plain verdicts decide how it ends."""
    from uringcheck.report.summary import summary
    from uringcheck.run.check import asked_of, check

    settled = [(question, subject(question, project)) for question in questions]
    for question, made in settled:
        asked_of(question, made)  # a spec that is wrong is refused before the first search
    with session.writing(Outputs.opened(outputs)):
        for question, made in settled:
            with Watcher(made.label, session.quiet) as watcher:
                result = check(question, made, watcher.observe)
            result = session.outputs.with_traces(result, made.folder)
            separator = "\n" if session.results else ""
            session.tell(
                separator + summary(result, partial(_story, colour=session.coloured), session.coloured, session.verbose)
            )
            session.add(result)
            session.clock(result.model, [result])
            if session.interrupted:
                break
    codes = [exit_code(tuple(session.results), strict)]
    return worst([*codes, ExitCode.INTERRUPTED] if session.interrupted else codes)


def _story(trace: Trace, colour: bool) -> str:
    from uringcheck.report.story import story  # most runs have none to tell

    return story(trace, colour=colour)
