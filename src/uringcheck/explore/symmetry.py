"""Searching up to the names of interchangeable values: when that may be done, and how its findings are told.

A search that keeps one state for all that differ by such names alone visits every state up to names, at the same depth.
So it finds every violation of a property that treats all names alike, in as many steps. Properties that come once for
each value, as those of replicated parts do, ask the same of each together: what is found about one of them is true
of the others with the names exchanged. Behaviours that never end are another matter: a cycle up to names may be none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from uringcheck.diagnostics import InternalError
from uringcheck.explore.canonical import Canonical
from uringcheck.explore.least import MOST_RENAMINGS, Least
from uringcheck.explore.outcome import FailedStep, Outcome, Path, State, Step
from uringcheck.explore.paths import Paths, Witness, failure, key, start_step
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Argument, Program, Property, PropertyKind
from uringcheck.ir.renaming import Renaming, neighbours
from uringcheck.ir.symmetry import interchangeable_types, renamed_property
from uringcheck.ir.types import Encoded, Enum, Option, Record, Type
from uringcheck.lower.python import Generated


def symmetry_of(program: Program) -> Symmetry | str | None:
    """How to search a specialised program up to names; why that would not answer what it asks; None without any.

    The program's starts and actions must treat all interchangeable values alike, which its compiler has shown.
    """
    types = interchangeable_types(program)
    if not types:
        return None
    for property_ in program.properties:
        if property_.kind is PropertyKind.TEMPORAL:
            return f"`{property_.name}` is about behaviours without end, which takes every state by its own name"
    families: dict[str, dict[str, Renaming]] = {}
    for property_ in program.properties:
        found = _family(program, property_, types)
        if found is None:
            return f"`{property_.name}` tells interchangeable values apart, which takes every state by its own name"
        families[property_.name] = found
    return Symmetry(program, types, families)


def _family(program: Program, property_: Property, types: tuple[Enum, ...]) -> dict[str, Renaming] | None:
    """The properties that ask the same with other names, and what renames it to each; None if one is missing."""
    same_place = [one for one in program.properties if (one.kind, one.span) == (property_.kind, property_.span)]
    forms = {renamed_property(program, one, Renaming({})): one for one in same_place}
    found = {property_.name: Renaming({})}
    queue = [property_]
    while queue:
        member = queue.pop()
        for _, _, exchange in neighbours(types):
            other = forms.get(renamed_property(program, member, exchange))
            if other is None:
                return None
            if other.name not in found:
                found[other.name] = found[member.name].then(exchange)
                queue.append(other)
    return found


class Symmetry:
    """A program's interchangeable values, for a search that need not tell them apart."""

    def __init__(
        self, program: Program, types: tuple[Enum, ...], families: Mapping[str, Mapping[str, Renaming]]
    ) -> None:
        """`families` are for each property those that ask the same with other names; itself at least."""
        self._program, self.types, self._families = program, types, families
        self._variables = tuple(variable.type for variable in program.variables)
        self._actions = {action.name: action for action in (*program.inits, *program.actions)}
        ways = math.prod(math.factorial(len(type_.members)) for type_ in types)
        #: Whether there are few enough renamings to try them all, which native code does, too.
        self.few = ways <= MOST_RENAMINGS
        self.canonical: Least | Canonical = (
            Least(program.variables, types) if self.few else Canonical(self._variables, types)
        )

    def __str__(self) -> str:
        named = " and ".join(f"{len(type_.members)} {type_.name}" for type_ in self.types)
        return (
            f"symmetry of {named}: states that differ by these names alone are one, and steps are counted from it; "
            "every verdict and the length of every story are as without it"
        )

    def paths(self, generated: Generated, parents: Mapping[State, State | None]) -> Paths:
        """What reads behaviours back from a search up to names."""
        return _Unfolded(self, generated, parents)

    def told(self, outcome: Outcome) -> Outcome:
        """The outcome as it is about the program: also of the properties that ask the same with other names."""
        generated = Generated(self._program)
        for name, path in list(outcome.paths.items()):
            judged = path.failed.judged if path.failed is not None else None
            if len(self._families.get(judged or name, ())) <= 1:
                outcome.paths[name] = self.renamed(generated, path, self._plainest(path))
        self._share(generated, outcome)
        outcome.antecedents = {(other, part) for name, part in outcome.antecedents for other in self._families[name]}
        return outcome

    def _share(self, generated: Generated, outcome: Outcome) -> None:
        """Give every property of a family the shortest of the paths that were found for any of them."""
        found = dict(outcome.paths)
        for name, family in self._families.items():
            known = [(key(self._program, found[other]), other) for other in family if other in found]
            if len(family) > 1 and known:
                _, best = min(known)
                outcome.paths[name] = self.renamed(generated, found[best], self._families[best][name])

    def renamed(self, generated: Generated, path: Path, renaming: Renaming) -> Path:
        """A behaviour with its names exchanged, which is another behaviour of the program."""
        states = tuple(renaming.tuple(self._variables, state) for state in path.states)
        start, *steps = (self._renamed_step(step, renaming) for step in (path.start, *path.steps))
        made = replace(path, start=start, states=states, steps=tuple(steps))
        return made if path.failed is None else replace(made, failed=self._failed(generated, made, path.failed))

    def _renamed_step(self, step: Step, renaming: Renaming) -> Step:
        types = [argument.type for argument in self._arguments(step)]
        return replace(step, arguments=renaming.tuple(types, step.arguments))

    def _arguments(self, step: Step) -> tuple[Argument, ...]:
        """The arguments of a step's action; a start without an action has none."""
        action = self._actions.get(step.action)
        return () if action is None else action.arguments

    def _failed(self, generated: Generated, path: Path, failed: FailedStep) -> FailedStep:
        """What fails where a path ends. Which check may depend on the names; that one of its kind fails does not."""
        check: State | Check | bool | None
        if failed.judged is not None:
            position = [one.name for one in self._program.properties].index(failed.judged)
            ends = 2 if self._program.properties[position].kind is PropertyKind.STEP else 1
            check = generated.evaluate(position, *path.states[-ends:])
        else:
            check = _after(generated, path)
        if not isinstance(check, Check) or check.failure is not failed.failure:
            raise InternalError("what fails under some names does not fail under others")
        return FailedStep(check.failure, check.message, check.span, failed.judged)

    def _plainest(self, path: Path) -> Renaming:
        """The renaming under which names appear in their order in the steps."""
        order: dict[Enum, dict[int, None]] = {type_: {} for type_ in self.types}
        for step in (path.start, *path.steps):
            for argument, value in zip(self._arguments(step), step.arguments, strict=True):
                for type_, name in _named(argument.type, value):
                    order[type_].setdefault(name)
        places = {}
        for type_, seen in order.items():
            every = list(dict.fromkeys((*seen, *range(len(type_.members)))))
            places[type_] = [every.index(name) for name in range(len(every))]
        return Renaming(places)


