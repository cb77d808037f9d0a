"""Parameters and the arithmetic on them that stands in class bodies.

A parameter is a name with a range until a run gives it a value. In a class body (`queue(CAP - 1, ...)`) it is an
expression to be resolved later; while the plain run executes the author's functions it behaves as its value.
"""

from __future__ import annotations

import enum
import operator
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

from uringcheck.diagnostics import Diagnostic, Span, SpecError
from uringcheck.ir.sizes import UNBOUNDED, Size, size

_E = TypeVar("_E", bound=enum.Enum)


class Binding(dict["Param", Any]):
    """The value of every parameter during a run, and the record types that follow from them."""

    def __init__(self, values: Mapping[Param, Any]) -> None:
        super().__init__(values)
        self.types: dict[type, Any] = {}
        self.leaves_open = False
        #: Switches whose value was asked for, so that something depends on it that is no switch any more.
        self.switches_read: set[Param] = set()

    def __getitem__(self, param: Param) -> Any:
        return self.read(param, super().__getitem__(param))

    def read(self, param: Param, value: Any) -> Any:
        """The value of a parameter, for somebody who asks for it."""
        if isinstance(value, bool):
            self.switches_read.add(param)
        return value


#: The values of parameters while the author's functions run under CPython; None otherwise.
_bound: Binding | None = None


@contextmanager
def bound(values: Binding) -> Iterator[None]:
    """Give parameters their values while author code runs. Nests; the inner binding wins as a whole."""
    global _bound
    before = _bound
    _bound = values
    try:
        yield
    finally:
        _bound = before


def current_binding() -> Binding | None:
    """The binding of the plain run that is going on, if one is."""
    return _bound


def caller_span(depth: int = 2) -> Span:
    """The line of the author's code that called into the language."""
    frame = sys._getframe(depth)
    return Span(frame.f_code.co_filename, frame.f_lineno)


class Symbolic:
    """An integer or boolean that is known once the parameters are."""

    def resolve(self, value_of: Callable[[Param], Any]) -> Any:
        """The value, given the values of parameters."""
        raise NotImplementedError

    def _now(self) -> Any:
        if _bound is None:
            raise SpecError.at(
                "UC102",
                f"the value of {self} is not known while the class is being defined",
                caller_span(3),
                help="in a class body parameters may stand in bounds and capacities, with + - * // only",
            )
        values = _bound
        return self.resolve(lambda param: values[param])

    def __bool__(self) -> bool:
        return bool(self._now())

    def __index__(self) -> int:
        return int(self._now())

    __int__ = __index__

    def __hash__(self) -> int:
        return id(self) if _bound is None else hash(self._now())

    def __neg__(self) -> Any:
        return Arithmetic(operator.sub, "-", 0, self) if _bound is None else -self._now()


class Arithmetic(Symbolic):
    """An operation on symbolic integers."""

    def __init__(self, function: Callable[[Any, Any], Any], sign: str, left: Any, right: Any) -> None:
        self.function, self.sign, self.left, self.right = function, sign, left, right

    def resolve(self, value_of: Callable[[Param], Any]) -> Any:
        """The value, given the values of parameters."""
        return self.function(resolve(self.left, value_of), resolve(self.right, value_of))

    def __str__(self) -> str:
        return f"({self.left} {self.sign} {self.right})"


def resolve(value: Any, value_of: Callable[[Param], Any]) -> Any:
    """The value of something that may be symbolic."""
    return value.resolve(value_of) if isinstance(value, Symbolic) else value


def _arithmetic(name: str, sign: str) -> None:
    function: Callable[[Any, Any], Any] = getattr(operator, name)

    def forward(self: Symbolic, other: Any) -> Any:
        return Arithmetic(function, sign, self, other) if _bound is None else function(self._now(), _value(other))

    def reflected(self: Symbolic, other: Any) -> Any:
        return Arithmetic(function, sign, other, self) if _bound is None else function(_value(other), self._now())

    setattr(Symbolic, f"__{name}__", forward)
    setattr(Symbolic, f"__r{name}__", reflected)


