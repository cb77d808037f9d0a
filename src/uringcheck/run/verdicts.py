"""The words for what is known about a property, and when each may be used.

`holds`         the whole reachable state space under the stated parameters was searched
`holds-up-to-k` every behaviour of k actions was covered, and nothing but the depth limit ended the search
`violated`      there is a trace, and the plain run has replayed it
`found`         a goal was reached; there is a replayed trace
`not-found`     a complete search did not reach the goal
`not-decided`   anything else, with the reason
"""

from __future__ import annotations

import enum

from uringcheck.diagnostics import InternalError
from uringcheck.diagnostics.values import value_class
from uringcheck.explore.outcome import Cut, Outcome
from uringcheck.run.exit_codes import ExitCode


class Verdict(enum.Enum):
    """The verdicts, as results and suites spell them."""

    HOLDS = "holds"
    VIOLATED = "violated"
    HOLDS_UP_TO_K = "holds-up-to-k"
    NOT_DECIDED = "not-decided"
    FOUND = "found"
    NOT_FOUND = "not-found"

    @property
    def exit_code(self) -> ExitCode:
        """What a run with this verdict alone ends with."""
        return _EXITS[self]


_EXITS = {
    Verdict.HOLDS: ExitCode.OK,
    Verdict.VIOLATED: ExitCode.VIOLATED,
    Verdict.HOLDS_UP_TO_K: ExitCode.NOT_DECIDED,
    Verdict.NOT_DECIDED: ExitCode.NOT_DECIDED,
    Verdict.FOUND: ExitCode.OK,
    Verdict.NOT_FOUND: ExitCode.VIOLATED,
}


class Kind(enum.Enum):
    """What sort of property a verdict is about, as results spell it."""

    INVARIANT = "invariant"
    STEP = "step"
    DEADLOCK = "deadlock"
    DOMAIN = "domain"
    ASSERT = "assert"
    GOAL = "goal"
    TEMPORAL = "temporal"


@value_class
class Judgement:
    """A verdict, and the reason when it is not a plain one."""

    verdict: Verdict
    reason: str = ""


_WHY_CUT = {
    Cut.STATES: "the search stopped at the limit on states",
    Cut.DEPTH: "the search stopped at the limit on depth",
    Cut.SECONDS: "the search ran out of time",
    Cut.MEMORY: "the search ran out of memory",
    Cut.CONSTRAINT: "a constraint left states unexplored",
    Cut.VIOLATION: "the search stopped at the first violation",
    Cut.FAILURE: "a step failed, and what would have come after it is unknown",
    Cut.INTERRUPTED: "the search was interrupted",
}


def why_cut(cut: Cut) -> str:
    """A sentence, without its full stop, that says what ended the search."""
    return _WHY_CUT[cut]


def missed(outcome: Outcome) -> str:
    """How likely it is that the search missed a state; "" where it told all of them apart."""
    if outcome.omission_bound is None:
        return ""
    return f"unless a state was missed, with probability at most {outcome.omission_bound:.1e}"


def judge(kind: Kind, reached: bool, outcome: Outcome) -> Judgement:
    """The verdict on a property of this kind. `reached`: the search has a path to its violation, or to the goal.

    The path must have been replayed before: this function takes its existence as a fact. What fingerprints may have
    missed is a reason beside every verdict that says that there is no such path.
    """
    if reached:
        return Judgement(Verdict.FOUND if kind is Kind.GOAL else Verdict.VIOLATED)
    if kind is Kind.TEMPORAL:
        raise InternalError("temporal properties are decided on the graph, not by what a search met")
    if outcome.complete:
        return Judgement(Verdict.NOT_FOUND if kind is Kind.GOAL else Verdict.HOLDS, missed(outcome))
    if outcome.cut_by is None:
        return Judgement(Verdict.NOT_DECIDED, "the search was not complete")
    if outcome.cut_by is Cut.DEPTH and kind is not Kind.GOAL:
        doubt = missed(outcome)
        return Judgement(Verdict.HOLDS_UP_TO_K, why_cut(outcome.cut_by) + (f"; {doubt}" if doubt else ""))
    return Judgement(Verdict.NOT_DECIDED, why_cut(outcome.cut_by))
