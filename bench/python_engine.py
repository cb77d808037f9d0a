"""What the generated Python reaches: distinct states a second, and memory and start-up of a whole run.

    python bench/python_engine.py [REPEATS]

Every line is a fresh process, the best of REPEATS (default 3) runs. Rates count CPU time of the search alone, code
generation included; `process` is the CPU time of `uringcheck check` from start to exit for the smallest model.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

#: What is searched: a name, the model, its parameters, and the rate the engine is meant to reach.
SUBJECTS = [
    ("bounded_cq", "bounded_cq", {}, None),
    ("six_counters", "tests/corpus/six_counters.py", {}, 200_000),
    ("recv_multishot", "recv_multishot", {}, None),
    ("recv_multishot, larger", "recv_multishot", {"M": "6", "NB": "4"}, 100_000),
]

#: CPU seconds that `uringcheck check bounded_cq` may take.
START_UP = 0.25


def measure(model: str, params: dict[str, str]) -> dict[str, Any]:
    """Search a model in this process."""
    from uringcheck.explore.outcome import Request
    from uringcheck.explore.search import search
    from uringcheck.ir.rewrite import specialise
    from uringcheck.lang.compiling import compile_tree
    from uringcheck.lang.loading import find_model
    from uringcheck.lang.tree import elaborate

    program = specialise(compile_tree(elaborate(find_model(model), params)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    outcome = search(program, Request(all_violations=True))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "states": outcome.states,
        "transitions": outcome.transitions,
        "seconds": seconds,
        "mib": peak / 1024,
        "bytes": (peak - before) * 1024 / outcome.states,
    }


def best(model: str, params: dict[str, str], repeats: int) -> dict[str, Any]:
    """The fastest of some fresh processes."""
    command = [sys.executable, __file__, "--one", json.dumps([model, params])]
    runs = [json.loads(subprocess.check_output(command, cwd=ROOT)) for _ in range(repeats)]
    return min(runs, key=lambda run: run["seconds"])


def start_up(repeats: int) -> float:
    """CPU seconds of a whole check of the smallest model."""
    command = [sys.executable, "-m", "uringcheck", "check", "bounded_cq"]
    spent = []
    for _ in range(3 * repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(*json.loads(sys.argv[2]))))
        return
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(
        f"{'model':24}{'states':>11}{'transitions':>13}{'seconds':>9}{'states/s':>11}{'wanted':>10}{'MiB':>7}{'B/state':>9}"
    )
    for name, model, params, wanted in SUBJECTS:
        run = best(model, params, repeats)
        rate = run["states"] / run["seconds"]
        print(
            f"{name:24}{run['states']:11,}{run['transitions']:13,}{run['seconds']:9.3f}{rate:11,.0f}"
            f"{format(wanted, ',') if wanted else '':>10}{run['mib']:7.0f}"
            f"{run['bytes'] if run['states'] > 50_000 else 0:9.0f}"
        )
    print(f"\nuringcheck check bounded_cq: {start_up(repeats):.3f} s of CPU, wanted below {START_UP}")


if __name__ == "__main__":
    main()
