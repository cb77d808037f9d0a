"""What a piece of an author's expression stands for while it is compiled."""

from __future__ import annotations

import ast
from typing import Any, TypeAlias

from uringcheck.diagnostics.values import entity_class
from uringcheck.ir import build, types
from uringcheck.ir.nodes import Expr
from uringcheck.ir.program import Variable
from uringcheck.lang.tree import Site


@entity_class
class Place:
    """A container in the state: a variable, and the indices that lead into its maps. Read when it is used."""

    variable: Variable
    indices: tuple[Expr, ...]
    type: types.Type
    primed: bool

    def read(self) -> Expr:
        """The value now."""
        make = build.primed if self.primed else build.state
        value = make(self.variable.name, self.variable.type)
        for index in self.indices:
            value = build.m_get(value, index)
        return value

    def stored(self, item: Expr) -> Expr:
        """The variable's value after this place gets `item`."""
        return _stored(build.state(self.variable.name, self.variable.type), self.indices, item)


def _stored(base: Expr, indices: tuple[Expr, ...], item: Expr) -> Expr:
    if not indices:
        return item
    inner = _stored(build.m_get(base, indices[0]), indices[1:], item) if len(indices) > 1 else item
    return build.m_set(base, indices[0], inner)


@entity_class
class SiteRef:
    """A model object: a site and the indices of the replicas it is in."""

    site: Site
    indices: tuple[Expr, ...] = ()
    primed: bool = False


@entity_class
class PartsRef:
    """A replicated part before it is indexed."""

    site: Site
    indices: tuple[Expr, ...]
    primed: bool


@entity_class
class Method:
    """A method or property function and the value it is called on."""

    function: Any
    subject: SiteRef | Expr


@entity_class
class ContainerMethod:
    """A method of a container."""

    subject: Place | Expr
    name: str


@entity_class
class Known:
    """A Python object known now: a class, a function, a module, None, a text."""

    value: Any


@entity_class
class Unassigned:
    """A local that not every path has assigned."""

    node: ast.AST | None = None


Value: TypeAlias = Expr | Place | SiteRef | PartsRef | Method | ContainerMethod | Known | Unassigned

NONE = Known(None)
