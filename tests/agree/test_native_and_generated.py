"""The native engine gives the outcome of the generated Python: on the corpus, on shipped models, on random programs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.agree.engines import program_of, tree_of
from tests.agree.programs import programs
from uringcheck.explore import native
from uringcheck.explore.outcome import Limits, Outcome, Request
from uringcheck.explore.search import search
from uringcheck.ir.program import Program
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "tests" / "corpus").rglob("*.py")) + sorted((ROOT / "spec").glob("*.py"))

#: Complete, stopped by the first violation, and cut by each limit that every engine keeps in the same way.
REQUESTS = (
    Request(Limits(states=30_000), graph_stats=True),
    Request(Limits(states=30_000), all_violations=True),
    Request(Limits(states=30_000, depth=4), all_violations=True, graph_stats=True),
    Request(Limits(depth=0)),
    Request(Limits(states=1), all_violations=True),
)


def told(outcome: Outcome) -> dict[str, object]:
    """An outcome without the time it took."""
    return {
        field.name: getattr(outcome, field.name) for field in dataclasses.fields(outcome) if field.name != "seconds"
    }


def programs_in(path: Path) -> list[Program]:
    """The program of every model of a file, under its defaults."""
    module = load_file(path)
    return [program_of(elaborate(cls)) for cls in models_in(module)]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_corpus_and_shipped_models_have_the_same_outcome(path: Path) -> None:
    """States, levels, counts per action, verdicts and the traces themselves, for every kind of request."""
    for program in programs_in(path):
        for request in REQUESTS:
            expected = told(search(program, request))
            for threads in (1, 2, 3):
                assert told(native.search(program, request, threads=threads)) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_random_programs_have_the_same_outcome(text: str) -> None:
    """Random programs fail, cover, judge and branch in every way that the language has."""
    program = program_of(tree_of(text))
    for request in (Request(Limits(states=2_000), graph_stats=True), Request(Limits(states=2_000, depth=5), True)):
        expected = told(search(program, request))
        for threads in (1, 2, 3):
            assert told(native.search(program, request, threads=threads)) == expected


#: From -6 up to 7 in steps of one, and round; by hand, -4 // 3 is -2 and -4 % 3 is 2.
DIVISION = '''
from uringcheck import Model, action, always, var


class Division(Model):
    """A quotient and a remainder, of every number in turn."""

    x: int = var(-6, 7)
    q: int = var(-2, 2)
    r: int = var(0, 2)

    @action
    def go(self) -> None:
        """The next number."""
        self.x = self.x + 1 if self.x < 7 else -6
        self.q = self.x // 3
        self.r = self.x % 3


@always
def defined(m: Division) -> bool:
    """What the two have to do with each other."""
    return 3 * m.q + m.r == m.x
'''


def test_division_rounds_down() -> None:
    """Below zero as well, in a state that is found and in an invariant about it."""
    program = program_of(tree_of(DIVISION))
    expected = search(program, Request(all_violations=True))
    assert expected.states == 14
    assert not expected.paths
    assert told(native.search(program, Request(all_violations=True), threads=1)) == told(expected)
