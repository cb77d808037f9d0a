"""Minimal sets of toggles proved once more, by induction: as a whole where that can be, else piece by piece.

A set was found by searching every setting in it, at some sizes. At larger ones it may be too small, and then there is
no proof of it. So a set that is not proved is taken apart: of its settings that are still open, the one nearest to the
run's is proved, which answers for all settings that leave alone what that proof used; or a search at larger sizes
refutes it, and with it all settings under which the same actions do the same damage. What neither does is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from uringcheck.prove.outcome import Goal
from uringcheck.prove.regions import Cube, Switches
from uringcheck.run.carrying import Beyond, Needs, Used

if TYPE_CHECKING:
    from uringcheck.prove.solver import Clock
    from uringcheck.run.which_toggles import Analysis

#: Settings of one set that are looked at one by one. The sets of the shipped models are taken apart by six.
TRIED = 8

#: States of a search at larger sizes. The receive model with one more of anything has a tenth of them.
LARGER = 500_000


class SetProofs:
    """The proofs of one analysis."""

    def __init__(self, analysis: Analysis, clock: Clock) -> None:
        self.analysis, self.clock = analysis, clock
        self.switches: Switches = analysis.result.switches
        self._goals: Mapping[str, Goal] = {goal.name: goal for goal in analysis.open.task.goals}
        self._larger: dict[str, Analysis | None] = {}

    def run(self) -> None:
        """Prove each minimal set of each property, or as much of it as can be."""
        for needs in self.analysis.result.needs:
            for cube in needs.minimal:
                if not self._proved(needs, cube):
                    self._piece_by_piece(needs, self.switches.table(cube))

    def _piece_by_piece(self, needs: Needs, table: int) -> None:
        for _ in range(TRIED):
            left = table & ~needs.answered(self.switches)
            if not left:
                return
            setting = self.switches.nearest(left, self.analysis.result.here)
            if not self._proved(needs, setting) and not self._refuted(needs, setting):
                table &= ~self.switches.table(setting)

    def _proved(self, needs: Needs, cube: Cube) -> bool:
        """Prove a property for all settings in a cube, and note what the proof used, or why there is none."""
        result = self.analysis.result
        self.analysis.observe(f"proof {result.proofs + 1}: {needs.name} from {len(cube)} toggles")
        result.proofs += 1
        found = self.analysis.open.proof({**cube, **self.analysis.unread}, self._goals[needs.name])
        if isinstance(found, str):
            needs.unproved.append((dict(cube), found))
            return False
        used, invariants = found
        toggles = {name: value for name, value in used.items() if name in self.switches.names}
        needs.proofs.append(Used(dict(cube), toggles, invariants))
        self.analysis.note(needs, self.switches.table(toggles), True)
        return True

    # --- larger sizes -----------------------------------------------------------------------------------------------

    def _refuted(self, needs: Needs, setting: Cube) -> bool:
        """Search a setting with one more of each size in turn, for a violation that the run's sizes hide."""
        for one in self.analysis.subject.tree.settings:
            if not one.param.abstract or type(one.value) is not int or one.value >= one.param.high:
                continue
            self.analysis.observe(f"search of {one.name}={one.value + 1}: {needs.name}, where it is not proved")
            larger = self._with(one.name, one.value + 1)
            found = larger and larger.refuted(needs.name, dict(setting), LARGER)
            if found:
                cubes, steps = found
                needs.beyond += [Beyond(cube, {one.name: one.value + 1}, steps) for cube in cubes]
                return True
        return False

    def _with(self, name: str, value: int) -> Analysis | None:
        """The same analysis with one larger size; None where it is about other toggles."""
        if name not in self._larger:
            analysis = self.analysis
            made = type(analysis)(analysis.question, analysis.subject.changed({name: value}), analysis.aim)
            made.begin(self.clock)
            self._larger[name] = made if made.result.switches.names == self.switches.names else None
        return self._larger[name]
