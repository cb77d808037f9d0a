"""A trace: one behaviour of a model and the property it is about, as plain data.

Values are encoded (`ir.types`) and types carry no classes, so a trace is complete without its spec. A *place* is a
part of the state as the author would write it: `ring`, `owner[1]`, `conn[0].rx`. Source lines are written
`path:line`, the path relative to the folder of the spec; shipped files are `spec/...` and `invariants/...`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from uringcheck.diagnostics.values import value_class
from uringcheck.ir import types as ir

State = tuple[ir.Encoded, ...]


@value_class
class TraceVariable:
    """A state variable. `replicas` are the paths of the replicated parts it lies in, one for each outer map."""

    name: str
    type: ir.Type
    lane: str = ""
    replicas: tuple[str, ...] = ()


@value_class
class TraceProperty:
    """What the trace shows: `verdict` is `violated` or `found`, `kind` a word of the results (`invariant`, `domain`).

    `reads` are the places whose values in the last state decide it. For a step property these are read after the
    last step, and `reads_before` before it.
    """

    name: str
    kind: str
    sentence: str
    verdict: str
    where: str = ""
    reads: tuple[str, ...] = ()
    reads_before: tuple[str, ...] = ()


@value_class
class Branch:
    """An `if` that a step came by: which way it went, and the values its condition saw."""

    where: str
    test: str
    taken: bool
    saw: tuple[tuple[str, str], ...] = ()
    first: int = 0
    last: int = 0

    @property
    def file(self) -> str:
        """The path without the line."""
        return self.where.rpartition(":")[0]

    def governs(self, where: str) -> bool:
        """Whether a line ran because of the way this branch went: it lies in the part that was chosen."""
        file, _, line = where.rpartition(":")
        return file == self.file and self.first <= int(line) <= self.last


@value_class
class TraceStep:
    """One executed action, or the start.

    `arguments` are (name, value as text), the indices of replicated parts included; `text` is how the step is typed.
    `wrote` says for each changed place which line changed it.
    """

    text: str
    action: str
    arguments: tuple[tuple[str, str], ...] = ()
    lane: str = ""
    sentence: str = ""
    lines: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    wrote: tuple[tuple[str, str], ...] = ()
    branches: tuple[Branch, ...] = ()

    @property
    def writes(self) -> tuple[str, ...]:
        """The places the step changed."""
        return tuple(place for place, _ in self.wrote)


@value_class
class TraceFailure:
    """How the last step ended: it counts as a step, and has no successor. `kind` is `domain` or `assert`.

    `judged` names the property whose evaluation failed when no step did.
    """

    kind: str
    message: str
    where: str
    judged: str = ""


@value_class
class Trace:
    """A behaviour that the plain run has executed.

    `model` is what a command line calls the model (a shipped name, or a path), `program` the compiled spec's name.
    `states[0]` was reached by `start`, `states[i + 1]` by `steps[i]`. With `failed` set the last step has no state;
    without any state the start itself failed. When a property could not be evaluated (`failed.judged`) every step has
    its state. `enabled[i]` are the steps that were possible in `states[i]`.

    A behaviour without end has a `loop`: what lies behind `states[loop]` is repeated for ever, and the last state is
    that state again. Where `loop` is the last state, nothing happens any more. `in_vain` are the steps that are
    possible somewhere on the loop and never taken there.
    """

    model: str
    program: str
    preset: str | None
    params: tuple[tuple[str, Any], ...]
    about: TraceProperty
    variables: tuple[TraceVariable, ...]
    lanes: tuple[str, ...]
    states: tuple[State, ...]
    start: TraceStep
    steps: tuple[TraceStep, ...]
    enabled: tuple[tuple[str, ...], ...]
    failed: TraceFailure | None = None
    digest: str = ""
    tool: str = ""
    notes: tuple[str, ...] = ()
    loop: int | None = None
    in_vain: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """How many actions were taken, a failing one included."""
        return len(self.steps)

    @property
    def failing(self) -> TraceStep | None:
        """The step that failed, if one did."""
        if self.failed is None or self.failed.judged:
            return None
        return self.steps[-1] if self.states else self.start

    def transitions(self) -> Iterator[tuple[State, TraceStep, State | None]]:
        """Every step with the states around it; None after a step that failed."""
        for number, step in enumerate(self.steps):
            after = self.states[number + 1] if number + 1 < len(self.states) else None
            yield self.states[number], step, after

    def noting(self, note: str) -> Trace:
        """The same trace with one more remark."""
        return replace(self, notes=(*self.notes, note))


def bare(type_: ir.Type) -> ir.Type:
    """The type without the author's classes, as traces hold it."""
    match type_:
        case ir.Enum(name, members):
            return ir.Enum(name, members)
        case ir.Record(name, fields):
            return ir.Record(name, tuple((field, bare(item)) for field, item in fields))
        case ir.Option(item):
            return ir.Option(bare(item))
        case ir.Queue(item, capacity):
            return ir.Queue(bare(item), capacity)
        case ir.Set(item):
            return ir.Set(bare(item))
        case ir.Map(index, item):
            return ir.Map(bare(index), bare(item))
        case _:
            return type_
