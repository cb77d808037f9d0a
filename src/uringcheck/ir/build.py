"""Constructors of expressions that fold what is already known, and the sugar on top of them.

`apply` is the only place that says what a kind *means* on encoded values; it folds constants and nothing else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from uringcheck.diagnostics import InternalError, Span
from uringcheck.ir.nodes import Expr, Kind, node
from uringcheck.ir.sizes import bounded, highest, lowest
from uringcheck.ir.types import (
    BOOL,
    Bool,
    Encoded,
    Int,
    Map,
    Option,
    Queue,
    Record,
    Set,
    Type,
    cardinality,
    join,
    rank,
)


def constant(type_: Type, value: Encoded, span: Span | None = None) -> Expr:
    """The value itself."""
    return node(Kind.CONST, type_, (), bool(value) if isinstance(type_, Bool) else value, span)


def integer(value: int, span: Span | None = None) -> Expr:
    """The integer, as a type of its own."""
    return constant(Int(value, value), value, span)


TRUE = constant(BOOL, True)
FALSE = constant(BOOL, False)


def is_constant(expr: Expr) -> bool:
    """Whether the expression is a value."""
    return expr.kind is Kind.CONST


def state(name: str, type_: Type, span: Span | None = None) -> Expr:
    """The value of a state variable now."""
    return node(Kind.STATE, type_, (), name, span)


def primed(name: str, type_: Type, span: Span | None = None) -> Expr:
    """The value of a state variable after the step."""
    return node(Kind.PRIMED, type_, (), name, span)


def local(number: int, type_: Type) -> Expr:
    """The value of a local."""
    return node(Kind.LOCAL, type_, (), number)


def argument(name: str, type_: Type) -> Expr:
    """The value of an action's argument."""
    return node(Kind.ARG, type_, (), name)


def toggle(name: str) -> Expr:
    """The value of a boolean parameter."""
    return node(Kind.TOGGLE, BOOL, (), name)


# --- booleans -------------------------------------------------------------------------------------------------------


def not_(operand: Expr, span: Span | None = None) -> Expr:
    """Negation."""
    if is_constant(operand):
        return FALSE if operand.data else TRUE
    if operand.kind is Kind.NOT:
        return operand.args[0]
    if operand.kind is Kind.LE:
        return lt(operand.args[1], operand.args[0], span)
    if operand.kind is Kind.LT:
        return le(operand.args[1], operand.args[0], span)
    return node(Kind.NOT, BOOL, (operand,), None, span)


def and_(*operands: Expr, span: Span | None = None) -> Expr:
    """Conjunction, left to right. Operands after a constant false are dropped; they would not have run."""
    return _connect(Kind.AND, operands, TRUE, FALSE, span)


def or_(*operands: Expr, span: Span | None = None) -> Expr:
    """Disjunction, left to right. Operands after a constant true are dropped; they would not have run."""
    return _connect(Kind.OR, operands, FALSE, TRUE, span)


def _connect(kind: Kind, operands: Sequence[Expr], unit: Expr, zero: Expr, span: Span | None) -> Expr:
    kept: list[Expr] = []
    flat = [part for operand in operands for part in (operand.args if operand.kind is kind else (operand,))]
    for operand in flat:
        if operand is unit or operand in kept:
            continue
        if operand is zero:
            # What stands to the left may matter only for where it is undefined, and a check has settled that.
            return zero
        kept.append(operand)
    if not kept:
        return unit
    return kept[0] if len(kept) == 1 else node(kind, BOOL, tuple(kept), None, span)


