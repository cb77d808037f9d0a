"""What of a spec a search has made use of: lines and decisions of actions and their helpers, and action instances.

It is found out after the search, by going through the same states again with generated Python and letting CPython
execute the author's functions, with marks in them, for every step that these states have. A step is not executed twice
where it would read the same: what an action does depends on what it reads. So the answer is the same for every engine,
and costs about as much again as a search in Python and a plain run of the different steps.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from uringcheck.diagnostics import EngineDisagreement
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.memory import resident
from uringcheck.explore.outcome import Cut, Outcome, Progress, State
from uringcheck.explore.search import OBSERVED_EVERY
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Action, Program, PropertyKind
from uringcheck.ir.types import Encoded, cardinality
from uringcheck.lang.models import Model
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.variables import Variable
from uringcheck.lower.python import Generated
from uringcheck.run.question import Subject
from uringcheck.trace.identity import step_text
from uringcheck.trace.marking import Marks, functions_of, marked

#: The one function through which author code reads a variable.
_READ = Variable.__get__.__code__

#: What ended a search that nevertheless expanded every state it found.
_WHOLE = (None, Cut.CONSTRAINT, Cut.FAILURE)


@value_class
class ActionCoverage:
    """An action: how many tuples of arguments it has, how many of them were taken, and the others as steps."""

    name: str
    instances: int
    never: tuple[str, ...]


@value_class
class FileCoverage:
    """A file, its name relative to the folder of the spec. Lines and decisions of actions and helpers, in order.

    `decisions` are (line, column, text, went true, went false).
    """

    name: str
    lines: tuple[tuple[int, bool], ...]
    decisions: tuple[tuple[int, int, str, bool, bool], ...]


@value_class
class Coverage:
    """What was made use of. `complete` as the search was; `executed` steps were run by CPython."""

    complete: bool
    files: tuple[FileCoverage, ...]
    actions: tuple[ActionCoverage, ...]
    executed: int


def coverage_of(
    subject: Subject, program: Program, outcome: Outcome, observe: Callable[[Progress], None] | None = None
) -> Coverage | None:
    """What a search with this outcome, of all states by their own names, made use of. None when it is interrupted.

    Raises EngineDisagreement where the states are not those of the search.
    """
    run = PlainRun(subject.tree)
    with marked(subject.tree, functions_of(subject.tree, [a.function for a in (*run.inits, *run.actions)])) as marks:
        pass_ = _Pass(run, program, outcome, observe)
        try:
            pass_.run()
        except KeyboardInterrupt:
            return None
    return _gathered(program, outcome, marks, pass_)


@dataclass
class _Memo:
    """The steps of one action that were executed: by arguments and by the values of the variables it has ever read."""

    reads: tuple[int, ...] = ()
    seen: set[object] = field(default_factory=set)


class _Pass:
    """One way through the states of a search."""

    def __init__(
        self, run: PlainRun, program: Program, outcome: Outcome, observe: Callable[[Progress], None] | None
    ) -> None:
        self._run, self._program, self._outcome, self._observe = run, program, outcome, observe
        self._generated = Generated(program)
        self._plain = {action.name: action for action in (*run.inits, *run.actions)}
        self._memos: dict[str, _Memo] = {}
        self._read: set[str] = set()
        for site in run.tree.root.walk():
            for ranks in product(*(range(cardinality(replica.type)) for replica in site.replicas)):
                made = run.instance.at(site, ranks)
                made.values = _Noting(made, self._read)
        self._positions = {variable.name: position for position, variable in enumerate(program.variables)}
        self._constraints = [k for k, one in enumerate(program.properties) if one.kind is PropertyKind.CONSTRAINT]
        self._began = self._told = time.perf_counter()
        self.taken: set[tuple[str, tuple[Encoded, ...]]] = set()
        self.executed = 0

    def run(self) -> None:
        """Execute every step of every state that the search expanded."""
        outcome = self._outcome
        depth = len(outcome.levels) - (outcome.cut_by not in _WHOLE)
        transitions, seen = 0, set[State]()
        level = self._starts()
        for _ in range(depth):
            seen.update(level)
            coming: dict[State, None] = {}
            for state in level:
                if any(self._generated.evaluate(k, state) is not True for k in self._constraints):
                    continue
                for position, arguments, after in self._generated.successors(state):
                    self._step(self._program.actions[position], arguments, state)
                    if not isinstance(after, Check):
                        transitions += 1
                        if after not in seen:
                            coming[after] = None
                self._tell(len(seen), transitions)
            level = list(coming)
        if transitions != outcome.transitions:
            raise EngineDisagreement(f"the search took {outcome.transitions} steps, and coverage {transitions}")

    def _starts(self) -> list[State]:
        found: dict[State, None] = {}
        for position, arguments, after in self._generated.initial():
            if position is not None:
                self._step(self._program.inits[position], arguments, self._program.start)
            if not isinstance(after, Check):
                found[after] = None
        return list(found)

    def _step(self, action: Action, arguments: tuple[Encoded, ...], state: State) -> None:
        self.taken.add((action.name, arguments))
        memo = self._memos.setdefault(action.name, _Memo())
        key = (arguments, *(state[position] for position in memo.reads))
        if key in memo.seen:
            return
        self._read.clear()
        self._run.execute(self._plain[action.name], arguments, state)
        self.executed += 1
        reads = tuple(sorted({*memo.reads, *(self._positions[name] for name in self._read)}))
        if reads != memo.reads:  # what was known about fewer variables is not enough any more
            memo.reads = reads
            memo.seen.clear()
        memo.seen.add((arguments, *(state[position] for position in reads)))

    def _tell(self, states: int, transitions: int) -> None:
        now = time.perf_counter()
        if self._observe is not None and now - self._told >= OBSERVED_EVERY:
            self._told = now
            self._observe(Progress(states, transitions, 0, 0, now - self._began, resident()))


class _Noting(dict[str, Any]):
    """The values of one object; what author code reads is noted by its name in the model."""

    def __init__(self, made: Model, read: set[str]) -> None:
        super().__init__(made.values)
        self._names = {name: made.site.qualified(name) for name in made.site.variables}
        self._read = read

    def __getitem__(self, name: str) -> Any:
        if sys._getframe(1).f_code is _READ:
            self._read.add(self._names[name])
        return super().__getitem__(name)


def _gathered(program: Program, outcome: Outcome, marks: Marks, pass_: _Pass) -> Coverage:
    names = sorted({line.file for line in marks.lines})
    files = tuple(
        FileCoverage(
            name,
            tuple(sorted((one.line, one in marks.ran) for one in marks.lines if one.file == name)),
            tuple(
                sorted(
                    (one.line, one.column, one.text, (one, True) in marks.went, (one, False) in marks.went)
                    for one in marks.decisions
                    if one.file == name
                )
            ),
        )
        for name in names
    )
    actions = []
    for action in (*program.inits, *program.actions):
        every = list(action.instances())
        never = tuple(step_text(action, one) for one in every if (action.name, one) not in pass_.taken)
        actions.append(ActionCoverage(action.name, len(every), never))
    return Coverage(outcome.complete, files, tuple(actions), pass_.executed)


def coverage_data(coverage: Coverage) -> dict[str, object]:
    """Coverage as JSON has it."""
    return {
        "complete": coverage.complete,
        "executed": coverage.executed,
        "files": [
            {
                "name": file.name,
                "lines": [{"line": line, "ran": ran} for line, ran in file.lines],
                "decisions": [
                    {"line": line, "column": column, "text": text, "true": yes, "false": no}
                    for line, column, text, yes, no in file.decisions
                ],
            }
            for file in coverage.files
        ],
        "actions": [
            {"name": action.name, "instances": action.instances, "never": list(action.never)}
            for action in coverage.actions
        ],
    }
