"""From a model and a question to proofs and refutations, in the words of the verdict table.

    induction     what holds at the start and is kept by every step
    k-induction   likewise, over k steps, after all behaviours of k steps were looked at from the start
    bmc           every behaviour of k steps from the start: the shortest violations, or `holds-up-to-k`
    auto          induction; what it leaves open is searched explicitly, for a story or for an answer

A refutation counts only after the plain run has walked it. A counterexample to induction is none: the state it begins
in may be out of reach, so it is *not decided*, told as two states.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Limits, Path
from uringcheck.ir.program import Program, Property, PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.properties import PropertyMark, lemmas
from uringcheck.lang.tree import Tree, bound_class, unknown
from uringcheck.prove.outcome import Finding, Findings, Goal, Open, Proved, Refuted, Story, Task
from uringcheck.run.check import ASSERT, DOMAIN, Asked, asked_of, bare_name, check
from uringcheck.run.question import Question, Subject
from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.verdicts import Kind, Verdict
from uringcheck.trace.model import Trace

#: Without `--k`: as deep as unrolling reached within seconds on the shipped models.
BMC_DEPTH = 10

#: Without `--k`: more steps seldom help where fewer do not, and each doubles the time.
K_INDUCTION = 4


class Method(enum.Enum):
    """How to prove, as the command line spells it."""

    AUTO = "auto"
    INDUCTION = "induction"
    K_INDUCTION = "k-induction"
    BMC = "bmc"


@value_class
class Aim:
    """How to go about it. `assume` are the only invariants that may help; None is all of them. Seconds, MiB."""

    method: Method = Method.AUTO
    k: int | None = None
    assume: tuple[str, ...] | None = None
    seconds: float | None = None
    memory: float | None = None


@value_class
class Note:
    """What stands behind a verdict: how it was found, the invariants it rests on, a counterexample to induction."""

    how: str = ""
    using: tuple[str, ...] = ()
    story: Story | None = None


@value_class
class Proof:
    """A result with what stands behind each verdict, by the property's name."""

    result: Result
    program: Program
    notes: Mapping[str, Note]
    lemmas: Mapping[str, str]
    proved: tuple[str, ...] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)
    queries: int = 0
    slowest: float = 0.0

    def with_result(self, result: Result) -> Proof:
        """The same proof with another result."""
        return replace(self, result=result)


def with_lemmas(tree: Tree) -> Tree:
    """The tree with the lemmas that are about its classes among its properties."""
    return replace(tree, properties=(*tree.properties, *lemmas_of(tree)))


def lemmas_of(tree: Tree) -> tuple[PropertyMark, ...]:
    """The lemmas about classes of the tree. Raises SpecError for one that names no model."""
    classes = {site.cls for site in tree.root.walk()}
    marks = [mark for module in lemmas.values() for mark in module.values()]
    return tuple(mark for mark in marks if any(issubclass(cls, bound_class(mark)) for cls in classes))


