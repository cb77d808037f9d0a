"""Suites: every entry is settled before the first is run, then each is run to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Limits, Progress
from uringcheck.explore.search import NO_DEADLOCK
from uringcheck.ir.program import PropertyKind
from uringcheck.lang.tree import unknown
from uringcheck.run.check import ASSERT, DOMAIN, bare_name, check
from uringcheck.run.costs import Costing, PreparedCosts
from uringcheck.run.equality import Equality, PreparedEquality, prepared
from uringcheck.run.project import Project
from uringcheck.run.question import Question, Subject, subject
from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.suite_files import CostEntry, Entry, EqualEntry, Expectation, Finding, Suite
from uringcheck.run.verdicts import Verdict

#: What is expected where an entry says nothing: a model that leaves its ranges has no other verdicts worth having.
_ALWAYS = {DOMAIN: Expectation(Verdict.HOLDS), ASSERT: Expectation(Verdict.HOLDS)}


@value_class
class PreparedSuite:
    """A suite of which every entry can be run. Each finding stands with the number of the entry that shows it."""

    checks: tuple[Prepared, ...]
    equalities: tuple[tuple[EqualEntry, PreparedEquality], ...]
    costs: tuple[tuple[CostEntry, PreparedCosts], ...]
    findings: tuple[tuple[Finding, int | None], ...] = ()
    presets: tuple[Question, ...] = ()

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.checks) + len(self.equalities) + len(self.costs)


def prepare_suite(suite: Suite, project: Project | None = None) -> PreparedSuite:
    """Settle every entry before the first is run; raises UsageError and SpecError."""
    equalities = tuple((entry, prepared(entry.question, project)) for entry in suite.equalities)
    costs = tuple((entry, PreparedCosts(entry.question, project)) for entry in suite.costs)
    findings = tuple((finding, _shown_by(finding, suite.checks)) for finding in suite.findings)
    return PreparedSuite(prepare(suite.checks, project), equalities, costs, findings, suite.presets)


def _shown_by(finding: Finding, checks: tuple[Entry, ...]) -> int | None:
    """The number of the entry that shows a finding; raises UsageError where the suite has none that does."""
    if finding.entry is None:
        return None
    wanted = finding.entry
    for number, entry in enumerate(checks):
        asked = entry.question
        if (asked.model, asked.preset, asked.params) == (wanted.model, wanted.preset, wanted.params):
            expected = entry.expect.get(finding.property)
            if expected is not None and expected.verdict is Verdict.VIOLATED:
                return number
    raise UsageError.at(
        "UC032",
        f"the finding `{finding.what}` names no entry of the suite in which `{finding.property}` is violated",
        help="write its model, preset and parameters as the [[check]] has them",
    )


@value_class
class Prepared:
    """An entry whose model, parameters and properties all exist."""

    entry: Entry
    subject: Subject


def prepare(entries: tuple[Entry, ...], project: Project | None = None) -> tuple[Prepared, ...]:
    """Settle every entry before the first is run; raises UsageError and SpecError."""
    from uringcheck.lang.plain import properties_of

    made = []
    for entry in entries:
        settled = subject(entry.question, project)
        bound = [found for found in properties_of(settled.tree) if found.mark.kind is not PropertyKind.CONSTRAINT]
        names = [found.name for found in bound] + [NO_DEADLOCK, DOMAIN, ASSERT]
        for name in entry.question.properties:
            if name not in names and name not in map(bare_name, names):
                raise unknown("property", name, names, "UC015")
        for name in entry.expect:
            if name not in names:
                raise unknown("property", name, names, "UC015")
        made.append(Prepared(entry, settled))
    return tuple(made)


def run_entry(prepared: Prepared, like: Question, observe: Callable[[Progress], None] | None = None) -> Result:
    """The result of one entry beside what was expected of it. Limits and extra checks are as in `like`."""
    question = replace(
        prepared.entry.question,
        limits=like.limits,
        graph_stats=like.graph_stats,
        cross_check=like.cross_check,
        engine=like.engine,
        threads=like.threads,
        symmetry=like.symmetry,
    )
    result = check(question, prepared.subject, observe)
    expect = {**_ALWAYS, **prepared.entry.expect}
    found = tuple(_compared(one, expect.get(one.name)) for one in result.properties)
    missing = [name for name in prepared.entry.expect if name not in {one.name for one in found}]
    unstated = tuple(one.name for one in found if one.expected is None)
    return replace(result, properties=found, note=prepared.entry.note, unstated=unstated, absent=tuple(missing))


def run_equality(
    entry: EqualEntry, made: PreparedEquality, limits: Limits, observe: Callable[[Progress], None] | None = None
) -> Equality:
    """The result of one comparison beside what was expected of it."""
    found = replace(made, question=replace(made.question, limits=limits)).answer(observe)
    return replace(found, note=entry.note, expected=entry.expected, expected_steps=entry.steps)


def run_costs(
    entry: CostEntry, made: PreparedCosts, limits: Limits, observe: Callable[[Progress], None] | None = None
) -> Costing:
    """The costs of one entry beside what was expected of them."""
    found = made.answer(limits, observe)
    amounts = tuple(replace(amount, expected=entry.expect.get(amount.quantity.text)) for amount in found.amounts)
    return replace(found, amounts=amounts, note=entry.note)


def _compared(found: PropertyResult, expected: Expectation | None) -> PropertyResult:
    if expected is None:
        return replace(found, in_suite=True)
    return replace(found, in_suite=True, expected=expected.verdict, expected_steps=expected.steps)
