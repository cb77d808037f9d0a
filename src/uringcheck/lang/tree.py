"""A model class with its parameters bound: the tree of its parts, and its state variables in order."""

from __future__ import annotations

import inspect
import sys
import types as python_types
import typing
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from uringcheck.diagnostics import Diagnostic, Span, SpecError, UsageError, did_you_mean
from uringcheck.diagnostics.values import entity_class, value_class
from uringcheck.ir import program as ir_program
from uringcheck.ir import types as ir
from uringcheck.lang.containers import Map
from uringcheck.lang.loading import load_file, load_invariants
from uringcheck.lang.models import (
    LinkDeclaration,
    Model,
    PartDeclaration,
    Parts,
    SlotDeclaration,
    members_of,
)
from uringcheck.lang.properties import PropertyMark, registry
from uringcheck.lang.records import Record
from uringcheck.lang.symbolic import Binding, Param, bound, resolve
from uringcheck.lang.values import encode
from uringcheck.lang.variables import LEAST, Variable, everything

#: The path of a ghost in the tree.
GHOST = "ghost"


@value_class
class Replica:
    """One level of replication: the part's path, the name of its index in arguments, the index's type."""

    path: str
    argument: str
    type: ir.Type


@entity_class
class Site:
    """A class at its place in a model."""

    cls: type[Model]
    path: tuple[str, ...]
    parent: Site | None
    replicas: tuple[Replica, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, ir_program.Variable] = field(default_factory=dict)
    parts: dict[str, Site] = field(default_factory=dict)
    links: dict[str, Site] = field(default_factory=dict)
    wires: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The dotted path in the model; empty for the model itself."""
        return ".".join(self.path)

    def qualified(self, member: str) -> str:
        """The dotted name of a member."""
        return ".".join((*self.path, member))

    def walk(self) -> Iterator[Site]:
        """This site and all below it, in order of declaration."""
        yield self
        for part in self.parts.values():
            yield from part.walk()


@value_class
class Setting:
    """A parameter of a model as a run names it, and its value there."""

    name: str
    param: Param
    value: Any
    site: Site | None  # whose class declares it; None for a parameter of a module


@entity_class
class Tree:
    """A model under given parameters."""

    root: Site
    binding: Binding
    settings: tuple[Setting, ...]
    slots: dict[str, str]
    properties: tuple[PropertyMark, ...]

    @property
    def toggles(self) -> tuple[ir_program.Toggle, ...]:
        """The switches, with the values of this run."""
        return tuple(ir_program.Toggle(one.name, one.value) for one in self.settings if one.param.is_switch)

    @property
    def parameters(self) -> tuple[tuple[str, Any], ...]:
        """The value of every parameter, by name."""
        return tuple((one.name, one.value) for one in self.settings)

    @property
    def variables(self) -> tuple[ir_program.Variable, ...]:
        """The state variables in order, those of replicated parts as maps."""
        return tuple(
            replicated_variable(variable, site.replicas)
            for site in self.root.walk()
            for variable in site.variables.values()
        )


def replicated_variable(variable: ir_program.Variable, replicas: tuple[Replica, ...]) -> ir_program.Variable:
    """The variable of a replicated part as one map over the part's indices."""
    type_, start = variable.type, variable.start
    for replica in reversed(replicas):
        type_ = ir.Map(replica.type, type_)
        start = (start,) * ir.cardinality(replica.type)
    return ir_program.Variable(variable.name, type_, start, variable.span, variable.lane)


def unknown(what: str, name: str, known: list[str], code: str) -> UsageError:
    """An unknown name, with the nearest known one."""
    help_ = did_you_mean(name, known) or "known: " + (", ".join(known) or "none")
    return UsageError([Diagnostic(code, f"no {what} `{name}`", None, help_)])


