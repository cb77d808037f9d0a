"""A program whose sizes are open as z3 terms: steps over integers and arrays.

A loop over an open size is one of three things. One that only pushes, or only fills a map, has a closed form. Any other
is cut: a *turn* of it leads from any state to the next, and what comes after it starts in a state of which nothing is
known but what every turn keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import SpecError
from uringcheck.ir import build
from uringcheck.ir.flat import Flat
from uringcheck.ir.nodes import Assign, Check, Expr, Kind, Repeat, Statement, postorder, statements
from uringcheck.ir.program import Action, Block, Program
from uringcheck.ir.sizes import Size
from uringcheck.ir.types import Int, Map, Queue, Type
from uringcheck.lower.z3 import Body, State
from uringcheck.lower.z3_expressions import Leaf
from uringcheck.lower.z3_open_expressions import OpenEnvironment, unknown
from uringcheck.lower.z3_open_values import at, fresh, literal, parameter, valid, written
from uringcheck.lower.z3_values import Formula, Term, both, chosen, every, negated

_ADVICE = "a loop over an open size may push to one queue, fill one map, or come before any other change of the state"


@dataclass(frozen=True)
class Turn:
    """A turn of a loop, from the unknown state."""

    taken: Formula
    failures: tuple[tuple[Check, Formula], ...]
    after: State


@dataclass(frozen=True)
class OpenStep:
    """An action seen from the unknown state (a start, from the start).

    `taken` where it leads to `after`; `failures` where a check is false. `turns` are turns of its loops; what turns and
    the start of the loop keep is true of the states in `through`.
    """

    action: Action
    arguments: tuple[Term, ...]
    taken: Formula
    failures: tuple[tuple[Check, Formula], ...]
    after: State
    turns: tuple[Turn, ...] = ()
    through: tuple[State, ...] = ()


@dataclass(frozen=True)
class Predicate:
    """A property as one expression: its value, where every check in it is true."""

    holds: Expr
    checks: tuple[tuple[Check, Expr], ...] = ()

    @cached_property
    def reads(self) -> frozenset[str]:
        """The variables it depends on."""
        roots = (self.holds, *(condition for _, condition in self.checks))
        return frozenset(part.data for part in postorder(*roots) if part.kind in (Kind.STATE, Kind.PRIMED))


class OpenEncoding:
    """The terms of one specialised program. `axioms` grows while steps are made, and belongs to every question."""

    def __init__(self, program: Program, beside: Mapping[str, str] | None = None) -> None:
        """`beside` names queues that get and lose their items in the same steps as another one: they share its head and
        tail. Raises OpenShapeError for a variable that has no terms.
        """
        self.program = program
        self.beside = dict(beside or {})
        self.types: tuple[Type, ...] = tuple(variable.type for variable in program.variables)
        self.state: State = self.unknown("")
        self.axioms: list[Formula] = []

    def unknown(self, name: str) -> State:
        """A state that nothing is known about."""
        made = {variable.name: fresh(variable.type, variable.name + name) for variable in self.program.variables}
        for one, other in self.beside.items():
            made[one] = (*made[other][:2], made[one][2])
        return tuple(made.values())

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """The open parameters with their least values."""
        found: dict[str, int] = {}
        for _, value in self.program.parameters:
            if isinstance(value, Size):
                found.update(value.least)
        return found

    @cached_property
    def known(self) -> list[Formula]:
        """What is true of the sizes, and of the unknown state because it is one."""
        return [*self.sizes_known, *self.well_typed(self.state)]

    @cached_property
    def sizes_known(self) -> list[Formula]:
        """What is true of the sizes."""
        return [parameter(name) >= low for name, low in self.sizes.items()]

    def well_typed(self, state: State) -> list[Formula]:
        """That every value is one of its type. Every step keeps it so, or fails."""
        return [one for type_, term in zip(self.types, state, strict=True) for one in valid(type_, term)]

    @cached_property
    def steps(self) -> tuple[OpenStep, ...]:
        """Every action, from the unknown state."""
        return tuple(self._step(action, self.state) for action in self.program.actions)

    @cached_property
    def starts(self) -> tuple[OpenStep | State, ...]:
        """Every `@init` action from the start; the start itself where there is none."""
        start = tuple(literal(type_, value) for type_, value in zip(self.types, self.program.start, strict=True))
        if not self.program.inits:
            return (start,)
        return tuple(self._step(action, start) for action in self.program.inits)

    def predicate(self, block: Block) -> Predicate:
        """A property's block as an expression."""
        checks: list[tuple[Check, Expr]] = []
        value = Flat(checks).run(block.body, build.TRUE).expr(block.result)
        return Predicate(value, tuple(checks))

    def environment(
        self,
        state: State,
        after: State | None = None,
        instances: tuple[Any, ...] | None = None,
        axioms: list[Formula] | None = None,
    ) -> OpenEnvironment:
        """What an expression reads in a state, or on the step to `after`. `axioms` collects what is true of counts."""
        known: dict[Leaf, tuple[Type, Term]] = {}
        for variable, term in zip(self.program.variables, state, strict=True):
            known[Kind.STATE, variable.name] = variable.type, term
        for variable, term in zip(self.program.variables, after or (), strict=after is not None):
            known[Kind.PRIMED, variable.name] = variable.type, term
        return OpenEnvironment(known, self.axioms if axioms is None else axioms, instances)

    def assumed(self, predicate: Predicate, state: State, instances: tuple[Any, ...] | None = None) -> Formula:
        """That a predicate is true in a state, for use where it is known."""
        axioms: list[Formula] = []
        shown = self.environment(state, None, instances, axioms).shown(predicate.holds)
        return every([shown, *axioms])

    def refuted(self, predicate: Predicate, state: State, after: State | None = None) -> Formula:
        """That a predicate is false, or has no value."""
        return self.refuted_at(predicate, state, after)[0]

    def refuted_at(
        self, predicate: Predicate, state: State, after: State | None = None
    ) -> tuple[Formula, tuple[Any, ...]]:
        """The same, and the elements for which it is false."""
        axioms: list[Formula] = []
        environment = self.environment(state, after, None, axioms)
        conditions = [*(condition for _, condition in predicate.checks), predicate.holds]
        formula = every([environment.refuted(build.and_(*conditions)), *axioms])
        return formula, tuple(environment.chosen)

    def _step(self, action: Action, state: State) -> OpenStep:
        arguments = tuple(fresh(argument.type, f"{action.name}({argument.name})") for argument in action.arguments)
        environment = self.environment(state)
        inside: list[Formula] = []
        for argument, term in zip(action.arguments, arguments, strict=True):
            environment.set((Kind.ARG, argument.name), argument.type, term)
            inside += valid(argument.type, term)
        body = OpenBody(environment, self, state)
        taken = body.run(action.body, every(inside))
        after = self._values(body.environment)
        failures = tuple(body.failures)
        return OpenStep(action, arguments, taken, failures, after, tuple(body.turns), tuple(body.through))

    def _values(self, environment: OpenEnvironment) -> State:
        return tuple(environment.get((Kind.STATE, variable.name))[1] for variable in self.program.variables)


