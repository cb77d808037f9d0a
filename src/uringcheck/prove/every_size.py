"""Induction where sizes are open: what a start establishes and every step keeps holds for every size.

As in `induction`, candidates are tried together, and what a start or a step does not keep is dropped. Here a solver may
say that it does not know; that drops a candidate, too, and proves nothing. A loop that was cut is one more step, of
which each turn has to keep what is known.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import z3  # type: ignore[import-untyped]

from uringcheck.ir.nodes import Check, Failure
from uringcheck.ir.program import Program, Property, PropertyKind
from uringcheck.ir.types import Queue
from uringcheck.lang.tree import GHOST
from uringcheck.lower.z3 import State
from uringcheck.lower.z3_open import OpenEncoding, OpenStep, Predicate
from uringcheck.lower.z3_open_reading import scalars
from uringcheck.lower.z3_open_values import OpenShapeError
from uringcheck.lower.z3_values import Formula, leaves
from uringcheck.prove.outcome import Goal, Task
from uringcheck.prove.solver import LONGEST, Clock, OutOfTimeError, translated

#: z3's own units of work for one question, about a second: a busy machine does not change the answer. The questions
#: of the shipped models take a tenth of it; one that takes all of it is one to which the solver finds no answer at all.
PATIENCE = 1_500_000

#: How often the last question about a candidate or a goal is asked before it is lost, each time with other random
#: choices of the solver: some answers are a matter of luck.
SEEDS = 3


@dataclass(frozen=True)
class Lost:
    """Why something is not proved: the step that breaks it, or may; `sure` where the solver has a counterexample."""

    where: str
    sure: bool
    values: tuple[tuple[str, str], ...] = ()


@dataclass
class Everywhere:
    """What came of it, by the names of the goals: None is proved."""

    goals: dict[str, Lost | None] = field(default_factory=dict)
    proved: tuple[str, ...] = ()
    dropped: dict[str, Lost] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    queries: int = 0
    slowest: float = 0.0
    reason: str = ""
    interrupted: bool = False


@dataclass(frozen=True)
class _Move:
    """A step, or a turn of one of its loops: where it starts from is the unknown state."""

    name: str
    taken: Formula
    after: State
    whole: bool
    through: State | None = None


class EverySize:
    """One task under induction over open sizes. The task's program is specialised."""

    def __init__(self, task: Task, clock: Clock, encoding: OpenEncoding | None = None) -> None:
        self.task, self.clock = task, clock
        self.found = Everywhere()
        self.encoding = encoding or OpenEncoding(task.program, self._beside(task.program))
        self._predicates: dict[str, Predicate] = {}
        self._formulas: dict[tuple[str, int], list[Formula]] = {}

    def run(self) -> Everywhere:
        """Prove what can be proved within the time."""
        try:
            with translated():
                kept = self._kept()
                self.found.proved = tuple(one.name for one in kept)
                for goal in self.task.goals:
                    self.clock.note(f"every size: {goal.name}")
                    self.found.goals[goal.name] = self._lost(goal, kept)
        except OutOfTimeError as stop:
            self.found.reason = stop.reason
        except KeyboardInterrupt:
            self.found.interrupted, self.found.reason = True, "interrupted"
        for goal in self.task.goals:
            if self.found.reason:
                self.found.goals.setdefault(goal.name, Lost(self.found.reason, False))
        return self.found

    # --- queues in step ---------------------------------------------------------------------------------------------

    def _beside(self, program: Program) -> dict[str, str]:
        """Queues whose head and tail are those of another one in every reachable state. An induction by itself."""
        self.encoding = OpenEncoding(program)
        queues = [n for n, variable in enumerate(program.variables) if isinstance(variable.type, Queue)]
        logs = [n for n in queues if program.variables[n].name.startswith(f"{GHOST}.")]
        found: dict[str, str] = {}
        for log in logs:
            for queue in queues:
                if queue not in logs and self._in_step(log, queue):
                    found[program.variables[log].name] = program.variables[queue].name
                    break
        self.__dict__.pop("moves", None)
        return found

    def _in_step(self, one: int, other: int) -> bool:
        def apart(state: State) -> Formula:
            (head, tail, _), (other_head, other_tail, _) = state[one], state[other]
            return z3.Or(head != other_head, tail != other_tail)

        together = _Asking(self, [z3.Not(apart(self.encoding.state))])
        starts = [start.after if isinstance(start, OpenStep) else start for start in self.encoding.starts]
        return all(together.ask(apart(after)) == z3.unsat for after in starts) and all(
            together.ask(z3.And(move.taken, apart(move.after))) == z3.unsat
            for move in self.moves
            if move.through is None or move.after != move.through
        )

    # --- moves ------------------------------------------------------------------------------------------------------

    @cached_property
    def moves(self) -> tuple[_Move, ...]:
        """Every step and every turn of a loop."""
        found: list[_Move] = []
        for step in self.encoding.steps:
            for turn in step.turns:
                found.append(_Move(f"a turn of the loop in {step.action.name}", turn.taken, turn.after, False))
            through = step.through[-1] if step.through else None
            found.append(_Move(step.action.name, step.taken, step.after, True, through))
        return tuple(found)

    # --- candidates -------------------------------------------------------------------------------------------------

    @property
    def candidates(self) -> list[Property]:
        """Every invariant asked about, then the auxiliary ones."""
        asked = [goal.stated for goal in self.task.goals if goal.stated is not None]
        found = {one.name: one for one in (*asked, *self.task.auxiliary) if one.kind is PropertyKind.INVARIANT}
        return [one for one in found.values() if self._assumed(one, self.encoding.state)]

    def predicate(self, one: Property) -> Predicate:
        """A property as one expression."""
        if one.name not in self._predicates:
            assert one.block is not None
            self._predicates[one.name] = self.encoding.predicate(one.block)
        return self._predicates[one.name]

    def _kept(self) -> list[Property]:
        kept = self._true_at_the_start(self.candidates)
        # What was kept once with all of these is kept with all of them still; a smaller set is tried from the start.
        again = True
        while again and kept:
            again = False
            for move in self.moves:
                self.clock.note(f"every size: {len(kept)} invariants after {move.name}")
                left = self._kept_by(move, kept)
                again = again or len(left) < len(kept)
                kept = left
        return kept

    def _true_at_the_start(self, kept: list[Property]) -> list[Property]:
        for start in self.encoding.starts:
            if isinstance(start, OpenStep):
                asking = _Asking(self, [*self.encoding.sizes_known, start.taken])
                kept = self._surviving(kept, start.after, asking, start.action.name)
            else:
                kept = self._surviving(kept, start, _Asking(self, self.encoding.sizes_known), "the start")
        return kept

    def _kept_by(self, move: _Move, kept: list[Property]) -> list[Property]:
        changed = {
            variable.name
            for variable, old, new in zip(self.task.program.variables, self.encoding.state, move.after, strict=True)
            if not all(a.eq(b) for a, b in zip(leaves(old), leaves(new), strict=True))
        }
        asked = [one for one in kept if changed & self.predicate(one).reads]
        if move.through is not None and move.after == move.through:
            return kept  # the action ends with its loop, of which each turn keeps them
        lost = []
        for one in asked:
            wrong = self.encoding.refuted(self.predicate(one), move.after)
            if not any(self._where(move, near).ask(wrong) == z3.unsat for near in self._nearby(one, kept)):
                lost.append(one)
        left = self._surviving(lost, move.after, self._where(move, kept), move.name)
        return [one for one in kept if one in left or one not in lost]

    def _nearby(self, one: Property, kept: Sequence[Property]) -> list[list[Property]]:
        """Parts of what is known to try first: a solver that is told less gets lost less often.

        A part is what speaks of the same ghosts, directly or through others; one that speaks of none tries each part.
        """
        parts: list[tuple[set[str], list[Property]]] = []
        for other in kept:
            names, members = set(self._ghosts(other)), [other]
            for part in [part for part in parts if part[0] & names]:
                parts.remove(part)
                names, members = names | part[0], [*part[1], *members]
            parts.append((names, members))
        plain = [other for names, members in parts if not names for other in members]
        own = self._ghosts(one)
        return [[*plain, *members] for names, members in parts if names and (not own or names & own)]

    def _ghosts(self, one: Property) -> frozenset[str]:
        return frozenset(name for name in self.predicate(one).reads if name.startswith(f"{GHOST}."))

    def _surviving(self, kept: list[Property], after: State, asking: _Asking, name: str) -> list[Property]:
        """The candidates that are true in the state after."""
        left = []
        for one in kept:
            said = asking.ask(self.encoding.refuted(self.predicate(one), after), SEEDS)
            if said == z3.unsat:
                left.append(one)
            else:
                self.found.dropped.setdefault(one.name, Lost(name, said == z3.sat, asking.values()))
        return left

    def _where(self, move: _Move, kept: Sequence[Property]) -> _Asking:
        """Who answers questions about a move from a state in which the candidates are true."""
        known = [*self._known(kept), move.taken]
        if move.through is not None:
            known += [formula for one in kept for formula in self._assumed(one, move.through)]
        return _Asking(self, known)

    def _known(self, kept: Sequence[Property]) -> list[Formula]:
        return [*self.encoding.known, *(f for one in kept for f in self._assumed(one, self.encoding.state))]

    def _assumed(self, one: Property, state: State) -> list[Formula]:
        if (one.name, id(state)) not in self._formulas:
            try:
                found = [self.encoding.assumed(self.predicate(one), state)]
            except OpenShapeError:
                found = []  # a count for each of many things: it can be shown, and is not used
            self._formulas[one.name, id(state)] = found
        return self._formulas[one.name, id(state)]

    # --- goals ------------------------------------------------------------------------------------------------------

    def _lost(self, goal: Goal, kept: Sequence[Property]) -> Lost | None:
        if goal.kind is PropertyKind.INVARIANT:
            assert goal.stated is not None
            if goal.name in self.found.dropped or any(one.name == goal.name for one in kept):
                return self.found.dropped.get(goal.name)
            return self._follows(goal.stated, kept)
        if goal.kind is None:
            return self._failing(Failure(goal.name), kept)
        if goal.kind is not PropertyKind.STEP:
            return Lost("induction is about states and steps, not about behaviours", False)
        assert goal.stated is not None
        predicate = self.predicate(goal.stated)
        for move in self.moves:
            if move.whole:
                wrong = self.encoding.refuted(predicate, self.encoding.state, move.after)
                if any(self._where(move, near).ask(wrong) == z3.unsat for near in self._nearby(goal.stated, kept)):
                    continue
                asking = self._where(move, kept)
                said = asking.ask(wrong, SEEDS)
                if said != z3.unsat:
                    return Lost(move.name, said == z3.sat, asking.values())
        return None

    def _follows(self, one: Property, kept: Sequence[Property]) -> Lost | None:
        """What stands in the way of an invariant that counts, and so is never assumed for all elements.

        Either it follows from what is kept, in any state. Or a start makes it true and every move keeps it, where
        before the move it is assumed of the elements alone for which it would be false behind it.
        """
        predicate = self.predicate(one)
        wrong = self.encoding.refuted(predicate, self.encoding.state)
        if any(_Asking(self, self._known(near)).ask(wrong) == z3.unsat for near in (*self._nearby(one, kept), kept)):
            return None
        if not self._true_at_the_start([one]):
            return self.found.dropped.pop(one.name)
        for move in self.moves:
            wrong, where = self.encoding.refuted_at(predicate, move.after)
            asking = self._where(move, kept)
            asking.know(self.encoding.assumed(predicate, self.encoding.state, where))
            said = asking.ask(wrong, SEEDS)
            if said != z3.unsat:
                return Lost(move.name, said == z3.sat, asking.values())
        return None

    def _failing(self, failure: Failure, kept: Sequence[Property]) -> Lost | None:
        """The first step that may fail. A property that fails while it is judged counts as false."""
        asking = _Asking(self, self._known(kept))
        for name, at_start, failures in self._ways_to_fail():
            who = _Asking(self, self.encoding.sizes_known) if at_start else asking
            for check, bad in failures:
                if check.failure is failure:
                    said = who.ask(bad, SEEDS)
                    if said != z3.unsat:
                        return Lost(f"{name}: {check.message} ({check.span})", said == z3.sat, who.values())
        return None

    def _ways_to_fail(self) -> Iterator[tuple[str, bool, tuple[tuple[Check, Formula], ...]]]:
        for start in self.encoding.starts:
            if isinstance(start, OpenStep):
                yield start.action.name, True, start.failures
        for step in self.encoding.steps:
            yield step.action.name, False, step.failures
            for turn in step.turns:
                yield f"a turn of the loop in {step.action.name}", False, turn.failures


