"""The search finds what is there, says what it left out, and tells the least of all shortest stories."""

from __future__ import annotations

import gc
import itertools
from dataclasses import replace

import pytest

from uringcheck.explore.memory import resident
from uringcheck.explore.outcome import Cut, Limits, Outcome, Progress, Request, Step
from uringcheck.explore.search import search
from uringcheck.explore.vacuity import vacuity
from uringcheck.ir.nodes import Failure
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model, load_text, models_in
from uringcheck.lang.tree import elaborate

_numbers = itertools.count()

EVERYTHING = Request(all_violations=True, graph_stats=True)


def compiled(text: str) -> Program:
    """The program of a spec given as text."""
    module = load_text("from uringcheck import *\n" + text, f"<test_search {next(_numbers)}>")
    return specialise(compile_tree(elaborate(models_in(module)[-1])))


def found(text: str, request: Request = EVERYTHING) -> Outcome:
    """What a search finds in a spec given as text."""
    return search(compiled(text), request)


def steps(outcome: Outcome, name: str) -> list[str]:
    """The actions of a path, with their arguments."""
    return [step.action + (str(list(step.arguments)) if step.arguments else "") for step in outcome.paths[name].steps]


COUNTER = '''
class Counter(Model):
    """Counts to LAST and stays there."""
    LAST: int = param(4, 1, 50, "where it stops")
    n: int = var(0, LAST)

    @action
    def up(self) -> None:
        """One more."""
        require(self.n < self.LAST)
        self.n += 1
'''


def test_bounded_cq_has_the_states_that_can_be_counted_by_hand() -> None:
    """ring 0..2 and parked with ring + parked <= 4: 12 states, of which the last is 8 steps away."""
    outcome = search(specialise(compile_tree(elaborate(find_model("bounded_cq")))), EVERYTHING)
    assert outcome.levels == [1, 1, 1, 1, 2, 2, 2, 1, 1]
    assert (outcome.states, outcome.transitions, outcome.terminal, outcome.complete) == (12, 23, 0, True)
    assert (outcome.fired, outcome.new) == ([9, 7, 7], [6, 5, 0])
    assert steps(outcome, "overflow_seen") == ["post", "post", "post"]


# --- what is found --------------------------------------------------------------------------------------------------


def test_a_state_without_successor_is_a_deadlock_unless_the_model_calls_it_final() -> None:
    """Without @final every such state is reported; with it, those that it does not admit."""
    final = '\n\n@final\ndef {name}(c: Counter) -> bool:\n    """Where it may stop."""\n    return c.n == {where}\n'
    assert steps(found(COUNTER), "no_deadlock") == ["up"] * 4
    assert found(COUNTER + final.format(name="done", where=4)).paths == {}
    outcome = found(COUNTER + final.format(name="done", where=3))
    assert list(outcome.paths) == ["done"]
    assert outcome.terminal == 1


def test_of_all_shortest_paths_the_least_is_told() -> None:
    """Earlier actions come first, then smaller arguments, whichever way the last step goes."""
    outcome = found('''
class Grid(Model):
    """Two numbers, each of which can be raised."""
    x: int = var(0, 2)
    y: int = var(0, 2)

    @action
    def right(self, by: int = one_of(1, 2)) -> None:
        """Further right."""
        require(self.x + by <= 2)
        self.x += by

    @action
    def up(self) -> None:
        """Higher."""
        require(self.y < 2)
        self.y += 1


@always
def not_there(g: Grid) -> bool:
    """Never in the corner."""
    return not (g.x == 2 and g.y == 1)
''')
    assert steps(outcome, "not_there") == ["right[2]", "up"]
    assert steps(outcome, "no_deadlock") == ["right[2]", "up", "up"]


def test_a_start_is_told_by_name_and_a_state_reached_from_two_starts_counts_once() -> None:
    """The least @init instance that leads to the state is the one in the path."""
    outcome = found('''
class Starts(Model):
    """Starts in two states."""
    n: int = var(0, 1)

    @init
    def begin(self, by: int = one_of(0, 3)) -> None:
        """Even or odd."""
        self.n = by % 2

    @action
    def stay(self) -> None:
        """Nothing happens."""
        self.n = self.n


@always
def even(s: Starts) -> bool:
    """Always even."""
    return s.n == 0
''')
    assert (outcome.initial, outcome.states, outcome.self_loops, outcome.edges) == (2, 2, 2, 2)
    assert outcome.paths["even"].start == Step("begin", (1,))
    assert outcome.paths["even"].states == ((1,),)


