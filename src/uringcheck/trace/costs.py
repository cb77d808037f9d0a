"""Replay of behaviours that cost the least or the most: CPython walks them, and adds up the author's own functions.

    told(run, program, claim) -> Trace

Anything that differs raises EngineDisagreement: a step, a sum, a ratio, or an event that is not where a stretch begins.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from uringcheck.diagnostics import EngineDisagreement
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Path
from uringcheck.ir.program import Program
from uringcheck.lang.plain import BoundProperty, PlainRun
from uringcheck.lang.symbolic import bound as parameters_bound
from uringcheck.lang.tree import Instance
from uringcheck.trace.model import State, Trace, TraceProperty
from uringcheck.trace.replay import Divergence, Replay, first_sentence


@value_class
class Claim:
    """What a search says of a behaviour: from step `begin` on, or on the loop, `upper` costs so much.

    `value` is None where the loop costs something and may go on for ever. `event` is the cost that the first step of a
    stretch has and the others have not; `lower` is the denominator of a ratio. A measure has its value where the path
    ends.
    """

    path: Path
    upper: BoundProperty
    value: int | Fraction | None
    begin: int = 0
    loop: int | None = None
    event: BoundProperty | None = None
    lower: BoundProperty | None = None
    measured: bool = False


def told(run: PlainRun, program: Program, claim: Claim, *, model: str = "", preset: str | None = None) -> Trace:
    """The behaviour as a trace. Raises EngineDisagreement."""
    name = claim.upper.name
    try:
        trace = _CostReplay(run, program, claim).trace(claim.path, name, model or program.name, preset)
        _check(run, claim)
    except Divergence as found:
        raise EngineDisagreement(f"the plain run does not confirm what `{name}` is said to cost {found}") from None
    return trace if claim.loop is None else replace(trace, loop=claim.loop)


class _CostReplay(Replay):
    """Executes a behaviour; what it is about is a cost."""

    def __init__(self, run: PlainRun, program: Program, claim: Claim) -> None:
        super().__init__(run, program)
        self._claim = claim

    def _judged(self, path: Path, about: str) -> TraceProperty:
        function = self._claim.upper.mark.function
        where = self.files.where(function.__code__.co_filename, function.__code__.co_firstlineno)
        return TraceProperty(about, "cost", first_sentence(function.__doc__ or ""), "found", where)


def _check(run: PlainRun, claim: Claim) -> None:
    states, last = claim.path.states, len(claim.path.steps)
    if claim.measured:
        if number(run, claim.upper, states[-1]) != claim.value:
            raise Divergence(last, "the measure has another value there")
        return
    if claim.loop is not None and states[claim.loop] != states[-1]:
        raise Divergence(last, f"the loop does not return to the state after step {claim.loop}")

    def total(cost: BoundProperty, begin: int) -> int:
        return sum(number(run, cost, states[step], states[step + 1]) for step in range(begin, last))

    if claim.lower is not None:
        up, low = total(claim.upper, claim.loop or 0), total(claim.lower, claim.loop or 0)
        if (Fraction(up, low) if low else None) != claim.value:
            raise Divergence(last, f"the loop costs {up} to {low}")
        return
    if claim.event is not None:
        events = [number(run, claim.event, states[step], states[step + 1]) for step in range(claim.begin, last)]
        if not events or not events[0] or any(events[1:]):
            raise Divergence(claim.begin + 1, "the stretch does not begin with an event, or has another one in it")
    if claim.value is None:
        if claim.loop is None or not total(claim.upper, claim.loop):
            raise Divergence(last, "the loop costs nothing")
    elif total(claim.upper, claim.begin) != claim.value:
        raise Divergence(last, f"it costs {total(claim.upper, claim.begin)}")


def number(run: PlainRun, quantity: BoundProperty, *states: State) -> int:
    """What the author's function returns of a state, or of the states before and after a step."""
    subjects = []
    for state in states:
        instance = Instance(run.tree)
        instance.load(state)
        subjects.append(instance.at(quantity.site, quantity.ranks))
    with parameters_bound(run.tree.binding):
        return int(quantity.mark.function(*subjects))
