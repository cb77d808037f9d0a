"""Which switch each property rests on, one by one: the table of a patch series.

Every switch of the run is turned over by itself, and everything that is asked is asked again. A property that held and
does not any more rests on that switch. No proof and no minimal set: for those there is `which_toggles`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from uringcheck.explore.outcome import Limits
from uringcheck.run.check import check
from uringcheck.run.proving import Aim
from uringcheck.run.question import Question, Subject
from uringcheck.run.results import Result
from uringcheck.run.verdicts import Verdict

_GOOD = (Verdict.HOLDS, Verdict.FOUND)
_BAD = (Verdict.VIOLATED, Verdict.NOT_FOUND)


@dataclass(frozen=True)
class Cell:
    """What becomes of a property when one switch is turned over. `steps` of the story where it is violated."""

    verdict: Verdict
    steps: int | None = None

    def loses(self, before: Cell) -> bool:
        """Whether the property held before and is lost."""
        return before.verdict in _GOOD and self.verdict in _BAD

    def gains(self, before: Cell) -> bool:
        """Whether the property did not hold before and does now."""
        return before.verdict in _BAD and self.verdict in _GOOD


@dataclass
class Table:
    """The answer: a row for each switch, with the value that it has in the run; a cell for each property."""

    label: str
    preset: str | None
    slots: Mapping[str, str]
    settings: dict[str, bool]
    before: dict[str, Cell]
    rows: dict[str, dict[str, Cell]] = field(default_factory=dict)
    states: int = 0
    reason: str = ""
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether every cell was decided."""
        cells = [cell for row in (self.before, *self.rows.values()) for cell in row.values()]
        return len(self.rows) == len(self.settings) and all(cell.verdict in (*_GOOD, *_BAD) for cell in cells)


def load_bearing_table(
    question: Question, subject: Subject, aim: Aim, observe: Callable[[str], None] | None = None
) -> Table:
    """Turn every switch that presets are made of over once. Raises SpecError and UsageError."""
    began = time.perf_counter()
    deadline = None if aim.seconds is None else time.monotonic() + aim.seconds
    settings = _switches(subject)
    table = Table(subject.label, subject.preset, dict(subject.tree.slots), settings, {})
    try:
        for name in (None, *settings):
            if observe is not None:
                observe(f"turning over {name}" if name else "as it is")
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                table.reason = "time ran out"
                break
            result = _checked(question, subject, {name: not settings[name]} if name else {}, left)
            table.states += result.states
            if result.interrupted:
                raise KeyboardInterrupt
            cells = {one.name: Cell(one.verdict, one.steps) for one in result.properties}
            if name is None:
                table.before = cells
            else:
                table.rows[name] = cells
    except KeyboardInterrupt:
        table.interrupted, table.reason = True, "interrupted"
    table.seconds = time.perf_counter() - began
    return table


def _switches(subject: Subject) -> dict[str, bool]:
    """The switches that presets are made of, every switch where there are none, with their values in the run."""
    own = {s.param: s for s in subject.tree.settings if s.param.is_switch}
    named = {param for one in subject.tree.root.cls.PRESETS for param in one.values if param in own}
    return {setting.name: bool(setting.value) for param, setting in own.items() if param in named or not named}


def _checked(question: Question, subject: Subject, changed: Mapping[str, bool], left: float | None) -> Result:
    other = subject.changed(changed)
    limits = Limits(seconds=left, memory=question.limits.memory)
    return check(replace(question, limits=limits, all_violations=True, engine="auto"), other)
