"""The fair behaviours of a graph, and whether some of them satisfy a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from uringcheck.explore.graph import Graph
from uringcheck.explore.lasso import Walk, shortest
from uringcheck.explore.temporal_cases import Case, cases
from uringcheck.explore.temporal_cycles import CaseSearch, Cycles, Obligations
from uringcheck.explore.temporal_truth import Valuation
from uringcheck.ir.program import Fairness, Formula


class Behaviours:
    """All fair behaviours of a graph under one set of fairness conditions."""

    def __init__(self, graph: Graph, valuation: Valuation, fairness: Sequence[Fairness]) -> None:
        self.graph, self.valuation = graph, valuation
        self.obligations = obligations_of(graph, fairness)

    def some(self, formula: Formula, starts: Iterable[int] | None = None) -> bool:
        """Whether a fair behaviour from these states (default: the initial ones) satisfies the formula.

        Raises Unsupported and NoValue, like all questions here.
        """
        begin = self._starts(starts)
        return any(search.satisfiable() for search in self.searches(formula, begin))

    def shortest(self, formula: Formula) -> Walk | None:
        """The shortest walk that satisfies the formula, over all its cases; None if no fair behaviour does."""
        best: Walk | None = None
        for search in self.searches(formula, self._starts(None)):
            found = shortest(search)
            if found is not None and (best is None or _length(found) < _length(best)):
                best = found
        return best

    def searches(self, formula: Formula, starts: Sequence[int]) -> Iterable[Cycles]:
        """One search for each case of the formula, ready to be asked for cycles."""
        for case in cases(formula):
            search = search_of(self.graph, self.valuation, self.obligations, case)
            search.reach(starts)
            yield search

    def _starts(self, starts: Iterable[int] | None) -> list[int]:
        return [state for state, _ in self.graph.starts] if starts is None else list(starts)


def obligations_of(graph: Graph, fairness: Sequence[Fairness]) -> Obligations:
    """What fairness asks on a graph, in native memory where the graph is."""
    if graph.native is None:
        return Obligations(graph, fairness)
    from uringcheck.explore.native_behaviours import NativeObligations

    return NativeObligations(graph, fairness)


def search_of(graph: Graph, valuation: Valuation, obligations: Obligations, case: Case) -> Cycles:
    """The search for one case, by native code where it can."""
    if graph.native is not None:
        from uringcheck.explore.native_behaviours import NativeCaseSearch, NativeObligations, searches

        if isinstance(obligations, NativeObligations) and searches(graph, obligations.count, case):
            return NativeCaseSearch(graph, valuation, obligations, case)
    return CaseSearch(graph, valuation, obligations, case)


def _length(walk: Walk) -> int:
    return len(walk[1]) + len(walk[2])
