"""Replay: a search's path becomes a trace only if the plain run walks it too.

    replayed(run, program, path, about, model=..., preset=...) -> Trace

`about` is the key of the path in `Outcome.paths`: a property's name, `domain`, `assert`, or `no_deadlock` where the
model says nothing about final states. The run and the program must be of the same model under the same parameters.
Every step is executed by CPython and its result compared with the path's; at the end the plain run judges the
property. Any difference raises EngineDisagreement: there is no other way to make a trace.

    follow(run, program, start, steps) -> Path

executes steps that a person typed or a file named. Both raise `Divergence` inside, which says at which step.
"""

from __future__ import annotations

import contextlib
from typing import Any

import uringcheck
from uringcheck.diagnostics import EngineDisagreement, InternalError
from uringcheck.explore.outcome import FailedStep, Path, Step
from uringcheck.explore.search import NO_DEADLOCK
from uringcheck.ir import types as ir
from uringcheck.ir.program import Action, Program, Property, PropertyKind
from uringcheck.lang.plain import BoundProperty, Failed, PlainRun, SiteAction
from uringcheck.lang.symbolic import bound as parameters_bound
from uringcheck.lang.tree import Instance
from uringcheck.lang.violations import DomainViolation
from uringcheck.trace.diff import state_diff
from uringcheck.trace.files import SpecFiles, spec_digest
from uringcheck.trace.identity import PLAIN_START, argument_texts, step_text
from uringcheck.trace.lanes import lane_names, step_lane
from uringcheck.trace.model import State, Trace, TraceFailure, TraceProperty, TraceStep, TraceVariable, bare
from uringcheck.trace.places import Place, changed_places, place_name
from uringcheck.trace.watch import Watch, noting_reads

#: What stands under these names in the results, told as properties of every model.
FAILURES = {
    "domain": "No value leaves its range, no empty queue is popped, no index lies outside.",
    "assert": "No assertion fails.",
}


class Divergence(Exception):
    """The plain run does something else than the path says. `step` 0 is the start.

    What that means depends on who asked: an engine that is wrong, or a file that does not belong to the spec.
    """

    def __init__(self, step: int, what: str) -> None:
        self.step, self.what = step, what
        super().__init__(f"at step {step}: {what}")


def replayed(
    run: PlainRun, program: Program, path: Path, about: str, *, model: str = "", preset: str | None = None
) -> Trace:
    """The path as a trace about a property. `model` is the name a command line would use; default: the program's.

    Raises EngineDisagreement.
    """
    try:
        return Replay(run, program).trace(path, about, model or program.name, preset)
    except Divergence as found:
        steps = "; ".join([path.start.action, *(step.action for step in path.steps)])
        raise EngineDisagreement(
            f"the plain run does not confirm the trace of `{about}` {found}. The search's steps: {steps}"
        ) from None


