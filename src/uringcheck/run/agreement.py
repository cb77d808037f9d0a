"""Agreement between readers of one spec: CPython running the author's functions = the Python generated from them.

On every reachable state, the two must have the same steps in the same order, with the same targets; fail in the same
way, with the same words, at the same line; and give every property the same value. The first difference raises
`Disagreement`: one of the two is wrong, and no verdict counts until it is known which.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from typing import NoReturn, TypeAlias

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.memory import resident
from uringcheck.explore.outcome import Cut, Outcome, Progress, State
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lang.plain import BoundProperty, Failed, PlainRun
from uringcheck.lower.python import Generated
from uringcheck.run.bundle import Disagreement, reproduction
from uringcheck.run.question import Question, Subject

#: One step as text: the action with its arguments, and where it leads.
Steps: TypeAlias = list[tuple[str, State | str]]

#: States compared between two looks at the clock; the plain run takes some milliseconds for them.
_CHUNK = 64


@value_class
class Agreement:
    """How much was compared, and what ended the comparison when not all was."""

    states: int
    transitions: int
    cut_by: Cut | None = None

    def __str__(self) -> str:
        cut = f", cut by {self.cut_by.value}" if self.cut_by else ""
        return f"plain run = generated Python on {self.states} states and {self.transitions} transitions{cut}"


def cross_check(
    question: Question,
    subject: Subject,
    program: Program,
    outcome: Outcome,
    observe: Callable[[Progress], None] | None = None,
    canonical: Callable[[State], State] | None = None,
) -> Agreement:
    """Compare on every state within the question's limits; raises Disagreement. `observe` hears how far it is.

    Where neither the search nor the comparison was cut, they must also have counted alike. After a search up to
    symmetry, `canonical` gives the one state that stands for all of its kind: only those are counted then.
    """
    comparison = _Comparison(question, subject, program, canonical)
    try:
        cut = comparison.run(observe)
    except KeyboardInterrupt:
        cut = Cut.INTERRUPTED
    made = Agreement(comparison.states, comparison.transitions, cut)
    whole = outcome.complete or outcome.cut_by in (Cut.CONSTRAINT, Cut.FAILURE)
    counted = comparison.states - comparison.alike, comparison.transitions - comparison.alike_transitions
    if cut is None and whole and counted != (outcome.states, outcome.transitions):
        comparison.differ(
            "the counts",
            f"{counted[0]} states, {counted[1]} transitions",
            f"{outcome.states} states, {outcome.transitions} transitions",
        )
    return made


class _Comparison:
    """A breadth-first walk that asks both readers everything."""

    def __init__(
        self, question: Question, subject: Subject, program: Program, canonical: Callable[[State], State] | None
    ) -> None:
        self._question, self._subject, self._program = question, subject, program
        self._plain, self._generated = PlainRun(subject.tree), Generated(program)
        bound = {found.name: found for found in self._plain.properties}
        self._asked: list[tuple[int, BoundProperty]] = [
            (position, bound[one.name])
            for position, one in enumerate(program.properties)
            if one.name in bound and one.kind is not PropertyKind.TEMPORAL
        ]
        self._canonical = canonical
        self.states = 0
        self.transitions = 0
        #: Of these, the states that another one stands for, and their transitions.
        self.alike = 0
        self.alike_transitions = 0

    def run(self, observe: Callable[[Progress], None] | None) -> Cut | None:
        """Walk until everything was compared, or a limit is reached, which is returned."""
        limits, began = self._question.limits, time.perf_counter()
        seen: set[State] = set()
        queue: deque[tuple[State, int]] = deque()
        for target in self._starts():
            if target not in seen:
                seen.add(target)
                queue.append((target, 0))
        cut: Cut | None = None
        while queue:
            if limits.states is not None and self.states >= limits.states:
                return Cut.STATES
            state, depth = queue.popleft()
            if self.states % _CHUNK == 0:
                seconds, memory = time.perf_counter() - began, resident()
                if limits.seconds is not None and seconds > limits.seconds:
                    return Cut.SECONDS
                if limits.memory is not None and memory > limits.memory:
                    return Cut.MEMORY
                if observe is not None:
                    observe(Progress(self.states, self.transitions, depth + 1, len(queue), seconds, memory))
            self.states += 1
            alike = self._canonical is not None and self._canonical(state) != state
            self.alike += alike
            before = self.transitions
            if not self._inside(state):
                continue
            targets = self._steps(state)
            self.alike_transitions += alike * (self.transitions - before)
            for target in targets:
                if target in seen:
                    continue
                if limits.depth is not None and depth >= limits.depth:
                    cut = Cut.DEPTH
                    continue
                seen.add(target)
                queue.append((target, depth + 1))
        return cut

    def _starts(self) -> list[State]:
        plain: Steps = [
            (_step(action.name if action else "init", arguments), _outcome_of(after))
            for action, arguments, after in self._plain.initial()
        ]
        generated: Steps = [
            (_step("init" if position is None else self._program.inits[position].name, arguments), _outcome_of(after))
            for position, arguments, after in self._generated.initial()
        ]
        if plain != generated:
            self.differ("the initial states", _listed(plain), _listed(generated))
        return [after for _, after in plain if not isinstance(after, str)]

    def _steps(self, state: State) -> list[State]:
        plain: Steps = [
            (_step(action.name, arguments), _outcome_of(after))
            for action, arguments, after in self._plain.successors(state)
        ]
        generated: Steps = [
            (_step(self._program.actions[position].name, arguments), _outcome_of(after))
            for position, arguments, after in self._generated.successors(state)
        ]
        if plain != generated:
            self.differ(f"the steps of {self._shown(state)}", _listed(plain), _listed(generated))
        targets = [after for _, after in plain if not isinstance(after, str)]
        self.transitions += len(targets)
        for position, bound in self._asked:
            if bound.mark.kind is PropertyKind.STEP:
                for target in dict.fromkeys(targets):
                    self._value(position, bound, state, target)
        return targets

    def _inside(self, state: State) -> bool:
        """Compare what is asked of the state alone; whether it lies inside the constraints."""
        inside = True
        for position, bound in self._asked:
            if bound.mark.kind is not PropertyKind.STEP:
                value = self._value(position, bound, state, None)
                if bound.mark.kind is PropertyKind.CONSTRAINT and value is not True:
                    inside = False
        return inside

    def _value(self, position: int, bound: BoundProperty, state: State, after: State | None) -> bool | str:
        plain = _value_of(self._plain.evaluate(bound, state, after))
        generated = _value_of(self._generated.evaluate(position, state, after))
        if plain != generated:
            where = self._shown(state) + ("" if after is None else f" and {self._shown(after)}")
            self.differ(f"the value of `{bound.name}` in {where}", str(plain), str(generated))
        return plain

    def _shown(self, state: State) -> str:
        from uringcheck.ir.show import show_value

        shown = (
            f"{v.name}={show_value(v.type, value)}" for v, value in zip(self._program.variables, state, strict=True)
        )
        return f"({', '.join(shown)})"

    def differ(self, what: str, plain: str, generated: str) -> NoReturn:
        """Raise the disagreement about `what`."""
        text = f"about {what}\n\nplain run:\n{plain}\n\ngenerated Python:\n{generated}\n"
        files = {"disagreement.txt": text, **reproduction(self._subject, self._program)}
        raise Disagreement(f"the plain run and the generated Python differ about {what}", files)


def _step(name: str, arguments: tuple[object, ...]) -> str:
    return f"{name}{arguments}" if arguments else name


def _outcome_of(after: State | Failed | Check) -> State | str:
    if isinstance(after, (Failed, Check)):
        return _failure(after)
    return after


def _value_of(value: bool | Failed | Check) -> bool | str:
    return value if isinstance(value, bool) else _failure(value)


def _failure(failed: Failed | Check) -> str:
    return f"{failed.failure.value}: {failed.message} ({os.path.realpath(failed.span.file)}:{failed.span.line})"


def _listed(steps: Steps) -> str:
    return "\n".join(f"  {step} -> {after}" for step, after in steps) or "  none"
