"""How rate and memory of the native engine change as a search grows, as a drawing.

    python bench/native_growth.py [MOST]

Searches the flagship, cut at 10^5, 10^6, 10^7 and so on up to MOST (5 * 10^7) states, once each in a process of its
own, prints what each took and writes docs/native_growth.svg. Seconds are those of the processor, compiling included;
bytes are the peak of the whole process divided by its states, those of the level that was cut among them. The point at
which the standing limit on memory of this machine would end the search is computed, not run: it leaves out halves, and
takes it that as many of the states are still to be expanded as in the largest search.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from pathlib import Path

from native import ROOT, process

from uringcheck.explore.native_words import GROUP, PACKED, PARENTS

SIZES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 50_000_000, 100_000_000, 300_000_000)

#: The flagship where it has more states than a machine holds.
PARAMS = {"M": "15", "NB": "7", "C": "5", "G": "4"}

_RUN = """
import json, re, sys, time
from uringcheck.explore import native
from uringcheck.explore.memory import limit_kept
from uringcheck.explore.outcome import Limits, Request
from uringcheck.ir.rewrite import specialise
from uringcheck.lang.compiling import compile_tree
from uringcheck.lang.loading import find_model
from uringcheck.lang.tree import elaborate
params, limit = json.loads(sys.argv[1])
program = specialise(compile_tree(elaborate(find_model("recv_multishot"), params)))
states, kept = [], native.Store.close
def noting(store):
    first = store.first
    states.extend((first["count"], first["count"] - (first["given_to"] - first["given_from"])))
    kept(store)
native.Store.close = noting
began = time.process_time()
outcome = native.search(program, Request(Limits(states=limit), all_violations=True), threads=1)
seconds = time.process_time() - began
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024
print(json.dumps([*states, seconds, peak, limit_kept(None) * 2**20]))
"""


@dataclass(frozen=True)
class Point:
    """One run: states at its end, those whose words are kept, CPU seconds, bytes, and bytes that it might take."""

    states: int
    kept: int
    seconds: float
    peak: int
    limit: float

    @property
    def rate(self) -> float:
        """Million states a second."""
        return self.states / self.seconds / 1e6

    @property
    def each(self) -> float:
        """Bytes a state."""
        return self.peak / self.states


def measured(most: int) -> list[Point]:
    """Every size up to `most`."""
    points = []
    for size in SIZES:
        if size > most:
            break
        output, *_ = process([sys.executable, "-c", _RUN, json.dumps([PARAMS, size])])
        point = Point(*json.loads(output))
        points.append(point)
        print(
            f"{point.states:>12,} states {point.seconds:>8.2f} s {point.rate:>6.2f} M/s {point.each:>8.1f} B",
            flush=True,
        )
    return points


def last_state(points: list[Point]) -> float:
    """The states at which the standing limit is reached: the best that a table of some size allows, packed or not."""
    last = points[-1]
    room = last.limit - points[0].peak
    each = PARENTS / GROUP + 1 + 8 * last.kept / last.states
    tables = [2.0**power for power in range(16, 33)]
    return max(min(slots * PACKED / 100, (room - slots * 8) / each) for slots in tables)


#: Left, width and height of a panel in pixels, and where the two begin.
LEFT, WIDTH, HEIGHT = 70, 560, 170
PANELS = (("rate", 40, "million distinct states per second of CPU"), ("each", 270, "bytes a state, whole process"))


def across(states: float, end: float) -> float:
    """Where a number of states is, from left to right, on a scale from 10^5 to a little behind `end`."""
    return LEFT + (log10(states) - 5) / (log10(end) - 4.8) * WIDTH


def panel(points: list[Point], name: str, top: float, title: str, end: float) -> list[str]:
    """One figure over the number of states; the line is where memory ends."""
    values = [min(getattr(point, name), 400.0) for point in points]
    most = 5.0 if name == "rate" else 100.0
    while most < max(values):
        most *= 2
    places = [
        (across(point.states, end), top + HEIGHT * (1 - value / most))
        for point, value in zip(points, values, strict=True)
    ]
    lines = [
        f'<text x="{LEFT}" y="{top - 12}" font-weight="bold">{title}</text>',
        f'<path d="M{LEFT} {top}v{HEIGHT}h{WIDTH}" fill="none" stroke="black"/>',
    ]
    for part in range(6):
        y = top + HEIGHT * (1 - part / 5)
        lines.append(f'<path d="M{LEFT} {y:.1f}h{WIDTH}" stroke="#ddd"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{most * part / 5:g}</text>')
    for power in range(5, int(log10(end)) + 1):
        x = across(10**power, end)
        lines.append(f'<text x="{x:.1f}" y="{top + HEIGHT + 18}" text-anchor="middle">10^{power}</text>')
    for (x, y), (u, v) in pairwise(places):
        lines.append(f'<path d="M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}" stroke="#036" stroke-width="2"/>')
    for point, (x, y) in zip(points, places, strict=True):
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#036"/>')
        said = f"{getattr(point, name):.3g}"
        lines.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle" font-size="10">{said}</text>')
    lines.append(f'<path d="M{across(end, end):.1f} {top}v{HEIGHT}" stroke="#a00" stroke-dasharray="5 3"/>')
    return lines


def drawing(points: list[Point]) -> str:
    """The SVG."""
    end = last_state(points)
    full = f"{points[-1].limit / 2**30:.0f} GiB are full at {end / 1e6:,.0f} million (computed)"
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 490" font-family="sans-serif" font-size="12">',
        "<title>Rate and memory of the native engine by the size of the search</title>",
        '<rect width="680" height="490" fill="white"/>',
    ]
    for name, top, title in PANELS:
        lines += panel(points, name, top, title, end)
    lines.append(f'<text x="{across(end, end) - 6:.1f}" y="254" text-anchor="end" fill="#a00">{full}</text>')
    lines.append('<text x="350" y="480" text-anchor="middle">distinct states</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def main() -> None:
    """Measure and draw."""
    print(f"load of this machine when it began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    points = measured(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000_000)
    Path(ROOT / "docs" / "native_growth.svg").write_text(drawing(points), encoding="utf-8")
    print(f"memory would end it at {last_state(points):,.0f} states")


if __name__ == "__main__":
    main()
