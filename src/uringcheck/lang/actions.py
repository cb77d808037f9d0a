"""Actions, and the words that may stand in them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, TypeVar, overload

from uringcheck.diagnostics import SpecError
from uringcheck.diagnostics.values import value_class
from uringcheck.lang.domains import Domain, Ints, Of
from uringcheck.lang.symbolic import caller_span
from uringcheck.lang.violations import Disabled

F = TypeVar("F", bound=Callable[..., None])
E = TypeVar("E", bound=enum.Enum)


class Fair(enum.Enum):
    """What a scheduler owes to an action."""

    WEAK = "weak"
    WEAK_EACH = "weak_each"
    STRONG = "strong"
    STRONG_EACH = "strong_each"


@value_class
class ActionMark:
    """What a decorator noted about a method."""

    is_init: bool = False
    fair: Fair | None = None
    lane: str | None = None


#: The attribute of a function that carries its mark.
MARK = "__uringcheck_action__"


@overload
def action(function: F) -> F: ...
@overload
def action(*, fair: Fair | None = None, lane: str | None = None) -> Callable[[F], F]: ...
def action(function: F | None = None, *, fair: Fair | None = None, lane: str | None = None) -> Any:
    """One atomic step. `fair` is assumed by temporal properties that name no fairness of their own.

    `lane` is the lifeline the step is drawn on; without it, that of the part it belongs to.
    """

    def mark(function: F) -> F:
        setattr(function, MARK, ActionMark(fair=fair, lane=lane))
        return function

    return mark if function is None else mark(function)


def init(function: F) -> F:
    """A way to start: one initial state for each admitted tuple of arguments."""
    setattr(function, MARK, ActionMark(is_init=True))
    return function


@overload
def one_of(low: int, high: int) -> int: ...
@overload
def one_of(low: Domain[int]) -> int: ...
@overload
def one_of(low: type[E]) -> E: ...
@overload
def one_of(low: type[bool]) -> bool: ...
def one_of(low: Any, high: Any = None) -> Any:
    """The values an argument of an action ranges over, written as its default."""
    span = caller_span()
    if high is not None:
        return Ints(low, high, span)
    if isinstance(low, Domain):
        return low
    if low is bool or (isinstance(low, type) and issubclass(low, enum.Enum)):
        return Of(low, span)
    raise SpecError.at(
        "UC304", "an argument needs a finite domain", span, help="one_of(low, high), one_of(bool) or one_of(SomeEnum)"
    )


def require(condition: bool) -> None:
    """The action is enabled only where this is true. Stands before the first assignment."""
    if not condition:
        raise Disabled


def cover(condition: bool = True) -> None:
    """Some behaviour must come by here with the condition true; a run that never does is vacuous."""


def implies(left: bool, right: bool) -> bool:
    """Whether `right` is true where `left` is. Both are evaluated: write `not left or right` where that could fail."""
    return not left or right