STEPS = '''
class Flip(Model):
    """A switch and a counter."""
    on: bool = var(False)
    n: int = var(0, 2)

    @action
    def flip(self) -> None:
        """The switch changes."""
        self.on = not self.on

    @action
    def count(self) -> None:
        """The counter goes round."""
        self.n = (self.n + 1) % 3


@step
def grows(before: Flip, after: Flip) -> bool:
    """The counter never falls."""
    return implies(after.n != before.n, after.n > before.n)


@step
def still(before: Flip, after: Flip) -> bool:
    """What the switch does is all there is."""
    return implies(before.n == after.n, after.on != before.on)
'''


def test_step_properties_are_judged_on_every_step_that_can_matter() -> None:
    """The path ends with the step that breaks the property; antecedents are met on any step, broken or not."""
    outcome = found(STEPS)
    assert steps(outcome, "grows") == ["count", "count", "count"]
    assert outcome.paths["grows"].states[-1] == (False, 0)
    assert list(outcome.paths) == ["grows"]
    assert outcome.antecedents == {("grows", 0), ("still", 0)}


def test_a_constraint_cuts_expansion_but_not_judgement() -> None:
    """States outside are counted, checked and left; the search is then not complete."""
    cut = '''

@constraint
def low(c: Counter) -> bool:
    """Only small numbers are explored."""
    return c.n < 2


@always
def below(c: Counter) -> bool:
    """Never two."""
    return c.n < 2
'''
    outcome = found(COUNTER + cut)
    assert (outcome.levels, outcome.cut_states, outcome.cut_by) == ([1, 1, 1], 1, Cut.CONSTRAINT)
    assert steps(outcome, "below") == ["up", "up"]
    assert outcome.terminal == 0


# --- failures -------------------------------------------------------------------------------------------------------

FAILING = '''
class Failing(Model):
    """Leaves its range."""
    n: int = var(0, 3)
    other: bool = var(False)

    @action
    def up(self) -> None:
        """One more."""
        self.n += 1

    @action
    def aside(self) -> None:
        """Something else."""
        assert self.n < 2, "only while small"
        self.other = True
'''


def test_a_failed_step_has_no_target_and_everything_else_goes_on() -> None:
    """It counts as a step of the path, and not as a transition; the search is incomplete."""
    outcome = found(FAILING)
    assert (outcome.states, outcome.complete, outcome.cut_by) == (8, False, Cut.FAILURE)
    assert steps(outcome, "domain") == ["up"] * 4
    assert len(outcome.paths["domain"].states) == 4
    assert steps(outcome, "assert") == ["up", "up", "aside"]
    assert outcome.failed == [2, 4]
    assert outcome.fired == [6, 4]
    assert outcome.transitions == 10
    failed = outcome.paths["assert"].failed
    assert failed is not None
    assert (failed.failure, failed.message, failed.judged) == (Failure.ASSERT, "only while small", None)
    assert "no_deadlock" not in outcome.paths


def test_a_failed_start_has_no_states() -> None:
    """The path is the start alone."""
    outcome = found('''
class Bad(Model):
    """Starts outside its range for one argument."""
    n: int = var(0, 1)

    @init
    def begin(self, at: int = one_of(1, 2)) -> None:
        """Somewhere."""
        self.n = at

    @action
    def stay(self) -> None:
        """Nothing."""
        self.n = 1
''')
    path = outcome.paths["domain"]
    assert (path.start, path.states, path.steps) == (Step("begin", (2,)), (), ())
    assert (outcome.initial, outcome.cut_by) == (1, Cut.FAILURE)


def test_a_property_that_cannot_be_judged_is_a_failure_at_the_state() -> None:
    """The path ends in the state, and the failure names the property and its line."""
    row = '''

class Row(Record):
    """A small number."""
    value: int = field(0, 2)


@always
def looks_far(c: Counter) -> bool:
    """Makes a row of every number."""
    return Row(value=c.n).value < 9
'''
    outcome = found(COUNTER + row)
    path = outcome.paths["domain"]
    assert path.states[-1] == (3,)
    assert len(path.steps) == 3
    assert path.failed is not None
    assert path.failed.judged == "looks_far"
    assert "looks_far" not in outcome.paths
    assert (outcome.states, outcome.cut_by) == (5, Cut.FAILURE)


