"""A program as z3 terms: what each action needs, where it fails, and the state it leads to.

The next state is a term over the state and the arguments, not a set of new unknowns: a question about a step is a
question about one state. Each action's arguments are unknowns within their domains, so one query answers for all its
instances. Open toggles are boolean unknowns.

This is the only reader that imports z3, and it is imported only where something is to be proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.diagnostics.values import value_class
from uringcheck.ir.nodes import Assign, Check, Cover, If, Kind, Let, Repeat, Require, Statement
from uringcheck.ir.program import Action, Block, Program
from uringcheck.ir.types import BOOL, Encoded, Type, join
from uringcheck.lower.z3_expressions import Environment, Leaf
from uringcheck.lower.z3_values import (
    FALSE,
    TRUE,
    Formula,
    Term,
    both,
    chosen,
    decoded,
    every,
    fresh,
    leaves,
    literal,
    negated,
    reshaped,
    some_of,
    valid,
)

State: TypeAlias = tuple[Term, ...]
"""One term for each variable, in the program's order."""


@value_class
class SymbolicStep:
    """An action with unknown arguments, seen from a state.

    `taken` where it is enabled and leads to `after`; `failures` where it is enabled and a check is false. They exclude
    each other, and imply that the arguments are `within` their domains.
    """

    action: Action
    arguments: tuple[Term, ...]
    within: Formula
    taken: Formula
    failures: tuple[tuple[Check, Formula], ...]
    after: State

    @property
    def enabled(self) -> Formula:
        """Where the action can be taken or fails."""
        return some_of((self.taken, *(condition for _, condition in self.failures)))


@value_class
class Judged:
    """A property in a state: its value where it has one, and where judging it fails."""

    value: Formula
    defined: Formula
    failures: tuple[tuple[Check, Formula], ...]

    @property
    def holds(self) -> Formula:
        """Where it has the value true."""
        return both(self.defined, self.value)

    @property
    def refuted(self) -> Formula:
        """Where it has the value false."""
        return both(self.defined, negated(self.value))


class Encoding:
    """The terms of one program."""

    def __init__(self, program: Program) -> None:
        """Toggles that are still open in the program become unknowns."""
        self.program = program
        self.types: tuple[Type, ...] = tuple(variable.type for variable in program.variables)
        self.state: State = tuple(fresh(variable.type, variable.name) for variable in program.variables)
        self.toggles = {toggle.name: z3.Bool(f"toggle {toggle.name}") for toggle in program.toggles}

    @cached_property
    def well_typed(self) -> Formula:
        """That the unknown state is one: every value in its range. Every step keeps it so, or fails."""
        return every(valid(type_, term) for type_, term in zip(self.types, self.state, strict=True))

    @cached_property
    def steps(self) -> tuple[SymbolicStep, ...]:
        """Every action, from the unknown state."""
        return tuple(self._step(action, self.state) for action in self.program.actions)

    @cached_property
    def starts(self) -> tuple[SymbolicStep | State, ...]:
        """Every `@init` action from the start; the start itself where there is none."""
        start = self.constant(self.program.start)
        if not self.program.inits:
            return (start,)
        return tuple(self._step(action, start) for action in self.program.inits)

    def constant(self, state: Sequence[Encoded]) -> State:
        """A known state."""
        return tuple(literal(type_, value) for type_, value in zip(self.types, state, strict=True))

    def decode(self, state: State, model: Any) -> tuple[Encoded, ...]:
        """The state that a model gives."""
        return tuple(decoded(type_, term, model) for type_, term in zip(self.types, state, strict=True))

    def decode_arguments(
        self, step: SymbolicStep, model: Any, arguments: tuple[Term, ...] | None = None
    ) -> tuple[Encoded, ...]:
        """The arguments that a model gives, under other names where the step was renamed."""
        terms = step.arguments if arguments is None else arguments
        return tuple(
            decoded(argument.type, term, model) for argument, term in zip(step.action.arguments, terms, strict=True)
        )

    def judged(self, block: Block, state: State | None = None, after: State | None = None) -> Judged:
        """A property's block in a state, or on the step to `after`."""
        environment = self._environment(self.state if state is None else state, after)
        body = Body(environment)
        defined = body.run(block.body, TRUE)
        return Judged(environment.term(block.result), defined, tuple(body.failures))

    def numbered(self, position: int) -> State:
        """New unknowns for the state after `position` steps."""
        return tuple(fresh(variable.type, f"{variable.name} @{position}") for variable in self.program.variables)

    def _step(self, action: Action, state: State) -> SymbolicStep:
        arguments = tuple(fresh(argument.type, f"{action.name}({argument.name})") for argument in action.arguments)
        within = every(valid(arg.type, term) for arg, term in zip(action.arguments, arguments, strict=True))
        environment = self._environment(state)
        for argument, term in zip(action.arguments, arguments, strict=True):
            environment.set((Kind.ARG, argument.name), argument.type, term)
        body = Body(environment)
        taken = body.run(action.body, within)
        after = tuple(environment.get((Kind.STATE, variable.name))[1] for variable in self.program.variables)
        return SymbolicStep(action, arguments, within, taken, tuple(body.failures), after)

    def _environment(self, state: State, after: State | None = None) -> Environment:
        known: dict[Leaf, tuple[Type, Term]] = {}
        for variable, term in zip(self.program.variables, state, strict=True):
            known[Kind.STATE, variable.name] = variable.type, term
        if after is not None:
            for variable, term in zip(self.program.variables, after, strict=True):
                known[Kind.PRIMED, variable.name] = variable.type, term
        for name, term in self.toggles.items():
            known[Kind.TOGGLE, name] = BOOL, term
        return Environment(known)


