"""`uringcheck prove --abstract`: a proof for every size, and what it is checked against.

Three things come together. A search at the sizes of the run looks for violations: only a behaviour that was replayed is
one, and that there is none at one size decides nothing. The lemmas beside the model, with the ghost that they speak of,
are looked at in the first states of such a search: a wrong one is found there, with steps. Then they and the properties
that have not failed are tried by induction, the sizes open.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from uringcheck.diagnostics import SpecError
from uringcheck.explore.outcome import Limits, Outcome, Request
from uringcheck.explore.search import search
from uringcheck.ir.program import Program, Property
from uringcheck.ir.rewrite import specialise
from uringcheck.ir.sizes import Size
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.ghosts import ghost_of
from uringcheck.lang.properties import PropertyMark, lemmas
from uringcheck.lang.tree import Tree, bound_class, elaborate
from uringcheck.prove.outcome import Goal, Task
from uringcheck.run.check import ASSERT, DOMAIN, Asked, asked_of, bare_name, check
from uringcheck.run.proving import Aim, Method, lemmas_of
from uringcheck.run.question import Question, Subject
from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.verdicts import Kind, Verdict

if TYPE_CHECKING:
    from uringcheck.prove.every_size import Everywhere, Lost

#: States of the small search. Every action of the receive model is taken among the first thousand.
SMALL = 3000

_CUTS = {"time ran out": "seconds", "memory ran out": "memory"}

#: States of the search for violations at the sizes of the run. The shipped models are searched to the end within it.
SEARCHED = 500_000


@dataclass(frozen=True)
class Small:
    """What the search of small sizes says: its sizes, how many states it saw, actions it never took.

    `wrong` are lemmas that are false there, after how many steps, and the action that is the last of these.
    """

    sizes: Mapping[str, object]
    states: int
    complete: bool
    missing: tuple[str, ...]
    wrong: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Claim:
    """A result with what stands behind it. `sizes` are the open parameters with their least values."""

    result: Result
    sizes: Mapping[str, int]
    unlimited: tuple[str, ...]
    proved: tuple[str, ...]
    dropped: Mapping[str, Lost]
    lost: Mapping[str, Lost]
    small: Small
    queries: int
    slowest: float


class EverySizeProver:
    """One question about one subject, its sizes open."""

    def __init__(self, question: Question, subject: Subject, aim: Aim, observe: Callable[[str], None] | None = None):
        """Raises SpecError for what cannot be said of every size, UsageError for an unknown property."""
        self.question, self.subject, self.aim, self._observe = question, subject, aim, observe
        self.ghost = ghost_of(subject.tree.root.cls)
        asked = asked_of(question, subject)
        self.asked = tuple(one for one in asked if one.kind in (Kind.INVARIANT, Kind.STEP, Kind.DOMAIN, Kind.ASSERT))
        self.left_out = tuple(one for one in asked if one not in self.asked)
        refused: dict[str, SpecError] = {}
        program = compile_tree(self._with_properties(self._tree(True)), refused)
        named = [name for name in refused if question.properties and name in {one.name for one in asked}]
        if named:
            raise refused[named[0]]
        self.refused = refused
        self.program = specialise(program)

    # --- the model and its ghost ------------------------------------------------------------------------------------

    def _tree(self, leave_open: bool) -> Tree:
        """The subject's model with its ghost. What the question set has the value that it was given."""
        tree = self.subject.tree
        given: dict[str, object] = {
            setting.name: setting.value
            for setting in tree.settings
            if not (leave_open and setting.param.abstract and setting.name not in self.subject.given)
        }
        return elaborate(tree.root.cls, {**given, **tree.slots}, (), leave_open, self.ghost)

    @cached_property
    def marks(self) -> tuple[PropertyMark, ...]:
        """The lemmas for every size: those about the ghost, or about the model where it has no ghost."""
        ghost = self.ghost
        if ghost is None:
            return lemmas_of(self.subject.tree)
        all_ = (mark for module in lemmas.values() for mark in module.values())
        return tuple(mark for mark in all_ if bound_class(mark) is ghost)

    def _with_properties(self, tree: Tree) -> Tree:
        names = {bare_name(one.name) for one in self.asked}
        asked = tuple(mark for mark in self.subject.tree.properties if mark.name in names)
        return replace(tree, properties=(*asked, *self.marks))

    # --- small sizes ------------------------------------------------------------------------------------------------

    def small(self) -> Small:
        """Look at every lemma in the states of the first steps, at the sizes of the run."""
        tree = replace(self._tree(False), properties=self.marks)
        program = specialise(compile_tree(tree))
        outcome = search(program, Request(Limits(states=SMALL), all_violations=True))
        sizes = {name: value for name, value in tree.parameters if name in self.sizes}
        own = {mark.name for mark in self.marks} | {DOMAIN, ASSERT}
        wrong = {
            name: (len(path.steps), path.steps[-1].action if path.steps else "the start")
            for name, path in sorted(outcome.paths.items(), key=lambda item: len(item[1].steps))
            if name in own
        }
        return Small(sizes, outcome.states, outcome.complete, _not_taken(program, outcome), wrong)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The open parameters with their least values."""
        found: dict[str, int] = {}
        for _, value in self.program.parameters:
            if isinstance(value, Size):
                found.update(value.least)
        return found

    # --- the proof --------------------------------------------------------------------------------------------------

    def run(self) -> Claim:
        """Look for violations at the sizes of the run; prove for every size what has none."""
        began = time.perf_counter()
        deadline = None if self.aim.seconds is None else time.monotonic() + self.aim.seconds
        met = self._searched() if self.aim.method is Method.AUTO else {}
        violated = {name for name, one in met.items() if one.verdict is Verdict.VIOLATED}
        small = self.small()
        found = self._proved(small, violated, deadline)
        asked = (*self.asked, *self.left_out)
        properties = [met[one.name] if one.name in violated else self._judged(one, found, met) for one in asked]
        result = replace(self._result(properties, found, small), seconds=time.perf_counter() - began)
        lost = {name: why for name, why in found.goals.items() if why is not None}
        return Claim(
            result, self.sizes, self._unlimited(), found.proved, {**self._wrong(small), **found.dropped}, lost, small,
            found.queries, found.slowest,
        )  # fmt: skip

    def _proved(self, small: Small, violated: set[str], deadline: float | None) -> Everywhere:
        from uringcheck.prove.every_size import EverySize, Everywhere
        from uringcheck.prove.solver import Clock

        stated = {one.name: one for one in self.program.properties}
        wanted = [one.name for one in self.asked if one.name not in (*violated, *self.refused)]
        if violated and all(name in (DOMAIN, ASSERT) for name in wanted):
            return Everywhere(reason="nothing else that was asked holds")
        goals = tuple(Goal(name, stated.get(name)) for name in wanted)
        clock = Clock(deadline, self.aim.memory, self._observe)
        return EverySize(Task(self.program, goals, self._auxiliary(stated, small)), clock).run()

    @staticmethod
    def _wrong(small: Small) -> dict[str, Lost]:
        from uringcheck.prove.every_size import Lost

        return {
            name: Lost(f"{action}, the last of {steps} steps at small sizes", True)
            for name, (steps, action) in small.wrong.items()
        }

    def _auxiliary(self, stated: Mapping[str, Property], small: Small) -> tuple[Property, ...]:
        names = [mark.name for mark in self.marks if mark.name not in small.wrong]
        if self.aim.assume is not None:
            names = [name for name in names if name in self.aim.assume]
        return tuple(stated[name] for name in names if name in stated)

    def _unlimited(self) -> tuple[str, ...]:
        from uringcheck.ir.sizes import bounded
        from uringcheck.ir.types import Queue
        from uringcheck.lang.tree import GHOST

        return tuple(
            variable.name
            for variable in self.program.variables
            if isinstance(variable.type, Queue)
            and not bounded(variable.type.capacity)
            and not variable.name.startswith(f"{GHOST}.")
        )

    def _judged(self, one: Asked, found: Everywhere, met: Mapping[str, PropertyResult]) -> PropertyResult:
        common = PropertyResult(one.name, one.kind, Verdict.NOT_DECIDED, doc=one.doc, location=one.location)
        if one in self.left_out:
            reason = "a proof for every size is about states and steps, not about behaviours or what can be reached"
            return replace(common, reason=reason)
        here = met.get(one.name)
        more = "; it holds at the sizes of this run" if here is not None and here.verdict is Verdict.HOLDS else ""
        if one.name in self.refused:
            return replace(
                common, reason=f"not said of every size: {self.refused[one.name].diagnostics[0].message}{more}"
            )
        why = found.goals.get(one.name)
        if one.name in found.goals and why is None:
            return replace(common, verdict=Verdict.HOLDS, reason="by induction, for every size")
        if why is None or found.reason:
            return replace(common, reason=found.reason + more)
        breaks = "may break it" if why.sure else "is not shown to keep it"
        return replace(common, reason=f"not proved for every size: {why.where} {breaks}{more}")

    def _result(self, properties: list[PropertyResult], found: Everywhere, small: Small) -> Result:
        params = {
            name: f"{value} or more" if (value := self.sizes.get(name)) is not None else shown
            for name, shown in self.subject.params.items()
        }
        never = tuple(f"action {name} was not taken at small sizes" for name in small.missing)
        return Result(
            model=self.subject.label,
            preset=self.subject.preset,
            params=params,
            complete=all(one.verdict is Verdict.HOLDS for one in properties),
            cut_by="interrupted" if found.interrupted else _CUTS.get(found.reason),
            states=0,
            transitions=0,
            depth=0,
            properties=tuple(properties),
            vacuous=never,
            given=self.subject.given,
            interrupted=found.interrupted,
        )

    def _searched(self) -> dict[str, PropertyResult]:
        """What a search at the sizes of the run says, by name. A violation there needs no proof of anything."""
        names = tuple(one.name for one in self.asked if one.name not in (DOMAIN, ASSERT))
        seconds = None if self.aim.seconds is None else self.aim.seconds / 4
        limits = Limits(states=SEARCHED, seconds=seconds, memory=self.aim.memory)
        asked = replace(self.question, properties=names, limits=limits, all_violations=True, engine="auto")
        result = check(asked, self.subject)
        if result.interrupted:
            raise KeyboardInterrupt
        return {one.name: one for one in result.properties}


def _not_taken(program: Program, outcome: Outcome) -> tuple[str, ...]:
    """Actions that were never taken although the parameters do not rule them out."""
    from uringcheck.lower.python import runnable

    return tuple(
        action.name
        for position, action in enumerate(program.actions)
        if not outcome.fired[position] and any(runnable(action))
    )


__all__ = ["Claim", "EverySizeProver", "Small"]