class OpenBody(Body):
    """Runs statements on terms over open sizes."""

    def __init__(self, environment: OpenEnvironment, encoding: OpenEncoding, start: State) -> None:
        super().__init__(environment)
        self.encoding, self.start = encoding, start
        self.turns: list[Turn] = []
        self.through: list[State] = []

    def repeat(self, statement: Repeat, alive: Formula) -> Formula:
        """A loop over an open size."""
        body = tuple(one for one in statement.body if not isinstance(one, Check))
        if len(body) == 1 and isinstance(body[0], Assign) and _simple(statement.body):
            made = self._closed(statement, body[0])
            if made is not None:
                for check in statement.body:
                    if isinstance(check, Check):
                        self._checked(statement, check, alive)
                leaf = (Kind.STATE, body[0].variable)
                self.environment.set(leaf, self.environment.get(leaf)[0], made)
                return alive
        return self._cut(statement, alive)

    # --- closed forms -----------------------------------------------------------------------------------------------

    def _closed(self, statement: Repeat, assign: Assign) -> Term | None:
        variable, value = assign.variable, assign.value
        own, leaf = (Kind.STATE, variable), (Kind.LOCAL, statement.local)
        low, turns = self.environment.term(statement.low), self._turns(statement)
        before = value.args[0] if value.args else value
        if (before.kind, before.data) != own:
            return None
        item = value.args[-1]
        if own in self.environment.reads(item):
            return None
        position = unknown("position")
        old = self.environment.get(own)[1]
        inner = self.environment.copy()
        if value.kind is Kind.Q_PUSH:
            head, tail, items = old
            inner.set(leaf, Int(0, 0), low + (position - tail))
            new = inner.term(item)
            there = both(tail <= position, position < tail + turns)
            return head, tail + turns, written(items, position, chosen(there, new, at(items, position)))
        map_type = before.type
        if value.kind is Kind.M_SET and isinstance(map_type, Map) and _is(value.args[1], leaf):
            inner.set(leaf, Int(0, 0), position)
            there = both(low <= position, position < low + turns)
            return written(old, position, chosen(there, inner.term(item), at(old, position)))
        return None

    def _turns(self, statement: Repeat) -> Any:
        low, high = self.environment.term(statement.low), self.environment.term(statement.high)
        return z3.If(low < high, high - low, z3.IntVal(0))

    def _checked(self, statement: Repeat, check: Check, alive: Formula) -> None:
        """A check in some turn of a loop with a closed form."""
        turn = unknown("turn")
        inner = self.environment.copy()
        low = inner.term(statement.low)
        inner.set((Kind.LOCAL, statement.local), Int(0, 0), low + turn)
        for assign in statement.body:
            if isinstance(assign, Assign) and assign.value.kind is Kind.Q_PUSH:
                type_, (head, tail, items) = inner.get((Kind.STATE, assign.variable))
                inner.set((Kind.STATE, assign.variable), type_, (head, tail + turn, items))
        inside = [alive, turn >= 0, turn < self._turns(statement)]
        self.failures.append((check, every([*inside, negated(inner.term(check.condition))])))

    # --- cut loops --------------------------------------------------------------------------------------------------

    def _cut(self, statement: Repeat, alive: Formula) -> Formula:
        """Nothing is known behind the loop but what each turn keeps."""
        variables = self.encoding.program.variables
        now = {variable.name: self.environment.get((Kind.STATE, variable.name)) for variable in variables}
        for variable, term in zip(variables, self.start, strict=True):
            if now[variable.name][1] is not term:
                raise SpecError.at(
                    "UC420", "the state changes before a loop over an open size", statement.span, help=_ADVICE
                )
        turn, leaf = unknown("turn"), (Kind.LOCAL, statement.local)
        environment = self.environment.copy()
        low, high = environment.term(statement.low), environment.term(statement.high)
        environment.set(leaf, statement.low.type, turn)
        inner = OpenBody(environment, self.encoding, self.start)
        taken = inner.run(statement.body, both(low <= turn, turn < high))
        after = self.encoding._values(inner.environment)
        self.turns.append(Turn(taken, tuple(inner.failures), after))
        if inner.turns:
            raise SpecError.at("UC420", "a loop over an open size inside another", statement.span, help=_ADVICE)
        changed = [one for one in statements(statement.body) if isinstance(one, Assign)]
        facts: list[Formula] = []
        behind = dict(zip(now, self.encoding.unknown(" behind the loop"), strict=True))
        for name in dict.fromkeys(one.variable for one in changed):
            (type_, old), new = now[name], behind[name]
            self.environment.set((Kind.STATE, name), type_, new)
            values = [one.value for one in changed if one.variable == name]
            facts += [*valid(type_, new), *_one_way(name, type_, old, new, values)]
        self.through.append(self.encoding._values(self.environment))
        return both(alive, every(facts))


def _one_way(name: str, type_: Type, old: Term, new: Term, values: Sequence[Expr]) -> list[Formula]:
    """A queue that a loop only pushes to does not get shorter at its head; one that it only pops, not at its tail."""
    own = (Kind.STATE, name)
    if not isinstance(type_, Queue) or not all(value.args and _is(value.args[0], own) for value in values):
        return []
    kinds = {value.kind for value in values}
    if kinds == {Kind.Q_PUSH}:
        return [new[0] == old[0], new[1] >= old[1]]
    if kinds == {Kind.Q_POP}:
        return [new[1] == old[1], new[0] >= old[0]]
    return []


def _simple(body: tuple[Statement, ...]) -> bool:
    return all(isinstance(one, (Assign, Check)) for one in body)


def _is(expr: Expr, leaf: Leaf) -> bool:
    while expr.kind is Kind.CAST:
        expr = expr.args[0]
    return (expr.kind, expr.data) == leaf


__all__ = ["OpenEncoding", "OpenStep", "Predicate", "Turn"]
