"""What carries a property: the minimal sets of toggles it needs, and the least changes that would repair it.

For every setting of the toggles the answer is found by explicit search or follows from one: a violation counts for all
settings under which the same actions do the same damage, a proof for all settings that keep what it used. What no proof
reaches is searched setting by setting. A setting that a violation and a proof both claim is an internal error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from uringcheck.diagnostics import EngineDisagreement
from uringcheck.explore.outcome import Cut, Limits, Outcome, Request
from uringcheck.explore.search import search
from uringcheck.ir.nodes import Kind as Node
from uringcheck.ir.nodes import expressions, postorder, statements
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.prove.outcome import Goal, Task
from uringcheck.prove.regions import Switches
from uringcheck.run.check import ASSERT, DOMAIN, asked_of, narrowed
from uringcheck.run.proving import Aim, with_lemmas
from uringcheck.run.question import Question, Subject
from uringcheck.run.verdicts import Kind

#: Sets with more toggles than this are not listed; that there are some is said.
LARGEST = 5


@dataclass(frozen=True)
class Used:
    """A proof and what it used: toggles with their values, and invariants."""

    toggles: Mapping[str, bool]
    invariants: tuple[str, ...]


@dataclass
class Needs:
    """What is known of one property: tables of settings under which it holds, and under which it does not."""

    name: str
    kind: Kind
    holds: int = 0
    fails: int = 0
    proofs: list[Used] = field(default_factory=list)
    minimal: list[dict[str, bool]] = field(default_factory=list)
    more: bool = False
    repairs: list[tuple[str, ...]] = field(default_factory=list)


@dataclass
class Carrying:
    """The answer for one subject. `open` settings were not decided, and why."""

    label: str
    preset: str | None
    client: Mapping[str, str]
    switches: Switches
    here: dict[str, bool]
    needs: list[Needs]
    presets: Mapping[str, dict[str, bool]]
    searches: int = 0
    proofs: int = 0
    reason: str = ""
    interrupted: bool = False
    seconds: float = 0.0

    def undecided(self, needs: Needs) -> int:
        """How many settings were not decided for a property."""
        return (self.switches.everything & ~(needs.holds | needs.fails)).bit_count()


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
        self.asked = [one for one in asked_of(question, subject) if one.kind not in (Kind.TEMPORAL, Kind.GOAL)]
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
        )

    def run(self) -> Carrying:
        """Decide every setting, or as many as the time allows."""
        from uringcheck.prove.solver import Clock, OutOfTimeError, translated
        from uringcheck.prove.toggles import OpenToggles

        began = time.perf_counter()
        clock = Clock.starting(self.aim.seconds, self.aim.memory, self.observe)
        stated = {one.name: one for one in self.program.properties}
        goals = tuple(Goal(one.name, stated.get(one.name)) for one in self.asked)
        invariants = tuple(one for one in self.program.properties if one.kind is PropertyKind.INVARIANT)
        try:
            with translated():
                self.open = OpenToggles(Task(self.program, goals, invariants), self.result.switches.names, clock)
                self.clock = clock
                self._decide_all()
        except OutOfTimeError as stop:
            self.result.reason = stop.reason
        except KeyboardInterrupt:
            self.result.interrupted, self.result.reason = True, "interrupted"
        for needs in self.result.needs:
            self._conclude(needs)
        self.result.seconds = time.perf_counter() - began
        return self.result

    def _decide_all(self) -> None:
        result = self.result
        for setting in (result.here, *result.presets.values()):
            self._decide(setting)
        while True:
            left = [needs for needs in result.needs if result.undecided(needs)]
            if not left:
                return
            # The property with the most open settings: its answers reach furthest.
            needs = max(left, key=result.undecided)
            self._decide(result.switches.first(result.switches.everything & ~(needs.holds | needs.fails)))

    def _decide(self, setting: dict[str, bool]) -> None:
        """Search one setting, and draw every conclusion from what is found."""
        bit = 1 << self.result.switches.number(setting)
        wanted = [needs for needs in self.result.needs if not (needs.holds | needs.fails) & bit]
        if not wanted:
            return
        left = sum(self.result.undecided(needs) for needs in self.result.needs)
        self.observe(f"search {self.result.searches + 1}: {left} answers open")
        outcome = self._search(setting)
        self.result.searches += 1
        broken = outcome.paths.keys() & {DOMAIN, ASSERT}
        for needs in wanted:
            about = next(iter(sorted(broken)), needs.name)
            if needs.name in outcome.paths:
                about = needs.name
            if about not in outcome.paths:
                continue
            for cube in self.open.guilty(outcome.paths[about], about, setting):
                self._note(needs, self.result.switches.table(cube), False)
        holding = [needs for needs in wanted if not needs.fails & bit]
        for needs in holding:
            self._note(needs, bit, True)
        goals = {goal.name: goal for goal in self.open.task.goals}
        worth = [goals[needs.name] for needs in holding if self.result.undecided(needs)]
        if worth:
            self.observe(f"proof {self.result.proofs + 1}: {len(worth)} properties under one setting")
            self.result.proofs += 1
            for name, (cube, invariants) in self.open.proofs(setting, worth).items():
                needs = next(one for one in self.result.needs if one.name == name)
                needs.proofs.append(Used(cube, invariants))
                self._note(needs, self.result.switches.table(cube), True)

    def _search(self, setting: Mapping[str, bool]) -> Outcome:
        program = specialise(specialise(self._plain, {**setting, **self.unread}))
        asked = tuple(one for one in self.asked)
        limits = Limits(seconds=self.clock.left(), memory=self.aim.memory)
        outcome = search(narrowed(program, asked), Request(limits, all_violations=True))
        if outcome.cut_by is Cut.INTERRUPTED:
            raise KeyboardInterrupt
        self.clock.left()
        if outcome.cut_by in (Cut.SECONDS, Cut.MEMORY):
            from uringcheck.prove.solver import OutOfTimeError

            raise OutOfTimeError(f"{outcome.cut_by.value} ran out in a search")
        return outcome

    @property
    def _plain(self) -> Program:
        """The program without lemmas, its varying toggles open."""
        if not hasattr(self, "_plain_program"):
            fixed = {t.name: t.value for t in self.program.toggles if t.name not in self._open_names()}
            self._plain_program = specialise(compile_tree(self.subject.tree), fixed)
        return self._plain_program

    def _open_names(self) -> set[str]:
        return {*self.result.switches.names, *self.unread}

    def _note(self, needs: Needs, table: int, holds: bool) -> None:
        if holds:
            needs.holds |= table
        else:
            needs.fails |= table
        if needs.holds & needs.fails:
            at = self.result.switches.first(needs.holds & needs.fails)
            raise EngineDisagreement(f"`{needs.name}` is proved and refuted under one setting: {at}")

    def _conclude(self, needs: Needs) -> None:
        switches = self.result.switches
        needs.minimal = switches.minimal_cubes(needs.holds, min(LARGEST, len(switches.names)))
        needs.more = switches.covered(needs.minimal) != needs.holds
        if needs.fails >> switches.number(self.result.here) & 1:
            needs.repairs = switches.repairs(self.result.here, needs.holds, len(switches.names))


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
    for one in subject.tree.root.cls.PRESETS:
        if one.refused is None:
            values = {own[param]: value for param, value in one.values.items() if param in own}
            found[one.name] = {name: bool(values.get(name, False)) for name in names}
    return found
