"""Classes with named fields, made quickly: values, which are what their fields are, and entities, which are themselves.

The package has some hundred small classes, and a run on a tiny model consists of little but defining them. `dataclass`
writes and compiles up to six methods for each. Here one is written, `__init__`, and the others are shared, and nothing
is done before the first object is made: most runs need half of the classes they import.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C")

#: What is still to be done for each class of which no object was made yet.
_unfinished: dict[type, Callable[[Any], None]] = {}


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def value_class(cls: type[C]) -> type[C]:
    """The class as a dataclass whose objects are compared and hashed by their fields (those with `compare`).

    Type checkers see a frozen dataclass and refuse assignments; at run time nothing stops them.
    """
    return _postponed(cls, _finish_value)


@dataclass_transform(eq_default=False, field_specifiers=(dataclasses.field,))
def entity_class(cls: type[C]) -> type[C]:
    """The class as a dataclass whose objects may change, and equal nothing but themselves."""
    return _postponed(cls, _finish)


def _postponed(cls: type[C], finish: Callable[[Any], None]) -> type[C]:
    made: Any = cls
    made.__init__ = _first
    _unfinished[made] = finish
    return made  # type: ignore[no-any-return]


def _first(self: Any, *args: Any, **named: Any) -> None:
    """What stands for `__init__` until a class, or one that is derived from it, has its first object."""
    for base in reversed(type(self).__mro__):
        if base in _unfinished:
            _unfinished.pop(base)(base)
    self.__init__(*args, **named)


def _finish(made: Any) -> None:
    """Give a class its fields, `__init__` and `__repr__`."""
    dataclasses.dataclass(init=False, repr=False, eq=False)(made)
    made.__init__ = _initialiser(dataclasses.fields(made))
    shown = [field.name for field in dataclasses.fields(made) if field.repr]

    def represented(self: Any) -> str:
        return f"{made.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    made.__repr__ = represented


def _finish_value(made: Any) -> None:
    _finish(made)
    compared = [field.name for field in dataclasses.fields(made) if field.compare]
    content: Callable[[Any], Any] = attrgetter(*compared) if compared else lambda _: ()

    def equal(self: Any, other: object) -> bool:
        return self is other or (type(other) is made and content(self) == content(other))

    def hashed(self: Any) -> int:
        # Types are looked up all the time, and the hash of a nested one is a walk through all of it.
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            known = self.__dict__["_hash"] = hash(content(self))
        return known

    made.__eq__ = equal
    made.__hash__ = hashed


def _initialiser(fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    """`__init__` for these fields, with their defaults."""
    absent = dataclasses.MISSING
    names: dict[str, Any] = {"absent": absent}
    parameters, body = ["self"], ["pass"]
    for field in fields:
        name, value = field.name, field.name
        if field.default_factory is not absent:
            names[f"new_{name}"] = field.default_factory
            value = f"new_{name}() if {name} is absent else {name}"
            parameters.append(f"{name}=absent")
        elif field.default is not absent:
            names[f"default_{name}"] = field.default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        body.append(f"self.{name} = {value}")
    exec(f"def __init__({', '.join(parameters)}):\n " + "; ".join(body), names)
    return names["__init__"]  # type: ignore[no-any-return]
