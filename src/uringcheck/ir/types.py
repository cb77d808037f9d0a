"""The types of values, and how a value is written down.

Every engine, trace and test shares one *encoding* of values in plain Python data:

    Bool    False, True            Option   None, or the item
    Int     the number             Queue    tuple of items, head first
    Enum    position of the member Set      int, bit `rank(item)` set for each member
    Record  tuple of fields        Map      tuple of items, by rank of the index

Equal values have equal encodings, so a state (a tuple of encoded variables) is its own canonical form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import product
from typing import Any, TypeAlias

from uringcheck.diagnostics.values import value_class
from uringcheck.ir.sizes import OpenSizeError, Size, highest, lowest


@value_class
class Bool:
    """False or True."""

    def __str__(self) -> str:
        return "bool"


@value_class
class Int:
    """The integers from `low` to `high`, both included.

    For a proof about every size a bound may be a `Size`, which has no number. Nothing else ever sees one, so the types
    of fields do not say it.
    """

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


@value_class
class Enum:
    """One of `members`. `origin` is the author's class, for reading and printing.

    `interchangeable` members may stand for each other everywhere. Where the author writes integers for them, `low` is
    the one that the first member stands for, and there is no class.
    """

    name: str
    members: tuple[str, ...]
    module: str = ""
    origin: type | None = field(default=None, compare=False, repr=False)
    interchangeable: bool = field(default=False, compare=False, repr=False)
    low: int | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return self.name


@value_class
class Record:
    """Named fields with values that never change. `origin` is the author's class."""

    name: str
    fields: tuple[tuple[str, Type], ...]
    module: str = ""
    origin: type | None = field(default=None, compare=False, repr=False)

    def position(self, name: str) -> int:
        """Where the field `name` stands; raises KeyError."""
        for position, (field_name, _) in enumerate(self.fields):
            if field_name == name:
                return position
        raise KeyError(name)

    def __str__(self) -> str:
        return self.name


@value_class
class Option:
    """A value of `item`, or nothing."""

    item: Type

    def __str__(self) -> str:
        return f"{self.item} or None"


@value_class
class Queue:
    """At most `capacity` items, first in first out."""

    item: Type
    capacity: int

    def __str__(self) -> str:
        return f"queue of {self.capacity} {self.item}"


@value_class
class Set:
    """A set of values of the finite type `item`."""

    item: Type

    def __str__(self) -> str:
        return f"set of {self.item}"


@value_class
class Map:
    """One value of `item` for every value of the finite type `index`."""

    index: Type
    item: Type

    def __str__(self) -> str:
        return f"map from {self.index} to {self.item}"


Type: TypeAlias = Bool | Int | Enum | Record | Option | Queue | Set | Map
Encoded: TypeAlias = Any
"""An encoded value: see the table at the top."""

BOOL = Bool()


@value_class
class Everywhere:
    """The start of a map whose indices cannot be listed: the same item at each."""

    item: Encoded


#: A finite type used as an index or a set element is enumerated; beyond this many values a spec is almost
#: certainly wrong, and generated code would be unreadably long.
MAX_INDEX = 256


def is_open(type_: Type) -> bool:
    """Whether the size of a number's range, or of a container, is open."""
    match type_:
        case Int(low, high):
            return isinstance(low, Size) or isinstance(high, Size)
        case Queue(capacity=capacity):
            return isinstance(capacity, Size)
        case Set(item) | Map(index=item):
            return is_open(item)
        case Option(item):
            return is_open(item)
        case Record(fields=fields):
            return any(is_open(item) for _, item in fields)
        case _:
            return False


def is_scalar(type_: Type) -> bool:
    """Whether values can be items of queues, fields and arguments: everything but containers."""
    match type_:
        case Bool() | Int() | Enum():
            return True
        case Option(item):
            return is_scalar(item)
        case Record(fields=fields):
            return all(is_scalar(item) for _, item in fields)
        case _:
            return False


def cardinality(type_: Type) -> int:
    """The number of values of the type."""
    match type_:
        case Bool():
            return 2
        case Int(low, high):
            return high - low + 1
        case Enum(members=members):
            return len(members)
        case Record(fields=fields):
            count = 1
            for _, item in fields:
                count *= cardinality(item)
            return count
        case Option(item):
            return 1 + cardinality(item)
        case Queue(item, capacity):
            size = cardinality(item)
            return sum(int(size**length) for length in range(capacity + 1))
        case Set(item):
            return int(2 ** cardinality(item))
        case Map(index, item):
            return int(cardinality(item) ** cardinality(index))


def values(type_: Type) -> Iterator[Encoded]:
    """Every value of a scalar type, in canonical order: the order of ranks.

    The last field of a record varies fastest; None comes before any item of an option.
    """
    match type_:
        case Bool():
            yield from (False, True)
        case Int(low, high):
            if isinstance(low, Size) or isinstance(high, Size):
                raise OpenSizeError(f"the values of {type_} cannot be listed")
            yield from range(low, high + 1)
        case Enum(members=members):
            yield from range(len(members))
        case Record(fields=fields):
            yield from product(*(tuple(values(item)) for _, item in fields))
        case Option(item):
            yield None
            yield from values(item)
        case _:
            raise TypeError(f"{type_} is not enumerated")


def rank(type_: Type, value: Encoded) -> int:
    """The position of `value` in `values(type_)`."""
    match type_:
        case Bool() | Enum():
            return int(value)
        case Int(low, _):
            return int(value) - low
        case Record(fields=fields):
            position = 0
            for (_, item), part in zip(fields, value, strict=True):
                position = position * cardinality(item) + rank(item, part)
            return position
        case Option(item):
            return 0 if value is None else 1 + rank(item, value)
        case _:
            raise TypeError(f"{type_} has no ranks")


def admits(type_: Type, value: Encoded) -> bool:
    """Whether an encoded value of the right shape lies within the type's bounds."""
    match type_:
        case Int(low, high):
            return bool(low <= value <= high)
        case Record(fields=fields):
            return all(admits(item, part) for (_, item), part in zip(fields, value, strict=True))
        case Option(item):
            return value is None or admits(item, value)
        case Queue(item, capacity):
            return len(value) <= capacity and all(admits(item, part) for part in value)
        case Map(_, item):
            return all(admits(item, part) for part in ((value.item,) if isinstance(value, Everywhere) else value))
        case Set(item):
            return bool(0 <= value < 1 << cardinality(item))
        case Enum(members=members):
            return bool(0 <= value < len(members))
        case Bool():
            return True


def default(type_: Type) -> Encoded:
    """The value a variable starts with when the spec names none: the least one."""
    match type_:
        case Bool():
            return False
        case Int(low, _):
            return low
        case Enum():
            return 0
        case Record(fields=fields):
            return tuple(default(item) for _, item in fields)
        case Option():
            return None
        case Queue():
            return ()
        case Set():
            return 0
        case Map(index, item):
            if is_open(index):
                return Everywhere(default(item))
            return (default(item),) * cardinality(index)


def join(left: Type, right: Type) -> Type | None:
    """The least type that holds the values of both, or None when they have nothing in common."""
    if left == right:
        return left
    match left, right:
        case Int(a, b), Int(c, d):
            return Int(lowest((a, c)), highest((b, d)))
        case Option(a), Option(b):
            item = join(a, b)
            return None if item is None else Option(item)
        case _:
            return None
