"""Temporal properties: the verdicts of the corpus, traps, lassos, and what is said when nothing can be decided."""

from __future__ import annotations

import itertools

import pytest
from figures import LIVENESS, NEVER_DECIDED, Liveness
from snapshots import check_snapshot
from test_corpus import program, tree

from uringcheck.diagnostics import EngineDisagreement, SpecError
from uringcheck.explore.components import components
from uringcheck.explore.doom import Doom
from uringcheck.explore.graph import reachable_graph
from uringcheck.explore.outcome import Cut, Lasso, Limits, Request
from uringcheck.explore.search import search
from uringcheck.explore.temporal import TemporalVerdict, decide_all
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_text, models_in
from uringcheck.lang.plain import PlainRun
from uringcheck.lang.tree import Tree, elaborate
from uringcheck.report.export import export
from uringcheck.trace.itf import itf_text, parse_itf
from uringcheck.trace.lassos import replayed_lasso
from uringcheck.trace.verify import replay_itf

_numbers = itertools.count()

HEAD = """
from uringcheck import (Model, action, always_eventually, constraint, eventually, eventually_always, happens, implies,
                        leads_to, one_of, progresses, require, strong, strong_each, temporal, var, weak, weak_each)

"""

#: A request that is issued, and then served, or dropped and never served. `wait` changes nothing.
REQUEST = """
class Request(Model):
    phase: int = var(0, 3)
    ticks: int = var(0, 2)
    lost: bool = var(False)

    @action
    def issue(self) -> None:
        require(self.phase == 0)
        self.phase = 1

    @action
    def serve(self) -> None:
        require(self.phase == 1)
        self.phase = 2

    @action
    def drop(self) -> None:
        require(self.phase == 1)
        self.phase = 3

    @action
    def tick(self, by: int = one_of(1, 2)) -> None:
        self.ticks = (self.ticks + by) % 3

    @action
    def wait(self) -> None:
        self.ticks = self.ticks

"""


def tree_of(text: str) -> Tree:
    """The last model of a spec."""
    return elaborate(models_in(load_text(HEAD + text, f"<temporal {next(_numbers)}>"))[-1])


def compiled(text: str) -> Program:
    """A spec, compiled."""
    return specialise(compile_tree(tree_of(text)))


def request(decorator: str, formula: str) -> TemporalVerdict:
    """The verdict on a formula about `m: Request`."""
    text = f"{REQUEST}\n@temporal({decorator})\ndef asked(m: Request) -> bool:\n    return {formula}\n"
    return decide_all(compiled(text))["asked"]


def shape(found: TemporalVerdict) -> str:
    """`stuttering` or `cycle`."""
    assert found.lasso is not None
    return "stuttering" if found.lasso.stutters else "cycle"


# --- the corpus -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", LIVENESS, ids=lambda row: row.property)
def test_the_verdict_is_the_one_other_checkers_gave(row: Liveness) -> None:
    """Every row of the table, with the shape of its counterexample where that is known."""
    found = decide_all(program(row.model), names=[row.property])[row.property]
    assert (found.verdict, found.reason) == ("holds" if row.holds else "violated", "")
    if row.shape:
        assert shape(found) == row.shape


@pytest.mark.parametrize("row", [row for row in LIVENESS if not row.holds], ids=lambda row: row.property)
def test_the_plain_run_confirms_every_lasso_and_its_file(row: Liveness) -> None:
    """Each counterexample is executed by CPython, written down, read back and executed again."""
    of, run = program(row.model), PlainRun(tree(row.model))
    lasso = decide_all(of, names=[row.property])[row.property].lasso
    assert lasso is not None
    trace = replayed_lasso(run, of, lasso, row.property)
    assert trace.loop == lasso.loop_start
    text = itf_text(trace)
    assert f'"loop": {lasso.loop_start},' in text
    again = replay_itf(parse_itf(text), run, of)
    assert itf_text(again) == text
    assert set(trace.in_vain).isdisjoint(step.text for step in trace.steps[lasso.loop_start :])


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("traps/unfair_self_loop", "returns_to_zero_again_and_again"),
        ("traps/nothing_need_happen", "raised_some_time"),
    ],
)
def test_what_is_repeated_for_ever_is_marked_on_the_page_and_in_the_diagram(model: str, name: str) -> None:
    """A snapshot for a cycle and one for a behaviour in which nothing more happens."""
    of = program(model)
    lasso = decide_all(of, names=[name])[name].lasso
    assert lasso is not None
    check_snapshot(f"lasso_{name}.md", export(replayed_lasso(PlainRun(tree(model)), of, lasso, name), "md"))