def elaborate(
    cls: type[Model],
    given: Mapping[str, Any] | None = None,
    general: Collection[str] = (),
    leave_open: bool = False,
    ghost: type[Model] | None = None,
) -> Tree:
    """The tree of `cls`. `given` maps parameter names to values or to their text, presets already merged.

    `general` names modules whose properties about `Model` itself are meant for this model, too. With `leave_open`,
    abstract parameters that are not given have no value. A `ghost` stands beside the parts.

    Raises UsageError for a name or value that does not exist, SpecError for a model that makes no sense.
    """
    remaining = dict(given or {})
    slots: dict[str, str] = {}
    shape = _shape(cls, remaining, slots)
    classes = {site_cls for site_cls, _ in shape}
    load_invariants(classes)
    marks = tuple(_bound_properties(classes, general))
    module_params = _module_parameters([site_cls for site_cls, _ in shape], marks)
    names = [*module_params, *(name for _, own in shape for name in own)]
    for name in remaining:
        if name not in names:
            raise unknown("parameter", name, sorted({*names, *slots}), "UC010")
    binding = Binding(
        {param: _value(name, param, remaining, leave_open) for name, param in module_params.items()}
    )  # fmt: skip
    binding.leaves_open = leave_open
    settings = [Setting(name, param, binding[param], None) for name, param in module_params.items()]
    root = _site(cls, (), None, (), {}, remaining, slots, binding, settings)
    if ghost is not None:
        root.parts[GHOST] = _site(ghost, (GHOST,), root, (), {}, {}, {}, binding, [])
    _connect(root)
    return Tree(root, binding, tuple(settings), slots, marks)


def _value(name: str, param: Param, remaining: Mapping[str, Any], leave_open: bool) -> Any:
    if name in remaining:
        return _parsed(name, param, remaining[name])
    return param.open if leave_open and param.abstract else param.default


def _parsed(name: str, param: Param, value: Any) -> Any:
    try:
        parsed = param.parse(value) if isinstance(value, str) else value
    except (KeyError, ValueError):
        parsed = None
    if parsed is None or not param.admits(parsed):
        shown = value if isinstance(value, str) else repr(value)
        raise UsageError.at(
            "UC011", f"`{shown}` is no value of parameter `{name}`", param.span, help=f"it takes {param.range}"
        )
    return parsed


def annotation_of(cls: type, name: str, span: Span) -> Any:
    """The class an annotation names; for `Parts[X]`, `X`."""
    for base in cls.__mro__:
        if name in base.__dict__.get("__annotations__", {}):
            try:
                hint = base.__dict__["__annotations__"][name]
                while isinstance(hint, str):  # quoted, or the module postpones annotations, or both
                    hint = eval(hint, vars(sys.modules[base.__module__]), dict(vars(base)))
            except NameError as error:
                raise SpecError.at("UC205", f"unknown name in an annotation: {error}", span) from None
            if typing.get_origin(hint) is Parts:
                hint = typing.get_args(hint)[0]
            if isinstance(hint, type) and issubclass(hint, Model):
                return hint
    raise SpecError.at(
        "UC307", f"`{name}` needs the class of the part as its annotation", span, help=f"{name}: SomeModel = ..."
    )


def _shape(
    cls: type,
    remaining: dict[str, Any],
    slots: dict[str, str],
    path: str = "",
    wires: Mapping[str, Any] = MappingProxyType({}),
) -> list[tuple[type, list[str]]]:
    """Every class in the tree, and the names of its own parameters that a run may set: those that no wire settles.

    Takes the values of slots out of `remaining`.
    """
    own = [name for name, member in members_of(cls).items() if isinstance(member, Param) and name not in wires]
    found = [(cls, [f"{path}.{name}" if path else name for name in own])]
    for name, member in members_of(cls).items():
        below = f"{path}.{name}" if path else name
        if isinstance(member, PartDeclaration):
            part_cls = annotation_of(cls, name, member.span)
        elif isinstance(member, SlotDeclaration):
            slots[below] = str(remaining.pop(below, member.default))
            part_cls = slot_class(member, slots[below], annotation_of(cls, name, member.span))
        else:
            continue
        found += _shape(part_cls, remaining, slots, below, member.wires)
    return found


