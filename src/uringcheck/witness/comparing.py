"""Our figures beside those of another checker, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from uringcheck.run.results import PropertyResult, Result
from uringcheck.run.verdicts import Kind, Verdict
from uringcheck.witness.recount import Finding, Recount

_DECIDED = {Verdict.HOLDS: False, Verdict.NOT_FOUND: False, Verdict.VIOLATED: True, Verdict.FOUND: True}


@dataclass(frozen=True)
class Comparison:
    """A figure, both values as text, and whether they agree; None where they cannot be compared, with the reason."""

    what: str
    ours: str
    theirs: str
    agrees: bool | None
    reason: str = ""


def compare(result: Result, recount: Recount) -> list[Comparison]:
    """Every figure of a result: states, transitions, and each property's verdict and shortest counterexample."""
    made = [
        _number("states", result.states, recount.states, recount),
        _number("transitions", result.transitions, recount.transitions, recount),
    ]
    for ours in result.properties:
        made += _verdict(ours, recount)
    return made


def _number(what: str, ours: int, theirs: int | None, recount: Recount) -> Comparison:
    if theirs is None:
        return Comparison(what, str(ours), "", None, recount.apart.get(what, f"{recount.tool} does not count them"))
    return Comparison(what, str(ours), str(theirs), ours == theirs)


def _verdict(ours: PropertyResult, recount: Recount) -> list[Comparison]:
    theirs = recount.findings.get(ours.name)
    if theirs is None:
        reason = recount.apart.get(ours.name, f"{recount.tool} was not asked")
        return [Comparison(ours.name, ours.verdict.value, "", None, reason)]
    word = _word(ours.kind, theirs)
    if ours.verdict not in _DECIDED:
        return [Comparison(ours.name, ours.verdict.value, word, None, "we have not decided it: " + ours.reason)]
    reached = _DECIDED[ours.verdict]
    made = [Comparison(ours.name, ours.verdict.value, word, reached == theirs.reached)]
    if reached and theirs.reached and ours.kind is not Kind.TEMPORAL and None not in (ours.steps, theirs.steps):
        made.append(Comparison(f"{ours.name}, steps", str(ours.steps), str(theirs.steps), ours.steps == theirs.steps))
    return made


def _word(kind: Kind, finding: Finding) -> str:
    if kind is Kind.GOAL:
        return "found" if finding.reached else "not-found"
    return "violated" if finding.reached else "holds"
