"""Which steps the property depends on, and who wrote what it read: a backward slice of the behaviour.

The slice is dynamic (Korel and Laski, "Dynamic program slicing", 1988): it follows what was really read and written,
place by place. A step belongs to it when it was the last to write a place that the property, or a later step of the
slice, read; guards count as reads. A step outside of it may still matter by what it did *not* do.
"""

from __future__ import annotations

from uringcheck.diagnostics.values import value_class
from uringcheck.trace.model import Trace

#: Stands for the initial state where a step's number is expected.
START = 0


@value_class
class Slice:
    """`steps` are the numbers of the steps that influence the property, from 1; the start is never listed."""

    steps: tuple[int, ...]

    def aside(self, trace: Trace) -> tuple[int, ...]:
        """The numbers of the steps that do not; none for a behaviour without end, which is judged as a whole."""
        if trace.loop is not None:
            return ()
        return tuple(number for number in range(1, trace.length + 1) if number not in self.steps)


def slice_of(trace: Trace) -> Slice:
    """The steps that the verdict depends on."""
    wanted = set(trace.about.reads)
    last = trace.length
    found: list[int] = []
    for number in range(last, 0, -1):
        step = trace.steps[number - 1]
        is_end = number == last and (trace.failing is not None or trace.about.kind == "step")
        if is_end or wanted.intersection(step.writes):
            found.append(number)
            wanted.difference_update(step.writes)
            wanted.update(step.reads)
        if number == last:
            wanted.update(trace.about.reads_before)
    return Slice(tuple(reversed(found)))


def last_writer(trace: Trace, place: str, before: int) -> int:
    """The number of the last step before step `before` that changed the place; `START` when none did."""
    for number in range(before - 1, 0, -1):
        if place in trace.steps[number - 1].writes:
            return number
    return START


def direct_causes(trace: Trace) -> tuple[tuple[str, int], ...]:
    """The places the property read, each with the step that gave it its last value, the latest step first."""
    found = [(place, last_writer(trace, place, trace.length + 1)) for place in trace.about.reads]
    return tuple(sorted(found, key=lambda cause: -cause[1]))
