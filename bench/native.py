"""What the native engine does per second, beside the generated Python, SPIN and Rumur, and whether it meets its bars.

    python bench/native.py [ROUNDS]

Prints one table and one line for each bar; every figure is the median of ROUNDS (3) runs, each in a process of its own,
with memory that nobody touched before. `wall` and `cpu` are seconds of the whole process, building and starting
included; on a busy machine only `cpu` can be compared, and what other processes do to the caches shows in that, too.
`k/s` is thousand distinct states per second of the search, compiling included. SPIN and Rumur are left out where they
are not installed (`apt-get install spin rumur gcc`); their compilers' time is listed apart. TLC's rate is recorded from
another run, not measured here. Rates are held against the bars by CPU, compiling and starting by the clock: the search
loop is compiled beside the model where there are two cores. Ends with 1 where a bar is missed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "bench" / "models"
COUNTERS = ROOT / "tests" / "corpus" / "six_counters.py"

#: The flagship at sizes at which it has more than ten million states, and where it is cut.
FLAGSHIP = {"M": "10", "NB": "6", "C": "4", "G": "4"}
CUT = 14_000_000

#: A model whose states take two lanes, at a size at which it has more than ten million states.
TWO_LANES = {"C": "5", "O": "6"}

_RUN = """
import json, sys, time
from uringcheck.explore import auto
from uringcheck.explore.outcome import Limits, Request
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
model, params, engine, threads, limit, compact = json.loads(sys.argv[1])
program = specialise(compile_tree(elaborate(find_model(model), params)))
began, cpu = time.perf_counter(), time.process_time()
request = Request(Limits(states=limit), all_violations=True, compact=compact)
outcome = auto.search_auto(program, request, engine, threads)
wall, cpu = time.perf_counter() - began, time.process_time() - cpu
print(json.dumps([outcome.states, outcome.transitions, wall, cpu]))
"""

_COMPILE = """
import json, sys, time
from uringcheck.explore import native
from uringcheck.explore.native_compile import binding, compiled
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
from uringcheck.lower.llvm import Module
model, params = json.loads(sys.argv[1])
program = specialise(compile_tree(elaborate(find_model(model), params)))
binding()
began, cpu = time.perf_counter(), time.process_time()
module = Module(program)
made = compiled(*native.parts(module, 1))
assert not made.cached
print(json.dumps([module.places.instances, time.perf_counter() - began, time.process_time() - cpu]))
"""

_BUILD = """
import json, sys, time
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
program = specialise(compile_tree(elaborate(find_model(sys.argv[1]), {})))
began, cpu = time.perf_counter(), time.process_time()
from uringcheck.explore import native
from uringcheck.explore.native_compile import compiled
from uringcheck.lower.llvm import Module
made = compiled(*native.parts(Module(program), 1))
print(json.dumps([made.cached, time.perf_counter() - began, time.process_time() - cpu]))
"""

#: Buffers of a pool that make a model of 118 action instances.
LARGE_POOL = "58"


@dataclass(frozen=True)
class Figures:
    """One run: distinct states, transitions, seconds and peak memory of the process, seconds of the search alone."""

    states: int
    transitions: int
    wall: float
    cpu: float
    peak: float
    search_wall: float
    search_cpu: float


def process(command: list[str], cwd: Path | None = None, cache: str | None = None) -> tuple[str, float, float, float]:
    """The output of a process, its wall and CPU seconds, and its peak memory in bytes."""
    environment = dict(os.environ)
    if cache is not None:
        environment["XDG_CACHE_HOME"] = cache
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd or ROOT, env=environment)
    assert child.stdout is not None
    output = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return output, time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0


def ours(
    model: str,
    params: dict[str, str],
    engine: str,
    threads: int = 1,
    limit: int | None = None,
    compact: bool = False,
) -> Figures:
    """One search with one of our engines."""
    argument = json.dumps([model, params, engine, threads, limit, compact])
    output, wall, cpu, peak = process([sys.executable, "-c", _RUN, argument])
    states, transitions, search_wall, search_cpu = json.loads(output)
    return Figures(states, transitions, wall, cpu, peak, search_wall, search_cpu)


def median(runs: list[Figures]) -> Figures:
    """The run in the middle by CPU of the search."""
    return sorted(runs, key=lambda run: run.search_cpu)[len(runs) // 2]


_BARS: list[tuple[str, float, str, float]] = []  # (what, measured, "at least" or "at most", bar)


def bar(what: str, measured: float, least: float | None = None, most: float | None = None) -> None:
    """Note how a figure stands to its bar."""
    _BARS.append((what, measured, "at least", least) if least is not None else (what, measured, "at most", most or 0))


def verdicts() -> bool:
    """Print the bars; whether all are met."""
    print(f"\n{'bar':<64}{'measured':>12}{'':>12}")
    good = True
    for what, measured, word, limit in _BARS:
        met = measured >= limit if word == "at least" else measured <= limit
        good = good and met
        print(f"{what:<64}{measured:>12,.2f}   {word} {limit:g}: {'met' if met else 'MISSED'}")
    return good


def row(name: str, run: Figures) -> Figures:
    """Print one line of the table."""
    rate = run.states / run.search_cpu / 1000
    print(
        f"{name:<44}{run.states:>11,}{run.transitions:>13,}{run.wall:>8.2f}{run.cpu:>8.2f}"
        f"{rate:>9,.0f}{run.states / run.search_wall / 1000:>9,.0f}{run.peak / run.states:>7.0f}",
        flush=True,
    )
    return run


def spin(define: str, rounds: int) -> None:
    """SPIN with one of its exact settings."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        shutil.copy(MODELS / "queue_over_pool.pml", there)
        subprocess.run(["spin", "-a", "queue_over_pool.pml"], cwd=there, check=True, capture_output=True)
        _, build, _, _ = process(["gcc", "-O2", "-DSAFETY", define, "-o", "pan", "pan.c"], there)
        runs = []
        for _ in range(rounds):
            output, wall, cpu, peak = process([str(there / "pan"), "-m8000000", "-w24"], there)
            states = re.search(r"(\d+) states, stored", output)
            transitions = re.search(r"(\d+) transitions", output)
            assert states, output
            assert transitions, output
            runs.append(Figures(int(states[1]), int(transitions[1]), wall, cpu, peak, wall, cpu))
    row(f"queue over pool, SPIN {define} (gcc {build:.1f} s)", median(runs))


