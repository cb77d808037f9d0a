"""From a question to a result: compile, search, replay every path, and say no more than is known.

Besides the properties that the author wrote, three are always asked for, under these names:

    no_deadlock   every reachable state has a successor; under the name of the model's `@final` when it has one
    domain        no value leaves its range, no empty queue is popped, no index lies outside
    assert        no `assert` fails, when the spec contains one

Selecting properties never deselects `domain` and `assert`: what fails there takes the ground from under the rest.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from uringcheck.diagnostics import EngineDisagreement
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.auto import search_auto
from uringcheck.explore.outcome import Cut, Lasso, Limits, Outcome, Path, Progress, Request
from uringcheck.explore.search import NO_DEADLOCK
from uringcheck.explore.vacuity import vacuity
from uringcheck.ir import build
from uringcheck.ir.nodes import Check, Failure, statements
from uringcheck.ir.program import Block, Program, Property, PropertyKind
from uringcheck.run.question import Question, Subject
from uringcheck.run.results import ActionCount, PropertyResult, Result
from uringcheck.run.verdicts import Kind, Verdict, judge

if TYPE_CHECKING:
    from uringcheck.explore.symmetry import Symmetry
    from uringcheck.explore.temporal import TemporalVerdict
    from uringcheck.lang.plain import PlainRun
    from uringcheck.run.agreement import Agreement
    from uringcheck.run.coverage import Coverage
    from uringcheck.trace.model import Trace

DOMAIN = "domain"
ASSERT = "assert"

_DOCS = {
    DOMAIN: "No value leaves its range, no empty queue is popped, no index lies outside.",
    ASSERT: "No assertion fails.",
    NO_DEADLOCK: "Every reachable state has a successor.",
}


@value_class
class Asked:
    """A property as results list it."""

    name: str
    kind: Kind
    doc: str
    location: str


def check(question: Question, subject: Subject, observe: Callable[[Progress], None] | None = None) -> Result:
    """The answer to a question about a subject. `observe` hears how far the search is.

    Raises SpecError when the spec is wrong, EngineDisagreement when two readers of it differ.
    """
    asked = asked_of(question, subject)
    program = narrowed(subject.program, asked)
    request = Request(question.limits, question.all_violations, question.graph_stats, question.compact, observe)
    symmetry, unreduced = _symmetry(question, program)
    outcome = search_auto(program, request, question.engine, question.threads, symmetry)
    decided = _decided(program, outcome, request, question.engine)
    tell = Storyteller(question, subject, program)
    properties = tuple(
        _temporal(one, decided[one.name], tell) if one.name in decided else _found(one, outcome, question.limits, tell)
        for one in asked
    )
    agreement = _agreement(question, subject, program, outcome, symmetry, observe)
    coverage = _coverage(question, subject, program, outcome, observe)
    emptiness = vacuity(program, outcome)
    return Result(
        model=subject.label,
        preset=subject.preset,
        params=subject.params,
        complete=outcome.complete,
        cut_by=outcome.cut_by.value if outcome.cut_by else None,
        states=outcome.states,
        transitions=outcome.transitions,
        depth=outcome.depth,
        properties=properties,
        vacuous=(*emptiness.vacuous, *_empty(decided, (*emptiness.vacuous, *emptiness.disabled))),
        disabled=tuple(emptiness.disabled),
        initial=outcome.initial,
        edges=outcome.edges,
        terminal=outcome.terminal,
        levels=tuple(outcome.levels),
        constraints=tuple(one.name for one in program.properties if one.kind is PropertyKind.CONSTRAINT),
        reductions=(str(symmetry),) if symmetry is not None else (),
        unreduced=unreduced,
        omission_bound=outcome.omission_bound,
        cut_states=outcome.cut_states,
        given=subject.given,
        actions=_counts(program, outcome),
        agreement=str(agreement) if agreement else None,
        interrupted=Cut.INTERRUPTED in (outcome.cut_by, agreement and agreement.cut_by)
        or (question.coverage and coverage is None),
        coverage=coverage,
        seconds=outcome.seconds,
    )


def _symmetry(question: Question, program: Program) -> tuple[Symmetry | None, str]:
    """The symmetry to search up to, if any; why there is none although the model declares one."""
    from uringcheck.ir.symmetry import interchangeable_types

    if not interchangeable_types(program):
        return None, ""
    if not question.symmetry:
        return None, "symmetry was not wanted"
    if question.coverage:
        return None, "coverage is of every instance of an action"
    from uringcheck.explore.symmetry import symmetry_of

    found = symmetry_of(program)
    return (None, found) if isinstance(found, str) else (found, "")


def asked_of(question: Question, subject: Subject) -> tuple[Asked, ...]:
    """What the question asks of the subject. Raises SpecError, and UsageError for an unknown property."""
    return selected(everything_asked(subject.program), question.properties)


class Storyteller:
    """Turns paths into traces, which the plain run must confirm; one plain run for all of them."""

    def __init__(self, question: Question, subject: Subject, program: Program) -> None:
        self._question, self._subject, self._program = question, subject, program
        self._run: PlainRun | None = None

    def __call__(self, path: Path | Lasso, about: str) -> Trace:
        """The trace of a path about the property of that name; raises Disagreement."""
        from uringcheck.lang.plain import PlainRun
        from uringcheck.trace.replay import replayed

        if self._run is None:
            self._run = PlainRun(self._subject.tree)
        model, preset = self._question.model, self._question.preset
        try:
            if isinstance(path, Lasso):
                from uringcheck.trace.lassos import replayed_lasso

                return replayed_lasso(self._run, self._program, path, about, model=model, preset=preset)
            return replayed(self._run, self._program, path, about, model=model, preset=preset)
        except EngineDisagreement as error:
            from uringcheck.run.bundle import Disagreement, reproduction

            files = {"path.txt": f"{about}\n{path}\n", **reproduction(self._subject, self._program)}
            raise Disagreement(str(error), files) from error


def _found(asked: Asked, outcome: Outcome, limits: Limits, tell: Storyteller) -> PropertyResult:
    path = outcome.paths.get(asked.name)
    story = None if path is None else tell(path, asked.name)
    judgement = judge(asked.kind, story is not None, outcome)
    bounded = judgement.verdict is Verdict.HOLDS_UP_TO_K
    return PropertyResult(
        name=asked.name,
        kind=asked.kind,
        verdict=judgement.verdict,
        reason=judgement.reason,
        steps=None if path is None else len(path.steps),
        k=limits.depth if bounded else None,
        doc=asked.doc,
        location=asked.location,
        story=story,
    )


def _decided(program: Program, outcome: Outcome, request: Request, engine: str) -> dict[str, TemporalVerdict]:
    """The verdicts on temporal properties. What decides them is not even loaded for a model without any."""
    if not any(one.kind is PropertyKind.TEMPORAL for one in program.properties):
        return {}
    from uringcheck.run.temporal import temporal_verdicts

    return temporal_verdicts(program, outcome, request, engine)


def _empty(decided: dict[str, TemporalVerdict], known: tuple[str, ...]) -> list[str]:
    if not decided:
        return []
    from uringcheck.run.temporal import emptiness_of

    return emptiness_of(decided, known)


def _temporal(asked: Asked, decided: TemporalVerdict, tell: Storyteller) -> PropertyResult:
    words = {"holds": Verdict.HOLDS, "violated": Verdict.VIOLATED, "not decided": Verdict.NOT_DECIDED}
    story = None if decided.lasso is None else tell(decided.lasso, asked.name)
    if story is not None:
        from uringcheck.run.temporal import doom_notes

        story = functools.reduce(lambda trace, note: trace.noting(note), doom_notes(decided.doom), story)
    return PropertyResult(
        name=asked.name,
        kind=asked.kind,
        verdict=words[decided.verdict],
        reason=decided.reason,
        steps=None if story is None else story.length,
        doc=asked.doc,
        location=asked.location,
        story=story,
    )


def _counts(program: Program, outcome: Outcome) -> tuple[ActionCount, ...]:
    return tuple(
        ActionCount(action.name, fired, new, str(action.span))
        for action, fired, new in zip(program.actions, outcome.fired, outcome.new, strict=True)
    )


def _agreement(
    question: Question,
    subject: Subject,
    program: Program,
    outcome: Outcome,
    symmetry: Symmetry | None,
    observe: Callable[[Progress], None] | None,
) -> Agreement | None:
    if not question.cross_check or outcome.cut_by is Cut.INTERRUPTED:
        return None
    from uringcheck.run.agreement import cross_check

    canonical = None if symmetry is None else symmetry.canonical
    return cross_check(question, subject, program, outcome, observe, canonical)


def _coverage(
    question: Question,
    subject: Subject,
    program: Program,
    outcome: Outcome,
    observe: Callable[[Progress], None] | None,
) -> Coverage | None:
    """What the search made use of, if that was asked for; None also after Ctrl-C."""
    if not question.coverage or outcome.cut_by is Cut.INTERRUPTED:
        return None
    from uringcheck.run.coverage import coverage_of

    return coverage_of(subject, program, outcome, observe)


def narrowed(program: Program, asked: tuple[Asked, ...]) -> Program:
    """The program with nothing but the properties asked for, so that no other one ends the search."""
    names = {one.name for one in asked}
    kept = [one for one in program.properties if one.kind is PropertyKind.CONSTRAINT or one.name in names]
    if not any(one.kind is Kind.DEADLOCK for one in asked):
        anything = Block((), build.TRUE)
        kept.append(Property("every_state_is_final", PropertyKind.DEADLOCK, "", program.actions[0].span, anything))
    return replace(program, properties=tuple(kept))


def everything_asked(program: Program) -> tuple[Asked, ...]:
    """What can be asked of a program, in the order of results: the author's properties, then those of every model."""
    written = [_asked(one) for one in program.properties if one.kind is not PropertyKind.CONSTRAINT]
    implied = []
    if not any(one.kind is Kind.DEADLOCK for one in written):
        implied.append(NO_DEADLOCK)
    implied.append(DOMAIN)
    if _asserts(program):
        implied.append(ASSERT)
    kinds = {NO_DEADLOCK: Kind.DEADLOCK, DOMAIN: Kind.DOMAIN, ASSERT: Kind.ASSERT}
    return (*written, *(Asked(name, kinds[name], _DOCS[name], "") for name in implied))


def _asked(written: Property) -> Asked:
    return Asked(written.name, Kind(written.kind.value), written.doc, str(written.span))


def _asserts(program: Program) -> bool:
    bodies = [action.body for action in (*program.inits, *program.actions)]
    bodies += [one.block.body for one in program.properties if one.block]
    return any(
        isinstance(statement, Check) and statement.failure is Failure.ASSERT
        for body in bodies
        for statement in statements(body)
    )


def selected(asked: tuple[Asked, ...], names: Iterable[str]) -> tuple[Asked, ...]:
    """Those of these names, and `domain` and `assert` in any case; all when no name is given.

    A property that is bound to several places (`in_order[left]`) is selected by its bare name too. Raises UsageError.
    """
    wanted = tuple(names)
    if not wanted:
        return asked
    known = {one.name for one in asked} | {bare_name(one.name) for one in asked}
    for name in wanted:
        if name not in known:
            from uringcheck.lang.tree import unknown

            raise unknown("property", name, [one.name for one in asked], "UC015")
    return tuple(one for one in asked if one.name in (DOMAIN, ASSERT) or {one.name, bare_name(one.name)} & {*wanted})


def bare_name(name: str) -> str:
    """The property's name without the place it is bound to."""
    return name.partition("[")[0]
