"""Values of the IR as bit-vectors.

    Bool    a boolean                            Option   (there, item); the item is zero where nothing is there
    Int     value - low, unsigned                Queue    (length, slots); unused slots are zero
    Enum    position of the member               Set      one bit for each value of the item type, by rank
    Record  tuple of fields                      Map      tuple of items, by rank of the index

Zero is the value whose bits are all clear, so equal values have equal bits and equality needs no cases. Every function
that makes a value keeps it in this form as long as it is used where the IR says that it is defined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.ir.types import Bool, Encoded, Enum, Int, Map, Option, Queue, Record, Set, Type, cardinality

Term: TypeAlias = Any
"""A z3 expression, or a tuple of terms."""

Formula: TypeAlias = Any
"""A boolean z3 expression."""

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)


def bits(count: int) -> int:
    """The width that tells `count` values apart; a bit-vector has at least one bit."""
    return max(1, (count - 1).bit_length())


def width(type_: Type) -> int:
    """The width of a number, an enum member or a set."""
    match type_:
        case Int(low, high):
            return bits(high - low + 1)
        case Enum(members=members):
            return bits(len(members))
        case Set(item):
            return max(1, cardinality(item))
        case _:
            raise InternalError(f"{type_} is not one bit-vector")


# --- booleans, folded where a side is known ---------------------------------------------------------------------------


def both(*operands: Formula) -> Formula:
    """Conjunction."""
    return every(operands)


def every(operands: Iterable[Formula]) -> Formula:
    """Conjunction of all."""
    kept = []
    for operand in operands:
        if z3.is_false(operand):
            return FALSE
        if not z3.is_true(operand):
            kept.append(operand)
    return TRUE if not kept else kept[0] if len(kept) == 1 else z3.And(*kept)


def some_of(operands: Iterable[Formula]) -> Formula:
    """Disjunction of all."""
    kept = []
    for operand in operands:
        if z3.is_true(operand):
            return TRUE
        if not z3.is_false(operand):
            kept.append(operand)
    return FALSE if not kept else kept[0] if len(kept) == 1 else z3.Or(*kept)


def negated(operand: Formula) -> Formula:
    """Negation."""
    if z3.is_true(operand):
        return FALSE
    if z3.is_false(operand):
        return TRUE
    return operand.arg(0) if z3.is_not(operand) else z3.Not(operand)


def chosen(condition: Formula, then: Term, orelse: Term) -> Term:
    """`then` where the condition is true, else `orelse`; both have the same shape."""
    if z3.is_true(condition):
        return then
    if z3.is_false(condition):
        return orelse
    if isinstance(then, tuple):
        return tuple(chosen(condition, a, b) for a, b in zip(then, orelse, strict=True))
    return then if then.eq(orelse) else z3.If(condition, then, orelse)


def same(left: Term, right: Term) -> Formula:
    """Equality of two values of one type."""
    return every(a == b for a, b in zip(leaves(left), leaves(right), strict=True) if not a.eq(b))


def leaves(term: Term) -> Iterator[Any]:
    """The bit-vectors and booleans that a term is made of, in order."""
    if isinstance(term, tuple):
        for part in term:
            yield from leaves(part)
    else:
        yield term


def reshaped(term: Term, parts: Iterator[Any]) -> Term:
    """The term with its leaves replaced by `parts`, in order."""
    if isinstance(term, tuple):
        return tuple(reshaped(part, parts) for part in term)
    return next(parts)


# --- values of a type ------------------------------------------------------------------------------------------


def fresh(type_: Type, name: str) -> Term:
    """A value that nothing is known about; `valid` says that it is one of the type."""
    match type_:
        case Bool():
            return z3.Bool(name)
        case Int() | Enum() | Set():
            return z3.BitVec(name, width(type_))
        case Record(fields=fields):
            return tuple(fresh(item, f"{name}.{field}") for field, item in fields)
        case Option(item):
            return z3.Bool(f"{name}?"), fresh(item, name)
        case Queue(item, capacity):
            slots = tuple(fresh(item, f"{name}[{position}]") for position in range(capacity))
            return fresh(Int(0, capacity), f"len({name})"), slots
        case Map(index, item):
            return tuple(fresh(item, f"{name}[{position}]") for position in range(cardinality(index)))


def literal(type_: Type, value: Encoded) -> Term:
    """An encoded value."""
    match type_:
        case Bool():
            return TRUE if value else FALSE
        case Int(low, _):
            return z3.BitVecVal(int(value) - low, width(type_))
        case Enum() | Set():
            return z3.BitVecVal(int(value), width(type_))
        case Record(fields=fields):
            return tuple(literal(item, part) for (_, item), part in zip(fields, value, strict=True))
        case Option(item):
            return (FALSE, zero(item)) if value is None else (TRUE, literal(item, value))
        case Queue(item, capacity):
            unused = (zero(item),) * (capacity - len(value))
            return literal(Int(0, capacity), len(value)), (*(literal(item, part) for part in value), *unused)
        case Map(_, item):
            return tuple(literal(item, part) for part in value)


def zero(type_: Type) -> Term:
    """The value whose bits are all clear."""
    match type_:
        case Bool():
            return FALSE
        case Int() | Enum() | Set():
            return z3.BitVecVal(0, width(type_))
        case Record(fields=fields):
            return tuple(zero(item) for _, item in fields)
        case Option(item):
            return FALSE, zero(item)
        case Queue(item, capacity):
            return zero(Int(0, capacity)), (zero(item),) * capacity
        case Map(index, item):
            return (zero(item),) * cardinality(index)


def valid(type_: Type, term: Term) -> Formula:
    """That a term is a value of the type, in the form described above."""
    match type_:
        case Bool():
            return TRUE
        case Int() | Enum():
            count = cardinality(type_)
            return TRUE if count == 1 << width(type_) else z3.ULE(term, count - 1)
        case Set(item):
            return TRUE if cardinality(item) else term == 0
        case Record(fields=fields):
            return every(valid(item, part) for (_, item), part in zip(fields, term, strict=True))
        case Option(item):
            return chosen(term[0], valid(item, term[1]), same(term[1], zero(item)))
        case Queue(item, capacity):
            length, slots = term
            kept = [valid(Int(0, capacity), length)]
            for position, slot in enumerate(slots):
                used = z3.UGT(length, position)
                kept.append(chosen(used, valid(item, slot), same(slot, zero(item))))
            return every(kept)
        case Map(_, item):
            return every(valid(item, part) for part in term)


def decoded(type_: Type, term: Term, model: Any) -> Encoded:
    """The encoded value that a model gives a term; where the model leaves a part open, it is zero."""
    match type_:
        case Bool():
            return z3.is_true(model.eval(term, model_completion=True))
        case Int(low, _):
            return int(model.eval(term, model_completion=True).as_long()) + low
        case Enum() | Set():
            return int(model.eval(term, model_completion=True).as_long())
        case Record(fields=fields):
            return tuple(decoded(item, part, model) for (_, item), part in zip(fields, term, strict=True))
        case Option(item):
            return decoded(item, term[1], model) if z3.is_true(model.eval(term[0], model_completion=True)) else None
        case Queue(item, capacity):
            length = decoded(Int(0, capacity), term[0], model)
            return tuple(decoded(item, slot, model) for slot in term[1][:length])
        case Map(_, item):
            return tuple(decoded(item, part, model) for part in term)


# --- numbers -----------------------------------------------------------------------------------------------


def resized(number: Any, wanted: int) -> Any:
    """The bit-vector with zeros before it or its high bits dropped."""
    have = number.size()
    if have < wanted:
        return z3.ZeroExt(wanted - have, number)
    return z3.Extract(wanted - 1, 0, number) if have > wanted else number


def modular(type_: Int, number: Any, wanted: int) -> Any:
    """The number itself modulo 2^wanted, where `number` counts from the type's low end."""
    resized_ = resized(number, wanted)
    return resized_ if type_.low == 0 else resized_ + z3.BitVecVal(type_.low, wanted)


