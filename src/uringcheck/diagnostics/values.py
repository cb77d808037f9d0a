"""Immutable values with named fields, made quickly.

The package has some hundred small value classes, and a run on a tiny model consists of little but defining them. A
frozen dataclass writes and compiles six methods; `value_class` lets `dataclass` write `__init__` and shares the rest.
Type checkers see a frozen dataclass and refuse assignments; at run time nothing stops them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C")


@dataclass_transform(frozen_default=True)
def value_class(cls: type[C]) -> type[C]:
    """The class as a dataclass whose instances are compared and hashed by their fields (those with `compare`)."""
    made: Any = dataclass(repr=False, eq=False)(cls)
    shown = [field.name for field in fields(made) if field.repr]
    compared = [field.name for field in fields(made) if field.compare]
    content: Callable[[Any], Any] = attrgetter(*compared) if compared else lambda _: ()

    def equal(self: Any, other: object) -> bool:
        return self is other or (type(other) is made and content(self) == content(other))

    def represented(self: Any) -> str:
        return f"{made.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    made.__eq__ = equal
    made.__hash__ = lambda self: hash(content(self))
    made.__repr__ = represented
    return made  # type: ignore[no-any-return]
