"""What a search never met: reasons to doubt that a spec says what its author meant."""

from __future__ import annotations

from collections.abc import Iterator

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Outcome
from uringcheck.ir import build
from uringcheck.ir.nodes import Cover, statements
from uringcheck.ir.program import Action, Program
from uringcheck.lower.python import runnable


@value_class
class Vacuity:
    """Sentences about actions, cover points and antecedents, in the order of the program.

    `vacuous` could have happened under the parameters and never did; `disabled` are constant-false under them.
    """

    vacuous: list[str]
    disabled: list[str]


def vacuity(program: Program, outcome: Outcome) -> Vacuity:
    """What a specialised program rules out, and what a complete search of it never met.

    An incomplete search has no vacuous parts: what it did not meet may lie where it did not go.
    """
    made = Vacuity([], [])
    for text, met, possible in _parts(program, outcome):
        if not possible:
            made.disabled.append(text)
        elif not met and outcome.complete:
            made.vacuous.append(text)
    return made


def cover_texts(program: Program) -> list[str]:
    """What each cover point is called."""
    return [f"{point.text} ({point.span})" for point in program.covers]


def _parts(program: Program, outcome: Outcome) -> Iterator[tuple[str, bool, bool]]:
    """Each part: what it is called, whether it was met, whether it can be."""
    for position, action in enumerate(program.actions):
        met = bool(outcome.fired[position] or outcome.failed[position])
        yield f"action {action.name}", met, met or any(runnable(action))
    missing = set(range(len(program.covers))) - outcome.covers
    reachable = _covers(program.actions) if missing else set()
    for number, text in enumerate(cover_texts(program)):
        yield text, number not in missing, number not in missing or number in reachable
    for property_ in program.properties:
        for part, antecedent in enumerate(property_.watched):
            text = f"antecedent {part + 1} of" if len(property_.antecedents) > 1 else "antecedent of"
            met = (property_.name, part) in outcome.antecedents
            yield f"{text} {property_.name}", met, met or antecedent.result is not build.FALSE


def _covers(actions: tuple[Action, ...]) -> set[int]:
    """The cover points in bodies that can run."""
    return {
        statement.number
        for action in actions
        for instance in runnable(action)
        for statement in statements(instance.rest)
        if isinstance(statement, Cover)
    }
