"""What proofs cost: induction for each kernel and application, for every size, unrolling, and what carries what.

    python bench/proofs.py [induction|every_size|unrolling|series|toggles]...

Every line is a process of its own. `wall` and `cpu` are seconds of the whole process, `slowest` of its slowest query;
on a busy machine only `cpu` can be compared. The bars: every proof by induction, for some sizes or for every size,
under 60 s; the table of the whole series, and the toggles of the receive model with both applications, under 600 s.
Ends with 1 when a bar is missed or a verdict is not the expected one.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

#: The properties that are proved: order, ends, buffers, content.
PROPERTIES = (
    "in_order", "eof_after_all_data", "nothing_after_final", "one_final", "buffers_conserved", "content_intact",
)  # fmt: skip

PROVED = (("6.0", "contract"), ("6.1", "contract"), ("6.1", "eager"), ("6.18", "contract"), ("6.18", "eager"))

#: Sizes whose state spaces nobody searches to the end.
LARGER = ("C=4", "NB=5", "M=8", "G=4")

#: For every size: the properties of order and of buffers; in all of these they hold.
EVERY_SIZE = (*PROVED, ("6.2", "contract"))

ORDER = ("in_order", "nothing_after_final", "eof_after_all_data", "buffers_conserved")

#: Kernels that lose the order, and in how many steps.
DISORDER = (("6.0", "eager", 14), ("6.0-posted-v1", "contract", 13))

INDUCTION_BAR, SERIES_BAR, TOGGLES_BAR = 60.0, 600.0, 600.0


@dataclass(frozen=True)
class Run:
    """One run of the command."""

    wall: float
    cpu: float
    code: int
    out: str
    err: str

    @property
    def slowest(self) -> str:
        """The seconds of the slowest query, as the run itself says."""
        found = re.search(r"the slowest ([0-9.]+) s", self.err)
        return found.group(1) if found else "-"


def run(*arguments: str) -> Run:
    """Run `uringcheck prove` with these arguments."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "uringcheck", "prove", *arguments], capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(time.perf_counter() - began, cpu, done.returncode, done.stdout, done.stderr)


def line(what: str, found: Run, good: bool) -> bool:
    """Print one line; whether it is as it should be."""
    verdict = "ok" if good else "MISSED"
    print(f"{what:<44} {found.wall:8.1f} {found.cpu:8.1f} {found.slowest:>8}  exit {found.code}  {verdict}", flush=True)
    return good


def induction() -> bool:
    """The flagship at its default sizes and beyond what can be searched."""
    asked = [word for name in PROPERTIES for word in ("--property", name)]
    good = True
    for preset, client in PROVED:
        model = ("recv_multishot", "--preset", preset, "--param", f"client={client}", "--method", "induction")
        found = run(*model, *asked)
        good &= line(f"induction {preset} {client}", found, found.code == 0 and found.cpu < INDUCTION_BAR)
    sizes = [word for size in LARGER for word in ("--param", size)]
    found = run(
        "recv_multishot", "--preset", "6.1", *sizes, "--method", "induction", "--timeout", "600",
        "--property", "in_order", "--property", "buffers_conserved",
    )  # fmt: skip
    line(f"induction 6.1 contract {' '.join(LARGER)}", found, found.code == 0)
    found = run("recv_multishot", "--preset", "6.0", "--param", "client=eager", "--property", "in_order")
    good &= line("auto 6.0 eager: a real trace", found, found.code == 1 and "VIOLATED in 14 steps" in found.out)
    return good


def every_size() -> bool:
    """The same text with its sizes open, and two kernels of which it is not true."""
    asked = [word for name in ORDER for word in ("--property", name)]
    good = True
    for preset, client in EVERY_SIZE:
        model = ("recv_multishot", "--preset", preset, "--param", f"client={client}", "--abstract", "--timeout", "600")
        found = run(*model, *asked)
        good &= line(f"every size {preset} {client}", found, found.code == 0 and found.cpu < INDUCTION_BAR)
    for preset, client, steps in DISORDER:
        broken = ("recv_multishot", "--preset", preset, "--param", f"client={client}", "--abstract")
        found = run(*broken, "--property", "in_order")
        good &= line(f"every size {preset} {client}: a real trace", found, f"VIOLATED in {steps} steps" in found.out)
    return good


def series() -> bool:
    """Each toggle of the series turned over by itself, every property asked again."""
    found = run("recv_multishot", "--preset", "6.0", "--load-bearing")
    good = found.code == 0 and found.cpu < SERIES_BAR
    return line("the table of the series, 15 toggles", found, good)


def unrolling() -> bool:
    """How deep unrolling gets, and one violation."""
    good = True
    for depth in (5, 8, 10, 11, 12):
        asked = ("--method", "bmc", "--k", str(depth), "--timeout", "120", "--property", "in_order")
        found = run("recv_multishot", "--preset", "6.0", "--param", "client=eager", *asked)
        good &= line(f"unrolling {depth} steps, nothing to find", found, found.code == 3)
    found = run("recv_multishot", "--preset", "6.2", "--method", "bmc", "--property", "overflow_bounded")
    good &= line("unrolling finds 7 steps", found, "VIOLATED in 7 steps" in found.out)
    return good


def toggles() -> bool:
    """Every setting of every toggle, for both applications."""
    total, good = 0.0, True
    for client in ("contract", "eager"):
        asked = ("--which-toggles", "--property", "in_order", "--property", "nothing_after_final", "--format", "json")
        found = run("recv_multishot", "--preset", "6.0", "--param", f"client={client}", *asked)
        total += found.wall
        data = json.loads(found.out)["which_toggles"] if found.code == 0 else {"properties": []}
        good &= line(f"toggles {client}", found, found.code == 0)
        for one in data["properties"]:
            whole = len(one["needs"]) - len(one["unproved"])
            open_ = sum(entry["not_proved"] for entry in one["unproved"])
            sets = f"{len(one['needs'])} minimal sets, {whole} proved whole"
            print(f"    {one['name']}: {one['holds']} settings hold, {sets}, {open_} settings open for larger sizes")
    print(f"    together {total:.0f} s")
    return good and total < TOGGLES_BAR


PARTS = {
    "induction": induction,
    "every_size": every_size,
    "unrolling": unrolling,
    "series": series,
    "toggles": toggles,
}


def main() -> int:
    """Run the parts that are named, or all of them, and print their lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=PARTS, metavar="PART", help=f"{', '.join(PARTS)}; all if none")
    parts = parser.parse_args().parts or PARTS
    print(f"{'':<44} {'wall':>8} {'cpu':>8} {'slowest':>8}")
    good = [PARTS[name]() for name in parts]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
