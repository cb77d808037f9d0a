"""One model under all its presets, in their order: which verdicts change from one to the next.

Presets that settle every switch of the model alike are one program, which is searched once; not at all where an entry
of the suite has asked everything of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Progress
from uringcheck.ir.program import Program
from uringcheck.run.check import check
from uringcheck.run.project import Project
from uringcheck.run.question import Question, Subject, fitting, subject
from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.suite import Prepared


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
    question: Question,
    project: Project | None = None,
    observe: Callable[[Progress], None] | None = None,
    known: dict[Program, Result] | None = None,
) -> Lineage:
    """Search the model under one preset after the other; raises UsageError and SpecError.

    `known` are answers to all that can be asked of a program. It grows, so that nothing is searched twice.
    """
    answers = {} if known is None else known
    made = subject(question, project)
    stages: list[Stage] = []
    for preset in fitting(made.tree):
        asked = replace(question, preset=preset.name)
        settled = subject(asked, project)
        program = _nameless(settled.program)
        if program not in answers:
            answers[program] = check(asked, settled, observe)
        stages.append(Stage(preset.name, replace(answers[program], preset=preset.name, params=settled.params)))
    return Lineage(made, tuple(stages))


def answered(entries: Iterable[Prepared], results: Iterable[Result]) -> dict[Program, Result]:
    """What entries of a suite that asked for everything have found already, by program."""
    return {
        _nameless(entry.subject.program): result
        for entry, result in zip(entries, results, strict=True)
        if not entry.entry.question.properties
    }


def _nameless(program: Program) -> Program:
    """The program without the settings that have led to it. Programs that say the same are equal then."""
    return replace(program, toggles=(), parameters=())
