"""Values under open sizes as z3 terms: nothing is bounded, so numbers are integers and containers are arrays.

    Bool    a boolean                  Option   (there, item)
    Int     an integer                 Queue    (head, tail, items): arrays that count from head to tail
    Enum    position of the member     Set      (members, how many): an array of booleans, and a number
    Record  tuple of fields            Map      items: arrays

An item that is a record is one array for each of its parts. `valid` is what is true of every real value; the number
of a set's members is there because no formula over an array says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.ir.sizes import Number, Size, bounded
from uringcheck.ir.types import Bool, Encoded, Enum, Everywhere, Int, Map, Option, Queue, Record, Set, Type, is_scalar
from uringcheck.lower.z3_values import FALSE, TRUE, Formula, Term, every, leaves, reshaped

INTEGERS = z3.IntSort()

#: How the names of arrays end that hold items.
_ITEMS = "[]"


class OpenShapeError(Exception):
    """A type or an operation that has no terms under open sizes; the text says which."""


def number(value: Number) -> Any:
    """A number, or a size as a sum of its parameters."""
    if not isinstance(value, Size):
        return z3.IntVal(int(value))
    parts = [z3.IntVal(times) * parameter(name) if times != 1 else parameter(name) for name, times in value.terms]
    return z3.Sum([*parts, z3.IntVal(value.constant)]) if value.constant else z3.Sum(parts)


def parameter(name: str) -> Any:
    """The unknown that stands for an open parameter."""
    return z3.Int(f"size {name}")


def within(type_: Int, term: Any) -> list[Formula]:
    """That a number lies in the range of a type."""
    found = [number(type_.low) <= term]
    return [*found, term <= number(type_.high)] if bounded(type_.high) else found


def at(items: Term, position: Any) -> Term:
    """The item of arrays at a position."""
    return reshaped(items, iter([z3.Select(array, position) for array in leaves(items)]))


def put(items: Term, position: Any, item: Term) -> Term:
    """The arrays with another item at a position."""
    stored = [z3.Store(array, position, part) for array, part in zip(leaves(items), leaves(item), strict=True)]
    return reshaped(items, iter(stored))


def written(items: Term, position: Any, item: Term) -> Term:
    """The arrays whose item at each position is what `item` says of it."""
    parts = [z3.Lambda([position], part) for part in leaves(item)]
    return reshaped(items, iter(parts))


def spread(item: Term) -> Term:
    """The arrays with the same item everywhere."""
    return reshaped(item, iter([z3.K(INTEGERS, part) for part in leaves(item)]))


def ranked(type_: Type, term: Term) -> Any:
    """A value as an index of arrays."""
    match type_:
        case Int() | Enum():
            return term
        case Bool():
            return z3.If(term, z3.IntVal(1), z3.IntVal(0))
        case _:
            raise OpenShapeError(f"a {type_} as an index")


def indices(type_: Type) -> Int:
    """The positions in arrays of the values of a type of indices."""
    match type_:
        case Int():
            return type_
        case Enum(members=members):
            return Int(0, len(members) - 1)
        case Bool():
            return Int(0, 1)
        case _:
            raise OpenShapeError(f"a {type_} as an index")


def fresh(type_: Type, name: str) -> Term:
    """A value that nothing is known about."""
    match type_:
        case Bool():
            return z3.Bool(name)
        case Int() | Enum():
            return z3.Int(name)
        case Record(fields=fields):
            return tuple(fresh(item, f"{name}.{field}") for field, item in fields)
        case Option(item):
            return z3.Bool(f"{name}?"), fresh(item, name)
        case Queue(item, _):
            return z3.Int(f"head({name})"), z3.Int(f"tail({name})"), _arrays(item, name)
        case Set():
            return z3.Array(name, INTEGERS, z3.BoolSort()), z3.Int(f"len({name})")
        case Map(_, item):
            return _arrays(item, name)


def _arrays(item: Type, name: str) -> Term:
    if not is_scalar(item):
        raise OpenShapeError(f"a map whose items are {item}")
    sample = fresh(item, name)
    arrays = [z3.Array(f"{part.decl().name()}{_ITEMS}", INTEGERS, part.sort()) for part in leaves(sample)]
    return reshaped(sample, iter(arrays))


def is_items(array: Any) -> bool:
    """Whether an unknown array holds items of a queue or a map, not members of a set."""
    return bool(array.decl().name().endswith(_ITEMS))


def literal(type_: Type, value: Encoded) -> Term:
    """An encoded value."""
    match type_:
        case Bool():
            return TRUE if value else FALSE
        case Int() | Enum():
            return number(value)
        case Record(fields=fields):
            return tuple(literal(item, part) for (_, item), part in zip(fields, value, strict=True))
        case Option(item):
            return (FALSE, least(item)) if value is None else (TRUE, literal(item, value))
        case Queue(item, _):
            items = spread(least(item))
            for position, part in enumerate(value):
                items = put(items, z3.IntVal(position), literal(item, part))
            return z3.IntVal(0), z3.IntVal(len(value)), items
        case Set():
            members = z3.K(INTEGERS, FALSE)
            for position in _bits(value):
                members = z3.Store(members, number(indices(type_.item).low + position), TRUE)
            return members, z3.IntVal(value.bit_count())
        case Map(index, item):
            if isinstance(value, Everywhere):
                return spread(literal(item, value.item))
            items = spread(literal(item, value[0]))
            for position, part in enumerate(value):
                items = put(items, number(indices(index).low + position), literal(item, part))
            return items


def _bits(value: int) -> Iterator[int]:
    return (position for position in range(value.bit_length()) if value >> position & 1)


def least(type_: Type) -> Term:
    """A value that stands where nothing is."""
    match type_:
        case Bool():
            return FALSE
        case Int() | Enum():
            return z3.IntVal(0)
        case Record(fields=fields):
            return tuple(least(item) for _, item in fields)
        case Option(item):
            return FALSE, least(item)
        case _:
            raise InternalError(f"{type_} stands nowhere")


def valid(type_: Type, term: Term) -> list[Formula]:
    """What is true of every value of the type."""
    match type_:
        case Bool():
            return []
        case Int():
            return within(type_, term)
        case Enum(members=members):
            return within(Int(0, len(members) - 1), term)
        case Record(fields=fields):
            return [one for (_, item), part in zip(fields, term, strict=True) for one in valid(item, part)]
        case Option(item):
            return [z3.Implies(term[0], one) for one in valid(item, term[1])]
        case Queue(item, capacity):
            head, tail, items = term
            room = [tail - head <= number(capacity)] if bounded(capacity) else []
            return [head <= tail, *room, *_each(item, items, head, tail)]
        case Set(item):
            members, count = term
            range_ = indices(item)
            member = z3.Int("member")
            inside = every([*within(range_, member), count >= 1])
            has = z3.Select(members, member)
            # A set of some range has at most as many members as the range has numbers; with none it is empty.
            return [
                count >= 0,
                count <= number(range_.high - range_.low + 1),
                z3.ForAll([member], z3.Implies(has, inside), patterns=[has]),
            ]
        case Map(index, item):
            range_ = indices(index)
            return _each(item, term, number(range_.low), number(range_.high + 1) if bounded(range_.high) else None)


def _each(item: Type, items: Term, low: Any, high: Any) -> list[Formula]:
    """That each item is a value of its type."""
    position = z3.Int("position")
    here = at(items, position)
    parts = valid(item, here)
    if not parts:
        return []
    inside = [low <= position] if high is None else [low <= position, position < high]
    patterns = list(leaves(here))
    return [z3.ForAll([position], z3.Implies(every(inside), every(parts)), patterns=patterns)]
