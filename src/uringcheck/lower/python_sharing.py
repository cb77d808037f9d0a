"""Which expressions are worth computing once, ahead of the statements that use them.

Only expressions qualify that would be evaluated anyway: on the way that is always taken through at least one of the
statements, with no check in front. So they are defined, and computing them first never costs more than it saves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from uringcheck.ir.nodes import LEAVES, Check, Expr, If, Kind, Let, Statement, expressions, postorder
from uringcheck.ir.program import Block
from uringcheck.ir.types import Type, join
from uringcheck.lower.python_queues import summand

#: Kinds whose generated text can raise where the IR leaves them undefined, besides narrowing casts
#: and computed indices.
_CAN_RAISE = frozenset({Kind.Q_AT, Kind.UNWRAP, Kind.RANK})

#: Kinds that are defined for every constant index or member that the type admits.
_INDEXED = frozenset({Kind.S_HAS, Kind.S_ADD, Kind.S_REMOVE, Kind.M_GET, Kind.M_SET})

#: What an evaluation costs, in rough units of one operator on small integers; kinds not listed cost 1.
_COST = {
    Kind.CAST: 0, Kind.SOME: 0, Kind.UNWRAP: 0, Kind.NOT: 0, Kind.Q_LEN: 2, Kind.Q_PUSH: 3, Kind.Q_POP: 3,
    Kind.S_LEN: 3, Kind.M_SET: 5,
}  # fmt: skip

#: A local name is worth it from this cost on when it is read at least twice.
_WORTH_SHARING = 2

#: An expression that reads only the source of a step is moved out of the loop over targets from this cost on.
_WORTH_MOVING = 3


class Use(NamedTuple):
    """An expression of some statement; `always` says that every run through the statements evaluates it."""

    expr: Expr
    always: bool


def uses(body: Iterable[Statement], always: bool = True) -> list[Use]:
    """The expressions of statements, branches included. A check may end the run, so what follows it may not run."""
    found: list[Use] = []
    for statement in body:
        found += [Use(expr, always) for expr in expressions(statement)]
        if isinstance(statement, If):
            found += uses(statement.then, False) + uses(statement.orelse, False)
            always = always and not _may_end(statement)
        elif not isinstance(statement, Let):
            always = False
    return found


def block_uses(block: Block, always: bool = True) -> list[Use]:
    """The expressions of a property's block."""
    return [*uses(block.body, always), Use(block.result, always and not any(_may_end(s) for s in block.body))]


def _may_end(statement: Statement) -> bool:
    if isinstance(statement, If):
        return any(_may_end(inner) for inner in (*statement.then, *statement.orelse))
    return isinstance(statement, Check)


def shared(found: Sequence[Use], known: Iterable[Expr] = ()) -> list[Expr]:
    """The expressions to compute first, arguments before their users. `known` have names already."""
    graph = _Graph(found, known)
    chosen = []
    for expr in graph.order:
        graph.weigh(expr)
        if graph.movable(expr) and graph.cost[expr] >= _WORTH_SHARING and graph.count[expr] >= 2:
            chosen.append(expr)
            # Whoever uses it reads a name.
            graph.cost[expr] = 0
    return chosen


def moved_out(found: Sequence[Use], known: Iterable[Expr] = ()) -> list[Expr]:
    """Likewise for a loop over targets: what reads only the source, even if it is used once in the loop."""
    graph = _Graph(found, known)
    chosen = []
    for expr in graph.order:
        graph.weigh(expr)
        if not graph.movable(expr) or expr in graph.reads_target:
            continue
        outermost = any(user in graph.reads_target for user in graph.users[expr]) or expr in graph.roots
        if graph.cost[expr] >= (_WORTH_MOVING if outermost else _WORTH_SHARING) and (
            outermost or graph.count[expr] >= 2
        ):
            chosen.append(expr)
            graph.cost[expr] = 0
    return chosen


def repeated(expr: Expr, known: Iterable[Expr] = ()) -> list[Expr]:
    """The parts that one expression uses more than once and that may be computed before it, arguments first."""
    graph = _Graph([Use(expr, True)], known)
    for part in graph.order:
        graph.weigh(part)
    return [
        part
        for part in graph.order
        if graph.count[part] >= 2 and graph.cost[part] >= _WORTH_SHARING and graph.defined(part)
    ]


class _Graph:
    """Every expression below some uses, and how it is used."""

    def __init__(self, found: Sequence[Use], known: Iterable[Expr]) -> None:
        self.known = frozenset(known)
        self.roots = {use.expr for use in found}
        self.order = list(postorder(*(use.expr for use in found)))
        self.count = Counter(use.expr for use in found)
        self.users: dict[Expr, list[Expr]] = {expr: [] for expr in self.order}
        self.cost: dict[Expr, int] = {}
        self.reads_target: set[Expr] = set()
        self._reads_local: set[Expr] = set()
        self._can_raise: set[Expr] = set()
        self._always = {use.expr for use in found if use.always}
        for expr in self.order:
            for arg in expr.args:
                self.count[arg] += 1
                self.users[arg].append(expr)
            self._classify(expr)
        for expr in reversed(self.order):
            if expr in self._always:
                self._always.update(_certain(expr))

    def _classify(self, expr: Expr) -> None:
        if expr.kind is Kind.PRIMED or any(arg in self.reads_target for arg in expr.args):
            self.reads_target.add(expr)
        if expr.kind is Kind.LOCAL or any(arg in self._reads_local for arg in expr.args):
            self._reads_local.add(expr)
        if _can_raise(expr) or any(arg in self._can_raise for arg in expr.args):
            self._can_raise.add(expr)

    def weigh(self, expr: Expr) -> None:
        """Note what evaluating an expression costs; its arguments have been weighed."""
        below = sum(self.cost[arg] for arg in expr.args)
        self.cost[expr] = 0 if expr.kind in LEAVES or expr in self.known else min(below + _COST.get(expr.kind, 1), 1000)

    def defined(self, expr: Expr) -> bool:
        """Whether it has a value wherever the uses are evaluated."""
        return expr not in self.known and (
            expr in self._always or (expr not in self._reads_local and expr not in self._can_raise)
        )

    def movable(self, expr: Expr) -> bool:
        """Whether it can be computed first and would be evaluated anyway, so that it is certainly defined."""
        return expr in self._always and expr not in self._reads_local and expr not in self.known


def _certain(expr: Expr) -> Iterable[Expr]:
    """The parts that are evaluated whenever the expression is."""
    if expr.kind in (Kind.AND, Kind.OR, Kind.ITE):
        return expr.args[:1]
    if expr.kind is Kind.ADD:
        # Of terms that ask about the items of a queue, only the first test is sure to be made.
        terms = [(part, summand(part)) for part in expr.args]
        return [part if term is None else term.subject for part, term in terms]
    return expr.args


def _can_raise(expr: Expr) -> bool:
    if expr.kind is Kind.CAST:
        return not _widens(expr.args[0].type, expr.type)
    if expr.kind in _INDEXED:
        return expr.args[1].kind is not Kind.CONST
    return expr.kind in _CAN_RAISE


def _widens(source: Type, target: Type) -> bool:
    return join(source, target) == target