def slot_class(declared: SlotDeclaration, value: str, base: type[Model]) -> type[Model]:
    """The class a slot's value names; raises UsageError."""
    if ".py" in value:
        file, _, wanted = value.partition(":")
        path = Path(file)
    else:
        path, wanted = declared.directory() / f"{value}.py", ""
        if not path.exists():
            known = sorted(p.stem for p in declared.directory().glob("*.py") if not p.stem.startswith("_"))
            raise unknown(declared.name, value, known, "UC012")
    module = load_file(path)
    candidates: list[type[Model]] = [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, base)
        and member.__module__ == module.__name__
        and (not wanted or member.__name__ == wanted)
    ]
    if len(candidates) != 1:
        what = f"`{wanted}`" if wanted else f"exactly one subclass of `{base.__name__}`"
        raise UsageError.at("UC013", f"{path} does not define {what}", help="write path.py:Class to choose one")
    return candidates[0]


def _bound_properties(classes: set[type], general: Collection[str]) -> Iterator[PropertyMark]:
    """Those of the model's own files first, then shipped ones by their files, whatever was loaded before."""
    for module, marks in sorted(registry.items(), key=lambda item: _shipped(item[0])):
        # Somebody else's file, loaded in the same process, does not concern this model.
        known = module in general or any(
            value in classes for value in vars(sys.modules[module]).values() if isinstance(value, type)
        )
        for mark in marks.values():
            try:
                base = bound_class(mark)
            except SpecError:
                if known:
                    raise
                continue
            if (known or base is not Model) and any(issubclass(cls, base) for cls in classes):
                yield mark


def _shipped(module: str) -> str:
    return module if module.startswith("uringcheck.invariants.") else ""


def bound_class(mark: PropertyMark) -> type[Model]:
    """The class that the annotation of a property's first parameter names; raises SpecError."""
    return _first_class(mark.function)


@cache
def _first_class(function: Callable[..., object]) -> type[Model]:
    """Reading annotations takes long, and every tree asks about every property that is loaded."""
    names = list(inspect.signature(function).parameters)
    code = function.__code__
    span = Span(code.co_filename, code.co_firstlineno)
    try:
        hints = typing.get_type_hints(function)
    except NameError as error:
        raise SpecError.at("UC205", f"unknown name in an annotation: {error}", span) from None
    hint = hints.get(names[0]) if names else None
    if not (isinstance(hint, type) and issubclass(hint, Model)):
        raise SpecError.at(
            "UC401",
            f"property `{function.__name__}` does not say which model it is about",
            span,
            help=f"annotate its first parameter: def {function.__name__}(m: SomeModel) -> bool",
        )
    return hint


def _module_parameters(classes: list[type], marks: tuple[PropertyMark, ...]) -> dict[str, Param]:
    """The parameters of the modules of these classes and properties, and of those they import helpers from."""
    found: dict[str, Param] = {}
    seen: set[str] = set()
    start = [
        base.__module__ for cls in classes for base in cls.__mro__ if issubclass(base, Model) and base is not Model
    ]
    queue = [*start, *(mark.function.__module__ for mark in marks)]
    while queue:
        module_name = queue.pop(0)
        if module_name in seen:
            continue
        seen.add(module_name)
        for value in vars(sys.modules[module_name]).values():
            if isinstance(value, Param):
                found.setdefault(value.name, value)
            elif isinstance(value, python_types.FunctionType) or (
                isinstance(value, type) and issubclass(value, Record)
            ):
                if not value.__module__.startswith("uringcheck.lang"):
                    queue.append(value.__module__)
    return dict(sorted(found.items(), key=lambda item: _reading_order(item[1])))


def _reading_order(param: Param) -> tuple[bool, str, int]:
    """Sizes before switches, each as they stand in their files."""
    return (param.is_switch, param.span.file, param.span.line)