def test_of_failures_on_equally_long_paths_the_least_path_is_told() -> None:
    """A later action that fails after an earlier first step beats an earlier action after a later first step."""
    outcome = found('''
class Two(Model):
    """Fails in two ways after one step."""
    side: int = var(0, 2)

    @action
    def fail(self) -> None:
        """Fails on the second side."""
        require(self.side == 2)
        self.side = 3

    @action
    def left(self) -> None:
        """To the first side."""
        require(self.side == 0)
        self.side = 1

    @action
    def right(self) -> None:
        """To the second side."""
        require(self.side == 0)
        self.side = 2

    @action
    def last(self) -> None:
        """Fails on the first side."""
        require(self.side == 1)
        self.side = 3
''')
    assert steps(outcome, "domain") == ["left", "last"]


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_run_stops_at_the_end_of_the_level_of_the_first_violation() -> None:
    """All that is violated on that level is reported, and nothing behind it was searched."""
    never = "\n\n@always\ndef {name}(c: Counter) -> bool:\n    '''Not there.'''\n    return c.n != {at}\n"
    text = COUNTER + never.format(name="two", at=2) + never.format(name="three", at=3)
    outcome = found(text, Request())
    assert (list(outcome.paths), outcome.levels, outcome.cut_by) == (["two"], [1, 1, 1], Cut.VIOLATION)
    assert list(found(text).paths) == ["two", "three", "no_deadlock"]


def test_a_violation_on_the_last_level_leaves_nothing_out() -> None:
    """The search is complete although it would have stopped."""
    outcome = found(COUNTER, Request())
    assert (outcome.complete, list(outcome.paths)) == (True, ["no_deadlock"])


@pytest.mark.parametrize("limit", range(1, 13))
def test_a_limit_on_states_reports_whole_levels_only(limit: int) -> None:
    """The counts are those of the last level that fits, whatever was seen of the next."""
    program = specialise(compile_tree(elaborate(find_model("bounded_cq"))))
    levels = [1, 1, 1, 1, 2, 2, 2, 1, 1]
    outcome = search(program, Request(Limits(states=limit), all_violations=True))
    kept = outcome.levels
    assert kept == levels[: len(kept)]
    assert sum(kept) <= limit
    assert outcome.cut_by is (None if limit >= 12 else Cut.STATES)
    if limit < 12:
        assert sum(kept) + levels[len(kept)] > limit
    assert sum(outcome.new) == outcome.states - 1


def test_a_limit_on_depth_covers_every_behaviour_of_that_many_actions() -> None:
    """The states of the last level are judged too, deadlocks included, and what lies behind is not."""
    outcome = found(COUNTER, Request(Limits(depth=3)))
    assert (outcome.levels, outcome.transitions, outcome.cut_by, outcome.paths) == ([1, 1, 1, 1], 3, Cut.DEPTH, {})
    branching = (
        COUNTER.replace("require(self.n < self.LAST)", "require(self.n < self.LAST and self.n != 2)")
        + '''
    @action
    def jump(self) -> None:
        """Over the gap."""
        require(self.n == 1)
        self.n = 3
'''
    )
    outcome = found(branching, Request(Limits(depth=2)))
    assert steps(outcome, "no_deadlock") == ["up", "up"]
    assert (outcome.terminal, outcome.cut_by) == (1, Cut.DEPTH)


def test_a_limit_on_depth_that_nothing_exceeds_is_no_cut() -> None:
    """When no step leads out of the last level, the search was complete."""
    assert found(COUNTER, Request(Limits(depth=4))).complete


def test_a_failure_behind_the_limit_on_depth_is_not_found() -> None:
    """It would need one action more than was asked for."""
    assert found(FAILING, Request(Limits(depth=2))).paths == {}
    assert found(FAILING, Request(Limits(depth=2))).cut_by is Cut.DEPTH
    assert list(found(FAILING, Request(Limits(depth=3))).paths) == ["assert"]


#: Values of each digit: enough for a search that outlasts every limit of these tests.
DIGITS = 16

WIDE = '''
class Wide(Model):
    """A million states, some of them wrong."""
    a: int = var(0, 15)
    b: int = var(0, 15)
    c: int = var(0, 15)
    d: int = var(0, 15)
    e: int = var(0, 15)

    @action
    def turn(self, which: int = one_of(0, 4)) -> None:
        """One digit moves."""
        if which == 0:
            self.a = (self.a + 1) % 16
        elif which == 1:
            self.b = (self.b + 1) % 16
        elif which == 2:
            self.c = (self.c + 1) % 16
        elif which == 3:
            self.d = (self.d + 1) % 16
        else:
            self.e = (self.e + 1) % 16


@always
def not_three(w: Wide) -> bool:
    """The digits never add up to three."""
    return w.a + w.b + w.c + w.d + w.e != 3
'''


