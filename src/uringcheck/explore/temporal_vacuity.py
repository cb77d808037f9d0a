"""What a temporal property says less than it seems to: premises that never come true, fairness that never matters."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from uringcheck.explore.graph import Graph
from uringcheck.explore.outcome import Step
from uringcheck.explore.temporal_cases import Unsupported, conjuncts, is_present, operands
from uringcheck.explore.temporal_cases import atoms as atoms_of
from uringcheck.explore.temporal_search import Behaviours
from uringcheck.explore.temporal_truth import Truth, Valuation
from uringcheck.ir import build
from uringcheck.ir.program import Always, And, Atom, Eventually, Fairness, Formula, Happens, LeadsTo, Not, Or

#: A formula is tried on a graph with every valuation of its atoms, two states for each: 32 states at most.
_MOST_ATOMS = 4


def idle_fairness(behaviours: Behaviours, fairness: Sequence[Fairness]) -> list[Fairness]:
    """Conditions that assume nothing: no step of their actions changes any reachable state."""
    enabled = {behaviours.graph.instances[label].action for label in behaviours.graph.labels_in_use()}
    return [claim for claim in fairness if not enabled & set(claim.actions)]


def vacuous_formula(behaviours: Behaviours, formula: Formula, fairness: Sequence[Fairness]) -> list[str]:
    """What is empty in a property that holds.

    The elements of an `all` have one text; it is enough that one of them asks something.
    """
    found: dict[str, None] = {}
    asked: dict[str, bool] = {}
    for conjunct in conjuncts(formula):
        if _always_true(conjunct):
            found[f"`{formula_text(conjunct)}` is true of every behaviour of any model"] = None
            continue
        for premise in _premises(conjunct):
            shown = formula_text(premise.operand if isinstance(premise, Eventually) else premise)
            asked[shown] = asked.get(shown, False) or _possible(behaviours, premise)
    for text, ever in asked.items():
        if not ever:
            found[f"`{text}` is never true, so nothing was asked"] = None
    if fairness and not found:
        without = Behaviours(behaviours.graph, behaviours.valuation, ())
        if not without.some(Not(formula)):
            found["the fairness it assumes does not matter: the property holds without any"] = None
    return list(found)


def _premises(formula: Formula) -> Iterator[Formula]:
    """What some behaviour must satisfy for a conjunct to ask anything."""
    match formula:
        case LeadsTo(cause, _):
            yield Eventually(cause)
        case Or((Not(premise), _)):
            yield premise


def _possible(behaviours: Behaviours, premise: Formula) -> bool:
    """Whether some behaviour satisfies a premise; true where that is not decided."""
    if isinstance(premise, Eventually) and is_present(premise.operand):
        # Whatever is reachable, a fair behaviour reaches: every finite one goes on to be fair.
        truth = behaviours.valuation.truth(premise.operand)
        return 1 in truth.stutter or (truth.edge is not None and 1 in truth.edge)
    try:
        return behaviours.some(premise)
    except Unsupported:
        return True


# --- formulas that are true whatever the model ----------------------------------------------------------------------


def _always_true(formula: Formula) -> bool:
    """Whether every behaviour satisfies the formula, whatever its atoms mean; False where there are too many atoms."""
    atoms = list(dict.fromkeys(atoms_of(formula)))
    free = [atom for atom in atoms if atom.block.body or not build.is_constant(atom.block.result)]
    if len(free) > _MOST_ATOMS:
        return False
    graph = _every_valuation(len(free), list(dict.fromkeys(_happens(formula))))
    known: dict[Formula, Truth] = {}
    for atom in atoms:
        known[atom] = Truth(bytes(bool(atom.block.result.data) for _ in range(graph.size)))
    for place, atom in enumerate(free):
        known[atom] = Truth(bytes(state >> place & 1 for state in range(graph.size)))
    try:
        return not Behaviours(graph, Valuation(None, graph, known), ()).some(Not(formula))
    except Unsupported:
        return False


def _every_valuation(atoms: int, happens: Sequence[Happens]) -> Graph:
    """A graph in which anything can follow anything. Every valuation stands twice, for steps that leave it alone."""
    size = 2 << atoms
    steps = [Step(one.action, one.arguments if one.arguments is not None else ("any",)) for one in happens]
    steps.append(Step("anything else"))
    targets = array("I", [t for s in range(size) for t in range(size) if t != s for _ in steps])
    labels = array("I", [n for s in range(size) for t in range(size) if t != s for n in range(len(steps))])
    offsets = array("Q", range(0, len(targets) + 1, (size - 1) * len(steps)))
    starts = tuple((state, Step("init")) for state in range(size))
    return Graph([()] * size, offsets, targets, labels, tuple(steps), starts, bytearray(b"\1" * size))


def _happens(formula: Formula) -> Iterator[Happens]:
    if isinstance(formula, Happens):
        yield formula
    for part in operands(formula):
        yield from _happens(part)


# --- text -----------------------------------------------------------------------------------------------------------


def formula_text(formula: Formula) -> str:
    """A formula in the author's words."""
    match formula:
        case Atom(_, text):
            return text
        case Happens(action, arguments):
            return f"happens({action})" if arguments is None else f"happens({action}, {', '.join(map(str, arguments))})"
        case Not(operand):
            return f"not ({formula_text(operand)})"
        case And(operands):
            return " and ".join(f"({formula_text(operand)})" for operand in operands) or "True"
        case Or((Not(left), right)):
            return f"implies({formula_text(left)}, {formula_text(right)})"
        case Or(operands):
            return " or ".join(f"({formula_text(operand)})" for operand in operands) or "False"
        case Always(Eventually(operand)):
            return f"always_eventually({formula_text(operand)})"
        case Eventually(Always(operand)):
            return f"eventually_always({formula_text(operand)})"
        case Eventually(operand):
            return f"eventually({formula_text(operand)})"
        case Always(operand):
            return f"always({formula_text(operand)})"
        case LeadsTo(cause, effect):
            return f"leads_to({formula_text(cause)}, {formula_text(effect)})"
