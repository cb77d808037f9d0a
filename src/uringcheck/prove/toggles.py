"""What the answer of one setting of the toggles says about others.

A behaviour that breaks a property breaks it under every setting under which the same actions do the same damage: the
behaviour is followed with the toggles open, and what is left is a condition on toggles alone. A proof by induction
holds under every setting that leaves alone what the proof used of the toggles.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.explore.outcome import Path, Step
from uringcheck.ir.program import PropertyKind
from uringcheck.lower.z3 import Encoding, State, SymbolicStep, substituted
from uringcheck.lower.z3_values import FALSE, TRUE, Formula, both, every, leaves, literal, negated, reshaped, some_of
from uringcheck.prove.induction import Induction, instances
from uringcheck.prove.outcome import Findings, Goal, Open, Proved, Task
from uringcheck.prove.regions import Cube
from uringcheck.prove.solver import Clock, Solver, minimal


class OpenToggles:
    """A task whose program has open toggles."""

    def __init__(self, task: Task, names: Sequence[str], clock: Clock) -> None:
        """`names` are the open toggles that vary."""
        self.task, self.names, self.clock = task, tuple(names), clock
        self.encoding = Encoding(task.program)
        self._goals = {goal.name: goal for goal in task.goals}

    def literals(self, setting: Cube) -> list[Formula]:
        """That the toggles have these values, in the order of `names`; one that has none stays free."""
        toggles = self.encoding.toggles
        return [toggles[n] if setting[n] else negated(toggles[n]) for n in self.names if n in setting]

    # --- behaviours -------------------------------------------------------------------------------------------------

    def guilty(self, path: Path, about: str, setting: Cube) -> list[dict[str, bool]]:
        """Cubes that together are all settings under which the path's actions break the property."""
        condition = self._condition(path, about)
        solver = Solver(self.clock, condition)
        cubes: list[dict[str, bool]] = []
        here: Cube | None = setting
        while here is not None:
            cube = self._inside(condition, here)
            cubes.append(cube)
            solver.add(negated(every(self.literals(cube))))
            answer = solver.check()
            here = None
            if answer.satisfiable:
                here = {
                    name: bool(z3.is_true(answer.model.eval(self.encoding.toggles[name], model_completion=True)))
                    for name in self.names
                }
        return cubes

    def _inside(self, condition: Formula, setting: Cube) -> dict[str, bool]:
        """A cube around a setting in which the condition is always true, and from which nothing can be dropped."""
        literals = self.literals(setting)
        solver = Solver(self.clock, negated(condition))
        answer = solver.check(*literals)
        if answer.satisfiable:
            raise InternalError("a behaviour that was found under a setting does not exist when toggles are open")
        kept = minimal(solver, literals, answer.core)
        return {self.names[n]: setting[self.names[n]] for n in kept}

    def _condition(self, path: Path, about: str) -> Formula:
        """The settings under which the actions of a path can be taken one after the other and break the property."""
        conditions: list[Formula] = []
        failing = path.failed is not None and path.failed.judged is None
        state, start = self._started(path.start)
        if failing and not path.steps:
            return (
                z3.simplify(some_of(bad for check, bad in start.failures if check.failure.value == about))
                if start
                else FALSE
            )
        if start is not None:
            conditions.append(start.taken)
        before = state
        for number, named in enumerate(path.steps):
            step = self._seen_from(named, state)
            if failing and number == len(path.steps) - 1:
                conditions.append(some_of(bad for check, bad in step.failures if check.failure.value == about))
                return z3.simplify(every(conditions))
            conditions.append(step.taken)
            before, state = state, _simple(step.after)
        conditions.append(self._broken(path, about, before, state))
        return z3.simplify(every(conditions))

    def _started(self, named: Step) -> tuple[State, SymbolicStep | None]:
        for start in self.encoding.starts:
            if not isinstance(start, SymbolicStep):
                return start, None
            if start.action.name == named.action:
                seen = self._with_arguments(start, named)
                return _simple(seen.after), seen
        raise InternalError(f"no start `{named.action}`")

    def _seen_from(self, named: Step, state: State) -> SymbolicStep:
        step = next(step for step in self.encoding.steps if step.action.name == named.action)
        here = self._with_arguments(step, named)
        taken, failures, after = substituted(
            (here.taken, tuple(bad for _, bad in here.failures), here.after), self.encoding.state, state
        )
        checks = [check for check, _ in here.failures]
        return SymbolicStep(step.action, (), TRUE, taken, tuple(zip(checks, failures, strict=True)), after)

    @staticmethod
    def _with_arguments(step: SymbolicStep, named: Step) -> SymbolicStep:
        made = tuple(literal(a.type, value) for a, value in zip(step.action.arguments, named.arguments, strict=True))
        taken, failures, after = substituted(
            (step.taken, tuple(bad for _, bad in step.failures), step.after), step.arguments, made
        )
        checks = [check for check, _ in step.failures]
        return SymbolicStep(step.action, (), TRUE, taken, tuple(zip(checks, failures, strict=True)), after)

    def _broken(self, path: Path, about: str, before: State, state: State) -> Formula:
        if path.failed is not None:
            judged_name = path.failed.judged
            one = next(one for one in self.task.program.properties if one.name == judged_name)
            assert one.block is not None
            pair = (before, state) if one.kind is PropertyKind.STEP else (state, None)
            return some_of(
                bad for check, bad in self.encoding.judged(one.block, *pair).failures if check.failure.value == about
            )
        goal = self._goals[about]
        if goal.kind is PropertyKind.DEADLOCK:
            stuck = substituted(
                every(negated(some_of(instances(self.encoding, step))) for step in self.encoding.steps),
                self.encoding.state, state,
            )  # fmt: skip
            if goal.stated is None or goal.stated.block is None:
                return stuck
            return both(stuck, self.encoding.judged(goal.stated.block, state).refuted)
        assert goal.stated is not None
        assert goal.stated.block is not None
        if goal.kind is PropertyKind.STEP:
            return self.encoding.judged(goal.stated.block, before, state).refuted
        return self.encoding.judged(goal.stated.block, state).refuted

    # --- proofs -----------------------------------------------------------------------------------------------------

    def proof(self, cube: Cube, goal: Goal) -> tuple[dict[str, bool], tuple[str, ...]] | str:
        """A proof of the goal for all settings in a cube: what it used of the toggles, and the invariants.

        Where there is none, why: in words that can be shown.
        """
        named = [name for name in self.names if name in cube]
        task = Task(self.task.program, (goal,), self.task.auxiliary)
        induction = Induction(task, self.clock, self.encoding, self.literals(cube))
        induction.vacuity = False
        findings = induction.run()
        if findings.interrupted:
            raise KeyboardInterrupt
        finding = findings.goals[goal.name]
        if not isinstance(finding, Proved):
            self.clock.left()
            assert isinstance(finding, Open)
            return _why(finding, findings)
        used = induction.used_of_given(goal, finding.using)
        return {named[n]: cube[named[n]] for n in used}, finding.using


def _why(finding: Open, findings: Findings) -> str:
    lost = ", ".join(findings.dropped)
    return finding.reason + (f"; with these toggles free induction loses {lost}" if lost else "")


def _simple(state: State) -> State:
    simplified = reshaped(state, (z3.simplify(leaf) for leaf in leaves(state)))
    assert isinstance(simplified, tuple)
    return simplified