def recast(have: Type, want: Type, term: Term) -> Term:
    """A value of one type as a value of another, where it is one."""
    if have == want:
        return term
    match have, want:
        case Int(), Int(low, _):
            size = width(want)
            return modular(Int(have.low - low, have.high - low), term, size)
        case Option(a), Option(b):
            return term[0], chosen(term[0], recast(a, b, term[1]), zero(b))
        case Record(fields=a), Record(fields=b):
            return tuple(recast(x, y, part) for (_, x), (_, y), part in zip(a, b, term, strict=True))
        case _:
            raise InternalError(f"{have} is never a value of {want}")


def ranked(type_: Type, term: Term) -> Any:
    """The position of a value among those of its type, as wide as the type's number of values needs."""
    match type_:
        case Bool():
            return z3.If(term, z3.BitVecVal(1, 1), z3.BitVecVal(0, 1))
        case Int() | Enum():
            return term
        case Record(fields=fields):
            size = bits(cardinality(type_))
            position: Any = z3.BitVecVal(0, size)
            for (_, item), part in zip(fields, term, strict=True):
                position = position * z3.BitVecVal(cardinality(item), size) + resized(ranked(item, part), size)
            return position
        case Option(item):
            size = bits(cardinality(type_))
            return z3.If(term[0], resized(ranked(item, term[1]), size) + 1, z3.BitVecVal(0, size))
        case _:
            raise InternalError(f"{type_} has no ranks")


def selected(items: tuple[Term, ...], position: Any) -> Term:
    """The item at a position; any of them where there is none."""
    if z3.is_bv_value(position):
        return items[min(position.as_long(), len(items) - 1)]
    made = items[-1]
    for number in range(len(items) - 2, -1, -1):
        if number < 1 << position.size():
            made = chosen(position == number, items[number], made)
    return made


def subterms(term: Any) -> Iterator[Any]:
    """A z3 expression and all in it, each once, but for the variables that quantifiers bind."""
    stack, seen = [term], set()
    while stack:
        part = stack.pop()
        if part.get_id() in seen or z3.is_var(part):
            continue
        seen.add(part.get_id())
        yield part
        stack.extend(part.children())


def replaced(items: tuple[Term, ...], position: Any, item: Term) -> tuple[Term, ...]:
    """The items with one of them changed."""
    if z3.is_bv_value(position):
        at = position.as_long()
        return tuple(item if number == at else old for number, old in enumerate(items))
    return tuple(
        chosen(position == number, item, old) if number < 1 << position.size() else old
        for number, old in enumerate(items)
    )