def rumur(rounds: int) -> None:
    """Rumur on one thread, without symmetry (the model declares none)."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        model = str(MODELS / "queue_over_pool.m")
        subprocess.run(
            ["rumur", model, "--output", "q.c", "--threads", "1"], cwd=there, check=True, capture_output=True
        )
        _, build, _, _ = process(["gcc", "-std=c11", "-O3", "-march=native", "-o", "q", "q.c", "-lpthread"], there)
        runs = []
        for _ in range(rounds):
            output, wall, cpu, peak = process([str(there / "q")], there)
            found = re.findall(r"(\d+) states, (\d+) rules fired", output)
            assert found, output
            runs.append(Figures(int(found[-1][0]), int(found[-1][1]), wall, cpu, peak, wall, cpu))
    row(f"queue over pool, Rumur (gcc {build:.1f} s)", median(runs))


def middle(values: list[tuple[float, ...]]) -> tuple[float, ...]:
    """The median by the first value."""
    return sorted(values)[len(values) // 2]


def starts(rounds: int) -> None:
    """How long a first verdict takes on a model of 12 states, from the start of the process to its end."""
    command = [sys.executable, "-m", "uringcheck", "check", "-q", "bounded_cq", "--engine"]
    with tempfile.TemporaryDirectory() as kept:
        process([*command, "native"], cache=kept)
        for name, engine, cold, most in (
            ("as it is", "auto", False, 0.25),
            ("native, compiled anew", "native", True, 0.4),
            ("native, cached", "native", False, 0.2),
        ):
            times = []
            for _ in range(max(5, rounds)):
                with tempfile.TemporaryDirectory() as empty:
                    _, wall, cpu, _ = process([*command, engine], cache=empty if cold else kept)
                    times.append((wall, cpu))
            wall, cpu = middle(times)
            print(f"{'check bounded_cq, ' + name:<44}{'':>24}{wall:>8.2f}{cpu:>8.2f}", flush=True)
            bar(f"check bounded_cq, {name}: seconds", wall, most=most)


def compiling(rounds: int) -> None:
    """How long a model and the search loop take to compile with an empty cache."""
    allocator = str(ROOT / "tests" / "corpus" / "simple_allocator.py")
    with tempfile.TemporaryDirectory() as folder:
        pool = Path(folder) / "queue_over_pool.py"
        text = (MODELS / "queue_over_pool.py").read_text(encoding="utf-8")
        pool.write_text(text.replace('param(9, 1, 16, "buffers")', f'param(9, 1, {LARGE_POOL}, "buffers")'))
        for model, params, most in (
            ("recv_multishot", FLAGSHIP, 0.3),
            (allocator, {"CLIENTS": "4"}, 0.8),
            (str(pool), {"NB": LARGE_POOL}, 0.8),
        ):
            times = []
            for _ in range(max(5, rounds)):
                with tempfile.TemporaryDirectory() as empty:
                    argument = json.dumps([model, params])
                    output, *_ = process([sys.executable, "-c", _COMPILE, argument], cache=empty)
                    instances, wall, cpu = json.loads(output)
                    times.append((wall, cpu, instances))
            wall, cpu, instances = middle(times)
            name = f"compiling {Path(model).stem}, {instances} instances"
            print(f"{name:<44}{'':>24}{wall:>8.2f}{cpu:>8.2f}", flush=True)
            bar(f"{name}: seconds", wall, most=most)


def building(rounds: int) -> None:
    """How long the checker of a model takes to build, importing what builds it included: SPIN's takes a compiler."""
    command = [sys.executable, "-c", _BUILD, str(MODELS / "queue_over_pool.py")]
    with tempfile.TemporaryDirectory() as kept:
        process(command, cache=kept)
        for name, cached, most in (("compiled anew", False, 0.3), ("cached", True, 0.05)):
            times = []
            for _ in range(max(5, rounds)):
                with tempfile.TemporaryDirectory() as empty:
                    output, *_ = process(command, cache=kept if cached else empty)
                    found, wall, cpu = json.loads(output)
                    assert found == cached, output
                    times.append((wall, cpu))
            wall, cpu = middle(times)
            print(f"{'building queue over pool, ' + name:<44}{'':>24}{wall:>8.2f}{cpu:>8.2f}", flush=True)
            bar(f"building queue over pool, {name}: seconds", wall, most=most)


