"""`uringcheck list`: what there is to check, and what can be set."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from uringcheck.cli.console import say
from uringcheck.diagnostics import SpecError
from uringcheck.run.project import Project, nearest

if TYPE_CHECKING:
    from uringcheck.lang.presets import Preset


@click.command(name="list")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Choose a slot's class to see its parameters."
)
def command(models: tuple[str, ...], params: tuple[str, ...]) -> int:
    """Without MODEL: every model. With MODEL: its presets, parameters with their ranges, slots and properties."""
    from uringcheck.cli.outputs import assignment

    project = nearest(Path.cwd())
    if not models:
        say(_overview(project))
        return 0
    given = dict(assignment(text, "--param", "NAME=VALUE") for text in params)
    say("\n".join(_model(name, given, project) for name in models))
    return 0


def _overview(project: Project) -> str:
    from uringcheck.lang.loading import find_model, model_names

    names = [file.stem for folder in project.specs for file in sorted(folder.glob("*.py")) if file.stem != "__init__"]
    names += [name for name in model_names() if name not in names]
    rows = []
    for name in names:
        try:
            cls = find_model(project.resolve(name))
        except SpecError as error:
            rows.append((name, f"cannot be read: {error}"))
            continue
        presets = ", ".join(preset.name for preset in cls.PRESETS if not preset.refused)
        rows.append((name, _sentence(cls.__doc__) + (f" Presets: {presets}." if presets else "")))
    return _rows(rows, "") + "\n\n`uringcheck list MODEL` shows its presets, parameters and properties.\n"


def _model(name: str, given: dict[str, str], project: Project) -> str:
    from uringcheck.ir.program import PropertyKind
    from uringcheck.lang.compiling.quantities import quantities_of
    from uringcheck.lang.plain import properties_of
    from uringcheck.run.question import Question, setting_text, subject

    made = subject(Question(name, params=given), project)
    tree, cls = made.tree, made.tree.root.cls
    parts = [f"{made.label}   {_sentence(cls.__doc__)}"]
    if cls.PRESETS:
        parts.append("presets\n" + _rows([(preset.name, _about(preset)) for preset in cls.PRESETS], "  "))
    slots = [(path, f"{chosen} (of {', '.join(_classes(tree.root.cls, path)) or 'your own'}, or path.py:Class)")
             for path, chosen in tree.slots.items()]  # fmt: skip
    if slots:
        parts.append("slots\n" + _rows(slots, "  "))
    settings = [
        (f"{setting.name}={setting_text(setting)}", f"{setting.param.range}   {setting.param.doc}")
        for setting in tree.settings
    ]
    if settings:
        parts.append("parameters\n" + _rows(settings, "  "))
    properties = [
        (f"{found.mark.kind.value:<10}  {found.name}", _sentence(found.mark.function.__doc__))
        for found in properties_of(tree)
    ]
    if properties:
        parts.append("properties\n" + _rows(properties, "  "))
    quantities = [
        (f"{'cost' if found.mark.kind is PropertyKind.STEP else 'measure':<10}  {found.name}",
         _sentence(found.mark.function.__doc__))
        for found in quantities_of(tree)
    ]  # fmt: skip
    if quantities:
        parts.append("quantities\n" + _rows(quantities, "  "))
    return "\n\n".join(parts) + "\n"


def _about(preset: Preset) -> str:
    """What a preset stands for, or why the model is not for it, always or with some parameters."""
    from uringcheck.run.question import value_text

    unfit = [f"Not with {param.name}={value_text(value)}: {why}." for param, value, why in preset.unfit]
    return preset.refused or " ".join([preset.doc, *unfit])


def _classes(cls: type, path: str) -> list[str]:
    """The shipped classes for a slot of the model itself; a slot of a part shows none."""
    from uringcheck.lang.models import SlotDeclaration, members_of

    declared = members_of(cls).get(path)
    if not isinstance(declared, SlotDeclaration):
        return []
    return sorted(file.stem for file in declared.directory().glob("*.py") if not file.stem.startswith("_"))


def _sentence(doc: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((doc or "").strip().split("\n\n")[0].split())


def _rows(rows: list[tuple[str, str]], indent: str) -> str:
    width = max((len(left) for left, _ in rows), default=0)
    lines = []
    for left, right in rows:
        parts = wrap(right, max(110 - width - len(indent) - 2, 40), break_long_words=False) or [""]
        lines += [f"{indent}{left if n == 0 else '':<{width}}  {part}".rstrip() for n, part in enumerate(parts)]
    return "\n".join(lines)
