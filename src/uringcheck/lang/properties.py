"""Properties: what is asked of every model that is, or contains, the class of the first argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from uringcheck.diagnostics import Span
from uringcheck.diagnostics.values import value_class
from uringcheck.ir.program import PropertyKind
from uringcheck.lang.symbolic import caller_span

P = TypeVar("P", bound=Callable[..., bool])
Q = TypeVar("Q", bound=Callable[..., int])


@value_class
class FairnessClaim:
    """Fairness as an author writes it: references to actions, resolved when the property is compiled."""

    strong: bool
    each: bool
    actions: tuple[Any, ...]
    span: Span


@value_class
class PropertyMark:
    """A function that was declared to be a property."""

    function: Callable[..., Any]
    kind: PropertyKind
    fairness: tuple[FairnessClaim, ...] | None = None

    @property
    def name(self) -> str:
        """The property's name: that of its function."""
        return self.function.__name__


#: Every property by the module that defines it, in order of definition.
registry: dict[str, dict[str, PropertyMark]] = {}


#: Every lemma likewise. They are kept apart so that a search, which needs none of them, does not evaluate them.
lemmas: dict[str, dict[str, PropertyMark]] = {}


#: Every cost and every measure likewise: only `uringcheck cost` and suites ask for them.
quantities: dict[str, dict[str, PropertyMark]] = {}


def _register(function: P, kind: PropertyKind, fairness: tuple[FairnessClaim, ...] | None = None) -> P:
    registry.setdefault(function.__module__, {})[function.__name__] = PropertyMark(function, kind, fairness)
    return function


def always(function: P) -> P:
    """An invariant: true in every reachable state."""
    return _register(function, PropertyKind.INVARIANT)


def lemma(function: P) -> P:
    """An invariant for the sake of proofs: never asked by itself, and used in a proof only after it is proved."""
    lemmas.setdefault(function.__module__, {})[function.__name__] = PropertyMark(function, PropertyKind.INVARIANT)
    return function


def step(function: P) -> P:
    """A step property: true of the state before and the state after every step. A domain violation has no after."""
    return _register(function, PropertyKind.STEP)


def final(function: P) -> P:
    """Which states may have no successor. The function's name becomes that of the deadlock property."""
    return _register(function, PropertyKind.DEADLOCK)


def reachable(function: P) -> P:
    """A goal: some reachable state satisfies it."""
    return _register(function, PropertyKind.GOAL)


def constraint(function: P) -> P:
    """Only states that satisfy this are explored further. What it cuts is counted; no liveness then *holds*."""
    return _register(function, PropertyKind.CONSTRAINT)


def cost(function: Q) -> Q:
    """What a step costs: a number, not negative, of the state before and the state after it."""
    quantities.setdefault(function.__module__, {})[function.__name__] = PropertyMark(function, PropertyKind.STEP)
    return function


def measure(function: Q) -> Q:
    """A number that every state has."""
    quantities.setdefault(function.__module__, {})[function.__name__] = PropertyMark(function, PropertyKind.INVARIANT)
    return function


@overload
def temporal(function: P, /) -> P: ...
@overload
def temporal(*fairness: FairnessClaim) -> Callable[[P], P]: ...
def temporal(*fairness: Any) -> Any:
    """A temporal property: the function returns a formula of `eventually`, `always_eventually`, `leads_to` ...

    `@temporal` assumes the fairness that actions declare; `@temporal(weak(A), strong(B))` exactly what it lists;
    `@temporal()` none.
    """
    if len(fairness) == 1 and callable(fairness[0]) and not isinstance(fairness[0], FairnessClaim):
        return _register(fairness[0], PropertyKind.TEMPORAL, None)
    return lambda function: _register(function, PropertyKind.TEMPORAL, fairness)


def weak(*actions: Any) -> FairnessClaim:
    """Some instance of these actions is not enabled for ever without being taken."""
    return FairnessClaim(False, False, actions, caller_span())


def weak_each(*actions: Any) -> FairnessClaim:
    """The same for every instance of each action by itself."""
    return FairnessClaim(False, True, actions, caller_span())


def strong(*actions: Any) -> FairnessClaim:
    """Some instance of these actions is taken again and again if one is enabled again and again."""
    return FairnessClaim(True, False, actions, caller_span())


def strong_each(*actions: Any) -> FairnessClaim:
    """The same for every instance of each action by itself."""
    return FairnessClaim(True, True, actions, caller_span())


def eventually(condition: bool) -> bool:
    """At some time from now on."""
    raise _not_executable("eventually")


def always_eventually(condition: bool) -> bool:
    """Again and again, for ever."""
    raise _not_executable("always_eventually")


def eventually_always(condition: bool) -> bool:
    """From some time on, for ever."""
    raise _not_executable("eventually_always")


def leads_to(cause: bool, effect: bool) -> bool:
    """Whenever the cause is true, the effect is true then or later."""
    raise _not_executable("leads_to")


def happens(action: Any, *arguments: Any) -> bool:
    """The step is one of this action (with these arguments)."""
    raise _not_executable("happens")


def progresses(*actions: Any) -> bool:
    """Whoever goes on for ever takes a step of one of these actions again and again: there is no livelock without."""
    raise _not_executable("progresses")


def _not_executable(word: str) -> TypeError:
    return TypeError(f"{word}(...) speaks about behaviours; it has no value in one state")
