"""The models of multishot requests at sizes beyond the suite's, in native code: how many states, how fast, what holds.

    python bench/flagship.py [MILLIONS] [THREADS]

Eight units, four buffers and five generations of each request, alone and with a cancellation, for each kernel whose
verdicts differ and for two policies; then two connections that share a pool and a queue, and two sockets that share a
task. Every property that is no temporal one is asked. Of a search that was cut at MILLIONS (40) of states nothing is
said but what had been violated by then. Each line is a process of its own with THREADS (2).

`wall` and `cpu` are seconds of the search, compiling and replaying included; on a busy machine only `cpu` can be
compared. `k/s` is thousand distinct states per second of it. `B/st` is the process's peak memory by state, left out
below a million of them, where it says more about Python. Ends with 1 where a verdict is not the expected one.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from native import process

SIZES = {"M": "8", "NB": "4", "G": "5"}

#: Two connections, with two units each in the first place: with a buffer for each of them nobody is left without one.
SHARED = {"M": "8", "NB": "4", "UNITS": "2"}


@dataclass(frozen=True)
class Line:
    """A model, a kernel, parameters, and what is expected to be violated."""

    model: str
    preset: str
    params: Mapping[str, str]
    violated: tuple[str, ...] = ()


def flagship(preset: str, *violated: str, **params: str) -> Line:
    """One line about multishot receive."""
    return Line("recv_multishot", preset, {**SIZES, **params}, violated)


LINES = (
    flagship("6.0"),
    flagship("6.0-posted-v1", "in_order", "eof_after_all_data", "nothing_after_final", "overflow_bounded"),
    flagship("6.0-posted-v2", "buffers_conserved", "data_has_buffer"),
    flagship("6.1"),
    flagship("6.2", "overflow_bounded"),
    flagship("6.5", "overflow_bounded"),
    flagship("6.6"),
    flagship("6.12"),
    flagship("6.17", "never_stuck"),
    flagship("6.18"),
    flagship("6.0", CANCELS="1"),
    flagship("6.18", CANCELS="1"),
    flagship("6.0", "in_order", "eof_after_all_data", client="eager"),
    flagship("6.1", client="eager"),
    flagship("6.12", "in_order", "eof_after_all_data", "no_slots_while_parked", client="eager"),
    flagship("6.18", client="eager"),
    flagship("6.18", client="eager", CANCELS="1"),
    Line("recvmsg_multishot", "6.0", SIZES),
    Line("recv_oneshot", "6.0", SIZES),
    Line("poll_multishot", "6.0", SIZES),
    Line("accept_multishot", "6.0", SIZES),
    Line("accept_multishot", "6.0", {**SIZES, "client": "eager"}, ("connections_in_order",)),
    Line("two_connections", "6.18", SHARED),
    Line("two_connections", "6.18", {**SHARED, "UNITS": "4"}, ("neighbour_leaves_a_buffer",)),
    Line("two_connections", "6.18", {**SHARED, "UNITS": "8"}, ("neighbour_leaves_a_buffer",)),
    Line("two_sockets", "6.6", {"UNITS": "8", "RETRIES": "8"}, ("bounded_bypass",)),
    Line("two_sockets", "6.8", {"UNITS": "8", "RETRIES": "8"}),
)

_RUN = """
import json, sys, time
from uringcheck.explore.outcome import Limits
from uringcheck.run.check import asked_of, check
from uringcheck.run.question import Question, subject
from uringcheck.run.verdicts import Kind, Verdict
model, preset, params, limit, threads = json.loads(sys.argv[1])
question = Question(model, preset, params)
made = subject(question)
safe = tuple(one.name for one in asked_of(question, made) if one.kind is not Kind.TEMPORAL)
question = Question(model, preset, params, safe, Limits(states=limit), all_violations=True, engine="native",
                    threads=threads)
began, cpu = time.perf_counter(), time.process_time()
result = check(question, made)
wall, cpu = time.perf_counter() - began, time.process_time() - cpu
wrong = [(one.name, one.steps) for one in result.properties if one.verdict is Verdict.VIOLATED]
held = sum(one.verdict is Verdict.HOLDS for one in result.properties)
print(json.dumps([result.states, result.transitions, result.complete, wall, cpu, held, wrong]))
"""


def run(line: Line, limit: int, threads: int) -> bool:
    """Print one line of the table; whether its verdicts are the expected ones, or it was cut before all were found."""
    argument = json.dumps([line.model, line.preset, dict(line.params), limit, threads])
    output, _, _, peak = process([sys.executable, "-c", _RUN, argument])
    states, transitions, complete, wall, cpu, held, wrong = json.loads(output)
    extra = " ".join(f"{name}={value}" for name, value in line.params.items() if SIZES.get(name) != value)
    name = f"{line.model} {line.preset} {extra}"
    found = ", ".join(f"{what} {steps}" for what, steps in sorted(wrong, key=lambda one: one[1]))
    verdict = f"{held} hold" if complete else "cut: nothing is said of what holds"
    names = {what for what, _ in wrong}
    good = names == set(line.violated) if complete else names <= set(line.violated)
    by_state = f"{peak / states:.0f}" if states >= 1e6 else ""
    print(
        f"{name:<44}{states:>12,}{transitions:>14,}{wall:>8.1f}{cpu:>8.1f}{states / cpu / 1000:>8,.0f}"
        f"{by_state:>7}  {verdict}{f'; violated: {found}' if found else ''}{'' if good else '   UNEXPECTED'}",
        flush=True,
    )
    return good


def main() -> int:
    """Print the table."""
    millions = float(sys.argv[1]) if len(sys.argv) > 1 else 40
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    print(f"load of this machine when it began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<44}{'states':>12}{'transitions':>14}{'wall':>8}{'cpu':>8}{'k/s':>8}{'B/st':>7}")
    good = [run(line, int(millions * 1e6), threads) for line in LINES]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
