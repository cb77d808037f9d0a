"""What behaviours of a model cost: from quantities as somebody wrote them to least and greatest values with witnesses.

    submits                 a cost: the sum over a whole behaviour, or up to the first state that `until` names
    arms per submits        the sum from one step that costs `submits` to the next, the first of the two included
    submits / delivered     the ratio of two sums along what can be repeated for ever
    parked                  a measure: its value in a state

A behaviour is whole when nothing more is possible, or when it goes on for ever; fairness is not assumed. Steps that
change nothing are none. Without a complete graph there is no answer, and no witness that the plain run has not walked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from uringcheck.diagnostics import EngineDisagreement, UsageError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.cost_ratios import greatest_ratio, least_ratio
from uringcheck.explore.costs import Extreme, Net, Stretches, walks
from uringcheck.explore.graph import Graph, reachable_graph
from uringcheck.explore.outcome import Cut, Limits, Path, Progress, Request
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import PropertyKind
from uringcheck.lang.compiling.quantities import compile_quantities, quantities_of
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.tree import unknown
from uringcheck.lower.python_values import Quantities
from uringcheck.run.exit_codes import ExitCode
from uringcheck.run.project import Project
from uringcheck.run.question import Question, Subject, subject
from uringcheck.run.verdicts import why_cut
from uringcheck.trace.costs import Claim, told
from uringcheck.trace.model import Trace

#: A bound as suites write it: a number, a fraction as text, or this where there is none.
UNBOUNDED = "unbounded"

_NO_LIMITS = Limits()


@value_class
class Quantity:
    """A quantity as it was asked for. `per` is the event of a stretch, `over` the denominator of a ratio."""

    text: str
    upper: str
    per: str | None = None
    over: str | None = None


@value_class
class Bound:
    """A least or greatest value, None where there is no bound, and a behaviour that has it."""

    value: int | Fraction | None
    trace: Trace

    @property
    def text(self) -> str:
        """The value as suites write it."""
        return UNBOUNDED if self.value is None else str(self.value)


@value_class
class Amount:
    """What was found out about one quantity. Without bounds `reason` says why there are none.

    `expected` is what a suite says: `min`, `max` or both, as text.
    """

    quantity: Quantity
    doc: str
    least: Bound | None = None
    greatest: Bound | None = None
    reason: str = ""
    expected: Mapping[str, str] | None = None

    @property
    def as_expected(self) -> bool:
        """Whether it came out as the suite says."""
        found = {"min": self.least, "max": self.greatest}
        return all(
            (bound := found[name]) is not None and bound.text == value for name, value in (self.expected or {}).items()
        )


@value_class
class CostQuestion:
    """A model and the quantities that are asked of it; none given is all costs and measures it has."""

    question: Question
    quantities: tuple[str, ...] = ()
    until: str | None = None


@value_class
class Costing:
    """What behaviours of a model cost. `reason` says why nothing is known when the graph is not complete."""

    subject: Subject
    until: str | None
    states: int
    transitions: int
    amounts: tuple[Amount, ...]
    cut_by: str | None = None
    reason: str = ""
    note: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether every quantity came out as the suite says."""
        return not self.reason and all(amount.as_expected for amount in self.amounts)

    @property
    def exit_code(self) -> ExitCode:
        """What a run with this alone ends with."""
        if self.cut_by == Cut.INTERRUPTED.value:
            return ExitCode.INTERRUPTED
        if self.reason:
            return ExitCode.NOT_DECIDED
        return ExitCode.VIOLATED if any(amount.reason for amount in self.amounts) else ExitCode.OK


def parsed(text: str) -> Quantity:
    """`NAME`, `NAME per NAME` or `NAME / NAME`; raises UsageError."""
    words = text.split()
    match words:
        case [upper]:
            return Quantity(text, upper)
        case [upper, "per", event]:
            return Quantity(f"{upper} per {event}", upper, per=event)
        case [upper, "/", lower]:
            return Quantity(f"{upper} / {lower}", upper, over=lower)
    help = "write NAME, NAME per NAME, or NAME / NAME with spaces around the sign"
    raise UsageError.at("UC037", f"`{text}` is no quantity", help=help)