@pytest.mark.parametrize(("model", "name"), NEVER_DECIDED)
def test_a_constraint_that_cut_anything_is_never_a_pass(model: str, name: str) -> None:
    """What lies behind a cut state is unknown."""
    found = decide_all(program(model))[name]
    assert (found.verdict, found.lasso) == ("not decided", None)
    assert "constraint" in found.reason


@pytest.mark.parametrize("model", sorted({row.model for row in LIVENESS}))
def test_the_graph_has_the_states_and_steps_of_the_search(model: str) -> None:
    """All states in the order of discovery, and every transition but those that change nothing."""
    of = program(model)
    outcome, graph = search(of, Request(all_violations=True, graph_stats=True)), reachable_graph(of)
    assert graph.cut_by is None
    assert graph.size == outcome.states == sum(graph.expanded)
    pairs = {(s, graph.targets[e]) for s in range(graph.size) for e in range(graph.offsets[s], graph.offsets[s + 1])}
    assert all(source != target for source, target in pairs)
    assert len(pairs) + outcome.self_loops == outcome.edges


# --- never more than is known ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limits", "cut"), [(Limits(states=30), Cut.STATES), (Limits(depth=3), Cut.DEPTH)])
def test_a_cut_graph_keeps_whole_levels_and_decides_nothing_good(limits: Limits, cut: Cut) -> None:
    """A limit leaves the levels that the search reports, and no property holds on them."""
    of = program("prisoners")
    graph, outcome = reachable_graph(of, Request(limits)), search(of, Request(limits))
    assert (graph.cut_by, graph.size) == (cut, outcome.states)
    found = decide_all(of, Request(limits))
    assert found["declared_if_everybody_visits"].verdict == "not decided"
    assert "limit" in found["declared_if_everybody_visits"].reason


def test_a_violation_in_the_known_part_of_a_cut_graph_is_one() -> None:
    """Who may stutter at the start may do so however far the graph is known."""
    found = decide_all(program("prisoners"), Request(Limits(states=30)))["declared_without_fairness"]
    assert (found.verdict, shape(found)) == ("violated", "stuttering")


def test_no_behaviour_ends_in_a_state_that_was_not_expanded() -> None:
    """At the edge of the known graph nothing is known to be disabled, so resting there is not known to be fair."""
    text = """
class Line(Model):
    x: int = var(0, 9)

    @action
    def up(self) -> None:
        require(self.x < 9)
        self.x += 1

@temporal(weak(Line.up))
def arrives(m: Line) -> bool:
    return eventually(m.x == 9)
"""
    assert decide_all(compiled(text))["arrives"].verdict == "holds"
    found = decide_all(compiled(text), Request(Limits(depth=4)))["arrives"]
    assert (found.verdict, found.lasso) == ("not decided", None)


def test_a_step_that_fails_leaves_the_rest_undecided() -> None:
    """What would have come after a domain violation is unknown."""
    text = """
class Line(Model):
    x: int = var(0, 3)

    @action
    def up(self) -> None:
        self.x += 1

@temporal(weak(Line.up))
def arrives(m: Line) -> bool:
    return eventually(m.x == 3)

@temporal(weak(Line.up))
def leaves(m: Line) -> bool:
    return always_eventually(m.x < 3)
"""
    found = decide_all(compiled(text))
    assert {name: (one.verdict, one.lasso) for name, one in found.items()} == {
        "arrives": ("not decided", None),
        "leaves": ("not decided", None),
    }
    assert all("failed" in one.reason for one in found.values())


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("eventually(m.phase == 1 and eventually(m.phase == 2 and eventually(m.ticks == 1)))", "orders several"),
        ("happens(Request.issue)", "first step"),
        ("eventually_always(happens(Request.tick))", "stutters"),
    ],
)
def test_formulas_outside_of_what_is_decided_are_refused_by_name(formula: str, words: str) -> None:
    """Never guessed: not decided, and why."""
    found = request("", f"not {formula}" if "phase" in formula else formula)
    assert found.verdict == "not decided"
    assert words in found.reason


