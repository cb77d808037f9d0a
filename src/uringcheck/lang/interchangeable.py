"""Values that are names and nothing else: any of them may stand for any other.

    Client = interchangeable(1, CLIENTS)        in a class body or a module: a domain of integers

    @interchangeable
    class Resource(Enum): ...                    every member of the enum

Such values are compared for equality, looked up in maps and sets, and gone over; they have no order, no arithmetic, and
none of them is singled out by a start or a step. The compiler shows that from the IR (`ir.symmetry`) and refuses a
model of which it cannot. A search may then let one state stand for all that differ by nothing but these names.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, overload

from uringcheck.diagnostics import SpecError
from uringcheck.ir import types as ir
from uringcheck.lang.domains import Domain, Ints
from uringcheck.lang.symbolic import Binding, Param, caller_span, current_binding

E = TypeVar("E", bound=enum.Enum)

#: The attribute of an enum class that says its members are interchangeable.
MARK = "__uringcheck_interchangeable__"


class Interchangeable(Domain[int]):
    """The integers from `low` to `high` as names. Every declaration is a type of its own."""

    def __init__(self, low: Any, high: Any) -> None:
        self.span = caller_span(3)
        self._bounds = Ints(low, high, self.span)
        self._module = sys._getframe(2).f_globals
        self._name = self._owner = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._owner = name, f"{owner.__module__}.{owner.__qualname__}"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        from uringcheck.lang.tree import scope

        return self._values(scope(instance.site, self._binding()))

    def __iter__(self) -> Iterator[int]:
        return iter(self._values(self._binding().__getitem__))

    def _binding(self) -> Binding:
        binding = current_binding()
        if binding is None:
            raise SpecError.at("UC102", "these values are not known while the class is being defined", caller_span(3))
        return binding

    def _values(self, value_of: Callable[[Param], Any]) -> tuple[int, ...]:
        bounds = self._bounds.type(value_of)
        assert isinstance(bounds, ir.Int)
        return tuple(range(bounds.low, bounds.high + 1))

    def _named(self) -> None:
        if not self._name:
            for name, value in self._module.items():
                if value is self:
                    self._name, self._owner = name, str(self._module["__name__"])
                    return
            raise SpecError.at(
                "UC105", "interchangeable values without a name", self.span, help="write Buffer = interchangeable(0, N)"
            )

    def type(self, value_of: Callable[[Param], Any]) -> ir.Type:
        """The type, given the values of parameters."""
        self._named()
        values = self._values(value_of)
        return ir.Enum(self._name, tuple(map(str, values)), self._owner, None, True, values[0])


@overload
def interchangeable(low: type[E]) -> type[E]: ...
@overload
def interchangeable(low: int, high: int) -> Domain[int]: ...
def interchangeable(low: Any, high: Any = None) -> Any:
    """Declare values interchangeable: the integers from `low` to `high`, or, as a decorator, the members of an enum."""
    if isinstance(low, type) and issubclass(low, enum.Enum):
        setattr(low, MARK, True)
        return low
    if high is None:
        raise SpecError.at(
            "UC304",
            "interchangeable values need a finite domain",
            caller_span(),
            help="interchangeable(low, high), or @interchangeable above an enum",
        )
    return Interchangeable(low, high)


def enum_type(cls: type[enum.Enum]) -> ir.Enum:
    """The type of an enum class. A second name for a member is not a second value."""
    return ir.Enum(cls.__name__, tuple(member.name for member in cls), cls.__module__, cls, MARK in vars(cls))
