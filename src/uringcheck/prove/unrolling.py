"""Behaviours written out: every state of the first k steps as unknowns, and the question whether one of them is bad.

From the start that finds shortest violations (bounded model checking, Biere and others 1999). From anywhere, with the
goal true in the states before, it is the step of k-induction (Sheeran and others 2000); no state is visited twice
there, and the invariants that were proved before may be used in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.explore.outcome import FailedStep, Path, Step
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import PropertyKind
from uringcheck.lower.z3 import Encoding, State, SymbolicStep, substituted
from uringcheck.lower.z3_values import (
    FALSE,
    TRUE,
    Formula,
    Term,
    bits,
    both,
    chosen,
    every,
    leaves,
    negated,
    reshaped,
    same,
    some_of,
    valid,
)
from uringcheck.prove.induction import instances
from uringcheck.prove.outcome import Findings, Goal, Open, Proved, Refuted, Task
from uringcheck.prove.solver import Answer, Clock, OutOfTimeError, Solver


@dataclass(frozen=True)
class Bad:
    """What must not happen where a behaviour ends. `check` failed in the last step, or while `judged` was asked."""

    goal: str
    formula: Formula
    check: Check | None = None
    judged: str | None = None


@dataclass
class Behaviour:
    """The states of a behaviour of unknown steps, and which action each step is of."""

    states: list[State] = field(default_factory=list)
    which: list[Term] = field(default_factory=list)
    arguments: list[list[tuple[Term, ...]]] = field(default_factory=list)
    start: Term | None = None


class Unrolling:
    """The behaviours of one encoding, step by step longer."""

    def __init__(self, task: Task, clock: Clock, encoding: Encoding | None = None) -> None:
        self.task, self.clock = task, clock
        self.encoding = encoding or Encoding(task.program)
        self.behaviour = Behaviour()
        self._primed = self.encoding.numbered(1)
        self._constraints = [
            self.encoding.judged(one.block).holds
            for one in task.program.properties
            if one.kind is PropertyKind.CONSTRAINT and one.block is not None
        ]
        self._judged = {
            one.name: self.encoding.judged(one.block, after=self._primed if one.kind is PropertyKind.STEP else None)
            for one in task.program.properties
            if one.block is not None
        }
        steps = self.encoding.steps
        self._selector = bits(len(steps))
        self._stuck: Formula | None = None

    @property
    def constrained(self) -> bool:
        """Whether some states are not left any more, because a constraint says so."""
        return bool(self._constraints)

    # --- the behaviour ----------------------------------------------------------------------------------------------

    def begin(self) -> list[Formula]:
        """What is known of the first state of a behaviour from the start."""
        starts = self.encoding.starts
        if len(starts) == 1 and not isinstance(starts[0], SymbolicStep):
            self.behaviour.states.append(starts[0])
            return []
        steps = [start for start in starts if isinstance(start, SymbolicStep)]
        which = z3.BitVec("start", bits(len(steps)))
        self.behaviour.start = which
        self.behaviour.states.append(_joined(which, [step.after for step in steps]))
        return [some_of(both(which == number, step.taken) for number, step in enumerate(steps))]

    def begin_anywhere(self) -> list[Formula]:
        """What is known of the first state of any stretch of a behaviour: that it is one."""
        self.behaviour.states.append(self.encoding.numbered(0))
        return [self._well_typed(0)]

    def extend(self, constrained: bool) -> list[Formula]:
        """One more step; what is known of it. `constrained`: only from states inside the constraints."""
        number = len(self.behaviour.which)
        before, after = self.behaviour.states[-1], self.encoding.numbered(number + 1)
        which = z3.BitVec(f"action @{number}", self._selector)
        taken: list[Formula] = []
        targets: list[State] = []
        arguments: list[tuple[Term, ...]] = []
        for position, step in enumerate(self.encoding.steps):
            renamed = self._renamed(step.arguments, number)
            moved = substituted((step.taken, step.after), (self.encoding.state, step.arguments), (before, renamed))
            taken.append(both(which == position, moved[0]))
            targets.append(moved[1])
            arguments.append(renamed)
        self.behaviour.which.append(which)
        self.behaviour.arguments.append(arguments)
        self.behaviour.states.append(after)
        known = [some_of(taken), same(after, _joined(which, targets))]
        if constrained:
            known += [substituted(formula, self.encoding.state, before) for formula in self._constraints]
        return known

    @staticmethod
    def _renamed(arguments: tuple[Term, ...], number: int) -> tuple[Term, ...]:
        parts = (z3.Const(f"{leaf.decl().name()} @{number}", leaf.sort()) for leaf in leaves(arguments))
        renamed = reshaped(arguments, parts)
        assert isinstance(renamed, tuple)
        return renamed

    def _well_typed(self, at: int) -> Formula:
        return every(
            valid(type_, term) for type_, term in zip(self.encoding.types, self.behaviour.states[at], strict=True)
        )

    # --- what is bad ------------------------------------------------------------------------------------------------

    def bad(self, goal: Goal, from_start: bool = True) -> list[Bad]:
        """The ways in which a goal is refuted (or reached) where the behaviour ends, or by its last step."""
        states, steps = self.behaviour.states, len(self.behaviour.which)
        pair = (self.encoding.state, self._primed)
        if goal.kind is PropertyKind.STEP:
            if not steps:
                return []
            return [Bad(goal.name, substituted(self._refuted(goal, from_start), pair, (states[-2], states[-1])))]
        if goal.kind in (PropertyKind.INVARIANT, PropertyKind.GOAL, PropertyKind.DEADLOCK):
            return [Bad(goal.name, substituted(self._refuted(goal, from_start), self.encoding.state, states[-1]))]
        found: list[Bad] = []
        for one in self.task.program.properties if goal.kind is None else ():
            judged = self._judged.get(one.name)
            if judged is None or (one.kind is PropertyKind.STEP and not steps):
                continue
            to = (states[-2], states[-1]) if one.kind is PropertyKind.STEP else (states[-1], self._primed)
            failures = [(check, bad) for check, bad in judged.failures if check.failure.value == goal.name]
            moved = substituted(tuple(bad for _, bad in failures), pair, to)
            found += [Bad(goal.name, bad, check, one.name) for (check, _), bad in zip(failures, moved, strict=True)]
        return found

    def _refuted(self, goal: Goal, from_start: bool) -> Formula:
        if goal.kind is PropertyKind.DEADLOCK:
            final = FALSE if goal.stated is None else self._judged[goal.name].holds
            return every([*(self._constraints if from_start else ()), self.stuck, negated(final)])
        judged = self._judged[goal.name]
        if goal.kind is PropertyKind.GOAL:
            return judged.holds
        return judged.refuted if from_start else negated(judged.holds)

    def failing(self, goal: Goal, from_start: bool = True) -> list[Bad]:
        """The ways in which the last step fails, so that it does not lead to the last state."""
        found: list[Bad] = []
        before = self.behaviour.states[-2]
        inside = every(self._constraints) if from_start else TRUE
        for number, step in enumerate(self.encoding.steps):
            failures = [(check, both(inside, bad)) for check, bad in step.failures if check.failure.value == goal.name]
            to = (before, self.behaviour.arguments[-1][number])
            moved = substituted(tuple(bad for _, bad in failures), (self.encoding.state, step.arguments), to)
            found += [Bad(goal.name, bad, check) for (check, _), bad in zip(failures, moved, strict=True)]
        return found

    def failing_starts(self, goal: Goal) -> list[Bad]:
        """The ways in which a start fails."""
        return [
            Bad(goal.name, bad, check)
            for start in self.encoding.starts
            if isinstance(start, SymbolicStep)
            for check, bad in start.failures
            if check.failure.value == goal.name
        ]

    @property
    def stuck(self) -> Formula:
        """That no action can be taken or fails."""
        if self._stuck is None:
            self._stuck = every(negated(some_of(instances(self.encoding, step))) for step in self.encoding.steps)
        return self._stuck

    # --- reading a model --------------------------------------------------------------------------------------------

    def path(self, answer: Answer, bad: Bad) -> Path:
        """The behaviour that a model gives, ending where `bad` happens."""
        program, model = self.task.program, answer.model
        states = [self.encoding.decode(state, model) for state in self.behaviour.states]
        steps = [self._taken(number, answer) for number in range(len(self.behaviour.which))]
        start = Step("init")
        if self.behaviour.start is not None:
            number = int(model.eval(self.behaviour.start, model_completion=True).as_long())
            chosen_start = self.encoding.starts[number]
            assert isinstance(chosen_start, SymbolicStep)
            start = Step(program.inits[number].name, self.encoding.decode_arguments(chosen_start, model))
        if bad.check is None:
            return Path(start, tuple(states), tuple(steps))
        failed = FailedStep(bad.check.failure, bad.check.message, bad.check.span, bad.judged)
        if bad.judged is not None:
            return Path(start, tuple(states), tuple(steps), failed)
        if not steps:
            return Path(self._failing_start(bad, answer), (), (), failed)
        steps[-1] = self._failing(bad, answer)
        return Path(start, tuple(states[:-1]), tuple(steps), failed)

    def _taken(self, number: int, answer: Answer) -> Step:
        which = int(answer.model.eval(self.behaviour.which[number], model_completion=True).as_long())
        return self._named(which, number, answer)

    def _named(self, which: int, number: int, answer: Answer) -> Step:
        step, arguments = self.encoding.steps[which], self.behaviour.arguments[number][which]
        return Step(step.action.name, self.encoding.decode_arguments(step, answer.model, arguments))

    def _failing_start(self, bad: Bad, answer: Answer) -> Step:
        for start in self.encoding.starts:
            if isinstance(start, SymbolicStep) and any(check is bad.check for check, _ in start.failures):
                return Step(start.action.name, self.encoding.decode_arguments(start, answer.model))
        raise InternalError("a check that belongs to no start")

    def _failing(self, bad: Bad, answer: Answer) -> Step:
        """The last step of a behaviour that ends with a failing one."""
        for which, step in enumerate(self.encoding.steps):
            if any(check is bad.check for check, _ in step.failures):
                return self._named(which, len(self.behaviour.which) - 1, answer)
        raise InternalError("a check that belongs to no action")


def _joined(which: Term, targets: Sequence[State]) -> State:
    """The target of the action that was chosen."""
    made = targets[-1]
    for number in range(len(targets) - 2, -1, -1):
        made = tuple(chosen(which == number, a, b) for a, b in zip(targets[number], made, strict=True))
    return made


def bounded(task: Task, clock: Clock, depth: int, encoding: Encoding | None = None) -> Findings:
    """Shortest violations of up to `depth` steps, all goals at once; every other goal stays open, covered so far."""
    unrolling, findings = Unrolling(task, clock, encoding), Findings()
    goals, covered = list(task.goals), -1
    reason = f"every behaviour of {depth} steps was covered, and longer ones were not looked at"
    try:
        known, solver = unrolling.begin(), Solver(clock)
        _settle(unrolling, solver, [bad for goal in goals for bad in unrolling.failing_starts(goal)], findings, goals)
        solver.add(*known)
        while True:
            clock.note(f"unrolling: {covered + 1} steps, {len(goals)} goals open")
            _settle(unrolling, solver, [bad for goal in goals for bad in unrolling.bad(goal)], findings, goals)
            covered += 1
            if covered == depth or not goals:
                break
            known = unrolling.extend(constrained=True)
            _settle(unrolling, solver, [bad for goal in goals for bad in unrolling.failing(goal)], findings, goals)
            solver.add(*known)
            findings.queries += 1
            if not solver.check().satisfiable:
                if unrolling.constrained:
                    reason = "a constraint left states unexplored"
                    break
                for goal in goals:
                    findings.goals[goal.name] = _complete(goal, covered)
                return findings
    except OutOfTimeError as stop:
        reason = stop.reason
    except KeyboardInterrupt:
        findings.interrupted, reason = True, "interrupted"
    for goal in goals:
        findings.goals[goal.name] = _open(goal, reason, covered)
    return findings


def _open(goal: Goal, reason: str, covered: int) -> Open:
    if goal.kind is PropertyKind.TEMPORAL:
        return Open("unrolling is about finite behaviours")
    return Open(reason, covered if covered >= 0 else None)


def _complete(goal: Goal, longest: int) -> Proved | Open:
    if goal.kind is PropertyKind.TEMPORAL:
        return Open("unrolling is about finite behaviours")
    return Proved(f"unrolling: no behaviour has more than {longest} steps")


def _settle(unrolling: Unrolling, solver: Solver, bads: Sequence[Bad], findings: Findings, goals: list[Goal]) -> None:
    """Find behaviours for the bad things that can happen, one goal after the other."""
    left = list(bads)
    while left:
        findings.queries += 1
        answer = solver.check(some_of(bad.formula for bad in left))
        if not answer.satisfiable:
            return
        met = next(bad for bad in left if z3.is_true(answer.model.eval(bad.formula, model_completion=True)))
        findings.goals[met.goal] = Refuted(unrolling.path(answer, met), met.goal)
        goals[:] = [goal for goal in goals if goal.name != met.goal]
        left = [bad for bad in left if bad.goal != met.goal]


def stepwise(
    task: Task, goal: Goal, clock: Clock, longest: int, proved: Sequence[Formula], encoding: Encoding
) -> Proved | Open:
    """The step of k-induction for one goal, for k up to `longest`: the start is a matter of `bounded`.

    `proved` are invariants that hold in every reachable state. After every k the stretch grows by a step, none of whose
    states may be one it was in before.
    """
    if goal.kind in (PropertyKind.TEMPORAL, PropertyKind.CONSTRAINT):
        return Open("induction is about states and steps, not about behaviours")
    unrolling = Unrolling(task, clock, encoding)
    states = unrolling.behaviour.states
    solver = Solver(clock, *unrolling.begin_anywhere(), *proved)
    open_ = Open(f"not {longest}-inductive")
    for k in range(1, longest + 1):
        clock.note(f"k-induction: {goal.name}, k = {k}")
        solver.add(*(negated(bad.formula) for bad in unrolling.bad(goal, from_start=False)))
        known = unrolling.extend(constrained=False)
        answer = solver.check(some_of(bad.formula for bad in unrolling.failing(goal, from_start=False)))
        solver.add(*(negated(bad.formula) for bad in unrolling.failing(goal, from_start=False)))
        solver.add(*known, *(substituted(formula, encoding.state, states[-1]) for formula in proved))
        solver.add(*(negated(same(states[-1], earlier)) for earlier in states[:-1]))
        if not answer.satisfiable:
            answer = solver.check(some_of(bad.formula for bad in unrolling.bad(goal, from_start=False)))
            if not answer.satisfiable:
                return Proved(f"k-induction with k = {k}")
    return open_