class PreparedCosts:
    """A question whose model, parameters and quantities all exist."""

    def __init__(self, asked: CostQuestion, project: Project | None = None) -> None:
        """Raises UsageError and SpecError."""
        self.asked = asked
        self.subject = subject(asked.question, project)
        self.bound = {one.name: one for one in quantities_of(self.subject.tree)}
        self.quantities = tuple(map(parsed, asked.quantities)) or tuple(Quantity(name, name) for name in self.bound)
        for quantity in self.quantities:
            for name in (quantity.upper, quantity.per, quantity.over):
                if name is not None and name not in self.bound:
                    raise unknown("cost or measure", name, list(self.bound), "UC037")
            if self.measures(quantity.upper) and (quantity.per or quantity.over):
                raise self._wrong_kind(quantity.upper, "a measure of states, and only costs have sums", quantity.text)
            for name in (quantity.per, quantity.over):
                if name is not None and self.measures(name):
                    raise self._wrong_kind(name, "a measure of states, not a cost of steps", quantity.text)
        self.until = self._parsed_until()
        self.program = compile_quantities(self.subject.tree, list(self.bound.values()))

    def measures(self, name: str) -> bool:
        """Whether the quantity is a measure of states, not a cost of steps."""
        return self.bound[name].mark.kind is PropertyKind.INVARIANT

    def _wrong_kind(self, name: str, what: str, text: str) -> UsageError:
        return UsageError.at("UC037", f"`{text}`: `{name}` is {what}", help="@cost is of steps, @measure of states")

    def _parsed_until(self) -> tuple[str, int] | None:
        if self.asked.until is None:
            return None
        name, equals, value = (part.strip() for part in self.asked.until.partition("="))
        if not equals or not value.lstrip("-").isdigit():
            help = "write MEASURE=NUMBER"
            raise UsageError.at("UC037", f"`{self.asked.until}` names no value of a measure", help=help)
        if name not in self.bound:
            raise unknown("cost or measure", name, list(self.bound), "UC037")
        if not self.measures(name):
            raise self._wrong_kind(name, "a cost of steps, and states have measures", self.asked.until)
        return name, int(value)

    def answer(self, limits: Limits = _NO_LIMITS, observe: Callable[[Progress], None] | None = None) -> Costing:
        """The answer; `observe` hears how far the search is. Raises EngineDisagreement."""
        program = self.subject.program
        kept = tuple(one for one in program.properties if one.kind is PropertyKind.CONSTRAINT)
        graph = reachable_graph(replace(program, properties=kept), Request(limits, observe=observe))
        made = Costing(self.subject, self.asked.until, graph.size, len(graph.targets), ())
        if graph.cut_by is not None:
            return replace(made, cut_by=graph.cut_by.value, reason=why_cut(graph.cut_by))
        return replace(made, amounts=tuple(_Finding(self, graph).amount(one) for one in self.quantities))


