"""From a question to what random walks found: violations and goals that the plain run confirms, and nothing else.

Walks never show that a property holds. Whatever they did not meet is *not decided*, however many there were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Cut, Progress
from uringcheck.explore.shortening import shortened
from uringcheck.explore.walks import COUNTED, WalkOutcome, WalkRequest, walk
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.lower.python import Generated
from uringcheck.run.check import Asked, Storyteller, asked_of, narrowed
from uringcheck.run.exit_codes import ExitCode, worst
from uringcheck.run.question import Question, Subject
from uringcheck.run.results import PropertyResult, property_data
from uringcheck.run.verdicts import Kind, Verdict


@value_class
class ActionTaken:
    """How often the walks took an action."""

    name: str
    fired: int
    location: str


@value_class
class Walked:
    """What random walks found out about one model under one set of parameters.

    `states` are distinct; where `counted` is false there were more than that. `longest` are the steps of the longest
    walk. `ended` counts walks by how they ended; see `explore.walks.ENDS`.
    """

    model: str
    preset: str | None
    params: Mapping[str, object]
    seed: int
    asked_walks: int
    asked_steps: int
    walks: int
    steps: int
    states: int
    counted: bool
    longest: int
    ended: Mapping[str, int]
    properties: tuple[PropertyResult, ...]
    actions: tuple[ActionTaken, ...]
    constraints: tuple[str, ...]
    cut_by: str | None
    interrupted: bool
    seconds: float

    def with_properties(self, properties: tuple[PropertyResult, ...]) -> Walked:
        """The same with other property results."""
        return replace(self, properties=properties)

    @property
    def exit_code(self) -> ExitCode:
        """What the run ends with: the verdicts decide, and nothing found is nothing decided."""
        codes = [found.verdict.exit_code for found in self.properties] or [ExitCode.NOTHING]
        return worst([*codes, ExitCode.INTERRUPTED] if self.interrupted else codes)


def simulate(
    question: Question, subject: Subject, request: WalkRequest, observe: Callable[[Progress], None] | None = None
) -> Walked:
    """Walk, replay what was found, and say what was seen. `observe` hears how far it is.

    Raises SpecError when the spec is wrong, EngineDisagreement when the plain run walks another way.
    """
    asked = asked_of(question, subject)
    program = narrowed(subject.program, asked)
    outcome = walk(program, replace(request, observe=observe))
    teller = _Teller(question, subject, program, outcome)
    return Walked(
        model=subject.label,
        preset=subject.preset,
        params=subject.params,
        seed=request.seed,
        asked_walks=request.walks,
        asked_steps=request.steps,
        walks=outcome.walks,
        steps=outcome.steps,
        states=outcome.states,
        counted=outcome.states < COUNTED,
        longest=max(outcome.lengths, default=0),
        ended=dict(outcome.ended),
        properties=tuple(teller.judged(one) for one in asked),
        actions=tuple(
            ActionTaken(action.name, fired, str(action.span))
            for action, fired in zip(program.actions, outcome.fired, strict=True)
        ),
        constraints=tuple(one.name for one in program.properties if one.kind is PropertyKind.CONSTRAINT),
        cut_by=outcome.cut_by.value if outcome.cut_by else None,
        interrupted=outcome.cut_by is Cut.INTERRUPTED,
        seconds=outcome.seconds,
    )


class _Teller:
    """Turns what was walked into verdicts and stories."""

    def __init__(self, question: Question, subject: Subject, program: Program, outcome: WalkOutcome) -> None:
        self._outcome = outcome
        self._tell = Storyteller(question, subject, program)
        self._generated = Generated(program)

    def judged(self, asked: Asked) -> PropertyResult:
        """The verdict on one property."""
        found = PropertyResult(asked.name, asked.kind, Verdict.NOT_DECIDED, doc=asked.doc, location=asked.location)
        path = self._outcome.paths.get(asked.name)
        if path is None:
            return replace(found, reason=self._reason(asked))
        short = shortened(self._generated, path, asked.name)
        story = self._tell(short, asked.name).noting(self._note(asked.name, len(path.steps), len(short.steps)))
        verdict = Verdict.FOUND if asked.kind is Kind.GOAL else Verdict.VIOLATED
        return replace(found, verdict=verdict, steps=len(short.steps), story=story)

    def _reason(self, asked: Asked) -> str:
        if asked.kind is Kind.TEMPORAL:
            return "walks end, and it speaks of behaviours that do not"
        return "no walk met it"

    def _note(self, name: str, walked: int, told: int) -> str:
        number, seed = self._outcome.found_by[name], self._outcome.seed
        how = f"walk {number} of seed {seed} met this after {walked} step{'' if walked == 1 else 's'}"
        if told < walked:
            how += f"; told is what is left of it after leaving out what could be left out, {told}"
        return f"{how}; a search may find a shorter story"


def walked_data(walked: Walked, tool: Mapping[str, object]) -> dict[str, object]:
    """The document of `sim --format json`: schema 1, see `report/walks.schema.json`."""
    return {
        "schema": 1,
        "tool": dict(tool),
        "walked": {
            "model": walked.model,
            "preset": walked.preset,
            "params": dict(walked.params),
            "seed": walked.seed,
            "asked": {"walks": walked.asked_walks, "steps": walked.asked_steps},
            "walks": walked.walks,
            "steps": walked.steps,
            "states": walked.states,
            "states_counted": walked.counted,
            "longest": walked.longest,
            "ended": dict(walked.ended),
            "cut_by": walked.cut_by,
            "properties": [property_data(found) for found in walked.properties],
            "constraints": list(walked.constraints),
            "actions": [{"name": action.name, "fired": action.fired} for action in walked.actions],
        },
    }
