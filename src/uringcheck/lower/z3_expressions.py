"""Expressions of the IR as z3 terms, in an environment that says what its leaves are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.ir.coverage import declare
from uringcheck.ir.nodes import Expr, Kind, postorder
from uringcheck.ir.types import Encoded, Int, Map, Option, Queue, Record, Set, Type, cardinality
from uringcheck.lower.z3_values import (
    Term,
    bits,
    chosen,
    every,
    literal,
    modular,
    negated,
    ranked,
    recast,
    replaced,
    resized,
    same,
    selected,
    some_of,
    width,
    zero,
)

Leaf: TypeAlias = tuple[Kind, Encoded]
"""What a leaf that is no constant reads: its kind and its name or number."""

_READING = frozenset({Kind.STATE, Kind.PRIMED, Kind.LOCAL, Kind.ARG, Kind.TOGGLE})


class Environment:
    """What the leaves stand for now, and the terms that were made from them."""

    def __init__(self, leaves: Mapping[Leaf, tuple[Type, Term]]) -> None:
        """`leaves` gives every leaf that will be read its type and its term."""
        self._leaves = dict(leaves)
        self._memo: dict[Expr, Term] = {}
        self._reads: dict[Expr, frozenset[Leaf]] = {}

    recast = staticmethod(recast)

    def copy(self) -> Environment:
        """An environment that can change by itself."""
        made = Environment(self._leaves)
        made._memo, made._reads = dict(self._memo), self._reads
        return made

    def get(self, leaf: Leaf) -> tuple[Type, Term]:
        """The type and term of a leaf."""
        return self._leaves[leaf]

    def set(self, leaf: Leaf, type_: Type, term: Term) -> None:
        """Give a leaf another value; what was made from the old one is forgotten."""
        self._leaves[leaf] = type_, term
        self._memo = {expr: made for expr, made in self._memo.items() if leaf not in self._reads[expr]}

    @property
    def leaves(self) -> Mapping[Leaf, tuple[Type, Term]]:
        """All leaves."""
        return self._leaves

    def term(self, expr: Expr) -> Term:
        """The term of an expression; of the expression's own type."""
        memo, reads = self._memo, self._reads
        for part in postorder(expr, known=memo):
            if part not in reads:
                below = [reads[arg] for arg in part.args]
                own = frozenset({(part.kind, part.data)}) if part.kind in _READING else frozenset()
                reads[part] = own.union(*below)
            memo[part] = self._made(part)
        return memo[expr]

    def as_type(self, expr: Expr, type_: Type) -> Term:
        """The term of an expression as a value of `type_`."""
        return recast(expr.type, type_, self.term(expr))

    def _made(self, expr: Expr) -> Term:
        if expr.kind in _READING:
            have, term = self._leaves[expr.kind, expr.data]
            return recast(have, expr.type, term)
        return _MAKERS[expr.kind](expr, [self._memo[arg] for arg in expr.args])


# --- one maker for each kind ------------------------------------------------------------------------------------------


def _number(expr: Expr) -> Int:
    assert isinstance(expr.type, Int)
    return expr.type


def _equal(expr: Expr, args: list[Term]) -> Any:
    left, right = expr.args
    if isinstance(left.type, Int) and isinstance(right.type, Int):
        a, b = _aligned(expr, args)
        return a == b
    return same(args[0], recast(right.type, left.type, args[1]))


def _aligned(expr: Expr, args: list[Term]) -> tuple[Any, Any]:
    """Two numbers counted from the same low end, in a width that holds both."""
    a, b = _number(expr.args[0]), _number(expr.args[1])
    both = Int(min(a.low, b.low), max(a.high, b.high))
    return recast(a, both, args[0]), recast(b, both, args[1])


def _less(strict: bool) -> Callable[[Expr, list[Term]], Any]:
    def make(expr: Expr, args: list[Term]) -> Any:
        left, right = _aligned(expr, args)
        return z3.ULT(left, right) if strict else z3.ULE(left, right)

    return make


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Expr, list[Term]], Any]:
    """Modulo the width of the result, which holds every result, so nothing is lost."""

    def make(expr: Expr, args: list[Term]) -> Any:
        size, low = width(expr.type), _number(expr).low
        left, right = (modular(_number(arg), term, size) for arg, term in zip(expr.args, args, strict=True))
        made = operation(left, right)
        return made if low == 0 else made - z3.BitVecVal(low, size)

    return make


def _quotient(expr: Expr, args: list[Term]) -> Any:
    number, divisor = _floored(expr, args)
    return resized(z3.UDiv(number, divisor), width(expr.type))


def _remainder(expr: Expr, args: list[Term]) -> Any:
    number, divisor = _floored(expr, args)
    return recast(Int(0, expr.args[1].data - 1), expr.type, resized(z3.URem(number, divisor), bits(expr.args[1].data)))


def _floored(expr: Expr, args: list[Term]) -> tuple[Any, Any]:
    """The dividend counted from a multiple of the divisor at or below its low end, and the divisor."""
    have, divisor = _number(expr.args[0]), expr.args[1].data
    size = bits(max(have.high - have.low + divisor, divisor) + 1)
    return resized(args[0], size) + z3.BitVecVal(have.low % divisor, size), z3.BitVecVal(divisor, size)


def _field(expr: Expr, args: list[Term]) -> Term:
    record = expr.args[0].type
    assert isinstance(record, Record)
    return args[0][record.position(expr.data)]