def _comparison(name: str) -> None:
    function: Callable[[Any, Any], Any] = getattr(operator, name)

    def compare(self: Symbolic, other: Any) -> Any:
        if _bound is None and name in ("eq", "ne"):
            return (self is other) is (name == "eq")
        return function(self._now(), _value(other))

    setattr(Symbolic, f"__{name}__", compare)


def _value(other: Any) -> Any:
    return other._now() if isinstance(other, Symbolic) else other


for _name, _sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("floordiv", "//"), ("mod", "%")):
    _arithmetic(_name, _sign)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _comparison(_name)


class Param(Symbolic):
    """A named size (`param`), switch (`toggle`) or choice (`choice`) that a run may set.

    Values are integers from `low` to `high`, booleans, or members of `choices`.
    """

    def __init__(
        self,
        default: Any,
        doc: str,
        span: Span,
        low: Any = None,
        high: Any = None,
        abstract: bool = False,
        unlimited: bool = False,
    ) -> None:
        self.default, self.doc, self.span, self.low, self.high = default, doc, span, low, high
        self.abstract, self.unlimited = abstract, unlimited
        self._name: str | None = None
        self._module = sys._getframe(2).f_globals

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        if _bound is None or (isinstance(other, Param) and other is self):
            return self is other
        return self._now() == _value(other)

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else instance.parameter(self)

    @property
    def name(self) -> str:
        """The name the spec gave it, in a class or in its module."""
        if self._name is None:
            for name, value in self._module.items():
                if value is self:
                    self._name = name
                    break
            else:
                raise SpecError.at("UC103", "a parameter without a name", self.span, help="write NAME = param(...)")
        return self._name

    def resolve(self, value_of: Callable[[Param], Any]) -> Any:
        """The value, given the values of parameters."""
        return value_of(self)

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off: a `toggle`."""
        return isinstance(self.default, bool)

    @property
    def range(self) -> str:
        """The admissible values, for people."""
        if self.is_switch:
            return "true or false"
        if isinstance(self.default, enum.Enum):
            return ", ".join(member.name.lower() for member in type(self.default))
        return f"{self.low}..{self.high}"

    def parse(self, text: str) -> Any:
        """The value written as `text` on a command line or in a file; raises ValueError."""
        if self.is_switch:
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]
        if isinstance(self.default, enum.Enum):
            return type(self.default)[text.upper()]
        return int(text)

    def admits(self, value: Any) -> bool:
        """Whether the value lies in the parameter's range."""
        if isinstance(self.default, (bool, enum.Enum)):
            return isinstance(value, type(self.default))
        if isinstance(value, Size):
            return self.abstract and self.low <= value
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high

    @property
    def open(self) -> Size:
        """Its value where it has none: any number from `low` on."""
        return UNBOUNDED if self.unlimited else size(self.name, self.low)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<parameter {self.name}>"


def param(
    default: int,
    low: int,
    high: int,
    doc: str,
    *,
    abstract: bool = False,
    unlimited: bool = False,
    init: Literal[False] = False,
) -> int:
    """A size of the model: an integer from `low` to `high`, `default` unless a run sets it.

    `abstract` says that `high` is a limit of searches only and not of what is modelled: a proof for every size leaves
    the parameter open. `unlimited` says that there is no such size in what is modelled, and the model only gives it
    room enough: for a proof there is no limit.
    """
    if not low <= default <= high:
        raise SpecError(
            [
                Diagnostic(
                    "UC301",
                    f"the default {default} lies outside {low}..{high}",
                    caller_span(),
                    "widen the range or change the default",
                )
            ]
        )
    return Param(default, doc, caller_span(), low, high, abstract or unlimited, unlimited)  # type: ignore[return-value]


def toggle(default: bool, doc: str, *, init: Literal[False] = False) -> bool:
    """A switch of the model. Toggles stay open in the compiled spec, so that proofs can range over them."""
    return Param(default, doc, caller_span())  # type: ignore[return-value]


def choice(default: _E, doc: str, *, init: Literal[False] = False) -> _E:
    """One of the members of the default's enum."""
    return Param(default, doc, caller_span())  # type: ignore[return-value]