def whole_levels(outcome: Outcome) -> bool:
    """Whether the levels are the beginning of those of five digits that add up."""
    sums = [1]
    for _ in range(5):
        sums = [sum(sums[max(0, total - DIGITS + 1) : total + 1]) for total in range(len(sums) + DIGITS - 1)]
    return outcome.levels == sums[: len(outcome.levels)]


def test_a_clock_a_memory_limit_and_an_interruption_keep_whole_levels_and_what_was_violated() -> None:
    """Whatever ends the search, the counts are those of complete levels and the violations stay."""

    def interrupt(progress: Progress) -> None:
        if progress.depth > 10:
            raise KeyboardInterrupt

    program = compiled(WIDE)
    requests = {
        Cut.SECONDS: Request(Limits(seconds=0.5), all_violations=True),
        Cut.INTERRUPTED: Request(all_violations=True, observe=interrupt),
    }
    for cut, request in requests.items():
        outcome = search(program, request)
        assert (outcome.cut_by, outcome.complete) == (cut, False)
        assert whole_levels(outcome)
        assert outcome.states < DIGITS**5
        assert steps(outcome, "not_three") == ["turn[0]"] * 3
    assert outcome.depth > 10


def test_a_search_stays_within_its_memory_limit() -> None:
    """The process never holds more than one part in twenty above the limit, as far as it can be seen from here."""
    most = 0.0

    def watch(progress: Progress) -> None:
        nonlocal most
        most = max(most, resident())

    limit = resident() + 40
    outcome = search(
        compiled(WIDE),
        Request(Limits(memory=limit), all_violations=True, observe=watch),
    )
    assert outcome.cut_by is Cut.MEMORY
    assert 0 < max(most, resident()) < limit * 1.05


def test_collection_of_garbage_is_as_before() -> None:
    """A search switches it off for itself only, even when it is interrupted."""

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    assert gc.isenabled()
    search(compiled(WIDE), Request(Limits(seconds=0.2), observe=interrupt))
    assert gc.isenabled()


# --- vacuity --------------------------------------------------------------------------------------------------------

IDLE = '''
extra = toggle(False, "another way")


class Idle(Model):
    """Does one thing only."""
    n: int = var(0, 3)

    @action
    def up(self) -> None:
        """Goes round below three."""
        self.n = (self.n + 1) % 3
        cover(self.n == 1)
        cover(self.n == 3)

    @action
    def never(self) -> None:
        """Not enabled anywhere."""
        require(self.n == 3)
        self.n = 0

    @action
    def other(self) -> None:
        """Needs the toggle."""
        require(extra)
        cover()
        self.n = 0


@always
def vacuous_one(i: Idle) -> bool:
    """Says nothing."""
    return implies(i.n == 3, i.n != 3)


@always
def vacuous_after_returns(i: Idle) -> bool:
    """Says nothing where it gets to what it says."""
    if i.n == 0:
        return True
    if i.n == 1:
        if extra:
            return True
        return False or i.n == 1
    return implies(i.n == 3, i.n != 3)


@always
def disabled_one(i: Idle) -> bool:
    """Says something under the toggle."""
    return implies(extra, i.n == 0)


@always
def useful_after_returns(i: Idle) -> bool:
    """Says something where it gets to what it says."""
    if i.n == 0:
        return True
    return implies(i.n == 2, i.n != 3)


@always
def useful(i: Idle) -> bool:
    """Says something."""
    return implies(i.n == 2, i.n != 3)
'''


def test_what_never_happened_is_told_apart_from_what_the_parameters_rule_out() -> None:
    """Actions, cover points and antecedents, each once."""
    program = compiled(IDLE)
    emptiness = vacuity(program, search(program, EVERYTHING))
    assert [text.split(" (")[0] for text in emptiness.vacuous] == [
        "action never",
        "cover(self.n == 3)",
        "antecedent of vacuous_one",
        "antecedent of vacuous_after_returns",
    ]
    assert [text.split(" (")[0] for text in emptiness.disabled] == [
        "action other",
        "cover()",
        "antecedent of disabled_one",
    ]


def test_a_search_that_was_cut_calls_nothing_vacuous() -> None:
    """What it did not meet may lie where it did not go."""
    program = compiled(IDLE)
    outcome = search(program, Request(Limits(states=1)))
    assert vacuity(program, outcome).vacuous == []
    assert len(vacuity(program, outcome).disabled) == 3


def test_a_program_without_properties_is_searched_all_the_same() -> None:
    """Nothing to judge is no reason not to count."""
    program = replace(compiled(COUNTER), properties=())
    assert search(program, EVERYTHING).states == 5
