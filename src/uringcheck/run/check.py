"""From a question to a result: compile, search, replay every path, and say no more than is known.

Besides the properties that the author wrote, three are always asked for, under these names:

    no_deadlock   every reachable state has a successor; under the name of the model's `@final` when it has one
    domain        no value leaves its range, no empty queue is popped, no index lies outside
    assert        no `assert` fails, when the spec contains one

Selecting properties never deselects `domain` and `assert`: what fails there takes the ground from under the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from uringcheck.explore.outcome import Cut, Outcome, Path, Progress, Request
from uringcheck.ir.nodes import Check, Failure, statements
from uringcheck.ir.program import Program, Property, PropertyKind
from uringcheck.run.question import Question, Subject
from uringcheck.run.results import ActionCount, PropertyResult, Result
from uringcheck.run.verdicts import Kind, judge

if TYPE_CHECKING:
    from uringcheck.lang.plain import PlainRun
    from uringcheck.trace.model import Trace

DOMAIN = "domain"
ASSERT = "assert"
NO_DEADLOCK = "no_deadlock"

_DOCS = {
    DOMAIN: "No value leaves its range, no empty queue is popped, no index lies outside.",
    ASSERT: "No assertion fails.",
    NO_DEADLOCK: "Every reachable state has a successor.",
}


@dataclass(frozen=True)
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
    from uringcheck.explore.search import search
    from uringcheck.explore.vacuity import vacuity
    from uringcheck.ir.rewrite import specialise
    from uringcheck.lang.compiling import compile_tree

    open_program = compile_tree(subject.tree)
    asked = selected(everything_asked(open_program), question.properties)
    program = specialise(narrowed(open_program, asked))
    request = Request(question.limits, question.all_violations, question.graph_stats, observe)
    outcome = search(program, request)
    stories = _Stories(subject, program)
    found = tuple(_found(one, outcome, stories) for one in asked)
    emptiness = vacuity(program, outcome)
    result = Result(
        model=subject.label,
        preset=subject.preset,
        params=subject.params,
        complete=outcome.complete,
        cut_by=outcome.cut_by.value if outcome.cut_by else None,
        states=outcome.states,
        transitions=outcome.transitions,
        depth=outcome.depth,
        properties=found,
        initial=outcome.initial,
        edges=outcome.edges,
        terminal=outcome.terminal,
        levels=tuple(outcome.levels),
        constraints=tuple(p.name for p in program.properties if p.kind is PropertyKind.CONSTRAINT),
        collision_bound=outcome.collision_bound,
        cut_states=outcome.cut_states,
        given=subject.given,
        actions=_counts(program, outcome),
        seconds=outcome.seconds,
    )
    return result


def everything_asked(program: Program) -> tuple[Asked, ...]:
    """What can be asked of a program, in the order of results: the author's properties, then the three of every model."""
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
