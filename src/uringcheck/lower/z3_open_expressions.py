"""Expressions over open sizes as z3 terms: integers, arrays and quantifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.ir import build
from uringcheck.ir.coverage import declare
from uringcheck.ir.nodes import LEAVES, Expr, Kind, postorder
from uringcheck.ir.types import Int, Option, Queue, Record, Set, Type
from uringcheck.lower.z3_expressions import Leaf
from uringcheck.lower.z3_open_values import OpenShapeError, at, indices, is_items, least, literal, number, put, ranked
from uringcheck.lower.z3_values import FALSE, TRUE, Formula, Term, both, chosen, every, negated, same, some_of, subterms

_READING = LEAVES - {Kind.CONST}
_BINDING = frozenset({Kind.EVERY, Kind.COUNT})

#: Numbers unknowns that stand for one thing each; never reused, so that formulas may be put together.
_numbers = count()


def unknown(name: str) -> Any:
    """A new integer."""
    return z3.Int(f"{name} #{next(_numbers)}")


def recast(have: Type, want: Type, term: Term) -> Term:
    """A value of one type as a value of another, where it is one: integers are what they are, whatever their range."""
    return term


class OpenEnvironment:
    """What the leaves stand for now, and the terms made from them.

    `axioms` are true of the unknowns that counting brings in; every copy shares them. `instances` are positions at
    which quantified formulas are written out instead, where there are any.
    """

    def __init__(
        self,
        leaves: Mapping[Leaf, tuple[Type, Term]],
        axioms: list[Formula],
        instances: tuple[Any, ...] | None = None,
        quantified: tuple[Leaf, ...] = (),
    ) -> None:
        self._leaves, self.axioms, self.instances, self.quantified = dict(leaves), axioms, instances, quantified
        self._memo: dict[Expr, Term] = {}
        self._reads: dict[Expr, frozenset[Leaf]] = {}
        #: The new elements that stand for "some element" in what was refuted here or in a copy.
        self.chosen: list[Any] = []

    def copy(self) -> OpenEnvironment:
        """An environment that can change by itself."""
        made = OpenEnvironment(self._leaves, self.axioms, self.instances, self.quantified)
        made._memo, made._reads, made.chosen = dict(self._memo), self._reads, self.chosen
        return made

    def get(self, leaf: Leaf) -> tuple[Type, Term]:
        """The type and term of a leaf."""
        return self._leaves[leaf]

    def set(self, leaf: Leaf, type_: Type, term: Term) -> None:
        """Give a leaf another value; what was made from the old one is forgotten."""
        self._leaves[leaf] = type_, term
        self._memo = {expr: made for expr, made in self._memo.items() if leaf not in self.reads(expr)}

    @property
    def leaves(self) -> Mapping[Leaf, tuple[Type, Term]]:
        """All leaves."""
        return self._leaves

    recast = staticmethod(recast)

    def as_type(self, expr: Expr, type_: Type) -> Term:
        """The term of an expression as a value of `type_`."""
        return recast(expr.type, type_, self.term(expr))

    def reads(self, expr: Expr) -> frozenset[Leaf]:
        """The leaves that an expression reads, without those that it binds itself."""
        for part in postorder(expr, known=self._reads):
            own = frozenset({(part.kind, part.data)}) if part.kind in _READING else frozenset()
            below = own.union(*(self._reads[arg] for arg in part.args))
            self._reads[part] = below - {(Kind.LOCAL, part.data)} if part.kind in _BINDING else below
        return self._reads[expr]

    def term(self, expr: Expr) -> Term:
        """The term of an expression."""
        for part in _outside(expr, self._memo):
            self._memo[part] = self._made(part)
        return self._memo[expr]

    def refuted(self, expr: Expr) -> Formula:
        """That a boolean expression is false. What it says of every element is false of a new one."""
        match expr.kind:
            case Kind.AND:
                return some_of(self.refuted(arg) for arg in expr.args)
            case Kind.OR:
                return every(self.refuted(arg) for arg in expr.args)
            case Kind.NOT:
                return self.shown(expr.args[0])
            case Kind.EVERY:
                some = unknown("some")
                self.chosen.append(some)
                inside, inner = self._bound(expr, some, ())
                return both(inside, inner.refuted(expr.args[2]))
            case _:
                return negated(self.term(expr))

    def shown(self, expr: Expr) -> Formula:
        """That a boolean expression is true, the same way."""
        match expr.kind:
            case Kind.AND:
                return every(self.shown(arg) for arg in expr.args)
            case Kind.OR:
                return some_of(self.shown(arg) for arg in expr.args)
            case Kind.NOT:
                return self.refuted(expr.args[0])
            case _:
                formula: Formula = self.term(expr)
                return formula

    # --- what binds a number ----------------------------------------------------------------------------------------

    def _made(self, expr: Expr) -> Term:
        if expr.kind in _READING:
            have, term = self._leaves[expr.kind, expr.data]
            return recast(have, expr.type, term)
        if expr.kind is Kind.EVERY:
            return self._every(expr)
        if expr.kind is Kind.COUNT:
            return self._count(expr)
        if expr.kind in _REFUSED:
            raise OpenShapeError("a union, an intersection or a difference of sets")
        return _MAKERS[expr.kind](expr, [self._memo[arg] for arg in expr.args])

    def _bound(self, expr: Expr, position: Any, quantified: tuple[Leaf, ...]) -> tuple[Formula, OpenEnvironment]:
        """That a position is one of those that an expression is about, and an environment for its body there.

        The position is one in the arrays of a queue that the body looks into, if there is one: solvers find facts
        about elements by such positions.
        """
        low, high, body = expr.args
        leaf: Leaf = (Kind.LOCAL, expr.data)
        base = self._base(body, leaf)
        value = position if base is None else position - base
        inner = self.copy()
        inner.quantified = (*self.quantified, *quantified)
        assert isinstance(low.type, Int)
        assert isinstance(high.type, Int)
        inner.set(leaf, Int(low.type.low, high.type.high - 1), value)
        return both(self.term(low) <= value, value < self.term(high)), inner

    def _base(self, body: Expr, leaf: Leaf) -> Any:
        for part in postorder(body):
            if part.kind is Kind.Q_AT and leaf not in self.reads(part.args[0]):
                where = part.args[1]
                while where.kind is Kind.CAST:
                    where = where.args[0]
                bound = any(one in self.reads(part.args[0]) for one in self.quantified)
                if (where.kind, where.data) == leaf and not bound:
                    return self.term(part.args[0])[0]
        return None

    def _every(self, expr: Expr) -> Formula:
        if self.instances is not None:
            return every(self._at(expr, position) for position in self.instances)
        position = unknown("every")
        inside, inner = self._bound(expr, position, ((Kind.LOCAL, expr.data),))
        body = z3.Implies(inside, inner.term(expr.args[2]))
        return quantified([position], body)

    def _at(self, expr: Expr, position: Any) -> Formula:
        inside, inner = self._bound(expr, position, ())
        return z3.Implies(inside, inner.term(expr.args[2]))

    def _count(self, expr: Expr) -> Any:
        """How many there are, as far as none, one and more are told apart."""
        if any(leaf in self.reads(expr) for leaf in self.quantified):
            raise OpenShapeError("a count that depends on the element of another loop")
        found, one, two, other = unknown("count"), unknown("one"), unknown("two"), unknown("every")

        def there(position: Any) -> Formula:
            inside, inner = self._bound(expr, position, ())
            return both(inside, inner.term(expr.args[2]))

        self.axioms += [
            found >= 0,
            z3.Implies(found == 0, quantified([other], negated(there(other)))),
            z3.Implies(found >= 1, there(one)),
            z3.Implies(found == 1, quantified([other], z3.Implies(there(other), other == one))),
            z3.Implies(found >= 2, both(there(two), one != two)),
        ]
        return found


def _outside(expr: Expr, done: Mapping[Expr, Term]) -> Iterator[Expr]:
    """The expressions to be made before their users; the body of what binds a number is made by its user."""
    stack, seen = [(expr, False)], set()
    while stack:
        part, expanded = stack.pop()
        if part in done or part in seen:
            continue
        if expanded:
            seen.add(part)
            yield part
        else:
            stack.append((part, True))
            args = part.args[:2] if part.kind in _BINDING else part.args
            stack.extend((arg, False) for arg in reversed(args))


def quantified(variables: list[Any], body: Formula) -> Formula:
    """The body for every value, to be used where one of its arrays is looked into at the variable."""
    body = z3.simplify(body, expand_select_store=True, expand_select_ite=True)
    if z3.is_true(body) or z3.is_false(body):
        return body
    patterns = _patterns(variables[0], body)
    return z3.ForAll(variables, body, patterns=patterns) if patterns else z3.ForAll(variables, body)


def _patterns(variable: Any, body: Formula) -> list[Any]:
    """Where to use a formula: where a set is asked for its variable, or else an array.

    A fact about every member of a set would otherwise be used for each thing that is found through a map, which is
    found again through the next fact, without end.
    """
    found = [
        part for part in subterms(body) if z3.is_select(part) and part.arg(1).eq(variable) and z3.is_const(part.arg(0))
    ]
    members = [part for part in found if not is_items(part.arg(0))]
    return members or found


# --- one maker for each kind ------------------------------------------------------------------------------------------


def _equal(expr: Expr, args: list[Term]) -> Formula:
    left, right = expr.args
    match left.type, right.type:
        case Set(), Set() if right is build.constant(right.type, 0):
            return args[0][1] == 0
        case (Int(), Int()) | (Queue() | Set(), _):
            if isinstance(left.type, Int):
                return args[0] == args[1]
            raise OpenShapeError("two containers compared")
        case Option(), Option():
            there, other = args[0][0], args[1][0]
            return both(there == other, some_of((negated(there), same(args[0][1], args[1][1]))))
        case _:
            return same(args[0], args[1])


def _queue(expr: Expr, args: list[Term]) -> Term:
    head, tail, items = args[0]
    match expr.kind:
        case Kind.Q_LEN:
            return tail - head
        case Kind.Q_AT:
            return at(items, z3.simplify(head + args[1]))
        case Kind.Q_PUSH:
            return head, tail + 1, put(items, tail, args[1])
        case _:
            return head + 1, tail, items


def _set(expr: Expr, args: list[Term]) -> Term:
    if expr.kind is Kind.S_LEN:
        return args[0][1]
    set_ = expr.args[0].type
    assert isinstance(set_, Set)
    (members, size), member = args[0], ranked(set_.item, args[1])
    has = z3.Select(members, member)
    match expr.kind:
        case Kind.S_HAS:
            return has
        case Kind.S_ADD:
            return z3.Store(members, member, TRUE), size + z3.If(has, z3.IntVal(0), z3.IntVal(1))
        case _:
            return z3.Store(members, member, FALSE), size - z3.If(has, z3.IntVal(1), z3.IntVal(0))


def _index(expr: Expr, args: list[Term]) -> Any:
    return ranked(expr.args[0].type.index, args[1])  # type: ignore[union-attr]


def _field(expr: Expr, args: list[Term]) -> Term:
    record = expr.args[0].type
    assert isinstance(record, Record)
    return args[0][record.position(expr.data)]


def _rank(expr: Expr, args: list[Term]) -> Any:
    type_ = expr.args[0].type
    return ranked(type_, args[0]) - number(indices(type_).low)


_MAKERS: dict[Kind, Callable[[Expr, list[Term]], Term]] = {
    Kind.CONST: lambda expr, args: literal(expr.type, expr.data),
    Kind.NOT: lambda expr, args: negated(args[0]),
    Kind.AND: lambda expr, args: every(args),
    Kind.OR: lambda expr, args: some_of(args),
    Kind.ITE: lambda expr, args: chosen(*args),
    Kind.EQ: _equal,
    Kind.LT: lambda expr, args: args[0] < args[1],
    Kind.LE: lambda expr, args: args[0] <= args[1],
    Kind.ADD: lambda expr, args: args[0] + args[1],
    Kind.SUB: lambda expr, args: args[0] - args[1],
    Kind.MUL: lambda expr, args: args[0] * args[1],
    Kind.DIV: lambda expr, args: args[0] / args[1],
    Kind.MOD: lambda expr, args: args[0] % args[1],
    Kind.CAST: lambda expr, args: args[0],
    Kind.RANK: _rank,
    Kind.RECORD: lambda expr, args: tuple(args),
    Kind.FIELD: _field,
    Kind.SOME: lambda expr, args: (TRUE, args[0]),
    Kind.IS_SOME: lambda expr, args: args[0][0],
    Kind.UNWRAP: lambda expr, args: args[0][1],
    Kind.Q_LEN: _queue,
    Kind.Q_AT: _queue,
    Kind.Q_PUSH: _queue,
    Kind.Q_POP: _queue,
    Kind.S_HAS: _set,
    Kind.S_ADD: _set,
    Kind.S_REMOVE: _set,
    Kind.S_LEN: _set,
    Kind.M_GET: lambda expr, args: at(args[0], _index(expr, args)),
    Kind.M_SET: lambda expr, args: put(args[0], _index(expr, args), args[2]),
}

_REFUSED = (Kind.S_UNION, Kind.S_INTERSECT, Kind.S_MINUS)

COVERAGE = declare("the proof for every size", handled=_MAKERS.keys() | _READING | _BINDING, refused=_REFUSED)

if set(_MAKERS) & (_READING | _BINDING):
    raise InternalError("a kind is read or bound, and made from its arguments at once")

__all__ = ["COVERAGE", "FALSE", "OpenEnvironment", "least", "quantified", "recast", "unknown"]