def test_a_predicate_without_a_value_decides_nothing() -> None:
    """Where a predicate cannot be evaluated the property neither holds nor fails."""
    text = """
from uringcheck import Queue, ints, queue

class Box(Model):
    waiting: Queue[int] = queue(1, ints(0, 1))

    @action
    def put(self) -> None:
        require(self.waiting.empty)
        self.waiting.push(1)

@temporal(weak(Box.put))
def one_comes(m: Box) -> bool:
    return eventually(m.waiting.head == 1)
"""
    found = decide_all(compiled(text))["one_comes"]
    assert found.verdict == "not decided"
    assert "has no value" in found.reason


# --- fairness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fairness", "verdict"),
    [
        ("", "violated"),
        ("weak(Request.issue)", "holds"),
        ("weak(Request.issue, Request.tick)", "violated"),
        ("strong(Request.issue)", "holds"),
        ("weak(Request.wait)", "violated"),
    ],
)
def test_fairness_of_a_group_is_met_by_any_of_it(fairness: str, verdict: str) -> None:
    """A group that ticks on and on owes nothing to a request; a step that changes nothing is no step."""
    assert request(fairness, "eventually(m.phase != 0)").verdict == verdict


def test_fairness_of_each_instance_is_more_than_of_the_action() -> None:
    """Ticking by one only is fair to `tick`, not to each instance of it."""
    formula = "always_eventually(happens(Request.tick, 2))"
    assert request("weak(Request.tick)", formula).verdict == "violated"
    assert request("weak_each(Request.tick)", formula).verdict == "holds"


SWITCH = """
class Switch(Model):
    on: bool = var(False)
    done: bool = var(False)

    @action
    def flip(self) -> None:
        require(not self.done)
        self.on = not self.on

    @action
    def finish(self) -> None:
        require(self.on and not self.done)
        self.done = True

@temporal(weak(Switch.flip), {fairness})
def finishes(m: Switch) -> bool:
    return eventually(m.done)
"""


@pytest.mark.parametrize(("fairness", "verdict"), [("weak", "violated"), ("strong", "holds")])
def test_strong_fairness_is_for_what_is_enabled_again_and_again(fairness: str, verdict: str) -> None:
    """An action that is disabled in between is never owed by weak fairness."""
    text = SWITCH.format(fairness=f"{fairness}(Switch.finish)")
    found = decide_all(compiled(text))["finishes"]
    assert found.verdict == verdict
    if verdict == "violated":
        assert found.lasso is not None
        assert [step.action for step in found.lasso.loop] == ["flip", "flip"]
        assert [step.action for step in found.lasso.in_vain] == ["finish"]


@pytest.mark.parametrize(
    ("actions", "verdict"),
    [("Switch.flip", "holds"), ("Switch.finish", "violated"), ("Switch.finish, Switch.flip", "holds")],
)
def test_a_cycle_without_progress_is_found(actions: str, verdict: str) -> None:
    """Flipping for ever is a cycle; finishing ends everything, and what has ended need not progress."""
    text = SWITCH.format(fairness="weak(Switch.finish)")
    text += f"\n@temporal()\ndef goes_on(m: Switch) -> bool:\n    return progresses({actions})\n"
    found = decide_all(compiled(text))["goes_on"]
    assert found.verdict == verdict
    if verdict == "violated":
        assert found.lasso is not None
        assert [step.action for step in found.lasso.loop] == ["flip", "flip"]


