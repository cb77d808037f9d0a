"""Which engine searches: generated Python for what it finishes at once, native code for everything else.

Native code has to be compiled, and llvmlite imported, before its first state; that takes as long as Python needs for
tens of thousands of states. So every search starts in Python, and one that turns out to be larger starts again
natively. Both give the same outcome, so nobody can tell from it which one ran.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from uringcheck.explore.memory import limit_kept
from uringcheck.explore.outcome import Cut, Outcome, Request
from uringcheck.ir.program import Program

if TYPE_CHECKING:
    from uringcheck.explore.symmetry import Symmetry

#: Distinct states after which compiling pays. Python finds this many in 60 to 200 ms, about what it takes to import
#: llvmlite and compile a small model, so whichever would have been better, at most twice its time is spent.
SWITCH = 20_000

_EVERYTHING = Request()

ENGINES = ("auto", "python", "native")


def search_auto(
    program: Program,
    request: Request = _EVERYTHING,
    engine: str = "auto",
    threads: int | None = None,
    symmetry: Symmetry | None = None,
) -> Outcome:
    """Search a specialised program with the engine of that name.

    Up to a `symmetry` with many renamings, generated Python is the only one. A search that was given no limit
    on memory has that of `memory.limit_kept`. `auto` stays with Python where llvmlite is missing; `native` raises
    EngineUnavailable there. `threads` is for native code; when None, see `native.search`.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; there are {', '.join(ENGINES)}")
    request = replace(request, limits=replace(request.limits, memory=limit_kept(request.limits.memory)))
    from uringcheck.explore.search import search

    if symmetry is not None and not symmetry.few:
        return search(program, request, symmetry)
    if engine == "native":
        from uringcheck.explore import native

        return native.search(program, request, threads=threads, symmetry=symmetry)
    asked = request.limits.states
    if engine == "python" or (asked is not None and asked <= SWITCH):
        return search(program, request, symmetry)
    began = time.perf_counter()
    outcome = search(program, replace(request, limits=replace(request.limits, states=SWITCH)), symmetry)
    if outcome.cut_by is not Cut.STATES:
        return outcome
    spent = time.perf_counter() - began
    limits = request.limits
    if limits.seconds is not None:
        limits = replace(limits, seconds=max(0.0, limits.seconds - spent))
    rest = replace(request, limits=limits)
    from uringcheck.explore import native

    try:
        outcome = native.search(program, rest, threads=threads, symmetry=symmetry)
    except native.EngineUnavailable:
        outcome = search(program, rest, symmetry)
    outcome.seconds += spent
    return outcome
