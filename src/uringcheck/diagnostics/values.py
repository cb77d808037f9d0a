"""Immutable values with named fields, made quickly.

The package has some hundred small value classes, and a run on a tiny model consists of little but defining them. A
frozen dataclass writes and compiles six methods; `value_class` lets `dataclass` write `__init__` and shares the rest,
and does so only when the first value is made: most runs need half of the classes they import.
Type checkers see a frozen dataclass and refuse assignments; at run time nothing stops them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C")

#: The classes of which no value was made yet.
_unfinished: set[type] = set()


@dataclass_transform(frozen_default=True)
def value_class(cls: type[C]) -> type[C]:
    """The class as a dataclass whose instances are compared and hashed by their fields (those with `compare`)."""
    made: Any = cls
    made.__init__ = _first
    _unfinished.add(made)
    return made  # type: ignore[no-any-return]


def _first(self: Any, *args: Any, **named: Any) -> None:
    """What stands for `__init__` until a class, or one that is derived from it, has its first value."""
    for base in reversed(type(self).__mro__):
        if base in _unfinished:
            _finish(base)
    self.__init__(*args, **named)


def _finish(made: Any) -> None:
    """Give a class everything that its values need."""
    _unfinished.discard(made)
    del made.__init__
    dataclass(repr=False, eq=False)(made)
    shown = [field.name for field in fields(made) if field.repr]
    compared = [field.name for field in fields(made) if field.compare]
    content: Callable[[Any], Any] = attrgetter(*compared) if compared else lambda _: ()

    def equal(self: Any, other: object) -> bool:
        return self is other or (type(other) is made and content(self) == content(other))

    def represented(self: Any) -> str:
        return f"{made.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def hashed(self: Any) -> int:
        # Types are looked up all the time, and the hash of a nested one is a walk through all of it.
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = hash(content(self))
        return known

    made.__eq__ = equal
    made.__hash__ = hashed
    made.__repr__ = represented