def _site(
    cls: type[Model],
    path: tuple[str, ...],
    parent: Site | None,
    replicas: tuple[Replica, ...],
    wires: Mapping[str, Any],
    remaining: Mapping[str, Any],
    slots: Mapping[str, str],
    binding: Binding,
    settings: list[Setting],
) -> Site:
    site = Site(cls, path, parent, replicas, wires=wires)

    value_of = scope(site, binding)
    for name, member in members_of(cls).items():
        if isinstance(member, Param):
            qualified = site.qualified(name)
            if name in wires:
                unlimited = binding.leaves_open and member.unlimited
                value = member.open if unlimited else resolve(wires[name], scope(parent, binding))
                if not member.admits(value):
                    raise SpecError.at(
                        "UC301", f"`{name}` cannot be {value}", member.span, help=f"it takes {member.range}"
                    )
            else:
                value = _value(qualified, member, remaining, binding.leaves_open)
                settings.append(Setting(qualified, member, value, site))
            site.parameters[name] = value
        elif isinstance(member, Variable):
            site.variables[name] = _variable(site, name, member, value_of, binding)
        elif isinstance(member, PartDeclaration):
            inner = replicas
            if member.index is not None:
                type_ = member.index.type(value_of)
                inner = (*replicas, Replica(site.qualified(name), f"{name}_index", type_))
            part_cls = annotation_of(cls, name, member.span)
            site.parts[name] = _site(
                part_cls, (*path, name), site, inner, member.wires, remaining, slots, binding, settings
            )
        elif isinstance(member, SlotDeclaration):
            base = annotation_of(cls, name, member.span)
            part_cls = slot_class(member, slots[site.qualified(name)], base)
            site.parts[name] = _site(
                part_cls, (*path, name), site, replicas, member.wires, remaining, slots, binding, settings
            )
    return site


def scope(site: Site | None, binding: Binding) -> Callable[[Param], Any]:
    """The values of parameters as seen from a site: its class's own, those of enclosing models, those of modules."""

    def value_of(param: Param) -> Any:
        here = site
        while here is not None:
            if members_of(here.cls).get(param.name) is param:
                return binding.read(param, here.parameters[param.name])
            here = here.parent
        if param in binding:
            return binding[param]
        raise SpecError.at(
            "UC104",
            f"parameter `{param.name}` does not belong to this model",
            param.span,
            help="import it by name where it is used",
        )

    return value_of


def _variable(site: Site, name: str, declared: Variable, value_of: Any, binding: Binding) -> ir_program.Variable:
    with bound(binding):
        type_ = declared.domain.type(value_of)
        start = _start(type_, declared.start, value_of, declared.span)
    return ir_program.Variable(site.qualified(name), type_, start, declared.span, site.name)


def _start(type_: ir.Type, start: Any, value_of: Any, span: Span) -> ir.Encoded:
    """The encoded start value of a variable; raises SpecError when it lies outside the type."""
    if start is LEAST:
        return ir.default(type_)
    start = resolve(start, value_of)
    try:
        match type_:
            case ir.Map(index, item):
                inner = _start(item, start, value_of, span)
                return ir.Everywhere(inner) if ir.is_open(index) else (inner,) * ir.cardinality(index)
            case ir.Set(item):
                if start is everything:
                    return (1 << ir.cardinality(item)) - 1
                bits = 0
                for member in start:
                    value = encode(item, resolve(member, value_of))
                    if not ir.admits(item, value):
                        raise ValueError
                    bits |= 1 << ir.rank(item, value)
                return bits
            case _:
                if isinstance(type_, (ir.Int, ir.Bool)) and not isinstance(start, (bool if type_ == ir.BOOL else int)):
                    raise ValueError
                value = encode(type_, start)
    except (ValueError, TypeError, AttributeError, KeyError):
        value = None
        if isinstance(type_, ir.Option) and start is None:
            return None
    if (value is None and start is not None) or not ir.admits(type_, value):
        raise SpecError.at(
            "UC308",
            f"the start value {start!r} is not in {type_}",
            span,
            help="choose a start value inside the range, or widen it",
        )
    return value


def _connect(root: Site) -> None:
    """Bind every link to a site."""
    for site in root.walk():
        for name, member in members_of(site.cls).items():
            if isinstance(member, LinkDeclaration):
                site.links[name] = _target(site, name, member)


