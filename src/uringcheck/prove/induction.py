"""Proof by induction: what holds at the start and is kept by every step holds everywhere.

All candidates (the invariants asked about and the auxiliary ones) are tried together: each may be assumed before a step
while all have to be shown after it. A candidate that a start or a step breaks is dropped, and the rest is tried again
without it, until nothing more is dropped; what remains is proved together, and nothing was taken on faith. (Flanagan
and Leino, Houdini, FME 2001.) Then everything else that is asked, about steps, failures and deadlocks, has to follow
from what remains in one query for each action.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from uringcheck.diagnostics import InternalError
from uringcheck.explore.outcome import Path, Step
from uringcheck.ir.nodes import Failure
from uringcheck.ir.program import Property, PropertyKind
from uringcheck.lower.z3 import Encoding, State, SymbolicStep, substituted
from uringcheck.lower.z3_values import FALSE, TRUE, Formula, both, every, literal, negated, some_of
from uringcheck.prove.outcome import DOMAIN, Findings, Goal, Open, Proved, Refuted, Story, Task
from uringcheck.prove.solver import Answer, Clock, OutOfTimeError, Solver, minimal

BY_INDUCTION = "induction"


@dataclass(frozen=True)
class Candidate:
    """An invariant that may be assumed as long as nothing breaks it."""

    name: str
    holds: Formula


@dataclass(frozen=True)
class Obligation:
    """Something that must not be: in a state, or on a step (None for the obligations of states)."""

    step: SymbolicStep | None
    bad: Formula
    broken: str


class Induction:
    """One task under induction. `findings` fills up while `run` works, and is true at any time."""

    def __init__(
        self, task: Task, clock: Clock, encoding: Encoding | None = None, given: Sequence[Formula] = ()
    ) -> None:
        """`given` is known besides the invariants: which values open toggles have."""
        self.task, self.clock, self.given = task, clock, tuple(given)
        self.encoding = encoding or Encoding(task.program)
        self.findings = Findings()
        self.vacuity = True
        self._dropped: dict[str, str] = {}

    def run(self) -> Findings:
        """Prove what can be proved within the time."""
        try:
            kept = self._kept()
            self.findings.proved = tuple(candidate.name for candidate in kept)
            self.findings.dropped = dict(self._dropped)
            for goal in self.task.goals:
                self.clock.note(f"induction: {goal.name}")
                self.findings.goals[goal.name] = self._finding(goal, kept)
            if self.vacuity:
                self._find_idle(kept)
        except OutOfTimeError as stop:
            for goal in self.task.goals:
                self.findings.goals.setdefault(goal.name, Open(f"{stop.reason} during induction"))
        except KeyboardInterrupt:
            self.findings.interrupted = True
            for goal in self.task.goals:
                self.findings.goals.setdefault(goal.name, Open("interrupted during induction"))
        return self.findings

    # --- candidates -------------------------------------------------------------------------------------------------

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every invariant asked about, then the auxiliary ones."""
        asked = [goal.stated for goal in self.task.goals if goal.stated is not None]
        found: dict[str, Candidate] = {}
        for one in (*asked, *self.task.auxiliary):
            if one.kind is PropertyKind.INVARIANT:
                found.setdefault(one.name, Candidate(one.name, self._value(one)))
            elif one.kind is PropertyKind.GOAL:
                found.setdefault(one.name, Candidate(one.name, negated(self._value(one))))
        return tuple(found.values())

    def _value(self, property_: Property) -> Formula:
        assert property_.block is not None
        return self.encoding.judged(property_.block).holds

    def _kept(self) -> list[Candidate]:
        """The candidates that are proved together."""
        kept = self._true_at_the_start(list(self.candidates))
        again = True
        while again and kept:
            again = False
            for step in self.encoding.steps:
                before = len(kept)
                kept = self._kept_by(step, kept)
                again = again or len(kept) < before
        return kept

    def _true_at_the_start(self, kept: list[Candidate]) -> list[Candidate]:
        for start in self.encoding.starts:
            taken, state = (start.taken, start.after) if isinstance(start, SymbolicStep) else (TRUE, start)
            name = start.action.name if isinstance(start, SymbolicStep) else "init"
            while kept:
                self.clock.note(f"induction: {len(kept)} invariants at the start")
                after = [substituted(candidate.holds, self.encoding.state, state) for candidate in kept]
                answer = self._ask(taken, negated(every(after)))
                if not answer.satisfiable:
                    break
                kept = self._without_false(kept, after, answer, f"false after `{name}`")
        return kept

    def _kept_by(self, step: SymbolicStep, kept: list[Candidate]) -> list[Candidate]:
        """The candidates left after those are dropped that this action breaks."""
        while kept:
            self.clock.note(f"induction: {len(kept)} invariants after {step.action.name}")
            after = [self._after(candidate.holds, step) for candidate in kept]
            answer = self._ask(*self._known(kept), step.taken, negated(every(after)))
            if not answer.satisfiable:
                return kept
            kept = self._without_false(kept, after, answer, f"not kept by `{step.action.name}`")
        return kept

    def _without_false(
        self, kept: list[Candidate], after: Sequence[Formula], answer: Answer, why: str
    ) -> list[Candidate]:
        left = []
        for candidate, formula in zip(kept, after, strict=True):
            if _true(answer, formula):
                left.append(candidate)
            else:
                self._dropped.setdefault(candidate.name, why)
        return left

    def _known(self, kept: Sequence[Candidate]) -> list[Formula]:
        return [self.encoding.well_typed, *(candidate.holds for candidate in kept)]

    def _after(self, formula: Formula, step: SymbolicStep) -> Formula:
        return substituted(formula, self.encoding.state, step.after)

    def _ask(self, *formulas: Formula) -> Answer:
        began = time.perf_counter()
        try:
            return Solver(self.clock, *self.given, *formulas).check()
        finally:
            self.findings.queries += 1
            self.findings.slowest = max(self.findings.slowest, time.perf_counter() - began)

    # --- goals ------------------------------------------------------------------------------------------------------

    def _finding(self, goal: Goal, kept: list[Candidate]) -> Proved | Refuted | Open:
        if goal.kind in (PropertyKind.TEMPORAL, PropertyKind.CONSTRAINT):
            return Open("induction is about states and steps, not about behaviours")
        if goal.kind in (PropertyKind.INVARIANT, PropertyKind.GOAL):
            if any(candidate.name == goal.name for candidate in kept):
                return Proved(BY_INDUCTION, self._support(goal.name, kept) if self.task.support else ())
            return self._unproved(goal, kept)
        broken = next(self._broken(self._obligations(goal), kept), None)
        if broken is None:
            return Proved(BY_INDUCTION, self._support(goal.name, kept) if self.task.support else ())
        return Open(_reason(broken), story=broken)

    def _unproved(self, goal: Goal, kept: list[Candidate]) -> Refuted | Open:
        """Why an invariant was dropped: a start that breaks it, or a step from where everything else holds."""
        candidate = next(one for one in self.candidates if one.name == goal.name)
        path = self._false_start(candidate)
        if path is not None:
            return Refuted(path, goal.name)
        obligations = [
            Obligation(step, both(step.taken, negated(self._after(candidate.holds, step))), goal.name)
            for step in self.encoding.steps
        ]
        broken = next(self._broken(obligations, [*kept, candidate]), None)
        if broken is None:
            return Open("it rests on an invariant that induction does not prove")
        return Open(_reason(broken), story=broken)

    def _false_start(self, candidate: Candidate) -> Path | None:
        for start in self.encoding.starts:
            if not isinstance(start, SymbolicStep):
                holds = substituted(candidate.holds, self.encoding.state, start)
                if self._ask(negated(holds)).satisfiable:
                    return Path(Step("init"), (self.task.program.start,), ())
                continue
            holds = substituted(candidate.holds, self.encoding.state, start.after)
            answer = self._ask(start.taken, negated(holds))
            if answer.satisfiable:
                chosen = Step(start.action.name, self.encoding.decode_arguments(start, answer.model))
                return Path(chosen, (self.encoding.decode(start.after, answer.model),), ())
        return None

    def _obligations(self, goal: Goal) -> list[Obligation]:
        """What must not be for the goal to hold, given the invariants."""
        if goal.kind is PropertyKind.STEP:
            assert goal.stated is not None
            assert goal.stated.block is not None
            block = goal.stated.block
            return [
                Obligation(
                    step, both(step.taken, negated(self.encoding.judged(block, after=step.after).holds)), goal.name
                )
                for step in self.encoding.steps
            ]
        if goal.kind is PropertyKind.DEADLOCK:
            final = FALSE if goal.stated is None else self._value(goal.stated)
            return [Obligation(None, both(self.stuck, negated(final)), goal.name)]
        return self._failures(Failure.DOMAIN if goal.name == DOMAIN else Failure.ASSERT)

    def _failures(self, failure: Failure) -> list[Obligation]:
        """Every way to fail: at a start, in a step, or while a property is judged."""
        found: list[Obligation] = []
        for start in self.encoding.starts:
            if isinstance(start, SymbolicStep):
                # A start has no state before it, and nothing is known there.
                found += [
                    Obligation(start, bad, check.message) for check, bad in start.failures if check.failure is failure
                ]
        for step in self.encoding.steps:
            found += [Obligation(step, bad, check.message) for check, bad in step.failures if check.failure is failure]
        for one in self.task.program.properties:
            if one.block is None:
                continue
            if one.kind is PropertyKind.STEP:
                for step in self.encoding.steps:
                    judged = self.encoding.judged(one.block, after=step.after)
                    found += [
                        Obligation(step, both(step.taken, bad), f"{check.message}, in {one.name}")
                        for check, bad in judged.failures
                        if check.failure is failure
                    ]
            else:
                found += [
                    Obligation(None, bad, f"{check.message}, in {one.name}")
                    for check, bad in self.encoding.judged(one.block).failures
                    if check.failure is failure
                ]
        return found

    @cached_property
    def stuck(self) -> Formula:
        """That no action can be taken or fails, whatever its arguments."""
        return every(negated(some_of(instances(self.encoding, step))) for step in self.encoding.steps)

    def _broken(self, obligations: Sequence[Obligation], kept: Sequence[Candidate]) -> Iterator[Story]:
        """The obligations that do not follow, action by action; one question is asked for all of an action."""
        groups: dict[int, list[Obligation]] = {}
        for obligation in obligations:
            groups.setdefault(id(obligation.step), []).append(obligation)
        for group in groups.values():
            answer = self._ask(*self._known(kept), some_of(obligation.bad for obligation in group))
            if answer.satisfiable:
                worst = next(obligation for obligation in group if _true(answer, obligation.bad))
                yield self._story(worst, answer)

    def _story(self, obligation: Obligation, answer: Answer) -> Story:
        before = self.encoding.decode(self.encoding.state, answer.model)
        step = obligation.step
        if step is None:
            return Story(before, None, None, obligation.broken)
        taken = Step(step.action.name, self.encoding.decode_arguments(step, answer.model))
        after = self.encoding.decode(step.after, answer.model) if _true(answer, step.taken) else None
        return Story(before, taken, after, obligation.broken)

    # --- what a proof rests on --------------------------------------------------------------------------------------

    def _support(self, name: str, kept: Sequence[Candidate]) -> tuple[str, ...]:
        """Invariants from which the goal follows, and which follow from each other. None can be left out one by one."""
        by_name = {candidate.name: candidate for candidate in kept}
        needed: dict[str, None] = {}
        queue = [name]
        goals = {goal.name: goal for goal in self.task.goals}
        while queue:
            current = queue.pop(0)
            if current in by_name:
                direct = self._needed_to_keep(by_name[current], kept)
            else:
                direct = self._needed_for(self._obligations(goals[current]), kept)
            for other in direct:
                if other not in needed and other != name:
                    needed[other] = None
                    queue.append(other)
        return tuple(candidate.name for candidate in kept if candidate.name in needed)

    def _needed_to_keep(self, candidate: Candidate, kept: Sequence[Candidate]) -> set[str]:
        if candidate.name not in self._needs:
            obligations = [
                Obligation(step, both(step.taken, negated(self._after(candidate.holds, step))), candidate.name)
                for step in self.encoding.steps
            ]
            self._needs[candidate.name] = self._needed_for(obligations, kept, candidate)
        return self._needs[candidate.name]

    @cached_property
    def _needs(self) -> dict[str, set[str]]:
        return {}

    def _needed_for(
        self, obligations: Sequence[Obligation], kept: Sequence[Candidate], itself: Candidate | None = None
    ) -> set[str]:
        """Candidates that together exclude every obligation; a candidate is free to use for its own preservation."""
        others = [candidate for candidate in kept if candidate is not itself]
        found: set[str] = set()
        own = [] if itself is None else [itself.holds]
        groups: dict[int, list[Formula]] = {}
        for obligation in obligations:
            groups.setdefault(id(obligation.step), []).append(obligation.bad)
        for bads in groups.values():
            solver = Solver(self.clock, self.encoding.well_typed, *self.given, *own, some_of(bads))
            assumptions = [candidate.holds for candidate in others]
            answer = solver.check(*assumptions)
            self.findings.queries += 1
            if answer.satisfiable:
                # Cannot be: the same question had no model when all candidates were asserted.
                raise InternalError("a proof that was found does not hold up")
            found |= {others[n].name for n in minimal(solver, assumptions, answer.core)}
        return found

    def used_of_given(self, goal: Goal, support: Sequence[str]) -> tuple[int, ...]:
        """Positions in `given` of what the proof of a goal from these invariants used, none of it in vain."""
        by_name = {candidate.name: candidate for candidate in self.candidates}
        carrying = [by_name[name] for name in support]
        if goal.name in by_name and by_name[goal.name] not in carrying:
            carrying.append(by_name[goal.name])
        used: set[int] = set()
        known = [self.encoding.well_typed, *(candidate.holds for candidate in carrying)]
        for step in self.encoding.steps:
            bad = [both(step.taken, negated(every(self._after(candidate.holds, step) for candidate in carrying)))]
            if goal.name not in by_name:
                bad += [one.bad for one in self._obligations(goal) if one.step is step]
            used |= self._used([*known, some_of(bad)])
        if goal.name not in by_name:
            used |= self._used([*known, some_of(one.bad for one in self._obligations(goal) if one.step is None)])
        for start in self.encoding.starts:
            taken, state = (start.taken, start.after) if isinstance(start, SymbolicStep) else (TRUE, start)
            after = substituted(every(candidate.holds for candidate in carrying), self.encoding.state, state)
            used |= self._used([taken, negated(after)])
        return tuple(sorted(used))

    def _used(self, formulas: Sequence[Formula]) -> set[int]:
        solver = Solver(self.clock, *formulas)
        answer = solver.check(*self.given)
        self.findings.queries += 1
        if answer.satisfiable:
            raise InternalError("a proof that was found does not hold up")
        return set(minimal(solver, self.given, answer.core))

    # --- vacuity ----------------------------------------------------------------------------------------------------

    def _find_idle(self, kept: Sequence[Candidate]) -> None:
        """Find actions whose guard contradicts the invariants: what was proved of them was proved of nothing."""
        idle: list[str] = []
        ruled_out: list[str] = []
        for step in self.encoding.steps:
            self.clock.note(f"induction: can {step.action.name} be taken at all?")
            if not self._ask(*self._known(kept), step.taken).satisfiable:
                possible = self._ask(self.encoding.well_typed, step.taken).satisfiable
                (idle if possible else ruled_out).append(step.action.name)
        self.findings.idle, self.findings.ruled_out = tuple(idle), tuple(ruled_out)


def instances(encoding: Encoding, step: SymbolicStep) -> list[Formula]:
    """Where each instance of an action is enabled, or fails."""
    found = []
    for arguments in step.action.instances():
        made: State = tuple(
            literal(argument.type, value) for argument, value in zip(step.action.arguments, arguments, strict=True)
        )
        found.append(substituted(step.enabled, step.arguments, made))
    return found


def _true(answer: Answer, formula: Formula) -> bool:
    import z3  # type: ignore[import-untyped]

    return bool(z3.is_true(answer.model.eval(formula, model_completion=True)))


def _reason(story: Story) -> str:
    where = (
        f"`{story.step.action}` may lead out of what is known" if story.step else "what is known does not exclude it"
    )
    return f"not inductive: {where}"
