"""The plain run: the author's own functions, executed by CPython. It defines what a spec means."""

from __future__ import annotations

import inspect
import types as python_types
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from uringcheck.diagnostics import SpecError
from uringcheck.diagnostics.sources import Span
from uringcheck.diagnostics.values import value_class
from uringcheck.ir import types as ir
from uringcheck.ir.nodes import Failure
from uringcheck.ir.program import Argument
from uringcheck.lang.actions import MARK, ActionMark
from uringcheck.lang.domains import Domain
from uringcheck.lang.models import PartDeclaration, SlotDeclaration, members_of
from uringcheck.lang.properties import PropertyMark
from uringcheck.lang.symbolic import bound
from uringcheck.lang.tree import Instance, Site, Tree, bound_class, scope
from uringcheck.lang.values import decode
from uringcheck.lang.violations import Disabled, DomainViolation

State = tuple[ir.Encoded, ...]


@dataclass(frozen=True)  # mypy would take the function for a method of a value class
class SiteAction:
    """An action of the class at a site. Its arguments start with the indices of the replicas it is in."""

    site: Site
    function: python_types.FunctionType
    mark: ActionMark
    arguments: tuple[Argument, ...]

    @property
    def name(self) -> str:
        """The dotted name in the model."""
        return self.site.qualified(self.function.__name__)

    def instances(self) -> Iterator[tuple[ir.Encoded, ...]]:
        """Every tuple of argument values, in canonical order."""
        return product(*(tuple(ir.values(argument.type)) for argument in self.arguments))


@value_class
class BoundProperty:
    """A property at one place of the model; the ranks say which replica."""

    name: str
    mark: PropertyMark
    site: Site
    ranks: tuple[int, ...]


@value_class
class Failed:
    """A step that ended in a domain violation or a failed assertion."""

    failure: Failure
    message: str
    span: Span


def actions_of(tree: Tree) -> list[SiteAction]:
    """Every action of a model in canonical order: members in order, parts in their place. `@init` ones included."""
    found: list[SiteAction] = []

    def visit(site: Site) -> None:
        for name, member in members_of(site.cls).items():
            mark = getattr(member, MARK, None)
            if isinstance(member, (PartDeclaration, SlotDeclaration)):
                visit(site.parts[name])
            elif mark is not None:
                found.append(SiteAction(site, member, mark, _arguments(tree, site, member)))

    visit(tree.root)
    return found


def _arguments(tree: Tree, site: Site, function: python_types.FunctionType) -> tuple[Argument, ...]:
    arguments = [Argument(replica.argument, replica.type) for replica in site.replicas]
    span = Span(function.__code__.co_filename, function.__code__.co_firstlineno)
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if not isinstance(parameter.default, Domain):
            raise SpecError.at(
                "UC310",
                f"argument `{parameter.name}` of action `{function.__name__}` has no domain",
                span,
                help=f"give it as a default: {parameter.name}: int = one_of(low, high)",
            )
        arguments.append(Argument(parameter.name, parameter.default.type(scope(site, tree.binding))))
    return tuple(arguments)


def properties_of(tree: Tree) -> list[BoundProperty]:
    """Every property bound to the model: once for each place that is of the class the property is about."""
    found: list[BoundProperty] = []
    for mark in tree.properties:
        base = bound_class(mark)
        places = [
            (site, ranks)
            for site in tree.root.walk()
            if issubclass(site.cls, base)
            for ranks in product(*(range(ir.cardinality(replica.type)) for replica in site.replicas))
        ]
        for site, ranks in places:
            suffix = ""
            if len(places) > 1:
                suffix = f"[{site.name}{''.join(f'[{rank}]' for rank in ranks)}]"
            found.append(BoundProperty(mark.name + suffix, mark, site, ranks))
    return found


class PlainRun:
    """Executes a model one step at a time. States are encoded; see `ir.types`."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.instance = Instance(tree)
        self._other = Instance(tree)
        actions = actions_of(tree)
        self.inits = [action for action in actions if action.mark.is_init]
        self.actions = [action for action in actions if not action.mark.is_init]
        self.properties = properties_of(tree)
        self.start: State = tuple(variable.start for variable in tree.variables)

    def execute(self, action: SiteAction, arguments: tuple[ir.Encoded, ...], state: State) -> State | Failed | None:
        """The state after the action, how it failed, or None where it is not enabled."""
        self.instance.load(state)
        depth = len(action.site.replicas)
        ranks = tuple(
            ir.rank(argument.type, value)
            for argument, value in zip(action.arguments[:depth], arguments[:depth], strict=True)
        )
        target = self.instance.at(action.site, ranks)
        given = [
            decode(argument.type, value)
            for argument, value in zip(action.arguments[depth:], arguments[depth:], strict=True)
        ]
        with bound(self.tree.binding):
            try:
                action.function(target, *given)
            except Disabled:
                return None
            except DomainViolation as violation:
                return Failed(Failure.DOMAIN, str(violation), _author_line(violation))
            except AssertionError as violation:
                return Failed(Failure.ASSERT, str(violation), _author_line(violation))
            return self.instance.store()

    def initial(self) -> Iterator[tuple[SiteAction | None, tuple[ir.Encoded, ...], State | Failed]]:
        """Every initial state with the `@init` instance that leads to it, in canonical order, duplicates included."""
        if not self.inits:
            yield None, (), self.start
        for action in self.inits:
            for arguments in action.instances():
                after = self.execute(action, arguments, self.start)
                if after is not None:
                    yield action, arguments, after

    def successors(self, state: State) -> Iterator[tuple[SiteAction, tuple[ir.Encoded, ...], State | Failed]]:
        """Every enabled action instance and where it leads, in canonical order."""
        for action in self.actions:
            for arguments in action.instances():
                after = self.execute(action, arguments, state)
                if after is not None:
                    yield action, arguments, after

    def evaluate(self, property_: BoundProperty, state: State, after: State | None = None) -> bool | Failed:
        """The value of a state property, or of a step property when `after` is given."""
        self.instance.load(state)
        subjects: list[Any] = [self.instance.at(property_.site, property_.ranks)]
        if after is not None:
            self._other.load(after)
            subjects.append(self._other.at(property_.site, property_.ranks))
        with bound(self.tree.binding):
            try:
                return bool(property_.mark.function(*subjects))
            except DomainViolation as violation:
                return Failed(Failure.DOMAIN, str(violation), _author_line(violation))
            except AssertionError as violation:
                return Failed(Failure.ASSERT, str(violation), _author_line(violation))


def _author_line(error: BaseException) -> Span:
    """The innermost line outside the language itself."""
    here = error.__traceback__
    span = Span("", 0)
    while here is not None:
        file = here.tb_frame.f_code.co_filename
        if "/uringcheck/lang/" not in file.replace("\\", "/"):
            span = Span(file, here.tb_lineno)
        here = here.tb_next
    return span