def _record(expr: Expr, args: list[Term]) -> Term:
    assert isinstance(expr.type, Record)
    fields = zip(expr.args, expr.type.fields, args, strict=True)
    return tuple(recast(arg.type, item, term) for arg, (_, item), term in fields)


def _some(expr: Expr, args: list[Term]) -> Term:
    assert isinstance(expr.type, Option)
    return z3.BoolVal(True), recast(expr.args[0].type, expr.type.item, args[0])


def _unwrap(expr: Expr, args: list[Term]) -> Term:
    option = expr.args[0].type
    assert isinstance(option, Option)
    return recast(option.item, expr.type, args[0][1])


def _choice(expr: Expr, args: list[Term]) -> Term:
    then, orelse = (recast(arg.type, expr.type, term) for arg, term in zip(expr.args[1:], args[1:], strict=True))
    return chosen(args[0], then, orelse)


def _queue(expr: Expr) -> Queue:
    found = expr.args[0].type
    assert isinstance(found, Queue)
    return found


def _at(expr: Expr, args: list[Term]) -> Term:
    queue = _queue(expr)
    if not args[0][1]:
        return zero(queue.item)
    position = recast(expr.args[1].type, Int(0, max(queue.capacity - 1, 0)), args[1])
    return selected(args[0][1], z3.simplify(position))


def _push(expr: Expr, args: list[Term]) -> Term:
    queue, (length, slots) = _queue(expr), args[0]
    item = recast(expr.args[1].type, queue.item, args[1])
    return length + 1, tuple(chosen(length == number, item, slot) for number, slot in enumerate(slots))


def _pop(expr: Expr, args: list[Term]) -> Term:
    length, slots = args[0]
    return length - 1, (*slots[1:], zero(_queue(expr).item))[: len(slots)]


def _bit(expr: Expr, args: list[Term]) -> Any:
    """The bit of the element, in the width of the set."""
    set_ = expr.args[0].type
    assert isinstance(set_, Set)
    position = ranked(set_.item, recast(expr.args[1].type, set_.item, args[1]))
    size = width(set_)
    wide = max(size, position.size())
    return resized(z3.BitVecVal(1, wide) << resized(position, wide), size)


def _count(expr: Expr, args: list[Term]) -> Any:
    size, own = width(expr.type), args[0].size()
    total: Any = z3.BitVecVal(0, size)
    for position in range(own):
        total = total + resized(z3.Extract(position, position, args[0]), size)
    return total


def _index(expr: Expr, args: list[Term]) -> Any:
    map_ = expr.args[0].type
    assert isinstance(map_, Map)
    return z3.simplify(ranked(map_.index, recast(expr.args[1].type, map_.index, args[1])))


def _put(expr: Expr, args: list[Term]) -> Term:
    map_ = expr.args[0].type
    assert isinstance(map_, Map)
    return replaced(args[0], _index(expr, args), recast(expr.args[2].type, map_.item, args[2]))


def _position(expr: Expr, args: list[Term]) -> Any:
    have = Int(0, cardinality(expr.args[0].type) - 1)
    return recast(have, expr.type, ranked(expr.args[0].type, args[0]))


_MAKERS: dict[Kind, Callable[[Expr, list[Term]], Term]] = {
    Kind.CONST: lambda expr, args: literal(expr.type, expr.data),
    Kind.NOT: lambda expr, args: negated(args[0]),
    Kind.AND: lambda expr, args: every(args),
    Kind.OR: lambda expr, args: some_of(args),
    Kind.ITE: _choice,
    Kind.EQ: _equal,
    Kind.LT: _less(strict=True),
    Kind.LE: _less(strict=False),
    Kind.ADD: _arithmetic(lambda a, b: a + b),
    Kind.SUB: _arithmetic(lambda a, b: a - b),
    Kind.MUL: _arithmetic(lambda a, b: a * b),
    Kind.DIV: _quotient,
    Kind.MOD: _remainder,
    Kind.CAST: lambda expr, args: recast(expr.args[0].type, expr.type, args[0]),
    Kind.RANK: _position,
    Kind.RECORD: _record,
    Kind.FIELD: _field,
    Kind.SOME: _some,
    Kind.IS_SOME: lambda expr, args: args[0][0],
    Kind.UNWRAP: _unwrap,
    Kind.Q_LEN: lambda expr, args: args[0][0],
    Kind.Q_AT: _at,
    Kind.Q_PUSH: _push,
    Kind.Q_POP: _pop,
    Kind.S_HAS: lambda expr, args: (args[0] & _bit(expr, args)) != 0,
    Kind.S_ADD: lambda expr, args: args[0] | _bit(expr, args),
    Kind.S_REMOVE: lambda expr, args: args[0] & ~_bit(expr, args),
    Kind.S_LEN: _count,
    Kind.S_UNION: lambda expr, args: args[0] | args[1],
    Kind.S_INTERSECT: lambda expr, args: args[0] & args[1],
    Kind.S_MINUS: lambda expr, args: args[0] & ~args[1],
    Kind.M_GET: lambda expr, args: selected(args[0], _index(expr, args)),
    Kind.M_SET: _put,
}

COVERAGE = declare("z3", handled=_MAKERS.keys() | _READING, refused=(Kind.EVERY, Kind.COUNT))

if set(_MAKERS) & _READING:
    raise InternalError("a kind is read from the environment and made from its arguments at once")
