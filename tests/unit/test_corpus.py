"""The models of `tests/corpus` have the state spaces that others measured, or that can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from figures import LARGE, LIVENESS, NEVER_DECIDED, SMALL, Figures, Liveness

from uringcheck.explore.outcome import Cut, Outcome, Request, State
from uringcheck.explore.search import search
from uringcheck.ir.program import Program, Property, PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.plain import Failed, PlainRun
from uringcheck.lang.tree import Tree, elaborate

CORPUS = Path(__file__).parent.parent / "corpus"


def tree(model: str, params: dict[str, int] | None = None) -> Tree:
    """A model of the corpus, ready for the plain run."""
    return elaborate(find_model(str(CORPUS / f"{model}.py")), params or {})


def program(model: str, params: dict[str, int] | None = None) -> Program:
    """A model of the corpus, compiled."""
    return specialise(compile_tree(tree(model, params)))


def explored(figures: Figures) -> Outcome:
    """Everything a search finds in a model."""
    return search(program(figures.model, dict(figures.params)), Request(all_violations=True, graph_stats=True))


def counted(figures: Figures) -> dict[str, object]:
    """The figures that a search counts, by name. Levels only where they are known."""
    known: dict[str, object] = {
        name: getattr(figures, name) for name in ("states", "initial", "edges", "self_loops", "depth", "terminal")
    }
    return known if figures.levels is None else {**known, "levels": list(figures.levels)}


@pytest.mark.parametrize("figures", SMALL, ids=str)
def test_the_search_counts_what_others_counted(figures: Figures) -> None:
    """States, edges, levels and terminal states are those of the table."""
    outcome = explored(figures)
    assert outcome.complete
    assert {name: getattr(outcome, name) for name in counted(figures)} == counted(figures)


@pytest.mark.parametrize("figures", SMALL, ids=str)
def test_exactly_the_known_properties_are_violated_at_the_known_depth(figures: Figures) -> None:
    """Each violated safety property has a shortest counterexample of the known length, and no other is violated."""
    outcome = explored(figures)
    assert {name: len(path.steps) for name, path in outcome.paths.items()} == dict(figures.shortest)
    assert all(len(path.states) == len(path.steps) + 1 for path in outcome.paths.values())


@pytest.mark.parametrize("figures", [f for f in SMALL if f.shortest], ids=str)
def test_a_search_that_stops_early_finds_the_first_counterexample(figures: Figures) -> None:
    """Without being asked for all violations, a search ends with the level of the first and says that it was cut."""
    outcome = search(program(figures.model, dict(figures.params)))
    least = min(figures.shortest.values())
    assert {name: len(path.steps) for name, path in outcome.paths.items()} == {
        name: steps for name, steps in figures.shortest.items() if steps == least
    }
    assert outcome.depth == least + 1
    assert (outcome.complete, outcome.cut_by) == (False, Cut.VIOLATION)


def sound(state: State | Failed) -> State:
    """The state, where a step did not fail."""
    assert not isinstance(state, Failed), state.message
    return state


@pytest.mark.parametrize("figures", SMALL, ids=str)
def test_the_plain_run_counts_what_others_counted(figures: Figures) -> None:
    """The author's own functions, executed by CPython, have the state space of the table."""
    run = PlainRun(tree(figures.model, dict(figures.params)))
    level = {sound(state) for _, _, state in run.initial()}
    seen = set(level)
    levels: list[int] = []
    edges = self_loops = terminal = 0
    while level:
        levels.append(len(level))
        found: set[State] = set()
        for state in level:
            targets = {sound(target) for _, _, target in run.successors(state)}
            edges += len(targets)
            self_loops += state in targets
            terminal += not targets
            found |= targets
        level = found - seen
        seen |= level
    plain = {"states": len(seen), "initial": levels[0], "edges": edges, "self_loops": self_loops,
             "depth": len(levels), "terminal": terminal, "levels": levels}  # fmt: skip
    assert {name: plain[name] for name in counted(figures)} == counted(figures)


@pytest.mark.slow
def test_a_search_of_three_million_states_counts_what_can_be_counted_by_hand() -> None:
    """Six counters modulo 12 have 12 ** 6 states."""
    outcome = search(program(LARGE.model, dict(LARGE.params)), Request(all_violations=True))
    assert outcome.complete
    assert (outcome.states, outcome.levels) == (LARGE.states, list(LARGE.levels or ()))
    # Every transition is an edge of its own here, as no two counters lead to the same state.
    assert (outcome.transitions, outcome.self_loops, outcome.terminal) == (LARGE.edges, 0, 0)
    assert {name: len(path.steps) for name, path in outcome.paths.items()} == dict(LARGE.shortest)


def temporal(model: str, name: str) -> Property:
    """A temporal property of a model."""
    (found,) = (p for p in program(model).properties if p.name == name and p.kind is PropertyKind.TEMPORAL)
    return found


@pytest.mark.parametrize("row", LIVENESS, ids=lambda row: row.property)
def test_a_temporal_property_assumes_the_fairness_it_was_judged_under(row: Liveness) -> None:
    """The fairness that a verdict is about is the fairness the property states."""
    found = temporal(row.model, row.property)
    assert found.formula is not None
    assert found.fairness == row.fairness


def test_every_temporal_property_of_the_corpus_has_a_known_verdict() -> None:
    """No temporal property stands in the corpus without a row in the table."""
    models = [str(path.relative_to(CORPUS).with_suffix("")) for path in sorted(CORPUS.rglob("*.py"))]
    stated = {(m, p.name) for m in models for p in program(m).properties if p.kind is PropertyKind.TEMPORAL}
    assert stated == {(row.model, row.property) for row in LIVENESS} | set(NEVER_DECIDED)


def test_fairness_of_whatever_happens_names_every_action() -> None:
    """Properties that assume fairness of the whole next-state relation do not forget an action."""
    for model, name in (
        ("die_hard", "solved_if_they_never_stop"),
        ("two_phase", "all_decide_if_something_moves"),
        ("prisoners", "declared_if_somebody_visits"),
        ("dining_philosophers", "nobody_starves_if_somebody_moves"),
        ("ewd840", "detected_if_something_moves"),
    ):
        (fairness,) = temporal(model, name).fairness
        assert not fairness.strong and not fairness.each
        assert set(fairness.actions) == {action.name for action in program(model).actions}


def test_a_state_that_the_constraint_cuts_is_judged_but_not_followed() -> None:
    """The first state outside the constraint violates its invariant; what lies behind it stays unknown."""
    outcome = search(program("traps/constraint_cuts_the_goal"), Request(all_violations=True))
    assert {name: len(path.steps) for name, path in outcome.paths.items()} == {"never_five": 5}
    assert not outcome.complete
    assert (outcome.cut_by, outcome.cut_states) == (Cut.CONSTRAINT, 1)


def test_a_property_without_a_value_is_not_held_true() -> None:
    """Where a property cannot be evaluated the search says so, at the first such state, and is not complete."""
    outcome = search(program("traps/property_without_value"))
    (path,) = outcome.paths.values()
    assert path.failed is not None and path.failed.judged == "head_is_one"
    assert path.states == (((),),)  # one state, whose queue is empty
    assert not outcome.complete
