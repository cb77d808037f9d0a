"""Finite domains as an author writes them, and how they become types once parameters have values."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from uringcheck.diagnostics import Span, SpecError
from uringcheck.diagnostics.values import value_class
from uringcheck.ir import types as ir
from uringcheck.ir.sizes import is_number
from uringcheck.lang.symbolic import Param, caller_span, resolve

T_co = TypeVar("T_co", covariant=True)


class Domain(Generic[T_co]):
    """A finite set of values whose bounds may still mention parameters."""

    span: Span

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters; raises SpecError when a bound makes no sense."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[T_co]:
        """The values in order, while a step runs; only interchangeable ones have them."""
        raise TypeError(f"a {type(self).__name__} cannot be gone over")


@value_class
class Ints(Domain[int]):
    """The integers from `low` to `high`."""

    low: Any
    high: Any
    span: Span

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters."""
        low, high = resolve(self.low, value_of), resolve(self.high, value_of)
        for bound in (low, high):
            if not is_number(bound):
                raise SpecError.at("UC302", f"a bound must be an integer, not {bound!r}", self.span)
        if low > high:
            raise SpecError.at(
                "UC303",
                f"the range {low}..{high} is empty",
                self.span,
                help="the lower bound comes first; with these parameters the upper one is below it",
            )
        return ir.Int(low, high)


@value_class
class Of(Domain[Any]):
    """The values of `bool`, of an enum or of a record class."""

    cls: Any
    span: Span

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters."""
        from uringcheck.lang.records import Record

        cls = self.cls
        if cls is bool:
            return ir.BOOL
        if isinstance(cls, type) and issubclass(cls, enum.Enum):
            from uringcheck.lang.interchangeable import enum_type

            if not len(cls):
                raise SpecError.at("UC303", f"the enum `{cls.__name__}` has no members", self.span, help="give it some")
            return enum_type(cls)
        if isinstance(cls, type) and issubclass(cls, Record):
            fields = tuple((name, domain.type(value_of)) for name, domain in cls.__fields__.items())
            return ir.Record(cls.__name__, fields, cls.__module__, cls)
        if cls is int:
            raise SpecError.at("UC304", "`int` alone has no bounds", self.span, help="say which integers: ints(0, N)")
        raise SpecError.at(
            "UC304",
            f"{getattr(cls, '__name__', cls)!r} is not a finite domain",
            self.span,
            help="use ints(low, high), bool, an Enum, a Record, maybe(...), queue(...), set_of(...) or map_of(...)",
        )


@value_class
class Maybe(Domain[Any]):
    """A value of `item`, or None."""

    item: Domain[Any]
    span: Span

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters."""
        item = _scalar(self.item, value_of, "an optional value")
        if isinstance(item, ir.Option):
            raise SpecError.at(
                "UC305", "an optional value of an optional value", self.span, help="one maybe(...) is enough"
            )
        return ir.Option(item)


@value_class
class QueueOf(Domain[Any]):
    """At most `capacity` items, first in first out."""

    item: Domain[Any]
    capacity: Any
    span: Span

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters."""
        capacity = resolve(self.capacity, value_of)
        if not is_number(capacity) or capacity < 0:
            raise SpecError.at("UC302", f"a capacity must be a number of items, not {capacity!r}", self.span)
        return ir.Queue(_scalar(self.item, value_of, "an item of a queue"), capacity)


@value_class
class SetDomain(Domain[Any]):
    """A set over a finite type."""

    item: Domain[Any]
    span: Span

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters."""
        return ir.Set(_index(self.item, value_of, "a member of a set"))


@value_class
class MapDomain(Domain[Any]):
    """A value for every index."""

    index: Domain[Any]
    item: Domain[Any]
    span: Span

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters."""
        return ir.Map(_index(self.index, value_of, "an index"), self.item.type(value_of))


def _scalar(domain: Domain[Any], value_of: Callable[[Param], Any], what: str) -> ir.Type:
    type_ = domain.type(value_of)
    if not ir.is_scalar(type_):
        raise SpecError.at(
            "UC305",
            f"{what} cannot be a container",
            domain.span,
            help="use a map of containers: map_of(index, queue(...))",
        )
    return type_


def _index(domain: Domain[Any], value_of: Callable[[Param], Any], what: str) -> ir.Type:
    type_ = _scalar(domain, value_of, what)
    if ir.cardinality(type_) > ir.MAX_INDEX:
        raise SpecError.at(
            "UC306",
            f"{what} has {ir.cardinality(type_)} possible values; {ir.MAX_INDEX} is the limit",
            domain.span,
            help="a set or map is written out over all its indices; use a smaller range",
        )
    return type_


def as_domain(of: Any, span: Span) -> Domain[Any]:
    """The domain an author meant by a domain, a class, or a container's declaration."""
    from uringcheck.lang.variables import Variable

    if isinstance(of, Domain):
        return of
    if isinstance(of, Variable):
        return of.domain
    return Of(of, span)


def ints(low: int, high: int) -> Domain[int]:
    """The integers from `low` to `high`, both included."""
    return Ints(low, high, caller_span())


_T = TypeVar("_T")


def maybe(of: Domain[_T] | type[_T]) -> Domain[_T | None]:
    """A value of the domain, or None."""
    span = caller_span()
    return Maybe(as_domain(of, span), span)
