"""A whole spec after compilation: variables, actions and properties under one set of sizes."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import product
from typing import TypeAlias

from uringcheck.diagnostics import Span
from uringcheck.diagnostics.values import value_class
from uringcheck.ir.nodes import Expr, Statement
from uringcheck.ir.types import Encoded, Type, values


@value_class
class Variable:
    """A state variable. `name` is its dotted path in the model; a replicated part's variable is a map."""

    name: str
    type: Type
    start: Encoded
    span: Span
    lane: str = ""


@value_class
class Argument:
    """An argument of an action and the finite type it ranges over."""

    name: str
    type: Type


@value_class
class Action:
    """One atomic step, or one way to start.

    `name` is the dotted path; for an action of a replicated part the index is the first argument and `replicated`
    holds where in the name it is written (`conn[0].send(b=1)`).
    """

    name: str
    arguments: tuple[Argument, ...]
    body: tuple[Statement, ...]
    doc: str
    span: Span
    lane: str = ""
    replicated: tuple[tuple[str, str], ...] = ()  # (path of the part, argument's name)

    def instances(self) -> Iterator[tuple[Encoded, ...]]:
        """Every tuple of argument values, in canonical order."""
        return product(*(tuple(values(argument.type)) for argument in self.arguments))


@value_class
class Block:
    """A pure computation: statements (`Let`, `If`, `Check`), then the value of `result`."""

    body: tuple[Statement, ...]
    result: Expr


class PropertyKind(enum.Enum):
    """The kinds of properties, in the words of the results."""

    INVARIANT = "invariant"
    STEP = "step"
    DEADLOCK = "deadlock"
    GOAL = "goal"
    TEMPORAL = "temporal"
    CONSTRAINT = "constraint"


@value_class
class Atom:
    """A state predicate inside a temporal formula."""

    block: Block
    text: str


@value_class
class Happens:
    """True of a step of the named action; of any instance when `arguments` is None."""

    action: str
    arguments: tuple[Encoded, ...] | None = None


@value_class
class Not:
    """Negation."""

    operand: Formula


@value_class
class And:
    """Conjunction."""

    operands: tuple[Formula, ...]


@value_class
class Or:
    """Disjunction."""

    operands: tuple[Formula, ...]


@value_class
class Eventually:
    """`<>p`."""

    operand: Formula


@value_class
class Always:
    """`[]p`."""

    operand: Formula


@value_class
class LeadsTo:
    """`p ~> q`, that is `[](p => <>q)`."""

    cause: Formula
    effect: Formula


Formula: TypeAlias = Atom | Happens | Not | And | Or | Eventually | Always | LeadsTo


@value_class
class Fairness:
    """`strong` or weak fairness of a group of actions taken together, or of each instance of one (`each`)."""

    strong: bool
    actions: tuple[str, ...]
    each: bool = False


@value_class
class Property:
    """What is asked of the model.

    `block` for everything but temporal properties, which have `formula` and `fairness`. A step property reads the
    state before as `STATE` and after as `PRIMED`. `antecedents` are the left sides of its outermost `implies`.
    """

    name: str
    kind: PropertyKind
    doc: str
    span: Span
    block: Block | None = None
    formula: Formula | None = None
    fairness: tuple[Fairness, ...] = ()
    antecedents: tuple[Block, ...] = ()

    @property
    def watched(self) -> tuple[Block, ...]:
        """The antecedents that some state or step should meet. A constraint asks for nothing, and a goal for itself."""
        watched = (PropertyKind.INVARIANT, PropertyKind.STEP, PropertyKind.DEADLOCK)
        return self.antecedents if self.kind in watched else ()

    @property
    def questions(self) -> Sequence[int]:
        """What is asked until it is answered: -1 for a goal, else the positions of what is watched."""
        return (-1,) if self.kind is PropertyKind.GOAL else range(len(self.watched))


@value_class
class CoverPoint:
    """A place the author wants reached."""

    text: str
    span: Span


@value_class
class Toggle:
    """A boolean parameter and the value this run gives it."""

    name: str
    value: bool


@value_class
class Program:
    """A compiled spec. Sizes are numbers; boolean parameters are still `TOGGLE` expressions until specialised."""

    name: str
    doc: str
    variables: tuple[Variable, ...]
    inits: tuple[Action, ...]
    actions: tuple[Action, ...]
    properties: tuple[Property, ...]
    covers: tuple[CoverPoint, ...] = ()
    toggles: tuple[Toggle, ...] = ()
    parameters: tuple[tuple[str, object], ...] = ()
    locals: tuple[Type, ...] = field(default=(), repr=False)
    lanes: tuple[str, ...] = ()

    def variable(self, name: str) -> Variable:
        """The variable of that name; raises KeyError."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)

    @property
    def start(self) -> tuple[Encoded, ...]:
        """The state every initial action starts from."""
        return tuple(variable.start for variable in self.variables)