def _target(site: Site, name: str, declared: LinkDeclaration) -> Site:
    wire = site.wires.get(name)
    wanted = wire.name if isinstance(wire, (PartDeclaration, SlotDeclaration, LinkDeclaration)) else name
    base = annotation_of(site.cls, name, declared.span)
    scope = site.parent
    while scope is not None:
        found = scope.parts.get(wanted) or (scope.links.get(wanted) if wire is not None else None)
        if found is None and wire is None and issubclass(scope.cls, base):
            found = scope
        if found is not None and found is not site:
            if not issubclass(found.cls, base):
                raise SpecError.at(
                    "UC309",
                    f"link `{name}` wants a `{base.__name__}`, and `{found.name}` is a `{found.cls.__name__}`",
                    declared.span,
                )
            if site.replicas[: len(found.replicas)] != found.replicas:
                raise SpecError.at(
                    "UC309",
                    f"link `{name}` leads into replicated part `{found.name}`",
                    declared.span,
                    help="a link may lead to a part of the same replica or outside of any",
                )
            return found
        scope = scope.parent
    raise SpecError.at(
        "UC309",
        f"link `{name}` of `{site.cls.__name__}` leads nowhere",
        declared.span,
        help=f"declare a part called `{name}` in the enclosing model, or connect it: part({name}=...)",
    )


class Instance:
    """The objects of a tree, ready for the plain run: states go in, the author's methods run, states come out."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._objects: dict[Site, dict[tuple[int, ...], Model]] = {}
        for site in tree.root.walk():
            self._objects[site] = {ranks: self._object(site) for ranks in self._ranks(site.replicas)}
        for site in tree.root.walk():
            for ranks, made in self._objects[site].items():
                self._wire(site, ranks, made)
        self.root = self._objects[tree.root][()]

    @staticmethod
    def _ranks(replicas: tuple[Replica, ...]) -> list[tuple[int, ...]]:
        ranks: list[tuple[int, ...]] = [()]
        for replica in replicas:
            ranks = [(*outer, inner) for outer in ranks for inner in range(ir.cardinality(replica.type))]
        return ranks

    @staticmethod
    def _object(site: Site) -> Model:
        made = object.__new__(site.cls)
        made.site, made.values, made.members = site, {}, {}
        return made

    def _wire(self, site: Site, ranks: tuple[int, ...], made: Model) -> None:
        from uringcheck.lang.values import decode

        for name, part in site.parts.items():
            if len(part.replicas) > len(site.replicas):
                index_type = part.replicas[-1].type
                indices = [decode(index_type, value) for value in ir.values(index_type)]
                replicas = [self._objects[part][(*ranks, i)] for i in range(len(indices))]
                made.members[name] = Parts(indices, replicas)
            else:
                made.members[name] = self._objects[part][ranks]
        for name, target in site.links.items():
            made.members[name] = self._objects[target][ranks[: len(target.replicas)]]

    def at(self, site: Site, ranks: tuple[int, ...] = ()) -> Model:
        """The object at a site; `ranks` are the positions of the replica's indices."""
        return self._objects[site][ranks]

    def load(self, state: tuple[ir.Encoded, ...]) -> None:
        """Make the objects hold this state."""
        from uringcheck.lang.values import decode

        position = 0
        for site in self.tree.root.walk():
            for name, variable in site.variables.items():
                for ranks, made in self._objects[site].items():
                    value = state[position]
                    for rank in ranks:
                        value = value[rank]
                    made.values[name] = decode(variable.type, value)
                position += 1

    def store(self) -> tuple[ir.Encoded, ...]:
        """The state that the objects hold."""
        state: list[ir.Encoded] = []
        for site in self.tree.root.walk():
            for name, variable in site.variables.items():
                state.append(self._gathered(site, name, variable.type, site.replicas, ()))
        return tuple(state)

    def _gathered(
        self, site: Site, name: str, type_: ir.Type, replicas: tuple[Replica, ...], ranks: tuple[int, ...]
    ) -> ir.Encoded:
        if not replicas:
            return encode(type_, self._objects[site][ranks].values[name])
        count = ir.cardinality(replicas[0].type)
        return tuple(self._gathered(site, name, type_, replicas[1:], (*ranks, i)) for i in range(count))


__all__ = ["Instance", "Map", "Replica", "Setting", "Site", "Tree", "elaborate"]