@pytest.mark.parametrize(("call", "code"), [("progresses()", "UC206"), ("progresses(len)", "UC404")])
def test_progress_names_actions(call: str, code: str) -> None:
    """What names no action is refused."""
    text = SWITCH.format(fairness="weak(Switch.finish)")
    with pytest.raises(SpecError) as refused:
        compiled(f"{text}\n@temporal()\ndef goes_on(m: Switch) -> bool:\n    return {call}\n")
    assert refused.value.diagnostics[0].code == code


def test_a_fair_cycle_is_found_inside_of_an_unfair_component() -> None:
    """The whole component enables `out` and never takes it; below the states that do, a fair cycle is left."""
    text = """
class Nested(Model):
    x: int = var(0, 3)

    @action
    def round(self, to: int = one_of(0, 2)) -> None:
        require(self.x != 3 and to != self.x)
        self.x = to

    @action
    def out(self) -> None:
        require(self.x == 2)
        self.x = 3

@temporal(strong(Nested.out), weak(Nested.round))
def leaves(m: Nested) -> bool:
    return eventually(m.x == 3)

@temporal(strong(Nested.out), strong_each(Nested.round))
def leaves_if_everything_is_tried(m: Nested) -> bool:
    return eventually(m.x == 3)
"""
    found = decide_all(compiled(text))
    assert found["leaves_if_everything_is_tried"].verdict == "holds"
    lasso = found["leaves"].lasso
    assert lasso is not None
    assert [step.arguments for step in lasso.loop] == [(1,), (0,)]


# --- formulas -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("m.phase == 0", "holds"),
        ("m.phase == 1", "violated"),
        ("implies(eventually(m.phase == 1), eventually(m.phase in (2, 3)))", "holds"),
        ("implies(eventually(m.phase == 1), eventually(m.phase == 2))", "violated"),
        ("leads_to(happens(Request.issue), happens(Request.serve) or happens(Request.drop))", "holds"),
        ("leads_to(happens(Request.serve), m.phase == 3)", "violated"),
        ("implies(leads_to(m.phase == 1, m.phase == 2), not eventually(m.phase == 3))", "holds"),
        ("implies(leads_to(m.phase == 1, happens(Request.serve)), not eventually(m.phase == 2))", "violated"),
        ("implies(not eventually(m.phase == 3), eventually_always(m.phase == 2))", "holds"),
        ("eventually_always(m.phase == 2) or eventually_always(m.phase == 3)", "holds"),
        ("eventually_always(m.phase == 2)", "violated"),
        ("always_eventually(m.phase == 2 or m.phase == 3)", "holds"),
        ("implies(always_eventually(m.ticks == 1), always_eventually(happens(Request.tick)))", "violated"),
        ("all(implies(m.phase == p, eventually(m.phase > p)) for p in range(2))", "holds"),
        ("eventually(eventually_always(m.phase > 1))", "holds"),
        ("always_eventually(m.phase > 1 and eventually(m.phase == 2))", "violated"),
    ],
)
def test_boolean_combinations_of_the_four_forms(formula: str, verdict: str) -> None:
    """Under weak fairness of `issue`, and of serving or dropping; nothing else has to happen."""
    found = request("weak(Request.issue), weak(Request.serve, Request.drop)", formula)
    assert (found.verdict, found.reason) == (verdict, "")


def test_for_ever_from_some_time_is_not_again_and_again() -> None:
    """`<>[]p` is not `[]<>p`: ticking leaves 0 again and again, and comes back."""
    assert request("weak(Request.tick)", "always_eventually(m.ticks != 0)").verdict == "holds"
    found = request("weak(Request.tick)", "eventually_always(m.ticks != 0)")
    assert (found.verdict, shape(found)) == ("violated", "cycle")


# --- what a violation and an empty success say ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "steps", "doom"),
    [
        ("eventually(m.phase == 2)", ["issue", "drop"], Doom(2, (1, 2))),
        ("eventually(m.phase > 3)", ["issue", "drop"], Doom(0, ())),
        ("leads_to(m.phase == 1, m.phase == 2)", ["issue", "drop"], Doom(2, (1, 2))),
    ],
)
def test_the_point_of_no_return_and_the_steps_nobody_goes_around(formula: str, steps: list[str], doom: Doom) -> None:
    """A request is lost when it is dropped, and only then."""
    found = request("weak(Request.issue), weak(Request.serve, Request.drop)", formula)
    assert found.lasso is not None
    if doom.unavoidable:
        assert [step.action for step in found.lasso.path.steps] == steps
    assert found.doom is not None
    assert found.doom.point_of_no_return == doom.point_of_no_return


