"""The graph that native code writes down is the one that Python writes down, and so are the verdicts on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.agree.engines import program_of, tree_of
from tests.agree.programs import programs
from uringcheck.explore.graph import Graph, reachable_graph
from uringcheck.explore.memory import resident
from uringcheck.explore.outcome import Cut, Limits, Request
from uringcheck.explore.temporal import decide_all
from uringcheck.ir.program import Program
from uringcheck.lang.loading import find_model, load_file, models_in
from uringcheck.lang.tree import elaborate

pytest.importorskip("llvmlite")

from uringcheck.explore.native_graph import native_graph

FOLDER = Path(__file__).parents[1] / "corpus"
#: All but the one that is there for its size.
CORPUS = sorted(path for path in FOLDER.rglob("*.py") if path.stem != "six_counters")
SHIPPED = {
    "recv, 6.0": ("recv_multishot", {"CANCELS": "1", "M": "2"}),
    "recv, 6.17": ("recv_multishot", {"hup_ref": "false", "hint_stop": "true", "order_rule": "true"}),
    "poll": ("poll_multishot", {}),
    "accept, eager": ("accept_multishot", {"client": "eager"}),
}


def shipped(name: str) -> Program:
    """A shipped model."""
    model, given = SHIPPED[name]
    return program_of(elaborate(find_model(model), given))


def same_graph(of: Program, request: Request | None = None) -> Graph:
    """Compare every field; the native graph."""
    mine, theirs = native_graph(of, request), reachable_graph(of, request)
    assert list(mine.states) == list(theirs.states)
    for name in ("offsets", "targets", "expanded"):
        assert list(getattr(mine, name)) == list(getattr(theirs, name)), name
    assert [mine.instances[label] for label in mine.labels] == [theirs.instances[label] for label in theirs.labels]
    assert (mine.starts, mine.cut_by, mine.cut_states) == (theirs.starts, theirs.cut_by, theirs.cut_states)
    assert decide_all(of, graph=mine) == decide_all(of, graph=theirs)
    return mine


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    """Every model of the corpus, and everything temporal that is asked about it."""
    same_graph(program_of(elaborate(models_in(load_file(path))[-1])))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_models(name: str) -> None:
    """Models of several lanes, with their temporal properties."""
    of = shipped(name)
    graph = same_graph(of)
    assert graph.native is not None
    assert graph.native.predicates


@pytest.mark.parametrize("limits", [Limits(depth=0), Limits(depth=7), Limits(states=1), Limits(states=400)])
def test_limits_leave_whole_levels(limits: Limits) -> None:
    """What lies behind a limit is unknown to both alike."""
    graph = same_graph(shipped("poll"), Request(limits))
    assert graph.cut_by in (Cut.DEPTH, Cut.STATES)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_random_programs(text: str) -> None:
    """Programs that fail, that have constraints, and arguments of every type."""
    same_graph(program_of(tree_of(text)))


def pool(buffers: int) -> Program:
    """The queue over a pool that engines are measured on: 132,736 states with seven buffers."""
    path = Path(__file__).parents[2] / "bench" / "models" / "queue_over_pool.py"
    return program_of(elaborate(models_in(load_file(path))[-1], {"NB": str(buffers)}))


def test_a_limit_on_memory_is_kept_and_said() -> None:
    """The graph ends in time, and what a search for cycles would need is asked for before it is taken."""
    of = pool(7)
    whole = native_graph(of)
    assert (whole.size, whole.cut_by) == (132_736, None)
    assert {one.verdict for one in decide_all(of, graph=whole).values()} == {"holds"}
    cut = native_graph(of, Request(Limits(memory=resident() + 14)))
    assert cut.cut_by is Cut.MEMORY
    assert 0 < cut.size < whole.size
    found = decide_all(of, graph=cut)
    assert {(one.verdict, one.reason) for one in found.values()} == {
        ("not decided", "the memory ran out before the graph was known")
    }
    assert whole.native is not None
    whole.native.spare = 1 << 20
    found = decide_all(of, graph=whole)
    assert {(one.verdict, one.reason) for one in found.values()} == {
        ("not decided", "the memory ran out in the search for cycles")
    }
