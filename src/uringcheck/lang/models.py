"""Models and the parts they are made of."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, dataclass_transform

from uringcheck.diagnostics import Span
from uringcheck.lang.domains import Domain, as_domain
from uringcheck.lang.symbolic import Param, caller_span, choice, param, toggle
from uringcheck.lang.variables import Variable, map_of, queue, set_of, var

if TYPE_CHECKING:
    from uringcheck.lang.tree import Site

M = TypeVar("M", bound="Model")


class Declared:
    """Something a class body declares that is neither a variable nor a parameter."""

    span: Span
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.owner = owner

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return ActionPath((self.name,)) if instance is None else instance.members[self.name]


class ActionPath:
    """A reference to an action through the parts of a class, as in `weak(Model.client.reap)`."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> ActionPath:
        if name.startswith("__"):
            raise AttributeError(name)
        return ActionPath((*self._names, name))

    def __getitem__(self, index: Any) -> ActionPath:
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The names from the class on."""
        return self._names


class PartDeclaration(Declared):
    """A part, or one part for each value of `index`."""

    def __init__(self, span: Span, wires: dict[str, Any], index: Domain[Any] | None = None) -> None:
        self.span, self.wires, self.index = span, wires, index


class SlotDeclaration(Declared):
    """A part whose class is chosen by a parameter of the same name."""

    def __init__(self, span: Span, default: str, folder: str | None, wires: dict[str, Any]) -> None:
        self.span, self.default, self.folder, self.wires = span, default, folder, wires

    def directory(self) -> Path:
        """Where the shipped classes for the slot live: `folder` beside the file that declares the slot."""
        return Path(inspect.getfile(self.owner)).parent / (self.folder or f"{self.name}s")


class LinkDeclaration(Declared):
    """Another part of an enclosing model that this one uses."""

    def __init__(self, span: Span) -> None:
        self.span = span


def part(*, init: Literal[False] = False, **wires: Any) -> Any:
    """A part of the model; its class is the annotation.

    `wires` give the part's parameters their values (`CAP=SIZE`) and connect its links to other parts of this class
    (`ring=cq`). A link that is not connected here is bound to the part of its own name in the nearest enclosing model.
    """
    return PartDeclaration(caller_span(), wires)


class Parts(Generic[M]):
    """One part for every value of a finite index: `conn[i]`, `for i in conn`."""

    def __init__(self, indices: list[Any], members: list[M]) -> None:
        self._indices, self._members = indices, members

    def __getitem__(self, index: Any) -> M:
        from uringcheck.lang.violations import DomainViolation

        if index not in self._indices:
            raise DomainViolation(f"the index is not one of {len(self._indices)} parts")
        return self._members[self._indices.index(index)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._indices)

    def __len__(self) -> int:
        return len(self._indices)


def parts(index: Any, *, init: Literal[False] = False, **wires: Any) -> Any:
    """One part for every value of `index`; the annotation is `Parts[TheClass]`."""
    span = caller_span()
    return PartDeclaration(span, wires, as_domain(index, span))


def slot(default: str, *, folder: str | None = None, init: Literal[False] = False, **wires: Any) -> Any:
    """A part whose class a run chooses: `--param client=NAME` or `--param client=path.py:Class`.

    The annotation is the base class it must have. NAME is a file in `folder` (by default the slot's name and an `s`)
    beside this file, with one subclass of it.
    """
    return SlotDeclaration(caller_span(), default, folder, wires)


def link(*, init: Literal[False] = False) -> Any:
    """A part of an enclosing model that this class uses without owning it."""
    return LinkDeclaration(caller_span())


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(var, queue, set_of, map_of, param, toggle, choice, part, parts, slot, link),
)
class Model:
    """Base of models and of the parts of models.

    A class body declares parameters, state variables, parts, actions and helper methods. Instances exist only while
    the plain run executes the author's methods; their state is `values`, their parts and links are `members`.
    """

    #: Named parameter sets of this model.
    PRESETS: ClassVar[tuple[Any, ...]] = ()

    site: Site
    values: dict[str, Any]
    members: dict[str, Any]

    def parameter(self, param: Param) -> Any:
        """The value of one of the class's own parameters."""
        return self.site.parameters[param.name]


def members_of(cls: type) -> dict[str, Any]:
    """What a model class declares, inherited first, in order; a redefinition keeps its first place."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base is Model or not issubclass(base, Model):
            continue
        for name, value in vars(base).items():
            if not name.startswith("__"):
                found[name] = value
    return found


def is_declaration(value: Any) -> bool:
    """Whether a class member is a parameter, variable, part, slot or link."""
    return isinstance(value, (Param, Variable, Declared))
