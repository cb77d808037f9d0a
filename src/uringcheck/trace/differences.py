"""Replay of a difference: two programs part where a search says so only if the plain run of each confirms its side.

    told(left, right, difference) -> Parting

CPython takes the common steps in both models, finds them called the same, and finds the difference itself: a step that
one of them does not have there, that fails in one of them, or that leaves different values. Anything else raises
EngineDisagreement.
"""

from __future__ import annotations

from uringcheck.diagnostics import EngineDisagreement
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.equality import Difference, Part
from uringcheck.explore.outcome import Path
from uringcheck.ir.program import Program
from uringcheck.ir.show import show_value
from uringcheck.lang.plain import PlainRun
from uringcheck.trace.identity import PLAIN_START, step_text
from uringcheck.trace.model import Trace, TraceProperty
from uringcheck.trace.replay import Divergence, Replay

#: What a trace that tells two models apart is about.
NAME = "equal"


@value_class
class Side:
    """One of two models: its plain run, its compiled program, and what a command line calls it."""

    run: PlainRun
    program: Program
    model: str
    preset: str | None = None


@value_class
class Parting:
    """Where two models part, confirmed. A side without a trace has no such start.

    `values` are (variable, value on the left, value on the right) where the same steps leave different ones.
    """

    how: Part
    left: Trace | None
    right: Trace | None
    values: tuple[tuple[str, str, str], ...] = ()

    @property
    def length(self) -> int:
        """How many steps tell the models apart."""
        return max(trace.length for trace in (self.left, self.right) if trace is not None)

    @property
    def ahead(self) -> Trace:
        """The trace that goes furthest: that of the side which has the step, the left one where both do."""
        traces = [trace for trace in (self.left, self.right) if trace is not None]
        return max(traces, key=lambda trace: trace.length)


class _DifferenceReplay(Replay):
    """Executes one side of a difference."""

    def _judged(self, path: Path, about: str) -> TraceProperty:
        sentence = "The other model allows something else here."
        return TraceProperty(about, "equality", sentence, "different")

    def possible(self, path: Path | None) -> list[str]:
        """What the plain run can do where the path ends, steps that change nothing included; starts before it."""
        if path is None:
            return [
                step_text(self._compiled[action.name], arguments) if action else PLAIN_START
                for action, arguments, _ in self.run.initial()
            ]
        return [
            step_text(self._compiled[action.name], arguments)
            for action, arguments, _ in self.run.successors(path.states[-1])
        ]


def told(left: Side, right: Side, difference: Difference) -> Parting:
    """The difference with a trace of each side. Raises EngineDisagreement."""
    replays = _DifferenceReplay(left.run, left.program), _DifferenceReplay(right.run, right.program)
    paths = difference.left, difference.right
    try:
        traces = [
            None if path is None else replay.trace(path, NAME, side.model, side.preset)
            for replay, path, side in zip(replays, paths, (left, right), strict=True)
        ]
        _check_common(traces[0], traces[1])
        values = _check(difference, replays, paths, (traces[0], traces[1]))
    except Divergence as found:
        raise EngineDisagreement(f"the plain run does not confirm that the models differ {found}") from None
    return Parting(difference.how, traces[0], traces[1], values)


def _check_common(left: Trace | None, right: Trace | None) -> None:
    """The steps that both sides take are called the same."""
    if left is None or right is None:
        return
    both = zip([left.start, *left.steps], [right.start, *right.steps], strict=False)
    for number, (one, other) in enumerate(both):
        if one.text != other.text:
            raise Divergence(number, f"the left side takes `{one.text}` and the right side `{other.text}`")


def _check(
    difference: Difference,
    replays: tuple[_DifferenceReplay, _DifferenceReplay],
    paths: tuple[Path | None, Path | None],
    traces: tuple[Trace | None, Trace | None],
) -> tuple[tuple[str, str, str], ...]:
    """That the sides really differ there; the values that do."""
    last = difference.length
    if difference.how is Part.STEP:
        behind = min((0, 1), key=lambda side: -1 if (trace := traces[side]) is None else trace.length)
        ahead = traces[1 - behind]
        assert ahead is not None
        step = ahead.steps[-1] if traces[behind] is not None else ahead.start
        if step.text in replays[behind].possible(paths[behind]):
            raise Divergence(last, f"`{step.text}` is possible on both sides")
        return ()
    left, right = traces
    assert left is not None
    assert right is not None
    if difference.how is Part.FAILURE:
        if (left.failed and left.failed.kind) == (right.failed and right.failed.kind):
            raise Divergence(last, "both sides end alike")
        return ()
    return tuple(_differing(left, right, name, last) for name in difference.differing)


def _differing(left: Trace, right: Trace, name: str, last: int) -> tuple[str, str, str]:
    shown = []
    for trace in (left, right):
        position = next(place for place, variable in enumerate(trace.variables) if variable.name == name)
        shown.append((trace.states[-1][position], trace.variables[position].type))
    (one, type_), (other, beyond) = shown
    if one == other:
        raise Divergence(last, f"`{name}` is the same on both sides")
    return name, show_value(type_, one), show_value(beyond, other)
