"""Records: small immutable values with named fields."""

from __future__ import annotations

import enum
import sys
from typing import Any, Literal, TypeVar, dataclass_transform, overload

from uringcheck.diagnostics import Span, SpecError
from uringcheck.ir import types as ir
from uringcheck.lang.containers import admit
from uringcheck.lang.domains import Domain, Ints, Of, as_domain
from uringcheck.lang.symbolic import Binding, Symbolic, bound, caller_span, current_binding

T = TypeVar("T")
R = TypeVar("R", bound="Record")

#: Stands for the default of a field that has none, since None may be one.
REQUIRED: Any = object()


class Defaulted:
    """The domain of a field and the value it has where none is given."""

    def __init__(self, domain: Domain[Any], default: Any) -> None:
        self.domain = domain
        self.default = default


@overload
def field(low: int, high: int, *, init: Literal[True] = True) -> int: ...
@overload
def field(low: int, high: int, *, default: int, init: Literal[True] = True) -> int: ...
@overload
def field(low: Domain[T] | type[T], *, init: Literal[True] = True) -> T: ...
@overload
def field(low: Domain[T] | type[T], *, default: T, init: Literal[True] = True) -> T: ...
def field(low: Any, high: Any = None, *, default: Any = REQUIRED, init: Literal[True] = True) -> Any:
    """A field of a record: integers from `low` to `high`, or any domain.

    A field with a default, which is a constant, may be left out where the record is made.
    """
    span = caller_span()
    domain = as_domain(low, span) if high is None else Ints(low, high, span)
    return domain if default is REQUIRED else Defaulted(domain, default)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Record:
    """Base of record classes.

    Fields are `name: int = field(low, high)`, `name: bool`, `name: SomeEnum`, `name: X | None = field(maybe(...))`.
    Records are made with keyword arguments, compared by value and changed with `replace`.
    """

    __fields__: dict[str, Domain[Any]] = {}
    __defaults__: dict[str, Any] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        span = caller_span(2)
        fields = dict(cls.__fields__)
        defaults = dict(cls.__defaults__)
        for name in cls.__dict__.get("__annotations__", {}):
            given = cls.__dict__.get(name)
            if isinstance(given, Defaulted):
                if given.default is not None and not isinstance(given.default, (bool, int, enum.Enum)):
                    raise SpecError.at(
                        "UC304",
                        f"the default of field `{name}` of `{cls.__name__}` is not a constant",
                        span,
                        help="integers, booleans, enum members and None are",
                    )
                defaults[name] = given.default
                given = given.domain
            if isinstance(given, Domain):
                fields[name] = given
                delattr(cls, name)
            elif given is None:
                hint = cls.__dict__["__annotations__"][name] if name not in fields else None
                if isinstance(hint, str):  # the module says `from __future__ import annotations`
                    hint = eval(hint, vars(sys.modules[cls.__module__]))
                if not (hint is bool or (isinstance(hint, type) and issubclass(hint, (enum.Enum, Record)))):
                    raise SpecError.at(
                        "UC304",
                        f"field `{name}` of `{cls.__name__}` has no finite domain",
                        span,
                        help=f"{name}: ... = field(low, high), or field(maybe(...))",
                    )
                fields[name] = Of(hint, span)
            else:
                raise SpecError.at(
                    "UC304", f"field `{name}` of `{cls.__name__}` has no domain", span, help="use field(...)"
                )
        cls.__fields__ = fields
        cls.__defaults__ = defaults

    def __init__(self, **values: Any) -> None:
        for name in type(self).__fields__:
            value = type(self).__defaults__[name] if name not in values else values.pop(name)
            object.__setattr__(self, name, value._now() if isinstance(value, Symbolic) else value)
        if values:
            raise TypeError(f"{type(self).__name__} has no field {next(iter(values))!r}")
        binding = current_binding()
        if binding is not None:
            for name, item in record_type(type(self), binding).fields:
                object.__setattr__(self, name, admit(item, getattr(self, name), f"field `{name}`"))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"records are frozen; use replace(record, {name}=...)")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and record_values(self) == record_values(other)

    def __hash__(self) -> int:
        return hash((type(self), *record_values(self).values()))

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in record_values(self).items())
        return f"{type(self).__name__}({inner})"


def record_type(cls: type[Record], binding: Binding) -> ir.Record:
    """The type of a record class under a binding of the parameters its bounds mention."""
    found = binding.types.get(cls)
    if found is None:
        with bound(binding):
            found = binding.types[cls] = Of(cls, Span("", 0)).type(binding.__getitem__)
    assert isinstance(found, ir.Record)
    return found


def record_values(record: Any) -> dict[str, Any]:
    """The fields of a record and their values, in order."""
    return dict(vars(record))


def make_record(cls: type, values: dict[str, Any]) -> Any:
    """A record of `values`, which must be complete, in order and in range."""
    made: Any = object.__new__(cls)
    vars(made).update(values)
    return made


def replace(record: R, **changes: Any) -> R:
    """The record with some fields changed."""
    return type(record)(**{**record_values(record), **changes})
