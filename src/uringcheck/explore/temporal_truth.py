"""Where the present parts of a temporal formula are true in a graph.

A position of a behaviour is a state and what is done there: a step, or nothing. A state predicate has one truth value
in a state; what contains `happens` has one for every step and one for stuttering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from uringcheck.diagnostics import Span
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.graph import Graph
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import And, Atom, Formula, Happens, Not, Or, Program, Property, PropertyKind
from uringcheck.lower.python import Generated


class NoValue(Exception):
    """A state predicate has no value in a reachable state."""

    def __init__(self, text: str, state: int, check: Check) -> None:
        self.text, self.state, self.check = text, state, check
        super().__init__(f"`{text}` has no value in a reachable state: {check.message}")


@value_class
class Truth:
    """A byte, 0 or 1, for stuttering in each state, and one for each step; `edge` is None where no step matters."""

    stutter: bytes
    edge: bytes | None = None

    def at(self, state: int, step: int) -> int:
        """The value where `step` is taken from `state`."""
        return self.stutter[state] if self.edge is None else self.edge[step]


class Valuation:
    """Evaluates formulas on one graph; remembers what it has evaluated."""

    def __init__(self, program: Program | None, graph: Graph, known: Mapping[Formula, Truth] = {}) -> None:
        """`known` are truths that need no evaluation; without a program, those of all atoms."""
        self.graph = graph
        self._program = program
        self._known: dict[Formula, Truth] = dict(known)

    def truth(self, formula: Formula) -> Truth:
        """Where a present formula is true; raises NoValue."""
        found = self._known.get(formula)
        if found is None:
            found = self._known[formula] = self._evaluated(formula)
        return found

    def both(self, formulas: Sequence[Formula]) -> Truth:
        """Where all formulas are true."""
        return self.truth(formulas[0] if len(formulas) == 1 else And(tuple(formulas)))

    def _evaluated(self, formula: Formula) -> Truth:
        match formula:
            case Atom():
                return Truth(self._predicate(formula))
            case Happens():
                return Truth(bytes(self.graph.size), self._steps(formula))
            case Not(operand):
                return _combined("not", [self.truth(operand)])
            case And(operands) | Or(operands):
                parts = [self.truth(operand) for operand in operands]
                if not parts:
                    return Truth((b"\1" if isinstance(formula, And) else b"\0") * self.graph.size)
                if any(part.edge is not None for part in parts):
                    parts = [self._spread(part) for part in parts]
                return _combined("and" if isinstance(formula, And) else "or", parts)
        raise AssertionError(formula)

    def _predicate(self, atom: Atom) -> bytes:
        assert self._program is not None
        asked = Property(atom.text, PropertyKind.INVARIANT, "", Span("", 0), block=atom.block)
        known = self.graph.native.predicates.get(atom) if self.graph.native is not None else None
        if known is not None:
            return known
        evaluate = Generated(replace(self._program, inits=(), actions=(), properties=(asked,))).evaluate
        made = bytearray(self.graph.size)
        for number in range(self.graph.size):
            value = evaluate(0, self.graph.states[number])
            if isinstance(value, Check):
                raise NoValue(atom.text, number, value)
            made[number] = value
        return bytes(made)

    def _steps(self, happens: Happens) -> bytes:
        wanted = bytes(
            step.action == happens.action and happens.arguments in (None, step.arguments)
            for step in self.graph.instances
        )
        if self.graph.native is not None:
            return self.graph.native.spread_labels(wanted, len(self.graph.targets))
        return bytes(wanted[label] for label in self.graph.labels)

    def _spread(self, truth: Truth) -> Truth:
        """A state predicate told of every step from the state."""
        if truth.edge is not None:
            return truth
        if self.graph.native is not None:
            return Truth(truth.stutter, self.graph.native.spread_states(truth.stutter, len(self.graph.targets)))
        offsets, stutter = self.graph.offsets, truth.stutter
        made = bytearray()
        for state in range(self.graph.size):
            made += stutter[state : state + 1] * (offsets[state + 1] - offsets[state])
        return Truth(stutter, bytes(made))


def _combined(connective: str, parts: list[Truth]) -> Truth:
    stutter = _bytes(connective, [part.stutter for part in parts])
    edges = [part.edge for part in parts if part.edge is not None]
    return Truth(stutter, _bytes(connective, edges) if edges else None)


def _bytes(connective: str, parts: list[bytes]) -> bytes:
    """A connective on bytes of 0 and 1, as arithmetic on one long number."""
    size = len(parts[0])
    numbers = [int.from_bytes(part, "little") for part in parts]
    made = numbers[0]
    if connective == "not":
        made ^= int.from_bytes(b"\1" * size, "little")
    for number in numbers[1:]:
        made = made & number if connective == "and" else made | number
    return made.to_bytes(size, "little")
