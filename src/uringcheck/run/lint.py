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
from uringcheck.lang.loading import load_file, models_in
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
    #: Files that were looked at; of those that define a class for a slot, which fit some model, and why others do not.
    files: set[Path] = field(default_factory=set)
    fitting: set[Path] = field(default_factory=set)
    unfit: dict[Path, tuple[Diagnostic, ...]] = field(default_factory=dict)

    def close(self) -> None:
        """Note what is wrong with classes for slots that fit none of the models: many fit only some."""
        for file in sorted(self.files & self.unfit.keys() - self.fitting):
            self.add(self.unfit[file])

    def add(self, diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> None:
        """Note findings, each once: two models may share a faulty part."""
        self.found += [one for one in diagnostics if one not in self.found]


def lint_file(file: Path, lint: Lint) -> None:
    """Look at one file. Raises nothing about the spec: all of it is noted."""
    lint.files.add(file.resolve())
    try:
        module = load_file(file)
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
        _elaborate_and_compile(cls, {})
    except SpecError as error:
        lint.add(error.diagnostics)
        return
    for name, file, default in _choices(cls):
        if file not in lint.fitting:
            try:
                if not default:
                    _elaborate_and_compile(cls, {name: file.stem})
                lint.fitting.add(file)
            except SpecError as error:
                lint.unfit.setdefault(file, tuple(error.diagnostics))


def _elaborate_and_compile(cls: type[Model], given: dict[str, Any]) -> None:
    tree = elaborate(cls, given)
    compile_tree(tree)
    compile_quantities(tree, quantities_of(tree))


def _choices(cls: type[Model]) -> Iterator[tuple[str, Path, bool]]:
    """Every slot of the model itself with every file that is there for it, and whether that is the default."""
    for name, member in members_of(cls).items():
        if isinstance(member, SlotDeclaration):
            for file in sorted(member.directory().glob("*.py")):
                if not file.stem.startswith("_"):
                    yield name, file.resolve(), file.stem == member.default


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
