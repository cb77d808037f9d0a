"""State variables: how they are declared, and how the plain run stores them."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Literal, TypeVar, overload

from uringcheck.diagnostics import Span, SpecError
from uringcheck.lang.containers import Map, Queue, SetOf, admit
from uringcheck.lang.domains import Domain, Ints, MapDomain, Of, QueueOf, SetDomain, as_domain
from uringcheck.lang.records import Record
from uringcheck.lang.symbolic import caller_span

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

#: Stands for "the least value of the domain".
LEAST: Any = object()


class Variable:
    """A declared state variable: a domain and the value it starts with."""

    def __init__(self, domain: Domain[Any], start: Any, span: Span) -> None:
        self.domain, self.start, self.span = domain, start, span
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else instance.values[self.name]

    def __set__(self, instance: Any, value: Any) -> None:
        type_ = instance.site.variables[self.name].type
        instance.values[self.name] = admit(type_, value, f"`{self.name}`")


def _place(init: object) -> Span:
    """Where a variable is declared. `init` is for type checkers only: it tells them that no constructor takes one."""
    span = caller_span(3)
    if init is not False:
        raise SpecError.at(
            "UC321", "`init=` does not say how a variable starts", span, help="`start=` does, where there is a choice"
        )
    return span


@overload
def var(low: int, high: int, *, start: int = ..., init: Literal[False] = False) -> int: ...
@overload
def var(low: Domain[T], *, start: T = ..., init: Literal[False] = False) -> T: ...
@overload
def var(low: T, *, init: Literal[False] = False) -> T: ...
def var(low: Any, high: Any = None, *, start: Any = LEAST, init: Literal[False] = False) -> Any:
    """A state variable.

    `var(low, high)` is an integer, `var(False)` a boolean, `var(Phase.IDLE)` an enum, `var(SomeRecord(...))` a record
    (each starting as written), `var(domain)` anything. Without `start` it starts with the least value of its domain;
    an optional value starts with None.
    """
    span = _place(init)
    if high is not None:
        return Variable(Ints(low, high, span), start, span)
    if isinstance(low, Domain):
        return Variable(low, start, span)
    if isinstance(low, (bool, enum.Enum, Record)):
        if start is not LEAST:
            raise SpecError.at(
                "UC321", "this variable starts as it is written", span, help="write that value alone, without `start=`"
            )
        return Variable(Of(type(low), span), low, span)
    raise SpecError.at(
        "UC304",
        "a variable needs a finite domain",
        span,
        help="var(low, high), var(False), var(Phase.IDLE), var(domain)",
    )


def queue(capacity: int, of: Domain[T] | type[T], *, init: Literal[False] = False) -> Queue[T]:
    """A first-in-first-out queue of at most `capacity` items, empty at the start."""
    span = _place(init)
    return Variable(QueueOf(as_domain(of, span), capacity, span), LEAST, span)  # type: ignore[return-value]


def set_of(of: Domain[T] | type[T], *, start: Iterable[T] = (), init: Literal[False] = False) -> SetOf[T]:
    """A set over a finite domain, empty at the start unless `start` (an iterable of members, or `everything`)."""
    span = _place(init)
    return Variable(SetDomain(as_domain(of, span), span), start, span)  # type: ignore[return-value]


#: `set_of(..., start=everything)`: every value of the domain is a member at the start.
everything: tuple[Any, ...] = tuple.__new__(type("Everything", (tuple,), {}))


@overload
def map_of(index: Domain[K] | type[K], item: Queue[T], *, init: Literal[False] = False) -> Map[K, Queue[T]]: ...
@overload
def map_of(index: Domain[K] | type[K], item: SetOf[T], *, init: Literal[False] = False) -> Map[K, SetOf[T]]: ...
@overload
def map_of(
    index: Domain[K] | type[K], item: Domain[V] | type[V], *, start: V = ..., init: Literal[False] = False
) -> Map[K, V]: ...
def map_of(index: Any, item: Any, *, start: Any = LEAST, init: Literal[False] = False) -> Any:
    """A value for every index, all `start` (or as a container declared as `item` starts)."""
    span = _place(init)
    if isinstance(item, Variable) and start is LEAST:
        start = item.start
    return Variable(MapDomain(as_domain(index, span), as_domain(item, span), span), start, span)