class Body:
    """Runs statements on terms. Both sides of a branch are run, and what they changed is joined."""

    def __init__(self, environment: Any) -> None:
        """`environment` is an `Environment`, or one for open sizes, which offers the same."""
        self.environment = environment
        self.failures: list[tuple[Check, Formula]] = []

    def run(self, body: tuple[Statement, ...], alive: Formula) -> Formula:
        """Run the statements where `alive`; the condition under which their end is reached."""
        for statement in body:
            # Also where nothing is alive any more: what follows may read a local that is given its value here.
            environment = self.environment
            match statement:
                case Let(local, value):
                    environment.set((Kind.LOCAL, local), value.type, environment.term(value))
                case Assign(variable, value):
                    leaf = Kind.STATE, variable
                    type_ = environment.get(leaf)[0]
                    environment.set(leaf, type_, environment.as_type(value, type_))
                case Require(condition):
                    alive = both(alive, environment.term(condition))
                case Check(condition=condition):
                    true = environment.term(condition)
                    failing = both(alive, negated(true))
                    if not z3.is_false(failing):
                        self.failures.append((statement, failing))
                    alive = both(alive, true)
                case If(condition, then, orelse):
                    alive = self._branches(environment.term(condition), then, orelse, alive)
                case Cover():
                    pass
                case Repeat():
                    alive = self.repeat(statement, alive)
        return alive

    def repeat(self, statement: Repeat, alive: Formula) -> Formula:
        """A loop over an open size."""
        raise InternalError("a size is open where each has a number")

    def _branches(
        self, condition: Formula, then: tuple[Statement, ...], orelse: tuple[Statement, ...], alive: Formula
    ) -> Formula:
        entry, ends, leaving = self.environment, [], False
        for side, body in ((condition, then), (negated(condition), orelse)):
            self.environment, entered = entry.copy(), both(alive, side)
            left = self.run(body, entered)
            ends.append((left, self.environment))
            leaving = leaving or not left.eq(entered)
        (alive_then, after_then), (alive_else, after_else) = ends
        self.environment = entry
        for leaf in dict.fromkeys((*after_then.leaves, *after_else.leaves)):
            if leaf in after_then.leaves and leaf in after_else.leaves:
                (one_type, one), (other_type, other) = after_then.leaves[leaf], after_else.leaves[leaf]
                type_ = join(one_type, other_type)
                before = entry.leaves.get(leaf)
                if type_ is None or (one is other and before is not None and before[1] is one):
                    continue
                recast = self.environment.recast
                merged = chosen(condition, recast(one_type, type_, one), recast(other_type, type_, other))
                entry.set(leaf, type_, merged)
            elif leaf in after_then.leaves:
                entry.set(leaf, *after_then.leaves[leaf])
            else:
                entry.set(leaf, *after_else.leaves[leaf])
        return some_of((alive_then, alive_else)) if leaving else alive


def substituted(terms: Any, from_: Any, to: Any) -> Any:
    """Terms or formulas with one state put in the place of another."""
    pairs = [(old, new) for old, new in zip(leaves(from_), leaves(to), strict=True) if not old.eq(new)]
    parts = list(leaves(terms))
    if not pairs or not parts:
        return terms
    if len(parts) == 1:
        return reshaped(terms, iter([z3.substitute(parts[0], *pairs)]))
    # As one term: z3 walks what the parts share once for each call.
    bundle = z3.Function("bundle", *(part.sort() for part in parts), z3.BoolSort())(*parts)
    return reshaped(terms, iter(z3.substitute(bundle, *pairs).children()))


def toggles_as(encoding: Encoding, values: Mapping[str, bool]) -> list[Formula]:
    """That the open toggles have these values."""
    return [encoding.toggles[name] if value else negated(encoding.toggles[name]) for name, value in values.items()]


__all__ = [
    "FALSE",
    "TRUE",
    "Body",
    "Encoding",
    "Formula",
    "Judged",
    "State",
    "SymbolicStep",
    "Term",
    "substituted",
    "toggles_as",
]