class Prover:
    """One question about one subject."""

    def __init__(self, question: Question, subject: Subject, aim: Aim, observe: Callable[[str], None] | None = None):
        """Raises SpecError for a spec that makes no sense, UsageError for an unknown property."""
        self.question, self.subject, self.aim, self._observe = question, subject, aim, observe
        self.asked = asked_of(question, subject)
        self.lemmas = {mark.name: mark for mark in lemmas_of(subject.tree)}
        self.auxiliary = self._auxiliary()

    @cached_property
    def program(self) -> Program:
        """The compiled model with its lemmas among the properties, its toggles set."""
        return specialise(compile_tree(with_lemmas(self.subject.tree)))

    def _auxiliary(self) -> tuple[Property, ...]:
        """The invariants that may help."""
        known = [one for one in self.program.properties if one.kind is PropertyKind.INVARIANT]
        if self.aim.assume is None:
            return tuple(known)
        for name in self.aim.assume:
            if name not in {one.name for one in known} | {bare_name(one.name) for one in known}:
                raise unknown("invariant", name, [one.name for one in known], "UC015")
        return tuple(one for one in known if {one.name, bare_name(one.name)} & {*self.aim.assume})

    @cached_property
    def task(self) -> Task:
        """What is to be proved."""
        stated = {one.name: one for one in self.program.properties}
        goals = tuple(Goal(one.name, stated.get(one.name)) for one in self.asked)
        relevant = {goal.name for goal in goals} | {one.name for one in self.auxiliary}
        constraints = [one for one in self.program.properties if one.kind is PropertyKind.CONSTRAINT]
        kept = tuple(one for one in self.program.properties if one.name in relevant or one in constraints)
        return Task(replace(self.program, properties=kept), goals, self.auxiliary)

    def run(self) -> Proof:
        """Prove what can be proved, refute what can be refuted."""
        began = time.perf_counter()
        deadline = None if self.aim.seconds is None else time.monotonic() + self.aim.seconds
        findings = self._findings(deadline)
        notes, results = {}, []
        for one in self.asked:
            found, note = self._judged(one, findings.goals[one.name])
            results.append(found)
            notes[one.name] = note
        result = self._result(results, findings)
        if self.aim.method is Method.AUTO and not findings.interrupted:
            result, notes = self._searched(result, notes, deadline)
        result = replace(_without_ground(result), seconds=time.perf_counter() - began)
        return Proof(
            result,
            self.program,
            notes,
            {name: (mark.function.__doc__ or "").split("\n")[0] for name, mark in self.lemmas.items()},
            findings.proved,
            findings.dropped,
            findings.queries,
            findings.slowest,
        )

    # --- methods ----------------------------------------------------------------------------------------------------

    def _findings(self, deadline: float | None) -> Findings:
        # Here, not above: only a proof needs z3, which takes a tenth of a second to import.
        from uringcheck.lower.z3 import Encoding
        from uringcheck.prove.induction import Induction
        from uringcheck.prove.solver import Clock, translated
        from uringcheck.prove.unrolling import bounded

        clock = Clock(deadline, self.aim.memory, self._observe)
        with translated():
            encoding = Encoding(self.task.program)
            if self.aim.method is Method.BMC:
                return bounded(self.task, clock, BMC_DEPTH if self.aim.k is None else self.aim.k, encoding)
            findings = Induction(self.task, clock, encoding).run()
            if self.aim.method is Method.K_INDUCTION and not findings.interrupted:
                self._extend(findings, clock)
            return findings

    def _extend(self, findings: Findings, clock: object) -> None:
        """Try k-induction on what plain induction leaves open."""
        from uringcheck.lower.z3 import Encoding
        from uringcheck.prove.induction import Induction
        from uringcheck.prove.solver import Clock, OutOfTimeError
        from uringcheck.prove.unrolling import bounded, stepwise

        assert isinstance(clock, Clock)
        k = self.aim.k or K_INDUCTION
        encoding = Encoding(self.task.program)
        left = tuple(goal for goal in self.task.goals if isinstance(findings.goals[goal.name], Open))
        base = bounded(replace(self.task, goals=left), clock, k, encoding)
        findings.interrupted = base.interrupted
        candidates = Induction(self.task, clock, encoding).candidates
        proved = [one.holds for one in candidates if one.name in findings.proved]
        for goal in left:
            reached = base.goals[goal.name]
            if not isinstance(reached, Open):
                findings.goals[goal.name] = reached
                continue
            longest = min(k, (-1 if reached.depth is None else reached.depth) + 1)
            if longest < 1:
                findings.goals[goal.name] = reached
                continue
            try:
                found: Finding = stepwise(self.task, goal, clock, longest, proved, encoding)
            except OutOfTimeError as stop:
                found = Open(f"{stop.reason} during k-induction", reached.depth)
            except KeyboardInterrupt:
                findings.interrupted, found = True, Open("interrupted during k-induction", reached.depth)
            if isinstance(found, Open):
                before = findings.goals[goal.name]
                story = before.story if isinstance(before, Open) else None
                found = replace(found, depth=reached.depth, story=story)
            findings.goals[goal.name] = found

    def _searched(
        self, result: Result, notes: dict[str, Note], deadline: float | None
    ) -> tuple[Result, dict[str, Note]]:
        """Let the explicit search answer what is still open, in the time that is left."""
        left = [one.name for one in result.properties if one.verdict is Verdict.NOT_DECIDED]
        remaining = None if deadline is None else deadline - time.monotonic()
        if not left or (remaining is not None and remaining <= 0):
            return result, notes
        if self._observe is not None:
            self._observe(f"search: {', '.join(left)}")
        limits = Limits(seconds=remaining, memory=self.aim.memory)
        asked = replace(self.question, properties=tuple(left), limits=limits, all_violations=True)
        found = check(asked, self.subject)
        by_name = {one.name: one for one in found.properties}
        properties = []
        for one in result.properties:
            other = by_name.get(one.name)
            if one.verdict is not Verdict.NOT_DECIDED or other is None or other.verdict is Verdict.NOT_DECIDED:
                properties.append(one)
                continue
            decided = other.verdict in (Verdict.HOLDS, Verdict.NOT_FOUND)
            how = f"search of all {found.states} states" if decided else "search"
            notes[one.name] = replace(notes[one.name], how=how)
            properties.append(replace(other, reason=how if decided else ""))
        return replace(
            result,
            properties=tuple(properties),
            complete=all(one.verdict is not Verdict.NOT_DECIDED for one in properties),
            interrupted=found.interrupted,
        ), notes

    # --- verdicts ---------------------------------------------------------------------------------------------------

    def _judged(self, asked: Asked, finding: Finding) -> tuple[PropertyResult, Note]:
        kind, goal = asked.kind, asked.kind is Kind.GOAL
        common = PropertyResult(asked.name, kind, Verdict.NOT_DECIDED, doc=asked.doc, location=asked.location)
        match finding:
            case Proved(by, using):
                verdict = Verdict.NOT_FOUND if goal else Verdict.HOLDS
                return replace(common, verdict=verdict, reason=f"by {by}"), Note(by, using)
            case Refuted(path, about):
                verdict = Verdict.FOUND if goal else Verdict.VIOLATED
                told = self._replayed(path, about)
                return replace(common, verdict=verdict, steps=len(path.steps), story=told), Note("unrolling")
            case Open(reason, depth, story):
                limit = BMC_DEPTH if self.aim.k is None else self.aim.k
                if self.aim.method is Method.BMC and depth == limit and not goal:
                    return replace(common, verdict=Verdict.HOLDS_UP_TO_K, k=depth, reason="unrolling"), Note(
                        "unrolling"
                    )
                if depth is not None and depth != limit:
                    reason += f"; every behaviour of {depth} steps was covered"
                return replace(common, reason=reason), Note(story=story)

    def _replayed(self, path: Path, about: str) -> Trace:
        """The path as a trace; raises EngineDisagreement where the plain run walks another way."""
        from uringcheck.lang.plain import PlainRun
        from uringcheck.trace.replay import replayed

        run = PlainRun(self.subject.tree)
        return replayed(run, self.subject.program, path, about, model=self.question.model, preset=self.question.preset)

    def _result(self, properties: Sequence[PropertyResult], findings: Findings) -> Result:
        open_ = [one for one in properties if one.verdict in (Verdict.NOT_DECIDED, Verdict.HOLDS_UP_TO_K)]
        cut = None
        if findings.interrupted:
            cut = "interrupted"
        elif any(one.verdict is Verdict.HOLDS_UP_TO_K for one in open_):
            cut = "depth"
        elif any("time ran out" in one.reason for one in open_):
            cut = "seconds"
        elif any("memory ran out" in one.reason for one in open_):
            cut = "memory"
        return Result(
            model=self.subject.label,
            preset=self.subject.preset,
            params=self.subject.params,
            complete=not open_,
            cut_by=cut,
            states=0,
            transitions=0,
            depth=0,
            properties=tuple(properties),
            vacuous=tuple(
                f"action {name} can never be taken where the proved invariants hold" for name in findings.idle
            ),
            disabled=tuple(f"action {name} is ruled out by the parameters" for name in findings.ruled_out),
            constraints=_names(self.program, PropertyKind.CONSTRAINT),
            given=self.subject.given,
            interrupted=findings.interrupted,
        )


def _names(program: Program, kind: PropertyKind) -> tuple[str, ...]:
    return tuple(one.name for one in program.properties if one.kind is kind)


def _without_ground(result: Result) -> Result:
    """After a failing step nothing else holds for good: what would have come after it is unknown."""
    grounds = [one for one in result.properties if one.name in (DOMAIN, ASSERT) and one.verdict is Verdict.VIOLATED]
    if not grounds:
        return result
    reason = "a step fails, and what would have come after it is unknown"
    return result.with_properties(_weakened(result.properties, reason))


def _weakened(properties: Iterable[PropertyResult], reason: str) -> tuple[PropertyResult, ...]:
    return tuple(
        replace(one, verdict=Verdict.NOT_DECIDED, reason=reason)
        if one.verdict in (Verdict.HOLDS, Verdict.NOT_FOUND)
        else one
        for one in properties
    )
