"""What is asked of a model, and the model it is asked of with every parameter settled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Limits
from uringcheck.lang.tree import Setting, Tree, elaborate, unknown

if TYPE_CHECKING:
    from uringcheck.ir.program import Program
    from uringcheck.lang.models import Model
    from uringcheck.lang.presets import Preset
    from uringcheck.lang.symbolic import Param
    from uringcheck.run.project import Project


@value_class
class Question:
    """A model and parameters as somebody wrote them, and how far to search.

    `properties` selects some of them; none given is all. Whether a value leaves its range or an assertion fails is
    always checked. `all_violations`: do not stop at the first. `cross_check`: let the plain run recount.
    `engine` is one of `explore.auto.ENGINES`; `threads` are for native code. `symmetry`: use what the model declares.
    `compact`: fingerprints may stand for states. `coverage`: find out which lines, decisions and action instances the
    search made use of.
    """

    model: str
    preset: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    properties: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    all_violations: bool = False
    graph_stats: bool = False
    cross_check: bool = False
    engine: str = "auto"
    threads: int | None = None
    symmetry: bool = True
    coverage: bool = False
    compact: bool = False


@value_class
class Subject:
    """A model under settled parameters. `given` are the names of parameters that the question itself set."""

    label: str
    preset: str | None
    tree: Tree
    given: tuple[str, ...]

    @cached_property
    def program(self) -> Program:
        """The compiled model, its toggles set; raises SpecError."""
        from uringcheck.run.compiled import program_of

        return program_of(self.tree)

    @property
    def params(self) -> dict[str, object]:
        """Every parameter and slot by name, as JSON values."""
        found: dict[str, object] = {setting.name: plain_value(setting.value) for setting in self.tree.settings}
        found.update(self.tree.slots)
        return found

    def changed(self, values: Mapping[str, Any]) -> Subject:
        """The same model with other values of some parameters; the same properties are asked of it."""
        tree = self.tree
        other = elaborate(tree.root.cls, {**dict(tree.parameters), **values, **tree.slots})
        return replace(self, tree=replace(other, properties=tree.properties))

    @property
    def folder(self) -> str:
        """`MODEL/PRESET[,K=V...]`, where the traces of this subject are kept. Without a preset, `default`."""
        values = self.params
        chosen = [f"{name}={_text(values[name])}" for name in sorted(self.given)]
        return f"{file_name(self.label)}/{file_name(','.join([self.preset or 'default', *chosen]))}"


def subject(question: Question, project: Project | None = None) -> Subject:
    """Find the model and settle its parameters: defaults, then the preset, then what was given.

    Raises UsageError for a name or value that does not exist, SpecError for a spec that makes no sense.
    """
    from uringcheck.lang.loading import find_model

    cls = find_model(project.resolve(question.model) if project else question.model)
    general = project.load_invariants() if project else []
    chosen = preset_of(cls, question.preset)
    tree = elaborate(cls, question.params, general)
    if chosen is not None:
        _require_fit(chosen, tree)
        merged = {**preset_values(chosen, tree), **question.params}
        tree = elaborate(cls, merged, general)
    return Subject(label(question.model), question.preset, tree, tuple(question.params))


def label(model: str) -> str:
    """The model's short name: `cq` for `cq` and for `some/where/cq.py`, `cq:Small` for `some/where/cq.py:Small`."""
    file, colon, cls = model.partition(":")
    return f"{Path(file).stem if file.endswith('.py') else file}{colon}{cls}"


def preset_of(cls: type[Model], name: str | None) -> Preset | None:
    """The preset of that name; raises UsageError."""
    if name is None:
        return None
    known: dict[str, Preset] = {preset.name: preset for preset in cls.PRESETS}
    if name not in known:
        raise unknown("preset", name, list(known), "UC014")
    return known[name]


def fitting(tree: Tree) -> list[Preset]:
    """The presets of a model that are for it and for its parameters."""
    values = _by_param(tree)
    return [preset for preset in tree.root.cls.PRESETS if preset.misfit(values) is None]


def _by_param(tree: Tree) -> dict[Param, Any]:
    return {setting.param: setting.value for setting in tree.settings}


def _require_fit(chosen: Preset, tree: Tree) -> None:
    """Refuse a preset that the model, or a parameter of it, is not for; raises UsageError."""
    why = chosen.misfit(_by_param(tree))
    if why is not None:
        names = ", ".join(preset.name for preset in fitting(tree))
        what = "this model" if chosen.refused else "these parameters"
        help = f"use {names}" if names else "no preset is for all of them"
        raise UsageError.at("UC028", f"preset `{chosen.name}` is not for {what}: {why}", help=help)


def preset_values(preset: Preset, tree: Tree) -> dict[str, Any]:
    """The preset's values by parameter name, for the parameters the model has."""
    return {setting.name: preset.values[setting.param] for setting in tree.settings if setting.param in preset.values}


def plain_value(value: Any) -> object:
    """A parameter's value as JSON has it; members of an enum by name, as they are typed."""
    return value if isinstance(value, (bool, int, str)) else value.name.lower()


def setting_text(setting: Setting) -> str:
    """A parameter's value as it is typed."""
    return value_text(setting.value)


def value_text(value: Any) -> str:
    """A value of a parameter as it is typed."""
    return _text(plain_value(value))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def file_name(text: str) -> str:
    """The text as one name in a folder, on any system."""
    return re.sub(r"[^A-Za-z0-9_.,=\[\]-]", "_", text)
