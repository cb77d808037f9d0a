"""What is wrong with a spec file, found without searching: the language, the types, and missing docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from uringcheck.diagnostics import Diagnostic, Span, SpecError
from uringcheck.lang.actions import MARK
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.compiling.quantities import compile_quantities, quantities_of
from uringcheck.lang.loading import load_file, load_invariants, models_in
from uringcheck.lang.models import LinkDeclaration, Model, SlotDeclaration, members_of
from uringcheck.lang.plain import actions_of
from uringcheck.lang.properties import registry
from uringcheck.lang.tree import elaborate


@dataclass
class Lint:
    """What was looked at and what was found. Parts make sense only inside a model: they are compiled with it."""

    models: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> None:
        """Note findings, each once: two models may share a faulty part."""
        self.found += [one for one in diagnostics if one not in self.found]


def lint_file(file: Path, lint: Lint) -> None:
    """Look at one file. Raises nothing about the spec: all of it is noted."""
    try:
        module = load_file(file)
        if module.__name__.startswith("uringcheck."):
            load_invariants()
    except SpecError as error:
        lint.add(error.diagnostics)
        return
    lint.add(list(_undocumented(module)))
    lint.properties += registry.get(module.__name__, {})
    for cls in models_in(module):
        if any(isinstance(member, LinkDeclaration) for member in members_of(cls).values()):
            lint.parts.append(cls.__name__)
        else:
            _compile(cls, lint)


def _compile(cls: type[Model], lint: Lint) -> None:
    """Compile a class that could stand alone. Without any action, its own or of a part, it is a part after all."""
    try:
        if all(action.mark.is_init for action in actions_of(elaborate(cls))):
            lint.parts.append(cls.__name__)
            return
        lint.models.append(cls.__name__)
        for given in _variants(cls):
            tree = elaborate(cls, given)
            compile_tree(tree)
            compile_quantities(tree, quantities_of(tree))
    except SpecError as error:
        lint.add(error.diagnostics)


def _variants(cls: type[Model]) -> Iterator[dict[str, Any]]:
    """The defaults, then every shipped class of each slot of the model itself."""
    yield {}
    for name, member in members_of(cls).items():
        if isinstance(member, SlotDeclaration):
            for file in sorted(member.directory().glob("*.py")):
                if not file.stem.startswith("_") and file.stem != member.default:
                    yield {name: file.stem}


def _undocumented(module: ModuleType) -> Iterator[Diagnostic]:
    for cls in models_in(module):
        if not cls.__dict__.get("__doc__"):
            yield _missing(f"model `{cls.__name__}`", _class_span(cls))
        for name, member in vars(cls).items():
            if hasattr(member, MARK) and not member.__doc__:
                yield _missing(f"action `{name}`", _function_span(member))
    for name, mark in registry.get(module.__name__, {}).items():
        if isinstance(mark.function, FunctionType) and not mark.function.__doc__:
            yield _missing(f"property `{name}`", _function_span(mark.function))


def _missing(what: str, span: Span | None) -> Diagnostic:
    return Diagnostic("UC033", f"{what} has no docstring", span, "say in one sentence what it means: reports show it")


def _class_span(cls: type) -> Span | None:
    try:
        return Span(inspect.getfile(cls), inspect.getsourcelines(cls)[1])
    except (OSError, TypeError):
        return None


def _function_span(function: FunctionType) -> Span:
    code = function.__code__
    return Span(code.co_filename, code.co_firstlineno)