class _Finding:
    """Looks for the extremes of quantities in a complete graph."""

    def __init__(self, prepared: PreparedCosts, graph: Graph) -> None:
        self.prepared, self.graph = prepared, graph
        self.net = Net(graph.offsets, graph.targets, [state for state, _ in graph.starts])
        self.generated = Quantities(prepared.program)
        self.positions = {one.name: position for position, one in enumerate(prepared.program.properties)}

    @cached_property
    def run(self) -> PlainRun:
        """The author's own functions."""
        return PlainRun(self.prepared.subject.tree)

    @cached_property
    def sources(self) -> Sequence[int]:
        """The source of every step."""
        return self.graph.sources()

    def amount(self, quantity: Quantity) -> Amount:
        """The quantity's least and greatest value."""
        found = Amount(quantity, self.prepared.program.properties[self.positions[quantity.upper]].doc)
        try:
            extremes = self._extremes(quantity)
        except _NoValueError as error:
            return replace(found, reason=str(error))
        if extremes is None:
            return replace(found, reason=self._why_none(quantity))
        least, greatest = (Bound(one.value, self._told(quantity, one)) for one in extremes)
        return replace(found, least=least, greatest=greatest)

    def _extremes(self, quantity: Quantity) -> tuple[Extreme, Extreme] | None:
        if self.prepared.measures(quantity.upper):
            return self._measured(quantity.upper)
        costs = self._costs(quantity.upper)
        if quantity.over is not None:
            lower = self._costs(quantity.over)
            least, greatest = least_ratio(self.net, costs, lower), greatest_ratio(self.net, costs, lower)
            return None if least is None or greatest is None else (least, greatest)
        begins = None if quantity.per is None else bytearray(cost > 0 for cost in self._costs(quantity.per))
        stretches = Stretches(self.net, costs, begins, self._ends() if begins is None else None)
        return (stretches.least(), stretches.most()) if stretches.some else None

    def _why_none(self, quantity: Quantity) -> str:
        if quantity.over is not None:
            return f"nothing that can be repeated costs {quantity.upper} or {quantity.over}"
        if quantity.per is not None:
            return f"no step costs {quantity.per}"
        return f"no behaviour comes to {self.prepared.asked.until}"

    def _costs(self, name: str) -> list[int]:
        position, states, found = self.positions[name], self.graph.states, []
        for source, target in zip(self.sources, self.graph.targets, strict=True):
            found.append(_value(name, self.generated.number(position, states[source], states[target])))
        return found

    def _values(self, name: str) -> list[int]:
        position = self.positions[name]
        return [_value(name, self.generated.number(position, state)) for state in self.graph.states]

    def _ends(self) -> bytearray | None:
        if self.prepared.until is None:
            return None
        name, value = self.prepared.until
        return bytearray(number == value for number in self._values(name))

    def _measured(self, name: str) -> tuple[Extreme, Extreme]:
        values, walk = self._values(name), walks(self.net)

        def extreme(value: int) -> Extreme:
            ways = [(walk(state), state) for state, number in enumerate(values) if number == value]
            way, state = min(ways, key=lambda found: len(found[0]))
            return Extreme(value, way, end=state)

        return extreme(min(values)), extreme(max(values))

    def _told(self, quantity: Quantity, found: Extreme) -> Trace:
        bound = self.prepared.bound
        measured = self.prepared.measures(quantity.upper)
        claim = Claim(
            self._path(found),
            bound[quantity.upper],
            found.value,
            found.begin,
            found.loop,
            None if quantity.per is None else bound[quantity.per],
            None if quantity.over is None else bound[quantity.over],
            measured,
        )
        made = self.prepared.subject
        try:
            return told(self.run, made.program, claim, model=self.prepared.asked.question.model, preset=made.preset)
        except EngineDisagreement as error:
            from uringcheck.run.bundle import Disagreement, reproduction

            raise Disagreement(str(error), {"claim.txt": f"{claim}\n", **reproduction(made, made.program)}) from error

    def _path(self, found: Extreme) -> Path:
        graph = self.graph
        first = self.sources[found.walk[0]] if found.walk else found.end
        numbers = [first, *(graph.targets[edge] for edge in found.walk)]
        return Path(
            dict(graph.starts)[first],
            tuple(graph.states[number] for number in numbers),
            tuple(graph.instances[graph.labels[edge]] for edge in found.walk),
        )


class _NoValueError(Exception):
    """A cost or a measure has no value somewhere."""


def _value(name: str, found: int | Check) -> int:
    if isinstance(found, Check):
        raise _NoValueError(f"`{name}` has no value in some state: {found.message}")
    return found
