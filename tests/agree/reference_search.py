"""What a search must find, computed the slow way from successors and verdicts of single states.

Written for reading, not for speed: paths are kept whole, every path of minimal length is compared, nothing is shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from uringcheck.explore.outcome import Cut, Request
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Block, Program, PropertyKind
from uringcheck.lower.python import Generated

State = tuple[Any, ...]
Key = tuple[tuple[Any, ...], ...]


@dataclass
class Found:
    """The counts of an outcome, and for each path its length, its key and where it ends."""

    levels: list[int] = field(default_factory=list)
    transitions: int = 0
    terminal: int = 0
    self_loops: int = 0
    edges: int = 0
    cut_states: int = 0
    fired: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    antecedents: set[tuple[str, int]] = field(default_factory=set)
    paths: dict[str, Key] = field(default_factory=dict)
    cut: Cut | None = None


class Reference:
    """One search by definition."""

    def __init__(self, program: Program, request: Request) -> None:
        self.program, self.request = program, request
        self.generated = Generated(program)
        self.order = {
            (kind, position, arguments): number
            for kind, actions in (("init", program.inits), ("step", program.actions))
            for number, (position, arguments) in enumerate(
                (position, arguments) for position, action in enumerate(actions) for arguments in action.instances()
            )
        }
        self.found = Found()
        self.keys: dict[State, Key] = {}
        self.judges: dict[tuple[Block, PropertyKind], Generated] = {}

    def run(self) -> Found:
        """Everything within the limits."""
        level = self.starts()
        limits, found = self.request.limits, self.found
        while True:
            if level is None:
                return self.ended(Cut.STATES)
            if not level:
                return self.ended(None)
            if self.violated() and not self.request.all_violations:
                return self.ended(Cut.VIOLATION)
            if limits.depth is not None and len(found.levels) > limits.depth:
                beyond = [step for state in level for step in self.steps(state)]
                broken = [name for state in level for name, _ in self.broken_steps(state)]
                if broken or any(isinstance(t, Check) or t not in self.keys for _, _, t in beyond):
                    self.judge_ends(level)
                    return self.ended(Cut.DEPTH)
            level = self.expand(level)

    def ended(self, cut: Cut | None) -> Found:
        """The result, with what kept it from being complete."""
        if cut in (None, Cut.DEPTH):
            if {"domain", "assert"} & self.found.paths.keys():
                cut = Cut.FAILURE
            elif self.found.cut_states:
                cut = Cut.CONSTRAINT
        self.found.cut = cut
        return self.found

    # --- one level --------------------------------------------------------------------------------------------------

    def starts(self) -> list[State] | None:
        """The initial states that are to be expanded, or None when there are too many."""
        fresh: dict[State, Key] = {}
        failures: list[tuple[str, Key, int]] = []
        for position, arguments, after in self.generated.initial():
            key: Key = () if position is None else ((self.order["init", position, arguments],),)
            if isinstance(after, Check):
                failures.append((after.failure.value, key, -1))
            else:
                fresh.setdefault(after, key)
        if self.too_many(fresh):
            return None
        return self.commit(fresh, failures)

    def expand(self, level: list[State]) -> list[State] | None:
        """The next level, or None when it is too large to be entered."""
        fresh: dict[State, Key] = {}
        for state in level:
            for number, _, after in self.steps(state):
                if not isinstance(after, Check) and after not in self.keys:
                    key = (*self.keys[state], (number,))
                    fresh[after] = min(key, fresh.get(after, key))
        if self.too_many(fresh):
            return None
        failures: list[tuple[str, Key, int]] = []
        for state in level:
            ends = set()
            for number, name, after in self.steps(state):
                key = (*self.keys[state], (number,))
                if isinstance(after, Check):
                    failures.append((after.failure.value, key, -1))
                    self.found.failed[name] = self.found.failed.get(name, 0) + 1
                else:
                    self.found.transitions += 1
                    self.found.fired[name] = self.found.fired.get(name, 0) + 1
                    ends.add(after)
            self.found.edges += len(ends)
            self.found.self_loops += state in ends
        failures += self.judge_steps(level)
        failures += self.judge_ends(level, report=False)
        return self.commit(fresh, failures)

    def commit(self, fresh: dict[State, Key], failures: list[tuple[str, Key, int]]) -> list[State]:
        """Judge new states and count them; those to expand, least path first."""
        self.keys.update(fresh)
        level = sorted(fresh, key=fresh.__getitem__)
        failures += self.judge_states(level)
        self.report_failures(failures)
        if level:
            self.found.levels.append(len(level))
        inside = [state for state in level if self.inside(state)]
        self.found.cut_states += len(level) - len(inside)
        return inside

    def too_many(self, fresh: dict[State, Key]) -> bool:
        """Whether the limit on states forbids to enter a level."""
        limit = self.request.limits.states
        return limit is not None and len(self.keys) + len(fresh) > limit

    # --- properties -------------------------------------------------------------------------------------------------

    def of(self, *kinds: PropertyKind) -> Iterator[tuple[int, Any]]:
        """The properties of some kinds, with their positions."""
        return ((k, p) for k, p in enumerate(self.program.properties) if p.kind in kinds)

    def violated(self) -> bool:
        """Whether something else than a goal was reported."""
        return bool(self.found.paths.keys() - {p.name for _, p in self.of(PropertyKind.GOAL)})

    def inside(self, state: State) -> bool:
        """Whether all constraints hold."""
        return all(self.generated.evaluate(k, state) is True for k, _ in self.of(PropertyKind.CONSTRAINT))

    def judge_states(self, level: list[State]) -> list[tuple[str, Key, int]]:
        """Report answers and antecedents, and give the failures met on the way."""
        failures: list[tuple[str, Key, int]] = []
        for k, p in self.of(PropertyKind.INVARIANT, PropertyKind.GOAL, PropertyKind.CONSTRAINT):
            for state in level:
                if p.name in self.found.paths:
                    break
                value = self.generated.evaluate(k, state)
                if isinstance(value, Check):
                    failures.append((value.failure.value, self.keys[state], k))
                elif value == (p.kind is PropertyKind.GOAL) and p.kind is not PropertyKind.CONSTRAINT:
                    self.found.paths[p.name] = self.keys[state]
        for _, p in self.of(PropertyKind.INVARIANT, PropertyKind.DEADLOCK):
            for part, antecedent in enumerate(p.antecedents):
                if any(self.block(antecedent, PropertyKind.INVARIANT, state) is True for state in level):
                    self.found.antecedents.add((p.name, part))
        return failures

    def block(self, block: Block, kind: PropertyKind, *states: State) -> bool | Check:
        """The value of a block that is not a property of the program."""
        if (block, kind) not in self.judges:
            other = replace(self.program.properties[0], kind=kind, block=block, antecedents=())
            self.judges[block, kind] = Generated(replace(self.program, properties=(other,)))
        return self.judges[block, kind].evaluate(0, *states)

    def judge_steps(self, level: list[State]) -> list[tuple[str, Key, int]]:
        """Likewise for step properties."""
        failures: list[tuple[str, Key, int]] = []
        for k, p in self.of(PropertyKind.STEP):
            for state in level:
                for number, _, after in self.steps(state):
                    if isinstance(after, Check):
                        continue
                    key = (*self.keys[state], (number,))
                    for part, antecedent in enumerate(p.antecedents):
                        if self.block(antecedent, PropertyKind.STEP, state, after) is True:
                            self.found.antecedents.add((p.name, part))
                    value = self.generated.evaluate(k, state, after)
                    if p.name in self.found.paths:
                        continue
                    if isinstance(value, Check):
                        failures.append((value.failure.value, key, k))
                    elif not value:
                        self.found.paths[p.name] = key
        return failures

    def broken_steps(self, state: State) -> Iterator[tuple[str, State]]:
        """The step properties that some step of a state breaks or leaves undecided, if they are still open."""
        for k, p in self.of(PropertyKind.STEP):
            for _, _, after in self.steps(state):
                if (
                    not isinstance(after, Check)
                    and p.name not in self.found.paths
                    and self.generated.evaluate(k, state, after) is not True
                ):
                    yield p.name, after

    def judge_ends(self, level: list[State], report: bool = True) -> list[tuple[str, Key, int]]:
        """Judge the states of a level that have no successor."""
        failures: list[tuple[str, Key, int]] = []
        finals = list(self.of(PropertyKind.DEADLOCK))
        for state in level:
            if self.steps(state):
                continue
            self.found.terminal += 1
            if not finals:
                self.found.paths.setdefault("no_deadlock", self.keys[state])
            for k, p in finals:
                value = self.generated.evaluate(k, state)
                if p.name in self.found.paths:
                    continue
                if isinstance(value, Check):
                    failures.append((value.failure.value, self.keys[state], k))
                elif not value:
                    self.found.paths[p.name] = self.keys[state]
        if report:
            self.report_failures(failures)
        return failures

    def report_failures(self, failures: list[tuple[str, Key, int]]) -> None:
        """Report the least failure of each kind, the shorter path first."""
        for kind in ("domain", "assert"):
            mine = [(len(key), key, at) for failure, key, at in failures if failure == kind]
            if mine and kind not in self.found.paths:
                self.found.paths[kind] = min(mine)[1]

    def steps(self, state: State) -> list[tuple[int, str, State | Check]]:
        """The number of the instance in canonical order, the action's name, the target."""
        return [
            (self.order["step", position, arguments], self.program.actions[position].name, after)
            for position, arguments, after in self.generated.successors(state)
        ]
