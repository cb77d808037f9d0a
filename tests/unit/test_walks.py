"""Random walks are reproducible, find what is there to be found, and only take steps that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from uringcheck.explore.outcome import Cut
from uringcheck.explore.walks import WalkRequest, walk
from uringcheck.ir.nodes import Check
from uringcheck.ir.program import Program
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import load_file, models_in
from uringcheck.lang.tree import elaborate
from uringcheck.lower.python import Generated

CORPUS = Path(__file__).parents[1] / "corpus"


def program(name: str, **given: object) -> Program:
    """The program of a model of the corpus."""
    return specialise(compile_tree(elaborate(models_in(load_file(CORPUS / f"{name}.py"))[-1], given)))


def test_the_same_seed_gives_the_same_walks_and_another_seed_others() -> None:
    """Everything but the time is a function of the request."""
    counters = program("six_counters")
    runs = [walk(counters, WalkRequest(walks=20, steps=50, seed=seed)) for seed in (7, 7, 8)]
    told = [(run.fired, run.lengths, run.states, run.paths, run.ended) for run in runs]
    assert told[0] == told[1] != told[2]
    assert runs[0].steps == sum(runs[0].fired) == 20 * 50
    assert runs[0].ended["steps"] == 20


def test_more_walks_find_all_that_fewer_found() -> None:
    """Walk n does not depend on how many walks there are."""
    jugs = program("die_hard")
    few = walk(jugs, WalkRequest(walks=3, steps=40, all_violations=True))
    many = walk(jugs, WalkRequest(walks=60, steps=40, all_violations=True))
    assert many.lengths[:3] == few.lengths
    assert all(many.paths[name] == path for name, path in few.paths.items())
    assert set(few.paths) <= set(many.paths)


@pytest.mark.parametrize("name", ["die_hard", "missionaries", "simple_allocator"])
def test_every_step_of_what_was_found_exists(name: str) -> None:
    """A path goes through initial states and successors only, and a violation ends the walks."""
    model = program(name)
    outcome = walk(model, WalkRequest(walks=400, steps=60))
    assert outcome.found
    generated = Generated(model)
    for path in outcome.paths.values():
        assert path.states[0] in [after for _, _, after in generated.initial()]
        for source, step, target in zip(path.states, path.steps, path.states[1:], strict=False):
            taken = [
                after
                for position, arguments, after in generated.successors(source)
                if (model.actions[position].name, arguments) == (step.action, step.arguments)
            ]
            assert taken == [target]
            assert not isinstance(target, Check)


def test_time_ends_the_walks_and_is_said() -> None:
    """No time at all is one walk."""
    outcome = walk(program("six_counters"), WalkRequest(walks=10_000, seconds=0.0))
    assert outcome.cut_by is Cut.SECONDS
    assert outcome.walks == 1