class Replay:
    """Executes paths of one model and notes what its author's code does on the way."""

    def __init__(self, run: PlainRun, program: Program) -> None:
        self.run, self.program = run, program
        self.files = SpecFiles(run.tree)
        self.variables = trace_variables(run, program)
        self._compiled = {action.name: action for action in (*program.inits, *program.actions)}
        self._plain = {action.name: action for action in (*run.inits, *run.actions)}

    def trace(self, path: Path, about: str, model: str, preset: str | None) -> Trace:
        """The path as a trace; raises Divergence."""
        in_a_step = path.failed is not None and path.failed.judged is None
        if len(path.states) != len(path.steps) + (not in_a_step) and not (in_a_step and not path.steps):
            raise Divergence(len(path.steps), f"{len(path.steps)} steps do not join {len(path.states)} states")
        start = self._start(path)
        steps = tuple(self._step(path, number) for number in range(len(path.steps)))
        return Trace(
            model=model,
            program=self.program.name,
            preset=preset,
            params=settings(self.run),
            about=self._judged(path, about),  # before `_failure`, which relies on its confirmation
            variables=self.variables,
            lanes=lane_names(self.run, self.program),
            states=path.states,
            start=start,
            steps=steps,
            enabled=tuple(self._enabled(state) for state in path.states),
            failed=self._failure(path),
            digest=spec_digest(self.run.tree),
            tool=f"uringcheck {uringcheck.__version__}",
        )

    def _start(self, path: Path) -> TraceStep:
        expected = path.states[0] if path.states else None
        name, arguments = path.start.action, path.start.arguments
        if not self.run.inits:
            if name != PLAIN_START or arguments:
                raise Divergence(0, f"the model does not start with `{name}`")
            if expected != self.run.start:
                raise Divergence(0, "the path starts in another state" + self._difference(self.run.start, expected))
            return TraceStep(PLAIN_START, PLAIN_START, lane=self.program.name)
        if name not in {action.name for action in self.run.inits}:
            raise Divergence(0, f"the model has no start `{name}`")
        return self._executed(0, path.start, self.run.start, expected, path.failed)

    def _step(self, path: Path, number: int) -> TraceStep:
        """The step from `states[number]`."""
        step = path.steps[number]
        if step.action not in {action.name for action in self.run.actions}:
            raise Divergence(number + 1, f"the model has no action `{step.action}`")
        expected = path.states[number + 1] if number + 1 < len(path.states) else None
        if expected is None and path.failed is None:
            raise Divergence(number + 1, "the path ends without the state the step leads to")
        return self._executed(number + 1, step, path.states[number], expected, path.failed)

    def _executed(
        self, number: int, step: Step, state: State, expected: State | None, failed: FailedStep | None
    ) -> TraceStep:
        plain, compiled = self._plain[step.action], self._compiled[step.action]
        watch = Watch(self.run.instance, self.variables, self.files)
        if len(step.arguments) != len(plain.arguments) or not _in_domains(plain, step.arguments):
            raise Divergence(number, f"`{step.action}` does not take the arguments {step.arguments}")
        text = step_text(compiled, step.arguments)
        with watch.watching(state):
            after = self.run.execute(plain, step.arguments, state)
        if after is None:
            raise Divergence(number, f"`{text}` is not enabled")
        if isinstance(after, Failed):
            if expected is not None:
                raise Divergence(number, f"`{text}` fails: {after.message}")
            if failed is None or failed.failure is not after.failure:
                raise Divergence(number, f"`{text}` ends in a failure of kind {after.failure.value}")
        elif expected is None:
            raise Divergence(number, f"`{text}` does not fail")
        elif after != expected:
            raise Divergence(number, f"`{text}` leads to another state" + self._difference(after, expected))
        return TraceStep(
            text=text,
            action=step.action,
            arguments=argument_texts(compiled, step.arguments),
            lane=step_lane(compiled, step.arguments),
            sentence=first_sentence(compiled.doc),
            lines=watch.lines,
            reads=watch.read_names,
            wrote=() if expected is None else self._wrote(watch, state, expected),
            branches=watch.branches,
        )

    def _wrote(self, watch: Watch, before: State, after: State) -> tuple[tuple[str, str], ...]:
        return tuple(
            (place_name(self.variables[place[0]], place[1]), watch.changed_at.get(place, ""))
            for place in changed_places(self.variables, before, after)
        )

    def _difference(self, plain: State, path: State | None) -> str:
        if path is None:
            return ""
        if len(path) != len(self.variables):
            return f": it has {len(path)} values, the model {len(self.variables)} variables"
        return ": " + ", ".join(str(change) for change in state_diff(self.variables, path, plain))

    def _enabled(self, state: State) -> tuple[str, ...]:
        """What can happen in a state, apart from steps that change nothing."""
        return tuple(
            step_text(self._compiled[action.name], arguments)
            for action, arguments, after in self.run.successors(state)
            if after != state
        )

    def _failure(self, path: Path) -> TraceFailure | None:
        if path.failed is None:
            return None
        found = self._fails(path, path.failed)
        if not isinstance(found, Failed):
            raise InternalError("a failure that was confirmed is gone")
        message, span = found.message or path.failed.message, found.span
        where = self.files.where(span.file, span.line)
        return TraceFailure(path.failed.failure.value, " ".join(message.split()), where, path.failed.judged or "")

    def _fails(self, path: Path, failed: FailedStep) -> object:
        """What the plain run makes of the place where the path fails."""
        if failed.judged is not None:
            bound = self._bound(failed.judged)
            return self.run.evaluate(bound, *self._judged_states(path, bound.mark.kind))
        step, state = (path.steps[-1], path.states[-1]) if path.states else (path.start, self.run.start)
        return self.run.execute(self._plain[step.action], step.arguments, state)

    def _judged(self, path: Path, about: str) -> TraceProperty:
        """The property the path is about, once the plain run has confirmed it."""
        compiled = next((found for found in self.program.properties if found.name == about), None)
        if compiled is None and about in FAILURES:
            return self._judged_failure(path, about)
        if compiled is None and about == NO_DEADLOCK:
            if any(found.mark.kind is PropertyKind.DEADLOCK for found in self.run.properties):
                raise Divergence(len(path.steps), "the model has its own property that says which states are final")
            self._check_stuck(path)
            reads = self._names(dict.fromkeys(self._guard_reads(path.states[-1])))
            return TraceProperty(about, "deadlock", "Every reachable state has a successor.", "violated", reads=reads)
        if compiled is None or compiled.kind in (PropertyKind.TEMPORAL, PropertyKind.CONSTRAINT):
            raise InternalError(f"a path about `{about}`, which is no property that a path can show")
        if path.failed is not None or not path.states:
            raise Divergence(len(path.steps), "a step that fails leads to no state in which a property could be judged")
        return self._judged_property(path, compiled)

    def _judged_failure(self, path: Path, about: str) -> TraceProperty:
        if path.failed is None or path.failed.failure.value != about:
            raise Divergence(len(path.steps), f"the path does not end in a failure of kind {about}")
        reads: tuple[str, ...] = ()
        before: tuple[str, ...] = ()
        if path.failed.judged is not None:
            bound = self._bound(path.failed.judged)
            value = self._fails(path, path.failed)
            if not isinstance(value, Failed) or value.failure is not path.failed.failure:
                raise Divergence(len(path.steps), f"judging `{bound.name}` does not fail there")
            reads, before = self._reads_around(bound, self._judged_states(path, bound.mark.kind))
        return TraceProperty(about, about, FAILURES[about], "violated", reads=reads, reads_before=before)

    def _bound(self, name: str) -> BoundProperty:
        for bound in self.run.properties:
            if bound.name == name:
                return bound
        raise InternalError(f"the plain run has no property `{name}`")

    @staticmethod
    def _judged_states(path: Path, kind: PropertyKind) -> tuple[State, ...]:
        """The states a property is given at the end of the path."""
        if kind is not PropertyKind.STEP:
            return path.states[-1:]
        if len(path.states) < 2:
            raise Divergence(len(path.steps), "a step property cannot be judged before the first step")
        return path.states[-2:]

    def _judged_property(self, path: Path, compiled: Property) -> TraceProperty:
        bound = self._bound(compiled.name)
        states = self._judged_states(path, compiled.kind)
        last = len(path.steps)
        value = self.run.evaluate(bound, *states)
        wanted = compiled.kind is PropertyKind.GOAL
        if isinstance(value, Failed):
            raise Divergence(last, f"`{compiled.name}` cannot be evaluated: {value.message}")
        if value is not wanted:
            raise Divergence(last, f"`{compiled.name}` is {'true' if value else 'false'}")
        reads, before = self._reads_around(bound, states)
        if compiled.kind is PropertyKind.DEADLOCK:
            self._check_stuck(path)
            places = (*self._property_reads(bound, states, 0), *self._guard_reads(path.states[-1]))
            reads = self._names(dict.fromkeys(places))
        return TraceProperty(
            name=compiled.name,
            kind=compiled.kind.value,
            sentence=first_sentence(compiled.doc),
            verdict="found" if wanted else "violated",
            where=self.files.where(compiled.span.file, compiled.span.line),
            reads=reads,
            reads_before=before,
        )

    def _check_stuck(self, path: Path) -> None:
        for action, arguments, _ in self.run.successors(path.states[-1]):
            text = step_text(self._compiled[action.name], arguments)
            raise Divergence(len(path.steps), f"the last state has a successor: `{text}` is enabled")

    def _guard_reads(self, state: State) -> tuple[Place, ...]:
        """What the guards of all actions read: why nothing is enabled."""
        noted: dict[Place, None] = {}
        with noting_reads(self.run.instance, lambda place, type_, value: noted.update({place: None})):
            for _ in self.run.successors(state):
                pass
        return tuple(noted)

    def _reads_around(self, bound: BoundProperty, states: tuple[State, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a property reads of the last state, and of the one before when it is given two."""
        reads = [self._names(self._property_reads(bound, states, watched)) for watched in range(len(states))]
        return reads[-1], reads[0] if len(reads) > 1 else ()

    def _property_reads(self, bound: BoundProperty, states: tuple[State, ...], watched: int) -> dict[Place, None]:
        noted: dict[Place, None] = {}
        instances = [Instance(self.run.tree) for _ in states]
        for instance, state in zip(instances, states, strict=True):
            instance.load(state)
        with (
            noting_reads(instances[watched], lambda place, type_, value: noted.update({place: None})),
            parameters_bound(self.run.tree.binding),
            contextlib.suppress(DomainViolation, AssertionError),  # judged by the plain run; here only what was read
        ):
            bound.mark.function(*(instance.at(bound.site, bound.ranks) for instance in instances))
        return noted

    def _names(self, noted: dict[Place, None]) -> tuple[str, ...]:
        return tuple(place_name(self.variables[place[0]], place[1]) for place in sorted(noted))


def _in_domains(action: SiteAction, arguments: tuple[ir.Encoded, ...]) -> bool:
    return all(value in tuple(ir.values(a.type)) for a, value in zip(action.arguments, arguments, strict=True))


def trace_variables(run: PlainRun, program: Program) -> tuple[TraceVariable, ...]:
    """The state variables of a model as traces describe them."""
    return tuple(
        TraceVariable(
            made.name, bare(made.type), made.lane or program.name, tuple(replica.path for replica in site.replicas)
        )
        for site, made in zip(
            (site for site in run.tree.root.walk() for _ in site.variables), run.tree.variables, strict=True
        )
    )


def settings(run: PlainRun) -> tuple[tuple[str, Any], ...]:
    """Every parameter and slot with its value as JSON has it, by name."""
    found: dict[str, Any] = dict(run.tree.slots)
    for setting in run.tree.settings:
        value = setting.value
        found[setting.name] = value if isinstance(value, (bool, int)) else value.name.lower()
    return tuple(sorted(found.items()))


def first_sentence(doc: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(doc.strip().split("\n\n")[0].split())


def follow(run: PlainRun, program: Program, start: Step | None, steps: tuple[Step, ...]) -> Path:
    """The path that these steps take; without a start, the only one there is. Raises Divergence.

    A step that fails ends the path; steps after it are a divergence.
    """
    chosen, state = _begin(run, start)
    if isinstance(state, Failed):
        return Path(chosen, (), (), FailedStep(state.failure, state.message, state.span))
    actions = {action.name: action for action in run.actions}
    texts: dict[str, Action] = {action.name: action for action in program.actions}
    states = [state]
    for number, step in enumerate(steps, 1):
        after = run.execute(actions[step.action], step.arguments, states[-1])
        if after is None:
            raise Divergence(number, f"`{step_text(texts[step.action], step.arguments)}` is not enabled")
        if isinstance(after, Failed):
            if number < len(steps):
                raise Divergence(number, f"`{step_text(texts[step.action], step.arguments)}` fails: {after.message}")
            return Path(chosen, tuple(states), steps, FailedStep(after.failure, after.message, after.span))
        states.append(after)
    return Path(chosen, tuple(states), steps)


def _begin(run: PlainRun, start: Step | None) -> tuple[Step, State | Failed]:
    found = [
        (Step(action.name if action else PLAIN_START, arguments), state) for action, arguments, state in run.initial()
    ]
    if start is None:
        named = [begun for begun in found if begun[0] == Step(PLAIN_START)]
        if len(found) != 1 and not named:
            raise Divergence(0, f"there are {len(found)} ways to start, and the first step does not say which")
        return (named or found)[0]
    for begun in found:
        if begun[0] == start:
            return begun
    raise Divergence(0, f"the model does not start with `{start.action}` and these arguments")