class _Asking:
    """One question after the other, each to a solver of its own: a solver that has seen other questions gets lost."""

    def __init__(self, owner: EverySize, known: Iterable[Formula]) -> None:
        self._owner, self._known = owner, list(known)
        self._values: tuple[tuple[str, str], ...] = ()

    def know(self, formula: Formula) -> None:
        """One thing more that is known."""
        self._known.append(formula)

    def ask(self, formula: Formula, seeds: int = 1) -> object:
        """Whether a formula can be true: z3.sat, z3.unsat, or z3.unknown when so many tries gave no answer."""
        if z3.is_false(formula):
            return z3.unsat
        return next((said for seed in range(seeds) if (said := self._said(formula, seed)) != z3.unknown), z3.unknown)

    def _said(self, formula: Formula, seed: int) -> object:
        left = self._owner.clock.left()
        began = time.perf_counter()
        solver = z3.SimpleSolver()
        solver.set("mbqi", True)
        solver.set("random_seed", seed)
        solver.set("rlimit", PATIENCE)
        if left is not None:
            solver.set("timeout", max(1, min(int(left * 1000), LONGEST)))
        solver.add(*self._known, formula, *self._owner.encoding.axioms)
        said = solver.check()
        if said == z3.unknown and "interrupted" in solver.reason_unknown():
            raise KeyboardInterrupt
        self._values = scalars(self._owner.encoding, solver.model()) if said == z3.sat else ()
        found = self._owner.found
        found.queries += 1
        found.slowest = max(found.slowest, time.perf_counter() - began)
        return said

    def values(self) -> tuple[tuple[str, str], ...]:
        """What the last counterexample says of single numbers, switches and lengths."""
        return self._values
