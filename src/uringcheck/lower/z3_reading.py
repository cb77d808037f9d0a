"""The z3 terms read like any other engine: one known state at a time, no solver involved.

It answers what `lower.python.Generated` answers, in the same order, so that the two can be compared.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import z3  # type: ignore[import-untyped]

from uringcheck.diagnostics import InternalError
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program
from uringcheck.ir.types import Encoded, Type
from uringcheck.lower.z3 import Encoding, Judged, SymbolicStep
from uringcheck.lower.z3_values import Formula, Term, leaves, literal, reshaped

Known = tuple[Encoded, ...]


class Reading:
    """Steps and values of known states, by putting them into the terms of a specialised program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.encoding = Encoding(program)
        self._primed = self.encoding.numbered(1)
        self._bundles: dict[str, Any] = {}

    def successors(self, state: Known) -> list[tuple[int, Known, Known | Check]]:
        """Every step of a state in canonical order: position of the action, its arguments, the target or the check."""
        pairs = _pairs(self.encoding.types, self.encoding.state, state)
        return [
            (position, arguments, target)
            for position, step in enumerate(self.encoding.steps)
            for arguments, target in self._instances(step, pairs)
        ]

    def initial(self) -> list[tuple[int | None, Known, Known | Check]]:
        """Every start in canonical order."""
        found: list[tuple[int | None, Known, Known | Check]] = []
        for position, start in enumerate(self.encoding.starts):
            if isinstance(start, SymbolicStep):
                found += [(position, arguments, target) for arguments, target in self._instances(start, [])]
            else:
                found.append((None, (), self.program.start))
        return found

    def evaluate(self, position: int, state: Known, after: Known | None = None) -> bool | Check:
        """The value of the property at `position`, or the check that fails while it is evaluated."""
        pairs = _pairs(self.encoding.types, self.encoding.state, state)
        if after is not None:
            pairs += _pairs(self.encoding.types, self._primed, after)
        judged = self._judged[position]
        assert judged is not None
        for check, condition in judged.failures:
            if _known(condition, pairs):
                return check
        return _known(judged.value, pairs)

    @cached_property
    def _judged(self) -> list[Judged | None]:
        blocks = [property_.block for property_ in self.program.properties]
        return [None if block is None else self.encoding.judged(block, after=self._primed) for block in blocks]

    def _instances(self, step: SymbolicStep, pairs: list[tuple[Any, Any]]) -> list[tuple[Known, Known | Check]]:
        found: list[tuple[Known, Known | Check]] = []
        argument_types = tuple(argument.type for argument in step.action.arguments)
        here = z3.substitute(self._bundle(step), *pairs) if pairs else self._bundle(step)
        for arguments in step.action.instances():
            bound = _pairs(argument_types, step.arguments, arguments)
            taken, *others = z3.simplify(z3.substitute(here, *bound) if bound else here).children()
            failed = [check for (check, _), condition in zip(step.failures, others, strict=False) if _true(condition)]
            if failed:
                found.append((arguments, failed[0]))
            elif _true(taken):
                after = reshaped(step.after, iter(others[len(step.failures) :]))
                found.append((arguments, self.encoding.decode(after, _CONSTANTS)))
        return found

    def _bundle(self, step: SymbolicStep) -> Any:
        """Everything about a step as one term, so that its shared parts are looked at once."""
        if step.action.name not in self._bundles:
            parts = [step.taken, *(condition for _, condition in step.failures), *leaves(step.after)]
            joined = z3.Function(f"bundle of {step.action.name}", *(part.sort() for part in parts), z3.BoolSort())
            self._bundles[step.action.name] = joined(*parts)
        return self._bundles[step.action.name]


class _Constants:
    """Stands for a model where there is nothing left to choose."""

    @staticmethod
    def eval(term: Any, model_completion: bool = True) -> Any:
        """The term, which is a value already."""
        if not (z3.is_bv_value(term) or z3.is_true(term) or z3.is_false(term)):
            raise InternalError(f"a term has no value although its state is known: {term}")
        return term


_CONSTANTS = _Constants()


def _pairs(types: tuple[Type, ...], terms: tuple[Term, ...], values: Known) -> list[tuple[Any, Any]]:
    made = tuple(literal(type_, value) for type_, value in zip(types, values, strict=True))
    return list(zip(leaves(terms), leaves(made), strict=True))


def _known(formula: Formula, pairs: list[tuple[Any, Any]]) -> bool:
    return _true(z3.simplify(z3.substitute(formula, *pairs)))


def _true(formula: Formula) -> bool:
    return bool(z3.is_true(_CONSTANTS.eval(formula)))