def _after(generated: Generated, path: Path) -> State | Check | None:
    """What the last step of a path leads to, or its start where there is no step."""
    step = path.steps[-1] if path.states else path.start
    actions = generated.program.actions if path.states else generated.program.inits
    for position, arguments, after in generated.successors(path.states[-1]) if path.states else generated.initial():
        if position is not None and actions[position].name == step.action and arguments == step.arguments:
            return after
    return None


def _named(type_: Type, value: Encoded) -> Iterator[tuple[Enum, int]]:
    """The interchangeable values in a value without containers."""
    match type_:
        case Enum(interchangeable=True) if len(type_.members) > 1:
            yield type_, value
        case Option(item) if value is not None:
            yield from _named(item, value)
        case Record(fields=fields):
            for (_, item), part in zip(fields, value, strict=True):
                yield from _named(item, part)


class _Unfolded(Paths):
    """Behaviours of a program from the parents that a search up to names has noted."""

    def __init__(self, symmetry: Symmetry, generated: Generated, parents: Mapping[State, State | None]) -> None:
        super().__init__(generated, parents)
        self._symmetry = symmetry
        self._canonical = symmetry.canonical

    def path(self, witness: Witness) -> Path:
        """A behaviour that ends as the witness says, in exactly these names.

        It is walked from a start, at each step by the first instance that leads on up to names; where it arrives, the
        names are exchanged for those of the witness.
        """
        if witness.state is None:
            return super().path(witness)
        chain: list[State] = []
        here: State | None = witness.state
        while here is not None:
            chain.append(here)
            here = self._parents[here]
        chain.reverse()
        start, states = self._begun(chain[0])
        steps: list[Step] = []
        for wanted in chain[1:]:
            step, after = self._led(states[-1], wanted)
            steps.append(step)
            states.append(after)
        renaming = self._canonical.renaming(self._canonical.named(states[-1])[1])
        path = self._symmetry.renamed(self._generated, Path(start, tuple(states), tuple(steps)), renaming)
        if path.states[-1] != witness.state:
            raise InternalError("a behaviour up to names does not end where it was found")
        if witness.target is not None:
            last = self._between(witness.state, witness.target)
            path = replace(path, states=(*path.states, witness.target), steps=(*path.steps, last))
        if witness.step is not None:
            path = replace(path, steps=(*path.steps, witness.step))
        return path if witness.check is None else replace(path, failed=failure(witness.check, witness.judged))

    def _begun(self, wanted: State) -> tuple[Step, list[State]]:
        for position, arguments, after in self._generated.initial():
            if not isinstance(after, Check) and self._canonical(after) == wanted:
                return start_step(self._program, position, arguments), [after]
        raise InternalError("a path does not begin in an initial state")

    def _led(self, state: State, wanted: State) -> tuple[Step, State]:
        for position, arguments, after in self._generated.successors(state):
            if not isinstance(after, Check) and self._canonical(after) == wanted:
                return Step(self._program.actions[position].name, arguments), after
        raise InternalError("interchangeable values were told apart by a step")