def lanes(rounds: int) -> None:
    """What each lane more costs: the same counters with words beside them that never change."""
    text = COUNTERS.read_text(encoding="utf-8").replace("param, var", "ints, param, set_of, var, SetOf")
    with tempfile.TemporaryDirectory() as folder:
        for more in range(4):
            extra = "".join(f"    pad{n}: SetOf[int] = set_of(ints(0, 63))\n" for n in range(more))
            spec = Path(folder) / f"lanes{more}.py"
            spec.write_text(
                text.replace("    f: int = var(0, MODULUS - 1)\n", f"    f: int = var(0, MODULUS - 1)\n{extra}")
            )
            name, params = f"six counters, {more + 1} lanes", {"MODULUS": "12"}
            row(name, median([ours(str(spec), params, "native") for _ in range(rounds)]))
            if more:
                compacted(name, str(spec), params, rounds)


def engines(name: str, model: str, params: dict[str, str], rounds: int, limit: int | None = None) -> list[Figures]:
    """The native engine with one thread and with two."""
    found = []
    for threads in (1, 2):
        runs = [ours(model, params, "native", threads, limit) for _ in range(rounds)]
        found.append(row(f"{name}, native, {threads} thread{'s' * (threads > 1)}", median(runs)))
    return found


def compacted(name: str, model: str, params: dict[str, str], rounds: int, limit: int | None = None) -> None:
    """The native engine with fingerprints in the place of states."""
    row(f"{name}, --compact", median([ours(model, params, "native", 1, limit, True) for _ in range(rounds)]))


def main() -> int:
    """Print the table and the bars."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"load of this machine when it began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<44}{'states':>11}{'transitions':>13}{'wall':>8}{'cpu':>8}{'k/s cpu':>9}{'k/s wall':>9}{'B/st':>7}")
    one, two = engines("recv_multishot", "recv_multishot", FLAGSHIP, rounds, CUT)
    compacted("recv_multishot", "recv_multishot", FLAGSHIP, rounds, CUT)
    python = row("recv_multishot, generated Python", ours("recv_multishot", FLAGSHIP, "python", 1, 200_000))
    bar("recv_multishot: million states per second of CPU", one.states / one.search_cpu / 1e6, least=4)
    bar("recv_multishot: two threads, times as fast by the clock", one.search_wall / two.search_wall, least=1.6)
    faster = one.states / one.search_cpu / (python.states / python.search_cpu)
    bar("recv_multishot: times as fast as generated Python", faster, least=20)
    model = str(MODELS / "queue_over_pool.py")
    small, _ = engines("queue over pool, two lanes", model, TWO_LANES, rounds)
    compacted("queue over pool, two lanes", model, TWO_LANES, rounds)
    bar("two lanes: bytes of the whole process a state", small.peak / small.states, most=45)
    engines("six counters", str(COUNTERS), {"MODULUS": "15"}, rounds)
    row("six counters, generated Python", ours(f"{COUNTERS}", {"MODULUS": "8"}, "python"))
    lanes(rounds)
    engines("queue over pool", model, {}, rounds)
    row("queue over pool, generated Python", ours(model, {"NB": "7"}, "python"))
    if shutil.which("spin"):
        for define in ("-DBFS", "-DNOREDUCE"):
            spin(define, rounds)
    if shutil.which("rumur"):
        rumur(rounds)
    print(f"{'queue over pool, TLC (recorded)':<44}{'':>40}{40:>9}")
    compiling(rounds)
    building(rounds)
    starts(rounds)
    return 0 if verdicts() else 1


if __name__ == "__main__":
    sys.exit(main())
