"""Ghosts: state that a proof keeps beside a model, and that the model never sees.

A ghost is a part like any other, with variables and links, that no model declares. Its methods run after what they
watch: a push to a queue, a pop, a call of a method. They change ghost variables only and require nothing, so a model
with a ghost takes exactly the steps that it takes without.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, ClassVar, Literal, TypeVar

from uringcheck.diagnostics import Span, SpecError
from uringcheck.diagnostics.values import value_class
from uringcheck.ir import types as ir
from uringcheck.ir.sizes import UNBOUNDED
from uringcheck.lang.containers import Queue
from uringcheck.lang.domains import Domain, as_domain
from uringcheck.lang.models import Model, members_of
from uringcheck.lang.symbolic import caller_span, current_binding
from uringcheck.lang.tree import Site, Tree
from uringcheck.lang.variables import LEAST, Variable

F = TypeVar("F", bound=Callable[..., None])
T = TypeVar("T")

#: The largest number that a ghost counts to in a search: none comes near it.
_FAR = 2**30

#: The longest queue of a ghost in a search: none of a model is as long.
_LONG = 255

_HOOK = "__uringcheck_hook__"

#: Every ghost class, by its module and name.
ghosts: dict[tuple[str, str], type[Ghost]] = {}


class Ghost(Model):
    """Base of what a proof keeps beside models of the class `FOR`.

    A method `begin` runs after every start.
    """

    FOR: ClassVar[type[Model]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        ghosts[cls.__module__, cls.__name__] = cls


@value_class
class Hook:
    """What a method of a ghost waits for: `push` to or `pop` from a queue, or a `call`."""

    what: str
    target: Any


def pushed(queue: object) -> Callable[[F], F]:
    """The method runs with each item after it was pushed to a queue: `@pushed(CompletionQueue.ring)`."""
    return _hooked("push", queue)


def popped(queue: object) -> Callable[[F], F]:
    """The method runs with each item after it was popped from a queue."""
    return _hooked("pop", queue)


def called(method: Callable[..., Any]) -> Callable[[F], F]:
    """The method runs after each call of another one, with the same arguments."""
    return _hooked("call", method)


def _hooked(what: str, target: Any) -> Callable[[F], F]:
    wanted: type = FunctionType if what == "call" else Variable
    if not isinstance(target, wanted):
        raise SpecError.at(
            "UC421",
            f"this is not a {'method' if what == 'call' else 'queue'} of a model",
            caller_span(3),
            help="name it through its class: @pushed(CompletionQueue.ring), @called(PolledRequest.submit)",
        )

    def mark(function: F) -> F:
        setattr(function, _HOOK, Hook(what, target))
        return function

    return mark


class _Naturals(Domain[int]):
    """The numbers from 0 on."""

    def type(self, value_of: Any) -> ir.Type:
        binding = current_binding()
        return ir.Int(0, UNBOUNDED if binding is not None and binding.leaves_open else _FAR)


def naturals() -> Domain[int]:
    """The numbers from 0 on, for ghosts that count."""
    made = _Naturals()
    made.span = caller_span()
    return made


@value_class
class _Log(Domain[Any]):
    """Any number of items, first in first out."""

    item: Domain[Any]
    span: Span

    def type(self, value_of: Any) -> ir.Type:
        binding = current_binding()
        return ir.Queue(self.item.type(value_of), UNBOUNDED if binding is not None and binding.leaves_open else _LONG)


def log(of: Domain[T] | type[T], *, init: Literal[False] = False) -> Queue[T]:
    """A queue without a capacity, for ghosts."""
    span = caller_span()
    return Variable(_Log(as_domain(of, span), span), LEAST, span)  # type: ignore[return-value]


def ghost_of(cls: type[Model]) -> type[Ghost] | None:
    """The ghost for a model of this class; the most special one where there are several."""
    fitting = [ghost for ghost in ghosts.values() if issubclass(cls, ghost.FOR)]
    return max(fitting, key=lambda ghost: len(ghost.FOR.__mro__), default=None)


Watched = tuple[object, str]
"""The name of a queue's variable with `push` or `pop`, a function with `call`, or None with `begin`."""


def hooks_of(tree: Tree) -> dict[Watched, tuple[FunctionType, Site]]:
    """The methods of the tree's ghosts by what they wait for."""
    found: dict[Watched, tuple[FunctionType, Site]] = {}
    for ghost in tree.root.walk():
        if not issubclass(ghost.cls, Ghost):
            continue
        members = members_of(ghost.cls)
        if "begin" in members:
            found[None, "begin"] = members["begin"], ghost
        for member in members.values():
            hook = getattr(member, _HOOK, None)
            if hook is None:
                continue
            if hook.what == "call":
                found[hook.target, "call"] = member, ghost
                continue
            for site in tree.root.walk():
                for name, declared in members_of(site.cls).items():
                    if declared is hook.target:
                        found[site.variables[name].name, hook.what] = member, ghost
    return found
