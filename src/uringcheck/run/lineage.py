"""One model under all its presets, in their order: which verdicts change from one to the next.

Presets that settle every switch of the model alike are one program, which is searched once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Progress
from uringcheck.ir.program import Program
from uringcheck.run.check import check
from uringcheck.run.project import Project
from uringcheck.run.question import Question, Subject, subject
from uringcheck.run.results import PropertyResult, Result


@value_class
class Stage:
    """A preset and what was found under it."""

    preset: str
    result: Result

    @property
    def wrong(self) -> dict[str, PropertyResult]:
        """What is violated, or not decided, by name."""
        bad = ("violated", "not-found", "not-decided", "holds-up-to-k")
        return {found.name: found for found in self.result.properties if found.verdict.value in bad}


@value_class
class Lineage:
    """A model under each of its presets that is for it and for its parameters."""

    subject: Subject
    stages: tuple[Stage, ...]

    def spans(self) -> list[tuple[Stage, ...]]:
        """Neighbours whose verdicts are the same, lengths of counterexamples included."""
        found: list[list[Stage]] = []
        for stage in self.stages:
            if found and _facts(found[-1][-1]) == _facts(stage):
                found[-1].append(stage)
            else:
                found.append([stage])
        return [tuple(span) for span in found]


def _facts(stage: Stage) -> dict[str, tuple[object, int | None]]:
    return {found.name: (found.verdict, found.steps) for found in stage.result.properties}


def lineage(
    question: Question, project: Project | None = None, observe: Callable[[Progress], None] | None = None
) -> Lineage:
    """Search the model under one preset after the other; raises UsageError and SpecError."""
    from uringcheck.lang.loading import find_model

    cls = find_model(project.resolve(question.model) if project else question.model)
    made = subject(question, project)
    values = {setting.param: setting.value for setting in made.tree.settings}
    stages: list[Stage] = []
    before: Program | None = None
    for preset in cls.PRESETS:
        if preset.misfit(values) is not None:
            continue
        asked = replace(question, preset=preset.name)
        settled = subject(asked, project)
        # Nodes of programs are shared while they live, so programs that say the same are equal.
        program = replace(settled.program, toggles=(), parameters=())
        if before == program:
            stages.append(Stage(preset.name, replace(stages[-1].result, preset=preset.name, params=settled.params)))
        else:
            stages.append(Stage(preset.name, check(asked, settled, observe)))
        before = program
    return Lineage(made, tuple(stages))