def test_what_could_still_go_well_is_not_called_inevitable() -> None:
    """A behaviour that merely rests was not lost at any point."""
    found = request("", "eventually(m.phase == 2)")
    assert found.lasso is not None
    assert found.lasso.path.steps == ()
    assert found.lasso.stutters
    assert found.doom == Doom(None, ())
    assert [step.action for step in found.lasso.not_obliged] == ["issue", "tick", "tick"]


@pytest.mark.parametrize(
    ("fairness", "formula", "words"),
    [
        ("", "leads_to(m.lost, m.phase == 1)", "never true"),
        ("", "implies(eventually(m.phase == 2) and eventually(m.phase == 3), eventually(m.lost))", "never true"),
        ("weak(Request.tick)", "leads_to(m.phase == 2, m.phase == 2)", "true of every behaviour"),
        ("weak(Request.tick)", "eventually(m.phase == 0)", "does not matter"),
    ],
)
def test_a_property_that_asks_nothing_says_so(fairness: str, formula: str, words: str) -> None:
    """Premises that are never true, tautologies, and fairness without use."""
    found = request(fairness, formula)
    assert found.verdict == "holds"
    assert any(words in sentence for sentence in found.vacuous)


def test_fairness_of_what_changes_nothing_is_idle() -> None:
    """`wait` is enabled everywhere and changes nothing, so fairness of it assumes nothing."""
    found = request("weak(Request.wait), weak(Request.tick)", "eventually(m.phase == 1)")
    assert [claim.actions for claim in found.idle] == [("wait",)]


def test_a_property_that_asks_something_is_not_called_vacuous() -> None:
    """Needed fairness and premises that come true are not reported."""
    found = request("weak(Request.issue)", "implies(m.phase == 0, eventually(m.phase == 1))")
    assert (found.verdict, found.vacuous) == ("holds", ())


def test_it_is_enough_that_one_element_of_an_all_asks_something() -> None:
    """The premise is `m.lost`, which never comes true, for one element, and true in the end for the other."""
    cause = "(m.lost and n == 1) or (m.phase == 2 and n == 0)"
    found = request("", f"all(leads_to({cause}, m.phase > 1) for n in range(2))")
    assert (found.verdict, found.vacuous) == ("holds", ())
    found = request("", f"all(leads_to({cause}, m.phase > 1) for n in range(1, 2))")
    assert found.verdict == "holds"
    assert any("never true" in sentence for sentence in found.vacuous)


# --- replay ---------------------------------------------------------------------------------------------------------


def _forged(lasso: Lasso, run: PlainRun, of: Program, name: str) -> str:
    with pytest.raises(EngineDisagreement) as caught:
        replayed_lasso(run, of, lasso, name)
    return str(caught.value)


def test_a_lasso_that_is_not_closed_not_fair_or_no_violation_is_not_told() -> None:
    """The plain run refuses each of them."""
    model = "traps/unfair_self_loop"
    of, run = program(model), PlainRun(tree(model))
    found = decide_all(of)["returns_to_zero_again_and_again"].lasso
    assert found is not None
    assert "does not return" in _forged(Lasso(found.path, 0), run, of, "returns_to_zero_again_and_again")
    assert "satisfies" in _forged(found, run, of, "leaves_zero_again_and_again")
    assert "unfair" in _forged(Lasso(found.path, 3), run, of, "returns_to_zero_again_and_again")


def test_components_are_those_of_the_definition() -> None:
    """Two cycles that share a state are one; a state by itself is none."""
    edges = {0: [1], 1: [2], 2: [0, 3], 3: [4], 4: [3], 5: [0]}
    targets = [target for node in range(6) for target in edges[node]]
    offsets = [sum(len(edges[n]) for n in range(node)) for node in range(7)]
    assert components(offsets, targets) == [[0, 1, 2], [3, 4]]
