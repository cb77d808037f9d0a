"""Unrolling finds violations of the same length as the search, wherever it answers within its time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from uringcheck.run.proving import Aim, Method, Prover
from uringcheck.run.question import Question, subject
from uringcheck.run.suite_files import read_suite, shipped_suite
from uringcheck.run.verdicts import Kind, Verdict

#: Steps up to which unrolling answers in seconds on the shipped models; each further step doubles the time.
LONGEST = 11

#: Seconds for one entry.
PATIENCE = 120.0

SAFETY = (Kind.INVARIANT, Kind.STEP, Kind.DEADLOCK, Kind.DOMAIN, Kind.ASSERT)


def rows() -> list[tuple[Question, dict[str, int]]]:
    """The suite's entries with violations of a pinned, small number of steps."""
    found = []
    for entry in read_suite(shipped_suite()).checks:
        wanted = {
            name: expected.steps
            for name, expected in entry.expect.items()
            if expected.verdict is Verdict.VIOLATED and expected.steps is not None and expected.steps <= LONGEST
        }
        if wanted:
            found.append((entry.question, wanted))
    return found


def _name(row: tuple[Question, dict[str, int]]) -> str:
    question, wanted = row
    params = ",".join(f"{name}={value}" for name, value in question.params.items())
    return "-".join(part for part in (question.model, question.preset or "", params, *wanted) if part)


@pytest.mark.slow
@pytest.mark.parametrize("row", rows(), ids=_name)
def test_unrolling_finds_as_short_a_violation(row: tuple[Question, dict[str, int]]) -> None:
    """The same number of steps; where the time is over first, nothing is claimed and every covered depth is shorter."""
    question, wanted = row
    settled = subject(question)
    safety = {one.name: steps for one, steps in _asked(question, wanted)}
    if not safety:
        pytest.skip("only about behaviours that never end")
    asked = replace(question, properties=tuple(safety))
    aim = Aim(Method.BMC, k=max(safety.values()), seconds=PATIENCE)
    proof = Prover(asked, settled, aim).run()
    late = []
    for one in proof.result.properties:
        if one.name not in safety:
            continue
        if one.verdict is Verdict.VIOLATED:
            assert one.steps == safety[one.name]
        else:
            assert one.verdict is Verdict.NOT_DECIDED, f"{one.name} has a violation of {safety[one.name]} steps"
            late.append(one.name)
    if late:
        pytest.skip(f"no answer in {PATIENCE:.0f} s: {', '.join(late)}")


def _asked(question: Question, wanted: dict[str, int]):  # type: ignore[no-untyped-def]
    from uringcheck.run.check import asked_of

    for one in asked_of(replace(question, properties=()), subject(question)):
        if one.kind in SAFETY and one.name in wanted:
            yield one, wanted[one.name]
