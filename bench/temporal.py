"""What temporal properties cost: the graph, the search for fair cycles, and strongly connected components by library.

    python bench/temporal.py [CLIENTS] [MODULUS]

CLIENTS (5) is the size of the allocator whose temporal properties are decided, MODULUS (7) that of the six counters
whose one giant component is decomposed. Libraries that are not installed are left out; none of them is needed to run
the tool. Times are seconds of CPU, so that a busy machine does not matter.
"""

from __future__ import annotations

import importlib
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path

from uringcheck.explore.components import components
from uringcheck.explore.graph import Graph, reachable_graph
from uringcheck.explore.memory import resident
from uringcheck.explore.outcome import Request
from uringcheck.explore.search import search
from uringcheck.explore.temporal import decide
from uringcheck.explore.temporal_truth import Valuation
from uringcheck.ir.program import Program, PropertyKind
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"


def program(model: str, **params: str) -> Program:
    """A model of the corpus, compiled."""
    return specialise(compile_tree(elaborate(find_model(str(CORPUS / f"{model}.py")), params)))


def timed(what: str, run: Callable[[], object]) -> float:
    """Seconds of CPU that a call takes, printed."""
    began = time.process_time()
    found = run()
    spent = time.process_time() - began
    print(f"  {what:<58} {spent:8.2f} s   {found}")
    return spent


def decided(clients: int) -> None:
    """Search, graph, and every temporal property of the allocator."""
    of = program("simple_allocator", CLIENTS=str(clients))
    print(f"simple_allocator, {clients} clients")
    searched = timed("search for safety", lambda: f"{search(of, Request(all_violations=True)).states} states")
    before = resident()
    graphs: list[Graph] = []
    timed("reachable graph", lambda: graphs.append(reachable_graph(of)))
    graph = graphs[0]
    arrays = sum(memoryview(one).nbytes for one in (graph.offsets, graph.targets, graph.labels, graph.expanded))
    print(
        f"  {graph.size} states, {len(graph.targets)} steps: {arrays / graph.size:.0f} bytes a state in arrays, "
        f"{(resident() - before) * 1048576 / graph.size:.0f} in all"
    )
    values = Valuation(of, graph)
    for one in of.properties:
        if one.kind is PropertyKind.TEMPORAL:
            spent = timed(one.name, lambda one=one: decide(of, graph, one, values).verdict)  # type: ignore[misc]
            print(f"  {'':<58} {graph.size / spent:8.0f} states/s, {spent / searched:.1f} times the search")


def decomposed(modulus: int) -> None:
    """One giant component, by our own Tarjan and by libraries."""
    graph = reachable_graph(program("six_counters", MODULUS=str(modulus)))
    print(f"six_counters modulo {modulus}: {graph.size} states, {len(graph.targets)} steps, one component")
    offsets, targets = list(graph.offsets), list(graph.targets)
    sources = array("I", graph.sources())
    timed("components (lists)", lambda: len(components(offsets, targets)))
    timed("components (arrays)", lambda: len(components(graph.offsets, graph.targets)))
    for name, run in LIBRARIES.items():
        try:
            library = importlib.import_module(name)
        except ImportError:
            print(f"  {name:<58} not installed")
            continue
        timed(name, lambda run=run, library=library: run(library, graph.size, sources, graph))  # type: ignore[misc]


def _scipy(library: object, size: int, sources: array[int], graph: Graph) -> int:
    import numpy
    from scipy.sparse import csgraph, csr_matrix  # type: ignore[import-untyped,import-not-found,unused-ignore]

    ones = numpy.ones(len(graph.targets), dtype=numpy.int8)
    columns = numpy.frombuffer(graph.targets, dtype=numpy.uint32).astype(numpy.int32)  # type: ignore[call-overload]
    rows = numpy.frombuffer(graph.offsets, dtype=numpy.uint64).astype(numpy.int32)  # type: ignore[call-overload]
    matrix = csr_matrix((ones, columns, rows), shape=(size, size))
    return int(csgraph.connected_components(matrix, directed=True, connection="strong")[0])


def _rustworkx(library: object, size: int, sources: array[int], graph: Graph) -> int:
    made = library.PyDiGraph()  # type: ignore[attr-defined]
    made.add_nodes_from(range(size))
    made.add_edges_from_no_data(list(zip(sources, graph.targets, strict=True)))
    return len(library.strongly_connected_components(made))  # type: ignore[attr-defined]


def _igraph(library: object, size: int, sources: array[int], graph: Graph) -> int:
    edges = list(zip(sources, graph.targets, strict=True))
    made = library.Graph(n=size, edges=edges, directed=True)  # type: ignore[attr-defined]
    return len(made.connected_components(mode="strong"))


def _networkx(library: object, size: int, sources: array[int], graph: Graph) -> int:
    made = library.DiGraph()  # type: ignore[attr-defined]
    made.add_edges_from(zip(sources, graph.targets, strict=True))
    return sum(1 for _ in library.strongly_connected_components(made))  # type: ignore[attr-defined]


LIBRARIES = {"scipy": _scipy, "rustworkx": _rustworkx, "igraph": _igraph, "networkx": _networkx}

if __name__ == "__main__":
    decided(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    decomposed(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
