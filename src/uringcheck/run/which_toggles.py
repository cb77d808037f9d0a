"""What carries a property: the minimal sets of toggles it needs, and the least changes that would repair it.

Toggles help and hinder each other, so every setting is decided. One search covers many settings at once, their toggles
held as state that never changes. A violation it finds counts for all settings under which the same actions do the same
damage, and the search goes on without those, until the rest is known to hold. The minimal sets are read off the table;
`set_proofs` proves them once more, their other toggles left free. A setting that is both refuted and proved is an
internal error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from uringcheck.diagnostics import EngineDisagreement
from uringcheck.explore.auto import search_auto
from uringcheck.explore.outcome import Cut, Limits, Outcome, Path, Request, Step
from uringcheck.ir.nodes import Kind as Node
from uringcheck.ir.nodes import expressions, postorder, statements
from uringcheck.ir.opened import START, opened
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.prove.outcome import Goal, Task
from uringcheck.prove.regions import Switches
from uringcheck.run.carrying import Carrying, Needs
from uringcheck.run.check import ASSERT, DOMAIN, asked_of, narrowed
from uringcheck.run.proving import Aim, with_lemmas
from uringcheck.run.question import Question, Subject, fitting
from uringcheck.run.verdicts import Kind

if TYPE_CHECKING:
    from uringcheck.prove.solver import Clock

#: Toggles that are open in one search: two to this power settings share it.
TOGETHER = 7


def read_toggles(program: Program) -> tuple[str, ...]:
    """The toggles that the compiled program reads, in their order; the others cannot matter."""
    bodies = [action.body for action in (*program.inits, *program.actions)]
    blocks = [one.block for one in program.properties if one.block is not None]
    roots = [e for body in bodies for statement in statements(body) for e in expressions(statement)]
    roots += [e for block in blocks for statement in statements(block.body) for e in expressions(statement)]
    roots += [block.result for block in blocks]
    read = {part.data for part in postorder(*roots) if part.kind is Node.TOGGLE}
    return tuple(toggle.name for toggle in program.toggles if toggle.name in read)


class Analysis:
    """The search for what carries the properties of one subject."""

    def __init__(self, question: Question, subject: Subject, aim: Aim, observe: Callable[[str], None] | None = None):
        self.question, self.subject, self.aim = question, subject, aim
        self.observe = observe or (lambda text: None)
        whole = compile_tree(with_lemmas(subject.tree))
        varying = _varying(subject, whole)
        fixed = {toggle.name: toggle.value for toggle in whole.toggles if toggle.name not in varying}
        self.program = specialise(whole, fixed)
        names = [name for name in read_toggles(specialise(compile_tree(subject.tree), fixed)) if name in varying]
        left_out = (Kind.TEMPORAL, Kind.GOAL, Kind.DOMAIN, Kind.ASSERT)
        self.asked = [one for one in asked_of(question, subject) if one.kind not in left_out]
        self.unread = {
            name: toggle.value for toggle in whole.toggles if (name := toggle.name) in varying and name not in names
        }
        values = {toggle.name: toggle.value for toggle in whole.toggles}
        self.result = Carrying(
            subject.label,
            subject.preset,
            subject.tree.slots,
            Switches(names),
            {name: values[name] for name in names},
            [Needs(one.name, one.kind) for one in self.asked],
            _presets(subject, names),
            tuple(self.unread),
            {name: value for name, value in subject.params.items() if type(value) is int},
        )

    def run(self) -> Carrying:
        """Decide every setting, or as many as the time allows."""
        from uringcheck.prove.solver import Clock, OutOfTimeError, translated
        from uringcheck.run.set_proofs import SetProofs

        began = time.perf_counter()
        try:
            with translated():
                self.begin(Clock.starting(self.aim.seconds, self.aim.memory, self.observe))
                self._decide_all()
                for needs in self.result.needs:
                    needs.conclude(self.result.switches, self.result.here)
                SetProofs(self, self.clock).run()
        except OutOfTimeError as stop:
            self.result.reason = stop.reason
        except KeyboardInterrupt:
            self.result.interrupted, self.result.reason = True, "interrupted"
        for needs in self.result.needs:
            if not needs.concluded:
                needs.conclude(self.result.switches, self.result.here)
        self.result.seconds = time.perf_counter() - began
        return self.result

    def begin(self, clock: Clock) -> None:
        """Make the terms of the program with its toggles open."""
        from uringcheck.prove.toggles import OpenToggles

        stated = {one.name: one for one in self.program.properties}
        goals = tuple(Goal(one.name, stated.get(one.name)) for one in self.asked)
        invariants = tuple(one for one in self.program.properties if one.kind is PropertyKind.INVARIANT)
        names = (*self.result.switches.names, *self.unread)
        self.open = OpenToggles(Task(self.program, goals, invariants), names, clock)
        self.clock = clock

    def refuted(self, name: str, setting: dict[str, bool], states: int) -> tuple[list[dict[str, bool]], int] | None:
        """What a search of one setting, cut after so many states, finds against a property.

        Cubes of settings under which the same actions break it, and how many actions; None where it finds nothing.
        """
        outcome = self._search(specialise(self._plain, {**setting, **self.unread}), states)
        path = outcome.paths.get(name)
        return None if path is None else (self.open.guilty(path, name, setting), len(path.steps))

    def _decide_all(self) -> None:
        """Decide part after part: each fixes some toggles, and leaves the last ones open for one search."""
        names = self.result.switches.names
        fixed, free = names[: max(len(names) - TOGETHER, 0)], names[max(len(names) - TOGETHER, 0) :]
        parts = [dict(zip(fixed, values, strict=True)) for values in product((False, True), repeat=len(fixed))]
        for number, part in enumerate(parts):
            table = self.result.switches.table(part)
            while left := [needs for needs in self.result.needs if table & ~(needs.holds | needs.fails)]:
                open_ = sum(self.result.undecided(needs) for needs in self.result.needs)
                self.observe(
                    f"search {self.result.searches + 1}, part {number + 1} of {len(parts)}: {open_} answers open"
                )
                self._look(part, free, left)

    def _look(self, part: dict[str, bool], free: tuple[str, ...], wanted: list[Needs]) -> None:
        """Search every setting of a part that is not decided for each of the wanted properties."""
        switches = self.result.switches
        here = switches.table(part)
        open_ = 0
        for needs in wanted:
            open_ |= here & ~(needs.holds | needs.fails)
        # As few cubes as a greedy choice finds; the settings in them are left out.
        done = _cubes(switches, here & ~open_, part, free)
        program = opened(specialise(self._plain, {**part, **self.unread}), free, done)
        outcome = self._search(program)
        self.result.searches += 1
        self.result.states += outcome.states
        if outcome.paths.keys() & {DOMAIN, ASSERT}:
            path = outcome.paths[next(iter(sorted(outcome.paths.keys() & {DOMAIN, ASSERT})))]
            self.result.failing |= 1 << switches.number(self._setting(path, part, free))
        for needs in wanted:
            undecided = open_ & ~(needs.holds | needs.fails)
            path_ = outcome.paths.get(needs.name)
            if path_ is None:
                self.note(needs, undecided, True)
                continue
            setting = self._setting(path_, part, free)
            for cube in self.open.guilty(_closed(path_, len(free), self.program), needs.name, setting):
                self.note(needs, switches.table(cube), False)

    @staticmethod
    def _setting(path: Path, part: dict[str, bool], free: tuple[str, ...]) -> dict[str, bool]:
        return {**part, **dict(zip(free, path.start.arguments, strict=False))}

    def _search(self, program: Program, states: int | None = None) -> Outcome:
        limits = Limits(states=states, seconds=self.clock.left(), memory=self.aim.memory)
        request = Request(limits, all_violations=True)
        outcome = search_auto(narrowed(program, tuple(self.asked)), request)
        if outcome.cut_by is Cut.INTERRUPTED:
            raise KeyboardInterrupt
        self.clock.left()
        if outcome.cut_by in (Cut.SECONDS, Cut.MEMORY):
            from uringcheck.prove.solver import OutOfTimeError

            raise OutOfTimeError(f"{'time' if outcome.cut_by is Cut.SECONDS else 'memory'} ran out in a search")
        return outcome

    @cached_property
    def _plain(self) -> Program:
        """The program without lemmas, its varying toggles open."""
        varying = {*self.result.switches.names, *self.unread}
        fixed = {toggle.name: toggle.value for toggle in self.program.toggles if toggle.name not in varying}
        return specialise(compile_tree(self.subject.tree), fixed)

    def note(self, needs: Needs, table: int, holds: bool) -> None:
        """Enter settings into a table. Raises EngineDisagreement where the other one has them."""
        if holds:
            needs.holds |= table
        else:
            needs.fails |= table
        if needs.holds & needs.fails:
            at = self.result.switches.first(needs.holds & needs.fails)
            raise EngineDisagreement(f"`{needs.name}` is proved and refuted under one setting: {at}")


def _cubes(switches: Switches, table: int, part: Mapping[str, bool], free: tuple[str, ...]) -> list[dict[str, bool]]:
    """Cubes over the free switches that together are the table, which lies in the part."""
    found: list[dict[str, bool]] = []
    inside, whole = switches.table(part), table
    while table:
        setting = switches.first(table)
        found.append(switches.least({name: setting[name] for name in free}, free, inside, whole))
        table &= ~switches.table(found[-1])
    return found


def _closed(path: Path, toggles: int, program: Program) -> Path:
    """The path as one of the program with closed toggles."""
    start = Step(path.start.action, path.start.arguments[toggles:])
    if not program.inits:
        start = Step(START)
    return replace(path, start=start, states=tuple(state[toggles:] for state in path.states))


def _varying(subject: Subject, program: Program) -> set[str]:
    """The toggles that presets are made of; every toggle where the model has no presets."""
    own = {setting.param: setting.name for setting in subject.tree.settings}
    named = {own[param] for one in subject.tree.root.cls.PRESETS for param in one.values if param in own}
    toggles = {toggle.name for toggle in program.toggles}
    return named & toggles or toggles


def _presets(subject: Subject, names: Iterable[str]) -> dict[str, dict[str, bool]]:
    """The setting of each preset that can be run."""
    own = {setting.param: setting.name for setting in subject.tree.settings}
    found = {}
    for one in fitting(subject.tree):
        values = {own[param]: value for param, value in one.values.items() if param in own}
        found[one.name] = {name: bool(values.get(name, False)) for name in names}
    return found
