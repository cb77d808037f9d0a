"""From the words in which native code notes its findings to canonical paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from uringcheck.diagnostics import InternalError
from uringcheck.explore.native_store import Store
from uringcheck.explore.outcome import Path, State, Step
from uringcheck.explore.paths import Key, Paths, Witness, key
from uringcheck.explore.search import NO_DEADLOCK
from uringcheck.ir.nodes import Check, Failure
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.types import Encoded
from uringcheck.lower.llvm import Module
from uringcheck.lower.python import Generated

if TYPE_CHECKING:
    from uringcheck.explore.symmetry import Symmetry


class _Parents(Mapping[State, State | None]):
    """The parent of each state on a path, for states that were read before."""

    def __init__(self, store: Store, step: Callable[[State, int], State]) -> None:
        """`step` takes an instance in a state."""
        self._store, self._step = store, step
        self._numbers: dict[State, int] = {}
        self._walked: dict[int, State] = {}

    def read(self, number: int) -> State:
        """The state of a number; from now on its parent can be asked for."""
        state = self._store.state(number) if self._store.keeps(number) else self._again(number)
        self._numbers[state] = number
        return state

    def _again(self, number: int) -> State:
        """A state that was given back: what led to it is taken once more from the last state that is there."""
        ahead = []
        while not self._store.keeps(number) and number not in self._walked:
            ahead.append(number)
            parent = self._store.parent(number)
            assert parent is not None
            number = parent
        state = self._walked[number] if number in self._walked else self._store.state(number)
        for later in reversed(ahead):
            state = self._walked[later] = self._step(state, self._store.instance(later))
        return state

    def __getitem__(self, state: State) -> State | None:
        parent = self._store.parent(self._numbers[state])
        return None if parent is None else self.read(parent)

    def __iter__(self) -> Iterator[State]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class Findings:
    """Settles what a search found. Several workers may have found the same thing; the least path is the one."""

    def __init__(self, module: Module, store: Store, generated: Generated, symmetry: Symmetry | None = None) -> None:
        self._module = module
        self._program: Program = module.program
        self._store = store
        self._generated = generated
        self._symmetry = symmetry
        self.failed_starts: dict[Failure, Witness] = {}

    def settle(self, found: dict[str, Path]) -> bool:
        """Add paths for what is new to `found`; whether anything there is a violation."""
        parents = _Parents(self._store, self._led)
        symmetry = self._symmetry
        paths = Paths(self._generated, parents) if symmetry is None else symmetry.paths(self._generated, parents)
        violated = False
        answers: dict[int, Key] = {}
        for position, property_ in [*enumerate(self._program.properties), (-1, None)]:
            name = property_.name if property_ else NO_DEADLOCK
            if name in found:
                continue
            answer = self._answer(position, paths, parents)
            if answer is not None:
                answers[position], found[name] = answer
                violated = violated or property_ is None or property_.kind is not PropertyKind.GOAL
        for failure in Failure:
            if failure.value in found:
                continue
            candidates: list[tuple[Key, int, Path]] = []
            if failure in self.failed_starts:
                path = paths.path(self.failed_starts[failure])
                candidates.append((key(self._program, path), -1, path))
            for position in range(-1, len(self._program.properties)):
                misjudged = self._misjudged(failure, position, answers.get(position), paths, parents)
                if misjudged is not None:
                    candidates.append((misjudged[0], position, misjudged[1]))
            if candidates:
                found[failure.value] = min(candidates, key=lambda c: c[:2])[2]
                violated = True
        return violated

    def _answer(self, position: int, paths: Paths, parents: _Parents) -> tuple[Key, Path] | None:
        place = self._module.places.answer(position)
        candidates = []
        for finding in self._store.findings(place):
            state = parents.read(finding[0])
            path = paths.path(Witness(state, self._target_of(position, state, finding[1])))
            candidates.append((key(self._program, path), path, finding))
        if not candidates:
            return None
        least, path, finding = min(candidates, key=lambda c: c[0])
        self._store.agree(place, finding)
        return least, path

    def _misjudged(
        self, failure: Failure, position: int, answered: Key | None, paths: Paths, parents: _Parents
    ) -> tuple[Key, Path] | None:
        """The least failure of a kind in steps (-1) or in a property.

        A property is judged until it has its answer. Another worker may have judged it on later states before it knew;
        `answered` is where the answer was. A worker's own failures are all in front of its own answer.
        """
        place = self._module.places.failure(failure, position)
        candidates = []
        for finding in self._store.findings(place):
            path = paths.path(self._witness(position, finding, parents))
            at = key(self._program, path)
            if answered is None or len(self._store.workers) == 1 or at <= answered:
                candidates.append((at, path, finding))
        least = min(candidates, key=lambda c: c[0]) if candidates else None
        if len(self._store.workers) > 1:
            self._store.agree(place, least[2] if least else None)
        return least[:2] if least else None

    def _witness(self, position: int, finding: tuple[int, int, int], parents: _Parents) -> Witness:
        source, instance, check_number = finding
        state, check = parents.read(source), self._module.checks[check_number]
        if position < 0:
            action, arguments = self._instance(instance)
            return Witness(state, step=Step(self._program.actions[action].name, arguments), check=check)
        judged = self._program.properties[position].name
        return Witness(state, self._target_of(position, state, instance), check=check, judged=judged)

    def _target_of(self, position: int, state: State, instance: int) -> State | None:
        """The target of the step that a property was judged on; None for properties of states."""
        if position < 0 or self._program.properties[position].kind is not PropertyKind.STEP:
            return None
        return self._after(state, instance)

    def _after(self, state: State, instance: int) -> State:
        """Where an instance leads."""
        wanted = self._instance(instance)
        for action, arguments, after in self._generated.successors(state):
            if (action, arguments) == wanted and not isinstance(after, Check):
                return after
        raise InternalError("native code took a step that the generated Python does not take")

    def _led(self, state: State, instance: int) -> State:
        """The state that the search was led to by an instance."""
        after = self._after(state, instance)
        return after if self._symmetry is None else self._symmetry.canonical(after)

    def _instance(self, number: int) -> tuple[int, tuple[Encoded, ...]]:
        """The position of an instance's action, and its arguments."""
        position = self._module.position_of(number)
        group = self._module.actions[position]
        for here, arguments in enumerate(group.action.instances(), group.first):
            if here == number:
                return position, arguments
        raise InternalError(f"there is no action instance {number}")
