"""Verdicts, exit codes and results, as pure functions of what a search found."""

from __future__ import annotations

import itertools

import pytest

from uringcheck.explore.outcome import Cut, Outcome
from uringcheck.run.exit_codes import PRECEDENCE, ExitCode, worst
from uringcheck.run.results import PropertyResult, Result, exit_code, suite_exit_code
from uringcheck.run.verdicts import Kind, Verdict, judge


def made(*verdicts: Verdict, **changes: object) -> Result:
    """A result with one property for each verdict."""
    found = tuple(PropertyResult(f"p{n}", Kind.INVARIANT, verdict) for n, verdict in enumerate(verdicts))
    fields: dict[str, object] = {
        "model": "m",
        "preset": None,
        "params": {},
        "complete": True,
        "cut_by": None,
        "states": 1,
        "transitions": 0,
        "depth": 1,
        "properties": found,
    }
    return Result(**{**fields, **changes})  # type: ignore[arg-type]


def test_the_precedence_names_every_code_once() -> None:
    """A code that is missing from the order could win or lose by accident."""
    assert sorted(PRECEDENCE) == sorted(ExitCode)
    assert [int(code) for code in PRECEDENCE] == [70, 130, 2, 1, 3, 4, 5, 0]


@pytest.mark.parametrize(("left", "right"), [*itertools.permutations(ExitCode, 2)])
def test_the_worse_of_two_codes_wins_in_either_order(left: ExitCode, right: ExitCode) -> None:
    """Precedence, not size: 3 is worse than 4, and 1 worse than 3."""
    expected = min(left, right, key=PRECEDENCE.index)
    assert worst([left, right]) is expected


def test_no_code_at_all_is_success() -> None:
    """Nobody complained."""
    assert worst([]) is ExitCode.OK


STATE_KINDS = [Kind.INVARIANT, Kind.STEP, Kind.DEADLOCK, Kind.DOMAIN, Kind.ASSERT]


@pytest.mark.parametrize("kind", STATE_KINDS)
def test_a_complete_search_without_a_path_holds(kind: Kind) -> None:
    """Everything reachable was judged."""
    assert judge(kind, False, Outcome(complete=True)).verdict is Verdict.HOLDS


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize("kind", [*STATE_KINDS, Kind.GOAL])
def test_a_cut_search_never_says_holds_or_not_found(kind: Kind, cut: Cut) -> None:
    """What was not seen may be anything; only a depth limit leaves a weaker promise, and none about goals."""
    judgement = judge(kind, False, Outcome(complete=False, cut_by=cut))
    bounded = cut is Cut.DEPTH and kind is not Kind.GOAL
    assert judgement.verdict is (Verdict.HOLDS_UP_TO_K if bounded else Verdict.NOT_DECIDED)
    assert judgement.reason


@pytest.mark.parametrize("cut", [None, *Cut])
def test_a_path_decides_whatever_ended_the_search(cut: Cut | None) -> None:
    """A replayed violation stays one, and so does a goal that was reached."""
    outcome = Outcome(complete=cut is None, cut_by=cut)
    assert judge(Kind.INVARIANT, True, outcome).verdict is Verdict.VIOLATED
    assert judge(Kind.GOAL, True, outcome).verdict is Verdict.FOUND


def test_a_goal_that_a_complete_search_missed_is_not_found() -> None:
    """And that counts as a violation for scripts."""
    assert judge(Kind.GOAL, False, Outcome(complete=True)).verdict is Verdict.NOT_FOUND
    assert Verdict.NOT_FOUND.exit_code is ExitCode.VIOLATED


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([Verdict.HOLDS, Verdict.FOUND], 0),
        ([Verdict.HOLDS, Verdict.VIOLATED], 1),
        ([Verdict.NOT_DECIDED, Verdict.VIOLATED], 1),
        ([Verdict.HOLDS, Verdict.NOT_DECIDED], 3),
        ([Verdict.HOLDS, Verdict.HOLDS_UP_TO_K], 3),
        ([Verdict.NOT_FOUND], 1),
        ([], 5),
    ],
)
def test_plain_verdicts_decide_the_exit_code(verdicts: list[Verdict], expected: int) -> None:
    """The table of `check MODEL`."""
    assert exit_code((made(*verdicts),)) == expected


def test_vacuity_counts_only_under_strict_and_only_when_nothing_is_worse() -> None:
    """Not decided is worse than vacuous: 3 before 4."""
    vacuous = made(Verdict.HOLDS, vacuous=("action `a` never fired",))
    assert exit_code((vacuous,)) == 0
    assert exit_code((vacuous,), strict=True) == 4
    assert exit_code((vacuous, made(Verdict.NOT_DECIDED)), strict=True) == 3


def test_an_interruption_wins_over_a_violation() -> None:
    """What was found was printed, but the run is not what was asked for."""
    assert exit_code((made(Verdict.VIOLATED, interrupted=True),)) == 130


def expecting(
    verdict: Verdict, expected: Verdict | None, steps: int | None = None, wanted: int | None = None
) -> Result:
    """A result of one property with an expectation."""
    found = PropertyResult(
        "p", Kind.INVARIANT, verdict, steps=steps, expected=expected, expected_steps=wanted, in_suite=True
    )
    return made().with_properties((found,))


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (expecting(Verdict.VIOLATED, Verdict.VIOLATED), 0),
        (expecting(Verdict.VIOLATED, Verdict.VIOLATED, 5, 5), 0),
        (expecting(Verdict.VIOLATED, Verdict.VIOLATED, 5, 6), 1),
        (expecting(Verdict.HOLDS, Verdict.VIOLATED), 1),
        (expecting(Verdict.NOT_DECIDED, Verdict.NOT_DECIDED), 0),
        (expecting(Verdict.HOLDS, Verdict.NOT_DECIDED), 1),
        (expecting(Verdict.HOLDS, None), 0),
        (expecting(Verdict.VIOLATED, None), 1),
        (made(absent=("assert",)), 1),
    ],
)
def test_expectations_decide_how_a_suite_ends(result: Result, code: int) -> None:
    """A seeded bug must be found, with its length; silence does not excuse a violation."""
    assert suite_exit_code((result,)) == code


def test_an_empty_suite_has_nothing_to_check() -> None:
    """Which is not a success."""
    assert suite_exit_code(()) == 5
