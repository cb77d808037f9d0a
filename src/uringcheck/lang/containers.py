"""Queues, sets and maps as the author sees them, and as the plain run executes them.

A container belongs to one place of the state and is never shared: assigning it copies. Iteration goes over a copy, in
canonical order. Whatever leaves the declared bounds raises `DomainViolation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from uringcheck.ir import types as ir
from uringcheck.lang.violations import DomainViolation

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


def admit(type_: ir.Type, value: Any, what: str) -> Any:
    """The author-level value as a member of the type, containers copied; raises DomainViolation."""
    match type_:
        case ir.Bool():
            value = bool(value)
        case ir.Int(low, high):
            value = int(value)
            if not low <= value <= high:
                raise DomainViolation(f"{what} leaves {low}..{high}")
        case ir.Option(item) if value is not None:
            value = admit(item, value, what)
        case ir.Queue() | ir.Set() | ir.Map():
            value = value.copy()
        case _:  # an enum member, a record (its construction was checked), or None
            pass
    return value


class Queue(Generic[T]):
    """A bounded first-in-first-out queue. `queue(capacity, of)` declares one."""

    __slots__ = ("_items", "_type")

    def __init__(self, type_: ir.Queue, items: Iterable[T] = ()) -> None:
        self._type = type_
        self._items: list[T] = list(items)

    def copy(self) -> Self:
        """An equal queue that is not this one."""
        return type(self)(self._type, self._items)

    def push(self, item: T) -> None:
        """Add an item at the end; a full queue is a domain violation."""
        if len(self._items) >= self._type.capacity:
            raise DomainViolation(f"push to a full queue (capacity {self._type.capacity})")
        self._items.append(admit(self._type.item, item, "the pushed item"))

    def pop(self) -> T:
        """Remove the head and return it; an empty queue is a domain violation."""
        if not self._items:
            raise DomainViolation("pop from an empty queue")
        return self._items.pop(0)

    def clear(self) -> None:
        """Remove everything."""
        self._items.clear()

    @property
    def head(self) -> T:
        """The item that `pop` would return."""
        if not self._items:
            raise DomainViolation("head of an empty queue")
        return self._items[0]

    @property
    def last(self) -> T:
        """The item pushed last."""
        if not self._items:
            raise DomainViolation("last of an empty queue")
        return self._items[-1]

    @property
    def empty(self) -> bool:
        """Whether there is no item."""
        return not self._items

    @property
    def full(self) -> bool:
        """Whether there is no room."""
        return len(self._items) >= self._type.capacity

    def __getitem__(self, index: int) -> T:
        position = int(index)
        if not 0 <= position < len(self._items):
            raise DomainViolation("the index lies outside the queue")
        return self._items[position]

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Queue) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Queue({self._items!r})"


class SetOf(Generic[T]):
    """A set over a finite type. `set_of(of)` declares one."""

    __slots__ = ("_items", "_type")

    def __init__(self, type_: ir.Set, items: Iterable[T] = ()) -> None:
        self._type = type_
        self._items: set[T] = set(items)

    def copy(self) -> Self:
        """An equal set that is not this one."""
        return type(self)(self._type, self._items)

    def add(self, item: T) -> None:
        """Add a member; it may be there already."""
        self._items.add(admit(self._type.item, item, "the added member"))

    def remove(self, item: T) -> None:
        """Remove a member; one that is not there is a domain violation."""
        if item not in self._items:
            raise DomainViolation("the member to remove is not in the set")
        self._items.remove(item)

    def discard(self, item: T) -> None:
        """Remove a member if it is there."""
        self._items.discard(item)

    def clear(self) -> None:
        """Remove everything."""
        self._items.clear()

    @property
    def empty(self) -> bool:
        """Whether there is no member."""
        return not self._items

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        from uringcheck.lang.values import encode

        return iter(sorted(self._items, key=lambda item: ir.rank(self._type.item, encode(self._type.item, item))))

    def __or__(self, other: SetOf[T]) -> SetOf[T]:
        return SetOf(self._type, self._items | other._items)

    def __and__(self, other: SetOf[T]) -> SetOf[T]:
        return SetOf(self._type, self._items & other._items)

    def __sub__(self, other: SetOf[T]) -> SetOf[T]:
        return SetOf(self._type, self._items - other._items)

    def __le__(self, other: SetOf[T]) -> bool:
        return self._items <= other._items

    def __ge__(self, other: SetOf[T]) -> bool:
        return self._items >= other._items

    def isdisjoint(self, other: SetOf[T]) -> bool:
        """Whether no member is in both."""
        return self._items.isdisjoint(other._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SetOf) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"SetOf({list(self)!r})"


class Map(Generic[K, V]):
    """One value for every index of a finite type. `map_of(index, item)` declares one. Iterates over its indices."""

    __slots__ = ("_items", "_type")

    def __init__(self, type_: ir.Map, items: Iterable[V]) -> None:
        self._type = type_
        self._items: list[V] = list(items)

    def copy(self) -> Self:
        """An equal map that is not this one."""
        items: list[Any] = [item.copy() if isinstance(item, (Queue, SetOf, Map)) else item for item in self._items]
        return type(self)(self._type, items)

    def _position(self, index: K) -> int:
        from uringcheck.lang.values import encode, fits

        if isinstance(self._type.index, ir.Int):
            position = int(index) - self._type.index.low  # type: ignore[call-overload]
            if not 0 <= position < len(self._items):
                low, high = self._type.index.low, self._type.index.high
                raise DomainViolation(f"the index leaves {low}..{high}")
            return int(position)
        if (index is None and not isinstance(self._type.index, ir.Option)) or not fits(self._type.index, index):
            raise DomainViolation(f"the index is not a value of {self._type.index}")
        return ir.rank(self._type.index, encode(self._type.index, index))

    def __getitem__(self, index: K) -> V:
        return self._items[self._position(index)]

    def __setitem__(self, index: K, item: V) -> None:
        # The index is judged first, as `m[i] += 1` has to.
        position = self._position(index)
        self._items[position] = admit(self._type.item, item, "the stored item")

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[K]:
        from uringcheck.lang.values import decode

        return iter([decode(self._type.index, value) for value in ir.values(self._type.index)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Map) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Map({self._items!r})"
