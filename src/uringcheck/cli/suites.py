"""`uringcheck check` without a model: a suite, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from uringcheck.cli.outputs import Outputs
from uringcheck.cli.progress import Watcher
from uringcheck.cli.session import Session
from uringcheck.diagnostics.sources import display_path
from uringcheck.explore.outcome import Cut
from uringcheck.report.costs import amount_line, costing_name, costing_text
from uringcheck.report.costs import coverage_text as costs_coverage
from uringcheck.report.equality import counts_text, equality_name, equality_text, verdict_line
from uringcheck.report.summary import coverage_text, entry_name, summary, verdict_text
from uringcheck.run.costs import Costing
from uringcheck.run.equality import Equality
from uringcheck.run.exit_codes import ExitCode, worst
from uringcheck.run.project import Project
from uringcheck.run.question import Question
from uringcheck.run.results import Expected, Result, suite_exit_code
from uringcheck.run.suite import PreparedSuite, prepare_suite, run_costs, run_entry, run_equality
from uringcheck.run.suite_files import read_suite, shipped_suite
from uringcheck.run.verdicts import Verdict
from uringcheck.trace.identity import identity


def run_suite(question: Question, project: Project, outputs: Sequence[str], session: Session, strict: bool) -> ExitCode:
    """Run the project's suite, or the shipped one; its expectations decide how it ends.

    Of `question` only the limits and the extra checks matter. Under `strict`, vacuity is no expectation and counts.
    """
    file = project.suite or shipped_suite()
    suite = prepare_suite(read_suite(file), project)
    with session.writing(Outputs.opened(outputs, project.reports)):
        session.tell(f"suite {display_path(str(file))}, {_count(suite.size, 'entry', 'entries')}\n")
        with session.interruptible():
            run_all(suite, question, session)
        session.tell(_conclusion(session, suite.size))
        session.clock("suite", session.results)
    codes = [suite_exit_code(tuple(session.results), (*session.equalities, *session.costs))]
    if strict and any(result.vacuous for result in session.results):
        codes.append(ExitCode.VACUOUS)
    return worst([*codes, ExitCode.INTERRUPTED] if session.interrupted else codes)


def run_all(suite: PreparedSuite, question: Question, session: Session) -> None:
    """One entry after the other, until somebody interrupts."""
    for entry in suite.checks:
        with Watcher(entry.subject.label, session.quiet) as watcher:
            result = run_entry(entry, question, watcher.observe)
        result = session.outputs.with_traces(result, entry.subject.folder)
        session.tell(_entry_text(result, session))
        session.add(result)
        if session.interrupted:
            return
    for asked, made in suite.equalities:
        with Watcher("equal", session.quiet) as watcher:
            equality = run_equality(asked, made, question.limits, watcher.observe)
        session.tell(_equality_text(equality, session))
        session.equalities.append(equality)
        if equality.comparison.cut_by is Cut.INTERRUPTED:
            session.interrupted = True
            return

    for wanted, costs in suite.costs:
        with Watcher(costs.subject.label, session.quiet) as watcher:
            costing = run_costs(wanted, costs, question.limits, watcher.observe)
        session.tell(_costing_text(costing, session))
        session.costs.append(costing)
        if costing.exit_code is ExitCode.INTERRUPTED:
            session.interrupted = True
            return


def _costing_text(costing: Costing, session: Session) -> str:
    """The costs, with a behaviour for each when more is asked for."""
    if session.verbose:
        return f"\n{costing_text(costing)}"
    lines = ["", costing_name(costing), f"  {costs_coverage(costing)}", *_told(costing.note, 2)]
    lines += [f"  not decided: {costing.reason}"] if costing.reason else []
    return "\n".join([*lines, *(f"  {amount_line(amount)}" for amount in costing.amounts)])


def _equality_text(equality: Equality, session: Session) -> str:
    """The comparison, in full when more is asked for."""
    if session.verbose:
        return f"\n{equality_text(equality)}"
    lines = ["", equality_name(equality), f"  {verdict_line(equality)}", f"  {counts_text(equality)}"]
    lines += _told(equality.note, 2)
    if equality.parting is not None:
        lines += _told(identity(equality.parting.ahead), 6)
    return "\n".join(lines)


def _entry_text(result: Result, session: Session) -> str:
    """The entry, its findings, and everything that differs from what was expected."""
    if session.verbose:
        from uringcheck.report.story import story

        return f"\n{_verdict(result)}\n{summary(result, story, session.coloured)}"
    lines = ["", entry_name(result), f"  {_verdict(result)}: {_tally(result)}", f"  {coverage_text(result)}"]
    if result.note:
        lines += [f"  {line}" for line in wrap(result.note, 106)]
    for found in result.properties:
        if found.unexpected or found.verdict is Verdict.VIOLATED:
            lines.append(f"  {found.name}   {verdict_text(found)}")
            lines += _told(found.doc, 4)
            if found.story is not None:
                lines += _told(identity(found.story), 6)
            if found.trace is not None:
                lines.append(f"    trace {found.trace}")
    lines += [f"  {name}   UNEXPECTED: the model has no such property" for name in result.absent]
    if result.unstated:
        lines += [f"  {line}" for line in wrap(f"nothing is expected of: {', '.join(result.unstated)}", 106)]
    lines += [f"  vacuous: {item}" for item in result.vacuous]
    return "\n".join(lines)


def _told(text: str, indent: int) -> list[str]:
    return [" " * indent + line for line in wrap(text, 110 - indent, break_long_words=False, break_on_hyphens=False)]


def _verdict(result: Result) -> str:
    return "as expected" if result.as_expected else "NOT AS EXPECTED"


def _tally(result: Result) -> str:
    words = {
        Verdict.HOLDS: "holding",
        Verdict.VIOLATED: "violated",
        Verdict.FOUND: "found",
        Verdict.NOT_FOUND: "not found",
        Verdict.HOLDS_UP_TO_K: "holding up to a bound",
        Verdict.NOT_DECIDED: "not decided",
    }
    counts = {verdict: sum(found.verdict is verdict for found in result.properties) for verdict in Verdict}
    return ", ".join(f"{counts[verdict]} {word}" for verdict, word in words.items() if counts[verdict])


def _row(result: Result) -> str:
    """What is wrong with the subject, with the length of each story; what is unknown; or that all is well."""
    bad = [
        found.name if found.steps is None else f"{found.name} in {found.steps}"
        for found in result.properties
        if found.verdict.exit_code is ExitCode.VIOLATED
    ]
    unknown = [found.name for found in result.properties if found.verdict.exit_code is ExitCode.NOT_DECIDED]
    parts = [f"violated: {', '.join(bad)}" if bad else "", f"not decided: {', '.join(unknown)}" if unknown else ""]
    text = "; ".join(part for part in parts if part) or "all hold"
    return text if result.as_expected else f"{text}   NOT AS EXPECTED"


def _conclusion(session: Session, planned: int) -> str:
    """The last lines: how many entries came out as expected, and what nobody knows."""
    results, equalities = session.results, session.equalities
    entries: list[Expected] = [*results, *equalities, *session.costs]
    wrong = sum(not found.as_expected for found in entries)
    rows = [(entry_name(result), _row(result)) for result in results]
    rows += [(equality_name(equality), verdict_line(equality)) for equality in equalities]
    rows += [(costing_name(costing), _costs_row(costing)) for costing in session.costs]
    width = max((len(name) for name, _ in rows), default=0)
    lines = ["", *(f"{name:<{width}}  {row}" for name, row in rows), ""]
    lines.append(f"{_count(len(entries), 'entry', 'entries')}: {len(entries) - wrong} as expected, {wrong} not")
    if len(entries) < planned:
        lines.append(f"interrupted: {_count(planned - len(entries), 'entry', 'entries')} not run")
    open_ = [found for result in results for found in result.properties if found.verdict is Verdict.NOT_DECIDED]
    if open_:
        expected = sum(found.expected is Verdict.NOT_DECIDED for found in open_)
        verb = "verdict is" if len(open_) == 1 else "verdicts are"
        lines.append(f"{len(open_)} {verb} not decided, of which {expected} are expected to be")
    return "\n".join(lines)


def _costs_row(costing: Costing) -> str:
    return f"not decided: {costing.reason}" if costing.reason else "; ".join(map(amount_line, costing.amounts))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
