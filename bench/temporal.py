"""What temporal properties cost: the graph, the search for fair cycles, and strongly connected components by library.

    python bench/temporal.py [CLIENTS] [MODULUS] [BUFFERS]

CLIENTS (5) is the size of the allocator whose temporal properties are decided in Python, MODULUS (7) that of the six
counters whose one giant component is decomposed, BUFFERS (9: 5.2 million states, 20.8 million steps) that of the queue
over a pool whose property is decided natively; SPIN decides it with one buffer less. Libraries and SPIN are left out
where they are not installed; none of them is needed to run the tool. Times are seconds of CPU, so that a busy machine
does not matter. What TLC took was recorded in another run.
"""

from __future__ import annotations

import importlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from statistics import median

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
MODELS = Path(__file__).parent / "models"


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


#: Seconds of CPU beyond its start that TLC took for one leads-to on a graph of so many states, recorded elsewhere.
TLC_STATES, TLC_SECONDS = 143_293, 9.0

_LIVE = """
import json, re, sys, time
from uringcheck.explore import native
from uringcheck.explore.native_graph import native_graph
from uringcheck.explore.outcome import Request
from uringcheck.explore.temporal import decide_all
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate

def peak():
    # Not ru_maxrss: a child inherits that of the process that started it.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024

program = specialise(compile_tree(elaborate(find_model(sys.argv[1]), {"NB": sys.argv[2]})))
what, times, before = sys.argv[3], [time.process_time()], peak()
if what == "search":
    states = native.search(program, Request(all_violations=True), threads=1).states
    answer = ""
else:
    graph = native_graph(program)
    times.append(time.process_time())
    ((_, found),) = decide_all(program, graph=graph).items()
    states, answer = graph.size, f"{found.verdict}, {len(graph.targets)} steps"
times.append(time.process_time())
print(json.dumps([states, [b - a for a, b in zip(times, times[1:])], (peak() - before) / states, answer]))
"""


def natively(buffers: int, rounds: int = 3) -> None:
    """The property of the queue over a pool in native code, beside the search for safety, TLC and SPIN."""
    print(f"queue_over_pool, {buffers} buffers, natively; each in a process of its own, medians of {rounds}")
    searched = median(_live(buffers, "search")[1][0] for _ in range(rounds))
    runs = [_live(buffers, "decide") for _ in range(rounds)]
    states, answer = runs[0][0], runs[0][3]
    graph, decision = (median(run[1][part] for run in runs) for part in (0, 1))
    print(f"  {states} states, {answer}")
    print(f"  search for safety {searched:.2f} s, graph {graph:.2f} s, decision {decision:.2f} s")
    _bar("times the search for safety", (graph + decision) / searched, 5, below=True)
    if states >= 5_000_000:  # below, it is the size of Python and llvmlite that is measured
        _bar("bytes a state in all", median(run[2] for run in runs), 100, below=True)
    _bar("times TLC's recorded rate", states / (graph + decision) / (TLC_STATES / TLC_SECONDS), 20, below=False)
    rates = [_by_spin(buffers - 1) for _ in range(rounds)]
    if None in rates:
        print("  SPIN or a C compiler is not installed")
        return
    mine = [_live(buffers - 1, "decide") for _ in range(rounds)]
    rate = median(run[0] / sum(run[1]) for run in mine)
    spin = mine[0][0] / median(rate for rate in rates if rate is not None)
    _bar(f"times SPIN's rate (-a -f, {buffers - 1} buffers)", rate / spin, 1, below=False)


def _live(buffers: int, what: str) -> tuple[int, list[float], float, str]:
    told = subprocess.run(
        [sys.executable, "-c", _LIVE, str(MODELS / "queue_over_pool.py"), str(buffers), what],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    states, times, size, answer = json.loads(told)
    return states, times, size, answer


def _by_spin(buffers: int) -> float | None:
    """Seconds of CPU that SPIN's verifier takes, without compiling it; None without SPIN."""
    if shutil.which("spin") is None or shutil.which("gcc") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        model = str(MODELS / "queue_over_pool_live.pml")
        subprocess.run(["spin", f"-DNB={buffers}", "-a", model], cwd=folder, check=True, capture_output=True)
        options = ["-O2", f"-DNFAIR={buffers}", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"]
        subprocess.run(["gcc", *options], cwd=folder, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        told = subprocess.run(["./pan", "-a", "-f", "-m20000000"], cwd=folder, capture_output=True, text=True).stdout
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        if "errors: 0" not in told or "max search depth" in told:
            raise SystemExit(f"SPIN does not agree that the property holds:\n{told}")
        return spent


def _bar(what: str, figure: float, bar: float, below: bool) -> None:
    met = figure <= bar if below else figure >= bar
    print(f"  {what:<58} {figure:8.1f}     {'at most' if below else 'at least'} {bar}: {'met' if met else 'NOT MET'}")


LIBRARIES = {"scipy": _scipy, "rustworkx": _rustworkx, "igraph": _igraph, "networkx": _networkx}

if __name__ == "__main__":
    decided(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    decomposed(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
    natively(int(sys.argv[3]) if len(sys.argv) > 3 else 9)