def implies(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """Implication."""
    return or_(not_(left), right, span=span)


def ite(condition: Expr, then: Expr, orelse: Expr, span: Span | None = None) -> Expr:
    """`then` where the condition is true, else `orelse`; their types are joined."""
    while then.kind is Kind.ITE and then.args[0] is condition:
        then = then.args[1]
    while orelse.kind is Kind.ITE and orelse.args[0] is condition:
        orelse = orelse.args[2]
    if then is orelse:
        return then
    if is_constant(condition):
        return then if condition.data else orelse
    type_ = join(then.type, orelse.type)
    if type_ is None:
        raise InternalError(f"no common type of {then.type} and {orelse.type}")
    if type_ == BOOL:
        if then is TRUE:
            return or_(condition, orelse, span=span)
        if then is FALSE:
            return and_(not_(condition), orelse, span=span)
        if orelse is TRUE:
            return or_(not_(condition), then, span=span)
        if orelse is FALSE:
            return and_(condition, then, span=span)
    return node(Kind.ITE, type_, (condition, cast(then, type_), cast(orelse, type_)), None, span)


# --- comparison and arithmetic --------------------------------------------------------------------------------------


def _folded(kind: Kind, type_: Type, args: tuple[Expr, ...], data: Encoded, span: Span | None) -> Expr:
    if all(is_constant(arg) for arg in args) and _is_defined(kind, args):
        return constant(type_, apply(kind, type_, args, data), span)
    return node(kind, type_, args, data, span)


def _is_defined(kind: Kind, args: tuple[Expr, ...]) -> bool:
    """Whether a partial kind has a value for these constant arguments."""
    match kind:
        case Kind.Q_AT:
            return bool(0 <= args[1].data < len(args[0].data))
        case Kind.Q_POP:
            return len(args[0].data) > 0
        case Kind.UNWRAP:
            return args[0].data is not None
        case Kind.M_GET | Kind.M_SET:
            map_type = args[0].type
            assert isinstance(map_type, Map)
            return 0 <= rank(map_type.index, args[1].data) < cardinality(map_type.index)
        case _:
            return True


def eq(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """Equality of values of one type, of integers, or of optional values with a common type."""
    if left is right:
        return TRUE
    if isinstance(left.type, Int) and isinstance(right.type, Int):
        if left.type.high < right.type.low or right.type.high < left.type.low:
            return FALSE
        if is_constant(left):
            left, right = right, left
        if is_constant(right) and not is_constant(left):
            # At an end of its range equality is a bound, the form in which facts are compared.
            if right.data == interval(left).low:
                return le(left, right, span)
            if right.data == interval(left).high:
                return le(right, left, span)
    elif left.type != right.type:
        type_ = join(left.type, right.type)
        if type_ is None:
            raise InternalError(f"{left.type} is never equal to {right.type}")
        left, right = cast(left, type_), cast(right, type_)
    if left.type == BOOL:
        if is_constant(left):
            left, right = right, left
        if is_constant(right):
            return left if right.data else not_(left)
    return _folded(Kind.EQ, BOOL, (left, right), None, span)


def interval(expr: Expr) -> Int:
    """The type of an integer expression."""
    assert isinstance(expr.type, Int), expr
    return expr.type


def lt(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """`left < right`; against a constant it becomes `<=`, so that equal bounds are equal expressions."""
    if is_constant(right):
        return le(left, integer(right.data - 1), span)
    if is_constant(left):
        return le(integer(left.data + 1), right, span)
    a, b = interval(left), interval(right)
    if a.high < b.low:
        return TRUE
    if left is right or a.low >= b.high:
        return FALSE
    return _folded(Kind.LT, BOOL, (left, right), None, span)


def le(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """`left <= right`; constants are moved to one side."""
    if is_constant(right):
        left, right = _isolated(left, right)
    elif is_constant(left):
        right, left = _isolated(right, left)
    a, b = interval(left), interval(right)
    if left is right or a.high <= b.low:
        return TRUE
    if a.low > b.high:
        return FALSE
    return _folded(Kind.LE, BOOL, (left, right), None, span)


def _isolated(term: Expr, bound: Expr) -> tuple[Expr, Expr]:
    """`x + c` compared with `k` as `x` compared with `k - c`."""
    while term.kind in (Kind.ADD, Kind.SUB):
        if is_constant(term.args[1]):
            shift = term.args[1].data if term.kind is Kind.ADD else -term.args[1].data
            term, bound = term.args[0], integer(bound.data - shift)
        elif is_constant(term.args[0]) and term.kind is Kind.ADD:
            term, bound = term.args[1], integer(bound.data - term.args[0].data)
        else:
            break
    return term, bound


def add(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """`left + right`, in a type that holds every result."""
    a, b = interval(left), interval(right)
    if is_constant(right) and right.data == 0:
        return left
    if is_constant(left) and left.data == 0:
        return right
    return _folded(Kind.ADD, Int(a.low + b.low, a.high + b.high), (left, right), None, span)


def sub(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """`left - right`, in a type that holds every result."""
    a, b = interval(left), interval(right)
    if is_constant(right) and right.data == 0:
        return left
    return _folded(Kind.SUB, Int(a.low - b.high, a.high - b.low), (left, right), None, span)


def mul(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """`left * right`, in a type that holds every result."""
    a, b = interval(left), interval(right)
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return _folded(Kind.MUL, Int(lowest(corners), highest(corners)), (left, right), None, span)


def div(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """`left // right` for a positive constant."""
    a, k = interval(left), right.data
    return _folded(Kind.DIV, Int(a.low // k, a.high // k), (left, right), None, span)


def mod(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """`left % right` for a positive constant."""
    a, k = interval(left), right.data
    if a.low // k == a.high // k:
        return sub(left, integer(a.low // k * k), span)
    return _folded(Kind.MOD, Int(0, k - 1), (left, right), None, span)


def least(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """The smaller of two integers."""
    a, b = interval(left), interval(right)
    chosen = ite(le(left, right, span), left, right, span)
    return cast(chosen, Int(lowest((a.low, b.low)), lowest((a.high, b.high))))


def greatest(left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """The larger of two integers."""
    a, b = interval(left), interval(right)
    chosen = ite(le(left, right, span), right, left, span)
    return cast(chosen, Int(highest((a.low, b.low)), highest((a.high, b.high))))


def cast(expr: Expr, type_: Type) -> Expr:
    """The same value as a member of `type_`. It must be one; a check has to have shown that."""
    if expr.type == type_:
        return expr
    if is_constant(expr):
        return constant(type_, expr.data, expr.span)
    if expr.kind is Kind.CAST:
        return cast(expr.args[0], type_)
    return node(Kind.CAST, type_, (expr,), None, expr.span)


def in_type(expr: Expr, type_: Type) -> Expr:
    """The condition under which the value is a member of `type_` (which has the shape of its own type)."""
    match expr.type, type_:
        case Int(), Int(low, high):
            return and_(le(integer(low), expr), le(expr, integer(high)) if bounded(high) else TRUE)
        case Option(have), Option(want) if have != want:
            return or_(not_(is_some(expr)), in_type(unwrap(expr), want))
        case _:
            return TRUE


def ranked(expr: Expr) -> Expr:
    """The position of the value among those of its type."""
    return _folded(Kind.RANK, Int(0, cardinality(expr.type) - 1), (expr,), None, expr.span)


# --- records and optional values ------------------------------------------------------------------------------------


def record(type_: Record, fields: Sequence[Expr], span: Span | None = None) -> Expr:
    """A record of these fields, which must be in range."""
    cast_fields = tuple(cast(value, item) for value, (_, item) in zip(fields, type_.fields, strict=True))
    return _folded(Kind.RECORD, type_, cast_fields, None, span)


def field(expr: Expr, name: str, span: Span | None = None) -> Expr:
    """A field of a record."""
    assert isinstance(expr.type, Record)
    position = expr.type.position(name)
    if expr.kind is Kind.RECORD:
        return expr.args[position]
    return _folded(Kind.FIELD, expr.type.fields[position][1], (expr,), name, span)


def some(expr: Expr, span: Span | None = None) -> Expr:
    """An optional value that is there."""
    return _folded(Kind.SOME, Option(expr.type), (expr,), None, span)


def is_some(expr: Expr, span: Span | None = None) -> Expr:
    """Whether an optional value is there."""
    if expr.kind is Kind.SOME:
        return TRUE
    return _folded(Kind.IS_SOME, BOOL, (expr,), None, span)


def unwrap(expr: Expr, span: Span | None = None) -> Expr:
    """The value that is there."""
    assert isinstance(expr.type, Option)
    if expr.kind is Kind.SOME:
        return expr.args[0]
    return _folded(Kind.UNWRAP, expr.type.item, (expr,), None, span)


# --- containers -----------------------------------------------------------------------------------------------------


def q_len(queue: Expr, span: Span | None = None) -> Expr:
    """The number of items."""
    assert isinstance(queue.type, Queue)
    return _folded(Kind.Q_LEN, Int(0, queue.type.capacity), (queue,), None, span)


def q_at(queue: Expr, index: Expr, span: Span | None = None) -> Expr:
    """The item at a position; 0 is the head."""
    assert isinstance(queue.type, Queue)
    return _folded(Kind.Q_AT, queue.type.item, (queue, index), None, span)


def q_push(queue: Expr, item: Expr, span: Span | None = None) -> Expr:
    """The queue with one more item at its end."""
    assert isinstance(queue.type, Queue)
    return _folded(Kind.Q_PUSH, queue.type, (queue, cast(item, queue.type.item)), None, span)


def q_pop(queue: Expr, span: Span | None = None) -> Expr:
    """The queue without its head."""
    return _folded(Kind.Q_POP, queue.type, (queue,), None, span)


def s_has(set_: Expr, item: Expr, span: Span | None = None) -> Expr:
    """Membership; false for an integer outside the set's range."""
    assert isinstance(set_.type, Set)
    inside = in_type(item, set_.type.item)
    return and_(inside, _folded(Kind.S_HAS, BOOL, (set_, cast(item, set_.type.item)), None, span))


def s_add(set_: Expr, item: Expr, span: Span | None = None) -> Expr:
    """The set with the item."""
    assert isinstance(set_.type, Set)
    return _folded(Kind.S_ADD, set_.type, (set_, cast(item, set_.type.item)), None, span)


def s_remove(set_: Expr, item: Expr, span: Span | None = None) -> Expr:
    """The set without the item."""
    assert isinstance(set_.type, Set)
    return _folded(Kind.S_REMOVE, set_.type, (set_, cast(item, set_.type.item)), None, span)


def s_len(set_: Expr, span: Span | None = None) -> Expr:
    """The number of members."""
    assert isinstance(set_.type, Set)
    return _folded(Kind.S_LEN, Int(0, cardinality(set_.type.item)), (set_,), None, span)


def s_combine(kind: Kind, left: Expr, right: Expr, span: Span | None = None) -> Expr:
    """Union, intersection or difference of two sets of one type."""
    return _folded(kind, left.type, (left, right), None, span)


def m_get(map_: Expr, index: Expr, span: Span | None = None) -> Expr:
    """The item at an index."""
    assert isinstance(map_.type, Map)
    if is_constant(index):
        while map_.kind is Kind.M_SET and is_constant(map_.args[1]):
            if map_.args[1].data == index.data:
                return map_.args[2]
            map_ = map_.args[0]
    assert isinstance(map_.type, Map)
    return _folded(Kind.M_GET, map_.type.item, (map_, cast(index, map_.type.index)), None, span)


def m_set(map_: Expr, index: Expr, item: Expr, span: Span | None = None) -> Expr:
    """The map with another item at an index."""
    assert isinstance(map_.type, Map)
    args = (map_, cast(index, map_.type.index), cast(item, map_.type.item))
    return _folded(Kind.M_SET, map_.type, args, None, span)


# --- over open sizes ------------------------------------------------------------------------------------------------


def every(number: int, low: Expr, high: Expr, body: Expr, span: Span | None = None) -> Expr:
    """The body for every value of the local of this number from `low` to `high - 1`."""
    if body is TRUE:
        return TRUE
    return node(Kind.EVERY, BOOL, (low, high, body), number, span)


def count(number: int, low: Expr, high: Expr, body: Expr, span: Span | None = None) -> Expr:
    """For how many values of the local from `low` to `high - 1` the body is true."""
    if body is FALSE:
        return integer(0)
    most = highest((interval(high).high - interval(low).low, 0))
    return node(Kind.COUNT, Int(0, most), (low, high, body), number, span)


# --- the meaning of each kind on constants ---------------------------------------------------------------------------

_BINARY: dict[Kind, Callable[[Encoded, Encoded], Encoded]] = {
    Kind.EQ: operator.eq,
    Kind.LT: operator.lt,
    Kind.LE: operator.le,
    Kind.ADD: operator.add,
    Kind.SUB: operator.sub,
    Kind.MUL: operator.mul,
    Kind.DIV: operator.floordiv,
    Kind.MOD: operator.mod,
    Kind.S_UNION: operator.or_,
    Kind.S_INTERSECT: operator.and_,
    Kind.S_MINUS: lambda a, b: a & ~b,
    Kind.Q_AT: lambda queue, i: queue[i],
    Kind.Q_PUSH: lambda queue, item: (*queue, item),
}


def apply(kind: Kind, type_: Type, args: tuple[Expr, ...], data: Encoded) -> Encoded:
    """The value of a kind for constant arguments where it is defined."""
    given = [arg.data for arg in args]
    if kind in _BINARY:
        return _BINARY[kind](*given)
    match kind:
        case Kind.RANK:
            return rank(args[0].type, given[0])
        case Kind.RECORD:
            return tuple(given)
        case Kind.FIELD:
            record_type = args[0].type
            assert isinstance(record_type, Record)
            return given[0][record_type.position(data)]
        case Kind.SOME | Kind.UNWRAP:
            return given[0]
        case Kind.IS_SOME:
            return given[0] is not None
        case Kind.Q_LEN:
            return len(given[0])
        case Kind.Q_POP:
            return given[0][1:]
        case Kind.S_LEN:
            return given[0].bit_count()
        case Kind.S_HAS | Kind.S_ADD | Kind.S_REMOVE:
            set_type = args[0].type
            assert isinstance(set_type, Set)
            bit = 1 << rank(set_type.item, given[1])
            if kind is Kind.S_HAS:
                return bool(given[0] & bit)
            return given[0] | bit if kind is Kind.S_ADD else given[0] & ~bit
        case Kind.M_GET | Kind.M_SET:
            map_type = args[0].type
            assert isinstance(map_type, Map)
            position = rank(map_type.index, given[1])
            if kind is Kind.M_GET:
                return given[0][position]
            return (*given[0][:position], given[2], *given[0][position + 1 :])
        case _:
            raise InternalError(f"{kind} of {type_} has no constant value")
